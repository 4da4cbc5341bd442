//! Embedded sub-process (BPMN 10.3.5, 13.3.4): a scope of its own, completed when no token is left in it.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn sub_process_completes_when_nothing_is_left_in_it() {
    check(
        "s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
x: endEvent
y: endEvent
i -> f -> a -> x; f -> b -> y
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
              passed i
              flow i_f
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
              flow a_x
              passed x
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_y
              passed y
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sub_process_without_a_start_event_begins_at_each_node_that_no_flow_leads_to() {
    check(
        "s: startEvent
sub: subProcess {
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
              activated a
              job a retries 3
              activated b
              job b retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
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
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sub_process_keeps_its_own_data() {
    check(
        r#"s: startEvent
sub: subProcess <dataObject id="o" name="own"/> {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
}
b: serviceTask
e: endEvent
s -> sub -> b -> e"#,
        r#"start p; complete a {"own":1,"shared":2}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activating sub
              variables of sub {"own":null}
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a {"own":1,"shared":2}
              JobActivated a
              JobCompleted a
              variables of sub {"own":1}
              variables of p {"shared":2}
              completed a
              flow a_x
              passed x
              completed sub
              flow sub_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"shared":2}
              b ACTIVE {}
        "#]],
    );
}

#[test]
fn sub_process_in_a_sub_process_ends_with_the_outer_one() {
    check(
        "s: startEvent
sub: subProcess {
i: startEvent
deep: subProcess {
k: startEvent
a: serviceTask
z: endEvent
k -> a -> z
}
x: endEvent
i -> deep -> x
}
b: boundaryEvent attachedToRef=sub timer(PT1M)
e: endEvent
h: endEvent
s -> sub -> e; b -> h",
        "start p; time 60000; start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer b at 60000, 0 more
              passed i
              flow i_deep
              activated deep
              passed k
              flow k_a
              activated a
              job a retries 3
            > time 60000
              TimerTriggered b
              JobCanceled a
              terminated a
              terminated deep
              terminated sub
              passed b
              flow b_h
              passed h
              InstanceCompleted
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              timer b at 120000, 0 more
              passed i
              flow i_deep
              activated deep
              passed k
              flow k_a
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_z
              passed z
              completed deep
              flow deep_x
              passed x
              TimerCanceled b
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sub_process_entered_twice_has_two_scopes() {
    check(
        "s: startEvent
f: parallelGateway
sub: subProcess {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
}
e: endEvent
s -> f -> sub -> e; f -> sub",
        "start p; complete a; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_sub
              flow f_sub_2
              activated sub
              activated sub
              passed i
              flow i_a
              passed i
              flow i_a
              activated a
              job a retries 3
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_x
              passed x
              completed sub
              flow sub_e
              passed e
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_x
              passed x
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn sub_process_maps_in_and_out() {
    check(
        r#"s: startEvent
sub: subProcess <extensionElements><zeebe:ioMapping><zeebe:input source="=n" target="m"/><zeebe:output source="=m + k" target="sum"/></zeebe:ioMapping></extensionElements> {
i: startEvent
a: serviceTask
x: endEvent
i -> a -> x
}
b: serviceTask
e: endEvent
s -> sub -> b -> e"#,
        r#"start p {"n":1}; complete a {"k":2}; show"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_sub
              activating sub
              variables of sub {"m":1}
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > complete a {"k":2}
              JobActivated a
              JobCompleted a
              variables of p {"k":2}
              completed a
              flow a_x
              passed x
              variables of p {"sum":3}
              completed sub
              flow sub_b
              activated b
              job b retries 3
            > show
              p ACTIVE {"n":1,"k":2,"sum":3}
              b ACTIVE {}
        "#]],
    );
}
