//! Numbers of FEEL: decimal128 with a fast path for integers.
//! Invariant: two numbers are equal exactly when their values are, whatever their form (`1`, `1.0`, `10E-1`).

mod decimal;
mod functions;
mod wide;

use decimal::Decimal;
pub(crate) use decimal::Rounding;
use std::cmp::Ordering;
use std::fmt;

/// A number: 34 significant decimal digits, exponent -6176 to 6111, rounded half to even.
#[derive(Clone, Copy)]
pub struct Number(Repr);

#[derive(Clone, Copy)]
enum Repr {
    Int(i64),
    Dec(Decimal),
}
use Repr::{Dec, Int};

impl Number {
    /// Zero.
    pub const ZERO: Number = Number(Int(0));
    /// One.
    pub const ONE: Number = Number(Int(1));

    /// `coefficient * 10^-scale`, rounded to 34 digits.
    pub fn from_scaled(coefficient: i128, scale: u16) -> Number {
        match Decimal::new(coefficient < 0, coefficient.unsigned_abs(), -(scale as i32)) {
            Some(value) => Number::from_decimal(value),
            None => Number::ZERO,
        }
    }

    fn from_decimal(value: Decimal) -> Number {
        if value.exponent() == 0
            && let Ok(small) = i64::try_from(value.coefficient())
        {
            return Number(Int(if value.is_negative() { -small } else { small }));
        }
        Number(Dec(value))
    }

    fn decimal(self) -> Decimal {
        match self.0 {
            Int(value) => Decimal::from_i64(value),
            Dec(value) => value,
        }
    }

    /// Reads a number such as `12`, `-0.5`, `.5` or `1.2e-3`; `None` when the text is not one or it is too large.
    pub fn parse(text: &str) -> Option<Number> {
        let bytes = text.as_bytes();
        let (negative, digits) = match bytes.first()? {
            b'-' => (true, &bytes[1..]),
            _ => (false, bytes),
        };
        if (1..=18).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
            let value = digits.iter().fold(0i64, |sum, digit| sum * 10 + (digit - b'0') as i64);
            return Some(Number(Int(if negative { -value } else { value })));
        }
        parse_decimal(negative, digits)
    }

    /// The value as an integer when it has no fraction and fits.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Int(value) => Some(value),
            Dec(value) => i64::try_from(value.to_i128()?).ok(),
        }
    }

    /// The value as an integer when it has no fraction and fits.
    pub fn as_i128(self) -> Option<i128> {
        self.decimal().to_i128()
    }

    /// The nearest binary floating point number.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Int(value) => value as f64,
            Dec(_) => self.to_string().parse().unwrap_or(f64::NAN),
        }
    }

    /// The value without its fraction.
    pub fn truncate(self) -> Number {
        self.round(0, Rounding::Down)
    }

    /// Whether the value has no fraction.
    pub fn is_integer(self) -> bool {
        match self.0 {
            Int(_) => true,
            Dec(value) => value.is_zero() || value.stripped().exponent() >= 0,
        }
    }

    /// Whether the value is below zero.
    pub fn is_negative(self) -> bool {
        match self.0 {
            Int(value) => value < 0,
            Dec(value) => value.is_negative(),
        }
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        match self.0 {
            Int(value) => value == 0,
            Dec(value) => value.is_zero(),
        }
    }

    /// The sum; `None` when too large.
    #[inline]
    pub fn checked_add(self, other: Number) -> Option<Number> {
        if let (Int(a), Int(b)) = (self.0, other.0)
            && let Some(sum) = a.checked_add(b)
        {
            return Some(Number(Int(sum)));
        }
        self.decimal().add(other.decimal()).map(Number::from_decimal)
    }

    /// The difference; `None` when too large.
    #[inline]
    pub fn checked_sub(self, other: Number) -> Option<Number> {
        if let (Int(a), Int(b)) = (self.0, other.0)
            && let Some(difference) = a.checked_sub(b)
        {
            return Some(Number(Int(difference)));
        }
        self.decimal().sub(other.decimal()).map(Number::from_decimal)
    }

    /// The product; `None` when too large.
    #[inline]
    pub fn checked_mul(self, other: Number) -> Option<Number> {
        if let (Int(a), Int(b)) = (self.0, other.0)
            && let Some(product) = a.checked_mul(b)
        {
            return Some(Number(Int(product)));
        }
        self.decimal().mul(other.decimal()).map(Number::from_decimal)
    }

    /// The quotient; `None` when the divisor is zero.
    #[inline]
    pub fn checked_div(self, other: Number) -> Option<Number> {
        if let (Int(a), Int(b)) = (self.0, other.0)
            && b != 0
            && a.checked_rem(b) == Some(0)
        {
            return Some(Number(Int(a / b)));
        }
        self.decimal().div(other.decimal()).map(Number::from_decimal)
    }

    /// `self - other * floor(self / other)`; `None` when the divisor is zero.
    pub fn checked_modulo(self, other: Number) -> Option<Number> {
        if other.is_zero() {
            return None;
        }
        if let (Int(a), Int(b)) = (self.0, other.0)
            && let Some(rest) = a.checked_rem_euclid(b)
        {
            return Some(Number(Int(if rest != 0 && b < 0 { rest + b } else { rest })));
        }
        let quotient = self.checked_div(other)?.round(0, Rounding::Floor);
        self.checked_sub(quotient.checked_mul(other)?)
    }

    /// `self` to the power of `other`; `None` when undefined or too large.
    pub fn checked_pow(self, other: Number) -> Option<Number> {
        if let Some(power) = self.small_pow(other) {
            return Some(power);
        }
        functions::pow(self.decimal(), other.decimal()).map(Number::from_decimal)
    }

    /// The power of integers, when it is a small integer.
    pub(crate) fn small_pow(self, other: Number) -> Option<Number> {
        match (self.0, other.0) {
            (Int(a), Int(b)) => Some(Number(Int(a.checked_pow(u32::try_from(b).ok()?)?))),
            _ => None,
        }
    }

    /// The square root; `None` for a negative number.
    pub fn sqrt(self) -> Option<Number> {
        functions::sqrt(self.decimal()).map(Number::from_decimal)
    }

    /// e to the power of this number; `None` when too large.
    pub fn exp(self) -> Option<Number> {
        functions::exp(self.decimal()).map(Number::from_decimal)
    }

    /// The natural logarithm; `None` unless the number is positive.
    pub fn ln(self) -> Option<Number> {
        functions::ln(self.decimal()).map(Number::from_decimal)
    }

    /// The magnitude.
    pub fn abs(self) -> Number {
        if self.is_negative() { -self } else { self }
    }

    pub(crate) fn round(self, scale: i32, mode: Rounding) -> Number {
        match self.0 {
            Int(_) if scale >= 0 => self,
            _ => self.decimal().round(scale, mode).map_or(self, Number::from_decimal),
        }
    }

    fn write(self, out: &mut String) {
        match self.0 {
            Int(value) => write_int(value, out),
            Dec(value) => write_decimal(value, out),
        }
    }

    /// Appends the number as FEEL and JSON write it: without loss, plain unless very long.
    pub fn write_to(self, out: &mut String) {
        self.write(out);
    }
}

