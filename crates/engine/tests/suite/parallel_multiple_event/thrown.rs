//! Escalations and errors among the definitions of a parallel multiple event.

use crate::skeleton::in_order;

const ESCALATES: &str = r#"s: startEvent
sub: subProcess {
i: startEvent
f: parallelGateway
t: intermediateThrowEvent escalation(UP)
a: serviceTask
d: serviceTask
z: endEvent error(BAD)
j: endEvent
i -> f -> t -> a -> j; f -> d -> z
}
b: boundaryEvent attachedToRef=sub parallelMultiple=true PARTS
e: endEvent
x: endEvent
s -> sub -> e; b -> x"#;

#[test]
fn boundary_parallel_multiple_waits_beside_an_escalation_for_the_rest() {
    let drawing = ESCALATES.replace("PARTS", "escalation(UP) signal(S)");
    let trace = testkit::trace(&testkit::draw(&drawing), "start p\nsignal S");
    in_order(
        &trace,
        &[
            "part 0 of b occurred",
            "activated a",
            "> signal S",
            "terminated sub",
            "passed b",
            "InstanceCompleted",
        ],
    );
}

#[test]
fn boundary_parallel_multiple_catches_an_error_only_as_the_last_part() {
    let drawing = ESCALATES.replace("PARTS", "signal(S) error(BAD)");
    let early = testkit::trace(&testkit::draw(&drawing), "start p\ncomplete d\nsignal S\nresolve z");
    in_order(
        &early,
        &["incident UNHANDLED_ERROR_EVENT at z", "part 0 of b occurred", "caught by b", "passed b"],
    );
    let late = testkit::trace(&testkit::draw(&drawing), "start p\nsignal S\ncomplete d");
    assert!(late.contains("caught by b") && !late.contains("incident"), "{late}");
}
