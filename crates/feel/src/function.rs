//! Functions as values: lambdas, built-in functions and functions of the host.

use crate::builtins::Builtin;
use crate::node::Lambda;
use crate::run::{Run, Stop};
use crate::types::Type;
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name.
    pub name: Arc<str>,
    /// The type that arguments must have.
    pub kind: Type,
}

/// A function that the host provides, such as a business knowledge model.
pub trait NativeFunction: Send + Sync {
    /// Calls the function with as many arguments as it has parameters.
    fn call(&self, arguments: &[Value], run: &mut Run<'_>) -> Result<Value, Stop>;
}

/// A function.
pub struct Function {
    pub(crate) kind: FunctionKind,
}

pub(crate) enum FunctionKind {
    Lambda { code: Arc<Lambda>, captured: Vec<Value> },
    Builtin(&'static Builtin),
    Native { name: Arc<str>, parameters: Vec<Parameter>, result: Type, code: Arc<dyn NativeFunction> },
}

impl Function {
    /// A function of the host.
    pub fn native(
        name: impl Into<Arc<str>>,
        parameters: Vec<Parameter>,
        result: Type,
        code: Arc<dyn NativeFunction>,
    ) -> Function {
        Function { kind: FunctionKind::Native { name: name.into(), parameters, result, code } }
    }

    /// Calls the function with arguments by position. When they do not fit, the value is `null` and a warning says why.
    pub fn call(self: &Arc<Self>, run: &mut Run<'_>, arguments: Vec<Value>) -> Result<Value, Stop> {
        crate::eval::invoke(run, self, &[], arguments, &self.to_string())
    }

    /// Calls the function with arguments by name. When they do not fit, the value is `null` and a warning says why.
    pub fn call_named(
        self: &Arc<Self>,
        run: &mut Run<'_>,
        names: &[Arc<str>],
        values: Vec<Value>,
    ) -> Result<Value, Stop> {
        crate::eval::invoke(run, self, names, values, &self.to_string())
    }

    pub(crate) fn depth(&self) -> u16 {
        match &self.kind {
            FunctionKind::Lambda { captured, .. } => {
                captured.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1)
            }
            _ => 0,
        }
    }

    pub(crate) fn weight(&self) -> u32 {
        match &self.kind {
            FunctionKind::Lambda { captured, .. } => {
                captured.iter().fold(1, |sum: u32, value| sum.saturating_add(value.weight()))
            }
            _ => 1,
        }
    }

    pub(crate) fn same(a: &Arc<Function>, b: &Arc<Function>) -> bool {
        match (&a.kind, &b.kind) {
            (FunctionKind::Builtin(a), FunctionKind::Builtin(b)) => std::ptr::eq(*a, *b),
            _ => Arc::ptr_eq(a, b),
        }
    }

    /// The number of parameters; `None` when calls may differ in it.
    pub fn arity(&self) -> Option<usize> {
        match &self.kind {
            FunctionKind::Lambda { code, .. } => Some(code.parameters.len()),
            FunctionKind::Native { parameters, .. } => Some(parameters.len()),
            FunctionKind::Builtin(builtin) => builtin.arity(),
        }
    }

    /// The parameters; built-in functions, which may have several lists of them, give none.
    pub fn parameters(&self) -> &[Parameter] {
        match &self.kind {
            FunctionKind::Lambda { code, .. } => &code.parameters,
            FunctionKind::Native { parameters, .. } => parameters,
            FunctionKind::Builtin(_) => &[],
        }
    }

    pub(crate) fn conforms_to(&self, parameters: &[Type], result: &Type) -> bool {
        let (own, own_result) = match &self.kind {
            FunctionKind::Lambda { code, .. } => (&code.parameters, &code.result),
            FunctionKind::Native { parameters, result, .. } => (parameters, result),
            FunctionKind::Builtin(builtin) => return builtin.arity().is_none_or(|n| n == parameters.len()),
        };
        let unknown = |own: &Type| *own == Type::Any;
        (parameters.is_empty() && *result == Type::Any)
            || own.len() == parameters.len()
                && own.iter().zip(parameters).all(|(own, wanted)| wanted.conforms_to(&own.kind))
                && (unknown(own_result) || own_result.conforms_to(result))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FunctionKind::Builtin(builtin) => f.write_str(builtin.name),
            FunctionKind::Native { name, .. } => f.write_str(name),
            FunctionKind::Lambda { code, .. } => {
                f.write_str("function(")?;
                for (at, parameter) in code.parameters.iter().enumerate() {
                    write!(f, "{}{}", if at > 0 { ", " } else { "" }, parameter.name)?;
                }
                f.write_str(")")
            }
        }
    }
}
