//! `dirigent check` on models that import others.

use crate::command_line::dirigent;
use serde_json::Value;

const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";

fn calling(location: &str) -> String {
    format!(
        r#"<definitions xmlns="{MODEL}" xmlns:b="urn:b" id="d" targetNamespace="urn:a">
  <import importType="{MODEL}" location="{location}" namespace="urn:b"/>
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
  <callActivity id="c" calledElement="b:q"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>
  <endEvent id="e"/></process></definitions>"#
    )
}

fn called(process: &str) -> String {
    format!(
        r#"<definitions xmlns="{MODEL}" id="d2" targetNamespace="urn:b">
  <import importType="{MODEL}" location="main/p.bpmn" namespace="urn:a"/>
  <process id="{process}" isExecutable="true"><startEvent id="qs"/></process></definitions>"#
    )
}

#[test]
fn imports_are_followed_from_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(directory.path().join("main")).expect("a directory");
    let path = |name: &str| directory.path().join(name).to_str().expect("a path").to_owned();
    let write = |name: &str, text: String| std::fs::write(path(name), text).expect("written");
    // A way to the file other than the one that its import takes.
    let file = path("main/../main/p.bpmn");
    write("main/p.bpmn", calling("../called.bpmn"));
    write("called.bpmn", called("q"));
    let fine = dirigent("", &["check", &file]);
    assert!(fine.status.success(), "{fine:?}");
    assert_eq!(String::from_utf8_lossy(&fine.stdout), "");

    write("called.bpmn", called("other"));
    let wrong = dirigent("", &["check", &file, "--json"]);
    assert_eq!(wrong.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&wrong.stdout).expect("JSON");
    let [first] = report["problems"].as_array().expect("a list").as_slice() else { panic!("{report}") };
    assert_eq!(
        (first["code"].as_str(), first["file"].as_str(), first["line"].as_u64()),
        (Some("bpmn.dangling-reference"), Some(&*file), Some(4))
    );

    write("main/p.bpmn", calling("../gone.bpmn"));
    let missing = dirigent("", &["check", &file]);
    assert!(missing.status.success(), "it may be deployed on its own: {missing:?}");
    let shown = String::from_utf8_lossy(&missing.stdout).into_owned();
    assert!(shown.contains("p.bpmn:2:3: warning[bpmn.import] d: `../gone.bpmn` does not exist"), "{shown}");

    // What is no file is not read.
    write("main/p.bpmn", calling("/dev/zero"));
    let device = dirigent("", &["check", &file]);
    assert!(String::from_utf8_lossy(&device.stdout).contains("`/dev/zero` does not exist"), "{device:?}");
}
