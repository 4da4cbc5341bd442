//! Manual task (BPMN 10.3.4.4): its work is done without the engine, which does not know when: a token goes through.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn manual_task_passes_at_once() {
    check(
        "s: startEvent
t: manualTask
e: endEvent
s -> t -> e",
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              passed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn manual_task_takes_each_token_by_itself() {
    check(
        "s: startEvent
f: parallelGateway
t: manualTask
a: serviceTask
e: endEvent
s -> f -> t -> a -> e; f -> t",
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t
              flow f_t_2
              passed t
              flow t_a
              passed t
              flow t_a
              activated a
              job a retries 3
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
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
fn manual_task_chooses_among_its_flows() {
    check(
        "s: startEvent
t: manualTask default=t_b
a: serviceTask
b: serviceTask
e: endEvent
s -> t -> [n > 1] a -> e; t -> b -> e",
        r#"start p {"n":2}; start p {"n":1}"#,
        expect![[r#"
            > start p {"n":2}
              created p v1
              passed s
              flow s_t
              activated t
              completed t
              flow t_a
              activated a
              job a retries 3
            > start p {"n":1}
              created p v1
              passed s
              flow s_t
              activated t
              completed t
              flow t_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn manual_task_maps_its_data() {
    check(
        r#"s: startEvent
t: manualTask <extensionElements><zeebe:ioMapping><zeebe:input source="=n" target="m"/><zeebe:output source="=m + 1" target="n"/></zeebe:ioMapping></extensionElements>
a: serviceTask
e: endEvent
s -> t -> a -> e"#,
        r#"start p {"n":1}; show"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_t
              activating t
              variables of t {"m":1}
              activated t
              variables of p {"n":2}
              completed t
              flow t_a
              activated a
              job a retries 3
            > show
              p ACTIVE {"n":2}
              a ACTIVE {}
        "#]],
    );
}

#[test]
fn manual_task_several_times() {
    check(
        "s: startEvent
t: manualTask <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> t -> e",
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
              iteration 2 of t
              variables of t 2 {"loopCounter":2}
              activated t 1
              completed t 1
              iteration 1 completed
              activated t 2
              completed t 2
              iteration 2 completed
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}
