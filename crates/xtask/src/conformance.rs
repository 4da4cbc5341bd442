//! Runs conformance material written by others against the product. The material stays outside the repository.

use crate::process::{Step, far};
use std::path::Path;

/// How a suite is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    /// A program of its own (package and example), which takes the directory, prints the score last and exits with
    /// 1 unless everything passed.
    Program(&'static str, &'static str),
    /// Tests (package and filter) that find the material by `DIRIGENT_SHARED`.
    Tests(&'static str, &'static str),
}

/// The suites, by the folder that they have in the material.
const SUITES: &[(&str, Runner)] = &[
    ("betsy", Runner::Program("dirigent-testkit", "betsy")),
    ("bpmnspector", Runner::Program("dirigent-bpmn", "bpmnspector")),
    ("dmn-tck", Runner::Program("dirigent-dmn", "dmn-tck")),
    ("miwg", Runner::Program("dirigent-bpmn", "miwg")),
];

/// Runs a suite on a directory that holds its material.
pub fn run(root: &Path, suite: &str, directory: &Path) -> Result<bool, String> {
    let (folder, runner) = find(suite)?;
    let directory = directory
        .canonicalize()
        .map_err(|error| format!("{} cannot be read: {error}", directory.display()))?;
    let (package, filter) = match runner {
        Runner::Tests(package, filter) => (package, filter),
        Runner::Program(package, example) => return program(root, package, example, &directory),
    };
    let shared = root.join("target/conformance");
    link(&shared, folder, &directory)?;
    let command = format!("cargo test --package {package} {filter} -- --show-output");
    let step = Step::new(root, suite, &command).tests().with("DIRIGENT_SHARED", &shared.to_string_lossy());
    let counts = step.run(far());
    println!("\n{counts}");
    Ok(counts.failed == 0 && counts.passed > 0)
}

/// The program's own output is the answer, its last line the score.
fn program(root: &Path, package: &str, example: &str, directory: &Path) -> Result<bool, String> {
    let mut command = std::process::Command::new("cargo");
    command.args(["run", "--quiet", "--package", package, "--example", example, "--"]).arg(directory);
    let status =
        command.current_dir(root).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    Ok(status.success())
}

fn find(suite: &str) -> Result<(&'static str, Runner), String> {
    SUITES.iter().find(|(name, ..)| *name == suite).copied().ok_or_else(|| {
        let names: Vec<&str> = SUITES.iter().map(|(name, ..)| *name).collect();
        format!("there is no suite {suite:?}; there are {}", names.join(", "))
    })
}

/// Makes `shared/conformance/<suite>` lead to the directory.
fn link(shared: &Path, suite: &str, directory: &Path) -> Result<(), String> {
    let parent = shared.join("conformance");
    let place = parent.join(suite);
    let result = std::fs::create_dir_all(&parent).and_then(|()| {
        if place.is_symlink() {
            std::fs::remove_file(&place)?;
        }
        std::os::unix::fs::symlink(directory, &place)
    });
    result.map_err(|error| format!("{} cannot be written: {error}", place.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_suite_names_the_known_ones() {
        assert!(find("betsy").is_ok());
        assert!(find("nothing").unwrap_err().contains("dmn-tck"));
    }

    #[test]
    fn the_material_is_linked_where_the_tests_look() {
        let directory = std::env::temp_dir().join(format!("xtask-conformance-{}", std::process::id()));
        let (shared, material) = (directory.join("shared"), directory.join("material"));
        std::fs::create_dir_all(&material).unwrap();
        std::fs::write(material.join("case"), "x").unwrap();
        for _ in 0..2 {
            link(&shared, "betsy", &material).unwrap();
        }
        assert_eq!(std::fs::read(shared.join("conformance/betsy/case")).unwrap(), b"x");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
