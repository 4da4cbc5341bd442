//! Which models deploy.

use super::last;
use testkit::{file, trace};

const START: &str = r#"<startEvent id="s"/><sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>"#;
const WORK: &str = r#"<serviceTask id="a"><extensionElements><zeebe:taskDefinition type="a"/></extensionElements></serviceTask>
<sequenceFlow id="a_e" sourceRef="a" targetRef="e"/><endEvent id="e"/>"#;

fn process(body: &str) -> String {
    file(&format!(r#"<process id="p" isExecutable="true">{body}</process>"#))
}

/// A small process that deploys, with something more in it.
fn with(more: &str) -> String {
    process(&format!("{START}{WORK}{more}"))
}

/// A gateway with a default flow and this condition.
fn chosen_by(condition: &str) -> String {
    process(&format!(
        r#"<startEvent id="s"/><sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><exclusiveGateway id="g" default="g_a"/>
        <sequenceFlow id="g_a" sourceRef="g" targetRef="a"/>
        <sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression>{condition}</conditionExpression></sequenceFlow>{WORK}"#
    ))
}

#[track_caller]
fn accepted(claim: &str, model: &str) {
    let found = trace(model, "");
    assert!(!found.contains("rejected"), "{claim}: {found}");
}

/// It is refused by this diagnostic, with its place.
#[track_caller]
fn refused(claim: &str, model: &str, code: &str, what: &str) {
    let found = trace(model, "");
    assert!(found.starts_with("rejected INVALID_ARGUMENT: "), "{claim}: {found}");
    assert!(found.contains(code) && found.contains(what), "{claim}: {found}");
    assert!(found.contains("model.bpmn:"), "{claim}: {found}");
}

#[test]
fn zeebe_models_that_break_the_schema_are_refused_with_the_place() {
    let cases = [
        ("an unknown element", with("<nonsense/>"), "bpmn.unknown-element", "nonsense"),
        (
            "an unknown attribute",
            with(r#"<task id="t" nonsense="1"/>"#),
            "bpmn.unknown-attribute",
            "nonsense",
        ),
        (
            "a reference to nothing",
            with(r#"<sequenceFlow id="f" sourceRef="a" targetRef="nowhere"/>"#),
            "bpmn.dangling-reference",
            "nowhere",
        ),
        ("an id twice", with(r#"<task id="a"/>"#), "bpmn.duplicate-id", "`a`"),
        (
            "a wrong order of children",
            with(
                r#"<task id="t"><outgoing>t_e</outgoing><documentation>late</documentation></task><sequenceFlow id="t_e" sourceRef="t" targetRef="e"/>"#,
            ),
            "bpmn.element-order",
            "documentation",
        ),
        (
            "too many of a child",
            with(
                r#"<task id="t"><multiInstanceLoopCharacteristics><loopCardinality>=1</loopCardinality><loopCardinality>=2</loopCardinality></multiInstanceLoopCharacteristics></task>"#,
            ),
            "bpmn.element-count",
            "loopCardinality",
        ),
        ("text between elements", with(r#"<task id="t">text</task>"#), "bpmn.stray-text", "text"),
        (
            "an id twice across pools",
            file(&format!(
                r#"<collaboration id="c"><participant id="x" processRef="p"/><participant id="y" processRef="q"/></collaboration>
                <process id="p" isExecutable="true">{START}{WORK}</process><process id="q"><task id="a"/></process>"#
            )),
            "bpmn.duplicate-id",
            "`a`",
        ),
    ];
    for (claim, model, code, what) in cases {
        refused(claim, &model, code, what);
    }
}

#[test]
fn zeebe_models_may_leave_out_and_add_what_changes_nothing() {
    let cases = [
        ("incoming and outgoing are absent", with("")),
        (
            "unknown extension elements",
            with(
                r#"<manualTask id="t"><extensionElements><zeebe:nonsense/><other xmlns="urn:other"/></extensionElements></manualTask>"#,
            ),
        ),
        (
            "a boundary event without outgoing flow",
            with(
                r#"<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>"#,
            ),
        ),
        (
            "unreachable elements",
            with(
                r#"<manualTask id="t"/><manualTask id="u"/><sequenceFlow id="t_u" sourceRef="t" targetRef="u"/>"#,
            ),
        ),
        (
            "a condition on the default flow",
            process(&format!(
                r#"<startEvent id="s"/><sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><exclusiveGateway id="g" default="g_a"/>
                <sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression>=false</conditionExpression></sequenceFlow>
                <sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression>=true</conditionExpression></sequenceFlow>{WORK}"#
            )),
        ),
        (
            "a timer start event with a duration",
            process(&format!(
                r#"<startEvent id="s"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></startEvent>
                <sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>{WORK}"#
            )),
        ),
        (
            "a compensation without an id",
            with(
                r#"<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
                <serviceTask id="h" isForCompensation="true"><extensionElements><zeebe:taskDefinition type="h"/></extensionElements></serviceTask>
                <association id="b_h" associationDirection="One" sourceRef="b" targetRef="h"/>"#,
            ),
        ),
        (
            "a link without an id",
            process(
                r#"<startEvent id="s"/><sequenceFlow id="s_t" sourceRef="s" targetRef="t"/>
                <intermediateThrowEvent id="t"><linkEventDefinition name="l"/></intermediateThrowEvent>
                <intermediateCatchEvent id="c"><linkEventDefinition name="l"/></intermediateCatchEvent>
                <sequenceFlow id="c_e" sourceRef="c" targetRef="e"/><endEvent id="e"><extensionElements><zeebe:properties/></extensionElements></endEvent>"#,
            ),
        ),
    ];
    for (claim, model) in cases {
        accepted(claim, &model);
    }
}

#[test]
fn zeebe_models_that_make_no_sense_are_refused_with_the_place() {
    let gateway = r#"<exclusiveGateway id="g"/><boundaryEvent id="b" attachedToRef="g"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>"#;
    let cases = [
        ("a boundary event on a gateway", with(gateway), "bpmn.wrong-reference", "b: `attachedToRef`"),
        (
            "an intermediate error throw event",
            with(r#"<intermediateThrowEvent id="t"><errorEventDefinition/></intermediateThrowEvent>"#),
            "bpmn.",
            "error event definition",
        ),
        (
            "an error start event of a process",
            with(r#"<startEvent id="t"><errorEventDefinition/></startEvent>"#),
            "bpmn.",
            "error event definition",
        ),
        (
            "an empty source",
            with(
                r#"<manualTask id="t"><extensionElements><zeebe:ioMapping><zeebe:input source="" target="x"/></zeebe:ioMapping></extensionElements></manualTask>"#,
            ),
            "zeebe.io-mapping",
            "source",
        ),
        (
            "a target with letters beyond ASCII",
            with(
                r#"<manualTask id="t"><extensionElements><zeebe:ioMapping><zeebe:input source="=1" target="größe"/></zeebe:ioMapping></extensionElements></manualTask>"#,
            ),
            "zeebe.io-mapping",
            "größe",
        ),
        (
            "a condition on a flow out of an event-based gateway",
            process(
                r#"<startEvent id="s"/><sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><eventBasedGateway id="g"/>
                <sequenceFlow id="g_t" sourceRef="g" targetRef="t"><conditionExpression>=true</conditionExpression></sequenceFlow>
                <sequenceFlow id="g_u" sourceRef="g" targetRef="u"/>
                <intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></intermediateCatchEvent>
                <intermediateCatchEvent id="u"><timerEventDefinition><timeDuration>PT2S</timeDuration></timerEventDefinition></intermediateCatchEvent>
                <endEvent id="e"><extensionElements><zeebe:properties/></extensionElements></endEvent>
                <sequenceFlow id="t_e" sourceRef="t" targetRef="e"/><sequenceFlow id="u_e" sourceRef="u" targetRef="e"/>"#,
            ),
            "bpmn.condition-not-allowed",
            "eventBasedGateway",
        ),
    ];
    for (claim, model, code, what) in cases {
        refused(claim, &model, code, what);
    }
}

#[test]
fn zeebe_conditions_that_can_never_be_true_deploy_and_become_incidents() {
    for (condition, found) in [("=5", "NUMBER"), ("=&quot;yes&quot;", "STRING"), ("=null", "NULL")] {
        let trace = trace(&chosen_by(condition), "start p");
        let incident = format!("to be 'BOOLEAN', but was '{found}'");
        assert!(
            trace.contains("incident EXTRACT_VALUE_ERROR at g: ") && trace.contains(&incident),
            "{trace}"
        );
    }
}

const SPLIT: &str = r#"s: startEvent
g: parallelGateway
a: serviceTask
b: serviceTask
e: endEvent
s -> [go] g -> [left] a -> e; g -> [right] b -> e"#;

#[test]
fn zeebe_conditions_out_of_events_and_parallel_gateways_are_executed() {
    let stuck = "incident CONDITION_ERROR at ";
    for (variables, lines) in [
        (r#"{"go":true,"left":true,"right":true}"#, ["activated a", "activated b"]),
        (r#"{"go":true,"left":true,"right":false}"#, ["activated a", ""]),
        (r#"{"go":true,"left":false,"right":false}"#, [stuck, "g: "]),
        (r#"{"go":false,"left":true,"right":true}"#, [stuck, "s: "]),
    ] {
        let found = last(SPLIT, &format!("start p {variables}")).join("\n");
        assert!(lines.iter().all(|line| found.contains(line)), "{variables}: {found}");
        assert_eq!(found.contains("activated b"), lines[1] == "activated b", "{variables}: {found}");
    }
    // The same in plain BPMN: the gateway looks at no conditions.
    let plain = testkit::trace(&testkit::draw(SPLIT), r#"start p {"go":true,"left":false,"right":false}"#);
    assert!(plain.contains("activated a") && plain.contains("activated b"), "{plain}");
}

#[test]
fn zeebe_conditions_out_of_event_based_gateways_are_refused() {
    let model = process(&format!(
        r#"<startEvent id="s"/><sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><eventBasedGateway id="g"/>
        <sequenceFlow id="g_t" sourceRef="g" targetRef="t"><conditionExpression>=true</conditionExpression></sequenceFlow>
        <sequenceFlow id="g_u" sourceRef="g" targetRef="u"/>
        <intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></intermediateCatchEvent>
        <intermediateCatchEvent id="u"><timerEventDefinition><timeDuration>PT2S</timeDuration></timerEventDefinition></intermediateCatchEvent>
        <sequenceFlow id="t_a" sourceRef="t" targetRef="a"/><sequenceFlow id="u_a" sourceRef="u" targetRef="a"/>{WORK}"#
    ));
    refused(
        "a condition behind an event-based gateway",
        &model,
        "bpmn.condition-not-allowed",
        "eventBasedGateway",
    );
}

#[test]
fn zeebe_models_may_have_what_camunda_does_not_run() {
    let starts = r#"<startEvent id="s"/><sequenceFlow id="s_a" sourceRef="s" targetRef="a"/>"#;
    let cases = [
        (
            "a complex gateway",
            "activated a",
            format!(
                r#"<startEvent id="s"/><sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><complexGateway id="g"/>
                <sequenceFlow id="g_a" sourceRef="g" targetRef="a"/>{WORK}"#
            ),
        ),
        (
            "a transaction that is cancelled",
            "passed b",
            format!(
                r#"{starts}<transaction id="a"><startEvent id="i"/><sequenceFlow id="i_c" sourceRef="i" targetRef="c"/>
                <endEvent id="c"><cancelEventDefinition id="z"/></endEvent></transaction>
                <boundaryEvent id="b" attachedToRef="a"><cancelEventDefinition id="x"/></boundaryEvent>
                <sequenceFlow id="b_e" sourceRef="b" targetRef="e"/><sequenceFlow id="a_e" sourceRef="a" targetRef="e"/>
                <endEvent id="e"><extensionElements><zeebe:properties/></extensionElements></endEvent>"#
            ),
        ),
        (
            "a multiple event",
            "timer b at 2000",
            format!(
                r#"{starts}{WORK}<boundaryEvent id="b" attachedToRef="a">
                <timerEventDefinition id="x"><timeDuration>PT1S</timeDuration></timerEventDefinition>
                <timerEventDefinition id="y"><timeDuration>PT2S</timeDuration></timerEventDefinition></boundaryEvent>"#
            ),
        ),
        (
            "an event sub-process that compensates",
            "InstanceCompleted",
            format!(
                r#"{starts}<subProcess id="a"><startEvent id="i"/><sequenceFlow id="i_j" sourceRef="i" targetRef="j"/><endEvent id="j"/>
                <subProcess id="u" triggeredByEvent="true"><startEvent id="v"><compensateEventDefinition id="x"/></startEvent>
                <sequenceFlow id="v_w" sourceRef="v" targetRef="w"/><endEvent id="w"/></subProcess></subProcess>
                <sequenceFlow id="a_e" sourceRef="a" targetRef="e"/>
                <endEvent id="e"><extensionElements><zeebe:properties/></extensionElements></endEvent>"#
            ),
        ),
    ];
    for (claim, line, body) in cases {
        let model = process(&body);
        accepted(claim, &model);
        let found = trace(&model, "start p");
        assert!(found.contains(line) && !found.contains("incident"), "{claim}: {found}");
    }
}
