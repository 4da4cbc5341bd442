//! Listeners of Camunda 8: jobs before and after an element's own work, and at each change of a user task.

mod cancel;

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn listeners_run_before_and_after_the_work() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/><zeebe:executionListener eventType="start" type="two"/><zeebe:executionListener eventType="end" type="three"/></zeebe:executionListeners></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#,
        r#"start p; complete one {"x":1}; complete two; activate a; time 60001; complete a {"y":2}; complete three {"z":3}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              EXECUTION_LISTENER job one retries 3 START
            > complete one {"x":1}
              JobActivated one
              JobCompleted one
              variables of a {"x":1}
              EXECUTION_LISTENER job two retries 3 START
            > complete two
              JobActivated two
              JobCompleted two
              listened a
              activated a
              job a retries 3
            > activate a
              JobActivated a
              job has {"x":1}
            > time 60001
              JobTimedOut a
            > complete a {"y":2}
              JobActivated a
              JobCompleted a
              variables of p {"y":2}
              completing a
              listened a
              EXECUTION_LISTENER job three retries 3 END
            > complete three {"z":3}
              JobActivated three
              JobCompleted three
              variables of p {"z":3}
              completed a
              flow a_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"y":2,"z":3}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn listeners_that_fail_are_an_incident() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/></zeebe:executionListeners></extensionElements>
e: endEvent
s -> a -> e"#,
        "start p; fail one 0; resolve; complete one; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              EXECUTION_LISTENER job one retries 3 START
            > fail one 0
              JobActivated one
              job failed, 0 retries left
              incident EXECUTION_LISTENER_NO_RETRIES at a: it broke
            > resolve
              IncidentResolved at a
              JobUpdated one
              JobRetried one
            > complete one
              JobActivated one
              JobCompleted one
              listened a
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
fn listeners_of_the_process() {
    check(
        r#"p: process <extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/><zeebe:executionListener eventType="end" type="two"/></zeebe:executionListeners></extensionElements> {
s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
}"#,
        r#"start p; complete one {"x":1}; complete a; complete two; start p; cancel"#,
        expect![[r#"
            > start p
              created p v1
              ContinuationScheduled
              EXECUTION_LISTENER job one retries 3 START
            > complete one {"x":1}
              JobActivated one
              JobCompleted one
              variables of p {"x":1}
              ContinuationTaken
              passed s
              flow s_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              completing p
              EXECUTION_LISTENER job two retries 3 END
            > complete two
              JobActivated two
              JobCompleted two
              InstanceCompleted
            > start p
              created p v1
              ContinuationScheduled
              EXECUTION_LISTENER job one retries 3 START
            > cancel
              JobCanceled one
              InstanceTerminated
        "#]],
    );
}

#[test]
fn listeners_of_a_task_may_deny_and_correct() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="ann"/><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="c"/><zeebe:taskListener eventType="assigning" type="l"/><zeebe:taskListener eventType="completing" type="f"/></zeebe:taskListeners></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p; correct c {"priority":80,"assignee":"bob"}; correct l {"assignee":"eve"}; finish {"x":1}; deny f not yet; finish {"x":2}; complete f"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              task CREATING
              TASK_LISTENER job c retries 3 CREATING
            > correct c {"priority":80,"assignee":"bob"}
              JobActivated c
              JobCompleted c
              UserTaskCorrected assignee 'bob', priority 80
              UserTaskCreated
              UserTaskUpdated priority 80
              task ASSIGNING
              TASK_LISTENER job l retries 3 ASSIGNING
            > correct l {"assignee":"eve"}
              JobActivated l
              JobCompleted l
              UserTaskCorrected assignee 'eve'
              task assigned to 'eve'
            > finish {"x":1}
              task COMPLETING complete
              TASK_LISTENER job f retries 3 COMPLETING
            > deny f not yet
              JobActivated f
              JobCompleted f
              task denied: not yet
            > finish {"x":2}
              task COMPLETING complete
              TASK_LISTENER job f retries 3 COMPLETING
            > complete f
              JobActivated f
              JobCompleted f
              UserTaskCompleted
              variables of p {"x":2}
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn listeners_of_a_gateway_bring_what_its_conditions_see() {
    check(
        r#"s: startEvent
g: exclusiveGateway default=g_e <extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/></zeebe:executionListeners></extensionElements>
a: serviceTask
e: endEvent
s -> g -> [x > 1] a -> e; g -> e"#,
        r#"start p; complete one {"x":2}; complete a"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              activating g
              EXECUTION_LISTENER job one retries 3 START
            > complete one {"x":2}
              JobActivated one
              JobCompleted one
              variables of g {"x":2}
              listened g
              activated g
              completed g
              flow g_a
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
fn listeners_are_cancelled_with_their_element() {
    check(
        r#"s: startEvent
a: serviceTask <extensionElements><zeebe:taskDefinition type="a"/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="one"/></zeebe:executionListeners></extensionElements>
b: boundaryEvent attachedToRef=a timer(PT1M)
e: endEvent
x: endEvent
s -> a -> e; b -> x"#,
        "start p; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activating a
              EXECUTION_LISTENER job one retries 3 START
            > cancel
              JobCanceled one
              terminated a
              InstanceTerminated
        "#]],
    );
}
