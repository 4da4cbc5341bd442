//! What is done to running instances as a whole, signals, conditions, iterations.

use crate::server::{Server, model, one_task};
use serde_json::{Value, json};

fn of(instance: &str, operation: &str) -> String {
    format!("/v2/process-instances/{instance}/{operation}")
}

/// Ids of the elements of an instance that are active, in order of key.
async fn active(server: &Server, instance: &str) -> Vec<String> {
    let filter = json!({"filter": {"processInstanceKey": instance, "state": "ACTIVE"}});
    let found = server.search("element-instances", filter).await;
    let ids =
        found.iter().filter(|item| item["type"] != "PROCESS").map(|item| item["elementId"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

async fn state(server: &Server, instance: &str) -> Value {
    server.get(&format!("/v2/process-instances/{instance}")).await.ok()["state"].clone()
}

/// Start, task `a`, task `b` inside a sub-process, end.
const NESTED: &str = r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="a"/>
    <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="a"/></extensionElements></serviceTask>
    <sequenceFlow id="f2" sourceRef="a" targetRef="sub"/><subProcess id="sub"><startEvent id="inside"/>
      <sequenceFlow id="f3" sourceRef="inside" targetRef="b"/>
      <serviceTask id="b"><extensionElements><zeebe:taskDefinition type="b"/></extensionElements></serviceTask>
    </subProcess><sequenceFlow id="f4" sourceRef="sub" targetRef="end"/><endEvent id="end"/>"#;

#[tokio::test]
async fn tokens_are_put_elsewhere() {
    let server = Server::start();
    server.deploy("p", NESTED).await;
    let instance = server.create("p", json!({})).await;
    let by_id = json!({"moveInstructions": [{"sourceElementInstruction": {"sourceType": "byId", "sourceElementId": "a"},
        "targetElementId": "b", "variableInstructions": [{"variables": {"x": 1}, "scopeId": "sub"}, {"variables": {"y": 2}}]}]});
    let path = of(&instance, "modification");
    assert_eq!(server.post(&path, by_id).await.status, 204);
    assert_eq!(active(&server, &instance).await, ["sub", "b"]);
    let variables = server.search("variables", json!({"filter": {"processInstanceKey": instance}})).await;
    let scopes: Vec<_> = variables
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["scopeKey"] == instance.as_str()))
        .collect();
    assert_eq!(scopes, [("y", true), ("x", false)]);

    let b = Server::one(server.search("element-instances", json!({"filter": {"elementId": "b"}})).await);
    let by_key = json!({"moveInstructions": [{"sourceElementInstruction": {"sourceType": "byKey",
        "sourceElementInstanceKey": b["elementInstanceKey"]}, "targetElementId": "b",
        "ancestorScopeInstruction": {"ancestorScopeType": "sourceParent"}}]});
    assert_eq!(server.post(&path, by_key).await.status, 204);
    assert_eq!(active(&server, &instance).await, ["sub", "b"]);
    let activate = json!({"activateInstructions": [{"elementId": "a", "ancestorElementInstanceKey": "-1"}],
        "terminateInstructions": [{"elementId": "b"}]});
    assert_eq!(server.post(&path, activate).await.status, 204);
    assert_eq!(active(&server, &instance).await, ["a"]);
    let history = server.get(&format!("/api/v1/process-instances/{instance}/history")).await.ok();
    assert!(history["items"].as_array().unwrap().iter().any(|item| item["event"] == "InstanceModified"));
}

#[tokio::test]
async fn a_modification_that_cannot_be_done_says_why() {
    let server = Server::start();
    server.deploy("p", NESTED).await;
    let instance = server.create("p", json!({})).await;
    let path = of(&instance, "modification");
    server.post_nothing(&path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(&path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(
        detail,
        "At least one of [activateInstructions, moveInstructions, terminateInstructions] is required."
    );
    let nothing = json!({"activateInstructions": [{"variableInstructions": [{}]}], "terminateInstructions": [{}],
        "moveInstructions": [{}]});
    let detail = server.post(&path, nothing).await.problem(400, "INVALID_ARGUMENT");
    for sentence in [
        "No activateInstructions[0].elementId provided.",
        "No activateInstructions[0].variableInstructions[0].variables provided.",
        "At least one of [elementId, elementInstanceKey] is required in terminateInstructions[0].",
        "No moveInstructions[0].targetElementId provided.",
        "No moveInstructions[0].sourceElementInstruction provided.",
    ] {
        assert!(detail.contains(sentence), "{detail}");
    }
    let odd = json!({"moveInstructions": [{"sourceElementInstruction": {"sourceType": "byName"}, "targetElementId": "b",
        "ancestorScopeInstruction": {"ancestorScopeType": "above"}}]});
    let detail = server.post(&path, odd).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("is 'byName' but must be 'byId' or 'byKey'"), "{detail}");
    assert!(detail.contains("is 'above' but must be 'direct', 'inferred' or 'sourceParent'"), "{detail}");
    for (body, why) in [
        (json!({"activateInstructions": [{"elementId": "nowhere"}]}), "'nowhere'"),
        (json!({"terminateInstructions": [{"elementInstanceKey": "77"}]}), "could not be found: '77'"),
        (json!({"terminateInstructions": [{"elementId": "b"}]}), "'b'"),
        (
            json!({"activateInstructions": [{"elementId": "b", "ancestorElementInstanceKey": "77"}]}),
            "ancestor scope key that does not exist, or is not in an active state: '77'",
        ),
    ] {
        let detail = server.post(&path, body).await.problem(400, "INVALID_ARGUMENT");
        assert!(detail.contains(why) && detail.starts_with("Command 'MODIFY' rejected"), "{detail}");
    }
    let body = json!({"activateInstructions": [{"elementId": "a"}]});
    let detail = server.post(&of("2251799813685312", "modification"), body).await.problem(404, "NOT_FOUND");
    assert!(detail.contains("no process instance found with key '2251799813685312'"), "{detail}");
    assert_eq!(active(&server, &instance).await, ["a"]);
}

#[tokio::test]
async fn an_instance_is_migrated_and_its_history_names_elements_of_both_definitions() {
    let server = Server::start();
    server.deploy("p", &one_task("work")).await;
    let instance = server.create("p", json!({})).await;
    let renamed = one_task("work").replace("work\"", "other\"").replace("type=\"other\"", "type=\"work\"");
    let target = server.deploy("p", &format!("<task id=\"first\"/>{renamed}")).await;
    let path = of(&instance, "migration");
    let detail = server.post(&path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No targetProcessDefinitionKey provided. No mappingInstructions provided.");
    let half =
        json!({"targetProcessDefinitionKey": target, "mappingInstructions": [{"sourceElementId": "work"}]});
    let detail = server.post(&path, half).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("mappingInstructions[0]"), "{detail}");
    let to = |target: &str, from: &str, into: &str| {
        json!({"targetProcessDefinitionKey": target,
            "mappingInstructions": [{"sourceElementId": from, "targetElementId": into}]})
    };
    server.post(&path, to("77", "work", "other")).await.problem(404, "NOT_FOUND");
    let detail = server.post(&path, to(&target, "work", "end")).await.problem(409, "INVALID_STATE");
    assert!(
        detail.starts_with("Command 'MIGRATE' rejected") && detail.contains("different types"),
        "{detail}"
    );
    server.post(&of("2251799813685312", "migration"), to(&target, "a", "b")).await.problem(404, "NOT_FOUND");
    assert_eq!(server.post(&path, to(&target, "work", "other")).await.status, 204);

    let found = server.get(&format!("/v2/process-instances/{instance}")).await.ok();
    assert_eq!(
        (&found["processDefinitionKey"], &found["processDefinitionVersion"]),
        (&json!(target), &json!(2))
    );
    assert_eq!(active(&server, &instance).await, ["other"]);
    let job = server.activate("work").await;
    assert_eq!((&job["elementId"], &job["processDefinitionKey"]), (&json!("other"), &json!(target)));
    let flows = server.get(&of(&instance, "sequence-flows")).await.ok();
    assert_eq!(flows["items"][0]["elementId"], "f1");
    let statistics = server.get(&of(&instance, "statistics/element-instances")).await.ok();
    let ids: Vec<_> =
        statistics["items"].as_array().unwrap().iter().map(|it| it["elementId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["start", "other"]);

    let all = server.get(&format!("/api/v1/process-instances/{instance}/history")).await.ok();
    let events: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|it| (&it["event"], &it["elementId"])).collect();
    assert!(events.contains(&(&json!("ElementActivated"), &json!("work"))), "{events:?}");
    assert!(events.contains(&(&json!("JobActivated"), &json!("other"))), "{events:?}");
    let migrated =
        all["items"].as_array().unwrap().iter().find(|it| it["event"] == "InstanceMigrated").unwrap();
    assert_eq!(migrated["data"]["elements"], json!([["work", "other"]]));
    let lsn = migrated["lsn"].as_u64().unwrap();
    let later = server.get(&format!("/api/v1/process-instances/{instance}/history?after={lsn}")).await.ok();
    assert_eq!(later["items"][0]["elementId"], "other", "{later}");
}

#[tokio::test]
async fn a_suspended_instance_takes_nothing_but_its_resumption() {
    let server = Server::start();
    server.deploy("p", &one_task("work")).await;
    let instance = server.create("p", json!({})).await;
    let job = server.activate("work").await;
    assert_eq!(server.post_nothing(&of(&instance, "suspension")).await.status, 204);
    let found = server.get(&format!("/v2/process-instances/{instance}")).await.ok();
    assert_eq!((&found["state"], found["suspendedDate"].is_string()), (&json!("SUSPENDED"), true));
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!((&waits["state"], &waits["waits"][0]["kind"]), (&json!("SUSPENDED"), &json!("SUSPENDED")));
    assert_eq!(waits["waits"][1]["kind"], "WORKER");
    assert_eq!(server.search("process-instances", json!({"filter": {"state": "suspended"}})).await.len(), 1);
    let again = server.post(&of(&instance, "suspension"), json!({})).await.problem(409, "INVALID_STATE");
    assert!(again.starts_with("Command 'SUSPEND' rejected"), "{again}");
    let complete = format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap());
    server.post(&complete, json!({})).await.problem(409, "INVALID_STATE");
    let modify = json!({"activateInstructions": [{"elementId": "work"}]});
    server.post(&of(&instance, "modification"), modify).await.problem(409, "INVALID_STATE");
    assert_eq!(server.post_nothing(&of(&instance, "resumption")).await.status, 204);
    let found = server.get(&format!("/v2/process-instances/{instance}")).await.ok();
    assert_eq!((&found["state"], &found["suspendedDate"]), (&json!("ACTIVE"), &Value::Null));
    let again = server.post_nothing(&of(&instance, "resumption")).await.problem(409, "INVALID_STATE");
    assert!(again.contains("it is not suspended"), "{again}");
    assert_eq!(server.post(&complete, json!({})).await.status, 204);
    assert_eq!(state(&server, &instance).await, "COMPLETED");
    for operation in ["suspension", "resumption"] {
        server.post_nothing(&of(&instance, operation)).await.problem(404, "NOT_FOUND");
        server.post_nothing(&of("2251799813685312", operation)).await.problem(404, "NOT_FOUND");
        server.post_nothing(&of("x", operation)).await.problem(400, "Bad Request");
    }
}

#[tokio::test]
async fn only_an_ended_instance_is_deleted() {
    let server = Server::start();
    server.deploy("p", &one_task("work")).await;
    let instance = server.create("p", json!({"secret": 1})).await;
    let detail = server.post_nothing(&of(&instance, "deletion")).await.problem(409, "INVALID_STATE");
    assert!(detail.starts_with("Command 'DELETE' rejected") && detail.contains("still active"), "{detail}");
    assert_eq!(server.post_nothing(&of(&instance, "cancellation")).await.status, 204);
    assert_eq!(server.post_nothing(&of(&instance, "deletion")).await.status, 204);
    server.get(&format!("/v2/process-instances/{instance}")).await.problem(404, "NOT_FOUND");
    for what in ["variables", "element-instances", "jobs", "process-instances"] {
        assert_eq!(server.search(what, json!({})).await.len(), 0, "{what}");
    }
    server.post_nothing(&of(&instance, "deletion")).await.problem(404, "NOT_FOUND");
    server.get(&format!("/api/v1/process-instances/{instance}/history")).await.problem(404, "NOT_FOUND");
}

/// A start by a condition on `amount`, and one by a signal.
const STARTS: &str = r#"<startEvent id="start"/><startEvent id="rich"><conditionalEventDefinition>
      <condition xsi:type="tFormalExpression">=amount &gt; 100</condition></conditionalEventDefinition></startEvent>
    <startEvent id="alarm"><signalEventDefinition signalRef="s1"/></startEvent>
    <intermediateCatchEvent id="both"><signalEventDefinition signalRef="s1"/></intermediateCatchEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="both"/><sequenceFlow id="f2" sourceRef="rich" targetRef="both"/>
    <sequenceFlow id="f3" sourceRef="alarm" targetRef="end"/><sequenceFlow id="f4" sourceRef="both" targetRef="end"/>
    <endEvent id="end"/>"#;

async fn deploy_starts(server: &Server) -> String {
    let file = model("p", STARTS).replace("<error ", "<signal id=\"s1\" name=\"fire\"/><error ");
    let reply = server.deploy_file("p.bpmn", &file).await.ok();
    reply["deployments"][0]["processDefinition"]["processDefinitionKey"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn conditions_start_instances() {
    let server = Server::start();
    let definition = deploy_starts(&server).await;
    let path = "/v2/conditionals/evaluation";
    server.post_nothing(path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No variables provided.");
    let unknown = json!({"variables": {"amount": 200}, "processDefinitionKey": "77"});
    let detail = server.post(path, unknown).await.problem(404, "NOT_FOUND");
    assert!(detail.starts_with("Command 'EVALUATE' rejected") && detail.contains("'77'"), "{detail}");
    let other = json!({"variables": {}, "tenantId": "other"});
    server.post(path, other).await.problem(400, "INVALID_ARGUMENT");
    let poor = server.post(path, json!({"variables": {"amount": 1}})).await.ok();
    assert_eq!(
        (poor["processInstances"].as_array().unwrap().len(), &poor["tenantId"]),
        (0, &json!("<default>"))
    );
    let rich = server
        .post(path, json!({"variables": {"amount": 200}, "processDefinitionKey": definition}))
        .await
        .ok();
    let started = &rich["processInstances"][0];
    assert_eq!(started["processDefinitionKey"].as_str(), Some(definition.as_str()));
    assert!(rich["conditionalEvaluationKey"].is_string());
    let instance = started["processInstanceKey"].as_str().unwrap();
    assert_eq!(active(&server, instance).await, ["both"]);
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "SIGNAL");
}

#[tokio::test]
async fn a_signal_reaches_all_who_wait_and_starts_processes() {
    let server = Server::start();
    deploy_starts(&server).await;
    let waiting = server.create("p", json!({})).await;
    let path = "/v2/signals/broadcast";
    server.post_nothing(path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(path, json!({"variables": {}})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No signalName provided.");
    server.post(path, json!({"signalName": "fire", "tenantId": "x"})).await.problem(400, "INVALID_ARGUMENT");
    server.post(path, json!({"signalName": "fire", "variables": 7})).await.problem(400, "Bad Request");
    let sent = server.post(path, json!({"signalName": "fire", "variables": {"where": "attic"}})).await.ok();
    assert_eq!((sent["signalKey"].is_string(), &sent["tenantId"]), (true, &json!("<default>")));
    assert_eq!(state(&server, &waiting).await, "COMPLETED");
    let instances = server.search("process-instances", json!({})).await;
    assert_eq!((instances.len(), &instances[1]["state"]), (2, &json!("COMPLETED")));
    let variables = server.search("variables", json!({"filter": {"name": "where"}})).await;
    assert!(variables.iter().all(|it| it["value"] == "\"attic\"") && variables.len() >= 2, "{variables:?}");
    assert_eq!(server.search("message-subscriptions", json!({})).await.len(), 0);
}

/// A task for each of a list, in parallel.
const EACH: &str = r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="each"/>
    <serviceTask id="each"><extensionElements><zeebe:taskDefinition type="each"/></extensionElements>
      <multiInstanceLoopCharacteristics><extensionElements>
        <zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements>
      </multiInstanceLoopCharacteristics></serviceTask>
    <sequenceFlow id="f2" sourceRef="each" targetRef="end"/><endEvent id="end"/>"#;

#[tokio::test]
async fn iterations_are_added_and_removed_while_the_activity_runs() {
    let server = Server::start();
    server.deploy("p", EACH).await;
    let instance = server.create("p", json!({"items": ["a", "b"]})).await;
    let of_type =
        |kind: &str| json!({"filter": {"processInstanceKey": instance, "type": kind, "state": "ACTIVE"}});
    let body = Server::one(server.search("element-instances", of_type("MULTI_INSTANCE_BODY")).await);
    let key = body["elementInstanceKey"].as_str().unwrap();
    let path = format!("/api/v1/element-instances/{key}/iterations");
    assert_eq!(server.post(&path, json!({"item": {"n": 1.50}})).await.status, 204);
    let iterations = server.search("element-instances", of_type("SERVICE_TASK")).await;
    assert_eq!(iterations.len(), 3);
    let statistics = server.get(&of(&instance, "statistics/element-instances")).await.ok();
    let each = statistics["items"].as_array().unwrap().iter().find(|it| it["elementId"] == "each").unwrap();
    assert_eq!(each["active"], 3);
    let first = iterations[0]["elementInstanceKey"].as_str().unwrap();
    assert_eq!(server.delete(&format!("/api/v1/iterations/{first}")).await.status, 204);
    let (one, two) = (server.activate("each").await, server.activate("each").await);
    assert_eq!((&one["variables"]["item"], &two["variables"]["item"]), (&json!("b"), &json!({"n": 1.50})));
    for job in [one, two] {
        let path = format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap());
        assert_eq!(server.post(&path, json!({})).await.status, 204);
    }
    assert_eq!(state(&server, &instance).await, "COMPLETED");
    server.post_nothing(&path).await.problem(404, "NOT_FOUND");
    server.post_nothing("/api/v1/element-instances/77/iterations").await.problem(404, "NOT_FOUND");
    server.delete("/api/v1/iterations/77").await.problem(404, "NOT_FOUND");
    server.delete("/api/v1/iterations/x").await.problem(400, "Bad Request");
}

#[tokio::test]
async fn called_instances_are_found_from_above_and_from_below() {
    let server = Server::start();
    server.deploy("child", &one_task("work")).await;
    let call = r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
      <callActivity id="call"><extensionElements><zeebe:calledElement processId="child"/></extensionElements></callActivity>
      <sequenceFlow id="f2" sourceRef="call" targetRef="end"/><endEvent id="end"/>"#;
    server.deploy("parent", call).await;
    let parent = server.create("parent", json!({})).await;
    let child = json!({"filter": {"parentProcessInstanceKey": parent}});
    let child = Server::one(server.search("process-instances", child).await);
    let key = child["processInstanceKey"].as_str().unwrap();
    assert_eq!(child["rootProcessInstanceKey"].as_str(), Some(parent.as_str()));
    assert!(child["parentElementInstanceKey"].is_string());
    let path = server.get(&of(key, "call-hierarchy")).await.ok();
    let names: Vec<_> =
        path.as_array().unwrap().iter().map(|it| it["processDefinitionName"].as_str().unwrap()).collect();
    assert_eq!(names, ["The parent", "The child"]);
    let waits = server.get(&format!("/api/v1/process-instances/{parent}/waits")).await.ok();
    assert_eq!(
        (&waits["waits"][0]["kind"], waits["waits"][0]["key"].as_str()),
        (&json!("CALLED_PROCESS"), Some(key))
    );
    server.post_nothing(&of(key, "cancellation")).await.problem(409, "INVALID_STATE");

    let job = server.activate("work").await;
    let fail = format!("/v2/jobs/{}/failure", job["jobKey"].as_str().unwrap());
    assert_eq!(server.post(&fail, json!({"errorMessage": "boom"})).await.status, 204);
    for instance in [&parent, key] {
        let found = server.post(&of(instance, "incidents/search"), json!({})).await.ok();
        assert_eq!(
            (&found["items"][0]["errorMessage"], &found["page"]["totalItems"]),
            (&json!("boom"), &json!(1))
        );
    }
    let narrowed = json!({"filter": {"processInstanceKey": parent}});
    let found = server.post(&of(&parent, "incidents/search"), narrowed).await.ok();
    assert_eq!(found["page"]["totalItems"], 0);
}
