//! Signal events (BPMN 10.5.5): a signal reaches everyone who waits at that moment, and is not kept.

mod attached;

use crate::skeleton::{catch, check, end, other, other_starts, start, throw};
use expect_test::expect;

#[test]
fn start_signal_begins_an_instance_with_its_variables() {
    check(
        &start("signal(S)"),
        r#"signal S {"x":1}; focus 1; show"#,
        expect![[r#"
        > signal S {"x":1}
          SignalBroadcast
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
        > focus 1
        > show
          p ACTIVE {"x":1}
          a ACTIVE {}
    "#]],
    );
}

#[test]
fn start_signal_begins_an_instance_of_each_process() {
    check(
        &(start("signal(S)") + &other_starts("signal(S)")),
        "signal S",
        expect![[r#"
        > signal S
          SignalBroadcast
          sent CreateProcessInstance
          sent CreateProcessInstance
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}

#[test]
fn start_signal_begins_and_wakes_at_once() {
    check(
        &(start("signal(S)") + &other("signal(S)")),
        "start q; signal S",
        expect![[r#"
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          sent CreateProcessInstance
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          created p v1
          passed s
          flow s_a
          activated a
          job a retries 3
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_goes_on_with_its_variables() {
    check(
        &catch("signal(S)"),
        r#"start p; signal S {"x":1}"#,
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S {"x":1}
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          variables of p {"x":1}
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_reaches_everyone_who_waits() {
    check(
        &(catch("signal(S)") + &other("signal(S)")),
        "start p; start q; start p; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          sent CorrelateSubscription
          sent CorrelateSubscription
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          SubscriptionCorrelated S at c
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          completed c
          flow c_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
          SignalUnsubscribed
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn catch_signal_is_not_kept() {
    check(
        &catch("signal(S)"),
        "signal S; start p; signal S2; cancel; signal S",
        expect![[r#"
        > signal S
          SignalBroadcast
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for signal S at c
          sent SubscribeSignal
          SignalSubscribed
        > signal S2
          SignalBroadcast
        > cancel
          SubscriptionClosed S at c
          sent UnsubscribeSignal
          terminated c
          InstanceTerminated
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn throw_signal_waits_until_all_others_of_the_step_wait() {
    // The catcher is one step further from the start than the thrower, and is reached all the same.
    check(
        r#"s: startEvent
f: parallelGateway
t: intermediateThrowEvent signal(S)
m: task
c: intermediateCatchEvent signal(S)
e: endEvent
s -> f -> t -> e; f -> m -> c -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t
              flow f_m
              passed m
              flow m_c
              activated c
              waits for signal S at c
              sent SubscribeSignal
              activated t
              SubscriptionCorrelated S at c
              SubscriptionClosed S at c
              sent UnsubscribeSignal
              completed c
              flow c_e
              sent BroadcastSignal
              completed t
              flow t_e
              passed e
              passed e
              InstanceCompleted
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
        "#]],
    );
}

#[test]
fn throw_signal_reaches_own_catchers_then_others() {
    check(
        &(throw("signal(S)") + &other("signal(S)")),
        "start q; start q; start p; complete a",
        expect![[r#"
            > start q
              created q v1
              passed s2
              flow s2_c2
              activated c2
              waits for signal S at c2
              sent SubscribeSignal
              SignalSubscribed
            > start q
              created q v1
              passed s2
              flow s2_c2
              activated c2
              waits for signal S at c2
              sent SubscribeSignal
              SignalSubscribed
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent BroadcastSignal
              completed t
              flow t_a
              activated a
              job a retries 3
              SignalBroadcast
              sent CorrelateSubscription
              sent CorrelateSubscription
              SubscriptionCorrelated S at c2
              SubscriptionClosed S at c2
              sent UnsubscribeSignal
              completed c2
              flow c2_e2
              passed e2
              InstanceCompleted
              SubscriptionCorrelated S at c2
              SubscriptionClosed S at c2
              sent UnsubscribeSignal
              completed c2
              flow c2_e2
              passed e2
              InstanceCompleted
              SignalUnsubscribed
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
fn throw_signal_starts_processes() {
    check(
        &(throw("signal(S)") + &other_starts("signal(S)")),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_t
          activated t
          sent BroadcastSignal
          completed t
          flow t_a
          activated a
          job a retries 3
          SignalBroadcast
          sent CreateProcessInstance
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}

#[test]
fn end_signal_reaches_who_waits() {
    check(
        &(end("signal(S)") + &other("signal(S)")),
        "start q; start p",
        expect![[r#"
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for signal S at c2
          sent SubscribeSignal
          SignalSubscribed
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          sent BroadcastSignal
          completed e
          InstanceCompleted
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at c2
          SubscriptionClosed S at c2
          sent UnsubscribeSignal
          completed c2
          flow c2_e2
          passed e2
          InstanceCompleted
          SignalUnsubscribed
    "#]],
    );
}

#[test]
fn end_signal_reaches_an_event_sub_process_of_its_own_scope() {
    // The scope is not finished before its end event has thrown.
    check(
        r#"s: startEvent
e: endEvent signal(S)
s -> e
es: subProcess triggeredByEvent=true {
t: startEvent signal(S)
h: serviceTask
x: endEvent
t -> h -> x
}"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_e
              activated e
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              terminated e
              ScopeInterrupted p
              activated es
              sent BroadcastSignal
              passed t
              flow t_h
              activated h
              job h retries 3
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_signal_starts_processes() {
    check(
        &(end("signal(S)") + &other_starts("signal(S)")),
        "start p",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          sent BroadcastSignal
          completed e
          InstanceCompleted
          SignalBroadcast
          sent CreateProcessInstance
          created q v1
          passed s2
          flow s2_e2
          passed e2
          InstanceCompleted
    "#]],
    );
}
