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

/// Runs all suites over a directory that holds them, and writes `docs/conformance.md` from what they gave.
pub fn write_page(root: &Path, directory: &Path) -> Result<bool, String> {
    let mut passed = true;
    let mut results = Vec::new();
    for (suite, package, example) in SUITES {
        let folder = directory.join(suite);
        let folder =
            folder.canonicalize().map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
        let mut command = std::process::Command::new("cargo");
        command.args(["run", "--quiet", "--package", package, "--example", example, "--"]).arg(folder);
        let output = command
            .current_dir(root)
            .output()
            .map_err(|error| format!("cargo cannot be started: {error}"))?;
        passed &= output.status.success();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        println!("{last}");
        let apart = text.lines().filter(|line| line.contains("not count") || line.contains("not judged"));
        results.push((*suite, last, apart.map(str::to_owned).collect::<Vec<String>>()));
    }
    let page = page(&results);
    let path = root.join("docs/conformance.md");
    std::fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(passed)
}

fn page(results: &[(&str, String, Vec<String>)]) -> String {
    let line = |suite: &str| {
        let found = results.iter().find(|(name, ..)| *name == suite);
        found.map_or("", |(_, last, _)| last.split_once(": ").map_or(last.as_str(), |(_, score)| score))
    };
    let mut text = PAGE
        .replace("{betsy}", line("betsy"))
        .replace("{bpmnspector}", line("bpmnspector"))
        .replace("{dmn-tck}", line("dmn-tck"))
        .replace("{miwg}", line("miwg"));
    for (suite, _, apart) in results.iter().filter(|(.., apart)| !apart.is_empty()) {
        text.push_str(&format!("\n### {suite}\n\n"));
        for line in apart {
            // The case, not what a run of it printed.
            let case = line.split(": trace").next().unwrap_or(line);
            text.push_str(&format!("- {}\n", case.trim()));
        }
    }
    text
}

/// The page, with a place for each score.
const PAGE: &str = include_str!("conformance.md");

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
