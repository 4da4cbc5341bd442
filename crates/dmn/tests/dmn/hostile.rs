//! Hostile models end with a typed error, never with a panic or without end.

use crate::{decision, evaluate, literal, model, read, value};
use dirigent_dmn::{Model, limits};
use feel::{Env, Fuel};

#[test]
fn deep_nesting_is_refused() {
    let deep = "<list>".repeat(200) + &"</list>".repeat(200);
    assert_eq!(read(&decision(&deep)).expect_err("it is deep")[0].code, "dmn.xml.depth");
    let levels = limits::MAX_DEPTH - 6;
    let allowed = "<list>".repeat(levels) + &literal("1") + &"</list>".repeat(levels);
    let model = model(&decision(&allowed)).compile(&[]);
    let outcome = evaluate(&model, "d", "{}");
    assert!(outcome.value.as_list().is_some(), "{:?}", outcome.failure);
}

#[test]
fn large_files_are_refused() {
    let long = "x".repeat(limits::MAX_FILE_BYTES + 1);
    assert_eq!(Model::read(&long).expect_err("it is long")[0].code, "dmn.xml.size");
    let text = format!("\"{}\"", "x".repeat(limits::MAX_TEXT_BYTES));
    assert_eq!(read(&decision(&literal(&text))).expect_err("it is long")[0].code, "dmn.xml.size");
}

#[test]
fn endless_recursion_and_loops_run_out_of_fuel_or_depth() {
    let recursive =
        "<businessKnowledgeModel id=\"k\" name=\"k\"><encapsulatedLogic><formalParameter name=\"n\"/>"
            .to_owned()
            + &literal("k(n + 1)")
            + "</encapsulatedLogic></businessKnowledgeModel>"
            + &decision(
                &("<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>".to_owned()
                    + &literal("k(1)")),
            );
    let recursive_model = model(&recursive).compile(&[]);
    assert_eq!(evaluate(&recursive_model, "d", "{}").failure.map(|failure| failure.code), Some("feel.depth"));
    let loops = decision(&format!(
        "<for iteratorVariable=\"i\"><in>{}</in><return>{}</return></for>",
        literal("[1..1000000000]"),
        literal("i")
    ));
    let loop_model = model(&loops).compile(&[]);
    let failure = evaluate(&loop_model, "d", "{}").failure.expect("it is stopped");
    assert!(["feel.fuel", "feel.size"].contains(&failure.code), "{failure}");
    let mut little = Fuel::new(3);
    let sums = model(&decision(&literal("sum(for i in 1..100 return i)"))).compile(&[]);
    let outcome = sums.evaluate("d", feel::Context::new(), &Env::default(), &mut little);
    assert_eq!(outcome.failure.map(|failure| failure.code), Some("feel.fuel"));
}

#[test]
fn recursion_through_deep_boxes_keeps_within_the_stack() {
    for (open, close) in [
        ("<list>".to_owned(), "</list>".to_owned()),
        (
            format!("<conditional><if>{}</if><then>", literal("true")),
            format!("</then><else>{}</else></conditional>", literal("1")),
        ),
        ("<context><contextEntry><variable name=\"v\"/>".to_owned(), "</contextEntry></context>".to_owned()),
        (
            format!("<for iteratorVariable=\"v\"><in>{}</in><return>", literal("[1]")),
            "</return></for>".to_owned(),
        ),
    ] {
        let levels = 36;
        let body = open.repeat(levels) + &literal("k(n + 1)") + &close.repeat(levels);
        let recursive =
            "<businessKnowledgeModel id=\"k\" name=\"k\"><encapsulatedLogic><formalParameter name=\"n\"/>"
                .to_owned()
                + &body
                + "</encapsulatedLogic></businessKnowledgeModel>"
                + &decision(
                    &("<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>"
                        .to_owned()
                        + &literal("k(1)")),
                );
        let model = model(&recursive).compile(&[]);
        let failure = evaluate(&model, "d", "{}").failure.expect("it is stopped");
        assert!(["feel.depth", "feel.fuel", "feel.size"].contains(&failure.code), "{failure}");
    }
}

#[test]
fn recursion_through_deep_expressions_keeps_within_the_stack() {
    for text in [
        "[".repeat(60) + "k(n + 1)" + &"]".repeat(60),
        "if n > 0 then ".repeat(50) + "k(n + 1)" + &" else 1".repeat(50),
        "{a: ".repeat(60) + "k(n + 1)" + &"}".repeat(60),
        "abs(".repeat(60) + "k(n + 1)" + &")".repeat(60),
    ] {
        let recursive =
            "<businessKnowledgeModel id=\"k\" name=\"k\"><encapsulatedLogic><formalParameter name=\"n\"/>"
                .to_owned()
                + &literal(&text)
                + "</encapsulatedLogic></businessKnowledgeModel>"
                + &decision(
                    &("<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>"
                        .to_owned()
                        + &literal("k(1)")),
                );
        let model = model(&recursive).compile(&[]);
        let outcome = evaluate(&model, "d", "{}");
        let failure = outcome
            .failure
            .unwrap_or_else(|| panic!("it is stopped: {:?} {:?}", model.diagnostics(), outcome.warnings));
        assert!(["feel.depth", "feel.fuel", "feel.size"].contains(&failure.code), "{failure}");
    }
}

