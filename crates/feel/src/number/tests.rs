//! Arithmetic against known results and against exact integers.

use super::*;
use proptest::prelude::*;

fn n(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
}

fn check(actual: Option<Number>, expected: &str) {
    assert_eq!(actual.map(|number| number.to_string()).as_deref(), Some(expected));
}

#[test]
fn known_results() {
    check(n("1").checked_div(n("3")), "0.3333333333333333333333333333333333");
    check(n("2").checked_div(n("3")), "0.6666666666666666666666666666666667");
    check(n("10").checked_div(n("4")), "2.5");
    check(n("0.1").checked_add(n("0.2")), "0.3");
    check(n("1e40").checked_add(n("1")), "1E+40");
    check(
        n("9999999999999999999999999999999999").checked_add(n("0.5")),
        "10000000000000000000000000000000000",
    );
    check(n("9223372036854775807").checked_add(n("1")), "9223372036854775808");
    check(n("-10.1").checked_modulo(n("4.5")), "3.4");
    check(n("10").checked_modulo(n("-4")), "-2");
    check(n("2").sqrt(), "1.414213562373095048801688724209698");
    check(n("1").exp(), "2.718281828459045235360287471352662");
    check(n("-1").exp(), "0.3678794411714423215955237701614609");
    check(n("10").ln(), "2.302585092994045684017991454684364");
    check(n("0.5").ln(), "-0.6931471805599453094172321214581766");
    check(n("1.01").checked_pow(n("360")), "35.9496413276849205626988179040036");
    check(n("10").checked_pow(n("-5")), "0.00001");
    check(n("4").checked_pow(n("0.5")), "2");
    check(n("2").checked_pow(n("0.5")), "1.414213562373095048801688724209698");
    check(Some(n("1.5").round(0, Rounding::HalfEven)), "2");
    check(Some(n("-1.56").round(1, Rounding::Floor)), "-1.6");
    check(Some(n("1234").round(-2, Rounding::HalfUp)), "1200");
    assert_eq!(n("1").checked_div(n("0")), None);
    assert_eq!(n("9e6144").checked_mul(n("10")), None);
    assert_eq!(n("-4").sqrt(), None);
    assert_eq!(n("1e3").as_i64(), Some(1000));
    assert_eq!(n("1.0"), n("1"));
    assert_eq!(n("1e-7000"), n("0"));
}

proptest! {
    #[test]
    fn integers_agree_with_i128(a: i64, b: i64) {
        let (x, y) = (Number::from(a), Number::from(b));
        prop_assert_eq!(x.checked_add(y).and_then(Number::as_i128), Some(a as i128 + b as i128));
        prop_assert_eq!(x.checked_sub(y).and_then(Number::as_i128), Some(a as i128 - b as i128));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
    }

    #[test]
    fn text_round_trips(coefficient in -(10i128.pow(34))..10i128.pow(34), scale in 0u16..60) {
        let number = Number::from_scaled(coefficient, scale);
        prop_assert_eq!(Number::parse(&number.to_string()), Some(number));
    }

    #[test]
    fn decimals_agree_with_scaled_integers(a in -(10i128.pow(15))..10i128.pow(15), b in -(10i128.pow(15))..10i128.pow(15), s in 0u16..12) {
        let (x, y) = (Number::from_scaled(a, s), Number::from_scaled(b, s));
        prop_assert_eq!(x.checked_add(y), Some(Number::from_scaled(a + b, s)));
        prop_assert_eq!(x.checked_mul(y), Some(Number::from_scaled(a * b, 2 * s)));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        if b != 0 {
            let back = x.checked_div(y).and_then(|q| q.checked_mul(y));
            let error = back.and_then(|back| back.checked_sub(x)).map(Number::abs);
            prop_assert!(error.is_some_and(|error| error <= x.abs().checked_mul(n("1e-33")).unwrap_or(Number::ZERO)));
        }
    }
}
