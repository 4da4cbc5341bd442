//! Writing dates, times and durations as FEEL's `string()` does.

use super::*;
use std::fmt::{Display, Formatter, Result};

impl Display for Zone {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.kind() {
            ZoneKind::Local => Ok(()),
            ZoneKind::Offset(0) => f.write_str("Z"),
            ZoneKind::Offset(offset) => {
                let (sign, seconds) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
                write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
                if seconds % 60 != 0 { write!(f, ":{:02}", seconds % 60) } else { Ok(()) }
            }
            ZoneKind::Named(name) => write!(f, "@{name}"),
        }
    }
}

fn fraction(f: &mut Formatter<'_>, nanos: u32) -> Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", self.year.unsigned_abs(), self.month, self.day)
    }
}

impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        fraction(f, self.subsecond_nanos())?;
        self.zone.fmt(f)
    }
}

impl Display for DateTime {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}T{}", self.date(), self.time())
    }
}

impl Display for YearMonthDuration {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let total = self.months.unsigned_abs();
        let (years, months) = (total / 12, total % 12);
        f.write_str(if self.months < 0 { "-P" } else { "P" })?;
        if years > 0 {
            write!(f, "{years}Y")?;
        }
        if months > 0 || years == 0 { write!(f, "{months}M") } else { Ok(()) }
    }
}

impl Display for DayTimeDuration {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let total = self.total_nanos().unsigned_abs();
        let (seconds, nanos) = ((total / NANOS as u128) as u64, (total % NANOS as u128) as u32);
        if total == 0 {
            return f.write_str("PT0S");
        }
        f.write_str(if self.seconds < 0 { "-P" } else { "P" })?;
        let (days, hours, minutes, rest) =
            (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if hours > 0 || minutes > 0 || rest > 0 || nanos > 0 {
            f.write_str("T")?;
        }
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if rest > 0 || nanos > 0 {
            write!(f, "{rest}")?;
            fraction(f, nanos)?;
            f.write_str("S")?;
        }
        Ok(())
    }
}
