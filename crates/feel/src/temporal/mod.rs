//! Dates, times, durations and time zones of FEEL, all plain copyable values.
//! Invariant: a value of these types is valid (no 30 February), years lie within ±999,999,999.

mod arithmetic;
mod parse;
mod print;
mod zone;

pub use zone::{Zone, ZoneKind};

pub(crate) const NANOS: i64 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;
const MAX_YEAR: i64 = 999_999_999;

/// A calendar date of the proleptic Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

/// A time of day, with or without an offset or a time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Time {
    nanos: u64,
    zone: Zone,
}

/// A date with a time of day, with or without an offset or a time zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct DateTime {
    year: i32,
    zone: Zone,
    /// Month, day and nanosecond of the day, in 4, 5 and 47 bits.
    bits: u64,
}

/// A duration in years and months.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct YearMonthDuration {
    months: i64,
}

/// A duration in days, hours, minutes, seconds and nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct DayTimeDuration {
    seconds: i64,
    /// Always 0 ..= 999,999,999, also when `seconds` is negative.
    nanos: u32,
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Date {
    /// A date; `None` when there is no such day.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        if !(-MAX_YEAR..=MAX_YEAR).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if !(1..=days_in_month(year, month as u8) as i64).contains(&day) {
            return None;
        }
        Some(Date { year: year as i32, month: month as u8, day: day as u8 })
    }

    /// The year; 0 is the year before 1.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days since 1 January 1970.
    pub fn epoch_days(self) -> i64 {
        let year = self.year as i64 - (self.month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + self.day as i64 - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The date that many days after 1 January 1970; `None` when out of range.
    pub fn from_epoch_days(days: i64) -> Option<Date> {
        let days = days.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Date::new(year_of_era + era.checked_mul(400)? + (month <= 2) as i64, month, day)
    }

    /// 1 for Monday to 7 for Sunday.
    pub fn weekday(self) -> u8 {
        (self.epoch_days() + 3).rem_euclid(7) as u8 + 1
    }

    /// 1 for 1 January.
    pub fn day_of_year(self) -> i64 {
        let first = Date { year: self.year, month: 1, day: 1 };
        self.epoch_days() - first.epoch_days() + 1
    }

    /// The week of ISO 8601.
    pub fn week_of_year(self) -> i64 {
        let thursday = self.epoch_days() + 4 - self.weekday() as i64;
        Date::from_epoch_days(thursday).map_or(1, |date| (date.day_of_year() - 1) / 7 + 1)
    }

    /// The last day of this date's month.
    pub fn last_of_month(self) -> Date {
        Date { day: days_in_month(self.year as i64, self.month), ..self }
    }

    /// Midnight at the start of this date.
    pub fn at_midnight(self, zone: Zone) -> DateTime {
        DateTime::new(self, Time { nanos: 0, zone })
    }
}

impl Time {
    /// A time of day; `None` when out of range. The second may have a fraction, in nanoseconds.
    pub fn new(hour: i64, minute: i64, second: i64, nanos: i64, zone: Zone) -> Option<Time> {
        let valid = (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..NANOS).contains(&nanos);
        let seconds = hour * 3600 + minute * 60 + second;
        valid.then(|| Time { nanos: (seconds * NANOS + nanos) as u64, zone })
    }

    pub(crate) fn from_nanos(nanos: i128, zone: Zone) -> Time {
        Time { nanos: nanos.rem_euclid(DAY_SECONDS as i128 * NANOS as i128) as u64, zone }
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        (self.nanos / (3600 * NANOS as u64)) as u8
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        (self.nanos / (60 * NANOS as u64) % 60) as u8
    }

    /// The second, 0 to 59.
    pub fn second(self) -> u8 {
        (self.nanos / NANOS as u64 % 60) as u8
    }

    /// The fraction of the second, in nanoseconds.
    pub fn subsecond_nanos(self) -> u32 {
        (self.nanos % NANOS as u64) as u32
    }

    /// Nanoseconds since midnight.
    pub fn nanos_of_day(self) -> u64 {
        self.nanos
    }

    /// The offset or time zone.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// The same time of day with another zone.
    pub fn with_zone(self, zone: Zone) -> Time {
        Time { zone, ..self }
    }

    /// Nanoseconds of the day in UTC, which may lie outside of the day; the local ones when there is no zone.
    pub(crate) fn utc_nanos(self) -> i64 {
        // A time has no date, so a named zone's offset is taken at the epoch.
        let offset = self.zone.offset_at(0, self.nanos as i64 / NANOS).unwrap_or(0);
        self.nanos as i64 - offset as i64 * NANOS
    }
}

impl DateTime {
    /// A date with a time of day and that time's zone.
    pub fn new(date: Date, time: Time) -> DateTime {
        let bits = (date.month as u64) << 52 | (date.day as u64) << 47 | time.nanos;
        DateTime { year: date.year, zone: time.zone, bits }
    }

    /// The date.
    pub fn date(self) -> Date {
        Date { year: self.year, month: (self.bits >> 52) as u8, day: (self.bits >> 47 & 31) as u8 }
    }

    /// The time of day, with the zone.
    pub fn time(self) -> Time {
        Time { nanos: self.bits & ((1 << 47) - 1), zone: self.zone }
    }

    /// The offset or time zone.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// The same date and time of day with another zone.
    pub fn with_zone(self, zone: Zone) -> DateTime {
        DateTime { zone, ..self }
    }

    /// The instant, in seconds and nanoseconds since the epoch; without a zone that of UTC.
    pub fn instant(self) -> (i64, u32) {
        let (days, nanos) = (self.date().epoch_days(), self.time().nanos as i64);
        let offset = self.zone.offset_at(days, nanos / NANOS).unwrap_or(0);
        (days * DAY_SECONDS + nanos / NANOS - offset as i64, (nanos % NANOS) as u32)
    }

    /// The offset from UTC in seconds, when there is a zone.
    pub fn offset_seconds(self) -> Option<i32> {
        self.zone.offset_at(self.date().epoch_days(), self.time().nanos as i64 / NANOS)
    }

    /// The date and time of an instant in a zone; `None` when out of range.
    pub fn from_instant(seconds: i64, nanos: u32, zone: Zone) -> Option<DateTime> {
        let local = seconds.checked_add(zone.offset_of_instant(seconds) as i64)?;
        let date = Date::from_epoch_days(local.div_euclid(DAY_SECONDS))?;
        let time = Time { nanos: (local.rem_euclid(DAY_SECONDS) * NANOS) as u64 + nanos as u64, zone };
        Some(DateTime::new(date, time))
    }

    /// The date and time of an instant given in milliseconds since the epoch.
    pub fn from_epoch_millis(millis: i64, zone: Zone) -> Option<DateTime> {
        let nanos = millis.rem_euclid(1000) * 1_000_000;
        DateTime::from_instant(millis.div_euclid(1000), nanos as u32, zone)
    }

    /// Milliseconds since the epoch; without a zone those of UTC.
    pub fn epoch_millis(self) -> i64 {
        let (seconds, nanos) = self.instant();
        seconds.saturating_mul(1000).saturating_add(nanos as i64 / 1_000_000)
    }
}

impl YearMonthDuration {
    /// A duration of that many months.
    pub fn from_months(months: i64) -> YearMonthDuration {
        YearMonthDuration { months }
    }

    /// All of it in months.
    pub fn total_months(self) -> i64 {
        self.months
    }

    /// The years, without the rest.
    pub fn years(self) -> i64 {
        self.months / 12
    }

    /// The months beside the years.
    pub fn months(self) -> i64 {
        self.months % 12
    }
}

impl DayTimeDuration {
    /// A duration of that many nanoseconds; `None` when out of range.
    pub fn from_nanos(nanos: i128) -> Option<DayTimeDuration> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS as i128)).ok()?;
        Some(DayTimeDuration { seconds, nanos: nanos.rem_euclid(NANOS as i128) as u32 })
    }

    /// A duration of that many seconds.
    pub fn from_seconds(seconds: i64) -> DayTimeDuration {
        DayTimeDuration { seconds, nanos: 0 }
    }

    /// A duration of that many milliseconds.
    pub fn from_millis(millis: i64) -> DayTimeDuration {
        DayTimeDuration {
            seconds: millis.div_euclid(1000),
            nanos: (millis.rem_euclid(1000) * 1_000_000) as u32,
        }
    }

    /// All of it in nanoseconds.
    pub fn total_nanos(self) -> i128 {
        self.seconds as i128 * NANOS as i128 + self.nanos as i128
    }

    /// All of it in milliseconds, without the rest.
    pub fn total_millis(self) -> i64 {
        i64::try_from(self.total_nanos() / 1_000_000).unwrap_or(if self.seconds < 0 {
            i64::MIN
        } else {
            i64::MAX
        })
    }

    /// All of it in seconds, without the rest.
    pub fn total_seconds(self) -> i64 {
        (self.total_nanos() / NANOS as i128) as i64
    }

    /// The days, without the rest.
    pub fn days(self) -> i64 {
        self.total_seconds() / DAY_SECONDS
    }

    /// The hours beside the days.
    pub fn hours(self) -> i64 {
        self.total_seconds() % DAY_SECONDS / 3600
    }

    /// The minutes beside the hours.
    pub fn minutes(self) -> i64 {
        self.total_seconds() % 3600 / 60
    }

    /// The seconds beside the minutes.
    pub fn seconds(self) -> i64 {
        self.total_seconds() % 60
    }

    /// The fraction of the seconds, in nanoseconds.
    pub fn subsecond_nanos(self) -> i64 {
        (self.total_nanos() % NANOS as i128) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn days_round_trip(days in -365_000_000_000i64..365_000_000_000) {
            prop_assert_eq!(Date::from_epoch_days(days).map(Date::epoch_days), Some(days));
        }

        #[test]
        fn text_round_trips(seconds in -60_000_000_000i64..200_000_000_000, nanos in 0u32..1_000_000_000, offset in -1000i32..1000) {
            let zone = Zone::offset(offset * 60).unwrap_or(Zone::UTC);
            let value = DateTime::from_instant(seconds, nanos, zone).unwrap();
            prop_assert_eq!(DateTime::parse(&value.to_string()), Some(value));
            prop_assert_eq!(value.instant(), (seconds, nanos));
        }
    }

    #[test]
    fn named_zones_have_their_offsets() {
        let summer = DateTime::parse("2024-07-01T12:00:00@Europe/Berlin").unwrap();
        let winter = DateTime::parse("2024-01-01T12:00:00@Europe/Berlin").unwrap();
        assert_eq!((summer.offset_seconds(), winter.offset_seconds()), (Some(7200), Some(3600)));
        assert_eq!(DateTime::parse("2024-01-01T12:00:00@Mars/Base"), None);
        let far = DateTime::parse("999999999-12-31T23:59:59@Europe/Paris").unwrap();
        assert_eq!(far.offset_seconds(), Some(3600));
    }
}
