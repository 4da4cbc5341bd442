//! The HTTP connector in the running binary, against a real server on loopback; secrets leave no trace.

use crate::http::Connection;
use crate::process::{Server, deploy, eventually};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

const CANARY: &str = "canary-4f1c9e-secret";

/// A service that answers every request with `status`, and tells what it was asked.
fn service(status: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (sender, asked) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            let _ = reader.read_exact(&mut body);
            let echoed = format!(r#"{{"score":7,"echo":"{CANARY}"}}"#);
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{echoed}",
                echoed.len()
            );
            let _ = reader.get_mut().write_all(answer.as_bytes());
            let _ = sender.send(format!("{head}\n{}", String::from_utf8_lossy(&body)));
        }
    });
    (address, asked)
}

fn model(url: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">
  <process id="call" isExecutable="true"><startEvent id="s"/>
  <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="io.camunda:http-json:1" retries="1"/>
  <zeebe:ioMapping><zeebe:input source="POST" target="method"/><zeebe:input source="{url}" target="url"/>
  <zeebe:input source="bearer" target="authentication.type"/><zeebe:input source="{{{{secrets.TOKEN}}}}" target="authentication.token"/>
  <zeebe:input source="={{amount: amount, note: note}}" target="body"/></zeebe:ioMapping>
  <zeebe:taskHeaders><zeebe:header key="resultExpression" value="={{score: response.body.score, raw: response.body}}"/></zeebe:taskHeaders>
  </extensionElements></serviceTask><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process></definitions>"#
    )
}

fn search(connection: &mut Connection, path: &str, filter: Value) -> Value {
    let answer = connection.post(path, &[], &json!({ "filter": filter }).to_string()).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_rest_call_brings_its_result_and_hides_its_secret() {
    let (address, asked) = service("200 OK");
    let directory = tempfile::tempdir().expect("a directory");
    let environment = [("DIRIGENT_SECRET_TOKEN", CANARY)];
    let server = Server::start_with(directory.path(), &["--no-samples"], &environment, &[]);
    let mut connection = server.connect();
    let deployed = deploy(&mut connection, "call.bpmn", &model(&format!("http://{address}/score")));
    assert_eq!(deployed.status, 200, "{}", deployed.text());
    let body = json!({ "processDefinitionId": "call", "variables": { "amount": 12, "note": "{{secrets.TOKEN}}" }, "awaitCompletion": true, "requestTimeout": 15_000 });
    let ended = connection.post("/v2/process-instances", &[], &body.to_string()).expect("an answer");
    assert_eq!(ended.status, 200, "{}", ended.text());
    assert_eq!(ended.json()["variables"]["score"], 7);
    let request = asked.recv().expect("a request");
    assert!(
        request.contains(&format!("Bearer {CANARY}"))
            && request.contains(r#"{"amount":12,"note":"{{secrets.TOKEN}}"}"#),
        "{request}"
    );
    let instance = ended.json()["processInstanceKey"].as_str().expect("a key").to_owned();
    let history = connection
        .send("GET", &format!("/api/v1/process-instances/{instance}/history"), &[], b"")
        .expect("an answer");
    assert_eq!(history.status, 200);
    let variables = search(
        &mut connection,
        "/v2/variables/search?truncateValues=false",
        json!({ "processInstanceKey": instance }),
    );
    for text in [ended.text(), history.text(), variables.to_string()] {
        assert!(!text.contains(CANARY), "the secret is visible in {text}");
    }
    let errors = server.stop();
    assert!(!errors.contains(CANARY), "the secret is visible in {errors}");
    for entry in walk(directory.path()) {
        let bytes = std::fs::read(&entry).unwrap_or_default();
        let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!found, "the secret is kept in {}", entry.display());
    }
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.path().is_dir() { files.extend(walk(&entry.path())) } else { files.push(entry.path()) }
    }
    files
}

#[test]
fn a_failing_service_becomes_an_incident_that_can_be_resolved() {
    let (address, _asked) = service("500 Internal Server Error");
    let directory = tempfile::tempdir().expect("a directory");
    let environment = [("DIRIGENT_SECRET_TOKEN", CANARY)];
    let server = Server::start_with(directory.path(), &["--no-samples"], &environment, &[]);
    let mut connection = server.connect();
    let url = format!("http://{address}/score");
    assert_eq!(deploy(&mut connection, "call.bpmn", &model(&url)).status, 200);
    let created = connection
        .post("/v2/process-instances", &[], r#"{"processDefinitionId":"call","variables":{"amount":1}}"#)
        .expect("an answer")
        .json();
    let instance = created["processInstanceKey"].as_str().expect("a key").to_owned();
    let incident = eventually("an incident", || {
        let found =
            search(&mut connection, "/v2/incidents/search", json!({ "processInstanceKey": instance }));
        found["items"].get(0).cloned()
    });
    let message = incident["errorMessage"].as_str().unwrap_or_default();
    assert!(message.contains("500") && message.contains(&url), "{message}");
    assert!(!message.contains(CANARY), "{message}");
    assert_eq!(incident["errorType"], "JOB_NO_RETRIES");
}
