//! Decimal floating point with 34 significant digits and rounding half to even, as IEEE 754 decimal128.
//! Invariant: the coefficient is below 10^34 and the exponent within -6176 ..= 6111; there is no NaN and no infinity.

use super::wide::{POW10, Wide, digits};
use std::cmp::Ordering;

/// Significant digits.
pub(crate) const PRECISION: u32 = 34;
const MAX_EXPONENT: i32 = 6111;
const MIN_EXPONENT: i32 = -6176;

/// Sign and exponent share the upper 15 bits of `high`, the coefficient has the remaining 113 bits.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    high: u64,
    low: u64,
}

/// How to round to fewer digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rounding {
    HalfEven,
    HalfUp,
    HalfDown,
    Up,
    Down,
    Floor,
    Ceiling,
}

impl Decimal {
    pub const ZERO: Decimal = Decimal { high: (-MIN_EXPONENT as u64) << 49, low: 0 };

    fn pack(negative: bool, coefficient: u128, exponent: i32) -> Decimal {
        debug_assert!(coefficient < POW10[34] && (MIN_EXPONENT..=MAX_EXPONENT).contains(&exponent));
        let biased = (exponent - MIN_EXPONENT) as u64;
        Decimal {
            high: (negative as u64) << 63 | biased << 49 | (coefficient >> 64) as u64,
            low: coefficient as u64,
        }
    }

    pub fn is_negative(self) -> bool {
        self.high >> 63 == 1 && self.coefficient() != 0
    }

    pub fn coefficient(self) -> u128 {
        ((self.high & ((1 << 49) - 1)) as u128) << 64 | self.low as u128
    }

    pub fn exponent(self) -> i32 {
        (self.high >> 49 & 0x3fff) as i32 + MIN_EXPONENT
    }

    pub fn is_zero(self) -> bool {
        self.coefficient() == 0
    }

    pub fn from_i64(value: i64) -> Decimal {
        Decimal::pack(value < 0, value.unsigned_abs() as u128, 0)
    }

    /// Rounds half to even to 34 digits; `None` when the magnitude is too large.
    pub fn new(negative: bool, coefficient: u128, exponent: i32) -> Option<Decimal> {
        if coefficient < POW10[34] && (MIN_EXPONENT..=MAX_EXPONENT).contains(&exponent) {
            return Some(Decimal::pack(negative, coefficient, exponent));
        }
        Decimal::from_wide(negative, Wide::from_u128(coefficient), exponent, false)
    }

    /// Rounds an exact integer (`sticky`: plus something below one) times 10^`exponent` to 34 digits.
    pub fn from_wide(negative: bool, value: Wide, exponent: i32, sticky: bool) -> Option<Decimal> {
        let excess = value.digits() as i32 - PRECISION as i32;
        let drop = excess.max(MIN_EXPONENT - exponent).max(0);
        let (coefficient, exponent) = if drop == 0 {
            (value.to_u128()?, exponent)
        } else if drop > 140 {
            (0, MIN_EXPONENT)
        } else {
            let rounded = round_wide(&value, drop as u32, sticky, Rounding::HalfEven, negative);
            if rounded == POW10[34] { (POW10[33], exponent + drop + 1) } else { (rounded, exponent + drop) }
        };
        Decimal::fit(negative, coefficient, exponent)
    }

    fn fit(negative: bool, coefficient: u128, exponent: i32) -> Option<Decimal> {
        if coefficient == 0 {
            return Some(Decimal::pack(false, 0, exponent.clamp(MIN_EXPONENT, MAX_EXPONENT)));
        }
        if exponent > MAX_EXPONENT {
            let up = exponent - MAX_EXPONENT;
            if up > 34 || digits(coefficient) as i32 + up > PRECISION as i32 {
                return None;
            }
            return Some(Decimal::pack(negative, coefficient * POW10[up as usize], MAX_EXPONENT));
        }
        Some(Decimal::pack(negative, coefficient, exponent))
    }

    pub fn neg(self) -> Decimal {
        Decimal { high: self.high ^ 1 << 63, low: self.low }
    }

    pub fn abs(self) -> Decimal {
        Decimal { high: self.high & !(1 << 63), low: self.low }
    }

