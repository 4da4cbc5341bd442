//! Deterministic simulation: the real engine, journal and node on one seed, with a disk that loses what is not synced.
//!
//! [`run`] plays clients and workers that repeat and lose requests and answers, a clock that jumps, and crashes at any
//! write. A ledger keeps what was acknowledged; an audit reads the log as a stranger would. A seed that fails once
//! fails always.
//!
//! **Invariant**: nothing here reads a clock, the environment or hash order; everything follows from the seed.

mod audit;
mod clients;
mod ledger;
mod models;
mod plan;
mod random;
mod simulation;
mod world;

pub use plan::{Plan, Planted};
pub use simulation::{Failure, Stats, run};
