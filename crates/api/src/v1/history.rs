//! An instance's own history: every event, with who, when and where.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::PathKey;
use crate::limits::MAX_HISTORY_RECORDS;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v2::find_process_instance;
use crate::wire::Time;
use axum::Json;
use axum::extract::{Query, State};
use history::{Elements, RecordEvents};
use record::{Event, Key};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_process_instance_history]
}

/// Which part of the history.
#[derive(Debug, Deserialize, IntoParams)]
struct HistoryPage {
    /// Only records after this one.
    after: Option<u64>,
    /// At most this many records, 1,000 where absent.
    limit: Option<usize>,
}

/// An instance's history, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HistoryResult {
    /// The events.
    items: Vec<HistoryItem>,
    /// To be given as `after` for what follows; null at the end.
    #[schema(required)]
    next: Option<u64>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HistoryItem {
    /// Its record's position in the log.
    lsn: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    time: Time,
    /// Who asked for it.
    actor: String,
    /// What was asked for.
    command: String,
    /// Trace context of the request.
    #[schema(required)]
    traceparent: Option<String>,
    /// What happened, such as `JobCompleted`; `Erased` where the data was erased.
    event: String,
    /// All about it.
    #[schema(value_type = HashMap<String, Value>)]
    data: Value,
    /// BPMN id of the element that it is about.
    #[schema(required)]
    element_id: Option<String>,
    /// Name of that element.
    #[schema(required)]
    element_name: Option<String>,
}

/// Every event of an instance.
#[utoipa::path(get, path = "/api/v1/process-instances/{processInstanceKey}/history",
    operation_id = "getProcessInstanceHistory", tag = "Process instance",
    params(("processInstanceKey" = String, Path, description = "Its key."), HistoryPage),
    responses((status = 200, body = HistoryResult), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn get_process_instance_history(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    Query(page): Query<HistoryPage>,
) -> Result<Json<HistoryResult>, Problem> {
    let instance = find_process_instance(&app, auth.tenant(), key).await?;
    let limit = page.limit.unwrap_or(MAX_HISTORY_RECORDS).clamp(1, MAX_HISTORY_RECORDS);
    let tenant = auth.tenant();
    let read = app.read_now(move |history| {
        let elements = history.elements(instance.definition.key)?;
        let records = history.history(&tenant, key.0, page.after.unwrap_or(0), limit)?;
        let more = records.len() == limit;
        let next = records.last().map(|record| record.lsn).filter(|_| more);
        // A page that begins later has not seen where element instances began.
        let known = match page.after {
            None | Some(0) => HashMap::new(),
            Some(_) => ordinals(&history.history(&tenant, key.0, 0, usize::MAX >> 1)?),
        };
        Ok((elements, records, next, known))
    });
    let (elements, records, next, mut known) = read.await?;
    let mut items = Vec::new();
    for record in records {
        flatten(record, &elements, &mut known, &mut items);
    }
    Ok(Json(HistoryResult { items, next }))
}

/// Ordinals of element instances, jobs, tasks, incidents by key.
fn ordinals(records: &[RecordEvents]) -> HashMap<Key, u32> {
    let mut known = HashMap::new();
    for event in records.iter().filter_map(|record| record.events.as_ref()).flatten() {
        place(event, &mut known);
    }
    known
}

fn flatten(
    record: RecordEvents,
    elements: &Elements,
    known: &mut HashMap<Key, u32>,
    items: &mut Vec<HistoryItem>,
) {
    let item = |event: String, data: Value, ordinal: Option<u32>| {
        let element = ordinal.and_then(|ordinal| elements.get(ordinal));
        HistoryItem {
            lsn: record.lsn,
            time: Time(record.time),
            actor: record.actor.clone(),
            command: record.command.clone(),
            traceparent: record.traceparent.clone(),
            event,
            data,
            element_id: element.map(|element| element.id.clone()),
            element_name: element.and_then(|element| element.name.clone()),
        }
    };
    match &record.events {
        None => items.push(item("Erased".into(), Value::Null, None)),
        Some(events) => {
            for event in events {
                let ordinal = place(event, known);
                items.push(item(event.name().to_owned(), data(event), ordinal));
            }
        }
    }
}

/// The ordinal of the element that an event is about. Notes the keys that it introduces.
pub(crate) fn place(event: &Event, known: &mut HashMap<Key, u32>) -> Option<u32> {
    match event {
        Event::InstanceCreated { .. } | Event::InstanceCompleted {} | Event::InstanceTerminated {} => Some(0),
        Event::ElementActivating { key, ordinal, .. }
        | Event::ElementActivated { key, ordinal, .. }
        | Event::ElementPassed { key, ordinal, .. }
        | Event::TimerScheduled { key, ordinal, .. }
        | Event::SubscriptionOpened { key, ordinal, .. }
        | Event::IncidentCreated { key, ordinal, .. } => {
            known.insert(*key, *ordinal);
            Some(*ordinal)
        }
        Event::SequenceFlowTaken { ordinal, .. } | Event::DecisionEvaluated { ordinal, .. } => Some(*ordinal),
        Event::JobCreated { key, element, .. } | Event::UserTaskCreating { key, element, .. } => {
            let ordinal = known.get(element).copied()?;
            known.insert(*key, ordinal);
            Some(ordinal)
        }
        Event::VariablesSet { scope: key, .. }
        | Event::SecretsNamed { scope: key, .. }
        | Event::ErrorThrown { element: key, .. }
        | Event::ElementCompleting { key }
        | Event::ElementCompleted { key }
        | Event::ElementTerminating { key }
        | Event::ElementTerminated { key }
        | Event::JobActivated { key, .. }
        | Event::JobTimedOut { key }
        | Event::JobFailed { key, .. }
        | Event::JobRetried { key }
        | Event::JobPending { key, .. }
        | Event::JobAbandoned { key, .. }
        | Event::JobUpdated { key, .. }
        | Event::JobErrorThrown { key, .. }
        | Event::JobCompleted { key }
        | Event::JobCanceled { key }
        | Event::TimerTriggered { key }
        | Event::TimerCanceled { key }
        | Event::SubscriptionCorrelated { key, .. }
        | Event::SubscriptionClosed { key }
        | Event::IncidentResolved { key }
        | Event::UserTaskCreated { key }
        | Event::UserTaskTransition { key, .. }
        | Event::UserTaskAssigned { key, .. }
        | Event::UserTaskUpdated { key, .. }
        | Event::UserTaskDenied { key, .. }
        | Event::UserTaskCompleted { key, .. }
        | Event::UserTaskCanceled { key } => known.get(key).copied(),
        _ => None,
    }
}

/// The fields of an event, variables as one object.
fn data(event: &Event) -> Value {
    let mut fields = match serde_json::to_value(event) {
        Ok(Value::Object(mut variants)) => variants.remove(event.name()).unwrap_or_default(),
        _ => Value::Null,
    };
    let variables = match event {
        Event::InstanceCreated { variables, .. }
        | Event::VariablesSet { variables, .. }
        | Event::UserTaskTransition { variables, .. } => Some(variables),
        _ => None,
    };
    if let (Some(variables), Value::Object(fields)) = (variables, &mut fields) {
        let object = crate::wire::object(variables);
        let object = serde_json::from_str(object.as_str()).unwrap_or_default();
        fields.insert("variables".into(), object);
    }
    fields
}
