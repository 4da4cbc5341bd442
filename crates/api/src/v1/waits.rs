//! Why an instance is where it is: what each of its tokens waits for, and what would let it go on.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::PathKey;
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::Time;
use axum::Json;
use axum::extract::State;
use history::{
    Condition, ElementInstanceRow, ElementInstances, Entity, IncidentRow, Incidents, JobRow, Jobs,
    MessageSubscriptions, Operator, ProcessInstanceRow, ProcessInstances, Query, Reader, SearchError,
    UserTaskRow, UserTasks, WaitRow,
};
use record::Key;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![explain_process_instance]
}

/// What an instance waits for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WaitsResult {
    /// The instance's state.
    state: String,
    /// What it waits for; empty where it has ended.
    waits: Vec<Wait>,
}

/// Something that a token waits for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Wait {
    /// Of which kind.
    kind: WaitKind,
    /// What it waits for, and what would let it go on, for people.
    explanation: String,
    /// BPMN id of the element or flow.
    element_id: String,
    /// The element instance.
    #[schema(value_type = Option<String>, required)]
    element_instance_key: Option<Key>,
    /// Key of the incident, job, task, timer, subscription or called instance.
    #[schema(value_type = Option<String>, required)]
    key: Option<Key>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    since: Option<Time>,
    /// Until when, where a time is known.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    due: Option<Time>,
}

/// Kinds of waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum WaitKind {
    /// It is stuck until someone resolves an incident.
    Incident,
    /// No worker has the job.
    Job,
    /// A worker has the job.
    Worker,
    /// The job failed and is tried again later.
    Retry,
    /// A person has to act.
    UserTask,
    /// A time has to come.
    Timer,
    /// A message has to come.
    Message,
    /// A signal has to come.
    Signal,
    /// A condition has to become true.
    Condition,
    /// Nothing goes on until someone resumes the instance.
    Suspended,
    /// Other tokens have to arrive.
    Join,
    /// A called process has to end.
    CalledProcess,
    /// Anything else.
    Other,
}

/// Why is it waiting? One entry for everything that tokens of the instance wait for.
#[utoipa::path(get, path = "/api/v1/process-instances/{processInstanceKey}/waits",
    operation_id = "explainProcessInstance", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key.")),
    responses((status = 200, body = WaitsResult), (status = 404, body = Problem)))]
