//! Functions of ranges and points: Allen's relations, and `range()`.

use super::arguments::{Result, any, fail, text};
use super::{Builtin, needs};
use crate::compare::order;
use crate::eval::Fail;
use crate::range::{Range, RangeForm};
use crate::run::Run;
use crate::value::Value;
use std::cmp::Ordering;
use std::sync::Arc;

macro_rules! relation {
    ($name:literal, $test:expr, $($names:expr),+) => {
        Builtin::pure($name, |a, _| relate(a, $test), &[$(needs(2, $names)),+])
    };
}

const POINTS: &[&str] = &["point1", "point2"];
const POINT_RANGE: &[&str] = &["point", "range"];
const RANGE_POINT: &[&str] = &["range", "point"];
const RANGES: &[&str] = &["range1", "range2"];

pub(super) static TABLE: &[Builtin] = &[
    relation!("before", before, POINTS, POINT_RANGE, RANGE_POINT, RANGES),
    relation!("after", |a, b| before(b, a), POINTS, POINT_RANGE, RANGE_POINT, RANGES),
    relation!("meets", meets, RANGES),
    relation!("met by", |a, b| meets(b, a), RANGES),
    relation!("overlaps", overlaps, RANGES),
    relation!("overlaps before", overlaps_before, RANGES),
    relation!("overlaps after", |a, b| overlaps_before(b, a), RANGES),
    relation!("finishes", finishes, POINT_RANGE, RANGES),
    relation!("finished by", |a, b| finishes(b, a), RANGE_POINT, RANGES),
    relation!("includes", includes, RANGE_POINT, RANGES),
    relation!("during", |a, b| includes(b, a), POINT_RANGE, RANGES),
    relation!("starts", starts, POINT_RANGE, RANGES),
    relation!("started by", |a, b| starts(b, a), RANGE_POINT, RANGES),
    relation!("coincides", coincides, POINTS, RANGES),
    Builtin::pure("range", range, &[needs(1, &["from"])]),
];

/// A range, or a point as a range that holds only it; an absent end is infinite.
struct Span<'a> {
    start: Option<&'a Value>,
    end: Option<&'a Value>,
    from_start: bool,
    to_end: bool,
    point: bool,
}

fn span(value: &Value) -> Span<'_> {
    match value {
        Value::Range(range) => Span {
            start: range.start.as_ref(),
            end: range.end.as_ref(),
            from_start: range.start_included,
            to_end: range.end_included,
            point: false,
        },
        point => Span { start: Some(point), end: Some(point), from_start: true, to_end: true, point: true },
    }
}

fn relate(
    arguments: &[Value],
    test: fn(&Span<'_>, &Span<'_>) -> std::result::Result<bool, Fail>,
) -> Result<Value> {
    let (a, b) = (any(arguments, 0), any(arguments, 1));
    if a.is_null() || b.is_null() {
        return fail("both arguments must be points or ranges, not null");
    }
    Ok(Value::Bool(test(&span(a), &span(b))?))
}

fn compared(a: &Value, b: &Value) -> Result<Ordering> {
    order(a, b).map_or_else(|| fail(format!("cannot order {} and {}", a.type_name(), b.type_name())), Ok)
}

/// Order of a lower end and a lower end, where an absent one is the lowest.
fn starts_order(a: &Span<'_>, b: &Span<'_>) -> Result<Ordering> {
    match (a.start, b.start) {
        (Some(a), Some(b)) => compared(a, b),
        (a, b) => Ok(a.is_some().cmp(&b.is_some())),
    }
}

/// Order of an upper end and an upper end, where an absent one is the highest.
fn ends_order(a: &Span<'_>, b: &Span<'_>) -> Result<Ordering> {
    match (a.end, b.end) {
        (Some(a), Some(b)) => compared(a, b),
        (a, b) => Ok(a.is_none().cmp(&b.is_none())),
    }
}

/// Order of `a`'s upper and `b`'s lower end.
fn end_to_start(a: &Span<'_>, b: &Span<'_>) -> Result<Ordering> {
    match (a.end, b.start) {
        (Some(a), Some(b)) => compared(a, b),
        _ => Ok(Ordering::Greater),
    }
}

fn before(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    let order = end_to_start(a, b)?;
    Ok(order.is_lt() || order.is_eq() && !(a.to_end && b.from_start))
}

fn meets(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    Ok(a.to_end && b.from_start && end_to_start(a, b)?.is_eq())
}

fn overlaps(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    Ok(!before(a, b)? && !before(b, a)?)
}

fn overlaps_before(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    let starts = starts_order(a, b)?;
    let ends = ends_order(a, b)?;
    let first = starts.is_lt() || starts.is_eq() && a.from_start && !b.from_start;
    Ok(first && !before(a, b)? && (ends.is_lt() || ends.is_eq() && (!a.to_end || b.to_end)))
}

fn finishes(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    let starts = starts_order(a, b)?;
    let inside = starts.is_gt() || starts.is_eq() && (!a.from_start || b.from_start);
    Ok(a.to_end == b.to_end && ends_order(a, b)?.is_eq() && (a.point || inside))
}

fn includes(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    let (starts, ends) = (starts_order(a, b)?, ends_order(a, b)?);
    Ok((starts.is_lt() || starts.is_eq() && (a.from_start || !b.from_start))
        && (ends.is_gt() || ends.is_eq() && (a.to_end || !b.to_end)))
}

fn starts(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    let ends = ends_order(a, b)?;
    let inside = ends.is_lt() || ends.is_eq() && (!a.to_end || b.to_end);
    Ok(a.from_start == b.from_start && starts_order(a, b)?.is_eq() && (a.point || inside))
}

fn coincides(a: &Span<'_>, b: &Span<'_>) -> Result<bool> {
    Ok(starts_order(a, b)?.is_eq()
        && ends_order(a, b)?.is_eq()
        && a.from_start == b.from_start
        && a.to_end == b.to_end)
}

/// A range from its text, whose ends are literals.
fn range(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let text = text(arguments, 0)?.trim();
    let wrong = || fail(format!("'{text}' is not a range of literals"));
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return wrong();
    };
    if !matches!(first, '[' | '(' | ']') || !matches!(last, ']' | ')' | '[') || text.len() < 2 {
        return wrong();
    }
    run.charge(200 + text.len() as u64)?;
    let inside = &text[1..text.len() - 1];
    let Some(dots) = inside.match_indices("..").find(|(at, _)| inside[..*at].matches('"').count() % 2 == 0)
    else {
        return wrong();
    };
    let ends = (literal(inside[..dots.0].trim()), literal(inside[dots.0 + 2..].trim()));
    let (Some(start), Some(end)) = ends else {
        return wrong();
    };
    if order(&start, &end).is_none_or(|order| order.is_gt()) {
        return fail("the ends of a range must be of one kind and ascend");
    }
    Ok(Value::Range(Arc::new(Range {
        start: Some(start),
        end: Some(end),
        start_included: first == '[',
        end_included: last == ']',
        form: RangeForm::Interval,
    })))
}

/// The value of a number, string, at-literal or call of a temporal constructor with a string.
fn literal(text: &str) -> Option<Value> {
    let options = crate::Options::default();
    let call = text.split('(').next().map(str::trim);
    let constructor = matches!(call, Some("date" | "time" | "date and time" | "duration"));
    let argument = text.split_once('(').map(|(_, rest)| rest.trim_start());
    if text.contains('(') && !text.starts_with('"') && !(constructor && argument?.starts_with('"')) {
        return None;
    }
    let value = crate::compile(text, &options).ok()?.constant()?.clone();
    order(&value, &value).map(|_| value)
}
