//! Compensation events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn boundary_compensation_handles_what_was_completed() {
    check(
        r#"s: startEvent
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
b: serviceTask
e: endEvent
s -> a -> t -> b -> e
c ~ undo"#,
        "start p; complete a; complete undo; complete b",
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
              passed c
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
              flow t_b
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
fn boundary_compensation_leaves_alone_what_was_not_completed() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
b: serviceTask
t: intermediateThrowEvent compensation
d: serviceTask
e: endEvent
s -> f -> a -> e; f -> b -> t -> d -> e
c ~ undo"#,
        "start p; complete b; complete a; complete d",
        expect![[r#"
            > start p
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
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_t
              activated t
              completed t
              flow t_d
              activated d
              job d retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_e
              passed e
            > complete d
              JobActivated d
              JobCompleted d
              completed d
              flow d_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_compensation_happens_once() {
    check(
        r#"s: startEvent
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
t2: intermediateThrowEvent compensation(a)
e: endEvent
s -> a -> t -> t2 -> e
c ~ undo"#,
        "start p; complete a; complete undo",
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
              passed c
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
              flow t_t2
              activated t2
              completed t2
              flow t2_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_compensation_of_each_iteration_the_last_first() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:ioMapping><zeebe:input source="=loopCounter * 10" target="n"/></zeebe:ioMapping></extensionElements><multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2]"/></extensionElements></multiInstanceLoopCharacteristics>
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
e: endEvent
s -> a -> t -> e
c ~ undo"#,
        "start p; complete a; complete a; activate undo; time 60000; complete undo; complete undo",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              variables of a 1 {"n":10}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {"loopCounter":1,"n":10}
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              variables of a 2 {"n":20}
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {"loopCounter":2,"n":20}
              completed a 2
              iteration 2 completed
              completed a
              flow a_t
              activated t
              compensation of a 2 a 1
              passed c
              activating undo
              compensating a 2
              variables of undo {"loopCounter":2,"n":20}
              activated undo
              job undo retries 3
            > activate undo
              JobActivated undo
              job has {"loopCounter":2,"n":20}
            > time 60000
              JobTimedOut undo
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              passed c
              activating undo
              compensating a 1
              variables of undo {"loopCounter":1,"n":10}
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
fn boundary_compensation_handler_may_be_a_sub_process() {
    check(
        r#"s: startEvent
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: subProcess isForCompensation=true {
i: startEvent
u: serviceTask
j: endEvent
i -> u -> j
}
t: intermediateThrowEvent compensation
e: endEvent
s -> a -> t -> e
c ~ undo"#,
        "start p; complete a; complete u",
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
              passed c
              activating undo
              compensating a
              activated undo
              passed i
              flow i_u
              activated u
              job u retries 3
            > complete u
              JobActivated u
              JobCompleted u
              completed u
              flow u_j
              passed j
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
fn event_sub_process_compensation_handles_the_completed_sub_process_with_its_variables() {
    check(
        r#"s: startEvent
sub: subProcess <extensionElements><zeebe:ioMapping><zeebe:input source="=x" target="y"/></zeebe:ioMapping></extensionElements> {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
es: subProcess triggeredByEvent=true {
u: startEvent compensation
undo: serviceTask
k: endEvent
u -> undo -> k
}
}
t: intermediateThrowEvent compensation
b: serviceTask
e: endEvent
s -> sub -> t -> b -> e"#,
        r#"start p {"x":1}; complete a; set {"x":2}; activate undo; time 60000; complete undo; complete b"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_sub
              activating sub
              variables of sub {"y":1}
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              can compensate sub {"y":1}
              completed sub
              flow sub_t
              activated t
              compensation of sub
              activating es
              compensating sub
              variables of es {"y":1}
              activated es
              passed u
              flow u_undo
              activated undo
              job undo retries 3
            > set {"x":2}
              variables of p {"x":2}
            > activate undo
              JobActivated undo
              job has {"y":1,"x":2}
            > time 60000
              JobTimedOut undo
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              flow undo_k
              passed k
              completed es
              CompensationEnded
              completed t
              flow t_b
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
fn event_sub_process_compensation_comes_before_the_handlers_inside() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
j: endEvent
i -> a -> j
c ~ undo
es: subProcess triggeredByEvent=true {
u: startEvent compensation
k: endEvent
u -> k
}
}
t: intermediateThrowEvent compensation
e: endEvent
s -> sub -> t -> e"#,
        "start p; complete a",
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
              flow a_j
              passed j
              can compensate sub {}
              completed sub
              flow sub_t
              activated t
              compensation of sub
              activating es
              compensating sub
              activated es
              passed u
              flow u_k
              passed k
              completed es
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_compensation_throws_on_to_the_handlers_inside() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
c: boundaryEvent attachedToRef=a compensation
undo: serviceTask isForCompensation=true
j: endEvent
i -> a -> j
c ~ undo
es: subProcess triggeredByEvent=true {
u: startEvent compensation
v: intermediateThrowEvent compensation(a)
k: endEvent
u -> v -> k
}
}
t: intermediateThrowEvent compensation
e: endEvent
s -> sub -> t -> e"#,
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
              flow a_j
              passed j
              can compensate sub {}
              completed sub
              flow sub_t
              activated t
              compensation of sub
              activating es
              compensating sub
              activated es
              passed u
              flow u_v
              activated v
              compensation of a
              passed c
              activating undo
              compensating a
              activated undo
              job undo retries 3
            > complete undo
              JobActivated undo
              JobCompleted undo
              completed undo
              CompensationEnded
              completed v
              flow v_k
              passed k
              completed es
              CompensationEnded
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_compensation_does_not_begin_by_itself() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
es: subProcess triggeredByEvent=true {
u: startEvent compensation
k: endEvent
u -> k
}
}
e: endEvent
s -> sub -> e"#,
        "start p; complete a",
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
              completed a
              flow a_j
              passed j
              can compensate sub {}
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}
