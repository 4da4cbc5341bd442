//! Boxed expressions and types.

use crate::{compiled, decision, evaluate, literal, model, value};

fn check(body: &str, inputs: &str, wanted: &str) {
    let model = model(body).compile(&[]);
    let outcome = evaluate(&model, "d", inputs);
    assert_eq!(outcome.value.to_json(), wanted, "{body}: {:?} {:?}", outcome.warnings, model.diagnostics());
}

fn entry(name: &str, logic: &str) -> String {
    format!("<contextEntry><variable name=\"{name}\"/>{logic}</contextEntry>")
}

#[test]
fn contexts_see_their_earlier_entries() {
    let entries = entry("a b", &literal("1")) + &entry("c", &literal("a b + 1"));
    check(&decision(&format!("<context>{entries}</context>")), "{}", r#"{"a b":1,"c":2}"#);
    let result = format!("<contextEntry>{}</contextEntry>", literal("a b * 10 + c"));
    check(&decision(&format!("<context>{entries}{result}</context>")), "{}", "12");
}

#[test]
fn functions_are_closures_and_may_call_themselves() {
    let factorial = format!(
        "<functionDefinition><formalParameter name=\"n\" typeRef=\"number\"/>{}</functionDefinition>",
        literal("if n < 2 then 1 else n * fact(n - 1)")
    );
    let entries = entry("k", &literal("100")) + &entry("fact", &factorial);
    let result = format!("<contextEntry>{}</contextEntry>", literal("fact(5) + k"));
    check(&decision(&format!("<context>{entries}{result}</context>")), "{}", "220");
    let java = "<functionDefinition kind=\"Java\"><context/></functionDefinition>";
    check(&decision(java), "{}", "null");
}

#[test]
fn invocations_bind_parameters_by_name() {
    let body = |bindings: &str| {
        let knowledge = format!(
            "<businessKnowledgeModel id=\"k\" name=\"minus\"><encapsulatedLogic><formalParameter name=\"a\"/>\
             <formalParameter name=\"b\"/>{}</encapsulatedLogic></businessKnowledgeModel>",
            literal("a - b")
        );
        let invocation = format!("<invocation>{}{bindings}</invocation>", literal("minus"));
        let requirement = "<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>";
        knowledge + &decision(&(requirement.to_owned() + &invocation))
    };
    let binding =
        |name: &str, text: &str| format!("<binding><parameter name=\"{name}\"/>{}</binding>", literal(text));
    check(&body(&(binding("b", "1") + &binding("a", "10"))), "{}", "9");
    check(&body(&(binding("b", "1") + &binding("c", "10"))), "{}", "null");
    check(&body(&binding("a", "1")), "{}", "null");
}

#[test]
fn lists_relations_conditionals_filters_and_iterators() {
    check(&decision(&format!("<list>{}{}</list>", literal("1"), literal("x"))), r#"{"x":2}"#, "[1,2]");
    let row = format!("<row>{}{}</row>", literal("1"), literal("\"a\""));
    let relation = format!("<relation><column name=\"n\"/><column name=\"s\"/>{row}{row}</relation>");
    check(&decision(&relation), "{}", r#"[{"n":1,"s":"a"},{"n":1,"s":"a"}]"#);
    let conditional = format!(
        "<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>",
        literal("x"),
        literal("1"),
        literal("2")
    );
    for (x, wanted) in [("true", "1"), ("false", "2"), ("null", "2"), ("7", "null")] {
        check(&decision(&conditional), &format!("{{\"x\":{x}}}"), wanted);
    }
    let filter = |matches: &str| {
        decision(&format!("<filter><in>{}</in><match>{}</match></filter>", literal("xs"), literal(matches)))
    };
    check(&filter("item > 1"), r#"{"xs":[1,2,3]}"#, "[2,3]");
    check(&filter("age > limit"), r#"{"xs":[{"age":1},{"age":5}],"limit":3}"#, r#"[{"age":5}]"#);
    let iterator = |kind: &str, body: &str, text: &str| {
        let inside = format!("<in>{}</in><{body}>{}</{body}>", literal("xs"), literal(text));
        decision(&format!("<{kind} iteratorVariable=\"the item\">{inside}</{kind}>"))
    };
    check(&iterator("for", "return", "the item * 2"), r#"{"xs":[1,2]}"#, "[2,4]");
    check(&iterator("for", "return", "the item + count(partial)"), r#"{"xs":[1,2,3]}"#, "[1,3,5]");
    check(&iterator("some", "satisfies", "the item > 1"), r#"{"xs":[1,2]}"#, "true");
    check(&iterator("every", "satisfies", "the item > 1"), r#"{"xs":[1,2]}"#, "false");
}

#[test]
fn results_are_converted_to_their_type_or_null() {
    let typed = |kind: &str, text: &str| {
        format!(
            "<decision id=\"d\" name=\"d\"><variable name=\"d\" typeRef=\"{kind}\"/>{}</decision>",
            literal(text)
        )
    };
    check(&typed("number", "[5]"), "{}", "5");
    check(&typed("string", "5"), "{}", "null");
    check(&typed("date and time", "date(\"2020-01-02\")"), "{}", "\"2020-01-02T00:00:00Z\"");
    let list =
        "<itemDefinition name=\"numbers\" isCollection=\"true\"><typeRef>number</typeRef></itemDefinition>";
    check(&(list.to_owned() + &typed("numbers", "5")), "{}", "[5]");
    check(&(list.to_owned() + &typed("numbers", "[5, \"a\"]")), "{}", "null");
}

#[test]
fn constraints_of_types_are_checked() {
    let types = "<itemDefinition name=\"grade\"><typeRef>number</typeRef><allowedValues><text>[1..6]</text></allowedValues></itemDefinition>\
                 <itemDefinition name=\"grades\" isCollection=\"true\"><typeRef>grade</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>\
                 <itemDefinition name=\"pupil\"><itemComponent name=\"name\"><typeRef>string</typeRef></itemComponent><itemComponent name=\"marks\"><typeRef>grades</typeRef></itemComponent></itemDefinition>\
                 <inputData id=\"i\" name=\"p\"><variable name=\"p\" typeRef=\"pupil\"/></inputData>";
    let requirement = "<informationRequirement><requiredInput href=\"#i\"/></informationRequirement>";
    let model = compiled(&(types.to_owned() + &decision(&(requirement.to_owned() + &literal("p.marks")))));
    assert_eq!(value(&model, "d", r#"{"p":{"name":"a","marks":[1,6]}}"#), "[1,6]");
    for wrong in
        [r#"{"name":"a","marks":[1,7]}"#, r#"{"name":"a","marks":[1,2,3]}"#, r#"{"name":1,"marks":[]}"#]
    {
        let outcome = evaluate(&model, "d", &format!("{{\"p\":{wrong}}}"));
        assert!(outcome.value.is_null());
        assert!(
            outcome.warnings.iter().any(|one| &*one.decision_id == "i" && one.warning.code == "dmn.type"),
            "{wrong}"
        );
    }
    for (wrong, reason) in [
        (r#"{"name":"a"}"#, "the component 'marks' is missing"),
        (r#"{"name":"a","marks":[1,"b"]}"#, "marks: item 2: expected number, found string \"b\""),
        (r#"7"#, "expected pupil, found number 7"),
    ] {
        let warning = &evaluate(&model, "d", &format!("{{\"p\":{wrong}}}")).warnings[0];
        assert_eq!(warning.warning.message, reason);
    }
    let warning = &evaluate(&model, "d", r#"{"p":{"name":"a","marks":[1,7]}}"#).warnings[0];
    assert!(
        warning.warning.message.contains("number 7 is not allowed by grade, which is [1..6]"),
        "{warning}"
    );
}
