//! The process (BPMN 13.2): an instance begins where its tokens are put, and ends when none is left.

use crate::skeleton::{check, check_versions};
use expect_test::expect;

#[test]
fn process_begins_with_variables_and_ends_with_its_last_token() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
e: endEvent
x: endEvent
s -> f -> a -> e; f -> b -> x",
        r#"start p {"n":1}; show; complete b {"m":2}; complete a"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > show
              p ACTIVE {"n":1}
              a ACTIVE {}
              b ACTIVE {}
            > complete b {"m":2}
              JobActivated b
              JobCompleted b
              variables of p {"m":2}
              completed b
              flow b_x
              passed x
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
fn process_without_a_start_event_begins_at_each_node_that_no_flow_leads_to() {
    check(
        "a: serviceTask
b: serviceTask
c: serviceTask
a -> c",
        "start p; complete b; complete a; complete c",
        expect![[r#"
            > start p
              created p v1
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_c
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              InstanceCompleted
        "#]],
    );
}

#[test]
fn process_begins_where_a_client_says() {
    check(
        "s: startEvent
a: serviceTask
b: serviceTask
e: endEvent
s -> a -> b -> e",
        r#"begin p b {"n":1}; complete b; begin p nowhere"#,
        expect![[r#"
            > begin p b {"n":1}
              created p v1
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
            > begin p nowhere
            rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but no element found with id 'nowhere'.
        "#]],
    );
}

#[test]
fn process_in_its_newest_version_begins() {
    check_versions(
        &[
            "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e",
            "s: startEvent
b: serviceTask
e: endEvent
s -> b -> e",
        ],
        "start p; deploy; start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > deploy
            > start p
              created p v2
              passed s
              flow s_b
              activated b
              job b retries 3
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
fn process_that_a_message_starts_is_not_begun_by_a_client() {
    check(
        "s: startEvent message(M)
e: endEvent
s -> e",
        "start p; publish M",
        expect![[r#"
            > start p
            rejected INVALID_STATE: Expected to create instance of process with none start event, but there is no such event
            > publish M
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow s_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn process_that_is_cancelled_ends_everything() {
    check(
        "s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a timer(PT1S)
x: endEvent
i -> a -> x; b -> x
}
e: endEvent
s -> sub -> e",
        "start p; cancel; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              timer b at 1000, 0 more
              job a retries 3
            > cancel
              JobCanceled a
              TimerCanceled b
              terminated a
              terminated sub
              InstanceTerminated
            > cancel
            rejected NOT_FOUND: Expected to cancel a process instance with key '#', but no such process was found
        "#]],
    );
}

#[test]
fn process_that_is_not_there_cannot_begin() {
    check(
        "s: startEvent
e: endEvent
s -> e",
        "start q",
        expect![[r#"
            > start q
            rejected NOT_FOUND: Expected to find process definition with process ID 'q', but none found
        "#]],
    );
}
