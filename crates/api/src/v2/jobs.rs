//! Jobs: activation, completion, failure, business errors, changes, search.

use crate::authorized::{Authorized, ProcessInstance, Read, Update};
use crate::command::submit;
use crate::extract::{Body, Complaints, OptionalBody, PathKey};
use crate::limits::{DEFAULT_LONG_POLL_MS, MAX_JOBS, MAX_LONG_POLL_MS};
use crate::problem::Problem;
use crate::search::JobSearchQuery;
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent, SearchResult, Time, VariablesIn, headers};
use axum::Json;
use axum::extract::State;
use history::{JobRow, Jobs, UserTaskRow};
use record::command::{AdHocActivation, TaskChanges};
use record::{ActivatedJob, Command, JobKind, Key, Rejection, RejectionKind, Str};
use runtime::{ActivateJobs, Handle, PollId, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::sync::oneshot;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![activate_jobs, complete_job, fail_job, throw_job_error, update_job, search_jobs]
}

// ---- activation

/// Which jobs, for whom, for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobActivationRequest {
    /// The job type.
    #[serde(rename = "type")]
    job_type: Option<String>,
    /// Name of the worker.
    worker: Option<String>,
    /// How long the jobs are leased, milliseconds.
    #[serde(default, deserialize_with = "wire::lenient")]
    timeout: Option<i64>,
    /// At most this many jobs.
    max_jobs_to_activate: Option<i32>,
    /// Variables to hand over; all where empty.
    #[serde(default)]
    fetch_variable: Option<Vec<String>>,
    /// How long to wait for the first job, milliseconds; 10 s where absent or 0, not at all below 0.
    #[serde(default, deserialize_with = "wire::lenient")]
    request_timeout: Option<i64>,
    /// Tenants.
    #[serde(default)]
    tenant_ids: Option<Vec<String>>,
    /// Whether the worker will send the lease's token, and is then fenced.
    #[serde(default)]
    with_lease: Option<bool>,
}

/// The jobs that were leased.
#[derive(Debug, Serialize, ToSchema)]
struct JobActivationResult {
    /// The jobs; none where the time was over.
    jobs: Vec<ActivatedJobResult>,
}

/// A job as a worker gets it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ActivatedJobResult {
    /// The job type.
    #[serde(rename = "type")]
    job_type: String,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's version.
    process_definition_version: u32,
    /// BPMN id of the element.
    element_id: String,
    /// Custom headers of the model.
    custom_headers: BTreeMap<String, String>,
    /// The worker that it is leased to.
    worker: String,
    /// Retries left.
    retries: i32,
    /// When the lease ends, milliseconds since 1970.
    deadline: i64,
    /// Variables.
    #[schema(value_type = HashMap<String, Value>)]
    variables: record::Json,
    /// The tenant.
    tenant_id: String,
    /// The same as `default`: there is one physical tenant.
    physical_tenant_id: &'static str,
    /// Its key.
    #[schema(value_type = String)]
    job_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The element instance.
    #[schema(value_type = String)]
    element_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// What the job is for.
    #[schema(value_type = String)]
    kind: JobKind,
    /// The event of a listener, `UNSPECIFIED` for other jobs.
    listener_event_type: String,
    /// The user task of a task listener.
    #[schema(required)]
    user_task: Option<UserTaskProperties>,
    /// Labels of the instance.
    tags: Vec<String>,
    /// The business's name for the instance.
    #[schema(required)]
    business_id: Option<String>,
    /// Higher ones are leased first.
    priority: i32,
    /// Token of the lease, where one was asked for.
    #[schema(required)]
    job_lease_token: Option<String>,
}

/// The user task that a listener is called for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserTaskProperties {
    /// Name of what is done.
    action: String,
    /// Its assignee.
    #[schema(required)]
    assignee: Option<String>,
    /// Groups whose members may claim it.
    candidate_groups: Vec<String>,
    /// Users who may claim it.
    candidate_users: Vec<String>,
    /// Attributes that change.
    changed_attributes: Vec<String>,
    /// When it should be done.
    #[schema(value_type = Option<String>, required)]
    due_date: Option<Time>,
    /// When to look at it again.
    #[schema(value_type = Option<String>, required)]
    follow_up_date: Option<Time>,
    /// Key of its form.
    #[schema(value_type = Option<String>, required)]
    form_key: Option<Key>,
    /// 0 to 100.
    #[schema(required)]
    priority: Option<i32>,
    /// Its key.
    #[schema(value_type = Option<String>, required)]
    user_task_key: Option<Key>,
}

