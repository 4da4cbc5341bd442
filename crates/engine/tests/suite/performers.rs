//! Performers (BPMN 10.3.1, 10.3.4.3): a human performer does the task; potential owners may take it.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn performers_who_are_human_are_assigned() {
    check(
        "p: process {
s: startEvent
u: userTask <humanPerformer><resourceAssignmentExpression><formalExpression>= boss</formalExpression></resourceAssignmentExpression></humanPerformer>
e: endEvent
s -> u -> e
}",
        r#"start p {"boss":"ann"}; finish"#,
        expect![[r#"
            > start p {"boss":"ann"}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
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
fn performers_who_are_potential_owners_may_take_it() {
    check(
        "p: process {
s: startEvent
u: userTask <potentialOwner><resourceAssignmentExpression><formalExpression>= groups</formalExpression></resourceAssignmentExpression></potentialOwner>
e: endEvent
s -> u -> e
}",
        r#"start p {"groups":["sales","support"]}; assign bob; finish"#,
        expect![[r#"
            > start p {"groups":["sales","support"]}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating groups ["sales", "support"], priority 50
              UserTaskCreated
            > assign bob
              task ASSIGNING assign
              task assigned to 'bob'
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
fn performers_of_both_kinds() {
    check(
        "p: process {
s: startEvent
u: userTask <humanPerformer><resourceAssignmentExpression><formalExpression>= boss</formalExpression></resourceAssignmentExpression></humanPerformer><potentialOwner><resourceAssignmentExpression><formalExpression>= groups</formalExpression></resourceAssignmentExpression></potentialOwner>
e: endEvent
s -> u -> e
}",
        r#"start p {"boss":"ann","groups":["sales"]}; finish"#,
        expect![[r#"
            > start p {"boss":"ann","groups":["sales"]}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating groups ["sales"], priority 50
              UserTaskCreated
              task ASSIGNING
              task assigned to 'ann'
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
fn performers_of_a_lane_are_those_of_its_tasks() {
    check(
        r#"p: process <laneSet id="ls"><lane id="one" name="One"><partitionElement xsi:type="tPotentialOwner" id="po"><resourceAssignmentExpression><formalExpression>= groups</formalExpression></resourceAssignmentExpression></partitionElement><flowNodeRef>u</flowNodeRef></lane></laneSet> {
s: startEvent
u: userTask
e: endEvent
s -> u -> e
}"#,
        r#"start p {"groups":["sales"]}; finish"#,
        expect![[r#"
            > start p {"groups":["sales"]}
              created p v1
              passed s
              flow s_u
              activated u
              UserTaskCreating groups ["sales"], priority 50
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
fn performers_that_are_no_names_are_an_incident() {
    check(
        "p: process {
s: startEvent
u: userTask <potentialOwner><resourceAssignmentExpression><formalExpression>= groups</formalExpression></resourceAssignmentExpression></potentialOwner>
e: endEvent
s -> u -> e
}",
        r#"start p {"groups":5}; set {"groups":["sales"]}; resolve; finish"#,
        expect![[r#"
            > start p {"groups":5}
              created p v1
              passed s
              flow s_u
              activating u
              incident EXTRACT_VALUE_ERROR at u: Expected result of the expression 'groups' to be 'ARRAY', but was 'NUMBER'.
            > set {"groups":["sales"]}
              variables of p {"groups":["sales"]}
            > resolve
              IncidentResolved at u
              activated u
              UserTaskCreating groups ["sales"], priority 50
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
