//! The conditions that processes are full of, such as `amount > 1000 and country = "DE"`, decided without a run.
//! Invariant: where this gives a truth value, a run would give the same one in the same number of steps; anything that
//! could warn, stop or call is left to the run.

use super::operand::{compare_values, holds};
use crate::node::{Comparison, Kind, Node};
use crate::value::Value;

/// Values heavier than this cost fuel to compare.
pub(super) const LIGHT: u32 = 16;

/// The truth of comparisons of values that are there already, joined by `and` and `or`; counts its steps.
#[inline]
pub(crate) fn truth(node: &Node, slots: &[Option<Value>], steps: &mut u64) -> Option<bool> {
    match &node.kind {
        Kind::Compare(op, pair) => {
            *steps += 1;
            compare(*op, operand(&pair[0], slots)?, operand(&pair[1], slots)?)
        }
        Kind::And(parts) => connective(parts, false, slots, steps),
        Kind::Or(parts) => connective(parts, true, slots, steps),
        _ => None,
    }
}

fn connective(parts: &[Node], decisive: bool, slots: &[Option<Value>], steps: &mut u64) -> Option<bool> {
    for part in parts {
        let truth = match &part.kind {
            Kind::Compare(op, pair) => {
                *steps += 1;
                compare(*op, operand(&pair[0], slots)?, operand(&pair[1], slots)?)?
            }
            Kind::And(parts) => connective(parts, false, slots, steps)?,
            Kind::Or(parts) => connective(parts, true, slots, steps)?,
            _ => return None,
        };
        if truth == decisive {
            return Some(decisive);
        }
    }
    Some(!decisive)
}

#[inline(always)]
fn operand<'x>(node: &'x Node, slots: &'x [Option<Value>]) -> Option<&'x Value> {
    match &node.kind {
        Kind::Const(value) => Some(value),
        Kind::Slot(at) => slots.get(*at as usize)?.as_ref(),
        _ => path(node, slots),
    }
}

fn path<'x>(node: &'x Node, slots: &'x [Option<Value>]) -> Option<&'x Value> {
    match &node.kind {
        Kind::Path(base, name) => match operand(base, slots)? {
            Value::Context(context) => context.get_hashed(&name.text, name.hash),
            _ => None,
        },
        _ => None,
    }
}

#[inline]
fn compare(op: Comparison, a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(holds(op, a.cmp(b))),
        (Value::String(a), Value::String(b)) if op == Comparison::Equal => same_text(a, b),
        _ => compare_others(op, a, b),
    }
}

/// Most texts in conditions are short, where calling the C library's comparison takes longer than comparing.
#[inline(always)]
fn same_text(a: &str, b: &str) -> Option<bool> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    match a.len() {
        length if length != b.len() => Some(false),
        0..=16 => Some(ends(a) == ends(b)),
        length if length < 64 * LIGHT as usize => Some(a == b),
        _ => None,
    }
}

/// All bytes of a text of at most 16, some of them twice.
#[inline(always)]
fn ends(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64)
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u16::from_le_bytes(*first) as u64, u16::from_le_bytes(*last) as u64)
    } else {
        (text.first().map_or(0, |byte| *byte as u64), 0)
    }
}

#[inline(never)]
fn compare_others(op: Comparison, a: &Value, b: &Value) -> Option<bool> {
    if a.weight().min(b.weight()) > LIGHT {
        return None;
    }
    compare_values(op, a, b)
}
