//! A node with its log and store in memory, driven by hand.

use journal::memory_disk::MemoryDisk;
use journal::{Batch, Journal};
use record::command::Resource;
use record::wire::Bytes;
use record::{ActivatedJob, Command, Key, Response, Str, Variables};
use runtime::{ActivateJobs, Activated, Answer, LogReader, Node, Options, Output, PollId, Request, Target};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::MemoryStore;

pub const TENANT: &str = "<default>";

/// A process with one service task of type `work`.
pub const WORK: &str = r#"<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:process id="one-task" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="task"/>
    <bpmn:serviceTask id="task">
      <bpmn:extensionElements><zeebe:taskDefinition type="work" retries="3"/></bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="b" sourceRef="task" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"#;

/// A process that waits for a timer of one minute.
pub const WAIT: &str = r#"<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">
  <bpmn:process id="wait" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="timer"/>
    <bpmn:intermediateCatchEvent id="timer">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
      <bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="b" sourceRef="timer" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"#;

/// A process that waits for message `go` with the value of variable `key`.
pub const RECEIVE: &str = r#"<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:message id="m" name="go"><bpmn:extensionElements><zeebe:subscription correlationKey="=key"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="receive" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="catch"/>
    <bpmn:intermediateCatchEvent id="catch">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m"/>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="b" sourceRef="catch" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"#;

/// The node and what is around it.
pub struct World {
    pub disk: MemoryDisk,
    pub store: MemoryStore,
    pub options: Options,
    pub node: Node<MemoryStore, u64>,
    pub journal: Journal<MemoryDisk>,
    pub now: i64,
    /// Batches are written at once; otherwise they wait for [`World::sync`].
    pub writing: bool,
    taken: Option<Batch>,
    next: u64,
    pub answers: BTreeMap<u64, Answer>,
    pub jobs: BTreeMap<u64, Activated>,
}

impl World {
    pub fn new(options: Options) -> Self {
        let (disk, store) = (MemoryDisk::new(1), MemoryStore::new());
        let (node, journal) = open(&disk, &store, &options, 1_000_000);
        World {
            disk,
            store,
            options,
            node,
            journal,
            now: 1_000_000,
            writing: true,
            taken: None,
            next: 1,
            answers: BTreeMap::new(),
            jobs: BTreeMap::new(),
        }
    }

    /// Power fails, and the node starts again.
    pub fn crash(&mut self) {
        self.disk = self.disk.crash();
        self.reopen();
    }

    pub fn reopen(&mut self) {
        let (node, journal) = open(&self.disk, &self.store, &self.options, self.now);
        (self.node, self.journal, self.taken) = (node, journal, None);
    }

    /// Polls until nothing happens any more.
    pub fn run(&mut self) {
        for _ in 0..100_000 {
            self.node.poll(self.now);
            let progress = self.pump();
            self.collect();
            if !progress && !self.node.has_work() {
                return;
            }
        }
        panic!("the node does not come to rest");
    }

    fn pump(&mut self) -> bool {
        if self.taken.is_none() {
            self.taken = self.node.take_batch();
        }
        let mut progress = self.writing && self.sync();
        if let Some(rows) = self.node.take_store_batch() {
            record::port::StateStore::write(&mut self.store, rows).expect("memory store");
            self.node.stored();
            progress = true;
        }
        progress
    }

    /// Writes the batch that waits.
    pub fn sync(&mut self) -> bool {
        let Some(batch) = self.taken.take() else { return false };
        match self.journal.append(&batch) {
            Ok(()) => self.node.durable(Some(batch)),
            Err(error) => self.node.poison(&error.to_string()),
        }
        self.collect();
        true
    }

    fn collect(&mut self) {
        for output in self.node.take_outputs() {
            match output {
                Output::Answer(token, answer) => drop(self.answers.insert(token, answer)),
                Output::Jobs(token, jobs) => drop(self.jobs.insert(token, jobs)),
            }
        }
    }

