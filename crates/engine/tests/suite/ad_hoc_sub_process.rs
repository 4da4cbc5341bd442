//! Ad-hoc sub-process (BPMN 10.3.5.4, 13.3.5): activities without an order of their own: all at once, one after the
//! other, or those that an expression, a worker or a person chooses.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn ad_hoc_sub_process_begins_all_at_once() {
    check(
        "s: startEvent
sub: adHocSubProcess  {
a: serviceTask
b: serviceTask
c: serviceTask
a -> c
}
e: endEvent
s -> sub -> e",
        "start p; complete b; complete a; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              inner scope of sub
              inner scope of sub
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in sub
              iteration 2 completed
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_c
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              completed scope in sub
              iteration 1 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_begins_one_after_the_other() {
    check(
        "s: startEvent
sub: adHocSubProcess ordering=Sequential {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e",
        "start p; complete a; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              a, b wait for their turn in sub
              1 taken of those that wait in sub
              inner scope of sub
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              completed scope in sub
              iteration 1 completed
              1 taken of those that wait in sub
              inner scope of sub
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in sub
              iteration 2 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_that_is_done_ends_the_rest() {
    check(
        "s: startEvent
sub: adHocSubProcess <completionCondition>= done</completionCondition> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e",
        r#"start p {"done":false}; complete a {"done":true}"#,
        expect![[r#"
            > start p {"done":false}
              created p v1
              passed s
              flow s_sub
              activated sub
              inner scope of sub
              inner scope of sub
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a {"done":true}
              JobActivated a
              JobCompleted a
              variables of p {"done":true}
              completed a
              AdHocFulfilled
              completed scope in sub
              iteration 1 completed
              JobCanceled b
              terminated b
              terminated scope in sub
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_that_is_done_waits_for_the_rest() {
    check(
        "s: startEvent
sub: adHocSubProcess cancelRemainingInstances=false <completionCondition>= done</completionCondition> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e",
        r#"start p {"done":false}; complete a {"done":true}; complete b"#,
        expect![[r#"
            > start p {"done":false}
              created p v1
              passed s
              flow s_sub
              activated sub
              inner scope of sub
              inner scope of sub
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a {"done":true}
              JobActivated a
              JobCompleted a
              variables of p {"done":true}
              completed a
              AdHocFulfilled
              completed scope in sub
              iteration 1 completed
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in sub
              iteration 2 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_whose_condition_is_no_boolean_is_an_incident() {
    check(
        "s: startEvent
sub: adHocSubProcess <completionCondition>= done</completionCondition> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e",
        r#"start p; complete a; set {"done":true}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              inner scope of sub
              inner scope of sub
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              incident EXTRACT_VALUE_ERROR at sub: Expected result of the expression 'done' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'done'
              completed scope in sub
              iteration 1 completed
            > set {"done":true}
              variables of p {"done":true}
            > resolve
              IncidentResolved at sub
              AdHocFulfilled
              JobCanceled b
              terminated b
              terminated scope in sub
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_begins_what_an_expression_names() {
    check(
        r#"s: startEvent
sub: adHocSubProcess <extensionElements><zeebe:adHoc activeElementsCollection="=which"/></extensionElements> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e"#,
        r#"start p {"which":{"b":1}}; set {"which":["b",2]}; resolve; set {"which":["b","c"]}; resolve; set {"which":["b"]}; resolve; complete b"#,
        expect![[r#"
            > start p {"which":{"b":1}}
              created p v1
              passed s
              flow s_sub
              activating sub
              incident EXTRACT_VALUE_ERROR at sub: Failed to activate ad-hoc elements. Expected result of the expression 'which' to be 'ARRAY', but was 'OBJECT'.
            > set {"which":["b",2]}
              variables of p {"which":["b",2]}
            > resolve
              IncidentResolved at sub
              incident EXTRACT_VALUE_ERROR at sub: Failed to activate ad-hoc elements. Expected result of the expression 'which' to be 'ARRAY' containing 'STRING' items, but was 'ARRAY' containing at least one non-'STRING' item.
            > set {"which":["b","c"]}
              variables of p {"which":["b","c"]}
            > resolve
              IncidentResolved at sub
              incident EXTRACT_VALUE_ERROR at sub: Expected to activate activities for ad-hoc sub-process 'sub', but 'c' is not an activity of it that can be chosen.
            > set {"which":["b"]}
              variables of p {"which":["b"]}
            > resolve
              IncidentResolved at sub
              activated sub
              inner scope of sub
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              completed scope in sub
              iteration 1 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_begins_what_is_asked_for() {
    check(
        r#"s: startEvent
sub: adHocSubProcess <extensionElements><zeebe:adHoc outputCollection="all" outputElement="=r"/></extensionElements> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e"#,
        r#"start p; choose b; choose a b; complete b {"r":1}; complete a {"r":2}; choose a a; complete b {"r":3}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
            > choose b
              inner scope of sub
              activated b
              job b retries 3
            > choose a b
              inner scope of sub
              inner scope of sub
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b {"r":1}
              JobActivated b
              JobCompleted b
              variables of p {"r":1}
              completed b
              completed scope in sub
              iteration 1 completed with 1
            > complete a {"r":2}
              JobActivated a
              JobCompleted a
              variables of p {"r":2}
              completed a
              completed scope in sub
              iteration 2 completed with 2
            > choose a a
            rejected INVALID_ARGUMENT: Expected to activate activities for ad-hoc sub-process, but duplicate activities were given: 'a'.
            > complete b {"r":3}
              JobActivated b
              JobCompleted b
              variables of p {"r":3}
              completed b
              completed scope in sub
              iteration 3 completed with 3
              variables of p {"all":[1,2,3]}
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn ad_hoc_sub_process_begins_what_its_worker_chooses() {
    check(
        r#"s: startEvent
sub: adHocSubProcess <extensionElements><zeebe:taskDefinition type="agent"/></extensionElements> {
a: serviceTask
b: serviceTask
}
e: endEvent
s -> sub -> e"#,
        "start p; pick agent c; time 60001; pick agent a; complete a; pick agent +fulfilled",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              AD_HOC_SUB_PROCESS job agent retries 3
            > pick agent c
              JobActivated agent
            rejected NOT_FOUND: Expected to activate activities for ad-hoc sub-process 'sub', but 'c' is not an activity of it that can be chosen.
            > time 60001
              JobTimedOut agent
            > pick agent a
              JobActivated agent
              JobCompleted agent
              inner scope of sub
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              completed scope in sub
              iteration 1 completed
              AD_HOC_SUB_PROCESS job agent retries 3
            > pick agent +fulfilled
              JobActivated agent
              JobCompleted agent
              AdHocFulfilled
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

const CHOSEN: &str = r#"s: startEvent
sub: adHocSubProcess ordering=Sequential <extensionElements>MORE</extensionElements> {
a: serviceTask
b: serviceTask
c: serviceTask
}
e: endEvent
s -> sub -> e"#;

/// What was activated and completed inside, in order.
fn one_by_one(drawing: &str, script: &str) -> String {
    let trace = testkit::trace(&testkit::draw(drawing), script);
    let lines = trace.lines().map(str::trim);
    let of_inside = |line: &&str| {
        ["activated ", "completed ", "terminated "]
            .iter()
            .any(|how| line.strip_prefix(how).is_some_and(|id| ["a", "b", "c", "sub"].contains(&id)))
    };
    lines.filter(of_inside).collect::<Vec<_>>().join(", ")
}

#[test]
fn ad_hoc_sub_process_keeps_its_order_however_activities_are_chosen() {
    let listed =
        CHOSEN.replace("MORE", r#"<zeebe:adHoc activeElementsCollection="=[&quot;b&quot;,&quot;a&quot;]"/>"#);
    let asked = CHOSEN.replace("MORE", "<zeebe:properties/>");
    let expected = "activated sub, activated b, completed b, activated a, completed a, completed sub";
    assert_eq!(one_by_one(&listed, "start p\ncomplete b\ncomplete a"), expected);
    assert_eq!(one_by_one(&asked, "start p\nchoose b\nchoose a\ncomplete b\ncomplete a"), expected);
}
