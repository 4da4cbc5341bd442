//! Decision tables: hit policies, defaults, priorities, the index and what is recorded.

use crate::{compiled, decision, evaluate, model, value};
use feel::{Env, Fuel};
use std::fmt::Write;

/// A table with one input `x` and one output `y`; each rule is a cell and an output.
fn table(attributes: &str, output: &str, rules: &[(&str, &str)]) -> String {
    let mut xml =
        format!("<decisionTable {attributes}><input id=\"in\" label=\"X\"><inputExpression><text>x</text>");
    let _ = write!(xml, "</inputExpression></input><output id=\"out\" name=\"y\">{output}</output>");
    for (at, (cell, result)) in rules.iter().enumerate() {
        let cell = cell.replace('<', "&lt;");
        let _ = write!(xml, "<rule id=\"r{}\"><inputEntry><text>{cell}</text></inputEntry>", at + 1);
        let _ = write!(xml, "<outputEntry><text>{result}</text></outputEntry></rule>");
    }
    xml.push_str("</decisionTable>");
    decision(&xml)
}

const RULES: [(&str, &str); 3] = [("> 1", "20"), ("> 2", "30"), ("> 3", "10")];

fn check(attributes: &str, output: &str, x: i64, wanted: &str) {
    let model = model(&table(attributes, output, &RULES)).compile(&[]);
    assert_eq!(value(&model, "d", &format!("{{\"x\":{x}}}")), wanted, "{attributes} {x}");
}

#[test]
fn hit_policies_make_one_result_of_several_rules() {
    check("hitPolicy=\"UNIQUE\"", "", 2, "20");
    check("hitPolicy=\"UNIQUE\"", "", 9, "null");
    check("hitPolicy=\"ANY\"", "", 9, "null");
    check("hitPolicy=\"FIRST\"", "", 9, "20");
    check("hitPolicy=\"RULE ORDER\"", "", 9, "[20,30,10]");
    check("hitPolicy=\"COLLECT\"", "", 9, "[20,30,10]");
    check("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", "", 9, "60");
    check("hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", "", 9, "3");
    check("hitPolicy=\"COLLECT\" aggregation=\"MIN\"", "", 9, "10");
    check("hitPolicy=\"COLLECT\" aggregation=\"MAX\"", "", 9, "30");
    let priorities = "<outputValues><text>10, 30, 20</text></outputValues>";
    check("hitPolicy=\"PRIORITY\"", priorities, 9, "10");
    check("hitPolicy=\"PRIORITY\"", priorities, 3, "30");
    check("hitPolicy=\"OUTPUT ORDER\"", priorities, 9, "[10,30,20]");
}

