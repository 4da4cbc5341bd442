//! Square root, exponential, logarithm and power, computed with some twenty digits more than are kept.
//! Invariant: results are correct to the last of 34 digits but for ties nobody can construct by accident.

use super::decimal::{Decimal, PRECISION};
use super::wide::{POW10, Wide, digits};

/// Fraction digits of the fixed-point numbers used here.
const SCALE: u32 = 55;
/// ln 10 and ln 2 times 10^55.
const LN10: &str = "23025850929940456840179914546843642076011014886287729760";
const LN2: &str = "6931471805599453094172321214581765680755001343602552541";

fn parse(text: &str) -> Wide {
    let ten = Wide::from_u128(10);
    text.bytes().fold(Wide::ZERO, |sum, byte| sum.mul(&ten).add(&Wide::from_u128((byte - b'0') as u128)))
}

/// The square root; `None` for a negative number.
pub(crate) fn sqrt(value: Decimal) -> Option<Decimal> {
    if value.is_negative() {
        return None;
    }
    if value.is_zero() {
        return Some(Decimal::ZERO);
    }
    // An even exponent and about 74 digits give a root of 37.
    let mut up = 74 - digits(value.coefficient()) as i32;
    if (value.exponent() - up) % 2 != 0 {
        up -= 1;
    }
    let radicand = Wide::from_u128(value.coefficient()).mul(&Wide::pow10(up as u32));
    let mut root = Wide::pow10(38);
    loop {
        let (quotient, _) = radicand.div_rem(&root);
        let (next, _) = root.add(&quotient).div_rem(&Wide::from_u128(2));
        if next.cmp(&root).is_ge() {
            break;
        }
        root = next;
    }
    let exact = root.mul(&root) == radicand;
    let result = Decimal::from_wide(false, root, (value.exponent() - up) / 2, !exact)?;
    Some(if exact { result.stripped() } else { result })
}

/// Fixed-point product.
fn times(a: &Wide, b: &Wide, unit: &Wide) -> Wide {
    a.mul(b).div_rem(unit).0
}

/// e to the power of `value`; `None` when too large.
pub(crate) fn exp(value: Decimal) -> Option<Decimal> {
    if value.is_zero() {
        return Some(Decimal::from_i64(1));
    }
    let magnitude = digits(value.coefficient()) as i32 + value.exponent();
    if magnitude > 5 {
        return if value.is_negative() { Some(Decimal::ZERO) } else { None };
    }
    let unit = Wide::pow10(SCALE);
    let fixed = to_fixed(value.abs());
    let ln10 = parse(LN10);
    let (tens, rest) = fixed.div_rem(&ln10);
    let tens = tens.to_u128()? as i32;
    // For a negative argument: e^-x = e^(ln 10 - rest) * 10^-(tens + 1).
    let (argument, exponent) =
        if value.is_negative() { (ln10.sub(&rest), -(tens + 1)) } else { (rest, tens) };
    let mut sum = unit;
    let mut term = unit;
    for n in 1..200u128 {
        term = times(&term, &argument, &unit).div_rem(&Wide::from_u128(n)).0;
        if term.is_zero() {
            break;
        }
        sum = sum.add(&term);
    }
    Decimal::from_wide(false, sum, exponent - SCALE as i32, true)
}

fn to_fixed(value: Decimal) -> Wide {
    let up = value.exponent() + SCALE as i32;
    let coefficient = Wide::from_u128(value.coefficient());
    if up >= 0 {
        return coefficient.mul(&Wide::pow10(up as u32));
    }
    if up < -100 { Wide::ZERO } else { coefficient.div_rem(&Wide::pow10(-up as u32)).0 }
}

/// The sign and the magnitude, in fixed point, of the natural logarithm of a positive number.
fn ln_fixed(value: Decimal) -> (bool, Wide) {
    let unit = Wide::pow10(SCALE);
    let count = digits(value.coefficient());
    let tens = value.exponent() + count as i32 - 1;
    let mut mantissa = Wide::from_u128(value.coefficient()).mul(&Wide::pow10(SCALE + 1 - count.min(SCALE)));
    // 1 <= mantissa < 10; halved until it is at most 4/3.
    let limit = unit.add(&unit.div_rem(&Wide::from_u128(3)).0);
    let mut halvings = 0u128;
    while mantissa.cmp(&limit).is_gt() {
        mantissa = mantissa.div_rem(&Wide::from_u128(2)).0;
        halvings += 1;
    }
    let (less, numerator) =
        if mantissa.cmp(&unit).is_lt() { (true, unit.sub(&mantissa)) } else { (false, mantissa.sub(&unit)) };
    let ratio = numerator.mul(&unit).div_rem(&mantissa.add(&unit)).0;
    let square = times(&ratio, &ratio, &unit);
    let (mut power, mut sum) = (ratio, Wide::ZERO);
    for n in 0..400u128 {
        let term = power.div_rem(&Wide::from_u128(2 * n + 1)).0;
        if term.is_zero() {
            break;
        }
        sum = sum.add(&term);
        power = times(&power, &square, &unit);
    }
    let series = sum.add(&sum);
    let positive = parse(LN2).mul(&Wide::from_u128(halvings));
    let tens_part = parse(LN10).mul(&Wide::from_u128(tens.unsigned_abs() as u128));
    let mut total = (false, positive);
    total = add_signed(total, (less, series));
    add_signed(total, (tens < 0, tens_part))
}

