//! What holds for every expression: no panic, no unbounded evaluation, the same outcome every time.

use dirigent_feel::{Env, Fuel, Options, Run, Value, compile, compile_unary_tests};
use proptest::prelude::*;

const OPEN: Options<'static> = Options { names: &[], properties: &[], open: true, types: None };

/// 400 cases, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Source texts made of FEEL's own pieces, most of them wrong.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "1",
        "0.5",
        "-",
        "+",
        "*",
        "/",
        "**",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "..",
        ".",
        "a",
        "b c",
        "if ",
        " then ",
        " else ",
        "for x in ",
        " return ",
        "some x in ",
        " satisfies ",
        " in ",
        " and ",
        " or ",
        "not(",
        "null",
        "true",
        "\"s\"",
        "@\"2024-01-01\"",
        "@\"P1D\"",
        "=",
        "<",
        ">=",
        "!=",
        "function(x) ",
        "x",
        "item",
        "partial",
        " instance of ",
        "number",
        "list<number>",
        " between ",
        "sum(",
        "date(",
        "string(",
        "sort(",
        "context put(",
        "?",
        "`q`",
        "//",
        "/*",
        "\"",
        "\\u",
        "é",
        "😀",
        " ",
        "1e5",
        "1..3",
        "range(",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Well-formed expressions.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-1000i64..1000).prop_map(|n| n.to_string()),
        (-1000i64..1000, 1u32..6).prop_map(|(n, digits)| format!("{}e-{digits}", n)),
        prop::sample::select(vec![
            "true",
            "null",
            "\"abc\"",
            "x",
            "y.z",
            "@\"2024-02-29\"",
            "@\"P1Y\"",
            "@\"PT5M\"",
            "@\"10:00:00Z\"",
            "@\"2024-01-01T00:00:00@Europe/Berlin\"",
            "[1, 2, 3]",
            "{a: 1, b: [2]}",
            "[1..5)",
            "abs",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 60, 4, |inner| {
        let binary =
            prop::sample::select(vec!["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"]);
        let function = prop::sample::select(vec![
            "string",
            "sum",
            "count",
            "not",
            "abs",
            "sqrt",
            "exp",
            "log",
            "floor",
            "reverse",
            "flatten",
            "min",
            "distinct values",
            "date",
            "duration",
            "number",
            "to json",
            "from json",
            "is defined",
            "median",
            "string length",
            "upper case",
            "get entries",
            "context",
            "day of week",
            "stddev",
            "mode",
            "trim",
        ]);
        let function2 = prop::sample::select(vec![
            "contains",
            "split",
            "matches",
            "append",
            "concatenate",
            "list contains",
            "index of",
            "remove",
            "decimal",
            "modulo",
            "before",
            "meets",
            "includes",
            "get value",
            "is",
            "partition",
            "years and months duration",
            "substring",
            "date and time",
            "round up",
            "coincides",
            "overlaps",
            "extract",
        ]);
        prop_oneof![
            (inner.clone(), binary, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (function, inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (function2, inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if {a} then {b} else {c}")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(for i in {a} return [i, partial, {b}])")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(some i in {a} satisfies i = {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{a: {a}, b: {b}, c: a}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(function(p, q) p)({a}, {b})")),
            inner.prop_map(|a| format!("-({a}).year")),
        ]
    })
}

/// Conditions as processes have them: comparisons of variables, paths and constants, joined.
fn conditions() -> impl Strategy<Value = String> {
    let operand = || {
        prop::sample::select(vec![
            "amount",
            "country",
            "order.id",
            "order.total",
            "absent",
            "order.absent",
            "flag",
            "long",
            "1500",
            "1500.0",
            "2",
            "\"DE\"",
            "\"A-1234567890\"",
            "\"\"",
            "true",
            "null",
            "@\"2024-01-01\"",
            "amount + 1",
        ])
    };
    let comparison = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let leaf = (operand(), comparison, operand()).prop_map(|(a, op, b)| format!("{a} {op} {b}"));
    leaf.prop_recursive(3, 12, 3, |inner| {
        (prop::collection::vec(inner, 2..4), prop::sample::select(vec![" and ", " or "]))
            .prop_map(|(parts, join)| format!("({})", parts.join(join)))
    })
}

proptest! {
    #![proptest_config(config())]

    /// Deciding a condition without a run must be invisible.
    #[test]
    fn conditions_are_decided_as_in_a_run(source in conditions()) {
        let expression = compile(&source, &OPEN).map_err(|errors| TestCaseError::fail(format!("{source}: {}", errors[0])))?;
        let long = "x".repeat(2_000);
        let data = format!(
            r#"{{"amount": 1500, "country": "DE", "order": {{"id": "A-1234567890", "total": 2}}, "flag": true, "long": "{long}"}}"#
        );
        let data = Value::from_json(&data).unwrap();
        let slots = expression.bind(|name| data.get(name).cloned());
        let (mut quick, mut slow) = (Fuel::default(), Fuel::default());
        let outcome = expression.evaluate(&slots, &Env::default(), &mut quick);
        let env = Env::default();
        let mut run = Run::new(&env, &mut slow);
        let value = expression.evaluate_in(&slots, &mut run).unwrap();
        prop_assert_eq!(outcome.value.to_json(), value.to_json(), "{}", source);
        prop_assert_eq!(&outcome.warnings[..], run.warnings(), "{}", source);
        // In a run the outermost `and` or `or` is a step of its own.
        prop_assert!(slow.used() - quick.used() <= 1, "{}: {} and {}", source, slow.used(), quick.used());
        let (explained, _) = expression.explain(&slots, &env, &mut Fuel::default());
        prop_assert_eq!(outcome.value.to_json(), explained.value.to_json(), "{}", source);
        // The last step that is missing is missed.
        if quick.used() > 0 {
            let out = expression.evaluate(&slots, &env, &mut Fuel::new(quick.used() - 1));
            prop_assert_eq!(out.error.map(|error| error.code()), Some("feel.fuel"), "{}", source);
        }
    }

    #[test]
    fn any_text_compiles_or_gives_diagnostics(source in "\\PC{0,60}") {
        let _ = compile(&source, &OPEN);
        let _ = compile_unary_tests(&source, &OPEN);
    }

    #[test]
    fn pieces_compile_or_give_diagnostics_and_evaluate(source in pieces()) {
        let compiled =
            [compile(&source, &OPEN), compile(&source, &Options::default()), compile_unary_tests(&source, &OPEN)];
        for expression in compiled.into_iter().flatten() {
            let slots = expression.bind(|_| Some(Value::from(3)));
            let mut fuel = Fuel::new(5_000);
            let outcome = expression.evaluate(&slots, &Env::default(), &mut fuel);
            prop_assert!(outcome.error.is_none() || outcome.value.is_null());
        }
    }

    #[test]
    fn expressions_are_deterministic_and_explained(source in expressions()) {
        let expression = compile(&source, &OPEN).map_err(|errors| TestCaseError::fail(format!("{source}: {}", errors[0])))?;
        let data = Value::from_json(r#"{"x": 5, "y": {"z": "text"}}"#).unwrap();
        let slots = expression.bind(|name| data.get(name).cloned());
        let (mut a, mut b) = (Fuel::new(20_000), Fuel::new(20_000));
        let first = expression.evaluate(&slots, &Env::default(), &mut a);
        let second = expression.evaluate(&slots, &Env::default(), &mut b);
        prop_assert_eq!(first.value.to_json(), second.value.to_json());
        prop_assert_eq!(&first.warnings, &second.warnings);
        prop_assert_eq!(a.remaining(), b.remaining());
        let (explained, tree) = expression.explain(&slots, &Env::default(), &mut Fuel::new(200_000));
        if first.error.is_none() && explained.error.is_none() {
            prop_assert_eq!(explained.value.to_json(), first.value.to_json(), "{}", source);
            prop_assert_eq!(tree.value.to_json(), first.value.to_json(), "{}", source);
        }
        // What it prints is JSON.
        prop_assert!(Value::from_json(&first.value.to_json()).is_ok());
    }
}
