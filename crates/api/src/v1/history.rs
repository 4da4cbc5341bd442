//! An instance's own history: every event, with who, when and where.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::{PathKey, Query};
use crate::limits::MAX_HISTORY_RECORDS;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v2::find_process_instance;
use crate::wire::Time;
use axum::Json;
use axum::extract::State;
use history::{Element, Elements, Reader, RecordEvents, SearchError};
use record::{Event, Key};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
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
    find_process_instance(&app, auth.tenant(), key).await?;
    let limit = page.limit.unwrap_or(MAX_HISTORY_RECORDS).clamp(1, MAX_HISTORY_RECORDS);
    let tenant = auth.tenant();
    let read = app.read_now(move |history| {
        let records = history.history(&tenant, key.0, page.after.unwrap_or(0), limit)?;
        let more = records.len() == limit;
        let next = records.last().map(|record| record.lsn).filter(|_| more);
        let mut places = Places::new(history);
        // A page that begins later has not seen where element instances began.
        if let Some(after) = page.after.filter(|after| *after > 0) {
            let before = history.history(&tenant, key.0, 0, usize::MAX >> 1)?;
            for record in before.iter().filter(|record| record.lsn <= after) {
                places.begin(record)?;
                for event in record.events.iter().flatten() {
                    places.of(event)?;
                }
            }
        }
        let mut items = Vec::new();
        for record in records {
            flatten(&record, &mut places, &mut items)?;
        }
        Ok(HistoryResult { items, next })
    });
    Ok(Json(read.await?))
}

fn flatten(
    record: &RecordEvents,
    places: &mut Places<'_>,
    items: &mut Vec<HistoryItem>,
) -> Result<(), SearchError> {
    let item = |event: String, data: Value, element: Option<&Element>| HistoryItem {
        lsn: record.lsn,
        time: Time(record.time),
        actor: record.actor.clone(),
        command: record.command.clone(),
        traceparent: record.traceparent.clone(),
        event,
        data,
        element_id: element.map(|element| element.id.clone()),
        element_name: element.and_then(|element| element.name.clone()),
    };
    places.begin(record)?;
    match &record.events {
        None => items.push(item("Erased".into(), Value::Null, None)),
        Some(events) => {
            for event in events {
                let data = data(event, places)?;
                let element = places.of(event)?;
                items.push(item(event.name().to_owned(), data, element.as_ref()));
            }
        }
    }
    Ok(())
}

/// Which element each event of an instance is about: its ordinal, in the definition that the instance has then.
pub(crate) struct Places<'a> {
    history: &'a Reader,
    elements: Option<Arc<Elements>>,
    /// Ordinals of element instances, jobs, tasks, incidents and the like.
    known: HashMap<Key, u32>,
}

impl<'a> Places<'a> {
    /// Nothing is known yet.
    pub fn new(history: &'a Reader) -> Self {
        Places { history, elements: None, known: HashMap::new() }
    }

    /// The events that follow are those of this record.
    pub fn begin(&mut self, record: &RecordEvents) -> Result<(), SearchError> {
        self.elements = record.definition.map(|definition| self.history.elements(definition)).transpose()?;
        Ok(())
    }

    /// The element that the next event is about.
    pub fn of(&mut self, event: &Event) -> Result<Option<Element>, SearchError> {
        if let Event::InstanceMigrated { definition, elements, .. } = event {
            for ordinal in self.known.values_mut() {
                *ordinal = elements.iter().find(|(old, _)| old == ordinal).map_or(*ordinal, |(_, new)| *new);
            }
            self.elements = Some(self.history.elements(definition.0)?);
        }
        let ordinal = place(event, &mut self.known);
        Ok(ordinal.and_then(|ordinal| self.element(ordinal)).cloned())
    }

    fn element(&self, ordinal: u32) -> Option<&Element> {
        self.elements.as_ref()?.get(ordinal)
    }

    fn id(&self, ordinal: u32) -> Value {
        self.element(ordinal).map_or(Value::from(ordinal), |element| Value::from(element.id.as_str()))
    }
}

