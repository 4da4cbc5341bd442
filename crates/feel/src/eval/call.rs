//! Calls of functions: built-in, lambda and native.

use super::State;
use crate::builtins::BuiltinCode;
use crate::function::{Function, FunctionKind, Parameter};
use crate::node::{Call, Kind, Lambda, Matching, Node, Place};
use crate::run::{Run, Stop};
use crate::types::Type;
use crate::value::Value;
use std::sync::Arc;

/// Why a function gives no value.
pub(crate) enum Fail {
    /// A limit ended the evaluation.
    Stop,
    /// The result is `null`: code and reason.
    Null(&'static str, String),
}

impl From<Stop> for Fail {
    fn from(_: Stop) -> Fail {
        Fail::Stop
    }
}

/// Built-in functions with up to this many arguments need no allocation for them.
const INLINE: usize = 4;

/// Steps that calling a built-in function takes.
const CALL: u64 = 2;

/// Functions of strings take time by their length.
#[inline]
fn charge_text(arguments: &[Value], run: &mut Run<'_>) -> Result<(), Stop> {
    for argument in arguments {
        if let Value::String(text) = argument
            && text.len() >= 64
        {
            run.charge(text.len() as u64 / 64)?;
        }
    }
    Ok(())
}

impl State<'_, '_, '_> {
    pub(super) fn call_builtin(
        &mut self,
        node: &Node,
        code: &BuiltinCode,
        nodes: &[Node],
    ) -> Result<Value, Stop> {
        self.run.charge(CALL)?;
        let result = match nodes {
            [one] => {
                let argument = [self.eval(one)?];
                charge_text(&argument, self.run)?;
                code(&argument, self.run)
            }
            _ if nodes.len() <= INLINE => {
                let mut arguments = [const { Value::Null }; INLINE];
                for (argument, node) in arguments.iter_mut().zip(nodes) {
                    *argument = self.eval(node)?;
                }
                charge_text(&arguments, self.run)?;
                code(&arguments[..nodes.len()], self.run)
            }
            _ => {
                let mut arguments = Vec::with_capacity(nodes.len());
                for node in nodes {
                    arguments.push(self.eval(node)?);
                }
                charge_text(&arguments, self.run)?;
                code(&arguments, self.run)
            }
        };
        match result {
            Ok(value) => Ok(value),
            Err(fail) => self.or_null(node, Err(fail)),
        }
    }

    pub(super) fn call_matching(&mut self, node: &Node, matching: &Matching) -> Result<Value, Stop> {
        let Matching { regex, code, arguments: nodes } = matching;
        let mut arguments = [const { Value::Null }; INLINE];
        for (argument, node) in arguments.iter_mut().zip(nodes) {
            *argument = self.eval(node)?;
        }
        charge_text(&arguments, self.run)?;
        self.run.extra().prepared = Some(Arc::clone(regex));
        let result = code(&arguments[..nodes.len().min(INLINE)], self.run);
        self.run.extra().prepared = None;
        self.or_null(node, result)
    }

    pub(super) fn lambda(&mut self, code: &Arc<Lambda>, captures: &[Place]) -> Result<Value, Stop> {
        let captured = captures.iter().map(|place| self.place(*place).unwrap_or_default()).collect();
        let function = Function { kind: FunctionKind::Lambda { code: Arc::clone(code), captured } };
        self.run.sized(Value::Function(Arc::new(function)))
    }

    pub(super) fn call(&mut self, node: &Node, call: &Call) -> Result<Value, Stop> {
        let callee = self.eval(&call.callee)?;
        let Value::Function(function) = callee else {
            let code = match call.callee.kind {
                Kind::Path(..) => "feel.method",
                _ => "feel.call",
            };
            return self.null(node, code, || format!("a {} is not a function", callee.type_name()));
        };
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.eval(argument)?);
        }
        let arguments = if call.names.is_empty() {
            Ok(arguments)
        } else {
            by_position(&function, &call.names, arguments)
        };
        match arguments {
            Ok(arguments) => {
                let result = call_function(self.run, &function, arguments);
                self.or_null(node, result)
            }
            Err(message) => self.null(node, "feel.arguments", || message),
        }
    }
}

