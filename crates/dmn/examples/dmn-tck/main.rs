//! Runs the DMN TCK: `dmn-tck DIR [--verbose] [FILTER]`. The last line tells the score, the exit code whether all passed.

mod files;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let verbose = arguments.iter().any(|argument| argument == "--verbose");
    arguments.retain(|argument| argument != "--verbose");
    let mut out = io::stdout().lock();
    let Some(directory) = arguments.first() else {
        writeln!(io::stderr(), "usage: dmn-tck DIR [--verbose] [FILTER]")?;
        return Ok(ExitCode::from(2));
    };
    let filter = arguments.get(1).map(String::as_str).unwrap_or_default();
    let suites = files::load(Path::new(directory), filter)?;
    let (mut passed, mut total) = ([0usize; 2], [0usize; 2]);
    for suite in &suites {
        for problem in &suite.problems {
            writeln!(out, "problem: {}: {problem}", suite.file)?;
        }
        for done in suite.run() {
            total[done.level] += 1;
            passed[done.level] += usize::from(done.passed());
            for verdict in done.verdicts.iter().filter(|verdict| verbose || !verdict.passed) {
                let state = if verdict.passed { "ok" } else { "FAILED" };
                writeln!(
                    out,
                    "{state}: {} case {} result '{}': expected {:?}, got {:?}",
                    done.file, verdict.case, verdict.name, verdict.expected, verdict.actual
                )?;
                for reason in &verdict.reasons {
                    writeln!(out, "    {reason}")?;
                }
            }
        }
    }
    let all_passed = passed.iter().sum::<usize>();
    let all = total.iter().sum::<usize>();
    writeln!(
        out,
        "dmn-tck: {all_passed}/{all} level2 {}/{} level3 {}/{}",
        passed[0], total[0], passed[1], total[1]
    )?;
    Ok(if all_passed == all && all > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
