//! When timers fire: dates, durations, cycles and cron expressions, in time zones.

use crate::compile::TimerModel;
use crate::expression::{Evaluator, Expression, Failure};
use crate::variables::Scopes;
use jiff::{Span, Timestamp, Zoned, civil, tz::TimeZone};
use record::{IncidentType, Str};

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The first firing, milliseconds since 1970.
    pub due: i64,
    /// Firings after the first; -1 without end.
    pub repetitions: i32,
    /// The cycle's text; empty for a single firing.
    pub cycle: Str,
}

/// Evaluates when a timer fires.
pub(crate) fn plan(
    model: &TimerModel,
    scopes: &Scopes<'_>,
    with: &mut Evaluator,
    now: i64,
) -> Result<Plan, Failure> {
    let (expression, kind): (&Expression, &str) = match model {
        TimerModel::Date(text) => (text, "date and time such as 2026-01-31T09:00:00Z"),
        TimerModel::Duration(text) => (text, "duration such as PT15M"),
        TimerModel::Cycle(text) => (text, "cycle such as R3/PT10S"),
    };
    let (value, warnings) = expression.evaluate(scopes, with)?;
    let text = match &value {
        feel::Value::String(text) => text.to_string(),
        other => other.to_json().trim_matches('"').to_owned(),
    };
    let once = |due| Plan { due, repetitions: 0, cycle: Str::from("") };
    let found = match model {
        TimerModel::Date(_) => moment(&text).map(once),
        TimerModel::Duration(_) => after(now, &text).map(once),
        TimerModel::Cycle(_) => cycle(&text, now),
    };
    found.ok_or_else(|| {
        let mut message =
            format!("Expected '{}' to give a {kind}, but it gave '{text}'.", expression.source());
        for warning in &warnings {
            message.push(' ');
            message.push_str(warning);
        }
        let cause = record::event::Cause { expression: Str::from(expression.source()), warnings };
        Failure { kind: IncidentType::ExtractValueError, message, cause: Some(cause) }
    })
}

/// A moment in ISO 8601, with an offset or a zone; without either it is UTC.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(zoned.timestamp().as_millisecond());
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    if let Some((moment, zone)) = text.split_once('@') {
        let civil: civil::DateTime = moment.parse().ok()?;
        let zoned = civil.to_zoned(TimeZone::get(zone).ok()?).ok()?;
        return Some(zoned.timestamp().as_millisecond());
    }
    let civil: civil::DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// The moment a duration after another. Durations that are negative fire at once.
fn after(from: i64, text: &str) -> Option<i64> {
    let span: Span = text.trim().parse().ok()?;
    let start = Timestamp::from_millisecond(from).ok()?.to_zoned(TimeZone::UTC);
    Some(start.checked_add(span).ok()?.timestamp().as_millisecond().max(from))
}

/// `R3/PT10S`, `R/P1D`, `R2/2026-01-01T00:00:00Z/PT1H`. `R0` fires once.
fn cycle(text: &str, now: i64) -> Option<Plan> {
    let mut parts = text.trim().split('/');
    let count = parts.next()?.strip_prefix('R')?;
    let total: i32 = if count.is_empty() { -1 } else { count.parse().ok().filter(|total| *total >= 0)? };
    let (start, interval) = match (parts.next()?, parts.next(), parts.next()) {
        (interval, None, _) => (None, interval),
        (start, Some(interval), None) => (Some(moment(start)?), interval),
        _ => return None,
    };
    let due = match start {
        Some(start) => start,
        None => after(now, interval)?,
    };
    after(due, interval).filter(|next| *next > due)?;
    let repetitions = if total < 0 { -1 } else { (total - 1).max(0) };
    Some(Plan { due, repetitions, cycle: Str::from(text.trim()) })
}

/// The firing after one that was due at `due`.
pub(crate) fn next(cycle: &str, due: i64) -> Option<i64> {
    after(due, cycle.rsplit('/').next()?).filter(|next| *next > due)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_count_their_firings() {
        let plan = |text| cycle(text, 1_000).map(|plan| (plan.due, plan.repetitions));
        assert_eq!(plan("R3/PT10S"), Some((11_000, 2)));
        assert_eq!(plan("R/PT10S"), Some((11_000, -1)));
        assert_eq!(plan("R0/PT10S"), Some((11_000, 0)));
        assert_eq!(plan("R2/1970-01-01T00:00:05Z/PT1M"), Some((5_000, 1)));
        assert_eq!(plan("R2/PT0S"), None, "a cycle that never gets on would never end");
        assert_eq!(plan("every day"), None);
        assert_eq!(next("R3/PT10S", 11_000), Some(21_000));
    }

    #[test]
    fn moments_have_offsets_or_zones() {
        assert_eq!(moment("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(moment("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(moment("1970-01-01T00:00:01"), Some(1_000));
        assert_eq!(moment("2024-07-01T02:00:00@Europe/Berlin"), moment("2024-07-01T00:00:00Z"));
        assert_eq!(moment("tomorrow"), None);
    }

    #[test]
    fn a_duration_may_have_months() {
        assert_eq!(after(0, "P1M"), Some(31 * 24 * 3_600_000));
        assert_eq!(after(5_000, "-PT3S"), Some(5_000));
        assert_eq!(after(0, "PT1"), None);
    }
}
