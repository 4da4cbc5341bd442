//! User tasks: whose they are, when they are due, what they show.

use super::{Row, deployed, element, row};
use testkit::draw;

fn task(extensions: &str) -> String {
    element("userTask", &format!("<zeebe:userTask/>{extensions}"))
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            "userTask",
            "the engine manages the task: there is no job",
            &task(""),
            "start p; finish",
            &[
                "UserTaskCreating priority 50",
                "> finish",
                "UserTaskCompleted",
                "completed t",
                "!job t retries 3",
            ],
        ),
        row(
            "userTask",
            "a task without the marker is managed too; 8.10 has no others",
            &element("userTask", r#"<zeebe:taskDefinition type="io.camunda.zeebe:userTask"/>"#),
            "start p; finish",
            &["UserTaskCreated", "> finish", "completed t", "!job io.camunda.zeebe:userTask retries 3"],
        ),
    ];
    rows.extend(people());
    rows.extend(dates());
    rows.extend(priorities());
    rows.extend(forms());
    rows
}

fn people() -> Vec<Row> {
    let assigned = |attribute: &str| task(&format!("<zeebe:assignmentDefinition {attribute}/>"));
    let (users, groups) = ("assignmentDefinition.candidateUsers", "assignmentDefinition.candidateGroups");
    let person = "assignmentDefinition.assignee";
    let start = r#"start p {"boss":"eve","them":["ann","bob"]}"#;
    vec![
        row(
            person,
            "a text",
            &assigned(r#"assignee="eve""#),
            "start p",
            &["task ASSIGNING", "task assigned to 'eve'"],
        ),
        row(person, "FEEL", &assigned(r#"assignee="=boss""#), start, &["task assigned to 'eve'"]),
        row(
            users,
            "a text with commas",
            &assigned(r#"candidateUsers="ann, bob""#),
            start,
            &[r#"UserTaskCreating users ["ann", "bob"], priority 50"#],
        ),
        row(
            users,
            "a list that FEEL gives",
            &assigned(r#"candidateUsers="=them""#),
            start,
            &[r#"UserTaskCreating users ["ann", "bob"], priority 50"#],
        ),
        row(
            groups,
            "a text with commas",
            &assigned(r#"candidateGroups="sales,ops""#),
            start,
            &[r#"UserTaskCreating groups ["sales", "ops"], priority 50"#],
        ),
        row(
            groups,
            "a list that FEEL gives",
            &assigned(r#"candidateGroups="=them""#),
            start,
            &[r#"UserTaskCreating groups ["ann", "bob"], priority 50"#],
        ),
    ]
}

fn dates() -> Vec<Row> {
    let scheduled = |attribute: &str| task(&format!("<zeebe:taskSchedule {attribute}/>"));
    let at = "2030-01-02T03:04:05Z";
    let start = format!(r#"start p {{"day":"{at}"}}"#);
    let mut rows = Vec::new();
    for (of, name, word) in [
        ("taskSchedule.dueDate", "dueDate", "due"),
        ("taskSchedule.followUpDate", "followUpDate", "follow-up"),
    ] {
        let line = format!("UserTaskCreating {word} {at}, priority 50");
        for value in [at, "=day", "=date and time(day)"] {
            rows.push(row(of, value, &scheduled(&format!(r#"{name}="{value}""#)), &start, &[&line]));
        }
        rows.push(row(
            of,
            "what is no date is an incident",
            &scheduled(&format!(r#"{name}="=1""#)),
            &start,
            &["incident EXTRACT_VALUE_ERROR at t: Expected result of the expression '1' to be one of '[NULL, DATE_TIME, STRING]', but was 'NUMBER'."],
        ));
    }
    rows
}

fn priorities() -> Vec<Row> {
    let of = "priorityDefinition.priority";
    let ranked = |priority: &str| task(&format!(r#"<zeebe:priorityDefinition priority="{priority}"/>"#));
    let start = r#"start p {"n":101}"#;
    vec![
        row(of, "50 without one", &task(""), start, &["UserTaskCreating priority 50"]),
        row(of, "a number", &ranked("0"), start, &["UserTaskCreating priority 0"]),
        row(of, "FEEL", &ranked("=n - 1"), start, &["UserTaskCreating priority 100"]),
        row(
            of,
            "FEEL out of 0 to 100 is an incident",
            &ranked("=n"),
            start,
            &[
                "incident EXTRACT_VALUE_ERROR at t: Expected priority to be in the range [0,100] but was '101'",
            ],
        ),
    ]
}

fn forms() -> Vec<Row> {
    let form = |tag: &str| ("f.form", format!(r#"{{"id":"f","versionTag":"{tag}","components":[]}}"#));
    let shown = |of, claim: &str, attributes: &str, line: &str| {
        let task = ("p.bpmn", draw(&task(&format!("<zeebe:formDefinition {attributes}/>"))));
        let files = vec![vec![task, form("a")], vec![form("b")]];
        deployed(of, claim, files, r#"start p {"which":"f"}"#, &[line])
    };
    let (old, new) = ("UserTaskCreating priority 50, form f v1", "UserTaskCreating priority 50, form f v2");
    let binding = "formDefinition.bindingType";
    vec![
        shown("formDefinition.formId", "a text; the newest is the default", r#"formId="f""#, new),
        shown("formDefinition.formId", "FEEL", r#"formId="=which""#, new),
        shown(binding, "latest", r#"formId="f" bindingType="latest""#, new),
        shown(binding, "deployment", r#"formId="f" bindingType="deployment""#, old),
        shown(
            "formDefinition.bindingType formDefinition.versionTag",
            "version tag",
            r#"formId="f" bindingType="versionTag" versionTag="a""#,
            old,
        ),
        shown(
            "formDefinition.formKey userTaskForm.id",
            "a form of the process; clients get its text, see the API's rows",
            r#"formKey="camunda-forms:bpmn:mask""#,
            "UserTaskCreating priority 50, form camunda-forms:bpmn:mask",
        ),
        shown(
            "formDefinition.externalReference",
            "FEEL",
            r#"externalReference="=&quot;mask-&quot; + which""#,
            "UserTaskCreating priority 50, form mask-f",
        ),
        shown(
            "formDefinition.externalReference",
            "a text",
            r#"externalReference="mask""#,
            "UserTaskCreating priority 50, form mask",
        ),
    ]
}
