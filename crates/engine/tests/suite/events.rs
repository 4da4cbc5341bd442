//! Start, intermediate, boundary and end events.

use expect_test::{Expect, expect};
use testkit::{file, model, service, trace};

fn check(model: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(model, script));
}

fn boundary(event: &str, more: &str) -> String {
    let nodes = format!(
        r#"<startEvent id="s"/>{}{event}{}<endEvent id="e"/><endEvent id="e2"/>"#,
        service("a", "work", ""),
        service("h", "handle", more)
    );
    model(&nodes, "s > a > e; b > h > e2")
}

#[test]
fn timer_catch_event_waits() {
    let timer = r#"<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT5M</timeDuration></timerEventDefinition></intermediateCatchEvent>"#;
    check(
        &model(&format!(r#"<startEvent id="s"/>{timer}<endEvent id="e"/>"#), "s > t > e"),
        "start p
         time 299999
         time 1",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              timer t at 300000, 0 more
            > time 299999
            > time 1
              TimerTriggered t
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn interrupting_timer_boundary_event_takes_the_place_of_its_activity() {
    let event = r#"<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">=wait</timeDuration></timerEventDefinition></boundaryEvent>"#;
    check(
        &boundary(event, ""),
        r#"start p {"wait":"PT1S"}
           time 1000
           complete handle"#,
        expect![[r#"
            > start p {"wait":"PT1S"}
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 0 more
              job work retries 3
            > time 1000
              TimerTriggered b
              JobCanceled work
              terminated a
              passed b
              flow b_h
              activated h
              job handle retries 3
            > complete handle
              JobActivated handle
              JobCompleted handle
              completed h
              flow h_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_timer_goes_with_its_activity() {
    let event = r#"<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1S</timeDuration></timerEventDefinition></boundaryEvent>"#;
    check(
        &boundary(event, ""),
        "start p
         complete work
         time 1000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 0 more
              job work retries 3
            > complete work
              JobActivated work
              JobCompleted work
              TimerCanceled b
              completed a
              flow a_e
              passed e
              InstanceCompleted
            > time 1000
        "#]],
    );
}

#[test]
fn non_interrupting_cycle_fires_beside_its_activity() {
    let event = r#"<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT1S</timeCycle></timerEventDefinition></boundaryEvent>"#;
    check(
        &boundary(event, ""),
        "start p
         time 5000
         complete handle
         complete work
         complete handle",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 1 more
              job work retries 3
            > time 5000
              TimerTriggered b
              timer b at 2000, 0 more
              passed b
              flow b_h
              activated h
              job handle retries 3
              TimerTriggered b
              passed b
              flow b_h
              activated h
              job handle retries 3
            > complete handle
              JobActivated handle
              JobCompleted handle
              completed h
              flow h_e2
              passed e2
            > complete work
              JobActivated work
              JobCompleted work
              completed a
              flow a_e
              passed e
            > complete handle
              JobActivated handle
              JobCompleted handle
              completed h
              flow h_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

fn errors() -> String {
    let nodes = format!(
        r#"<startEvent id="s"/>{}<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition errorRef="e1"/></boundaryEvent>
        <boundaryEvent id="any" attachedToRef="a"><errorEventDefinition/></boundaryEvent><endEvent id="e"/><endEvent id="e2"/><endEvent id="e3"/>"#,
        service("a", "work", "")
    );
    let inner = model(&nodes, "s > a > e; b > e2; any > e3");
    inner.replace("</definitions>", r#"<error id="e1" errorCode="BAD"/></definitions>"#)
}

#[test]
fn error_boundary_event_catches_its_code_before_any() {
    check(
        &errors(),
        r#"start p
        error work BAD {"why":"x"}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > error work BAD {"why":"x"}
              JobActivated work
              JobErrorThrown work
              error BAD caught by b
              JobCanceled work
              terminated a
              passed b
              flow b_e2
              passed e2
              InstanceCompleted
        "#]],
    );
    check(
        &errors(),
        "start p
        error work OTHER",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > error work OTHER
              JobActivated work
              JobErrorThrown work
              error OTHER caught by any
              JobCanceled work
              terminated a
              passed any
              flow any_e3
              passed e3
              InstanceCompleted
        "#]],
    );
}

#[test]
fn error_end_event_is_caught_around_its_sub_process() {
    let content = r#"<error id="e1" errorCode="BAD"/><process id="p" isExecutable="true"><startEvent id="s"/>
        <subProcess id="sub"><startEvent id="s2"/><endEvent id="x"><errorEventDefinition errorRef="e1"/></endEvent>
        <sequenceFlow id="f1" sourceRef="s2" targetRef="x"/></subProcess>
        <boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="e1"/></boundaryEvent>
        <endEvent id="e"/><endEvent id="e2"/><sequenceFlow id="f2" sourceRef="s" targetRef="sub"/>
        <sequenceFlow id="f3" sourceRef="sub" targetRef="e"/><sequenceFlow id="f4" sourceRef="b" targetRef="e2"/></process>"#;
    check(
        &file(content),
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow f2
              activated sub
              passed s2
              flow f1
              activated x
              error BAD caught by b
              terminated x
              terminated sub
              passed b
              flow f4
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn terminate_end_event_ends_its_scope_only() {
    let content = format!(
        r#"<process id="p" isExecutable="true"><startEvent id="s"/>
        <subProcess id="sub"><startEvent id="s2"/><parallelGateway id="f"/>{}{}<endEvent id="x"><terminateEventDefinition/></endEvent><endEvent id="y"/>
        <sequenceFlow id="f1" sourceRef="s2" targetRef="f"/><sequenceFlow id="f5" sourceRef="f" targetRef="a"/><sequenceFlow id="f6" sourceRef="f" targetRef="b"/>
        <sequenceFlow id="f7" sourceRef="a" targetRef="x"/><sequenceFlow id="f8" sourceRef="b" targetRef="y"/></subProcess>{}
        <endEvent id="e"/><sequenceFlow id="f2" sourceRef="s" targetRef="sub"/>
        <sequenceFlow id="f3" sourceRef="sub" targetRef="c"/><sequenceFlow id="f4" sourceRef="c" targetRef="e"/></process>"#,
        service("a", "one", ""),
        service("b", "two", ""),
        service("c", "three", "")
    );
    check(
        &file(&content),
        "start p
         complete one
         complete three",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow f2
              activated sub
              passed s2
              flow f1
              passed f
              flow f5
              flow f6
              activated a
              job one retries 3
              activated b
              job two retries 3
            > complete one
              JobActivated one
              JobCompleted one
              completed a
              flow f7
              passed x
              JobCanceled two
              terminated b
              completed sub
              flow f3
              activated c
              job three retries 3
            > complete three
              JobActivated three
              JobCompleted three
              completed c
              flow f4
              passed e
              InstanceCompleted
        "#]],
    );
}
