//! Models of the MIWG test suite, where they are at hand: they deploy, and those that can run do so from end to end with
//! workers of our own.

use dirigent_testkit::World;
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("DIRIGENT_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = shared.unwrap_or(beside).join("conformance/miwg");
    match folder.join("C.9.0.bpmn").exists() {
        true => Some(folder),
        false => {
            println!(
                "skipped: the MIWG models are not at hand (DIRIGENT_SHARED names the folder above conformance/miwg)"
            );
            None
        }
    }
}

/// The decision that C.9.0 calls and that is not in the set: one risk for applicants without work, two for others.
const RISK_CHECK: &str = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="risks" name="Risks"
  namespace="urn:risks"><decision id="risk_check" name="Risk check"><variable name="Risk check"/>
  <decisionTable hitPolicy="COLLECT"><input><inputExpression><text>score</text></inputExpression></input>
  <output name="risk"/><output name="riskLevel"/>
  <rule><inputEntry><text>&lt; 30</text></inputEntry><outputEntry><text>"low score"</text></outputEntry>
    <outputEntry><text>"red"</text></outputEntry></rule>
  <rule><inputEntry><text>[30..60]</text></inputEntry><outputEntry><text>"middling score"</text></outputEntry>
    <outputEntry><text>"yellow"</text></outputEntry></rule></decisionTable></decision></definitions>"#;

fn world(folder: &std::path::Path) -> World {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a model");
    let mut world = World::new(1, false);
    let (onboarding, document, check) = (read("C.9.0.bpmn"), read("C.9.1.bpmn"), read("C.9.2.bpmn"));
    world.deploy_files(&[
        ("C.9.0.bpmn", &onboarding),
        ("C.9.1.bpmn", &document),
        ("C.9.2.bpmn", &check),
        ("risks.dmn", RISK_CHECK),
    ]);
    assert!(!world.trace.contains("rejected"), "{}", world.trace);
    world
}

fn run(world: &mut World, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        world.line(line);
    }
    world.check_replay();
}

const APPLICANT: &str = r#"{"applicant":{"name":"Ada","email":"ada@example.org","age":36},"applicationNumber":7,"product":"car","corporation":"C","fraudSuspectedId":"f7","documents":["passport","payslip"]}"#;

#[test]
fn onboarding_ends_without_a_risk() {
    let Some(folder) = folder() else { return };
    let mut world = world(&folder);
    run(&mut world, &format!("start customer_onboarding_en {APPLICANT}"));
    run(
        &mut world,
        "complete calculateScore {\"score\":90}\ncomplete issuePolicy\ncomplete io.camunda:sendgrid:1",
    );
    assert!(world.ended(), "{}", world.trace);
    assert!(world.trace.contains("passed EndEvent_ApplicationIssued"), "{}", world.trace);
}

#[test]
fn onboarding_is_rejected_at_a_red_risk() {
    let Some(folder) = folder() else { return };
    let mut world = world(&folder);
    run(&mut world, &format!("start customer_onboarding_en {APPLICANT}"));
    run(
        &mut world,
        "complete calculateScore {\"score\":10}\ncomplete rejectPolicy\ncomplete io.camunda:sendgrid:1",
    );
    assert!(world.ended(), "{}", world.trace);
    assert!(world.trace.contains("passed EndEvent_ApplicationRejected"), "{}", world.trace);
}

#[test]
fn onboarding_asks_people_who_ask_for_documents() {
    let Some(folder) = folder() else { return };
    let mut world = world(&folder);
    run(&mut world, &format!("start customer_onboarding_en {APPLICANT}"));
    run(&mut world, "complete calculateScore {\"score\":50}");
    let key = document_key(&world);
    // A clerk asks for the two documents; one comes, for the other someone calls after a week.
    run(&mut world, &format!("publish Message_DocumentRequested {key} 60000"));
    run(&mut world, "complete email\ncomplete email\ntime 86400000\ncomplete email\ncomplete email");
    // One message goes to one instance of a process; the second document is another message.
    for _ in 0..2 {
        run(&mut world, &format!("publish MESSAGE_documentReceived {key} 60000"));
    }
    assert!(world.trace.contains("passed EndEvent_DocumentReceived"), "{}", world.trace);
    // The clerk decides. The model hands no variable of the check back, so the decision is set by hand.
    run(&mut world, "finish {\"approved\":true}");
    assert!(
        world.trace.contains("incident EXTRACT_VALUE_ERROR at ExclusiveGateway_Decision"),
        "{}",
        world.trace
    );
    run(&mut world, "set {\"approved\":true}\nresolve\ncomplete issuePolicy\ncomplete io.camunda:sendgrid:1");
    assert!(world.ended(), "{}", world.trace);
}

fn document_key(world: &World) -> String {
    let instance = world.instance(world.last_instance).expect("an instance");
    let variables = instance.root_variables();
    let key = variables.iter().find(|(name, _)| &**name == "documentReferenceId").expect("a reference");
    key.1.as_str().trim_matches('"').to_owned()
}

#[test]
fn the_vacation_request_deploys() {
    let Some(folder) = folder() else { return };
    let model = std::fs::read_to_string(folder.join("C.8.1.bpmn")).expect("a model");
    let mut world = World::new(1, false);
    world.deploy_files(&[("C.8.1.bpmn", &model)]);
    assert_eq!(world.trace, "");
}
