//! Message events (BPMN 10.5.5): a message has a name, and in Camunda 8's dialect a correlation key. One waiting
//! catcher takes it, the first that was armed; else it waits for its time to live.

mod attached;
mod correlation;

use crate::skeleton::{catch, check, check_versions, end, other, other_starts, start, throw};
use expect_test::expect;

#[test]
fn start_message_begins_an_instance_with_its_variables() {
    check(
        &start("message(M)"),
        r#"publish M - 0 {"x":1}; focus 1; show"#,
        expect![[r#"
        > publish M - 0 {"x":1}
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
        > focus 1
        > show
          p ACTIVE {"x":1}
          a ACTIVE {}
    "#]],
    );
}

#[test]
fn start_message_with_a_key_begins_one_instance_at_a_time() {
    check(
        &start("message(M =id)"),
        r#"publish M k 60000; publish M k 60000 {"second":true}; complete a"#,
        expect![[r#"
            > publish M k 60000
              MessagePublished
              InstanceStarted
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > publish M k 60000 {"second":true}
              MessagePublished
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              sent ReleaseStart
              InstanceCompleted
              StartReleased
              InstanceStarted
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
fn start_message_is_that_of_the_newest_version() {
    // The first version is not begun any more; its message waits for someone else.
    check_versions(
        &[&start("message(M)"), &start("message(N)")],
        "deploy; publish M - 1000; publish N; time 1000",
        expect![[r#"
            > deploy
            > publish M - 1000
              MessagePublished
            > publish N
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v2
              passed s
              flow s_a
              activated a
              job a retries 3
            > time 1000
              MessageExpired
        "#]],
    );
}

#[test]
fn catch_message_goes_on_with_its_variables() {
    check(
        &catch("message(M)"),
        r#"start p; publish M - 0 {"x":1}"#,
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          InstanceSubscribed
        > publish M - 0 {"x":1}
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at c
          SubscriptionClosed M at c
          sent AcceptCorrelation
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
fn catch_message_that_came_before() {
    check(
        &catch("message(M)"),
        "publish M - 5000; start p",
        expect![[r#"
        > publish M - 5000
          MessagePublished
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          InstanceSubscribed
          MessageCorrelating
          sent CorrelateSubscription
          SubscriptionCorrelated M at c
          SubscriptionClosed M at c
          sent AcceptCorrelation
          completed c
          flow c_e
          passed e
          InstanceCompleted
          MessageCorrelated
          MessageExpired
    "#]],
    );
}

#[test]
fn catch_message_of_another_name_or_too_early_changes_nothing() {
    check(
        &catch("message(M)"),
        "publish M; start p; publish N",
        expect![[r#"
        > publish M
          MessagePublished
          MessageExpired
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          InstanceSubscribed
        > publish N
          MessagePublished
          MessageExpired
    "#]],
    );
}

#[test]
fn catch_message_by_its_key() {
    check(
        &catch("message(M =id)"),
        r#"start p {"id":"k1"}; start p {"id":2}; publish M 2; publish M k1; publish M k1"#,
        expect![[r#"
            > start p {"id":"k1"}
              created p v1
              passed s
              flow s_c
              activated c
              waits for M 'k1' at c
              sent OpenSubscription
              InstanceSubscribed
            > start p {"id":2}
              created p v1
              passed s
              flow s_c
              activated c
              waits for M '2' at c
              sent OpenSubscription
              InstanceSubscribed
            > publish M 2
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at c
              SubscriptionClosed M at c
              sent AcceptCorrelation
              completed c
              flow c_e
              passed e
              InstanceCompleted
              MessageCorrelated
            > publish M k1
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at c
              SubscriptionClosed M at c
              sent AcceptCorrelation
              completed c
              flow c_e
              passed e
              InstanceCompleted
              MessageCorrelated
            > publish M k1
              MessagePublished
              MessageExpired
        "#]],
    );
}

#[test]
fn catch_message_without_a_key_is_an_incident() {
    check(
        &catch("message(M =id)"),
        r#"start p; set {"id":"k"}; resolve; publish M k"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activating c
              incident EXTRACT_VALUE_ERROR at c: Failed to extract the correlation key for 'id': The value must be either a string or a number, but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'id'
            > set {"id":"k"}
              variables of p {"id":"k"}
            > resolve
              IncidentResolved at c
              activated c
              waits for M 'k' at c
              sent OpenSubscription
              InstanceSubscribed
            > publish M k
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at c
              SubscriptionClosed M at c
              sent AcceptCorrelation
              completed c
              flow c_e
              passed e
              InstanceCompleted
              MessageCorrelated
        "#]],
    );
}

#[test]
fn catch_message_is_for_the_first_that_was_armed() {
    check(
        &catch("message(M)"),
        "start p; start p; publish M; publish M",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          InstanceSubscribed
        > start p
          created p v1
          passed s
          flow s_c
          activated c
          waits for M '' at c
          sent OpenSubscription
          InstanceSubscribed
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at c
          SubscriptionClosed M at c
          sent AcceptCorrelation
          completed c
          flow c_e
          passed e
          InstanceCompleted
          MessageCorrelated
        > publish M
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
          MessageExpired
          SubscriptionCorrelated M at c
          SubscriptionClosed M at c
          sent AcceptCorrelation
          completed c
          flow c_e
          passed e
          InstanceCompleted
          MessageCorrelated
    "#]],
    );
}

#[test]
fn throw_message_reaches_who_waits_and_goes_on() {
    check(
        &(throw("message(M)") + &other("message(M)")),
        "start q; start p; complete a",
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
          SubscriptionCorrelated M at c2
          SubscriptionClosed M at c2
          sent AcceptCorrelation
          completed c2
          flow c2_e2
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
fn throw_message_is_kept_for_an_hour() {
    check(
        &(throw("message(M)") + &other("message(M)")),
        "start p; time 3599999; start q",
        expect![[r#"
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
        > time 3599999
        > start q
          created q v1
          passed s2
          flow s2_c2
          activated c2
          waits for M '' at c2
          sent OpenSubscription
          InstanceSubscribed
          MessageCorrelating
          sent CorrelateSubscription
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
fn throw_message_may_start_a_process() {
    check(
        &(throw("message(M)") + &other_starts("message(M)")),
        "start p",
        expect![[r#"
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
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created q v1
              passed s2
              flow s2_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_message_of_a_worker_waits_for_its_job() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent message(M =id) <extensionElements><zeebe:taskDefinition type="send"/></extensionElements>
e: endEvent
s -> t -> e"#,
        r#"start p {"id":"k"}; complete send"#,
        expect![[r#"
            > start p {"id":"k"}
              created p v1
              passed s
              flow s_t
              activated t
              job send retries 3
            > complete send
              JobActivated send
              JobCompleted send
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_message_reaches_who_waits() {
    check(
        &(end("message(M)") + &other("message(M)")),
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
          completed e
          InstanceCompleted
          MessagePublished
          MessageCorrelating
          sent CorrelateSubscription
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
fn end_message_may_start_a_process() {
    check(
        &(end("message(M)") + &other_starts("message(M)")),
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_e
              activated e
              sent PublishMessage
              completed e
              InstanceCompleted
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created q v1
              passed s2
              flow s2_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_message_of_a_worker_waits_for_its_job() {
    check(
        r#"s: startEvent
e: endEvent message(M =id) <extensionElements><zeebe:taskDefinition type="send"/></extensionElements>
s -> e"#,
        r#"start p {"x":1}; complete send {"y":2}"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_e
              activated e
              job send retries 3
            > complete send {"y":2}
              JobActivated send
              JobCompleted send
              variables of p {"y":2}
              completed e
              InstanceCompleted
        "#]],
    );
}
