//! Evaluation of the requirements graph. Invariant: every decision is evaluated at most once, without recursion.

use crate::code::{Code, DecisionCode, Element, Frame, InputCode, LogicKind, Program, Requirement};
use crate::eval::{LEVELS_PER_BOX, coerced};
use crate::outcome::{DecisionWarning, EvaluatedDecision, EvaluatedInput, Failure};
use crate::table::Record;
use feel::{Context, Run, Stop, Value, Warning};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Warnings that mean more than a `null` in the data.
const FAILURES: [&str; 5] = [
    "dmn.hit-policy.unique",
    "dmn.hit-policy.any",
    "dmn.expression",
    "dmn.cycle",
    "dmn.hit-policy.aggregation",
];

/// An evaluation of decisions in progress.
pub(crate) struct Evaluation<'p, 'r, 'e> {
    pub program: &'p Program,
    pub run: &'r mut Run<'e>,
    /// The given values; absent in a decision service, which sees only its arguments.
    inputs: Option<Arc<Context>>,
    values: FxHashMap<u32, Option<Value>>,
    /// What is kept for the caller, unless this is inside of a function call.
    pub notes: Option<Notes>,
}

/// What an evaluation keeps for its caller.
#[derive(Default)]
pub(crate) struct Notes {
    pub evaluated: Vec<EvaluatedDecision>,
    pub warnings: Vec<DecisionWarning>,
    pub failure: Option<Failure>,
}

impl Notes {
    pub fn add(&mut self, decision_id: &Arc<str>, warnings: Vec<Warning>) {
        for warning in warnings {
            if self.failure.is_none() && FAILURES.contains(&warning.code) {
                let message = warning.message.clone();
                let decision_id = Arc::clone(decision_id);
                self.failure = Some(Failure { code: warning.code, decision_id, message });
            }
            self.warnings.push(DecisionWarning { decision_id: Arc::clone(decision_id), warning });
        }
    }
}

/// Puts the values of required elements into their registers.
pub(crate) fn fill(
    frame: &mut Frame,
    requirements: &[Requirement],
    mut value: impl FnMut(&Requirement) -> Option<Value>,
) {
    for requirement in requirements {
        let Some(value) = value(requirement) else { continue };
        let value = match requirement.path.is_empty() {
            true => value,
            false => with_path(frame.get(requirement.register), &requirement.path, value),
        };
        frame.set(requirement.register, value);
    }
}

/// The context with a value at the end of a path of names.
fn with_path(context: Option<&Value>, path: &[Arc<str>], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut context = context.and_then(Value::as_context).cloned().unwrap_or_default();
    let inner = with_path(context.get(first), rest, value);
    context.insert(Arc::clone(first), inner);
    Value::context(context)
}

impl<'p, 'r, 'e> Evaluation<'p, 'r, 'e> {
    pub fn new(program: &'p Program, inputs: Option<Arc<Context>>, run: &'r mut Run<'e>) -> Self {
        Evaluation { program, run, inputs, values: FxHashMap::default(), notes: None }
    }

    /// Gives the value of an element, so that it is not evaluated.
    pub fn give(&mut self, target: u32, value: Option<Value>) {
        self.values.insert(target, value);
    }

    /// The value of a decision, after those that it requires.
    pub fn decide(&mut self, target: u32) -> Result<Value, Stop> {
        let mut stack = vec![target];
        while let Some(at) = stack.last().copied() {
            if self.values.contains_key(&at) {
                stack.pop();
                continue;
            }
            let program = self.program;
            match &program.elements[at as usize] {
                Element::Decision(decision) => {
                    let before = stack.len();
                    let needed = decision.requirements.iter().map(|requirement| requirement.target);
                    stack.extend(needed.filter(|target| !self.values.contains_key(target)));
                    if stack.len() == before {
                        let value = self.decision(decision)?;
                        self.values.insert(at, Some(value));
                    } else {
                        stack[before..].reverse();
                    }
                }
                Element::Input(input) => {
                    let value = self.input(input)?;
                    self.values.insert(at, value);
                }
                Element::Knowledge(_) | Element::Service(_) => {
                    self.values.insert(at, program.functions[at as usize].clone());
                }
            }
        }
        Ok(self.values.get(&target).cloned().flatten().unwrap_or_default())
    }

    fn input(&mut self, input: &InputCode) -> Result<Option<Value>, Stop> {
        let Some(value) = self.inputs.as_ref().and_then(|inputs| given(inputs, input)) else {
            return Ok(None);
        };
        let value = coerced(&input.kind, value, &format!("inputData '{}'", input.name), self.run)?;
        if let Some(notes) = &mut self.notes {
            notes.add(&input.id, self.run.take_warnings());
        }
        Ok(Some(value))
    }

    fn decision(&mut self, decision: &DecisionCode) -> Result<Value, Stop> {
        let mut frame = Frame::new(decision.registers, self.inputs.clone());
        let values = &self.values;
        fill(&mut frame, &decision.requirements, |requirement| {
            values.get(&requirement.target).cloned().flatten()
        });
        let mut record = Record::default();
        let recorded = self.notes.is_some();
        let levels = decision.height.saturating_mul(LEVELS_PER_BOX);
        let value = self.run.nested_by(levels, |run| match &decision.body.code {
            Code::Table(table) if recorded => {
                let value = table.eval(&mut frame, run, Some(&mut record))?;
                coerced(&decision.body.kind, value, &decision.body.label, run)
            }
            _ => decision.body.eval(&mut frame, run),
        })?;
        let value = coerced(&decision.kind, value, &decision.body.label, self.run)?;
        if self.notes.is_some() {
            self.note(decision, record, &value);
        }
        Ok(value)
    }

    fn note(&mut self, decision: &DecisionCode, record: Record, value: &Value) {
        let inputs = match decision.logic {
            LogicKind::DecisionTable => record.inputs,
            _ => self.required_values(decision),
        };
        let warnings = self.run.take_warnings();
        if let Some(notes) = &mut self.notes {
            notes.add(&decision.id, warnings);
            notes.evaluated.push(EvaluatedDecision {
                id: Arc::clone(&decision.id),
                name: Arc::clone(&decision.name),
                kind: decision.logic,
                inputs,
                matched: record.matched,
                output: value.clone(),
            });
        }
    }

    fn required_values(&self, decision: &DecisionCode) -> Vec<EvaluatedInput> {
        let required = decision.requirements.iter().filter_map(|requirement| {
            let element = &self.program.elements[requirement.target as usize];
            let name = match element {
                Element::Input(input) => &input.name,
                Element::Decision(decision) => &decision.name,
                Element::Knowledge(_) | Element::Service(_) => return None,
            };
            let value = self.values.get(&requirement.target).cloned().flatten().unwrap_or_default();
            Some(EvaluatedInput { id: Arc::clone(element.id()), name: Arc::clone(name), value })
        });
        required.collect()
    }
}

/// The given value of an input: of an imported one by its qualified name, by its path of imports, or by its name.
pub(crate) fn given(inputs: &Context, input: &InputCode) -> Option<Value> {
    if input.path.is_empty() {
        return inputs.get(&input.name).or_else(|| inputs.get(&input.qualified)).cloned();
    }
    let by_path = || {
        let mut names = input.path.iter();
        let first = inputs.get(names.next()?)?;
        let model = names.try_fold(first, |value, name| value.get(name))?;
        model.get(&input.name)
    };
    inputs.get(&input.qualified).or_else(by_path).or_else(|| inputs.get(&input.name)).cloned()
}
