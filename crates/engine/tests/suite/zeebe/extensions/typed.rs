//! What the engine carries and others read: properties, element templates, agents. It is in the typed view, it changes
//! nothing in a run, and a file is written back with it.

use super::{Row, element, row};
use bpmn::model::Extensions;

/// A file as a modeler of Camunda 8 writes it, with what only modelers read.
const MODELED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="d" targetNamespace="t" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.10.0">
  <bpmn:message id="m" name="paid" zeebe:modelerTemplate="message-template" />
  <bpmn:process id="p" isExecutable="true" zeebe:modelerTemplate="process-template">
    <bpmn:extensionElements>
      <zeebe:properties><zeebe:property name="owner" value="sales" /></zeebe:properties>
      <zeebe:userTaskForm id="mask">{"components":[]}</zeebe:userTaskForm>
    </bpmn:extensionElements>
    <bpmn:startEvent id="s" />
    <bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t" />
    <bpmn:serviceTask id="t" zeebe:modelerTemplate="io.example.agent" zeebe:modelerTemplateVersion="4" zeebe:modelerTemplateIcon="data:image/svg+xml;utf8,x">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="t" retryCounter="kept" />
        <zeebe:ioMapping><zeebe:input source="=1" target="x" modelerConfigurationTemplate="c" modelerConfigurationName="n" /></zeebe:ioMapping>
        <zeebe:properties>
          <zeebe:property name="inbound.type" value="webhook" />
          <zeebe:property name="empty" value="" />
        </zeebe:properties>
        <zeebe:agentDefinition agentType="external" />
        <zeebe:unheardOf of="it" />
      </bpmn:extensionElements>
    </bpmn:serviceTask>
  </bpmn:process>
</bpmn:definitions>
"#;

/// The process's extensions and those of its task.
fn typed() -> (Extensions, Extensions) {
    let (definitions, problems) = bpmn::load(MODELED.as_bytes(), "p.bpmn").expect("it can be deployed");
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    let process = definitions.process("p").expect("it is there");
    (process.ext.clone(), process.nodes[process.node_index("t").expect("it is there")].ext.clone())
}

pub fn rows() -> Vec<Row> {
    let carried = r#"<zeebe:taskDefinition type="t"/><zeebe:properties><zeebe:property name="inbound.type" value="webhook"/></zeebe:properties><zeebe:agentDefinition agentType="external"/>"#;
    let templated = r#"serviceTask <extensionElements><zeebe:taskDefinition type="t"/></extensionElements>"#;
    vec![
        row(
            "properties property.name property.value agentDefinition.agentType",
            "a run is the same with them",
            &element("serviceTask", carried),
            "start p; activate t; time 60001; complete t",
            &["job t retries 3", "job has {}", "completed t", "!headers inbound.type=webhook"],
        ),
        row(
            "@modelerTemplate @modelerTemplateVersion @modelerTemplateIcon",
            "a run is the same with them",
            &format!("s: startEvent\nt: {templated}\ne: endEvent\ns -> t -> e"),
            "start p; complete t",
            &["job t retries 3", "completed t"],
        ),
    ]
}

