//! Decision tables. Invariant: the index only leaves out rules that cannot match; what remains is tested cell by cell.

pub(crate) mod cell;
mod index;
pub(crate) mod overlap;
mod policy;

pub(crate) use index::Index;

use crate::code::{FeelCode, Frame, Kind, Node};
use crate::eval::{coerced, warn};
use crate::model::{Aggregation, HitPolicy};
use crate::outcome::{EvaluatedInput, EvaluatedOutput, MatchedRule};
use crate::types::short;
use cell::Simple;
use feel::{Context, Expression, Run, Stop, Value};
use std::sync::Arc;

/// A compiled decision table.
#[derive(Debug)]
pub(crate) struct Table {
    pub label: Arc<str>,
    pub policy: HitPolicy,
    pub inputs: Vec<InputColumn>,
    pub outputs: Vec<OutputColumn>,
    pub rules: Vec<RuleCode>,
    /// For every rule and input, the test in the input's list of tests.
    pub cells: Vec<u32>,
    pub index: Index,
    /// `sum(list)`, `min(list)` or `max(list)`.
    pub aggregate: Option<Expression>,
}

/// An input.
#[derive(Debug)]
pub(crate) struct InputColumn {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub expression: Node,
    /// The values it may have.
    pub allowed: Option<FeelCode>,
    /// The different tests in the cells of the column.
    pub tests: Vec<CellTest>,
}

/// The unary tests of a cell.
#[derive(Debug)]
pub(crate) enum CellTest {
    /// `-`.
    Any,
    /// Tests, with their simple form when they have one.
    Tests { code: Box<FeelCode>, simple: Option<Simple> },
}

/// An output.
#[derive(Debug)]
pub(crate) struct OutputColumn {
    pub id: Arc<str>,
    /// The name of the component.
    pub name: Arc<str>,
    pub kind: Kind,
    /// The values it may have, highest priority first.
    pub values: Vec<Value>,
    pub default: Option<Node>,
}

/// A rule without its tests.
#[derive(Debug)]
pub(crate) struct RuleCode {
    pub id: Arc<str>,
    pub outputs: Vec<Node>,
}

/// What an evaluation keeps for its caller.
#[derive(Default)]
pub(crate) struct Record {
    pub inputs: Vec<EvaluatedInput>,
    pub matched: Vec<MatchedRule>,
}

impl Table {
    /// The result of the table.
    pub fn eval(
        &self,
        frame: &mut Frame,
        run: &mut Run<'_>,
        mut record: Option<&mut Record>,
    ) -> Result<Value, Stop> {
        let mut values = Vec::with_capacity(self.inputs.len());
        for column in &self.inputs {
            let value = column.expression.eval(frame, run)?;
            if let Some(record) = &mut record {
                let (id, name) = (Arc::clone(&column.id), Arc::clone(&column.name));
                record.inputs.push(EvaluatedInput { id, name, value: value.clone() });
            }
            if let Some(allowed) = &column.allowed
                && !allowed.test(&value, frame, run)?
            {
                let (what, allowed) = (short(&value), allowed.expression.source());
                let message = format!(
                    "the input '{}' is {what}, which is not one of its values {allowed}",
                    column.name
                );
                warn(run, &self.label, "dmn.table.input-value", message);
            }
            values.push(value);
        }
        let matching = self.matching(&values, frame, run)?;
        let mut results = Vec::with_capacity(matching.len());
        for rule in &matching {
            let outputs = self.outputs_of(*rule as usize, frame, run)?;
            if let Some(record) = &mut record {
                record.matched.push(self.matched(*rule as usize, &outputs));
            }
            results.push(outputs);
        }
        if results.is_empty() {
            return self.default(frame, run);
        }
        self.hit(&matching, results, run)
    }

    fn outputs_of(&self, rule: usize, frame: &mut Frame, run: &mut Run<'_>) -> Result<Vec<Value>, Stop> {
        let mut values = Vec::with_capacity(self.outputs.len());
        for (output, node) in self.outputs.iter().zip(&self.rules[rule].outputs) {
            let value = node.eval(frame, run)?;
            values.push(coerced(&output.kind, value, &self.label, run)?);
        }
        Ok(values)
    }

    fn matched(&self, rule: usize, outputs: &[Value]) -> MatchedRule {
        let outputs = self.outputs.iter().zip(outputs).map(|(output, value)| EvaluatedOutput {
            id: Arc::clone(&output.id),
            name: Arc::clone(&output.name),
            value: value.clone(),
        });
        MatchedRule { id: Arc::clone(&self.rules[rule].id), index: rule + 1, outputs: outputs.collect() }
    }

    /// The result when no rule matches.
    fn default(&self, frame: &mut Frame, run: &mut Run<'_>) -> Result<Value, Stop> {
        if self.outputs.iter().all(|output| output.default.is_none()) {
            warn(run, &self.label, "dmn.table.no-match", "no rule of the decision table matches".to_owned());
            return Ok(Value::Null);
        }
        let mut values = Vec::with_capacity(self.outputs.len());
        for output in &self.outputs {
            let value = match &output.default {
                Some(node) => node.eval(frame, run)?,
                None => Value::Null,
            };
            values.push(coerced(&output.kind, value, &self.label, run)?);
        }
        let result = self.result(values);
        Ok(match self.policy {
            HitPolicy::RuleOrder | HitPolicy::OutputOrder | HitPolicy::Collect(Aggregation::List) => {
                if matches!(result, Value::List(_)) { result } else { Value::list(vec![result]) }
            }
            _ => result,
        })
    }

    /// One rule's outputs as a result: the value of a single output, else a context.
    fn result(&self, mut values: Vec<Value>) -> Value {
        if values.len() == 1 {
            return values.swap_remove(0);
        }
        let entries = self.outputs.iter().map(|output| Arc::clone(&output.name)).zip(values);
        Value::context(entries.collect::<Context>())
    }

    /// The rules that match, in order; with `FIRST` only the first.
    fn matching(&self, values: &[Value], frame: &Frame, run: &mut Run<'_>) -> Result<Vec<u32>, Stop> {
        let first_only = self.policy == HitPolicy::First;
        let candidates = self.index.candidates(values);
        let mut matching = Vec::new();
        run.charge(1 + candidates.cost)?;
        for rule in candidates.rules {
            if self.matches(rule as usize, values, &candidates.proven, frame, run)? {
                matching.push(rule);
                if first_only {
                    break;
                }
            }
        }
        Ok(matching)
    }

    fn matches(
        &self,
        rule: usize,
        values: &[Value],
        proven: &[bool],
        frame: &Frame,
        run: &mut Run<'_>,
    ) -> Result<bool, Stop> {
        let cells = &self.cells[rule * self.inputs.len()..(rule + 1) * self.inputs.len()];
        for (at, column) in self.inputs.iter().enumerate() {
            if proven.get(at) == Some(&true) {
                continue;
            }
            let value = &values[at];
            let passes = match &column.tests[cells[at] as usize] {
                CellTest::Any => true,
                CellTest::Tests { code, simple } => {
                    run.charge(1)?;
                    match simple {
                        Some(simple) if cell::is_scalar(value) => simple.holds(value),
                        _ => code.test(value, frame, run)?,
                    }
                }
            };
            if !passes {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
