//! Events, errors, joins and compensation.

use super::{check, last};

const HANDLED: &str = "s: startEvent
sub: subProcess {
i: startEvent
a: serviceTask
j: endEvent
i -> a -> j
es: subProcess triggeredByEvent=true {
t: startEvent error(E)
h: serviceTask
x: endEvent
t -> h -> x
}
}
b: boundaryEvent attachedToRef=sub error(E)
c: serviceTask
e: endEvent
y: endEvent
s -> sub -> e; b -> c -> y";

#[test]
fn zeebe_errors_of_a_handler_go_outwards() {
    check(HANDLED, "start p; error a E; error h E", &["passed b", "activated c"]);
}

#[test]
fn zeebe_escalations_of_a_handler_do_not_start_it_again() {
    let drawing = "s: startEvent
t: intermediateThrowEvent escalation(E)
e: endEvent
s -> t -> e
es: subProcess triggeredByEvent=true {
i: startEvent isInterrupting=false escalation(E)
x: endEvent escalation(E)
i -> x
}";
    check(drawing, "start p", &["activated es", "completed es", "InstanceCompleted"]);
    let started = last(drawing, "start p").iter().filter(|line| *line == "activated es").count();
    assert_eq!(started, 1);
}

const CAUGHT: &str = "s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a EVENT
e: endEvent
y: endEvent
s -> a -> e; b -> y";

#[test]
fn zeebe_errors_without_a_code_are_caught_by_what_catches_all() {
    check(&CAUGHT.replace("EVENT", "error"), "start p; error a", &["passed b", "InstanceCompleted"]);
    let lines = last(&CAUGHT.replace("EVENT", "error(E)"), "start p; error a");
    assert!(lines.iter().any(|line| line.starts_with("incident UNHANDLED_ERROR_EVENT at a: ")), "{lines:?}");
}

#[test]
fn zeebe_errors_that_nothing_catches_leave_the_job_to_be_done_again() {
    let drawing = CAUGHT.replace("EVENT", "error(E)");
    let lines = last(&drawing, "start p; error a F");
    assert!(lines.iter().any(|line| line.starts_with("incident UNHANDLED_ERROR_EVENT at a: ")), "{lines:?}");
    check(&drawing, "start p; error a F; resolve; activate a", &["JobActivated a"]);
}

#[test]
fn zeebe_inclusive_joins_fire_when_the_other_token_leaves_elsewhere() {
    let drawing = "s: startEvent
f: inclusiveGateway
a: serviceTask
b: serviceTask
x: exclusiveGateway default=x_j
j: inclusiveGateway
e: endEvent
o: endEvent
s -> f -> [true] a -> j -> e; f -> [true] b -> x -> j; x -> [away] o";
    check(
        drawing,
        r#"start p {"away":true}; complete a; complete b"#,
        &["passed o", "JoinFired a_j", "passed e", "InstanceCompleted"],
    );
}

