//! Bad models: every problem has a code, a place and a way out, and all are told at once.

use crate::{compiled, decision, evaluate, literal, model, read, value};
use dirigent_dmn::Model;
use expect_test::{Expect, expect};

fn check(body: &str, wanted: Expect) {
    let found = match read(body) {
        Ok(model) => model.compile(&[]).diagnostics().to_vec(),
        Err(errors) => errors,
    };
    wanted.assert_eq(&found.iter().map(|one| format!("{one}\n")).collect::<String>());
}

#[test]
fn a_carriage_return_alone_ends_a_line() {
    let body = "<decision id=\"a\" name=\"A\">\r\r\n\r<variable name=\"A\"/><literalExpression><text>\r\r1 +</text></literalExpression></decision>";
    check(
        body,
        expect![[r#"
        7:4: error[feel.syntax] decision 'A': expected an expression, found the end in '1 +' (correct the expression)
    "#]],
    );
}

#[test]
fn a_circle_of_decisions() {
    let body = "<decision id=\"a\" name=\"A\">\n<informationRequirement><requiredDecision href=\"#b\"/></informationRequirement>\n".to_owned()
        + &literal("1")
        + "</decision>\n<decision id=\"b\" name=\"B\"><informationRequirement><requiredDecision href=\"#a\"/></informationRequirement>"
        + &literal("2")
        + "</decision>"
        + &decision(&literal("3"));
    check(
        &body,
        expect![[r#"
        2:1: error[dmn.cycle] decision 'A': the decisions require each other in a circle: a -> b -> a (remove one of these information requirements)
        5:1: error[dmn.cycle] decision 'B': the decisions require each other in a circle: a -> b -> a (remove one of these information requirements)
    "#]],
    );
    let model = model(&body).compile(&[]);
    assert_eq!(value(&model, "d", "{}"), "3");
    assert_eq!(evaluate(&model, "a", "{}").failure.map(|failure| failure.code), Some("dmn.cycle"));
    assert!(model.checked().is_err());
}

#[test]
fn wrong_references_types_and_expressions_are_told_together() {
    let body = "<import namespace=\"elsewhere\" name=\"e\" importType=\"\"/>\n\
        <itemDefinition name=\"tPerson\"><typeRef>strin</typeRef></itemDefinition>\n\
        <decision id=\"a\" name=\"A\">\n  <variable name=\"A\" typeRef=\"tPersn\"/>\n\
          <informationRequirement><requiredDecision href=\"#nobody\"/></informationRequirement>\n\
          <literalExpression>\n    <text>1 +\n * 2</text></literalExpression>\n</decision>\n\
        <decision id=\"b\" name=\"B\"><variable name=\"B\" typeRef=\"number\"/><literalExpression><text>\"five\"</text></literalExpression></decision>";
    check(
        body,
        expect![[r#"
            2:1: error[dmn.import.missing] import 'e': there is no model with the namespace 'elsewhere' (deploy the imported model before or together with this one, or correct the namespace)
            3:1: error[dmn.type.unknown] itemDefinition 'tPerson': the type 'strin' does not exist; did you mean 'string'? (correct typeRef, or add an item definition of that name)
            5:3: error[dmn.type.unknown] decision 'A': the type 'tPersn' does not exist; did you mean 'tPerson'? (correct typeRef, or add an item definition of that name)
            6:25: error[dmn.reference] decision 'A': there is no inputData or decision with the id 'nobody' (correct href, or add the element)
            9:2: error[feel.syntax] decision 'A': expected an expression, found '*' in '1 + * 2' (correct the expression)
            11:64: warning[dmn.type] decision 'B': the result must be a number, not string "five" (correct the expression, or the typeRef of the variable)
        "#]],
    );
}

#[test]
fn a_misspelt_input_gets_a_suggestion() {
    let body = "<inputData id=\"i\" name=\"amount\"><variable name=\"amount\" typeRef=\"number\"/></inputData>\
        <decision id=\"d\" name=\"d\"><informationRequirement><requiredInput href=\"#i\"/></informationRequirement>\
        <literalExpression><text>amont * 2</text></literalExpression></decision>";
    check(
        body,
        expect![[r#"
        2:213: warning[dmn.name.unknown] decision 'd': there is no variable 'amont'; it is looked for in the inputs (did you mean 'amount'?)
    "#]],
    );
    assert_eq!(value(&compiled(body), "d", r#"{"amount":1,"amont":4}"#), "8");
}

#[test]
fn cells_that_never_match_and_outputs_that_are_not_allowed() {
    let table = "<decisionTable>\n<input><inputExpression typeRef=\"number\"><text>x</text></inputExpression></input>\n\
        <output name=\"y\" typeRef=\"string\"><outputValues><text>\"a\", \"b\"</text></outputValues></output>\n\
        <rule><inputEntry><text>\"one\"</text></inputEntry>\n<outputEntry><text>\"c\"</text></outputEntry></rule>\n\
        <rule><inputEntry><text>2</text></inputEntry>\n<outputEntry><text>2</text></outputEntry></rule>\n</decisionTable>";
    check(
        &decision(table),
        expect![[r#"
        5:25: warning[dmn.type] decision 'd': the input 'x' is a number, which never equals string "one" (correct the cell, or the typeRef of the input)
        6:20: warning[dmn.table.output-value] decision 'd': string "c" is not one of the values of the output 'y' (correct the entry, or add it to the output values)
        8:20: warning[dmn.type] decision 'd': the output 'y' must be a string, not number 2 (correct the entry, or the typeRef of the output)
    "#]],
    );
}

#[test]
fn a_broken_cell_fails_the_table_and_nothing_else() {
    let table = "<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output/>\
        <rule><inputEntry><text>&lt; </text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>";
    let body = decision(table) + "<decision id=\"other\" name=\"other\">" + &literal("1") + "</decision>";
    let model = model(&body).compile(&[]);
    assert_eq!(value(&model, "other", "{}"), "1");
    let failure = evaluate(&model, "d", r#"{"x":1}"#).failure.expect("the table is broken");
    assert_eq!(failure.code, "dmn.expression");
    assert!(failure.message.starts_with("rule 1: "), "{failure}");
}

#[test]
fn wrong_structure_is_told_with_its_place() {
    let body = "<decison id=\"x\"/>\n\
        <decision name=\"A\" id=\"same\"/>\n<decision name=\"B\" id=\"same\"/>\n\
        <decision name=\"C\"><decisionTable hitPolicy=\"ALL\">\n<input/>\n<output/>\n\
        <rule><inputEntry><text>1</text></inputEntry></rule></decisionTable></decision>";
    check(
        body,
        expect![[r#"
            2:1: error[dmn.element] decison 'x': <decison> is not an element of definitions in DMN (remove it, or correct its name)
            4:1: error[dmn.id.duplicate] decision 'B': the id 'same' is used in line 3 already (give it an id of its own)
            5:20: error[dmn.table.hit-policy] decisionTable '': 'ALL' is not a hit policy (write UNIQUE, ANY, PRIORITY, FIRST, OUTPUT ORDER, RULE ORDER or COLLECT)
            6:1: error[dmn.expression.missing] input '': the input has no expression (add <inputExpression>)
            8:1: error[dmn.table.rule] rule '': the rule has 0 output entries, the table 1 outputs (give one entry for every output)
        "#]],
    );
}

#[test]
fn an_unknown_decision_is_suggested() {
    let model = compiled(&decision(&literal("1")));
    let failure = evaluate(&model, "e", "{}").failure.expect("there is no such decision");
    assert_eq!(failure.message, "there is no decision with this id or name; did you mean 'd'?");
}

#[test]
fn only_dmn_is_read() {
    for (xml, code) in [
        ("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>", "dmn.version"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><x/>", "dmn.xml.doctype"),
        ("<a><b></a>", "dmn.xml.syntax"),
        ("<a>", "dmn.xml.syntax"),
        ("", "dmn.xml.syntax"),
        ("<a>&nbsp;</a>", "dmn.xml.entity"),
        ("<p:a/>", "dmn.xml.prefix"),
    ] {
        let errors = Model::read(xml).expect_err(xml);
        assert_eq!(errors[0].code, code, "{xml}: {}", errors[0]);
        assert!(!errors[0].help.is_empty());
    }
    for namespace in [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ] {
        let xml = format!("<d:definitions xmlns:d=\"{namespace}\" namespace=\"n\" name=\"n\"/>");
        assert!(Model::read(&xml).is_ok(), "{namespace}");
    }
}
