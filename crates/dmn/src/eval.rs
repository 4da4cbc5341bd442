//! Evaluation of boxed expressions. Invariant: every `null` that is not in the data leaves a warning in the run.

use crate::code::{Code, Entry, FeelCode, Frame, FunctionCode, InvocationCode, Kind, Node};
use crate::model::IterationKind;
use crate::types::short;
use feel::{Context, LimitError, NativeFunction, Range, Run, Stop, Value};
use std::sync::Arc;

type Eval = Result<Value, Stop>;

/// A box takes about as much of the call stack as so many levels of a FEEL expression.
pub(crate) const LEVELS_PER_BOX: u32 = 3;
/// Slots up to this number need no allocation.
const INLINE_SLOTS: usize = 6;

/// Records why something is `null`, about an element.
#[cold]
pub(crate) fn warn(run: &mut Run<'_>, label: &str, code: &'static str, message: String) {
    run.warn(label, 0, label.len() as u32, code, message);
}

/// The value as one of the kind, or `null` with a warning.
pub(crate) fn coerced(kind: &Kind, value: Value, label: &str, run: &mut Run<'_>) -> Eval {
    let Some(kind) = kind else { return Ok(value) };
    match kind.coerce(value, run)? {
        Ok(value) => Ok(value),
        Err(reason) => {
            warn(run, label, "dmn.type", reason);
            Ok(Value::Null)
        }
    }
}

impl Node {
    /// The value of the expression, of its type.
    pub fn eval(&self, frame: &mut Frame, run: &mut Run<'_>) -> Eval {
        let value = self.raw(frame, run)?;
        coerced(&self.kind, value, &self.label, run)
    }

    fn raw(&self, frame: &mut Frame, run: &mut Run<'_>) -> Eval {
        run.charge(1)?;
        match &self.code {
            Code::Constant(value) => Ok(value.clone()),
            Code::Feel(code) => code.eval(frame, run),
            Code::Table(table) => table.eval(frame, run, None),
            Code::Context { entries, result } => context(entries, result.as_deref(), frame, run),
            Code::Invocation(call) => self.invocation(call, frame, run),
            Code::List(items) => {
                let values: Result<Vec<Value>, Stop> =
                    items.iter().map(|item| item.eval(frame, run)).collect();
                run.list(values?)
            }
            Code::Relation { columns, rows } => self.relation(columns, rows, frame, run),
            Code::Function(code) => Ok(closure(code, frame.clone())),
            Code::Conditional(parts) => self.conditional(parts, frame, run),
            Code::Filter { parts, item } => self.filter(parts, *item, frame, run),
            Code::Iterate { kind, parts, item, partial } => match kind {
                IterationKind::For => self.for_each(parts, *item, *partial, frame, run),
                _ => self.quantified(*kind, parts, *item, frame, run),
            },
            Code::Fail { code, message } => {
                warn(run, &self.label, code, message.clone());
                Ok(Value::Null)
            }
        }
    }