/// Named arguments in the order of the parameters.
fn by_position(function: &Function, names: &[Arc<str>], values: Vec<Value>) -> Result<Vec<Value>, String> {
    if let FunctionKind::Builtin(builtin) = &function.kind {
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        let (order, _) = builtin.named(&names)?;
        return Ok(order.into_iter().map(|at| at.map_or(Value::Null, |at| values[at].clone())).collect());
    }
    let parameters = function.parameters();
    let mut ordered = vec![None; parameters.len()];
    for (name, value) in names.iter().zip(values) {
        match parameters.iter().position(|parameter| parameter.name == *name) {
            Some(at) if ordered[at].is_none() => ordered[at] = Some(value),
            Some(_) => return Err(format!("the argument '{name}' is given twice")),
            None => return Err(format!("the function has no parameter '{name}'")),
        }
    }
    match ordered.iter().position(Option::is_none) {
        Some(at) => Err(format!("the argument '{}' is missing", parameters[at].name)),
        None => Ok(ordered.into_iter().flatten().collect()),
    }
}

/// Calls a function with arguments by position.
pub(crate) fn call_function(
    run: &mut Run<'_>,
    function: &Arc<Function>,
    mut arguments: Vec<Value>,
) -> Result<Value, Fail> {
    match &function.kind {
        FunctionKind::Builtin(builtin) => {
            builtin.check(arguments.len())?;
            charge_text(&arguments, run)?;
            (builtin.run)(&arguments, run)
        }
        FunctionKind::Lambda { code, captured } => {
            fit(&code.parameters, &mut arguments)?;
            run.enter(code.height + 4)?;
            let result = State {
                run,
                slots: &[],
                captured,
                this: Some(function),
                locals: arguments,
                source: &code.source,
            }
            .eval(&code.body);
            run.depth -= code.height + 4;
            let result = result?;
            match coerce(&code.result, result) {
                Ok(result) => Ok(result),
                Err(result) => Err(mismatch("the result", &code.result, &result)),
            }
        }
        FunctionKind::Native { parameters, code, .. } => {
            fit(parameters, &mut arguments)?;
            Ok(run.nested(|run| code.call(&arguments, run))?)
        }
    }
}

/// Calls a function for a host: by position when there are no names. Why the result is `null` is recorded with the
/// text that stands for the call.
pub fn invoke(
    run: &mut Run<'_>,
    function: &Arc<Function>,
    names: &[Arc<str>],
    values: Vec<Value>,
    text: &str,
) -> Result<Value, Stop> {
    let arguments = if names.is_empty() { Ok(values) } else { by_position(function, names, values) };
    let result = match arguments {
        Ok(arguments) => call_function(run, function, arguments),
        Err(message) => Err(Fail::Null("feel.arguments", message)),
    };
    match result {
        Ok(value) => Ok(value),
        Err(Fail::Stop) => Err(Stop),
        Err(Fail::Null(code, message)) => {
            run.warn(text, 0, text.len() as u32, code, message);
            Ok(Value::Null)
        }
    }
}

fn mismatch(what: &str, wanted: &Type, value: &Value) -> Fail {
    Fail::Null("feel.type", format!("{what} must be a {wanted}, not a {}", value.type_name()))
}

fn fit(parameters: &[Parameter], arguments: &mut [Value]) -> Result<(), Fail> {
    if arguments.len() != parameters.len() {
        let message =
            format!("the function takes {} arguments, {} are given", parameters.len(), arguments.len());
        return Err(Fail::Null("feel.arguments", message));
    }
    for (parameter, argument) in parameters.iter().zip(arguments) {
        if parameter.kind == Type::Any {
            continue;
        }
        match coerce(&parameter.kind, std::mem::take(argument)) {
            Ok(value) => *argument = value,
            Err(value) => return Err(mismatch(&format!("'{}'", parameter.name), &parameter.kind, &value)),
        }
    }
    Ok(())
}

/// The value as one of the type, after the implicit conversions of the standard; gives it back when it is none.
pub fn coerce(kind: &Type, value: Value) -> Result<Value, Value> {
    if *kind == Type::Any || kind.accepts(&value) {
        return Ok(value);
    }
    match (kind, &value) {
        (Type::List(item), other) if item.accepts(other) => Ok(Value::list(vec![value])),
        (Type::DateTime, Value::Date(date)) => {
            Ok(Value::DateTime(date.at_midnight(crate::temporal::Zone::UTC)))
        }
        (_, Value::List(list)) if list.len() == 1 && kind.has(&list[0]) => Ok(list[0].clone()),
        _ => Err(value),
    }
}
