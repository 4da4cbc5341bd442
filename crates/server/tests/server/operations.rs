//! What is done to running instances, over HTTP and from the shell: signals, modification, migration, suspension, deletion.

use crate::http::Connection;
use crate::process::{Server, deploy, eventually};
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

/// Runs a test on one partition and on three.
pub fn on_any_number_of_partitions(test: impl Fn(&Server, &mut Connection)) {
    for partitions in ["1", "3"] {
        let directory = tempfile::tempdir().expect("a directory");
        let arguments = ["--no-samples", "--partitions", partitions];
        let server = Server::start_with(directory.path(), &arguments, &[], &[]);
        test(&server, &mut server.connect());
    }
}

/// The detail of a problem with this status and title.
pub fn refused(connection: &mut Connection, path: &str, body: &Value, status: u16, title: &str) -> String {
    let (found, problem) = post(connection, path, body);
    assert_eq!((found, problem["title"].as_str()), (status, Some(title)), "{path}: {problem}");
    problem["detail"].as_str().unwrap_or_default().to_owned()
}

pub fn post(connection: &mut Connection, path: &str, body: &Value) -> (u16, Value) {
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
pub fn elements(connection: &mut Connection, instance: &str, state: &str) -> Vec<String> {
    let filter = json!({ "filter": { "processInstanceKey": instance, "state": state } });
    let (status, body) = post(connection, "/v2/element-instances/search", &filter);
    assert_eq!(status, 200, "{body}");
    let items = body["items"].as_array().cloned().unwrap_or_default();
    let mut ids: Vec<String> =
        items.iter().filter_map(|item| item["elementId"].as_str()).map(str::to_owned).collect();
    ids.sort();
    ids
}

pub fn state(connection: &mut Connection, instance: &str) -> String {
    let answer =
        connection.send("GET", &format!("/v2/process-instances/{instance}"), &[], b"").expect("an answer");
    answer.json()["state"].as_str().unwrap_or("absent").to_owned()
}

/// Waits for a state: what crosses partitions arrives a moment after the answer.
pub fn reaches(connection: &mut Connection, instance: &str, expected: &str) {
    eventually(&format!("{instance} is {expected}"), || {
        (state(connection, instance) == expected).then_some(())
    });
}

pub fn activate(connection: &mut Connection, job_type: &str) -> Vec<Value> {
    let ask = json!({ "type": job_type, "worker": "w", "timeout": 60000, "maxJobsToActivate": 5, "requestTimeout": -1 });
    let (status, body) = post(connection, "/v2/jobs/activation", &ask);
    assert_eq!(status, 200, "{body}");
    body["jobs"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_signal_reaches_all_who_wait() {
    on_any_number_of_partitions(|_, connection| {
        assert_eq!(deploy(connection, "p.bpmn", &model("a")).status, 200);
        let instances = [start(connection), start(connection), start(connection), start(connection)];
        let (status, body) = post(connection, "/v2/signals/broadcast", &json!({ "signalName": "stop it" }));
        assert_eq!(status, 200, "{body}");
        assert!(body["signalKey"].is_string());
        for instance in &instances {
            reaches(connection, instance, "COMPLETED");
        }
        let nobody = post(connection, "/v2/signals/broadcast", &json!({ "signalName": "unknown" }));
        assert_eq!(nobody.0, 200, "{}", nobody.1);
        refused(connection, "/v2/signals/broadcast", &json!({}), 400, "INVALID_ARGUMENT");
    });
}

fn moved(from: &str, to: &str) -> Value {
    json!({ "moveInstructions": [{ "targetElementId": to,
        "sourceElementInstruction": { "sourceType": "byId", "sourceElementId": from } }] })
}

#[test]
fn tokens_are_moved() {
    on_any_number_of_partitions(|_, connection| {
        assert_eq!(deploy(connection, "p.bpmn", &model("a")).status, 200);
        let instance = start(connection);
        assert_eq!(elements(connection, &instance, "ACTIVE"), ["a", "p"]);
        let path = format!("/v2/process-instances/{instance}/modification");
        assert_eq!(post(connection, &path, &moved("a", "b")), (204, Value::Null));
        assert_eq!(elements(connection, &instance, "ACTIVE"), ["b", "p"]);
        assert_eq!(elements(connection, &instance, "TERMINATED"), ["a"]);
        refused(connection, &path, &json!({}), 400, "INVALID_ARGUMENT");
        for wrong in [
            json!({ "activateInstructions": [{ "elementId": "nothing" }] }),
            json!({ "terminateInstructions": [{ "elementId": "nothing" }] }),
            moved("nothing", "a"),
            moved("b", "nothing"),
        ] {
            let detail = refused(connection, &path, &wrong, 400, "INVALID_ARGUMENT");
            assert!(detail.contains("'nothing'"), "{detail}");
        }
        let nobody = "/v2/process-instances/4503599627370497/modification";
        refused(connection, nobody, &moved("a", "b"), 404, "NOT_FOUND");
        let last = json!({ "terminateInstructions": [{ "elementId": "b" }] });
        assert_eq!(post(connection, &path, &last).0, 204);
        assert_eq!(state(connection, &instance), "TERMINATED");
        refused(connection, &path, &moved("a", "b"), 404, "NOT_FOUND");
    });
}

#[test]
fn an_instance_goes_on_with_another_definition() {
    on_any_number_of_partitions(|_, connection| {
        assert_eq!(deploy(connection, "p.bpmn", &model("a")).status, 200);
        let instance = start(connection);
        let deployed = deploy(connection, "p.bpmn", &model("renamed")).json();
        let target = deployed["deployments"][0]["processDefinition"]["processDefinitionKey"].clone();
        let path = format!("/v2/process-instances/{instance}/migration");
        let to = |target: &Value, mapping: Value| json!({ "targetProcessDefinitionKey": target, "mappingInstructions": mapping });
        refused(connection, &path, &json!({}), 400, "INVALID_ARGUMENT");
        let detail = refused(connection, &path, &to(&target, json!([])), 409, "INVALID_STATE");
        assert!(detail.contains("active element with id 'a'"), "{detail}");
        let mapping = json!([{ "sourceElementId": "a", "targetElementId": "renamed" }]);
        refused(connection, &path, &to(&json!("77"), mapping.clone()), 404, "NOT_FOUND");
        let nobody = "/v2/process-instances/4503599627370497/migration";
        refused(connection, nobody, &to(&target, mapping.clone()), 404, "NOT_FOUND");
        assert_eq!(post(connection, &path, &to(&target, mapping)), (204, Value::Null));
        assert_eq!(elements(connection, &instance, "ACTIVE"), ["p", "renamed"]);
        let job = activate(connection, "first")[0]["jobKey"].as_str().expect("a job").to_owned();
        assert_eq!(post(connection, &format!("/v2/jobs/{job}/completion"), &json!({})).0, 204);
        assert_eq!(elements(connection, &instance, "ACTIVE"), ["b", "p"]);
    });
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
    let call = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dirigent"))
            .args(arguments)
            .env("DIRIGENT_URL", format!("http://{}", server.address))
            .output()
            .expect("it runs")
    };
    let run = |arguments: &[&str]| {
        let output = call(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let code = |arguments: &[&str]| call(arguments).status.code();
    assert_eq!(code(&["modify", &instance, "--move", "a"]), Some(2));
    assert_eq!(code(&["modify", &instance]), Some(2));
    assert_eq!(code(&["signal", "stop it", "--variables", "[1]"]), Some(2));
    assert_eq!(code(&["migrate", &instance, "--to", "77", "--map", "a:b"]), Some(3));
    assert_eq!(code(&["suspend", "2251799813685999"]), Some(3));
    assert_eq!(code(&["resume", &instance]), Some(1));
    assert_eq!(code(&["delete", &instance]), Some(1));
    run(&["modify", &instance, "--move", "a:b"]);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["b", "p"]);
    run(&["modify", &instance, "--activate", "a", "--terminate", "b"]);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["a", "p"]);
    let deployed = deploy(&mut connection, "p.bpmn", &model("renamed")).json();
    let target = &deployed["deployments"][0]["processDefinition"]["processDefinitionKey"];
    run(&["migrate", &instance, "--to", target.as_str().expect("a key"), "--map", "a:renamed"]);
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["p", "renamed"]);
    assert_eq!(run(&["suspend", &instance, "--json"]).trim(), "{}");
    assert!(run(&["instances", "--state", "SUSPENDED"]).contains(&instance));
    assert_eq!(state(&mut connection, &instance), "SUSPENDED");
    run(&["resume", &instance]);
    assert!(run(&["signal", "stop it", "--json"]).contains("signalKey"));
    assert_eq!(state(&mut connection, &instance), "COMPLETED");
    run(&["delete", &instance]);
    assert_eq!(state(&mut connection, &instance), "absent");
}

/// A sub-process that runs for each of a list, and a task behind it.
const LISTED: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><process id="p" isExecutable="true"><startEvent id="s"/>
  <subProcess id="each"><multiInstanceLoopCharacteristics><extensionElements>
  <zeebe:loopCharacteristics inputCollection="=[1,2]" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>
  <startEvent id="i"/><userTask id="a"><extensionElements><zeebe:userTask/></extensionElements></userTask>
  <userTask id="b"><extensionElements><zeebe:userTask/></extensionElements></userTask>
  <endEvent id="x"/><sequenceFlow id="g1" sourceRef="i" targetRef="a"/><sequenceFlow id="g2" sourceRef="a" targetRef="b"/>
  <sequenceFlow id="g3" sourceRef="b" targetRef="x"/></subProcess><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="each"/><sequenceFlow id="f2" sourceRef="each" targetRef="e"/>
  </process></definitions>"#;

#[test]
fn the_shell_puts_tokens_into_a_chosen_scope_with_variables_and_changes_iterations() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", LISTED).status, 200);
    let instance = start(&mut connection);
    let call = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dirigent"))
            .args(arguments)
            .env("DIRIGENT_URL", format!("http://{}", server.address))
            .output()
            .expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let iterations = |connection: &mut Connection| -> Vec<String> {
        let body = json!({ "filter": { "processInstanceKey": instance, "elementId": "each", "state": "ACTIVE" },
            "sort": [{ "field": "elementInstanceKey" }] });
        let (_, found) = post(connection, "/v2/element-instances/search", &body);
        let items = found["items"].as_array().expect("a list");
        items.iter().map(|it| it["elementInstanceKey"].as_str().expect("a key").to_owned()).collect()
    };
    let all = iterations(&mut connection);
    let (body, second) = (&all[0], &all[2]);
    let (code, text) = call(&["modify", &instance, "--activate", "b"]);
    assert!(code == Some(1) && text.contains("more than one active instance: 'each'"), "{text}");
    let (code, text) = call(&["modify", &instance, "--activate", "b", "--ancestor", body]);
    assert!(code == Some(1) && text.contains("multi-instance element 'each'"), "{text}");
    let (code, text) = call(&["modify", &instance, "--terminate", "a", "--variables", "{}"]);
    assert!(code == Some(2) && text.contains("--variables is for what is activated"), "{text}");
    assert_eq!(call(&["modify", &instance, "--activate", "b", "--scope", "b"]).0, Some(2));
    let variables = ["--variables", r#"{"n":1}"#];
    let wrong =
        [&["modify", &instance, "--activate", "b", "--ancestor", second, "--scope", "c"][..], &variables];
    let (code, text) = call(&wrong.concat());
    assert!(code == Some(1) && text.contains("could not be found: 'c'"), "{text}");
    let right =
        [&["modify", &instance, "--activate", "b", "--ancestor", second, "--scope", "each"][..], &variables];
    assert_eq!(call(&right.concat()), (Some(0), String::new()));
    let filter = json!({ "filter": { "processInstanceKey": instance, "name": "n" } });
    let (_, found) = post(&mut connection, "/v2/variables/search", &filter);
    assert_eq!((&found["items"][0]["scopeKey"], &found["items"][0]["value"]), (&json!(second), &json!("1")));
    assert_eq!(elements(&mut connection, &instance, "ACTIVE"), ["a", "a", "b", "each", "each", "each", "p"]);

    assert_eq!(call(&["iteration", "add", body, "--item", "{"]).0, Some(2));
    assert_eq!(call(&["iteration", "add", &instance, "--item", "3"]).0, Some(3));
    assert_eq!(call(&["iteration", "add", body, "--item", "3"]), (Some(0), String::new()));
    assert_eq!(iterations(&mut connection).len(), 4);
    for iteration in &iterations(&mut connection)[1..] {
        assert_eq!(call(&["iteration", "remove", iteration]), (Some(0), String::new()));
    }
    assert_eq!(call(&["iteration", "remove", second]).0, Some(3));
    assert_eq!(state(&mut connection, &instance), "COMPLETED");
}
