//! Work at another system while the server is killed, stopped, or no longer wants it; against a real HTTP service.

use crate::http::Connection;
use crate::process::{Server, deploy, eventually};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the service was asked: method, path and `Idempotency-Key`.
type Asked = (String, String, String);

/// A service with jobs that take their time.
#[derive(Default)]
struct Service {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    asked: Vec<Asked>,
    /// The job is done when it is asked after.
    done: bool,
    /// Requests to stop a job are heard.
    hears: bool,
    /// Requests to `/slow` get their answer.
    answers: bool,
}

impl Service {
    fn start() -> (Arc<Self>, String) {
        let service = Arc::new(Service::default());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let all = service.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let service = all.clone();
                std::thread::spawn(move || service.serve(stream));
            }
        });
        (service, address)
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            head.push(line.trim().to_owned());
        }
        let _ = reader.read_exact(&mut vec![0; length]);
        let mut words = head.first().map(String::as_str).unwrap_or_default().split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let key = head.iter().find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap_or_default();
        let answer = self.answer(method, path, key);
        let _ = reader.get_mut().write_all(answer.as_bytes());
    }

    fn answer(&self, method: &str, path: &str, key: &str) -> String {
        let mut state = self.state.lock().expect("the service");
        state.asked.push((method.to_owned(), path.to_owned(), key.to_owned()));
        self.changed.notify_all();
        while path == "/slow" && !state.answers {
            state = self.changed.wait(state).expect("the service");
        }
        let (status, headers) = match (method, path) {
            ("POST", "/job") => ("202 Accepted", "location: /job/1\r\nretry-after: 300\r\n"),
            ("GET", "/job/1") if !state.done => ("202 Accepted", "retry-after: 300\r\n"),
            ("DELETE", "/job/1") if !state.hears => ("503 Service Unavailable", ""),
            ("DELETE", "/job/1") => ("204 No Content", ""),
            _ => ("200 OK", ""),
        };
        let body = if status.starts_with("200") { r#"{"score":7}"# } else { "" };
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{headers}content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().expect("the service"));
        self.changed.notify_all();
    }

    /// Waits for a request and gives how often there was one like it.
    fn await_request(&self, method: &str, path: &str, count: usize) -> usize {
        let found = |state: &State| {
            state.asked.iter().filter(|(m, p, _)| (m.as_str(), p.as_str()) == (method, path)).count()
        };
        let state = self.state.lock().expect("the service");
        let limit = Duration::from_secs(20);
        let (state, timeout) =
            self.changed.wait_timeout_while(state, limit, |state| found(state) < count).expect("the service");
        assert!(!timeout.timed_out(), "no {method} {path} number {count}; there were {:?}", state.asked);
        found(&state)
    }

    fn asked(&self) -> Vec<(String, String)> {
        let state = self.state.lock().expect("the service");
        state.asked.iter().map(|(method, path, _)| (method.clone(), path.clone())).collect()
    }
}

fn model(url: &str, inputs: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">
  <process id="call" isExecutable="true"><startEvent id="s"/>
  <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="io.camunda:http-json:1" retries="3"/>
  <zeebe:ioMapping><zeebe:input source="POST" target="method"/><zeebe:input source="{url}" target="url"/>
  <zeebe:input source="=true" target="waitForCompletion"/>
  <zeebe:input source="300" target="readTimeoutInSeconds"/>{inputs}</zeebe:ioMapping>
  <zeebe:taskHeaders><zeebe:header key="resultExpression" value="={{score: response.body.score}}"/></zeebe:taskHeaders>
  </extensionElements></serviceTask><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process></definitions>"#
    )
}

const REPEATABLE: &str = r#"<zeebe:input source="header" target="idempotency"/>"#;

/// A server with one instance that calls the service.
fn begin(data: &Path, url: &str, inputs: &str) -> (Server, Connection, String) {
    let server = Server::start(data);
    let mut connection = server.connect();
    let deployed = deploy(&mut connection, "call.bpmn", &model(url, inputs));
    assert_eq!(deployed.status, 200, "{}", deployed.text());
    let created = connection
        .post("/v2/process-instances", &[], r#"{"processDefinitionId":"call"}"#)
        .expect("an answer");
    assert_eq!(created.status, 200, "{}", created.text());
    let instance = created.json()["processInstanceKey"].as_str().expect("a key").to_owned();
    (server, connection, instance)
}

fn await_event(connection: &mut Connection, instance: &str, event: &str) {
    let path = format!("/api/v1/process-instances/{instance}/history");
    eventually(event, || {
        let history = connection.send("GET", &path, &[], b"").expect("an answer");
        history.text().contains(event).then_some(())
    });
}

fn await_state(connection: &mut Connection, instance: &str, state: &str) {
    let body = json!({ "filter": { "processInstanceKey": instance, "state": state } }).to_string();
    eventually(state, || {
        let answer = connection.post("/v2/process-instances/search", &[], &body).expect("an answer");
        answer.json()["items"].get(0).cloned()
    });
}

/// Lets engine time go on so far from now.
fn leap(connection: &mut Connection, seconds: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
    let body = json!({ "timestamp": now + seconds * 1_000 }).to_string();
    let answer = connection
        .send("PUT", "/v2/clock", &[("content-type", "application/json")], body.as_bytes())
        .expect("an answer");
    assert_eq!(answer.status, 204, "{}", answer.text());
}

fn pair(method: &str, path: &str) -> (String, String) {
    (method.to_owned(), path.to_owned())
}

#[test]
fn a_killed_server_goes_on_asking_for_what_is_pending() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (server, mut connection, instance) = begin(directory.path(), &format!("http://{address}/job"), "");
    await_event(&mut connection, &instance, "JobPending");
    server.kill();

    let server = Server::start(directory.path());
    leap(&mut server.connect(), 400);
    service.await_request("GET", "/job/1", 1);
    // Killed while it has a lease to ask, or just after; both go on.
    server.kill();

    service.change(|state| state.done = true);
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    leap(&mut connection, 1_200);
    await_state(&mut connection, &instance, "COMPLETED");
    let expected = [pair("POST", "/job"), pair("GET", "/job/1"), pair("GET", "/job/1")];
    assert_eq!(service.asked(), expected, "started once, asked after by the same address");
}

