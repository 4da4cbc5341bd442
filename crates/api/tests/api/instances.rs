use crate::server::{Server, one_task};
use serde_json::json;

#[tokio::test]
async fn an_instance_is_created_searched_and_cancelled() {
    let server = Server::start();
    let definition = server.deploy("p", &one_task("p")).await;
    let body = json!({"processDefinitionKey": definition, "variables": {"big": 12345678901234567890123u128.to_string()},
        "tags": ["blue"], "businessId": "B-7"});
    let created = server.post("/v2/process-instances", body).await.ok();
    assert_eq!(created["processDefinitionId"], "p");
    assert_eq!(
        (&created["tags"], &created["businessId"], &created["variables"]),
        (&json!(["blue"]), &json!("B-7"), &json!({}))
    );
    let key = created["processInstanceKey"].as_str().unwrap();

    let filter = json!({"filter": {"state": "active", "businessId": {"$like": "B-*"}, "tags": ["blue"]}});
    let found = Server::one(server.search("process-instances", filter).await);
    assert_eq!((found["processInstanceKey"].as_str(), &found["endDate"]), (Some(key), &json!(null)));
    assert!(found["startDate"].as_str().unwrap().ends_with('Z'));
    let path = format!("/v2/process-instances/{key}");
    assert_eq!(server.get(&path).await.ok()["rootProcessInstanceKey"].as_str(), Some(key));
    let flows = server.get(&format!("{path}/sequence-flows")).await.ok();
    assert_eq!(flows["items"][0]["elementId"], "f1");
    let hierarchy = server.get(&format!("{path}/call-hierarchy")).await.ok();
    assert_eq!(hierarchy[0]["processDefinitionName"], "The p");
    let elements = server
        .search("element-instances", json!({"filter": {"processInstanceKey": key, "elementId": "work"}}))
        .await;
    let element = Server::one(elements);
    assert_eq!(
        (element["type"].as_str(), element["elementName"].as_str()),
        (Some("SERVICE_TASK"), Some("Work"))
    );
    let element_key = element["elementInstanceKey"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v2/element-instances/{element_key}")).await.ok()["state"], "ACTIVE");

    assert_eq!(server.post_nothing(&format!("{path}/cancellation")).await.status, 204);
    assert_eq!(server.get(&path).await.ok()["state"], "TERMINATED");
    let again = server.post_nothing(&format!("{path}/cancellation")).await.problem(404, "NOT_FOUND");
    assert!(again.starts_with("Command 'CANCEL' rejected with code 'NOT_FOUND': "), "{again}");
    assert_eq!(server.get(&format!("/v2/element-instances/{element_key}")).await.ok()["state"], "TERMINATED");
    let waits = server.get(&format!("/api/v1/process-instances/{key}/waits")).await.ok();
    assert_eq!(waits, json!({"state": "TERMINATED", "waits": []}));
}

#[tokio::test]
async fn creation_can_await_the_end() {
    let server = Server::start();
    server.deploy("p", &one_task("await")).await;
    let create = json!({"processDefinitionId": "p", "variables": {"a": 1, "b": 2}, "awaitCompletion": true,
        "fetchVariables": ["b", "c"], "requestTimeout": 20_000});
    let work = async {
        let job = server.activate("await").await;
        let path = format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap());
        server.post(&path, json!({"variables": {"c": 3}})).await
    };
    let (created, completed) = tokio::join!(server.post("/v2/process-instances", create), work);
    assert_eq!(completed.status, 204);
    assert_eq!(created.ok()["variables"], json!({"b": 2, "c": 3}));

    let in_vain = json!({"processDefinitionId": "p", "awaitCompletion": true, "requestTimeout": 50});
    let detail = server.post("/v2/process-instances", in_vain).await.problem(504, "DEADLINE_EXCEEDED");
    assert!(detail.contains("50 ms"), "{detail}");
}

