//! Functions of any value.

use super::arguments::{Result, any, boolean, fail, given, text};
use super::{Builtin, needs};
use crate::compare::identical;
use crate::run::{LimitError, Run};
use crate::value::Value;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure("not", not, &[needs(1, &["negand"])]),
    Builtin::pure(
        "is",
        |a, _| Ok(Value::Bool(identical(any(a, 0), any(a, 1)))),
        &[needs(2, &["value1", "value2"]), IS_FIRST, IS_SECOND],
    ),
    // These two are compiled specially when called by name; as values they work like this.
    Builtin::impure("is defined", |a, _| Ok(Value::Bool(given(a, 0))), &[needs(1, &["value"])]),
    Builtin::impure("get or else", get_or_else, &[needs(2, &["value", "default"])]),
    Builtin::impure("assert", assert, &[needs(2, &["value", "condition", "cause"])]),
    Builtin::impure("uuid", uuid, &[needs(0, &[])]),
    Builtin::pure("to json", to_json, &[needs(1, &["value"])]),
    Builtin::pure("from json", from_json, &[needs(1, &["value"])]),
    Builtin::impure(
        "fromAi",
        |a, _| Ok(any(a, 0).clone()),
        &[needs(1, &["value", "description", "type", "schema", "options"])],
    ),
];

/// One argument alone is compared with `null`.
const IS_FIRST: super::Signature = needs(1, &["value1"]);
const IS_SECOND: super::Signature = needs(1, &["value2"]);

fn not(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    Ok(Value::Bool(!boolean(arguments, 0)?))
}

fn get_or_else(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    Ok(any(arguments, if given(arguments, 0) { 0 } else { 1 }).clone())
}

fn assert(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    if matches!(any(arguments, 1), Value::Bool(true)) {
        return Ok(any(arguments, 0).clone());
    }
    let message = match any(arguments, 2) {
        Value::String(cause) => cause.to_string(),
        _ => "The condition is not fulfilled".to_owned(),
    };
    Ok(run.stop(LimitError::Assertion { message })?)
}

/// A version 4 UUID out of the run's own sequence.
fn uuid(_: &[Value], run: &mut Run<'_>) -> Result<Value> {
    run.charge(20)?;
    let (high, low) = (run.next_random(), run.next_random());
    let high = high & !0xF000 | 0x4000;
    let low = low & !(3 << 62) | 2 << 62;
    let text = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    );
    Ok(Value::from(text))
}

fn to_json(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let value = any(arguments, 0);
    run.charge(value.weight() as u64)?;
    Ok(run.string(value.to_json())?)
}

fn from_json(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let text = text(arguments, 0)?;
    run.charge((text.len() / 8) as u64)?;
    match Value::from_json(text) {
        Ok(value) => Ok(run.sized(value)?),
        Err(error) => fail(error.to_string()),
    }
}
