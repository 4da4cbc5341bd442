//! Events: what happened, in the past tense. They are results, so replaying them evaluates no expression and
//! reads no clock. Elements are named by their ordinal in document order (the process itself is 0).

mod changes;
mod definitions;
mod parts;

pub use changes::Event;
pub use parts::{
    Cause, Chain, DecisionEvaluation, DeployedFile, EvaluatedDecision, EvaluatedInput, IncidentType, JobKind,
    MatchedRule, Pending, TaskAction,
};
