//! Process instances.

use super::incidents::IncidentResult;
use super::process_definitions::Statistics;
use crate::authorized::{Authorized, Create, ProcessInstance, Read, Update};
use crate::command::{submit, submit_and_await_end, unexpected};
use crate::extract::{Body, Complaints, OptionalBody, PathKey};
use crate::limits::{DEFAULT_AWAIT_MS, MAX_CALL_DEPTH, MAX_CALLED_INSTANCES};
use crate::problem::Problem;
use crate::search::{IncidentSearchQuery, ProcessInstanceSearchQuery};
use crate::state::AppState;
use crate::wire::{self, ItemsResult, NO_CONTENT, NoContent, SearchResult, Time, VariablesIn};
use axum::Json;
use axum::extract::State;
use history::{
    Condition, Incidents, Operator, PageRequest, ProcessInstanceRow, ProcessInstances, Query, Reader,
    SearchError, Start,
};
use record::{AggregateId, Command, Key, Response, StartInstruction, Str, Variables};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        create_process_instance,
        search_process_instances,
        get_process_instance,
        cancel_process_instance,
        get_process_instance_sequence_flows,
        get_process_instance_statistics,
        search_process_instance_incidents,
        get_process_instance_call_hierarchy,
    ]
}

/// What to start: a definition by key, or the latest (or a given) version of a process.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceCreationInstruction {
    /// BPMN id of the process.
    process_definition_id: Option<String>,
    /// Key of the definition.
    #[serde(default, deserialize_with = "wire::key")]
    #[schema(value_type = Option<String>)]
    process_definition_key: Option<Key>,
    /// The version; below 0 or absent the latest.
    process_definition_version: Option<i32>,
    /// Variables of the root scope.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// Elements to start before, instead of the start event.
    #[serde(default)]
    start_instructions: Option<Vec<CreationStartInstruction>>,
    /// Not supported.
    #[serde(default)]
    #[schema(value_type = Option<Vec<HashMap<String, Value>>>)]
    runtime_instructions: Option<Vec<serde_json::Value>>,
    /// The tenant.
    tenant_id: Option<String>,
    /// Whether to wait for the instance's end.
    await_completion: Option<bool>,
    /// Variables to hand back at the end; all where empty.
    #[serde(default)]
    fetch_variables: Option<Vec<String>>,
    /// How long to wait for the end, milliseconds; 10 s where absent or 0.
    #[serde(default, deserialize_with = "wire::lenient")]
    request_timeout: Option<i64>,
    /// Labels.
    #[serde(default)]
    tags: Option<Vec<String>>,
    /// A name of the business for the instance.
    business_id: Option<String>,
}

/// An element to start before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreationStartInstruction {
    /// BPMN id of the element.
    element_id: String,
}

/// An instance that was created.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreateProcessInstanceResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's version.
    process_definition_version: u32,
    /// The tenant.
    tenant_id: String,
    /// Variables at the end, where it was awaited; otherwise empty.
    #[schema(value_type = HashMap<String, Value>)]
    variables: record::Json,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance's key.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// Labels.
    tags: Vec<String>,
    /// The business's name for it.
    #[schema(required)]
    business_id: Option<String>,
}

/// Starts an instance, and waits for its end where `awaitCompletion` says so.
#[utoipa::path(post, path = "/v2/process-instances", operation_id = "createProcessInstance", tag = "Process instance",
    request_body = ProcessInstanceCreationInstruction,
    responses((status = 200, body = CreateProcessInstanceResult), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem),
        (status = 504, body = Problem)))]
