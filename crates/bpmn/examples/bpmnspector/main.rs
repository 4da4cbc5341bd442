//! Judges the models of a directory by the rules of the standard: those named `success` must be accepted, those named
//! `fail` refused. The last line tells the score, the exit code whether every judged model was judged as named.

mod suite;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let Some(directory) = std::env::args().nth(1) else {
        writeln!(io::stderr(), "usage: bpmnspector DIR")?;
        return Ok(ExitCode::from(2));
    };
    let report = suite::run(Path::new(&directory))?;
    for miss in &report.misses {
        writeln!(out, "miss {miss}")?;
    }
    for file in &report.not_judged {
        writeln!(out, "not judged {file}")?;
    }
    writeln!(out, "not judged: {}", report.not_judged.len())?;
    writeln!(out, "{}", report.line())?;
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
