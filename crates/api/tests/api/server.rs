//! A server on a log and a store in memory, asked through its router.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use dirigent_api::{AppState, Mode};
use futures_util::StreamExt;
use history::History;
use journal::memory_disk::MemoryDisk;
use record::Record;
use record::port::Clock;
use runtime::{Exporter, Guard, Handle, Options, Ports};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

pub struct Server {
    pub router: Router,
    pub handle: Handle,
    _guard: Guard,
    _directory: tempfile::TempDir,
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| since.as_millis() as i64)
    }
}

struct Projecting(History);

impl Exporter for Projecting {
    fn position(&self) -> u64 {
        self.0.position()
    }
    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        self.0.export(records)
    }
    fn sync(&mut self) -> Result<u64, String> {
        self.0.sync().map_err(|error| error.to_string())
    }
    fn begin_at(&mut self, lsn: u64) -> Result<(), String> {
        self.0.begin_at(lsn).map_err(|error| error.to_string())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub content_type: String,
    pub bytes: Bytes,
    pub body: Value,
}

impl Reply {
    /// The body, where all went well.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    /// The detail of a problem with this status and title.
    #[track_caller]
    pub fn problem(self, status: u16, title: &str) -> String {
        assert_eq!((self.status.as_u16(), &self.body["title"]), (status, &json!(title)), "{}", self.body);
        assert_eq!(self.content_type, "application/problem+json");
        assert_eq!(self.body["status"], json!(status));
        assert_eq!(self.body["type"], json!("about:blank"));
        assert!(self.body["instance"].as_str().unwrap().starts_with('/'));
        self.body["detail"].as_str().unwrap().to_owned()
    }
}

impl Server {
    pub fn start() -> Self {
        Server::start_in(Mode::Development)
    }

    pub fn start_in(mode: Mode) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let history = History::open(&directory.path().join("history.db")).unwrap();
        let reader = history.reader();
        let disk = MemoryDisk::new(1);
        let reading = disk.clone();
        let ports = Ports {
            disk,
            reading: Arc::new(move || reading.clone()),
            store: store::MemoryStore::new(),
            clock: SystemClock,
            exporter: Some(Box::new(Projecting(history))),
        };
        let options = Options { segment_bytes: 1 << 20, ..Options::default() };
        let (handle, guard) = runtime::start(options, ports).unwrap();
        let templates = vec![json!({"id": "http"})];
        let state = AppState::new(handle.clone(), reader, templates, mode, "0.0.0-test").unwrap();
        Server { router: dirigent_api::router(state), handle, _guard: guard, _directory: directory }
    }

    pub async fn request(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let content_type =
            response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Reply { status, content_type: content_type.unwrap_or_default(), bytes, body }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.request(Request::delete(path).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.send_text(method, path, &body.to_string()).await
    }

    pub async fn send_text(&self, method: &str, path: &str, body: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()));
        self.request(request.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, body).await
    }

    /// A POST without a body.
    pub async fn post_nothing(&self, path: &str) -> Reply {
        self.request(Request::post(path).body(Body::empty()).unwrap()).await
    }

    pub async fn deploy_file(&self, name: &str, content: &str) -> Reply {
        self.deploy_files(&[(name, content)]).await
    }

    /// Deploys files together.
    pub async fn deploy_files(&self, files: &[(&str, &str)]) -> Reply {
        let mut body = String::new();
        for (name, content) in files {
            body.push_str(&format!(
                "--cut\r\nContent-Disposition: form-data; name=\"resources\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{content}\r\n"
            ));
        }
        body.push_str("--cut--\r\n");
        let request = Request::post("/v2/deployments")
            .header("content-type", "multipart/form-data; boundary=cut")
            .body(Body::from(body));
        self.request(request.unwrap()).await
    }

    /// Deploys a process of these elements; the definition's key.
    pub async fn deploy(&self, id: &str, elements: &str) -> String {
        let reply = self.deploy_file(&format!("{id}.bpmn"), &model(id, elements)).await.ok();
        reply["deployments"][0]["processDefinition"]["processDefinitionKey"].as_str().unwrap().to_owned()
    }

    /// Starts an instance; its key.
    pub async fn create(&self, id: &str, variables: Value) -> String {
        let body = json!({"processDefinitionId": id, "variables": variables});
        let created = self.post("/v2/process-instances", body).await.ok();
        created["processInstanceKey"].as_str().unwrap().to_owned()
    }

    /// Leases one job.
    pub async fn activate(&self, job_type: &str) -> Value {
        let body = json!({"type": job_type, "worker": "w", "timeout": 60_000, "maxJobsToActivate": 1});
        let jobs = self.post("/v2/jobs/activation", body).await.ok();
        jobs["jobs"][0].clone()
    }

    /// The items of a search.
    pub async fn search(&self, what: &str, body: Value) -> Vec<Value> {
        let found = self.post(&format!("/v2/{what}/search"), body).await.ok();
        found["items"].as_array().unwrap().clone()
    }

    /// The one item of a search.
    #[track_caller]
    pub fn one(mut items: Vec<Value>) -> Value {
        assert_eq!(items.len(), 1, "{items:?}");
        items.remove(0)
    }

    /// Server-sent events until `enough` says so.
    pub async fn stream(&self, request: Request<Body>, enough: impl Fn(&str) -> bool) -> String {
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let mut chunks = response.into_body().into_data_stream();
        let mut text = String::new();
        while !enough(&text) {
            let next = tokio::time::timeout(std::time::Duration::from_secs(10), chunks.next()).await;
            text.push_str(std::str::from_utf8(&next.unwrap().unwrap().unwrap()).unwrap());
        }
        text
    }
}

pub fn model(id: &str, elements: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="d">
  <message id="m1" name="paid"><extensionElements><zeebe:subscription correlationKey="=orderId"/></extensionElements></message>
  <error id="e1" errorCode="lost"/>
  <process id="{id}" name="The {id}" isExecutable="true">{elements}</process></definitions>"#
    )
}

/// Start, one service task, end.
pub fn one_task(job_type: &str) -> String {
    format!(
        r#"<startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
    <serviceTask id="work" name="Work"><extensionElements><zeebe:taskDefinition type="{job_type}" retries="2"/>
      <zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></serviceTask>
    <sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>"#
    )
}

/// Start, user task, end.
pub fn user_task() -> &'static str {
    r#"<startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
    <userTask id="approve" name="Approve"><extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="clerks"/></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <sequenceFlow id="f2" sourceRef="approve" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>"#
}

/// Start, wait for the message `paid`, end.
pub fn message_wait() -> &'static str {
    r#"<startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
    <intermediateCatchEvent id="wait" name="Wait"><incoming>f1</incoming><outgoing>f2</outgoing>
      <messageEventDefinition messageRef="m1"/></intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>"#
}

/// Start, wait an hour, end.
pub fn timer_wait() -> &'static str {
    r#"<startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
    <intermediateCatchEvent id="wait"><incoming>f1</incoming><outgoing>f2</outgoing>
      <timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>"#
}
