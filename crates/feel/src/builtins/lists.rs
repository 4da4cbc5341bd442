//! Functions of lists. Positions count from 1, negative ones from the end.

use super::arguments::{Result, any, fail, given, integer, list};
use super::{Builtin, needs, repeats, special};
use crate::compare::{equal, order};
use crate::eval::{Fail, call_function};
use crate::function::Function;
use crate::run::Run;
use crate::value::{List, Value};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure("list contains", contains, &[needs(2, &["list", "element"])]),
    Builtin::pure("sublist", sublist, &[needs(2, &["list", "start position", "length"])]),
    Builtin::pure("append", append, &[repeats(&["list", "item"])]),
    Builtin::pure("concatenate", joined, &[repeats(&["list"])]),
    Builtin::pure("union", union, &[repeats(&["list"])]),
    Builtin::pure("insert before", insert_before, &[needs(3, &["list", "position", "newItem"])]),
    Builtin::pure("remove", remove, &[needs(2, &["list", "position"])]),
    Builtin::impure(
        "list replace",
        replace,
        &[
            special(3, &["list", "position", "newItem"], replace_at),
            special(3, &["list", "match", "newItem"], replace_matching),
        ],
    ),
    Builtin::pure("reverse", reverse, &[needs(1, &["list"])]),
    Builtin::pure("index of", index_of, &[needs(2, &["list", "match"])]),
    Builtin::pure("distinct values", distinct, &[needs(1, &["list"])]),
    Builtin::pure("duplicate values", duplicates, &[needs(1, &["list"])]),
    Builtin::pure("flatten", flatten, &[needs(1, &["list"])]),
    Builtin::impure("sort", sort, &[needs(1, &["list", "precedes"])]),
    Builtin::pure("partition", partition, &[needs(2, &["list", "size"])]),
    Builtin::pure("is empty", |a, run| Ok(Value::Bool(list(a, 0, run)?.is_empty())), &[needs(1, &["list"])]),
];

fn contains(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let element = any(arguments, 1);
    run.charge(element.weight() as u64 / 8 * list.len() as u64)?;
    Ok(Value::Bool(list.iter().any(|item| equal(item, element) == Some(true))))
}

/// The index of a position, which may be one past the end when `end` says so.
fn index(list: &List, position: i64, end: bool) -> Result<usize> {
    let length = list.len() as i64;
    let at = if position < 0 { length + position } else { position - 1 };
    if position == 0 || at < 0 || at >= length + end as i64 {
        return fail(format!("position {position} lies outside of a list of {length}"));
    }
    Ok(at as usize)
}

fn sublist(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let from = index(&list, integer(arguments, 1)?, false)?;
    let mut to = list.len();
    if given(arguments, 2) {
        let length = integer(arguments, 2)?;
        if length < 0 || from as i64 + length > to as i64 {
            return fail("the sublist ends outside of the list");
        }
        to = from + length as usize;
    }
    Ok(run.list(list[from..to].to_vec())?)
}

fn append(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut items = match any(arguments, 0) {
        Value::Null => Vec::new(),
        _ => list(arguments, 0, run)?.to_vec(),
    };
    if arguments.len() == 1 && !given(arguments, 0) {
        return fail("there is no list to append to");
    }
    items.extend_from_slice(&arguments[1..]);
    Ok(run.list(items)?)
}

fn joined(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut items = Vec::new();
    for at in 0..arguments.len() {
        items.extend_from_slice(&list(arguments, at, run)?);
    }
    Ok(run.list(items)?)
}

fn union(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let all = joined(arguments, run)?;
    distinct(&[all], run)
}

fn insert_before(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let at = index(&list, integer(arguments, 1)?, true)?;
    let mut items = list.to_vec();
    items.insert(at, any(arguments, 2).clone());
    Ok(run.list(items)?)
}

fn remove(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let at = index(&list, integer(arguments, 1)?, false)?;
    let mut items = list.to_vec();
    items.remove(at);
    Ok(run.list(items)?)
}

fn replace(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    match any(arguments, 1) {
        Value::Function(_) => replace_matching(arguments, run),
        _ => replace_at(arguments, run),
    }
}

fn replace_at(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let at = index(&list, integer(arguments, 1)?, false)?;
    let mut items = list.to_vec();
    items[at] = any(arguments, 2).clone();
    Ok(run.list(items)?)
}

fn replace_matching(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let function = function(arguments, 1, 2)?;
    let new = any(arguments, 2);
    let mut items = Vec::with_capacity(list.len());
    for item in list.iter() {
        match call_function(run, function, vec![item.clone(), new.clone()])? {
            Value::Bool(true) => items.push(new.clone()),
            Value::Bool(false) => items.push(item.clone()),
            other => return fail(format!("the function must give a boolean, not a {}", other.type_name())),
        }
    }
    Ok(run.list(items)?)
}

