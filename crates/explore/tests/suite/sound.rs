//! Sound models: nothing is reported.

use crate::report_of;
use dirigent_explore::{Model, Options, explore};
use std::path::{Path, PathBuf};
use testkit::{file, model, service};

fn nothing_is_wrong(xml: &str) {
    let report = report_of(xml);
    assert_eq!(report.findings, [], "{:?}", report.notes);
    assert!(report.complete, "{:?}", report.notes);
    assert!(report.states > 1);
}

#[test]
fn the_examples_are_sound() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut count = 0;
    for example in std::fs::read_dir(folder).expect("examples").flatten() {
        for path in std::fs::read_dir(example.path()).into_iter().flatten().flatten().map(|it| it.path()) {
            if path.extension().is_some_and(|it| it == "bpmn") {
                let report = report_of(&std::fs::read_to_string(&path).expect("a file"));
                assert_eq!(report.findings, [], "{}", path.display());
                println!("{}: {} states, {:?}", path.display(), report.states, report.notes);
                count += 1;
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn a_loop_that_someone_ends_is_sound() {
    let nodes = format!(
        r#"<startEvent id="s"/><exclusiveGateway id="m"/>{}<exclusiveGateway id="g" default="g_m"/><endEvent id="e"/>"#,
        service("a", "a", "")
    );
    let flow = r#"<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=done</conditionExpression></sequenceFlow>"#;
    nothing_is_wrong(&model(&format!("{nodes}{flow}"), "s > m > a > g > m"));
}

#[test]
fn two_gateways_over_one_variable_agree() {
    let condition = |id: &str, from: &str, to: &str, text: &str| {
        format!(
            r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}"><conditionExpression xsi:type="tFormalExpression">={text}</conditionExpression></sequenceFlow>"#
        )
    };
    // With two tokens if it is express, and joined as two if it is.
    let nodes = format!(
        r#"<startEvent id="s"/><inclusiveGateway id="i" default="i_b"/>{}{}<inclusiveGateway id="j"/><exclusiveGateway id="x"/><endEvent id="e1"/><endEvent id="e2"/>{}{}{}"#,
        service("a", "a", ""),
        service("b", "b", ""),
        condition("f1", "i", "a", "express"),
        condition("f2", "x", "e1", "express"),
        condition("f3", "x", "e2", "not(express)"),
    );
    nothing_is_wrong(&model(&nodes, "s > i > b > j > x; a > j"));
}

#[test]
fn events_that_stay_armed_do_not_count_as_growth() {
    let xml = file(&format!(
        r#"<message id="m" name="note"><extensionElements><zeebe:subscription correlationKey="=orderId"/></extensionElements></message><process id="p" isExecutable="true"><startEvent id="s"/>{}<boundaryEvent id="again" attachedToRef="a" cancelActivity="false"><timerEventDefinition id="t"><timeCycle xsi:type="tFormalExpression">R/PT1H</timeCycle></timerEventDefinition></boundaryEvent><userTask id="remind"/><endEvent id="e"/><endEvent id="e2"/>
        <subProcess id="notes" triggeredByEvent="true"><startEvent id="noted" isInterrupting="false"><messageEventDefinition id="d1" messageRef="m"/></startEvent><userTask id="read"/><endEvent id="e3"/><sequenceFlow id="n1" sourceRef="noted" targetRef="read"/><sequenceFlow id="n2" sourceRef="read" targetRef="e3"/></subProcess>
        <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="again" targetRef="remind"/><sequenceFlow id="f4" sourceRef="remind" targetRef="e2"/></process>"#,
        service("a", "a", "")
    ));
    nothing_is_wrong(&xml);
}

#[test]
fn loops_calls_and_compensation_are_sound() {
    let multi = r#"<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>"#;
    let task = service("a", "a", "").replace("</serviceTask>", &format!("{multi}</serviceTask>"));
    nothing_is_wrong(&model(
        &format!(r#"<startEvent id="s"/>{task}<userTask id="u"/><endEvent id="e"/>"#),
        "s > a > u > e",
    ));
    let xml = file(&format!(
        r#"<process id="p" isExecutable="true"><startEvent id="s"/>{}<boundaryEvent id="undo" attachedToRef="a"><compensateEventDefinition id="c"/></boundaryEvent>{}<exclusiveGateway id="g" default="f4"/><endEvent id="e"/><endEvent id="back"><compensateEventDefinition id="c2"/></endEvent>
        <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="g"/><sequenceFlow id="f3" sourceRef="g" targetRef="back"><conditionExpression xsi:type="tFormalExpression">=failed</conditionExpression></sequenceFlow><sequenceFlow id="f4" sourceRef="g" targetRef="e"/><association id="as" sourceRef="undo" targetRef="h" associationDirection="One"/></process>"#,
        service("a", "a", ""),
        service("h", "h", "")
            .replace("<serviceTask id=\"h\"", "<serviceTask id=\"h\" isForCompensation=\"true\"")
    ));
    nothing_is_wrong(&xml);
}

#[test]
fn a_mapped_result_decides_what_follows() {
    let mapped = service(
        "a",
        "a",
        r#"<zeebe:ioMapping><zeebe:output source="=result.approved" target="approved"/></zeebe:ioMapping>"#,
    );
    let nodes = format!(
        r#"<startEvent id="s"/>{mapped}<exclusiveGateway id="g"/><userTask id="e1"/><userTask id="e2"/><endEvent id="e"/><sequenceFlow id="f1" sourceRef="g" targetRef="e1"><conditionExpression xsi:type="tFormalExpression">=approved</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g" targetRef="e2"><conditionExpression xsi:type="tFormalExpression">=not(approved)</conditionExpression></sequenceFlow>"#
    );
    let xml = model(&nodes, "s > a > g; e1 > e; e2 > e");
    nothing_is_wrong(&xml);
    assert_eq!(report_of(&xml).states, 4);
}

/// Models of the MIWG that can run, where they are at hand.
#[test]
fn models_of_others_are_sound() {
    let shared = std::env::var_os("DIRIGENT_SHARED").map(PathBuf::from);
    let folder = shared.unwrap_or(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = folder.join("conformance/miwg");
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let (Some(c0), Some(c1), Some(c2), Some(c8)) =
        (read("C.9.0.bpmn"), read("C.9.1.bpmn"), read("C.9.2.bpmn"), read("C.8.1.bpmn"))
    else {
        println!(
            "skipped: the MIWG models are not at hand (DIRIGENT_SHARED names the folder above conformance/miwg)"
        );
        return;
    };
    let all = [("C.9.0.bpmn", &c0), ("C.9.1.bpmn", &c1), ("C.9.2.bpmn", &c2), ("C.8.1.bpmn", &c8)];
    for (name, content) in all {
        let related = all.iter().filter(|(other, _)| *other != name && name != "C.8.1.bpmn");
        let others: Vec<(&str, &[u8])> = related.map(|(name, content)| (*name, content.as_slice())).collect();
        let model = Model::new((name, content), &others, &[]).unwrap_or_else(|why| panic!("{name}: {why}"));
        let report = explore(&model, &Options { bound: 2_000, ..Options::default() });
        println!("{name}: {} states, complete: {}, {:#?}", report.states, report.complete, report.notes);
        assert_eq!(report.findings, [], "{name}");
    }
}
