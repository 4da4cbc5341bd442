//! Explores every run of a model up to a bound, by breadth-first search over the engine's own steps: jobs and tasks are
//! completed or throw errors, timers are due, messages and signals come, and variables that no one has set take each
//! value that makes a difference. What goes wrong is reported as the shortest script of choices that leads there.
//!
//! **Invariant:** it decides nothing about how a process runs; every state is one that the engine reached, and every
//! script replays to the same state. No I/O, no clock, no randomness.

mod choice;
mod choose;
mod model;
mod search;
mod state;
mod trace;
mod values;
mod world;
mod zone;

pub use model::Model;
pub use search::{Defect, Finding, Options, Quirk, Report, explore};
pub use trace::replay;

/// Engine time at which every run begins: 2026-01-01.
pub(crate) const NOW: i64 = 1_767_225_600_000;

/// What expressions are evaluated with while values are looked for.
pub(crate) fn environment() -> feel::Env {
    feel::Env { now: NOW, seed: 1, ..feel::Env::default() }
}