#[test]
fn zeebe_properties_templates_and_agents_are_in_the_typed_view() {
    let (process, task) = typed();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(process.properties, [pair("owner", "sales")]);
    assert_eq!(process.user_task_forms, [pair("mask", r#"{"components":[]}"#)]);
    assert_eq!(process.template.map(|it| it.id).as_deref(), Some("process-template"));
    assert_eq!(task.properties, [pair("inbound.type", "webhook"), pair("empty", "")]);
    assert_eq!(task.agent_type.as_deref(), Some("external"));
    let template = task.template.expect("a template");
    assert_eq!(
        (template.id.as_str(), template.version.as_deref(), template.icon.as_deref()),
        ("io.example.agent", Some("4"), Some("data:image/svg+xml;utf8,x"))
    );
    let unread: Vec<&str> = task.elements.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(unread, ["unheardOf"], "what nothing here reads is kept as it is");
}

#[test]
fn zeebe_files_are_written_back_byte_for_byte() {
    let document = bpmn::read(MODELED.as_bytes(), "p.bpmn").expect("it is well-formed");
    assert_eq!(String::from_utf8(document.to_bytes()).expect("text"), MODELED);
}

/// Values that would quietly mean the default are refused, with their place.
#[test]
fn zeebe_words_that_an_extension_does_not_know_are_refused() {
    let service = |more: &str| element("serviceTask", &format!(r#"<zeebe:taskDefinition type="t"/>{more}"#));
    let call =
        |more: &str| element("callActivity", &format!(r#"<zeebe:calledElement processId="q" {more}/>"#));
    let cases = [
        (call(r#"bindingType="newest""#), "zeebe.attribute", "`bindingType` of `calledElement` cannot be `newest`"),
        (call(r#"bindingType="versionTag""#), "zeebe.attribute", "bound to a version tag and names none"),
        (call(r#"propagateAllChildVariables="no""#), "zeebe.attribute", "cannot be `no`"),
        (service(r#"<zeebe:agentDefinition agentType="robot"/>"#), "zeebe.attribute", "cannot be `robot`"),
        (service("<zeebe:agentDefinition/>"), "zeebe.attribute", "an agent has no type"),
        (service(r#"<zeebe:agentDefinition agentType="aiAgentSubProcess"/>"#), "zeebe.attribute", "a `serviceTask` is no agent"),
        (element("manualTask", r#"<zeebe:agentDefinition agentType="external"/>"#), "zeebe.attribute", "a `manualTask` is no agent"),
        (
            element("intermediateCatchEvent", "").replace(
                "<extensionElements></extensionElements>",
                r#"<conditionalEventDefinition><extensionElements><zeebe:conditionalFilter variableEvents="create,delete"/></extensionElements><condition>=x</condition></conditionalEventDefinition>"#,
            ),
            "zeebe.attribute",
            "cannot be `delete`",
        ),
        (service(r#"<zeebe:executionListeners><zeebe:executionListener eventType="middle" type="l"/></zeebe:executionListeners>"#), "zeebe.listener", "`middle`"),
        (service(r#"<zeebe:executionListeners><zeebe:executionListener eventType="end" type="l" retries="many"/></zeebe:executionListeners>"#), "bpmn.number", "`many`"),
        (format!("p: process <extensionElements><zeebe:executionListeners><zeebe:executionListener eventType=\"middle\" type=\"l\"/></zeebe:executionListeners></extensionElements> {{\n{}\n}}", service("")), "zeebe.listener", "p: `middle`"),
        (format!("p: process <extensionElements><zeebe:jobPriorityDefinition priority=\"high\"/></extensionElements> {{\n{}\n}}", service("")), "bpmn.number", "`high`"),
        (element("userTask", r#"<zeebe:userTask/><zeebe:priorityDefinition priority="101"/>"#), "bpmn.number", "`101`"),
        (element("serviceTask", r#"<zeebe:taskDefinition type="t" retries="x"/>"#), "bpmn.number", "`x`"),
    ];
    for (drawing, code, what) in cases {
        let found = testkit::trace(&testkit::draw(&drawing), "");
        assert!(found.starts_with("rejected INVALID_ARGUMENT: "), "{what}: {found}");
        assert!(
            found.contains(code) && found.contains(what) && found.contains("model.bpmn:"),
            "{what}: {found}"
        );
    }
}

/// A stricter rule of a later version takes nothing away from those who deployed before.
#[test]
fn what_was_deployed_stays_where_todays_rules_refuse_it() {
    let model = testkit::draw(&element(
        "callActivity",
        r#"<zeebe:calledElement processId="q" bindingType="newest"/>"#,
    ));
    assert!(testkit::trace(&model, "").contains("rejected"));
    let mut catalog = dirigent_engine::Catalog::new();
    let key = record::Key(1 << record::key::PARTITION_SHIFT);
    let event = record::Event::DefinitionDeployed {
        key,
        deployment: key,
        process_id: "p".into(),
        version: 1,
        resource: "p.bpmn".into(),
        content: record::wire::Bytes(model.as_bytes().into()),
        digest: record::wire::Bytes(Vec::new().into()),
        version_tag: "".into(),
        name: "".into(),
        imports: Vec::new(),
    };
    catalog.apply(&record::DEFAULT_TENANT.into(), &event, &mut Vec::new());
    assert_eq!(catalog.definition(key).map(|it| it.process.nodes.len()), Some(4));
}
