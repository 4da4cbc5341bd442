//! A search is worth something only if its own bugs are seen.

use crate::model_of;
use dirigent_explore::{Options, Quirk, explore};
use testkit::{file, model, service};

/// Two branches that each take two steps: nine states in between.
fn two_branches() -> String {
    let nodes = format!(
        r#"<startEvent id="s"/><parallelGateway id="g"/>{}{}{}{}<parallelGateway id="j"/><endEvent id="e"/>"#,
        service("a1", "a", ""),
        service("a2", "a", ""),
        service("b1", "b", ""),
        service("b2", "b", "")
    );
    model(&nodes, "s > g > a1 > a2 > j > e; g > b1 > b2 > j")
}

fn states(xml: &str, quirk: Option<Quirk>) -> usize {
    explore(&model_of(xml), &Options { quirk, ..Options::default() }).states
}

#[test]
fn equal_states_are_one() {
    // All pairs of three places each; the last pair is the end.
    assert_eq!(states(&two_branches(), None), 9);
    assert_eq!(states(&two_branches(), Some(Quirk::NoDeduplication)), 19);
}

fn with_error_and_timer() -> String {
    file(&format!(
        r#"<error id="er" errorCode="E"/><process id="p" isExecutable="true"><startEvent id="s"/>{}<boundaryEvent id="err" attachedToRef="a"><errorEventDefinition id="d1" errorRef="er"/></boundaryEvent><boundaryEvent id="late" attachedToRef="a"><timerEventDefinition id="t"><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></boundaryEvent><userTask id="u1"/><userTask id="u2"/><endEvent id="e"/><endEvent id="e1"/><endEvent id="e2"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="err" targetRef="u1"/><sequenceFlow id="f4" sourceRef="late" targetRef="u2"/><sequenceFlow id="f5" sourceRef="u1" targetRef="e1"/><sequenceFlow id="f6" sourceRef="u2" targetRef="e2"/></process>"#,
        service("a", "a", "")
    ))
}

#[test]
fn a_choice_that_is_left_out_is_missed() {
    let xml = with_error_and_timer();
    assert_eq!(states(&xml, None), 4);
    assert_eq!(states(&xml, Some(Quirk::NoErrors)), 3);
    assert_eq!(states(&xml, Some(Quirk::NoTimers)), 3);
}

#[test]
fn a_search_that_is_not_breadth_first_finds_longer_runs() {
    let nodes = r#"<startEvent id="s"/><exclusiveGateway id="g" default="g_u1"/><userTask id="u"/><userTask id="u1"/><userTask id="u2"/><exclusiveGateway id="x"/><exclusiveGateway id="dead"/><endEvent id="e"/>
        <sequenceFlow id="f1" sourceRef="g" targetRef="u"><conditionExpression xsi:type="tFormalExpression">=way = "short"</conditionExpression></sequenceFlow>
        <sequenceFlow id="f2" sourceRef="dead" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=false</conditionExpression></sequenceFlow>"#;
    let xml = model(nodes, "s > g > u1 > u2 > x > dead; u > x");
    let length = |quirk| {
        let report = explore(&model_of(&xml), &Options { quirk, ..Options::default() });
        report.findings[0].script.len()
    };
    assert_eq!((length(None), length(Some(Quirk::DepthFirst))), (2, 3));
}