    pub fn add(self, other: Decimal) -> Option<Decimal> {
        let (a, b) = if self.exponent() >= other.exponent() { (self, other) } else { (other, self) };
        if a.is_zero() {
            return Some(b);
        }
        if b.is_zero() {
            return Some(a);
        }
        let shift = (a.exponent() - b.exponent()) as u32;
        if shift <= 38 - PRECISION || digits(a.coefficient()) + shift <= 38 {
            return sum_small(a, b, shift);
        }
        sum_wide(a, b)
    }

    pub fn sub(self, other: Decimal) -> Option<Decimal> {
        self.add(other.neg())
    }

    pub fn mul(self, other: Decimal) -> Option<Decimal> {
        let negative = self.is_negative() != other.is_negative();
        let (a, b) = (self.coefficient(), other.coefficient());
        let exponent = self.exponent() + other.exponent();
        match a.checked_mul(b) {
            Some(product) => Decimal::new(negative, product, exponent),
            None => {
                Decimal::from_wide(negative, Wide::from_u128(a).mul(&Wide::from_u128(b)), exponent, false)
            }
        }
    }

    /// `None` when the divisor is zero or the quotient too large.
    pub fn div(self, other: Decimal) -> Option<Decimal> {
        let (a, b) = (self.coefficient(), other.coefficient());
        if b == 0 {
            return None;
        }
        let negative = self.is_negative() != other.is_negative();
        let exponent = self.exponent() - other.exponent();
        if a == 0 {
            return Decimal::fit(false, 0, exponent);
        }
        let room = 38 - digits(a);
        let scaled = a * POW10[room as usize];
        let (quotient, rest) = (scaled / b, scaled % b);
        if rest == 0 {
            let (quotient, up) = strip_zeros(quotient, room);
            return Decimal::new(negative, quotient, exponent - room as i32 + up as i32);
        }
        if quotient >= POW10[35] {
            return Decimal::from_wide(negative, Wide::from_u128(quotient), exponent - room as i32, true);
        }
        let shift = 72 - digits(a);
        let scaled = Wide::from_u128(a).mul(&Wide::pow10(shift));
        let (quotient, rest) = scaled.div_rem(&Wide::from_u128(b));
        let result = Decimal::from_wide(negative, quotient, exponent - shift as i32, !rest.is_zero())?;
        Some(if rest.is_zero() { result.stripped() } else { result })
    }

    /// The same value without trailing zeros in the coefficient.
    pub fn stripped(self) -> Decimal {
        let (coefficient, up) = strip_zeros(self.coefficient(), PRECISION);
        if coefficient == 0 {
            return Decimal::ZERO;
        }
        let exponent = self.exponent() + up as i32;
        if exponent > MAX_EXPONENT { self } else { Decimal::pack(self.is_negative(), coefficient, exponent) }
    }

    /// The integer of this value when it has no fraction and fits.
    pub fn to_i128(self) -> Option<i128> {
        let (mut coefficient, exponent) = (self.coefficient(), self.exponent());
        if coefficient == 0 {
            return Some(0);
        }
        if exponent > 0 {
            let factor = POW10.get(exponent as usize)?;
            coefficient = coefficient.checked_mul(*factor)?;
        } else if exponent < 0 {
            let factor = POW10.get(-exponent as usize)?;
            if coefficient % factor != 0 {
                return None;
            }
            coefficient /= factor;
        }
        let value = i128::try_from(coefficient).ok()?;
        Some(if self.is_negative() { -value } else { value })
    }

    pub fn cmp(self, other: Decimal) -> Ordering {
        let sign = |d: Decimal| {
            if d.is_zero() {
                0
            } else if d.is_negative() {
                -1
            } else {
                1
            }
        };
        let (s, t) = (sign(self), sign(other));
        if s != t {
            return s.cmp(&t);
        }
        if s == 0 {
            return Ordering::Equal;
        }
        let order = cmp_magnitude(self, other);
        if s < 0 { order.reverse() } else { order }
    }

