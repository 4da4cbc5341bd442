//! Unsigned integers of many 64-bit limbs, least significant first: the exact intermediate results that decimal
//! arithmetic rounds from. Invariant: every function is total for the sizes the decimals use.

/// 10^0 to 10^38, all that fits in a `u128`.
pub(crate) const POW10: [u128; 39] = {
    let mut table = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// A non-negative integer of up to 512 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wide(pub [u64; 8]);

impl Wide {
    pub const ZERO: Wide = Wide([0; 8]);

    pub fn from_u128(value: u128) -> Wide {
        let mut limbs = [0; 8];
        limbs[0] = value as u64;
        limbs[1] = (value >> 64) as u64;
        Wide(limbs)
    }

    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|limb| *limb == 0)
    }

    pub fn to_u128(self) -> Option<u128> {
        if self.0[2..].iter().any(|limb| *limb != 0) {
            return None;
        }
        Some(self.0[0] as u128 | (self.0[1] as u128) << 64)
    }

    fn len(&self) -> usize {
        8 - self.0.iter().rev().take_while(|limb| **limb == 0).count()
    }

    pub fn bits(&self) -> u32 {
        let len = self.len();
        if len == 0 { 0 } else { len as u32 * 64 - self.0[len - 1].leading_zeros() }
    }

    /// The product; limbs above 512 bits are cut, which the callers' sizes exclude.
    pub fn mul(&self, other: &Wide) -> Wide {
        let mut out = [0u64; 8];
        let (n, m) = (self.len(), other.len());
        for i in 0..n {
            let mut carry = 0u128;
            for j in 0..m {
                if i + j >= 8 {
                    break;
                }
                let t = self.0[i] as u128 * other.0[j] as u128 + out[i + j] as u128 + carry;
                out[i + j] = t as u64;
                carry = t >> 64;
            }
            if i + m < 8 {
                out[i + m] = carry as u64;
            }
        }
        Wide(out)
    }

    pub fn add(&self, other: &Wide) -> Wide {
        let mut out = [0u64; 8];
        let mut carry = false;
        for (i, limb) in out.iter_mut().enumerate() {
            let (a, c1) = self.0[i].overflowing_add(other.0[i]);
            let (b, c2) = a.overflowing_add(carry as u64);
            *limb = b;
            carry = c1 | c2;
        }
        Wide(out)
    }

    /// `self - other`; `self` must not be the smaller one.
    pub fn sub(&self, other: &Wide) -> Wide {
        let mut out = [0u64; 8];
        let mut borrow = false;
        for (i, limb) in out.iter_mut().enumerate() {
            let (a, c1) = self.0[i].overflowing_sub(other.0[i]);
            let (b, c2) = a.overflowing_sub(borrow as u64);
            *limb = b;
            borrow = c1 | c2;
        }
        Wide(out)
    }

    pub fn cmp(&self, other: &Wide) -> std::cmp::Ordering {
        for i in (0..8).rev() {
            match self.0[i].cmp(&other.0[i]) {
                std::cmp::Ordering::Equal => {}
                other => return other,
            }
        }
        std::cmp::Ordering::Equal
    }

    fn shl(&self, bits: u32) -> Wide {
        let (words, rest) = ((bits / 64) as usize, bits % 64);
        let mut out = [0u64; 8];
        for i in (words..8).rev() {
            out[i] = self.0[i - words] << rest;
            if rest > 0 && i > words {
                out[i] |= self.0[i - words - 1] >> (64 - rest);
            }
        }
        Wide(out)
    }

    fn shr(&self, bits: u32) -> Wide {
        let (words, rest) = ((bits / 64) as usize, bits % 64);
        let mut out = [0u64; 8];
        for (i, limb) in out.iter_mut().enumerate().take(8 - words) {
            *limb = self.0[i + words] >> rest;
            if rest > 0 && i + words + 1 < 8 {
                *limb |= self.0[i + words + 1] << (64 - rest);
            }
        }
        Wide(out)
    }

    fn div_small(&self, divisor: u64) -> (Wide, u64) {
        let mut out = [0u64; 8];
        let mut rest = 0u128;
        for i in (0..self.len()).rev() {
            let current = rest << 64 | self.0[i] as u128;
            out[i] = (current / divisor as u128) as u64;
            rest = current % divisor as u128;
        }
        (Wide(out), rest as u64)
    }

    /// Quotient and remainder (Knuth, algorithm D). The divisor is not zero; the dividend leaves one limb free.
    pub fn div_rem(&self, divisor: &Wide) -> (Wide, Wide) {
        let n = divisor.len();
        if n <= 1 {
            let (quotient, rest) = self.div_small(divisor.0[0].max(1));
            return (quotient, Wide::from_u128(rest as u128));
        }
        if self.cmp(divisor).is_lt() {
            return (Wide::ZERO, *self);
        }
        let shift = divisor.0[n - 1].leading_zeros();
        let v = divisor.shl(shift).0;
        let m = self.len() - n;
        let mut u = [0u64; 9];
        u[..8].copy_from_slice(&self.shl(shift).0);
        if shift > 0 {
            u[8] = self.0[7] >> (64 - shift);
        }
        let mut quotient = [0u64; 8];
        for j in (0..=m).rev() {
            let head = (u[j + n] as u128) << 64 | u[j + n - 1] as u128;
            let mut guess = head / v[n - 1] as u128;
            let mut rest = head % v[n - 1] as u128;
            while guess >> 64 != 0 || guess * v[n - 2] as u128 > (rest << 64 | u[j + n - 2] as u128) {
                guess -= 1;
                rest += v[n - 1] as u128;
                if rest >> 64 != 0 {
                    break;
                }
            }
            quotient[j] = subtract_multiple(&mut u, &v, j, n, guess as u64);
        }
        let mut rest = [0u64; 8];
        rest[..n].copy_from_slice(&u[..n]);
        (Wide(quotient), Wide(rest).shr(shift))
    }

    pub fn pow10(exponent: u32) -> Wide {
        let mut result = Wide::from_u128(POW10[(exponent % 38) as usize]);
        for _ in 0..exponent / 38 {
            result = result.mul(&Wide::from_u128(POW10[38]));
        }
        result
    }

    /// The number of decimal digits; 0 has one.
    pub fn digits(&self) -> u32 {
        if let Some(small) = self.to_u128() {
            return digits(small);
        }
        let guess = (self.bits() - 1) * 30103 / 100_000;
        if self.cmp(&Wide::pow10(guess + 1)).is_ge() {
            guess + 2
        } else if self.cmp(&Wide::pow10(guess)).is_ge() {
            guess + 1
        } else {
            guess
        }
    }
}

