//! Service task (BPMN 10.3.4.1, 13.3.3): it waits until a worker completes its job.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn service_task_waits_for_its_job() {
    check(
        "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e",
        r#"start p {"x":1}; complete a {"y":2}"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"y":2}
              JobActivated a
              JobCompleted a
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
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="work"/><zeebe:ioMapping><zeebe:input source="=x" target="local"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p {"x":1}; activate work; time 60001; complete work {"local":5,"x":6,"new":7}; activate b"#,
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
              job b retries 3
            > activate b
              JobActivated b
              job has {"x":6,"new":7}
        "#]],
    );
}

#[test]
fn service_task_with_outputs_hands_on_only_what_they_say() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="work"/><zeebe:ioMapping><zeebe:output source="=result" target="order.status"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p {"order":{"id":1}}; complete work {"result":"ok","noise":true}; activate b"#,
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
              job b retries 3
            > activate b
              JobActivated b
              job has {"order":{"id":1,"status":"ok"}}
        "#]],
    );
}

#[test]
fn service_task_type_may_be_an_expression() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="=kind" retries="=n"/></extensionElements>
e: endEvent
s -> a -> e"#,
        r#"start p {"kind":"sms","n":5}; complete sms"#,
        expect![[r#"
            > start p {"kind":"sms","n":5}
              created p v1
              passed s
              flow s_a
              activated a
              job sms retries 5
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
fn service_task_whose_type_is_no_text_is_an_incident() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="=kind"/></extensionElements>
e: endEvent
s -> a -> e"#,
        r#"start p {"kind":5}; set {"kind":"mail"}; resolve; complete mail"#,
        expect![[r#"
            > start p {"kind":5}
              created p v1
              passed s
              flow s_a
              activating a
              incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'kind' to be 'STRING', but was 'NUMBER'.
            > set {"kind":"mail"}
              variables of p {"kind":"mail"}
            > resolve
              IncidentResolved at a
              activated a
              job mail retries 3
            > complete mail
              JobActivated mail
              JobCompleted mail
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn service_task_is_tried_again_after_its_back_off() {
    check(
        "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e",
        "start p; fail a 2 5000; time 5000; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > fail a 2 5000
              JobActivated a
              job failed, 2 retries left
            > time 5000
              JobRetried a
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
fn service_task_without_retries_is_an_incident() {
    check(
        "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e",
        "start p; fail a 0; resolve; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > fail a 0
              JobActivated a
              job failed, 0 retries left
              incident JOB_NO_RETRIES at a: it broke
            > resolve
              IncidentResolved at a
              JobUpdated a
              JobRetried a
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
fn service_task_fails_with_an_error_of_the_business() {
    check(
        "s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a error(E)
e: endEvent
x: endEvent
s -> a -> e; b -> x",
        r#"start p; error a E {"why":"none"}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a E {"why":"none"}
              JobActivated a
              JobErrorThrown a
              error E caught by b
              JobCanceled a
              terminated a
              activated b
              variables of b {"why":"none"}
              completed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}
