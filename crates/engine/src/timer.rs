//! When timers fire: dates, durations, cycles and cron expressions, in time zones.

use crate::compile::TimerModel;
use crate::expression::{Evaluator, Expression, Failure};
use crate::variables::Scopes;
use feel::Value;
use jiff::{Span, Timestamp, Zoned, civil, tz::TimeZone};
use record::{Event, Key, Str};

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

impl Plan {
    /// The timer of a start event.
    pub(crate) fn scheduled(self, key: Key, definition: Key, ordinal: u32) -> Event {
        let Plan { due, repetitions, cycle } = self;
        Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, cycle }
    }
}

/// How a moment is written.
pub(crate) const MOMENT: &str = "2026-01-31T09:00:00Z";

impl TimerModel {
    /// A token would wait for ever.
    pub(crate) fn never(&self) -> Failure {
        let (TimerModel::Date(text) | TimerModel::Duration(text) | TimerModel::Cycle(text)) = self;
        let sentence = format!(
            "The cycle of the expression '{}' has no repetitions, so this event would never occur. Write one such as R1/PT10S.",
            text.source()
        );
        text.failure(sentence, &[])
    }
}

/// Evaluates when a timer fires; none for a cycle of no repetitions.
pub(crate) fn plan(
    model: &TimerModel,
    scopes: &Scopes<'_>,
    with: &mut Evaluator,
    now: i64,
) -> Result<Option<Plan>, Failure> {
    let (expression, kind, expected): (&Expression, &str, &str) = match model {
        TimerModel::Date(text) => (text, "date-time", "DATE_TIME, STRING"),
        TimerModel::Duration(text) => (text, "duration", "DURATION, PERIOD, STRING"),
        TimerModel::Cycle(text) => (text, "cycle", "STRING"),
    };
    let (value, warnings) = expression.evaluate(scopes, with)?;
    let text = match (&value, model) {
        (Value::String(text), _) => text.to_string(),
        (Value::DateTime(_), TimerModel::Date(_))
        | (Value::DayTimeDuration(_) | Value::YearMonthDuration(_), TimerModel::Duration(_)) => {
            value.to_json().trim_matches('"').to_owned()
        }
        _ => return Err(expression.wrong_type(expected, &value, &warnings)),
    };
    let once = |due| Some(Plan { due, repetitions: 0, cycle: Str::from("") });
    let found = match model {
        TimerModel::Date(_) => moment(&text).map(once),
        TimerModel::Duration(_) => after(now, &text).map(once),
        TimerModel::Cycle(_) => cycle(&text, now),
    };
    found.ok_or_else(|| {
        let example = match model {
            TimerModel::Date(_) => MOMENT,
            TimerModel::Duration(_) => "PT15M",
            TimerModel::Cycle(_) => "R3/PT10S or 0 0 9 * * MON-FRI",
        };
        expression.bad_format(kind, &text, example, &warnings)
    })
}

/// A moment in ISO 8601, with an offset or a zone; without either it is UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
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

/// `R3/PT10S`, `R/P1D`, `R2/2026-01-01T00:00:00Z/PT1H`, or a cron expression such as `0 0 9 * * MON-FRI`. `None` where
/// it is neither, `Some(None)` for `R0`, which repeats nothing.
fn cycle(text: &str, now: i64) -> Option<Option<Plan>> {
    let text = text.trim();
    if !text.starts_with('R') {
        let due = cron(text, now)?;
        return Some(Some(Plan { due, repetitions: -1, cycle: Str::from(text) }));
    }
    let mut parts = text.split('/');
    let count = parts.next()?.strip_prefix('R')?;
    let total: i32 = if count.is_empty() { -1 } else { count.parse().ok().filter(|total| *total >= -1)? };
    // A time zone's name has a slash of its own.
    let rest: Vec<&str> = parts.collect();
    let (interval, start) = rest.split_last()?;
    let due = match start.is_empty() {
        true => after(now, interval)?,
        false => moment(&start.join("/"))?,
    };
    next(text, due)?;
    let plan = |repetitions| Plan { due, repetitions, cycle: Str::from(text) };
    Some(match total {
        0 => None,
        -1 => Some(plan(-1)),
        _ => Some(plan(total - 1)),
    })
}

/// The firing after one that was due at `due`. Days and months of a cycle that starts in a time zone are counted on
/// its calendar: each day at the same hour, also when clocks change.
pub(crate) fn next(cycle: &str, due: i64) -> Option<i64> {
    if !cycle.starts_with('R') {
        return cron(cycle, due).filter(|next| *next > due);
    }
    let (start, interval) = cycle.rsplit_once('/')?;
    let span: Span = interval.trim().parse().ok()?;
    let zone = start.split_once('/').and_then(|(_, start)| zone_of(start)).unwrap_or(TimeZone::UTC);
    let from = Timestamp::from_millisecond(due).ok()?.to_zoned(zone);
    Some(from.checked_add(span).ok()?.timestamp().as_millisecond()).filter(|next| *next > due)
}

/// The time zone that a moment names.
fn zone_of(text: &str) -> Option<TimeZone> {
    if let Ok(zoned) = text.trim().parse::<Zoned>() {
        return Some(zoned.time_zone().clone());
    }
    TimeZone::get(text.split_once('@')?.1.trim()).ok()
}