#[tokio::test]
async fn a_creation_that_makes_no_sense_says_why() {
    let server = Server::start();
    let path = "/v2/process-instances";
    server.post_nothing(path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "At least one of [processDefinitionId, processDefinitionKey] is required.");
    let both = json!({"processDefinitionId": "p", "processDefinitionKey": "1"});
    server.post(path, both).await.problem(400, "INVALID_ARGUMENT");
    let detail = server.post(path, json!({"processDefinitionId": "nope"})).await.problem(404, "NOT_FOUND");
    assert!(detail.starts_with("Command 'CREATE' rejected with code 'NOT_FOUND': "), "{detail}");
    let detail = server
        .post(path, json!({"processDefinitionId": "p", "tenantId": "other"}))
        .await
        .problem(400, "INVALID_ARGUMENT");
    assert_eq!(
        detail,
        "Expected to handle request Create Process Instance with tenant identifier 'other', but multi-tenancy is disabled"
    );
    let detail = server.post(path, json!({"processDefinitionId": 7})).await.problem(400, "Bad Request");
    assert_eq!(detail, "Request property [processDefinitionId] cannot be parsed");
    let detail = server
        .post(path, json!({"processDefinitionId": "p", "variables": [1]}))
        .await
        .problem(400, "Bad Request");
    assert_eq!(detail, "Request property [variables] cannot be parsed");
    let tags = json!({"processDefinitionId": "p", "tags": ["1st"]});
    assert!(server.post(path, tags).await.problem(400, "INVALID_ARGUMENT").contains("'1st'"));
    let runtime = json!({"processDefinitionId": "p", "runtimeInstructions": [{}]});
    server.post(path, runtime).await.problem(400, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn an_unknown_instance_is_not_found() {
    let server = Server::start();
    let detail = server.get("/v2/process-instances/77").await.problem(404, "NOT_FOUND");
    assert_eq!(detail, "Process Instance with key '77' not found");
    for path in ["sequence-flows", "statistics/element-instances", "call-hierarchy"] {
        server.get(&format!("/v2/process-instances/77/{path}")).await.problem(404, "NOT_FOUND");
    }
    for path in ["history", "waits"] {
        server.get(&format!("/api/v1/process-instances/77/{path}")).await.problem(404, "NOT_FOUND");
        server.get(&format!("/api/v1/process-instances/x/{path}")).await.problem(400, "Bad Request");
    }
    server.post("/v2/process-instances/77/incidents/search", json!({})).await.problem(404, "NOT_FOUND");
    server
        .post_nothing("/v2/process-instances/2251799813685312/cancellation")
        .await
        .problem(404, "NOT_FOUND");
    server.post_nothing("/v2/process-instances/x/cancellation").await.problem(400, "Bad Request");
    server.get("/v2/element-instances/77").await.problem(404, "NOT_FOUND");
    server.post("/v2/element-instances/77/incidents/search", json!({})).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn variables_are_set_and_read_without_loss() {
    let server = Server::start();
    server.deploy("p", &one_task("v")).await;
    let body = r#"{"processDefinitionId":"p","variables":{"n":123456789012345678901234567890.5,"s":"ä\n"}}"#;
    let created = server.send_text("POST", "/v2/process-instances", body).await.ok();
    let key = created["processInstanceKey"].as_str().unwrap();
    let n = Server::one(server.search("variables", json!({"filter": {"name": "n"}})).await);
    assert_eq!(n["value"], "123456789012345678901234567890.5");
    let variable = server.get(&format!("/v2/variables/{}", n["variableKey"].as_str().unwrap())).await.ok();
    assert_eq!((variable["name"].as_str(), variable["scopeKey"].as_str()), (Some("n"), Some(key)));

    let long = "x".repeat(10_000);
    let set = json!({"variables": {"s": long}, "local": true});
    let path = format!("/v2/element-instances/{key}/variables");
    assert_eq!(server.send("PUT", &path, set).await.status, 204);
    let cut = Server::one(server.search("variables", json!({"filter": {"name": "s"}})).await);
    assert_eq!((cut["isTruncated"].as_bool(), cut["value"].as_str().unwrap().len()), (Some(true), 8_191));
    let whole =
        server.post("/v2/variables/search?truncateValues=false", json!({"filter": {"name": "s"}})).await.ok();
    assert_eq!(whole["items"][0]["value"].as_str().unwrap().len(), 10_002);

    server.send("PUT", &path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    server
        .send("PUT", "/v2/element-instances/77/variables", json!({"variables": {"a": 1}}))
        .await
        .problem(404, "NOT_FOUND");
    let missing = axum::http::Request::put(&path).body(axum::body::Body::empty()).unwrap();
    server.request(missing).await.problem(415, "Unsupported Media Type");
    server.get("/v2/variables/77").await.problem(404, "NOT_FOUND");
    server.get("/v2/variables/x").await.problem(400, "Bad Request");
}
