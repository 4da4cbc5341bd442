//! User tasks.

use super::jobs::Corrections;
use super::variables::{Truncate, VariableSearchResult, cut};
use crate::authorized::{Authorized, Read, Update, UserTask};
use crate::command::submit;
use crate::extract::{Body, Complaints, OptionalBody, PathKey, Query};
use crate::problem::Problem;
use crate::search::{UserTaskSearchQuery, VariableSearchQuery};
use crate::state::AppState;
use crate::v2::forms::{self, FormResult};
use crate::wire::{self, NO_CONTENT, NoContent, SearchResult, Time, VariablesIn, headers};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use history::{
    Condition, ElementInstances, Operator, Reader, SearchError, UserTaskRow, UserTasks, Variables,
};
use record::{Command, Key};
use runtime::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![
        search_user_tasks,
        get_user_task,
        update_user_task,
        assign_user_task,
        unassign_user_task,
        complete_user_task,
        get_user_task_form,
        search_user_task_variables,
    ]
}

/// A user task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserTaskResult {
    /// Name of the task.
    #[schema(required)]
    name: Option<String>,
    /// Its state.
    state: String,
    /// Who works on it.
    #[schema(required)]
    assignee: Option<String>,
    /// BPMN id of the element.
    element_id: String,
    /// Groups whose members may claim it.
    candidate_groups: Vec<String>,
    /// Users who may claim it.
    candidate_users: Vec<String>,
    /// BPMN id of the process.
    process_definition_id: String,
    /// When it came into being.
    #[schema(value_type = String, format = DateTime)]
    creation_date: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    completion_date: Option<Time>,
    /// When to look at it again.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    follow_up_date: Option<Time>,
    /// When it should be done.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    due_date: Option<Time>,
    /// The tenant.
    tenant_id: String,
    /// Name of a form outside, or key of one in the model.
    #[schema(required)]
    external_form_reference: Option<String>,
    /// The definition's version.
    process_definition_version: i32,
    /// Custom headers of the model.
    custom_headers: BTreeMap<String, String>,
    /// 0 to 100.
    priority: i32,
    /// Its key.
    #[schema(value_type = String)]
    user_task_key: Key,
    /// The element instance.
    #[schema(value_type = String)]
    element_instance_key: Key,
    /// Name of the process.
    #[schema(required)]
    process_name: Option<String>,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// Key of a deployed form.
    #[schema(value_type = Option<String>, required)]
    form_key: Option<Key>,
    /// Labels of the instance.
    tags: Vec<String>,
    /// The business's name for the instance.
    #[schema(required)]
    business_id: Option<String>,
}

