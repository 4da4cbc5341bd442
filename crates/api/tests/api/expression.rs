use crate::server::{Server, one_task};
use serde_json::json;

#[tokio::test]
async fn an_expression_gives_its_value_and_the_reasons_for_nulls() {
    let server = Server::start();
    let path = "/v2/expression/evaluation";
    let sum = server.post(path, json!({"expression": "=x + y", "variables": {"x": 10, "y": 20}})).await.ok();
    assert_eq!(
        (&sum["result"], &sum["expression"], &sum["warnings"]),
        (&json!(30), &json!("=x + y"), &json!([]))
    );
    let null = server.post(path, json!({"expression": "=1 + \"a\""})).await.ok();
    assert!(null["result"].is_null());
    assert!(!null["warnings"][0]["message"].as_str().unwrap().is_empty());
    let names = json!({"expression": "order total * 2", "variables": {"order total": 4}});
    assert_eq!(server.post(path, names).await.ok()["result"], 8);
}

#[tokio::test]
async fn an_expression_sees_the_variables_of_its_scope() {
    let server = Server::start();
    server.deploy("p", &one_task("x")).await;
    let instance = server.create("p", json!({"a": 1, "b": 2})).await;
    let work =
        Server::one(server.search("element-instances", json!({"filter": {"elementId": "work"}})).await);
    let element = work["elementInstanceKey"].as_str().unwrap();
    server
        .send(
            "PUT",
            &format!("/v2/element-instances/{element}/variables"),
            json!({"variables": {"a": 5}, "local": true}),
        )
        .await
        .ok();
    let path = "/v2/expression/evaluation";
    for (scope, expected) in [(instance.as_str(), 3), (element, 7)] {
        let result = server.post(path, json!({"expression": "=a + b", "scopeKey": scope})).await.ok();
        assert_eq!(result["result"], expected);
    }
    server.post(path, json!({"expression": "=a", "scopeKey": "77"})).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn an_expression_that_cannot_be_read_says_where() {
    let server = Server::start();
    let path = "/v2/expression/evaluation";
    server.post_nothing(path).await.problem(415, "Unsupported Media Type");
    assert_eq!(
        server.post(path, json!({})).await.problem(400, "INVALID_ARGUMENT"),
        "No expression provided."
    );
    let detail = server.post(path, json!({"expression": "=1 +"})).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.starts_with("Failed to parse expression '=1 +': 1:"), "{detail}");
    let endless = json!({"expression": "=count(for a in 1..9999, b in 1..9999 return a)"});
    server.post(path, endless).await.problem(400, "INVALID_ARGUMENT");
}
