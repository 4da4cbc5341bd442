//! Call activity (BPMN 10.3.6, 13.3.2): an instance of another process runs; the call activity waits for its end.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn call_activity_waits_for_the_called_instance() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q
e: endEvent

s -> c -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}",
        r#"start p {"n":1}; complete w {"m":2}"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > complete w {"m":2}
              JobActivated w
              JobCompleted w
              variables of q {"m":2}
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c calls nothing any more
              variables of p {"n":1,"m":2}
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn call_activity_hands_in_and_out_what_its_mappings_say() {
    check(
        r#"p: process {
s: startEvent
c: callActivity <extensionElements><zeebe:calledElement processId="q" propagateAllChildVariables="false"/><zeebe:ioMapping><zeebe:input source="=n" target="k"/><zeebe:output source="=m" target="result"/></zeebe:ioMapping></extensionElements>
d: serviceTask
e: endEvent
s -> c -> d -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}"#,
        r#"start p {"n":1,"other":2}; activate w; time 60001; complete w {"m":5,"noise":6}; activate d"#,
        expect![[r#"
            > start p {"n":1,"other":2}
              created p v1
              passed s
              flow s_c
              activating c
              variables of c {"k":1}
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > activate w
              JobActivated w
              job has {"k":1,"n":1,"other":2}
            > time 60001
              JobTimedOut w
            > complete w {"m":5,"noise":6}
              JobActivated w
              JobCompleted w
              variables of q {"m":5,"noise":6}
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c calls nothing any more
              variables of c {"k":1,"n":1,"other":2,"m":5,"noise":6}
              variables of p {"result":5}
              completed c
              flow c_d
              activated d
              job d retries 3
            > activate d
              JobActivated d
              job has {"n":1,"other":2,"result":5}
        "#]],
    );
}

#[test]
fn call_activity_hands_nothing_on_that_was_not_asked_for() {
    check(
        r#"p: process {
s: startEvent
c: callActivity <extensionElements><zeebe:calledElement processId="q" propagateAllParentVariables="false" propagateAllChildVariables="false"/></extensionElements>
d: serviceTask
e: endEvent
s -> c -> d -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}"#,
        r#"start p {"n":1}; activate w; time 60001; complete w {"m":5}; activate d"#,
        expect![[r#"
            > start p {"n":1}
              created p v1
              passed s
              flow s_c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > activate w
              JobActivated w
              job has {}
            > time 60001
              JobTimedOut w
            > complete w {"m":5}
              JobActivated w
              JobCompleted w
              variables of q {"m":5}
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c calls nothing any more
              completed c
              flow c_d
              activated d
              job d retries 3
            > activate d
              JobActivated d
              job has {"n":1}
        "#]],
    );
}

#[test]
fn call_activity_of_a_process_that_is_not_there_is_an_incident() {
    check(
        r#"p: process {
s: startEvent
c: callActivity <extensionElements><zeebe:calledElement processId="=which"/></extensionElements>
d: serviceTask
e: endEvent
s -> c -> d -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}"#,
        r#"start p {"which":"r"}; set {"which":"q"}; resolve; complete w"#,
        expect![[r#"
            > start p {"which":"r"}
              created p v1
              passed s
              flow s_c
              activating c
              incident CALLED_ELEMENT_ERROR at c: Expected process with BPMN process id 'r' to be deployed, but not found.
            > set {"which":"q"}
              variables of p {"which":"q"}
            > resolve
              IncidentResolved at c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > complete w
              JobActivated w
              JobCompleted w
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c calls nothing any more
              variables of p {"which":"q"}
              completed c
              flow c_d
              activated d
              job d retries 3
        "#]],
    );
}

#[test]
fn call_activity_cancels_what_it_called() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q
e: endEvent
b: boundaryEvent attachedToRef=c timer(PT1M)
h: endEvent
b -> h
s -> c -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}",
        "start p; time 60000",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              timer b at 60000, 0 more
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > time 60000
              TimerTriggered b
              sent CancelCalled
              terminated c
              passed b
              flow b_h
              passed h
              InstanceCompleted
              JobCanceled w
              terminated w
              InstanceTerminated
        "#]],
    );
}

#[test]
fn call_activity_goes_with_its_caller() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q
e: endEvent

s -> c -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}",
        "start p; focus 1; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > focus 1
            > cancel
              sent CancelCalled
              terminated c
              InstanceTerminated
              JobCanceled w
              terminated w
              InstanceTerminated
        "#]],
    );
}

#[test]
fn call_activity_catches_an_error_of_the_called_process() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q
b: boundaryEvent attachedToRef=c error(E)
e: endEvent
h: endEvent
s -> c -> e; b -> h
}
q: process {
i: startEvent
x: endEvent error(E)
i -> x
}",
        "start p",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_x
              activated x
              sent PropagateError
              error E caught by b
              sent CancelCalled
              terminated c
              passed b
              flow b_h
              passed h
              InstanceCompleted
              terminated x
              InstanceTerminated
        "#]],
    );
}

#[test]
fn call_activity_lets_nobody_else_cancel_what_it_called() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q
e: endEvent

s -> c -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}",
        "start p; focus 2; cancel",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              c calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > focus 2
            > cancel
            rejected INVALID_STATE: Expected to cancel a process instance with key '#', but it is created by a parent process instance. Cancel the root process instance '#' instead.
        "#]],
    );
}

#[test]
fn call_activity_calls_once_for_each_iteration() {
    check(
        "p: process {
s: startEvent
c: callActivity calledElement=q <multiInstanceLoopCharacteristics><loopCardinality>= 2</loopCardinality></multiInstanceLoopCharacteristics>
e: endEvent
s -> c -> e
}
q: process {
i: startEvent
w: serviceTask
x: endEvent
i -> w -> x
}",
        "start p; complete w; complete w",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_c
              activated c
              loop of 2
              iteration 1 of c
              variables of c 1 {"loopCounter":1}
              iteration 2 of c
              variables of c 2 {"loopCounter":2}
              activated c 1
              c 1 calls
              sent CreateProcessInstance
              activated c 2
              c 2 calls
              sent CreateProcessInstance
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
              created q v1
              passed i
              flow i_w
              activated w
              job w retries 3
            > complete w
              JobActivated w
              JobCompleted w
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c 1 calls nothing any more
              variables of c 1 {"loopCounter":1}
              completed c 1
              iteration 1 completed
            > complete w
              JobActivated w
              JobCompleted w
              completed w
              flow w_x
              passed x
              sent CompleteCalled
              InstanceCompleted
              c 2 calls nothing any more
              variables of c 2 {"loopCounter":2}
              completed c 2
              iteration 2 completed
              completed c
              flow c_e
              passed e
              InstanceCompleted
        "#]],
    );
}
