//! The typed metamodel: models made from nothing, round trips, what has no place in it.

use bpmn::interchange::{
    Element, Foreign, ForeignAttribute, ModelError, Reference, Value, insert, read, write,
};
use bpmn::ns;
use expect_test::expect;

use crate::shared;

fn element(name: &str) -> Element {
    Element::new(ns::BPMN, name).expect("is an element of BPMN")
}

fn with_id(name: &str, id: &str) -> Element {
    let mut out = element(name);
    out.set("id", Value::Text(id.to_owned())).expect("has an id");
    out
}

fn reference(id: &str) -> Value {
    Value::Reference(Reference::to(id))
}

/// A definition of a process with a start event, a flow and a shape.
fn model() -> Element {
    let mut start = with_id("startEvent", "start");
    start.set("name", Value::Text("Order \"placed\"".to_owned())).unwrap();
    let mut timer = element("timerEventDefinition");
    let mut duration = element("timeDuration");
    duration.set_kind("formalExpression").unwrap();
    duration.set_text("PT1H").unwrap();
    timer.push(duration).unwrap();
    start.push(timer).unwrap();
    // Pushed last, written first: children stand in schema order.
    let mut outgoing = element("outgoing");
    outgoing.set_text("flow").unwrap();
    start.push(outgoing).unwrap();
    start
        .push_foreign(Foreign {
            namespace: ns::ZEEBE.to_owned(),
            name: "properties".to_owned(),
            attributes: vec![ForeignAttribute {
                name: "n".to_owned(),
                value: "1".to_owned(),
                ..Default::default()
            }],
            ..Foreign::default()
        })
        .unwrap();
    let mut flow = with_id("sequenceFlow", "flow");
    flow.set("targetRef", reference("end")).unwrap();
    flow.set("sourceRef", reference("start")).unwrap();
    let mut process = with_id("process", "p");
    process.set("isExecutable", Value::Flag(true)).unwrap();
    process.push(start).unwrap();
    process.push(flow).unwrap();
    process.push(with_id("endEvent", "end")).unwrap();

    let mut bounds = Element::new(ns::DC, "Bounds").unwrap();
    for (name, number) in [("x", 10.5), ("y", 20.0), ("width", 36.0), ("height", 36.0)] {
        bounds.set(name, Value::Number(number)).unwrap();
    }
    let mut shape = Element::new(ns::BPMNDI, "BPMNShape").unwrap();
    shape.set("bpmnElement", reference("start")).unwrap();
    shape.push(bounds).unwrap();
    let mut plane = Element::new(ns::BPMNDI, "BPMNPlane").unwrap();
    plane.push(shape).unwrap();
    let mut diagram = Element::new(ns::BPMNDI, "BPMNDiagram").unwrap();
    diagram.push(plane).unwrap();

    let mut definitions = element("definitions");
    definitions.declare("", ns::BPMN);
    definitions.set("targetNamespace", Value::Text("http://example.org".to_owned())).unwrap();
    definitions.push(diagram).unwrap();
    definitions.push(process).unwrap();
    definitions
}

#[test]
fn a_model_made_from_nothing_is_a_file() {
    let text = write(&model());
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="http://example.org">
          <process id="p" isExecutable="true">
            <startEvent id="start" name="Order &quot;placed&quot;">
              <extensionElements>
                <zeebe:properties n="1"/>
              </extensionElements>
              <outgoing>flow</outgoing>
              <timerEventDefinition>
                <timeDuration xsi:type="tFormalExpression">PT1H</timeDuration>
              </timerEventDefinition>
            </startEvent>
            <sequenceFlow id="flow" sourceRef="start" targetRef="end"/>
            <endEvent id="end"/>
          </process>
          <bpmndi:BPMNDiagram>
            <bpmndi:BPMNPlane>
              <bpmndi:BPMNShape bpmnElement="start">
                <dc:Bounds x="10.5" y="20" width="36" height="36"/>
              </bpmndi:BPMNShape>
            </bpmndi:BPMNPlane>
          </bpmndi:BPMNDiagram>
        </definitions>
    "#]]
    .assert_eq(&text);
    assert_eq!(bpmn::check_standard(text.as_bytes(), "made.bpmn"), []);
}

#[test]
fn reading_gives_what_was_written() {
    let document = bpmn::read(write(&model()).as_bytes(), "made.bpmn").unwrap();
    let (definitions, problems) = read(&document);
    assert_eq!(problems, []);
    let definitions = definitions.unwrap();
    assert_eq!(write(&definitions), write(&model()));
    let process = definitions.child("process").unwrap();
    let start = process.child("startEvent").unwrap();
    assert!(process.flag("isExecutable") && start.flag("isInterrupting") && !start.flag("parallelMultiple"));
    assert_eq!(start.child("outgoing").map(Element::text).as_deref(), Some("flow"));
    let shape =
        definitions.child("BPMNDiagram").unwrap().child("BPMNPlane").unwrap().child("BPMNShape").unwrap();
    assert_eq!(shape.reference("bpmnElement"), Some(&Reference::to("start")));
    assert_eq!(shape.child("Bounds").unwrap().number("x"), Some(10.5));
}