fn add_signed(a: (bool, Wide), b: (bool, Wide)) -> (bool, Wide) {
    if a.0 == b.0 {
        return (a.0, a.1.add(&b.1));
    }
    if a.1.cmp(&b.1).is_ge() { (a.0, a.1.sub(&b.1)) } else { (b.0, b.1.sub(&a.1)) }
}

/// The natural logarithm; `None` unless the number is positive.
pub(crate) fn ln(value: Decimal) -> Option<Decimal> {
    if value.is_zero() || value.is_negative() {
        return None;
    }
    if value.cmp(Decimal::from_i64(1)).is_eq() {
        return Some(Decimal::ZERO);
    }
    let (negative, fixed) = ln_fixed(value);
    Decimal::from_wide(negative, fixed, -(SCALE as i32), false)
}

/// `base` to the power of `exponent`; `None` when undefined or too large.
pub(crate) fn pow(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    if exponent.is_zero() {
        return Some(Decimal::from_i64(1));
    }
    if base.is_zero() {
        return if exponent.is_negative() { None } else { Some(Decimal::ZERO) };
    }
    if let Some(whole) = exponent.to_i128().and_then(|e| i64::try_from(e).ok()) {
        return pow_integer(base, whole);
    }
    if base.is_negative() {
        return None;
    }
    let (negative, log) = ln_fixed(base);
    // 34 digits of the product leave an error of about 10^-29 in the result for the largest exponents.
    let log = Decimal::from_wide(negative, log, -(SCALE as i32), false)?;
    exp(log.mul(exponent)?)
}

fn pow_integer(base: Decimal, exponent: i64) -> Option<Decimal> {
    let negative = base.is_negative() && exponent % 2 != 0;
    let base = base.stripped();
    if base.coefficient() == 1 {
        let shift = (base.exponent() as i64).checked_mul(exponent)?;
        return Decimal::new(negative, 1, i32::try_from(shift.clamp(-9000, 9000)).ok()?);
    }
    let mut power = Some(Float::from(base));
    let mut result = Float { coefficient: Wide::from_u128(1), exponent: 0, sticky: false };
    let mut rest = exponent.unsigned_abs();
    while rest > 0 {
        if rest & 1 == 1 {
            match power.and_then(|power| result.mul(&power)) {
                Some(product) => result = product,
                None => return out_of_range(base, exponent),
            }
        }
        rest >>= 1;
        if rest > 0 {
            power = power.and_then(|power| power.mul(&power));
        }
    }
    if exponent > 0 {
        return Decimal::from_wide(negative, result.coefficient, result.exponent, result.sticky);
    }
    let up = 36 + result.coefficient.digits();
    let (quotient, rest) = Wide::pow10(up).div_rem(&result.coefficient);
    let sticky = result.sticky || !rest.is_zero();
    let value = Decimal::from_wide(negative, quotient, -(up as i32) - result.exponent, sticky)?;
    Some(if sticky { value } else { value.stripped() })
}

/// The result of a power whose exponent left every range: zero or too large.
fn out_of_range(base: Decimal, exponent: i64) -> Option<Decimal> {
    let above_one = base.abs().cmp(Decimal::from_i64(1)).is_gt();
    if above_one == (exponent > 0) { None } else { Some(Decimal::ZERO) }
}

/// A positive decimal float of up to 55 digits.
#[derive(Clone, Copy)]
struct Float {
    coefficient: Wide,
    exponent: i32,
    sticky: bool,
}

impl Float {
    fn from(value: Decimal) -> Float {
        Float { coefficient: Wide::from_u128(value.coefficient()), exponent: value.exponent(), sticky: false }
    }

    fn mul(&self, other: &Float) -> Option<Float> {
        let product = self.coefficient.mul(&other.coefficient);
        let exponent = self.exponent.checked_add(other.exponent).filter(|e| e.abs() < 100_000)?;
        let excess = product.digits().saturating_sub(SCALE);
        if excess == 0 {
            return Some(Float { coefficient: product, exponent, sticky: self.sticky | other.sticky });
        }
        let (coefficient, rest) = product.div_rem(&Wide::pow10(excess));
        let sticky = self.sticky | other.sticky | !rest.is_zero();
        Some(Float { coefficient, exponent: exponent + excess as i32, sticky })
    }
}

const _: () = assert!(PRECISION + 20 < SCALE + 1 && POW10.len() == 39);
