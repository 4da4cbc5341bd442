//! ISO 8601 durations of fixed length, as headers give them.

/// Milliseconds of a duration such as `PT30S` or `P1DT2H`; `None` when it is none or has years or months.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim().strip_prefix('P')?;
    let (date, time) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let days = parts(date, &[('W', 7 * 86_400_000), ('D', 86_400_000)])?;
    let clock = parts(time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)])?;
    days.checked_add(clock)
}

fn parts(mut text: &str, mut units: &[(char, u64)]) -> Option<u64> {
    let mut total = 0_u64;
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, rest) = text.split_at(end);
        let unit = rest.chars().next()?;
        let at = units.iter().position(|(name, _)| *name == unit)?;
        let value = match number.split_once('.') {
            None => number.parse::<u64>().ok()?.checked_mul(units[at].1)?,
            Some((whole, fraction)) if unit == 'S' => {
                let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
                whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?
            }
            Some(_) => return None,
        };
        total = total.checked_add(value)?;
        units = &units[at + 1..];
        text = &rest[1..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations() {
        for (text, expected) in
            [("PT30S", 30_000), ("P1DT2H", 93_600_000), ("PT0.25S", 250), ("P2W", 1_209_600_000), ("PT0S", 0)]
        {
            assert_eq!(milliseconds(text), Some(expected), "{text}");
        }
        for text in ["", "P", "PT", "30", "P1Y", "PT1.5H", "PTS", "PT1S1M", "PTé", "P99999999999999999W"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