impl std::ops::Neg for Number {
    type Output = Number;
    fn neg(self) -> Number {
        match self.0 {
            Int(value) => {
                value.checked_neg().map_or(Number(Dec(Decimal::from_i64(value).neg())), |v| Number(Int(v)))
            }
            Dec(value) => Number(Dec(value.neg())),
        }
    }
}

fn parse_decimal(negative: bool, text: &[u8]) -> Option<Number> {
    let (mantissa, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&text[..at], parse_exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (mut coefficient, mut scale, mut sticky, mut seen, mut point) = (0u128, 0i32, false, false, false);
    for byte in mantissa {
        match byte {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                seen = true;
                if coefficient < 10u128.pow(36) {
                    coefficient = coefficient * 10 + (byte - b'0') as u128;
                    scale -= point as i32;
                } else {
                    sticky |= *byte != b'0';
                    scale = scale.checked_add(!point as i32)?;
                }
            }
            _ => return None,
        }
    }
    if !seen || mantissa.last() == Some(&b'.') {
        return None;
    }
    let exponent = exponent.checked_add(scale)?;
    let value = wide::Wide::from_u128(coefficient);
    if coefficient == 0 {
        return Some(Number::ZERO);
    }
    Decimal::from_wide(negative, value, exponent.max(-1_000_000), sticky).map(Number::from_decimal)
}

fn parse_exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 100 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i32, |sum, digit| (sum * 10 + (digit - b'0') as i32).min(100_000_000));
    Some(if negative { -value } else { value })
}

fn write_int(value: i64, out: &mut String) {
    let mut buffer = [0u8; 20];
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(buffer[at..].iter().map(|byte| *byte as char));
}

/// Plain notation unless that takes more than 40 digits.
fn write_decimal(value: Decimal, out: &mut String) {
    let value = value.stripped();
    if value.is_zero() {
        out.push('0');
        return;
    }
    if value.is_negative() {
        out.push('-');
    }
    let digits = value.coefficient().to_string();
    let exponent = value.exponent();
    let point = digits.len() as i32 + exponent;
    if (0..=40).contains(&point) || (-40..0).contains(&point) {
        if exponent >= 0 {
            out.push_str(&digits);
            out.extend(std::iter::repeat_n('0', exponent as usize));
        } else if point > 0 {
            out.push_str(&digits[..point as usize]);
            out.push('.');
            out.push_str(&digits[point as usize..]);
        } else {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', -point as usize));
            out.push_str(&digits);
        }
        return;
    }
    out.push_str(&digits[..1]);
    if digits.len() > 1 {
        out.push('.');
        out.push_str(&digits[1..]);
    }
    out.push_str(if point > 0 { "E+" } else { "E-" });
    write_int((point as i64 - 1).abs(), out);
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Number {}
impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self.as_i64() {
            Some(value) => value.hash(state),
            None => {
                let value = self.decimal().stripped();
                (value.is_negative(), value.coefficient(), value.exponent()).hash(state);
            }
        }
    }
}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Number) -> Ordering {
        match (self.0, other.0) {
            (Int(a), Int(b)) => a.cmp(&b),
            _ => self.decimal().cmp(other.decimal()),
        }
    }
}
impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number(Int(value))
    }
}
impl From<i32> for Number {
    fn from(value: i32) -> Number {
        Number(Int(value as i64))
    }
}
impl From<u32> for Number {
    fn from(value: u32) -> Number {
        Number(Int(value as i64))
    }
}
impl From<usize> for Number {
    fn from(value: usize) -> Number {
        i64::try_from(value)
            .map_or_else(|_| Number::from_scaled(value as i128, 0), |value| Number(Int(value)))
    }
}
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}
impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
