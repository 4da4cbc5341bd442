//! Link events (BPMN 10.5.5): a thrown link goes on at the catching one of its name in the same scope.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn throw_link_goes_on_at_its_catch() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent link(L)
c: intermediateCatchEvent link(L)
a: serviceTask
e: endEvent
s -> t
c -> a -> e"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              completed t
              passed c
              flow c_a
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
fn throw_link_by_several_throws() {
    check(
        r#"s: startEvent
f: parallelGateway
t: intermediateThrowEvent link(L)
t2: intermediateThrowEvent link(L)
c: intermediateCatchEvent link(L)
e: endEvent
s -> f -> t; f -> t2
c -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t
              flow f_t2
              activated t
              completed t
              activated t2
              completed t2
              passed c
              flow c_e
              passed c
              flow c_e
              passed e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn throw_link_chooses_by_its_name() {
    check(
        r#"s: startEvent
g: exclusiveGateway default=g_t2
t: intermediateThrowEvent link(L)
t2: intermediateThrowEvent link(M)
c: intermediateCatchEvent link(M)
c2: intermediateCatchEvent link(L)
a: serviceTask
b: serviceTask
e: endEvent
s -> g -> [x > 1] t; g -> t2
c -> a -> e
c2 -> b -> e"#,
        r#"start p {"x":2}; complete b; start p {"x":0}; complete a"#,
        expect![[r#"
            > start p {"x":2}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_t
              activated t
              completed t
              passed c2
              flow c2_b
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_e
              passed e
              InstanceCompleted
            > start p {"x":0}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_t2
              activated t2
              completed t2
              passed c
              flow c_a
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
fn catch_link_counts_as_a_way_to_an_inclusive_join() {
    // The token before the link can still come to the join.
    check(
        r#"s: startEvent
f: inclusiveGateway
a: serviceTask
t: intermediateThrowEvent link(L)
c: intermediateCatchEvent link(L)
b: serviceTask
j: inclusiveGateway
d: serviceTask
e: endEvent
s -> f -> [true] a -> t; f -> [true] b -> j -> d -> e
c -> j"#,
        "start p; complete b; complete a; complete d",
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
              flow a_t
              activated t
              completed t
              passed c
              flow c_j waits
              JoinFired b_j c_j
              passed j
              flow j_d
              activated d
              job d retries 3
            > complete d
              JobActivated d
              JobCompleted d
              completed d
              flow d_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn catch_link_back_makes_a_loop() {
    check(
        r#"s: startEvent
g: exclusiveGateway
a: serviceTask
h: exclusiveGateway default=h_e
t: intermediateThrowEvent link(AGAIN)
c: intermediateCatchEvent link(AGAIN)
e: endEvent
s -> g -> a -> h -> [again] t; h -> e
c -> g"#,
        r#"start p; complete a {"again":true}; complete a {"again":false}"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_g
              passed g
              flow g_a
              activated a
              job a retries 3
            > complete a {"again":true}
              JobActivated a
              JobCompleted a
              variables of p {"again":true}
              completed a
              flow a_h
              passed h
              flow h_t
              activated t
              completed t
              passed c
              flow c_g
              passed g
              flow g_a
              activated a
              job a retries 3
            > complete a {"again":false}
              JobActivated a
              JobCompleted a
              variables of p {"again":false}
              completed a
              flow a_h
              passed h
              flow h_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn catch_link_is_of_its_own_scope() {
    // Both scopes have a link of that name.
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent link(L)
c: intermediateCatchEvent link(L)
j: endEvent
i -> t
c -> j
}
t2: intermediateThrowEvent link(L)
c2: intermediateCatchEvent link(L)
e: endEvent
s -> sub -> t2
c2 -> e"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              completed t
              passed c
              flow c_j
              passed j
              completed sub
              flow sub_t2
              activated t2
              completed t2
              passed c2
              flow c2_e
              passed e
              InstanceCompleted
        "#]],
    );
}
