//! A log that is trimmed: what stays readable, what a restart needs, and how far the audit and a new read model reach.

use crate::process::{ONE_TASK, Server, deploy, eventually};
use serde_json::{Value, json};
use std::path::Path;

const TRIMMED: &[&str] = &["--no-samples", "--log-keep", "0s", "--log-segment", "65536"];

/// Creates instances until the log is so long that its beginning can go, and waits until it has gone.
fn fill(server: &Server) -> u64 {
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
    let body = json!({ "processDefinitionId": "p", "variables": { "note": "x".repeat(2_000) } }).to_string();
    for _ in 0..150 {
        assert_eq!(connection.post("/v2/process-instances", &[], &body).expect("an answer").status, 200);
    }
    eventually("the log is trimmed", || {
        let status = connection.send("GET", "/api/v1/status", &[], b"").expect("an answer").json();
        assert_eq!(status["trimError"], Value::Null, "{status}");
        status["logBegins"].as_u64().filter(|first| *first > 50)
    })
}

fn instances(server: &Server) -> u64 {
    let answer = server.connect().post("/v2/process-instances/search", &[], "{}").expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["page"]["totalItems"].as_u64().expect("a count")
}

fn verify(data: &Path) -> Value {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dirigent"))
        .args(["--json", "audit", "verify", "--data"])
        .arg(data)
        .output()
        .expect("the audit runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_trimmed_log_keeps_what_is_needed_and_says_how_far_it_reaches() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start_with(directory.path(), TRIMMED, &[], &[]);
    let first = fill(&server);
    assert_eq!(instances(&server), 150, "the read model has everything");
    server.kill();

    let server = Server::start_with(directory.path(), TRIMMED, &[], &[]);
    assert_eq!(instances(&server), 150);
    let body = json!({ "type": "work", "worker": "w", "timeout": 60_000, "maxJobsToActivate": 200, "requestTimeout": -1 });
    let jobs =
        server.connect().post("/v2/jobs/activation", &[], &body.to_string()).expect("an answer").json();
    assert_eq!(jobs["jobs"].as_array().map(Vec::len), Some(150), "and so has the engine");
    server.stop();

    let report = verify(directory.path());
    assert!(report["firstLsn"].as_u64() >= Some(first), "{report}");
    assert_ne!(report["start"], Value::from("0".repeat(64)), "the chain of what was trimmed is named");

    // A read model that is built anew reaches as far as the log.
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(directory.path().join(format!("history.db{suffix}"))));
    }
    let server = Server::start_with(directory.path(), TRIMMED, &[], &[]);
    let status = server.connect().send("GET", "/api/v1/status", &[], b"").expect("an answer").json();
    assert_eq!(status["healthy"], true, "{status}");
    let known = instances(&server);
    assert!(known < 150, "{known} instances began where the log is");
    let answer = server.connect().post("/v2/process-instances", &[], r#"{"processDefinitionId":"p"}"#);
    assert_eq!(answer.expect("an answer").status, 200);
    eventually("the new instance is found", || (instances(&server) > known).then_some(()));
}
