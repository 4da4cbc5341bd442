//! Benchmarks: durable process instances per second, in process and over REST, beside what the same protocol reaches
//! with a step that does nothing.
//!
//! **Invariant**: every number is measured in this run on this machine; both sides of a ratio have the same records,
//! the same log thread and the same generator.

#![allow(clippy::print_stdout, reason = "printing is what a benchmark is for")]

mod closed_loop;
#[cfg(feature = "peers")]
mod feel_peer;
mod http;
mod in_process;
mod limit;
mod measure;
mod model;
mod rest;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Parser)]
#[command(name = "dirigent-bench", about = "Durable process instances per second on this machine")]
struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Instances in flight, one run for each.
    #[arg(long, value_delimiter = ',', default_value = "1,16,256,1024", global = true)]
    in_flight: Vec<usize>,
    /// Seconds of each run.
    #[arg(long, default_value_t = 3.0, global = true)]
    seconds: f64,
    /// Where the data goes; a new directory inside of it is removed afterwards.
    #[arg(long, default_value = ".", global = true)]
    directory: PathBuf,
    /// The server's binary for runs over REST.
    #[arg(long, global = true)]
    server: Option<PathBuf>,
}

#[derive(Subcommand, Clone, Copy, PartialEq)]
enum What {
    /// The engine in this process, on a log in files, against its limit.
    InProcess,
    /// A spawned server over HTTP.
    Rest,
    /// Both.
    All,
    /// FEEL against its peer; needs the feature `peers`.
    Feel,
}

#[cfg(feature = "peers")]
fn feel() -> Result<(), String> {
    feel_peer::run()
}

#[cfg(not(feature = "peers"))]
fn feel() -> Result<(), String> {
    Err("this build has no peers; `./x bench feel` builds one that has (cargo --features peers)".to_owned())
}

fn main() -> Result<(), String> {
    let arguments = Arguments::parse();
    let what = arguments.what.unwrap_or(What::All);
    if what == What::Feel {
        return feel();
    }
    let time = Duration::from_secs_f64(arguments.seconds);
    let directory = tempfile::Builder::new()
        .prefix("dirigent-bench-")
        .tempdir_in(&arguments.directory)
        .map_err(|error| format!("no directory in {}: {error}", arguments.directory.display()))?;
    let mut line = String::from("bench:");
    let mut syncs = None;
    if what != What::Rest {
        let best = in_process::run(directory.path(), &arguments.in_flight, time)?;
        line += &format!(" in-process {:.0}/s ratio {:.2}", best.real.per_second(), best.ratio());
        syncs = Some(best.real.syncs_per_instance());
    }
    if what != What::InProcess {
        match &arguments.server {
            None => println!("rest: skipped, --server names no binary"),
            Some(server) => {
                let best = rest::run(server, directory.path(), &arguments.in_flight, time)?;
                line += &format!(" rest {:.0}/s", best.per_second());
            }
        }
    }
    if let Some(syncs) = syncs {
        line += &format!(" syncs {syncs:.4}");
    }
    println!("{line}");
    Ok(())
}
