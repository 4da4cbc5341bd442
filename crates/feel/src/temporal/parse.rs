//! Reading dates, times and durations in the lexical forms of XML Schema, with `@zone` added.

use super::*;

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Cursor<'a> {
        Cursor { bytes: text.as_bytes(), at: 0 }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let hit = self.bytes.get(self.at) == Some(&byte);
        self.at += hit as usize;
        hit
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn done(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// All digits from here, at most 18 of them, and how many there are.
    fn digits(&mut self) -> Option<(i64, usize)> {
        let start = self.at;
        let mut value = 0i64;
        while let Some(digit) = self.bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            if self.at - start == 18 {
                return None;
            }
            value = value * 10 + (digit - b'0') as i64;
            self.at += 1;
        }
        Some((value, self.at - start))
    }

    fn two(&mut self) -> Option<i64> {
        match self.digits()? {
            (value, 2) => Some(value),
            _ => None,
        }
    }

    /// The digits after a decimal point, as nanoseconds; more than nine are cut.
    fn fraction(&mut self) -> (i64, usize) {
        let start = self.at;
        let mut nanos = 0i64;
        while let Some(digit) = self.bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            if self.at - start < 9 {
                nanos = nanos * 10 + (digit - b'0') as i64;
            }
            self.at += 1;
        }
        let count = self.at - start;
        (nanos * 10i64.pow(9 - count.min(9) as u32), count)
    }

    fn date(&mut self) -> Option<Date> {
        let negative = self.eat(b'-');
        let start = self.at;
        let (year, count) = self.digits()?;
        if !(4..=9).contains(&count) || count > 4 && self.bytes[start] == b'0' {
            return None;
        }
        self.expect(b'-')?;
        let month = self.two()?;
        self.expect(b'-')?;
        let day = self.two()?;
        Date::new(if negative { -year } else { year }, month, day)
    }

    /// The time, and whether it is the midnight at the end of the day, `24:00:00`.
    fn time(&mut self) -> Option<(Time, bool)> {
        let hour = self.two()?;
        self.expect(b':')?;
        let minute = self.two()?;
        if self.done() {
            // As JSON has it, see `Value::write_json`.
            return Some((Time::new(hour, minute, 0, 0, Zone::LOCAL)?, false));
        }
        self.expect(b':')?;
        let second = self.two()?;
        let mut nanos = 0;
        if self.eat(b'.') {
            let (value, count) = self.fraction();
            if count == 0 {
                return None;
            }
            nanos = value;
        }
        let rest = std::str::from_utf8(&self.bytes[self.at..]).ok()?;
        let zone = match rest.as_bytes().first() {
            None => Zone::LOCAL,
            Some(b'@') => Zone::named(&rest[1..])?,
            Some(b'Z') if rest.len() == 1 => Zone::UTC,
            Some(_) => bracketed(rest)?,
        };
        self.at = self.bytes.len();
        let end_of_day = hour == 24 && minute == 0 && second == 0 && nanos == 0;
        let hour = if end_of_day { 0 } else { hour };
        Some((Time::new(hour, minute, second, nanos, zone)?, end_of_day))
    }
}

/// An offset, or one with the name of the time zone that it belongs to: `+01:00[Europe/Berlin]`. The name counts.
fn bracketed(text: &str) -> Option<Zone> {
    match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((before, name)) if before == "Z" || offset(before).is_some() => Zone::named(name),
        Some(_) => None,
        None => offset(text),
    }
}

/// An offset such as `+01:00`, `-05:30` or `+02:45:55`.
pub(super) fn offset(text: &str) -> Option<Zone> {
    let mut cursor = Cursor::new(text);
    let negative = cursor.eat(b'-');
    if !negative {
        cursor.expect(b'+')?;
    }
    let hours = cursor.two()?;
    cursor.expect(b':')?;
    let minutes = cursor.two()?;
    let seconds = if cursor.eat(b':') { cursor.two()? } else { 0 };
    if !cursor.done() || minutes > 59 || seconds > 59 {
        return None;
    }
    let total = (hours * 3600 + minutes * 60 + seconds) as i32;
    Zone::offset(if negative { -total } else { total })
}

impl Date {
    /// Reads `2024-02-29`.
    pub fn parse(text: &str) -> Option<Date> {
        let mut cursor = Cursor::new(text);
        let date = cursor.date()?;
        cursor.done().then_some(date)
    }
}

impl Time {
    /// Reads `10:30:00`, with an optional fraction and zone.
    pub fn parse(text: &str) -> Option<Time> {
        let mut cursor = Cursor::new(text);
        let (time, _) = cursor.time()?;
        cursor.done().then_some(time)
    }
}

impl DateTime {
    /// Reads `2024-02-29T10:30:00`, with an optional fraction and zone.
    pub fn parse(text: &str) -> Option<DateTime> {
        let mut cursor = Cursor::new(text);
        let date = cursor.date()?;
        cursor.expect(b'T')?;
        let (time, end_of_day) = cursor.time()?;
        let date = if end_of_day { Date::from_epoch_days(date.epoch_days() + 1)? } else { date };
        cursor.done().then(|| DateTime::new(date, time))
    }
}

impl YearMonthDuration {
    /// Reads `P1Y6M`.
    pub fn parse(text: &str) -> Option<YearMonthDuration> {
        let mut cursor = Cursor::new(text);
        let negative = cursor.eat(b'-');
        cursor.expect(b'P')?;
        let (mut months, mut seen) = (0i64, 0);
        while !cursor.done() {
            let (value, count) = cursor.digits()?;
            if count == 0 {
                return None;
            }
            if seen == 0 && cursor.eat(b'Y') {
                months = value.checked_mul(12)?;
                seen = 1;
            } else if seen < 2 && cursor.eat(b'M') {
                months = months.checked_add(value)?;
                seen = 2;
            } else {
                return None;
            }
        }
        (seen > 0).then(|| YearMonthDuration { months: if negative { -months } else { months } })
    }
}

impl DayTimeDuration {
    /// Reads `P1DT2H3M4.5S`; weeks (`P2W`) too.
    pub fn parse(text: &str) -> Option<DayTimeDuration> {
        let mut cursor = Cursor::new(text);
        let negative = cursor.eat(b'-');
        cursor.expect(b'P')?;
        let (mut nanos, mut stage, mut seen, mut in_time) = (0i128, 0, false, false);
        while !cursor.done() {
            if !in_time && cursor.eat(b'T') {
                in_time = true;
                seen = false;
                continue;
            }
            let (value, count) = cursor.digits()?;
            if count == 0 {
                return None;
            }
            let point = in_time && cursor.eat(b'.');
            let fraction = if point { cursor.fraction().0 } else { 0 };
            let unit = *cursor.bytes.get(cursor.at)?;
            cursor.at += 1;
            let (place, seconds) = match (unit, in_time) {
                (b'W', false) => (1, 7 * DAY_SECONDS),
                (b'D', false) => (2, DAY_SECONDS),
                (b'H', true) => (3, 3600),
                (b'M', true) => (4, 60),
                (b'S', true) => (5, 1),
                _ => return None,
            };
            if place <= stage || point && place != 5 {
                return None;
            }
            stage = place;
            seen = true;
            nanos = nanos.checked_add(value as i128 * seconds as i128 * NANOS as i128 + fraction as i128)?;
        }
        if !seen {
            return None;
        }
        DayTimeDuration::from_nanos(if negative { -nanos } else { nanos })
    }
}
