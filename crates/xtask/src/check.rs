//! What is checked without running the product: format, lints, the rules of the house, types of the studio.

use crate::count::Counts;
use crate::process::{Step, far, output};
use std::path::Path;

/// The steps, also the first stage of a test run.
pub fn steps(root: &Path) -> Vec<Step> {
    let mut steps = vec![
        Step::new(root, "format", "cargo fmt --all --check"),
        Step::new(root, "lints", "cargo clippy --workspace --all-targets -- -D warnings"),
        Step::new(root, "rules of the house", "cargo xtask tidy"),
    ];
    if root.join("studio/package.json").exists() {
        if !root.join("studio/node_modules/.package-lock.json").exists() {
            steps.push(
                Step::new(root, "packages of the studio", "npm ci --no-audit --no-fund").in_folder("studio"),
            );
        }
        steps.push(Step::new(root, "types of the studio", "npm run --silent typecheck").in_folder("studio"));
    }
    if output(root, "cargo", &["deny", "--version"]).is_ok() {
        // Advisories need a database from the network, which a check must not depend on.
        let command = "cargo deny --all-features check bans licenses sources";
        steps.push(Step::new(root, "licences, bans and sources", command));
    }
    steps
}

/// Runs the steps; all of them, so that one run shows everything.
pub fn run(root: &Path) -> Result<bool, String> {
    let mut total = Counts::default();
    for step in steps(root) {
        total += step.run(far());
    }
    if output(root, "cargo", &["deny", "--version"]).is_err() {
        println!("\nnot checked: licences, bans and sources; `cargo install cargo-deny` adds that");
    }
    println!("\n{total}");
    Ok(total.failed == 0)
}
