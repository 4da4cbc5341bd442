//! Escalation events (BPMN 10.5.7, 13.5.5): like errors from the thrower outwards, but the thrower goes on where the
//! catcher does not interrupt it, and where nothing catches it.

mod attached;

use crate::skeleton::{check, end, throw};
use expect_test::expect;

#[test]
fn throw_escalation_that_nothing_catches_is_of_no_consequence() {
    check(
        &throw("escalation(LATE)"),
        "start p; complete a",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_t
          activated t
          escalation LATE not caught
          completed t
          flow t_a
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
fn throw_escalation_goes_to_the_innermost_catcher() {
    check(
        r#"s: startEvent
outer: subProcess {
i: startEvent
inner: subProcess {
i2: startEvent
t: intermediateThrowEvent escalation(LATE)
j2: endEvent
i2 -> t -> j2
}
b: boundaryEvent attachedToRef=inner cancelActivity=false escalation(LATE)
j: endEvent
k: endEvent
i -> inner -> j; b -> k
}
c: boundaryEvent attachedToRef=outer escalation(LATE)
e: endEvent
x: endEvent
s -> outer -> e; c -> x"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_outer
              activated outer
              passed i
              flow i_inner
              activated inner
              passed i2
              flow i2_t
              activated t
              escalation LATE caught by b
              passed b
              flow b_k
              completed t
              flow t_j2
              passed k
              passed j2
              completed inner
              flow inner_j
              passed j
              completed outer
              flow outer_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_escalation_that_no_caller_catches_lets_all_go_on() {
    check(
        r#"p: process {
s: startEvent
call: callActivity calledElement=q
e: endEvent
s -> call -> e
}
q: process {
s2: startEvent
t2: intermediateThrowEvent escalation(LATE)
e2: endEvent
s2 -> t2 -> e2
}"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_call
              activated call
              call calls
              sent CreateProcessInstance
              created q v1
              passed s2
              flow s2_t2
              activated t2
              escalation LATE not caught
              sent PropagateEscalation
              completed t2
              flow t2_e2
              passed e2
              sent CompleteCalled
              InstanceCompleted
              escalation LATE not caught
              call calls nothing any more
              completed call
              flow call_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_escalation_interrupts_its_sub_process() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
j: endEvent
x: endEvent escalation(LATE)
i -> f -> a -> j; f -> x
}
b: boundaryEvent attachedToRef=sub escalation(LATE)
e: endEvent
y: endEvent
s -> sub -> e; b -> y"#,
        "start p",
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
              flow f_x
              activated a
              job a retries 3
              activated x
              escalation LATE caught by b
              terminated x
              JobCanceled a
              terminated a
              terminated sub
              passed b
              flow b_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_escalation_with_a_catcher_that_does_not_interrupt_ends_its_token() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
x: endEvent escalation(LATE)
i -> x
}
b: boundaryEvent attachedToRef=sub cancelActivity=false escalation(LATE)
h: serviceTask
e: endEvent
y: endEvent
s -> sub -> e; b -> h -> y"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_x
              activated x
              escalation LATE caught by b
              passed b
              flow b_h
              completed x
              completed sub
              flow sub_e
              activated h
              job h retries 3
              passed e
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
fn end_escalation_that_nothing_catches_is_a_plain_end() {
    check(
        &end("escalation(LATE)"),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          escalation LATE not caught
          completed e
          InstanceCompleted
    "#]],
    );
}
