//! FEEL as its users see it: text and variables in, value, warnings and limits out.

mod bombs;
mod properties;

use dirigent_feel::{Env, Fuel, LimitError, Options, Outcome, Value, compile, compile_unary_tests};

fn evaluate_with(source: &str, json: &str) -> Outcome {
    let context = Value::from_json(json).unwrap();
    let expression = compile(source, &Options { open: true, ..Options::default() })
        .unwrap_or_else(|errors| panic!("{source}: {}", errors[0]));
    let slots = expression.bind(|name| context.get(name).cloned());
    expression.evaluate(&slots, &Env { now: 1_700_000_000_000, ..Env::default() }, &mut Fuel::default())
}

fn evaluate(source: &str) -> Outcome {
    evaluate_with(source, "{}")
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let outcome = evaluate(source);
    assert_eq!(outcome.error, None, "{source}");
    assert_eq!(outcome.value.to_json(), expected, "{source}: {:?}", outcome.warnings);
    assert!(
        expected != "null" || source == "null" || !outcome.warnings.is_empty(),
        "{source}: null without a reason"
    );
}

#[track_caller]
fn check_with(json: &str, source: &str, expected: &str) {
    let outcome = evaluate_with(source, json);
    assert_eq!(outcome.value.to_json(), expected, "{source}: {:?}", outcome.warnings);
}

#[test]
fn arithmetic_and_logic() {
    check("1 + 2 * 3", "7");
    check("-3 ** 2", "9");
    check("(1 + 2) / 4", "0.75");
    check("0.1 + 0.2 = 0.3", "true");
    check("10 / 0", "null");
    check("\"a\" + \"b\"", "\"ab\"");
    check("true and null", "null");
    check("false and null", "false");
    check("null or true", "true");
    check("not(true)", "false");
    check("5 between 1 and 10 and true", "true");
    check("if 1 > 2 then \"a\" else \"b\"", "\"b\"");
    check("1 = \"1\"", "null");
    check("// comment\n1 /* more */ + 1", "2");
    check(&vec!["1"; 5000].join(" + "), "5000");
}