#[test]
fn any_accepts_equal_outputs() {
    let model = compiled(&table("hitPolicy=\"ANY\"", "", &[("> 1", "1 + 1"), ("> 2", "2.0")]));
    assert_eq!(value(&model, "d", r#"{"x":5}"#), "2");
}

#[test]
fn without_a_matching_rule_the_default_counts() {
    let default = "<defaultOutputEntry><text>\"none\"</text></defaultOutputEntry>";
    check("hitPolicy=\"UNIQUE\"", default, 0, "\"none\"");
    check("hitPolicy=\"UNIQUE\"", "", 0, "null");
    check("hitPolicy=\"COLLECT\"", default, 0, "[\"none\"]");
}

#[test]
fn overlapping_unique_rules_are_reported_when_compiling_and_when_evaluating() {
    let model = model(&table("hitPolicy=\"UNIQUE\"", "", &[("< 5", "1"), ("[5..7]", "2"), ("7", "3")]));
    let compiled = model.compile(&[]);
    let found: Vec<String> = compiled.diagnostics().iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("dmn.hit-policy.unique") && found[0].contains("rules 2 and 3"), "{found:?}");
    assert!(found[0].contains("decision 'd'") && found[0].contains("FIRST"), "{found:?}");
    let outcome = evaluate(&compiled, "d", r#"{"x":7}"#);
    let failure = outcome.failure.expect("the policy is violated");
    assert_eq!(failure.code, "dmn.hit-policy.unique");
    assert_eq!(&*failure.decision_id, "d");
    assert!(outcome.value.is_null() && failure.message.contains("rules 2, 3"), "{failure}");
    assert!(evaluate(&compiled, "d", r#"{"x":6}"#).failure.is_none());
}

#[test]
fn inputs_rules_and_outputs_are_recorded() {
    let model = compiled(&table("hitPolicy=\"COLLECT\"", "", &RULES));
    let outcome = evaluate(&model, "d", r#"{"x":3}"#);
    let [evaluated] = &outcome.evaluated[..] else { panic!("one decision is evaluated") };
    assert_eq!((&*evaluated.id, evaluated.kind.as_str()), ("d", "DECISION_TABLE"));
    assert_eq!((&*evaluated.inputs[0].id, &*evaluated.inputs[0].name), ("in", "X"));
    assert_eq!(evaluated.inputs[0].value.as_i64(), Some(3));
    let matched: Vec<(&str, usize, Option<i64>)> = evaluated
        .matched
        .iter()
        .map(|rule| (&*rule.id, rule.index, rule.outputs[0].value.as_i64()))
        .collect();
    assert_eq!(matched, [("r1", 1, Some(20)), ("r2", 2, Some(30))]);
    assert_eq!(evaluated.output.to_json(), "[20,30]");
}

/// A table with three columns whose cells come from a small generator.
fn wide(rules: usize) -> (String, Vec<[String; 3]>) {
    let mut seed = 7u64;
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % most
    };
    let mut cells = Vec::new();
    for _ in 0..rules {
        let text = match next(6) {
            0 => "-".to_owned(),
            1 => format!("\"s{}\",\"s{}\"", next(9), next(9)),
            2 => format!("not(\"s{}\")", next(9)),
            _ => format!("\"s{}\"", next(9)),
        };
        let number = match next(8) {
            0 => "-".to_owned(),
            1 => format!("< {}", next(40)),
            2 => format!(">= {}", next(40)),
            3 => format!("]{}..{}]", next(20), 20 + next(20)),
            4 => format!("{}, [{}..{}]", next(40), next(20), 20 + next(20)),
            5 => format!("< {}, > {}", next(10), 30 + next(10)),
            6 => format!("? * 2 > {}", next(80)),
            _ => format!("{}", next(40)),
        };
        let truth = ["-", "true", "false", "null", "-"][next(5) as usize].to_owned();
        cells.push([text, number, truth]);
    }
    let mut xml = "<decisionTable hitPolicy=\"COLLECT\">".to_owned();
    for name in ["s", "n", "b"] {
        let _ = write!(xml, "<input><inputExpression><text>{name}</text></inputExpression></input>");
    }
    xml.push_str("<output name=\"y\"/>");
    for (at, row) in cells.iter().enumerate() {
        xml.push_str("<rule>");
        for cell in row {
            let _ = write!(xml, "<inputEntry><text>{}</text></inputEntry>", cell.replace('<', "&lt;"));
        }
        let _ = write!(xml, "<outputEntry><text>{at}</text></outputEntry></rule>");
    }
    xml.push_str("</decisionTable>");
    (decision(&xml), cells)
}

#[test]
fn the_index_agrees_with_testing_every_cell() {
    let (xml, rows) = wide(1_000);
    let model = compiled(&xml);
    let tests: Vec<Vec<feel::Expression>> = rows
        .iter()
        .map(|row| {
            let compile = |cell: &String| {
                feel::compile_unary_tests(cell, &feel::Options::default()).expect("it parses")
            };
            row.iter().map(compile).collect()
        })
        .collect();
    for (s, n, b) in [
        ("\"s1\"", "7", "true"),
        ("\"s2\"", "0", "false"),
        ("\"s8\"", "39", "null"),
        ("\"zzz\"", "20.5", "true"),
        ("null", "-1", "false"),
        ("\"s3\"", "null", "true"),
        ("3", "\"s3\"", "0"),
        ("[\"s1\"]", "12", "true"),
    ] {
        let inputs = [s, n, b].map(crate::json);
        let passes = |test: &feel::Expression, value: &feel::Value| {
            let outcome = test.evaluate(&[Some(value.clone())], &Env::default(), &mut Fuel::default());
            outcome.value == feel::Value::Bool(true)
        };
        let wanted: Vec<usize> = (0..rows.len())
            .filter(|row| tests[*row].iter().zip(&inputs).all(|(test, value)| passes(test, value)))
            .collect();
        let found = value(&model, "d", &format!("{{\"s\":{s},\"n\":{n},\"b\":{b}}}"));
        let wanted = match wanted.is_empty() {
            true => "null".to_owned(),
            false => format!("{wanted:?}").replace(' ', ""),
        };
        assert_eq!(found, wanted, "{s} {n} {b}");
    }
}

#[test]
fn a_selective_column_leaves_nothing_to_scan() {
    let rules: Vec<(String, String)> = (0..10_000).map(|at| (format!("\"A{at}\""), at.to_string())).collect();
    let rules: Vec<(&str, &str)> = rules.iter().map(|(cell, output)| (&**cell, &**output)).collect();
    let model = compiled(&table("hitPolicy=\"UNIQUE\"", "", &rules));
    let mut fuel = Fuel::default();
    let inputs = [("x", feel::Value::from("A9876"))].into_iter().collect::<feel::Context>();
    let outcome = model.evaluate("d", inputs, &Env::default(), &mut fuel);
    assert_eq!(outcome.value.as_i64(), Some(9876));
    assert!(fuel.used() < 20, "10,000 rules took {} steps", fuel.used());
}
