//! Escalation events of activities and scopes: boundary events and event sub-processes.

use crate::skeleton::check;
use expect_test::expect;

#[test]
fn boundary_escalation_interrupts_a_sub_process() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent escalation(LATE)
a: serviceTask
j: endEvent
i -> t -> a -> j
}
b: boundaryEvent attachedToRef=sub escalation(LATE)
h: serviceTask
e: endEvent
x: endEvent
s -> sub -> e; b -> h -> x"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              escalation LATE caught by b
              terminated t
              terminated sub
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
fn boundary_escalation_of_its_code_comes_before_every() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
t: intermediateThrowEvent escalation(LATE)
j: endEvent
i -> a -> t -> j
}
any: boundaryEvent attachedToRef=sub escalation
b: boundaryEvent attachedToRef=sub escalation(LATE)
e: endEvent
x: endEvent
y: endEvent
s -> sub -> e; any -> x; b -> y"#,
        "start p; complete a",
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
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_t
              activated t
              escalation LATE caught by b
              terminated t
              terminated sub
              passed b
              flow b_y
              passed y
              InstanceCompleted
        "#]],
    );
}

#[test]
fn boundary_escalation_from_a_called_process() {
    check(
        r#"p: process {
s: startEvent
call: callActivity calledElement=q
b: boundaryEvent attachedToRef=call escalation(LATE)
e: endEvent
x: endEvent
s -> call -> e; b -> x
}
q: process {
s2: startEvent
t2: intermediateThrowEvent escalation(LATE)
a: serviceTask
e2: endEvent
s2 -> t2 -> a -> e2
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
              flow s2_t2
              activated t2
              escalation LATE not caught
              sent PropagateEscalation
              completed t2
              flow t2_a
              activated a
              job a retries 3
              escalation LATE caught by b
              sent CancelCalled
              terminated call
              passed b
              flow b_x
              passed x
              InstanceCompleted
              JobCanceled a
              terminated a
              InstanceTerminated
        "#]],
    );
}

