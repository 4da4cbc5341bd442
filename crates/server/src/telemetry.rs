//! Traces: one per process instance, a span per element and per attempt of a job (a connector's call, a worker's
//! work), sent by OTLP over HTTP.
//!
//! The spans are made from durable records, so they are there after a restart too, with the times at which things
//! happened. An instance without a caller's trace context gets a trace id derived from its key; a span id is
//! derived from the element instance's key, so that a retried export names the same spans.

use record::command::Origin;
use record::{AggregateId, Event, Key, Record};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// Spans that wait for the end point; beyond this the oldest ones go.
const MAX_WAITING: usize = 20_000;
/// Spans in one request.
const BATCH: usize = 512;

/// Turns records into spans and hands them to the sender.
pub struct Telemetry {
    open: HashMap<Key, Open>,
    jobs: HashMap<Key, Attempt>,
    instances: HashMap<Key, Context>,
    names: HashMap<Key, Names>,
    sender: SyncSender<Value>,
}

/// An element instance that has not ended.
struct Open {
    instance: Key,
    ordinal: u32,
    scope: Key,
    began: i64,
    /// Which iteration of a loop it is, from 1.
    counter: Option<u32>,
    job_type: Option<record::Str>,
    error: Option<record::Str>,
}

impl Open {
    fn new(instance: Key, ordinal: u32, scope: Key, began: i64) -> Self {
        Open { instance, ordinal, scope, began, counter: None, job_type: None, error: None }
    }
}

/// A job, and its lease while a worker has it.
struct Attempt {
    element: Key,
    job_type: record::Str,
    /// Who has it, since when, and the lease's token.
    lease: Option<(record::Str, i64, u64)>,
}

#[derive(Clone)]
struct Context {
    trace: String,
    parent: Option<String>,
    definition: Key,
    process_id: record::Str,
    began: i64,
    /// What was done to the instance as a whole, and when.
    operations: Vec<(i64, &'static str)>,
}

/// Element ids and names of a definition, by ordinal.
type Names = Vec<(String, String)>;

impl Telemetry {
    /// Sends to `endpoint`, such as `http://127.0.0.1:4318`, from a task of its own.
    pub fn start(endpoint: &str) -> Self {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        tokio::spawn(send(url, receiver));
        Telemetry {
            open: HashMap::new(),
            jobs: HashMap::new(),
            instances: HashMap::new(),
            names: HashMap::new(),
            sender,
        }
    }

    /// Takes in durable records.
    pub fn export(&mut self, records: &[Arc<Record>]) {
        for record in records {
            let Some(payload) = &record.payload else { continue };
            for event in &payload.events {
                match &payload.aggregate {
                    AggregateId::Instance { key } => self.instance_event(*key, record.header.time, event),
                    _ => self.definition_event(event),
                }
            }
        }
    }

    fn definition_event(&mut self, event: &Event) {
        let Event::DefinitionDeployed { key, process_id, resource, content, imports, .. } = event else {
            return;
        };
        let imports: Vec<(&str, &[u8])> = imports.iter().map(|it| (&*it.name, &*it.content.0)).collect();
        let Ok((definitions, _)) = bpmn::load_with(&content.0, resource, &imports) else { return };
        let Some(process) = definitions.process(process_id) else { return };
        let mut names = vec![(String::new(), String::new()); process.nodes.len() + process.flows.len() + 1];
        names[0] = (process.id.clone(), process.name.clone().unwrap_or_default());
        for node in &process.nodes {
            names[node.ordinal as usize] = (node.id.clone(), node.kind.element_name().to_owned());
        }
        self.names.insert(*key, names);
    }

