//! Functions that reduce a list to one value.

use super::arguments::{Result, fail, items, list, numbers, result};
use super::{Builtin, needs, repeats};
use crate::compare::order;
use crate::number::Number;
use crate::run::Run;
use crate::value::Value;
use std::cmp::Ordering;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure("count", |a, run| Ok(Value::from(list(a, 0, run)?.len() as i64)), &[needs(1, &["list"])]),
    Builtin::pure("min", |a, run| extreme(a, run, Ordering::Less), &[repeats(&["list"])]),
    Builtin::pure("max", |a, run| extreme(a, run, Ordering::Greater), &[repeats(&["list"])]),
    Builtin::pure("sum", sum, &[repeats(&["list"])]),
    Builtin::pure("product", product, &[repeats(&["list"])]),
    Builtin::pure("mean", mean, &[repeats(&["list"])]),
    Builtin::pure("median", median, &[repeats(&["list"])]),
    Builtin::pure("stddev", stddev, &[repeats(&["list"])]),
    Builtin::pure("mode", mode, &[repeats(&["list"])]),
    Builtin::pure("all", |a, run| logical(a, run, false), &[repeats(&["list"])]),
    Builtin::pure("and", |a, run| logical(a, run, false), &[repeats(&["list"])]),
    Builtin::pure("any", |a, run| logical(a, run, true), &[repeats(&["list"])]),
    Builtin::pure("or", |a, run| logical(a, run, true), &[repeats(&["list"])]),
];

fn extreme(arguments: &[Value], run: &mut Run<'_>, wanted: Ordering) -> Result<Value> {
    let items = items(arguments, run)?;
    let Some(mut best) = items.first() else {
        return fail("the list is empty");
    };
    if order(best, best).is_none() {
        return fail(format!("a {} has no order", best.type_name()));
    }
    for item in &items[1..] {
        match order(item, best) {
            Some(found) if found == wanted => best = item,
            Some(_) => {}
            None => return fail(format!("cannot order {} and {}", item.type_name(), best.type_name())),
        }
    }
    Ok(best.clone())
}

fn total(numbers: &[Number]) -> Option<Number> {
    numbers.iter().try_fold(Number::ZERO, |sum, number| sum.checked_add(*number))
}

/// Sums numbers, and durations of one kind.
fn sum(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let items = items(arguments, run)?;
    match items.first() {
        None => return fail("the list is empty"),
        Some(Value::DayTimeDuration(_) | Value::YearMonthDuration(_)) => return sum_durations(items),
        _ => {}
    }
    let mut sum = Number::ZERO;
    for item in items {
        let Value::Number(number) = item else {
            return fail(format!("expected numbers, found a {}", item.type_name()));
        };
        match sum.checked_add(*number) {
            Some(next) => sum = next,
            None => return fail("the sum is out of range"),
        }
    }
    Ok(Value::Number(sum))
}

fn sum_durations(items: &[Value]) -> Result<Value> {
    let mut sum = items[0].clone();
    for item in &items[1..] {
        let next = match (&sum, item) {
            (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => {
                a.checked_add(*b).map(Value::DayTimeDuration)
            }
            (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => {
                a.checked_add(*b).map(Value::YearMonthDuration)
            }
            _ => None,
        };
        match next {
            Some(next) => sum = next,
            None => return fail("the durations are of different kinds or out of range"),
        }
    }
    Ok(sum)
}

fn product(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let numbers = numbers(arguments, run)?;
    if numbers.is_empty() {
        return fail("the list is empty");
    }
    result(numbers.iter().try_fold(Number::ONE, |product, number| product.checked_mul(*number)))
}

fn mean_of(numbers: &[Number]) -> Option<Number> {
    total(numbers)?.checked_div(Number::from(numbers.len()))
}

fn mean(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    result(mean_of(&numbers(arguments, run)?))
}

fn median(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut numbers = numbers(arguments, run)?;
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return fail("the list is empty");
    }
    if numbers.len() % 2 == 1 {
        return Ok(Value::Number(numbers[middle]));
    }
    result(mean_of(&numbers[middle - 1..=middle]))
}

/// The standard deviation of a sample.
fn stddev(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let numbers = numbers(arguments, run)?;
    if numbers.len() < 2 {
        return fail("a standard deviation needs at least two numbers");
    }
    let variance = || {
        let mean = mean_of(&numbers)?;
        let mut squares = Number::ZERO;
        for number in &numbers {
            let distance = number.checked_sub(mean)?;
            squares = squares.checked_add(distance.checked_mul(distance)?)?;
        }
        squares.checked_div(Number::from(numbers.len() - 1))
    };
    result(variance().and_then(Number::sqrt))
}

fn mode(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut numbers = numbers(arguments, run)?;
    numbers.sort_unstable();
    let runs: Vec<&[Number]> = numbers.chunk_by(|a, b| a == b).collect();
    let most = runs.iter().map(|same| same.len()).max().unwrap_or(0);
    let modes = runs.iter().filter(|same| same.len() == most).map(|same| Value::Number(same[0])).collect();
    Ok(run.list(modes)?)
}

/// `all` and `any` in three-valued logic; `decisive` is what one item decides.
fn logical(arguments: &[Value], run: &mut Run<'_>, decisive: bool) -> Result<Value> {
    let mut unknown = false;
    for item in items(arguments, run)? {
        match item {
            Value::Bool(value) if *value == decisive => return Ok(Value::Bool(decisive)),
            Value::Bool(_) => {}
            _ => unknown = true,
        }
    }
    if unknown { fail("not all items are booleans") } else { Ok(Value::Bool(!decisive)) }
}