impl UserTaskProperties {
    /// The task as the transition under way will leave it.
    fn of(task: UserTaskRow) -> Self {
        let changes = task.changes.unwrap_or_default();
        let changed = [
            ("assignee", changes.assignee.is_some()),
            ("candidateGroups", changes.candidate_groups.is_some()),
            ("candidateUsers", changes.candidate_users.is_some()),
            ("dueDate", changes.due_date.is_some()),
            ("followUpDate", changes.follow_up_date.is_some()),
            ("priority", changes.priority.is_some()),
        ];
        let names = |new: Option<Vec<Str>>, old: Vec<String>| match new {
            Some(new) => new.iter().map(ToString::to_string).collect(),
            None => old,
        };
        let date = |new: Option<Str>, old: Option<i64>| match new {
            Some(new) => wire::time(&new).map(Time),
            None => old.map(Time),
        };
        UserTaskProperties {
            action: task.action.unwrap_or_default(),
            assignee: match changes.assignee {
                Some(assignee) => Some(assignee.to_string()).filter(|name| !name.is_empty()),
                None => task.assignee,
            },
            candidate_groups: names(changes.candidate_groups, task.candidate_groups),
            candidate_users: names(changes.candidate_users, task.candidate_users),
            changed_attributes: changed
                .iter()
                .filter(|(_, changed)| *changed)
                .map(|(name, _)| (*name).into())
                .collect(),
            due_date: date(changes.due_date, task.due),
            follow_up_date: date(changes.follow_up_date, task.follow_up),
            form_key: task.form_key.map(Key),
            priority: Some(changes.priority.unwrap_or(task.priority)),
            user_task_key: Some(Key(task.key)),
        }
    }
}

/// Takes back a waiting request for jobs when its client is gone.
struct Poll {
    handle: Handle,
    id: Option<PollId>,
}

impl Drop for Poll {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.handle.cancel_poll(id);
        }
    }
}

/// Leases jobs to a worker; waits for the first one where there is none.
#[utoipa::path(post, path = "/v2/jobs/activation", operation_id = "activateJobs", tag = "Job",
    request_body = JobActivationRequest,
    responses((status = 200, body = JobActivationResult), (status = 400, body = Problem), (status = 415, body = Problem),
        (status = 503, body = Problem)))]
async fn activate_jobs(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    Body(body): Body<JobActivationRequest>,
) -> Result<Json<JobActivationResult>, Problem> {
    check(&body)?;
    let tenants = body.tenant_ids.unwrap_or_default();
    for tenant in &tenants {
        auth.same_tenant("Activate Jobs", Some(tenant))?;
    }
    let wait_ms = match body.request_timeout.unwrap_or(0) {
        0 => DEFAULT_LONG_POLL_MS,
        below if below < 0 => 0,
        given => given.min(MAX_LONG_POLL_MS),
    };
    let request = ActivateJobs {
        tenant: auth.subject.tenant.clone(),
        actor: auth.subject.name.clone(),
        job_type: body.job_type.unwrap_or_default().into(),
        worker: body.worker.unwrap_or_default().into(),
        timeout: body.timeout.unwrap_or_default(),
        max: body.max_jobs_to_activate.unwrap_or_default().clamp(1, MAX_JOBS) as usize,
        fetch: body.fetch_variable.unwrap_or_default().into_iter().map(Str::from).collect(),
        wait_ms,
        request_id: auth.request_id(),
    };
    let (send, receive) = oneshot::channel();
    let id = app.handle.activate_jobs(request, move |jobs| drop(send.send(jobs)));
    let mut poll = Poll { handle: app.handle.clone(), id: Some(id) };
    let jobs = receive.await;
    poll.id = None;
    let stopped = || Err(Rejection::new(RejectionKind::Unavailable, "The server is stopping"));
    let jobs =
        jobs.unwrap_or_else(|_| stopped()).map_err(|rejection| Problem::rejected("ACTIVATE", &rejection))?;
    let lease = body.with_lease == Some(true);
    let mut results = Vec::with_capacity(jobs.len());
    for job in jobs {
        let task = match job.kind {
            JobKind::TaskListener => task_of(&app, auth.tenant(), job.element).await?,
            JobKind::BpmnElement | JobKind::AdHocSubProcess | JobKind::ExecutionListener => None,
        };
        results.push(activated(job, auth.tenant(), lease, task));
    }
    Ok(Json(JobActivationResult { jobs: results }))
}

