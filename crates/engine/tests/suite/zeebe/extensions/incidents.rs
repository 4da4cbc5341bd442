//! Every type of incident that a model can bring about: each is resolved by what its text asks for.
//!
//! Not here, because nothing of a model leads to them: `MESSAGE_SIZE_EXCEEDED` (jobs of any size are handed out; what a command
//! may bring is bounded before it is accepted), `SECRET_RESOLUTION_ERROR` (secrets are resolved by the connector, whose job then
//! fails), `UNKNOWN` (kept for readers of newer logs). `UNSPECIFIED` is what a token that never comes to rest gets.

use super::{Row, deployed, element, row};
use crate::skeleton::catch;
use record::IncidentType;
use std::collections::BTreeSet;
use testkit::draw;

const UNREACHABLE: &[IncidentType] =
    &[IncidentType::Unknown, IncidentType::MessageSizeExceeded, IncidentType::SecretResolutionError];

fn jobs() -> Vec<Row> {
    let work = |extensions: &str| {
        element("serviceTask", &format!(r#"<zeebe:taskDefinition type="t"/>{extensions}"#))
    };
    vec![
        row(
            "JOB_NO_RETRIES",
            "a job that failed for good",
            &work(""),
            "start p; fail t 0; resolve; complete t",
            &["incident JOB_NO_RETRIES at t: it broke", "> resolve", "> complete t", "completed t"],
        ),
        row(
            "EXECUTION_LISTENER_NO_RETRIES",
            "a listener's job that failed for good",
            &work(
                r#"<zeebe:executionListeners><zeebe:executionListener eventType="start" type="l"/></zeebe:executionListeners>"#,
            ),
            "start p; fail l 0; resolve; complete l",
            &["incident EXECUTION_LISTENER_NO_RETRIES at t: it broke", "> complete l", "activated t"],
        ),
        row(
            "TASK_LISTENER_NO_RETRIES",
            "a task listener's job that failed for good",
            &element(
                "userTask",
                r#"<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="l"/></zeebe:taskListeners>"#,
            ),
            "start p; fail l 0; resolve; complete l",
            &["incident TASK_LISTENER_NO_RETRIES at t: it broke", "> complete l", "UserTaskCreated"],
        ),
        row(
            "AD_HOC_SUB_PROCESS_NO_RETRIES",
            "the choosing job that failed for good",
            "s: startEvent\nt: adHocSubProcess <extensionElements><zeebe:taskDefinition type=\"t\"/></extensionElements> {\na: serviceTask\n}\ne: endEvent\ns -> t -> e",
            "start p; fail t 0; resolve; pick t a",
            &["incident AD_HOC_SUB_PROCESS_NO_RETRIES at t: it broke", "> pick t a", "activated a"],
        ),
        row(
            "UNHANDLED_ERROR_EVENT",
            "an error that nothing catches",
            &work(""),
            "start p; error t BAD; resolve; complete t",
            &[
                "incident UNHANDLED_ERROR_EVENT at t: Expected to throw an error event with the code 'BAD', but it was not caught. No error events are available in the scope. The error's message is: no",
                "> complete t",
                "completed t",
            ],
        ),
        row(
            "IO_MAPPING_ERROR",
            "a mapping that asserts",
            &work(
                r#"<zeebe:ioMapping><zeebe:input source="=assert(n, n &gt; 0)" target="m"/></zeebe:ioMapping>"#,
            ),
            r#"start p {"n":0}; set {"n":1}; resolve"#,
            &[
                "incident IO_MAPPING_ERROR at t: Assertion failure on evaluate the expression '{m:assert(n, n > 0)}': The condition is not fulfilled",
                "> resolve",
                r#"variables of t {"m":1}"#,
            ],
        ),
    ]
}

fn tokens() -> Vec<Row> {
    let gateway = "s: startEvent\ng: exclusiveGateway <extensionElements><zeebe:properties/></extensionElements>\na: serviceTask\ne: endEvent\ns -> g -> [x > 1] a -> e";
    let endless = "s: startEvent\ng: exclusiveGateway <extensionElements><zeebe:properties/></extensionElements>\nm: manualTask\ns -> g -> m -> g";
    vec![
        row(
            "CONDITION_ERROR",
            "no flow can be taken",
            gateway,
            r#"start p {"x":1}; set {"x":2}; resolve"#,
            &[
                "incident CONDITION_ERROR at g: Expected at least one condition to evaluate to true, or to have a default flow",
                "> resolve",
                "activated a",
            ],
        ),
        row(
            "EXTRACT_VALUE_ERROR",
            "an expression of the wrong type",
            &catch("message(paid =id)"),
            r#"start p {"id":true}; set {"id":"k"}; resolve"#,
            &[
                "incident EXTRACT_VALUE_ERROR at c: Failed to extract the correlation key for 'id': The value must be either a string or a number, but was 'BOOLEAN'.",
                "> resolve",
                "waits for paid 'k' at c",
            ],
        ),
        row(
            "UNSPECIFIED",
            "a loop without a wait",
            endless,
            "start p",
            &[
                "incident UNSPECIFIED at m: The process went through 200000 elements without waiting for anything. Check the loop that leads through 'm'; resolving this incident lets it go on.",
            ],
        ),
    ]
}

fn missing() -> Vec<Row> {
    let calls = |kind: &str, extension: &str| vec![vec![("p.bpmn", draw(&element(kind, extension)))]];
    let linked = r#"<zeebe:taskDefinition type="t"/><zeebe:linkedResources><zeebe:linkedResource resourceId="bot" resourceType="RPA" linkName="l"/></zeebe:linkedResources>"#;
    let failing = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g" name="g" namespace="urn:g"><decision id="d" name="d"><decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>n</text></inputExpression></input><output name="r"/><rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule><rule><inputEntry><text>1</text></inputEntry><outputEntry><text>2</text></outputEntry></rule></decisionTable></decision></definitions>"#;
    let decision = r#"<zeebe:calledDecision decisionId="d" resultVariable="r"/>"#;
    let mut broken = calls("businessRuleTask", decision);
    broken[0].push(("g.dmn", failing.to_owned()));
    vec![
        deployed(
            "CALLED_ELEMENT_ERROR",
            "the called process is not there",
            calls("callActivity", r#"<zeebe:calledElement processId="q"/>"#),
            "start p",
            &[
                "incident CALLED_ELEMENT_ERROR at t: Expected process with BPMN process id 'q' to be deployed, but not found.",
            ],
        ),
        deployed(
            "CALLED_DECISION_ERROR",
            "the called decision is not there",
            calls("businessRuleTask", decision),
            "start p",
            &[
                "incident CALLED_DECISION_ERROR at t: Expected to evaluate decision 'd', but no decision found for id 'd'",
            ],
        ),
        deployed(
            "DECISION_EVALUATION_ERROR",
            "two rules match where one may",
            broken,
            r#"start p {"n":1}"#,
            &[
                "incident DECISION_EVALUATION_ERROR at t: Expected to evaluate decision 'd', but decision 'd': the hit policy is UNIQUE, but the rules 1, 2 match [dmn.hit-policy.unique]",
            ],
        ),
        deployed(
            "FORM_NOT_FOUND",
            "the form is not there",
            calls("userTask", r#"<zeebe:userTask/><zeebe:formDefinition formId="f"/>"#),
            "start p",
            &[
                "incident FORM_NOT_FOUND at t: Expected to find a form with id 'f', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id",
            ],
        ),
        deployed(
            "RESOURCE_NOT_FOUND",
            "the linked resource is not there",
            calls("serviceTask", linked),
            "start p",
            &[
                "incident RESOURCE_NOT_FOUND at t: Expected to link resource 'bot', but no such resource is deployed",
            ],
        ),
    ]
}

#[test]
fn every_type_of_incident_has_its_cause() {
    let rows: Vec<Row> = jobs().into_iter().chain(tokens()).chain(missing()).collect();
    for row in &rows {
        row.check();
        let incident = format!("incident {} ", row.of);
        assert!(row.lines[0].starts_with(&incident), "{}: another incident", row.of);
    }
    let shown: BTreeSet<&str> = rows.iter().map(|row| row.of).collect();
    for kind in IncidentType::ALL.iter().filter(|kind| !UNREACHABLE.contains(kind)) {
        assert!(shown.contains(kind.as_str()), "no model brings about {}", kind.as_str());
    }
}
