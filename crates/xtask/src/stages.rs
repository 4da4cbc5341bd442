//! The stages of a test run, and the one table that says what runs when and how long it may take.

use crate::count::Counts;
use crate::process::Step;
use crate::{check, end_to_end};
use std::path::Path;
use std::time::{Duration, Instant};

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// While working: Rust tests, nothing installed.
    Fast,
    /// Before every change lands.
    Full,
    /// At night.
    All,
}

struct Stage {
    name: &'static str,
    /// Seconds allowed in each tier, on two cores with nothing built yet (fast: with dependencies built); none where
    /// the stage does not run.
    fast: Option<u64>,
    full: Option<u64>,
    all: Option<u64>,
    steps: fn(&Path) -> Vec<Step>,
}

#[rustfmt::skip]
const STAGES: &[Stage] = &[
    Stage { name: "check",      fast: None,      full: Some(420), all: Some(420),  steps: check::steps },
    Stage { name: "rust",       fast: Some(180), full: Some(720), all: Some(720),  steps: rust },
    Stage { name: "studio",     fast: None,      full: Some(120), all: Some(120),  steps: studio },
    Stage { name: "end-to-end", fast: None,      full: Some(240), all: Some(240),  steps: end_to_end },
    Stage { name: "clients",    fast: None,      full: None,      all: Some(900),  steps: clients },
    Stage { name: "bench",      fast: None,      full: None,      all: Some(900),  steps: bench },
    Stage { name: "simulation", fast: None,      full: None,      all: Some(3600), steps: simulation },
    Stage { name: "comparison", fast: None,      full: None,      all: Some(2400), steps: comparison },
    Stage { name: "planted",    fast: None,      full: None,      all: Some(2400), steps: planted },
    Stage { name: "fuzz",       fast: None,      full: None,      all: Some(4200), steps: fuzz },
];

/// A step that takes this many times its stage's seconds is ended.
const HARD_LIMIT: u32 = 3;

impl Stage {
    fn seconds(&self, tier: Tier) -> Option<u64> {
        match tier {
            Tier::Fast => self.fast,
            Tier::Full => self.full,
            Tier::All => self.all,
        }
    }
}

/// Runs the stages of a tier. The last line printed is the sum.
pub fn run(root: &Path, tier: Tier) -> Result<bool, String> {
    let mut total = Counts::default();
    let mut rows = Vec::new();
    for stage in STAGES {
        let Some(seconds) = stage.seconds(tier) else { continue };
        let started = Instant::now();
        let mut counts = Counts::default();
        for step in (stage.steps)(root) {
            counts += step.run(started + Duration::from_secs(seconds) * HARD_LIMIT);
        }
        let took = started.elapsed();
        counts += over_budget(stage.name, took, seconds);
        rows.push(format!("{:<11} {:>5} of {:>4} s   {counts}", stage.name, took.as_secs(), seconds));
        total += counts;
    }
    println!("\n{}\n", rows.join("\n"));
    println!("{total}");
    Ok(total.failed == 0)
}

fn over_budget(name: &str, took: Duration, seconds: u64) -> Counts {
    if took <= Duration::from_secs(seconds) {
        return Counts::default();
    }
    println!("failed: stage {name} took {} s, its row allows {seconds} s: make it faster", took.as_secs());
    Counts::failed(1)
}

fn rust(root: &Path) -> Vec<Step> {
    vec![Step::new(root, "tests of the default crates", "cargo test -- --show-output").tests()]
}

/// The studio's steps before any of its tests.
fn install(root: &Path) -> Vec<Step> {
    if root.join("studio/node_modules/.package-lock.json").exists() {
        return Vec::new();
    }
    vec![Step::new(root, "packages of the studio", "npm ci --no-audit --no-fund").in_folder("studio")]
}

fn studio(root: &Path) -> Vec<Step> {
    let mut steps = install(root);
    let tests = Step::new(root, "tests of the studio", "npm test --silent").in_folder("studio").tests();
    steps.push(tests.with("CI", "1").with("NO_COLOR", "1"));
    steps
}

fn end_to_end(root: &Path) -> Vec<Step> {
    let mut steps = install(root);
    steps.push(Step::new(root, "the studio", "npm run build --silent").in_folder("studio"));
    steps.push(Step::new(root, "the server", "cargo build --package dirigent-server"));
    for suite in end_to_end::suites(root) {
        steps.push(Step::new(root, &suite, &format!("cargo xtask end-to-end {suite}")).tests());
    }
    steps
}

/// Programs of others: clients, and requests made from the OpenAPI document.
fn clients(root: &Path) -> Vec<Step> {
    let shared = std::env::var("DIRIGENT_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    vec![
        Step::new(root, "client programs", &format!("cargo xtask clients {shared}/clients")).tests(),
        Step::new(root, "requests from the OpenAPI document", "cargo xtask schema").tests(),
    ]
}

fn bench(root: &Path) -> Vec<Step> {
    vec![
        Step::new(root, "benchmarks", "cargo build --release --package dirigent-bench"),
        Step::new(root, "journal", "cargo run --release --package dirigent-journal --example append_bench"),
    ]
}

fn simulation(root: &Path) -> Vec<Step> {
    vec![Step::new(root, "long simulation", "cargo run --package dirigent-sim -- --seeds 20000")]
}

fn comparison(root: &Path) -> Vec<Step> {
    let command = "cargo test --package dirigent-testkit --test suite differential";
    vec![
        Step::new(root, "the engine against the second interpreter", command)
            .tests()
            .with("DIRIGENT_SEEDS", "100000"),
    ]
}

fn planted(root: &Path) -> Vec<Step> {
    vec![Step::new(root, "bugs planted in the engine", "cargo xtask planted")]
}

/// Ten minutes for each of the targets.
fn fuzz(root: &Path) -> Vec<Step> {
    vec![Step::new(root, "fuzzing", "cargo xtask fuzz all").tests()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_over_its_row_fails() {
        assert_eq!(over_budget("x", Duration::from_secs(10), 10), Counts::default());
        assert_eq!(over_budget("x", Duration::from_millis(10_001), 10), Counts::failed(1));
    }

    #[test]
    fn tiers_keep_their_promise() {
        let sum = |tier| STAGES.iter().filter_map(|stage| stage.seconds(tier)).sum::<u64>();
        assert!(sum(Tier::Fast) <= 3 * 60, "fast is three minutes");
        assert!(sum(Tier::Full) <= 25 * 60, "a full run is twenty-five minutes");
        for stage in STAGES {
            let (full, all) = (stage.seconds(Tier::Full), stage.seconds(Tier::All));
            assert!(full.is_none() || full <= all, "{} runs at night too", stage.name);
            let steps = (stage.steps)(Path::new("/nowhere"));
            assert!(steps.iter().all(|step| !step.program.is_empty() && !step.title.is_empty()));
        }
    }
}