impl From<UserTaskRow> for UserTaskResult {
    fn from(row: UserTaskRow) -> Self {
        UserTaskResult {
            name: row.element_name,
            state: row.state,
            assignee: row.assignee,
            element_id: row.element_id,
            candidate_groups: row.candidate_groups,
            candidate_users: row.candidate_users,
            process_definition_id: row.definition.id,
            creation_date: Time(row.created),
            completion_date: row.ended.map(Time),
            follow_up_date: row.follow_up.map(Time),
            due_date: row.due.map(Time),
            tenant_id: row.tenant,
            external_form_reference: row.form,
            process_definition_version: row.definition.version,
            custom_headers: headers(row.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            priority: row.priority,
            user_task_key: Key(row.key),
            element_instance_key: Key(row.element),
            process_name: row.definition.name,
            process_definition_key: Key(row.definition.key),
            process_instance_key: Key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
            form_key: row.form_key.map(Key),
            tags: row.tags,
            business_id: row.business_id,
        }
    }
}

/// Searches user tasks.
#[utoipa::path(post, path = "/v2/user-tasks/search", operation_id = "searchUserTasks", tag = "User task",
    request_body = UserTaskSearchQuery,
    responses((status = 200, body = SearchResult<UserTaskResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_user_tasks(
    auth: Authorized<Read, UserTask>,
    State(app): State<AppState>,
    body: UserTaskSearchQuery,
) -> Result<Json<SearchResult<UserTaskResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<UserTasks>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}

async fn find(app: &AppState, tenant: String, key: Key) -> Result<UserTaskRow, Problem> {
    let found = app.read(move |history| history.get::<UserTasks>(&tenant, key.0)).await?;
    found.ok_or_else(|| Problem::no_such("User Task", key))
}

/// A user task.
#[utoipa::path(get, path = "/v2/user-tasks/{userTaskKey}", operation_id = "getUserTask", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = UserTaskResult), (status = 404, body = Problem)))]
async fn get_user_task(
    auth: Authorized<Read, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<UserTaskResult>, Problem> {
    Ok(Json(find(&app, auth.tenant(), key).await?.into()))
}

/// What to change about a task.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserTaskUpdateRequest {
    /// The changes; the assignee is changed by an assignment.
    changeset: Option<Corrections>,
    /// Name of what is done, for listeners; `update` where absent.
    action: Option<String>,
}

/// Changes a task's dates, candidates or priority.
#[utoipa::path(patch, path = "/v2/user-tasks/{userTaskKey}", operation_id = "updateUserTask", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")), request_body = UserTaskUpdateRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn update_user_task(
    auth: Authorized<Update, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<UserTaskUpdateRequest>,
) -> NoContent {
    let changeset = body.changeset.unwrap_or_default();
    changeset.check()?;
    let mut changes = changeset.changes();
    changes.assignee = None;
    if changes == Default::default() && !wire::given(&body.action) {
        return Err(Problem::invalid(
            "No update data provided. Provide at least an \"action\" or a value for one of [candidateUsers, \
             candidateGroups, dueDate, followUpDate, priority] in the \"changeset\".",
        ));
    }
    let action = body.action.unwrap_or_else(|| "update".into()).into();
    let command = Command::UpdateUserTask { task: key, changes, action };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// To whom a task is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserTaskAssignmentRequest {
    /// To whom.
    assignee: Option<String>,
    /// Also where it is assigned already, as is done where this is absent.
    allow_override: Option<bool>,
    /// Name of what is done, for listeners; `assign` where absent.
    action: Option<String>,
}

/// Gives a task to someone.
#[utoipa::path(post, path = "/v2/user-tasks/{userTaskKey}/assignment", operation_id = "assignUserTask", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")), request_body = UserTaskAssignmentRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
async fn assign_user_task(
    auth: Authorized<Update, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<UserTaskAssignmentRequest>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if !wire::given(&body.assignee) {
        complaints.missing("assignee");
    }
    complaints.check()?;
    let command = Command::AssignUserTask {
        task: key,
        assignee: body.assignee.unwrap_or_default().into(),
        allow_override: body.allow_override != Some(false),
        action: body.action.unwrap_or_else(|| "assign".into()).into(),
    };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// Takes a task from its assignee.
#[utoipa::path(delete, path = "/v2/user-tasks/{userTaskKey}/assignee", operation_id = "unassignUserTask", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn unassign_user_task(
    auth: Authorized<Update, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> NoContent {
    submit(&app, auth.request(Target::Owner(key), Command::UnassignUserTask { task: key })).await?;
    NO_CONTENT
}

/// The results of a task.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserTaskCompletionRequest {
    /// Variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// Name of what is done, for listeners; `complete` where absent.
    action: Option<String>,
}

/// Completes a task.
#[utoipa::path(post, path = "/v2/user-tasks/{userTaskKey}/completion", operation_id = "completeUserTask", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")), request_body = UserTaskCompletionRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn complete_user_task(
    auth: Authorized<Update, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<UserTaskCompletionRequest>,
) -> NoContent {
    let action = body.action.unwrap_or_else(|| "complete".into()).into();
    let command = Command::CompleteUserTask { task: key, variables: body.variables.0, action };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// The form of a task, where it is a deployed one or stands in the model.
#[utoipa::path(get, path = "/v2/user-tasks/{userTaskKey}/form", operation_id = "getUserTaskForm", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = FormResult), (status = 204), (status = 404, body = Problem)))]
async fn get_user_task_form(
    auth: Authorized<Read, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Response, Problem> {
    find(&app, auth.tenant(), key).await?;
    let tenant = auth.tenant();
    Ok(forms::answer(app.read(move |history| history.task_form(&tenant, key.0)).await?))
}

/// Searches variables that a task sees: those of its element instance and of every scope around it.
#[utoipa::path(post, path = "/v2/user-tasks/{userTaskKey}/variables/search",
    operation_id = "searchUserTaskVariables", tag = "User task",
    params(("userTaskKey" = String, Path, description = "Its key."), Truncate), request_body = VariableSearchQuery,
    responses((status = 200, body = SearchResult<VariableSearchResult>), (status = 400, body = Problem),
        (status = 404, body = Problem)))]
async fn search_user_task_variables(
    auth: Authorized<Read, UserTask>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Query(truncate): Query<Truncate>,
    body: VariableSearchQuery,
) -> Result<Json<SearchResult<VariableSearchResult>>, Problem> {
    let task = find(&app, auth.tenant(), key).await?;
    let mut query = body.of_tenant(auth.tenant());
    let page = app.read_now(move |history| {
        let scopes = scopes(history, &query.tenant, task.element, task.instance)?;
        let operator = Operator::In(scopes.into_iter().map(Into::into).collect());
        let visible = Condition::Field { name: "scopeKey".into(), operator };
        query.condition = Condition::All(vec![query.condition, visible]);
        history.search::<Variables>(&query)
    });
    Ok(Json(cut(page.await?, truncate.truncate_values != Some(false))))
}

/// The element instance and every scope around it.
fn scopes(history: &Reader, tenant: &str, element: i64, instance: i64) -> Result<Vec<i64>, SearchError> {
    let mut scopes = vec![instance];
    let mut at = element;
    while at != 0 && at != instance && scopes.len() < crate::limits::MAX_CALL_DEPTH {
        scopes.push(at);
        at = history.get::<ElementInstances>(tenant, at)?.map_or(0, |element| element.scope);
    }
    Ok(scopes)
}