/// Subtracts `guess * v` from `u` at limb `j`, corrects a guess that is one too high, and returns the digit.
fn subtract_multiple(u: &mut [u64; 9], v: &[u64; 8], j: usize, n: usize, guess: u64) -> u64 {
    let mut borrow = 0u128;
    for i in 0..n {
        let product = guess as u128 * v[i] as u128 + borrow;
        let (value, under) = u[j + i].overflowing_sub(product as u64);
        u[j + i] = value;
        borrow = (product >> 64) + under as u128;
    }
    let (value, under) = u[j + n].overflowing_sub(borrow as u64);
    u[j + n] = value;
    if !under {
        return guess;
    }
    let mut carry = 0u128;
    for i in 0..n {
        let sum = u[j + i] as u128 + v[i] as u128 + carry;
        u[j + i] = sum as u64;
        carry = sum >> 64;
    }
    u[j + n] = u[j + n].wrapping_add(carry as u64);
    guess - 1
}

/// The number of decimal digits of a value; 0 has one.
pub(crate) fn digits(value: u128) -> u32 {
    if value == 0 {
        return 1;
    }
    if let Ok(small) = u64::try_from(value) {
        return small.ilog10() + 1;
    }
    value.ilog10() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn division_undoes_multiplication(a: u128, b: u128, c: u64) {
            let b = b.max(1);
            let product = Wide::from_u128(a).mul(&Wide::from_u128(b)).add(&Wide::from_u128((c as u128).min(b - 1)));
            let (quotient, rest) = product.div_rem(&Wide::from_u128(b));
            prop_assert_eq!(quotient, Wide::from_u128(a));
            prop_assert_eq!(rest, Wide::from_u128((c as u128).min(b - 1)));
        }
    }

    #[test]
    fn counts_digits() {
        for exponent in 0..150 {
            assert_eq!(Wide::pow10(exponent).digits(), exponent + 1);
            assert_eq!(Wide::pow10(exponent).sub(&Wide::from_u128(1)).digits(), exponent.max(1));
        }
    }
}
