//! Incidents whatever the element: every stuck token has one, and each can be resolved. Those of one kind of element are
//! with it.

use expect_test::{Expect, expect};
use testkit::{file, model, service, trace};

fn check(model: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(model, script));
}

fn one_task(more: &str) -> String {
    let nodes = format!(r#"<startEvent id="s"/>{}<endEvent id="e"/>"#, service("a", "work", more));
    model(&nodes, "s > a > e")
}

#[test]
fn new_retries_do_not_resolve_the_incident() {
    let mut world = testkit::World::new(1, false);
    world.deploy(&one_task(""));
    world.line("start p");
    world.line("fail work 0");
    let (owner, job) = world.failed_job();
    let retries = record::Command::UpdateJob { job, retries: Some(3), timeout: None, priority: None };
    world.submit(owner, retries).expect("the job is there");
    world.advance(1_000_000);
    assert!(world.job("work").is_none(), "the job waits for its incident");
    world.line("resolve");
    assert!(world.job("work").is_some());
    world.check_replay();
}

#[test]
fn an_error_that_nothing_catches_is_an_incident() {
    check(
        &one_task(""),
        "start p
         error work BAD
         resolve
         complete work",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > error work BAD
              JobActivated work
              JobErrorThrown work
              incident UNHANDLED_ERROR_EVENT at a: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope. The error's message is: no
            > resolve
              IncidentResolved at a
              JobRetried work
            > complete work
              JobActivated work
              JobCompleted work
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
    let thrown = r#"<error id="e1" errorCode="BAD"/><process id="p" isExecutable="true"><startEvent id="s"/>
        <endEvent id="x"><errorEventDefinition errorRef="e1"/></endEvent><sequenceFlow id="f1" sourceRef="s" targetRef="x"/></process>"#;
    check(
        &file(thrown),
        "start p
         resolve",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow f1
              activated x
              incident UNHANDLED_ERROR_EVENT at x: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope.
            > resolve
              IncidentResolved at x
              incident UNHANDLED_ERROR_EVENT at x: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope.
        "#]],
    );
}

#[test]
fn cancelling_resolves_incidents() {
    check(
        &one_task(""),
        "start p
         fail work 0
         cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job work retries 3
            > fail work 0
              JobActivated work
              job failed, 0 retries left
              incident JOB_NO_RETRIES at a: it broke
            > cancel
              IncidentResolved at a
              JobCanceled work
              terminated a
              InstanceTerminated
        "#]],
    );
}

#[test]
fn a_timer_that_is_no_duration_is_an_incident() {
    let timer = r#"<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">=x</timeDuration></timerEventDefinition></intermediateCatchEvent>"#;
    check(
        &model(&format!(r#"<startEvent id="s"/>{timer}<endEvent id="e"/>"#), "s > t > e"),
        r#"start p {"x":"soon"}
           set {"x":"PT1S"}
           resolve
           time 1000"#,
        expect![[r#"
            > start p {"x":"soon"}
              created p v1
              passed s
              flow s_t
              activating t
              incident EXTRACT_VALUE_ERROR at t: Invalid duration format 'soon' for expression 'x'. Write one such as PT15M.
            > set {"x":"PT1S"}
              variables of p {"x":"PT1S"}
            > resolve
              IncidentResolved at t
              activated t
              timer t at 1000, 0 more
            > time 1000
              TimerTriggered t
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}
