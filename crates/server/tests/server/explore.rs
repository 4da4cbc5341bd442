//! `dirigent check --explore` and `--replay`, without a server.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn check(file: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dirigent"));
    command.arg("check").arg(file).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A choice, and behind it a join that waits for both sides.
const DEADLOCK: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="http://example.org">
  <process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" default="f3"/>
  <userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="a"><conditionExpression xsi:type="tFormalExpression">=amount &gt; 10</conditionExpression></sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="b"/><sequenceFlow id="f4" sourceRef="a" targetRef="j"/>
  <sequenceFlow id="f5" sourceRef="b" targetRef="j"/><sequenceFlow id="f6" sourceRef="j" targetRef="e"/></process></definitions>"#;

#[test]
fn a_deadlock_is_found_and_its_script_replays() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("p.bpmn");
    std::fs::write(&file, DEADLOCK).expect("a file");
    let output = check(&file, &["--explore"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("deadlock: a token waits at the parallel gateway 'j'"), "{shown}");
    assert!(text(&output.stderr).contains("1 defect in"), "{}", text(&output.stderr));

    let output = Command::new(env!("CARGO_BIN_EXE_dirigent"))
        .args(["--json", "check"])
        .arg(&file)
        .arg("--explore")
        .output()
        .expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(report["complete"], true);
    let script: Vec<&str> = report["findings"][0]["script"]
        .as_array()
        .expect("a script")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(script.len(), 2, "{script:?}");

    let saved = directory.path().join("run.txt");
    std::fs::write(&saved, script.join("\n")).expect("a script");
    let output = check(&file, &["--replay", saved.to_str().expect("a path")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let trace = text(&output.stdout);
    assert!(trace.contains("its token waits") && trace.contains("Tokens that wait at j of p: 1"), "{trace}");
}

#[test]
fn a_sound_model_and_wrong_arguments() {
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/order-fulfilment/order-fulfilment.bpmn");
    let output = check(&example, &["--explore"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("every run was looked at; nothing is wrong"),
        "{}",
        text(&output.stdout)
    );
    let output = check(&example, &["--explore", "--values", "{\"a\":1}"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("'a' is no list"), "{}", text(&output.stderr));
    let directory = tempfile::tempdir().expect("a directory");
    let script = directory.path().join("run.txt");
    std::fs::write(&script, "start order-fulfilment\nexplode").expect("a script");
    let output = check(&example, &["--replay", script.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("line 2: 'explode' is no line"), "{}", text(&output.stderr));
}
