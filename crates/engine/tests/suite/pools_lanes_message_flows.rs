//! Pools, lanes and message flows (BPMN 9, 10.7): they say who does what and with whom, and move no token. A lane may name
//! performers for the user tasks in it.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn pools_with_a_process_run_it() {
    check(
        r#"<collaboration id="co"><participant id="pa" name="Shop" processRef="p"/><participant id="pb" name="Customer"/><messageFlow id="mf" sourceRef="pb" targetRef="a"/></collaboration>
p: process {
s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
}"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn message_flows_carry_nothing_by_themselves() {
    // It is the name of the message that finds its receiver; the flow draws it.
    check(
        r#"<collaboration id="co"><participant id="pa" name="Shop" processRef="p"/><participant id="pb" name="Customer" processRef="q"/><messageFlow id="mf" sourceRef="t" targetRef="r2" messageRef="message_M"/></collaboration>
p: process {
s: startEvent
t: sendTask messageRef=M
e: endEvent
s -> t -> e
}
q: process {
s2: startEvent
r2: receiveTask messageRef=M
e2: endEvent
s2 -> r2 -> e2
}"#,
        "start q; start p",
        expect![[r#"
            > start q
              created q v1
              passed s2
              flow s2_r2
              activated r2
              waits for M '' at r2
              sent OpenSubscription
              InstanceSubscribed
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              completed t
              flow t_e
              passed e
              InstanceCompleted
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              SubscriptionCorrelated M at r2
              SubscriptionClosed M at r2
              sent AcceptCorrelation
              completed r2
              flow r2_e2
              passed e2
              InstanceCompleted
              MessageCorrelated
              MessageExpired
        "#]],
    );
}

#[test]
fn lanes_do_not_change_the_way_of_tokens() {
    check(
        r#"p: process <laneSet id="ls"><lane id="one" name="One"><flowNodeRef>s</flowNodeRef><flowNodeRef>a</flowNodeRef></lane><lane id="two" name="Two"><flowNodeRef>b</flowNodeRef><flowNodeRef>e</flowNodeRef></lane></laneSet> {
s: startEvent
a: serviceTask
b: serviceTask
e: endEvent
s -> a -> b -> e
}"#,
        "start p; complete a; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn lanes_in_lanes() {
    check(
        r#"p: process <laneSet id="ls"><lane id="one" name="One"><childLaneSet id="cs"><lane id="deep" name="Deep"><flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane></laneSet> {
s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
}"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn what_names_no_message_has_that_of_its_message_flow() {
    let model = |flow: &str, throw: &str, catch: &str| {
        format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<message id="mm" name="Order"/><message id="mo" name="Other"/>
<collaboration id="co"><participant id="pa" processRef="p"/><participant id="pb" processRef="q"/>
<messageFlow id="mf" sourceRef="t" targetRef="c" {flow}/></collaboration>
<process id="p" isExecutable="true"><startEvent id="s"/>{throw}<endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/></process>
<process id="q" isExecutable="true">{catch}<userTask id="u"/><endEvent id="e2"/>
<sequenceFlow id="f3" sourceRef="c" targetRef="u"/><sequenceFlow id="f4" sourceRef="u" targetRef="e2"/></process>
</definitions>"#
        )
    };
    let throws = [
        r#"<intermediateThrowEvent id="t"><messageEventDefinition/></intermediateThrowEvent>"#,
        r#"<sendTask id="t"/>"#,
    ];
    let catch = r#"<startEvent id="c"><messageEventDefinition/></startEvent>"#;
    let named = r#"<startEvent id="c"><messageEventDefinition messageRef="mo"/></startEvent>"#;
    for throw in throws {
        for (flow, catch, name) in [
            (r#"messageRef="mm" name="order it""#, catch, "Order"),
            ("", named, "Other"),
            (r#"name="order it""#, catch, "order it"),
            ("", catch, "mf"),
        ] {
            let model = model(flow, throw, catch);
            let sent = testkit::trace(&model, "start p");
            assert!(
                sent.contains("created q v1") && sent.contains("UserTaskCreated"),
                "{flow} {throw}: {sent}"
            );
            if !name.contains(' ') {
                let published = testkit::trace(&model, &format!("publish {name}"));
                assert!(published.contains("created q v1"), "{name}: {published}");
            }
        }
        let alone =
            model("", throw, catch).replace("<messageFlow id=\"mf\" sourceRef=\"t\" targetRef=\"c\" />", "");
        let problems = bpmn::load(alone.as_bytes(), "a.bpmn").expect_err("nothing names a message");
        assert!(problems.iter().any(|it| it.code == "bpmn.message-missing"), "{problems:?}");
    }
}
