//! Multiple events (BPMN 10.5.5): any of several definitions triggers the event; all of them are thrown.

mod attached;

use crate::skeleton::{catch, check, end, in_order, other, start, throw};
use expect_test::expect;

#[test]
fn start_multiple_begins_with_any() {
    check(
        &start("message(M) signal(S)"),
        "publish M; signal S",
        expect![[r#"
        > publish M
          MessagePublished
          InstanceStarted
          StartReleased
          sent CreateProcessInstance
          MessageExpired
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > signal S
          SignalBroadcast
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
    "#]],
    );
}

#[test]
fn start_multiple_timer_or_message() {
    check(
        &start("timer(PT10S) message(M)"),
        "publish M; time 10000",
        expect![[r#"
          StartTimerScheduled
        > publish M
          MessagePublished
          InstanceStarted
          StartReleased
          sent CreateProcessInstance
          MessageExpired
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > time 10000
          StartTimerTriggered
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
    "#]],
    );
}

#[test]
fn start_multiple_of_a_condition() {
    check(
        &start("condition(x > 1) signal(S)"),
        r#"conditions {"x":2}; signal S"#,
        expect![[r#"
        > conditions {"x":2}
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > signal S
          SignalBroadcast
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
    "#]],
    );
}

#[test]
fn catch_multiple_goes_on_with_the_first() {
    check(
        &catch("message(M) timer(PT1S)"),
        "start p; publish M; time 1000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          timer c at 1000, 0 more
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at c
          SubscriptionClosed M at c
          sent AcceptCorrelation
          TimerCanceled c
          completed c
          flow c_e
          passed e
          InstanceCompleted
          MessageCorrelated
        > time 1000
    "#]],
    );
}

#[test]
fn catch_multiple_goes_on_with_the_second() {
    check(
        &catch("message(M) timer(PT1S)"),
        "start p; time 1000; publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          timer c at 1000, 0 more
          InstanceSubscribed
        > time 1000
          TimerTriggered c
          SubscriptionClosed M at c
          sent CloseSubscription
          completed c
          flow c_e
          passed e
          InstanceCompleted
          InstanceUnsubscribed
        > publish M
          MessagePublished
          MessageExpired
    "#]],
    );
}

#[test]
fn catch_multiple_of_a_condition_that_is_true() {
    check(
        &catch("signal(S) condition(x > 1)"),
        r#"start p {"x":2}"#,
        expect![[r#"
        > start p {"x":2}
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          waits for a condition at c
          condition at c is true
          ConditionClosed c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SignalSubscribed
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn throw_multiple_throws_all() {
    check(
        &(throw("message(M) signal(S)")
            + &other("message(M)")
            + "r: process {\ns3: startEvent\nc3: intermediateCatchEvent signal(S)\ne3: endEvent\ns3 -> c3 -> e3\n}\n"),
        "start q; start r; start p; complete a",
        expect![[r#"
            > start q
              created q v1
              passed s2
              flow s2_c2
              activated c2
              waits for M '' at c2
              sent OpenSubscription
              InstanceSubscribed
            > start r
              created r v1
              passed s3
              flow s3_c3
              activated c3
              waits for signal S at c3
              sent SubscribeSignal
              SignalSubscribed
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              sent BroadcastSignal
              completed t
              flow t_a
              activated a
              job a retries 3
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated M at c2
              SubscriptionClosed M at c2
              sent AcceptCorrelation
              completed c2
              flow c2_e2
              passed e2
              InstanceCompleted
              SubscriptionCorrelated S at c3
              SubscriptionClosed S at c3
              sent UnsubscribeSignal
              completed c3
              flow c3_e3
              passed e3
              InstanceCompleted
              MessageCorrelated
              MessageExpired
              SignalUnsubscribed
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
fn throw_multiple_waits_for_compensation() {
    check(
        r#"s: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation message(M)
b: serviceTask
e: endEvent
s -> a -> t -> b -> e
ca ~ ua"#,
        "start p; complete a; complete ua; complete b",
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
              sent PublishMessage
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
              MessagePublished
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
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
fn throw_multiple_throws_the_message_though_it_was_interrupted() {
    // The escalation ends the thrower; the message after it occurs all the same.
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent escalation(LATE) message(M)
j: endEvent
i -> t -> j
}
b: boundaryEvent attachedToRef=sub escalation(LATE)
e: endEvent
x: endEvent
s -> sub -> e; b -> x"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              escalation LATE caught by b
              terminated t
              terminated sub
              passed b
              flow b_x
              sent PublishMessage
              passed x
              InstanceCompleted
              MessagePublished
        "#]],
    );
}

#[test]
fn end_multiple_throws_all() {
    check(
        &(end("message(M) signal(S)") + &other("message(M)")),
        "start q; start p",
        expect![[r#"
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for M '' at c2
          sent OpenSubscription
          InstanceSubscribed
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          sent PublishMessage
          sent BroadcastSignal
          completed e
          InstanceCompleted
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          SignalBroadcast
          SubscriptionCorrelated M at c2
          SubscriptionClosed M at c2
          sent AcceptCorrelation
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          MessageCorrelated
          MessageExpired
    "#]],
    );
}

#[test]
fn end_multiple_with_terminate() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
e: endEvent
x: endEvent message(M) terminate
s -> f -> a -> e; f -> x"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_x
              activated a
              job a retries 3
              activated x
              sent PublishMessage
              completed x
              JobCanceled a
              terminated a
              InstanceCompleted
              MessagePublished
        "#]],
    );
}

#[test]
fn end_multiple_of_escalation_and_signal() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
x: endEvent escalation(LATE) signal(S)
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
              sent BroadcastSignal
              completed x
              completed sub
              flow sub_e
              activated h
              job h retries 3
              passed e
              SignalBroadcast
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

const ENDING: &str = r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
t: endEvent FIRST message(M) signal(S)
j: endEvent
i -> f -> a -> j; f -> t
}
b: boundaryEvent attachedToRef=sub error(BAD)
e: endEvent
x: endEvent
s -> sub -> e; b -> x"#;

#[test]
fn end_multiple_throws_all_before_what_ends_it() {
    let terminate = ENDING.replace("FIRST", "terminate");
    for (drawing, last) in [(&terminate, "passed e"), (&ENDING.replace("FIRST", "error(BAD)"), "passed x")] {
        let trace = testkit::trace(&testkit::draw(drawing), "start p");
        in_order(&trace, &["sent PublishMessage", "sent BroadcastSignal", "terminated a", last]);
    }
}

#[test]
fn end_multiple_is_not_thrown_twice_after_an_incident() {
    let uncaught = ENDING.replace("FIRST", "error(OTHER)");
    let trace = testkit::trace(&testkit::draw(&uncaught), "start p\nresolve t\nresolve t");
    assert_eq!(trace.matches("sent PublishMessage").count(), 1, "{trace}");
    assert_eq!(trace.matches("incident UNHANDLED_ERROR_EVENT at t").count(), 3, "{trace}");
}

#[test]
fn end_multiple_terminates_after_the_compensation_it_throws() {
    let drawing = r#"s: startEvent
a: serviceTask
u: boundaryEvent attachedToRef=a compensation
h: serviceTask isForCompensation=true
u ~ h
t: endEvent terminate compensation(all)
s -> a -> t"#;
    let trace = testkit::trace(&testkit::draw(drawing), "start p\ncomplete a\ncomplete h");
    in_order(&trace, &["activated h", "completed h", "completed t", "InstanceCompleted"]);
}