#[test]
fn zeebe_correlation_keys_keep_their_fraction() {
    let drawing = "s: startEvent\nc: intermediateCatchEvent message(M =k)\ne: endEvent\ns -> c -> e";
    for (variables, key) in [(r#"{"k":1.5}"#, "1.5"), (r#"{"k":5.0}"#, "5"), (r#"{"k":"x"}"#, "x")] {
        check(drawing, &format!("start p {variables}"), &[&format!("waits for M '{key}' at c")]);
    }
    check(
        drawing,
        r#"start p {"k":1.5}; publish M 1 0; publish M 1.5 0"#,
        &["completed c", "InstanceCompleted"],
    );
}

#[test]
fn zeebe_correlation_neither_takes_a_waiting_message_nor_waits() {
    let drawing = "s: startEvent\nc: intermediateCatchEvent message(M =k)\ne: endEvent\ns -> c -> e";
    for before in ["publish M k 60000", "correlate M k"] {
        let lines = last(drawing, &format!("{before}; correlate M k"));
        assert!(lines[0].starts_with("rejected NOT_FOUND: "), "{lines:?}");
    }
    let lines = last(drawing, r#"correlate M k; start p {"k":"k"}"#);
    assert!(!lines.iter().any(|line| line.starts_with("completed c")), "{lines:?}");
}

#[test]
fn zeebe_cycles_fire_as_often_as_they_say() {
    let drawing = |cycle: &str| {
        format!(
            "s: startEvent\na: serviceTask\nb: boundaryEvent attachedToRef=a cancelActivity=false cycle({cycle})
h: serviceTask\ne: endEvent\ny: endEvent\ns -> a -> e; b -> h -> y"
        )
    };
    for (cycle, jump, times) in
        [("R0/PT1S", 5_000, 0), ("R/PT1S", 3_500, 3), ("R2/PT1S", 5_000, 2), ("R1/PT1S", 500, 0)]
    {
        let lines = last(&drawing(cycle), &format!("start p; time {jump}"));
        assert_eq!(lines.iter().filter(|line| *line == "activated h").count(), times, "{cycle}: {lines:?}");
    }
}

#[test]
fn zeebe_start_timers_with_a_duration_fire_once_after_deployment() {
    let drawing = "s: startEvent timer(PT1S)\na: serviceTask\ne: endEvent\ns -> a -> e";
    let lines = last(drawing, "time 999");
    assert_eq!(lines, Vec::<String>::new());
    check(drawing, "time 999; time 1", &["created p v1", "activated a"]);
    let lines = last(drawing, "time 1000; time 5000");
    assert_eq!(lines, Vec::<String>::new());
}

#[test]
fn zeebe_execution_listeners_cannot_throw_errors() {
    let drawing = r#"s: startEvent
a: serviceTask <extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="l"/></zeebe:executionListeners></extensionElements>
b: boundaryEvent attachedToRef=a error
e: endEvent
y: endEvent
s -> a -> e; b -> y"#;
    let lines = last(drawing, "start p; error l E");
    assert!(lines.iter().any(|line| line.starts_with("rejected INVALID_STATE: ")), "{lines:?}");
}

#[test]
fn zeebe_compensation_runs_in_reverse_order_of_completion() {
    let drawing = "s: startEvent
a: serviceTask
b: serviceTask
ca: boundaryEvent attachedToRef=a compensation
cb: boundaryEvent attachedToRef=b compensation
ha: serviceTask isForCompensation=true
hb: serviceTask isForCompensation=true
t: intermediateThrowEvent compensation
e: endEvent
s -> a -> b -> t -> e
ca ~ ha
cb ~ hb";
    // The events are passed when their handlers begin, not when the activities do.
    let begun = last(drawing, "start p; complete a; complete b");
    let about = |id: &str| begun.iter().filter(|line| line.ends_with(&format!(" {id}"))).count();
    assert_eq!((about("cb"), about("ca")), (1, 0), "{begun:?}");
    check(drawing, "start p; complete a; complete b", &["passed cb", "activated hb"]);
    check(
        drawing,
        "start p; complete a; complete b; complete hb",
        &["completed hb", "passed ca", "activated ha"],
    );
    check(
        drawing,
        "start p; complete a; complete b; complete hb; complete ha",
        &["completed ha", "completed t", "InstanceCompleted"],
    );
}

#[test]
fn zeebe_activities_choose_by_conditions_as_in_the_standard() {
    let drawing = "s: startEvent\na: serviceTask\nb: serviceTask\nc: serviceTask\ne: endEvent\ns -> a -> [x] b -> e; a -> [not(x)] c -> e";
    check(drawing, r#"start p {"x":true}; complete a"#, &["activated b"]);
    check(drawing, r#"start p {"x":false}; complete a"#, &["activated c"]);
    let lines = last(&drawing.replace("[not(x)] c", "c"), "start p; complete a");
    let incident = "incident EXTRACT_VALUE_ERROR at a: Expected result of the expression 'x' to be 'BOOLEAN', but was 'NULL'.";
    assert!(lines.iter().any(|line| line.starts_with(incident)), "{lines:?}");
}

#[test]
fn zeebe_loops_without_a_wait_run_within_their_budget() {
    let drawing = r#"s: startEvent
m: exclusiveGateway
t: scriptTask <extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements>
x: exclusiveGateway default=x_m
e: endEvent
s -> m -> t -> x -> m; x -> [n > 20] e"#;
    check(drawing, r#"start p {"n":0}"#, &[r#"variables of p {"n":21}"#, "InstanceCompleted"]);
    // An endless one stops at its incident; the next instance has its own budget.
    let text = "incident UNSPECIFIED at x: The process went through 200000 elements without waiting for anything. Check the loop \
                that leads through 'x'; resolving this incident lets it go on.";
    let bounded = drawing.replace("n > 20", "n > stop");
    check(&bounded, r#"start p {"n":0,"stop":1000000}"#, &[text]);
    let script = r#"start p {"n":0,"stop":1000000}; start p {"n":0,"stop":20}"#;
    check(&bounded, script, &[r#"variables of p {"n":21}"#, "InstanceCompleted"]);
    check(&bounded, r#"start p {"n":0,"stop":1000000}; set {"stop":1}; resolve"#, &["InstanceCompleted"]);
}

#[test]
fn zeebe_processes_that_call_themselves_stop_at_a_depth() {
    let drawing = r#"s: startEvent
g: exclusiveGateway default=g_c
c: callActivity <extensionElements><zeebe:calledElement processId="p"/></extensionElements>
e: endEvent
s -> g -> [once] e; g -> c -> e"#;
    let text = "incident CALLED_ELEMENT_ERROR at c: The call hierarchy is 1000 levels deep. Process instances that exceed the \
                maximum depth are not created, because they may call themselves without end: check the recursion of 'p'.";
    check(drawing, r#"start p {"once":false}"#, &[text]);
    check(drawing, r#"start p {"once":false}; start p {"once":true}"#, &["InstanceCompleted"]);
    let created = last(drawing, r#"start p {"once":false}"#);
    assert_eq!(created.iter().filter(|line| *line == "created p v1").count(), 1_001);
}