fn check(body: &JobActivationRequest) -> Result<(), Problem> {
    let mut complaints = Complaints::default();
    if !wire::given(&body.job_type) {
        complaints.missing("type");
    }
    match body.timeout {
        None => complaints.missing("timeout"),
        Some(timeout) if timeout < 1 => complaints.invalid("timeout", timeout, "greater than 0"),
        Some(_) => {}
    }
    match body.max_jobs_to_activate {
        None => complaints.missing("maxJobsToActivate"),
        Some(max) if max < 1 => complaints.invalid("maxJobsToActivate", max, "greater than 0"),
        Some(_) => {}
    }
    complaints.check()
}

/// The user task of an element: the engine does not hand its attributes over with a listener's job.
async fn task_of(app: &AppState, tenant: String, element: Key) -> Result<Option<UserTaskRow>, Problem> {
    app.read(move |history| {
        let of_element = history::Condition::Field {
            name: "elementInstanceKey".into(),
            operator: history::Operator::Eq(element.0.into()),
        };
        let query = history::Query { tenant, condition: of_element, ..history::Query::default() };
        Ok(history.search::<history::UserTasks>(&query)?.items.pop())
    })
    .await
}

fn activated(
    job: ActivatedJob,
    tenant_id: String,
    lease: bool,
    task: Option<UserTaskRow>,
) -> ActivatedJobResult {
    ActivatedJobResult {
        job_type: job.job_type.to_string(),
        process_definition_id: job.process_id.to_string(),
        process_definition_version: job.version,
        element_id: job.element_id.to_string(),
        custom_headers: headers(job.headers.iter().map(|(name, value)| (&**name, &**value))),
        worker: job.worker.to_string(),
        retries: job.retries,
        deadline: job.deadline,
        variables: job.variables,
        tenant_id,
        physical_tenant_id: "default",
        job_key: job.key,
        process_instance_key: job.instance,
        process_definition_key: job.definition,
        element_instance_key: job.element,
        root_process_instance_key: wire::some_key(job.root.0),
        kind: job.kind,
        listener_event_type: if job.event.is_empty() { "UNSPECIFIED".into() } else { job.event.to_string() },
        user_task: task.map(UserTaskProperties::of),
        tags: job.tags.iter().map(ToString::to_string).collect(),
        business_id: Some(job.business_id.to_string()).filter(|id| !id.is_empty()),
        priority: job.priority,
        job_lease_token: lease.then(|| job.fence.to_string()),
    }
}

// ---- what workers report

/// The token of a lease; 0 where the worker has none.
fn fence(token: Option<&String>) -> Result<u64, Problem> {
    let Some(token) = token else { return Ok(0) };
    let invalid =
        || Problem::invalid(format!("The value for jobLeaseToken is '{token}' but must be one of ours."));
    token.parse().map_err(|_| invalid())
}

/// The results of a job.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobCompletionRequest {
    /// Variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// The result of a task listener.
    result: Option<JobResult>,
    /// Token of the lease.
    job_lease_token: Option<String>,
}

/// The result of a listener of a user task, or of the job that chooses in an ad-hoc sub-process.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobResult {
    /// `userTask` or `adHocSubProcess`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Whether the transition is refused.
    denied: Option<bool>,
    /// Why it is refused.
    denied_reason: Option<String>,
    /// What is changed about the task.
    corrections: Option<Corrections>,
    /// Activities of the ad-hoc sub-process to run next.
    activate_elements: Option<Vec<AdHocActivityReference>>,
    /// Nothing more is to run in the ad-hoc sub-process.
    is_completion_condition_fulfilled: Option<bool>,
    /// What runs in the ad-hoc sub-process ends.
    is_cancel_remaining_instances: Option<bool>,
}

