//! Connectors, as the designer needs them.

use crate::authorized::{Authorized, ProcessDefinition, Read};
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_connector_templates]
}

/// Element templates of all connectors.
#[utoipa::path(get, path = "/api/v1/connectors/templates", operation_id = "getConnectorTemplates", tag = "Connector",
    responses((status = 200, body = Vec<Object>), (status = 401, body = Problem)))]
async fn get_connector_templates(
    _auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
) -> Json<Vec<serde_json::Value>> {
    Json(app.templates.to_vec())
}
