//! Multiple events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::{
    boundary, check, event_sub_process, event_sub_process_inside, non_interrupting_boundary,
    non_interrupting_event_sub_process,
};
use expect_test::expect;

#[test]
fn event_sub_process_multiple_begins_with_the_first() {
    check(
        &event_sub_process("message(M) timer(PT1S)"),
        "start p; publish M; time 1000; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              timer t at 1000, 0 more
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              SubscriptionClosed M at t
              sent AcceptCorrelation
              JobCanceled a
              terminated a
              TimerCanceled t
              ScopeInterrupted p
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
            > time 1000
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
fn event_sub_process_multiple_begins_with_the_second() {
    check(
        &event_sub_process("message(M) timer(PT1S)"),
        "start p; time 1000; publish M; complete h",
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              timer t at 1000, 0 more
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
            > time 1000
              TimerTriggered t
              JobCanceled a
              terminated a
              SubscriptionClosed M at t
              sent CloseSubscription
              ScopeInterrupted p
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              InstanceUnsubscribed
            > publish M
              MessagePublished
              MessageExpired
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
fn event_sub_process_multiple_of_error_and_signal() {
    check(
        &event_sub_process("error(BAD) signal(S)"),
        "start p; error a BAD; signal S; complete h",
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
            > error a BAD
              JobActivated a
              JobErrorThrown a
              error BAD caught by t
              JobCanceled a
              terminated a
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              ScopeInterrupted p
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              SignalUnsubscribed
            > signal S
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
fn non_interrupting_event_sub_process_multiple_begins_with_each() {
    check(
        &non_interrupting_event_sub_process("message(M) signal(S)"),
        "start p; publish M; signal S; complete h; complete h; complete a",
        expect![[r#"
            > start p
              created p v1
              waits for M '' at t
              sent OpenSubscription
              waits for signal S at t
              sent SubscribeSignal
              passed s
              flow s_a
              activated a
              job a retries 3
              InstanceSubscribed
              SignalSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at t
              sent CloseSubscription
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              InstanceCompleted
              InstanceUnsubscribed
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_multiple_of_an_escalation() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent escalation(LATE)
a: serviceTask
e: endEvent
s -> t -> a -> e
es: subProcess triggeredByEvent=true {
u: startEvent isInterrupting=false escalation(LATE) signal(S)
h: serviceTask
x: endEvent
u -> h -> x
}"#,
        "start p; signal S; complete h; complete h; complete a",
        expect![[r#"
            > start p
              created p v1
              waits for signal S at u
              sent SubscribeSignal
              passed s
              flow s_t
              activated t
              escalation LATE caught by u
              activated es
              completed t
              flow t_a
              passed u
              flow u_h
              activated a
              job a retries 3
              activated h
              job h retries 3
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at u
              activated es
              passed u
              flow u_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
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
              SubscriptionClosed S at u
              sent UnsubscribeSignal
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_multiple_goes_with_its_scope() {
    check(
        &event_sub_process_inside("isInterrupting=false message(M) timer(PT1S)"),
        "start p; complete a; time 1000; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for M '' at t
              sent OpenSubscription
              timer t at 1000, 0 more
              passed i
              flow i_a
              activated a
              job a retries 3
              InstanceSubscribed
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              TimerCanceled t
              SubscriptionClosed M at t
              sent CloseSubscription
              completed sub
              flow sub_c
              activated c
              job c retries 3
              InstanceUnsubscribed
            > time 1000
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
fn boundary_multiple_interrupts_with_the_first() {
    check(
        &boundary("message(M) timer(PT1S)"),
        "start p; publish M; time 1000; complete h",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for M '' at b
          sent OpenSubscription
          timer b at 1000, 0 more
          job a retries 3
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at b
          SubscriptionClosed M at b
          sent AcceptCorrelation
          JobCanceled a
          TimerCanceled b
          terminated a
          passed b
          flow b_h
          activated h
          job h retries 3
          MessageCorrelated
        > time 1000
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
fn boundary_multiple_of_an_error() {
    check(
        &boundary("error(BAD) signal(S)"),
        "start p; error a BAD; signal S; complete h",
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
        > error a BAD
          JobActivated a
          JobErrorThrown a
          error BAD caught by b
          JobCanceled a
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          terminated a
          passed b
          flow b_h
          activated h
          job h retries 3
          SignalUnsubscribed
        > signal S
          SignalBroadcast
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
fn boundary_multiple_goes_with_its_activity() {
    check(
        &boundary("message(M) timer(PT1S) signal(S)"),
        "start p; complete a; time 1000",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for M '' at b
          sent OpenSubscription
          timer b at 1000, 0 more
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          InstanceSubscribed
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          TimerCanceled b
          SubscriptionClosed M at b
          sent CloseSubscription
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          InstanceUnsubscribed
          SignalUnsubscribed
        > time 1000
    "#]],
    );
}

#[test]
fn non_interrupting_boundary_multiple_takes_each() {
    check(
        &non_interrupting_boundary("message(M) signal(S)"),
        "start p; publish M; signal S; complete h; complete h; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              waits for M '' at b
              sent OpenSubscription
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              InstanceSubscribed
              SignalSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              sent AcceptCorrelation
              passed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
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
              SubscriptionClosed M at b
              sent CloseSubscription
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              InstanceCompleted
              InstanceUnsubscribed
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_multiple_with_a_cycle() {
    check(
        &non_interrupting_boundary("cycle(R2/PT1S) signal(S)"),
        "start p; time 1000; signal S; time 1000; complete a; complete h; complete h; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 1 more
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > time 1000
              TimerTriggered b
              timer b at 2000, 0 more
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
            > time 1000
              TimerTriggered b
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_multiple_goes_with_its_activity() {
    check(
        &non_interrupting_boundary("message(M) signal(S)"),
        "start p; complete a; signal S",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_a
          activated a
          waits for M '' at b
          sent OpenSubscription
          waits for signal S at b
          sent SubscribeSignal
          job a retries 3
          InstanceSubscribed
          SignalSubscribed
        > complete a
          JobActivated a
          JobCompleted a
          SubscriptionClosed M at b
          sent CloseSubscription
          SubscriptionClosed S at b
          sent UnsubscribeSignal
          completed a
          flow a_e
          passed e
          InstanceCompleted
          InstanceUnsubscribed
          SignalUnsubscribed
        > signal S
          SignalBroadcast
    "#]],
    );
}
