//! Send task (BPMN 10.3.4.2, 13.3.3): it sends its message and goes on; with a task definition a worker does the sending.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn send_task_reaches_who_waits_and_goes_on() {
    check(
        "p: process {
s: startEvent
t: sendTask messageRef=M
a: serviceTask
e: endEvent
s -> t -> a -> e
}
q: process {
s2: startEvent
r2: receiveTask messageRef=M
e2: endEvent
s2 -> r2 -> e2
}",
        "start q; start p; complete a",
        expect![[r#"
            > start q
              created q v1
              passed s2
              flow s2_r2
              activated r2
              waits for M '' at r2
              sent OpenSubscription
              InstanceSubscribed
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              completed t
              flow t_a
              activated a
              job a retries 3
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              SubscriptionCorrelated M at r2
              SubscriptionClosed M at r2
              sent AcceptCorrelation
              completed r2
              flow r2_e2
              passed e2
              InstanceCompleted
              MessageCorrelated
              MessageExpired
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
fn send_task_is_heard_by_its_own_instance() {
    check(
        "s: startEvent
f: parallelGateway
t: sendTask messageRef=M
r: receiveTask messageRef=M
e: endEvent
s -> f -> t -> e; f -> r -> e",
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t
              flow f_r
              activated t
              sent PublishMessage
              completed t
              flow t_e
              activated r
              waits for M '' at r
              sent OpenSubscription
              passed e
              MessagePublished
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
fn send_task_keeps_its_message_for_an_hour() {
    check(
        "p: process {
s: startEvent
t: sendTask messageRef=M
e: endEvent
s -> t -> e
}
q: process {
s2: startEvent
r2: receiveTask messageRef=M
e2: endEvent
s2 -> r2 -> e2
}",
        "start p; time 3599999; start q; start p; time 3600000; start q",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              completed t
              flow t_e
              passed e
              InstanceCompleted
              MessagePublished
            > time 3599999
            > start q
              created q v1
              passed s2
              flow s2_r2
              activated r2
              waits for M '' at r2
              sent OpenSubscription
              InstanceSubscribed
              MessageCorrelating
              sent CorrelateSubscription
              SubscriptionCorrelated M at r2
              SubscriptionClosed M at r2
              sent AcceptCorrelation
              completed r2
              flow r2_e2
              passed e2
              InstanceCompleted
              MessageCorrelated
              MessageExpired
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              completed t
              flow t_e
              passed e
              InstanceCompleted
              MessagePublished
            > time 3600000
              MessageExpired
            > start q
              created q v1
              passed s2
              flow s2_r2
              activated r2
              waits for M '' at r2
              sent OpenSubscription
              InstanceSubscribed
        "#]],
    );
}

#[test]
fn send_task_starts_a_process() {
    check(
        "p: process {
s: startEvent
t: sendTask messageRef=M
e: endEvent
s -> t -> e
}
q: process {
s2: startEvent message(M)
a2: serviceTask
e2: endEvent
s2 -> a2 -> e2
}",
        "start p; complete a2",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              sent PublishMessage
              completed t
              flow t_e
              passed e
              InstanceCompleted
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created q v1
              passed s2
              flow s2_a2
              activated a2
              job a2 retries 3
            > complete a2
              JobActivated a2
              JobCompleted a2
              completed a2
              flow a2_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn send_task_of_a_worker_waits_for_its_job() {
    check(
        r#"s: startEvent
t: sendTask <extensionElements><zeebe:taskDefinition type="mail" retries="1"/></extensionElements>
e: endEvent
s -> t -> e"#,
        r#"start p; fail mail 0; resolve; complete mail {"sent":true}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              job mail retries 1
            > fail mail 0
              JobActivated mail
              job failed, 0 retries left
              incident JOB_NO_RETRIES at t: it broke
            > resolve
              IncidentResolved at t
              JobUpdated mail
              JobRetried mail
            > complete mail {"sent":true}
              JobActivated mail
              JobCompleted mail
              variables of p {"sent":true}
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn send_task_in_each_iteration_sends() {
    check(
        r#"s: startEvent
t: sendTask messageRef=M <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> t -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              loop of 2
              iteration 1 of t
              variables of t 1 {"loopCounter":1}
              activated t 1
              sent PublishMessage
              completed t 1
              iteration 1 completed
              iteration 2 of t
              variables of t 2 {"loopCounter":2}
              activated t 2
              sent PublishMessage
              completed t 2
              iteration 2 completed
              completed t
              flow t_e
              passed e
              InstanceCompleted
              MessagePublished
              MessagePublished
        "#]],
    );
}
