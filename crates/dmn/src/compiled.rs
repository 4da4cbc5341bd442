//! Compiled models, ready to evaluate. Invariant: a model is immutable and can be shared between threads.

use crate::code::{Element, LogicKind, Program};
use crate::diagnostic::Diagnostic;
use crate::eval::coerced;
use crate::evaluate::{Evaluation, Notes};
use crate::outcome::{DecisionOutcome, Failure};
use crate::service::parameter;
use feel::{Context, Env, Fuel, Run, Stop, Value};
use std::fmt;
use std::sync::Arc;

/// A model that can be evaluated.
#[derive(Clone)]
pub struct Compiled {
    pub(crate) program: Arc<Program>,
    /// Those of the model itself come first, so many.
    pub(crate) own: usize,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A decision of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionInfo {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The kind of its logic.
    pub kind: LogicKind,
}

/// A model can be shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Compiled>();
};

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled")
            .field("namespaces", &self.program.namespaces)
            .field("elements", &self.program.elements.len())
            .finish_non_exhaustive()
    }
}

impl Compiled {
    /// Everything that is wrong or suspicious, and where.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What is wrong or suspicious in the model itself, without what is in the models it imports.
    pub fn own_diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics[..self.own]
    }

    /// The model, if nothing in it is wrong.
    ///
    /// # Errors
    /// All diagnostics, when one of them is an error.
    pub fn checked(self) -> Result<Compiled, Vec<Diagnostic>> {
        if self.diagnostics.iter().any(Diagnostic::is_error) { Err(self.diagnostics) } else { Ok(self) }
    }

    /// The decisions of the model, without those of imported models.
    pub fn decisions(&self) -> impl Iterator<Item = DecisionInfo> {
        self.own().filter_map(|(_, element)| match element {
            Element::Decision(decision) => Some(DecisionInfo {
                id: Arc::clone(&decision.id),
                name: Arc::clone(&decision.name),
                kind: decision.logic,
            }),
            _ => None,
        })
    }

    /// The names of the inputs that a decision needs, also through others, in the order of the model.
    pub fn inputs_of(&self, decision: &str) -> Vec<Arc<str>> {
        let mut open: Vec<u32> = self.find_decision(decision).into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(at) = open.pop() {
            if seen.insert(at)
                && let Element::Decision(decision) = &self.program.elements[at as usize]
            {
                open.extend(decision.requirements.iter().map(|requirement| requirement.target));
            }
        }
        let names = seen.into_iter().filter_map(|at| match &self.program.elements[at as usize] {
            Element::Input(input) => Some(Arc::clone(&input.name)),
            _ => None,
        });
        names.collect()
    }

    fn own(&self) -> impl Iterator<Item = (u32, &Element)> {
        let elements = self.program.elements.iter().zip(&self.program.models).enumerate();
        elements.filter(|(_, (_, model))| **model == 0).map(|(at, (element, _))| (at as u32, element))
    }

    fn find_decision(&self, decision: &str) -> Option<u32> {
        let by = |matches: &dyn Fn(&crate::code::DecisionCode) -> bool| {
            let mut own = self.own();
            own.find(|(_, element)| matches!(element, Element::Decision(one) if matches(one)))
                .map(|(at, _)| at)
        };
        by(&|one| *one.id == *decision)
            .or_else(|| by(&|one| *one.name == *decision || *one.variable == *decision))
    }

    /// Evaluates the decision of that id or name. Inputs are given by the names of their variables; those of an
    /// imported model also as `namespace#name`, or in a context under the name of the import.
    pub fn evaluate(
        &self,
        decision: &str,
        inputs: impl Into<Arc<Context>>,
        env: &Env,
        fuel: &mut Fuel,
    ) -> DecisionOutcome {
        let Some(target) = self.find_decision(decision) else {
            let names = self.decisions().map(|one| one.id).collect::<Vec<_>>();
            return unknown("decision", decision, names.iter().map(|name| &**name));
        };
        self.run(inputs.into(), env, fuel, |evaluation| evaluation.decide(target))
    }

    /// Evaluates the decision service of that id or name. Its parameters are given by the names of their variables.
    pub fn evaluate_service(
        &self,
        service: &str,
        inputs: impl Into<Arc<Context>>,
        env: &Env,
        fuel: &mut Fuel,
    ) -> DecisionOutcome {
        let services = || {
            self.own().filter_map(|(_, element)| match element {
                Element::Service(service) => Some(service),
                _ => None,
            })
        };
        let found = services().find(|one| *one.id == *service);
        let Some(found) = found.or_else(|| services().find(|one| *one.name == *service)) else {
            return unknown("decision service", service, services().map(|one| &*one.id));
        };
        let inputs = inputs.into();
        let arguments = Arc::clone(&inputs);
        self.run(inputs, env, fuel, |evaluation| {
            for target in &found.parameters {
                let parameter = parameter(&evaluation.program.elements[*target as usize]);
                let label = format!("parameter '{}' of '{}'", parameter.name, found.name);
                let value = match arguments.get(&parameter.name) {
                    Some(value) => Some(coerced(&parameter.kind, value.clone(), &label, evaluation.run)?),
                    None => None,
                };
                evaluation.give(*target, value);
            }
            evaluation.service(found)
        })
    }

    fn run(
        &self,
        inputs: Arc<Context>,
        env: &Env,
        fuel: &mut Fuel,
        evaluate: impl FnOnce(&mut Evaluation<'_, '_, '_>) -> Result<Value, Stop>,
    ) -> DecisionOutcome {
        let mut run = Run::new(env, fuel);
        let mut evaluation = Evaluation::new(&self.program, Some(inputs), &mut run);
        evaluation.notes = Some(Notes::default());
        let value = evaluate(&mut evaluation);
        let mut notes = evaluation.notes.take().unwrap_or_default();
        notes.add(&"".into(), run.take_warnings());
        if let Some(error) = run.error() {
            let (code, message) = (error.code(), error.to_string());
            notes.failure = Some(Failure { code, decision_id: "".into(), message });
        }
        DecisionOutcome {
            value: value.unwrap_or_default(),
            warnings: notes.warnings,
            evaluated: notes.evaluated,
            failure: notes.failure,
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> DecisionOutcome {
    let near = crate::diagnostic::did_you_mean(name, known);
    let failure = Failure {
        code: "dmn.decision.unknown",
        decision_id: name.into(),
        message: format!("there is no {what} with this id or name{near}"),
    };
    DecisionOutcome { failure: Some(failure), ..DecisionOutcome::default() }
}
