//! Agents that process definitions have: elements with `zeebe:agentDefinition`.

use crate::authorized::{Authorized, ProcessDefinition, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::search::AgentDefinitionSearchQuery;
use crate::state::AppState;
use crate::wire::SearchResult;
use axum::Json;
use axum::extract::State;
use history::{AgentDefinitionRow, AgentDefinitions};
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![search_agent_definitions, get_agent_definition]
}

/// An agent of a process definition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AgentDefinitionResult {
    /// Its key, another one in each version of the process.
    #[schema(value_type = String)]
    agent_definition_key: Key,
    /// `AI_AGENT_SUB_PROCESS`, `AI_AGENT_TASK` or `EXTERNAL_AGENT`.
    agent_type: String,
    /// The element's name, or its id where it has none.
    name: String,
    /// BPMN id of the element.
    element_id: String,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The definition's version.
    process_definition_version: i32,
    /// The definition's version tag.
    #[schema(required)]
    process_definition_version_tag: Option<String>,
    /// The tenant.
    tenant_id: String,
}

impl From<AgentDefinitionRow> for AgentDefinitionResult {
    fn from(row: AgentDefinitionRow) -> Self {
        AgentDefinitionResult {
            agent_definition_key: Key(row.key),
            agent_type: row.agent_type,
            name: row.name,
            element_id: row.element_id,
            process_definition_id: row.definition_id,
            process_definition_key: Key(row.definition),
            process_definition_version: row.version,
            process_definition_version_tag: row.version_tag,
            tenant_id: row.tenant,
        }
    }
}

/// Searches agents of process definitions.
#[utoipa::path(post, path = "/v2/agent-definitions/search", operation_id = "searchAgentDefinitions",
    tag = "Agent definition", request_body = AgentDefinitionSearchQuery,
    responses((status = 200, body = SearchResult<AgentDefinitionResult>), (status = 400, body = Problem)))]
async fn search_agent_definitions(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    body: AgentDefinitionSearchQuery,
) -> Result<Json<SearchResult<AgentDefinitionResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<AgentDefinitions>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// An agent of a process definition.
#[utoipa::path(get, path = "/v2/agent-definitions/{agentDefinitionKey}", operation_id = "getAgentDefinition",
    tag = "Agent definition", params(("agentDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = AgentDefinitionResult), (status = 404, body = Problem)))]
async fn get_agent_definition(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<AgentDefinitionResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.get::<AgentDefinitions>(&tenant, key.0)).await?;
    Ok(Json(found.ok_or_else(|| Problem::no_such("Agent Definition", key))?.into()))
}
