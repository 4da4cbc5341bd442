//! Ranges. Invariant: the ends are of one ordered kind; a descending range contains nothing.

use crate::value::Value;

/// How a range was written, which equality keeps apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RangeForm {
    /// `[a..b]` and the like.
    Interval,
    /// `< a`, `<= a`, `> a` or `>= a`.
    Comparison,
    /// `= a`.
    Equal,
    /// `!= a`.
    NotEqual,
}

/// A range of numbers, strings or temporal values.
#[derive(Clone)]
pub struct Range {
    /// The lower end; `None` when unbounded.
    pub start: Option<Value>,
    /// The upper end; `None` when unbounded.
    pub end: Option<Value>,
    /// Whether the lower end belongs to the range.
    pub start_included: bool,
    /// Whether the upper end belongs to the range.
    pub end_included: bool,
    /// How it was written.
    pub form: RangeForm,
}

impl Range {
    /// Whether the value lies in the range; `None` when they cannot be compared.
    pub fn contains(&self, value: &Value) -> Option<bool> {
        if self.form == RangeForm::NotEqual {
            return crate::compare::equal(value, self.start.as_ref()?).map(|equal| !equal);
        }
        if self.form == RangeForm::Equal {
            return crate::compare::equal(value, self.start.as_ref()?);
        }
        if self.form == RangeForm::Interval && (self.start.is_none() || self.end.is_none()) {
            // An interval with a `null` end is no half-line.
            return None;
        }
        let above = match &self.start {
            None => true,
            Some(start) => {
                let order = crate::compare::order(value, start)?;
                order.is_gt() || self.start_included && order.is_eq()
            }
        };
        let below = match &self.end {
            None => true,
            Some(end) => {
                let order = crate::compare::order(value, end)?;
                order.is_lt() || self.end_included && order.is_eq()
            }
        };
        (self.start.is_some() || self.end.is_some()).then_some(above && below)
    }
}
