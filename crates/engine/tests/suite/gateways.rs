//! Gateways.

use expect_test::{Expect, expect};
use testkit::{file, model, service, trace};

fn check(model: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(model, script));
}

fn choice() -> String {
    file(
        r#"<process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" default="rest"/>
        <endEvent id="big"/><endEvent id="mid"/><endEvent id="small"/>
        <sequenceFlow id="in" sourceRef="s" targetRef="g"/>
        <sequenceFlow id="f1" sourceRef="g" targetRef="big"><conditionExpression xsi:type="tFormalExpression">=x &gt; 100</conditionExpression></sequenceFlow>
        <sequenceFlow id="f2" sourceRef="g" targetRef="mid"><conditionExpression xsi:type="tFormalExpression">=x &gt; 10</conditionExpression></sequenceFlow>
        <sequenceFlow id="rest" sourceRef="g" targetRef="small"/></process>"#,
    )
}

#[test]
fn exclusive_gateway_takes_the_first_true_flow() {
    check(
        &choice(),
        r#"start p {"x":500}"#,
        expect![[r#"
        > start p {"x":500}
          created p v1
          passed s
          flow in
          passed g
          flow f1
          passed big
          InstanceCompleted
    "#]],
    );
    check(
        &choice(),
        r#"start p {"x":50}"#,
        expect![[r#"
        > start p {"x":50}
          created p v1
          passed s
          flow in
          passed g
          flow f2
          passed mid
          InstanceCompleted
    "#]],
    );
}

#[test]
fn exclusive_gateway_takes_the_default_flow() {
    check(
        &choice(),
        r#"start p {"x":5}"#,
        expect![[r#"
        > start p {"x":5}
          created p v1
          passed s
          flow in
          passed g
          flow rest
          passed small
          InstanceCompleted
    "#]],
    );
}

#[test]
fn exclusive_gateway_is_stuck_where_a_condition_is_no_boolean() {
    check(
        &choice(),
        r#"start p
           set {"x":11}
           resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow in
              activating g
              incident EXTRACT_VALUE_ERROR at g: Expected result of the expression 'x > 100' to be 'BOOLEAN', but was 'NULL'. 1:1: x: there is no variable of this name [feel.variable] 1:1: x > 100: cannot compare null with number [feel.type]
            > set {"x":11}
              variables of p {"x":11}
            > resolve
              IncidentResolved at g
              activated g
              completed g
              flow f2
              passed mid
              InstanceCompleted
        "#]],
    );
}

#[test]
fn parallel_gateway_joins_what_it_forked() {
    let nodes = format!(
        r#"<startEvent id="s"/><parallelGateway id="f"/>{}{}<parallelGateway id="j"/><endEvent id="e"/>"#,
        service("a", "one", ""),
        service("b", "two", "")
    );
    check(
        &model(&nodes, "s > f > a > j > e; f > b > j"),
        "start p
         complete two
         complete one",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job one retries 3
              activated b
              job two retries 3
            > complete two
              JobActivated two
              JobCompleted two
              completed b
              flow b_j waits
            > complete one
              JobActivated one
              JobCompleted one
              completed a
              flow a_j waits
              JoinFired a_j b_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn parallel_gateway_needs_a_token_on_every_flow() {
    let nodes = format!(
        r#"<startEvent id="s"/><parallelGateway id="f"/><exclusiveGateway id="x"/>{}<parallelGateway id="j"/><endEvent id="e"/>"#,
        service("b", "two", "")
    );
    // Both branches go through x, so the join gets two tokens on one flow and none on the other.
    check(
        &model(&nodes, "s > f; f > x > j > e; f > b > j"),
        "start p
         complete two",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_x
              flow f_b
              passed x
              flow x_j waits
              activated b
              job two retries 3
            > complete two
              JobActivated two
              JobCompleted two
              completed b
              flow b_j waits
              JoinFired x_j b_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn an_endless_loop_is_cut_into_steps() {
    let nodes = r#"<startEvent id="s"/><exclusiveGateway id="g"/><task id="t"/>"#;
    let mut world = testkit::World::new(1, false);
    world.deploy(&model(nodes, "s > g > t > g"));
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