#[test]
fn services_that_call_services_keep_within_the_stack() {
    let mut body = String::new();
    for at in 0..90 {
        let call = literal(&format!("s{}()", at + 1));
        let deep = "<list>".repeat(40) + if at == 89 { "" } else { &call } + &"</list>".repeat(40);
        let requirement = match at {
            89 => String::new(),
            _ => format!(
                "<knowledgeRequirement><requiredKnowledge href=\"#s{}\"/></knowledgeRequirement>",
                at + 1
            ),
        };
        body += &format!(
            "<decision id=\"d{at}\" name=\"d{at}\">{requirement}{deep}</decision>\
             <decisionService id=\"s{at}\" name=\"s{at}\"><variable name=\"s{at}\"/><outputDecision href=\"#d{at}\"/></decisionService>"
        );
    }
    let model = model(&body).compile(&[]);
    assert_eq!(evaluate(&model, "d0", "{}").failure.map(|failure| failure.code), Some("feel.depth"));
}

#[test]
fn types_that_refer_to_themselves_end() {
    let body = "<itemDefinition name=\"a\"><typeRef>b</typeRef></itemDefinition><itemDefinition name=\"b\"><typeRef>a</typeRef></itemDefinition>\
        <itemDefinition name=\"tree\"><itemComponent name=\"children\" isCollection=\"true\"><typeRef>tree</typeRef></itemComponent></itemDefinition>\
        <decision id=\"d\" name=\"d\"><variable name=\"d\" typeRef=\"tree\"/>"
        .to_owned()
        + &literal("{children: [{children: []}]}")
        + "</decision>";
    assert_eq!(value(&model(&body).compile(&[]), "d", "{}"), r#"{"children":[{"children":[]}]}"#);
}

#[test]
fn types_that_grow_without_bound_are_cut() {
    let mut doubling = String::new();
    let mut chain = String::new();
    for at in 0..35 {
        let next = if at == 34 { "string".to_owned() } else { format!("t{}", at + 1) };
        doubling += &format!(
            "<itemDefinition name=\"t{at}\"><itemComponent name=\"x\"><typeRef>{next}</typeRef></itemComponent>\
             <itemComponent name=\"y\"><typeRef>{next}</typeRef></itemComponent></itemDefinition>"
        );
    }
    for at in 0..3_000 {
        chain += &format!(
            "<itemDefinition name=\"c{at}\"><functionItem outputTypeRef=\"c{}\"/></itemDefinition>",
            at + 1
        );
    }
    let body = |types: &str, name: &str| {
        let knowledge = format!(
            "<businessKnowledgeModel id=\"k\" name=\"k\"><encapsulatedLogic><formalParameter name=\"p\" typeRef=\"{name}\"/>{}\
             </encapsulatedLogic></businessKnowledgeModel>",
            literal("p")
        );
        let requirement = "<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>";
        types.to_owned() + &knowledge + &decision(&(requirement.to_owned() + &literal("k(1)")))
    };
    for (types, name, code) in [(doubling, "t0", "dmn.type.size"), (chain, "c0", "dmn.type.depth")] {
        let model = model(&body(&types, name)).compile(&[]);
        assert!(model.diagnostics().iter().any(|one| one.code == code), "{:?}", model.diagnostics().first());
        evaluate(&model, "d", "{}");
    }
}

#[test]
fn models_that_import_each_other_end() {
    let of = |own: &str, other: &str| {
        format!(
            "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"{own}\" name=\"{own}\">\
             <import namespace=\"{other}\" name=\"{other}\" importType=\"\"/><decision id=\"d\" name=\"d\">\
             <literalExpression><text>1</text></literalExpression></decision></definitions>"
        )
    };
    let a = Model::read(&of("a", "b")).expect("it is readable");
    let b = Model::read(&of("b", "a")).expect("it is readable");
    assert_eq!(value(&a.compile(&[&b]), "d", "{}"), "1");
}

#[test]
fn damaged_files_never_panic() {
    let xml = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"n\" name=\"n\">\
        <inputData id=\"i\" name=\"x\"><variable name=\"x\" typeRef=\"number\"/></inputData>\
        <decision id=\"d\" name=\"d\"><informationRequirement><requiredInput href=\"#i\"/></informationRequirement>\
        <decisionTable hitPolicy=\"FIRST\"><input><inputExpression><text>x</text></inputExpression></input>\
        <output name=\"y\"/><rule><inputEntry><text>&lt; 5, [7..9]</text></inputEntry>\
        <outputEntry><text>\"low\"</text></outputEntry></rule></decisionTable></decision></definitions>";
    for at in 0..xml.len() {
        for damaged in [
            xml[..at].to_owned() + &xml[at + 1..],
            xml[..at].to_owned() + "<" + &xml[at..],
            xml[..at].to_owned() + "\"" + &xml[at + 1..],
            xml[..at].to_owned(),
        ] {
            if let Ok(model) = Model::read(&damaged) {
                let compiled = model.compile(&[]);
                evaluate(&compiled, "d", r#"{"x":8}"#);
            }
        }
    }
}
