//! Where variables go.

use super::{check, last};

/// A task with extension elements between the start and another task.
fn task(extensions: &str) -> String {
    format!(
        "s: startEvent\na: serviceTask <extensionElements>{extensions}</extensionElements>\nb: serviceTask\ne: endEvent\ns -> a -> b -> e"
    )
}

fn input(source: &str, target: &str) -> String {
    task(&format!(r#"<zeebe:ioMapping><zeebe:input source="{source}" target="{target}"/></zeebe:ioMapping>"#))
}

fn output(source: &str, target: &str) -> String {
    task(&format!(
        r#"<zeebe:ioMapping><zeebe:output source="{source}" target="{target}"/></zeebe:ioMapping>"#
    ))
}

#[test]
fn zeebe_inputs_into_a_part_hide_the_whole() {
    check(&input("=1", "o.a"), r#"start p {"o":{"b":2}}; activate a"#, &[r#"job has {"o":{"a":1}}"#]);
}

#[test]
fn zeebe_outputs_into_a_part_keep_the_rest() {
    check(
        &output("=1", "o.a"),
        r#"start p {"o":{"b":2}}; complete a"#,
        &[r#"variables of p {"o":{"b":2,"a":1}}"#],
    );
    check(&output("=1", "o.a"), r#"start p {"o":7}; complete a"#, &[r#"variables of p {"o":null}"#]);
}

#[test]
fn zeebe_sources_without_an_equals_sign_are_texts() {
    for source in ["5", "[1,2]", "null"] {
        check(&input(source, "m"), "start p", &[&format!(r#"variables of a {{"m":"{source}"}}"#)]);
    }
    check(&input("=missing", "m"), "start p", &[r#"variables of a {"m":null}"#]);
}

#[test]
fn zeebe_result_variables_are_names_not_paths() {
    let script = r#"s: startEvent
a: scriptTask <extensionElements><zeebe:script expression="=1" resultVariable="o.x"/></extensionElements>
b: serviceTask
e: endEvent
s -> a -> b -> e"#;
    check(script, r#"start p {"o":{}}"#, &[r#"variables of p {"o.x":1}"#]);
}

#[test]
fn zeebe_variables_may_have_any_name() {
    check(
        &task(""),
        r#"start p; complete a {"größe":1,"o.x":2,"a b":3}"#,
        &[r#"variables of p {"größe":1,"o.x":2,"a b":3}"#],
    );
}

const BOUNDARY: &str = r#"s: startEvent
a: serviceTask
b: boundaryEvent attachedToRef=a EVENT
c: serviceTask
e: endEvent
x: endEvent
s -> a -> e; b -> c -> x"#;

const MAPPING: &str = r#" <extensionElements><zeebe:ioMapping><zeebe:output source="=v" target="w"/></zeebe:ioMapping></extensionElements>"#;

#[test]
fn zeebe_variables_of_a_message_go_to_the_event_and_out_of_it() {
    let without = BOUNDARY.replace("EVENT", "message(M =k)");
    let publish = r#"start p {"k":"k"}; publish M k 0 {"v":1}"#;
    check(&without, publish, &[r#"variables of b {"v":1}"#, r#"variables of p {"v":1}"#, "completed b"]);
    let with = BOUNDARY.replace("EVENT", &format!("message(M =k){MAPPING}"));
    check(&with, publish, &[r#"variables of b {"v":1}"#, r#"variables of p {"w":1}"#, "completed b"]);
}

#[test]
fn zeebe_variables_of_an_error_stay_at_the_event() {
    let throw = r#"start p; error a E {"v":1}"#;
    let without = BOUNDARY.replace("EVENT", "error(E)");
    check(&without, throw, &[r#"variables of b {"v":1}"#, "completed b"]);
    let lines = last(&without, throw);
    assert!(!lines.iter().any(|line| line.starts_with("variables of p")), "{}", lines.join("\n"));
    let with = BOUNDARY.replace("EVENT", &format!("error(E){MAPPING}"));
    check(&with, throw, &[r#"variables of b {"v":1}"#, r#"variables of p {"w":1}"#, "completed b"]);
}

#[test]
fn zeebe_outputs_of_a_call_activity_choose() {
    let drawing = r#"p: process {
s: startEvent
c: callActivity <extensionElements><zeebe:calledElement processId="q"/><zeebe:ioMapping><zeebe:output source="=x" target="z"/></zeebe:ioMapping></extensionElements>
b: serviceTask
e: endEvent
s -> c -> b -> e
}
q: process {
s2: startEvent
a: serviceTask
e2: endEvent
s2 -> a -> e2
}"#;
    check(
        drawing,
        r#"start p; complete a {"x":1,"y":2}"#,
        &[r#"variables of c {"x":1,"y":2}"#, r#"variables of p {"z":1}"#, "completed c"],
    );
    check(drawing, r#"start p; complete a {"x":1,"y":2}; focus 1; show"#, &[r#"p ACTIVE {"z":1}"#]);
}

#[test]
fn zeebe_inputs_of_an_end_event_are_evaluated() {
    let drawing = r#"s: startEvent
e: endEvent <extensionElements><zeebe:ioMapping><zeebe:input source="=assert(n, n != null)" target="m"/></zeebe:ioMapping></extensionElements>
s -> e"#;
    let lines = last(drawing, "start p");
    assert!(
        lines.iter().any(|line| line.starts_with("incident IO_MAPPING_ERROR at e: ")),
        "{}",
        lines.join("\n")
    );
    check(drawing, r#"start p {"n":1}"#, &[r#"variables of e {"m":1}"#, "InstanceCompleted"]);
}

/// An interrupting event sub-process, with a task in it.
const HANDLER: &str = "s: startEvent
a: serviceTask
e: endEvent
s -> a -> e
es: subProcess triggeredByEvent=true {
t: startEvent EVENT
h: serviceTask
x: endEvent
t -> h -> x
}";

#[test]
fn zeebe_variables_of_a_message_stay_at_the_start_of_an_event_sub_process_and_go_out_of_it() {
    let publish = r#"start p {"k":"k"}; publish M k 0 {"v":1}"#;
    let without = HANDLER.replace("EVENT", "message(M =k)");
    check(
        &without,
        publish,
        &[r#"variables of p {"v":1}"#, "activated es", r#"variables of t {"v":1}"#, "completed t"],
    );
    // What the handler changes is the process's own.
    check(&without, &format!(r#"{publish}; complete h {{"v":2}}"#), &[r#"variables of p {"v":2}"#]);
    let with = HANDLER.replace("EVENT", &format!("message(M =k){MAPPING}"));
    check(
        &with,
        publish,
        &["activated es", r#"variables of es {"v":1}"#, r#"variables of p {"w":1}"#, "completed t"],
    );
    let lines = last(&with, publish);
    assert!(!lines.iter().any(|line| line == r#"variables of p {"v":1}"#), "{}", lines.join("\n"));
}

#[test]
fn zeebe_variables_of_an_error_stay_in_the_event_sub_process() {
    let throw = r#"start p; error a E {"v":1}"#;
    let drawing = HANDLER.replace("EVENT", "error(E)");
    check(&drawing, throw, &["activated es", r#"variables of es {"v":1}"#, "activated h"]);
    let lines = last(&drawing, throw);
    assert!(!lines.iter().any(|line| line.starts_with("variables of p")), "{}", lines.join("\n"));
    check(&drawing, &format!("{throw}; activate h"), &[r#"job has {"v":1}"#]);
}

#[test]
fn zeebe_variables_of_a_failed_job_stay_with_its_element() {
    let failed = r#"start p {"v":0}; fail a 1 0 {"v":1,"w":2}"#;
    check(&task(""), failed, &["job failed, 1 retries left", r#"variables of a {"v":1,"w":2}"#]);
    let lines = last(&task(""), failed);
    assert!(!lines.iter().any(|line| line.starts_with("variables of p")), "{}", lines.join("\n"));
    // The next try sees them; they end with the element.
    check(&task(""), &format!("{failed}; activate a"), &[r#"job has {"v":1,"w":2}"#]);
    let done = format!("{failed}; complete a; activate b");
    check(&task(""), &done, &[r#"job has {"v":0}"#]);
}

const EACH: &str = r#"s: startEvent
a: serviceTask <multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics inputCollection="=list" inputElement="it"/></extensionElements></multiInstanceLoopCharacteristics>
e: endEvent
s -> a -> e"#;

#[test]
fn zeebe_sequential_iterations_keep_the_first_collection() {
    let script = r#"start p {"list":[1,2]}; complete a; set {"list":[1]}; activate a"#;
    check(EACH, script, &[r#"job has {"loopCounter":2,"it":2,"list":[1]}"#]);
}

#[test]
fn zeebe_standard_loops_are_executed() {
    let drawing = r#"<extensionElements><zeebe:properties/></extensionElements>
s: startEvent
a: serviceTask <standardLoopCharacteristics testBefore="false" loopMaximum="2"/>
e: endEvent
s -> a -> e"#;
    check(drawing, "start p; complete a", &["job a retries 3"]);
    check(drawing, "start p; complete a; complete a", &["InstanceCompleted"]);
}

#[test]
fn zeebe_ad_hoc_sub_processes_without_a_choice_do_not_stay() {
    let drawing = |extensions: &str| {
        format!(
            "<extensionElements><zeebe:properties/></extensionElements>\ns: startEvent
sub: adHocSubProcess <extensionElements>{extensions}</extensionElements> {{\na: serviceTask\nb: serviceTask\n<completionCondition>=done</completionCondition>\n}}
e: endEvent\ns -> sub -> e"
        )
    };
    let chosen = drawing(r#"<zeebe:adHoc activeElementsCollection="=list"/>"#);
    check(&chosen, r#"start p {"list":[],"done":false}"#, &["completed sub", "InstanceCompleted"]);
    check(
        &chosen,
        r#"start p {"list":["a","b"],"done":false}; complete a {"done":true}"#,
        &["terminated b", "completed sub", "InstanceCompleted"],
    );
    // Without any, activities are asked for while it is active.
    check(&drawing(""), r#"start p {"done":true}; choose a"#, &["activated a"]);
    check(
        &drawing(""),
        r#"start p {"done":true}; choose a; complete a"#,
        &["completed sub", "InstanceCompleted"],
    );
}

#[test]
fn zeebe_task_listeners_have_the_names_of_both_versions() {
    let names = [
        ("create", "creating", "start p"),
        ("assignment", "assigning", "start p; assign ada"),
        ("update", "updating", r#"start p; update {"priority":1}"#),
        ("complete", "completing", "start p; finish"),
        ("cancel", "canceling", "start p; cancel"),
    ];
    for (old, new, script) in names {
        for name in [old, new] {
            let drawing = format!(
                r#"s: startEvent
a: userTask <extensionElements><zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="{name}" type="l"/></zeebe:taskListeners></extensionElements>
e: endEvent
s -> a -> e"#
            );
            check(&drawing, script, &[&format!("TASK_LISTENER job l retries 3 {}", new.to_uppercase())]);
        }
    }
}
