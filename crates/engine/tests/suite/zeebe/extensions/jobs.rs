//! Jobs: type, retries, headers, priority, linked files.

use super::{Row, deployed, element, row};
use testkit::draw;

/// Every element whose work a job may be, with the drawing around its extensions.
const WORKERS: &[(&str, &str, &str)] = &[
    ("serviceTask", "", ""),
    ("businessRuleTask", "", ""),
    ("scriptTask", "", ""),
    ("sendTask", "", ""),
    ("intermediateThrowEvent", "<messageEventDefinition/>", ""),
    ("adHocSubProcess", "", "{\na: serviceTask\n}"),
];

fn worker(kind: &str, extensions: &str) -> String {
    let (kind, content, inside) = WORKERS.iter().find(|it| it.0 == kind).expect("a worker");
    let extensions = format!("<extensionElements>{extensions}</extensionElements>{content}");
    format!("s: startEvent\nt: {kind} {extensions} {inside}\ne: endEvent\ns -> t -> e")
}

pub fn rows() -> Vec<Row> {
    let mut rows = types();
    rows.extend(priorities());
    rows.extend(links());
    let headers = r#"<zeebe:taskDefinition type="t"/><zeebe:taskHeaders><zeebe:header key="colour" value="red"/><zeebe:header key="size" value=""/></zeebe:taskHeaders>"#;
    for (kind, ..) in WORKERS {
        rows.push(row(
            "taskHeaders header.key header.value",
            &format!("the worker of a {kind} gets the headers, as they stand there"),
            &worker(kind, headers),
            "start p; activate t",
            &["headers colour=red, size="],
        ));
    }
    rows
}