#[test]
fn what_the_metamodel_does_not_have_is_refused() {
    let mut start = element("startEvent");
    assert_eq!(
        start.set("colour", Value::Flag(true)),
        Err(ModelError::NoAttribute("startEvent", "colour".into()))
    );
    assert!(matches!(start.set("isInterrupting", reference("x")), Err(ModelError::WrongType(..))));
    assert!(matches!(start.set("id", Value::Text("1 2".to_owned())), Err(ModelError::WrongType(..))));
    assert_eq!(start.push(element("process")), Err(ModelError::NoChild("startEvent", "process")));
    assert_eq!(start.set_text("x"), Err(ModelError::NoText("startEvent")));
    assert!(matches!(start.set_kind("formalExpression"), Err(ModelError::NotDerived(..))));
    let mut gateway = element("exclusiveGateway");
    assert!(gateway.set("gatewayDirection", Value::Literal("Sideways")).is_err());
    assert!(gateway.set("gatewayDirection", Value::Literal("Diverging")).is_ok());
    assert_eq!(Element::new(ns::BPMN, "magicTask"), None);
    assert_eq!(Element::new(ns::BPMN, "flowNode"), None);
}

#[test]
fn an_element_is_put_where_the_schema_has_it() {
    let text = r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <bpmn:process id="p">
    <!-- the only task -->
    <bpmn:task id="t"/>
    <bpmn:textAnnotation id="note"/>
  </bpmn:process>
</bpmn:definitions>
"#;
    let mut document = bpmn::read(text.as_bytes(), "model.bpmn").unwrap();
    let process = document.root().child(ns::BPMN, "process").unwrap().id();
    let mut event = with_id("intermediateCatchEvent", "wait");
    let mut condition = element("condition");
    condition.set_kind("formalExpression").unwrap();
    condition.set_text("=a < b").unwrap();
    let mut definition = element("conditionalEventDefinition");
    definition.push(condition).unwrap();
    event.push(definition).unwrap();
    insert(&mut document, process, &event).unwrap();
    expect![[r#"
        <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <bpmn:process id="p">
            <!-- the only task -->
            <bpmn:task id="t"/>
            <bpmn:intermediateCatchEvent id="wait">
              <bpmn:conditionalEventDefinition>
                <bpmn:condition xsi:type="bpmn:tFormalExpression">=a &lt; b</bpmn:condition>
              </bpmn:conditionalEventDefinition>
            </bpmn:intermediateCatchEvent>
            <bpmn:textAnnotation id="note"/>
          </bpmn:process>
        </bpmn:definitions>
    "#]]
    .assert_eq(&document.to_text());
}

#[test]
fn what_a_file_has_beyond_the_metamodel_is_reported_and_not_copied() {
    let text = "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:v='urn:v' targetNamespace='t'><process id='p' colour='red' isClosed='yes' v:colour='red'><magicTask/><task id='t'><v:kept>a <v:b/> c</v:kept></task></process></definitions>";
    let document = bpmn::read(text.as_bytes(), "model.bpmn").unwrap();
    let (definitions, problems) = read(&document);
    let mut codes: Vec<_> = problems.iter().map(|it| it.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["bpmn.unknown-attribute", "bpmn.unknown-element", "bpmn.value"]);
    let written = write(&definitions.unwrap());
    assert!(!written.contains("magicTask") && !written.contains(" colour=") && !written.contains("isClosed"));
    assert!(
        written.contains("v:colour=\"red\"") && written.contains("<v:kept>a <v:b/> c</v:kept>"),
        "{written}"
    );
}

#[test]
fn every_model_reads_the_same_after_it_was_written() {
    let Some(root) = shared::folder("") else { return };
    let mut same = 0;
    for path in shared::files(&root, &["bpmn"]) {
        let bytes = std::fs::read(&path).expect("file is readable");
        let Ok(document) = bpmn::read(&bytes, "model.bpmn") else { continue };
        let (Some(definitions), _) = read(&document) else { continue };
        let text = write(&definitions);
        let again = bpmn::read(text.as_bytes(), "model.bpmn").expect("what is written can be read");
        let (again, problems) = read(&again);
        let again = again.expect("has definitions");
        // Namespaces that were used and not declared are declared by writing.
        assert_eq!(again.pieces(), definitions.pieces(), "{}", path.display());
        assert!(again.attributes().eq(definitions.attributes()), "{}", path.display());
        let order = problems.iter().find(|it| it.code == "bpmn.element-order");
        assert_eq!(order, None, "{}", path.display());
        same += 1;
    }
    assert!(same > 900, "{same} models");
}
