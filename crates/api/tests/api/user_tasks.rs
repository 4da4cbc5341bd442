use crate::server::{Server, user_task};
use serde_json::json;

#[tokio::test]
async fn a_task_is_claimed_changed_given_back_and_completed() {
    let server = Server::start();
    server.deploy("p", user_task()).await;
    let instance = server.create("p", json!({"amount": 7})).await;
    let task =
        Server::one(server.search("user-tasks", json!({"filter": {"candidateGroup": "clerks"}})).await);
    assert_eq!(
        (task["name"].as_str(), task["state"].as_str(), &task["priority"]),
        (Some("Approve"), Some("CREATED"), &json!(50))
    );
    let path = format!("/v2/user-tasks/{}", task["userTaskKey"].as_str().unwrap());
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "USER_TASK");

    assert_eq!(server.post(&format!("{path}/assignment"), json!({"assignee": "ada"})).await.status, 204);
    assert_eq!(server.get(&path).await.ok()["assignee"], "ada");
    let claim = json!({"assignee": "bob", "allowOverride": false});
    server.post(&format!("{path}/assignment"), claim).await.problem(409, "INVALID_STATE");
    let change =
        json!({"changeset": {"priority": 80, "dueDate": "2030-01-02T03:04:05Z", "candidateUsers": ["eve"]}});
    assert_eq!(server.send("PATCH", &path, change).await.status, 204);
    let changed = server.get(&path).await.ok();
    assert_eq!(
        (&changed["priority"], changed["dueDate"].as_str()),
        (&json!(80), Some("2030-01-02T03:04:05.000Z"))
    );
    let due = json!({"filter": {"dueDate": {"$lt": "2030-02-01T00:00:00Z"}, "candidateUser": "eve"}});
    assert_eq!(server.search("user-tasks", due).await.len(), 1);
    assert_eq!(server.delete(&format!("{path}/assignee")).await.status, 204);
    assert!(server.get(&path).await.ok()["assignee"].is_null());
    assert_eq!(server.get(&format!("{path}/form")).await.status, 204);
    let variables = server.post(&format!("{path}/variables/search"), json!({})).await.ok();
    assert_eq!(variables["items"][0]["name"], "amount");
    let by_variable = json!({"filter": {"processInstanceVariables": [{"name": "amount", "value": "7"}]}});
    assert_eq!(server.search("user-tasks", by_variable).await.len(), 1);

    assert_eq!(
        server.post(&format!("{path}/completion"), json!({"variables": {"ok": true}})).await.status,
        204
    );
    assert_eq!(server.get(&path).await.ok()["state"], "COMPLETED");
    assert_eq!(server.get(&format!("/v2/process-instances/{instance}")).await.ok()["state"], "COMPLETED");
    server.post(&format!("{path}/completion"), json!({})).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_unknown_task_is_not_found() {
    let server = Server::start();
    assert_eq!(
        server.get("/v2/user-tasks/77").await.problem(404, "NOT_FOUND"),
        "User Task with key '77' not found"
    );
    server.get("/v2/user-tasks/77/form").await.problem(404, "NOT_FOUND");
    server.post("/v2/user-tasks/77/variables/search", json!({})).await.problem(404, "NOT_FOUND");
    server.post("/v2/user-tasks/77/assignment", json!({"assignee": "a"})).await.problem(404, "NOT_FOUND");
    server.post("/v2/user-tasks/77/completion", json!({})).await.problem(404, "NOT_FOUND");
    server.delete("/v2/user-tasks/77/assignee").await.problem(404, "NOT_FOUND");
    server
        .send("PATCH", "/v2/user-tasks/77", json!({"changeset": {"priority": 1}}))
        .await
        .problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_change_that_makes_no_sense_says_why() {
    let server = Server::start();
    server.post_nothing("/v2/user-tasks/77/assignment").await.problem(415, "Unsupported Media Type");
    let detail =
        server.post("/v2/user-tasks/77/assignment", json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No assignee provided.");
    let update = |body: serde_json::Value| server.send("PATCH", "/v2/user-tasks/77", body);
    update(json!({})).await.problem(400, "INVALID_ARGUMENT");
    let detail = update(json!({"changeset": {"priority": 101}})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "The value for priority is '101' but must be within the [0,100] range.");
    let detail = update(json!({"changeset": {"dueDate": "soon"}})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(
        detail,
        "The provided due date 'soon' cannot be parsed as a date according to RFC 3339, section 5.6."
    );
    server.get("/v2/user-tasks/x").await.problem(400, "Bad Request");
    server.delete("/v2/user-tasks/x/assignee").await.problem(400, "Bad Request");
    server.post("/v2/user-tasks/x/completion", json!({})).await.problem(400, "Bad Request");
}
