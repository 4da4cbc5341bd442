//! Event-based gateway (BPMN 10.6.6, 13.4.4): all events behind it are waited for, the first decides. One that
//! instantiates begins an instance with the first; a parallel one waits for the others then.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn event_based_gateway_goes_on_with_the_first() {
    check(
        "s: startEvent
g: eventBasedGateway
m: intermediateCatchEvent message(M)
t: intermediateCatchEvent timer(PT1M)
a: serviceTask
b: serviceTask
e: endEvent
s -> g -> m -> a -> e; g -> t -> b -> e",
        r#"start p; publish M - 0 {"x":1}; time 60000; start p; time 60000; publish M"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              activated g
              waits for M '' at m
              sent OpenSubscription
              timer t at 60000, 0 more
              InstanceSubscribed
            > publish M - 0 {"x":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at m
              SubscriptionClosed M at m
              sent AcceptCorrelation
              TimerCanceled t
              completed g
              flow g_m
              activated m
              variables of m {"x":1}
              variables of p {"x":1}
              completed m
              flow m_a
              activated a
              job a retries 3
              MessageCorrelated
            > time 60000
            > start p
              created p v1
              passed s
              flow s_g
              activated g
              waits for M '' at m
              sent OpenSubscription
              timer t at 120000, 0 more
              InstanceSubscribed
            > time 60000
              TimerTriggered t
              SubscriptionClosed M at m
              sent CloseSubscription
              completed g
              flow g_t
              passed t
              flow t_b
              activated b
              job b retries 3
              InstanceUnsubscribed
            > publish M
              MessagePublished
              MessageExpired
        "#]],
    );
}

#[test]
fn event_based_gateway_of_signal_and_condition() {
    check(
        "s: startEvent
g: eventBasedGateway
m: intermediateCatchEvent signal(S)
c: intermediateCatchEvent condition(n > 1)
e: endEvent
x: endEvent
s -> g -> m -> e; g -> c -> x",
        r#"start p {"n":0}; set {"n":2}; signal S"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_g
              activated g
              waits for signal S at m
              sent SubscribeSignal
              waits for a condition at c
              SignalSubscribed
            > set {"n":2}
              variables of p {"n":2}
              condition at c is true
              ConditionClosed c
              SubscriptionClosed S at m
              sent UnsubscribeSignal
              completed g
              flow g_c
              passed c
              flow c_x
              passed x
              InstanceCompleted
              SignalUnsubscribed
            > signal S
              SignalBroadcast
        "#]],
    );
}

#[test]
fn event_based_gateway_with_a_condition_that_is_true_goes_on_at_once() {
    check(
        "s: startEvent
g: eventBasedGateway
m: intermediateCatchEvent signal(S)
c: intermediateCatchEvent condition(n > 1)
e: endEvent
x: endEvent
s -> g -> m -> e; g -> c -> x",
        r#"start p {"n":2}"#,
        expect![[r#"
            > start p {"n":2}
              created p v1
              passed s
              flow s_g
              activated g
              waits for signal S at m
              sent SubscribeSignal
              waits for a condition at c
              condition at c is true
              ConditionClosed c
              SubscriptionClosed S at m
              sent UnsubscribeSignal
              completed g
              flow g_c
              passed c
              flow c_x
              passed x
              InstanceCompleted
              SignalSubscribed
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn event_based_gateway_of_receive_tasks() {
    check(
        "s: startEvent
g: eventBasedGateway
m: receiveTask messageRef=M
n: receiveTask messageRef=N
e: endEvent
x: endEvent
s -> g -> m -> e; g -> n -> x",
        "start p; publish N; publish M",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              activated g
              waits for M '' at m
              sent OpenSubscription
              waits for N '' at n
              sent OpenSubscription
              InstanceSubscribed
              InstanceSubscribed
            > publish N
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated N at n
              SubscriptionClosed N at n
              sent AcceptCorrelation
              SubscriptionClosed M at m
              sent CloseSubscription
              completed g
              flow g_n
              passed n
              flow n_x
              passed x
              InstanceCompleted
              MessageCorrelated
              InstanceUnsubscribed
            > publish M
              MessagePublished
              MessageExpired
        "#]],
    );
}

#[test]
fn event_based_gateway_whose_event_cannot_be_armed_is_an_incident() {
    check(
        "s: startEvent
g: eventBasedGateway
m: intermediateCatchEvent message(M)
t: intermediateCatchEvent timer(=wait)
e: endEvent
x: endEvent
s -> g -> m -> e; g -> t -> x",
        r#"start p; publish M; set {"wait":"PT1S"}; resolve; time 1000"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              activating g
              incident EXTRACT_VALUE_ERROR at g: Expected result of the expression 'wait' to be one of '[DURATION, PERIOD, STRING]', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'wait'
            > publish M
              MessagePublished
              MessageExpired
            > set {"wait":"PT1S"}
              variables of p {"wait":"PT1S"}
            > resolve
              IncidentResolved at g
              activated g
              waits for M '' at m
              sent OpenSubscription
              timer t at 1000, 0 more
              InstanceSubscribed
            > time 1000
              TimerTriggered t
              SubscriptionClosed M at m
              sent CloseSubscription
              completed g
              flow g_t
              passed t
              flow t_x
              passed x
              InstanceCompleted
              InstanceUnsubscribed
        "#]],
    );
}

#[test]
fn event_based_gateway_that_instantiates_begins_with_any() {
    check(
        "g: eventBasedGateway instantiate=true
m: intermediateCatchEvent message(M)
n: intermediateCatchEvent message(N)
a: serviceTask
e: endEvent
g -> m -> a -> e; g -> n -> a",
        r#"publish N - 0 {"x":1}; publish M"#,
        expect![[r#"
            > publish N - 0 {"x":1}
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated g
              completed g
              flow g_n
              passed n
              flow n_a
              activated a
              job a retries 3
            > publish M
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated g
              completed g
              flow g_m
              passed m
              flow m_a
              activated a
              job a retries 3
        "#]],
    );
}

#[test]
fn event_based_gateway_that_instantiates_by_all_waits_for_the_others() {
    check(
        "g: eventBasedGateway instantiate=true eventGatewayType=Parallel
m: intermediateCatchEvent message(M)
n: intermediateCatchEvent message(N)
j: parallelGateway
a: serviceTask
e: endEvent
g -> m -> j -> a -> e; g -> n -> j",
        "publish N; publish M; complete a",
        expect![[r#"
            > publish N
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated g
              waits for M '' at m
              sent OpenSubscription
              flow g_n
              passed n
              flow n_j waits
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at m
              SubscriptionClosed M at m
              sent AcceptCorrelation
              completed g
              flow g_m
              passed m
              flow m_j waits
              JoinFired m_j n_j
              passed j
              flow j_a
              activated a
              job a retries 3
              MessageCorrelated
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
