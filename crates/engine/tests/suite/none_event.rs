//! Events without a definition (BPMN 10.5): a token goes through.

use crate::skeleton::{check, throw};
use expect_test::expect;

#[test]
fn start_none_begins_an_instance() {
    check(
        r#"s: startEvent
e: endEvent
s -> e"#,
        r#"start p {"x":1}"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn start_none_of_several_all_begin() {
    check(
        r#"s: startEvent
s2: startEvent
a: serviceTask
b: serviceTask
e: endEvent
s -> a -> e; s2 -> b -> e"#,
        "start p; complete b; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              passed s2
              flow s2_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
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
fn start_none_is_where_a_client_begins() {
    // The message start event is for messages.
    check(
        r#"s: startEvent message(M)
s2: startEvent
a: serviceTask
b: serviceTask
e: endEvent
s -> a -> e; s2 -> b -> e"#,
        "start p; publish M",
        expect![[r#"
            > start p
              created p v1
              passed s2
              flow s2_b
              activated b
              job b retries 3
            > publish M
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
        "#]],
    );
}

#[test]
fn throw_none_passes() {
    check(
        &throw(""),
        "start p; complete a",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_t
          passed t
          flow t_a
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
fn throw_none_puts_a_token_on_each_flow() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent
a: serviceTask
b: serviceTask
e: endEvent
s -> t -> a -> e; t -> b -> e"#,
        "start p; complete a; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              passed t
              flow t_a
              flow t_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
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
fn throw_none_maps_its_outputs() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent <extensionElements><zeebe:ioMapping><zeebe:output source="=x + 1" target="y"/></zeebe:ioMapping></extensionElements>
a: serviceTask
e: endEvent
s -> t -> a -> e"#,
        r#"start p {"x":1}; activate a"#,
        expect![[r#"
            > start p {"x":1}
              created p v1
              passed s
              flow s_t
              activated t
              variables of p {"y":2}
              completed t
              flow t_a
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"x":1,"y":2}
        "#]],
    );
}

#[test]
fn end_none_consumes_its_token() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
e: endEvent
x: endEvent
s -> f -> a -> e; f -> x"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_x
              activated a
              job a retries 3
              passed x
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
fn end_none_takes_several_tokens_one_by_one() {
    check(
        r#"s: startEvent
f: parallelGateway
e: endEvent
s -> f -> e; f -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_e
              flow f_e_2
              passed e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_none_maps_its_inputs() {
    // A mapping that cannot be evaluated is noticed, although nothing comes after it.
    check(
        r#"s: startEvent
e: endEvent <extensionElements><zeebe:ioMapping><zeebe:input source="=assert(x, x != null)" target="y"/></zeebe:ioMapping></extensionElements>
s -> e"#,
        r#"start p; set {"x":1}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_e
              activating e
              incident IO_MAPPING_ERROR at e: Assertion failure on evaluate the expression '{y:assert(x, x != null)}': The condition is not fulfilled The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'x' / [ASSERT_FAILURE] The condition is not fulfilled
            > set {"x":1}
              variables of p {"x":1}
            > resolve
              IncidentResolved at e
              variables of e {"y":1}
              activated e
              completed e
              InstanceCompleted
        "#]],
    );
}
