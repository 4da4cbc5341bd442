//! The conformance material: nothing is lost in a round trip, what is right is accepted, what is wrong refused.

use std::path::Path;

use crate::shared;

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
    // A quantity of zero is to be refused.
    let wrong = ["Token_CompletionQuantity_Zero.bpmn", "Token_StartQuantity_Zero.bpmn"];
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
