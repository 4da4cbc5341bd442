//! The DMN TCK, when it is at hand: all cases pass, and wrong expectations are noticed.

#[path = "../../examples/dmn-tck/files.rs"]
mod files;

use dirigent_dmn::tck::mutated;
use std::path::PathBuf;

/// The directory of the TCK; a reason is printed when there is none.
fn directory() -> Option<PathBuf> {
    let root = std::env::var_os("DIRIGENT_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let directory = root.join("conformance/dmn-tck");
    if directory.is_dir() {
        return Some(directory);
    }
    let mut out = std::io::stdout();
    let _ = std::io::Write::write_fmt(
        &mut out,
        format_args!("skipped: {} does not exist; set DIRIGENT_SHARED\n", directory.display()),
    );
    None
}

#[test]
fn every_case_passes() {
    let Some(directory) = directory() else { return };
    let suites = files::load(&directory, "").expect("the files are readable");
    let (mut passed, mut failed) = ([0, 0], Vec::new());
    for suite in &suites {
        assert!(suite.problems.is_empty(), "{:?}", suite.problems);
        for done in suite.run() {
            match done.passed() {
                true => passed[done.level] += 1,
                false => failed
                    .extend(done.verdicts.into_iter().map(|verdict| format!("{}: {verdict:?}", done.file))),
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(passed, [116, 3257]);
}

#[test]
fn wrong_expectations_fail() {
    let Some(directory) = directory() else { return };
    let mut suites = files::load(&directory, "").expect("the files are readable");
    let mut changed = 0;
    // One case in every fifth suite, so that all kinds of values are among them.
    for suite in suites.iter_mut().step_by(5) {
        let result = suite.suite.cases.iter_mut().flat_map(|case| &mut case.results);
        if let Some(result) = result.into_iter().find(|result| !result.error)
            && changed < 20
        {
            result.value = mutated(&result.value);
            changed += 1;
        }
    }
    assert_eq!(changed, 20);
    let failed: usize =
        suites.iter().map(|suite| suite.run().iter().filter(|done| !done.passed()).count()).sum();
    assert_eq!(failed, 20);
}
