//! Equality and order of values. Invariant: comparing values of different kinds gives no answer, never `false`.

use crate::function::Function;
use crate::value::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// FEEL's `=`; `None` when the values are of different kinds.
pub fn equal(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            if Arc::ptr_eq(a, b) {
                return Some(true);
            }
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b) == Some(true))
        }
        (Value::Context(a), Value::Context(b)) => {
            if Arc::ptr_eq(a, b) {
                return Some(true);
            }
            a.len() == b.len()
                && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b) == Some(true)))
        }
        (Value::Range(a), Value::Range(b)) => {
            let ends = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
                (None, None) => true,
                (Some(a), Some(b)) => equal(a, b) == Some(true),
                _ => false,
            };
            a.form == b.form
                && a.start_included == b.start_included
                && a.end_included == b.end_included
                && ends(&a.start, &b.start)
                && ends(&a.end, &b.end)
        }
        (Value::Function(a), Value::Function(b)) => Function::same(a, b),
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::DateTime(a), Value::DateTime(b)) => return Some(a.compare(*b) == Some(Ordering::Equal)),
        (Value::Time(a), Value::Time(b)) => return Some(a.compare(*b) == Some(Ordering::Equal)),
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => a == b,
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => a == b,
        _ => return None,
    })
}

/// The order of two values of one ordered kind.
#[inline]
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => return a.compare(*b),
        (Value::Time(a), Value::Time(b)) => return a.compare(*b),
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => a.cmp(b),
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => a.cmp(b),
        _ => return None,
    })
}

/// FEEL's `is`: the same value of the same kind, in the same form.
pub fn identical(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::DateTime(a), Value::DateTime(b)) => a == b,
        (Value::Time(a), Value::Time(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| identical(a, b))
        }
        (Value::Context(a), Value::Context(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| identical(a, b)))
        }
        _ => equal(a, b) == Some(true),
    }
}

/// Equal as FEEL's `=` says; values of different kinds differ.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        equal(self, other) == Some(true)
    }
}