/// An activity of an ad-hoc sub-process that shall run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdHocActivityReference {
    /// BPMN id of the activity.
    element_id: Option<String>,
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
}

/// The activities as the engine takes them; complains of those without an id.
pub(crate) fn activations(
    path: &str,
    elements: Vec<AdHocActivityReference>,
    complaints: &mut Complaints,
) -> Vec<AdHocActivation> {
    for (at, element) in elements.iter().enumerate() {
        if !wire::given(&element.element_id) {
            complaints.missing(&format!("{path}[{at}].elementId"));
        }
    }
    let activation = |it: AdHocActivityReference| AdHocActivation {
        element_id: it.element_id.unwrap_or_default().into(),
        variables: it.variables.0,
    };
    elements.into_iter().map(activation).collect()
}

/// What is changed about a task; what is absent stays, an empty text takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Corrections {
    /// Assignee.
    assignee: Option<String>,
    /// When it should be done.
    due_date: Option<String>,
    /// When to look at it again.
    follow_up_date: Option<String>,
    /// Users who may claim it.
    candidate_users: Option<Vec<String>>,
    /// Groups whose members may claim it.
    candidate_groups: Option<Vec<String>>,
    /// 0 to 100.
    priority: Option<i32>,
}

impl Corrections {
    /// Checks dates and priority.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut complaints = Complaints::default();
        for (what, date) in [("due date", &self.due_date), ("follow-up date", &self.follow_up_date)] {
            if let Some(date) = date.as_ref().filter(|date| !date.is_empty() && wire::time(date).is_none()) {
                let rule = "cannot be parsed as a date according to RFC 3339, section 5.6.";
                complaints.add(format!("The provided {what} '{date}' {rule}"));
            }
        }
        if let Some(priority) = self.priority.filter(|priority| !(0..=100).contains(priority)) {
            complaints.invalid("priority", priority, "within the [0,100] range");
        }
        complaints.check()
    }

    /// As the engine takes it.
    pub(crate) fn changes(self) -> TaskChanges {
        let list = |names: Vec<String>| names.into_iter().map(Str::from).collect();
        TaskChanges {
            assignee: self.assignee.map(Str::from),
            candidate_users: self.candidate_users.map(list),
            candidate_groups: self.candidate_groups.map(list),
            due_date: self.due_date.map(Str::from),
            follow_up_date: self.follow_up_date.map(Str::from),
            priority: self.priority,
        }
    }

    /// Nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.assignee.is_none()
            && self.due_date.is_none()
            && self.follow_up_date.is_none()
            && self.candidate_users.is_none()
            && self.candidate_groups.is_none()
            && self.priority.is_none()
    }
}

