//! `differential FROM TO`: compares the engine with the second interpreter on the seeds of a range.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use dirigent_testkit::EngineSubject;
use oracle::{Subject, World, compare, compare_and_shrink};
use std::process::ExitCode;

fn main() -> ExitCode {
    let number =
        |at: usize, default: u64| std::env::args().nth(at).and_then(|it| it.parse().ok()).unwrap_or(default);
    let (from, to) = (number(1, 0), number(2, 2_000));
    let mut differences = 0;
    for seed in from..to {
        if compare(seed, &mut World::new(), &mut EngineSubject::new(1, false)).is_ok() {
            continue;
        }
        differences += 1;
        if differences <= number(3, 3) {
            let mut theirs = || Box::new(World::new()) as Box<dyn Subject>;
            let mut ours = || Box::new(EngineSubject::new(1, false)) as Box<dyn Subject>;
            if let Err(found) = compare_and_shrink(seed, &mut theirs, &mut ours) {
                println!("{found}");
            }
        }
    }
    if let Some(seed) = std::env::var("TRACE").ok().and_then(|it| it.parse().ok()) {
        let mut ours = EngineSubject::new(1, false);
        let _ = compare(seed, &mut World::new(), &mut ours);
        println!("{}", ours.world().trace);
    }
    println!("differential: {} of {} agree", to - from - differences, to - from);
    if differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
