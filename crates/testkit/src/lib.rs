//! Runs models on the real engine in memory, with a virtual clock: scripts of commands whose events are rendered as a
//! trace, all partitions in one place, and the properties that hold after every command.
//!
//! **Invariant:** nothing here decides how a process runs; it delivers commands and compares what came of them.

pub mod betsy;
mod draw;
mod model;
mod render;
mod script;
mod subject;
mod world;

pub use draw::draw;
pub use model::{file, model, service};
pub use script::{trace, trace_of, variables};
pub use subject::{EngineSubject, Migration};
pub use world::World;
