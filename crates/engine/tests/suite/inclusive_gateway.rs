//! Inclusive gateway (BPMN 10.6.3, 13.4.3): every flow whose condition is true, else the default flow; as a join it waits
//! for each token that can still come.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn inclusive_gateway_takes_every_true_flow_and_joins_them() {
    check(
        "s: startEvent
f: inclusiveGateway default=f_c
a: serviceTask
b: serviceTask
c: serviceTask
j: inclusiveGateway
e: endEvent
s -> f -> [n > 1] a -> j -> e; f -> [n > 2] b -> j; f -> c -> j",
        r#"start p {"n":3}; complete b; complete a; start p {"n":2}; complete a"#,
        expect![[r#"
            > start p {"n":3}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
              JoinFired a_j b_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
            > start p {"n":2}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
              JoinFired a_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn inclusive_gateway_takes_the_default_flow() {
    check(
        "s: startEvent
f: inclusiveGateway default=f_c
a: serviceTask
c: serviceTask
j: inclusiveGateway
e: endEvent
s -> f -> [n > 1] a -> j -> e; f -> c -> j",
        r#"start p {"n":0}; complete c"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_c
              activated c
              job c retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_j waits
              JoinFired c_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn inclusive_gateway_without_a_true_flow_is_an_incident() {
    check(
        "s: startEvent
f: inclusiveGateway
a: serviceTask
b: serviceTask
e: endEvent
s -> f -> [n > 1] a -> e; f -> [n > 2] b -> e",
        r#"start p {"n":0}; set {"n":3}; resolve"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_f
              activating f
              incident CONDITION_ERROR at f: Expected at least one condition to evaluate to true, or to have a default flow
            > set {"n":3}
              variables of p {"n":3}
            > resolve
              IncidentResolved at f
              activated f
              completed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn inclusive_gateway_fires_when_what_could_come_went_elsewhere() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
g: exclusiveGateway default=g_x
j: inclusiveGateway
e: endEvent
x: endEvent
s -> f -> a -> j -> e; f -> b -> g -> [n > 1] j; g -> x",
        r#"start p {"n":0}; complete a; complete b"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g
              passed g
              flow g_x
              passed x
              JoinFired a_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn inclusive_gateway_waits_for_what_a_boundary_event_may_bring() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
t: boundaryEvent attachedToRef=b timer(PT1M)
j: inclusiveGateway
e: endEvent
x: endEvent
s -> f -> a -> j -> e; f -> b -> x; t -> j",
        "start p; complete a; time 60000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              timer t at 60000, 0 more
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
            > time 60000
              TimerTriggered t
              JobCanceled b
              terminated b
              passed t
              flow t_j waits
              JoinFired a_j t_j
              passed j
              flow j_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn inclusive_gateway_joins_once_what_comes_before_it_in_a_loop() {
    check(
        "s: startEvent
m: inclusiveGateway
a: serviceTask
g: exclusiveGateway default=g_e
e: endEvent
s -> m -> a -> g -> [n < 2] m; g -> e",
        r#"start p {"n":0}; complete a {"n":1}; complete a {"n":2}"#,
        expect![[r#"
            > start p {"n":0}
              created p v1
              passed s
              flow s_m waits
              JoinFired s_m
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
              flow g_m waits
              JoinFired g_m
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
