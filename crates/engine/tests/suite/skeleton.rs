//! The smallest processes around an event: `a` is work that waits, `h` handles the event.

use expect_test::Expect;
use testkit::{draw, trace, trace_of};

/// Runs a script, its commands separated by `; `, over the drawing of a model.
#[track_caller]
pub fn check(drawing: &str, script: &str, expected: Expect) {
    expected.assert_eq(&trace(&draw(drawing), &script.replace("; ", "\n")));
}

/// The same over models that the script deploys one after the other.
pub fn check_versions(drawings: &[&str], script: &str, expected: Expect) {
    let models: Vec<String> = drawings.iter().map(|drawing| draw(drawing)).collect();
    let models: Vec<&str> = models.iter().map(String::as_str).collect();
    expected.assert_eq(&trace_of(&models, &script.replace("; ", "\n")));
}

/// All of these are in a trace, each behind the one before.
#[track_caller]
pub fn in_order(trace: &str, lines: &[&str]) {
    let places: Vec<Option<usize>> = lines.iter().map(|line| trace.find(line)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{lines:?} in\n{trace}");
}

/// A process that starts with the event.
pub fn start(event: &str) -> String {
    format!("p: process {{\n s: startEvent {event}\n a: serviceTask\n e: endEvent\n s -> a -> e\n}}\n")
}

/// A process that waits for the event.
pub fn catch(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n c: intermediateCatchEvent {event}\n e: endEvent\n s -> c -> e\n}}\n"
    )
}

/// The event at the boundary of an activity.
pub fn boundary(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n a: serviceTask\n b: boundaryEvent attachedToRef=a {event}\n h: serviceTask
         e: endEvent\n x: endEvent\n s -> a -> e; b -> h -> x\n}}\n"
    )
}

/// The same where the activity goes on.
pub fn non_interrupting_boundary(event: &str) -> String {
    boundary(&format!("cancelActivity=false {event}"))
}

/// The event at the boundary of a sub-process whose two branches work.
pub fn boundary_of_sub_process(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n sub: subProcess {{\n i: startEvent\n f: parallelGateway\n a: serviceTask
         a2: serviceTask\n j: endEvent\n i -> f -> a -> j; f -> a2 -> j\n }}
         b: boundaryEvent attachedToRef=sub {event}\n h: serviceTask
         e: endEvent\n x: endEvent\n s -> sub -> e; b -> h -> x\n}}\n"
    )
}

/// An event sub-process of the process.
pub fn event_sub_process(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n a: serviceTask\n e: endEvent\n s -> a -> e
         es: subProcess triggeredByEvent=true {{\n t: startEvent {event}\n h: serviceTask\n x: endEvent\n t -> h -> x\n }}\n}}\n"
    )
}

/// The same where the process goes on.
pub fn non_interrupting_event_sub_process(event: &str) -> String {
    event_sub_process(&format!("isInterrupting=false {event}"))
}

/// An event sub-process of a sub-process.
pub fn event_sub_process_inside(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n sub: subProcess {{\n i: startEvent\n a: serviceTask\n j: endEvent\n i -> a -> j
         es: subProcess triggeredByEvent=true {{\n t: startEvent {event}\n h: serviceTask\n x: endEvent\n t -> h -> x\n }}\n }}
         c: serviceTask\n e: endEvent\n s -> sub -> c -> e\n}}\n"
    )
}

/// A process that throws the event between two tasks.
pub fn throw(event: &str) -> String {
    format!(
        "p: process {{\n s: startEvent\n t: intermediateThrowEvent {event}\n a: serviceTask\n e: endEvent\n s -> t -> a -> e\n}}\n"
    )
}

/// A process that ends with the event.
pub fn end(event: &str) -> String {
    format!("p: process {{\n s: startEvent\n e: endEvent {event}\n s -> e\n}}\n")
}

/// Another process that waits for the event.
pub fn other(event: &str) -> String {
    format!(
        "q: process {{\n s2: startEvent\n c2: intermediateCatchEvent {event}\n e2: endEvent\n s2 -> c2 -> e2\n}}\n"
    )
}

/// Another process that starts with the event.
pub fn other_starts(event: &str) -> String {
    format!("q: process {{\n s2: startEvent {event}\n e2: endEvent\n s2 -> e2\n}}\n")
}
