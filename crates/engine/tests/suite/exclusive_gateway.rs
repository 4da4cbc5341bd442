//! Exclusive gateway (BPMN 10.6.2, 13.4.2): one flow, the first in document order whose condition is true, else the
//! default flow; as a merge it lets each token through.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn exclusive_gateway_takes_the_first_true_flow() {
    check(
        "s: startEvent
g: exclusiveGateway default=g_small
big: endEvent
mid: endEvent
small: endEvent
s -> g -> [n > 100] big; g -> [n > 10] mid; g -> small",
        r#"start p {"n":500}; start p {"n":50}"#,
        expect![[r#"
            > start p {"n":500}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_big
              passed big
              InstanceCompleted
            > start p {"n":50}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_mid
              passed mid
              InstanceCompleted
        "#]],
    );
}

#[test]
fn exclusive_gateway_takes_the_default_flow() {
    check(
        "s: startEvent
g: exclusiveGateway default=g_small
big: endEvent
mid: endEvent
small: endEvent
s -> g -> [n > 100] big; g -> [n > 10] mid; g -> small",
        r#"start p {"n":5}"#,
        expect![[r#"
            > start p {"n":5}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_small
              passed small
              InstanceCompleted
        "#]],
    );
}

#[test]
fn exclusive_gateway_is_stuck_where_a_condition_is_no_boolean() {
    check(
        "s: startEvent
g: exclusiveGateway default=g_small
big: endEvent
mid: endEvent
small: endEvent
s -> g -> [n > 100] big; g -> [n > 10] mid; g -> small",
        r#"start p; set {"n":11}; resolve"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              activating g
              incident EXTRACT_VALUE_ERROR at g: Expected result of the expression 'n > 100' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'n' / [NOT_COMPARABLE] 1:1: n > 100: cannot compare null with number [feel.comparison]
            > set {"n":11}
              variables of p {"n":11}
            > resolve
              IncidentResolved at g
              activated g
              completed g
              flow g_mid
              passed mid
              InstanceCompleted
        "#]],
    );
}

#[test]
fn exclusive_gateway_is_stuck_without_a_true_flow() {
    check(
        "s: startEvent
g: exclusiveGateway
a: endEvent
b: endEvent
s -> g -> [n > 100] a; g -> [n > 10] b",
        r#"start p {"n":1}; resolve; set {"n":11}; resolve"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_g
              activating g
              incident CONDITION_ERROR at g: Expected at least one condition to evaluate to true, or to have a default flow
            > resolve
              IncidentResolved at g
              incident CONDITION_ERROR at g: Expected at least one condition to evaluate to true, or to have a default flow
            > set {"n":11}
              variables of p {"n":11}
            > resolve
              IncidentResolved at g
              activated g
              completed g
              flow g_b
              passed b
              InstanceCompleted
        "#]],
    );
}

#[test]
fn exclusive_gateway_takes_a_flow_without_a_condition_as_true() {
    check(
        "s: startEvent
g: exclusiveGateway
a: endEvent
b: endEvent
c: endEvent
s -> g -> [n > 1] a; g -> b; g -> [n > 0] c",
        r#"start p {"n":1}"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_b
              passed b
              InstanceCompleted
        "#]],
    );
}

#[test]
fn exclusive_gateway_merges_each_token_by_itself() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
m: exclusiveGateway
b: serviceTask
e: endEvent
s -> f -> a -> m -> b -> e; f -> m",
        "start p; complete b; complete a; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_m
              activated a
              job a retries 3
              passed m
              flow m_b
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
              flow a_m
              passed m
              flow m_b
              activated b
              job b retries 3
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
fn exclusive_gateway_goes_back_as_long_as_its_condition_is_true() {
    check(
        "s: startEvent
m: exclusiveGateway
a: serviceTask
g: exclusiveGateway default=g_e
e: endEvent
s -> m -> a -> g -> [n < 2] m; g -> e",
        r#"start p {"n":0}; complete a {"n":1}; complete a {"n":2}"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_m
              passed m
              flow m_a
              activated a
              job a retries 3
            > complete a {"n":1}
              JobActivated a
              JobCompleted a
              variables of p {"n":1}
              completed a
              flow a_g
              passed g
              flow g_m
              passed m
              flow m_a
              activated a
              job a retries 3
            > complete a {"n":2}
              JobActivated a
              JobCompleted a
              variables of p {"n":2}
              completed a
              flow a_g
              passed g
              flow g_e
              passed e
              InstanceCompleted
        "#]],
    );
}