    /// Rounds to `scale` digits after the decimal point (before it, when negative).
    pub fn round(self, scale: i32, mode: Rounding) -> Option<Decimal> {
        let drop = -(self.exponent() + scale);
        if drop <= 0 {
            return Some(self);
        }
        let negative = self.is_negative();
        let coefficient = if drop > 140 {
            let one = mode == Rounding::Up
                || mode == Rounding::Ceiling && !negative
                || mode == Rounding::Floor && negative;
            (one && !self.is_zero()) as u128
        } else {
            round_wide(&Wide::from_u128(self.coefficient()), drop as u32, false, mode, negative)
        };
        Decimal::new(negative && coefficient != 0, coefficient, -scale)
    }
}

fn strip_zeros(mut coefficient: u128, most: u32) -> (u128, u32) {
    let mut up = 0;
    if coefficient == 0 {
        return (0, 0);
    }
    for step in [16u32, 8, 4, 2, 1] {
        while up + step <= most && coefficient.is_multiple_of(POW10[step as usize]) {
            coefficient /= POW10[step as usize];
            up += step;
        }
    }
    (coefficient, up)
}

fn sum_small(a: Decimal, b: Decimal, shift: u32) -> Option<Decimal> {
    // Both coefficients are below 10^38, so neither sum nor difference leaves the i128.
    let scaled = (a.coefficient() * POW10[shift as usize]) as i128;
    let left = if a.is_negative() { -scaled } else { scaled };
    let right = if b.is_negative() { -(b.coefficient() as i128) } else { b.coefficient() as i128 };
    let sum = left + right;
    Decimal::new(sum < 0, sum.unsigned_abs(), b.exponent())
}

fn sum_wide(a: Decimal, b: Decimal) -> Option<Decimal> {
    let room = PRECISION - digits(a.coefficient());
    let shift = (a.exponent() - b.exponent()) as u32;
    let same_sign = a.is_negative() == b.is_negative();
    let (left, right, exponent) = if shift <= room + 42 {
        (
            Wide::from_u128(a.coefficient()).mul(&Wide::pow10(shift)),
            Wide::from_u128(b.coefficient()),
            b.exponent(),
        )
    } else {
        // b is below a billionth of a's last place: one unit three places further down rounds the same way.
        let up = room + 3;
        (Wide::from_u128(a.coefficient()).mul(&Wide::pow10(up)), Wide::from_u128(1), a.exponent() - up as i32)
    };
    if same_sign {
        return Decimal::from_wide(a.is_negative(), left.add(&right), exponent, false);
    }
    match left.cmp(&right) {
        Ordering::Less => Decimal::from_wide(b.is_negative(), right.sub(&left), exponent, false),
        _ => Decimal::from_wide(a.is_negative(), left.sub(&right), exponent, false),
    }
}

fn cmp_magnitude(a: Decimal, b: Decimal) -> Ordering {
    let top = |d: Decimal| digits(d.coefficient()) as i32 + d.exponent();
    let (s, t) = (top(a), top(b));
    if s != t {
        return s.cmp(&t);
    }
    // Equal positions of the first digit: the exponents differ by less than 34.
    let shift = a.exponent() - b.exponent();
    if shift >= 0 {
        (a.coefficient() * POW10[shift as usize]).cmp(&b.coefficient())
    } else {
        a.coefficient().cmp(&(b.coefficient() * POW10[-shift as usize]))
    }
}

/// `value / 10^drop`, rounded; the result is known to fit.
fn round_wide(value: &Wide, drop: u32, sticky: bool, mode: Rounding, negative: bool) -> u128 {
    let unit = Wide::pow10(drop);
    let (quotient, rest) = match (value.to_u128(), drop <= 38) {
        (Some(small), true) => {
            let unit = POW10[drop as usize];
            (Wide::from_u128(small / unit), Wide::from_u128(small % unit))
        }
        _ => value.div_rem(&unit),
    };
    let exact = rest.is_zero() && !sticky;
    let half = rest.add(&rest).cmp(&unit).then(if sticky { Ordering::Greater } else { Ordering::Equal });
    let odd = quotient.0[0] & 1 == 1;
    let up = match mode {
        Rounding::HalfEven => half.is_gt() || half.is_eq() && odd,
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfDown => half.is_gt(),
        Rounding::Up => !exact,
        Rounding::Down => false,
        Rounding::Floor => !exact && negative,
        Rounding::Ceiling => !exact && !negative,
    };
    quotient.to_u128().unwrap_or(0) + up as u128
}
