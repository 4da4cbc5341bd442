//! Messages: waiting instances, waiting messages, message starts.

use expect_test::{Expect, expect};
use testkit::{file, trace};

fn check(model: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(model, script));
}

const MESSAGE: &str = r#"<message id="m1" name="paid"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>"#;

fn catching() -> String {
    file(&format!(
        r#"{MESSAGE}<process id="p" isExecutable="true"><startEvent id="s"/>
        <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent><endEvent id="e"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="e"/></process>"#
    ))
}

fn starting() -> String {
    file(
        r#"<message id="m1" name="order"/><process id="p" isExecutable="true">
        <startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>
        <userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask><endEvent id="e"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="e"/></process>"#,
    )
}

#[test]
fn a_message_finds_the_instance_that_waits() {
    check(
        &catching(),
        r#"start p {"order":"o-1"}
           publish paid o-2 0 {}
           publish paid o-1 0 {"amount":5}"#,
        expect![[r#"
            > start p {"order":"o-1"}
              created p v1
              passed s
              flow f1
              activated c
              waits for paid 'o-1' at c
              sent OpenSubscription
              InstanceSubscribed
            > publish paid o-2 0 {}
              MessagePublished
              MessageExpired
            > publish paid o-1 0 {"amount":5}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated paid at c
              SubscriptionClosed paid at c
              sent AcceptCorrelation
              variables of p {"amount":5}
              completed c
              flow f2
              passed e
              InstanceCompleted
              MessageCorrelated
        "#]],
    );
}

#[test]
fn a_message_waits_for_an_instance_until_its_time_is_over() {
    check(
        &catching(),
        r#"publish paid o-1 1000 {"amount":5}
           time 999
           start p {"order":"o-1"}
           publish paid o-2 1000 {}
           time 1000
           start p {"order":"o-2"}"#,
        expect![[r#"
            > publish paid o-1 1000 {"amount":5}
              MessagePublished
            > time 999
            > start p {"order":"o-1"}
              created p v1
              passed s
              flow f1
              activated c
              waits for paid 'o-1' at c
              sent OpenSubscription
              InstanceSubscribed
              MessageCorrelating
              sent CorrelateSubscription
              SubscriptionCorrelated paid at c
              SubscriptionClosed paid at c
              sent AcceptCorrelation
              variables of p {"amount":5}
              completed c
              flow f2
              passed e
              InstanceCompleted
              MessageCorrelated
            > publish paid o-2 1000 {}
              MessagePublished
            > time 1000
              MessageExpired
              MessageExpired
            > start p {"order":"o-2"}
              created p v1
              passed s
              flow f1
              activated c
              waits for paid 'o-2' at c
              sent OpenSubscription
              InstanceSubscribed
        "#]],
    );
}

#[test]
fn numbers_are_correlation_keys_and_nothing_else_is() {
    check(
        &catching(),
        r#"start p {"order":7}
           publish paid 7 0 {}
           start p"#,
        expect![[r#"
            > start p {"order":7}
              created p v1
              passed s
              flow f1
              activated c
              waits for paid '7' at c
              sent OpenSubscription
              InstanceSubscribed
            > publish paid 7 0 {}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated paid at c
              SubscriptionClosed paid at c
              sent AcceptCorrelation
              completed c
              flow f2
              passed e
              InstanceCompleted
              MessageCorrelated
            > start p
              created p v1
              passed s
              flow f1
              activating c
              incident EXTRACT_VALUE_ERROR at c: Failed to extract the correlation key for 'order': The value must be either a string or a number, but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'order'
        "#]],
    );
}

#[test]
fn a_message_starts_one_instance_per_key_at_a_time() {
    check(
        &starting(),
        r#"publish order k 1000 {"n":1}
           publish order k 1000 {"n":2}
           finish
           finish"#,
        expect![[r#"
            > publish order k 1000 {"n":1}
              MessagePublished
              InstanceStarted
              sent CreateProcessInstance
              created p v1
              passed s
              flow f1
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > publish order k 1000 {"n":2}
              MessagePublished
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u
              flow f2
              passed e
              sent ReleaseStart
              InstanceCompleted
              StartReleased
              InstanceStarted
              sent CreateProcessInstance
              created p v1
              passed s
              flow f1
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u
              flow f2
              passed e
              sent ReleaseStart
              InstanceCompleted
              StartReleased
        "#]],
    );
}

#[test]
fn messages_without_key_start_any_number() {
    check(
        &starting(),
        "publish order - 0 {}
         publish order - 0 {}",
        expect![[r#"
            > publish order - 0 {}
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow f1
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > publish order - 0 {}
              MessagePublished
              InstanceStarted
              StartReleased
              sent CreateProcessInstance
              MessageExpired
              created p v1
              passed s
              flow f1
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
        "#]],
    );
}

#[test]
fn a_cancelled_instance_waits_no_more() {
    check(
        &catching(),
        r#"start p {"order":"o-1"}
           cancel
           publish paid o-1 0 {}"#,
        expect![[r#"
            > start p {"order":"o-1"}
              created p v1
              passed s
              flow f1
              activated c
              waits for paid 'o-1' at c
              sent OpenSubscription
              InstanceSubscribed
            > cancel
              SubscriptionClosed paid at c
              sent CloseSubscription
              terminated c
              InstanceTerminated
              InstanceUnsubscribed
            > publish paid o-1 0 {}
              MessagePublished
              MessageExpired
        "#]],
    );
}

#[test]
fn a_message_that_was_taken_blocks_another_one_of_its_id_until_its_time_is_over() {
    let model = file(
        r#"<message id="m1" name="paid"/><process id="p" isExecutable="true"><startEvent id="s"/>
        <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent><endEvent id="e"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="e"/></process>"#,
    )
    .replace(r#" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0""#, "");
    for (key, model) in [("", model), ("o-1", catching())] {
        let mut world = testkit::World::new(1, true);
        world.deploy(&model);
        world.line(r#"start p {"order":"o-1"}"#);
        world.line(r#"start p {"order":"o-1"}"#);
        let publish = |world: &mut testkit::World, id: &str, time_to_live: i64| {
            let target = record::AggregateId::Message {
                tenant: record::DEFAULT_TENANT.into(),
                name: "paid".into(),
                correlation_key: key.into(),
            };
            let variables = record::Variables::new();
            let command = record::Command::PublishMessage { time_to_live, message_id: id.into(), variables };
            world.submit(target, command).map_err(|rejection| rejection.kind)
        };
        let taken = |world: &testkit::World| world.trace.matches("SubscriptionCorrelated").count();
        publish(&mut world, "id-1", 60_000).expect("the first");
        assert_eq!(taken(&world), 1, "{}", world.trace);
        let blocked = Err(record::RejectionKind::AlreadyExists);
        assert_eq!(publish(&mut world, "id-1", 60_000).map(|_| ()), blocked, "{key}");
        world.line("time 59999");
        assert_eq!(publish(&mut world, "id-1", 0).map(|_| ()), blocked, "{key}");
        assert_eq!(taken(&world), 1, "{}", world.trace);
        world.line("time 1");
        publish(&mut world, "id-1", 0).expect("the time is over");
        assert_eq!(taken(&world), 2, "{}", world.trace);
        publish(&mut world, "id-1", 0).expect("without time to live nothing is blocked");
        world.check_replay();
    }
}
