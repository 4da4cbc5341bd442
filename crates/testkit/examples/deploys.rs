//! `deploys FILE...`: deploys files together and prints what is wrong with them.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use dirigent_testkit::World;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut world = World::new(1, false);
    let mut failed = false;
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                world.trace.clear();
                world.deploy(&text);
                failed |= world.trace.contains("rejected");
                println!(
                    "{path}: {}",
                    if world.trace.contains("rejected") { &world.trace } else { "deployed" }
                );
            }
            Err(error) => {
                eprintln!("{path}: {error}");
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
