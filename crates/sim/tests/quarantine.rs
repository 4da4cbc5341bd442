//! An aggregate that cannot be replayed stands aside, and the rest of the node goes on.

use journal::Journal;
use journal::memory_disk::MemoryDisk;
use record::command::Resource;
use record::wire::Bytes;
use record::{AggregateId, Command, Key, RejectionKind, Response};
use runtime::{ActivateJobs, LogReader, Node, Options, Output, Planted, PollId, Request, Target};
use std::sync::Arc;
use store::MemoryStore;

const MODEL: &str = r#"<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="s"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t"/>
    <bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="work"/></bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e"/>
    <bpmn:endEvent id="e"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"#;

struct Machine {
    node: Node<MemoryStore, ()>,
    journal: Journal<MemoryDisk>,
}

impl Machine {
    fn open(disk: &MemoryDisk, planted: Option<Planted>) -> Self {
        let options = journal::Options { segment_bytes: 1 << 16, seed: Some([1; 32]) };
        let (mut journal, _) = Journal::open(disk.clone(), options).expect("the log opens");
        let reading = disk.clone();
        let log = Box::new(LogReader::new(Arc::new(move || reading.clone())));
        let builder = journal.batches().expect("the first builder");
        let options = Options { planted, ..Options::default() };
        let node = Node::recover(options, MemoryStore::new(), log, builder, 0).expect("recovery");
        Machine { node, journal }
    }

    fn run(&mut self) -> Output<()> {
        loop {
            self.node.poll(0);
            if let Some(batch) = self.node.take_batch() {
                self.journal.append(&batch).expect("appended");
                self.node.durable(Some(batch));
            }
            if let Some(output) = self.node.take_outputs().pop() {
                return output;
            }
        }
    }

    fn call(&mut self, target: Target, command: Command) -> Response {
        let none: record::Str = "".into();
        let tenant = record::DEFAULT_TENANT.into();
        let (actor, request_id, traceparent) = ("t".into(), none.clone(), none);
        self.node.submit(Request { tenant, actor, request_id, traceparent, target, command }, ());
        match self.run() {
            Output::Answer((), answer) => answer.response,
            Output::Jobs((), jobs) => panic!("{jobs:?}"),
        }
    }

    fn create(&mut self) -> Key {
        let command = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: "p".into(),
            version: -1,
            variables: Vec::new(),
            start: Vec::new(),
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        };
        match self.call(Target::NewInstance, command) {
            Response::Created { instance, .. } => instance,
            other => panic!("{other:?}"),
        }
    }

    fn jobs(&mut self) -> usize {
        let request = ActivateJobs {
            tenant: record::DEFAULT_TENANT.into(),
            actor: "w".into(),
            job_type: "work".into(),
            worker: "w".into(),
            timeout: 1_000,
            max: 10,
            fetch: Vec::new(),
            wait_ms: 0,
            request_id: "".into(),
        };
        self.node.activate_jobs(request, PollId(1), ());
        match self.run() {
            Output::Jobs((), jobs) => jobs.expect("jobs").len(),
            Output::Answer((), answer) => panic!("{answer:?}"),
        }
    }
}

#[test]
fn an_instance_that_cannot_be_replayed_is_quarantined_and_the_rest_goes_on() {
    let disk = MemoryDisk::new(1);
    let mut machine = Machine::open(&disk, None);
    let resources = vec![Resource { name: "p.bpmn".into(), content: Bytes(MODEL.as_bytes().into()) }];
    let deployed = machine.call(Target::Catalog, Command::DeployResources { resources });
    assert!(matches!(deployed, Response::Deployed { .. }), "{deployed:?}");
    let _first = machine.create();
    let broken = machine.create();
    let lsn = machine.node.position();
    let _third = machine.create();

    let mut machine = Machine::open(&disk, Some(Planted::ReplayPanics(lsn)));
    assert_eq!(machine.node.status().quarantined, 1);
    let refused = machine.call(Target::Owner(broken), Command::CancelProcessInstance {});
    let Response::Rejected { rejection } = refused else { panic!("{refused:?}") };
    assert_eq!(rejection.kind, RejectionKind::ProcessingError);
    assert!(rejection.reason.contains("could not be replayed"), "{}", rejection.reason);
    let clock = Target::Aggregate(AggregateId::Partition { partition: 1 });
    assert_eq!(machine.call(clock, Command::ResetClock {}), Response::Done {});
    machine.node.checkpoint_now();
    assert!(machine.node.take_store_batch().is_some());
    machine.node.stored();
    assert!(machine.node.checkpoint() <= lsn, "recovery begins where the trouble does");

    let mut machine = Machine::open(&disk, None);
    assert_eq!(machine.node.status().quarantined, 0, "a version that can replay it has it back");
    assert_eq!(machine.jobs(), 3);
}
