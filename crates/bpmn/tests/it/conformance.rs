//! The conformance material: nothing is lost in a round trip, what is right is accepted, what is wrong refused.

use std::path::{Path, PathBuf};

use crate::shared;

#[path = "../../examples/bpmnspector/suite.rs"]
mod bpmnspector;
#[path = "../../examples/miwg/suite.rs"]
mod miwg;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("file is readable")
}

/// Codes of the errors by the standard; what cannot be run yet is not among them.
fn errors(bytes: &[u8]) -> Vec<&'static str> {
    let problems = bpmn::check_standard(bytes, "model.bpmn");
    problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code).collect()
}

#[test]
fn unedited_files_are_written_back_byte_for_byte() {
    let Some(root) = shared::folder("") else { return };
    let (mut same, mut refused) = (0, 0);
    for path in shared::files(&root, &["bpmn", "bpmn2", "xml"]) {
        let bytes = read(&path);
        match bpmn::read(&bytes, "model.bpmn") {
            Ok(document) => {
                assert!(document.to_bytes() == bytes, "{} changed", path.display());
                same += 1;
            }
            Err(problems) => {
                assert!(problems[0].line > 0 && !problems[0].help.is_empty(), "{}", problems[0]);
                refused += 1;
            }
        }
    }
    // Material written to be malformed is refused; everything else is read.
    assert!(same > 1_000 && refused < 10, "{same} read, {refused} refused");
}

#[test]
fn executable_models_are_accepted() {
    let Some(root) = shared::folder("betsy") else { return };
    // Quantities below what the standard allows are to be refused.
    let wrong = [
        "LoopTask_NegativeLoopMaximum.bpmn",
        "Token_CompletionQuantity_Zero.bpmn",
        "Token_StartQuantity_Zero.bpmn",
    ];
    let mut accepted = 0;
    for path in shared::files(&root, &["bpmn"])
        .iter()
        .filter(|path| !path.to_string_lossy().contains("bpmn_constraints"))
    {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let errors = errors(&read(path));
        assert_eq!(!errors.is_empty(), wrong.contains(&name.as_ref()), "{name}: {errors:?}");
        accepted += usize::from(errors.is_empty());
    }
    assert!(accepted >= 130, "{accepted} accepted");
}

#[test]
fn models_that_break_a_constraint_are_refused_at_deployment() {
    let Some(root) = shared::folder("betsy/bpmn_constraints") else { return };
    let files = shared::files(&root, &["bpmn"]);
    let mut refused = 0;
    for path in &files {
        let bytes = read(path);
        let broken = bpmn::check_standard(&bytes, "model.bpmn");
        let Some(first) = broken.iter().find(|problem| problem.is_error()) else {
            panic!("{} is accepted", path.display())
        };
        assert!(first.line > 0 && !first.help.is_empty(), "{first}");
        let at_deployment = bpmn::load(&bytes, "model.bpmn").expect_err("is refused");
        assert!(at_deployment.iter().any(|it| (it.code, it.line) == (first.code, first.line)), "{first}");
        refused += 1;
    }
    assert!(refused >= 301, "{refused} of {} refused", files.len());
}

#[test]
fn reference_models_are_accepted() {
    let Some(root) = shared::folder("miwg") else { return };
    let files = shared::files(&root, &["bpmn"]);
    for path in &files {
        assert_eq!(errors(&read(path)), [""; 0], "{}", path.display());
    }
    assert_eq!(files.len(), 21);
}

#[test]
fn models_are_judged_as_they_are_named() {
    let Some(root) = shared::folder("bpmnspector") else { return };
    let report = bpmnspector::run(&root).expect("models are readable");
    assert!(report.passed(), "{:#?}", report.misses);
    assert_eq!(report.line(), "bpmnspector: accept 165/165 reject 256/256");
    assert_eq!(report.not_judged.len(), 9);
}

/// A folder that is removed again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, String)]) -> Self {
        let folder = std::env::temp_dir().join(format!("dirigent-bpmn-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("folder can be made");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("file can be written");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn wrong_expectations_are_misses() {
    let right = crate::rules::process(
        "!<bpmn:startEvent id='s'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'/>",
    );
    let wrong = right.replace("targetRef='e'", "targetRef='nowhere'");
    let files = [
        ("a_success.bpmn", right.clone()),
        ("b_success.bpmn", wrong.clone()),
        ("c_failure.bpmn", wrong),
        ("d_Fail.bpmn", right),
        ("readme.txt", String::new()),
    ];
    let folder = Folder::new("misses", &files);
    let report = bpmnspector::run(&folder.0).expect("models are readable");
    assert!(!report.passed());
    assert_eq!(report.line(), "bpmnspector: accept 1/2 reject 1/2");
    assert_eq!(report.misses.len(), 2, "{:?}", report.misses);
    assert!(report.misses[0].starts_with("b_success.bpmn: refused"), "{:?}", report.misses);
    assert_eq!(report.misses[1], "d_Fail.bpmn: accepted");
    assert!(!bpmnspector::run(&Folder::new("none", &[]).0).expect("folder is readable").passed());
}

#[test]
fn reference_models_survive_the_typed_elements() {
    let Some(root) = shared::folder("miwg") else { return };
    let report = miwg::run(&root, miwg::through_the_model).expect("models are readable");
    assert!(report.passed(), "{:#?}", report.differences);
    assert_eq!((report.models, report.line().as_str()), (21, "miwg: recall 1.000 precision 1.000"));
}

/// Writes the model without an attribute, wherever it is.
fn without(document: &bpmn::Document, drop: fn(&mut bpmn::interchange::Element)) -> Result<String, String> {
    fn each(
        element: &bpmn::interchange::Element,
        drop: fn(&mut bpmn::interchange::Element),
    ) -> bpmn::interchange::Element {
        let mut out = element.map_children(|child| each(child, drop));
        drop(&mut out);
        out
    }
    let (definitions, _) = bpmn::interchange::read(document);
    Ok(bpmn::interchange::write(&each(&definitions.ok_or("no definitions")?, drop)))
}

#[test]
fn what_an_export_drops_lowers_the_score() {
    let text = crate::rules::process(
        "!<bpmn:startEvent id='s' name='Start'><bpmn:extensionElements><v:tag xmlns:v='urn:v'/></bpmn:extensionElements></bpmn:startEvent><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/><bpmn:endEvent id='e'/>",
    );
    let folder = Folder::new("drops", &[("a.bpmn", text)]);
    let run = |export: miwg::Export| miwg::run(&folder.0, export).expect("models are readable");
    assert!(run(|document| without(document, |_| {})).passed());
    let name = run(|document| without(document, |element| element.unset("name")));
    assert!(!name.passed() && name.score.recall() < 1.0 && name.score.precision() < 1.0, "{}", name.line());
    let flag = run(|document| without(document, |element| element.unset("isExecutable")));
    assert!(!flag.passed() && flag.score.recall() < 1.0 && flag.score.precision() == 1.0, "{}", flag.line());
    assert!(flag.line().starts_with("miwg: recall 0."), "{}", flag.line());
    let vendor = run(|document| Ok(document.to_text().replace("<v:tag xmlns:v='urn:v'/>", "")));
    assert!(!vendor.passed() && vendor.score.recall() == 1.0, "{:?}", vendor.differences);
    assert!(!run(|_| Err("broken".to_owned())).passed());
}