/// Completes a job.
#[utoipa::path(post, path = "/v2/jobs/{jobKey}/completion", operation_id = "completeJob", tag = "Job",
    params(("jobKey" = String, Path, description = "Its key.")), request_body = JobCompletionRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn complete_job(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<JobCompletionRequest>,
) -> NoContent {
    let fence = fence(body.job_lease_token.as_ref())?;
    let command = match body.result {
        None => Command::CompleteJob { job: key, variables: body.variables.0, fence },
        Some(result) => match result.kind.as_deref() {
            Some("adHocSubProcess") => choice(key, result, body.variables, fence)?,
            Some("userTask") | None => task_listener(key, result, &body.variables, fence)?,
            Some(kind) => {
                let must = "'userTask' or 'adHocSubProcess'";
                let text = format!("The value for result.type is '{kind}' but must be {must}.");
                return Err(Problem::invalid(text));
            }
        },
    };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// What the worker of an ad-hoc sub-process chose.
fn choice(job: Key, result: JobResult, variables: VariablesIn, fence: u64) -> Result<Command, Problem> {
    let mut complaints = Complaints::default();
    let elements = result.activate_elements.unwrap_or_default();
    let elements = activations("result.activateElements", elements, &mut complaints);
    complaints.check()?;
    Ok(Command::CompleteAdHocJob {
        job,
        variables: variables.0,
        elements,
        fulfilled: result.is_completion_condition_fulfilled == Some(true),
        cancel_remaining: result.is_cancel_remaining_instances == Some(true),
        fence,
    })
}

/// What a listener of a user task says to the transition.
fn task_listener(
    job: Key,
    result: JobResult,
    variables: &VariablesIn,
    fence: u64,
) -> Result<Command, Problem> {
    if !variables.0.is_empty() {
        let text = "The job of a task listener cannot set variables; leave them out.";
        return Err(Problem::invalid(text));
    }
    let corrections = result.corrections.unwrap_or_default();
    corrections.check()?;
    let denied = result.denied == Some(true);
    if denied && !corrections.is_empty() {
        return Err(Problem::invalid("A listener that denies a transition cannot correct the task."));
    }
    Ok(Command::CompleteTaskListener {
        job,
        denied,
        reason: result.denied_reason.unwrap_or_default().into(),
        corrections: corrections.changes(),
        fence,
    })
}

/// Why a job could not be done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobFailRequest {
    /// Retries left; none where absent.
    retries: Option<i32>,
    /// Why.
    error_message: Option<String>,
    /// When to try again, milliseconds from now.
    #[serde(default, deserialize_with = "wire::lenient")]
    retry_back_off: Option<i64>,
    /// Set locally at the element.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// Token of the lease.
    job_lease_token: Option<String>,
}

/// Says that a job could not be done. Without retries left an incident is raised.
#[utoipa::path(post, path = "/v2/jobs/{jobKey}/failure", operation_id = "failJob", tag = "Job",
    params(("jobKey" = String, Path, description = "Its key.")), request_body = JobFailRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn fail_job(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<JobFailRequest>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if let Some(back_off) = body.retry_back_off.filter(|back_off| *back_off < 0) {
        complaints.invalid("retryBackOff", back_off, "not negative");
    }
    complaints.check()?;
    let command = Command::FailJob {
        job: key,
        retries: body.retries.unwrap_or(0),
        back_off: body.retry_back_off.unwrap_or(0),
        message: body.error_message.unwrap_or_default().into(),
        variables: body.variables.0,
        fence: fence(body.job_lease_token.as_ref())?,
    };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// A business error.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobErrorRequest {
    /// The error code, which an error event catches.
    error_code: Option<String>,
    /// Explanation.
    error_message: Option<String>,
    /// Handed to the catching event.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// Token of the lease.
    job_lease_token: Option<String>,
}

/// Throws a BPMN error at the job's element.
#[utoipa::path(post, path = "/v2/jobs/{jobKey}/error", operation_id = "throwJobError", tag = "Job",
    params(("jobKey" = String, Path, description = "Its key.")), request_body = JobErrorRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
async fn throw_job_error(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<JobErrorRequest>,
) -> NoContent {
    let mut complaints = Complaints::default();
    if !wire::given(&body.error_code) {
        complaints.missing("errorCode");
    }
    complaints.check()?;
    let command = Command::ThrowJobError {
        job: key,
        code: body.error_code.unwrap_or_default().into(),
        message: body.error_message.unwrap_or_default().into(),
        variables: body.variables.0,
        fence: fence(body.job_lease_token.as_ref())?,
    };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// What to change about a job.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobUpdateRequest {
    /// The changes.
    changeset: Option<JobChangeset>,
}

/// Changes of a job.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobChangeset {
    /// Retries left.
    retries: Option<i32>,
    /// How long the lease lasts from now on, milliseconds.
    #[serde(default, deserialize_with = "wire::lenient")]
    timeout: Option<i64>,
    /// Higher ones are leased first.
    priority: Option<i32>,
}

/// Changes a job's retries, lease or priority.
#[utoipa::path(patch, path = "/v2/jobs/{jobKey}", operation_id = "updateJob", tag = "Job",
    params(("jobKey" = String, Path, description = "Its key.")), request_body = JobUpdateRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
