//! Decision requirements graphs.

use crate::authorized::{Authorized, DecisionRequirementsDefinition, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::search::DecisionRequirementsSearchQuery;
use crate::state::AppState;
use crate::wire::SearchResult;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use history::{DecisionRequirements, DecisionRequirementsRow};
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![search_decision_requirements, get_decision_requirements, get_decision_requirements_xml]
}

/// A decision requirements graph.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DecisionRequirementsResult {
    /// DMN id of the graph.
    decision_requirements_id: String,
    /// Its name.
    decision_requirements_name: String,
    /// 1 for the first version of this id.
    version: i32,
    /// The file that it came from.
    resource_name: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    decision_requirements_key: Key,
}

impl From<DecisionRequirementsRow> for DecisionRequirementsResult {
    fn from(row: DecisionRequirementsRow) -> Self {
        DecisionRequirementsResult {
            decision_requirements_id: row.id,
            decision_requirements_name: row.name,
            version: row.version,
            resource_name: row.resource,
            tenant_id: row.tenant,
            decision_requirements_key: Key(row.key),
        }
    }
}

/// Searches decision requirements graphs.
#[utoipa::path(post, path = "/v2/decision-requirements/search", operation_id = "searchDecisionRequirements",
    tag = "Decision requirements", request_body = DecisionRequirementsSearchQuery,
    responses((status = 200, body = SearchResult<DecisionRequirementsResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_decision_requirements(
    auth: Authorized<Read, DecisionRequirementsDefinition>,
    State(app): State<AppState>,
    body: DecisionRequirementsSearchQuery,
) -> Result<Json<SearchResult<DecisionRequirementsResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<DecisionRequirements>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// A decision requirements graph.
#[utoipa::path(get, path = "/v2/decision-requirements/{decisionRequirementsKey}",
    operation_id = "getDecisionRequirements", tag = "Decision requirements",
    params(("decisionRequirementsKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = DecisionRequirementsResult), (status = 404, body = Problem)))]
async fn get_decision_requirements(
    auth: Authorized<Read, DecisionRequirementsDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<DecisionRequirementsResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.get::<DecisionRequirements>(&tenant, key.0)).await?;
    Ok(Json(found.ok_or_else(|| Problem::no_such("Decision Requirements", key))?.into()))
}

/// The DMN file of a graph, byte for byte as it was deployed.
#[utoipa::path(get, path = "/v2/decision-requirements/{decisionRequirementsKey}/xml",
    operation_id = "getDecisionRequirementsXml", tag = "Decision requirements",
    params(("decisionRequirementsKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = String, content_type = "text/xml"), (status = 404, body = Problem)))]
async fn get_decision_requirements_xml(
    auth: Authorized<Read, DecisionRequirementsDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<impl IntoResponse, Problem> {
    let tenant = auth.tenant();
    let xml = app.read(move |history| history.requirements_xml(&tenant, key.0)).await?;
    let xml = xml.ok_or_else(|| Problem::no_such("Decision Requirements", key))?;
    Ok(([(header::CONTENT_TYPE, "text/xml")], xml))
}