async fn explain_process_instance(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> Result<Json<WaitsResult>, Problem> {
    let tenant = auth.tenant();
    let read = app.read(move |history| match history.get::<ProcessInstances>(&tenant, key.0)? {
        None => Ok(None),
        Some(instance) if instance.ended.is_some() => {
            Ok(Some(WaitsResult { state: instance.state, waits: Vec::new() }))
        }
        Some(instance) => {
            let mut all: Vec<Wait> = suspension(&instance).into_iter().collect();
            all.extend(waits(history, &tenant, key)?);
            Ok(Some(WaitsResult { state: instance.state, waits: all }))
        }
    });
    read.await?.map(Json).ok_or_else(|| Problem::no_such("Process Instance", key))
}

fn of<E: Entity>(
    history: &Reader,
    tenant: &str,
    instance: Key,
    extra: &[(&str, Operator)],
) -> Result<Vec<E::Row>, SearchError> {
    let field = |(name, operator): (&str, Operator)| Condition::Field { name: name.to_owned(), operator };
    let mut all = vec![field(("processInstanceKey", Operator::Eq(instance.0.into())))];
    all.extend(extra.iter().cloned().map(field));
    let query = Query { tenant: tenant.to_owned(), condition: Condition::All(all), ..Query::default() };
    Ok(history.search::<E>(&query)?.items)
}

fn waits(history: &Reader, tenant: &str, instance: Key) -> Result<Vec<Wait>, SearchError> {
    let active = ("state", Operator::Eq("ACTIVE".into()));
    let incidents = of::<Incidents>(history, tenant, instance, std::slice::from_ref(&active))?;
    let jobs = of::<Jobs>(history, tenant, instance, &[("endTime", Operator::Exists(false))])?;
    let tasks = of::<UserTasks>(history, tenant, instance, &[("completionDate", Operator::Exists(false))])?;
    let open = ("messageSubscriptionState", Operator::Eq("CREATED".into()));
    let subscriptions = of::<MessageSubscriptions>(history, tenant, instance, &[open])?;
    let elements = of::<ElementInstances>(history, tenant, instance, &[active])?;

    let mut waits: Vec<Wait> = incidents.iter().map(incident).collect();
    let stuck = |job: &JobRow| incidents.iter().any(|incident| incident.job == Some(job.key));
    waits.extend(jobs.iter().filter(|job| !stuck(job)).map(job));
    waits.extend(tasks.iter().map(task));
    for timer in history.timers(instance.0)? {
        waits.push(Wait {
            kind: WaitKind::Timer,
            explanation: format!("The timer of '{}' fires at {}.", timer.element_id, Time(timer.due)),
            element_id: timer.element_id,
            element_instance_key: Some(Key(timer.element)),
            key: Some(Key(timer.key)),
            since: None,
            due: Some(Time(timer.due)),
        });
    }
    for subscription in subscriptions {
        waits.push(Wait {
            kind: WaitKind::Message,
            explanation: format!(
                "'{}' waits for the message '{}' with the correlation key '{}'; publish it to go on.",
                subscription.element_id, subscription.name, subscription.correlation_key
            ),
            element_id: subscription.element_id,
            element_instance_key: Some(Key(subscription.element)),
            key: Some(Key(subscription.key)),
            since: Some(Time(subscription.updated)),
            due: None,
        });
    }
    waits.extend(history.signals(instance.0)?.into_iter().map(signal));
    waits.extend(history.conditions(instance.0)?.into_iter().map(condition));
    for token in history.waiting_tokens(instance.0)? {
        let tokens =
            if token.tokens == 1 { "A token waits".into() } else { format!("{} tokens wait", token.tokens) };
        waits.push(Wait {
            kind: WaitKind::Join,
            explanation: format!(
                "{tokens} at the end of '{}' for tokens on the join's other flows.",
                token.flow_id
            ),
            element_id: token.flow_id,
            element_instance_key: Some(Key(token.scope)),
            key: None,
            since: None,
            due: None,
        });
    }
    rest(history, tenant, &elements, &mut waits)?;
    Ok(waits)
}

/// Elements for which nothing was found yet: a called process, or something with nothing to show.
fn rest(
    history: &Reader,
    tenant: &str,
    elements: &[ElementInstanceRow],
    waits: &mut Vec<Wait>,
) -> Result<(), SearchError> {
    for element in elements {
        let covered = waits.iter().any(|wait| wait.element_instance_key == Some(Key(element.key)));
        let has_children = elements.iter().any(|inner| inner.scope == element.key);
        if covered || has_children || element.kind == "PROCESS" {
            continue;
        }
        let called =
            if element.kind == "CALL_ACTIVITY" { called(history, tenant, element.key)? } else { None };
        let (kind, explanation) = match called {
            Some(called) => (
                WaitKind::CalledProcess,
                format!("'{}' waits for the called process instance {called} to end.", element.element_id),
            ),
            None => (WaitKind::Other, format!("'{}' is active.", element.element_id)),
        };
        waits.push(Wait {
            kind,
            explanation,
            element_id: element.element_id.clone(),
            element_instance_key: Some(Key(element.key)),
            key: called,
            since: Some(Time(element.started)),
            due: None,
        });
    }
    Ok(())
}

fn called(history: &Reader, tenant: &str, element: i64) -> Result<Option<Key>, SearchError> {
    let by_caller =
        Condition::Field { name: "parentElementInstanceKey".into(), operator: Operator::Eq(element.into()) };
    let query = Query { tenant: tenant.to_owned(), condition: by_caller, ..Query::default() };
    let found = history.search::<ProcessInstances>(&query)?;
    Ok(found.items.iter().find(|instance| instance.ended.is_none()).map(|instance| Key(instance.key)))
}

fn suspension(instance: &ProcessInstanceRow) -> Option<Wait> {
    let since = instance.suspended?;
    Some(Wait {
        kind: WaitKind::Suspended,
        explanation: "The instance is suspended: nothing goes on until it is resumed.".to_owned(),
        element_id: instance.definition.id.clone(),
        element_instance_key: None,
        key: Some(Key(instance.key)),
        since: Some(Time(since)),
        due: None,
    })
}

fn signal(row: WaitRow) -> Wait {
    let explanation =
        format!("'{}' waits for the signal '{}'; broadcast it to go on.", row.element_id, row.name);
    waiting(WaitKind::Signal, explanation, row)
}

fn condition(row: WaitRow) -> Wait {
    let explanation =
        format!("'{}' waits until its condition is true; set variables to go on.", row.element_id);
    waiting(WaitKind::Condition, explanation, row)
}

fn waiting(kind: WaitKind, explanation: String, row: WaitRow) -> Wait {
    Wait {
        kind,
        explanation,
        element_id: row.element_id,
        element_instance_key: Some(Key(row.element)),
        key: Some(Key(row.key)),
        since: Some(Time(row.created)),
        due: None,
    }
}

fn incident(row: &IncidentRow) -> Wait {
    let advice = match row.job {
        Some(job) => format!("Give job {job} retries, then resolve the incident."),
        None => "Correct the data, then resolve the incident.".to_owned(),
    };
    Wait {
        kind: WaitKind::Incident,
        explanation: format!("'{}' is stuck ({}): {} {advice}", row.element_id, row.kind, row.message),
        element_id: row.element_id.clone(),
        element_instance_key: Some(Key(row.element)),
        key: Some(Key(row.key)),
        since: Some(Time(row.created)),
        due: None,
    }
}

fn job(row: &JobRow) -> Wait {
    let (element, job_type) = (&row.element_id, &row.job_type);
    let (kind, explanation, due) = match (row.deadline, row.retry_at) {
        (Some(deadline), _) => {
            let worker = row.worker.as_deref().unwrap_or_default();
            let text = format!("Worker '{worker}' has the job of '{element}' until {}.", Time(deadline));
            (WaitKind::Worker, text, Some(Time(deadline)))
        }
        (None, Some(retry_at)) => {
            let why = row.error_message.as_deref().unwrap_or_default();
            let text =
                format!("The job of '{element}' failed ({why}); it is tried again at {}.", Time(retry_at));
            (WaitKind::Retry, text, Some(Time(retry_at)))
        }
        (None, None) => {
            let text = format!("'{element}' waits for a worker for jobs of the type '{job_type}'.");
            (WaitKind::Job, text, None)
        }
    };
    Wait {
        kind,
        explanation,
        element_id: element.clone(),
        element_instance_key: Some(Key(row.element)),
        key: Some(Key(row.key)),
        since: Some(Time(row.created)),
        due,
    }
}

fn task(row: &UserTaskRow) -> Wait {
    let name = row.element_name.as_deref().unwrap_or(&row.element_id);
    let explanation = match &row.assignee {
        Some(assignee) => format!("{assignee} has to complete the task '{name}'."),
        None => format!("Someone has to claim and complete the task '{name}'."),
    };
    Wait {
        kind: WaitKind::UserTask,
        explanation,
        element_id: row.element_id.clone(),
        element_instance_key: Some(Key(row.element)),
        key: Some(Key(row.key)),
        since: Some(Time(row.created)),
        due: row.due.map(Time),
    }
}
