//! What holds for all requests alike.

use crate::server::{Server, one_task};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

#[tokio::test]
async fn a_body_that_cannot_be_read_says_why() {
    let server = Server::start();
    let broken = server.send_text("POST", "/v2/process-instances", "{\"a\":").await;
    assert!(broken.body["reason"].as_str().unwrap().contains("line 1"), "{}", broken.body);
    assert_eq!(broken.problem(400, "Bad Request"), "Failed to read request");
    let after = server.send_text("POST", "/v2/process-instances", "{} {}").await;
    assert_eq!(after.problem(400, "Bad Request"), "Failed to read request");
    let plain =
        Request::post("/v2/process-instances").header("content-type", "text/plain").body(Body::from("{}"));
    let detail = server.request(plain.unwrap()).await.problem(415, "Unsupported Media Type");
    assert_eq!(detail, "Content-Type 'text/plain' is not supported.");
    let huge = format!("{{\"processDefinitionId\":\"{}\"}}", "x".repeat(9 << 20));
    server.send_text("POST", "/v2/process-instances", &huge).await.problem(413, "MALFORMED_REQUEST");
    let deep = format!("{{\"variables\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    server.send_text("POST", "/v2/process-instances", &deep).await.problem(400, "Bad Request");
}

#[tokio::test]
async fn a_path_or_query_that_cannot_be_read_is_a_problem() {
    let server = Server::start();
    for path in
        ["/v2/variables/search?truncateValues=maybe", "/v2/user-tasks/1/variables/search?truncateValues=1"]
    {
        let reply = server.send_text("POST", path, "{}").await;
        assert!(reply.body["reason"].as_str().unwrap().contains("truncateValues"), "{}", reply.body);
        assert_eq!(reply.problem(400, "Bad Request"), "Failed to read the query");
    }
    let reply = server.get("/api/v1/process-instances/1/history?limit=all").await;
    assert_eq!(reply.problem(400, "Bad Request"), "Failed to read the query");
    server.get("/v2/decision-instances/%ff").await.problem(400, "Bad Request");
    server.get("/v2/process-instances/%ff").await.problem(400, "Bad Request");
}

#[tokio::test]
async fn an_unknown_path_or_method_is_a_problem_too() {
    let server = Server::start();
    assert_eq!(
        server.get("/v2/nothing").await.problem(404, "Not Found"),
        "There is no endpoint GET /v2/nothing."
    );
    server.get("/api/v1/nothing").await.problem(404, "Not Found");
    server.delete("/v2/topology").await.problem(405, "Method Not Allowed");
    let reply = server.get("/v2/process-instances/77").await;
    assert_eq!(reply.body["instance"], "/v2/process-instances/77");
    let document = server.get("/v2/openapi.json").await.ok();
    assert_eq!(document["info"]["title"], "Dirigent");
}

#[tokio::test]
async fn a_repeated_request_with_the_same_id_gets_the_first_answer() {
    let server = Server::start();
    server.deploy("p", &one_task("i")).await;
    let create = |id: &str| {
        Request::post("/v2/process-instances")
            .header("content-type", "application/json")
            .header("idempotency-key", id)
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .body(Body::from(json!({"processDefinitionId": "p"}).to_string()))
            .unwrap()
    };
    let first = server.request(create("once")).await.ok();
    let second = server.request(create("once")).await.ok();
    assert_eq!(first, second);
    assert_eq!(server.search("process-instances", json!({})).await.len(), 1);
    server.request(create("twice")).await.ok();
    assert_eq!(server.search("process-instances", json!({})).await.len(), 2);
    server.request(create(&"x".repeat(300))).await.problem(400, "INVALID_ARGUMENT");
    let key = first["processInstanceKey"].as_str().unwrap();
    let history = server.get(&format!("/api/v1/process-instances/{key}/history")).await.ok();
    assert_eq!(history["items"][0]["traceparent"], "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

#[tokio::test]
async fn searches_check_what_they_are_asked() {
    let server = Server::start();
    let all = [
        "process-definitions",
        "process-instances",
        "element-instances",
        "jobs",
        "variables",
        "incidents",
        "user-tasks",
        "message-subscriptions",
        "correlated-message-subscriptions",
        "decision-definitions",
        "decision-requirements",
        "decision-instances",
    ];
    for what in all {
        let path = format!("/v2/{what}/search");
        let empty = server.post_nothing(&path).await.ok();
        let page =
            json!({"totalItems": 0, "hasMoreTotalItems": false, "startCursor": null, "endCursor": null});
        assert_eq!(empty, json!({"items": [], "page": page}));
        let unknown = server.post(&path, json!({"filter": {"nonsense": 1}})).await;
        assert!(unknown.problem(400, "INVALID_ARGUMENT").contains("[filter.nonsense] is not a field"));
        let operator = server.post(&path, json!({"filter": {"tenantId": {"$near": "a"}}})).await;
        assert!(
            operator.problem(400, "INVALID_ARGUMENT").contains("[filter.tenantId.$near] is not an operator")
        );
        let sort = server.post(&path, json!({"sort": [{"field": "nonsense"}]})).await;
        assert!(sort.problem(400, "INVALID_ARGUMENT").starts_with("Unknown sortBy: nonsense."));
        let limit = server.post(&path, json!({"page": {"limit": 10_001}})).await;
        assert!(limit.problem(400, "INVALID_ARGUMENT").contains("within the [0,10000] range"));
        server.post(&path, json!({"page": {"after": "bm90IG91cnM="}})).await.problem(400, "INVALID_ARGUMENT");
        server.post(&path, json!({"page": {"from": 1, "after": "x"}})).await.problem(400, "INVALID_ARGUMENT");
        let wrong = server.post(&path, json!({"page": {"limit": "many"}})).await.problem(400, "Bad Request");
        assert_eq!(wrong, "Request property [page.limit] cannot be parsed");
        server.post(&path, json!([1])).await.problem(400, "Bad Request");
    }
    let date = server
        .post("/v2/process-instances/search", json!({"filter": {"startDate": {"$gt": "yesterday"}}}))
        .await;
    assert!(date.problem(400, "INVALID_ARGUMENT").contains("RFC 3339"));
    let either = json!({"filter": {"$or": [{"state": "ACTIVE"}, {"hasIncident": true}]}});
    assert!(server.search("process-instances", either).await.is_empty());
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_deploy() {
    let server = Server::start();
    let form = Request::post("/v2/deployments")
        .header("host", "127.0.0.1:8080")
        .header("origin", "https://evil.example")
        .header("content-type", "multipart/form-data; boundary=cut")
        .body(Body::from("--cut--\r\n"));
    server.request(form.unwrap()).await.problem(403, "FORBIDDEN");
    let rebound = Request::get("/v2/topology").header("host", "evil.example").body(Body::empty());
    server.request(rebound.unwrap()).await.problem(403, "FORBIDDEN");
}
