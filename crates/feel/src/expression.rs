//! Compiled expressions.

use crate::diagnostic::Diagnostic;
use crate::eval::{State, quick};
use crate::node::{Comparison, Kind, Node, Test};
use crate::parse::{self, Options, Slots};
use crate::run::{Env, Explained, Fuel, Outcome, Run, Stop};
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// A compiled expression. It is immutable and can be shared between threads.
pub struct Expression {
    source: Arc<str>,
    root: Node,
    slots: Slots,
    properties: Vec<Arc<str>>,
    hints: Vec<Diagnostic>,
    unary: bool,
}

/// Compiles an expression.
pub fn compile(source: &str, options: &Options<'_>) -> Result<Expression, Vec<Diagnostic>> {
    Expression::new(source, options, false)
}

/// Compiles unary tests, such as a cell of a decision table; the tested value is the slot `?`, the first one.
pub fn compile_unary_tests(source: &str, options: &Options<'_>) -> Result<Expression, Vec<Diagnostic>> {
    Expression::new(source, options, true)
}

impl Expression {
    fn new(source: &str, options: &Options<'_>, unary: bool) -> Result<Expression, Vec<Diagnostic>> {
        let compiled = parse::compile(source, options, unary, false)?;
        let parse::Compiled { source, root, slots, properties, hints } = compiled;
        Ok(Expression { source, root, slots, properties, hints, unary })
    }

    /// The free variables, in the order of the slots.
    pub fn slots(&self) -> &[Arc<str>] {
        &self.slots
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is suspicious without being an error: unknown functions, wrong arguments, bad literals.
    pub fn hints(&self) -> &[Diagnostic] {
        &self.hints
    }

    /// The value, when it depends on nothing.
    pub fn constant(&self) -> Option<&Value> {
        self.root.constant()
    }

    /// The free variables' values out of a function from names to values.
    pub fn bind(&self, mut value: impl FnMut(&str) -> Option<Value>) -> Vec<Option<Value>> {
        self.slots.iter().map(|name| value(name)).collect()
    }

    /// Evaluates with the values of the slots; `None` and missing slots are absent variables.
    #[inline]
    pub fn evaluate(&self, slots: &[Option<Value>], env: &Env, fuel: &mut Fuel) -> Outcome {
        let mut steps = 0;
        if let Some(truth) = quick::truth(&self.root, slots, &mut steps)
            && fuel.remaining >= steps
        {
            fuel.remaining -= steps;
            return Outcome { value: Value::Bool(truth), warnings: Vec::new(), error: None };
        }
        self.evaluate_in_a_run(slots, env, fuel)
    }

    #[inline(never)]
    fn evaluate_in_a_run(&self, slots: &[Option<Value>], env: &Env, fuel: &mut Fuel) -> Outcome {
        let mut run = Run::new(env, fuel);
        if matches!(self.root.kind, Kind::Compare(..) | Kind::And(_) | Kind::Or(_)) {
            // A truth value stays in registers all the way.
            let truth = self.within(slots, &mut run, |state| state.truth(&self.root));
            return run.finish_with(truth.ok().flatten().map_or(Value::Null, Value::Bool));
        }
        let value = self.evaluate_in(slots, &mut run);
        run.finish(value)
    }

    fn within<T>(
        &self,
        slots: &[Option<Value>],
        run: &mut Run<'_>,
        evaluate: impl FnOnce(&mut State<'_, '_, '_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let levels = self.root.height as u32 + 4;
        run.enter(levels)?;
        let mut state =
            State { run, slots, captured: &[], this: None, locals: Vec::new(), source: &self.source };
        let result = evaluate(&mut state);
        state.run.depth -= levels;
        result
    }

    /// Evaluates as a part of a run.
    pub fn evaluate_in(&self, slots: &[Option<Value>], run: &mut Run<'_>) -> Result<Value, Stop> {
        self.within(slots, run, |state| state.eval(&self.root))
    }

    /// Evaluates and gives the value of every sub-expression too.
    pub fn explain(&self, slots: &[Option<Value>], env: &Env, fuel: &mut Fuel) -> (Outcome, Explained) {
        // A slot that stands in for a built-in function is found again by the function's name.
        let functions: Vec<&str> = crate::builtins::names().collect();
        let names = self.slots.iter().map(|name| &**name).filter(|name| !functions.contains(name));
        let names: Vec<&str> = names.collect();
        let properties: Vec<&str> = self.properties.iter().map(|name| &**name).collect();
        let options = Options { names: &names, properties: &properties, open: true, types: None };
        let mut run = Run::new(env, fuel);
        run.extra().trace = Some(Vec::new());
        let value = match parse::compile(&self.source, &options, self.unary, true) {
            Ok(traced) => {
                let by_name = |name: &Arc<str>| {
                    let at = self.slots.iter().position(|slot| slot == name)?;
                    slots.get(at)?.clone()
                };
                let slots: Vec<Option<Value>> = traced.slots.iter().map(by_name).collect();
                State {
                    run: &mut run,
                    slots: &slots,
                    captured: &[],
                    this: None,
                    locals: Vec::new(),
                    source: &self.source,
                }
                .eval(&traced.root)
            }
            // It compiled before; only a type name that is not known here can differ.
            Err(_) => self.evaluate_in(slots, &mut run),
        };
        let mut trace = run.extra().trace.take().unwrap_or_default();
        let root = trace.pop().unwrap_or_else(|| Explained {
            expression: self.source.to_string(),
            line: 1,
            column: 1,
            value: value.clone().unwrap_or_default(),
            children: Vec::new(),
        });
        (run.finish(value), root)
    }
}

/// What unary tests amount to, for indexing a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TestShape {
    /// Every input passes.
    Any,
    /// An input passes when it equals one of these strings, numbers or booleans.
    OneOf(Vec<Value>),
    /// Something else.
    Other,
}

impl Expression {
    /// What these unary tests amount to.
    pub fn test_shape(&self) -> TestShape {
        let Kind::Tests(tests) = &self.root.kind else {
            return TestShape::Other;
        };
        if tests.negated {
            return TestShape::Other;
        }
        let mut values = Vec::new();
        for test in &tests.tests {
            match test {
                Test::Any => return TestShape::Any,
                Test::Value(node) | Test::Compare(Comparison::Equal, node) => match node.constant() {
                    Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
                        values.push(value.clone())
                    }
                    _ => return TestShape::Other,
                },
                _ => return TestShape::Other,
            }
        }
        TestShape::OneOf(values)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expression").field("source", &self.source).field("slots", &self.slots).finish()
    }
}

const _: () = {
    const fn shared_between_threads<T: Send + Sync>() {}
    shared_between_threads::<Expression>();
    shared_between_threads::<Value>();
};
