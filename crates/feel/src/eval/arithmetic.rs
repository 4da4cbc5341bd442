//! Arithmetic over numbers, strings and temporal values.

use super::{Fail, State};
use crate::node::{Node, Operator};
use crate::number::{Number, Rounding};
use crate::run::Stop;
use crate::temporal::{DateTime, DayTimeDuration, YearMonthDuration, Zone};
use crate::value::Value;

impl State<'_, '_, '_> {
    pub(super) fn arithmetic(&mut self, node: &Node, op: Operator, pair: &[Node; 2]) -> Result<Value, Stop> {
        if let (Some(Value::Number(a)), Some(Value::Number(b))) = (self.peek(&pair[0]), self.peek(&pair[1]))
            && let Some(result) = quick(op, *a, *b)
        {
            return Ok(Value::Number(result));
        }
        let a = self.eval(&pair[0])?;
        if let (Value::Number(x), Some(Value::Number(y))) = (&a, self.peek(&pair[1]))
            && let Some(result) = quick(op, *x, *y)
        {
            return Ok(Value::Number(result));
        }
        let b = self.eval(&pair[1])?;
        self.apply(node, op, &a, &b)
    }

    fn apply(&mut self, node: &Node, op: Operator, a: &Value, b: &Value) -> Result<Value, Stop> {
        if op == Operator::Power {
            self.run.charge(POWER_FUEL)?;
        }
        if let (Value::Number(a), Value::Number(b)) = (a, b)
            && let Some(result) = numbers(op, *a, *b)
        {
            return Ok(Value::Number(result));
        }
        if let (Operator::Add, Value::String(a), Value::String(b)) = (op, a, b) {
            return self.run.string([&**a, &**b].concat());
        }
        self.or_null(node, combine(op, a, b))
    }

    pub(super) fn chain(
        &mut self,
        node: &Node,
        first: &Node,
        rest: &[(Operator, Node)],
    ) -> Result<Value, Stop> {
        let mut value = self.eval(first)?;
        for (op, operand) in rest {
            let right = self.eval(operand)?;
            value = self.apply(node, *op, &value, &right)?;
        }
        Ok(value)
    }
}

/// A power that is not of small integers takes microseconds.
const POWER_FUEL: u64 = 400;

/// Operations that take nanoseconds.
#[inline]
fn quick(op: Operator, a: Number, b: Number) -> Option<Number> {
    if op == Operator::Power { a.small_pow(b) } else { numbers(op, a, b) }
}

#[inline]
fn numbers(op: Operator, a: Number, b: Number) -> Option<Number> {
    match op {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide => a.checked_div(b),
        Operator::Power => a.checked_pow(b),
    }
}

fn range_error() -> Fail {
    Fail::Null("feel.range", "the result is out of range".to_owned())
}

/// Everything but what [`numbers`] and string concatenation do.
fn combine(op: Operator, a: &Value, b: &Value) -> Result<Value, Fail> {
    if let (Value::Number(_), Value::Number(divisor)) = (a, b) {
        return Err(if op == Operator::Divide && divisor.is_zero() {
            Fail::Null("feel.division", "division by zero".to_owned())
        } else {
            Fail::Null("feel.range", "the result is undefined or too large".to_owned())
        });
    }
    let result = match op {
        Operator::Add => add(a, b).or_else(|| add(b, a)),
        Operator::Subtract => subtract(a, b),
        Operator::Multiply => multiply(a, b).or_else(|| multiply(b, a)),
        Operator::Divide => divide(a, b),
        Operator::Power => None,
    };
    result.unwrap_or_else(|| {
        let name = match op {
            Operator::Add => "add",
            Operator::Subtract => "subtract",
            Operator::Multiply => "multiply",
            Operator::Divide => "divide",
            Operator::Power => "raise to a power",
        };
        Err(Fail::Null("feel.type", format!("cannot {name} {} and {}", a.type_name(), b.type_name())))
    })
}

type Combined = Option<Result<Value, Fail>>;

fn some<T>(value: Option<T>, make: impl Fn(T) -> Value) -> Combined {
    Some(value.map(make).ok_or_else(range_error))
}