async fn create_process_instance(
    auth: Authorized<Create, ProcessInstance>,
    State(app): State<AppState>,
    Body(mut body): Body<ProcessInstanceCreationInstruction>,
) -> Result<Json<CreateProcessInstanceResult>, Problem> {
    auth.same_tenant("Create Process Instance", body.tenant_id.as_deref())?;
    check(&body)?;
    let tags = body.tags.take().unwrap_or_default();
    let business_id = body.business_id.take().filter(|id| !id.is_empty());
    let start = body.start_instructions.take().unwrap_or_default();
    let command = Command::CreateProcessInstance {
        definition: body.process_definition_key.unwrap_or_default(),
        process_id: body.process_definition_id.take().unwrap_or_default().into(),
        version: body.process_definition_version.unwrap_or(-1),
        variables: std::mem::take(&mut body.variables.0),
        start: start.into_iter().map(|at| StartInstruction { element_id: at.element_id.into() }).collect(),
        origin: None,
        business_id: business_id.as_deref().unwrap_or_default().into(),
        tags: tags.iter().map(|tag| Str::from(tag.as_str())).collect(),
    };
    let request = auth.request(Target::NewInstance, command);
    let response = if body.await_completion == Some(true) {
        let timeout = body.request_timeout.filter(|timeout| *timeout > 0).unwrap_or(DEFAULT_AWAIT_MS);
        submit_and_await_end(&app, request, timeout).await?
    } else {
        submit(&app, request).await?
    };
    let (instance, definition, process_id, version, variables) = match response {
        Response::Created { instance, definition, process_id, version } => {
            (instance, definition, process_id, version, Variables::new())
        }
        Response::Ended { instance, completed: false, .. } => {
            let text = format!("The process instance {instance} was cancelled before it completed.");
            return Err(Problem::new(409, "INVALID_STATE", text));
        }
        Response::Ended { instance, definition, process_id, version, variables, .. } => {
            (instance, definition, process_id, version, variables)
        }
        other => return Err(unexpected(&other)),
    };
    Ok(Json(CreateProcessInstanceResult {
        process_definition_id: process_id.to_string(),
        process_definition_version: version,
        tenant_id: auth.tenant(),
        variables: wire::object(&fetched(variables, &body.fetch_variables.unwrap_or_default())),
        process_definition_key: definition,
        process_instance_key: instance,
        tags,
        business_id,
    }))
}

fn check(body: &ProcessInstanceCreationInstruction) -> Result<(), Problem> {
    let mut complaints = Complaints::default();
    match (wire::given(&body.process_definition_id), body.process_definition_key) {
        (false, None) => {
            complaints.add("At least one of [processDefinitionId, processDefinitionKey] is required.");
        }
        (true, Some(_)) => {
            complaints.add("Only one of [processDefinitionId, processDefinitionKey] is allowed.");
        }
        _ => {}
    }
    if body.runtime_instructions.as_ref().is_some_and(|list| !list.is_empty()) {
        complaints.add("runtimeInstructions are not supported.");
    }
    let tags = body.tags.as_deref().unwrap_or_default();
    if tags.len() > 10 {
        complaints.invalid("tags", tags.len(), "at most 10 tags");
    }
    for tag in tags.iter().filter(|tag| !is_tag(tag)) {
        complaints.invalid("tags", tag, "a letter followed by at most 99 of letters, digits, _, -, : and .");
    }
    if body.business_id.as_ref().is_some_and(|id| id.chars().count() > 256) {
        complaints.add("A businessId has at most 256 characters.");
    }
    complaints.check()
}

fn is_tag(tag: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(&byte);
    tag.len() <= 100 && tag.starts_with(|first: char| first.is_ascii_alphabetic()) && tag.bytes().all(rest)
}

fn fetched(variables: Variables, wanted: &[String]) -> Variables {
    let keep = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    variables.into_iter().filter(|(name, _)| keep(name)).collect()
}

/// A process instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProcessInstanceResult {
    /// BPMN id of the process.
    process_definition_id: String,
    /// Name of the process.
    #[schema(required)]
    process_definition_name: Option<String>,
    /// The definition's version.
    process_definition_version: i32,
    /// Version tag of the model.
    #[schema(required)]
    process_definition_version_tag: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    start_date: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    end_date: Option<Time>,
    /// Since when nothing of it goes on.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    suspended_date: Option<Time>,
    /// `ACTIVE`, `SUSPENDED`, `COMPLETED` or `TERMINATED`.
    state: String,
    /// Whether one of its tokens is stuck.
    has_incident: bool,
    /// The tenant.
    tenant_id: String,
    /// Its key.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance that called it.
    #[schema(value_type = Option<String>, required)]
    parent_process_instance_key: Option<Key>,
    /// The call activity's instance.
    #[schema(value_type = Option<String>, required)]
    parent_element_instance_key: Option<Key>,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// Labels.
    tags: Vec<String>,
    /// The business's name for it.
    #[schema(required)]
    business_id: Option<String>,
}

