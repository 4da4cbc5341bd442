//! Hostile expressions end with a typed error that names the limit, within counted steps. One step stands for at most
//! about 50 ns, so that a million of them take 50 ms; the figures are printed.

#![allow(clippy::print_stdout)]

use dirigent_feel::{Env, Fuel, LimitError, Options, compile, limits};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const OPEN: Options<'static> = Options { names: &[], properties: &[], open: true, types: None };

/// Expressions that nothing but a limit ends, with the code of that limit.
const BOMBS: &[(&str, &str)] = &[
    ("for i in 1..1000000000 return i", "feel.fuel"),
    ("for i in 1..1000000 return 10.1 ** 0.123", "feel.fuel"),
    ("for i in 1..1000000 return exp(i / 7) + log(i) + sqrt(i)", "feel.fuel"),
    ("for i in 1..1000000 return decimal(1 / 3, 30) * 1.23456789012345678901234567890123 / 7", "feel.fuel"),
    ("for i in 1..1000000 return modulo(10 ** 300 + i, 7.0001)", "feel.fuel"),
    ("for i in 1..1000000 return nothing.at all", "feel.fuel"),
    ("for i in 1..1000000 return \"a\" + i", "feel.fuel"),
    ("for i in 1..1000000 return date(\"2024-01-01\") + duration(\"P\" + string(i) + \"D\")", "feel.fuel"),
    (
        "for i in 1..1000000 return date and time(\"2024-01-01T10:00:00@Europe/Berlin\") + duration(\"PT1S\")",
        "feel.fuel",
    ),
    ("for i in 1..1000000 return string(date and time(\"2024-01-01T10:00:00@Europe/Berlin\"))", "feel.fuel"),
    ("for i in 1..1000000 return {a: i, b: {c: a, d: [a, b]}}", "feel.fuel"),
    ("for i in 1..1000000 return context put({a: 1}, \"b\" + string(i), i)", "feel.fuel"),
    ("for i in 1..1000000 return sort([3, 1, 2], function(x, y) x < y)", "feel.fuel"),
    ("for i in 1..1000000 return number(\"1\" + string(i))", "feel.fuel"),
    ("for i in 1..1000000 return uuid()", "feel.fuel"),
    ("for i in 1..1000000 return [1..10] = [1..i]", "feel.fuel"),
    ("some i in 1..1000, j in 1..1000, k in 1..1000 satisfies i + j + k < 0", "feel.fuel"),
    ("count(for i in 1..1000, j in 1..1000 return distinct values([i, j, [i, j]]))", "feel.fuel"),
    ("{s: for i in 1..10000 return [i], x: for i in 1..1000000 return s = s[item != [3]]}", "feel.fuel"),
    ("{s: for i in 1..1000 return i, x: for i in 1..1000000 return list contains(s, \"x\")}", "feel.fuel"),
    ("{s: for i in 1..1000 return i, x: for i in 1..1000000 return concatenate(s, s)}", "feel.fuel"),
    ("{s: for i in 1..1000 return i, x: for i in 1..1000000 return index of(s, 1)}", "feel.fuel"),
    ("{s: for i in 1..1000 return i, x: for i in 1..1000000 return reverse(s)}", "feel.fuel"),
    (
        "{s: for i in 1..1000 return i, x: for i in 1..1000000 return median(s) + stddev(s) + count(mode(s))}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..10000 return \"0123456789abcdef\"), x: for i in 1..1000000 return contains(s, \"x\")}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..10000 return \"äöüß\"), x: for i in 1..1000000 return substring(s, 5000, 1)}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..10000 return \"aaaaaaaa\"), x: for i in 1..1000000 return string length(s + s)}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..10000 return \"abcdefgh\"), x: for i in 1..1000000 return upper case(s)}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..10000 return \"abcdefgh\"), x: for i in 1..1000000 return from base64(to base64(s))}",
        "feel.fuel",
    ),
    (
        "for i in 1..100 return string join(for j in 1..10000 return \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"b\")",
        "feel.fuel",
    ),
    ("for i in 1..100000 return partial", "feel.size"),
    (
        "{s: \"aaaaaaaaaaaaaaaa\", a: replace(s, \"a\", s), b: replace(a, \"a\", a), c: replace(b, \"a\", b), d: replace(c, \"a\", c)}",
        "feel.size",
    ),
    ("{f: function(n) f(n + 1), x: f(1)}.x", "feel.depth"),
    ("{f: function(n) [f(n + 1), f(n + 1)], x: f(1)}.x", "feel.depth"),
    ("{f: function(n) if n = 0 then 0 else f(n - 1) + f(n - 1), x: f(60)}.x", "feel.fuel"),
    // Regular expressions: building and matching.
    ("matches(\"a\", \"((a{1000}){1000}){10}\")", "feel.regex"),
    ("matches(\"a\", \"(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9})\")", "feel.regex"),
    ("matches(\"a\", \"(a{999999999999}){999999999999}\")", "feel.regex"),
    ("matches(\"a\", \"\\p{L}{1000}\")", "feel.regex"),
    ("matches(\"a\", \"\\p{L}{60}\")", "feel.size"),
    ("matches(\"a\", string join(for i in 1..1000 return \"\\p{L}|\"), \"i\")", "feel.regex"),
    ("matches(\"a\", string join(for i in 1..1000 return \"[\u{1}-\u{10FFFF}]\"), \"i\")", "feel.regex"),
    (
        "matches(\"a\", string join(for i in 1..200 return \"[\\p{L}-[\\p{Lu}-[\\p{Ll}]]]\"), \"i\")",
        "feel.regex",
    ),
    ("matches(\"a\", string join(for i in 1..8000 return \"a?\"))", "feel.regex"),
    ("matches(\"a\", string join(for i in 1..20000 return \"a\"))", "feel.size"),
    (
        "for i in 1..1000000 return matches(\"abc\", \"(\\p{Lu}|\\d){\" + string(modulo(i, 20)) + \"}\")",
        "feel.fuel",
    ),
    ("for i in 1..1000000 return matches(\"abc\", \"a\" + string(i))", "feel.fuel"),
    (
        "for i in 1..1000 return matches(\"a\", \"[\u{1}-\u{10FFFF}]{\" + string(i) + \"}\", \"i\")",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..20000 return \"abbabaab\"), x: for i in 1..100 return matches(s, \"a[ab]{20}[c-z]\")}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..20000 return \"abbabaab\"), x: for i in 1..100 return matches(s, \"a[ab]{200}[c-z]\")}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..20000 return \"abbabaab\"), x: for i in 1..100 return matches(s, \"a.{11}[c-z]\")}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..20000 return \"aaaaaaaa\"), x: replace(s, \"a.*z|a\", \"b\")}",
        "feel.fuel",
    ),
    ("{s: string join(for i in 1..20000 return \"aaaaaaaa\"), x: split(s, \"(a+b)?\")}", "feel.fuel"),
    ("{s: string join(for i in 1..20000 return \"aaaaaaaa\"), x: extract(s, \"(a+b|a)\")}", "feel.fuel"),
    (
        "{s: string join(for i in 1..20000 return \"aaaaaaaa\"), x: for i in 1..100 return replace(s, \"(((a)))\", \"$1$2$3\")}",
        "feel.fuel",
    ),
    (
        "{s: string join(for i in 1..20000 return \"aaaaaaaa\"), x: for i in 1..100 return replace(s, \"(a?){8}\", \"$1\")}",
        "feel.fuel",
    ),
];

