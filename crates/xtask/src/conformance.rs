//! Runs conformance material written by others against the product. The material stays outside the repository.
//!
//! A suite is a program of its own, which takes the directory, prints the score last and exits with 1 unless everything
//! that counts passed.

use std::path::Path;

/// The suites, by the folder that they have in the material: package and example.
const SUITES: &[(&str, &str, &str)] = &[
    ("betsy", "dirigent-testkit", "betsy"),
    ("bpmnspector", "dirigent-bpmn", "bpmnspector"),
    ("dmn-tck", "dirigent-dmn", "dmn-tck"),
    ("miwg", "dirigent-bpmn", "miwg"),
];

/// Runs a suite on a directory that holds its material. Its output is the answer.
pub fn run(root: &Path, suite: &str, directory: &Path) -> Result<bool, String> {
    let (package, example) = find(suite)?;
    let directory = directory
        .canonicalize()
        .map_err(|error| format!("{} cannot be read: {error}", directory.display()))?;
    let mut command = std::process::Command::new("cargo");
    command.args(["run", "--quiet", "--package", package, "--example", example, "--"]).arg(directory);
    let status =
        command.current_dir(root).status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    Ok(status.success())
}

fn find(suite: &str) -> Result<(&'static str, &'static str), String> {
    let found = SUITES.iter().find(|(name, ..)| *name == suite);
    found.map(|(_, package, example)| (*package, *example)).ok_or_else(|| {
        let names: Vec<&str> = SUITES.iter().map(|(name, ..)| *name).collect();
        format!("there is no suite {suite:?}; there are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_suite_names_the_known_ones() {
        assert_eq!(find("miwg"), Ok(("dirigent-bpmn", "miwg")));
        assert!(find("nothing").unwrap_err().contains("dmn-tck"));
    }

    #[test]
    fn every_suite_is_a_program_that_exists() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (suite, package, example) in SUITES {
            let folder = crates.join(package.trim_start_matches("dirigent-")).join("examples");
            let places = [folder.join(example).join("main.rs"), folder.join(format!("{example}.rs"))];
            assert!(places.iter().any(|place| place.is_file()), "{suite}: {places:?} do not exist");
        }
    }
}
