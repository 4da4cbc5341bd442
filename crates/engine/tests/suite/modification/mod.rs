//! Modification: tokens that someone puts into elements, takes away and moves; and start instructions, which do the
//! first of these.

mod scopes;
mod taking_away;

use crate::skeleton::check;
use expect_test::expect;

/// Two branches that come together at `j`.
fn joined_by(gateway: &str) -> String {
    format!(
        "s: startEvent\nf: parallelGateway\na: serviceTask\nb: serviceTask\n{gateway}\nz: serviceTask\ne: endEvent
s -> f -> a -> j -> z -> e; f -> b -> j"
    )
}

#[test]
fn a_token_put_into_a_parallel_join_goes_on_at_once() {
    check(
        &joined_by("j: parallelGateway"),
        "start p; modify +j; modify a>j; complete b; complete z; complete z",
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
            > modify +j
              InstanceModified
              passed j
              flow j_z
              activated z
              job z retries 3
            > modify a>j
              InstanceModified
              JobCanceled a
              terminated a
              passed j
              flow j_z
              activated z
              job z retries 3
            > complete b
              JobActivated b
              JobCompleted b
              completed b
              flow b_j waits
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
        "#]],
    );
}

#[test]
fn a_token_put_into_an_inclusive_join_goes_on_at_once() {
    check(
        &joined_by("j: inclusiveGateway"),
        "start p; modify +j; begin p j; complete z",
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
        > modify +j
          InstanceModified
          passed j
          flow j_z
          activated z
          job z retries 3
        > begin p j
          created p v1
          passed j
          flow j_z
          activated z
          job z retries 3
        > complete z
          JobActivated z
          JobCompleted z
          completed z
          flow z_e
          passed e
    "#]],
    );
}

#[test]
fn a_token_put_into_a_complex_gateway_goes_on_at_once_and_begins_no_round() {
    let gateway = r#"j: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>"#;
    check(
        &joined_by(gateway),
        "start p; modify +j; complete a; complete b; complete z; complete z; begin p j",
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
            > modify +j
              InstanceModified
              activating j
              placed j
              activated j
              completed j
              flow j_z
              activated z
              job z retries 3
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
              j activated, awaits
              passed j
              flow j_z
              activated z
              job z retries 3
              j reset
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
              InstanceCompleted
            > begin p j
              created p v1
              activating j
              placed j
              activated j
              completed j
              flow j_z
              activated z
              job z retries 3
        "#]],
    );
}

