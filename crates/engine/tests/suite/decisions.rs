//! Business rule tasks that call decisions.

use expect_test::{Expect, expect};
use record::command::Resource;
use record::wire::Bytes;
use record::{AggregateId, Command, Key, Response, json};
use testkit::{World, model};

const DISCOUNT: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="pricing" name="Pricing" namespace="http://example.org/pricing">
  <inputData id="i1" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="discount" name="Discount"><variable name="Discount" typeRef="number"/>
  <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
  <decisionTable id="t1" hitPolicy="UNIQUE"><input id="in1" label="Amount"><inputExpression id="x1" typeRef="number"><text>amount</text></inputExpression></input>
  <output id="out1" name="Discount" typeRef="number"/>
  <rule id="big"><inputEntry id="e1"><text>&gt;= 1000</text></inputEntry><outputEntry id="o1"><text>10</text></outputEntry></rule>
  <rule id="small"><inputEntry id="e2"><text>&lt; 1000</text></inputEntry><outputEntry id="o2"><text>0</text></outputEntry></rule>
  </decisionTable></decision></definitions>"##;

fn process() -> String {
    let task = r#"<businessRuleTask id="b"><extensionElements><zeebe:calledDecision decisionId="discount" resultVariable="discount"/></extensionElements></businessRuleTask>"#;
    model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > b > e")
}

fn world() -> World {
    let mut world = World::new(1, true);
    let files = [("pricing.dmn", DISCOUNT.to_owned()), ("p.bpmn", process())];
    let resources =
        files.map(|(name, text)| Resource { name: name.into(), content: Bytes(text.as_bytes().into()) });
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    let deployed = world.submit(target, Command::DeployResources { resources: resources.into() });
    let Ok(Response::Deployed { decisions, requirements, processes, .. }) = deployed else {
        panic!("{deployed:?}")
    };
    assert_eq!((decisions.len(), requirements.len(), processes.len()), (1, 1, 1));
    world
}

fn check(script: &str, expected: Expect) {
    let mut world = world();
    for line in script.lines().map(str::trim) {
        world.line(line);
    }
    world.check_replay();
    expected.assert_eq(&world.trace);
}

#[test]
fn business_rule_task_sets_the_decisions_result() {
    check(
        r#"start p {"amount":1500}"#,
        expect![[r#"
              RequirementsDeployed
              DecisionDeployed
            > start p {"amount":1500}
              created p v1
              passed s
              flow s_b
              DecisionEvaluated
              activated b
              variables of p {"discount":10}
              completed b
              flow b_e
              passed e
              InstanceCompleted
        "#]],
    );
}

#[test]
fn a_decision_reads_variables_that_its_model_does_not_declare() {
    let start = DISCOUNT.find("  <inputData").expect("an input");
    let end = DISCOUNT.find("  <decision ").expect("a decision");
    let mut bare = format!("{}{}", &DISCOUNT[..start], &DISCOUNT[end..]);
    let from = bare.find("  <informationRequirement").expect("a requirement");
    let to = bare.find("  <decisionTable").expect("a table");
    bare.replace_range(from..to, "");
    let mut world = World::new(1, false);
    let files = [("pricing.dmn", bare), ("p.bpmn", process())];
    let resources =
        files.map(|(name, text)| Resource { name: name.into(), content: Bytes(text.as_bytes().into()) });
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    world.submit(target, Command::DeployResources { resources: resources.into() }).expect("it deploys");
    world.line(r#"start p {"amount":2000}"#);
    assert!(world.trace.contains(r#"variables of p {"discount":10}"#), "{}", world.trace);
}

#[test]
fn a_decision_that_is_not_there_is_an_incident() {
    let mut world = World::new(1, false);
    world.deploy(&process());
    world.line("start p");
    expect![[r#"
        > start p
          created p v1
          passed s
          flow s_b
          activating b
          incident CALLED_DECISION_ERROR at b: Expected to evaluate decision 'discount', but no decision found for id 'discount'
    "#]].assert_eq(&world.trace);
}

#[test]
fn a_decision_is_evaluated_on_request() {
    let mut world = world();
    let command = Command::EvaluateDecision {
        decision: Key::NONE,
        decision_id: "discount".into(),
        variables: json::split(r#"{"amount":5}"#).expect("variables"),
    };
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    let Ok(Response::DecisionEvaluated { evaluation }) = world.submit(target.clone(), command) else {
        panic!("evaluated")
    };
    assert_eq!(evaluation.output.as_str(), "0");
    let [decision] = evaluation.evaluated.as_slice() else { panic!("one decision") };
    assert_eq!(&*decision.kind, "DECISION_TABLE");
    assert_eq!(decision.inputs[0].value.as_str(), "5");
    assert_eq!((decision.rules[0].index, &*decision.rules[0].id), (2, "small"));
    let unknown =
        Command::EvaluateDecision { decision: Key::NONE, decision_id: "x".into(), variables: Vec::new() };
    assert!(world.submit(target, unknown).is_err());
    let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
    assert_eq!(catalog.encode(), world.catalog.encode());
}

/// Two rules of a unique table match, and an expression has no end.
const FAILING: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="failing" name="Failing" namespace="http://example.org/failing">
  <decision id="both" name="Both"><variable name="Both" typeRef="number"/>
  <decisionTable id="t" hitPolicy="UNIQUE"><input id="in1"><inputExpression id="x1"><text>amount</text></inputExpression></input>
  <output id="out1" name="Both"/>
  <rule id="one"><inputEntry id="e1"><text>&gt; 1</text></inputEntry><outputEntry id="o1"><text>1</text></outputEntry></rule>
  <rule id="two"><inputEntry id="e2"><text>&gt; 2</text></inputEntry><outputEntry id="o2"><text>2</text></outputEntry></rule>
  </decisionTable></decision>
  <decision id="endless" name="Endless"><variable name="Endless"/>
  <literalExpression id="l"><text>count(for a in 1..99999, b in 1..99999 return a)</text></literalExpression></decision></definitions>"##;

#[test]
fn a_failed_evaluation_names_the_decision_that_failed() {
    let mut world = World::new(1, true);
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    let file = Resource { name: "failing.dmn".into(), content: Bytes(FAILING.as_bytes().into()) };
    assert!(world.submit(target.clone(), Command::DeployResources { resources: vec![file] }).is_ok());
    for (id, kind, failure) in
        [("both", "DECISION_TABLE", "dmn.hit-policy.unique"), ("endless", "LITERAL_EXPRESSION", "feel.size")]
    {
        let command = Command::EvaluateDecision {
            decision: Key::NONE,
            decision_id: id.into(),
            variables: json::split(r#"{"amount":5}"#).expect("variables"),
        };
        let Ok(Response::DecisionEvaluated { evaluation }) = world.submit(target.clone(), command) else {
            panic!("evaluated")
        };
        assert_eq!((&*evaluation.failed_decision, evaluation.output.as_str()), (id, "null"));
        assert!(evaluation.failure.contains(failure), "{}", evaluation.failure);
        let [decision] = evaluation.evaluated.as_slice() else { panic!("one decision") };
        assert_eq!((&*decision.id, &*decision.kind, decision.version), (id, kind, 1));
        assert!(!decision.key.is_none());
    }
}
