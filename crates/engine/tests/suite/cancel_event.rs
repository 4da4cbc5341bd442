//! Cancel events (BPMN 10.5.5, 13.5.5): a transaction is cancelled: everything in it ends, what it completed is
//! compensated, and its cancel boundary event is left.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn boundary_cancel_is_left_after_compensation() {
    check(
        r#"s: startEvent
tx: transaction {
i: startEvent
a: serviceTask
ca: boundaryEvent attachedToRef=a compensation
ua: serviceTask isForCompensation=true
j: endEvent cancel
i -> a -> j
ca ~ ua
}
b: boundaryEvent attachedToRef=tx cancel
h: serviceTask
e: endEvent
x: endEvent
s -> tx -> e; b -> h -> x"#,
        "start p; complete a; complete ua; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_tx
              activated tx
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              can compensate a {}
              completed a
              flow a_j
              activated j
              completed j
              ScopeInterrupted tx
              compensation of a, cancelling
              passed ca
              activating ua
              compensating a
              activated ua
              job ua retries 3
            > complete ua
              JobActivated ua
              JobCompleted ua
              completed ua
              CompensationEnded
              terminated tx
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
fn boundary_cancel_is_not_left_where_the_transaction_completes() {
    check(
        r#"s: startEvent
tx: transaction {
i: startEvent
g: exclusiveGateway default=g_k
a: serviceTask
k: endEvent
j: endEvent cancel
i -> a -> g -> [bad] j; g -> k
}
b: boundaryEvent attachedToRef=tx cancel
e: endEvent
x: endEvent
s -> tx -> e; b -> x"#,
        r#"start p; complete a {"bad":false}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_tx
              activated tx
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a {"bad":false}
              JobActivated a
              JobCompleted a
              variables of p {"bad":false}
              completed a
              flow a_g
              passed g
              flow g_k
              passed k
              completed tx
              flow tx_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_cancel_with_nothing_to_compensate() {
    check(
        r#"s: startEvent
tx: transaction {
i: startEvent
j: endEvent cancel
i -> j
}
b: boundaryEvent attachedToRef=tx cancel
e: endEvent
x: endEvent
s -> tx -> e; b -> x"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_tx
              activated tx
              passed i
              flow i_j
              activated j
              completed j
              ScopeInterrupted tx
              terminated tx
              passed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_cancel_ends_everything_in_the_transaction() {
    check(
        r#"s: startEvent
tx: transaction {
i: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
k: endEvent
j: endEvent cancel
i -> f -> a -> k; f -> b -> j
}
c: boundaryEvent attachedToRef=tx cancel
e: endEvent
x: endEvent
s -> tx -> e; c -> x"#,
        "start p; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_tx
              activated tx
              passed i
              flow i_f
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
              flow b_j
              activated j
              completed j
              JobCanceled a
              terminated a
              ScopeInterrupted tx
              terminated tx
              passed c
              flow c_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_cancel_in_a_sub_process_cancels_the_transaction_around_it() {
    check(
        r#"s: startEvent
tx: transaction {
i: startEvent
f: parallelGateway
a: serviceTask
sub: subProcess {
i2: startEvent
b: serviceTask
j: endEvent cancel
i2 -> b -> j
}
k: endEvent
i -> f -> a -> k; f -> sub -> k
}
c: boundaryEvent attachedToRef=tx cancel
e: endEvent
x: endEvent
s -> tx -> e; c -> x"#,
        "start p; complete b",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_tx
              activated tx
              passed i
              flow i_f
              passed f
              flow f_a
              flow f_sub
              activated a
              job a retries 3
              activated sub
              passed i2
              flow i2_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j
              activated j
              completed j
              terminated sub
              JobCanceled a
              terminated a
              ScopeInterrupted tx
              terminated tx
              passed c
              flow c_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_cancel_without_a_boundary_event_ends_the_path() {
    check(
        r#"s: startEvent
f: parallelGateway
tx: transaction {
i: startEvent
a: serviceTask
j: endEvent cancel
i -> a -> j
}
d: serviceTask
e: endEvent
x: endEvent
s -> f -> tx -> e; f -> d -> x"#,
        "start p; complete a; complete d",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_tx
              flow f_d
              activated tx
              activated d
              job d retries 3
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              activated j
              completed j
              ScopeInterrupted tx
              terminated tx
            > complete d
              JobActivated d
              JobCompleted d
              completed d
              flow d_x
              passed x
              InstanceCompleted
        "#]],
    );
}
