//! Signal events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::{
    boundary, check, event_sub_process, event_sub_process_inside, non_interrupting_boundary,
    non_interrupting_event_sub_process,
};
use expect_test::expect;

#[test]
fn boundary_signal_interrupts() {
    check(
        &boundary("signal(S)"),
        r#"start p; signal S {"x":1}; complete h"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > signal S {"x":1}
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              JobCanceled a
              terminated a
              activated b
              variables of b {"x":1}
              variables of p {"x":1}
              completed b
              flow b_h
              activated h
              job h retries 3
              SignalUnsubscribed
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_signal_goes_with_its_activity() {
    check(
        &boundary("signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn boundary_signal_ends_a_sub_process_that_throws_it() {
    // The thrower is inside of what the signal ends.
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
t: intermediateThrowEvent signal(S)
k: serviceTask
j: endEvent
i -> f -> a -> j; f -> t -> k -> j
}
b: boundaryEvent attachedToRef=sub signal(S)
h: serviceTask
e: endEvent
s -> sub -> e; b -> h -> e"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for signal S at b
              sent SubscribeSignal
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_t
              activated a
              job a retries 3
              activated t
              SubscriptionCorrelated S at b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              terminated t
              JobCanceled a
              terminated a
              terminated sub
              passed b
              flow b_h
              sent BroadcastSignal
              activated h
              job h retries 3
              SignalSubscribed
              SignalUnsubscribed
              SignalBroadcast
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_signal_goes_on_beside() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; signal S; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              SignalUnsubscribed
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_signal_takes_several() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; signal S; signal S; complete h; complete h; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_signal_goes_with_its_activity() {
    check(
        &non_interrupting_boundary("signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn event_sub_process_signal_takes_the_process_over() {
    check(
        &event_sub_process("signal(S)"),
        r#"start p; signal S {"x":1}; complete h"#,
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
            > signal S {"x":1}
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              JobCanceled a
              terminated a
              ScopeInterrupted p
              variables of p {"x":1}
              activated es
              activated t
              variables of t {"x":1}
              completed t
              flow t_h
              activated h
              job h retries 3
              SignalUnsubscribed
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
fn event_sub_process_signal_goes_with_its_scope() {
    check(
        &event_sub_process("signal(S)"),
        "start p; complete a; signal S",
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
        > signal S
          SignalBroadcast
    "#]],
    );
}

#[test]
fn event_sub_process_signal_inside_lets_the_sub_process_complete() {
    check(
        &event_sub_process_inside("signal(S)"),
        "start p; signal S; complete h; complete c",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_sub
          activated sub
          waits for signal S at t
          sent SubscribeSignal
          passed i
          flow i_a
          activated a
          job a retries 3
          SignalSubscribed
        > signal S
          SignalBroadcast
          sent CorrelateSubscription
          SubscriptionCorrelated S at t
          SubscriptionClosed S at t
          sent UnsubscribeSignal
          JobCanceled a
          terminated a
          ScopeInterrupted sub
          activated es
          passed t
          flow t_h
          activated h
          job h retries 3
          SignalUnsubscribed
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          completed es
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
fn non_interrupting_event_sub_process_signal_goes_on_beside() {
    check(
        &non_interrupting_event_sub_process("signal(S)"),
        "start p; signal S; complete a; complete h",
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
              flow t_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_signal_takes_several() {
    check(
        &non_interrupting_event_sub_process("signal(S)"),
        "start p; signal S; signal S; complete h; complete a; complete h",
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
              flow t_h
              activated h
              job h retries 3
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_signal_inside_keeps_the_sub_process_open() {
    check(
        &event_sub_process_inside("isInterrupting=false signal(S)"),
        "start p; signal S; complete a; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for signal S at t
              sent SubscribeSignal
              passed i
              flow i_a
              activated a
              job a retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              completed sub
              flow sub_c
              activated c
              job c retries 3
              SignalUnsubscribed
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