#[test]
fn names_resolve_against_the_scope() {
    let names = ["order", "order total", "a-b", "a", "b"];
    let options = Options { names: &names, ..Options::default() };
    let slots = |source: &str| {
        compile(source, &options).unwrap().slots().iter().map(|s| s.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(slots("order  total > 5"), ["order total"]);
    assert_eq!(slots("a-b"), ["a-b"]);
    assert_eq!(slots("a - b"), ["a", "b"]);
    let error = &compile("ordre > 1", &options).unwrap_err()[0];
    assert_eq!((error.code, error.line, error.column), ("feel.name", 1, 1));
    assert_eq!(error.help.as_deref(), Some("did you mean 'order'?"));
    check_with(r#"{"first name":"Ann","count":3}"#, "first name = \"Ann\" and count > 2", "true");
    check_with(r#"{"x y":1}"#, "`x y` + 1", "2");
    check_with(r#"{"count":3,"min":2}"#, "(function(x) x + min)(count)", "5");
    check_with(r#"{"list":[3,1]}"#, "sort(list, function(a, b) min(a, b) = a)", "[1,3]");
    check_with(r#"{"in":{"then":{"for":1}}}"#, "`in`.then.for + 1", "2");
    check("{foo+bar: 1, baz: foo+bar + 1}.baz", "2");
    check("{a b: {c d: 5}}.a b.c d", "5");
}

#[test]
fn lists_contexts_filters_and_loops() {
    let order = r#"{"items":[{"qty":2,"price":5},{"qty":20,"price":1.5}],"limit":10}"#;
    check_with(order, "items[qty > limit].price", "[1.5]");
    check_with(order, "items[item.qty > limit][1].price", "1.5");
    check_with(order, "sum(for i in items return i.qty * i.price)", "40");
    check_with(order, "items[-1].qty", "20");
    check_with(order, "some i in items satisfies i.qty > limit", "true");
    check_with(order, "every i in items satisfies i.qty > limit", "false");
    check("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1,1,2,6,24]");
    check("for i in 1..3, j in i..3 return i * j", "[1,2,3,4,6,9]");
    check(
        "for d in @\"2024-02-28\"..@\"2024-03-01\" return d",
        r#"["2024-02-28","2024-02-29","2024-03-01"]"#,
    );
    check("{a: 1, b: a + 1, f: function(x) if x < 2 then 1 else x * f(x - 1), c: f(5)}.c", "120");
    check("(function(a, b) a - b)(b: 1, a: 5)", "4");
    check("[1, 2, 3][5]", "null");
    check("{a: 1}.b", "null");
    check("[{a: 1}, {b: 2}].a", "[1,null]");
    check("sort([3, 1, 2], function(a, b) a > b)", "[3,2,1]");
    check("for x in [1, 2] return (function(y) x + y)(10)", "[11,12]");
}

#[test]
fn ranges_tests_and_types() {
    check("5 in (1..5)", "false");
    check("5 in [1..5]", "true");
    check("5 in (> 3, < 1)", "true");
    check("[1..3] instance of range<number>", "true");
    check("{a: 1} instance of context<a: number>", "true");
    check("overlaps([1..5], [5..8])", "true");
    check("[1..10].start", "1");
    let tests = |source: &str, input: Value| {
        let expression = compile_unary_tests(source, &Options::default()).unwrap();
        expression.evaluate(&[Some(input)], &Env::default(), &mut Fuel::default()).value
    };
    assert_eq!(tests("< 5, [10..20]", Value::from(15)), Value::Bool(true));
    assert_eq!(tests("not(1, 2)", Value::from(2)), Value::Bool(false));
    assert_eq!(tests("-", Value::Null), Value::Bool(true));
    assert_eq!(tests("\"DE\", \"FR\"", Value::from("FR")), Value::Bool(true));
    assert_eq!(tests("string length(?) > 2", Value::from("abc")), Value::Bool(true));
    assert_eq!(tests("null", Value::Null), Value::Bool(true));
    assert_eq!(tests("true", Value::Null), Value::Bool(false));
    assert_eq!(tests("true", Value::from("A")), Value::Null);
    // A computed boolean is the result, also one that is known when compiling.
    assert_eq!(tests("5 < 3", Value::from(7)), Value::Bool(false));
    assert_eq!(tests("(true)", Value::from(true)), Value::Bool(true));
}

#[test]
fn dates_and_durations() {
    check("date(\"2024-02-29\") + duration(\"P1Y\")", "\"2025-02-28\"");
    check(
        "@\"2024-01-31T10:00:00@Europe/Berlin\" + @\"P1D\"",
        "\"2024-02-01T10:00:00+01:00[Europe/Berlin]\"",
    );
    check("string(@\"2024-01-31T10:00:00@Europe/Berlin\")", "\"2024-01-31T10:00:00@Europe/Berlin\"");
    // What JSON has is read again; the name of the zone counts.
    check(
        "date and time(\"2024-01-31T10:00:00+01:00[Europe/Berlin]\") = @\"2024-01-31T10:00:00@Europe/Berlin\"",
        "true",
    );
    check("time(\"12:00\") = @\"12:00:00\"", "true");
    check("date and time(\"2024-01-31T10:00:00+01:00[Nowhere]\")", "null");
    check("@\"2024-01-02\" - @\"2024-01-01\"", "\"P1D\"");
    check("@\"P1D\" * 1.5", "\"P1DT12H\"");
    check("years and months duration(@\"2011-12-22\", @\"2013-08-24\")", "\"P1Y8M\"");
    check(
        "date and time(@\"2020-07-31T14:27:30@Europe/Berlin\", \"America/Los_Angeles\")",
        "\"2020-07-31T05:27:30-07:00[America/Los_Angeles]\"",
    );
    check("now()", "\"2023-11-14T22:13:20Z\"");
    check("day of week(today())", "\"Tuesday\"");
    check("last day of month(@\"2024-02-03\")", "\"2024-02-29\"");
    check("date(\"2024-13-01\")", "null");
}

#[test]
fn strings_and_camundas_functions() {
    check("substring(\"foobar\", -2)", "\"ar\"");
    check("string join([\"a\", null, \"b\"], \", \", \"[\", \"]\")", "\"[a, b]\"");
    check("replace(\"abc\", \"(b)\", \"<$1>\")", "\"a<b>c\"");
    check("split(\"a;b;;\", \";\")", r#"["a","b","",""]"#);
    check("extract(\"r 1234, 1256\", \"12[0-9]*\")", r#"["1234","1256"]"#);
    check("trim(\"  x \")", "\"x\"");
    check("is defined(nothing)", "false");
    check("get or else(nothing, 1)", "1");
    check("is defined({a: null}.a)", "true");
    check("context put({a: {b: 1}}, [\"a\", \"c\"], 2)", r#"{"a":{"b":1,"c":2}}"#);
    check("duplicate values([1, 2, 1])", "[1]");
    check("partition([1, 2, 3], 2)", "[[1,2],[3]]");
    check("to base64(\"FEEL\")", "\"RkVFTA==\"");
    check("from base64(\"RkVFTA==\")", "\"FEEL\"");
    check("is blank(\" \")", "true");
    check("from json(\"{\\\"a\\\": [1]}\")", r#"{"a":[1]}"#);
    check("to json({a: @\"2024-01-01\"})", r#""{\"a\":\"2024-01-01\"}""#);
    check("is empty([])", "true");
    check("string length(uuid())", "36");
    check("random number() < 1", "true");
    assert_eq!(evaluate("nothing = null").warnings, []);
    let failed = evaluate("assert(1, 1 > 2, \"too small\")").error;
    assert_eq!(failed, Some(LimitError::Assertion { message: "too small".into() }));
}

#[test]
fn warnings_name_the_place() {
    let outcome = evaluate_with("1 +\n order.total", r#"{"order":{"totl":3}}"#);
    assert!(outcome.value.is_null());
    let first = &outcome.warnings[0];
    assert_eq!((first.line, first.column, first.expression.as_str()), (2, 2, "order.total"));
    assert!(first.message.contains("did you mean 'totl'"), "{first}");
}

#[test]
fn explain_gives_the_tree() {
    let expression = compile("a + b.c > 2", &Options { open: true, ..Options::default() }).unwrap();
    let values = Value::from_json(r#"{"a":1,"b":{"c":5}}"#).unwrap();
    let slots = expression.bind(|name| values.get(name).cloned());
    let (outcome, tree) = expression.explain(&slots, &Env::default(), &mut Fuel::default());
    assert_eq!(outcome.value, Value::Bool(true));
    assert_eq!(tree.expression, "a + b.c > 2");
    assert_eq!(tree.children[0].expression, "a + b.c");
    assert_eq!(tree.children[0].value, Value::from(6));
    assert_eq!(tree.children[0].children[1].children[0].expression, "b");
}

#[test]
fn hints_name_what_cannot_be_right() {
    let codes = |source: &str| {
        let expression = compile(source, &Options { open: true, ..Options::default() }).unwrap();
        expression.hints().iter().map(|hint| (hint.code, hint.column)).collect::<Vec<_>>()
    };
    assert_eq!(codes("amount > 5 and country = \"DE\""), []);
    assert_eq!(codes("1 + strng(x)"), [("feel.name", 5)]);
    assert_eq!(codes("substring(\"a\")"), [("feel.arguments", 1)]);
    assert_eq!(codes("date(\"2024-13-01\")"), [("feel.function", 1)]);
    assert_eq!(codes("if \"yes\" then 1 else 2"), [("feel.type", 4)]);
    assert_eq!(codes("a and 5"), [("feel.type", 7)]);
    assert_eq!(codes("x + (a > b)"), [("feel.type", 6)]);
    assert_eq!(codes("(a > b) = \"true\""), [("feel.type", 1)]);
}

#[test]
fn every_function_of_camunda_exists() {
    let calls = "not(true); get value({}, [\"a\"]); get entries({}); context put({}, \"a\", 1); string(1); number(\"1\"); \
        number(\"1\", \",\", \".\"); context([]); date(\"2024-01-01\"); date(2024, 1, 1); time(\"10:00:00\"); time(1, 2, 3); \
        time(1, 2, 3, @\"PT1H\"); date and time(\"2024-01-01T00:00:00\"); date and time(d, t); duration(\"P1D\"); \
        years and months duration(d, d); from json(\"1\"); to json(1); list contains([], 1); count([]); min([1]); max([1]); \
        sum([1]); product([1]); mean([1]); median([1]); stddev([1, 2]); mode([1]); all([]); any([]); sublist([1], 1); \
        sublist([1], 1, 1); append([], 1); concatenate([], []); insert before([1], 1, 2); remove([1], 1); reverse([]); \
        index of([], 1); union([], []); distinct values([]); flatten([]); sort([], function(a, b) a < b); string join([]); \
        string join([], \",\"); string join([], \",\", \"<\", \">\"); decimal(1, 2); floor(1); floor(1, 2); ceiling(1); \
        ceiling(1, 2); round up(1, 2); round down(1, 2); round half up(1, 2); round half down(1, 2); abs(n: 1); modulo(1, 2); \
        sqrt(1); log(1); exp(1); odd(1); even(1); before(1, 2); after(1, 2); meets(a, b); met by(a, b); overlaps(a, b); \
        overlaps before(a, b); overlaps after(a, b); finishes(a, b); finished by(a, b); includes(a, b); during(a, b); \
        starts(a, b); started by(a, b); coincides(1, 1); substring(\"a\", 1); substring(\"a\", 1, 1); string length(\"a\"); \
        upper case(\"a\"); lower case(\"A\"); substring before(\"a\", \"a\"); substring after(\"a\", \"a\"); \
        contains(\"a\", \"a\"); starts with(\"a\", \"a\"); ends with(\"a\", \"a\"); matches(\"a\", \"a\"); \
        matches(\"a\", \"a\", \"i\"); replace(\"a\", \"b\", \"c\"); replace(\"a\", \"b\", \"c\", \"i\"); split(\"a\", \",\"); \
        now(); today(); day of week(d); day of year(d); week of year(d); month of year(d); fromAi(x); fromAi(x, \"a\"); \
        fromAi(x, \"a\", \"string\", {}, {}); is defined(x); get or else(x, 1); assert(x, true); assert(x, true, \"c\"); \
        context merge([]); date and time(dt, \"Europe/Berlin\"); duplicate values([]); is empty([]); partition([], 1); \
        random number(); extract(\"a\", \"b\"); trim(\"a\"); uuid(); to base64(\"a\"); from base64(\"YQ==\"); is blank(\"\"); \
        last day of month(d); is(1, 1); range(\"[1..2]\"); list replace([1], 1, 2)";
    for call in calls.split("; ") {
        let expression = compile(call, &Options { open: true, ..Options::default() }).unwrap();
        let unknown =
            expression.hints().iter().find(|hint| matches!(hint.code, "feel.name" | "feel.arguments"));
        assert_eq!(unknown, None, "{call}");
    }
}

#[test]
fn deep_recursion_keeps_within_a_small_stack() {
    let wrap = |before: &str, after: &str| format!("{}f(n + 1){}", before.repeat(60), after.repeat(60));
    let bodies = [
        wrap("[", "]"),
        wrap("{a: ", "}"),
        wrap("if n > 0 then ", " else 1"),
        wrap("not(", ")"),
        wrap("(1 + ", ")"),
        wrap("string(", ")"),
        wrap("(for i in [1] return ", ")"),
        wrap("(some i in [1] satisfies ", ")"),
        wrap("([1, 2])[", "]"),
        wrap("(1 + (", ") * 2)"),
        wrap("(true and ", ")"),
        wrap("(1 < ", ")"),
        wrap("context put({}, \"a\", ", ")"),
        wrap("(function(x) x)(", ")"),
        "sort([1, 2], function(a, b) f(n + 1))".to_owned(),
        "list replace([1], function(a, b) f(n + 1), 1)".to_owned(),
    ];
    let run = move || {
        for body in &bodies {
            let source = format!("{{f: function(n) {body}, x: f(1)}}.x");
            let expression =
                compile(&source, &Options::default()).unwrap_or_else(|e| panic!("{source}: {}", e[0]));
            let outcome = expression.evaluate(&[], &Env::default(), &mut Fuel::default());
            assert!(outcome.value.is_null() || outcome.error.is_none(), "{source}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap();
    assert!(thread.join().is_ok());
}