    fn instance_event(&mut self, instance: Key, time: i64, event: &Event) {
        match event {
            Event::InstanceCreated { definition, process_id, origin, traceparent, .. } => {
                let caller = origin.as_ref().filter(|origin| !origin.parent.is_none());
                let (trace, parent) = match caller {
                    Some(origin) => self.called(origin, traceparent),
                    None => context(instance, traceparent),
                };
                let (definition, process_id) = (*definition, process_id.clone());
                let operations = Vec::new();
                let context = Context { trace, parent, definition, process_id, began: time, operations };
                self.instances.insert(instance, context);
            }
            Event::ElementActivating { key, ordinal, scope }
            | Event::ElementActivated { key, ordinal, scope }
            | Event::InnerStarted { key, ordinal, scope } => {
                self.open.entry(*key).or_insert(Open::new(instance, *ordinal, *scope, time));
            }
            Event::IterationStarted { key, ordinal, scope, counter } => {
                let open = Open::new(instance, *ordinal, *scope, time);
                self.open.insert(*key, Open { counter: Some(*counter), ..open });
            }
            Event::ElementPassed { key, ordinal, scope } => {
                self.span(instance, *key, &Open::new(instance, *ordinal, *scope, time), time);
            }
            Event::InstanceSuspended {} => self.operation(instance, time, "suspended"),
            Event::InstanceResumed {} => self.operation(instance, time, "resumed"),
            Event::InstanceModified {} => self.operation(instance, time, "modified"),
            Event::InstanceMigrated { definition, process_id, elements, .. } => {
                self.operation(instance, time, "migrated");
                if let Some(context) = self.instances.get_mut(&instance) {
                    context.definition = *definition;
                    context.process_id = process_id.clone();
                }
                for open in self.open.values_mut().filter(|open| open.instance == instance) {
                    let new = elements.iter().find(|(old, _)| *old == open.ordinal);
                    open.ordinal = new.map_or(open.ordinal, |(_, new)| *new);
                }
            }
            Event::ErrorThrown { element, code, message, .. } => {
                if let Some(open) = self.open.get_mut(element) {
                    open.error = Some(format!("error {code}: {message}").into());
                }
            }
            Event::JobCreated { key, element, job_type, .. } => {
                let attempt = Attempt { element: *element, job_type: job_type.clone(), lease: None };
                self.jobs.insert(*key, attempt);
                if let Some(open) = self.open.get_mut(element) {
                    open.job_type = Some(job_type.clone());
                }
            }
            Event::IncidentCreated { element, message, .. } => {
                if let Some(open) = self.open.get_mut(element) {
                    open.error = Some(message.clone());
                }
            }
            Event::ElementCompleted { key } | Event::ElementTerminated { key } => {
                if let Some(open) = self.open.remove(key) {
                    self.span(instance, *key, &open, time);
                }
            }
            Event::JobActivated { key, worker, fence, .. } => {
                if let Some(job) = self.jobs.get_mut(key) {
                    job.lease = Some((worker.clone(), time, *fence));
                }
            }
            Event::JobCompleted { key } | Event::JobCanceled { key } => {
                self.attempt(instance, *key, time, None);
                self.jobs.remove(key);
            }
            Event::JobFailed { key, message, .. } | Event::JobErrorThrown { key, message, .. } => {
                self.attempt(instance, *key, time, Some(message));
            }
            Event::JobPending { key, .. } => self.attempt(instance, *key, time, None),
            Event::JobTimedOut { key } => self.attempt(instance, *key, time, Some("the lease ran out")),
            Event::InstanceCompleted {} | Event::InstanceTerminated {} => self.root_span(instance, time),
            _ => {}
        }
    }

    /// A called instance belongs to the trace of its caller, below the call activity.
    fn called(&self, origin: &Origin, traceparent: &str) -> (String, Option<String>) {
        let known = self.instances.get(&origin.parent).map(|caller| caller.trace.clone());
        let trace = known.unwrap_or_else(|| context(origin.root, traceparent).0);
        (trace, Some(span_id(origin.parent_element)))
    }

    fn operation(&mut self, instance: Key, time: i64, what: &'static str) {
        if let Some(context) = self.instances.get_mut(&instance) {
            context.operations.push((time, what));
        }
    }

    fn span(&self, instance: Key, key: Key, open: &Open, ended: i64) {
        let Some(context) = self.instances.get(&instance) else { return };
        let unknown = (open.ordinal.to_string(), "element".to_owned());
        let (id, kind) = self
            .names
            .get(&context.definition)
            .and_then(|names| names.get(open.ordinal as usize))
            .unwrap_or(&unknown);
        let mut attributes = vec![
            attribute("dirigent.process.instance.key", &instance.to_string()),
            attribute("dirigent.process.id", &context.process_id),
            attribute("dirigent.element.id", id),
            attribute("dirigent.element.type", kind),
        ];
        attributes.extend(open.job_type.as_ref().map(|kind| attribute("dirigent.job.type", kind)));
        let counter = open.counter.map(|counter| counter.to_string());
        attributes.extend(counter.map(|counter| attribute("dirigent.loop.counter", &counter)));
        let status = match &open.error {
            Some(message) => json!({ "code": 2, "message": &**message }),
            None => json!({}),
        };
        self.hand_over(json!({
            "traceId": context.trace, "spanId": span_id(key), "parentSpanId": span_id(open.scope),
            "name": format!("{kind} {id}"), "kind": 1,
            "startTimeUnixNano": nanos(open.began), "endTimeUnixNano": nanos(ended),
            "attributes": attributes, "status": status,
        }));
    }

