//! Multi-instance activities (BPMN 10.3.7, 13.3.7): so many iterations, or one for each item of a collection, at once or
//! one after the other.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn multi_instance_at_once() {
    check(
        "s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e",
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_one_after_the_other() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_for_each_item_collects_results() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results" outputElement="=item + r"/></extensionElements></multiInstanceLoopCharacteristics>

e: endEvent
s -> a -> e"#,
        r#"start p {"items":[10,20]}; complete a {"r":1}; complete a {"r":2}"#,
        expect![[r#"
            > start p {"items":[10,20]}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1,"item":10}
              iteration 2 of a
              variables of a 2 {"loopCounter":2,"item":20}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
            > complete a {"r":1}
              JobActivated a
              JobCompleted a
              variables of p {"r":1}
              completed a 1
              iteration 1 completed with 11
            > complete a {"r":2}
              JobActivated a
              JobCompleted a
              variables of p {"r":2}
              completed a 2
              iteration 2 completed with 22
              variables of p {"results":[11,22]}
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_of_nothing_completes_at_once() {
    check(
        "s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= n</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e",
        r#"start p {"n":0}"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 0
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_that_is_done_ends_the_rest() {
    check(
        "s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= 3</loopCardinality><completionCondition>= numberOfCompletedInstances &gt;= 2</completionCondition></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e",
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 3
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              iteration 3 of a
              variables of a 3 {"loopCounter":3}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
              activated a 3
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              JobCanceled a
              terminated a 3
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_of_no_list_is_an_incident() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        r#"start p {"items":5}; set {"items":[1]}; resolve; complete a"#,
        expect![[r#"
            > start p {"items":5}
              created p v1
              passed s
              flow s_a
              activating a
              incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'items' to be 'ARRAY', but was 'NUMBER'.
            > set {"items":[1]}
              variables of p {"items":[1]}
            > resolve
              IncidentResolved at a
              activated a
              loop of 1
              iteration 1 of a
              variables of a 1 {"loopCounter":1,"item":1}
              activated a 1
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_is_interrupted_as_a_whole() {
    check(
        "s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
b: boundaryEvent attachedToRef=a timer(PT1M)
x: endEvent
e: endEvent
s -> a -> e; b -> x",
        "start p; complete a; time 60000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              timer b at 60000, 0 more
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
            > time 60000
              TimerTriggered b
              JobCanceled a
              terminated a 2
              terminated a
              passed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_throws_with_its_first_end() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="on_signal_S"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
b: boundaryEvent attachedToRef=a cancelActivity=false signal(S)
x: endEvent
e: endEvent
s -> a -> e; b -> x"#,
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              waits for signal S at b
              sent SubscribeSignal
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
              SignalSubscribed
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              passed b
              flow b_x
              passed x
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              SubscriptionClosed S at b
              sent UnsubscribeSignal
              completed a
              flow a_e
              passed e
              InstanceCompleted
              SignalUnsubscribed
        "#]],
    );
}

#[test]
fn multi_instance_throws_with_each_end() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="on_escalation_C"><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
b: boundaryEvent attachedToRef=a cancelActivity=false escalation(C)
x: endEvent
e: endEvent
s -> a -> e; b -> x"#,
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 2
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
              passed b
              flow b_x
              passed x
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              passed b
              flow b_x
              completed a
              flow a_e
              passed x
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn multi_instance_gains_and_loses_an_iteration() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e"#,
        r#"start p {"items":[1]}; iterate add 2; iterate remove; complete a"#,
        expect![[r#"
            > start p {"items":[1]}
              created p v1
              passed s
              flow s_a
              activated a
              loop of 1
              iteration 1 of a
              variables of a 1 {"loopCounter":1,"item":1}
              activated a 1
              job a retries 3
            > iterate add 2
              IterationAdded
              iteration 2 of a
              variables of a 2 {"loopCounter":2,"item":2}
              activated a 2
              job a retries 3
            > iterate remove
              JobCanceled a
              terminated a 1
              iteration 1 terminated
            > complete a
              JobActivated a
              JobCompleted a
              completed a 2
              iteration 2 completed
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}
