//! Terminate end events (BPMN 13.5.6): everything in the scope ends at once; the scope itself is completed.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn end_terminate_ends_the_process() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
e: endEvent
x: endEvent terminate
s -> f -> a -> e; f -> b -> x"#,
        "start p; complete b",
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
              flow b_x
              passed x
              JobCanceled a
              terminated a
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_terminate_ends_its_sub_process_only() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: endEvent
x: endEvent terminate
i -> f -> a -> j; f -> b -> x
}
c: serviceTask
e: endEvent
s -> sub -> c -> e"#,
        "start p; complete b; complete c",
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
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              JobCanceled a
              terminated a
              completed sub
              flow sub_c
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_terminate_takes_tokens_at_joins_and_events_with_it() {
    check(
        r#"s: startEvent
f: parallelGateway
j: parallelGateway
a: serviceTask
b: serviceTask
c: intermediateCatchEvent timer(PT1S)
e: endEvent
x: endEvent terminate
s -> f -> j -> e; f -> a -> j; f -> b -> x; f -> c -> e"#,
        "start p; complete b; time 1000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_j waits
              flow f_a
              flow f_b
              flow f_c
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated c
              timer c at 1000, 0 more
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              TimerCanceled c
              terminated c
              JobCanceled a
              terminated a
              JoinFired f_j
              InstanceCompleted
            > time 1000
        "#]],
    );
}

#[test]
fn end_terminate_ends_one_iteration_only() {
    check(
        r#"s: startEvent
sub: subProcess <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics> {
i: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: endEvent
x: endEvent terminate
i -> f -> a -> j; f -> b -> x
}
e: endEvent
s -> sub -> e"#,
        "start p; complete b; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              loop of 2
              iteration 1 of sub
              variables of sub 1 {"loopCounter":1}
              iteration 2 of sub
              variables of sub 2 {"loopCounter":2}
              activated sub 1
              activated sub 2
              passed i
              flow i_f
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_b
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              JobCanceled a
              terminated a
              completed sub 1
              iteration 1 completed
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              JobCanceled a
              terminated a
              completed sub 2
              iteration 2 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_terminate_compensates_nothing() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
undo: serviceTask isForCompensation=true
c: boundaryEvent attachedToRef=a compensation
x: endEvent terminate
i -> a -> x
c ~ undo
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
              can compensate a {}
              completed a
              flow a_x
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
fn end_terminate_in_an_event_sub_process_ends_that_only() {
    // The scope of the end event is the event sub-process.
    check(
        r#"s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
es: subProcess triggeredByEvent=true {
t: startEvent isInterrupting=false signal(S)
f: parallelGateway
h: serviceTask
y: endEvent
x: endEvent terminate
t -> f -> h -> y; f -> x
}"#,
        "start p; signal S; complete a",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_a
              activated a
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_f
              passed f
              flow f_h
              flow f_x
              activated h
              job h retries 3
              passed x
              JobCanceled h
              terminated h
              completed es
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn end_terminate_cancels_what_was_called() {
    check(
        r#"p: process {
s: startEvent
f: parallelGateway
call: callActivity calledElement=q
a: serviceTask
e: endEvent
x: endEvent terminate
s -> f -> call -> e; f -> a -> x
}
q: process {
s2: startEvent
b: serviceTask
e2: endEvent
s2 -> b -> e2
}"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_call
              flow f_a
              activated call
              call calls
              sent CreateProcessInstance
              activated a
              job a retries 3
              created q v1
              passed s2
              flow s2_b
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_x
              passed x
              sent CancelCalled
              terminated call
              InstanceCompleted
              JobCanceled b
              terminated b
              InstanceTerminated
        "#]],
    );
}
