//! Evaluation of compiled expressions. Invariant: every `null` that is not in the data is explained by a warning,
//! every step is counted, and nothing here can panic on any input.

mod arithmetic;
mod call;
mod iterate;
mod operand;
pub(crate) mod quick;
mod tests;

pub(crate) use arithmetic::negate;
pub(crate) use call::{Fail, call_function};
pub use call::{coerce, invoke};

use crate::function::Function;
use crate::node::{Comparison, Kind, Node, Place, RangeNode};
use crate::range::{Range, RangeForm};
use crate::run::{Explained, Run, Stop};
use crate::value::{Context, Value};
use std::sync::Arc;

/// Steps that making a list or a context takes.
const ALLOCATION: u64 = 3;

/// Most sub-expressions that explain mode records.
const MAX_TRACE: usize = 10_000;

/// The frame of one expression or function body.
pub(crate) struct State<'s, 'r, 'e> {
    pub run: &'r mut Run<'e>,
    pub slots: &'s [Option<Value>],
    pub captured: &'s [Value],
    pub this: Option<&'s Arc<Function>>,
    /// Variables in the order of their definition; a compiled local is an index into them.
    pub locals: Vec<Value>,
    pub source: &'s str,
}

type Eval = Result<Value, Stop>;

impl State<'_, '_, '_> {
    pub fn eval(&mut self, node: &Node) -> Eval {
        self.run.charge(1)?;
        match &node.kind {
            Kind::Const(value) => Ok(value.clone()),
            Kind::Local(at) => Ok(self.locals[*at as usize].clone()),
            Kind::Captured(at) => Ok(self.captured[*at as usize].clone()),
            Kind::Compare(operator, pair) => {
                let result = self.compare(node, *operator, pair)?;
                Ok(result.map_or(Value::Null, Value::Bool))
            }
            Kind::And(parts) => self.logical(node, parts, false),
            Kind::Or(parts) => self.logical(node, parts, true),
            Kind::If(parts) => match self.condition(&parts[0])? {
                Some(true) => self.eval(&parts[1]),
                _ => self.eval(&parts[2]),
            },
            Kind::Arithmetic(operator, pair) => self.arithmetic(node, *operator, pair),
            Kind::Path(base, name) => self.path(node, base, &name.text),
            Kind::Builtin(code, arguments) => self.call_builtin(node, code, arguments),
            _ => self.eval_other(node),
        }
    }

    /// The rarer kinds, apart from [`State::eval`] to keep its stack frame small.
    #[inline(never)]
    fn eval_other(&mut self, node: &Node) -> Eval {
        match &node.kind {
            Kind::Slot(at) => self.slot(node, *at),
            Kind::SlotOr(at, builtin) => {
                Ok(self.slots.get(*at as usize).and_then(Option::as_ref).unwrap_or(builtin).clone())
            }
            Kind::CapturedOr(at, builtin) => Ok(match &self.captured[*at as usize] {
                Value::Null => builtin.clone(),
                value => value.clone(),
            }),
            Kind::ThisFunction => Ok(self.place(Place::This).unwrap_or_default()),
            Kind::FilterName(name) => match self.peek(node) {
                Some(value) => Ok(value.clone()),
                None => match &name.outside {
                    Some(outside) => self.eval(outside),
                    None => self
                        .null(node, "feel.name", || format!("the items have no entry '{}'", name.name.text)),
                },
            },
            Kind::Filter(filter) => self.filter(node, filter),
            Kind::Negate(inner) => {
                let value = self.eval(inner)?;
                self.or_null(node, negate(&value))
            }
            Kind::Chain(first, rest) => self.chain(node, first, rest),
            Kind::Between(parts) => self.between(node, parts),
            Kind::In(value, tests) => self.in_tests(node, value, tests),
            Kind::Tests(tests) => self.unary_tests(node, tests),
            Kind::InstanceOf(pair) => {
                let (value, kind) = &**pair;
                let value = self.eval(value)?;
                self.run.charge(value.weight() as u64)?;
                Ok(Value::Bool(kind.has(&value)))
            }
            Kind::For(each) => self.for_each(node, each),
            Kind::Quantified(quantified) => self.quantified(node, quantified),
            Kind::List(items) => {
                self.run.charge(ALLOCATION + items.len() as u64)?;
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.eval(item)?);
                }
                self.run.list(values)
            }
            Kind::Context(entries) => self.context(entries),
            Kind::Range(range) => self.range(node, range),
            Kind::Function(code, captures) => self.lambda(code, captures),
            Kind::IsDefined(value) => self.is_defined(value),
            Kind::GetOrElse(pair) => {
                let value = self.quietly(&pair[0])?;
                if value.is_null() { self.eval(&pair[1]) } else { Ok(value) }
            }
            Kind::Matching(matching) => self.call_matching(node, matching),
            Kind::Call(call) => self.call(node, call),
            Kind::Fail(reason) => self.null(node, reason.0, || reason.1.clone()),
            Kind::Traced(inner) => self.traced(inner),
            _ => Ok(Value::Null),
        }
    }

    /// `null`, with the reason recorded.
    #[cold]
    pub fn null(&mut self, node: &Node, code: &'static str, reason: impl FnOnce() -> String) -> Eval {
        if self.run.wants_warning(self.source, node.start, code) {
            self.run.add_warning(self.source, node.start, node.end, code, reason());
        }
        Ok(Value::Null)
    }

    #[cold]
    fn warn(&mut self, node: &Node, code: &'static str, message: String) {
        self.run.warn(self.source, node.start, node.end, code, message);
    }

    fn or_null(&mut self, node: &Node, result: Result<Value, Fail>) -> Eval {
        match result {
            Ok(value) => Ok(value),
            Err(Fail::Stop) => Err(Stop),
            Err(Fail::Null(code, message)) => self.null(node, code, || message),
        }
    }

    fn slot(&mut self, node: &Node, at: u32) -> Eval {
        match self.slots.get(at as usize) {
            Some(Some(value)) => Ok(value.clone()),
            _ => self.null(node, "feel.variable", || "there is no variable of this name".to_owned()),
        }
    }

    fn place(&self, place: Place) -> Option<Value> {
        match place {
            Place::This => self.this.map(|function| Value::Function(Arc::clone(function))),
            _ => self.peek_place(place).cloned(),
        }
    }

    fn peek_place(&self, place: Place) -> Option<&Value> {
        match place {
            Place::Slot(at) => self.slots.get(at as usize)?.as_ref(),
            Place::Local(at) => self.locals.get(at as usize),
            Place::Captured(at) => self.captured.get(at as usize),
            Place::This => None,
        }
    }

    /// Evaluates without recording reasons for `null`.
    fn quietly(&mut self, node: &Node) -> Eval {
        let before = self.run.warnings().len();
        let value = self.eval(node)?;
        self.run.forget_warnings(before);
        Ok(value)
    }

    fn is_defined(&mut self, value: &Node) -> Eval {
        let inner = match &value.kind {
            Kind::Traced(inner) => inner,
            _ => value,
        };
        let defined = match &inner.kind {
            Kind::Slot(at) | Kind::SlotOr(at, _) => self.slots.get(*at as usize).is_some_and(Option::is_some),
            Kind::Path(base, name) => match self.quietly(base)? {
                Value::Context(context) => context.contains(&name.text),
                Value::Null => false,
                other => operand::property(&other, &name.text).is_some(),
            },
            _ => {
                let reasons = self.run.reasons();
                let value = self.quietly(value)?;
                let failed = self.run.reasons() > reasons;
                !(value.is_null() && failed)
            }
        };
        Ok(Value::Bool(defined))
    }

    fn context(&mut self, entries: &[(Arc<str>, Node)]) -> Eval {
        self.run.charge(ALLOCATION + 2 * entries.len() as u64)?;
        let base = self.locals.len();
        for (_, node) in entries {
            let value = self.eval(node)?;
            self.locals.push(value);
        }
        let values = self.locals.drain(base..);
        let entries = entries.iter().map(|(name, _)| Arc::clone(name)).zip(values).collect();
        let context = Value::context(Context::from_unique(entries));
        self.run.sized(context)
    }

    fn range(&mut self, node: &Node, range: &RangeNode) -> Eval {
        let mut end = |node: &Option<Node>| -> Result<Option<Value>, Stop> {
            Ok(match node {
                Some(node) => Some(self.eval(node)?),
                None => None,
            })
        };
        let (start, end) = (end(&range.start)?, end(&range.end)?);
        if matches!(range.form, RangeForm::Equal | RangeForm::NotEqual) {
            let range = Range { start, end, start_included: true, end_included: true, form: range.form };
            return Ok(Value::Range(Arc::new(range)));
        }
        let start = start.filter(|value| !value.is_null());
        let end = end.filter(|value| !value.is_null());
        let ordered = |value: &Value| crate::compare::order(value, value).is_some();
        let valid = match (&start, &end) {
            (Some(start), Some(end)) => crate::compare::order(start, end).is_some(),
            (Some(one), None) | (None, Some(one)) => ordered(one),
            (None, None) => false,
        };
        if !valid {
            return self
                .null(node, "feel.range", || "the ends of a range must be of one ordered kind".to_owned());
        }
        Ok(Value::Range(Arc::new(Range {
            start_included: range.start_included && start.is_some(),
            end_included: range.end_included && end.is_some(),
            start,
            end,
            form: range.form,
        })))
    }

    fn between(&mut self, node: &Node, parts: &[Node; 3]) -> Eval {
        let value = self.eval(&parts[0])?;
        let low = self.eval(&parts[1])?;
        let high = self.eval(&parts[2])?;
        let above = crate::compare::order(&value, &low).map(|order| order.is_ge());
        let below = crate::compare::order(&value, &high).map(|order| order.is_le());
        match (above, below) {
            (Some(above), Some(below)) => Ok(Value::Bool(above && below)),
            _ => self.null(node, "feel.type", || {
                format!("cannot order {}, {} and {}", value.type_name(), low.type_name(), high.type_name())
            }),
        }
    }

    /// The truth of a comparison or connective; when it is `null`, with a reason.
    pub fn truth(&mut self, node: &Node) -> Result<Option<bool>, Stop> {
        let truth = self.condition(node)?;
        if truth.is_none() && !matches!(node.kind, Kind::Compare(..)) {
            self.null(node, "feel.null", || "an operand that would decide is null".to_owned())?;
        }
        Ok(truth)
    }

    fn logical(&mut self, node: &Node, parts: &[Node], decisive: bool) -> Eval {
        match self.connective(parts, decisive)? {
            Some(value) => Ok(Value::Bool(value)),
            None => self.null(node, "feel.null", || "an operand that would decide is null".to_owned()),
        }
    }

    /// `and` (`or`, when `decisive` is true) over all parts, in three-valued logic.
    fn connective(&mut self, parts: &[Node], decisive: bool) -> Result<Option<bool>, Stop> {
        let mut unknown = false;
        for part in parts {
            match self.condition(part)? {
                Some(value) if value == decisive => return Ok(Some(decisive)),
                Some(_) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { None } else { Some(!decisive) })
    }

    /// The truth of an expression; `None` when it is `null` or no boolean.
    pub fn condition(&mut self, node: &Node) -> Result<Option<bool>, Stop> {
        match &node.kind {
            Kind::Compare(operator, pair) => {
                self.run.charge(1)?;
                self.compare(node, *operator, pair)
            }
            Kind::And(parts) => self.connective(parts, false),
            Kind::Or(parts) => self.connective(parts, true),
            _ => match self.eval(node)? {
                Value::Bool(value) => Ok(Some(value)),
                Value::Null => Ok(None),
                other => {
                    self.warn(
                        node,
                        "feel.type",
                        format!("expected a boolean, found a {}", other.type_name()),
                    );
                    Ok(None)
                }
            },
        }
    }

    fn compare(&mut self, node: &Node, op: Comparison, pair: &[Node; 2]) -> Result<Option<bool>, Stop> {
        if let (Some(a), Some(b)) = (self.peek(&pair[0]), self.peek(&pair[1])) {
            if let (Value::Number(a), Value::Number(b)) = (a, b) {
                return Ok(Some(operand::holds(op, a.cmp(b))));
            }
            if a.weight().min(b.weight()) <= quick::LIGHT {
                let result = operand::compare_values(op, a, b);
                if result.is_some() {
                    return Ok(result);
                }
            }
        }
        self.compare_slowly(node, op, pair)
    }

    #[inline(never)]
    fn compare_slowly(
        &mut self,
        node: &Node,
        op: Comparison,
        pair: &[Node; 2],
    ) -> Result<Option<bool>, Stop> {
        let null = |node: &Node| matches!(node.constant(), Some(Value::Null));
        let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        let (a, b) = if equality && null(&pair[1]) {
            (self.quietly(&pair[0])?, Value::Null)
        } else if equality && null(&pair[0]) {
            (Value::Null, self.quietly(&pair[1])?)
        } else {
            (self.eval(&pair[0])?, self.eval(&pair[1])?)
        };
        self.run.charge(a.weight().min(b.weight()) as u64 / 8)?;
        let result = operand::compare_values(op, &a, &b);
        if result.is_none() {
            self.warn(
                node,
                "feel.comparison",
                format!("cannot compare {} with {}", a.type_name(), b.type_name()),
            );
        }
        Ok(result)
    }

    #[inline(never)]
    fn traced(&mut self, inner: &Node) -> Eval {
        let Some(parent) = self.run.extra().trace.take() else {
            return self.eval(inner);
        };
        self.run.extra().trace = Some(Vec::new());
        let result = self.eval(inner);
        let children = self.run.extra().trace.take().unwrap_or_default();
        let mut parent = parent;
        if parent.len() < MAX_TRACE {
            let (line, column) = crate::diagnostic::position(self.source, inner.start as usize);
            let expression =
                self.source.get(inner.start as usize..inner.end as usize).unwrap_or("").to_owned();
            let value = result.clone().unwrap_or_default();
            parent.push(Explained { expression, line, column, value, children });
        }
        self.run.extra().trace = Some(parent);
        result
    }
}
