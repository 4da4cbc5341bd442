//! Incidents.

use crate::authorized::{Authorized, ProcessInstance, Read, Update};
use crate::command::submit;
use crate::extract::{Body, PathKey};
use crate::problem::Problem;
use crate::search::IncidentSearchQuery;
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent, SearchResult, Time};
use axum::Json;
use axum::extract::State;
use history::{IncidentRow, Incidents};
use record::{Command, Key};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![search_incidents, get_incident, resolve_incident, get_process_instance_statistics_by_error]
}

/// A token that is stuck.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IncidentResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// The type, such as `JOB_NO_RETRIES`.
    error_type: String,
    /// What is wrong.
    error_message: String,
    /// BPMN id of the element.
    element_id: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    creation_time: Time,
    /// `ACTIVE` or `RESOLVED`.
    state: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    incident_key: Key,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// The element instance.
    #[schema(value_type = String)]
    element_instance_key: Key,
    /// The job, if one is the reason.
    #[schema(value_type = Option<String>, required)]
    job_key: Option<Key>,
}

impl From<IncidentRow> for IncidentResult {
    fn from(row: IncidentRow) -> Self {
        IncidentResult {
            process_definition_id: row.definition.id,
            error_type: row.kind,
            error_message: row.message,
            element_id: row.element_id,
            creation_time: Time(row.created),
            state: row.state,
            tenant_id: row.tenant,
            incident_key: Key(row.key),
            process_definition_key: Key(row.definition.key),
            process_instance_key: Key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
            element_instance_key: Key(row.element),
            job_key: row.job.map(Key),
        }
    }
}

/// Searches incidents.
#[utoipa::path(post, path = "/v2/incidents/search", operation_id = "searchIncidents", tag = "Incident",
    request_body = IncidentSearchQuery,
    responses((status = 200, body = SearchResult<IncidentResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_incidents(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: IncidentSearchQuery,
) -> Result<Json<SearchResult<IncidentResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<Incidents>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// An incident.
#[utoipa::path(get, path = "/v2/incidents/{incidentKey}", operation_id = "getIncident", tag = "Incident",
    params(("incidentKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = IncidentResult), (status = 404, body = Problem)))]
async fn get_incident(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<IncidentResult>, Problem> {
    let tenant = auth.tenant();
    let found = app.read(move |history| history.get::<Incidents>(&tenant, key.0)).await?;
    Ok(Json(found.ok_or_else(|| Problem::no_such("Incident", key))?.into()))
}

/// A request that says nothing but who means what by it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IncidentResolutionRequest {
    /// Ignored.
    #[serde(default, deserialize_with = "wire::lenient")]
    #[allow(dead_code)]
    operation_reference: Option<i64>,
}

/// Tries again what an incident stopped. Where a job failed, give it retries first.
#[utoipa::path(post, path = "/v2/incidents/{incidentKey}/resolution", operation_id = "resolveIncident", tag = "Incident",
    params(("incidentKey" = String, Path, description = "Its key.")), request_body = IncidentResolutionRequest,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
async fn resolve_incident(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(_body): Body<IncidentResolutionRequest>,
) -> NoContent {
    let command = Command::ResolveIncident { incident: key };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// Running instances with an incident of this message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IncidentProcessInstanceStatisticsByErrorResult {
    /// Names the message.
    error_hash_code: i32,
    /// The message.
    error_message: String,
    /// Running instances.
    active_instances_with_error_count: i64,
}

/// Running instances by error message, most first.
#[utoipa::path(post, path = "/v2/incidents/statistics/process-instances-by-error",
    operation_id = "getProcessInstanceStatisticsByError", tag = "Incident",
    responses((status = 200, body = SearchResult<IncidentProcessInstanceStatisticsByErrorResult>)))]
async fn get_process_instance_statistics_by_error(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
) -> Result<Json<SearchResult<IncidentProcessInstanceStatisticsByErrorResult>>, Problem> {
    let tenant = auth.tenant();
    let counts = app.read(move |history| history.error_counts(&tenant)).await?;
    let item = |count: history::ErrorCount| IncidentProcessInstanceStatisticsByErrorResult {
        error_hash_code: hash_code(&count.message),
        error_message: count.message,
        active_instances_with_error_count: count.instances,
    };
    Ok(Json(SearchResult::all(counts.into_iter().map(item).collect())))
}

/// Java's hash code of a text, which Camunda's clients know messages by.
fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_hashes_as_in_java() {
        assert_eq!(super::hash_code("hello"), 99_162_322);
        assert_eq!(super::hash_code("expected a list of 3"), super::hash_code("expected a list of 3"));
    }
}
