//! Runs conformance material written by others against the product. The material stays outside the repository.
//!
//! A suite is a program of its own, which takes the directory, prints the score last and exits with 1 unless everything
//! that counts passed.

use std::path::Path;

/// The suites, by the folder that they have in the material: package and example.
const SUITES: [(&str, &str, &str); 4] = [
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
    let (page, passed) = run_all(directory, |package, example| {
        let mut command = std::process::Command::new("cargo");
        command.args(["run", "--quiet", "--package", package, "--example", example, "--"]).current_dir(root);
        command
    })?;
    let path = root.join(PLACE);
    std::fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(passed)
}

/// Where the page is, below the root.
const PLACE: &str = "docs/conformance.md";

/// The page, and whether every suite passed. `program` gives the command of an example, which gets its folder.
fn run_all(
    directory: &Path,
    program: impl Fn(&str, &str) -> std::process::Command,
) -> Result<(String, bool), String> {
    let mut passed = true;
    let mut results = Vec::new();
    for (suite, package, example) in SUITES {
        let folder = directory.join(suite);
        let folder =
            folder.canonicalize().map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
        let output = program(package, example)
            .arg(folder)
            .output()
            .map_err(|error| format!("{example} cannot be started: {error}"))?;
        passed &= output.status.success();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        println!("{last}");
        let apart = text.lines().filter(|line| line.contains("not count") || line.contains("not judged"));
        results.push((suite, last, apart.map(str::to_owned).collect::<Vec<String>>()));
    }
    Ok((page(&results), passed))
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

    /// The suites as they were built beside this test, on the material where it is at hand.
    #[test]
    fn the_page_says_what_a_run_gives() {
        let root = crate::root();
        let shared = std::env::var_os("DIRIGENT_SHARED").map_or_else(|| root.join("../shared"), Into::into);
        let directory = shared.join("conformance");
        let test = std::env::current_exe().expect("this test");
        let examples = test.ancestors().nth(2).expect("the profile's folder").join("examples");
        let built = SUITES.iter().all(|(.., example)| examples.join(example).is_file());
        if !directory.join("betsy").is_dir() || !built {
            println!(
                "skipped: {}",
                match built {
                    true => "the suites are not at hand (DIRIGENT_SHARED names the folder above conformance)",
                    false => "the suites are not built (`cargo test` without --package builds them)",
                }
            );
            return;
        }
        let (page, passed) =
            run_all(&directory, |_, example| std::process::Command::new(examples.join(example)))
                .expect("a run");
        assert!(passed, "a suite failed");
        let committed = std::fs::read_to_string(root.join(PLACE)).expect("the page");
        assert_eq!(page, committed, "{PLACE} is out of date: run ./x conformance docs DIRECTORY");
    }

    #[test]
    fn the_page_has_a_place_for_each_suite_and_says_what_is_apart() {
        let apart = vec!["  not judged a.bpmn: why".to_owned(), "race x: trace [1]".to_owned()];
        let results = SUITES.map(|(suite, ..)| (suite, format!("{suite}: {suite} 1/1"), Vec::new()));
        let text = page(&results);
        assert!(SUITES.iter().all(|(suite, ..)| text.contains(&format!("| {suite} 1/1 |"))), "{text}");
        assert!(!text.contains('{') && !text.contains("### betsy"), "{text}");
        let text = page(&[("betsy", "betsy: ok".to_owned(), apart)]);
        assert!(text.ends_with("### betsy\n\n- not judged a.bpmn: why\n- race x\n"), "{text}");
    }

    #[test]
    fn every_suite_is_a_program_that_exists() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (suite, package, example) in &SUITES {
            let folder = crates.join(package.trim_start_matches("dirigent-")).join("examples");
            let places = [folder.join(example).join("main.rs"), folder.join(format!("{example}.rs"))];
            assert!(places.iter().any(|place| place.is_file()), "{suite}: {places:?} do not exist");
        }
    }
}
