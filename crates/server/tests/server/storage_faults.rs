//! Storage that fails, and the order of writes, seen through `strace` on the real binary.

use crate::http::Connection;
use crate::process::{ONE_TASK, Server, deploy, eventually};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// `strace`, installed where that is possible; without it these tests cannot be.
fn strace() -> bool {
    let there = || Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success());
    if !there() {
        let _ = Command::new("apt-get").args(["install", "-y", "-q", "strace"]).output();
    }
    let found = there();
    if !found {
        println!("skipped: strace cannot be installed here");
    }
    found
}

fn create(connection: &mut Connection, number: u64) -> std::io::Result<crate::http::Answer> {
    let body = json!({ "processDefinitionId": "p", "variables": { "number": number } }).to_string();
    connection.post("/v2/process-instances", &[("idempotency-key", &format!("n-{number}"))], &body)
}

#[test]
fn no_answer_is_written_before_its_batch_is_synced() {
    if !strace() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let trace = directory.path().join("trace");
    let output = trace.to_str().expect("a path");
    let calls = "trace=fdatasync,pwrite64,sendto,sendmsg,write,writev,recvfrom,read";
    let before = ["strace", "-f", "-s", "64", "-e", calls, "-e", "signal=none", "-o", output];
    let data = directory.path().join("data");
    let server = Server::start_with(&data, &["--no-samples"], &[], &before);
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
    for number in 0..50 {
        assert_eq!(create(&mut connection, number).expect("an answer").status, 200);
    }
    drop(server);
    let text = std::fs::read_to_string(&trace).expect("a trace");
    let (answers, unsynced) = unsynced_answers(&text);
    assert!(
        answers >= 50,
        "the trace has only {answers} answers to creations:\n{}",
        &text[..text.len().min(4000)]
    );
    assert_eq!(unsynced, 0, "{unsynced} of {answers} answers left before an fdatasync had returned");
    let planted = text.replace("fdatasync", "fsetxattr");
    assert!(unsynced_answers(&planted).1 >= 50, "the check must see a missing sync");
}

/// Answers to creations, and how many of them had no `fdatasync` return since their request was read.
fn unsynced_answers(trace: &str) -> (usize, usize) {
    let (mut answers, mut unsynced) = (0, 0);
    let mut waiting = false;
    let mut synced = false;
    for line in trace.lines() {
        let returned = line.contains("fdatasync") && line.trim_end().ends_with("= 0");
        if line.contains("POST /v2/process-instances") {
            waiting = true;
            synced = false;
        } else if returned {
            synced = true;
        } else if waiting && line.contains("\"HTTP/1.1 200") {
            answers += 1;
            unsynced += usize::from(!synced);
            waiting = false;
        }
    }
    (answers, unsynced)
}

/// Runs creations until the server refuses, then restarts it without the fault and checks the ledger.
fn survive(fault: &str, expected: &[&str]) {
    if !strace() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    let seed = Server::start(&data);
    assert_eq!(deploy(&mut seed.connect(), "p.bpmn", ONE_TASK).status, 200);
    drop(seed.stop());
    let before = ["strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync", "-e", fault];
    let server = Server::start_with(&data, &["--no-samples"], &[], &before);
    let mut connection = server.connect();
    let mut acknowledged = Vec::new();
    let refusal = eventually("the fault stops the intake", || {
        let answer = create(&mut connection, acknowledged.len() as u64).expect("an answer");
        if answer.status == 200 {
            acknowledged.push(answer.json()["processInstanceKey"].as_str().expect("a key").to_owned());
            return None;
        }
        Some(answer)
    });
    assert_eq!(refusal.status, 503, "{}", refusal.text());
    let detail = refusal.json()["detail"].as_str().unwrap_or_default().to_lowercase();
    assert!(expected.iter().any(|word| detail.contains(word)), "the refusal must say why: {detail}");
    let again = create(&mut connection, 1_000_000).expect("an answer");
    assert_eq!(again.status, 503, "nothing is taken in after the fault");
    server.kill();
    check(&data, &acknowledged);
}

fn check(data: &Path, acknowledged: &[String]) {
    let server = Server::start(data);
    let mut connection = server.connect();
    assert!(!acknowledged.is_empty());
    for instance in acknowledged {
        let path = format!("/v2/process-instances/{instance}");
        let answer = connection.send("GET", &path, &[], b"").expect("an answer");
        assert_eq!(answer.status, 200, "{instance} was acknowledged and is lost: {}", answer.text());
    }
}

#[test]
fn a_full_disk_stops_the_intake_and_loses_nothing() {
    survive("inject=pwrite64:error=ENOSPC:when=40+", &["space", "full"]);
}

#[test]
fn an_error_of_a_sync_stops_the_intake_and_loses_nothing() {
    survive("inject=fdatasync:error=EIO:when=40+", &["i/o", "input/output", "error"]);
}

#[test]
fn two_servers_cannot_share_a_data_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Server::start(directory.path());
    let refused = Server::try_start(directory.path(), &["--no-samples"], &[], &[])
        .err()
        .expect("the second one is refused");
    assert!(refused.contains("lock") || refused.contains("in use"), "{refused}");
    assert_eq!(first.connect().send("GET", "/v2/topology", &[], b"").expect("an answer").status, 200);
}
