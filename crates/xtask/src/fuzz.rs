//! Fuzzing by libFuzzer: every target below `crates/*/fuzz/fuzz_targets` for some seconds. It needs a nightly compiler
//! and `cargo install cargo-fuzz`; where one is missing the run says so and counts as skipped.
//!
//! Invariant: what a run has learned stays in `target/fuzz`, so that the next one goes on from there; what it finds is
//! put beside the target in `artifacts` and named.

use crate::process::{Step, far, output};
use std::path::{Path, PathBuf};

/// Seconds of a target unless the caller says otherwise.
pub const SECONDS: u64 = 600;

/// The longest input: longer ones find little more and take much longer.
const MAX_BYTES: u32 = 12_000;
/// One input that takes this long is a finding.
const SECONDS_OF_ONE: u32 = 20;

/// One fuzz target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The crate's folder and the target, such as `feel/parse`.
    pub name: String,
    folder: PathBuf,
}

/// All targets, in the order of their names.
pub fn targets(root: &Path) -> Vec<Target> {
    let mut found = Vec::new();
    for folder in entries(&root.join("crates")) {
        let Some(owner) = folder.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
            continue;
        };
        for file in entries(&folder.join("fuzz/fuzz_targets")) {
            if let Some(stem) = file.file_stem().and_then(|stem| stem.to_str()) {
                found.push(Target { name: format!("{owner}/{stem}"), folder: folder.join("fuzz") });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Runs one target, or all of them, so many seconds each.
pub fn run(root: &Path, name: &str, seconds: u64) -> Result<bool, String> {
    let all = targets(root);
    let chosen: Vec<&Target> = all.iter().filter(|target| name == "all" || target.name == name).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
        return Err(format!("there is no fuzz target {name:?}; there are all, {}", names.join(", ")));
    }
    if let Some(missing) = missing(root) {
        println!("skipped: {missing}");
        return Ok(true);
    }
    let (mut passed, mut failed) = (0, 0);
    for target in chosen {
        let step = target.step(root, seconds)?;
        match step.run(far()).failed {
            0 => passed += 1,
            _ => failed += 1,
        }
    }
    println!("{passed} passed, {failed} failed, 0 skipped");
    Ok(failed == 0)
}

/// What is not installed, and how to install it.
fn missing(root: &Path) -> Option<String> {
    if output(root, "cargo", &["+nightly", "--version"]).is_err() {
        return Some("no nightly compiler; `rustup toolchain install nightly --profile minimal`".to_owned());
    }
    if output(root, "cargo", &["fuzz", "--version"]).is_err() {
        return Some("no cargo-fuzz; `cargo install cargo-fuzz`".to_owned());
    }
    None
}

impl Target {
    fn step(&self, root: &Path, seconds: u64) -> Result<Step, String> {
        let stem = self.name.rsplit('/').next().unwrap_or_default();
        let corpus = root.join("target/fuzz").join(self.name.replace('/', "-"));
        std::fs::create_dir_all(&corpus)
            .map_err(|error| format!("{} cannot be made: {error}", corpus.display()))?;
        let mut words = vec!["+nightly".to_owned(), "fuzz".to_owned(), "run".to_owned()];
        // The crates have no unsafe code, for which the sanitizers are.
        words.extend(["-s".to_owned(), "none".to_owned(), "--fuzz-dir".to_owned()]);
        words.extend([self.folder.display().to_string(), stem.to_owned(), corpus.display().to_string()]);
        let seeds = self.folder.join("seeds");
        if seeds.is_dir() {
            words.push(seeds.display().to_string());
        }
        words.extend([
            "--".to_owned(),
            format!("-max_total_time={seconds}"),
            format!("-max_len={MAX_BYTES}"),
            format!("-timeout={SECONDS_OF_ONE}"),
            "-verbosity=0".to_owned(),
            "-print_final_stats=1".to_owned(),
        ]);
        let dictionary =
            entries(&self.folder).into_iter().find(|path| path.extension().is_some_and(|end| end == "dict"));
        words.extend(dictionary.map(|path| format!("-dict={}", path.display())));
        let mut step = Step::new(root, &format!("fuzz {}, {seconds} s", self.name), "cargo");
        step.arguments = words;
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_targets_are_found_and_an_unknown_one_names_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the root");
        let names: Vec<String> = targets(root).into_iter().map(|target| target.name).collect();
        for name in ["bpmn/load", "dmn/evaluate", "dmn/read", "feel/evaluate", "feel/parse"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
        }
        assert!(run(root, "nothing", 1).unwrap_err().contains("feel/parse"));
    }

    #[test]
    fn a_step_has_seeds_and_words_where_there_are_some() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the root");
        let target =
            targets(root).into_iter().find(|target| target.name == "feel/parse").expect("it is there");
        let words = target.step(root, 7).expect("a step").arguments.join(" ");
        for part in ["feel/fuzz/seeds", "feel.dict", "-max_total_time=7", " parse "] {
            assert!(words.contains(part), "{words}");
        }
    }
}