    /// The attempt of a job that a worker had is over.
    fn attempt(&mut self, instance: Key, key: Key, ended: i64, error: Option<&str>) {
        let Some(job) = self.jobs.get_mut(&key) else { return };
        let Some((worker, began, fence)) = job.lease.take() else { return };
        let (element, job_type) = (job.element, job.job_type.clone());
        let Some(context) = self.instances.get(&instance) else { return };
        let status = match error {
            Some(message) => json!({ "code": 2, "message": message }),
            None => json!({ "code": 1 }),
        };
        self.hand_over(json!({
            "traceId": context.trace, "spanId": attempt_id(key, fence), "parentSpanId": span_id(element),
            "name": format!("job {job_type}"), "kind": 3,
            "startTimeUnixNano": nanos(began), "endTimeUnixNano": nanos(ended),
            "attributes": [
                attribute("dirigent.process.instance.key", &instance.to_string()),
                attribute("dirigent.job.key", &key.to_string()),
                attribute("dirigent.job.type", &job_type),
                attribute("dirigent.job.worker", &worker),
            ],
            "status": status,
        }));
    }

    fn root_span(&mut self, instance: Key, ended: i64) {
        let Some(context) = self.instances.remove(&instance) else { return };
        let event = |(time, what): &(i64, &str)| json!({ "timeUnixNano": nanos(*time), "name": what });
        let events: Vec<Value> = context.operations.iter().map(event).collect();
        self.hand_over(json!({
            "traceId": context.trace, "spanId": span_id(instance),
            "parentSpanId": context.parent.unwrap_or_default(),
            "name": format!("process {}", context.process_id), "kind": 2,
            "startTimeUnixNano": nanos(context.began), "endTimeUnixNano": nanos(ended),
            "attributes": [
                attribute("dirigent.process.instance.key", &instance.to_string()),
                attribute("dirigent.process.id", &context.process_id),
            ],
            "events": events,
            "status": {},
        }));
    }

    /// A span that finds no room is lost: telemetry never holds the engine up.
    fn hand_over(&self, span: Value) {
        drop(self.sender.try_send(span));
    }
}

/// The trace that an instance belongs to, and the caller's span.
fn context(instance: Key, traceparent: &str) -> (String, Option<String>) {
    let parts: Vec<&str> = traceparent.split('-').collect();
    match parts.as_slice() {
        [_, trace, span, _] if trace.len() == 32 && span.len() == 16 => {
            ((*trace).to_owned(), Some((*span).to_owned()))
        }
        _ => (format!("{:016x}{:016x}", mix(instance.0 as u64), mix(!(instance.0 as u64))), None),
    }
}

/// The W3C trace context that a call hands on: it belongs to this attempt of the job.
pub fn traceparent(instance: Key, caller: &str, job: Key, fence: u64) -> String {
    format!("00-{}-{}-01", context(instance, caller).0, attempt_id(job, fence))
}

fn attempt_id(job: Key, fence: u64) -> String {
    format!("{:016x}", mix(job.0 as u64 ^ fence.rotate_left(40)))
}

fn span_id(key: Key) -> String {
    format!("{:016x}", mix(key.0 as u64 ^ 0x5bd1_e995))
}

/// Spreads a key over 64 bits (SplitMix64's finaliser); never 0, which OTLP reads as "none".
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) | 1
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn nanos(milliseconds: i64) -> String {
    (i128::from(milliseconds) * 1_000_000).to_string()
}

