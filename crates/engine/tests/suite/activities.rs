//! Tasks and sub-processes.

use expect_test::{Expect, expect};
use testkit::{model, service, trace};

fn check(nodes: &str, flows: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(&model(nodes, flows), script));
}

const START: &str = r#"<startEvent id="s"/>"#;
const END: &str = r#"<endEvent id="e"/>"#;

#[test]
fn service_task_waits_for_its_job() {
    check(
        &format!("{START}{}{END}", service("a", "work", "")),
        "s > a > e",
        r#"start p {"x":1}
           complete work {"y":2}"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > complete work {"y":2}
              JobActivated work
              JobCompleted work
              variables of p {"y":2}
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn service_task_without_outputs_merges_outwards() {
    let inputs = r#"<zeebe:ioMapping><zeebe:input source="=x" target="local"/></zeebe:ioMapping>"#;
    check(
        &format!("{START}{}{}{END}", service("a", "work", inputs), service("b", "look", "")),
        "s > a > b > e",
        r#"start p {"x":1}
           activate work
           time 60001
           complete work {"local":5,"x":6,"new":7}
           activate look"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"local":1}
              activated a
              job work retries 3
            > activate work
              JobActivated work
              job has {"local":1,"x":1}
            > time 60001
              JobTimedOut work
            > complete work {"local":5,"x":6,"new":7}
              JobActivated work
              JobCompleted work
              variables of a {"local":5}
              variables of p {"x":6,"new":7}
              completed a
              flow a_b
              activated b
              job look retries 3
            > activate look
              JobActivated look
              job has {"x":6,"new":7}
        "#]],
    );
}

#[test]
fn service_task_with_outputs_hands_on_only_what_they_say() {
    let mapping =
        r#"<zeebe:ioMapping><zeebe:output source="=result" target="order.status"/></zeebe:ioMapping>"#;
    check(
        &format!("{START}{}{}{END}", service("a", "work", mapping), service("b", "look", "")),
        "s > a > b > e",
        r#"start p {"order":{"id":1}}
           complete work {"result":"ok","noise":true}
           activate look"#,
        expect![[r#"
            > start p {"order":{"id":1}}
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > complete work {"result":"ok","noise":true}
              JobActivated work
              JobCompleted work
              variables of a {"result":"ok","noise":true}
              variables of p {"order":{"id":1,"status":"ok"}}
              completed a
              flow a_b
              activated b
              job look retries 3
            > activate look
              JobActivated look
              job has {"order":{"id":1,"status":"ok"}}
        "#]],
    );
}

#[test]
fn service_task_type_may_be_an_expression() {
    check(
        &format!("{START}{}{END}", service("a", "=kind", "")),
        "s > a > e",
        r#"start p {"kind":"sms"}
           complete sms"#,
        expect![[r#"
            > start p {"kind":"sms"}
              created p v1
              passed s
              flow s_a
              activated a
              job sms retries 3
            > complete sms
              JobActivated sms
              JobCompleted sms
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn failed_job_is_retried_after_its_back_off() {
    check(
        &format!("{START}{}{END}", service("a", "work", "")),
        "s > a > e",
        "start p
         fail work 2 5000
         time 5000
         complete work",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > fail work 2 5000
              JobActivated work
              job failed, 2 retries left
            > time 5000
              JobRetried work
            > complete work
              JobActivated work
              JobCompleted work
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn script_task_sets_its_result() {
    let script = r#"<scriptTask id="c"><extensionElements><zeebe:script expression="=a + 1" resultVariable="b"/></extensionElements></scriptTask>"#;
    check(
        &format!("{START}{script}{}{END}", service("t", "look", "")),
        "s > c > t > e",
        r#"start p {"a":1}
           activate look"#,
        expect![[r#"
            > start p {"a":1}
              created p v1
              passed s
              flow s_c
              variables of p {"b":2}
              passed c
              flow c_t
              activated t
              job look retries 3
            > activate look
              JobActivated look
              job has {"a":1,"b":2}
        "#]],
    );
}

#[test]
fn undefined_and_manual_tasks_pass() {
    check(
        &format!(r#"{START}<task id="t"/><manualTask id="m"/><intermediateThrowEvent id="i"/>{END}"#),
        "s > t > m > i > e",
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              passed t
              flow t_m
              passed m
              flow m_i
              passed i
              flow i_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_is_assigned_and_completed() {
    let task = r#"<userTask id="u"><extensionElements><zeebe:userTask/>
        <zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[&quot;sales&quot;]"/>
        <zeebe:taskSchedule dueDate="2026-01-01T10:00:00Z"/><zeebe:priorityDefinition priority="70"/>
        </extensionElements></userTask>"#;
    check(
        &format!("{START}{task}{END}"),
        "s > u > e",
        r#"start p {"boss":"ann"}
           assign bob
           unassign
           assign bob
           finish {"approved":true}"#,
        expect![[r#"
            > start p {"boss":"ann"}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating groups ["sales"], due 2026-01-01T10:00:00Z, priority 70
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
            > assign bob
            rejected INVALID_STATE: Expected to claim user task with key '#', but it has already been assigned
            > unassign
              task ASSIGNING unassign
              task assigned to ''
            > assign bob
              task ASSIGNING assign
              task assigned to 'bob'
            > finish {"approved":true}
              task COMPLETING complete
              UserTaskCompleted
              variables of p {"approved":true}
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sub_process_ends_when_nothing_is_left_in_it() {
    let inner = format!(
        r#"<subProcess id="sub"><startEvent id="s2"/>{}{}<endEvent id="e2"/><endEvent id="e3"/><parallelGateway id="f"/>
           <sequenceFlow id="f1" sourceRef="s2" targetRef="f"/><sequenceFlow id="f2" sourceRef="f" targetRef="a"/>
           <sequenceFlow id="f3" sourceRef="f" targetRef="b"/><sequenceFlow id="f4" sourceRef="a" targetRef="e2"/>
           <sequenceFlow id="f5" sourceRef="b" targetRef="e3"/></subProcess>"#,
        service("a", "one", ""),
        service("b", "two", "")
    );
    check(
        &format!("{START}{inner}{END}"),
        "s > sub > e",
        "start p
         complete one
         complete two",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed s2
              flow f1
              passed f
              flow f2
              flow f3
              activated a
              job one retries 3
              activated b
              job two retries 3
            > complete one
              JobActivated one
              JobCompleted one
              completed a
              flow f4
              passed e2
            > complete two
              JobActivated two
              JobCompleted two
              completed b
              flow f5
              passed e3
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn cancelling_ends_everything() {
    check(
        &format!("{START}{}{END}", service("a", "work", "")),
        "s > a > e",
        "start p
         cancel
         cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > cancel
              JobCanceled work
              terminated a
              InstanceTerminated
            > cancel
            rejected NOT_FOUND: Expected to cancel a process instance with key '#', but no such process was found
        "#]],
    );
}

#[test]
fn what_does_not_exist_cannot_be_started() {
    check(
        &format!("{START}{END}"),
        "s > e",
        "start q",
        expect![[r#"
        > start q
        rejected NOT_FOUND: Expected to find process definition with process ID 'q', but none found
    "#]],
    );
}
