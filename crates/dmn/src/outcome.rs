//! What an evaluation gives.

use crate::code::LogicKind;
use feel::{Value, Warning};
use std::fmt;
use std::sync::Arc;

/// The result of evaluating a decision or a decision service.
#[derive(Debug, Clone, Default)]
pub struct DecisionOutcome {
    /// The value; `null` when there is a failure.
    pub value: Value,
    /// Why something became `null`, in the order it happened.
    pub warnings: Vec<DecisionWarning>,
    /// The evaluated decisions, each after those that it requires.
    pub evaluated: Vec<EvaluatedDecision>,
    /// What went wrong, when it is more than a `null` in the data.
    pub failure: Option<Failure>,
}

/// Why something became `null` in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionWarning {
    /// The id of the decision.
    pub decision_id: Arc<str>,
    /// The reason and its place in the expression.
    pub warning: Warning,
}

/// A failed evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable code, such as `dmn.hit-policy.unique` or `feel.fuel`.
    pub code: &'static str,
    /// The id of the decision in which it happened; empty when there is none.
    pub decision_id: Arc<str>,
    /// What happened.
    pub message: String,
}

/// A decision that was evaluated.
#[derive(Debug, Clone)]
pub struct EvaluatedDecision {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The kind of its logic.
    pub kind: LogicKind,
    /// Of a decision table, the values of its inputs; else of what the decision requires.
    pub inputs: Vec<EvaluatedInput>,
    /// Of a decision table, the rules that matched, in the order of the table.
    pub matched: Vec<MatchedRule>,
    /// The result.
    pub output: Value,
}

/// The value of an input.
#[derive(Debug, Clone)]
pub struct EvaluatedInput {
    /// The id of the input clause or of the required element.
    pub id: Arc<str>,
    /// The label or the expression of the input clause, or the name of the required element.
    pub name: Arc<str>,
    /// The value.
    pub value: Value,
}

/// A rule that matched.
#[derive(Debug, Clone)]
pub struct MatchedRule {
    /// The id of the rule; empty when it has none.
    pub id: Arc<str>,
    /// Its position in the table, from 1.
    pub index: usize,
    /// Its outputs.
    pub outputs: Vec<EvaluatedOutput>,
}

/// An output of a rule that matched.
#[derive(Debug, Clone)]
pub struct EvaluatedOutput {
    /// The id of the output clause.
    pub id: Arc<str>,
    /// The name of the output, or its label.
    pub name: Arc<str>,
    /// The value.
    pub value: Value,
}

impl fmt::Display for DecisionWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.decision_id, self.warning)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decision_id.is_empty() {
            return write!(f, "{} [{}]", self.message, self.code);
        }
        write!(f, "decision '{}': {} [{}]", self.decision_id, self.message, self.code)
    }
}

impl std::error::Error for Failure {}
