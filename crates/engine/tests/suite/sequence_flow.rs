//! Sequence flows (BPMN 8.4.13, 13.2): unconditional ones are all taken, conditional ones where their condition is true,
//! the default one where no condition is.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn sequence_flow_of_several_are_all_taken() {
    check(
        "s: startEvent
a: serviceTask
b: serviceTask
c: serviceTask
e: endEvent
s -> a -> b -> e; a -> c -> e",
        "start p; complete a; complete b; complete c",
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
              flow a_c
              activated b
              job b retries 3
              activated c
              job c retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sequence_flow_with_a_condition_beside_one_without() {
    check(
        "s: startEvent
a: serviceTask
b: serviceTask
c: serviceTask
d: serviceTask
e: endEvent
s -> a -> [n > 1] b -> e; a -> [n > 2] c -> e; a -> d -> e",
        r#"start p {"n":2}; complete a"#,
        expect![[r#"
            > start p {"n":2}
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
              flow a_d
              activated b
              job b retries 3
              activated d
              job d retries 3
        "#]],
    );
}

#[test]
fn sequence_flow_by_default_where_no_condition_is_true() {
    check(
        "s: startEvent
a: serviceTask default=a_d
b: serviceTask
d: serviceTask
e: endEvent
s -> a -> [n > 1] b -> e; a -> d -> e",
        r#"start p {"n":2}; complete a; start p {"n":1}; complete a"#,
        expect![[r#"
            > start p {"n":2}
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
              activated b
              job b retries 3
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_d
              activated d
              job d retries 3
        "#]],
    );
}

#[test]
fn sequence_flow_by_default_counts_conditions_only() {
    // The flow without a condition is taken in any case, and the default flow because no condition is true.
    check(
        "s: startEvent
a: serviceTask default=a_d
b: serviceTask
c: serviceTask
d: serviceTask
e: endEvent
s -> a -> [n > 1] b -> e; a -> c -> e; a -> d -> e",
        r#"start p {"n":1}; complete a"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_c
              flow a_d
              activated c
              job c retries 3
              activated d
              job d retries 3
        "#]],
    );
}

#[test]
fn sequence_flow_none_of_which_can_be_taken_is_an_incident() {
    check(
        "s: startEvent
a: serviceTask
b: serviceTask
c: serviceTask
e: endEvent
s -> a -> [n > 1] b -> e; a -> [n > 2] c -> e",
        r#"start p {"n":1}; complete a; set {"n":2}; resolve"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completing a
              listened a
              incident CONDITION_ERROR at a: Expected at least one condition to evaluate to true, or to have a default flow
            > set {"n":2}
              variables of p {"n":2}
            > resolve
              IncidentResolved at a
              completed a
              flow a_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn sequence_flow_whose_condition_is_no_boolean_is_an_incident() {
    check(
        "s: startEvent
a: serviceTask default=a_d
b: serviceTask
d: serviceTask
e: endEvent
s -> a -> [n] b -> e; a -> d -> e",
        r#"start p {"n":1}; complete a; set {"n":true}; resolve"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completing a
              listened a
              incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'n' to be 'BOOLEAN', but was 'NUMBER'.
            > set {"n":true}
              variables of p {"n":true}
            > resolve
              IncidentResolved at a
              completed a
              flow a_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn sequence_flow_to_one_node_twice_brings_two_tokens() {
    check(
        "s: startEvent
a: task
b: serviceTask
e: endEvent
s -> a -> b -> e; a -> b",
        "start p; complete b; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              passed a
              flow a_b
              flow a_b_2
              activated b
              job b retries 3
              activated b
              job b retries 3
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
fn sequence_flow_in_an_endless_loop_is_cut_into_steps() {
    let mut world = testkit::World::new(1, false);
    let nodes = r#"<startEvent id="s"/><exclusiveGateway id="g"/><task id="t"/>"#;
    world.deploy(&testkit::model(nodes, "s > g > t > g"));
    let mut env = (record::KeyBlocks::new(1), 1u64);
    let mut aggregate = dirigent_engine::Aggregate::default();
    let key = env.0.take();
    let id = record::AggregateId::from(key);
    let tenant = record::Str::from(record::DEFAULT_TENANT);
    let mut run = |command: &record::Command| {
        let none = record::Str::from("");
        let mut env = dirigent_engine::Env {
            now: 0,
            seed: 0,
            blocks: &mut env.0,
            sends: &mut env.1,
            chain: record::event::Chain::default(),
            tenant: &tenant,
            traceparent: &none,
            partition: 1,
            partitions: 1,
        };
        dirigent_engine::step(&mut aggregate, &id, &world.catalog, command, &mut env).expect("a step")
    };
    let create = record::Command::CreateProcessInstance {
        definition: record::Key::NONE,
        process_id: "p".into(),
        version: -1,
        variables: Vec::new(),
        start: Vec::new(),
        origin: None,
        business_id: "".into(),
        tags: Vec::new(),
    };
    assert!(run(&create).more);
    for _ in 0..3 {
        let step = run(&record::Command::Continue {});
        assert!(step.more, "the loop goes on in a step of its own");
        assert!(step.events.len() < 3 * dirigent_engine::MAX_TRANSITIONS as usize);
    }
}
