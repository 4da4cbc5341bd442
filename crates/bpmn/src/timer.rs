//! When timers fire: dates, durations, cycles and cron expressions, in time zones.
//!
//! **Invariant:** validation and engine read timers with the same functions: a constant that cannot be executed is
//! refused at deployment, and one that can be is not.

use jiff::{Span, Timestamp, Zoned, civil, tz::TimeZone};

/// When a timer fires, milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firings {
    /// The first time.
    pub due: i64,
    /// How often after the first; -1 without end.
    pub repetitions: i32,
    /// What [`next`] counts by.
    pub cycle: String,
}

/// The moment that constants are read at, when they are only checked: what they mean does not depend on it.
const CHECKED_AT: i64 = 1_767_225_600_000;

/// True for a moment that can be executed.
pub fn is_moment(text: &str) -> bool {
    moment(text).is_some()
}

/// True for a duration that can be executed.
pub fn is_duration(text: &str) -> bool {
    after(CHECKED_AT, text).is_some()
}

/// True for a cycle that can be executed, also where it repeats nothing.
pub fn is_cycle(text: &str) -> bool {
    cycle(text, CHECKED_AT).is_some()
}

/// A moment in ISO 8601, with an offset or a zone; without either it is UTC.
pub fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(zoned.timestamp().as_millisecond());
    }
    // What follows would read it without its zone.
    if text.contains('[') {
        return None;
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

/// A duration in ISO 8601.
fn span(text: &str) -> Option<Span> {
    let text = text.trim();
    // The library reads other ways to write it, and nobody else does.
    text.trim_start_matches(['-', '+']).starts_with(['P', 'p']).then(|| text.parse().ok()).flatten()
}

/// The moment a duration after another. Durations that are negative fire at once.
pub fn after(from: i64, text: &str) -> Option<i64> {
    let start = Timestamp::from_millisecond(from).ok()?.to_zoned(TimeZone::UTC);
    Some(start.checked_add(span(text)?).ok()?.timestamp().as_millisecond().max(from))
}

/// The repeating interval of a cycle, where it begins and how long it is.
struct Interval {
    start: Option<(i64, TimeZone)>,
    length: Length,
}

enum Length {
    /// On the calendar.
    Span(Span),
    /// Milliseconds.
    Fixed(i64),
}

/// `PT10S`, `2026-01-01T00:00:00Z/PT1H`, or a start and an end. The names of time zones have slashes of their own.
fn interval(text: &str) -> Option<Interval> {
    if let Some(length) = span(text) {
        return Some(Interval { start: None, length: Length::Span(length) });
    }
    text.match_indices('/').find_map(|(at, _)| {
        let (left, right) = (text[..at].trim(), text[at + 1..].trim());
        if left.is_empty() {
            return Some(Interval { start: None, length: Length::Span(span(right)?) });
        }
        let start = moment(left)?;
        let length = match span(right) {
            Some(length) => Length::Span(length),
            None => Length::Fixed(moment(right)? - start),
        };
        Some(Interval { start: Some((start, zone_of(left))), length })
    })
}

/// `R3/PT10S`, `R/P1D`, `R2/2026-01-01T00:00:00Z/PT1H`, `R2/START/END`, or a cron expression such as
/// `0 0 9 * * MON-FRI`. `None` where it is none of them, `Some(None)` for `R0`, which repeats nothing.
pub fn cycle(text: &str, now: i64) -> Option<Option<Firings>> {
    let text = text.trim();
    if !text.starts_with('R') {
        let due = cron(text, now)?;
        return Some(Some(Firings { due, repetitions: -1, cycle: text.to_owned() }));
    }
    let (count, rest) = text.strip_prefix('R')?.split_once('/')?;
    let total: i32 = match count {
        "" | "-1" => -1,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    let interval = interval(rest)?;
    let (due, cycle) = match (&interval.start, &interval.length) {
        (Some((start, _)), _) => (*start, text.to_owned()),
        (None, Length::Fixed(_)) => return None,
        (None, Length::Span(length)) => {
            let start = Timestamp::from_millisecond(now).ok()?;
            let due = start.to_zoned(TimeZone::UTC).checked_add(*length).ok()?.timestamp().as_millisecond();
            // Months have different lengths, so all of them are counted from the start.
            let months = length.get_years() != 0 || length.get_months() != 0;
            let cycle = if months { format!("R{count}/{start}/{length}") } else { text.to_owned() };
            (due, cycle)
        }
    };
    next(&cycle, due)?;
    let firings = |repetitions| Firings { due, repetitions, cycle: cycle.clone() };
    Some(match total {
        0 => None,
        -1 => Some(firings(-1)),
        _ => Some(firings(total - 1)),
    })
}

/// The firing after one that was due at `due`. Days and months of a cycle are counted from its start, on the calendar
/// of the start's time zone: each day at the same hour, also when clocks change, and each month on the same day, or its
/// last where it has no such day.
pub fn next(cycle: &str, due: i64) -> Option<i64> {
    if !cycle.starts_with('R') {
        return cron(cycle, due).filter(|next| *next > due);
    }
    let Interval { start, length } = interval(cycle.split_once('/')?.1)?;
    let length = match length {
        Length::Fixed(length) => return (length > 0).then(|| due.checked_add(length)).flatten(),
        Length::Span(length) if length.is_positive() => length,
        Length::Span(_) => return None,
    };
    let days = i64::from(length.get_years()) * 366
        + i64::from(length.get_months()) * 31
        + i64::from(length.get_weeks()) * 7
        + i64::from(length.get_days());
    let Some((start, zone)) = start.filter(|_| days > 0) else {
        let from = Timestamp::from_millisecond(due).ok()?.to_zoned(TimeZone::UTC);
        let next = from.checked_add(length).ok()?.timestamp().as_millisecond();
        return Some(next).filter(|next| *next > due);
    };
    let from = Timestamp::from_millisecond(start).ok()?.to_zoned(zone);
    // No interval is longer than this, so no later firing is passed over.
    let minutes = i64::from(length.get_hours()) * 60 + length.get_minutes() + length.get_seconds() / 60;
    let longest = (days + 2 + minutes / 1_440) * DAY;
    let first = ((due - start) / longest).max(1);
    (first..).find_map(|count| {
        let at = length.checked_mul(count).and_then(|span| from.checked_add(span));
        match at.map(|at| at.timestamp().as_millisecond()) {
            Ok(at) if at <= due => None,
            Ok(at) => Some(Some(at)),
            Err(_) => Some(None),
        }
    })?
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The time zone of a moment: by name, or its offset.
fn zone_of(text: &str) -> TimeZone {
    let text = text.trim();
    if let Ok(zoned) = text.parse::<Zoned>() {
        return zoned.time_zone().clone();
    }
    let named = text.split_once('@').and_then(|(_, zone)| TimeZone::get(zone.trim()).ok());
    let pieces = || jiff::fmt::temporal::Pieces::parse(text).ok()?.to_numeric_offset();
    named.or_else(|| pieces().map(TimeZone::fixed)).unwrap_or(TimeZone::UTC)
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
    let pattern = if pattern == "@midnight" { "@daily" } else { pattern };
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

    #[test]
    fn months_are_counted_from_the_start_of_a_cycle() {
        let firings = |text: &str, now: &str, count: usize| {
            let first = cycle(text, at(now)).flatten().unwrap_or_else(|| panic!("{text} is no cycle"));
            let mut all = vec![first.due];
            while all.len() < count {
                all.extend(next(&first.cycle, all[all.len() - 1]));
            }
            all
        };
        let moments = |texts: &[&str]| texts.iter().map(|text| at(text)).collect::<Vec<_>>();
        let ends =
            ["2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z", "2026-03-31T09:00:00Z", "2026-04-30T09:00:00Z"];
        assert_eq!(firings("R/2026-01-31T09:00:00Z/P1M", ends[0], 4), moments(&ends));
        assert_eq!(firings("R/P1M", ends[0], 3), moments(&ends[1..]), "also without a start of its own");
        assert_eq!(firings("R9//P1M", ends[0], 3), moments(&ends[1..]));
        let leap = ["2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"];
        let years: Vec<i64> = firings("R/2024-02-29T00:00:00Z/P1Y", leap[0], 5);
        assert_eq!((&years[..3], years[4]), (&*moments(&leap), at("2028-02-29T00:00:00Z")));
        // The last of a month where the clock on the wall is two hours ahead.
        let east = ["2026-01-31T00:30:00+02:00", "2026-02-28T00:30:00+02:00", "2026-03-31T00:30:00+02:00"];
        assert_eq!(firings("R/2026-01-31T00:30:00+02:00/P1M", ends[0], 3), moments(&east));
        // An hour that the clock skips is not lost for the days after it.
        let skipped = ["2024-03-30T02:30:00+01:00", "2024-03-31T03:30:00+02:00", "2024-04-01T02:30:00+02:00"];
        assert_eq!(firings("R/2024-03-30T02:30:00[Europe/Berlin]/P1D", ends[0], 3), moments(&skipped));
        // Long after its start.
        assert_eq!(
            next("R/0001-01-31T00:00:00Z/P1M", at("2026-02-27T23:00:00Z")),
            Some(at("2026-02-28T00:00:00Z"))
        );
        assert_eq!(
            next("R/0001-01-01T00:00:00Z/P1DT12H", at("2026-02-27T23:00:00Z")).map(|it| it % (DAY / 2)),
            Some(0)
        );
    }

    #[test]
    fn an_interval_has_a_start_and_an_end() {
        let text = "R3/2026-01-01T00:00:00Z/2026-01-01T06:00:00Z";
        let first = cycle(text, 0).flatten().map(|it| (it.due, it.repetitions));
        assert_eq!(first, Some((at("2026-01-01T00:00:00Z"), 2)));
        assert_eq!(next(text, at("2026-01-01T00:00:00Z")), Some(at("2026-01-01T06:00:00Z")));
        let zones = "R/2026-01-01T00:00:00[Europe/Berlin]/2026-01-02T00:00:00@Europe/Berlin";
        let start = at("2026-01-01T00:00:00+01:00");
        assert_eq!(cycle(zones, 0).flatten().map(|it| it.due), Some(start));
        assert_eq!(next(zones, start), Some(start + DAY));
    }

    /// What validation accepts and refuses; the engine reads with the same functions.
    #[test]
    fn constants_that_can_be_executed_are_accepted_and_no_others() {
        let accepted = |kind: fn(&str) -> bool, texts: &[&str]| {
            texts.iter().for_each(|text| assert!(kind(text), "{text} is refused"));
        };
        let refused = |kind: fn(&str) -> bool, texts: &[&str]| {
            texts.iter().for_each(|text| assert!(!kind(text), "{text} is accepted"));
        };
        accepted(
            is_moment,
            &[
                "2026-11-25T08:00:00Z",
                "2026-11-25T08:00",
                "2026-11-25T08:00:00.123+02:00",
                "2026-11-25T08:00:00+01:00[Europe/Berlin]",
                "2026-11-25T08:00:00[Europe/Berlin]",
                "2026-11-25T08:00:00@Europe/Berlin",
            ],
        );
        refused(
            is_moment,
            &[
                "",
                "T",
                "tomorrow",
                "2026-13-25T08:00:00Z",
                "2026-02-30T08:00:00Z",
                "2026-11-25T25:00:00Z",
                "2026-11-25T\u{fc}",
                "2026-11-25T08:00:00[Nowhere/Else]",
                "2026-11-25T08:00:00+01:00[Nowhere/Else]",
                "2026-11-25T08:00:00@Nowhere/Else",
            ],
        );
        accepted(is_duration, &["PT5S", "P1D", "P2W", "P1Y2M3W4DT5H6M7.5S", "-PT1H", "PT0.5S"]);
        refused(
            is_duration,
            &[
                "",
                "P",
                "PT",
                "5S",
                "5 minutes",
                "PT5",
                "P5S",
                "PT\u{fc}",
                "P1DT",
                "PT1S1H",
                "P1.5D",
                "PT-1S",
                "P999999999Y",
            ],
        );
        accepted(
            is_cycle,
            &[
                "R/PT1H",
                "R0/PT1H",
                "R3/PT1H",
                "R-1/PT1S",
                "R5//PT10S",
                "R3/2026-11-25T08:00:00Z/PT1H",
                "R3/2026-11-25T08:00:00Z/2026-11-25T09:00:00Z",
                "R/2026-03-28T09:00:00[Europe/Berlin]/P1D",
                "R/2026-03-28T09:00:00@Europe/Berlin/P1D",
                "TZ=Europe/Berlin 0 0 9 * * *",
                "0 0 9 * * MON-FRI",
                "@daily",
                "@midnight",
            ],
        );
        refused(
            is_cycle,
            &[
                "",
                "R",
                "R3",
                "Rx/PT1H",
                "R-2/PT1H",
                "R+3/PT1H",
                "R/PT0S",
                "R/-PT1H",
                "R3/PT1S/2026-11-25T08:00:00Z",
                "R3/2026-11-25T08:00:00Z/2026-11-25T07:00:00Z",
                "R3/2026-02-30T08:00:00Z/PT1H",
                "every day",
                "@never",
                "PT1H",
                "0 0 25 * * *",
                "TZ=Nowhere/Else 0 0 9 * * *",
            ],
        );
    }
}
