//! Error events (BPMN 10.5.7, 13.5.5): an error interrupts the innermost place that catches it, from the thrower
//! outwards; its own code comes before a catch for every one.

use crate::skeleton::{boundary, check, end, event_sub_process};
use expect_test::expect;

#[test]
fn boundary_error_of_its_code_comes_before_every() {
    check(
        r#"s: startEvent
a: serviceTask
any: boundaryEvent attachedToRef=a error
b: boundaryEvent attachedToRef=a error(BAD)
e: endEvent
x: endEvent
y: endEvent
s -> a -> e; any -> x; b -> y"#,
        r#"start p; error a BAD {"why":"x"}; start p; error a OTHER"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a BAD {"why":"x"}
              JobActivated a
              JobErrorThrown a
              error BAD caught by b
              JobCanceled a
              terminated a
              activated b
              variables of b {"why":"x"}
              completed b
              flow b_y
              passed y
              InstanceCompleted
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a OTHER
              JobActivated a
              JobErrorThrown a
              error OTHER caught by any
              JobCanceled a
              terminated a
              passed any
              flow any_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_error_that_does_not_fit_is_an_incident_of_the_job() {
    check(
        &boundary("error(BAD)"),
        "start p; error a WORSE; resolve; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a WORSE
              JobActivated a
              JobErrorThrown a
              incident UNHANDLED_ERROR_EVENT at a: Expected to throw an error event with the code 'WORSE', but it was not caught. Available error events are [BAD]. The error's message is: no
            > resolve
              IncidentResolved at a
              JobRetried a
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
fn boundary_error_keeps_its_variables_unless_they_are_mapped() {
    check(
        r#"s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a error(BAD) <extensionElements><zeebe:ioMapping><zeebe:output source="=why" target="reason"/></zeebe:ioMapping></extensionElements>
h: serviceTask
e: endEvent
s -> a -> e; b -> h -> e"#,
        r#"start p; error a BAD {"why":"x"}; show"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a BAD {"why":"x"}
              JobActivated a
              JobErrorThrown a
              error BAD caught by b
              JobCanceled a
              terminated a
              activated b
              variables of b {"why":"x"}
              variables of p {"reason":"x"}
              completed b
              flow b_h
              activated h
              job h retries 3
            > show
              p ACTIVE {"reason":"x"}
              h ACTIVE {}
        "#]],
    );
}

#[test]
fn boundary_error_ends_all_of_a_multi_instance_activity() {
    check(
        r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics><loopCardinality>= 3</loopCardinality></multiInstanceLoopCharacteristics>
b: boundaryEvent attachedToRef=a error(BAD)
e: endEvent
x: endEvent
s -> a -> e; b -> x"#,
        "start p; complete a; error a BAD",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              loop of 3
              iteration 1 of a
              variables of a 1 {"loopCounter":1}
              iteration 2 of a
              variables of a 2 {"loopCounter":2}
              iteration 3 of a
              variables of a 3 {"loopCounter":3}
              activated a 1
              job a retries 3
              activated a 2
              job a retries 3
              activated a 3
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a 1
              iteration 1 completed
            > error a BAD
              JobActivated a
              JobErrorThrown a
              error BAD caught by b
              JobCanceled a
              terminated a 3
              JobCanceled a
              terminated a 2
              terminated a
              passed b
              flow b_x
              passed x
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_error_takes_its_scope_over() {
    check(
        &event_sub_process("error(BAD)"),
        r#"start p; error a BAD {"why":"x"}; show; complete h"#,
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a BAD {"why":"x"}
              JobActivated a
              JobErrorThrown a
              error BAD caught by t
              JobCanceled a
              terminated a
              ScopeInterrupted p
              activated es
              variables of es {"why":"x"}
              passed t
              flow t_h
              activated h
              job h retries 3
            > show
              p ACTIVE {}
              es ACTIVE {"why":"x"}
              h ACTIVE {}
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
fn event_sub_process_error_comes_before_the_boundary_of_its_scope() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
es: subProcess triggeredByEvent=true {
t: startEvent error(BAD)
h: serviceTask
x: endEvent
t -> h -> x
}
}
b: boundaryEvent attachedToRef=sub error(BAD)
c: serviceTask
e: endEvent
y: endEvent
s -> sub -> c -> e; b -> y"#,
        "start p; error a BAD; complete h; complete c",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > error a BAD
              JobActivated a
              JobErrorThrown a
              error BAD caught by t
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
fn event_sub_process_error_does_not_catch_what_it_throws_itself() {
    // What an event sub-process throws goes to the boundary of the scope that it took over.
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
es: subProcess triggeredByEvent=true {
t: startEvent error
x: endEvent error(BAD)
t -> x
}
}
b: boundaryEvent attachedToRef=sub error(BAD)
e: endEvent
y: endEvent
s -> sub -> e; b -> y"#,
        "start p; error a WORSE",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_a
              activated a
              job a retries 3
            > error a WORSE
              JobActivated a
              JobErrorThrown a
              error WORSE caught by t
              JobCanceled a
              terminated a
              ScopeInterrupted sub
              activated es
              passed t
              flow t_x
              activated x
              error BAD caught by b
              terminated x
              terminated es
              terminated sub
              passed b
              flow b_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn event_sub_process_error_of_its_code_comes_before_every() {
    check(
        r#"s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
es: subProcess triggeredByEvent=true {
t: startEvent error
x: endEvent
t -> x
}
es2: subProcess triggeredByEvent=true {
t2: startEvent error(BAD)
x2: endEvent
t2 -> x2
}"#,
        "start p; error a BAD; start p; error a OTHER",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a BAD
              JobActivated a
              JobErrorThrown a
              error BAD caught by t2
              JobCanceled a
              terminated a
              ScopeInterrupted p
              activated es2
              passed t2
              flow t2_x2
              passed x2
              completed es2
              InstanceCompleted
            > start p
              created p v1
              passed s
              flow s_a
              activated a
              job a retries 3
            > error a OTHER
              JobActivated a
              JobErrorThrown a
              error OTHER caught by t
              JobCanceled a
              terminated a
              ScopeInterrupted p
              activated es
              passed t
              flow t_x
              passed x
              completed es
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_error_is_caught_around_its_sub_process() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
a: serviceTask
j: endEvent
x: endEvent error(BAD)
i -> f -> a -> j; f -> x
}
b: boundaryEvent attachedToRef=sub error(BAD)
e: endEvent
y: endEvent
s -> sub -> e; b -> y"#,
        "start p",
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
              flow f_x
              activated a
              job a retries 3
              activated x
              error BAD caught by b
              terminated x
              JobCanceled a
              terminated a
              terminated sub
              passed b
              flow b_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn end_error_that_nothing_catches_is_an_incident() {
    check(
        &end("error(BAD)"),
        "start p; resolve; cancel",
        expect![[r#"
        > start p
          created p v1
          passed s
          flow s_e
          activated e
          incident UNHANDLED_ERROR_EVENT at e: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope.
        > resolve
          IncidentResolved at e
          incident UNHANDLED_ERROR_EVENT at e: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope.
        > cancel
          IncidentResolved at e
          terminated e
          InstanceTerminated
    "#]],
    );
}

#[test]
fn end_error_of_a_called_process_goes_on_at_the_call_activity() {
    check(
        r#"p: process {
s: startEvent
call: callActivity calledElement=q
b: boundaryEvent attachedToRef=call error(BAD)
e: endEvent
x: endEvent
s -> call -> e; b -> x
}
q: process {
s2: startEvent
x2: endEvent error(BAD)
s2 -> x2
}"#,
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_call
              activated call
              call calls
              sent CreateProcessInstance
              created q v1
              passed s2
              flow s2_x2
              activated x2
              sent PropagateError
              error BAD caught by b
              sent CancelCalled
              terminated call
              passed b
              flow b_x
              passed x
              InstanceCompleted
              terminated x2
              InstanceTerminated
        "#]],
    );
}

#[test]
fn end_error_that_no_caller_catches_is_an_incident_where_it_was_thrown() {
    check(
        r#"p: process {
s: startEvent
call: callActivity calledElement=q
b: boundaryEvent attachedToRef=call error(OTHER)
e: endEvent
x: endEvent
s -> call -> e; b -> x
}
q: process {
s2: startEvent
x2: endEvent error(BAD)
s2 -> x2
}"#,
        "start p; focus 1; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_call
              activated call
              call calls
              sent CreateProcessInstance
              created q v1
              passed s2
              flow s2_x2
              activated x2
              sent PropagateError
              sent RejectError
              incident UNHANDLED_ERROR_EVENT at x2: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope.
            > focus 1
            > cancel
              sent CancelCalled
              terminated call
              InstanceTerminated
              IncidentResolved at x2
              terminated x2
              InstanceTerminated
        "#]],
    );
}
