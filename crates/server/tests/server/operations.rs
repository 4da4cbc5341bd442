//! What is done to running instances, over HTTP and from the shell: signals, modification, migration, suspension, deletion.

use crate::http::Connection;
use crate::process::{Server, deploy};
use serde_json::{Value, json};
use std::process::Command;

/// Two tasks one after the other, and a handler of a signal beside them.
fn model(first: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
      xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><signal id="sig" name="stop it"/>
      <process id="p" isExecutable="true"><startEvent id="s"/>
      <serviceTask id="{first}"><extensionElements><zeebe:taskDefinition type="first"/></extensionElements></serviceTask>
      <serviceTask id="b"><extensionElements><zeebe:taskDefinition type="second"/></extensionElements></serviceTask>
      <endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="{first}"/>
      <sequenceFlow id="f2" sourceRef="{first}" targetRef="b"/><sequenceFlow id="f3" sourceRef="b" targetRef="e"/>
      <subProcess id="esp" triggeredByEvent="true"><startEvent id="stop"><signalEventDefinition signalRef="sig"/></startEvent>
      <endEvent id="stopped"/><sequenceFlow id="f4" sourceRef="stop" targetRef="stopped"/></subProcess>
      </process></definitions>"#
    )
}

fn post(connection: &mut Connection, path: &str, body: &Value) -> (u16, Value) {
    let answer = connection.post(path, &[], &body.to_string()).expect("an answer");
    let body = if answer.text().is_empty() { Value::Null } else { answer.json() };
    (answer.status, body)
}

fn start(connection: &mut Connection) -> String {
    let (status, body) = post(connection, "/v2/process-instances", &json!({ "processDefinitionId": "p" }));
    assert_eq!(status, 200, "{body}");
    body["processInstanceKey"].as_str().expect("a key").to_owned()
}

/// Ids of the elements of an instance in a state.
fn elements(connection: &mut Connection, instance: &str, state: &str) -> Vec<String> {
    let filter = json!({ "filter": { "processInstanceKey": instance, "state": state } });
    let (status, body) = post(connection, "/v2/element-instances/search", &filter);
    assert_eq!(status, 200, "{body}");
    let items = body["items"].as_array().cloned().unwrap_or_default();
    let mut ids: Vec<String> =
        items.iter().filter_map(|item| item["elementId"].as_str()).map(str::to_owned).collect();
    ids.sort();
    ids
}

fn state(connection: &mut Connection, instance: &str) -> String {
    let answer =
        connection.send("GET", &format!("/v2/process-instances/{instance}"), &[], b"").expect("an answer");
    answer.json()["state"].as_str().unwrap_or("absent").to_owned()
}

fn activate(connection: &mut Connection, job_type: &str) -> Vec<Value> {
    let ask = json!({ "type": job_type, "worker": "w", "timeout": 60000, "maxJobsToActivate": 5, "requestTimeout": -1 });
    let (status, body) = post(connection, "/v2/jobs/activation", &ask);
    assert_eq!(status, 200, "{body}");
    body["jobs"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_signal_reaches_all_who_wait() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", &model("a")).status, 200);
    let instances = [start(&mut connection), start(&mut connection)];
    let (status, body) = post(&mut connection, "/v2/signals/broadcast", &json!({ "signalName": "stop it" }));
    assert_eq!(status, 200, "{body}");
    assert!(body["signalKey"].is_string());
    for instance in &instances {
        assert_eq!(state(&mut connection, instance), "COMPLETED");
    }
    let (status, body) = post(&mut connection, "/v2/signals/broadcast", &json!({}));
    assert_eq!((status, body["title"].as_str()), (400, Some("INVALID_ARGUMENT")), "{body}");
}

#[test]
fn tokens_are_moved() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", &model("a")).status, 200);
    let instance = start(&mut connection);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["a", "p"]);
    let path = format!("/v2/process-instances/{instance}/modification");
    let body = json!({ "moveInstructions": [{ "sourceElementId": "a", "targetElementId": "b" }] });
    assert_eq!(post(&mut connection, &path, &body), (204, Value::Null));
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["b", "p"]);
    assert_eq!(elements(&mut connection, &instance, "TERMINATED"), ["a"]);
    let wrong = json!({ "activateInstructions": [{ "elementId": "nothing" }] });
    let (status, body) = post(&mut connection, &path, &wrong);
    assert_eq!(status, 400, "{body}");
    assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("'nothing'")), "{body}");
    let last = json!({ "terminateInstructions": [{ "elementId": "b" }] });
    assert_eq!(post(&mut connection, &path, &last).0, 204);
    assert_eq!(state(&mut connection, &instance), "TERMINATED");
}

