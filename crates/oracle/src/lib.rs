//! A second interpreter of BPMN 2.0.2's execution semantics (chapter 13), to check the engine against.
//!
//! It is written from the standard's text and shares no code with the engine, only the typed view of a model. It is slow
//! on purpose: plain structs, everything recomputed. [`World`] is the interpreter, `Subject` what the engine is adapted
//! to.
//!
//! **Invariant:** nothing here depends on the engine, on time, or on chance that is not a seed.

mod compare;
pub mod diagram;
mod expression;
mod generate;
mod quirk;
mod subject;
mod value;
mod world;

pub use compare::{Difference, compare, compare_and_shrink};
pub use generate::{Effect, FEATURES, Model, Plan, Random, draw, generate, next_stimulus};
pub use quirk::Quirk;
pub use subject::{Counts, InstanceView, Observation, Outcome, State, Stimulus, Subject, TICK_MS, whole};
pub use value::{Value, Variables};
pub use world::World;
