//! ISO 8601 and cron texts, checked for form only.

/// `2026-11-25T08:00:00Z`, with offset or zone name, or without.
pub(super) fn is_date_time(text: &str) -> bool {
    let (text, zone) = match text.split_once('[') {
        Some((text, zone)) => (text, zone.ends_with(']')),
        None => (text, true),
    };
    let Some((date, time)) = text.split_once('T') else { return false };
    let date_parts: Vec<&str> = date.split('-').collect();
    let date_ok = matches!(date_parts.as_slice(), [y, m, d] if y.len() == 4 && between(y, 0, 9999) && between(m, 1, 12) && between(d, 1, 31));
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let offset_ok = offset.is_empty() || offset == "Z" || is_clock(&offset[1..]);
    zone && date_ok && offset_ok && is_clock(time)
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let second = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        between(whole, 0, 59) && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [h, m] => between(h, 0, 24) && between(m, 0, 59),
        [h, m, s] => between(h, 0, 24) && between(m, 0, 59) && second(s),
        _ => false,
    }
}

fn between(text: &str, low: u32, high: u32) -> bool {
    text.len() >= 2
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|value: u32| (low..=high).contains(&value))
}

/// `P1Y2M3W4DT5H6M7.8S`, at least one part.
pub(super) fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some(text) = text.strip_prefix('P') else { return false };
    match text.split_once('T') {
        None => !text.is_empty() && has_units(text, "YMWD"),
        Some((date, time)) => has_units(date, "YMWD") && !time.is_empty() && has_units(time, "HMS"),
    }
}

fn has_units(mut text: &str, mut units: &str) -> bool {
    while !text.is_empty() {
        let Some(end) = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-') else {
            return false;
        };
        let (number, rest) = text.split_at(end);
        let Some(unit) = rest.chars().next() else { return false };
        let Some(at) = units.find(unit) else { return false };
        if number.parse::<f64>().is_err() || (number.contains('.') && unit != 'S') {
            return false;
        }
        units = &units[at + 1..];
        text = &rest[unit.len_utf8()..];
    }
    true
}

/// `R/PT1H`, `R3/2026-11-25T08:00:00Z/PT1H`, or cron with five to seven fields, or `@daily` and its like.
pub(super) fn is_cycle(text: &str) -> bool {
    if let Some(name) = text.strip_prefix('@') {
        return matches!(
            name,
            "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly"
        );
    }
    let Some(rest) = text.strip_prefix('R') else {
        let fields = text.split_ascii_whitespace().count();
        return (5..=7).contains(&fields)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" */,-?#LW".contains(&byte));
    };
    let parts: Vec<&str> = rest.split('/').collect();
    let count =
        |text: &str| text.is_empty() || text == "-1" || text.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [repeat, interval] => count(repeat) && is_duration(interval),
        [repeat, from, to] => {
            count(repeat)
                && (from.is_empty() || is_date_time(from) || is_duration(from))
                && (is_duration(to) || is_date_time(to))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for ok in [
            "2026-11-25T08:00:00Z",
            "2026-11-25T08:00",
            "2026-11-25T08:00:00.123+02:00",
            "2026-11-25T08:00:00+01:00[Europe/Berlin]",
        ] {
            assert!(is_date_time(ok), "{ok}");
        }
        for bad in [
            "",
            "tomorrow",
            "2026-13-25T08:00:00Z",
            "2026-11-25",
            "2026-11-25T25:00:00Z",
            "T",
            "2026-11-25Tü",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        for ok in ["PT5S", "P1D", "P1Y2M3W4DT5H6M7.5S", "-PT1H", "PT0.5S"] {
            assert!(is_duration(ok), "{ok}");
        }
        for bad in ["", "P", "PT", "5S", "PT5", "P5S", "PTü", "P1DT", "PT1S1H", "P1.5D"] {
            assert!(!is_duration(bad), "{bad}");
        }
        for ok in [
            "R/PT1H",
            "R3/PT1H",
            "R3/2026-11-25T08:00:00Z/PT1H",
            "0 0 9 * * MON-FRI",
            "@daily",
            "R-1/PT1S",
            "R5//PT10S",
        ] {
            assert!(is_cycle(ok), "{ok}");
        }
        for bad in ["", "R", "R3", "Rx/PT1H", "every day", "@never", "PT1H"] {
            assert!(!is_cycle(bad), "{bad}");
        }
    }
}
