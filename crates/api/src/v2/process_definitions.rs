//! Process definitions.

use crate::authorized::{Authorized, ProcessDefinition, ProcessInstance, Read};
use crate::extract::{OptionalBody, PathKey};
use crate::problem::Problem;
use crate::search::{ProcessDefinitionSearchQuery, filter_of};
use crate::state::AppState;
use crate::v2::forms::{self, FormResult};
use crate::wire::{ItemsResult, SearchResult};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use history::{Condition, Operator, ProcessDefinitionRow, ProcessDefinitions, ProcessInstances};
use record::Key;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        search_process_definitions,
        get_process_definition,
        get_process_definition_xml,
        get_start_process_form,
        get_process_definition_statistics,
        get_process_definition_instance_statistics,
    ]
}

/// A process definition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProcessDefinitionResult {
    /// Name of the process.
    #[schema(required)]
    name: Option<String>,
    /// The file that it came from.
    resource_name: String,
    /// 1 for the first version of this id.
    version: i32,
    /// Version tag of the model.
    #[schema(required)]
    version_tag: Option<String>,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// Whether its start event has a form.
    has_start_form: bool,
    /// `ACTIVE`, or `DELETED` where only history has it.
    state: &'static str,
}

impl From<ProcessDefinitionRow> for ProcessDefinitionResult {
    fn from(row: ProcessDefinitionRow) -> Self {
        ProcessDefinitionResult {
            name: row.name,
            resource_name: row.resource,
            version: row.version,
            version_tag: row.version_tag,
            process_definition_id: row.id,
            tenant_id: row.tenant,
            process_definition_key: Key(row.key),
            has_start_form: row.has_start_form,
            state: if row.deleted { "DELETED" } else { "ACTIVE" },
        }
    }
}

/// How many instances of an element are in which state.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProcessElementStatisticsResult {
    /// BPMN id of the element.
    pub element_id: String,
    /// Active, without those that have an incident.
    pub active: i64,
    /// Terminated.
    pub canceled: i64,
    /// Active with an incident.
    pub incidents: i64,
    /// Completed.
    pub completed: i64,
}

impl From<history::ElementCount> for ProcessElementStatisticsResult {
    fn from(count: history::ElementCount) -> Self {
        ProcessElementStatisticsResult {
            element_id: count.element_id,
            active: count.active,
            canceled: count.terminated,
            incidents: count.incidents,
            completed: count.completed,
        }
    }
}

/// Counts by element.
pub(crate) type Statistics = ItemsResult<ProcessElementStatisticsResult>;

