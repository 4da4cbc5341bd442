//! Each defect is found, by the shortest run that shows it.

use crate::{findings, report_of};
use dirigent_explore::{Defect, Model, Options, explore};
use testkit::{draw, file, model, service};

const START: &str = r#"<startEvent id="s"/>"#;

#[test]
fn a_parallel_join_behind_a_choice_is_a_deadlock() {
    let nodes = format!(
        r#"{START}<exclusiveGateway id="g"/>{}{}<parallelGateway id="j"/><endEvent id="e"/>"#,
        service("a", "a", ""),
        service("b", "b", "")
    );
    let flows = r#"<sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression xsi:type="tFormalExpression">=amount &gt; 10</conditionExpression></sequenceFlow><sequenceFlow id="g_b" sourceRef="g" targetRef="b"><conditionExpression xsi:type="tFormalExpression">=amount &lt;= 10</conditionExpression></sequenceFlow>"#;
    let xml = model(&format!("{nodes}{flows}"), "s > g; a > j; b > j; j > e");
    assert_eq!(findings(&xml), ["deadlock j: start p {\"amount\":10}; complete b"]);
    let report = report_of(&xml);
    assert!(report.complete);
    assert_eq!(
        report.findings[0].message,
        "a token waits at the parallel gateway 'j', and none will ever come on 'a_j' from 'a'"
    );
}

