//! Adding, subtracting and comparing temporal values. Invariant: out-of-range results are `None`, never wrapped.

use super::*;
use std::cmp::Ordering;

const MILLI: i64 = 1_000_000;

impl Date {
    /// This date moved by months; the day is cut to the month's last.
    pub fn add_months(self, months: i64) -> Option<Date> {
        let total = (self.year as i64 * 12 + self.month as i64 - 1).checked_add(months)?;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        if !(-MAX_YEAR..=MAX_YEAR).contains(&year) {
            return None;
        }
        Date::new(year, month, self.day.min(days_in_month(year, month as u8)) as i64)
    }

    /// The date of this date's midnight moved by a duration.
    pub fn checked_add(self, duration: DayTimeDuration) -> Option<Date> {
        let seconds = self.epoch_days().checked_mul(DAY_SECONDS)?.checked_add(duration.seconds)?;
        Date::from_epoch_days(seconds.div_euclid(DAY_SECONDS))
    }

    /// Whole months from `self` to `other`, towards zero.
    pub fn months_until(self, other: Date) -> i64 {
        let index = |date: Date| date.year as i64 * 12 + date.month as i64;
        let months = index(other) - index(self);
        if months > 0 && other.day < self.day {
            months - 1
        } else if months < 0 && other.day > self.day {
            months + 1
        } else {
            months
        }
    }
}

impl Time {
    /// This time of day moved by a duration, around midnight.
    pub fn checked_add(self, duration: DayTimeDuration) -> Time {
        Time::from_nanos(self.nanos as i128 + duration.total_nanos(), self.zone)
    }

    /// The duration from `other` to `self`; `None` when only one of them has a zone.
    pub fn since(self, other: Time) -> Option<DayTimeDuration> {
        if self.zone.is_local() != other.zone.is_local() {
            return None;
        }
        DayTimeDuration::from_nanos(self.utc_nanos() as i128 - other.utc_nanos() as i128)
    }

    /// Order by milliseconds; `None` when only one of them has a zone.
    pub fn compare(self, other: Time) -> Option<Ordering> {
        if self.zone == other.zone {
            return Some((self.nanos / MILLI as u64).cmp(&(other.nanos / MILLI as u64)));
        }
        if self.zone.is_local() != other.zone.is_local() {
            return None;
        }
        Some(self.utc_nanos().div_euclid(MILLI).cmp(&other.utc_nanos().div_euclid(MILLI)))
    }
}

impl DateTime {
    /// This date moved by months; the day is cut to the month's last.
    pub fn add_months(self, months: i64) -> Option<DateTime> {
        Some(DateTime::new(self.date().add_months(months)?, self.time()))
    }

    /// The instant a duration later, in the same zone.
    pub fn checked_add(self, duration: DayTimeDuration) -> Option<DateTime> {
        let (seconds, nanos) = self.instant();
        let nanos = nanos as i64 + duration.nanos as i64;
        let seconds = seconds.checked_add(duration.seconds)?.checked_add(nanos / NANOS)?;
        DateTime::from_instant(seconds, (nanos % NANOS) as u32, self.zone)
    }

    /// The duration from `other` to `self`; `None` when only one of them has a zone.
    pub fn since(self, other: DateTime) -> Option<DayTimeDuration> {
        if self.zone.is_local() != other.zone.is_local() {
            return None;
        }
        let ((a, b), (c, d)) = (self.instant(), other.instant());
        DayTimeDuration::from_nanos((a - c) as i128 * NANOS as i128 + b as i128 - d as i128)
    }

    /// Order by milliseconds; `None` when only one of them has a zone.
    pub fn compare(self, other: DateTime) -> Option<Ordering> {
        if self.zone.is_local() != other.zone.is_local() {
            return None;
        }
        let ((a, b), (c, d)) = (self.instant(), other.instant());
        Some(a.cmp(&c).then((b as i64 / MILLI).cmp(&(d as i64 / MILLI))))
    }
}

impl YearMonthDuration {
    /// The sum; `None` when out of range.
    pub fn checked_add(self, other: YearMonthDuration) -> Option<YearMonthDuration> {
        self.months.checked_add(other.months).map(YearMonthDuration::from_months)
    }

    /// The opposite.
    pub fn negated(self) -> YearMonthDuration {
        YearMonthDuration { months: self.months.saturating_neg() }
    }
}

impl DayTimeDuration {
    /// The sum; `None` when out of range.
    pub fn checked_add(self, other: DayTimeDuration) -> Option<DayTimeDuration> {
        DayTimeDuration::from_nanos(self.total_nanos() + other.total_nanos())
    }

    /// The opposite.
    pub fn negated(self) -> DayTimeDuration {
        DayTimeDuration::from_nanos(-self.total_nanos()).unwrap_or(self)
    }
}
