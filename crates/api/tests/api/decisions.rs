use crate::server::{Server, model};
use serde_json::{Value, json};

/// The price rests on the discount, which a table finds; `torn` has two rules for the same input.
const PRICING: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="pricing" name="Pricing" namespace="t">
  <inputData id="i1" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="discount" name="Discount"><variable name="Discount" typeRef="number"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="t1" hitPolicy="UNIQUE"><input id="in1" label="Amount">
      <inputExpression id="x1" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="out1" name="Discount" typeRef="number"/>
      <rule id="big"><inputEntry id="e1"><text>&gt;= 1000</text></inputEntry>
        <outputEntry id="o1"><text>10</text></outputEntry></rule>
      <rule id="small"><inputEntry id="e2"><text>&lt; 1000</text></inputEntry>
        <outputEntry id="o2"><text>0</text></outputEntry></rule></decisionTable></decision>
  <decision id="price" name="Price"><variable name="Price" typeRef="number"/>
    <informationRequirement id="r2"><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement id="r3"><requiredDecision href="#discount"/></informationRequirement>
    <literalExpression id="l1"><text>amount * (100 - Discount) / 100</text></literalExpression></decision>
  <decision id="torn" name="Torn"><variable name="Torn"/>
    <informationRequirement id="r4"><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="t2" hitPolicy="UNIQUE"><input id="in2">
      <inputExpression id="x2"><text>amount</text></inputExpression></input><output id="out2" name="Torn"/>
      <rule id="a"><inputEntry id="e3"><text>&gt; 1</text></inputEntry><outputEntry id="o3"><text>1</text></outputEntry></rule>
      <rule id="b"><inputEntry id="e4"><text>&gt; 2</text></inputEntry><outputEntry id="o4"><text>2</text></outputEntry></rule>
    </decisionTable></decision>
</definitions>"##;

fn of<'a>(deployed: &'a Value, kind: &str, id: &str) -> &'a Value {
    let entries = deployed["deployments"].as_array().unwrap().iter().map(|entry| &entry[kind]);
    let name = format!("{kind}Id");
    entries.into_iter().find(|entry| entry[&name] == id).unwrap()
}

async fn evaluate(server: &Server, decision: &str, amount: i64) -> Value {
    let body = json!({"decisionDefinitionId": decision, "variables": {"amount": amount}});
    server.post("/v2/decision-definitions/evaluation", body).await.ok()
}

#[tokio::test]
async fn deployed_decisions_are_found_with_their_graph_and_file() {
    let server = Server::start();
    let deployed = server.deploy_file("pricing.dmn", PRICING).await.ok();
    assert_eq!(deployed["deployments"].as_array().unwrap().len(), 4);
    let price = of(&deployed, "decisionDefinition", "price");
    let graph = of(&deployed, "decisionRequirements", "pricing");
    assert_eq!((&price["name"], &price["version"]), (&json!("Price"), &json!(1)));
    assert_eq!(price["decisionRequirementsKey"], graph["decisionRequirementsKey"]);
    assert_eq!((&graph["resourceName"], &graph["tenantId"]), (&json!("pricing.dmn"), &json!("<default>")));

    server.deploy_file("pricing.dmn", &PRICING.replace("/ 100<", "/ 100.0<")).await.ok();
    let newest = json!({"filter": {"decisionDefinitionId": "price", "isLatestVersion": true}});
    let newest = Server::one(server.search("decision-definitions", newest).await);
    assert_eq!(
        (&newest["version"], &newest["decisionRequirementsVersion"], &newest["decisionRequirementsName"]),
        (&json!(2), &json!(2), &json!("Pricing"))
    );
    let path = format!("/v2/decision-definitions/{}", price["decisionDefinitionKey"].as_str().unwrap());
    let found = server.get(&path).await.ok();
    assert_eq!((&found["version"], &found["decisionRequirementsId"]), (&json!(1), &json!("pricing")));
    let xml = server.get(&format!("{path}/xml")).await;
    assert_eq!((xml.status.as_u16(), &*xml.bytes), (200, PRICING.as_bytes()));
    assert!(xml.content_type.starts_with("text/xml"));

    let sorted = json!({"sort": [{"field": "version", "order": "DESC"}]});
    assert_eq!(server.search("decision-requirements", sorted).await[0]["version"], 2);
    let path = format!("/v2/decision-requirements/{}", graph["decisionRequirementsKey"].as_str().unwrap());
    let found = server.get(&path).await.ok();
    assert_eq!((&found["decisionRequirementsName"], &found["version"]), (&json!("Pricing"), &json!(1)));
    assert_eq!(&*server.get(&format!("{path}/xml")).await.bytes, PRICING.as_bytes());
}

