//! The conformance material: nothing is lost in a round trip, what is right is accepted, what is wrong refused.

use std::path::Path;

use crate::shared;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("file is readable")
}

/// Codes of the errors that structure and rules give; what cannot be run yet is not among them.
fn errors(bytes: &[u8]) -> Vec<&'static str> {
    let problems = match bpmn::read(bytes, "model.bpmn") {
        Ok(document) => {
            let (definitions, mut problems) = bpmn::model(&document);
            problems.extend(bpmn::rules::check(&definitions));
            problems
        }
        Err(problems) => problems,
    };
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
fn models_that_break_a_constraint_are_refused() {
    let Some(root) = shared::folder("betsy/bpmn_constraints") else { return };
    let files = shared::files(&root, &["bpmn"]);
    let refused = files.iter().filter(|path| !errors(&read(path)).is_empty()).count();
    // Raise the number with every rule that is added; it must not fall.
    assert!(refused >= 243, "{refused} of {} refused", files.len());
}

#[test]
fn models_that_obey_the_standard_are_mostly_accepted() {
    let Some(root) = shared::folder("bpmnspector") else { return };
    let files = shared::files(&root, &["bpmn"]);
    let right: Vec<_> =
        files.iter().filter(|path| path.to_string_lossy().to_lowercase().contains("success")).collect();
    let accepted = right.iter().filter(|path| errors(&read(path)).is_empty()).count();
    assert!(accepted >= 154, "{accepted} of {} accepted", right.len());
}

#[test]
fn reference_models_are_accepted() {
    let Some(root) = shared::folder("miwg") else { return };
    let mut accepted = 0;
    for path in shared::files(&root, &["bpmn"]) {
        let errors = errors(&read(&path));
        // One reference model writes mappings with names no variable can have, one is careless about collections.
        let careless = ["zeebe.io-mapping", "bpmn.collection", "bpmn.data-association"];
        let tolerated = errors.iter().all(|code| careless.contains(code));
        assert!(tolerated, "{}: {errors:?}", path.display());
        accepted += usize::from(errors.is_empty());
    }
    assert!(accepted >= 19, "{accepted} accepted");
}
