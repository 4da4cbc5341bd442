//! Reads reference models into typed elements, writes files from those alone, and compares. The last line tells the
//! score, the exit code whether nothing was lost or added.

mod suite;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let Some(directory) = std::env::args().nth(1) else {
        writeln!(io::stderr(), "usage: miwg DIR")?;
        return Ok(ExitCode::from(2));
    };
    let report = suite::run(Path::new(&directory), suite::through_the_model)?;
    for difference in &report.differences {
        writeln!(out, "{difference}")?;
    }
    writeln!(out, "{} models, {} differences", report.models, report.differences.len())?;
    writeln!(out, "{}", report.line())?;
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