    pub fn token(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn submit(&mut self, request: Request) -> u64 {
        let token = self.token();
        self.node.submit(request, token);
        token
    }

    pub fn call(&mut self, request: Request) -> Response {
        let token = self.submit(request);
        self.run();
        self.answers.remove(&token).expect("an answer").response
    }

    pub fn deploy(&mut self, xml: &str) {
        let resources = vec![Resource { name: "p.bpmn".into(), content: Bytes(xml.as_bytes().into()) }];
        let response = self.call(request(Target::Catalog, Command::DeployResources { resources }));
        assert!(matches!(response, Response::Deployed { .. }), "{response:?}");
    }

    pub fn create(&mut self, process: &str) -> Key {
        match self.call(create(process, "")) {
            Response::Created { instance, .. } => instance,
            other => panic!("{other:?}"),
        }
    }

    pub fn activate(&mut self, max: usize, wait_ms: i64) -> u64 {
        let token = self.token();
        self.node.activate_jobs(activation(max, wait_ms), PollId(token), token);
        token
    }

    pub fn take_jobs(&mut self, max: usize) -> Vec<ActivatedJob> {
        let token = self.activate(max, 0);
        self.run();
        self.jobs.remove(&token).expect("an answer").expect("jobs")
    }

    pub fn complete(&mut self, job: Key) -> Response {
        self.call(complete(job))
    }

    /// What replaying the log gives is what memory has.
    pub fn assert_replay(&mut self) {
        self.writing = true;
        self.run();
        let live = self.node.snapshot().expect("snapshot");
        let disk = self.disk.copy(9);
        let (node, _) = open(&disk, &self.store.copy(), &self.options, self.now);
        assert_eq!(live, node.snapshot().expect("snapshot"), "with the store");
        let disk = self.disk.copy(9);
        let (node, _) = open(&disk, &MemoryStore::new(), &self.options, self.now);
        assert_eq!(live, node.snapshot().expect("snapshot"), "from the log alone");
    }
}

fn open(
    disk: &MemoryDisk,
    store: &MemoryStore,
    options: &Options,
    now: i64,
) -> (Node<MemoryStore, u64>, Journal<MemoryDisk>) {
    let journal_options = journal::Options { segment_bytes: 1 << 16, seed: Some([3; 32]) };
    let (mut journal, _) = Journal::open(disk.clone(), journal_options).expect("the log opens");
    let reading = disk.clone();
    let log = Box::new(LogReader::new(Arc::new(move || reading.clone())));
    let builder = journal.batches().expect("the first builder");
    let node = Node::recover(options.clone(), store.clone(), log, builder, now).expect("recovery");
    (node, journal)
}

pub fn request(target: Target, command: Command) -> Request {
    Request {
        tenant: TENANT.into(),
        actor: "test".into(),
        request_id: "".into(),
        traceparent: "".into(),
        target,
        command,
    }
}

pub fn with_id(id: &str, request: Request) -> Request {
    Request { request_id: id.into(), ..request }
}

pub fn create(process: &str, variables: &str) -> Request {
    let variables: Variables = match variables {
        "" => Variables::default(),
        text => record::json::split(text).expect("JSON"),
    };
    request(
        Target::NewInstance,
        Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: Str::from(process),
            version: -1,
            variables,
            start: Vec::new(),
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        },
    )
}

pub fn complete(job: Key) -> Request {
    let command = Command::CompleteJob { job, variables: Variables::default(), fence: 0 };
    request(Target::Owner(job), command)
}

pub fn activation(max: usize, wait_ms: i64) -> ActivateJobs {
    ActivateJobs {
        tenant: TENANT.into(),
        actor: "test".into(),
        job_type: "work".into(),
        worker: "w".into(),
        timeout: 60_000,
        max,
        fetch: Vec::new(),
        wait_ms,
        request_id: "".into(),
    }
}