#[test]
fn a_token_put_into_a_complex_gateway_stays_there_until_its_incident_is_resolved() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
b: serviceTask
j: complexGateway <activationCondition>= activationCount &gt;= 2</activationCondition>
z: serviceTask
e: endEvent
s -> f -> a -> j; f -> b -> j; j -> [x] z -> e"#,
        r#"begin p j; set {"x":true}; resolve; complete z"#,
        expect![[r#"
            > begin p j
              created p v1
              activating j
              placed j
              incident EXTRACT_VALUE_ERROR at j: Expected result of the expression 'x' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings: / [NO_VARIABLE_FOUND] No variable found with name 'x'
            > set {"x":true}
              variables of p {"x":true}
            > resolve
              IncidentResolved at j
              activated j
              completed j
              flow j_z
              activated z
              job z retries 3
            > complete z
              JobActivated z
              JobCompleted z
              completed z
              flow z_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_token_put_into_a_parallel_join_starts_a_process_there() {
    check(
        &joined_by("j: parallelGateway"),
        "begin p j; complete z; begin p a,j; complete a",
        expect![[r#"
        > begin p j
          created p v1
          passed j
          flow j_z
          activated z
          job z retries 3
        > complete z
          JobActivated z
          JobCompleted z
          completed z
          flow z_e
          passed e
          InstanceCompleted
        > begin p a,j
          created p v1
          activated a
          job a retries 3
          passed j
          flow j_z
          activated z
          job z retries 3
        > complete a
          JobActivated a
          JobCompleted a
          completed a
          flow a_j waits
    "#]],
    );
}

#[test]
fn a_token_put_into_an_activity_with_a_start_quantity_begins_it() {
    check(
        "s: startEvent\na: serviceTask\nt: serviceTask startQuantity=2\ne: endEvent\ns -> a -> t -> e",
        "start p; modify +t; modify a>t; complete t; complete t; begin p t",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > modify +t
              InstanceModified
              activated t
              job t retries 3
            > modify a>t
              InstanceModified
              JobCanceled a
              terminated a
              activated t
              job t retries 3
            > complete t
              JobActivated t
              JobCompleted t
              completed t
              flow t_e
              passed e
            > complete t
              JobActivated t
              JobCompleted t
              completed t
              flow t_e
              passed e
              InstanceCompleted
            > begin p t
              created p v1
              activated t
              job t retries 3
        "#]],
    );
}

#[test]
fn iterations_of_an_activity_with_a_start_quantity_need_one_token_each() {
    check(
        r#"s: startEvent
f: parallelGateway
t: serviceTask startQuantity=2 <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> f -> t -> e; f -> t"#,
        "start p; complete t; complete t",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_t waits
              flow f_t_2 waits
              JoinFired f_t f_t_2
              activated t
              loop of 2
              iteration 1 of t
              variables of t 1 {"loopCounter":1}
              iteration 2 of t
              variables of t 2 {"loopCounter":2}
              activated t 1
              job t retries 3
              activated t 2
              job t retries 3
            > complete t
              JobActivated t
              JobCompleted t
              completed t 1
              iteration 1 completed
            > complete t
              JobActivated t
              JobCompleted t
              completed t 2
              iteration 2 completed
              completed t
              flow t_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn elements_that_need_what_comes_before_them_are_refused_in_both() {
    let model = r#"s: startEvent
a: serviceTask
n: boundaryEvent attachedToRef=a timer(PT1S)
g: eventBasedGateway
c: intermediateCatchEvent timer(PT1S)
d: intermediateCatchEvent timer(PT2S)
e: endEvent
s -> a -> g -> c -> e; g -> d -> e; n -> e
m: subProcess <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics> {
i: startEvent
b: serviceTask
x: endEvent
i -> b -> x
}
s -> m -> e
esp: subProcess triggeredByEvent=true {
t: startEvent timer(PT9S)
h: serviceTask
y: endEvent
t -> h -> y
}"#;
    let script = "begin p c; begin p n; begin p t; begin p b; begin p nowhere; start p; modify +c; modify +n; \
                  modify +t; modify +b; modify +nowhere; modify a>c";
    check(
        model,
        script,
        expect![[r#"
        > begin p c
        rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but the element with id 'c' belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported.
        > begin p n
        rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but the element with id 'n' targets unsupported element type 'BOUNDARY_EVENT'.
        > begin p t
        rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but the element with id 't' targets unsupported element type 'START_EVENT' of an event sub-process.
        > begin p b
        rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but the element with id 'b' is inside a multi-instance subprocess. The creation of elements inside a multi-instance subprocess is not supported.
        > begin p nowhere
        rejected INVALID_ARGUMENT: Expected to create instance of process with start instructions but no element found with id 'nowhere'.
        > start p
          created p v1
          timer t at 9000, 0 more
          passed s
          flow s_a
          flow s_m
          activated a
          timer n at 1000, 0 more
          job a retries 3
          activated m
          loop of 2
          iteration 1 of m
          variables of m 1 {"loopCounter":1}
          iteration 2 of m
          variables of m 2 {"loopCounter":2}
          activated m 1
          activated m 2
          passed i
          flow i_b
          passed i
          flow i_b
          activated b
          job b retries 3
          activated b
          job b retries 3
        > modify +c
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements that are unsupported: 'c'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported
        > modify +n
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements that are unsupported: 'n'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported
        > modify +t
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements that are unsupported: 't'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported
        > modify +b
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for an element that has a flow scope with more than one active instance: 'm'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.
        > modify +nowhere
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions with an element that could not be found: 'nowhere'
        > modify a>c
        rejected INVALID_ARGUMENT: Expected to modify instance of process 'p' but it contains one or more activate instructions for elements that are unsupported: 'c'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported
    "#]],
    );
}

#[test]
fn an_event_sub_process_can_be_chosen() {
    let model = r#"s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
esp: subProcess triggeredByEvent=true {
t: startEvent timer(PT9S)
h: serviceTask
y: endEvent
t -> h -> y
}"#;
    check(
        model,
        "begin p esp; complete h; begin p h; complete h",
        expect![[r#"
        > begin p esp
          created p v1
          timer t at 9000, 0 more
          activated esp
          passed t
          flow t_h
          activated h
          job h retries 3
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_y
          passed y
          completed esp
          TimerCanceled t
          InstanceCompleted
        > begin p h
          created p v1
          timer t at 9000, 0 more
          activated esp
          activated h
          job h retries 3
        > complete h
          JobActivated h
          JobCompleted h
          completed h
          flow h_y
          passed y
          completed esp
          TimerCanceled t
          InstanceCompleted
    "#]],
    );
}
