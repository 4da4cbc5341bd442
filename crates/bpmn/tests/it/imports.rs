//! Files that import others.

use bpmn::{Diagnostic, Imported, check_imports, check_together, check_with_imports, relative};

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

/// What is wrong between files of one deployment.
fn together(files: &[(&str, String)]) -> Vec<Diagnostic> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    check_together(&files)
}

fn errors(problems: &[Diagnostic]) -> Vec<(&'static str, &str)> {
    problems.iter().filter(|it| it.is_error()).map(|it| (it.code, it.file.as_str())).collect()
}

#[test]
fn files_that_are_deployed_together_import_each_other() {
    let (a, b) = (file("urn:a", &call("called")), file("urn:b", CALLED));
    assert_eq!(together(&[("a", a.clone()), ("b", b.clone())]), []);
    assert_eq!(together(&[("b", b.clone()), ("models/a", a.clone())]), [], "the only file of that name");
    let gone = file("urn:a", &call("gone"));
    let found = together(&[("b", b.clone()), ("a", gone.clone())]);
    assert_eq!(errors(&found), [("bpmn.dangling-reference", "a")]);
    // Two importers of one file, each told once.
    let twice = together(&[("x", gone.clone()), ("b", b.clone()), ("y", gone)]);
    assert_eq!(errors(&twice), [("bpmn.dangling-reference", "x"), ("bpmn.dangling-reference", "y")]);
    let circle = file("urn:b", &format!("{}<process id='p'/>", import("a", "urn:x")));
    let found = together(&[("a", file("urn:a", &import("b", "urn:b"))), ("b", circle)]);
    assert_eq!(errors(&found), [("bpmn.import", "b")], "each file's imports are looked at");
    let namespace = together(&[("a", file("urn:a", &import("b", "urn:c"))), ("b", b.clone())]);
    assert_eq!(errors(&namespace), [("bpmn.import", "a")]);
    let broken = together(&[("a", a.clone()), ("b", "<definitions".to_owned())]);
    assert_eq!(errors(&broken), [("bpmn.import", "a")]);
    let two = together(&[("m/a", a.clone()), ("x/b", b.clone()), ("y/b", b.clone())]);
    assert_eq!(errors(&two), [], "which one is meant is not known");
    assert!(two[0].message.contains("`b` does not exist"), "{two:?}");
    let one = together(&[("x/a", a), ("x/b", b.clone()), ("y/b", b)]);
    assert_eq!(one, [], "the one beside it is meant");
}

#[test]
fn what_is_not_there_is_a_warning_at_deployment_and_what_is_inside_is_not_told() {
    let missing = together(&[("a", file("urn:a", &import("b", "urn:b")))]);
    assert_eq!(errors(&missing), []);
    assert_eq!((missing[0].code, missing[0].line), ("bpmn.import", 1));
    assert_eq!(together(&[("a", file("urn:a", &import("http://host/b", "urn:b")))]), []);
    let wrong = file("urn:b", &CALLED.replace("<startEvent id='s'/>", "<startEvent id='s' colour='red'/>"));
    let a = file("urn:a", &call("called"));
    assert_eq!(together(&[("a", a.clone()), ("b", wrong.clone())]), []);
    let mut open =
        |_: &str, name: &str| Imported::File { name: name.to_owned(), bytes: wrong.clone().into_bytes() };
    assert_eq!(check_imports(a.as_bytes(), "a", &mut open), []);
    let mut open = |_: &str, _: &str| Imported::Missing;
    assert!(check_imports(a.as_bytes(), "a", &mut open).iter().all(|it| !it.is_error()));
}

#[test]
fn many_imports_end_at_a_limit() {
    let count = bpmn::limits::IMPORTED_FILES + 1;
    let all: String = (0..count).map(|at| import(&format!("f{at}"), &format!("urn:{at}"))).collect();
    let mut files = vec![("a".to_owned(), file("urn:a", &all))];
    files.extend((0..count).map(|at| (format!("f{at}"), file(&format!("urn:{at}"), ""))));
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let found = together(&files);
    assert_eq!(errors(&found), [("bpmn.import", "a"); 2], "the importing file counts");
    assert!(found[0].message.contains("more than the 64 files"), "{found:?}");
}

#[test]
fn locations_are_relative_to_the_importing_file() {
    for (importing, location, path) in [
        ("a.bpmn", "b.bpmn", "b.bpmn"),
        ("x/a.bpmn", "b.bpmn", "x/b.bpmn"),
        ("x/y/a.bpmn", "../b.bpmn", "x/b.bpmn"),
        ("x/a.bpmn", "./z/../b%20c.bpmn", "x/b c.bpmn"),
        ("../a.bpmn", "../b.bpmn", "../../b.bpmn"),
        ("/x/a.bpmn", "/b.bpmn", "/b.bpmn"),
        ("x\\a.bpmn", "b.bpmn", "x/b.bpmn"),
        ("a.bpmn", "100%.bpmn", "100%.bpmn"),
        ("a.bpmn", "%ff.bpmn", "%ff.bpmn"),
        ("a.bpmn", "%+1.bpmn", "%+1.bpmn"),
    ] {
        assert_eq!(relative(importing, location).as_deref(), Some(path), "{importing} {location}");
    }
    assert_eq!(relative("a.bpmn", "https://host/b.bpmn"), None);
    assert_eq!(relative("a.bpmn", "C:\\b.bpmn"), None);
}
