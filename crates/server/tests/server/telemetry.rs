//! Traces: what leaves by OTLP for one instance.

use crate::process::{ONE_TASK, Server, deploy, eventually};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

/// The trace of the caller in these tests.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Deploys the one-task process, starts an instance within the caller's trace and works its job.
fn one_instance(server: &Server) {
    let mut connection = server.connect();
    assert_eq!(deploy(&mut connection, "p.bpmn", ONE_TASK).status, 200);
    let caller = format!("00-{TRACE}-b7ad6b7169203331-01");
    let body = r#"{"processDefinitionId":"p"}"#;
    let created =
        connection.post("/v2/process-instances", &[("traceparent", &caller)], body).expect("an answer");
    assert_eq!(created.status, 200);
    let ask = r#"{"type":"work","worker":"w","timeout":60000,"maxJobsToActivate":1,"requestTimeout":5000}"#;
    let jobs = connection.post("/v2/jobs/activation", &[], ask).expect("an answer").json();
    let job = jobs["jobs"][0]["jobKey"].as_str().expect("a job").to_owned();
    let path = format!("/v2/jobs/{job}/completion");
    assert_eq!(connection.post(&path, &[], "{}").expect("an answer").status, 204);
}

/// A free port; taken by nobody else before it is used, as far as that can be had.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Another program that takes spans; ended when it is dropped.
struct Receiver(std::process::Child);

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a collector prints of a span.
#[derive(Debug, Default, PartialEq, Eq)]
struct Printed {
    trace: String,
    parent: String,
    id: String,
    name: String,
}

/// Reads the spans in what Rotel prints of a batch.
fn printed(text: &str) -> Vec<Printed> {
    let mut spans: Vec<Printed> = Vec::new();
    for line in text.lines() {
        let Some((label, value)) = line.split_once(':') else { continue };
        let value = value.trim().to_owned();
        match label.trim() {
            "Trace ID" => spans.push(Printed { trace: value, ..Printed::default() }),
            "Parent ID" => spans.last_mut().expect("a span began").parent = value,
            "ID" => spans.last_mut().expect("a span began").id = value,
            "Name" => spans.last_mut().expect("a span began").name = value,
            _ => {}
        }
    }
    spans
}

#[test]
fn a_collector_takes_the_trace_and_shows_it_whole() {
    let Ok(binary) = std::env::var("DIRIGENT_ROTEL") else {
        println!(
            "skipped: no collector at hand; `./x test` installs Rotel, or DIRIGENT_ROTEL names its agent"
        );
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let shown = directory.path().join("shown");
    let (otlp, grpc) = (free_port(), free_port());
    let mut command = std::process::Command::new(binary);
    command.args([
        "start",
        "--exporter",
        "blackhole",
        "--debug-log",
        "traces",
        "--debug-log-verbosity",
        "detailed",
    ]);
    command.args(["--otlp-http-endpoint", &format!("127.0.0.1:{otlp}")]);
    command.args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")]);
    command.stdout(std::fs::File::create(&shown).expect("a file")).stderr(std::process::Stdio::null());
    let _collector = Receiver(command.current_dir(directory.path()).spawn().expect("the collector starts"));
    eventually("the collector listens", || std::net::TcpStream::connect(("127.0.0.1", otlp)).ok());
    let endpoint = format!("http://127.0.0.1:{otlp}");
    let data = directory.path().join("data");
    let server = Server::start_with(&data, &["--no-samples", "--otlp", &endpoint], &[], &[]);
    one_instance(&server);
    let spans = eventually("the whole trace is there", || {
        let spans = printed(&std::fs::read_to_string(&shown).expect("what it shows"));
        (spans.len() >= 5 && spans.iter().all(|span| !span.name.is_empty())).then_some(spans)
    });
    let mut names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["endEvent e", "job work", "process p", "serviceTask a", "startEvent s"]);
    assert!(spans.iter().all(|span| span.trace == TRACE), "{spans:?}");
    let named = |name: &str| spans.iter().find(|span| span.name == name).expect("it is among the names");
    for (child, parent) in
        [("serviceTask a", "process p"), ("job work", "serviceTask a"), ("endEvent e", "process p")]
    {
        assert_eq!(named(child).parent, named(parent).id, "{child} is part of {parent}");
    }
    assert_eq!(named("process p").parent, "b7ad6b7169203331");
}

#[test]
fn jaeger_takes_the_trace_and_shows_it_whole() {
    let Ok(binary) = std::env::var("DIRIGENT_JAEGER") else {
        println!("skipped: no Jaeger at hand; DIRIGENT_JAEGER names its all-in-one binary (version 1)");
        return;
    };
    let (otlp, query) = (free_port(), free_port());
    let ports = [
        ("collector.otlp.http", otlp),
        ("collector.otlp.grpc", free_port()),
        ("query.http-server", query),
        ("query.grpc-server", free_port()),
        ("admin.http", free_port()),
        ("collector.grpc-server", free_port()),
        ("collector.http-server", free_port()),
    ];
    let mut command = std::process::Command::new(binary);
    command.args(ports.map(|(name, port)| format!("--{name}.host-port=127.0.0.1:{port}")));
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let _jaeger = Receiver(command.spawn().expect("Jaeger starts"));
    let ask = |path: &str| {
        let mut connection = crate::http::Connection::open(&format!("127.0.0.1:{query}")).ok()?;
        Some(connection.send("GET", path, &[], b"").ok()?.json())
    };
    eventually("Jaeger answers", || ask("/api/services"));
    let directory = tempfile::tempdir().expect("a directory");
    let endpoint = format!("http://127.0.0.1:{otlp}");
    let server = Server::start_with(directory.path(), &["--no-samples", "--otlp", &endpoint], &[], &[]);
    one_instance(&server);
    let spans = eventually("the whole trace is there", || {
        let spans = ask(&format!("/api/traces/{TRACE}"))?["data"][0]["spans"].as_array()?.clone();
        (spans.len() >= 5).then_some(spans)
    });
    let mut names: Vec<&str> = spans.iter().filter_map(|span| span["operationName"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["endEvent e", "job work", "process p", "serviceTask a", "startEvent s"]);
}

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
    one_instance(&server);
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
    assert!(spans.iter().all(|span| span["traceId"] == TRACE));
    assert!(task["attributes"].to_string().contains("\"work\""));
}
