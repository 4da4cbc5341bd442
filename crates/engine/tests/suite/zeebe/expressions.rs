//! What expressions give, and how their values are written.

use super::{check, last};

const MAPPED: &str = r#"s: startEvent
a: serviceTask <extensionElements><zeebe:ioMapping><zeebe:input source="SOURCE" target="m"/></zeebe:ioMapping></extensionElements>
e: endEvent
s -> a -> e"#;

/// What an input mapping makes of a source, or the incident.
fn mapped(source: &str, variables: &str) -> String {
    let source = source.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let lines = last(&MAPPED.replace("SOURCE", &source), &format!("start p {variables}"));
    let found = lines.iter().find_map(|line| {
        let value = line.strip_prefix(r#"variables of a {"m":"#)?;
        value.strip_suffix('}').map(str::to_owned)
    });
    let incident = || lines.iter().find(|line| line.starts_with("incident")).cloned();
    found.or_else(incident).unwrap_or_else(|| panic!("{}", lines.join("\n")))
}

#[test]
fn zeebe_expressions_that_cannot_be_computed_give_null() {
    for (source, value) in [
        ("=null = 1", "false"),
        ("=null < 1", "null"),
        (r#"=1 + "a""#, "null"),
        ("=1 / 0", "null"),
        (r#"="5" = 5"#, "null"),
        ("=nonsense(1)", "null"),
        (r#"=abs("a")"#, "null"),
        ("=abs(1, 2, 3)", "null"),
        ("=missing", "null"),
    ] {
        assert_eq!(mapped(source, "{}"), value, "{source}");
    }
}

#[test]
fn zeebe_expressions_that_raise_are_incidents() {
    for (source, says) in [
        ("=assert(missing, missing != null)", "Assertion failure on evaluate the expression"),
        ("=assert(1, false, \"no\")", "no"),
        ("=c.y()", "Evaluating '{m:c.y()}' failed: c.y(): "),
        ("=missing.y()", "Evaluating '{m:missing.y()}' failed: missing.y(): "),
        (r#"=substring("abc", 5)"#, "the start position 5 lies outside of the string's 3 characters."),
        // What becomes of the null does not matter.
        (r#"=substring("abc", -4) = null"#, "the start position -4 lies outside"),
        ("=[1, 2][item.y()]", "item.y()"),
    ] {
        let found = mapped(source, r#"{"c":{"x":1}}"#);
        assert!(
            found.starts_with("incident IO_MAPPING_ERROR at a: ") && found.contains(says),
            "{source}: {found}"
        );
    }
    for (source, value) in [(r#"=substring("abc", 4)"#, r#""""#), (r#"=substring("abc", -3)"#, r#""abc""#)] {
        assert_eq!(mapped(source, "{}"), value, "{source}");
    }
}

#[test]
fn plain_expressions_have_null_where_the_broker_of_camunda_raises() {
    let drawing = "s: startEvent\ng: exclusiveGateway\na: endEvent\nb: endEvent\ns -> g -> [c.y() = null and substring(\"abc\", 5) = null] a; g -> [false] b";
    let trace = testkit::trace(&testkit::draw(drawing), r#"start p {"c":{"x":1}}"#);
    assert!(trace.contains("a: completed") || trace.contains("passed a"), "{trace}");
}

#[test]
fn zeebe_expressions_keep_every_digit() {
    for (source, variables, value) in [
        ("=9223372036854775807 + 1", "{}", "9223372036854775808"),
        ("=v", r#"{"v":1e20}"#, "100000000000000000000"),
        ("=v + 1", r#"{"v":12345678901234567890123}"#, "12345678901234567890124"),
        ("=v", r#"{"v":5.0}"#, "5"),
        ("=v", r#"{"v":-0.0}"#, "0"),
        ("=v", r#"{"v":0.1}"#, "0.1"),
    ] {
        assert_eq!(mapped(source, variables), value, "{source} of {variables}");
    }
}

#[test]
fn zeebe_variables_that_no_expression_touches_stay_as_they_came() {
    let drawing = MAPPED.replace("SOURCE", "=1");
    let variables = r#"{"a":5.0,"b":-0.0,"c":1e20}"#;
    check(&drawing, &format!("start p; set {variables}"), &[&format!("variables of p {variables}")]);
}

#[test]
fn zeebe_expressions_write_temporal_values_as_the_broker_does() {
    for (source, value) in [
        (r#"=time("12:00:00")"#, r#""12:00""#),
        (r#"=time("12:00:05")"#, r#""12:00:05""#),
        (r#"=time("12:00:00Z")"#, r#""12:00:00Z""#),
        (r#"=duration("PT0S")"#, r#""P0D""#),
        (r#"=duration("P1DT0S")"#, r#""P1D""#),
        (r#"=duration("PT26H")"#, r#""P1DT2H""#),
        (r#"=duration("P0M")"#, r#""P0Y""#),
        (r#"=duration("P14M")"#, r#""P1Y2M""#),
        (r#"=date("2024-03-01")"#, r#""2024-03-01""#),
        (r#"=date and time("2024-03-01T10:00:00Z")"#, r#""2024-03-01T10:00:00Z""#),
        (r#"=date and time("2024-03-01T10:00:00")"#, r#""2024-03-01T10:00:00""#),
        (r#"=@"2024-03-01T10:00:00@Europe/Berlin""#, r#""2024-03-01T10:00:00+01:00[Europe/Berlin]""#),
        (r#"={a: [time("12:00:00")]}"#, r#"{"a":["12:00"]}"#),
        // As text it is FEEL's.
        (r#"=string(time("12:00:00"))"#, r#""12:00:00""#),
        (r#"=string(@"2024-03-01T10:00:00@Europe/Berlin")"#, r#""2024-03-01T10:00:00@Europe/Berlin""#),
    ] {
        assert_eq!(mapped(source, "{}"), value, "{source}");
    }
}

const GATEWAY: &str = r#"s: startEvent
g: GATEWAY DEFAULT
a: serviceTask
b: serviceTask
e: endEvent
s -> g -> [c] a -> e; g -> CONDITION b -> e"#;

#[test]
fn zeebe_conditions_must_be_true_or_false() {
    for gateway in ["exclusiveGateway", "inclusiveGateway"] {
        let drawing = GATEWAY.replace("GATEWAY", gateway);
        let with_default = drawing.replace("DEFAULT", "default=g_b").replace("CONDITION ", "");
        let values = [
            ("{}", "NULL"),
            (r#"{"c":null}"#, "NULL"),
            (r#"{"c":1}"#, "NUMBER"),
            (r#"{"c":"true"}"#, "STRING"),
            (r#"{"c":[true]}"#, "ARRAY"),
        ];
        for (variables, found) in values {
            let incident = format!(
                "incident EXTRACT_VALUE_ERROR at g: Expected result of the expression 'c' to be 'BOOLEAN', but was '{found}'."
            );
            let lines = last(&with_default, &format!("start p {variables}"));
            assert!(lines.iter().any(|line| line.starts_with(&incident)), "{}", lines.join("\n"));
            assert!(!lines.iter().any(|line| line == "activated b"), "{}", lines.join("\n"));
        }
        check(&with_default, r#"start p {"c":false}"#, &["activated b"]);
        let without = drawing.replace("DEFAULT", "").replace("CONDITION", "[c]");
        let incident = "incident CONDITION_ERROR at g: Expected at least one condition to evaluate to true, or to have a default flow";
        check(&without, r#"start p {"c":false}"#, &[incident]);
        // A condition behind one that is true counts at an inclusive gateway alone.
        let behind = drawing.replace("DEFAULT", "").replace("CONDITION", "[missing]");
        let lines = last(&behind, r#"start p {"c":true}"#);
        assert_eq!(
            lines.iter().any(|line| line.starts_with("incident EXTRACT_VALUE_ERROR at g: ")),
            gateway == "inclusiveGateway",
            "{}",
            lines.join("\n")
        );
    }
}

#[test]
fn zeebe_names_that_come_twice_have_the_last_value() {
    assert_eq!(mapped("=v", r#"{"v":1,"v":2}"#), "2");
    assert_eq!(mapped("=o.x", r#"{"o":{"x":1,"x":2}}"#), "2");
    assert_eq!(mapped("=o", r#"{"o":{"x":1,"y":0,"x":2}}"#), r#"{"x":2,"y":0}"#);
}