/// Searches definitions.
#[utoipa::path(post, path = "/v2/process-definitions/search", operation_id = "searchProcessDefinitions",
    tag = "Process definition", request_body = ProcessDefinitionSearchQuery,
    responses((status = 200, body = SearchResult<ProcessDefinitionResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_process_definitions(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    body: ProcessDefinitionSearchQuery,
) -> Result<Json<SearchResult<ProcessDefinitionResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<ProcessDefinitions>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

async fn find(app: &AppState, tenant: String, key: Key) -> Result<ProcessDefinitionRow, Problem> {
    let found = app.read(move |history| history.get::<ProcessDefinitions>(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("Process Definition", key))
}

/// A definition.
#[utoipa::path(get, path = "/v2/process-definitions/{processDefinitionKey}", operation_id = "getProcessDefinition",
    tag = "Process definition", params(("processDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = ProcessDefinitionResult), (status = 404, body = Problem)))]
async fn get_process_definition(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<ProcessDefinitionResult>, Problem> {
    Ok(Json(find(&app, auth.tenant(), key).await?.into()))
}

/// The BPMN file of a definition, byte for byte as it was deployed.
#[utoipa::path(get, path = "/v2/process-definitions/{processDefinitionKey}/xml", operation_id = "getProcessDefinitionXml",
    tag = "Process definition", params(("processDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = String, content_type = "text/xml"), (status = 404, body = Problem)))]
async fn get_process_definition_xml(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<impl IntoResponse, Problem> {
    let tenant = auth.tenant();
    let xml = app.read(move |history| history.xml(&tenant, key.0)).await?;
    let xml = xml.ok_or_else(|| Problem::no_such("Process Definition", key))?;
    Ok(([(header::CONTENT_TYPE, "text/xml")], xml))
}

/// The form to start a process with: that of its none start event.
#[utoipa::path(get, path = "/v2/process-definitions/{processDefinitionKey}/form", operation_id = "getStartProcessForm",
    tag = "Process definition", params(("processDefinitionKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = FormResult), (status = 204), (status = 404, body = Problem)))]
async fn get_start_process_form(
    auth: Authorized<Read, ProcessDefinition>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Response, Problem> {
    find(&app, auth.tenant(), key).await?;
    let tenant = auth.tenant();
    Ok(forms::answer(app.read(move |history| history.start_form(&tenant, key.0)).await?))
}

/// Which instances to count.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct ProcessDefinitionElementStatisticsQuery {
    /// A filter on process instances, as their search takes it.
    #[schema(value_type = Option<HashMap<String, Value>>)]
    filter: Option<serde_json::Value>,
}

/// How many instances of each element of a definition are in which state.
#[utoipa::path(post, path = "/v2/process-definitions/{processDefinitionKey}/statistics/element-instances",
    operation_id = "getProcessDefinitionStatistics", tag = "Process definition",
    params(("processDefinitionKey" = String, Path, description = "Its key.")),
    request_body = ProcessDefinitionElementStatisticsQuery,
    responses((status = 200, body = Statistics), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn get_process_definition_statistics(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<ProcessDefinitionElementStatisticsQuery>,
) -> Result<Json<Statistics>, Problem> {
    find(&app, auth.tenant(), key).await?;
    let of_this =
        Condition::Field { name: "processDefinitionKey".into(), operator: Operator::Eq(key.0.into()) };
    let mut condition = vec![of_this];
    if let Some(filter) = &body.filter {
        condition.push(filter_of::<ProcessInstances>(filter, "filter")?);
    }
    let (tenant, condition) = (auth.tenant(), Condition::All(condition));
    let counts = app.read_now(move |history| history.element_counts(&tenant, &condition)).await?;
    Ok(Json(ItemsResult { items: counts.into_iter().map(Into::into).collect() }))
}

/// Running instances of all versions of a process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessDefinitionInstanceStatisticsResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// The tenant.
    tenant_id: String,
    /// Name of the latest version.
    #[schema(required)]
    latest_process_definition_name: Option<String>,
    /// Whether there is more than one version.
    has_multiple_versions: bool,
    /// Running instances without an incident.
    active_instances_without_incident_count: i64,
    /// Running instances with an incident.
    active_instances_with_incident_count: i64,
}

/// Running instances by process.
#[utoipa::path(post, path = "/v2/process-definitions/statistics/process-instances",
    operation_id = "getProcessDefinitionInstanceStatistics", tag = "Process definition",
    responses((status = 200, body = SearchResult<ProcessDefinitionInstanceStatisticsResult>)))]
async fn get_process_definition_instance_statistics(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
) -> Result<Json<SearchResult<ProcessDefinitionInstanceStatisticsResult>>, Problem> {
    let tenant = auth.tenant();
    let counts = app.read(move |history| history.definition_counts(&tenant)).await?;
    let mut processes: Vec<(i32, ProcessDefinitionInstanceStatisticsResult)> = Vec::new();
    for count in counts {
        let known = processes.iter_mut().find(|(_, process)| process.process_definition_id == count.id);
        let Some((latest, process)) = known else {
            let process = ProcessDefinitionInstanceStatisticsResult {
                process_definition_id: count.id,
                tenant_id: auth.tenant(),
                latest_process_definition_name: count.name,
                has_multiple_versions: false,
                active_instances_without_incident_count: count.without_incident,
                active_instances_with_incident_count: count.with_incident,
            };
            processes.push((count.version, process));
            continue;
        };
        process.has_multiple_versions = true;
        process.active_instances_without_incident_count += count.without_incident;
        process.active_instances_with_incident_count += count.with_incident;
        if count.version > *latest {
            *latest = count.version;
            process.latest_process_definition_name = count.name;
        }
    }
    Ok(Json(SearchResult::all(processes.into_iter().map(|(_, process)| process).collect())))
}
