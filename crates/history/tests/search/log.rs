//! A log of records that tests write by hand, and the read model that it is delivered to.

use dirigent_history::{Condition, History, Operator, Query, Value};
use record::header::Payload;
use record::{AggregateId, Command, Event, Header, JobKind, Json, Key, Record, Str};
use std::sync::Arc;

pub const TENANT: &str = "<default>";
pub const DEFINITION: i64 = 5_000;

/// Ordinals: 1 start, 2 f1, 3 task, 4 f2, 5 end.
pub const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  targetNamespace="t"><process id="order" name="Order" isExecutable="true">
  <startEvent id="start" name="Begin"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
  <serviceTask id="work" name="Work"><extensionElements><zeebe:taskDefinition type="work"/>
    <zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders></extensionElements></serviceTask>
  <sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
  <endEvent id="end"/>
</process></definitions>"#;

pub struct Log {
    pub history: History,
    _directory: tempfile::TempDir,
    lsn: u64,
    pub records: Vec<Arc<Record>>,
}

impl Log {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let history = History::open(&directory.path().join("history.db")).unwrap();
        Log { history, _directory: directory, lsn: 0, records: Vec::new() }
    }

    pub fn push(&mut self, tenant: &str, aggregate: AggregateId, events: Vec<Event>) -> Arc<Record> {
        self.lsn += 1;
        let header = Header {
            lsn: self.lsn,
            partition: 1,
            time: 1_000 * self.lsn as i64,
            tenant: tenant.into(),
            actor: "ada".into(),
            traceparent: "00-1-2-01".into(),
            ..Header::default()
        };
        let payload = Payload { aggregate, command: Command::Continue {}, events, ..Payload::default() };
        let record = Arc::new(Record { header, payload: Some(payload) });
        self.records.push(record.clone());
        record
    }

    pub fn deliver(&mut self) {
        let records = std::mem::take(&mut self.records);
        self.history.project(&records).unwrap();
    }

    pub fn deploy(&mut self) {
        let aggregate = AggregateId::Catalog { tenant: TENANT.into() };
        let event = Event::DefinitionDeployed {
            key: Key(DEFINITION),
            deployment: Key(4_999),
            process_id: "order".into(),
            version: 1,
            resource: "order.bpmn".into(),
            content: record::wire::Bytes(MODEL.as_bytes().into()),
            digest: record::wire::Bytes::default(),
            version_tag: "v1".into(),
            name: "Order".into(),
            imports: Vec::new(),
        };
        self.push(TENANT, aggregate, vec![event, Event::DeploymentCreated { key: Key(4_999) }]);
    }

    pub fn instance(&mut self, instance: i64, events: Vec<Event>) {
        self.push(TENANT, AggregateId::Instance { key: Key(instance) }, events);
    }
}

pub fn created(variables: &[(&str, &str)]) -> Event {
    Event::InstanceCreated {
        definition: Key(DEFINITION),
        process_id: "order".into(),
        version: 1,
        variables: variables
            .iter()
            .map(|(name, value)| (Str::from(*name), Json::parse(value).unwrap()))
            .collect(),
        origin: None,
        business_id: "b-1".into(),
        tags: vec!["blue".into(), "round".into()],
        tenant: TENANT.into(),
        traceparent: "00-1-2-01".into(),
    }
}

/// From the start event to the job.
pub fn begun(instance: i64) -> Vec<Event> {
    vec![
        created(&[("amount", "7"), ("name", "\"Ada\"")]),
        Event::ElementPassed { key: Key(instance + 1), ordinal: 1, scope: Key(instance) },
        Event::SequenceFlowTaken { ordinal: 2, scope: Key(instance), waits: false },
        Event::ElementActivated { key: Key(instance + 2), ordinal: 3, scope: Key(instance) },
        Event::JobCreated {
            key: Key(instance + 3),
            element: Key(instance + 2),
            job_type: "work".into(),
            retries: 3,
            kind: JobKind::BpmnElement,
            listener: 0,
            event: "".into(),
            priority: 0,
        },
    ]
}

pub fn leased(instance: i64) -> Vec<Event> {
    vec![Event::JobActivated { key: Key(instance + 3), worker: "w".into(), deadline: 99_000, fence: 1 }]
}

pub fn finished(instance: i64) -> Vec<Event> {
    vec![
        Event::JobCompleted { key: Key(instance + 3) },
        Event::ElementCompleted { key: Key(instance + 2) },
        Event::SequenceFlowTaken { ordinal: 4, scope: Key(instance), waits: false },
        Event::ElementPassed { key: Key(instance + 4), ordinal: 5, scope: Key(instance) },
        Event::InstanceCompleted {},
    ]
}

pub fn query() -> Query {
    Query { tenant: TENANT.into(), ..Query::default() }
}

pub fn equals(name: &str, value: impl Into<Value>) -> Condition {
    Condition::Field { name: name.into(), operator: Operator::Eq(value.into()) }
}

pub fn filtered(condition: Condition) -> Query {
    Query { condition, ..query() }
}
