//! Functions of numbers.

use super::arguments::{Result, fail, given, integer, number, result, text, text_or};
use super::{Builtin, needs};
use crate::number::{Number, Rounding};
use crate::run::Run;
use crate::value::Value;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure(
        "number",
        number_from,
        &[needs(1, &["from"]), needs(3, &["from", "grouping separator", "decimal separator"])],
    ),
    Builtin::pure("decimal", |a, _| rounded(a, Rounding::HalfEven, true), &[needs(2, &["n", "scale"])]),
    Builtin::pure("floor", |a, _| rounded(a, Rounding::Floor, false), &[needs(1, &["n", "scale"])]),
    Builtin::pure("ceiling", |a, _| rounded(a, Rounding::Ceiling, false), &[needs(1, &["n", "scale"])]),
    Builtin::pure("round up", |a, _| rounded(a, Rounding::Up, true), &[needs(2, &["n", "scale"])]),
    Builtin::pure("round down", |a, _| rounded(a, Rounding::Down, true), &[needs(2, &["n", "scale"])]),
    Builtin::pure("round half up", |a, _| rounded(a, Rounding::HalfUp, true), &[needs(2, &["n", "scale"])]),
    Builtin::pure(
        "round half down",
        |a, _| rounded(a, Rounding::HalfDown, true),
        &[needs(2, &["n", "scale"])],
    ),
    Builtin::pure("abs", abs, &[needs(1, &["n"])]),
    Builtin::pure("modulo", modulo, &[needs(2, &["dividend", "divisor"])]),
    Builtin::pure("sqrt", |a, run| slow(run, number(a, 0)?, Number::sqrt), &[needs(1, &["number"])]),
    Builtin::pure("log", |a, run| slow(run, number(a, 0)?, Number::ln), &[needs(1, &["number"])]),
    Builtin::pure("exp", |a, run| slow(run, number(a, 0)?, Number::exp), &[needs(1, &["number"])]),
    Builtin::pure("odd", |a, _| parity(a, 1), &[needs(1, &["number"])]),
    Builtin::pure("even", |a, _| parity(a, 0), &[needs(1, &["number"])]),
    Builtin::impure("random number", random, &[needs(0, &[])]),
];

/// A function that takes microseconds.
fn slow(run: &mut Run<'_>, n: Number, function: fn(Number) -> Option<Number>) -> Result<Value> {
    run.charge(400)?;
    result(function(n))
}

fn rounded(arguments: &[Value], mode: Rounding, scale_needed: bool) -> Result<Value> {
    let n = number(arguments, 0)?;
    let scale = if scale_needed || arguments.len() > 1 { integer(arguments, 1)? } else { 0 };
    if !(-6111..=6176).contains(&scale) {
        return fail("the scale must lie between -6111 and 6176");
    }
    Ok(Value::Number(n.round(scale as i32, mode)))
}

fn abs(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    Ok(match &arguments[0] {
        Value::YearMonthDuration(d) if d.total_months() < 0 => Value::YearMonthDuration(d.negated()),
        Value::DayTimeDuration(d) if d.total_nanos() < 0 => Value::DayTimeDuration(d.negated()),
        duration @ (Value::YearMonthDuration(_) | Value::DayTimeDuration(_)) => duration.clone(),
        _ => Value::Number(number(arguments, 0)?.abs()),
    })
}

fn modulo(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    run.charge(10)?;
    let (dividend, divisor) = (number(arguments, 0)?, number(arguments, 1)?);
    match dividend.checked_modulo(divisor) {
        Some(rest) => Ok(Value::Number(rest)),
        None => fail("division by zero"),
    }
}

fn parity(arguments: &[Value], odd: i64) -> Result<Value> {
    let rest = number(arguments, 0)?.checked_modulo(Number::from(2i64));
    Ok(Value::Bool(rest == Some(Number::from(odd))))
}

fn number_from(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    if arguments.len() == 1
        && let Value::Number(_) = arguments[0]
    {
        return Ok(arguments[0].clone());
    }
    let from = text(arguments, 0)?;
    let grouping = if given(arguments, 1) { Some(text_or(arguments, 1, "")?) } else { None };
    let decimal = text_or(arguments, 2, ".")?;
    if grouping.as_deref().is_some_and(|grouping| !matches!(grouping, " " | "," | ".")) {
        return fail("the grouping separator must be a space, a comma or a period");
    }
    if !matches!(&*decimal, "," | ".") || grouping.as_deref() == Some(&*decimal) {
        return fail(
            "the decimal separator must be a comma or a period and differ from the grouping separator",
        );
    }
    let mut plain = from.to_string();
    if let Some(grouping) = grouping {
        plain = plain.replace(&*grouping, "");
    }
    if decimal == "," {
        if plain.contains('.') {
            return fail(format!("'{from}' is not a number"));
        }
        plain = plain.replace(',', ".");
    }
    match Number::parse(plain.trim()) {
        Some(number) => Ok(Value::Number(number)),
        None => fail(format!("'{from}' is not a number")),
    }
}

fn random(_: &[Value], run: &mut Run<'_>) -> Result<Value> {
    // 53 random bits as a fraction of 16 digits, as other engines give them.
    let bits = (run.next_random() >> 11) as i128;
    Ok(Value::Number(Number::from_scaled((bits * 10_000_000_000_000_000) >> 53, 16)))
}