async fn update_job(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Body(body): Body<JobUpdateRequest>,
) -> NoContent {
    let changes = body.changeset.unwrap_or_default();
    let mut complaints = Complaints::default();
    if changes.retries.is_none() && changes.timeout.is_none() && changes.priority.is_none() {
        complaints.add("At least one of [retries, timeout, priority] is required.");
    }
    if let Some(retries) = changes.retries.filter(|retries| *retries < 1) {
        complaints.invalid("retries", retries, "greater than 0");
    }
    complaints.check()?;
    let JobChangeset { retries, timeout, priority } = changes;
    let command = Command::UpdateJob { job: key, retries, timeout, priority };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

// ---- search

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JobSearchResult {
    /// Custom headers of the model.
    custom_headers: BTreeMap<String, String>,
    /// When its lease ends.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    deadline: Option<Time>,
    /// Why a listener refused.
    #[schema(required)]
    denied_reason: Option<String>,
    /// BPMN id of the element.
    #[schema(required)]
    element_id: Option<String>,
    /// The element instance.
    #[schema(value_type = String)]
    element_instance_key: Key,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    end_time: Option<Time>,
    /// Code of the business error.
    #[schema(required)]
    error_code: Option<String>,
    /// Why it failed last.
    #[schema(required)]
    error_message: Option<String>,
    /// Whether its last failure left retries.
    has_failed_with_retries_left: bool,
    /// Whether a listener refused.
    #[schema(required)]
    is_denied: Option<bool>,
    /// Its key.
    #[schema(value_type = String)]
    job_key: Key,
    /// What it is for.
    kind: String,
    /// The event of a listener.
    listener_event_type: String,
    /// BPMN id of the process.
    process_definition_id: String,
    /// The definition's key.
    #[schema(value_type = String)]
    process_definition_key: Key,
    /// The instance.
    #[schema(value_type = String)]
    process_instance_key: Key,
    /// The instance at the top of all calls.
    #[schema(value_type = Option<String>, required)]
    root_process_instance_key: Option<Key>,
    /// Retries left.
    retries: i32,
    /// Its state.
    state: String,
    /// The tenant.
    tenant_id: String,
    /// The job type.
    #[serde(rename = "type")]
    job_type: String,
    /// Who has or had it.
    worker: String,
    /// When it came into being.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    creation_time: Option<Time>,
    /// When it changed last.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_update_time: Option<Time>,
    /// The business's name for the instance.
    #[schema(required)]
    business_id: Option<String>,
    /// Higher ones are leased first.
    priority: i32,
}

impl From<JobRow> for JobSearchResult {
    fn from(row: JobRow) -> Self {
        JobSearchResult {
            custom_headers: headers(row.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
            deadline: row.deadline.map(Time),
            denied_reason: row.denied_reason,
            element_id: Some(row.element_id),
            element_instance_key: Key(row.element),
            end_time: row.ended.map(Time),
            error_code: row.error_code,
            error_message: row.error_message,
            has_failed_with_retries_left: row.failed_with_retries,
            is_denied: row.denied,
            job_key: Key(row.key),
            kind: row.kind,
            listener_event_type: row.listener_event,
            process_definition_id: row.definition.id,
            process_definition_key: Key(row.definition.key),
            process_instance_key: Key(row.instance),
            root_process_instance_key: wire::some_key(row.root),
            retries: row.retries,
            state: row.state,
            tenant_id: row.tenant,
            job_type: row.job_type,
            worker: row.worker.unwrap_or_default(),
            creation_time: Some(Time(row.created)),
            last_update_time: Some(Time(row.updated)),
            business_id: row.business_id,
            priority: row.priority,
        }
    }
}

/// Searches jobs.
#[utoipa::path(post, path = "/v2/jobs/search", operation_id = "searchJobs", tag = "Job", request_body = JobSearchQuery,
    responses((status = 200, body = SearchResult<JobSearchResult>), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
async fn search_jobs(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    body: JobSearchQuery,
) -> Result<Json<SearchResult<JobSearchResult>>, Problem> {
    let query = body.of_tenant(auth.tenant());
    let page = app.read(move |history| history.search::<Jobs>(&query)).await?;
    Ok(Json(SearchResult::of(page)))
}
