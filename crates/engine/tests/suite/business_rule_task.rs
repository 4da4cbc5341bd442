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

fn resource(name: &str, text: &str) -> Resource {
    Resource { name: name.into(), content: Bytes(text.as_bytes().into()) }
}

fn deploy(world: &mut World, files: &[(&str, &str)]) -> Result<Response, String> {
    let resources = files.iter().map(|(name, text)| resource(name, text)).collect();
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    world
        .submit(target, Command::DeployResources { resources })
        .map_err(|rejection| rejection.reason.to_string())
}

fn evaluate(world: &mut World, id: &str) -> String {
    let target = AggregateId::Catalog { tenant: record::DEFAULT_TENANT.into() };
    let variables = json::split(r#"{"amount":20}"#).expect("variables");
    let command = Command::EvaluateDecision { decision: Key::NONE, decision_id: id.into(), variables };
    match world.submit(target, command) {
        Ok(Response::DecisionEvaluated { evaluation }) if evaluation.failure.is_empty() => {
            evaluation.output.as_str().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

/// A file that imports others by their ids, with one decision of the file's id and this expression.
fn importing(id: &str, imports: &[&str], required: &str, expression: &str) -> String {
    let imports: String = imports
        .iter()
        .map(|import| {
            format!("<import name=\"{import}\" namespace=\"urn:{import}\" importType=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"/>\n")
        })
        .collect();
    format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"{id}\" name=\"{id}\" namespace=\"urn:{id}\">\n{imports}\
         <decision id=\"{id}\" name=\"{id}\"><variable name=\"{id}\"/>{required}\
         <literalExpression><text>{expression}</text></literalExpression></decision></definitions>"
    )
}

fn requires(id: &str) -> String {
    format!("<informationRequirement><requiredDecision href=\"urn:{id}#{id}\"/></informationRequirement>")
}

#[test]
fn files_of_one_deployment_import_each_other_whatever_their_order() {
    let top = importing("top", &["middle"], &requires("middle"), "middle.middle + 1");
    let middle = importing("middle", &["low"], &requires("low"), "low.low * 10");
    let low = importing("low", &[], "", "amount");
    let mut world = World::new(1, true);
    deploy(&mut world, &[("top.dmn", &top), ("low.dmn", &low), ("middle.dmn", &middle)]).expect("linked");
    assert_eq!(evaluate(&mut world, "top"), "201");
    world.check_replay();
    let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
    assert_eq!(catalog.encode(), world.catalog.encode());
}

#[test]
fn a_file_stays_linked_with_the_version_that_it_was_deployed_with() {
    let top = importing("top", &["low"], &requires("low"), "low.low + 1");
    let mut world = World::new(1, true);
    let version = |answer: Result<Response, String>| match answer {
        Ok(Response::Deployed { requirements, .. }) => {
            requirements.iter().map(|graph| (graph.version, graph.duplicate)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let low = |expression: &str| importing("low", &[], "", expression);
    assert_eq!(version(deploy(&mut world, &[("low.dmn", &low("1"))])), [(1, false)]);
    assert_eq!(version(deploy(&mut world, &[("top.dmn", &top)])), [(1, false)]);
    assert_eq!(evaluate(&mut world, "top"), "2");
    // The imported file changes, the one that imports it does not follow until it is deployed again.
    assert_eq!(version(deploy(&mut world, &[("low.dmn", &low("5"))])), [(2, false)]);
    assert_eq!(evaluate(&mut world, "top"), "2");
    assert_eq!(version(deploy(&mut world, &[("top.dmn", &top)])), [(2, false)]);
    assert_eq!(evaluate(&mut world, "top"), "6");
    // Nothing changes, so nothing is deployed.
    let both = [("top.dmn", top.as_str()), ("low.dmn", &low("5"))];
    assert_eq!(version(deploy(&mut world, &both)), [(2, true), (2, true)]);
    // With the imported file, the importing one is new too.
    let both = [("top.dmn", top.as_str()), ("low.dmn", &low("7"))];
    assert_eq!(version(deploy(&mut world, &both)), [(3, false), (3, false)]);
    assert_eq!(evaluate(&mut world, "top"), "8");
    world.check_replay();
    let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
    assert_eq!(catalog.encode(), world.catalog.encode());
}

#[test]
fn files_that_import_each_other_in_a_circle_are_linked() {
    let left = importing("left", &["right"], &requires("right"), "right.right + 1");
    let right = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"right\" name=\"right\" namespace=\"urn:right\">\
        <import name=\"left\" namespace=\"urn:left\" importType=\"\"/>\
        <decision id=\"right\" name=\"right\"><variable name=\"right\"/><literalExpression><text>40</text></literalExpression></decision>\
        <decision id=\"back\" name=\"back\"><variable name=\"back\"/><informationRequirement><requiredDecision href=\"urn:left#left\"/></informationRequirement>\
        <literalExpression><text>left.left + 1</text></literalExpression></decision></definitions>";
    let mut world = World::new(1, true);
    deploy(&mut world, &[("left.dmn", &left), ("right.dmn", right)]).expect("linked");
    assert_eq!(
        (evaluate(&mut world, "left"), evaluate(&mut world, "back")),
        ("41".to_owned(), "42".to_owned())
    );
    world.check_replay();
}

#[test]
fn what_is_wrong_between_files_names_the_place_and_the_way_out() {
    let top = importing("top", &["low"], &requires("low"), "low.low + 1");
    let mut world = World::new(1, false);
    let missing = deploy(&mut world, &[("top.dmn", &top)]).expect_err("the import is missing");
    expect![[r#"
        Expected to deploy new resources, but encountered the following errors:
        top.dmn:2:1: error[dmn.import.missing] import 'low': there is no model with the namespace 'urn:low' (deploy the imported model before or together with this one, or correct the namespace)
        top.dmn:3:77: error[dmn.reference] decision 'top': there is no model with the namespace 'urn:low' (import the model, and deploy it before or together with this one)"#]].assert_eq(&missing);
    let broken = importing("low", &[], "", "1 +");
    let broken = deploy(&mut world, &[("top.dmn", &top), ("low.dmn", &broken)]).expect_err("one is broken");
    assert!(broken.contains("low.dmn:2:") && !broken.contains("top.dmn:"), "{broken}");
    let low = importing("low", &[], "", "1");
    let twice = deploy(&mut world, &[("a.dmn", &low), ("b.dmn", &low)]).expect_err("an id is there twice");
    assert!(twice.contains("b.dmn: the decision requirements id 'low' is also that of 'a.dmn'"), "{twice}");
    let other = low.replacen("id=\"low\"", "id=\"other\"", 1);
    let twice = deploy(&mut world, &[("a.dmn", &low), ("b.dmn", &other)]).expect_err("an id is there twice");
    assert!(twice.contains("the decision id 'low' is also in 'a.dmn'"), "{twice}");
}

#[test]
fn a_task_asks_for_a_version_by_its_tag() {
    let decision = |tag: &str, result: &str| {
        let tag = format!(
            "<extensionElements><z:versionTag xmlns:z=\"http://camunda.org/schema/zeebe/1.0\" value=\"{tag}\"/></extensionElements>"
        );
        importing("rate", &[], &tag, result)
    };
    let task = r#"<businessRuleTask id="b"><extensionElements><zeebe:calledDecision decisionId="rate" resultVariable="r" bindingType="versionTag" versionTag="stable"/></extensionElements></businessRuleTask>"#;
    let mut world = World::new(1, true);
    for (tag, result) in [("stable", "1"), ("stable", "2"), ("next", "3")] {
        deploy(&mut world, &[("rate.dmn", &decision(tag, result))]).expect("deployed");
    }
    world.deploy(&model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > b > e"));
    world.line("start p");
    assert!(world.trace.contains(r#"variables of p {"r":2}"#), "{}", world.trace);
    assert_eq!(evaluate(&mut world, "rate"), "3");
    world.check_replay();
    let catalog = dirigent_engine::Catalog::decode(&world.catalog.encode()).expect("own bytes");
    assert_eq!(catalog.encode(), world.catalog.encode());
    let mut world = World::new(1, false);
    deploy(&mut world, &[("rate.dmn", &decision("next", "3"))]).expect("deployed");
    world.deploy(&model(&format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s > b > e"));
    world.line("start p");
    assert!(
        world.trace.contains("no decision found for id 'rate' and version tag 'stable'"),
        "{}",
        world.trace
    );
}
