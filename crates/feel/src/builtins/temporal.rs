//! Functions of dates, times and durations.

use super::arguments::{Result, any, fail, integer, number, text};
use super::{Builtin, needs};
use crate::number::Number;
use crate::run::Run;
use crate::temporal::{Date, DateTime, DayTimeDuration, Time, YearMonthDuration, Zone};
use crate::value::Value;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure("date", date, &[needs(1, &["from"]), needs(3, &["year", "month", "day"])]),
    Builtin::pure("time", time, &[needs(1, &["from"]), needs(3, &["hour", "minute", "second", "offset"])]),
    Builtin::pure(
        "date and time",
        date_and_time,
        &[needs(1, &["from"]), needs(2, &["date", "time"]), needs(2, &["date", "timezone"])],
    ),
    Builtin::pure("duration", duration, &[needs(1, &["from"])]),
    Builtin::pure("years and months duration", months_between, &[needs(2, &["from", "to"])]),
    Builtin::pure("day of year", |a, _| Ok(Value::from(day(a)?.day_of_year())), &[needs(1, &["date"])]),
    Builtin::pure(
        "day of week",
        |a, _| Ok(Value::from(WEEKDAYS[day(a)?.weekday() as usize - 1])),
        &[needs(1, &["date"])],
    ),
    Builtin::pure(
        "month of year",
        |a, _| Ok(Value::from(MONTHS[day(a)?.month() as usize - 1])),
        &[needs(1, &["date"])],
    ),
    Builtin::pure("week of year", |a, _| Ok(Value::from(day(a)?.week_of_year())), &[needs(1, &["date"])]),
    Builtin::pure("last day of month", |a, _| last_day(a), &[needs(1, &["date"])]),
    Builtin::impure("now", now, &[needs(0, &[])]),
    Builtin::impure("today", today, &[needs(0, &[])]),
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The value of `@"text"`.
pub(crate) fn literal(text: &str) -> Option<Value> {
    Date::parse(text)
        .map(Value::Date)
        .or_else(|| DateTime::parse(text).map(Value::DateTime))
        .or_else(|| Time::parse(text).map(Value::Time))
        .or_else(|| duration_of(text))
}

fn duration_of(text: &str) -> Option<Value> {
    YearMonthDuration::parse(text)
        .map(Value::YearMonthDuration)
        .or_else(|| DayTimeDuration::parse(text).map(Value::DayTimeDuration))
}

fn date(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    if arguments.len() > 1 {
        let date = Date::new(integer(arguments, 0)?, integer(arguments, 1)?, integer(arguments, 2)?);
        return date.map(Value::Date).map_or_else(|| fail("there is no such date"), Ok);
    }
    match any(arguments, 0) {
        Value::Date(date) => Ok(Value::Date(*date)),
        Value::DateTime(value) => Ok(Value::Date(value.date())),
        _ => {
            let text = text(arguments, 0)?;
            let parsed = Date::parse(text).or_else(|| DateTime::parse(text).map(DateTime::date));
            parsed.map(Value::Date).map_or_else(|| fail(format!("'{text}' is not a date")), Ok)
        }
    }
}

fn time(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    if arguments.len() > 1 {
        return time_of_parts(arguments);
    }
    match any(arguments, 0) {
        Value::Time(time) => Ok(Value::Time(*time)),
        Value::DateTime(value) => Ok(Value::Time(value.time())),
        Value::Date(date) => Ok(Value::Time(date.at_midnight(Zone::UTC).time())),
        _ => {
            let text = text(arguments, 0)?;
            let parsed = Time::parse(text).or_else(|| DateTime::parse(text).map(DateTime::time));
            parsed.map(Value::Time).map_or_else(|| fail(format!("'{text}' is not a time")), Ok)
        }
    }
}

