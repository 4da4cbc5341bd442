//! Decisions against the built binary: the example of the repository, and files that import each other.

use crate::command_line::{dirigent, json, text};
use crate::process::Server;
use serde_json::Value;
use std::path::Path;

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/loan-approval");
    folder.join(name).to_str().expect("a path").to_owned()
}

fn application(change: impl Fn(&mut Value)) -> String {
    let text = std::fs::read_to_string(example("application.json")).expect("the example is there");
    let mut value: Value = serde_json::from_str(&text).expect("it is JSON");
    change(&mut value);
    value.to_string()
}

/// What the README of the example says, done.
#[test]
fn the_example_of_a_decision_runs() {
    let (dmn, finance) = (example("loan-approval.dmn"), example("finance.dmn"));
    let checked = text(&dirigent("", &["check", &dmn, "--import", &finance]));
    assert_eq!(checked.trim(), "decisions: risk, rate, burden, assessment");
    assert_eq!(text(&dirigent("", &["check", &finance])).trim(), "decisions:");
    let input = example("application.json");
    let alone =
        dirigent("", &["dmn", &dmn, "--import", &finance, "--decision", "assessment", "--input", &input]);
    assert_eq!(text(&alone).trim(), r#"{"route":"accept","rate":3.5}"#);

    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&directory.path().join("data"));
    let run = |arguments: &[&str]| dirigent(&server.address, arguments);
    let deployed = text(&run(&["deploy", &example("loan-approval.bpmn"), &dmn, &finance]));
    assert!(deployed.contains("assessment version 1 of loanApproval"), "{deployed}");
    let ended =
        json(&run(&["--json", "start", "loan-approval", "--variables", &application(|_| {}), "--wait"]));
    assert_eq!(ended["variables"]["assessment"]["route"], "accept");
    let risky = application(|value| value["applicant"]["defaults"] = 2.into());
    let ended = json(&run(&["--json", "start", "loan-approval", "--variables", &risky, "--wait"]));
    assert_eq!(ended["variables"]["assessment"]["rate"], 11);
    let larger = application(|value| {
        value["applicant"]["defaults"] = 1.into();
        value["loan"]["amount"] = 25_000.into();
    });
    let key = text(&run(&["start", "loan-approval", "--variables", &larger])).trim().to_owned();
    let tasks = json(&run(&["--json", "tasks"]));
    let task = &tasks["items"][0];
    assert_eq!(
        (task["processInstanceKey"].as_str(), task["elementId"].as_str()),
        (Some(&*key), Some("review"))
    );
    let task = task["userTaskKey"].as_str().expect("a key");
    text(&run(&["complete", task, "--variables", r#"{"accepted":true}"#]));
    assert!(text(&run(&["instance", &key])).contains("COMPLETED"));
}

const SURCHARGE: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="surcharge" name="Surcharge" namespace="http://example.org/surcharge">
  <import name="base" namespace="http://example.org/base" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
  <decision id="total" name="total"><variable name="total"/>
  <knowledgeRequirement><requiredKnowledge href="http://example.org/base#k"/></knowledgeRequirement>
  <literalExpression><text>base.twice(amount) + 1</text></literalExpression></decision></definitions>"##;

const BASE: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="base" name="Base" namespace="http://example.org/base">
  <businessKnowledgeModel id="k" name="twice"><variable name="twice"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>
  <literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel></definitions>"##;

#[test]
fn files_of_decisions_are_checked_and_linked_with_what_they_import() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, content: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, content).expect("written");
        file.to_str().expect("a path").to_owned()
    };
    let (file, base) = (write("surcharge.dmn", SURCHARGE), write("base.dmn", BASE));
    let input = write("input.json", r#"{"amount": 20}"#);
    let evaluated =
        dirigent("", &["dmn", &file, "--decision", "total", "--input", &input, "--import", &base]);
    assert_eq!(text(&evaluated).trim(), "41");
    let alone = dirigent("", &["dmn", &file, "--decision", "total", "--input", &input]);
    assert_eq!(alone.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(errors.contains("surcharge.dmn:2:3: error[dmn.import.missing] import 'base'"), "{errors}");
    assert!(errors.contains("deploy the imported model before or together with this one"), "{errors}");

    assert_eq!(text(&dirigent("", &["check", &file, "--import", &base])).trim(), "decisions: total");
    let unlinked = dirigent("", &["check", &file, "--json"]);
    assert_eq!(unlinked.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&unlinked.stdout).expect("JSON");
    let first = &report["problems"][0];
    assert_eq!((first["code"].as_str(), first["line"].as_u64()), (Some("dmn.import.missing"), Some(2)));
    let torn = write("torn.dmn", &BASE.replace("n * 2", "n *"));
    let torn = dirigent("", &["check", &file, "--import", &torn]);
    assert_eq!(torn.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&torn.stderr).contains("torn.dmn:3:"), "{torn:?}");
}
