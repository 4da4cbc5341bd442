//! The built binary, from outside: killed, traced, fed with bad input, used from the command line.

#![allow(missing_docs, clippy::print_stdout)]

mod activities;
mod bad_input;
mod command_line;
mod connector;
mod crash;
mod decisions;
mod deletion;
mod explore;
mod http;
mod imports;
mod operations;
mod pending;
mod process;
mod resources;
mod storage_faults;
mod telemetry;
mod trimming;
