//! DMN 1.1 to 1.5: decision tables and decision requirements graphs on FEEL.
//!
//! [`Model::read`] reads a file, [`Model::compile`] links it with the models it imports and resolves every name, and
//! [`Compiled::evaluate`] evaluates a decision with all it requires.
//!
//! **Invariant:** the crate is pure: no clock, randomness, file or thread. Hostile input cannot panic, overflow the
//! stack or run without bound: [`limits`] holds every bound, and evaluation takes FEEL's fuel.

mod code;
mod compile;
mod compiled;
mod diagnostic;
mod eval;
mod evaluate;
pub mod limits;
pub mod model;
mod outcome;
mod read;
mod service;
mod table;
pub mod tck;
mod types;
mod xml;

pub use code::LogicKind;
pub use compiled::{Compiled, DecisionInfo};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use model::Model;
pub use outcome::{
    DecisionOutcome, DecisionWarning, EvaluatedDecision, EvaluatedInput, EvaluatedOutput, Failure,
    MatchedRule,
};