#[test]
fn a_cancelled_instance_stops_its_work_even_after_a_crash() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (server, mut connection, instance) = begin(directory.path(), &format!("http://{address}/job"), "");
    await_event(&mut connection, &instance, "JobPending");
    let path = format!("/v2/process-instances/{instance}/cancellation");
    assert_eq!(connection.post(&path, &[], "{}").expect("an answer").status, 204);
    service.await_request("DELETE", "/job/1", 1);
    server.kill();

    service.change(|state| state.hears = true);
    let server = Server::start(directory.path());
    service.await_request("DELETE", "/job/1", 2);
    await_state(&mut server.connect(), &instance, "TERMINATED");
    server.stop();
    let asked = service.asked();
    let server = Server::start(directory.path());
    leap(&mut server.connect(), 400);
    server.stop();
    assert_eq!(service.asked(), asked, "what is stopped is stopped");
    let left = std::fs::read_to_string(directory.path().join("cancellations")).expect("the list");
    assert!(!left.contains("open"), "{left}");
}

#[test]
fn a_request_that_a_crash_cut_off_is_an_incident_and_not_sent_again() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (server, _, instance) = begin(directory.path(), &format!("http://{address}/slow"), "");
    service.await_request("POST", "/slow", 1);
    server.kill();

    service.change(|state| state.answers = true);
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    leap(&mut connection, 60);
    let body = json!({ "filter": { "processInstanceKey": instance } }).to_string();
    let incident: Value = eventually("an incident", || {
        let found = connection.post("/v2/incidents/search", &[], &body).expect("an answer");
        found.json()["items"].get(0).cloned()
    });
    let message = incident["errorMessage"].as_str().unwrap_or_default();
    assert!(message.contains("may have run") && message.contains("[ambiguous]"), "{message}");
    assert_eq!(service.asked(), [pair("POST", "/slow")]);

    // A person looked and lets it be sent again.
    let job = incident["jobKey"].as_str().expect("a job");
    let retries = connection
        .send(
            "PATCH",
            &format!("/v2/jobs/{job}"),
            &[("content-type", "application/json")],
            br#"{"changeset":{"retries":1}}"#,
        )
        .expect("an answer");
    assert_eq!(retries.status, 204, "{}", retries.text());
    let path = format!("/v2/incidents/{}/resolution", incident["incidentKey"].as_str().expect("a key"));
    assert_eq!(connection.post(&path, &[], "{}").expect("an answer").status, 204);
    await_state(&mut connection, &instance, "COMPLETED");
    assert_eq!(service.asked().len(), 2);
}

#[test]
fn a_request_that_can_be_repeated_is_sent_again_with_its_key() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (server, _, instance) = begin(directory.path(), &format!("http://{address}/slow"), REPEATABLE);
    service.await_request("POST", "/slow", 1);
    server.kill();

    service.change(|state| state.answers = true);
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    leap(&mut connection, 60);
    await_state(&mut connection, &instance, "COMPLETED");
    let asked = service.state.lock().expect("the service").asked.clone();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0] == asked[1] && !asked[0].2.is_empty(), "{asked:?}");
}

#[test]
fn an_orderly_stop_waits_for_the_request_under_way() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (server, connection, instance) = begin(directory.path(), &format!("http://{address}/slow"), "");
    service.await_request("POST", "/slow", 1);
    drop(connection);
    let stopping = std::thread::spawn(move || server.stop());
    service.change(|state| state.answers = true);
    stopping.join().expect("it stops");
    let server = Server::start(directory.path());
    await_state(&mut server.connect(), &instance, "COMPLETED");
    assert_eq!(service.asked(), [pair("POST", "/slow")]);
}

#[test]
fn a_leap_of_engine_time_starts_no_second_call() {
    let (service, address) = Service::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (_server, mut connection, instance) = begin(directory.path(), &format!("http://{address}/slow"), "");
    service.await_request("POST", "/slow", 1);
    leap(&mut connection, 3_600);
    await_event(&mut connection, &instance, "JobTimedOut");
    service.change(|state| state.answers = true);
    await_state(&mut connection, &instance, "COMPLETED");
    assert_eq!(service.asked(), [pair("POST", "/slow")]);
}
