//! `dirigent`: the one binary. Without a subcommand it says what it can do.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod cancellations;
mod cli;
mod client;
mod compose;
mod connectors;
mod explore;
mod exports;
mod offline;
mod operations;
mod studio;
mod table;
mod telemetry;
mod undeploy;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the asynchronous runtime did not start: {error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