impl From<ProcessInstanceRow> for ProcessInstanceResult {
    fn from(row: ProcessInstanceRow) -> Self {
        ProcessInstanceResult {
            process_definition_id: row.definition.id,
            process_definition_name: row.definition.name,
            process_definition_version: row.definition.version,
            process_definition_version_tag: row.version_tag,
            start_date: Time(row.started),
            end_date: row.ended.map(Time),
            suspended_date: row.suspended.map(Time),
            state: row.state,
            has_incident: row.has_incident,
            tenant_id: row.tenant,
            process_instance_key: Key(row.key),
            process_definition_key: Key(row.definition.key),
            parent_process_instance_key: row.parent.map(Key),
            parent_element_instance_key: row.parent_element.map(Key),
            root_process_instance_key: wire::some_key(row.root),
            tags: row.tags,
            business_id: row.business_id,
        }
    }
}

/// Searches instances.
#[utoipa::path(post, path = "/v2/process-instances/search", operation_id = "searchProcessInstances",
    tag = "Process instance", request_body = ProcessInstanceSearchQuery,
    responses((status = 200, body = SearchResult<ProcessInstanceResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_process_instances(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: ProcessInstanceSearchQuery,
) -> Result<Json<SearchResult<ProcessInstanceResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<ProcessInstances>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

/// The instance with a key, or 404.
pub(crate) async fn find(app: &AppState, tenant: String, key: Key) -> Result<ProcessInstanceRow, Problem> {
    let found = app.read(move |history| history.get::<ProcessInstances>(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("Process Instance", key))
}

/// An instance.
#[utoipa::path(get, path = "/v2/process-instances/{processInstanceKey}", operation_id = "getProcessInstance",
    tag = "Process instance", params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = ProcessInstanceResult), (status = 404, body = Problem)))]
async fn get_process_instance(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<ProcessInstanceResult>, Problem> {
    Ok(Json(find(&app, auth.tenant(), key).await?.into()))
}

/// A request that says nothing but who means what by it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CancelProcessInstanceRequest {
    /// Ignored.
    #[serde(default, deserialize_with = "wire::lenient")]
    #[allow(dead_code)]
    operation_reference: Option<i64>,
}

/// Cancels an instance: all its element instances are terminated.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/cancellation",
    operation_id = "cancelProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    request_body = CancelProcessInstanceRequest,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn cancel_process_instance(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(_body): OptionalBody<Option<CancelProcessInstanceRequest>>,
) -> NoContent {
    let target = Target::Aggregate(AggregateId::from(key));
    submit(&app, auth.request(target, Command::CancelProcessInstance {})).await?;
    NO_CONTENT
}

/// A sequence flow that a token took.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceSequenceFlowResult {
    /// Names this row.
    sequence_flow_id: String,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// BPMN id of the process.
    process_definition_id: String,
    /// BPMN id of the flow.
    element_id: String,
    /// The tenant.
    tenant_id: String,
}

/// Sequence flows that tokens of an instance took.
#[utoipa::path(get, path = "/v2/process-instances/{processInstanceKey}/sequence-flows",
    operation_id = "getProcessInstanceSequenceFlows", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = ItemsResult<ProcessInstanceSequenceFlowResult>), (status = 404, body = Problem)))]
async fn get_process_instance_sequence_flows(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<ItemsResult<ProcessInstanceSequenceFlowResult>>, Problem> {
    let instance = find(&app, auth.tenant(), key).await?;
    let flows = app.read_now(move |history| history.sequence_flows(key.0)).await?;
    let item = |flow: history::SequenceFlowRow| ProcessInstanceSequenceFlowResult {
        sequence_flow_id: format!("{key}_{}", flow.id),
        process_instance_key: key,
        root_process_instance_key: wire::some_key(instance.root),
        process_definition_key: Key(instance.definition.key),
        process_definition_id: instance.definition.id.clone(),
        element_id: flow.id,
        tenant_id: instance.tenant.clone(),
    };
    Ok(Json(ItemsResult { items: flows.into_iter().map(item).collect() }))
}

/// How many instances of each element of a process instance are in which state.
#[utoipa::path(get, path = "/v2/process-instances/{processInstanceKey}/statistics/element-instances",
    operation_id = "getProcessInstanceStatistics", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = Statistics), (status = 404, body = Problem)))]
