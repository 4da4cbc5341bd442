//! Parallel multiple events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::{
    boundary, check, event_sub_process, non_interrupting_boundary, non_interrupting_event_sub_process,
};
use expect_test::expect;

#[test]
fn event_sub_process_parallel_multiple_begins_when_all_occurred() {
    check(
        &event_sub_process("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; signal S; complete h",
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
              SubscriptionClosed M at t
              sent AcceptCorrelation
              part 0 of t occurred
              MessageCorrelated
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              part 1 of t occurred
              EventsReset t
              JobCanceled a
              terminated a
              ScopeInterrupted p
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_parallel_multiple_counts_each_once() {
    check(
        &event_sub_process("parallelMultiple=true message(M) timer(PT1S)"),
        "start p; publish M; publish M; time 1000; complete h",
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
              part 0 of t occurred
              MessageCorrelated
            > publish M
              MessagePublished
              MessageExpired
            > time 1000
              TimerTriggered t
              part 1 of t occurred
              EventsReset t
              JobCanceled a
              terminated a
              ScopeInterrupted p
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_parallel_multiple_goes_with_its_scope() {
    check(
        &event_sub_process("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; complete a; signal S",
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
              SubscriptionClosed M at t
              sent AcceptCorrelation
              part 0 of t occurred
              MessageCorrelated
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
fn non_interrupting_event_sub_process_parallel_multiple_begins_beside() {
    check(
        &non_interrupting_event_sub_process("parallelMultiple=true message(M) signal(S)"),
        "start p; signal S; publish M; complete a; complete h",
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
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              part 1 of t occurred
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              SignalUnsubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              part 0 of t occurred
              EventsReset t
              SubscriptionClosed M at t
              sent CloseSubscription
              waits for M '' at t
              sent OpenSubscription
              waits for signal S at t
              sent SubscribeSignal
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
              InstanceUnsubscribed
              InstanceSubscribed
              SignalSubscribed
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
fn non_interrupting_event_sub_process_parallel_multiple_begins_anew() {
    check(
        &non_interrupting_event_sub_process("parallelMultiple=true message(M) signal(S)"),
        "start p; signal S; publish M; publish M; signal S; complete h; complete h; complete a",
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
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              part 1 of t occurred
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              SignalUnsubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              part 0 of t occurred
              EventsReset t
              SubscriptionClosed M at t
              sent CloseSubscription
              waits for M '' at t
              sent OpenSubscription
              waits for signal S at t
              sent SubscribeSignal
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              MessageCorrelated
              InstanceUnsubscribed
              InstanceSubscribed
              SignalSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at t
              sent AcceptCorrelation
              part 0 of t occurred
              SubscriptionClosed M at t
              sent CloseSubscription
              MessageCorrelated
              InstanceUnsubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at t
              part 1 of t occurred
              EventsReset t
              SubscriptionClosed S at t
              sent UnsubscribeSignal
              waits for M '' at t
              sent OpenSubscription
              waits for signal S at t
              sent SubscribeSignal
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
              SignalUnsubscribed
              InstanceSubscribed
              SignalSubscribed
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
fn non_interrupting_event_sub_process_parallel_multiple_goes_with_its_scope() {
    check(
        &non_interrupting_event_sub_process("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; complete a",
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
              part 0 of t occurred
              SubscriptionClosed M at t
              sent CloseSubscription
              MessageCorrelated
              InstanceUnsubscribed
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
fn boundary_parallel_multiple_interrupts_when_all_occurred() {
    check(
        &boundary("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; signal S; complete h",
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
              SubscriptionClosed M at b
              sent AcceptCorrelation
              part 0 of b occurred
              MessageCorrelated
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              part 1 of b occurred
              EventsReset b
              JobCanceled a
              terminated a
              passed b
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
fn boundary_parallel_multiple_is_not_enough_with_one() {
    check(
        &boundary("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; complete a; signal S",
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
              SubscriptionClosed M at b
              sent AcceptCorrelation
              part 0 of b occurred
              MessageCorrelated
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
fn boundary_parallel_multiple_with_a_timer() {
    check(
        &boundary("parallelMultiple=true timer(PT1S) signal(S)"),
        "start p; time 1000; signal S; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              timer b at 1000, 0 more
              waits for signal S at b
              sent SubscribeSignal
              job a retries 3
              SignalSubscribed
            > time 1000
              TimerTriggered b
              part 0 of b occurred
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              part 1 of b occurred
              EventsReset b
              JobCanceled a
              terminated a
              passed b
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
fn non_interrupting_boundary_parallel_multiple_goes_on_beside() {
    check(
        &non_interrupting_boundary("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; signal S; complete a; complete h",
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
              part 0 of b occurred
              SubscriptionClosed M at b
              sent CloseSubscription
              MessageCorrelated
              InstanceUnsubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              part 1 of b occurred
              EventsReset b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              waits for M '' at b
              sent OpenSubscription
              waits for signal S at b
              sent SubscribeSignal
              passed b
              flow b_h
              activated h
              job h retries 3
              SignalUnsubscribed
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
              InstanceUnsubscribed
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
fn non_interrupting_boundary_parallel_multiple_begins_anew() {
    check(
        &non_interrupting_boundary("parallelMultiple=true message(M) signal(S)"),
        "start p; publish M; signal S; signal S; publish M; complete h; complete h; complete a",
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
              part 0 of b occurred
              SubscriptionClosed M at b
              sent CloseSubscription
              MessageCorrelated
              InstanceUnsubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              part 1 of b occurred
              EventsReset b
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              waits for M '' at b
              sent OpenSubscription
              waits for signal S at b
              sent SubscribeSignal
              passed b
              flow b_h
              activated h
              job h retries 3
              SignalUnsubscribed
              InstanceSubscribed
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              part 1 of b occurred
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              SignalUnsubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              sent AcceptCorrelation
              part 0 of b occurred
              EventsReset b
              SubscriptionClosed M at b
              sent CloseSubscription
              waits for M '' at b
              sent OpenSubscription
              waits for signal S at b
              sent SubscribeSignal
              passed b
              flow b_h
              activated h
              job h retries 3
              MessageCorrelated
              InstanceUnsubscribed
              InstanceSubscribed
              SignalSubscribed
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
fn non_interrupting_boundary_parallel_multiple_goes_with_its_activity() {
    check(
        &non_interrupting_boundary("parallelMultiple=true message(M) signal(S)"),
        "start p; signal S; complete a; publish M",
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
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at b
              part 1 of b occurred
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              SignalUnsubscribed
            > complete a
              JobActivated a
              JobCompleted a
              SubscriptionClosed M at b
              sent CloseSubscription
              completed a
              flow a_e
              passed e
              InstanceCompleted
              InstanceUnsubscribed
            > publish M
              MessagePublished
              MessageExpired
        "#]],
    );
}
