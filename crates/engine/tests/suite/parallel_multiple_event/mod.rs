//! Parallel multiple events (BPMN 10.5.5): all of several definitions must occur.

mod attached;
mod thrown;

use crate::skeleton::{catch, check, start};
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
