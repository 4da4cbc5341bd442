//! Runs a script of commands against the engine and renders what happened, without keys.
//!
//! Every script runs four times: with 1 and with 3 partitions, with aggregates kept in memory and with each one
//! encoded, dropped and decoded after every step. All four must tell the same story, and replaying the events of
//! each aggregate must give its live state.

use dirigent_engine::{Aggregate, Catalog, Env, IndexChange, IndexEntry, JobState, Wake, apply, step};
use record::command::Resource;
use record::wire::Bytes;
use record::{AggregateId, Command, Event, Key, KeyBlocks, Rejection, Response, Str, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

/// Wraps flow nodes into a file with one process `p`; `flows` such as `a > b > c; a > d` connect them.
pub fn model(nodes: &str, flows: &str) -> String {
    let mut connected = String::new();
    for chain in flows.split(';').map(str::trim).filter(|chain| !chain.is_empty()) {
        let ids: Vec<&str> = chain.split('>').map(str::trim).collect();
        for pair in ids.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let _ =
                write!(connected, r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"/>"#);
        }
    }
    file(&format!(r#"<process id="p" isExecutable="true">{nodes}{connected}</process>"#))
}

/// Wraps root elements into a file.
pub fn file(content: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">{content}</definitions>"#
    )
}

/// A service task of a job type.
pub fn service(id: &str, job_type: &str, more: &str) -> String {
    format!(
        r#"<serviceTask id="{id}"><extensionElements><zeebe:taskDefinition type="{job_type}"/>{more}</extensionElements></serviceTask>"#
    )
}

/// Runs `script` over `model` in all four ways and gives the one trace.
pub fn trace(model: &str, script: &str) -> String {
    let mut traces = Vec::new();
    for (partitions, evict) in [(1, false), (3, false), (1, true), (3, true)] {
        let mut world = World::new(partitions, evict);
        world.deploy(model);
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            world.line(line);
        }
        world.check_replay();
        traces.push(world.trace);
    }
    assert!(
        traces.windows(2).all(|pair| pair[0] == pair[1]),
        "the four runs differ:\n{}",
        traces.join("\n---\n")
    );
    traces.swap_remove(0)
}

/// All partitions in one place.
pub struct World {
    partitions: u16,
    evict: bool,
    pub catalog: Catalog,
    aggregates: BTreeMap<Vec<u8>, (AggregateId, Aggregate)>,
    log: Vec<(AggregateId, Event)>,
    blocks: Vec<KeyBlocks>,
    sends: Vec<u64>,
    index: BTreeSet<(IndexEntry, Vec<u8>)>,
    pub now: i64,
    tenant: Str,
    pub trace: String,
    next_partition: u16,
    pub last_instance: Key,
    steps: u64,
}

impl World {
    pub fn new(partitions: u16, evict: bool) -> Self {
        World {
            partitions,
            evict,
            catalog: Catalog::new(),
            aggregates: BTreeMap::new(),
            log: Vec::new(),
            blocks: (1..=partitions).map(KeyBlocks::new).collect(),
            sends: vec![1; usize::from(partitions)],
            index: BTreeSet::new(),
            now: 0,
            tenant: Str::from(record::DEFAULT_TENANT),
            trace: String::new(),
            next_partition: 0,
            last_instance: Key::NONE,
            steps: 0,
        }
    }

    pub fn deploy(&mut self, model: &str) {
        let resource = Resource { name: "model.bpmn".into(), content: Bytes(model.as_bytes().into()) };
        let target = AggregateId::Catalog { tenant: self.tenant.clone() };
        if let Err(rejection) = self.submit(target, Command::DeployResources { resources: vec![resource] }) {
            let _ = writeln!(self.trace, "rejected {}: {}", rejection.kind.as_str(), rejection.reason);
        }
    }

    pub fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let _ = writeln!(self.trace, "> {line}");
        let result = match verb {
            "start" => self.start(first, after),
            "complete" | "fail" | "error" | "activate" => self.on_job(verb, first, after),
            "time" => {
                self.advance(first.parse().expect("milliseconds"));
                Ok(Response::Done {})
            }
            "publish" => self.publish(first, after),
            "resolve" => self.resolve(),
            "set" => {
                let scope = self.last_instance;
                let command = Command::SetVariables { scope, variables: variables(rest), local: false };
                self.submit(AggregateId::from(scope), command)
            }
            "cancel" => self.submit(AggregateId::from(self.last_instance), Command::CancelProcessInstance {}),
            "assign" | "unassign" | "finish" => self.on_task(verb, rest),
            other => panic!("unknown verb {other}"),
        };
        if let Err(rejection) = result {
            let _ = writeln!(
                self.trace,
                "rejected {}: {}",
                rejection.kind.as_str(),
                without_digits(&rejection.reason)
            );
        }
    }

    pub fn start(&mut self, process: &str, values: &str) -> Result<Response, Rejection> {
        self.next_partition = self.next_partition % self.partitions + 1;
        let key = self.blocks[usize::from(self.next_partition - 1)].take();
        self.last_instance = key;
        let command = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: process.into(),
            version: -1,
            variables: variables(values),
            start: Vec::new(),
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        };
        self.submit(AggregateId::from(key), command)
    }

    /// The owner and key of the oldest leasable job of a type.
    pub fn job(&self, job_type: &str) -> Option<(AggregateId, Key)> {
        self.index.iter().find_map(|(entry, owner)| match entry {
            IndexEntry::Job { job_type: other, key, .. } if &**other == job_type => {
                Some((self.aggregates[owner].0.clone(), *key))
            }
            _ => None,
        })
    }

    /// A job that failed, with its owner.
    pub fn failed_job(&self) -> (AggregateId, Key) {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let job = aggregate.instance()?.jobs.iter().find(|job| job.state == JobState::Failed)?;
            Some((id.clone(), job.key))
        });
        found.expect("a failed job")
    }

    fn on_job(&mut self, verb: &str, job_type: &str, rest: &str) -> Result<Response, Rejection> {
        let (owner, job) =
            self.job(job_type).unwrap_or_else(|| panic!("no job {job_type} in\n{}", self.trace));
        let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let worker = Str::from("w");
        let lease = Command::ActivateJob { job, worker, timeout: 60_000, fetch: Vec::new() };
        let leased = self.submit(owner.clone(), lease)?;
        let command = match verb {
            "complete" => Command::CompleteJob { job, variables: variables(rest), fence: 0 },
            "fail" => Command::FailJob {
                job,
                retries: first.parse().unwrap_or(0),
                back_off: after.parse().unwrap_or(0),
                message: "it broke".into(),
                variables: Vec::new(),
                fence: 0,
            },
            "error" => Command::ThrowJobError {
                job,
                code: first.into(),
                message: "no".into(),
                variables: variables(after),
                fence: 0,
            },
            _ => {
                if let Response::Activated { job } = leased {
                    let _ = writeln!(self.trace, "  job has {}", job.variables.as_str());
                }
                return Ok(Response::Done {});
            }
        };
        self.submit(owner, command)
    }

    fn on_task(&mut self, verb: &str, rest: &str) -> Result<Response, Rejection> {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let instance = aggregate.instance().filter(|instance| !instance.ended)?;
            instance.tasks.first().map(|task| (id.clone(), task.key))
        });
        let (owner, task) = found.expect("a user task");
        let command = match verb {
            "assign" => Command::AssignUserTask {
                task,
                assignee: rest.into(),
                allow_override: false,
                action: "".into(),
            },
            "unassign" => Command::UnassignUserTask { task },
            _ => Command::CompleteUserTask { task, variables: variables(rest), action: "".into() },
        };
        self.submit(owner, command)
    }

    fn publish(&mut self, name: &str, rest: &str) -> Result<Response, Rejection> {
        let mut parts = rest.splitn(3, ' ');
        let correlation_key = parts.next().unwrap_or("").trim_matches('-');
        let time_to_live = parts.next().and_then(|ttl| ttl.parse().ok()).unwrap_or(0);
        let target = AggregateId::Message {
            tenant: self.tenant.clone(),
            name: name.into(),
            correlation_key: correlation_key.into(),
        };
        let variables = variables(parts.next().unwrap_or(""));
        self.submit(target, Command::PublishMessage { time_to_live, message_id: "".into(), variables })
    }

    fn resolve(&mut self) -> Result<Response, Rejection> {
        let found = self.aggregates.values().find_map(|(id, aggregate)| {
            let incident = aggregate.instance()?.incidents.first()?;
            Some((id.clone(), incident.key))
        });
        let (owner, incident) = found.expect("an incident");
        self.submit(owner, Command::ResolveIncident { incident })
    }

    /// Lets time pass; what is due happens in order.
    pub fn advance(&mut self, milliseconds: i64) {
        let end = self.now + milliseconds;
        loop {
            let due = self.index.iter().filter_map(|(entry, owner)| match entry {
                IndexEntry::Due { at, wake } if *at <= end => Some((*at, *wake, owner.clone())),
                _ => None,
            });
            let Some((at, wake, owner)) = due.min() else { break };
            self.now = self.now.max(at);
            let target = match wake {
                Wake::StartTimer(_) => AggregateId::Catalog { tenant: self.tenant.clone() },
                _ => self.aggregates[&owner].0.clone(),
            };
            let rejected = self.submit(target, wake.command()).err();
            assert_eq!(rejected, None, "what is due exists");
        }
        self.now = end;
    }

    /// Carries out a command and everything that it sends.
    pub fn submit(&mut self, target: AggregateId, command: Command) -> Result<Response, Rejection> {
        let mut queue = VecDeque::from([(target, command)]);
        let mut first = None;
        while let Some((target, command)) = queue.pop_front() {
            let result = self.one(&target, &command, &mut queue);
            match (&first, result) {
                (None, Err(rejection)) => return Err(rejection),
                (None, Ok(response)) => first = Some(response),
                (Some(_), _) => {}
            }
        }
        Ok(first.expect("a response"))
    }

    fn one(
        &mut self,
        target: &AggregateId,
        command: &Command,
        queue: &mut VecDeque<(AggregateId, Command)>,
    ) -> Result<Response, Rejection> {
        self.steps += 1;
        let partition = target.owner(self.partitions);
        let at = usize::from(partition - 1);
        let traceparent = Str::from("");
        let mut env = Env {
            now: self.now,
            seed: self.steps,
            blocks: &mut self.blocks[at],
            sends: &mut self.sends[at],
            tenant: &self.tenant,
            traceparent: &traceparent,
            partition,
            partitions: self.partitions,
        };
        if let AggregateId::Catalog { tenant } = target {
            let result = self.catalog.step(tenant, command, &mut env)?;
            let mut index = Vec::new();
            for event in &result.events {
                self.catalog.apply(tenant, event, &mut index);
            }
            return Ok(self.done(target, result.events, index, result.response, false, queue));
        }
        let id = target.store_key();
        let mut aggregate = self.aggregates.remove(&id).map(|(_, aggregate)| aggregate).unwrap_or_default();
        if self.evict {
            aggregate = Aggregate::decode(&aggregate.encode()).expect("own bytes");
        }
        let before = aggregate.clone();
        let result = step(&mut aggregate, target, &self.catalog, command, &mut env);
        if result.is_err() && !matches!(before, Aggregate::Empty) {
            assert_eq!(before, aggregate, "a rejected command changed something");
        }
        self.aggregates.insert(id, (target.clone(), aggregate));
        let result = result?;
        Ok(self.done(target, result.events, result.index, result.response, result.more, queue))
    }

    fn done(
        &mut self,
        target: &AggregateId,
        events: Vec<Event>,
        index: Vec<IndexChange>,
        response: Response,
        more: bool,
        queue: &mut VecDeque<(AggregateId, Command)>,
    ) -> Response {
        let id = target.store_key();
        for change in index {
            match change {
                IndexChange::Add(entry) => assert!(self.index.insert((entry, id.clone())), "added twice"),
                IndexChange::Remove(entry) => {
                    assert!(self.index.remove(&(entry.clone(), id.clone())), "{entry:?} was not there");
                }
            }
        }
        for event in events {
            self.render(target, &event);
            if let Event::CommandSent { target, command, .. } = &event {
                queue.push_back((target.clone(), (**command).clone()));
            }
            self.log.push((target.clone(), event));
        }
        if more {
            queue.push_front((target.clone(), Command::Continue {}));
        }
        response
    }

    /// Replaying each aggregate's events gives its live state and its index.
    pub fn check_replay(&self) {
        let mut replayed: BTreeMap<Vec<u8>, Aggregate> = BTreeMap::new();
        for (id, event) in &self.log {
            if !matches!(id, AggregateId::Catalog { .. }) {
                apply(replayed.entry(id.store_key()).or_default(), id, event, &mut Vec::new());
            }
        }
        let mut index = BTreeSet::new();
        for (key, aggregate) in &replayed {
            assert_eq!(aggregate, &self.aggregates[key].1);
            index.extend(aggregate.index().into_iter().map(|entry| (entry, key.clone())));
        }
        let live: BTreeSet<_> =
            self.index.iter().filter(|(_, owner)| replayed.contains_key(owner)).cloned().collect();
        assert_eq!(index, live);
    }

    /// True where the last instance has ended.
    pub fn ended(&self) -> bool {
        let id = AggregateId::from(self.last_instance).store_key();
        self.aggregates[&id].1.instance().is_some_and(|instance| instance.ended)
    }

    fn render(&mut self, target: &AggregateId, event: &Event) {
        let name = |ordinal: &u32| -> String {
            let AggregateId::Instance { key } = target else { return ordinal.to_string() };
            let id = AggregateId::from(*key).store_key();
            let definition = self.aggregates.get(&id).and_then(|(_, a)| a.instance()).map(|i| i.definition);
            let process = definition.and_then(|key| self.catalog.definition(key)).map(|d| d.process.clone());
            let Some(process) = process else { return ordinal.to_string() };
            match process.element(*ordinal) {
                Some(dirigent_engine::Element::Node(node)) => process.nodes[node].id.to_string(),
                Some(dirigent_engine::Element::Flow(flow)) => process.flows[flow].id.to_string(),
                _ => process.id.to_string(),
            }
        };
        let text = match event {
            Event::ElementActivating { ordinal, .. } => format!("activating {}", name(ordinal)),
            Event::ElementActivated { ordinal, .. } => format!("activated {}", name(ordinal)),
            Event::ElementPassed { ordinal, .. } => format!("passed {}", name(ordinal)),
            Event::SequenceFlowTaken { ordinal, waits, .. } => {
                format!("flow {}{}", name(ordinal), if *waits { " waits" } else { "" })
            }
            Event::VariablesSet { variables, .. } => {
                format!("variables {}", json::join(variables.iter().map(|(n, v)| (&**n, v))))
            }
            Event::JobCreated { job_type, retries, .. } => format!("job {job_type} retries {retries}"),
            Event::JobFailed { retries, .. } => format!("job failed, {retries} retries left"),
            Event::TimerScheduled { ordinal, due, repetitions, .. } => {
                format!("timer {} at {due}, {repetitions} more", name(ordinal))
            }
            Event::SubscriptionOpened { ordinal, name: message, correlation_key, .. } => {
                format!("waits for {message} '{correlation_key}' at {}", name(ordinal))
            }
            Event::IncidentCreated { kind, message, ordinal, .. } => {
                format!("incident {} at {}: {message}", kind.as_str(), name(ordinal))
            }
            Event::ErrorThrown { code, caught_by, .. } => {
                format!("error {code} caught by {}", name(caught_by))
            }
            Event::UserTaskAssigned { assignee, .. } => format!("task assigned to '{assignee}'"),
            Event::UserTaskTransition { kind, action, .. } => format!("task {} {action}", kind.as_str()),
            Event::InstanceCreated { process_id, version, .. } => format!("created {process_id} v{version}"),
            Event::DefinitionDeployed { .. } | Event::DeploymentCreated { .. } => return,
            Event::CommandSent { command, .. } => format!("sent {}", command.name()),
            other => other.name().to_owned(),
        };
        let _ = writeln!(self.trace, "  {text}");
    }
}

fn variables(text: &str) -> record::Variables {
    if text.trim().is_empty() { Vec::new() } else { json::split(text).expect("variables") }
}

fn without_digits(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(character),
        }
    }
    out
}
