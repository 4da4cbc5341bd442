//! Transaction (BPMN 10.3.5.3, 13.5.5): a sub-process that can be cancelled: what it completed is compensated, then its
//! cancel boundary event is left.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn transaction_that_succeeds_is_a_sub_process() {
    check(
        "s: startEvent
sub: transaction {
i: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
g: exclusiveGateway default=g_b
b: serviceTask
c: endEvent cancel
x: endEvent
i -> a -> g -> [bad] c; g -> b -> x
u ~ undo
}
k: boundaryEvent attachedToRef=sub cancel
h: serviceTask
e: endEvent
y: endEvent
s -> sub -> e; k -> h -> y",
        r#"start p {"bad":false}; complete a; complete b"#,
        expect![[r#"
            > start p {"bad":false}
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_g
              passed g
              flow g_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              can compensate sub {}
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn transaction_that_is_cancelled_compensates_first() {
    check(
        "s: startEvent
sub: transaction {
i: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
g: exclusiveGateway default=g_b
b: serviceTask
c: endEvent cancel
x: endEvent
i -> a -> g -> [bad] c; g -> b -> x
u ~ undo
}
k: boundaryEvent attachedToRef=sub cancel
h: serviceTask
e: endEvent
y: endEvent
s -> sub -> e; k -> h -> y",
        r#"start p {"bad":true}; complete a; complete undo; complete h"#,
        expect![[r#"
            > start p {"bad":true}
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_g
              passed g
              flow g_c
              activated c
              completed c
              ScopeInterrupted sub
              compensation of a, cancelling
              passed u
              activating undo
              compensating a
              activated undo
              job undo retries 3
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              CompensationEnded
              terminated sub
              passed k
              flow k_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn transaction_that_is_cancelled_ends_what_runs_in_it() {
    check(
        "s: startEvent
sub: transaction {
i: startEvent
f: parallelGateway
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
b: serviceTask
d: serviceTask
c: endEvent cancel
x: endEvent
i -> f -> a -> x; f -> b -> x; f -> d -> c
u ~ undo
}
k: boundaryEvent attachedToRef=sub cancel
e: endEvent
y: endEvent
s -> sub -> e; k -> y",
        "start p; complete a; complete d; complete undo",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_b
              flow f_d
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated d
              job d retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_x
              passed x
            > complete d
              JobActivated d
              JobCompleted d
              completed d
              flow d_c
              activated c
              completed c
              JobCanceled b
              terminated b
              ScopeInterrupted sub
              compensation of a, cancelling
              passed u
              activating undo
              compensating a
              activated undo
              job undo retries 3
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              CompensationEnded
              terminated sub
              passed k
              flow k_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn transaction_that_an_error_leaves_compensates_nothing() {
    check(
        "s: startEvent
sub: transaction {
i: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
x: endEvent error(E)
i -> a -> x
u ~ undo
}
k: boundaryEvent attachedToRef=sub error(E)
h: serviceTask
e: endEvent
y: endEvent
s -> sub -> e; k -> h -> y",
        "start p; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_x
              activated x
              error E caught by k
              terminated x
              terminated sub
              passed k
              flow k_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn transaction_that_is_completed_can_be_compensated() {
    check(
        "s: startEvent
sub: transaction {
i: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
x: endEvent
i -> a -> x
u ~ undo
}
t: intermediateThrowEvent compensation(all)
e: endEvent
s -> sub -> t -> e",
        "start p; complete a; complete undo",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_x
              passed x
              can compensate sub {}
              completed sub
              flow sub_t
              activated t
              compensation of a
              passed u
              activating undo
              compensating a
              activated undo
              job undo retries 3
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn transaction_is_cancelled_from_a_sub_process_in_it() {
    // The sub-process inside ends before it is completed: what it completed is not undone.
    check(
        "s: startEvent
sub: transaction {
i: startEvent
deep: subProcess {
k: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation(all)
undo: serviceTask isForCompensation=true
c: endEvent cancel
k -> a -> c
u ~ undo
}
x: endEvent
i -> deep -> x
}
b: boundaryEvent attachedToRef=sub cancel
e: endEvent
y: endEvent
s -> sub -> e; b -> y",
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_deep
              activated deep
              passed k
              flow k_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_c
              activated c
              completed c
              terminated deep
              ScopeInterrupted sub
              terminated sub
              passed b
              flow b_y
              passed y
              InstanceCompleted
        "#]],
    );
}
