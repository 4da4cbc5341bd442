//! What Camunda 8's REST API does and does not document: `docs/compatibility/camunda-8.md`.

use crate::server::{Server, one_task};
use serde_json::json;

#[tokio::test]
async fn versions_and_tenants_are_read_as_camunda_reads_them() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    let create = |more: serde_json::Value| {
        let mut body = json!({"processDefinitionId": "p"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.post("/v2/process-instances", body)
    };
    server.deploy("p", &one_task("x")).await;
    for version in [-5, -1] {
        let created = create(json!({"processDefinitionVersion": version})).await.ok();
        assert_eq!(created["processDefinitionVersion"], 2, "{version}");
    }
    assert_eq!(create(json!({"processDefinitionVersion": 1})).await.ok()["processDefinitionVersion"], 1);
    let detail = create(json!({"processDefinitionVersion": 0})).await.problem(404, "NOT_FOUND");
    assert!(detail.starts_with("Command 'CREATE' rejected with code 'NOT_FOUND': "), "{detail}");
    assert_eq!(create(json!({"nobodyKnows": 1})).await.status, 200);
    assert_eq!(create(json!({"tenantId": "<default>"})).await.status, 200);
    assert_eq!(
        create(json!({"tenantId": "other"})).await.problem(400, "INVALID_ARGUMENT"),
        "Expected to handle request Create Process Instance with tenant identifier 'other', but multi-tenancy is disabled"
    );
}

#[tokio::test]
async fn a_key_of_no_partition_is_not_found_at_once() {
    let server = Server::start();
    let begun = std::time::Instant::now();
    for partition in [7_i64, 4_095] {
        let key = (partition << 51) + 5;
        for what in [
            "process-instances",
            "process-definitions",
            "element-instances",
            "incidents",
            "user-tasks",
            "variables",
        ] {
            server.get(&format!("/v2/{what}/{key}")).await.problem(404, "NOT_FOUND");
        }
        let variables = json!({"variables": {"a": 1}});
        let terminate = json!({"terminateInstructions": [{"elementInstanceKey": "1"}]});
        let requests = [
            ("POST", format!("jobs/{key}/completion"), json!({})),
            ("POST", format!("jobs/{key}/failure"), json!({})),
            ("POST", format!("jobs/{key}/error"), json!({"errorCode": "e"})),
            ("PATCH", format!("jobs/{key}"), json!({"changeset": {"retries": 1}})),
            ("POST", format!("incidents/{key}/resolution"), json!({})),
            ("POST", format!("user-tasks/{key}/completion"), json!({})),
            ("POST", format!("process-instances/{key}/cancellation"), json!({})),
            ("POST", format!("process-instances/{key}/modification"), terminate),
            ("PUT", format!("element-instances/{key}/variables"), variables),
            ("POST", "process-instances".to_owned(), json!({"processDefinitionKey": key.to_string()})),
        ];
        for (method, path, body) in requests {
            let reply = server.send(method, &format!("/v2/{path}"), body).await;
            assert_eq!(reply.status, 404, "{path}: {}", reply.body);
            reply.problem(404, "NOT_FOUND");
        }
    }
    // Each one would wait for ten seconds there.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_field_named_twice_is_refused_with_its_name() {
    let server = Server::start();
    let twice = r#"{"processDefinitionId":"p","processDefinitionId":"q"}"#;
    let reply = server.send_text("POST", "/v2/process-instances", twice).await;
    assert!(
        reply.body["reason"].as_str().unwrap().contains("duplicate field `processDefinitionId`"),
        "{}",
        reply.body
    );
    reply.problem(400, "Bad Request");
    // The names of variables are the client's own: there the last wins.
    server.deploy("p", &one_task("w")).await;
    let twice = r#"{"processDefinitionId":"p","variables":{"a":1,"a":2}}"#;
    server.send_text("POST", "/v2/process-instances", twice).await.ok();
    assert_eq!(server.activate("w").await["variables"], json!({"a": 2}));
}

#[tokio::test]
async fn a_job_whose_error_nothing_caught_cannot_be_changed() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    server.create("p", json!({})).await;
    let ask = json!({"type": "w", "timeout": 60_000, "maxJobsToActivate": 1});
    let job = server.post("/v2/jobs/activation", ask.clone()).await.ok()["jobs"][0]["jobKey"].clone();
    let path = format!("/v2/jobs/{}", job.as_str().unwrap());
    assert_eq!(server.post(&format!("{path}/error"), json!({"errorCode": "E"})).await.status, 204);
    server.send("PATCH", &path, json!({"changeset": {"retries": 2}})).await.problem(404, "NOT_FOUND");
    let incident = server.search("incidents", json!({})).await[0]["incidentKey"].clone();
    let path = format!("/v2/incidents/{}/resolution", incident.as_str().unwrap());
    assert_eq!(server.post(&path, json!({})).await.status, 204);
    assert_eq!(server.post("/v2/jobs/activation", ask).await.ok()["jobs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_id_blocks_only_while_the_first_is_kept() {
    let server = Server::start();
    let publish = |name: &str, time_to_live: u32| {
        let body = json!({"name": name, "correlationKey": "k", "messageId": "1", "timeToLive": time_to_live});
        server.post("/v2/messages/publication", body)
    };
    for _ in 0..2 {
        assert_eq!(publish("gone", 0).await.status, 200);
    }
    assert_eq!(publish("kept", 60_000).await.status, 200);
    publish("kept", 60_000).await.problem(409, "ALREADY_EXISTS");
}

#[tokio::test]
async fn variables_of_a_failed_job_are_its_elements_own() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    let instance = server.create("p", json!({"a": 1})).await;
    let job = server.activate("w").await;
    let path = format!("/v2/jobs/{}", job["jobKey"].as_str().unwrap());
    let failure = json!({"retries": 1, "errorMessage": "later", "variables": {"a": 2, "tried": true}});
    assert_eq!(server.post(&format!("{path}/failure"), failure).await.status, 204);
    for (name, value) in [("tried", "true"), ("a", "2")] {
        let own = json!({"filter": {"name": name, "scopeKey": job["elementInstanceKey"]}});
        assert_eq!(Server::one(server.search("variables", own).await)["value"], value);
    }
    let again = server.activate("w").await;
    assert_eq!(again["variables"], json!({"a": 2, "tried": true}));
    assert_eq!(server.post_nothing(&format!("{path}/completion")).await.status, 204);
    let of_process = json!({"filter": {"scopeKey": instance}});
    let left = Server::one(server.search("variables", of_process).await);
    assert_eq!((&left["name"], &left["value"]), (&json!("a"), &json!("1")));
}

#[tokio::test]
async fn execution_listeners_cannot_throw_errors() {
    let server = Server::start();
    let listened = one_task("w").replace(
        r#"retries="2"/>"#,
        r#"retries="2"/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="l"/></zeebe:executionListeners>"#,
    );
    let catch = r#"<boundaryEvent id="b" attachedToRef="work"><errorEventDefinition errorRef="e1"/></boundaryEvent>
        <sequenceFlow id="f3" sourceRef="b" targetRef="end"/>"#;
    server.deploy("p", &format!("{listened}{catch}")).await;
    server.create("p", json!({})).await;
    let job = server.activate("l").await;
    let path = format!("/v2/jobs/{}", job["jobKey"].as_str().unwrap());
    let thrown = server.post(&format!("{path}/error"), json!({"errorCode": "lost"})).await;
    let detail = thrown.problem(409, "INVALID_STATE");
    assert!(
        detail.starts_with(
            "Command 'THROW_ERROR' rejected with code 'INVALID_STATE': Cannot throw BPMN error from EXECUTION_LISTENER job with key "
        ),
        "{detail}"
    );
    // The job is as it was.
    assert_eq!(server.post_nothing(&format!("{path}/completion")).await.status, 204);
    assert_eq!(server.activate("w").await["elementId"], "work");
}

#[tokio::test]
async fn texts_of_a_decision_are_json_too() {
    let server = Server::start();
    let file = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
      <decision id="greet" name="Greet"><variable name="Greet"/><decisionTable id="t1">
        <input id="in1" label="Name"><inputExpression id="x1"><text>name</text></inputExpression></input>
        <input id="in2" label="List"><inputExpression id="x2"><text>list</text></inputExpression></input>
        <output id="out1" name="Greet"/><rule id="r1"><inputEntry id="e1"><text>-</text></inputEntry>
        <inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="o1"><text>"hi " + name</text></outputEntry></rule>
      </decisionTable></decision></definitions>"##;
    server.deploy_file("d.dmn", file).await.ok();
    let variables = json!({"name": "Ada \"A.\"", "list": [1, null]});
    let body = json!({"decisionDefinitionId": "greet", "variables": variables});
    let result = server.post("/v2/decision-definitions/evaluation", body).await.ok();
    assert_eq!(result["output"], r#""hi Ada \"A.\"""#);
    let evaluated = &result["evaluatedDecisions"][0];
    assert_eq!(evaluated["evaluatedInputs"][0]["inputValue"], r#""Ada \"A.\"""#);
    assert_eq!(evaluated["evaluatedInputs"][1]["inputValue"], "[1,null]");
    assert_eq!(evaluated["matchedRules"][0]["evaluatedOutputs"][0]["outputValue"], result["output"]);
    assert_eq!(
        (&result["failedDecisionDefinitionId"], &result["failureMessage"]),
        (&json!(null), &json!(null))
    );
}