/// The processor's time of this thread, which a busy machine does not stretch; where it is not known, the wall's.
fn clock() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let known = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = known.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn run(source: &str) -> (Option<LimitError>, u64, Duration) {
    let started = clock();
    let expression = compile(source, &OPEN).unwrap_or_else(|errors| panic!("{source}: {}", errors[0]));
    let mut fuel = Fuel::default();
    let outcome = expression.evaluate(&[], &Env::default(), &mut fuel);
    (outcome.error, fuel.used(), clock() - started)
}

#[test]
fn bombs_end_with_the_limit_they_hit() {
    let mut slowest = (Duration::ZERO, "");
    for (source, code) in BOMBS {
        let (error, used, took) = run(source);
        let error = error.unwrap_or_else(|| panic!("{source}: nothing stopped it after {used} steps"));
        assert_eq!(error.code(), *code, "{source}: {error}");
        assert!(error.to_string().bytes().any(|byte| byte.is_ascii_digit()), "{error} names its limit");
        assert!(used <= limits::DEFAULT_FUEL, "{source}: {used} steps");
        let start: String = source.chars().take(100).collect();
        println!("{:>8.1} ms {used:>8} steps  {code:<11} {start}", took.as_secs_f64() * 1000.0);
        slowest = slowest.max((took, source));
        // The machine that runs this may be busy; alone each takes a tenth of this.
        assert!(took < Duration::from_secs(2), "{source}: {took:?}");
    }
    println!("slowest: {:.1} ms, {}", slowest.0.as_secs_f64() * 1000.0, slowest.1);
}

