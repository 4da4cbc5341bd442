//! Requirements graphs, functions, decision services and imports.

use crate::{compiled, decision, evaluate, json, literal, model, nothing, value};
use dirigent_dmn::Model;
use feel::{Env, Fuel, Value};

fn needs(inputs: &[&str], decisions: &[&str], knowledge: &[&str]) -> String {
    let one = |kind: &str, target: &str, id: &str| format!("<{kind}><{target} href=\"#{id}\"/></{kind}>");
    let inputs = inputs.iter().map(|id| one("informationRequirement", "requiredInput", id));
    let decisions = decisions.iter().map(|id| one("informationRequirement", "requiredDecision", id));
    let knowledge = knowledge.iter().map(|id| one("knowledgeRequirement", "requiredKnowledge", id));
    inputs.chain(decisions).chain(knowledge).collect()
}

fn named(id: &str, name: &str, inside: &str) -> String {
    format!("<decision id=\"{id}\" name=\"{name}\"><variable name=\"{name}\"/>{inside}</decision>")
}

#[test]
fn required_decisions_come_first_and_once() {
    let body =
        "<inputData id=\"i\" name=\"the input\"><variable name=\"the input\" typeRef=\"number\"/></inputData>"
            .to_owned()
            + &named("a", "first one", &(needs(&["i"], &[], &[]) + &literal("the input + 1")))
            + &named("b", "left - side", &(needs(&[], &["a"], &[]) + &literal("first one * 2")))
            + &named("c", "right", &(needs(&[], &["a"], &[]) + &literal("first one * 3")))
            + &named("top", "top", &(needs(&[], &["b", "c"], &[]) + &literal("left - side + right")));
    let model = compiled(&body);
    let outcome = evaluate(&model, "top", r#"{"the input":1}"#);
    assert_eq!(outcome.value.as_i64(), Some(10));
    let order: Vec<&str> = outcome.evaluated.iter().map(|one| &*one.id).collect();
    assert_eq!(order, ["a", "b", "c", "top"]);
    assert_eq!(outcome.evaluated[0].inputs[0].value.as_i64(), Some(1));
    assert_eq!(value(&model, "left - side", r#"{"the input":4}"#), "10");
    assert_eq!(model.inputs_of("top").iter().map(|name| &**name).collect::<Vec<_>>(), ["the input"]);
}

#[test]
fn a_long_chain_of_decisions_needs_no_stack() {
    let mut body = named("d0", "d0", &literal("0"));
    for at in 1..5_000 {
        let last = format!("d{}", at - 1);
        body += &named(
            &format!("d{at}"),
            &format!("d{at}"),
            &(needs(&[], &[&last], &[]) + &literal(&format!("{last} + 1"))),
        );
    }
    assert_eq!(value(&compiled(&body), "d4999", "{}"), "4999");
}

#[test]
fn decisions_without_declared_inputs_see_all_variables() {
    let body = "<decision id=\"season\" name=\"Season\"><literalExpression><text>if month > 6 then \"late\" else \"early\"</text></literalExpression></decision>".to_owned()
        + "<decision id=\"dish\" name=\"Dish\"><informationRequirement><requiredDecision href=\"#season\"/></informationRequirement>\
           <literalExpression><text>season + \" \" + Season + \" \" + guest.name</text></literalExpression></decision>";
    let model = compiled(&body);
    assert!(model.diagnostics().is_empty(), "{:?}", model.diagnostics());
    assert_eq!(value(&model, "dish", r#"{"month":7,"guest":{"name":"Ada"}}"#), "\"late late Ada\"");
}

fn knowledge(id: &str, parameter: &str, requirements: &str, text: &str) -> String {
    format!(
        "<businessKnowledgeModel id=\"{id}\" name=\"{id}\"><encapsulatedLogic><formalParameter name=\"{parameter}\" typeRef=\"number\"/>\
         {}</encapsulatedLogic>{requirements}</businessKnowledgeModel>",
        literal(text)
    )
}

#[test]
fn knowledge_models_call_each_other_and_themselves() {
    let body = knowledge("fibonacci", "n", "", "if n < 2 then n else fibonacci(n - 1) + fibonacci(n - 2)")
        + &knowledge("twice", "the n", &needs(&[], &[], &["fibonacci"]), "2 * fibonacci(the n)")
        + &decision(&(needs(&[], &[], &["twice"]) + &literal("twice(x)")));
    let model = compiled(&body);
    assert_eq!(value(&model, "d", r#"{"x":10}"#), "110");
    assert_eq!(value(&model, "d", r#"{"x":"ten"}"#), "null");
}

#[test]
fn services_hide_what_is_outside() {
    let body = "<inputData id=\"i\" name=\"x\"><variable name=\"x\" typeRef=\"number\"/></inputData>"
        .to_owned()
        + &named("given", "given", &literal("1000"))
        + &named("sum", "sum", &(needs(&["i"], &["given"], &[]) + &literal("x + given")))
        + "<decisionService id=\"s\" name=\"adding\"><variable name=\"adding\"/><outputDecision href=\"#sum\"/>\
           <inputDecision href=\"#given\"/><inputData href=\"#i\"/></decisionService>"
        + &decision(&(needs(&[], &[], &["s"]) + &literal("adding(1, 2) + adding(given: 10, x: 20)")));
    let model = compiled(&body);
    assert_eq!(value(&model, "d", r#"{"x":500}"#), "33");
    assert_eq!(value(&model, "sum", r#"{"x":500}"#), "1500");
    let Value::Context(inputs) = json(r#"{"x":1,"given":5}"#) else { panic!("an object") };
    let outcome = model.evaluate_service("adding", inputs, &Env::default(), &mut Fuel::default());
    assert_eq!(outcome.value.as_i64(), Some(6));
    let unknown = model.evaluate_service("addin", nothing(), &Env::default(), &mut Fuel::default());
    assert_eq!(unknown.failure.map(|failure| failure.code), Some("dmn.decision.unknown"));
}

fn imported(namespace: &str, name: &str, body: &str) -> Model {
    let xml = format!(
        "<definitions xmlns=\"http://www.omg.org/spec/DMN/20180521/MODEL/\" namespace=\"{namespace}\" name=\"{name}\">{body}</definitions>"
    );
    Model::read(&xml).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn imports_are_reached_by_their_names_also_nested() {
    let base = imported(
        "base",
        "base",
        &("<itemDefinition name=\"tAge\"><typeRef>number</typeRef></itemDefinition>\
           <inputData id=\"i\" name=\"age\"><variable name=\"age\" typeRef=\"tAge\"/></inputData>"
            .to_owned()
            + &named("old", "is old", &(needs(&["i"], &[], &[]) + &literal("age > 60")))),
    );
    let middle = imported(
        "middle",
        "middle",
        &("<import namespace=\"base\" name=\"the base\" importType=\"http://www.omg.org/spec/DMN/20180521/MODEL/\"/>".to_owned()
            + "<decision id=\"m\" name=\"m\"><informationRequirement><requiredDecision href=\"base#old\"/></informationRequirement>"
            + &literal("if the base.is old then 1 else 2")
            + "</decision>"),
    );
    let main = model(
        &("<import namespace=\"middle\" name=\"mid\" importType=\"\"/><import namespace=\"base\" name=\"b\" importType=\"\"/>".to_owned()
            + "<decision id=\"d\" name=\"d\"><variable name=\"d\" typeRef=\"b.tAge\"/>\
               <informationRequirement><requiredDecision href=\"middle#m\"/></informationRequirement>\
               <informationRequirement><requiredDecision href=\"base#old\"/></informationRequirement>"
            + &literal("if b.is old then mid.m else -1")
            + "</decision>"),
    );
    let linked = main.compile(&[&base, &middle]).checked().unwrap_or_else(|errors| panic!("{errors:?}"));
    for inputs in [r#"{"age":70}"#, r##"{"base#age":70,"age":1}"##, r#"{"b":{"age":70}}"#] {
        assert_eq!(value(&linked, "d", inputs), "1", "{inputs}");
    }
    assert_eq!(value(&linked, "d", r#"{"age":7}"#), "-1");
    let alone = main.compile(&[&middle]);
    let missing: Vec<&str> = alone.diagnostics().iter().map(|one| one.code).collect();
    assert!(
        missing.contains(&"dmn.import.missing") && missing.contains(&"dmn.reference"),
        "{:?}",
        alone.diagnostics()
    );
}
