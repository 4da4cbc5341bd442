//! Conditional events (BPMN 10.5.5): they fire when their condition turns from false to true, and at once where it is
//! true when they are armed.

use crate::skeleton::{
    boundary, catch, check, event_sub_process, event_sub_process_inside, non_interrupting_boundary,
    non_interrupting_event_sub_process, other_starts, start,
};
use expect_test::expect;

#[test]
fn start_condition_begins_an_instance_where_it_is_true() {
    check(
        &start("condition(x > 1)"),
        r#"conditions {"x":1}; conditions {"x":2}; focus 1; show"#,
        expect![[r#"
            > conditions {"x":1}
            > conditions {"x":2}
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > focus 1
            > show
              p ACTIVE {"x":2}
              a ACTIVE {}
        "#]],
    );
}

#[test]
fn start_condition_that_is_no_boolean_begins_nothing() {
    check(
        &start("condition(x)"),
        r#"conditions {"x":"yes"}; conditions {}; conditions {"x":true}"#,
        expect![[r#"
            > conditions {"x":"yes"}
            > conditions {}
            > conditions {"x":true}
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
        "#]],
    );
}

#[test]
fn start_condition_of_each_process_is_looked_at() {
    check(
        &(start("condition(x > 1)") + &other_starts("condition(x > 2)")),
        r#"conditions {"x":2}; conditions {"x":3}"#,
        expect![[r#"
            > conditions {"x":2}
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > conditions {"x":3}
              sent CreateProcessInstance
              sent CreateProcessInstance
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
              created q v1
              passed s2
              flow s2_e2
              passed e2
              InstanceCompleted
        "#]],
    );
}

#[test]
fn catch_condition_fires_when_it_turns_true() {
    check(
        &catch("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":1}; set {"x":2}"#,
        expect![[r#"
        > start p {"x":0}
          created p v1
          passed s
          flow s_c
          activated c
          waits for a condition at c
        > set {"x":1}
          variables of p {"x":1}
        > set {"x":2}
          variables of p {"x":2}
          condition at c is true
          ConditionClosed c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn catch_condition_that_is_true_fires_at_once() {
    check(
        &catch("condition(x > 1)"),
        r#"start p {"x":2}"#,
        expect![[r#"
        > start p {"x":2}
          created p v1
          passed s
          flow s_c
          activated c
          waits for a condition at c
          condition at c is true
          ConditionClosed c
          completed c
          flow c_e
          passed e
          InstanceCompleted
    "#]],
    );
}

#[test]
fn catch_condition_is_looked_at_after_the_step() {
    // What another branch sets in the same step is seen when no token can move any more.
    check(
        r#"s: startEvent
f: parallelGateway
c: intermediateCatchEvent condition(x > 1)
a: serviceTask
b: serviceTask
e: endEvent
s -> f -> c -> e; f -> a -> b -> e"#,
        r#"start p {"x":0}; complete a {"x":5}; complete b"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_c
              flow f_a
              activated c
              waits for a condition at c
              activated a
              job a retries 3
            > complete a {"x":5}
              JobActivated a
              JobCompleted a
              variables of p {"x":5}
              completed a
              flow a_b
              activated b
              job b retries 3
              condition at c is true
              ConditionClosed c
              completed c
              flow c_e
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
fn boundary_condition_interrupts() {
    check(
        &boundary("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":2}; complete h"#,
        expect![[r#"
        > start p {"x":0}
          created p v1
          passed s
          flow s_a
          activated a
          waits for a condition at b
          job a retries 3
        > set {"x":2}
          variables of p {"x":2}
          condition at b is true
          ConditionClosed b
          JobCanceled a
          terminated a
          passed b
          flow b_h
          activated h
          job h retries 3
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          InstanceCompleted
    "#]],
    );
}

#[test]
fn boundary_condition_that_is_true_fires_before_the_work_begins() {
    check(
        &boundary("condition(x > 1)"),
        r#"start p {"x":2}; complete h"#,
        expect![[r#"
        > start p {"x":2}
          created p v1
          passed s
          flow s_a
          activated a
          waits for a condition at b
          job a retries 3
          condition at b is true
          ConditionClosed b
          JobCanceled a
          terminated a
          passed b
          flow b_h
          activated h
          job h retries 3
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          InstanceCompleted
    "#]],
    );
}

#[test]
fn boundary_condition_goes_with_its_activity() {
    check(
        &boundary("condition(x > 1)"),
        r#"start p {"x":0}; complete a; set {"x":2}"#,
        expect![[r#"
        > start p {"x":0}
          created p v1
          passed s
          flow s_a
          activated a
          waits for a condition at b
          job a retries 3
        > complete a
          JobActivated a
          JobCompleted a
          ConditionClosed b
          completed a
          flow a_e
          passed e
          InstanceCompleted
        > set {"x":2}
        rejected NOT_FOUND: Expected to update variables for element with key '#', but no such element was found
    "#]],
    );
}

#[test]
fn non_interrupting_boundary_condition_fires_with_each_turn() {
    check(
        &non_interrupting_boundary("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":2}; set {"x":3}; set {"x":0}; set {"x":2}; complete h; complete h; complete a"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              passed s
              flow s_a
              activated a
              waits for a condition at b
              job a retries 3
            > set {"x":2}
              variables of p {"x":2}
              condition at b is true
              passed b
              flow b_h
              activated h
              job h retries 3
            > set {"x":3}
              variables of p {"x":3}
            > set {"x":0}
              variables of p {"x":0}
              condition at b is false
            > set {"x":2}
              variables of p {"x":2}
              condition at b is true
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
            > complete a
              JobActivated a
              JobCompleted a
              ConditionClosed b
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_condition_sees_the_variables_of_its_activity() {
    check(
        &non_interrupting_boundary("condition(x > 1)"),
        r#"start p {"x":0}; set @a {"x":2}; complete a; complete h"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              passed s
              flow s_a
              activated a
              waits for a condition at b
              job a retries 3
            > set @a {"x":2}
              variables of a {"x":2}
              condition at b is true
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              ConditionClosed b
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_condition_looks_at_what_its_filter_names() {
    check(
        r#"s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a cancelActivity=false condition(x + y > 1) <extensionElements><zeebe:conditionalFilter variableNames="x" variableEvents="update"/></extensionElements>
h: serviceTask
e: endEvent
s -> a -> e; b -> h -> e"#,
        r#"start p {"x":0,"y":0}; set {"y":5}; set {"x":1}; complete h; complete a"#,
        expect![[r#"
            > start p {"x":0,"y":0}
              created p v1
              passed s
              flow s_a
              activated a
              waits for a condition at b
              job a retries 3
            > set {"y":5}
              variables of p {"y":5}
            > set {"x":1}
              variables of p {"x":1}
              condition at b is true
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_e
              passed e
            > complete a
              JobActivated a
              JobCompleted a
              ConditionClosed b
              completed a
              flow a_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_condition_takes_the_process_over() {
    check(
        &event_sub_process("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":2}; complete h"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              waits for a condition at t
              passed s
              flow s_a
              activated a
              job a retries 3
            > set {"x":2}
              variables of p {"x":2}
              condition at t is true
              ConditionClosed t
              JobCanceled a
              terminated a
              ScopeInterrupted p
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_condition_that_is_true_begins_first() {
    check(
        &event_sub_process("condition(x > 1)"),
        r#"start p {"x":2}; complete h"#,
        expect![[r#"
        > start p {"x":2}
          created p v1
          waits for a condition at t
          condition at t is true
          ConditionClosed t
          ScopeInterrupted p
          activated es
          passed t
          flow t_h
          activated h
          job h retries 3
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_x
          passed x
          completed es
          InstanceCompleted
    "#]],
    );
}

#[test]
fn event_sub_process_condition_inside_sees_the_variables_of_its_scope() {
    check(
        &event_sub_process_inside("condition(x > 1)"),
        r#"start p {"x":0}; set @sub {"x":2}; complete h; complete c"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for a condition at t
              passed i
              flow i_a
              activated a
              job a retries 3
            > set @sub {"x":2}
              variables of sub {"x":2}
              condition at t is true
              ConditionClosed t
              JobCanceled a
              terminated a
              ScopeInterrupted sub
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              completed sub
              flow sub_c
              activated c
              job c retries 3
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
fn non_interrupting_event_sub_process_condition_goes_on_beside() {
    check(
        &non_interrupting_event_sub_process("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":2}; complete a; complete h"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              waits for a condition at t
              passed s
              flow s_a
              activated a
              job a retries 3
            > set {"x":2}
              variables of p {"x":2}
              condition at t is true
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
              ConditionClosed t
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_condition_fires_with_each_turn() {
    check(
        &non_interrupting_event_sub_process("condition(x > 1)"),
        r#"start p {"x":0}; set {"x":2}; set {"x":0}; set {"x":2}; complete h; complete h; complete a"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              waits for a condition at t
              passed s
              flow s_a
              activated a
              job a retries 3
            > set {"x":2}
              variables of p {"x":2}
              condition at t is true
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > set {"x":0}
              variables of p {"x":0}
              condition at t is false
            > set {"x":2}
              variables of p {"x":2}
              condition at t is true
              activated es
              passed t
              flow t_h
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
              ConditionClosed t
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_condition_goes_with_its_scope() {
    check(
        &event_sub_process_inside("isInterrupting=false condition(x > 1)"),
        r#"start p {"x":0}; complete a; set {"x":2}; complete c"#,
        expect![[r#"
            > start p {"x":0}
              created p v1
              passed s
              flow s_sub
              activated sub
              waits for a condition at t
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              ConditionClosed t
              completed sub
              flow sub_c
              activated c
              job c retries 3
            > set {"x":2}
              variables of p {"x":2}
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
