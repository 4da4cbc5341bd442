//! Traces: what leaves by OTLP for one instance.

use crate::process::{ONE_TASK, Server, deploy};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn spans_of_an_instance_share_the_callers_trace() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, bodies) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
            }
            let mut body = vec![0; length];
            let _ = reader.read_exact(&mut body);
            let _ = reader
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
            let _ = sender.send(body);
        }
    });
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start_with(directory.path(), &["--no-samples", "--otlp", &endpoint], &[], &[]);
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let caller = format!("00-{trace}-b7ad6b7169203331-01");
    let created = connection
        .post("/v2/process-instances", &[("traceparent", &caller)], r#"{"processDefinitionId":"p"}"#)
        .expect("an answer");
    assert_eq!(created.status, 200);
    let ask = r#"{"type":"work","worker":"w","timeout":60000,"maxJobsToActivate":1,"requestTimeout":5000}"#;
    let jobs = connection.post("/v2/jobs/activation", &[], ask).expect("an answer").json();
    let job = jobs["jobs"][0]["jobKey"].as_str().expect("a job").to_owned();
    assert_eq!(
        connection.post(&format!("/v2/jobs/{job}/completion"), &[], "{}").expect("an answer").status,
        204
    );
    let mut spans: Vec<Value> = Vec::new();
    while !spans.iter().any(|span| span["name"] == "process p") {
        let body = bodies.recv_timeout(Duration::from_secs(20)).expect("spans within 20 seconds");
        let export: Value = serde_json::from_slice(&body).expect("OTLP in JSON");
        spans.extend(
            export["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().cloned().unwrap_or_default(),
        );
    }
    let named = |name: &str| {
        spans.iter().find(|span| span["name"] == name).unwrap_or_else(|| panic!("no span {name}"))
    };
    let root = named("process p");
    assert_eq!(root["parentSpanId"], "b7ad6b7169203331");
    let task = named("serviceTask a");
    assert_eq!(task["parentSpanId"], root["spanId"]);
    let attempt = named("job work");
    assert_eq!(attempt["parentSpanId"], task["spanId"]);
    assert!(attempt["attributes"].to_string().contains("dirigent.job.worker"));
    assert!(spans.iter().all(|span| span["traceId"] == trace));
    assert!(task["attributes"].to_string().contains("\"work\""));
}
