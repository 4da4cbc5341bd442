//! Start and completion quantity (BPMN 10.3, 13.3): an activity begins with so many tokens, and leaves as many behind.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn start_quantity_waits_for_so_many_tokens() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
t: serviceTask startQuantity=2
e: endEvent
s -> f -> a -> t -> e; f -> b -> t",
        "start p; complete a; complete b; complete t",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_t waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_t waits
              JoinFired a_t b_t
              activated t
              job t retries 3
            > complete t
              JobActivated t
              JobCompleted t
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn start_quantity_counts_tokens_of_one_flow_too() {
    check(
        "s: startEvent
a: serviceTask completionQuantity=2
t: serviceTask startQuantity=2
e: endEvent
s -> a -> t -> e",
        "start p; complete a; complete t",
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
              completed a
              flow a_t waits
              flow a_t waits
              JoinFired a_t a_t
              activated t
              job t retries 3
            > complete t
              JobActivated t
              JobCompleted t
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn start_quantity_that_is_never_reached_keeps_its_instance_waiting() {
    check(
        "s: startEvent
t: serviceTask startQuantity=2
e: endEvent
s -> t -> e",
        "start p; show; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t waits
            > show
              p ACTIVE {}
            > cancel
              InstanceTerminated
        "#]],
    );
}

#[test]
fn completion_quantity_leaves_so_many_tokens_on_each_flow() {
    check(
        "s: startEvent
a: serviceTask completionQuantity=2
b: serviceTask
c: task
e: endEvent
s -> a -> b -> e; a -> c -> e",
        "start p; complete a; complete b; complete b",
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
              completed a
              flow a_b
              flow a_b
              flow a_c
              flow a_c
              activated b
              job b retries 3
              activated b
              job b retries 3
              passed c
              flow c_e
              passed c
              flow c_e
              passed e
              passed e
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn completion_quantity_of_a_multi_instance_activity_is_of_the_whole() {
    check(
        "s: startEvent
a: serviceTask completionQuantity=2 <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
b: serviceTask
e: endEvent
s -> a -> b -> e",
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
              flow a_b
              flow a_b
              activated b
              job b retries 3
              activated b
              job b retries 3
        "#]],
    );
}
