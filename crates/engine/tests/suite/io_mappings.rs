//! Input and output mappings of Camunda 8: inputs become variables of the element before it begins, outputs those of the
//! scope around it when it completes.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn io_mappings_see_each_other_in_their_order() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:input source="=n" target="m"/><zeebe:input source="=m + 1" target="k"/><zeebe:output source="=k + r" target="sum"/><zeebe:output source="=sum * 2" target="twice"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p {"n":1}; activate a; time 60001; complete a {"r":10}; activate b"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"m":1,"k":2}
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"m":1,"k":2,"n":1}
            > time 60001
              JobTimedOut a
            > complete a {"r":10}
              JobActivated a
              JobCompleted a
              variables of a {"r":10}
              variables of p {"sum":12,"twice":24}
              completed a
              flow a_b
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"n":1,"sum":12,"twice":24}
        "#]],
    );
}

#[test]
fn io_mappings_to_a_part_of_a_variable() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:input source="=n" target="order.item.count"/><zeebe:input source="=n" target="order.price"/><zeebe:output source="=order" target="all.order"/><zeebe:output source="fixed" target="all.text"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p {"n":1,"all":{"old":0}}; activate a; time 60001; complete a; activate b"#,
        expect![[r#"
            > start p {"n":1,"all":{"old":0}}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"order":{"item":{"count":1},"price":1}}
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"order":{"item":{"count":1},"price":1},"n":1,"all":{"old":0}}
            > time 60001
              JobTimedOut a
            > complete a
              JobActivated a
              JobCompleted a
              variables of p {"all":{"old":0,"order":{"item":{"count":1},"price":1},"text":"fixed"}}
              completed a
              flow a_b
              activated b
              job b retries 3
            > activate b
              JobActivated b
              job has {"n":1,"all":{"old":0,"order":{"item":{"count":1},"price":1},"text":"fixed"}}
        "#]],
    );
}

#[test]
fn io_mappings_without_outputs_merge_all_outwards() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:input source="=n" target="m"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p {"n":1}; complete a {"m":5,"r":6}; show"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"m":1}
              activated a
              job a retries 3
            > complete a {"m":5,"r":6}
              JobActivated a
              JobCompleted a
              variables of a {"m":5}
              variables of p {"r":6}
              completed a
              flow a_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"n":1,"r":6}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn io_mappings_with_outputs_hand_on_nothing_else() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:output source="=r" target="result"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p; complete a {"r":6,"noise":1}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a {"r":6,"noise":1}
              JobActivated a
              JobCompleted a
              variables of a {"r":6,"noise":1}
              variables of p {"result":6}
              completed a
              flow a_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"result":6}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn io_mappings_in_that_fail_are_tried_again() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:input source="=assert(n, n != null)" target="m"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p; set {"n":1}; resolve; complete a"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              incident IO_MAPPING_ERROR at a: Assertion failure on evaluate the expression '{m:assert(n, n != null)}': The condition is not fulfilled The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'n' / [ASSERT_FAILURE] The condition is not fulfilled
            > set {"n":1}
              variables of p {"n":1}
            > resolve
              IncidentResolved at a
              variables of a {"m":1}
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn io_mappings_out_that_fail_are_tried_again() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:output source="=assert(r, r != null)" target="m"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p; complete a; set {"r":1}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completing a
              incident IO_MAPPING_ERROR at a: Assertion failure on evaluate the expression '{m:assert(r, r != null)}': The condition is not fulfilled The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'r' / [ASSERT_FAILURE] The condition is not fulfilled
            > set {"r":1}
              variables of p {"r":1}
            > resolve
              IncidentResolved at a
              variables of p {"m":1}
              completed a
              flow a_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn io_mappings_of_a_value_that_is_not_there_give_null() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:ioMapping><zeebe:input source="=n" target="m"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        "start p; activate a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              variables of a {"m":null}
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"m":null}
        "#]],
    );
}

#[test]
fn io_mappings_of_an_event() {
    check(
        r#"s: startEvent
c: intermediateCatchEvent message(M =id) <extensionElements><zeebe:ioMapping><zeebe:output source="=amount" target="order.amount"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> c -> b -> e"#,
        r#"start p {"id":"k","order":{"id":1}}; publish M k 0 {"amount":5,"noise":1}; show"#,
        expect![[r#"
            > start p {"id":"k","order":{"id":1}}
              created p v1
              passed s
              flow s_c
              activated c
              waits for M 'k' at c
              sent OpenSubscription
              InstanceSubscribed
            > publish M k 0 {"amount":5,"noise":1}
              MessagePublished
              MessageCorrelating
              sent CorrelateSubscription
              MessageExpired
              SubscriptionCorrelated M at c
              SubscriptionClosed M at c
              sent AcceptCorrelation
              variables of c {"amount":5,"noise":1}
              variables of p {"order":{"id":1,"amount":5}}
              completed c
              flow c_b
              activated b
              job b retries 3
              MessageCorrelated
            > show
              p ACTIVE {"id":"k","order":{"id":1,"amount":5}}
              b ACTIVE {}
        "#]],
    );
}