    fn relation(
        &self,
        columns: &[(Arc<str>, Kind)],
        rows: &[Vec<Node>],
        frame: &mut Frame,
        run: &mut Run<'_>,
    ) -> Eval {
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let mut context = Context::with_capacity(columns.len());
            for ((name, kind), cell) in columns.iter().zip(row) {
                let value = cell.eval(frame, run)?;
                context.insert(Arc::clone(name), coerced(kind, value, &cell.label, run)?);
            }
            values.push(Value::context(context));
        }
        run.list(values)
    }

    fn conditional(&self, parts: &[Node; 3], frame: &mut Frame, run: &mut Run<'_>) -> Eval {
        let [condition, then, otherwise] = parts;
        match condition.eval(frame, run)? {
            Value::Bool(true) => then.eval(frame, run),
            Value::Bool(false) | Value::Null => otherwise.eval(frame, run),
            other => self.no_boolean(&other, run),
        }
    }

    fn filter(&self, parts: &[Node; 2], item: u32, frame: &mut Frame, run: &mut Run<'_>) -> Eval {
        let domain = parts[0].eval(frame, run)?;
        if domain.is_null() {
            return Ok(Value::Null);
        }
        let mut kept = Vec::new();
        for value in items(&domain) {
            run.charge(1)?;
            frame.set(item, value.clone());
            match parts[1].eval(frame, run)? {
                Value::Bool(true) => kept.push(value.clone()),
                Value::Bool(false) | Value::Null => {}
                other => return self.no_boolean(&other, run),
            }
        }
        run.list(kept)
    }

    /// The items to iterate over; `None`, with a warning, when it is no list.
    fn domain(&self, node: &Node, frame: &mut Frame, run: &mut Run<'_>) -> Result<Option<Vec<Value>>, Stop> {
        Ok(match node.eval(frame, run)? {
            Value::List(list) => Some(list.to_vec()),
            Value::Range(range) => integers(&range, run)?,
            Value::Null => {
                warn(run, &self.label, "dmn.iterator", "the list to iterate over is null".to_owned());
                None
            }
            other => Some(vec![other]),
        })
    }

    fn for_each(
        &self,
        parts: &[Node; 2],
        item: u32,
        partial: u32,
        frame: &mut Frame,
        run: &mut Run<'_>,
    ) -> Eval {
        let Some(domain) = self.domain(&parts[0], frame, run)? else { return Ok(Value::Null) };
        let mut results = Vec::with_capacity(domain.len());
        for value in domain {
            run.charge(1)?;
            frame.set(item, value);
            if partial != u32::MAX {
                run.charge(results.len() as u64)?;
                frame.set(partial, Value::list(results.clone()));
            }
            results.push(parts[1].eval(frame, run)?);
        }
        run.list(results)
    }

    fn quantified(
        &self,
        kind: IterationKind,
        parts: &[Node; 2],
        item: u32,
        frame: &mut Frame,
        run: &mut Run<'_>,
    ) -> Eval {
        let Some(domain) = self.domain(&parts[0], frame, run)? else { return Ok(Value::Null) };
        let decisive = kind == IterationKind::Some;
        let mut unknown = false;
        for value in domain {
            run.charge(1)?;
            frame.set(item, value);
            match parts[1].eval(frame, run)? {
                Value::Bool(value) if value == decisive => return Ok(Value::Bool(decisive)),
                Value::Bool(_) => {}
                Value::Null => unknown = true,
                other => return self.no_boolean(&other, run),
            }
        }
        if unknown { self.no_boolean(&Value::Null, run) } else { Ok(Value::Bool(!decisive)) }
    }

    /// `null`, because a condition is not a boolean.
    fn no_boolean(&self, found: &Value, run: &mut Run<'_>) -> Eval {
        let message = format!("the condition must be a boolean, found {}", short(found));
        warn(run, &self.label, "dmn.condition", message);
        Ok(Value::Null)
    }

    fn invocation(&self, call: &InvocationCode, frame: &mut Frame, run: &mut Run<'_>) -> Eval {
        let callee = call.function.eval(frame, run)?;
        let Value::Function(function) = &callee else {
            let message = format!("'{}' is not a function but {}", call.name, short(&callee));
            warn(run, &self.label, "dmn.invocation", message);
            return Ok(Value::Null);
        };
        let mut names = Vec::with_capacity(call.arguments.len());
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let value = argument.value.eval(frame, run)?;
            names.push(Arc::clone(&argument.name));
            values.push(coerced(&argument.kind, value, &self.label, run)?);
        }
        function.call_named(run, &names, values)
    }
}

/// The items of a list; another value alone.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(list) => list,
        other => std::slice::from_ref(other),
    }
}

