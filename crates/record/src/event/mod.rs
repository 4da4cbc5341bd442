//! Events: what happened, in the past tense. They are results, so replaying them evaluates no expression and
//! reads no clock. Elements are named by their ordinal in document order (the process itself is 0).

mod changes;
mod definitions;
mod parts;

pub use changes::Event;

/// Steps collect events by value, and the block for those of one step is one that allocators keep at hand: what is large and
/// rare is boxed.
const _: () = assert!(size_of::<Event>() <= 144);

pub use parts::{
    Cause, Chain, DecisionEvaluation, DeployedFile, EvaluatedDecision, EvaluatedInput, IncidentType, JobKind,
    MatchedRule, Pending, TaskAction,
};
