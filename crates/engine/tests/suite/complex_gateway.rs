//! Complex gateway (BPMN 10.6.5, 13.4.5): it fires when its activation condition is true, then waits for the tokens that
//! are still to come, and only then can fire again.

use crate::skeleton::{check, in_order};
use expect_test::expect;

#[test]
fn complex_gateway_fires_with_two_of_three_and_resets_with_the_third() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
c: serviceTask
g: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>
d: serviceTask
e: endEvent
s -> f -> a -> g; f -> b -> g; f -> c -> g -> d -> e",
        "start p; complete a; complete b; complete c; complete d",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              flow f_c
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated c
              job c retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_g waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g waits
              JoinFired a_g b_g
              g activated, awaits c_g
              passed g
              flow g_d
              activated d
              job d retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_g waits
              JoinFired c_g
              g reset
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
fn complex_gateway_takes_by_condition_in_both_phases() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
c: serviceTask
g: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>
d: serviceTask
l: serviceTask
e: endEvent
s -> f -> a -> g; f -> b -> g; f -> c -> g -> [waitingForStart] d -> e; g -> [not(waitingForStart)] l -> e",
        "start p; complete a; complete b; complete c; complete d; complete l",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              flow f_c
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated c
              job c retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_g waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g waits
              JoinFired a_g b_g
              g activated, awaits c_g
              passed g
              flow g_d
              activated d
              job d retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_g waits
              JoinFired c_g
              g reset
              flow g_l
              activated l
              job l retries 3
            > complete d
              JobActivated d
              JobCompleted d
              completed d
              flow d_e
              passed e
            > complete l
              JobActivated l
              JobCompleted l
              completed l
              flow l_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn complex_gateway_resets_when_nothing_more_can_come() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
c: serviceTask
x: exclusiveGateway default=x_y
y: endEvent
g: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>
l: serviceTask
d: serviceTask
e: endEvent
s -> f -> a -> g; f -> b -> g; f -> c -> x -> [n > 1] g; x -> y; g -> [waitingForStart] d -> e; g -> [not(waitingForStart)] l -> e",
        r#"start p {"n":1}; complete a; complete b; complete c"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_b
              flow f_c
              activated a
              job a retries 3
              activated b
              job b retries 3
              activated c
              job c retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_g waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g waits
              JoinFired a_g b_g
              g activated, awaits x_g
              passed g
              flow g_d
              activated d
              job d retries 3
            > complete c
              JobActivated c
              JobCompleted c
              completed c
              flow c_x
              passed x
              flow x_y
              passed y
              g reset
              flow g_l
              activated l
              job l retries 3
        "#]],
    );
}

#[test]
fn complex_gateway_without_a_condition_joins_as_an_inclusive_one() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
g: complexGateway
d: serviceTask
e: endEvent
s -> f -> a -> g -> d -> e; f -> b -> g",
        "start p; complete a; complete b; complete d",
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
              flow a_g waits
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g waits
              JoinFired a_g b_g
              g activated, awaits
              passed g
              flow g_d
              activated d
              job d retries 3
              g reset
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
fn complex_gateway_with_one_way_in_takes_every_true_flow() {
    check(
        "s: startEvent
g: complexGateway
a: serviceTask
b: serviceTask
e: endEvent
s -> g -> [n > 1] a -> e; g -> [n > 0] b -> e",
        r#"start p {"n":2}; start p {"n":0}; set {"n":1}; resolve"#,
        expect![[r#"
            > start p {"n":2}
              created p v1
              passed s
              flow s_g
              passed g
              flow g_a
              flow g_b
              activated a
              job a retries 3
              activated b
              job b retries 3
            > start p {"n":0}
              created p v1
              passed s
              flow s_g
              activating g
              incident CONDITION_ERROR at g: Expected at least one condition to evaluate to true, or to have a default flow
            > set {"n":1}
              variables of p {"n":1}
            > resolve
              IncidentResolved at g
              activated g
              completed g
              flow g_b
              activated b
              job b retries 3
        "#]],
    );
}

#[test]
fn complex_gateway_whose_condition_is_no_boolean_is_an_incident() {
    check(
        "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
g: complexGateway <activationCondition>= n</activationCondition>
d: serviceTask
e: endEvent
s -> f -> a -> g -> d -> e; f -> b -> g",
        r#"start p {"n":5}; complete a; set {"n":true}; resolve; complete b"#,
        expect![[r#"
            > start p {"n":5}
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
              flow a_g waits
              activating g
              incident EXTRACT_VALUE_ERROR at g: Expected result of the expression 'n' to be 'BOOLEAN', but was 'NUMBER'.
            > set {"n":true}
              variables of p {"n":true}
            > resolve
              IncidentResolved at g
              JoinFired a_g
              g activated, awaits b_g
              activated g
              completed g
              flow g_d
              activated d
              job d retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_g waits
              JoinFired b_g
              g reset
        "#]],
    );
}

#[test]
fn complex_gateway_with_one_flow_waits_for_its_condition() {
    let drawing = "s: startEvent
f: parallelGateway
m: task
g: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>
d: serviceTask
e: endEvent
s -> f -> m; f -> m2; m -> g -> [true] d -> e";
    let drawing = drawing.replace("f -> m2; ", "f -> n -> m; ").replace("m: task", "m: task\nn: serviceTask");
    let trace = testkit::trace(&testkit::draw(&drawing), "start p\ncomplete n");
    let at = trace.find("> complete n").expect("the command");
    assert!(!trace[..at].contains("activated d"), "{trace}");
    assert_eq!(trace[at..].matches("activated d").count(), 1, "{trace}");
}

#[test]
fn complex_gateway_is_stuck_where_a_condition_of_its_reset_is_none() {
    let drawing = "s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
g: complexGateway <activationCondition>= activationCount &gt;= 1</activationCondition>
d: serviceTask
e: endEvent
s -> f -> a -> g; f -> b -> g; g -> [if waitingForStart then true else late] d -> e";
    let script = "start p\ncomplete a\ncomplete b\nset {\"late\":true}\nresolve g";
    let trace = testkit::trace(&testkit::draw(drawing), script);
    in_order(&trace, &["incident EXTRACT_VALUE_ERROR at g", "> resolve g", "g reset"]);
    assert_eq!(trace.matches("activated d").count(), 2, "{trace}");
}
