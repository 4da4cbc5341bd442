//! Files that import others.

use bpmn::{Imported, check_with_imports};

/// Codes that only more than one file can provoke.
pub const CODES: &[&str] = &["bpmn.import"];

const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";

fn file(namespace: &str, content: &str) -> String {
    format!(
        "<definitions xmlns='{MODEL}' xmlns:a='urn:a' xmlns:b='urn:b' targetNamespace='{namespace}'>{content}</definitions>"
    )
}

fn import(location: &str, namespace: &str) -> String {
    format!("<import importType='{MODEL}' location='{location}' namespace='{namespace}'/>")
}

/// Codes with their files.
fn codes(files: &[(&str, String)]) -> Vec<(&'static str, String)> {
    let mut open = |_: &str, location: &str| match files.iter().find(|(name, _)| *name == location) {
        Some((name, text)) => Imported::File { name: (*name).to_owned(), bytes: text.clone().into_bytes() },
        None if location.contains("://") => Imported::Elsewhere,
        None => Imported::Missing,
    };
    let (name, text) = &files[0];
    let problems = check_with_imports(text.as_bytes(), name, &mut open);
    problems.into_iter().filter(|it| it.is_error()).map(|it| (it.code, it.file)).collect()
}

const CALLED: &str = "<process id='called'><startEvent id='s'/><sequenceFlow id='f' sourceRef='s' targetRef='e'/><endEvent id='e'/></process>";

fn call(process: &str) -> String {
    format!(
        "{}<process id='p'><callActivity id='c' calledElement='b:{process}'/></process>",
        import("b", "urn:b")
    )
}

#[test]
fn what_is_in_order_is_accepted() {
    assert_eq!(codes(&[("a", file("urn:a", &call("called"))), ("b", file("urn:b", CALLED))]), []);
    let circle = [("a", file("urn:a", &import("b", "urn:b"))), ("b", file("urn:b", &import("a", "urn:a")))];
    assert_eq!(codes(&circle), []);
    assert_eq!(codes(&[("a", file("urn:a", &import("http://host/b", "urn:b")))]), []);
}

#[test]
fn imports_lead_to_files_of_their_namespace() {
    let found = |code: &'static str, file: &str| vec![(code, file.to_owned())];
    let missing = [("a", file("urn:a", &import("b", "urn:b")))];
    assert_eq!(codes(&missing), found("bpmn.import", "a"));
    let other = [("a", file("urn:a", &import("b", "urn:b"))), ("b", file("urn:a", ""))];
    assert_eq!(codes(&other), found("bpmn.import", "a"));
    let broken = [("a", file("urn:a", &import("b", "urn:b"))), ("b", "<definitions".to_owned())];
    assert_eq!(codes(&broken), found("bpmn.import", "a"));
    let behind = [("a", file("urn:a", &import("b", "urn:b"))), ("b", file("urn:b", &import("c", "urn:c")))];
    assert_eq!(codes(&behind), found("bpmn.import", "b"));
}

#[test]
fn files_of_one_namespace_share_their_ids_and_references_lead_on() {
    let twice = [
        ("a", file("urn:a", &format!("{}<process id='called'/>", import("b", "urn:a")))),
        ("b", file("urn:a", CALLED)),
    ];
    assert_eq!(codes(&twice), [("bpmn.duplicate-id", "b".to_owned())]);
    let dangling = [("a", file("urn:a", &call("gone"))), ("b", file("urn:b", CALLED))];
    assert_eq!(codes(&dangling), [("bpmn.dangling-reference", "a".to_owned())]);
    let timer =
        CALLED.replace("<startEvent id='s'/>", "<startEvent id='s'><timerEventDefinition/></startEvent>");
    let started = [("a", file("urn:a", &call("called"))), ("b", file("urn:b", &timer))];
    assert_eq!(codes(&started), [("bpmn.called-process", "a".to_owned())]);
    let wrong = CALLED.replace("<startEvent id='s'/>", "<startEvent id='s' colour='red'/>");
    let behind = [("a", file("urn:a", &call("called"))), ("b", file("urn:b", &wrong))];
    assert_eq!(codes(&behind), [("bpmn.unknown-attribute", "b".to_owned())]);
}
