//! Deleting what was deployed, against the built binary: over kills, and from the shell.

use crate::command_line::{dirigent, json, text};
use crate::http::{Answer, Connection};
use crate::process::{ONE_TASK, Server, deploy};
use serde_json::{Value, json as object};

fn start(data: &std::path::Path) -> Server {
    Server::start_with(data, &["--no-samples", "--partitions", "3"], &[], &[])
}

/// Deploys a version of the process `p`; its key.
fn version(connection: &mut Connection, job_type: &str) -> String {
    let model = ONE_TASK.replace("\"work\"", &format!("\"{job_type}\""));
    let deployed = deploy(connection, "p.bpmn", &model).json();
    let process = &deployed["deployments"][0]["processDefinition"];
    process["processDefinitionKey"].as_str().unwrap_or_else(|| panic!("{deployed}")).to_owned()
}

fn delete(connection: &mut Connection, key: &str, history: bool) -> Answer {
    let body = object!({ "deleteHistory": history }).to_string();
    connection.post(&format!("/v2/resources/{key}/deletion"), &[], &body).expect("an answer")
}

fn create(connection: &mut Connection) -> Value {
    let body = r#"{"processDefinitionId":"p"}"#;
    let answer = connection.post("/v2/process-instances", &[], body).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn complete(connection: &mut Connection, job_type: &str) {
    let ask = object!({ "type": job_type, "worker": "w", "timeout": 60000, "maxJobsToActivate": 1, "requestTimeout": -1 });
    let jobs = connection.post("/v2/jobs/activation", &[], &ask.to_string()).expect("an answer").json();
    let job = jobs["jobs"][0]["jobKey"].as_str().expect("a job").to_owned();
    let done = connection.post(&format!("/v2/jobs/{job}/completion"), &[], "{}").expect("an answer");
    assert_eq!(done.status, 204, "{}", done.text());
}

/// Version and state of each definition.
fn states(connection: &mut Connection) -> Vec<(u64, String)> {
    let body = r#"{"sort":[{"field":"version"}]}"#;
    let found = connection.post("/v2/process-definitions/search", &[], body).expect("an answer").json();
    let items = found["items"].as_array().expect("items").iter();
    items
        .map(|it| (it["version"].as_u64().expect("a version"), it["state"].as_str().unwrap_or("").to_owned()))
        .collect()
}

fn status(connection: &mut Connection, path: &str) -> u16 {
    connection.send("GET", path, &[], b"").expect("an answer").status
}

#[test]
fn a_deletion_that_was_acknowledged_survives_and_one_that_was_refused_changed_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = start(directory.path());
    let mut connection = server.connect();
    version(&mut connection, "old");
    let two = version(&mut connection, "new");
    let instances: Vec<Value> = (0..4).map(|_| create(&mut connection)).collect();
    assert_eq!(delete(&mut connection, &two, false).status, 409);
    server.kill();

    let server = start(directory.path());
    let mut connection = server.connect();
    let refused = delete(&mut connection, &two, false);
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("still running instances (4)"), "{}", refused.text());
    (0..4).for_each(|_| complete(&mut connection, "new"));
    assert_eq!(delete(&mut connection, &two, false).status, 200);
    server.kill();

    let server = start(directory.path());
    let mut connection = server.connect();
    assert_eq!(states(&mut connection), [(1, "ACTIVE".to_owned()), (2, "DELETED".to_owned())]);
    assert_eq!(create(&mut connection)["processDefinitionVersion"], 1);
    complete(&mut connection, "old");
    version(&mut connection, "new");
    assert_eq!(states(&mut connection).last().expect("it").0, 3, "a number is not given out twice");
    // An orderly end stores everything, so that the next start replays nothing.
    server.stop();

    let server = start(directory.path());
    let mut connection = server.connect();
    let instance = instances[0]["processInstanceKey"].as_str().expect("a key").to_owned();
    assert_eq!(status(&mut connection, &format!("/v2/process-instances/{instance}")), 200);
    assert_eq!(status(&mut connection, &format!("/v2/process-definitions/{two}/xml")), 200);
    assert_eq!(delete(&mut connection, &two, false).status, 404);
    assert_eq!(delete(&mut connection, &two, true).status, 200);
    server.kill();

    let server = start(directory.path());
    let mut connection = server.connect();
    assert_eq!(status(&mut connection, &format!("/v2/process-instances/{instance}")), 404);
    assert_eq!(status(&mut connection, &format!("/v2/process-definitions/{two}")), 404);
    assert_eq!(states(&mut connection), [(1, "ACTIVE".to_owned()), (3, "ACTIVE".to_owned())]);
    assert_eq!(create(&mut connection)["processDefinitionVersion"], 3);
}

#[test]
fn versions_are_undeployed_from_the_shell() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = start(directory.path());
    let mut connection = server.connect();
    version(&mut connection, "old");
    let two = version(&mut connection, "new");
    create(&mut connection);
    let run = |arguments: &[&str]| dirigent(&server.address, arguments);
    let failed = |arguments: &[&str], code: i32, says: &str| {
        let output = run(arguments);
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {why}");
        assert!(why.contains(says), "{arguments:?}: {why}");
    };
    failed(&["undeploy", "p"], 2, "has the versions 1, 2: say which with --version");
    failed(&["undeploy", "p", "--version", "7"], 3, "has no version 7; it has 1, 2");
    failed(&["undeploy", "q"], 3, "no process with the BPMN id 'q' is deployed");
    failed(&["undeploy", "123"], 3, "no resource found with key `123`");
    failed(&["undeploy", &two, "--version", "2"], 2, "leave --version out");
    failed(&["undeploy", &two], 1, "dirigent instances --process p --state ACTIVE");
    complete(&mut connection, "new");
    let said = text(&run(&["undeploy", "p", "--version", "2"]));
    assert_eq!(said.trim(), "Process p version 2 is deleted; version 1 is the latest now.");
    let said = json(&run(&["--json", "undeploy", &two, "--history"]));
    assert_eq!(said["resourceKey"].as_str(), Some(two.as_str()));
    let said = text(&run(&["undeploy", "p", "--history"]));
    assert_eq!(said.trim(), "Process p version 1 is deleted with its history; no version of it is left.");
    assert_eq!(states(&mut connection), []);
}
