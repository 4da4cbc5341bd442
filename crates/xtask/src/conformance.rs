//! Runs conformance material written by others against the product. The material stays outside the repository; the
//! tests that read it take its place from `DIRIGENT_SHARED`.

use crate::process::{Step, far};
use std::path::Path;

/// Suite, the folder it has in the material, and the package and filter of the tests that run it.
const SUITES: &[(&str, &str, &str)] = &[
    ("betsy", "dirigent-bpmn", "conformance"),
    ("bpmnspector", "dirigent-bpmn", "conformance"),
    ("dmn-tck", "dirigent-dmn", "conformance"),
    ("miwg", "dirigent-bpmn", "conformance"),
];

/// Runs a suite on a directory that holds its material.
pub fn run(root: &Path, suite: &str, directory: &Path) -> Result<bool, String> {
    let (folder, package, filter) = find(suite)?;
    let directory = directory
        .canonicalize()
        .map_err(|error| format!("{} cannot be read: {error}", directory.display()))?;
    let shared = root.join("target/conformance");
    link(&shared, folder, &directory)?;
    let command = format!("cargo test --package {package} {filter} -- --show-output");
    let step = Step::new(root, suite, &command).tests().with("DIRIGENT_SHARED", &shared.to_string_lossy());
    let counts = step.run(far());
    println!("\n{counts}");
    Ok(counts.failed == 0 && counts.passed > 0)
}

fn find(suite: &str) -> Result<(&'static str, &'static str, &'static str), String> {
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