/// The integers of a range, from its start to its end.
fn integers(range: &Range, run: &mut Run<'_>) -> Result<Option<Vec<Value>>, Stop> {
    let end = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64);
    let (Some(start), Some(end)) = (end(&range.start), end(&range.end)) else {
        return Ok(None);
    };
    let count = start.abs_diff(end).saturating_add(1);
    run.charge(count)?;
    if count > feel::limits::MAX_LIST_ITEMS as u64 {
        let limit = feel::limits::MAX_LIST_ITEMS as u64;
        return run.stop(LimitError::Size { what: "list", limit });
    }
    let mut numbers: Vec<i64> =
        if start <= end { (start..=end).collect() } else { (end..=start).rev().collect() };
    if !range.end_included {
        numbers.pop();
    }
    if !range.start_included && !numbers.is_empty() {
        numbers.remove(0);
    }
    Ok(Some(numbers.into_iter().map(Value::from).collect()))
}

fn context(entries: &[Entry], result: Option<&Node>, frame: &mut Frame, run: &mut Run<'_>) -> Eval {
    let mut context = Context::with_capacity(entries.len());
    for entry in entries {
        let value = entry.value.eval(frame, run)?;
        let value = coerced(&entry.kind, value, &entry.value.label, run)?;
        frame.set(entry.register, value.clone());
        if result.is_none() {
            context.insert(Arc::clone(&entry.name), value);
        }
    }
    match result {
        Some(result) => result.eval(frame, run),
        None => run.sized(Value::context(context)),
    }
}

impl FeelCode {
    /// The value of the expression.
    pub fn eval(&self, frame: &Frame, run: &mut Run<'_>) -> Eval {
        if self.slots.len() <= INLINE_SLOTS {
            let mut values = [const { None }; INLINE_SLOTS];
            for (value, source) in values.iter_mut().zip(&self.slots) {
                *value = frame.value(source);
            }
            return self.expression.evaluate_in(&values[..self.slots.len()], run);
        }
        let values: Vec<Option<Value>> = self.slots.iter().map(|source| frame.value(source)).collect();
        self.expression.evaluate_in(&values, run)
    }

    /// Whether the input passes these unary tests; the input is the first slot.
    pub fn test(&self, input: &Value, frame: &Frame, run: &mut Run<'_>) -> Result<bool, Stop> {
        let mut values = Vec::with_capacity(self.slots.len());
        values.push(Some(input.clone()));
        values.extend(self.slots.iter().skip(1).map(|source| frame.value(source)));
        Ok(self.expression.evaluate_in(&values, run)? == Value::Bool(true))
    }
}

/// A function with what it captured.
struct Closure {
    code: Arc<FunctionCode>,
    captured: Frame,
}

struct ClosureFunction(Arc<Closure>);

/// The function as a value.
pub(crate) fn closure(code: &Arc<FunctionCode>, captured: Frame) -> Value {
    let closure = Arc::new(Closure { code: Arc::clone(code), captured });
    code.value(Arc::new(ClosureFunction(closure)))
}

impl NativeFunction for ClosureFunction {
    fn call(&self, arguments: &[Value], run: &mut Run<'_>) -> Eval {
        let code = &self.0.code;
        let mut frame = self.0.captured.clone();
        for (parameter, value) in code.parameters.iter().zip(arguments) {
            let Some(kind) = &parameter.kind else {
                frame.set(parameter.register, value.clone());
                continue;
            };
            match kind.coerce(value.clone(), run)? {
                Ok(value) => frame.set(parameter.register, value),
                Err(reason) => {
                    let message = format!("the parameter '{}': {reason}", parameter.name);
                    warn(run, &code.name, "dmn.type", message);
                    return Ok(Value::Null);
                }
            }
        }
        if let Some(this) = code.this {
            frame.set(this, code.value(Arc::new(ClosureFunction(Arc::clone(&self.0)))));
        }
        let levels = code.height.saturating_mul(LEVELS_PER_BOX);
        let value = run.nested_by(levels, |run| code.body.eval(&mut frame, run))?;
        coerced(&code.result, value, &code.name, run)
    }
}
