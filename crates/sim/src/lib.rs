//! Deterministic simulation: the real engine, journal and node on one seed, with a disk that loses what is not synced.
//!
//! [`run`] plays clients and workers on a network that loses, repeats and reorders requests and answers, a clock that
//! jumps, and crashes at any write; the node in the middle runs in the loop of production. A ledger keeps what was
//! acknowledged; an audit reads the log as a stranger would. A seed that fails once fails always.
//!
//! **Invariant**: nothing here reads a clock, the environment or hash order; everything follows from the seed.

mod audit;
mod clients;
mod ledger;
mod models;
mod network;
mod plan;
mod random;
mod simulation;
mod tape;
mod world;

pub use plan::{Plan, Planted};
pub use simulation::{Failure, Stats, run};
