//! `betsy DIRECTORY`: runs betsy's cases; the last line is the score, the exit code says whether all that counts passed.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: betsy DIRECTORY (that holds cases.json)");
        return ExitCode::FAILURE;
    };
    let score = match dirigent_testkit::betsy::run(Path::new(&folder)) {
        Ok(score) => score,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for failure in &score.failures {
        println!("failed: {failure}");
    }
    for note in &score.notes {
        println!("does not count: {note}");
    }
    for status in ["disputed", "defective"] {
        let (passed, all) = score.of(status);
        println!("{status}: {passed} of {all} as expected (does not count)");
    }
    let (ok, race, fixed) = (score.of("ok"), score.of("race"), score.of("static"));
    println!("betsy: ok {}/{} race {}/{} static {}/{}", ok.0, ok.1, race.0, race.1, fixed.0, fixed.1);
    let all = [ok, race, fixed].iter().all(|(passed, all)| passed == all && *all > 0);
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