/// The first moment of a cron expression after another. It has six fields, seconds first, or five; macros such as
/// `@daily`; and a time zone before it, as in `TZ=Europe/Berlin 0 0 9 * * *`, else it is meant in UTC.
fn cron(text: &str, after: i64) -> Option<i64> {
    let (zone, pattern) = match text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) {
        Some(rest) => {
            let (name, pattern) = rest.split_once(' ')?;
            (TimeZone::get(name).ok()?, pattern.trim())
        }
        None => (TimeZone::UTC, text),
    };
    // `0/15` is `0-59/15`, as Camunda 8 reads it.
    let parser = croner::parser::CronParser::builder()
        .seconds(croner::parser::Seconds::Optional)
        .sloppy_ranges(true)
        .build();
    let cron = parser.parse(pattern).ok()?;
    // The calendar of the zone, without its offset: what clocks on the wall show.
    let mut wall = Timestamp::from_millisecond(after).ok()?.to_zoned(zone.clone()).datetime();
    // A wall clock time that the zone skips falls on one that was looked at already: then the next one counts.
    for _ in 0..4 {
        let shown = wall.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        let from = chrono::DateTime::from_timestamp_millis(shown)?;
        let found = cron.find_next_occurrence(&from, false).ok()?.timestamp_millis();
        wall = Timestamp::from_millisecond(found).ok()?.to_zoned(TimeZone::UTC).datetime();
        let due = wall.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
        if due > after {
            return Some(due);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_count_their_firings() {
        let plan = |text| cycle(text, 1_000).map(|plan| plan.map(|plan| (plan.due, plan.repetitions)));
        assert_eq!(plan("R3/PT10S"), Some(Some((11_000, 2))));
        assert_eq!(plan("R/PT10S"), Some(Some((11_000, -1))));
        assert_eq!(plan("R-1/PT10S"), Some(Some((11_000, -1))));
        assert_eq!(plan("R0/PT10S"), Some(None));
        assert_eq!(plan("R2/1970-01-01T00:00:05Z/PT1M"), Some(Some((5_000, 1))));
        assert_eq!(plan("R2/PT0S"), None, "a cycle that never gets on would never end");
        assert_eq!(plan("every day"), None);
        assert_eq!(next("R3/PT10S", 11_000), Some(21_000));
    }

    fn at(text: &str) -> i64 {
        moment(text).unwrap_or_else(|| panic!("{text} is no moment"))
    }

    #[test]
    fn a_cycle_in_a_time_zone_keeps_its_hour_when_clocks_change() {
        let cycle = "R/2024-03-30T09:00:00[Europe/Berlin]/P1D";
        let first = at("2024-03-30T09:00:00[Europe/Berlin]");
        assert_eq!(super::cycle(cycle, 0).flatten().map(|plan| plan.due), Some(first));
        assert_eq!(next(cycle, first), Some(at("2024-03-31T09:00:00+02:00")));
        assert_eq!(next("R/2024-03-30T09:00:00+01:00/P1D", first), Some(at("2024-03-31T09:00:00+01:00")));
        let hours = "R/2024-03-30T09:00:00[Europe/Berlin]/PT24H";
        assert_eq!(next(hours, first), Some(at("2024-03-31T10:00:00+02:00")));
    }

    #[test]
    fn cron_expressions_are_cycles_without_end() {
        let monday = at("2024-01-01T08:59:59Z");
        let plan = cycle("0 0 9 * * MON-FRI", monday).flatten().map(|plan| (plan.due, plan.repetitions));
        assert_eq!(plan, Some((at("2024-01-01T09:00:00Z"), -1)));
        assert_eq!(next("0 0 9 * * MON-FRI", at("2024-01-05T09:00:00Z")), Some(at("2024-01-08T09:00:00Z")));
        assert_eq!(next("*/15 * * * *", at("2024-01-01T00:00:00Z")), Some(at("2024-01-01T00:15:00Z")));
        let quarters = "0 5/15 8-10 * * *";
        assert_eq!(next(quarters, at("2024-01-01T08:50:00Z")), Some(at("2024-01-01T09:05:00Z")));
        assert_eq!(next(quarters, at("2024-01-01T10:50:00Z")), Some(at("2024-01-02T08:05:00Z")));
        assert_eq!(next("@daily", at("2024-01-01T12:00:00Z")), Some(at("2024-01-02T00:00:00Z")));
        assert_eq!(cycle("0 0 25 * * *", monday), None);
    }

    #[test]
    fn a_cron_expression_may_name_its_time_zone() {
        let nine = "TZ=Europe/Berlin 0 0 9 * * *";
        assert_eq!(next(nine, at("2024-03-30T08:00:00Z")), Some(at("2024-03-31T07:00:00Z")));
        // 02:30 does not exist on that day: it fires when the clock has jumped.
        let skipped = next("TZ=Europe/Berlin 0 30 2 * * *", at("2024-03-30T12:00:00Z"));
        assert_eq!(skipped, Some(at("2024-03-31T03:30:00+02:00")));
        // 02:30 comes twice on that day and fires once.
        let first = next("TZ=Europe/Berlin 0 30 2 * * *", at("2024-10-26T12:00:00Z"));
        assert_eq!(first, Some(at("2024-10-27T02:30:00+02:00")));
        assert_eq!(
            next("TZ=Europe/Berlin 0 30 2 * * *", at("2024-10-27T02:30:00+02:00")),
            Some(at("2024-10-28T02:30:00+01:00"))
        );
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
