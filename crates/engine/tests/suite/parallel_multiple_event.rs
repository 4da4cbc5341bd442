//! Parallel multiple events (BPMN 10.5.5): all of several definitions must occur.

use crate::skeleton::{
    boundary, catch, check, event_sub_process, non_interrupting_boundary, non_interrupting_event_sub_process,
    start,
};
use expect_test::expect;

#[test]
fn start_parallel_multiple_waits_for_the_other() {
    check(
        &start("parallelMultiple=true message(M) signal(S)"),
        r#"publish M - 0 {"x":1}; signal S {"y":2}; focus 1; show"#,
        expect![[r#"
            > publish M - 0 {"x":1}
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated s
              part 0 of s occurred
              waits for signal S at s
              sent SubscribeSignal
              SignalSubscribed
            > signal S {"y":2}
              SignalBroadcast
              sent CorrelateSubscription
              sent CreateProcessInstance
              SubscriptionCorrelated S at s
              SubscriptionClosed S at s
              sent UnsubscribeSignal
              part 1 of s occurred
              EventsReset s
              variables of p {"y":2}
              completed s
              flow s_a
              activated a
              job a retries 3
              created p v1
              activated s
              part 1 of s occurred
              waits for M '' at s
              sent OpenSubscription
              SignalUnsubscribed
              InstanceSubscribed
            > focus 1
            > show
              p ACTIVE {"x":1,"y":2}
              a ACTIVE {}
        "#]],
    );
}

#[test]
fn start_parallel_multiple_begins_with_any_of_them() {
    check(
        &start("parallelMultiple=true message(M) signal(S)"),
        "signal S; publish M",
        expect![[r#"
        > signal S
          SignalBroadcast
          sent CreateProcessInstance
          created p v1
          activated s
          part 1 of s occurred
          waits for M '' at s
          sent OpenSubscription
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at s
          SubscriptionClosed M at s
          sent AcceptCorrelation
          part 0 of s occurred
          EventsReset s
          completed s
          flow s_a
          activated a
          job a retries 3
          MessageCorrelated
    "#]],
    );
}

#[test]
fn start_parallel_multiple_takes_each_once() {
    check(
        &start("parallelMultiple=true message(M) message(N) signal(S)"),
        "publish M; signal S; publish N",
        expect![[r#"
            > publish M
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated s
              part 0 of s occurred
              waits for N '' at s
              sent OpenSubscription
              waits for signal S at s
              sent SubscribeSignal
              InstanceSubscribed
              SignalSubscribed
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              sent CreateProcessInstance
              SubscriptionCorrelated S at s
              SubscriptionClosed S at s
              sent UnsubscribeSignal
              part 2 of s occurred
              created p v1
              activated s
              part 2 of s occurred
              waits for M '' at s
              sent OpenSubscription
              waits for N '' at s
              sent OpenSubscription
              SignalUnsubscribed
              InstanceSubscribed
              InstanceSubscribed
            > publish N
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated N at s
              SubscriptionClosed N at s
              sent AcceptCorrelation
              part 1 of s occurred
              EventsReset s
              completed s
              flow s_a
              activated a
              job a retries 3
              MessageCorrelated
        "#]],
    );
}

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
fn catch_parallel_multiple_goes_on_when_all_occurred() {
    check(
        &catch("parallelMultiple=true message(M) signal(S)"),
        r#"start p; signal S {"y":2}; publish M - 0 {"x":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              waits for M '' at c
              sent OpenSubscription
              waits for signal S at c
              sent SubscribeSignal
              InstanceSubscribed
              SignalSubscribed
            > signal S {"y":2}
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at c
              SubscriptionClosed S at c
              sent UnsubscribeSignal
              part 1 of c occurred
              variables of p {"y":2}
              SignalUnsubscribed
            > publish M - 0 {"x":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at c
              SubscriptionClosed M at c
              sent AcceptCorrelation
              part 0 of c occurred
              EventsReset c
              variables of p {"x":1}
              completed c
              flow c_e
              passed e
              InstanceCompleted
              MessageCorrelated
        "#]],
    );
}

#[test]
fn catch_parallel_multiple_counts_each_once() {
    check(
        &catch("parallelMultiple=true message(M) timer(PT1S)"),
        "start p; publish M; publish M; time 1000",
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
              part 0 of c occurred
              MessageCorrelated
            > publish M
              MessagePublished
              MessageExpired
            > time 1000
              TimerTriggered c
              part 1 of c occurred
              EventsReset c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn catch_parallel_multiple_with_a_condition() {
    // A condition that turned false again has occurred all the same.
    check(
        &catch("parallelMultiple=true condition(x > 1) signal(S)"),
        r#"start p {"x":2}; set {"x":0}; signal S"#,
        expect![[r#"
            > start p {"x":2}
              created p v1
              passed s
              flow s_c
              activated c
              waits for a condition at c
              waits for signal S at c
              sent SubscribeSignal
              condition at c is true
              ConditionClosed c
              part 0 of c occurred
              SignalSubscribed
            > set {"x":0}
              variables of p {"x":0}
            > signal S
              SignalBroadcast
              sent CorrelateSubscription
              SubscriptionCorrelated S at c
              SubscriptionClosed S at c
              sent UnsubscribeSignal
              part 1 of c occurred
              EventsReset c
              completed c
              flow c_e
              passed e
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