fn add(a: &Value, b: &Value) -> Combined {
    match (a, b) {
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => {
            some(a.checked_add(*b), Value::YearMonthDuration)
        }
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => {
            some(a.checked_add(*b), Value::DayTimeDuration)
        }
        (Value::Date(a), Value::YearMonthDuration(b)) => some(a.add_months(b.total_months()), Value::Date),
        (Value::Date(a), Value::DayTimeDuration(b)) => some(a.checked_add(*b), Value::Date),
        (Value::DateTime(a), Value::YearMonthDuration(b)) => {
            some(a.add_months(b.total_months()), Value::DateTime)
        }
        (Value::DateTime(a), Value::DayTimeDuration(b)) => some(a.checked_add(*b), Value::DateTime),
        (Value::Time(a), Value::DayTimeDuration(b)) => Some(Ok(Value::Time(a.checked_add(*b)))),
        _ => None,
    }
}

fn subtract(a: &Value, b: &Value) -> Combined {
    let duration = |value| some(value, Value::DayTimeDuration);
    match (a, b) {
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            let both_dates = matches!((a, b), (Value::Date(_), Value::Date(_)));
            let zone = if both_dates { Zone::LOCAL } else { Zone::UTC };
            let instant = |value: &Value| match value {
                Value::Date(date) => Some(date.at_midnight(zone)),
                Value::DateTime(value) => Some(*value),
                _ => None,
            };
            let (a, b): (DateTime, DateTime) = (instant(a)?, instant(b)?);
            Some(match a.since(b) {
                Some(value) => Ok(Value::DayTimeDuration(value)),
                None => Err(Fail::Null("feel.type", "one of the two has no time zone or offset".to_owned())),
            })
        }
        (Value::Time(a), Value::Time(b)) => Some(match a.since(*b) {
            Some(value) => Ok(Value::DayTimeDuration(value)),
            None => Err(Fail::Null("feel.type", "one of the two has no time zone or offset".to_owned())),
        }),
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => duration(a.checked_add(b.negated())),
        (_, Value::DayTimeDuration(b)) => add(a, &Value::DayTimeDuration(b.negated())),
        (_, Value::YearMonthDuration(b)) => add(a, &Value::YearMonthDuration(b.negated())),
        _ => None,
    }
}

fn months(value: Option<Number>) -> Combined {
    let months = value.and_then(|value| value.round(0, Rounding::Down).as_i64());
    some(months, |months| Value::YearMonthDuration(YearMonthDuration::from_months(months)))
}

fn nanos(value: Option<Number>) -> Combined {
    let duration =
        value.and_then(|value| DayTimeDuration::from_nanos(value.round(0, Rounding::Down).as_i128()?));
    some(duration, Value::DayTimeDuration)
}

fn nanos_of(duration: &DayTimeDuration) -> Number {
    Number::from_scaled(duration.total_nanos(), 0)
}

fn multiply(a: &Value, b: &Value) -> Combined {
    match (a, b) {
        (Value::YearMonthDuration(a), Value::Number(b)) => {
            months(Number::from(a.total_months()).checked_mul(*b))
        }
        (Value::DayTimeDuration(a), Value::Number(b)) => nanos(nanos_of(a).checked_mul(*b)),
        _ => None,
    }
}

/// The quotient, or why there is none.
fn divide_number(a: Number, b: Number) -> Result<Value, Fail> {
    match a.checked_div(b) {
        Some(result) => Ok(Value::Number(result)),
        None => Err(Fail::Null("feel.division", "division by zero".to_owned())),
    }
}

fn divide(a: &Value, b: &Value) -> Combined {
    match (a, b) {
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => {
            Some(divide_number(a.total_months().into(), b.total_months().into()))
        }
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => {
            Some(divide_number(nanos_of(a), nanos_of(b)))
        }
        (Value::YearMonthDuration(_) | Value::DayTimeDuration(_), Value::Number(b)) if b.is_zero() => {
            Some(Err(Fail::Null("feel.division", "division by zero".to_owned())))
        }
        (Value::YearMonthDuration(a), Value::Number(b)) => {
            months(Number::from(a.total_months()).checked_div(*b))
        }
        (Value::DayTimeDuration(a), Value::Number(b)) => nanos(nanos_of(a).checked_div(*b)),
        _ => None,
    }
}

/// Arithmetic negation.
pub(crate) fn negate(value: &Value) -> Result<Value, Fail> {
    match value {
        Value::Number(number) => Ok(Value::Number(-*number)),
        Value::YearMonthDuration(duration) => Ok(Value::YearMonthDuration(duration.negated())),
        Value::DayTimeDuration(duration) => Ok(Value::DayTimeDuration(duration.negated())),
        _ => Err(Fail::Null("feel.type", format!("cannot negate {}", value.type_name()))),
    }
}
