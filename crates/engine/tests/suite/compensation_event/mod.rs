//! Compensation events (BPMN 10.7, 13.5.5): what was completed is undone by handlers, one after the other, the last one
//! first; what was not completed is not.

mod attached;

use crate::skeleton::{check, throw};
use expect_test::expect;

#[test]
fn throw_compensation_of_everything_the_last_one_first() {
    check(
        r#"s: startEvent
a: serviceTask
b: serviceTask
ca: boundaryEvent attachedToRef=a compensation
cb: boundaryEvent attachedToRef=b compensation
ua: serviceTask isForCompensation=true
ub: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
e: endEvent
s -> a -> b -> t -> e
ca ~ ua
cb ~ ub"#,
        "start p; complete a; complete b; complete ub; complete ua",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_t
              activated t
              compensation of b a
              passed cb
              activating ub
              compensating b
              activated ub
              job ub retries 3
            > complete ub
              JobActivated ub
              JobCompleted ub
              completed ub
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_compensation_of_one_activity() {
    check(
        r#"s: startEvent
a: serviceTask
b: serviceTask
ca: boundaryEvent attachedToRef=a compensation
cb: boundaryEvent attachedToRef=b compensation
ua: serviceTask isForCompensation=true
ub: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation(a)
e: endEvent
s -> a -> b -> t -> e
ca ~ ua
cb ~ ub"#,
        "start p; complete a; complete b; complete ua",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_t
              activated t
              compensation of a
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_compensation_without_waiting_for_it() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation(all nowait)
b: serviceTask
e: endEvent
s -> a -> t -> b -> e
ca ~ ua"#,
        "start p; complete a; complete b; complete ua",
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
              can compensate a {}
              completed a
              flow a_t
              activated t
              compensation of a
              completed t
              flow t_b
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_compensation_of_a_sub_process_undoes_what_is_inside() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
b: serviceTask
ca: boundaryEvent attachedToRef=a compensation
cb: boundaryEvent attachedToRef=b compensation
ua: serviceTask isForCompensation=true
ub: serviceTask isForCompensation=true
j: endEvent
i -> a -> b -> j
ca ~ ua
cb ~ ub
}
t: intermediateThrowEvent compensation(sub)
e: endEvent
s -> sub -> t -> e"#,
        "start p; complete a; complete b; complete ub; complete ua",
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
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_j
              passed j
              can compensate sub {}
              completed sub
              flow sub_t
              activated t
              compensation of b a
              passed cb
              activating ub
              compensating b
              activated ub
              job ub retries 3
            > complete ub
              JobActivated ub
              JobCompleted ub
              completed ub
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_compensation_in_an_event_sub_process_is_for_the_scope_around_it() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
b: serviceTask
e: endEvent
s -> a -> b -> e
ca ~ ua
es: subProcess triggeredByEvent=true {
u: startEvent error(BAD)
t: intermediateThrowEvent compensation
k: endEvent
u -> t -> k
}"#,
        "start p; complete a; error b BAD; complete ua",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > error b BAD
              JobActivated b
              JobErrorThrown b
              error BAD caught by u
              JobCanceled b
              terminated b
              ScopeInterrupted p
              activated es
              passed u
              flow u_t
              activated t
              compensation of a
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_k
              passed k
              completed es
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_compensation_where_nothing_was_completed_goes_on() {
    check(
        &throw("compensation"),
        "start p; complete a",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_t
          activated t
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
fn throw_compensation_goes_on_after_the_incident_of_its_handler() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
e: endEvent
s -> a -> t -> e
ca ~ ua"#,
        "start p; complete a; fail ua 0; resolve; complete ua",
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
              can compensate a {}
              completed a
              flow a_t
              activated t
              compensation of a
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > fail ua 0
              JobActivated ua
              job failed, 0 retries left
              incident JOB_NO_RETRIES at ua: it broke
            > resolve
              IncidentResolved at ua
              JobUpdated ua
              JobRetried ua
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_compensation_ends_when_all_is_undone() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
e: endEvent compensation
s -> a -> e
ca ~ ua"#,
        "start p; complete a; complete ua",
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
              can compensate a {}
              completed a
              flow a_e
              activated e
              compensation of a
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              completed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_compensation_of_one_activity() {
    check(
        r#"s: startEvent
a: serviceTask
b: serviceTask
ca: boundaryEvent attachedToRef=a compensation
cb: boundaryEvent attachedToRef=b compensation
ua: serviceTask isForCompensation=true
ub: serviceTask isForCompensation=true
e: endEvent compensation(b)
s -> a -> b -> e
ca ~ ua
cb ~ ub"#,
        "start p; complete a; complete b; complete ub",
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
              can compensate a {}
              completed a
              flow a_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              can compensate b {}
              completed b
              flow b_e
              activated e
              compensation of b
              passed cb
              activating ub
              compensating b
              activated ub
              job ub retries 3
            > complete ub
              JobActivated ub
              JobCompleted ub
              completed ub
              CompensationEnded
              completed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_compensation_without_waiting_keeps_the_process_until_it_is_done() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
e: endEvent compensation(all nowait)
s -> a -> e
ca ~ ua"#,
        "start p; complete a; complete ua",
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
              can compensate a {}
              completed a
              flow a_e
              activated e
              compensation of a
              completed e
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              InstanceCompleted
        "#]],
    );
}