#[test]
fn non_interrupting_boundary_escalation_lets_the_thrower_go_on() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent escalation(LATE)
a: serviceTask
j: endEvent
i -> t -> a -> j
}
b: boundaryEvent attachedToRef=sub cancelActivity=false escalation(LATE)
h: serviceTask
e: endEvent
x: endEvent
s -> sub -> e; b -> h -> x"#,
        "start p; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              escalation LATE caught by b
              passed b
              flow b_h
              completed t
              flow t_a
              activated h
              job h retries 3
              activated a
              job a retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              completed sub
              flow sub_e
              passed e
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
fn non_interrupting_boundary_escalation_takes_several() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent escalation(LATE)
t2: intermediateThrowEvent escalation(LATER)
j: endEvent
i -> t -> t2 -> j
}
b: boundaryEvent attachedToRef=sub cancelActivity=false escalation
h: serviceTask
e: endEvent
x: endEvent
s -> sub -> e; b -> h -> x"#,
        "start p; complete h; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              escalation LATE caught by b
              passed b
              flow b_h
              completed t
              flow t_t2
              activated h
              job h retries 3
              activated t2
              escalation LATER caught by b
              passed b
              flow b_h
              completed t2
              flow t2_j
              activated h
              job h retries 3
              passed j
              completed sub
              flow sub_e
              passed e
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
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
fn non_interrupting_boundary_escalation_from_a_called_process() {
    check(
        r#"p: process {
s: startEvent
call: callActivity calledElement=q
b: boundaryEvent attachedToRef=call cancelActivity=false escalation(LATE)
h: serviceTask
e: endEvent
x: endEvent
s -> call -> e; b -> h -> x
}
q: process {
s2: startEvent
t2: intermediateThrowEvent escalation(LATE)
a: serviceTask
e2: endEvent
s2 -> t2 -> a -> e2
}"#,
        "start p; complete a; complete h",
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
              flow s2_t2
              activated t2
              escalation LATE not caught
              sent PropagateEscalation
              completed t2
              flow t2_a
              activated a
              job a retries 3
              escalation LATE caught by b
              passed b
              flow b_h
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e2
              passed e2
              sent CompleteCalled
              InstanceCompleted
              call calls nothing any more
              completed call
              flow call_e
              passed e
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
fn event_sub_process_escalation_takes_its_scope_over() {
    check(
        r#"s: startEvent
f: parallelGateway
a: serviceTask
t: intermediateThrowEvent escalation(LATE)
k: serviceTask
e: endEvent
s -> f -> a -> e; f -> t -> k -> e
es: subProcess triggeredByEvent=true {
u: startEvent escalation(LATE)
h: serviceTask
x: endEvent
u -> h -> x
}"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_f
              passed f
              flow f_a
              flow f_t
              activated a
              job a retries 3
              activated t
              escalation LATE caught by u
              terminated t
              JobCanceled a
              terminated a
              ScopeInterrupted p
              activated es
              passed u
              flow u_h
              activated h
              job h retries 3
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
fn event_sub_process_escalation_does_not_catch_what_it_throws_itself() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
j: endEvent escalation(LATE)
i -> j
es: subProcess triggeredByEvent=true {
u: startEvent escalation
x: endEvent escalation(LATE)
u -> x
}
}
b: boundaryEvent attachedToRef=sub escalation(LATE)
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
              flow i_j
              activated j
              escalation LATE caught by u
              terminated j
              ScopeInterrupted sub
              activated es
              passed u
              flow u_x
              activated x
              escalation LATE caught by b
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
fn event_sub_process_escalation_comes_before_the_boundary_of_its_scope() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
j: endEvent escalation(LATE)
i -> j
es: subProcess triggeredByEvent=true {
u: startEvent escalation(LATE)
h: serviceTask
x: endEvent
u -> h -> x
}
}
b: boundaryEvent attachedToRef=sub escalation(LATE)
e: endEvent
y: endEvent
s -> sub -> e; b -> y"#,
        "start p; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_j
              activated j
              escalation LATE caught by u
              terminated j
              ScopeInterrupted sub
              activated es
              passed u
              flow u_h
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
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_escalation_lets_the_thrower_go_on() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent escalation(LATE)
a: serviceTask
e: endEvent
s -> t -> a -> e
es: subProcess triggeredByEvent=true {
u: startEvent isInterrupting=false escalation(LATE)
h: serviceTask
x: endEvent
u -> h -> x
}"#,
        "start p; complete a; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              escalation LATE caught by u
              activated es
              completed t
              flow t_a
              passed u
              flow u_h
              activated a
              job a retries 3
              activated h
              job h retries 3
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_e
              passed e
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
fn non_interrupting_event_sub_process_escalation_does_not_catch_itself_for_ever() {
    check(
        r#"s: startEvent
sub: subProcess {
i: startEvent
t: intermediateThrowEvent escalation(LATE)
a: serviceTask
j: endEvent
i -> t -> a -> j
es: subProcess triggeredByEvent=true {
u: startEvent isInterrupting=false escalation(LATE)
x: endEvent escalation(LATE)
u -> x
}
}
b: boundaryEvent attachedToRef=sub cancelActivity=false escalation
e: endEvent
y: endEvent
s -> sub -> e; b -> y"#,
        "start p; complete a",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_sub
              activated sub
              passed i
              flow i_t
              activated t
              escalation LATE caught by u
              activated es
              completed t
              flow t_a
              passed u
              flow u_x
              activated a
              job a retries 3
              activated x
              escalation LATE caught by b
              passed b
              flow b_y
              completed x
              completed es
              passed y
            > complete a
              JobActivated a
              JobCompleted a
              completed a
              flow a_j
              passed j
              completed sub
              flow sub_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn non_interrupting_event_sub_process_escalation_takes_several() {
    check(
        r#"s: startEvent
t: intermediateThrowEvent escalation(LATE)
t2: intermediateThrowEvent escalation(LATER)
e: endEvent
s -> t -> t2 -> e
es: subProcess triggeredByEvent=true {
u: startEvent isInterrupting=false escalation
h: serviceTask
x: endEvent
u -> h -> x
}"#,
        "start p; complete h; complete h",
        expect![[r#"
            > start p
              created p v1
              passed s
              flow s_t
              activated t
              escalation LATE caught by u
              activated es
              completed t
              flow t_t2
              passed u
              flow u_h
              activated t2
              escalation LATER caught by u
              activated es
              completed t2
              flow t2_e
              activated h
              job h retries 3
              passed u
              flow u_h
              passed e
              activated h
              job h retries 3
            > complete h
              JobActivated h
              JobCompleted h
              completed h
              flow h_x
              passed x
              completed es
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