#[test]
fn an_instance_goes_on_with_another_definition() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", &model("a")).status, 200);
    let instance = start(&mut connection);
    let deployed = deploy(&mut connection, "p.bpmn", &model("renamed")).json();
    let target = deployed["deployments"][0]["processDefinition"]["processDefinitionKey"].clone();
    let path = format!("/v2/process-instances/{instance}/migration");
    let without = json!({ "targetProcessDefinitionKey": target, "mappingInstructions": [] });
    let (status, body) = post(&mut connection, &path, &without);
    assert_eq!(status, 409, "{body}");
    assert!(
        body["detail"].as_str().is_some_and(|detail| detail.contains("active element with id 'a'")),
        "{body}"
    );
    let mapping = json!([{ "sourceElementId": "a", "targetElementId": "renamed" }]);
    let body = json!({ "targetProcessDefinitionKey": target, "mappingInstructions": mapping });
    assert_eq!(post(&mut connection, &path, &body), (204, Value::Null));
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["p", "renamed"]);
    let job = activate(&mut connection, "first")[0]["jobKey"].as_str().expect("a job").to_owned();
    assert_eq!(post(&mut connection, &format!("/v2/jobs/{job}/completion"), &json!({})).0, 204);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["b", "p"]);
}

#[test]
fn a_suspended_instance_waits_also_across_a_restart_and_an_ended_one_can_be_forgotten() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", &model("a")).status, 200);
    let instance = start(&mut connection);
    let path = |what: &str| format!("/v2/process-instances/{instance}/{what}");
    assert_eq!(post(&mut connection, &path("suspension"), &json!({})).0, 204);
    assert_eq!(state(&mut connection, &instance), "SUSPENDED");
    assert_eq!(activate(&mut connection, "first").len(), 0);
    server.kill();
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(activate(&mut connection, "first").len(), 0, "a suspended job was leased after a restart");
    let (status, body) = post(&mut connection, &path("deletion"), &json!({}));
    assert_eq!(status, 409, "{body}");
    assert_eq!(post(&mut connection, &path("resumption"), &json!({})).0, 204);
    assert_eq!(state(&mut connection, &instance), "ACTIVE");
    assert_eq!(post(&mut connection, &path("resumption"), &json!({})).0, 409);
    for job_type in ["first", "second"] {
        let job = activate(&mut connection, job_type)[0]["jobKey"].as_str().expect("a job").to_owned();
        assert_eq!(post(&mut connection, &format!("/v2/jobs/{job}/completion"), &json!({})).0, 204);
    }
    assert_eq!(state(&mut connection, &instance), "COMPLETED");
    assert_eq!(post(&mut connection, &path("deletion"), &json!({})).0, 204);
    assert_eq!(state(&mut connection, &instance), "absent");
    assert_eq!(post(&mut connection, &path("deletion"), &json!({})).0, 404);
}

#[test]
fn the_shell_does_the_same() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", &model("a")).status, 200);
    let instance = start(&mut connection);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dirigent"))
            .args(arguments)
            .env("DIRIGENT_URL", format!("http://{}", server.address))
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["modify", &instance, "--move", "a:b"]);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["b", "p"]);
    run(&["suspend", &instance]);
    assert_eq!(state(&mut connection, &instance), "SUSPENDED");
    run(&["resume", &instance]);
    run(&["signal", "stop it"]);
    assert_eq!(state(&mut connection, &instance), "COMPLETED");
    run(&["delete", &instance]);
    assert_eq!(state(&mut connection, &instance), "absent");
}
