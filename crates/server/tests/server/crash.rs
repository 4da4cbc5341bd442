//! SIGKILL under load, again and again. A checker that only knows the API's answers keeps a ledger: nothing that
//! was acknowledged is lost, and nothing with an `Idempotency-Key` happens twice.

use crate::http::Connection;
use crate::process::{ONE_TASK, Server, deploy};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const KILLS: usize = 50;
const CLIENTS: usize = 4;
/// Acknowledged commands in one round before the server is killed.
const PER_ROUND: u64 = 60;

/// What the clients know.
#[derive(Default)]
struct Ledger {
    /// Instances whose creation was acknowledged, by their number.
    created: BTreeMap<u64, String>,
    /// Numbers of creations without an answer yet: they are asked again with the same `Idempotency-Key`.
    unknown: BTreeSet<u64>,
    /// Jobs whose completion was acknowledged.
    completed: BTreeSet<String>,
    /// Jobs whose completion has no answer yet.
    uncertain: BTreeSet<String>,
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice() {
    let directory = tempfile::tempdir().expect("a directory");
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let numbers = Arc::new(AtomicU64::new(0));
    let mut kills = 0;
    while kills < KILLS {
        let server = Server::start(directory.path());
        if kills == 0 {
            assert_eq!(deploy(&mut server.connect(), "p.bpmn", ONE_TASK).status, 200);
        }
        settle(&server, &ledger);
        load(&server, &ledger, &numbers, kills);
        server.kill();
        kills += 1;
    }
    let server = Server::start(directory.path());
    settle(&server, &ledger);
    let ledger = ledger.lock().expect("a ledger");
    check(&server, &ledger);
    println!(
        "{kills} kills, {} creations and {} completions acknowledged",
        ledger.created.len(),
        ledger.completed.len()
    );
}

/// Runs the clients until enough is acknowledged, and leaves their requests in flight.
fn load(server: &Server, ledger: &Arc<Mutex<Ledger>>, numbers: &Arc<AtomicU64>, round: usize) {
    let acknowledged = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let (ledger, numbers, acknowledged, stop) =
            (ledger.clone(), numbers.clone(), acknowledged.clone(), stop.clone());
        let mut connection = server.connect();
        clients.push(std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let done = if client % 2 == 0 {
                    create(&mut connection, &ledger, numbers.fetch_add(1, Ordering::Relaxed))
                } else {
                    complete(&mut connection, &ledger)
                };
                if done.is_err() {
                    return;
                }
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    while acknowledged.load(Ordering::Relaxed) < PER_ROUND + round as u64 {
        std::thread::yield_now();
    }
    // The process is killed while the clients go on, so that some of their requests die with it.
    let pid = server.pid().to_string();
    let killed = std::process::Command::new("kill").args(["-9", &pid]).status().expect("kill");
    assert!(killed.success());
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().expect("a client");
    }
}

fn create(connection: &mut Connection, ledger: &Mutex<Ledger>, number: u64) -> std::io::Result<()> {
    ledger.lock().expect("a ledger").unknown.insert(number);
    let key = format!("create-{number}");
    let body = json!({ "processDefinitionId": "p", "variables": { "number": number } }).to_string();
    let answer = connection.post("/v2/process-instances", &[("idempotency-key", &key)], &body)?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let instance = answer.json()["processInstanceKey"].as_str().expect("a key").to_owned();
    let mut ledger = ledger.lock().expect("a ledger");
    ledger.unknown.remove(&number);
    ledger.created.insert(number, instance);
    Ok(())
}

fn complete(connection: &mut Connection, ledger: &Mutex<Ledger>) -> std::io::Result<()> {
    let body = json!({ "type": "work", "worker": "w", "timeout": 300_000, "maxJobsToActivate": 1, "requestTimeout": -1 });
    let answer = connection.post("/v2/jobs/activation", &[], &body.to_string())?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let Some(job) = answer.json()["jobs"][0]["jobKey"].as_str().map(str::to_owned) else { return Ok(()) };
    ledger.lock().expect("a ledger").uncertain.insert(job.clone());
    finish(connection, ledger, &job)
}

fn finish(connection: &mut Connection, ledger: &Mutex<Ledger>, job: &str) -> std::io::Result<()> {
    let key = format!("complete-{job}");
    let path = format!("/v2/jobs/{job}/completion");
    let answer = connection.post(&path, &[("idempotency-key", &key)], r#"{"variables":{"done":true}}"#)?;
    assert_eq!(answer.status, 204, "a completion asked again must get its first answer: {}", answer.text());
    let mut ledger = ledger.lock().expect("a ledger");
    ledger.uncertain.remove(job);
    ledger.completed.insert(job.to_owned());
    Ok(())
}

/// Asks again for everything that had no answer.
fn settle(server: &Server, ledger: &Mutex<Ledger>) {
    let (unknown, uncertain) = {
        let ledger = ledger.lock().expect("a ledger");
        (ledger.unknown.clone(), ledger.uncertain.clone())
    };
    let mut connection = server.connect();
    for number in unknown {
        create(&mut connection, ledger, number).expect("an answer");
    }
    for job in uncertain {
        finish(&mut connection, ledger, &job).expect("an answer");
    }
}

fn check(server: &Server, ledger: &Ledger) {
    let mut connection = server.connect();
    let instances = all(&mut connection, "/v2/process-instances/search", json!({}));
    let found: BTreeSet<&str> =
        instances.iter().filter_map(|item| item["processInstanceKey"].as_str()).collect();
    let known: BTreeSet<&str> = ledger.created.values().map(String::as_str).collect();
    assert_eq!(found.len(), instances.len(), "the search gave an instance twice");
    assert_eq!(known, found, "acknowledged instances and existing ones differ");
    assert_eq!(known.len(), ledger.created.len(), "two creations got the same instance");
    let jobs = all(&mut connection, "/v2/jobs/search", json!({ "state": "COMPLETED" }));
    let done: BTreeSet<&str> = jobs.iter().filter_map(|item| item["jobKey"].as_str()).collect();
    let completed: BTreeSet<&str> = ledger.completed.iter().map(String::as_str).collect();
    assert_eq!(completed, done, "acknowledged completions and completed jobs differ");
    let ended = all(&mut connection, "/v2/process-instances/search", json!({ "state": "COMPLETED" }));
    assert_eq!(ended.len(), done.len(), "an instance ends exactly when its job is complete");
}

fn all(connection: &mut Connection, path: &str, filter: Value) -> Vec<Value> {
    let mut items = Vec::new();
    loop {
        let body = json!({ "filter": filter, "page": { "from": items.len(), "limit": 1000 } }).to_string();
        let answer = connection.post(path, &[], &body).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json()["items"].as_array().cloned().unwrap_or_default();
        if page.is_empty() {
            return items;
        }
        items.extend(page);
    }
}
