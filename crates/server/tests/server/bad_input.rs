//! Bad input: each a clear error that names the problem, and the server goes on.

use crate::process::{ONE_TASK, Server, deploy};
use serde_json::json;

/// The status and detail of an answer.
fn refused(answer: &crate::http::Answer) -> (u16, String) {
    let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
    (answer.status, detail)
}

#[test]
fn models_that_are_no_models_are_refused_with_a_place() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    let doctype = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{ONE_TASK}");
    let cases = [
        ("cut.bpmn", ONE_TASK[..ONE_TASK.len() / 2].to_owned(), "cut.bpmn:"),
        ("doctype.bpmn", doctype, "xml.doctype"),
        ("text.bpmn", "hello".to_owned(), "text.bpmn"),
        ("dangling.bpmn", ONE_TASK.replace("targetRef=\"e\"", "targetRef=\"nobody\""), "nobody"),
        ("feel.bpmn", ONE_TASK.replace("type=\"work\"", "type=\"= 1 +\""), "feel.bpmn"),
    ];
    for (name, content, expected) in cases {
        let (status, detail) = refused(&deploy(&mut connection, name, &content));
        assert_eq!(status, 400, "{name}: {detail}");
        assert!(detail.contains(expected), "{name}: {detail}");
    }
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
}

#[test]
fn a_body_of_a_hundred_megabytes_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let body = vec![b'a'; 100 << 20];
    let kind = [("content-type", "application/json")];
    match server.connect().send("POST", "/v2/process-instances", &kind, &body) {
        Ok(answer) => assert_eq!(answer.status, 413, "{}", answer.text()),
        // The server may close while the rest is still being sent; what counts is that it lives.
        Err(error) => assert!(error.kind() != std::io::ErrorKind::TimedOut, "{error}"),
    }
    assert_eq!(server.connect().send("GET", "/v2/topology", &[], b"").expect("an answer").status, 200);
}

#[test]
fn unknown_keys_and_wrong_types_are_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    let cases = [
        ("/v2/process-instances", json!({ "processDefinitionId": "nothing" }).to_string(), 404, "nothing"),
        (
            "/v2/process-instances",
            json!({ "processDefinitionKey": "2251799813685999" }).to_string(),
            404,
            "2251799813685999",
        ),
        ("/v2/process-instances", json!({ "processDefinitionId": 5 }).to_string(), 400, ""),
        ("/v2/process-instances", "{".to_owned(), 400, ""),
        (
            "/v2/process-instances",
            json!({ "processDefinitionId": "p", "variables": [1] }).to_string(),
            400,
            "",
        ),
        ("/v2/jobs/2251799813685999/completion", "{}".to_owned(), 404, "2251799813685999"),
        ("/v2/jobs/abc/completion", "{}".to_owned(), 400, ""),
        ("/v2/incidents/2251799813685999/resolution", "{}".to_owned(), 404, "2251799813685999"),
    ];
    for (path, body, status, named) in cases {
        let answer = connection.post(path, &[], &body).expect("an answer");
        let (found, detail) = refused(&answer);
        assert_eq!(found, status, "{path} {body}: {}", answer.text());
        assert!(!detail.is_empty() && detail.contains(named), "{path} {body}: {detail}");
    }
}

#[test]
fn the_job_of_a_killed_worker_goes_to_another_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
    let created =
        connection.post("/v2/process-instances", &[], r#"{"processDefinitionId":"p"}"#).expect("an answer");
    assert_eq!(created.status, 200);
    let ask = |timeout: i64, wait: i64| {
        json!({ "type": "work", "worker": "w", "timeout": timeout, "maxJobsToActivate": 1, "requestTimeout": wait }).to_string()
    };
    // The first worker takes the job and its connection dies; its lease of 100 ms ends.
    let first = server.connect().post("/v2/jobs/activation", &[], &ask(100, -1)).expect("an answer").json();
    let second = connection.post("/v2/jobs/activation", &[], &ask(60_000, 10_000)).expect("an answer").json();
    assert_eq!(first["jobs"][0]["jobKey"], second["jobs"][0]["jobKey"]);
    assert!(second["jobs"][0]["jobKey"].is_string(), "{second}");
}