fn time_of_parts(arguments: &[Value]) -> Result<Value> {
    let (hour, minute) = (integer(arguments, 0)?, integer(arguments, 1)?);
    let second = number(arguments, 2)?;
    let nanos =
        second.checked_mul(Number::from(1_000_000_000i64)).and_then(|nanos| nanos.truncate().as_i64());
    let zone = match any(arguments, 3) {
        Value::Null => Some(Zone::LOCAL),
        Value::DayTimeDuration(offset) => i32::try_from(offset.total_seconds()).ok().and_then(Zone::offset),
        other => {
            return fail(format!("the offset must be a days and time duration, not a {}", other.type_name()));
        }
    };
    let time = nanos.zip(zone).and_then(|(nanos, zone)| {
        Time::new(hour, minute, nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000), zone)
    });
    time.map(Value::Time).map_or_else(|| fail("there is no such time"), Ok)
}

fn date_and_time(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    if arguments.len() > 1 {
        return match (any(arguments, 0), any(arguments, 1)) {
            (Value::Date(date), Value::Time(time)) => Ok(Value::DateTime(DateTime::new(*date, *time))),
            (Value::DateTime(value), Value::Time(time)) => {
                Ok(Value::DateTime(DateTime::new(value.date(), *time)))
            }
            (Value::DateTime(value), Value::String(zone)) => in_zone(*value, zone),
            (Value::Date(date), Value::String(zone)) => in_zone(date.at_midnight(Zone::LOCAL), zone),
            (a, b) => fail(format!("cannot make a date and time of {} and {}", a.type_name(), b.type_name())),
        };
    }
    match any(arguments, 0) {
        Value::DateTime(value) => Ok(Value::DateTime(*value)),
        Value::Date(date) => Ok(Value::DateTime(date.at_midnight(Zone::LOCAL))),
        _ => {
            let text = text(arguments, 0)?;
            let date = || Date::parse(text).map(|date| date.at_midnight(Zone::LOCAL));
            let parsed = DateTime::parse(text).or_else(date);
            parsed.map(Value::DateTime).map_or_else(|| fail(format!("'{text}' is not a date and time")), Ok)
        }
    }
}

/// The same instant in another zone; a local time is taken to be of that zone.
fn in_zone(value: DateTime, zone: &str) -> Result<Value> {
    let Some(zone) = Zone::parse(zone) else {
        return fail(format!("there is no time zone '{zone}'"));
    };
    if value.zone().is_local() {
        return Ok(Value::DateTime(value.with_zone(zone)));
    }
    let (seconds, nanos) = value.instant();
    let moved = DateTime::from_instant(seconds, nanos, zone);
    moved.map(Value::DateTime).map_or_else(|| fail("the date and time is out of range"), Ok)
}

fn duration(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    if let duration @ (Value::YearMonthDuration(_) | Value::DayTimeDuration(_)) = any(arguments, 0) {
        return Ok(duration.clone());
    }
    let text = text(arguments, 0)?;
    duration_of(text).map_or_else(|| fail(format!("'{text}' is not a duration")), Ok)
}

fn months_between(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    let date = |at: usize| match any(arguments, at) {
        Value::Date(date) => Ok(*date),
        Value::DateTime(value) => Ok(value.date()),
        other => fail(format!("argument {} must be a date, not a {}", at + 1, other.type_name())),
    };
    let months = date(0)?.months_until(date(1)?);
    Ok(Value::YearMonthDuration(YearMonthDuration::from_months(months)))
}

fn day(arguments: &[Value]) -> Result<Date> {
    match any(arguments, 0) {
        Value::Date(date) => Ok(*date),
        Value::DateTime(value) => Ok(value.date()),
        other => fail(format!("argument 1 must be a date, not a {}", other.type_name())),
    }
}

fn last_day(arguments: &[Value]) -> Result<Value> {
    let last = day(arguments)?.last_of_month();
    Ok(match any(arguments, 0) {
        Value::DateTime(value) => Value::DateTime(DateTime::new(last, value.time())),
        _ => Value::Date(last),
    })
}

fn current(run: &Run<'_>) -> Result<DateTime> {
    let env = run.env();
    DateTime::from_epoch_millis(env.now, env.zone).map_or_else(|| fail("the clock is out of range"), Ok)
}

fn now(_: &[Value], run: &mut Run<'_>) -> Result<Value> {
    Ok(Value::DateTime(current(run)?))
}

fn today(_: &[Value], run: &mut Run<'_>) -> Result<Value> {
    Ok(Value::Date(current(run)?.date()))
}
