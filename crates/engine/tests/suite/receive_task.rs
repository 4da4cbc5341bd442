//! Receive task (BPMN 10.3.4.2, 13.3.3): it waits for its message; one that instantiates begins an instance with it.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn receive_task_goes_on_with_the_variables_of_its_message() {
    check(
        "s: startEvent
r: receiveTask messageRef=M
e: endEvent
s -> r -> e",
        r#"start p; publish N; publish M - 0 {"x":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_r
              activated r
              waits for M '' at r
              sent OpenSubscription
              InstanceSubscribed
            > publish N
              MessagePublished
              MessageExpired
            > publish M - 0 {"x":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at r
              SubscriptionClosed M at r
              sent AcceptCorrelation
              variables of p {"x":1}
              completed r
              flow r_e
              passed e
              InstanceCompleted
              MessageCorrelated
        "#]],
    );
}

#[test]
fn receive_task_takes_a_message_that_came_before() {
    check(
        "s: startEvent
r: receiveTask messageRef=M
e: endEvent
s -> r -> e",
        "publish M - 5000; start p",
        expect![[r#"
            > publish M - 5000
              MessagePublished
            > start p
              created p v1
              passed s
              flow s_r
              activated r
              waits for M '' at r
              sent OpenSubscription
              InstanceSubscribed
              MessageCorrelating
              sent CorrelateSubscription
              SubscriptionCorrelated M at r
              SubscriptionClosed M at r
              sent AcceptCorrelation
              completed r
              flow r_e
              passed e
              InstanceCompleted
              MessageCorrelated
              MessageExpired
        "#]],
    );
}

#[test]
fn receive_task_waits_for_its_correlation_key() {
    check(
        "s: startEvent message(M =id)
r: receiveTask messageRef=M
e: endEvent
s -> r -> e",
        r#"publish M k 0 {"id":"k"}; publish M j; publish M k"#,
        expect![[r#"
            > publish M k 0 {"id":"k"}
              MessagePublished
              InstanceStarted
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow s_r
              activated r
              waits for M 'k' at r
              sent OpenSubscription
              InstanceSubscribed
            > publish M j
              MessagePublished
              InstanceStarted
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow s_r
              activating r
              incident EXTRACT_VALUE_ERROR at r: Failed to extract the correlation key for 'id': The value must be either a string or a number, but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'id'
            > publish M k
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at r
              SubscriptionClosed M at r
              sent AcceptCorrelation
              completed r
              flow r_e
              passed e
              sent ReleaseStart
              InstanceCompleted
              MessageCorrelated
              StartReleased
        "#]],
    );
}

#[test]
fn receive_task_without_its_key_is_an_incident() {
    check(
        "s: startEvent
r: receiveTask messageRef=M
b: boundaryEvent attachedToRef=r message(M =id)
e: endEvent
x: endEvent
s -> r -> e; b -> x",
        r#"start p; set {"id":"k"}; resolve; publish M k"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_r
              activating r
              incident EXTRACT_VALUE_ERROR at r: Failed to extract the correlation key for 'id': The value must be either a string or a number, but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'id'
            > set {"id":"k"}
              variables of p {"id":"k"}
            > resolve
              IncidentResolved at r
              activated r
              waits for M 'k' at b
              sent OpenSubscription
              waits for M 'k' at r
              sent OpenSubscription
              InstanceSubscribed
              InstanceSubscribed
            > publish M k
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at b
              SubscriptionClosed M at b
              sent AcceptCorrelation
              SubscriptionClosed M at r
              sent CloseSubscription
              terminated r
              passed b
              flow b_x
              passed x
              InstanceCompleted
              MessageCorrelated
              InstanceUnsubscribed
        "#]],
    );
}

#[test]
fn receive_task_is_interrupted_by_its_boundary_event() {
    check(
        "s: startEvent
r: receiveTask messageRef=M
b: boundaryEvent attachedToRef=r timer(PT1M)
h: serviceTask
e: endEvent
x: endEvent
s -> r -> e; b -> h -> x",
        "start p; time 60000; publish M; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_r
              activated r
              timer b at 60000, 0 more
              waits for M '' at r
              sent OpenSubscription
              InstanceSubscribed
            > time 60000
              TimerTriggered b
              SubscriptionClosed M at r
              sent CloseSubscription
              terminated r
              passed b
              flow b_h
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
              InstanceCompleted
        "#]],
    );
}

#[test]
fn receive_task_that_instantiates_begins_an_instance() {
    check(
        "r: receiveTask messageRef=M instantiate=true
a: serviceTask
e: endEvent
r -> a -> e",
        r#"publish M - 0 {"x":1}; complete a"#,
        expect![[r#"
            > publish M - 0 {"x":1}
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              activated r
              completed r
              flow r_a
              activated a
              job a retries 3
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
fn receive_task_in_each_iteration_takes_a_message_of_its_own() {
    check(
        "s: startEvent
r: receiveTask messageRef=M <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> r -> e",
        "start p; publish M; publish M",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_r
              activated r
              loop of 2
              iteration 1 of r
              variables of r 1 {"loopCounter":1}
              iteration 2 of r
              variables of r 2 {"loopCounter":2}
              activated r 1
              waits for M '' at r
              sent OpenSubscription
              activated r 2
              waits for M '' at r
              sent OpenSubscription
              InstanceSubscribed
              InstanceSubscribed
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at r
              SubscriptionClosed M at r
              sent AcceptCorrelation
              completed r 1
              iteration 1 completed
              MessageCorrelated
            > publish M
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at r
              SubscriptionClosed M at r
              sent AcceptCorrelation
              completed r 2
              iteration 2 completed
              completed r
              flow r_e
              passed e
              InstanceCompleted
              MessageCorrelated
        "#]],
    );
}