fn types() -> Vec<Row> {
    let names = "taskDefinition.type taskDefinition.retries";
    let mut rows = Vec::new();
    for (kind, ..) in WORKERS {
        let what = if *kind == "adHocSubProcess" { "AD_HOC_SUB_PROCESS job" } else { "job" };
        let mut add = |claim: &str, extension: &str, script: &str, line: String| {
            let mut row = row(names, &format!("{kind}: {claim}"), &worker(kind, extension), script, &[]);
            row.lines.push(line);
            rows.push(row);
        };
        let (fixed, computed) = (
            r#"<zeebe:taskDefinition type="work" retries="5"/>"#,
            r#"<zeebe:taskDefinition type="=&quot;pay-&quot; + how" retries="=n + 1"/>"#,
        );
        add("texts", fixed, "start p", format!("{what} work retries 5"));
        add("FEEL", computed, r#"start p {"how":"card","n":6}"#, format!("{what} pay-card retries 7"));
        let default = r#"<zeebe:taskDefinition type="work"/>"#;
        add("retries that are not given", default, "start p", format!("{what} work retries 3"));
        let kind = "incident EXTRACT_VALUE_ERROR at t: Expected result of the expression 'how' to be 'STRING', but was 'NUMBER'.";
        add(
            "a type that is no text",
            r#"<zeebe:taskDefinition type="=how"/>"#,
            r#"start p {"how":1}"#,
            kind.to_owned(),
        );
    }
    // On the end event, and on the event definition in place of the event.
    let end = |event: &str, definition: &str| {
        format!(
            "s: startEvent\nt: endEvent {event}<messageEventDefinition>{definition}</messageEventDefinition>\ns -> t"
        )
    };
    let extension =
        r#"<extensionElements><zeebe:taskDefinition type="=how" retries="=n"/></extensionElements>"#;
    for (claim, drawing) in [
        ("message end event", end(extension, "")),
        ("message end event, at its definition", end("", extension)),
    ] {
        let lines = ["job mail retries 2", "> complete mail", "completed t", "InstanceCompleted"];
        rows.push(row(names, claim, &drawing, r#"start p {"how":"mail","n":2}; complete mail"#, &lines));
    }
    rows
}

fn priorities() -> Vec<Row> {
    let of = "jobPriorityDefinition.priority";
    let process = |default: &str, own: &str| {
        let own = format!(r#"<zeebe:taskDefinition type="t"/>{own}"#);
        format!(
            "p: process <extensionElements>{default}</extensionElements> {{\n{}\n}}",
            element("serviceTask", &own)
        )
    };
    let seven = r#"<zeebe:jobPriorityDefinition priority="7"/>"#;
    let computed = r#"<zeebe:jobPriorityDefinition priority="=n * 10"/>"#;
    let start = r#"start p {"n":3}; activate t"#;
    let mut rows = vec![
        row(of, "of the element, a number", &process("", seven), start, &["priority 7"]),
        row(of, "of the element, FEEL", &process("", computed), start, &["priority 30"]),
        row(of, "of the process, for elements without", &process(seven, ""), start, &["priority 7"]),
        row(of, "of the process, FEEL", &process(computed, ""), start, &["priority 30"]),
        row(
            of,
            "the element's counts before the process's",
            &process(seven, computed),
            start,
            &["priority 30"],
        ),
        row(of, "without one it is 0", &process("", ""), start, &["job has {\"n\":3}", "!priority 0"]),
        row(
            of,
            "FEEL that gives no number",
            &process("", computed),
            r#"start p {"n":"x"}"#,
            &[
                "activating t",
                "incident EXTRACT_VALUE_ERROR at t: Expected result of the expression 'n * 10' to be 'NUMBER', but was 'NULL'. The evaluation reported the following warnings: / [INVALID_TYPE] 1:1: n * 10: cannot multiply string and number [feel.type]",
            ],
        ),
    ];
    for (kind, ..) in WORKERS {
        let drawing = worker(kind, &format!(r#"<zeebe:taskDefinition type="t"/>{seven}"#));
        rows.push(row(of, kind, &drawing, start, &["priority 7"]));
    }
    rows
}

fn links() -> Vec<Row> {
    let linking = |attributes: &str| {
        let linked = format!(
            r#"<zeebe:taskDefinition type="rpa"/><zeebe:linkedResources><zeebe:linkedResource {attributes}/></zeebe:linkedResources>"#
        );
        ("p.bpmn", draw(&element("serviceTask", &linked)))
    };
    let robot = |tag: &str| ("bot.rpa", format!(r#"{{"id":"bot","versionTag":"{tag}","script":"{tag}"}}"#));
    let names =
        "linkedResources linkedResource.resourceId linkedResource.resourceType linkedResource.linkName";
    let start = r#"start p {"which":"bot"}; activate rpa"#;
    let link = |of, claim: &str, attributes: &str, line: &str| {
        let files = vec![vec![linking(attributes), robot("one")], vec![robot("two")]];
        deployed(of, claim, files, start, &[line])
    };
    vec![
        link(
            names,
            "the newest version is the default",
            r#"resourceId="bot" resourceType="RPA" linkName="main""#,
            r#"linked "main" "RPA": bot v2"#,
        ),
        link(
            names,
            "an id that FEEL gives",
            r#"resourceId="=which" resourceType="script" linkName="x""#,
            r#"linked "x" "script": bot v2"#,
        ),
        link(
            "linkedResource.bindingType",
            "latest",
            r#"resourceId="bot" resourceType="RPA" linkName="l" bindingType="latest""#,
            r#"linked "l" "RPA": bot v2"#,
        ),
        link(
            "linkedResource.bindingType",
            "deployment",
            r#"resourceId="bot" resourceType="RPA" linkName="l" bindingType="deployment""#,
            r#"linked "l" "RPA": bot v1"#,
        ),
        link(
            "linkedResource.bindingType linkedResource.versionTag",
            "version tag",
            r#"resourceId="bot" resourceType="RPA" linkName="l" bindingType="versionTag" versionTag="one""#,
            r#"linked "l" "RPA": bot v1"#,
        ),
    ]
}
