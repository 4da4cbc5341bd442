//! Cells that can be indexed. Invariant: on scalar values [`Simple::holds`] agrees with the FEEL of the cell.

use feel::{Options, Range, RangeForm, Value, equal, order};
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// Tests against constants.
#[derive(Clone, Default)]
pub(crate) struct Simple {
    /// Values, one of which the input must equal.
    pub values: Vec<Value>,
    /// Ranges, in one of which the input may lie instead.
    pub ranges: Vec<Arc<Range>>,
}

impl fmt::Debug for Simple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simple").field("values", &self.values).field("ranges", &self.ranges.len()).finish()
    }
}

/// Whether a value is one that [`Simple::holds`] decides about.
pub(crate) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Context(_) | Value::Range(_) | Value::Function(_))
}

impl Simple {
    /// The tests of a text, when all of them are against constants.
    pub fn parse(text: &str) -> Option<Simple> {
        let mut simple = Simple::default();
        for piece in pieces(text)? {
            match constant(piece)? {
                Value::Range(range) => {
                    let plain = matches!(range.form, RangeForm::Interval | RangeForm::Comparison);
                    let ends = range.start.is_some() || range.end.is_some();
                    if !plain || !ends {
                        return None;
                    }
                    simple.ranges.push(range);
                }
                value if is_scalar(&value) => simple.values.push(value),
                _ => return None,
            }
        }
        Some(simple)
    }

    /// Whether a scalar value passes.
    pub fn holds(&self, value: &Value) -> bool {
        self.values.iter().any(|one| equal(value, one) == Some(true))
            || self.ranges.iter().any(|range| range.contains(value) == Some(true))
    }

    /// Whether some value passes both tests, as far as that can be proven.
    pub fn overlaps(&self, other: &Simple) -> bool {
        self.values.iter().any(|value| other.holds(value))
            || other.values.iter().any(|value| self.holds(value))
            || self.ranges.iter().any(|a| other.ranges.iter().any(|b| ranges_overlap(a, b)))
    }
}

/// Whether two ranges share a value; of types without gaps only, so that it is proven.
fn ranges_overlap(a: &Range, b: &Range) -> bool {
    let dense = |value: &&Value| matches!(value, Value::Number(_) | Value::DayTimeDuration(_));
    let below = |start: &Option<Value>, end: &Option<Value>, both: bool| match (start, end) {
        (Some(start), Some(end)) => match order(start, end) {
            Some(Ordering::Less) => both || Some(start).filter(dense).is_some(),
            Some(Ordering::Equal) => both,
            _ => false,
        },
        // Unbounded to one side: proven when the ends are of one kind, which the others tell.
        _ => true,
    };
    let same_kind = |x: &Value, y: &Value| x.type_name() == y.type_name();
    let first = |range: &Range| range.start.clone().or_else(|| range.end.clone());
    let kinds = match (first(a), first(b)) {
        (Some(x), Some(y)) => same_kind(&x, &y),
        _ => false,
    };
    kinds
        && below(&a.start, &b.end, a.start_included && b.end_included)
        && below(&b.start, &a.end, b.start_included && a.end_included)
        && below(&a.start, &a.end, a.start_included && a.end_included)
        && below(&b.start, &b.end, b.start_included && b.end_included)
}

/// The value of a text that depends on nothing; a comparison such as `< 5` is a range.
pub(crate) fn constant(piece: &str) -> Option<Value> {
    let piece = piece.trim();
    let comparison = piece.starts_with(['<', '>']);
    let wrapped;
    let text = if comparison {
        wrapped = format!("({piece})");
        &wrapped
    } else {
        piece
    };
    let expression = feel::compile(text, &Options::default()).ok()?;
    expression.constant().filter(|value| !comparison || matches!(value, Value::Range(_))).cloned()
}

/// The parts of a text between commas outside of quotes and brackets; `None` when they are not balanced.
pub(crate) fn pieces(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0i32, false);
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quoted => drop(bytes.next()),
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return None;
    }
    parts.push(&text[start..]);
    // Ranges such as `]1..5[` leave the depth unbalanced in between; then only a single part is safe.
    let balanced = depth == 0 && parts.iter().all(|part| bracket_balance(part) == 0);
    (balanced || parts.len() == 1).then_some(parts)
}

fn bracket_balance(part: &str) -> i32 {
    let (mut balance, mut quoted) = (0, false);
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if quoted => drop(bytes.next()),
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => balance += 1,
            b')' | b']' | b'}' if !quoted => balance -= 1,
            _ => {}
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::{Simple, pieces};
    use feel::Value;

    #[test]
    fn texts_are_split_outside_of_quotes_and_brackets() {
        assert_eq!(pieces(r#""a,b", [1..2], f(1, 2)"#), Some(vec![r#""a,b""#, " [1..2]", " f(1, 2)"]));
        assert_eq!(pieces(r#""a"#), None);
        assert_eq!(pieces("]1..5["), Some(vec!["]1..5["]));
    }

    #[test]
    fn constants_are_simple_and_agree_with_feel() {
        let cells = [
            r#""A", "B""#,
            "5",
            "< 5",
            ">= 5, 3",
            "[1..5]",
            "]1..5[",
            "(1..5]",
            r#"date("2020-01-01")"#,
            "true",
            "null",
            r#"< date("2020-01-01")"#,
            r#"< @"2020-01-01", > @"2021-01-01""#,
            "-3",
            "1.50",
        ];
        let env = feel::Env::default();
        for cell in cells {
            let simple = Simple::parse(cell).unwrap_or_else(|| panic!("{cell} is simple"));
            let code = feel::compile_unary_tests(cell, &feel::Options::default()).unwrap();
            for value in [
                r#""A""#,
                r#""C""#,
                "5",
                "4.99",
                "1",
                "3",
                "1.5",
                "-3",
                "true",
                "false",
                "null",
                r#"@"2020-01-01""#,
                r#"@"2019-12-31""#,
                r#"@"2021-06-01""#,
            ] {
                let value = super::constant(value).unwrap();
                let wanted = code.evaluate(&[Some(value.clone())], &env, &mut feel::Fuel::default()).value;
                assert_eq!(
                    simple.holds(&value),
                    wanted == Value::Bool(true),
                    "{cell} of {}",
                    value.to_json()
                );
            }
        }
        for cell in ["not(5)", "x", "? > 3", "[1,2]", "{}", "f(1)"] {
            assert!(Simple::parse(cell).is_none(), "{cell} is not simple");
        }
    }

    #[test]
    fn overlaps_are_proven() {
        let overlaps = |a: &str, b: &str| Simple::parse(a).unwrap().overlaps(&Simple::parse(b).unwrap());
        assert!(overlaps("< 5", "> 3") && overlaps("[1..5]", "[5..9]") && overlaps("\"a\", \"b\"", "\"b\""));
        assert!(overlaps("(1..2)", "(1..2)") && overlaps("7", ">= 7") && overlaps("< 1", "< 2"));
        assert!(!overlaps("[1..5)", "[5..9]") && !overlaps("< 3", "> 3") && !overlaps("\"a\"", "\"b\""));
        assert!(!overlaps("< 3", "< @\"2020-01-01\"") && !overlaps("[5..1]", "[0..9]"));
    }
}
