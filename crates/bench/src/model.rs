//! The process that is measured: start, one service task, end.

use record::command::Resource;
use record::wire::Bytes;
use record::{Command, Json, Key, Str, Variables};
use runtime::{ActivateJobs, Request, Target};

/// BPMN id of the process.
pub const PROCESS: &str = "bench";
/// Type of its jobs.
pub const JOB_TYPE: &str = "bench-work";
/// The model.
pub const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://dirigent.dev/bench">
  <bpmn:process id="bench" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="work"/>
    <bpmn:serviceTask id="work" name="Work">
      <bpmn:extensionElements><zeebe:taskDefinition type="bench-work" retries="3"/></bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="b" sourceRef="work" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"#;

/// Builds requests without making their texts anew.
pub struct Requests {
    tenant: Str,
    actor: Str,
    none: Str,
    process: Str,
    job_type: Str,
    worker: Str,
    variables: Variables,
    result: Variables,
}

impl Default for Requests {
    fn default() -> Self {
        Requests {
            tenant: record::DEFAULT_TENANT.into(),
            actor: "bench".into(),
            none: "".into(),
            process: PROCESS.into(),
            job_type: JOB_TYPE.into(),
            worker: "bench".into(),
            variables: vec![
                ("customer".into(), Json::trusted(r#"{"id":4711,"name":"Ada Lovelace","city":"London"}"#)),
                ("amount".into(), Json::trusted("129.95")),
            ],
            result: vec![("approved".into(), Json::trusted("true"))],
        }
    }
}

impl Requests {
    fn request(&self, target: Target, command: Command) -> Request {
        Request {
            tenant: self.tenant.clone(),
            actor: self.actor.clone(),
            request_id: self.none.clone(),
            traceparent: self.none.clone(),
            target,
            command,
        }
    }

    /// Deploys the model.
    pub fn deploy(&self) -> Request {
        let resources = vec![Resource { name: "bench.bpmn".into(), content: Bytes(XML.as_bytes().into()) }];
        self.request(Target::Catalog, Command::DeployResources { resources })
    }

    /// Starts an instance.
    pub fn create(&self) -> Request {
        let command = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: self.process.clone(),
            version: -1,
            variables: self.variables.clone(),
            start: Vec::new(),
            origin: None,
            business_id: self.none.clone(),
            tags: Vec::new(),
        };
        self.request(Target::NewInstance, command)
    }

    /// Completes a job.
    pub fn complete(&self, job: Key) -> Request {
        let command = Command::CompleteJob { job, variables: self.result.clone(), fence: 0 };
        self.request(Target::Owner(job), command)
    }

    /// Asks for jobs and waits for them.
    pub fn activate(&self, max: usize) -> ActivateJobs {
        ActivateJobs {
            tenant: self.tenant.clone(),
            actor: self.actor.clone(),
            job_type: self.job_type.clone(),
            worker: self.worker.clone(),
            timeout: 300_000,
            max,
            fetch: Vec::new(),
            wait_ms: 60_000,
            request_id: self.none.clone(),
        }
    }
}
