//! The command line against the running binary.

use crate::process::{ONE_TASK, Server};
use serde_json::Value;
use std::process::{Command, Output};

pub fn dirigent(address: &str, arguments: &[&str]) -> Output {
    let url = format!("http://{address}");
    Command::new(env!("CARGO_BIN_EXE_dirigent"))
        .args(arguments)
        .env("DIRIGENT_URL", url)
        .output()
        .expect("it runs")
}

pub fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn json(output: &Output) -> Value {
    serde_json::from_str(&text(output)).expect("JSON")
}

#[test]
fn a_process_is_deployed_started_and_repaired_from_the_shell() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("p.bpmn");
    std::fs::write(&file, ONE_TASK).expect("a file");
    let server = Server::start(&directory.path().join("data"));
    let run = |arguments: &[&str]| dirigent(&server.address, arguments);
    assert!(text(&run(&["deploy", file.to_str().expect("a path")])).contains("p version 1"));
    let started = json(&run(&["--json", "start", "p", "--variables", r#"{"x":1}"#]));
    let key = started["processInstanceKey"].as_str().expect("a key").to_owned();
    assert!(text(&run(&["instances", "--process", "p"])).contains(&key));

    let mut connection = server.connect();
    let ask = r#"{"type":"work","worker":"w","timeout":60000,"maxJobsToActivate":1,"requestTimeout":-1}"#;
    let jobs = connection.post("/v2/jobs/activation", &[], ask).expect("an answer").json();
    let job = jobs["jobs"][0]["jobKey"].as_str().expect("a job").to_owned();
    let fail = connection.post(
        &format!("/v2/jobs/{job}/failure"),
        &[],
        r#"{"retries":0,"errorMessage":"no stock"}"#,
    );
    assert_eq!(fail.expect("an answer").status, 204);

    assert!(text(&run(&["incidents"])).contains("no stock"));
    let incidents = json(&run(&["--json", "incidents"]));
    let incident = incidents["items"][0]["incidentKey"].as_str().expect("an incident");
    text(&run(&["resolve", incident, "--variables", r#"{"x":2}"#]));
    let shown = text(&run(&["instance", &key]));
    assert!(shown.contains("ACTIVE") && shown.contains('2'), "{shown}");
    assert!(text(&run(&["incidents"])).contains("(none)"));
    text(&run(&["cancel", &key]));
    assert!(text(&run(&["instances", "--state", "TERMINATED"])).contains(&key));
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let code = |arguments: &[&str]| dirigent(&server.address, arguments).status.code();
    assert_eq!(code(&["instance", "2251799813685999"]), Some(3));
    assert_eq!(code(&["start", "p", "--variables", "[1]"]), Some(2));
    assert_eq!(code(&["start", "nothing"]), Some(3));
    assert_eq!(code(&["frobnicate"]), Some(2));
    let nobody = dirigent("127.0.0.1:9", &["instances"]);
    assert_eq!(nobody.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("dirigent dev"));
}

#[test]
fn feel_is_evaluated_without_a_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("context.json");
    std::fs::write(&file, r#"{"order total": 12.5, "items": [1, 2, 3]}"#).expect("a file");
    let context = file.to_str().expect("a path");
    let run = |expression: &str| dirigent("", &["feel", expression, "--context", context]);
    assert_eq!(text(&run("order total * 2")).trim(), "25");
    assert_eq!(text(&run("=sum(items)")).trim(), "6");
    assert_eq!(text(&run("is defined(nothing)")).trim(), "false");
    let unknown = run("nothing");
    assert_eq!(text(&unknown).trim(), "null");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nothing"), "the null has a reason");
    let wrong = run("1 +");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!wrong.stderr.is_empty());
}

/// The price rests on the discount; `torn` has two rules for the same input.
const PRICING: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="pricing" name="Pricing" namespace="t">
  <inputData id="i1" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="discount" name="Discount"><variable name="Discount" typeRef="number"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="t1" hitPolicy="UNIQUE"><input id="in1" label="Amount">
      <inputExpression id="x1" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="out1" name="Discount" typeRef="number"/>
      <rule id="big"><inputEntry id="e1"><text>&gt;= 1000</text></inputEntry>
        <outputEntry id="o1"><text>10</text></outputEntry></rule></decisionTable></decision>
  <decision id="price" name="Price"><variable name="Price" typeRef="number"/>
    <informationRequirement id="r2"><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement id="r3"><requiredDecision href="#discount"/></informationRequirement>
    <literalExpression id="l1"><text>amount * (100 - Discount) / 100</text></literalExpression></decision>
  <decision id="torn" name="Torn"><variable name="Torn"/>
    <decisionTable id="t2" hitPolicy="UNIQUE"><output id="out2" name="Torn"/>
      <rule id="a"><outputEntry id="o3"><text>1</text></outputEntry></rule>
      <rule id="b"><outputEntry id="o4"><text>2</text></outputEntry></rule></decisionTable></decision>
</definitions>"##;

#[test]
fn a_decision_is_evaluated_without_a_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, text).expect("a file");
        file.to_str().expect("a path").to_owned()
    };
    let (file, input) = (write("pricing.dmn", PRICING), write("input.json", r#"{"amount": 1500}"#));
    let run = |decision: &str, more: &[&str]| {
        dirigent("", &[["dmn", file.as_str(), "--decision", decision].as_slice(), more].concat())
    };
    assert_eq!(text(&run("price", &["--input", &input])).trim(), "1350");
    let whole = json(&run("price", &["--input", &input, "--json"]));
    assert_eq!((whole["result"].as_i64(), whole["failure"].is_null()), (Some(1350), true));
    let discount = &whole["evaluatedDecisions"][0];
    assert_eq!(
        (discount["id"].as_str(), discount["type"].as_str()),
        (Some("discount"), Some("DECISION_TABLE"))
    );
    assert_eq!(discount["inputs"][0]["value"], 1500);
    assert_eq!(discount["matchedRules"][0]["outputs"][0]["value"], 10);

    let without = run("price", &[]);
    assert_eq!(text(&without).trim(), "null");
    assert!(String::from_utf8_lossy(&without.stderr).contains("warning: "));
    let torn = run("torn", &[]);
    assert_eq!(torn.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&torn.stderr).contains("dmn.hit-policy.unique"));
    assert_eq!(run("nothing", &[]).status.code(), Some(3));
    assert_eq!(run("price", &["--input", &write("list.json", "[1]")]).status.code(), Some(2));
    let broken = write("broken.dmn", "<definitions");
    let broken = dirigent("", &["dmn", &broken, "--decision", "price"]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&broken.stderr).contains("broken.dmn:"));
}

#[test]
fn the_log_is_verified_and_a_changed_byte_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    let server = Server::start(&data);
    assert_eq!(crate::process::deploy(&mut server.connect(), "p.bpmn", ONE_TASK).status, 200);
    server.stop();
    let verify = || dirigent("", &["audit", "verify", "--data", data.to_str().expect("a path")]);
    assert!(text(&verify()).contains("unbroken"));
    let segment = std::fs::read_dir(data.join("log"))
        .expect("a log")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.file_name().is_some_and(|name| name != "LOCK"))
        .expect("a segment");
    let mut bytes = std::fs::read(&segment).expect("bytes");
    let at = bytes.windows(8).position(|window| window == b"p.bpmn\x32\x9f".as_slice()).unwrap_or(300);
    bytes[at] ^= 1;
    std::fs::write(&segment, bytes).expect("written");
    let broken = verify();
    assert_eq!(broken.status.code(), Some(1), "{}", String::from_utf8_lossy(&broken.stdout));
    assert!(String::from_utf8_lossy(&broken.stderr).contains("damaged"));
}
