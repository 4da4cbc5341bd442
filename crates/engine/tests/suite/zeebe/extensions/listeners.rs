//! Listeners: when each runs, its job, and what it may do to a user task.

use super::{Row, element, row};

pub fn rows() -> Vec<Row> {
    let mut rows = execution();
    rows.extend(task());
    rows
}

fn listening(kind: &str, listeners: &str) -> String {
    element(kind, &format!("<zeebe:executionListeners>{listeners}</zeebe:executionListeners>"))
}

fn execution() -> Vec<Row> {
    let one = |event: &str| format!(r#"<zeebe:executionListener eventType="{event}" type="l" retries="5"/>"#);
    let names =
        "executionListeners executionListener.eventType executionListener.type executionListener.retries";
    let looped = format!(
        r#"s: startEvent
t: serviceTask <extensionElements><zeebe:taskDefinition type="t"/><zeebe:executionListeners>{}</zeebe:executionListeners></extensionElements><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=list" inputElement="item"/></extensionElements></multiInstanceLoopCharacteristics>
e: endEvent
s -> t -> e"#,
        one("beforeAll")
    );
    let computed = r#"<zeebe:executionListener eventType="start" type="=how" retries="=n"/>"#;
    let own = r#"<zeebe:executionListener eventType="start" type="l"><zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders></zeebe:executionListener>"#;
    let of_process = format!(
        "p: process <extensionElements><zeebe:executionListeners>{}{}</zeebe:executionListeners></extensionElements> {{\ns: startEvent\nb: serviceTask\ne: endEvent\ns -> b -> e\n}}",
        one("start"),
        one("end")
    );
    vec![
        row(
            names,
            "start: before the work",
            &listening("manualTask", &one("start")),
            r#"start p; complete l {"x":1}"#,
            &[
                "activating t",
                "EXECUTION_LISTENER job l retries 5 START",
                "> complete l {\"x\":1}",
                "activated t",
                "completed t",
            ],
        ),
        row(
            names,
            "end: after the work",
            &listening("userTask", &one("end")),
            "start p; finish; complete l",
            &[
                "activated t",
                "> finish",
                "completing t",
                "EXECUTION_LISTENER job l retries 5 END",
                "> complete l",
                "completed t",
            ],
        ),
        row(
            names,
            "beforeAll: once, before the items are counted",
            &looped,
            r#"start p {"list":[]}; complete l {"list":[1,2]}"#,
            &[
                "EXECUTION_LISTENER job l retries 5 BEFORE_ALL",
                "> complete l {\"list\":[1,2]}",
                "loop of 2",
                "activated t 1",
            ],
        ),
        row(
            names,
            "cancel: when it is ended from outside",
            &listening("userTask", &one("cancel")),
            "start p; cancel; complete l",
            &[
                "> cancel",
                "EXECUTION_LISTENER job l retries 5 CANCEL",
                "> complete l",
                "terminated t",
                "InstanceTerminated",
            ],
        ),
        row(
            "executionListener.type executionListener.retries",
            "FEEL; three retries are the default",
            &listening(
                "manualTask",
                &format!(r#"{computed}<zeebe:executionListener eventType="start" type="m"/>"#),
            ),
            r#"start p {"how":"h","n":9}; complete h; complete m"#,
            &[
                "EXECUTION_LISTENER job h retries 9 START",
                "EXECUTION_LISTENER job m retries 3 START",
                "activated t",
            ],
        ),
        row(
            "executionListeners taskHeaders header.key header.value",
            "headers of its own",
            &listening("manualTask", own),
            "start p; activate l",
            &["headers colour=red"],
        ),
        row(
            names,
            "of the process",
            &of_process,
            "start p; complete l; complete b; complete l",
            &[
                "EXECUTION_LISTENER job l retries 5 START",
                "> complete l",
                "passed s",
                "> complete b",
                "EXECUTION_LISTENER job l retries 5 END",
                "> complete l",
                "InstanceCompleted",
            ],
        ),
    ]
}

fn task() -> Vec<Row> {
    let listening = |extensions: &str, listeners: &str| {
        element(
            "userTask",
            &format!("<zeebe:userTask/>{extensions}<zeebe:taskListeners>{listeners}</zeebe:taskListeners>"),
        )
    };
    let one = |event: &str| format!(r#"<zeebe:taskListener eventType="{event}" type="l" retries="5"/>"#);
    let names = "taskListeners taskListener.eventType taskListener.type taskListener.retries";
    let at = |event: &str, script: &str, lines: &[&str]| {
        row(names, event, &listening("", &one(event)), script, lines)
    };
    let corrections = r#"{"assignee":"bob","dueDate":"2030-01-01T00:00:00Z","followUpDate":"2029-01-01T00:00:00Z","candidateUsers":["u"],"candidateGroups":["g"],"priority":80}"#;
    let corrected =
        r#"users ["u"], groups ["g"], due 2030-01-01T00:00:00Z, follow-up 2029-01-01T00:00:00Z, priority 80"#;
    let denies = |event: &str, script: &str| {
        let lines = ["> deny l not yet", "task denied: not yet"];
        row(names, &format!("{event}, denied"), &listening("", &one(event)), script, &lines)
    };
    vec![
        at(
            "creating",
            "start p; complete l",
            &["TASK_LISTENER job l retries 5 CREATING", "> complete l", "UserTaskCreated"],
        ),
        at(
            "assigning",
            "start p; assign ann; complete l",
            &[
                "> assign ann",
                "TASK_LISTENER job l retries 5 ASSIGNING",
                "> complete l",
                "task assigned to 'ann'",
            ],
        ),
        at(
            "updating",
            r#"start p; update {"priority":60}; complete l"#,
            &["TASK_LISTENER job l retries 5 UPDATING", "> complete l", "UserTaskUpdated priority 60"],
        ),
        at(
            "completing",
            "start p; finish; complete l",
            &["> finish", "TASK_LISTENER job l retries 5 COMPLETING", "> complete l", "UserTaskCompleted"],
        ),
        at(
            "canceling",
            "start p; cancel; complete l",
            &["> cancel", "TASK_LISTENER job l retries 5 CANCELING", "> complete l", "UserTaskCanceled"],
        ),
        row(
            "taskListener.type taskListener.retries",
            "FEEL; three retries are the default",
            &listening(
                "",
                r#"<zeebe:taskListener eventType="creating" type="=how" retries="=n"/><zeebe:taskListener eventType="creating" type="m"/>"#,
            ),
            r#"start p {"how":"h","n":9}; complete h; complete m"#,
            &[
                "TASK_LISTENER job h retries 9 CREATING",
                "TASK_LISTENER job m retries 3 CREATING",
                "UserTaskCreated",
            ],
        ),
        row(
            "taskListeners taskHeaders header.key header.value",
            "headers of its own, and those of the task",
            &listening(
                r#"<zeebe:taskHeaders><zeebe:header key="of" value="task"/></zeebe:taskHeaders>"#,
                r#"<zeebe:taskListener eventType="creating" type="l"><zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders></zeebe:taskListener>"#,
            ),
            "start p; activate l",
            &["headers colour=red"],
        ),
        row(
            names,
            "every attribute can be corrected",
            &listening("", &one("completing")),
            &format!("start p; finish; correct l {corrections}"),
            &[&format!("UserTaskCorrected assignee 'bob', {corrected}"), "UserTaskCompleted"],
        ),
        denies("assigning", "start p; assign ann; deny l not yet"),
        denies("updating", r#"start p; update {"priority":60}; deny l not yet"#),
        denies("completing", "start p; finish; deny l not yet"),
    ]
}