#[tokio::test]
async fn a_decision_is_evaluated_with_all_it_requires() {
    let server = Server::start();
    let deployed = server.deploy_file("pricing.dmn", PRICING).await.ok();
    let result = evaluate(&server, "price", 1_000).await;
    assert_eq!((&result["output"], &result["failureMessage"]), (&json!("900"), &Value::Null));
    assert_eq!(result["decisionInstanceKey"], result["decisionEvaluationKey"]);
    let evaluated = result["evaluatedDecisions"].as_array().unwrap();
    let ids: Vec<_> = evaluated.iter().map(|one| one["decisionDefinitionId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["discount", "price"]);
    let discount = &evaluated[0];
    let inputs = json!([{"inputId": "in1", "inputName": "Amount", "inputValue": "1000"}]);
    assert_eq!(
        (&discount["decisionDefinitionType"], &discount["output"]),
        (&json!("DECISION_TABLE"), &json!("10"))
    );
    assert_eq!(discount["evaluatedInputs"], inputs);
    let outputs = json!([{"outputId": "out1", "outputName": "Discount", "outputValue": "10", "ruleId": "big",
        "ruleIndex": 1}]);
    let rules = json!([{"ruleId": "big", "ruleIndex": 1, "evaluatedOutputs": outputs}]);
    assert_eq!(discount["matchedRules"], rules);

    let id = discount["decisionEvaluationInstanceKey"].as_str().unwrap();
    assert_eq!(id, format!("{}-1", result["decisionEvaluationKey"].as_str().unwrap()));
    let kept = server.get(&format!("/v2/decision-instances/{id}")).await.ok();
    assert_eq!((&kept["evaluatedInputs"], &kept["matchedRules"]), (&inputs, &rules));
    assert_eq!((&kept["state"], &kept["result"]), (&json!("EVALUATED"), &json!("10")));
    assert_eq!(kept["rootDecisionDefinitionKey"], result["decisionDefinitionKey"]);
    assert!(kept["processInstanceKey"].is_null() && kept["elementInstanceKey"].is_null());

    let key = of(&deployed, "decisionDefinition", "discount")["decisionDefinitionKey"].clone();
    let body = json!({"decisionDefinitionKey": key, "variables": {"amount": 1}, "tenantId": "<default>"});
    assert_eq!(server.post("/v2/decision-definitions/evaluation", body).await.ok()["output"], "0");
    let of_table = json!({"filter": {"decisionDefinitionType": "DECISION_TABLE", "decisionDefinitionKey": {"$eq": key}},
        "sort": [{"field": "evaluationDate", "order": "DESC"}]});
    assert_eq!(server.search("decision-instances", of_table).await.len(), 2);
}

#[tokio::test]
async fn a_failed_evaluation_is_answered_and_kept() {
    let server = Server::start();
    server.deploy_file("pricing.dmn", PRICING).await.ok();
    let result = evaluate(&server, "torn", 5).await;
    assert_eq!((&result["output"], &result["failedDecisionDefinitionId"]), (&json!("null"), &json!("torn")));
    assert!(result["failureMessage"].as_str().unwrap().contains("dmn.hit-policy.unique"), "{result}");
    let failed =
        Server::one(server.search("decision-instances", json!({"filter": {"state": "FAILED"}})).await);
    assert_eq!(
        (&failed["decisionDefinitionId"], &failed["evaluationFailure"]),
        (&json!("torn"), &result["failureMessage"])
    );
}

#[tokio::test]
async fn a_business_rule_task_leaves_its_evaluation() {
    let server = Server::start();
    server.deploy_file("pricing.dmn", PRICING).await.ok();
    let process = model(
        "order",
        r#"<startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <businessRuleTask id="decide" name="Decide"><extensionElements>
      <zeebe:calledDecision decisionId="price" resultVariable="price"/></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></businessRuleTask>
    <sequenceFlow id="f2" sourceRef="decide" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>"#,
    );
    server.deploy_file("order.bpmn", &process).await.ok();
    let instance = server.create("order", json!({"amount": 2_000})).await;
    let found =
        server.search("decision-instances", json!({"filter": {"processInstanceKey": instance}})).await;
    let seen: Vec<_> = found.iter().map(|one| (&one["decisionDefinitionId"], &one["result"])).collect();
    assert_eq!(seen, [(&json!("discount"), &json!("10")), (&json!("price"), &json!("1800"))]);
    let task = json!({"filter": {"processInstanceKey": instance, "elementId": "decide"}});
    let task = Server::one(server.search("element-instances", task).await);
    assert_eq!(found[1]["elementInstanceKey"], task["elementInstanceKey"]);
    assert_eq!(found[1]["processDefinitionKey"], task["processDefinitionKey"]);
    assert_eq!(found[1]["rootProcessInstanceKey"], instance.as_str());
    let history = server.get(&format!("/api/v1/process-instances/{instance}/history")).await.ok();
    let items = history["items"].as_array().unwrap();
    let evaluated = items.iter().find(|item| item["event"] == "DecisionEvaluated").unwrap();
    assert_eq!(
        (&evaluated["elementId"], &evaluated["data"]["evaluation"]["output"]),
        (&json!("decide"), &json!(1800))
    );
}

#[tokio::test]
async fn an_unknown_decision_is_not_found() {
    let server = Server::start();
    for (path, what) in [
        ("decision-definitions/77", "Decision Definition"),
        ("decision-definitions/77/xml", "Decision Definition"),
        ("decision-requirements/77", "Decision Requirements"),
        ("decision-requirements/77/xml", "Decision Requirements"),
    ] {
        let detail = server.get(&format!("/v2/{path}")).await.problem(404, "NOT_FOUND");
        assert_eq!(detail, format!("{what} with key '77' not found"));
        let wrong = format!("/v2/{}", path.replace("77", "abc"));
        server.get(&wrong).await.problem(400, "Bad Request");
    }
    let detail = server.get("/v2/decision-instances/77-1").await.problem(404, "NOT_FOUND");
    assert_eq!(detail, "Decision Instance with key '77-1' not found");
    for wrong in ["77", "a-1", "77-", "-1"] {
        let detail = server.get(&format!("/v2/decision-instances/{wrong}")).await.problem(400, "Bad Request");
        assert_eq!(
            detail,
            format!("Failed to convert 'decisionEvaluationInstanceKey' with value: '{wrong}'")
        );
    }
    for body in [json!({"decisionDefinitionId": "none"}), json!({"decisionDefinitionKey": "77"})] {
        let reply = server.post("/v2/decision-definitions/evaluation", body).await;
        let detail = reply.problem(404, "NOT_FOUND");
        assert!(detail.starts_with("Command 'EVALUATE' rejected with code 'NOT_FOUND': "), "{detail}");
    }
}

#[tokio::test]
async fn what_cannot_be_evaluated_says_why() {
    let server = Server::start();
    let path = "/v2/decision-definitions/evaluation";
    server.post_nothing(path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "At least one of [decisionDefinitionId, decisionDefinitionKey] is required.");
    let both = json!({"decisionDefinitionId": "a", "decisionDefinitionKey": "7"});
    let detail = server.post(path, both).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "Only one of [decisionDefinitionId, decisionDefinitionKey] is allowed.");
    let other = json!({"decisionDefinitionId": "a", "tenantId": "other"});
    let detail = server.post(path, other).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("multi-tenancy is disabled"), "{detail}");
    let list = json!({"decisionDefinitionId": "a", "variables": [1]});
    let detail = server.post(path, list).await.problem(400, "Bad Request");
    assert_eq!(detail, "Request property [variables] cannot be parsed");
    let broken = PRICING.replace("#discount", "#nowhere");
    let detail = server.deploy_file("broken.dmn", &broken).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("broken.dmn:"), "{detail}");
}
