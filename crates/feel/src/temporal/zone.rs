//! Offsets and time zones. Invariant: rules come from the tz database compiled in, never from the machine.

use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;
use std::sync::{LazyLock, OnceLock};

/// The zone of a time: none, an offset from UTC, or a named time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone(i32);

/// What a [`Zone`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoneKind {
    /// A local time.
    Local,
    /// Seconds east of UTC.
    Offset(i32),
    /// The name of a time zone of the tz database.
    Named(&'static str),
}

const LOCAL: i32 = i32::MIN;
const NAMED: i32 = 1 << 20;
const MAX_OFFSET: i32 = 18 * 3600;

struct Entry {
    name: String,
    zone: OnceLock<TimeZone>,
}

static DATABASE: LazyLock<(TimeZoneDatabase, Vec<Entry>)> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    let mut names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    (database, names.into_iter().map(|name| Entry { name, zone: OnceLock::new() }).collect())
});

impl Zone {
    /// No zone: a local time.
    pub const LOCAL: Zone = Zone(LOCAL);
    /// UTC, the offset 0.
    pub const UTC: Zone = Zone(0);

    /// An offset in seconds east of UTC, at most 18 hours.
    pub fn offset(seconds: i32) -> Option<Zone> {
        (-MAX_OFFSET..=MAX_OFFSET).contains(&seconds).then_some(Zone(seconds))
    }

    /// A time zone of the tz database, such as `Europe/Berlin`.
    pub fn named(name: &str) -> Option<Zone> {
        let index = DATABASE.1.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        Some(Zone(NAMED + index as i32))
    }

    /// `Z`, an offset such as `+01:00`, or a name.
    pub fn parse(text: &str) -> Option<Zone> {
        match text {
            "Z" | "z" => Some(Zone::UTC),
            _ => super::parse::offset(text).or_else(|| Zone::named(text)),
        }
    }

    /// What this zone is.
    pub fn kind(self) -> ZoneKind {
        match self.0 {
            LOCAL => ZoneKind::Local,
            index if index >= NAMED => ZoneKind::Named(
                DATABASE.1.get((index - NAMED) as usize).map_or("Etc/UTC", |entry| &entry.name),
            ),
            seconds => ZoneKind::Offset(seconds),
        }
    }

    /// Whether there is none.
    pub fn is_local(self) -> bool {
        self.0 == LOCAL
    }

    fn rules(self) -> Option<&'static TimeZone> {
        let (database, entries) = &*DATABASE;
        let entry = entries.get((self.0 - NAMED) as usize)?;
        Some(entry.zone.get_or_init(|| database.get(&entry.name).unwrap_or(TimeZone::UTC)))
    }

    /// Seconds east of UTC for a local date and second of the day; `None` when there is no zone.
    pub(crate) fn offset_at(self, epoch_days: i64, second: i64) -> Option<i32> {
        match self.0 {
            LOCAL => None,
            seconds if seconds < NAMED => Some(seconds),
            _ => Some(self.named_offset(epoch_days, second).unwrap_or(0)),
        }
    }

    fn named_offset(self, epoch_days: i64, second: i64) -> Option<i32> {
        let date = super::Date::from_epoch_days(into_known_years(epoch_days))?;
        let time =
            civil::Time::new((second / 3600) as i8, (second / 60 % 60) as i8, (second % 60) as i8, 0).ok()?;
        let date = civil::Date::new(date.year as i16, date.month as i8, date.day as i8).ok()?;
        let rules = self.rules()?;
        let instant = rules.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()?;
        Some(rules.to_offset(instant).seconds())
    }

    /// Seconds east of UTC at an instant; 0 when there is no zone.
    pub(crate) fn offset_of_instant(self, seconds: i64) -> i32 {
        match self.0 {
            LOCAL => 0,
            offset if offset < NAMED => offset,
            _ => {
                let days = into_known_years(seconds.div_euclid(86_400));
                let known = days * 86_400 + seconds.rem_euclid(86_400);
                let instant = jiff::Timestamp::from_second(known).ok();
                instant.zip(self.rules()).map_or(0, |(instant, rules)| rules.to_offset(instant).seconds())
            }
        }
    }
}

/// The same day in a year that the tz rules cover; the calendar repeats every 400 years.
fn into_known_years(days: i64) -> i64 {
    const CYCLE: i64 = 146_097;
    const FIRST: i64 = -20 * CYCLE;
    const LAST: i64 = 19 * CYCLE;
    if days > LAST {
        LAST - CYCLE + (days - LAST).rem_euclid(CYCLE)
    } else if days < FIRST {
        FIRST + (days - FIRST).rem_euclid(CYCLE)
    } else {
        days
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}
