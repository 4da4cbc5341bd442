//! `dirigent-sim --seeds N [--from SEED] [--seed SEED] [--planted NAME]`: runs simulations and prints failing seeds.

#![allow(clippy::print_stdout, reason = "it is a program")]

use dirigent_sim::{Plan, Planted, run};
use std::process::ExitCode;
use std::time::Instant;

struct Arguments {
    from: u64,
    seeds: u64,
    planted: Option<Planted>,
}

fn arguments() -> Result<Arguments, String> {
    let mut all = Arguments { from: 1, seeds: 1_000, planted: None };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: a number is needed"));
        match name.as_str() {
            "--seeds" => all.seeds = number()?,
            "--from" => all.from = number()?,
            "--seed" => (all.from, all.seeds) = (number()?, 1),
            "--planted" => {
                let found = Planted::ALL.into_iter().find(|bug| format!("{bug:?}") == value);
                all.planted = Some(found.ok_or_else(|| format!("--planted is one of {:?}", Planted::ALL))?);
            }
            _ => return Err(format!("{name} is unknown: --seeds, --from, --seed, --planted")),
        }
    }
    Ok(all)
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(2);
        }
    };
    // Panics are part of the plan; those that are not end up in the failure.
    std::panic::set_hook(Box::new(|_| {}));
    let begin = Instant::now();
    let (mut records, mut answers, mut restarts, mut failures) = (0, 0, 0, 0);
    for seed in arguments.from..arguments.from + arguments.seeds {
        match run(&Plan::new(seed, arguments.planted)) {
            Ok(stats) => {
                records += stats.records;
                answers += stats.answers;
                restarts += stats.restarts;
            }
            Err(failure) => {
                failures += 1;
                println!("{failure}");
            }
        }
    }
    println!(
        "sim: {} seeds, {failures} failures, {records} records, {answers} answers, {restarts} restarts in {:.1} s",
        arguments.seeds,
        begin.elapsed().as_secs_f64()
    );
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
