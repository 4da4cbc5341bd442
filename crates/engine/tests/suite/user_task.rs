//! User task (BPMN 10.3.4.3, 13.3.3): it waits until a person completes it. Who may is evaluated once, when it begins.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn user_task_is_assigned_and_completed() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[&quot;sales&quot;]"/><zeebe:taskSchedule dueDate="2026-01-01T10:00:00Z"/><zeebe:priorityDefinition priority="70"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"boss":"ann"}; assign bob; unassign; assign bob; finish {"approved":true}"#,
        expect![[r#"
            > start p {"boss":"ann"}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating groups ["sales"], due 2026-01-01T10:00:00Z, priority 70
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
            > assign bob
            rejected INVALID_STATE: Expected to claim user task with key '#', but it has already been assigned
            > unassign
              task ASSIGNING unassign
              task assigned to ''
            > assign bob
              task ASSIGNING assign
              task assigned to 'bob'
            > finish {"approved":true}
              task COMPLETING complete
              UserTaskCompleted
              variables of p {"approved":true}
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_of_plain_bpmn_is_for_everyone() {
    check(
        "s: startEvent
u: userTask
e: endEvent
s -> u -> e",
        r#"start p; finish {"x":1}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > finish {"x":1}
              task COMPLETING complete
              UserTaskCompleted
              variables of p {"x":1}
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_attributes_change() {
    check(
        "s: startEvent
u: userTask
e: endEvent
s -> u -> e",
        r#"start p; update {"candidateGroups":["a","b"],"priority":90,"dueDate":"2026-01-01T10:00:00Z"}; update {"dueDate":"","priority":50}; update {"priority":101}; finish"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > update {"candidateGroups":["a","b"],"priority":90,"dueDate":"2026-01-01T10:00:00Z"}
              task UPDATING update
              UserTaskUpdated groups ["a", "b"], due 2026-01-01T10:00:00Z, priority 90
            > update {"dueDate":"","priority":50}
              task UPDATING update
              UserTaskUpdated due , priority 50
            > update {"priority":101}
            rejected INVALID_ARGUMENT: The value for priority is '#' but must be within the [#,#] range.
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_whose_assignee_is_no_text_is_an_incident() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=boss"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"boss":["ann"]}; set {"boss":"ann"}; resolve; start p {"boss":null}"#,
        expect![[r#"
            > start p {"boss":["ann"]}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'boss' to be 'STRING', but was 'ARRAY'.
            > set {"boss":"ann"}
              variables of p {"boss":"ann"}
            > resolve
              IncidentResolved at u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
            > start p {"boss":null}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
        "#]],
    );
}

#[test]
fn user_task_with_a_date_that_an_expression_gives() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:taskSchedule dueDate="=date and time(day + &quot;T10:00:00Z&quot;)"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"day":"2026-01-01"}"#,
        expect![[r#"
            > start p {"day":"2026-01-01"}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating due 2026-01-01T10:00:00Z, priority 50
              UserTaskCreated
        "#]],
    );
}

#[test]
fn user_task_whose_priority_is_out_of_range_is_an_incident() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:priorityDefinition priority="=n"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"n":101}; set {"n":100}; resolve; finish"#,
        expect![[r#"
            > start p {"n":101}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected priority to be in the range [0,100] but was '101'
            > set {"n":100}
              variables of p {"n":100}
            > resolve
              IncidentResolved at u
              activated u
              UserTaskCreating priority 100
              UserTaskCreated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_for_a_list_that_is_none_is_an_incident() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="=who"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"who":5}; set {"who":["ann","bob"]}; resolve; finish"#,
        expect![[r#"
            > start p {"who":5}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'who' to be 'ARRAY', but was 'NUMBER'.
            > set {"who":["ann","bob"]}
              variables of p {"who":["ann","bob"]}
            > resolve
              IncidentResolved at u
              activated u
              UserTaskCreating users ["ann", "bob"], priority 50
              UserTaskCreated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_for_a_date_that_is_none_is_an_incident_with_the_names_of_the_types() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:taskSchedule dueDate="=when"/></extensionElements>
e: endEvent
s -> u -> e"#,
        r#"start p {"when":[1]}; start p {"when":{"a":1}}; start p {"when":true}; start p {"when":null}"#,
        expect![[r#"
            > start p {"when":[1]}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'when' to be one of '[NULL, DATE_TIME, STRING]', but was 'ARRAY'.
            > start p {"when":{"a":1}}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'when' to be one of '[NULL, DATE_TIME, STRING]', but was 'OBJECT'.
            > start p {"when":true}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'when' to be one of '[NULL, DATE_TIME, STRING]', but was 'BOOLEAN'.
            > start p {"when":null}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
        "#]],
    );
}

#[test]
fn user_task_is_interrupted_by_its_boundary_event() {
    check(
        "s: startEvent
u: userTask
b: boundaryEvent attachedToRef=u timer(PT1H)
h: userTask
e: endEvent
x: endEvent
s -> u -> e; b -> h -> x",
        "start p; time 3600000; finish",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              timer b at 3600000, 0 more
              UserTaskCreating priority 50
              UserTaskCreated
            > time 3600000
              TimerTriggered b
              UserTaskCanceled
              terminated u
              passed b
              flow b_h
              activated h
              UserTaskCreating priority 50
              UserTaskCreated
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed h
              flow h_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_in_each_iteration_is_a_task_of_its_own() {
    check(
        r#"s: startEvent
u: userTask <extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="=who"/></extensionElements><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=people" inputElement="who"/></extensionElements></multiInstanceLoopCharacteristics>
e: endEvent
s -> u -> e"#,
        r#"start p {"people":["ann","bob"]}; finish; finish"#,
        expect![[r#"
            > start p {"people":["ann","bob"]}
              created p v1
              passed s
              flow s_u
              activated u
              loop of 2
              iteration 1 of u
              variables of u 1 {"loopCounter":1,"who":"ann"}
              iteration 2 of u
              variables of u 2 {"loopCounter":2,"who":"bob"}
              activated u 1
              UserTaskCreating priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
              activated u 2
              UserTaskCreating priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'bob'
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u 1
              iteration 1 completed
            > finish
              task COMPLETING complete
              UserTaskCompleted
              completed u 2
              iteration 2 completed
              completed u
              flow u_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn user_task_is_over_when_its_instance_is_cancelled() {
    check(
        "s: startEvent
u: userTask
e: endEvent
s -> u -> e",
        "start p; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
            > cancel
              UserTaskCanceled
              terminated u
              InstanceTerminated
        "#]],
    );
}
