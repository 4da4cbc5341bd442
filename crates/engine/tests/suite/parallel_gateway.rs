//! Parallel gateway (BPMN 10.6.4, 13.4.1): one token on every outgoing flow, after one on every incoming.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn parallel_gateway_joins_what_it_forked() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: parallelGateway
e: endEvent
s -> f -> a -> j -> e; f -> b -> j",
        "start p; complete b; complete a",
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
        "#]],
    );
}

#[test]
fn parallel_gateway_needs_a_token_on_every_flow() {
    // Two tokens wait on one flow; the second stays when the join fires.
    check(
        "s: startEvent
f: parallelGateway
x: exclusiveGateway
b: serviceTask
j: parallelGateway
k: serviceTask
e: endEvent
s -> f -> x -> j -> e; f -> b -> x; f -> k -> j",
        "start p; complete b; complete k",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_x
              flow f_b
              flow f_k
              passed x
              flow x_j waits
              activated b
              job b retries 3
              activated k
              job k retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_x
              passed x
              flow x_j waits
            > complete k
              JobActivated k
              JobCompleted k
              completed k
              flow k_j waits
              JoinFired x_j k_j
              passed j
              flow j_e
              passed e
        "#]],
    );
}

#[test]
fn parallel_gateway_joins_and_forks_at_once() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: parallelGateway
c: serviceTask
d: serviceTask
e: endEvent
s -> f -> a -> j -> c -> e; f -> b -> j -> d -> e",
        "start p; complete a; complete b",
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
              flow b_j waits
              JoinFired a_j b_j
              passed j
              flow j_c
              flow j_d
              activated c
              job c retries 3
              activated d
              job d retries 3
        "#]],
    );
}

#[test]
fn parallel_gateway_that_gets_no_more_keeps_its_instance_waiting() {
    // Nothing can bring the other token: it is not an incident, but a mistake of the model.
    check(
        "s: startEvent
g: exclusiveGateway default=g_b
a: serviceTask
b: serviceTask
j: parallelGateway
e: endEvent
s -> g -> [n > 1] a -> j -> e; g -> b -> j",
        r#"start p {"n":1}; complete b; show; cancel"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
            > show
              p ACTIVE {"n":1}
            > cancel
              InstanceTerminated
        "#]],
    );
}

#[test]
fn parallel_gateway_joins_in_each_iteration() {
    // Tokens of one iteration are not counted in the other.
    check(
        "s: startEvent
sub: subProcess <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics> {
i: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: parallelGateway
x: endEvent
i -> f -> a -> j -> x; f -> b -> j
}
e: endEvent
s -> sub -> e",
        "start p; complete a; complete a; complete b; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              loop of 2
              iteration 1 of sub
              variables of sub 1 {"loopCounter":1}
              iteration 2 of sub
              variables of sub 2 {"loopCounter":2}
              activated sub 1
              activated sub 2
              passed i
              flow i_f
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_b
              passed f
              flow f_a
              flow f_b
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
              JoinFired a_j b_j
              passed j
              flow j_x
              passed x
              completed sub 1
              iteration 1 completed
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
              JoinFired a_j b_j
              passed j
              flow j_x
              passed x
              completed sub 2
              iteration 2 completed
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn parallel_gateway_takes_every_flow_whatever_its_condition_says() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
e: endEvent
s -> f -> [n > 1] a -> e; f -> b -> e",
        r#"start p {"n":1}"#,
        expect![[r#"
            > start p {"n":1}
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
        "#]],
    );
}