#[test]
fn texts_that_are_bombs_are_refused_or_prepared_in_few_steps() {
    let mut slowest = (Duration::ZERO, String::new());
    let many = |part: &str| part.repeat(limits::MAX_SOURCE_BYTES / part.len() - 1);
    let texts = [
        ("(".repeat(100_000), false),
        ("-".repeat(100_000), false),
        ("[".repeat(100_000), false),
        ("{a:".repeat(50_000), false),
        ("a.".repeat(100_000), false),
        ("not(".repeat(60_000), false),
        ("if ".repeat(80_000), false),
        ("for a in ".repeat(25_000), false),
        ("function(a) ".repeat(20_000), false),
        ("a ".repeat(100_000), true),
        (many("a+") + "1", true),
        (many("1+") + "1", true),
        (many("x or ") + "x", true),
        ("[".to_owned() + &many("1,")[2..] + "1]", true),
        ("[".to_owned() + &many("[1,2],") + "1]", true),
        ("[".to_owned() + &many("matches(x,\"\\p{L}{9}\"),") + "1]", true),
        ("[".to_owned() + &many("matches(\"a\",\"\\p{L}{9}\"),") + "1]", true),
        ("[".to_owned() + &many("2 ** 0.5,") + "1]", true),
        ("{".to_owned() + &(0..20_000).map(|at| format!("a{at}: 1,")).collect::<String>() + "z: 1}", true),
        (format!("\"{}\"", many("\\u00e4")), true),
        ("[".to_owned() + &many("x[y=z],") + "1]", true),
        (
            "{".to_owned()
                + &(0..2_000).map(|at| format!("a{at}: 1,")).collect::<String>()
                + "z: ["
                + &many("x,")[60_000..]
                + "1]}",
            false,
        ),
        ("{".to_owned() + &(0..20_000).map(|at| format!("a {at}: 1,")).collect::<String>() + "z: a 1}", true),
        ("9".repeat(200_000), false),
        ("x".repeat(limits::MAX_SOURCE_BYTES + 1), false),
    ];
    for (text, allowed) in texts {
        let started = clock();
        let compiled = compile(&text, &OPEN);
        let took = clock() - started;
        let start: String = text.chars().take(40).collect();
        println!("{:>8.1} ms  {:>6} bytes  {start}", took.as_secs_f64() * 1000.0, text.len());
        match compiled {
            Ok(_) => assert!(allowed, "{start}"),
            Err(errors) => {
                assert!(!allowed, "{start}: {}", errors[0]);
                let deep = ["feel.depth", "feel.size", "feel.syntax", "feel.range"].contains(&errors[0].code);
                assert!(deep && errors[0].line == 1, "{start}: {}", errors[0]);
            }
        }
        assert!(took < Duration::from_secs(2), "{start}: {took:?}");
        slowest = slowest.max((took, start));
    }
    println!("slowest: {:.1} ms, {}", slowest.0.as_secs_f64() * 1000.0, slowest.1);
}

#[test]
fn what_looks_like_a_bomb_and_is_none_has_a_value() {
    for (source, value) in [
        ("10 ** 1000000000", "null"),
        ("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\")", "false"),
        (
            "matches(\"4f9c1d9e-7e4b-4c1a-9a57-0123456789ab\", \"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$\")",
            "true",
        ),
        ("matches(\"ann@example.org\", \"^[\\w.%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$\")", "true"),
        ("count(split(string join(for i in 1..5000 return \"abc\", \", \"), \", \"))", "5000"),
        ("string length(replace(string join(for i in 1..5000 return \"a b \"), \"\\s+\", \"\"))", "10000"),
    ] {
        let expression = compile(source, &OPEN).unwrap_or_else(|errors| panic!("{source}: {}", errors[0]));
        let mut fuel = Fuel::default();
        let outcome = expression.evaluate(&[], &Env::default(), &mut fuel);
        assert_eq!(outcome.error, None, "{source}");
        assert_eq!(outcome.value.to_json(), value, "{source}: {:?}", outcome.warnings);
        assert!(fuel.used() < limits::DEFAULT_FUEL / 5, "{source}: {} steps", fuel.used());
    }
}