async fn get_process_instance_statistics(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<Statistics>, Problem> {
    find(&app, auth.tenant(), key).await?;
    let tenant = auth.tenant();
    let of_this =
        Condition::Field { name: "processInstanceKey".into(), operator: Operator::Eq(key.0.into()) };
    let counts = app.read_now(move |history| history.element_counts(&tenant, &of_this)).await?;
    Ok(Json(ItemsResult { items: counts.into_iter().map(Into::into).collect() }))
}

/// Searches incidents of an instance and of the instances that it called.
#[utoipa::path(post, path = "/v2/process-instances/{processInstanceKey}/incidents/search",
    operation_id = "searchProcessInstanceIncidents", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")), request_body = IncidentSearchQuery,
    responses((status = 200, body = SearchResult<IncidentResult>), (status = 400, body = Problem),
        (status = 404, body = Problem)))]
async fn search_process_instance_incidents(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    body: IncidentSearchQuery,
) -> Result<Json<SearchResult<IncidentResult>>, Problem> {
    find(&app, auth.tenant(), key).await?;
    let tenant = auth.tenant();
    let page = app.read_now(move |history| {
        let called = called_instances(history, &tenant, key.0)?;
        let among = Operator::In(called.into_iter().map(Into::into).collect());
        history.search::<Incidents>(&body.which(tenant, "processInstanceKey", among))
    });
    Ok(Json(SearchResult::of(page.await?)))
}

/// The instance itself, what it called, what these called, and so on.
fn called_instances(history: &Reader, tenant: &str, instance: i64) -> Result<Vec<i64>, SearchError> {
    let mut all = vec![instance];
    let mut callers = vec![instance];
    while !callers.is_empty() && all.len() < MAX_CALLED_INSTANCES {
        let of_callers = Condition::Field {
            name: "parentProcessInstanceKey".into(),
            operator: Operator::In(callers.into_iter().map(Into::into).collect()),
        };
        let page = PageRequest { limit: MAX_CALLED_INSTANCES, start: Start::First };
        let query = Query { tenant: tenant.to_owned(), condition: of_callers, page, ..Query::default() };
        callers = history.search::<ProcessInstances>(&query)?.items.iter().map(|row| row.key).collect();
        all.extend(&callers);
    }
    Ok(all)
}

/// An instance on the way from the top of all calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessInstanceCallHierarchyEntry {
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// Name of the process, or its id where it has none.
    process_definition_name: String,
}

/// The instances that called each other, from the top down to this one.
#[utoipa::path(get, path = "/v2/process-instances/{processInstanceKey}/call-hierarchy",
    operation_id = "getProcessInstanceCallHierarchy", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = Vec<ProcessInstanceCallHierarchyEntry>), (status = 404, body = Problem)))]
async fn get_process_instance_call_hierarchy(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<Vec<ProcessInstanceCallHierarchyEntry>>, Problem> {
    let first = find(&app, auth.tenant(), key).await?;
    let tenant = auth.tenant();
    let path = app.read_now(move |history| {
        let mut path = vec![first];
        while let Some(parent) = path.last().and_then(|instance| instance.parent) {
            match history.get::<ProcessInstances>(&tenant, parent)? {
                Some(instance) if path.len() < MAX_CALL_DEPTH => path.push(instance),
                _ => break,
            }
        }
        Ok(path)
    });
    let entry = |row: ProcessInstanceRow| ProcessInstanceCallHierarchyEntry {
        process_instance_key: Key(row.key),
        process_definition_key: Key(row.definition.key),
        process_definition_name: row.definition.name.unwrap_or(row.definition.id),
    };
    Ok(Json(path.await?.into_iter().rev().map(entry).collect()))
}
