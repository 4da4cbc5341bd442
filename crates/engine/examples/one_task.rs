//! `one_task N`: creates, leases and completes N instances with one service task, on the engine alone. For counting
//! instructions: `valgrind --tool=callgrind target/release/examples/one_task 1000`.

use dirigent_engine::{Aggregate, Catalog, Env, IndexChange, IndexEntry, step};
use record::command::Resource;
use record::wire::Bytes;
use record::{AggregateId, Command, Key, KeyBlocks, Response, Str, json};

const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:one-task">
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
  <serviceTask id="t"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask>
  <sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/></process></definitions>"#;

fn main() -> Result<(), String> {
    let count: u64 = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1_000);
    let (tenant, traceparent) = (Str::from(record::DEFAULT_TENANT), Str::from(""));
    let (mut blocks, mut sends) = (KeyBlocks::new(1), 1);
    let mut catalog = Catalog::new();
    let resource = Resource { name: "one.bpmn".into(), content: Bytes(MODEL.as_bytes().into()) };
    let mut env = Env {
        now: 0,
        seed: 1,
        blocks: &mut blocks,
        sends: &mut sends,
        chain: record::event::Chain::default(),
        tenant: &tenant,
        traceparent: &traceparent,
        partition: 1,
        partitions: 1,
    };
    let deployed = catalog.step(&tenant, &Command::DeployResources { resources: vec![resource] }, &mut env);
    let deployed = deployed.map_err(|rejection| rejection.reason.to_string())?;
    for event in &deployed.events {
        catalog.apply(&tenant, event, &mut Vec::new());
    }
    let variables = json::split(r#"{"order":17}"#).map_err(|error| error.to_string())?;
    let mut completed = 0;
    for _ in 0..count {
        let id = AggregateId::from(env.blocks.take());
        let mut aggregate = Aggregate::default();
        let create = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: "p".into(),
            version: -1,
            variables: variables.clone(),
            start: Vec::new(),
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        };
        let mut run = |command: &Command| {
            step(&mut aggregate, &id, &catalog, command, &mut env)
                .map_err(|rejection| rejection.reason.to_string())
        };
        let created = run(&create)?;
        let job = created.index.iter().find_map(|change| match change {
            IndexChange::Add(IndexEntry::Job { key, .. }) => Some(*key),
            _ => None,
        });
        let job = job.ok_or("no job")?;
        let leased =
            run(&Command::ActivateJob { job, worker: "w".into(), timeout: 60_000, fetch: Vec::new() })?;
        assert!(matches!(leased.response, Response::Activated { .. }));
        run(&Command::CompleteJob { job, variables: Vec::new(), fence: 0 })?;
        completed += u64::from(aggregate.is_gone());
    }
    if completed == count { Ok(()) } else { Err(format!("{completed} of {count} completed")) }
}
