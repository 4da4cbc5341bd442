//! Borrowing operands where they are, comparing them, and the properties of values.

use super::State;
use crate::compare::{equal, order};
use crate::node::{Comparison, Kind, Node};
use crate::number::Number;
use crate::range::{Range, RangeForm};
use crate::run::Stop;
use crate::temporal::{DateTime, DayTimeDuration, Time, ZoneKind};
use crate::value::Value;
use std::cmp::Ordering;

impl State<'_, '_, '_> {
    /// The value of a node that is there already, without evaluating or copying anything.
    #[inline]
    pub fn peek<'x>(&'x self, node: &'x Node) -> Option<&'x Value> {
        match &node.kind {
            Kind::Const(value) => Some(value),
            Kind::Slot(at) => self.slots.get(*at as usize)?.as_ref(),
            Kind::Local(at) => self.locals.get(*at as usize),
            _ => self.peek_other(node),
        }
    }

    fn peek_other<'x>(&'x self, node: &'x Node) -> Option<&'x Value> {
        match &node.kind {
            Kind::Captured(at) => self.captured.get(*at as usize),
            Kind::SlotOr(at, builtin) => Some(self.slots.get(*at as usize)?.as_ref().unwrap_or(builtin)),
            Kind::Path(base, name) => match self.peek(base)? {
                Value::Context(context) => context.get_hashed(&name.text, name.hash),
                _ => None,
            },
            Kind::FilterName(name) => {
                for item in &name.items {
                    if let Some(Value::Context(context)) = self.peek_place(*item)
                        && let Some(value) = context.get_hashed(&name.name.text, name.name.hash)
                    {
                        return Some(value);
                    }
                }
                self.peek(name.outside.as_ref()?)
            }
            _ => None,
        }
    }

    pub(super) fn path(&mut self, node: &Node, base: &Node, name: &str) -> Result<Value, Stop> {
        if let Some(value) = self.peek_other(node) {
            return Ok(value.clone());
        }
        let value = self.eval(base)?;
        self.property_of(node, &value, name)
    }

    fn property_of(&mut self, node: &Node, value: &Value, name: &str) -> Result<Value, Stop> {
        if let Some(found) = property(value, name) {
            return Ok(found);
        }
        match value {
            Value::List(list) => {
                self.run.charge(list.len() as u64)?;
                let mut items = Vec::with_capacity(list.len());
                for item in list.iter() {
                    items.push(match item {
                        Value::List(_) => self.property_of(node, item, name)?,
                        _ => property(item, name).unwrap_or_default(),
                    });
                }
                self.run.list(items)
            }
            Value::Null => self.null(node, "feel.path", || format!("null has no property '{name}'")),
            Value::Context(context) => self.null(node, "feel.path", || {
                let near = crate::diagnostic::nearest(name, context.iter().map(|(name, _)| &**name));
                let hint = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                format!("the context has no entry '{name}'{hint}")
            }),
            _ => self.null(node, "feel.path", || format!("a {} has no property '{name}'", value.type_name())),
        }
    }
}

/// Whether a comparison holds for an order.
#[inline]
pub(super) fn holds(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

/// Compares two values; `None` when their kinds do not allow it.
#[inline]
pub(super) fn compare_values(op: Comparison, a: &Value, b: &Value) -> Option<bool> {
    match op {
        Comparison::Equal => equal(a, b),
        Comparison::NotEqual => equal(a, b).map(|equal| !equal),
        _ => order(a, b).map(|order| holds(op, order)),
    }
}

/// The property of a value that is not a list; `None` when there is none of that name.
pub(super) fn property(value: &Value, name: &str) -> Option<Value> {
    let number = |value: i64| Some(Value::Number(Number::from(value)));
    match value {
        Value::Context(context) => context.get(name).cloned(),
        Value::Date(date) => match name {
            "year" => number(date.year() as i64),
            "month" => number(date.month() as i64),
            "day" => number(date.day() as i64),
            "weekday" => number(date.weekday() as i64),
            _ => None,
        },
        Value::DateTime(value) => match name {
            "year" | "month" | "day" | "weekday" => property(&Value::Date(value.date()), name),
            "time offset" => Some(offset(value.offset_seconds())),
            _ => time_property(value.time(), name),
        },
        Value::Time(time) => match name {
            "time offset" => {
                Some(offset(DateTime::new(crate::temporal::Date::new(1970, 1, 1)?, *time).offset_seconds()))
            }
            _ => time_property(*time, name),
        },
        Value::YearMonthDuration(duration) => match name {
            "years" => number(duration.years()),
            "months" => number(duration.months()),
            _ => None,
        },
        Value::DayTimeDuration(duration) => match name {
            "days" => number(duration.days()),
            "hours" => number(duration.hours()),
            "minutes" => number(duration.minutes()),
            "seconds" => Some(seconds(duration.seconds(), duration.subsecond_nanos())),
            _ => None,
        },
        Value::Range(range) => range_property(range, name),
        _ => None,
    }
}

fn time_property(time: Time, name: &str) -> Option<Value> {
    match name {
        "hour" => Some(Value::from(time.hour() as i64)),
        "minute" => Some(Value::from(time.minute() as i64)),
        "second" => Some(seconds(time.second() as i64, time.subsecond_nanos() as i64)),
        "timezone" => Some(match time.zone().kind() {
            ZoneKind::Named(name) => Value::from(name),
            ZoneKind::Offset(0) => Value::from("Z"),
            _ => Value::Null,
        }),
        _ => None,
    }
}

fn seconds(whole: i64, nanos: i64) -> Value {
    let total = whole as i128 * 1_000_000_000 + nanos as i128;
    Value::Number(if nanos == 0 { Number::from(whole) } else { Number::from_scaled(total, 9) })
}

fn offset(seconds: Option<i32>) -> Value {
    seconds
        .map_or(Value::Null, |seconds| Value::DayTimeDuration(DayTimeDuration::from_seconds(seconds as i64)))
}

fn range_property(range: &Range, name: &str) -> Option<Value> {
    let end = |value: &Option<Value>| Some(value.clone().unwrap_or_default());
    // `!= a` is the one form that is no interval.
    if range.form == RangeForm::NotEqual {
        return None;
    }
    match name {
        "start" => end(&range.start),
        "end" => end(&range.end),
        "start included" => Some(Value::Bool(range.start_included)),
        "end included" => Some(Value::Bool(range.end_included)),
        _ => None,
    }
}
