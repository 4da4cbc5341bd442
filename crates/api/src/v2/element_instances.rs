//! Element instances.

use super::incidents::IncidentResult;
use crate::authorized::{Authorized, ProcessInstance, Read, Update};
use crate::command::submit;
use crate::extract::{Body, PathKey};
use crate::problem::Problem;
use crate::search::{ElementInstanceSearchQuery, IncidentSearchQuery};
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent, SearchResult, Time, VariablesIn};
use axum::Json;
use axum::extract::State;
use history::{ElementInstanceRow, ElementInstances, Incidents};
use record::{Command, Key};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        search_element_instances,
        get_element_instance,
        search_element_instance_incidents,
        create_element_instance_variables,
    ]
}

/// An element instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ElementInstanceResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    start_date: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    end_date: Option<Time>,
    /// BPMN id of the element.
    element_id: String,
    /// Name of the element, or its id where it has none.
    element_name: String,
    /// Type of the element.
    #[serde(rename = "type")]
    kind: String,
    /// `ACTIVE`, `COMPLETED` or `TERMINATED`.
    state: String,
    /// Whether it is stuck.
    has_incident: bool,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    element_instance_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// Its open incident.
    #[schema(value_type = Option<String>, required)]
    incident_key: Option<Key>,
}

impl From<ElementInstanceRow> for ElementInstanceResult {
    fn from(row: ElementInstanceRow) -> Self {
        ElementInstanceResult {
            process_definition_id: row.definition.id,
            start_date: Time(row.started),
            end_date: row.ended.map(Time),
            element_name: row.element_name.unwrap_or_else(|| row.element_id.clone()),
            element_id: row.element_id,
            kind: row.kind,
            state: row.state,
            has_incident: row.incident.is_some(),
            tenant_id: row.tenant,
            element_instance_key: Key(row.key),
            process_instance_key: Key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
            process_definition_key: Key(row.definition.key),
            incident_key: row.incident.map(Key),
        }
    }
}

/// Searches element instances.
#[utoipa::path(post, path = "/v2/element-instances/search", operation_id = "searchElementInstances",
    tag = "Element instance", request_body = ElementInstanceSearchQuery,
    responses((status = 200, body = SearchResult<ElementInstanceResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_element_instances(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: ElementInstanceSearchQuery,
) -> Result<Json<SearchResult<ElementInstanceResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<ElementInstances>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

async fn find(app: &AppState, tenant: String, key: Key) -> Result<ElementInstanceRow, Problem> {
    let found = app.read(move |history| history.get::<ElementInstances>(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("Element Instance", key))
}

/// An element instance.
#[utoipa::path(get, path = "/v2/element-instances/{elementInstanceKey}", operation_id = "getElementInstance",
    tag = "Element instance", params(("elementInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = ElementInstanceResult), (status = 404, body = Problem)))]
async fn get_element_instance(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<ElementInstanceResult>, Problem> {
    Ok(Json(find(&app, auth.tenant(), key).await?.into()))
}

/// Searches incidents of an element instance.
#[utoipa::path(post, path = "/v2/element-instances/{elementInstanceKey}/incidents/search",
    operation_id = "searchElementInstanceIncidents", tag = "Element instance",
    params(("elementInstanceKey" = String, Path, description = "Its key.")), request_body = IncidentSearchQuery,
    responses((status = 200, body = SearchResult<IncidentResult>), (status = 404, body = Problem)))]
async fn search_element_instance_incidents(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    body: IncidentSearchQuery,
) -> Result<Json<SearchResult<IncidentResult>>, Problem> {
    find(&app, auth.tenant(), key).await?;
    let query = body.with(auth.tenant(), "elementInstanceKey", key.0);
    let page = app.read_now(move |history| history.search::<Incidents>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// Variables to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SetVariableRequest {
    /// The variables.
    #[schema(value_type = HashMap<String, Value>)]
    variables: Option<VariablesIn>,
    /// Only in this scope; otherwise each goes to the scope where it exists, or to the outermost one.
    local: Option<bool>,
}

/// Sets variables of an element instance, or of a process instance.
#[utoipa::path(put, path = "/v2/element-instances/{elementInstanceKey}/variables",
    operation_id = "createElementInstanceVariables", tag = "Element instance",
    params(("elementInstanceKey" = String, Path, description = "Key of the element instance or process instance.")),
    request_body = SetVariableRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
async fn create_element_instance_variables(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<SetVariableRequest>,
) -> NoContent {
    let variables = body.variables.ok_or_else(|| Problem::invalid("No variables provided."))?.0;
    if variables.is_empty() {
        return Err(Problem::invalid("No variables provided."));
    }
    let command = Command::SetVariables { scope: key, variables, local: body.local == Some(true) };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}