#[test]
fn a_missing_default_flow_is_an_incident() {
    let nodes = format!(r#"{START}{}<exclusiveGateway id="g"/><endEvent id="e"/>"#, service("a", "a", ""));
    let flow = r#"<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=order.state = "paid"</conditionExpression></sequenceFlow>"#;
    let found = findings(&model(&format!("{nodes}{flow}"), "s > a > g"));
    assert_eq!(found, ["incident g: start p; complete a {\"order\":{\"state\":\"other\"}}"]);
}

#[test]
fn an_error_that_nothing_catches_is_an_incident() {
    let xml = file(&format!(
        r#"<error id="er" errorCode="NO_STOCK"/><process id="p" isExecutable="true">{START}{}<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition id="t"><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="bad"><errorEventDefinition id="ee" errorRef="er"/></endEvent><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/><sequenceFlow id="h" sourceRef="a" targetRef="e"/><sequenceFlow id="i" sourceRef="late" targetRef="bad"/></process>"#,
        service("a", "a", "")
    ));
    assert_eq!(findings(&xml), ["incident bad: start p; timer late"]);
}

#[test]
fn tokens_that_go_round_without_waiting_are_found() {
    let nodes = format!(
        r#"{START}<exclusiveGateway id="m"/><task id="t"/><exclusiveGateway id="g" default="g_m"/><endEvent id="e"/>"#
    );
    let flow = r#"<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=done</conditionExpression></sequenceFlow>"#;
    let found = findings(&model(&format!("{nodes}{flow}"), "s > m > t > g > m"));
    assert_eq!(found, ["endless-loop m: start p {\"done\":false}"]);
}

#[test]
fn each_round_that_leaves_a_token_is_found() {
    let nodes = format!(
        r#"{START}<exclusiveGateway id="m"/>{}<parallelGateway id="g"/>{}<endEvent id="e"/>"#,
        service("a", "a", ""),
        service("b", "b", "")
    );
    let found = findings(&model(&nodes, "s > m > a > g > m; g > b > e"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("pile-up : start p; complete a; complete a"), "{found:?}");
}

#[test]
fn tokens_that_pile_up_at_a_join_are_found() {
    let nodes = format!(
        r#"{START}<exclusiveGateway id="m"/>{}<parallelGateway id="g"/><userTask id="u"/><parallelGateway id="j"/><endEvent id="e"/>"#,
        service("a", "a", "")
    );
    let found = findings(&model(&nodes, "s > m > a > g > m; g > j; u > j; g > u; j > e"));
    assert!(found.iter().any(|it| it.starts_with("pile-up j: start p; complete a")), "{found:?}");
}

#[test]
fn a_token_that_never_leaves_its_join_is_found_while_others_go_on() {
    // The loop goes on, and the flow from it to the join is never taken.
    let xml = file(&format!(
        r#"<process id="p" isExecutable="true">{START}<parallelGateway id="g"/><exclusiveGateway id="x"/>{}{}<exclusiveGateway id="c" default="c_x"/><parallelGateway id="j"/><endEvent id="e"/>
        <sequenceFlow id="s_g" sourceRef="s" targetRef="g"/><sequenceFlow id="g_a" sourceRef="g" targetRef="a"/><sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
        <sequenceFlow id="g_x" sourceRef="g" targetRef="x"/><sequenceFlow id="x_b" sourceRef="x" targetRef="b"/><sequenceFlow id="b_c" sourceRef="b" targetRef="c"/><sequenceFlow id="c_x" sourceRef="c" targetRef="x"/>
        <sequenceFlow id="c_j" sourceRef="c" targetRef="j"><conditionExpression xsi:type="tFormalExpression">=false</conditionExpression></sequenceFlow>
        <sequenceFlow id="j_e" sourceRef="j" targetRef="e"/></process>"#,
        service("a", "a", ""),
        service("b", "b", "")
    ));
    let found = findings(&xml);
    assert_eq!(found, ["lost-token j: start p; complete a"]);
}

#[test]
fn timers_are_due_in_their_order() {
    // The long timer of the same task can never be first, so its dead end is never reached.
    let boundary = |id: &str, time: &str| {
        format!(
            r#"<boundaryEvent id="{id}" attachedToRef="a"><timerEventDefinition id="t{id}"><timeDuration xsi:type="tFormalExpression">{time}</timeDuration></timerEventDefinition></boundaryEvent>"#
        )
    };
    let dead = r#"<exclusiveGateway id="dead"/><endEvent id="never"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="dead" targetRef="never"><conditionExpression xsi:type="tFormalExpression">=false</conditionExpression></sequenceFlow>"#;
    let nodes = |long: &str, short: &str| {
        format!("{START}{}{}{}{dead}", service("a", "a", ""), boundary("one", long), boundary("two", short))
    };
    let flows = "s > a > e; one > dead; two > e";
    assert_eq!(findings(&model(&nodes("PT2H", "PT1H"), flows)), Vec::<String>::new());
    assert_eq!(findings(&model(&nodes("PT1H", "PT2H"), flows)), ["incident dead: start p; timer one"]);
}

#[test]
fn errors_messages_and_signals_are_tried() {
    let xml = file(&format!(
        r#"<error id="er" errorCode="DECLINED"/><signal id="sg" name="stop all"/><message id="m" name="cancel"><extensionElements><zeebe:subscription correlationKey="=orderId"/></extensionElements></message>
        <process id="p" isExecutable="true">{START}{}
        <boundaryEvent id="declined" attachedToRef="a"><errorEventDefinition id="d1" errorRef="er"/></boundaryEvent>
        <boundaryEvent id="stopped" attachedToRef="a"><signalEventDefinition id="d2" signalRef="sg"/></boundaryEvent>
        <boundaryEvent id="cancelled" attachedToRef="a"><messageEventDefinition id="d3" messageRef="m"/></boundaryEvent>
        <parallelGateway id="j1"/><parallelGateway id="j2"/><parallelGateway id="j3"/><task id="never"/><endEvent id="e"/><endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
        <sequenceFlow id="f3" sourceRef="declined" targetRef="j1"/><sequenceFlow id="f4" sourceRef="stopped" targetRef="j2"/><sequenceFlow id="f5" sourceRef="cancelled" targetRef="j3"/>
        <sequenceFlow id="g1" sourceRef="j1" targetRef="e1"/><sequenceFlow id="g2" sourceRef="j2" targetRef="e2"/><sequenceFlow id="g3" sourceRef="j3" targetRef="e3"/>
        <sequenceFlow id="h1" sourceRef="j1" targetRef="j2"/><sequenceFlow id="h2" sourceRef="j2" targetRef="j3"/><sequenceFlow id="h3" sourceRef="j3" targetRef="j1"/></process>"#,
        service("a", "a", "")
    ));
    let mut found = findings(&xml);
    found.sort();
    assert_eq!(
        found,
        [
            "deadlock j1: start p {\"orderId\":\"a\"}; error a DECLINED",
            "deadlock j2: start p {\"orderId\":\"a\"}; signal \"stop all\"",
            "deadlock j3: start p {\"orderId\":\"a\"}; message cancelled",
        ]
    );
}

#[test]
fn a_condition_that_comes_true_is_tried() {
    let nodes = format!(
        r#"{START}<intermediateCatchEvent id="c"><conditionalEventDefinition id="d1"><condition xsi:type="tFormalExpression">=stock &gt; 5</condition></conditionalEventDefinition></intermediateCatchEvent><exclusiveGateway id="g"/><endEvent id="e"/>"#
    );
    let flow = r#"<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=stock &lt; 5</conditionExpression></sequenceFlow>"#;
    let found = findings(&model(&format!("{nodes}{flow}"), "s > c > g"));
    assert_eq!(found, ["incident g: start p; set p {\"stock\":6}"]);
}

#[test]
fn what_cannot_be_decided_is_said_and_not_guessed() {
    let nodes =
        format!(r#"{START}<exclusiveGateway id="g" default="g_o"/><endEvent id="e"/><endEvent id="o"/>"#);
    let flow = |text: &str| {
        format!(
            r#"<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">={text}</conditionExpression></sequenceFlow>"#
        )
    };
    for (text, note) in [
        ("unknown function(x)", "no value that was tried decides '=unknown function(x)'"),
        ("unknown function(x) and y.z", "'=unknown function(x) and y.z' comes out the same"),
    ] {
        let report = report_of(&model(&format!("{nodes}{}", flow(text)), "s > g > o"));
        assert_eq!(report.findings, [], "{text}");
        assert!(!report.complete && report.notes[0].contains(note), "{:?}", report.notes);
    }
}

#[test]
fn a_process_that_is_not_there_is_stood_in_for() {
    let xml = file(&format!(
        r#"<error id="er" errorCode="GONE"/><process id="p" isExecutable="true">{START}<callActivity id="c"><extensionElements><zeebe:calledElement processId="elsewhere" propagateAllChildVariables="true"/></extensionElements></callActivity><boundaryEvent id="gone" attachedToRef="c"><errorEventDefinition id="d1" errorRef="er"/></boundaryEvent><exclusiveGateway id="g"/><endEvent id="e"/><endEvent id="e2"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="g"/><sequenceFlow id="f3" sourceRef="gone" targetRef="e2"/>
        <sequenceFlow id="f4" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=answer = 42</conditionExpression></sequenceFlow></process>"#
    ));
    let report = report_of(&xml);
    assert!(report.notes[0].contains("'elsewhere' is called"), "{:?}", report.notes);
    let found = findings(&xml);
    assert_eq!(found, ["incident g: start p; complete called_elsewhere {\"answer\":43}"]);
}

#[test]
fn a_decision_that_is_not_there_is_stood_in_for() {
    let xml = file(&format!(
        r#"<process id="p" isExecutable="true">{START}<businessRuleTask id="c"><extensionElements><zeebe:calledDecision decisionId="risk" resultVariable="found"/></extensionElements></businessRuleTask><exclusiveGateway id="g"/><endEvent id="e"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="g"/>
        <sequenceFlow id="f4" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=found.level = "low"</conditionExpression></sequenceFlow></process>"#
    ));
    let report = report_of(&xml);
    assert!(report.notes[0].contains("decision 'risk' is called"), "{:?}", report.notes);
    let script = "start p {\"found\":{\"level\":\"other\"},\"decided_risk\":{\"level\":\"other\"}}";
    assert_eq!(findings(&xml), [format!("incident g: {script}")]);
}

#[test]
fn values_that_are_given_are_tried() {
    let nodes = format!(
        r#"{START}<exclusiveGateway id="g"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">=matches(code, "^[A-Z][0-9]+$")</conditionExpression></sequenceFlow>"#
    );
    let xml = model(&nodes, "s > g");
    let given = [("code".into(), vec![feel::Value::string("A1"), feel::Value::string("x")])];
    let model = Model::new(("model.bpmn", xml.as_bytes()), &[], &given).expect("a model");
    let report = explore(&model, &Options::default());
    assert_eq!(report.findings[0].script, ["start p {\"code\":\"x\"}"]);
}

#[test]
fn a_process_that_calls_itself_without_end_is_found() {
    let call = r#"<callActivity id="c"><extensionElements><zeebe:calledElement processId="p"/></extensionElements></callActivity>"#;
    let found = findings(&model(&format!(r#"{START}{call}<endEvent id="e"/>"#), "s > c > e"));
    assert_eq!(found, ["endless-loop c: start p"]);
    let found =
        findings(&model(&format!(r#"{START}<userTask id="u"/>{call}<endEvent id="e"/>"#), "s > u > c > e"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("pile-up : start p; complete u; complete u"), "{found:?}");
}

#[test]
fn messages_of_an_instance_to_itself_without_end_are_found() {
    let xml = draw(
        "s: startEvent\nm: exclusiveGateway\nt: intermediateThrowEvent message(M)\nc: intermediateCatchEvent message(M)
x: exclusiveGateway default=x_m\ne: endEvent\ns -> m -> t -> c -> x -> m; x -> [stop] e",
    );
    let report = report_of(&xml);
    let endless: Vec<_> = report.findings.iter().filter(|it| it.defect == Defect::EndlessLoop).collect();
    assert_eq!(endless.len(), 1, "{report:?}");
    assert_eq!(&*endless[0].process, "p");
    assert!(["m", "t", "c", "x"].contains(&&*endless[0].element), "{:?}", endless[0]);
    assert!(endless[0].script[0].starts_with("start p"), "{:?}", endless[0].script);
}

#[test]
fn an_endless_loop_from_instance_to_instance_names_its_element() {
    for kind in ["message", "signal"] {
        let report = report_of(&draw(&format!("s: startEvent {kind}(M)\ne: endEvent {kind}(M)\ns -> e")));
        let endless = report.findings.iter().find(|it| it.defect == Defect::EndlessLoop);
        let endless = endless.unwrap_or_else(|| panic!("{kind}: {report:?}"));
        assert_eq!(&*endless.process, "p", "{kind}");
        assert!(["s", "e"].contains(&&*endless.element), "{kind}: {endless:?}");
    }
}