fn function(arguments: &[Value], at: usize, arity: usize) -> Result<&Arc<Function>> {
    match any(arguments, at) {
        Value::Function(function) if function.arity().is_none_or(|n| n == arity) => Ok(function),
        Value::Function(_) => fail(format!("the function must have {arity} parameters")),
        other => fail(format!("argument {} must be a function, not a {}", at + 1, other.type_name())),
    }
}

fn reverse(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    Ok(run.list(list.iter().rev().cloned().collect())?)
}

fn index_of(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let wanted = any(arguments, 1);
    run.charge(wanted.weight() as u64 / 8 * list.len() as u64)?;
    let hits = list.iter().enumerate().filter(|(_, item)| equal(item, wanted) == Some(true));
    let positions = hits.map(|(at, _)| Value::from(at as i64 + 1)).collect();
    Ok(run.list(positions)?)
}

/// Equal values have equal hashes.
fn hash(value: &Value) -> u64 {
    let bytes = |kind: u64, bytes: &[u8]| {
        bytes.iter().fold(kind ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ *byte as u64).wrapping_mul(0x100_0000_01B3)
        })
    };
    match value {
        Value::String(text) => bytes(1, text.as_bytes()),
        Value::Number(number) => match number.as_i64() {
            Some(small) => bytes(2, &small.to_le_bytes()),
            None => bytes(3, number.to_string().as_bytes()),
        },
        Value::Bool(value) => 4 + *value as u64,
        Value::Date(date) => bytes(6, &date.epoch_days().to_le_bytes()),
        Value::List(list) => 7 + list.len() as u64,
        Value::Context(context) => bytes(8, &(context.len() as u64).to_le_bytes()),
        other => other.type_name().len() as u64,
    }
}

/// How often each value occurs, in the order of first occurrence.
fn occurrences(arguments: &[Value], run: &mut Run<'_>) -> Result<Vec<(Value, usize)>> {
    let list = list(arguments, 0, run)?;
    let mut found: Vec<(Value, usize)> = Vec::new();
    let mut by_hash: HashMap<u64, Vec<usize>> = HashMap::new();
    for item in list.iter() {
        let same_hash = by_hash.entry(hash(item)).or_default();
        run.charge((1 + same_hash.len() as u64) * (1 + item.weight() as u64 / 8))?;
        match same_hash.iter().find(|at| equal(&found[**at].0, item) == Some(true)) {
            Some(at) => found[*at].1 += 1,
            None => {
                same_hash.push(found.len());
                found.push((item.clone(), 1));
            }
        }
    }
    Ok(found)
}

fn distinct(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let values = occurrences(arguments, run)?.into_iter().map(|(value, _)| value).collect();
    Ok(run.list(values)?)
}

fn duplicates(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let found = occurrences(arguments, run)?.into_iter().filter(|(_, count)| *count > 1);
    let values = found.map(|(value, _)| value).collect();
    Ok(run.list(values)?)
}

fn flatten(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    fn collect(list: &List, out: &mut Vec<Value>, run: &mut Run<'_>) -> Result<()> {
        run.charge(list.len() as u64)?;
        for item in list.iter() {
            match item {
                Value::List(inner) => collect(inner, out, run)?,
                other => out.push(other.clone()),
            }
        }
        Ok(())
    }
    let list = list(arguments, 0, run)?;
    let mut out = Vec::new();
    collect(&list, &mut out, run)?;
    Ok(run.list(out)?)
}

fn sort(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let precedes = if given(arguments, 1) { Some(function(arguments, 1, 2)?) } else { None };
    let mut before = |a: &Value, b: &Value| -> Result<bool> {
        run.charge(1)?;
        match precedes {
            Some(function) => match call_function(run, function, vec![a.clone(), b.clone()])? {
                Value::Bool(result) => Ok(result),
                other => fail(format!("the function must give a boolean, not a {}", other.type_name())),
            },
            None => match order(a, b) {
                Some(order) => Ok(order == Ordering::Less),
                None => fail(format!("cannot order {} and {}", a.type_name(), b.type_name())),
            },
        }
    };
    let sorted = merge_sort(list.to_vec(), &mut before)?;
    Ok(run.list(sorted)?)
}

/// Stable, and whole whatever the function says about the order.
fn merge_sort(
    items: Vec<Value>,
    before: &mut impl FnMut(&Value, &Value) -> std::result::Result<bool, Fail>,
) -> Result<Vec<Value>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let left = merge_sort(left, before)?;
    let right = merge_sort(right, before)?;
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if before(b, a)? { right.next() } else { left.next() };
        out.extend(next);
    }
    out.extend(left);
    out.extend(right);
    Ok(out)
}

fn partition(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let size = integer(arguments, 1)?;
    if size < 1 {
        return fail("the size must be at least 1");
    }
    let parts = list.chunks(size as usize).map(|part| Value::list(part.to_vec())).collect();
    Ok(run.list(parts)?)
}