/// Collects spans and posts them; a batch that is refused three times is dropped.
async fn send(url: String, receiver: Receiver<Value>) {
    let http = reqwest::Client::new();
    let mut waiting: VecDeque<Value> = VecDeque::new();
    loop {
        waiting.extend(receiver.try_iter().take(MAX_WAITING));
        if waiting.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        }
        let batch: Vec<Value> = waiting.drain(..waiting.len().min(BATCH)).collect();
        let body = json!({ "resourceSpans": [{
            "resource": { "attributes": [
                attribute("service.name", "dirigent"),
                attribute("service.version", env!("CARGO_PKG_VERSION")),
            ] },
            "scopeSpans": [{ "scope": { "name": "dirigent" }, "spans": batch }],
        }] })
        .to_string();
        for attempt in 1..=3u64 {
            let request = http.post(&url).header("content-type", "application/json").body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status().is_success() => break,
                _ => tokio::time::sleep(Duration::from_millis(300 * attempt)).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_context_is_continued() {
        let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let (trace, parent) = context(Key(65), caller);
        assert_eq!(trace, "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(parent.as_deref(), Some("b7ad6b7169203331"));
        assert!(traceparent(Key(65), caller, Key(66), 1).starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    }

    /// The spans of these events of instances, in the order in which they end.
    fn spans(events: Vec<(i64, Event)>) -> Vec<Value> {
        let (sender, receiver) = sync_channel(100);
        let mut telemetry = Telemetry {
            open: HashMap::new(),
            jobs: HashMap::new(),
            instances: HashMap::new(),
            names: HashMap::new(),
            sender,
        };
        for (time, (instance, event)) in (1..).zip(events) {
            telemetry.instance_event(Key(instance), time, &event);
        }
        drop(telemetry);
        receiver.into_iter().collect()
    }

    fn created(origin: Option<Origin>) -> Event {
        Event::InstanceCreated {
            definition: Key(1),
            process_id: "p".into(),
            version: 1,
            variables: Vec::new(),
            origin: origin.map(Box::new),
            business_id: "".into(),
            tags: Vec::new(),
            tenant: "".into(),
            traceparent: "".into(),
        }
    }

    #[test]
    fn a_called_instance_is_below_its_call_activity() {
        let origin =
            Origin { parent: Key(640), parent_element: Key(641), root: Key(640), ..Origin::default() };
        let spans = spans(vec![
            (640, created(None)),
            (640, Event::ElementActivated { key: Key(641), ordinal: 1, scope: Key(640) }),
            (704, created(Some(origin))),
            (704, Event::InstanceCompleted {}),
            (640, Event::ElementCompleted { key: Key(641) }),
            (640, Event::InstanceCompleted {}),
        ]);
        let [child, call, root] = spans.as_slice() else { panic!("three spans: {spans:?}") };
        assert_eq!((&child["traceId"], &child["parentSpanId"]), (&root["traceId"], &call["spanId"]));
        assert_eq!(call["parentSpanId"], root["spanId"]);
    }

    #[test]
    fn iterations_are_below_their_body_and_operations_are_events_of_the_root() {
        let spans = spans(vec![
            (640, created(None)),
            (640, Event::ElementActivated { key: Key(641), ordinal: 1, scope: Key(640) }),
            (640, Event::IterationStarted { key: Key(642), ordinal: 1, scope: Key(641), counter: 1 }),
            (640, Event::InstanceSuspended {}),
            (640, Event::InstanceResumed {}),
            (
                640,
                Event::InstanceMigrated {
                    definition: Key(2),
                    process_id: "q".into(),
                    version: 2,
                    elements: vec![(1, 9)],
                },
            ),
            (640, Event::ElementCompleted { key: Key(642) }),
            (640, Event::ElementTerminated { key: Key(641) }),
            (640, Event::InstanceTerminated {}),
        ]);
        let [iteration, body, root] = spans.as_slice() else { panic!("three spans: {spans:?}") };
        assert_eq!(iteration["parentSpanId"], body["spanId"]);
        assert_eq!(
            (iteration["name"].as_str(), root["name"].as_str()),
            (Some("element 9"), Some("process q"))
        );
        let counter = attribute("dirigent.loop.counter", "1");
        assert!(iteration["attributes"].as_array().is_some_and(|all| all.contains(&counter)));
        assert!(!body["attributes"].as_array().is_some_and(|all| all.contains(&counter)));
        let names: Vec<_> = root["events"].as_array().expect("events").iter().map(|it| &it["name"]).collect();
        assert_eq!(names, ["suspended", "resumed", "migrated"]);
        assert_eq!(root["events"][0]["timeUnixNano"], "4000000");
    }

    #[test]
    fn ids_are_derived_from_keys() {
        let (trace, parent) = context(Key(65), "");
        assert_eq!((trace.len(), parent), (32, None));
        assert_eq!(trace, context(Key(65), "garbage").0);
        assert_ne!(span_id(Key(65)), span_id(Key(66)));
        assert_eq!(span_id(Key(65)).len(), 16);
    }
}
