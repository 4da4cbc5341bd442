//! When timers fire: ISO 8601 durations, dates and repeating intervals, as far as the models of the comparison go.

use bpmn::model::TimerDefinition;

use super::state::Due;
use crate::value::Value;

/// When a timer that is armed `now` fires; `None` when its text says nothing.
pub(crate) fn due(timer: &TimerDefinition, text: Option<Value>, now: u64) -> Option<Due> {
    let Some(Value::Text(text)) = text else { return None };
    match timer {
        TimerDefinition::Absent => None,
        TimerDefinition::Date(_) => date(&text).map(|at| Due { at, every: 0, left: Some(1), again: None }),
        TimerDefinition::Duration(_) => {
            duration(&text).map(|length| Due { at: now + length, every: 0, left: Some(1), again: None })
        }
        TimerDefinition::Cycle(_) => {
            let (repeat, every) = text.strip_prefix('R')?.split_once('/')?;
            let every = duration(every)?;
            let left = match repeat {
                "" | "-1" => None,
                count => Some(count.parse().ok()?),
            };
            (left != Some(0)).then_some(Due { at: now + every, every, left, again: None })
        }
    }
}

/// Milliseconds of `P1DT2H3M4S`, its parts in any number.
fn duration(text: &str) -> Option<u64> {
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let parts = |text: &str, units: &[(char, u64)]| -> Option<u64> {
        let (mut sum, mut number) = (0_u64, String::new());
        for it in text.chars() {
            if it.is_ascii_digit() {
                number.push(it);
                continue;
            }
            let (_, seconds) = units.iter().find(|(unit, _)| *unit == it)?;
            sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*seconds)?)?;
            number.clear();
        }
        number.is_empty().then_some(sum)
    };
    let seconds =
        parts(days, &[('W', 604_800), ('D', 86_400)])? + parts(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    Some(seconds * 1000)
}

/// Milliseconds since 1970 of `2026-11-25T08:00:00Z`.
fn date(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, sign: char| -> Option<Vec<u64>> {
        text.split(sign).map(|part| part.parse().ok()).collect()
    };
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let ([year, month, day], [hour, minute, second]) = (date.as_slice(), time.as_slice()) else {
        return None;
    };
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if is_leap(*year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: u64 = (1970..*year).map(|it| if is_leap(it) { 366 } else { 365 }).sum();
    let months: u64 = lengths.iter().take(usize::try_from(*month).ok()?.checked_sub(1)?).sum();
    let days = years + months + day.checked_sub(1)?;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(duration("PT10S"), Some(10_000));
        assert_eq!(duration("P1DT1H1M1S"), Some(90_061_000));
        assert_eq!(duration("PT1X"), None);
        assert_eq!(date("1970-01-02T00:00:01Z"), Some(86_401_000));
        assert_eq!(date("2026-11-25T08:00:00Z"), Some(1_795_593_600_000));
    }
}
