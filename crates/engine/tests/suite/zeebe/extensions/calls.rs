//! Called processes and decisions, and the tags that they are bound by.

use super::{Files, Row, deployed, element};
use testkit::draw;

fn caller(attributes: &str) -> (&'static str, String) {
    ("p.bpmn", draw(&element("callActivity", &format!("<zeebe:calledElement {attributes}/>"))))
}

/// A process `q` whose one task names its version.
fn called(task: &str, tag: &str) -> (&'static str, String) {
    let tag = format!(r#"<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>"#);
    (
        "q.bpmn",
        draw(&format!(
            "q: process {tag} {{\nqs: startEvent\n{task}: serviceTask\nqe: endEvent\nqs -> {task} -> qe\n}}"
        )),
    )
}

pub fn rows() -> Vec<Row> {
    let mut rows = processes();
    rows.extend(variables());
    rows.extend(decisions());
    rows
}

fn processes() -> Vec<Row> {
    // The first version of `q` comes with the caller, the second one later.
    let call = |of, claim: &str, attributes: &str, script: &str, lines: &[&str]| {
        let files: Vec<Files> = vec![vec![caller(attributes), called("one", "a")], vec![called("two", "b")]];
        deployed(of, claim, files, script, lines)
    };
    let id = "calledElement.processId";
    vec![
        call(id, "a text", r#"processId="q""#, "start p", &["t calls", "created q v2", "activated two"]),
        call(
            id,
            "FEEL",
            r#"processId="=&quot;q&quot; + suffix""#,
            r#"start p {"suffix":""}"#,
            &["t calls", "created q v2"],
        ),
        call(
            id,
            "a process that is not there is an incident",
            r#"processId="nobody""#,
            "start p",
            &[
                "incident CALLED_ELEMENT_ERROR at t: Expected process with BPMN process id 'nobody' to be deployed, but not found.",
            ],
        ),
        call(
            "calledElement.bindingType",
            "latest",
            r#"processId="q" bindingType="latest""#,
            "start p",
            &["created q v2", "activated two"],
        ),
        call(
            "calledElement.bindingType",
            "deployment",
            r#"processId="q" bindingType="deployment""#,
            "start p",
            &["created q v1", "activated one"],
        ),
        call(
            "calledElement.bindingType calledElement.versionTag versionTag.value",
            "version tag",
            r#"processId="q" bindingType="versionTag" versionTag="a""#,
            "start p",
            &["created q v1", "activated one"],
        ),
        call(
            "calledElement.bindingType calledElement.versionTag",
            "a tag that no version has",
            r#"processId="q" bindingType="versionTag" versionTag="z""#,
            "start p",
            &[
                "incident CALLED_ELEMENT_ERROR at t: Expected to call process with BPMN process id 'q' and version tag 'z', but no such process found. To resolve this incident, deploy a process with the given process id and version tag.",
            ],
        ),
        call(
            "calledElement.businessId",
            "a text",
            r#"processId="q" businessId="order""#,
            "start p",
            &["created p v1", "created q v2 as 'order'"],
        ),
        call(
            "calledElement.businessId",
            "FEEL",
            r#"processId="q" businessId="=&quot;order-&quot; + string(n)""#,
            r#"start p {"n":7}"#,
            &["created p v1", "created q v2 as 'order-7'"],
        ),
    ]
}

fn variables() -> Vec<Row> {
    let call = |of, claim: &str, attributes: &str, lines: &[&str]| {
        let mappings = r#"<zeebe:ioMapping><zeebe:input source="=n" target="m"/></zeebe:ioMapping>"#;
        let extensions = format!(r#"<zeebe:calledElement processId="q" {attributes}/>{mappings}"#);
        let caller = ("p.bpmn", draw(&element("callActivity", &extensions)));
        let script = r#"start p {"n":1}; activate one; time 60001; complete one {"r":2}; show"#;
        deployed(of, claim, vec![vec![caller, called("one", "a")]], script, lines)
    };
    let (child, parent) =
        ("calledElement.propagateAllChildVariables", "calledElement.propagateAllParentVariables");
    vec![
        call(parent, "the default is true", "", &[r#"job has {"m":1,"n":1}"#]),
        call(parent, "true", r#"propagateAllParentVariables="true""#, &[r#"job has {"m":1,"n":1}"#]),
        call(
            parent,
            "false: only what is mapped",
            r#"propagateAllParentVariables="false""#,
            &[r#"job has {"m":1}"#],
        ),
        call(child, "the default is true", "", &["> show", r#"p ACTIVE {"n":1,"r":2}"#]),
        call(child, "true", r#"propagateAllChildVariables="true""#, &["> show", r#"p ACTIVE {"n":1,"r":2}"#]),
        call(
            child,
            "false: nothing comes back",
            r#"propagateAllChildVariables="false""#,
            &["> show", r#"p ACTIVE {"n":1}"#],
        ),
    ]
}

fn decisions() -> Vec<Row> {
    let task = |attributes: &str| {
        let called = format!(r#"<zeebe:calledDecision resultVariable="rate" {attributes}/>"#);
        ("p.bpmn", draw(&element("businessRuleTask", &called)))
    };
    let graph = |value: u8, tag: &str| {
        let tag = format!(
            r#"<extensionElements><z:versionTag xmlns:z="http://camunda.org/schema/zeebe/1.0" value="{tag}"/></extensionElements>"#
        );
        let text = format!(
            r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g" name="g" namespace="urn:g"><decision id="d" name="d">{tag}<literalExpression><text>{value} * n</text></literalExpression></decision></definitions>"#
        );
        ("g.dmn", text)
    };
    let decide = |of, claim: &str, attributes: &str, line: &str| {
        let files = vec![vec![task(attributes), graph(1, "a")], vec![graph(2, "b")]];
        deployed(of, claim, files, r#"start p {"n":3,"which":"d"}; show"#, &[line])
    };
    let names = "calledDecision.decisionId calledDecision.resultVariable";
    let (one, two) = (r#"variables of p {"rate":3}"#, r#"variables of p {"rate":6}"#);
    let not_found = "Expected to evaluate decision";
    vec![
        decide(names, "a text; the newest version is the default", r#"decisionId="d""#, two),
        decide(names, "FEEL", r#"decisionId="=which""#, two),
        decide("calledDecision.bindingType", "latest", r#"decisionId="d" bindingType="latest""#, two),
        decide("calledDecision.bindingType", "deployment", r#"decisionId="d" bindingType="deployment""#, one),
        decide(
            "calledDecision.bindingType calledDecision.versionTag",
            "version tag",
            r#"decisionId="d" bindingType="versionTag" versionTag="a""#,
            one,
        ),
        decide(
            names,
            "a decision that is not there is an incident",
            r#"decisionId="nobody""#,
            &format!(
                "incident CALLED_DECISION_ERROR at t: {not_found} 'nobody', but no decision found for id 'nobody'"
            ),
        ),
    ]
}
