//! Taking arguments of the right kind, with the implicit conversions between a value and a list of one.

use crate::eval::Fail;
use crate::number::Number;
use crate::run::Run;
use crate::value::{Context, List, Value};
use std::borrow::Cow;
use std::sync::Arc;

pub(super) type Result<T> = std::result::Result<T, Fail>;

/// The failure of a function whose result is `null`.
pub(super) fn fail<T>(message: impl Into<String>) -> Result<T> {
    Err(Fail::Null("feel.function", message.into()))
}

fn wrong<T>(at: usize, wanted: &str, found: &Value) -> Result<T> {
    let message = format!("argument {} must be a {wanted}, not a {}", at + 1, found.type_name());
    Err(Fail::Null("feel.type", message))
}

const NULL: Value = Value::Null;

/// The argument, or `null` when it is absent.
pub(super) fn any(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&NULL)
}

/// The argument, or the only item of a list of one.
fn single(arguments: &[Value], at: usize) -> &Value {
    match any(arguments, at) {
        Value::List(list) if list.len() == 1 => &list[0],
        other => other,
    }
}

pub(super) fn given(arguments: &[Value], at: usize) -> bool {
    !any(arguments, at).is_null()
}

pub(super) fn number(arguments: &[Value], at: usize) -> Result<Number> {
    match single(arguments, at) {
        Value::Number(number) => Ok(*number),
        other => wrong(at, "number", other),
    }
}

/// A number without its fraction.
pub(super) fn integer(arguments: &[Value], at: usize) -> Result<i64> {
    let number = number(arguments, at)?;
    match number.truncate().as_i64() {
        Some(value) => Ok(value),
        None => fail(format!("argument {} is out of range", at + 1)),
    }
}

pub(super) fn text(arguments: &[Value], at: usize) -> Result<&Arc<str>> {
    match single(arguments, at) {
        Value::String(text) => Ok(text),
        other => wrong(at, "string", other),
    }
}

pub(super) fn text_or(arguments: &[Value], at: usize, default: &'static str) -> Result<Cow<'static, str>> {
    if given(arguments, at) {
        Ok(Cow::Owned(text(arguments, at)?.to_string()))
    } else {
        Ok(Cow::Borrowed(default))
    }
}

pub(super) fn boolean(arguments: &[Value], at: usize) -> Result<bool> {
    match single(arguments, at) {
        Value::Bool(value) => Ok(*value),
        other => wrong(at, "boolean", other),
    }
}

pub(super) fn context(arguments: &[Value], at: usize) -> Result<&Arc<Context>> {
    match single(arguments, at) {
        Value::Context(context) => Ok(context),
        other => wrong(at, "context", other),
    }
}

/// A list; any other value but `null` is a list of one. Its length is charged.
pub(super) fn list(arguments: &[Value], at: usize, run: &mut Run<'_>) -> Result<Arc<List>> {
    match any(arguments, at) {
        Value::List(list) => {
            run.charge(list.len() as u64)?;
            Ok(Arc::clone(list))
        }
        Value::Null => wrong(at, "list", &NULL),
        other => Ok(Arc::new(List::new(vec![other.clone()]))),
    }
}

/// The items of the only argument when it is a list, else all arguments. Their number is charged.
pub(super) fn items<'a>(arguments: &'a [Value], run: &mut Run<'_>) -> Result<&'a [Value]> {
    let items = match arguments {
        [Value::List(list)] => &**list,
        [Value::Null] => return wrong(0, "list", &NULL),
        _ => arguments,
    };
    run.charge(items.len() as u64)?;
    Ok(items)
}

/// All items as numbers.
pub(super) fn numbers(arguments: &[Value], run: &mut Run<'_>) -> Result<Vec<Number>> {
    let number = |item: &Value| match item {
        Value::Number(number) => Ok(*number),
        other => Err(Fail::Null("feel.type", format!("expected numbers, found a {}", other.type_name()))),
    };
    items(arguments, run)?.iter().map(number).collect()
}

/// A number that exists, or the reason that it does not.
pub(super) fn result(number: Option<Number>) -> Result<Value> {
    match number {
        Some(number) => Ok(Value::Number(number)),
        None => fail("the result is undefined or out of range"),
    }
}
