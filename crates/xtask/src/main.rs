//! Developer tasks behind `./x`, written in Rust so that they can be tested: `cargo xtask test | check | tidy |
//! end-to-end | clients | schema | planted | fuzz | conformance`. It builds nothing that the product ships and depends on none of its crates.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod check;
mod clients;
mod conformance;
mod count;
mod end_to_end;
mod fuzz;
mod planted;
mod process;
mod stages;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test [fast|all] | check | tidy | end-to-end <folder> | clients <directory> | schema [examples] | planted [part of a name] | fuzz <target>|all [seconds] | conformance <suite>|docs <directory>";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    let result = match words.as_slice() {
        ["test"] => stages::run(&root, stages::Tier::Full),
        ["test", "fast"] => stages::run(&root, stages::Tier::Fast),
        ["test", "all"] => stages::run(&root, stages::Tier::All),
        ["check"] => check::run(&root),
        ["tidy"] => tidy::run(&root),
        ["end-to-end", suite] => end_to_end::run(&root, suite),
        ["fuzz", target] => fuzz::run(&root, target, fuzz::SECONDS),
        ["fuzz", target, seconds] => match seconds.parse() {
            Ok(seconds) => fuzz::run(&root, target, seconds),
            Err(_) => Err(USAGE.to_owned()),
        },
        ["clients", directory] => clients::run(&root, Path::new(directory)),
        ["schema"] => clients::schema(&root, clients::EXAMPLES),
        ["schema", examples] => match examples.parse() {
            Ok(examples) => clients::schema(&root, examples),
            Err(_) => Err(USAGE.to_owned()),
        },
        ["planted"] => planted::run(&root, ""),
        ["planted", part] => planted::run(&root, part),
        ["conformance", "docs", directory] => conformance::write_page(&root, Path::new(directory)),
        ["conformance", suite, directory] => conformance::run(&root, suite, Path::new(directory)),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// The repository's root: two levels above this crate.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