/// The ordinal of the element that an event is about. Notes the keys that it introduces.
fn place(event: &Event, known: &mut HashMap<Key, u32>) -> Option<u32> {
    match event {
        Event::InstanceCreated { .. }
        | Event::InstanceCompleted {}
        | Event::InstanceTerminated {}
        | Event::InstanceSuspended {}
        | Event::InstanceResumed {}
        | Event::InstanceModified {}
        | Event::InstanceMigrated { .. } => Some(0),
        Event::ElementActivating { key, ordinal, .. }
        | Event::ElementActivated { key, ordinal, .. }
        | Event::ElementPassed { key, ordinal, .. }
        | Event::IterationStarted { key, ordinal, .. }
        | Event::InnerStarted { key, ordinal, .. }
        | Event::TimerScheduled { key, ordinal, .. }
        | Event::SubscriptionOpened { key, ordinal, .. }
        | Event::ConditionOpened { key, ordinal, .. }
        | Event::CompensationRegistered { key, ordinal, .. }
        | Event::IncidentCreated { key, ordinal, .. } => {
            known.insert(*key, *ordinal);
            Some(*ordinal)
        }
        Event::SequenceFlowTaken { ordinal, .. }
        | Event::DecisionEvaluated { ordinal, .. }
        | Event::EventOccurred { ordinal, .. }
        | Event::EventsReset { ordinal, .. }
        | Event::ComplexGatewayActivated { ordinal, .. }
        | Event::ComplexGatewayReset { ordinal, .. } => Some(*ordinal),
        Event::JobCreated { key, element, .. }
        | Event::UserTaskCreating { key, element, .. }
        | Event::CompensationStarted { key, thrower: element, .. } => {
            let ordinal = known.get(element).copied()?;
            known.insert(*key, ordinal);
            Some(ordinal)
        }
        other => known.get(&subject(other)?).copied(),
    }
}

/// The key of what an event changes, where it was introduced before.
fn subject(event: &Event) -> Option<Key> {
    match event {
        Event::VariablesSet { scope: key, .. }
        | Event::SecretsNamed { scope: key, .. }
        | Event::ErrorThrown { element: key, .. }
        | Event::EscalationThrown { element: key, .. }
        | Event::CallStarted { element: key, .. }
        | Event::ElementListened { key }
        | Event::ElementPlaced { key }
        | Event::ElementCompleting { key }
        | Event::ElementCompleted { key }
        | Event::ElementTerminating { key }
        | Event::ElementTerminated { key }
        | Event::ScopeInterrupted { key }
        | Event::LoopStarted { key, .. }
        | Event::IterationEnded { body: key, .. }
        | Event::IterationAdded { body: key, .. }
        | Event::AdHocFulfilled { key }
        | Event::AdHocWaiting { key, .. }
        | Event::ConditionChanged { key, .. }
        | Event::ConditionClosed { key }
        | Event::CompensationHandling { handler: key, .. }
        | Event::CompensationHandlerEnded { key }
        | Event::CompensationEnded { key }
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
        | Event::UserTaskCorrected { key, .. }
        | Event::UserTaskAssigned { key, .. }
        | Event::UserTaskUpdated { key, .. }
        | Event::UserTaskDenied { key, .. }
        | Event::UserTaskCompleted { key, .. }
        | Event::UserTaskCanceled { key } => Some(*key),
        _ => None,
    }
}

/// The fields of an event: variables as one object, elements and flows by their ids.
fn data(event: &Event, places: &Places<'_>) -> Result<Value, SearchError> {
    let mut fields = match serde_json::to_value(event) {
        Ok(Value::Object(mut variants)) => variants.remove(event.name()).unwrap_or_default(),
        _ => Value::Null,
    };
    let Value::Object(members) = &mut fields else { return Ok(fields) };
    match event {
        Event::InstanceCreated { variables, .. }
        | Event::VariablesSet { variables, .. }
        | Event::CompensationRegistered { variables, .. }
        | Event::UserTaskTransition { variables, .. } => {
            let object = crate::wire::object(variables);
            members.insert("variables".into(), serde_json::from_str(object.as_str()).unwrap_or_default());
        }
        Event::JoinFired { flows, .. } => {
            members.insert("flows".into(), flows.iter().map(|flow| places.id(*flow)).collect());
        }
        Event::ComplexGatewayActivated { awaited, .. } => {
            members.insert("awaited".into(), awaited.iter().map(|flow| places.id(*flow)).collect());
        }
        Event::ErrorThrown { caught_by, .. } | Event::EscalationThrown { caught_by, .. }
            if *caught_by > 0 =>
        {
            members.insert("caughtBy".into(), places.id(*caught_by));
        }
        Event::InstanceMigrated { definition, elements, .. } => {
            let target = places.history.elements(definition.0)?;
            let pair = |(old, new): &(u32, u32)| {
                let new = target.get(*new).map_or(Value::from(*new), |element| element.id.as_str().into());
                Value::from(vec![places.id(*old), new])
            };
            members.insert("elements".into(), elements.iter().map(pair).collect());
        }
        _ => {}
    }
    Ok(fields)
}
