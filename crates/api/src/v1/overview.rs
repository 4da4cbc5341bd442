//! A definition at a glance.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v2::ProcessElementStatisticsResult;
use axum::Json;
use axum::extract::State;
use history::ProcessDefinitions;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_definition_overview]
}

/// A definition at a glance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DefinitionOverview {
    /// Running instances.
    active: i64,
    /// Running instances with an incident.
    with_incident: i64,
    /// Ended instances.
    ended: i64,
    /// Counts by element that was ever reached.
    elements: Vec<ProcessElementStatisticsResult>,
}

/// Counts of a definition's instances, by element too. They come from counters, so the number of instances does not
/// matter.
#[utoipa::path(get, path = "/api/v1/process-definitions/{processDefinitionKey}/overview",
    operation_id = "getDefinitionOverview", tag = "Process definition",
    params(("processDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = DefinitionOverview), (status = 404, body = Problem)))]
async fn get_definition_overview(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<DefinitionOverview>, Problem> {
    let tenant = auth.tenant();
    let overview = app.read(move |history| match history.get::<ProcessDefinitions>(&tenant, key.0)? {
        Some(_) => history.overview(&tenant, key.0).map(Some),
        None => Ok(None),
    });
    let overview = overview.await?.ok_or_else(|| Problem::no_such("Process Definition", key))?;
    Ok(Json(DefinitionOverview {
        active: overview.active,
        with_incident: overview.with_incident,
        ended: overview.ended,
        elements: overview.elements.into_iter().map(Into::into).collect(),
    }))
}
