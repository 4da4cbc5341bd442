use crate::server::{Server, model, one_task};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

#[tokio::test]
async fn a_deployed_process_is_found_with_its_file() {
    let server = Server::start();
    let file = model("order", &one_task("order"));
    let deployed = server.deploy_file("order.bpmn", &file).await.ok();
    assert_eq!(deployed["tenantId"], "<default>");
    let process = &deployed["deployments"][0]["processDefinition"];
    assert_eq!(process["processDefinitionVersion"], 1);
    assert_eq!(process["resourceName"], "order.bpmn");
    assert!(deployed["deployments"][0]["form"].is_null());
    let key = process["processDefinitionKey"].as_str().unwrap();

    let found = Server::one(
        server.search("process-definitions", json!({"filter": {"processDefinitionId": "order"}})).await,
    );
    assert_eq!(
        (found["name"].as_str(), found["processDefinitionKey"].as_str()),
        (Some("The order"), Some(key))
    );
    let path = format!("/v2/process-definitions/{key}");
    assert_eq!(server.get(&path).await.ok()["version"], 1);
    let xml = server.get(&format!("{path}/xml")).await;
    assert_eq!((xml.status.as_u16(), &*xml.bytes), (200, file.as_bytes()));
    assert!(xml.content_type.starts_with("text/xml"));
    assert_eq!(server.get(&format!("{path}/form")).await.status, 204);
}

#[tokio::test]
async fn the_same_process_again_is_a_new_version_or_the_same() {
    let server = Server::start();
    server.deploy("p", &one_task("a")).await;
    server.deploy("p", &one_task("b")).await;
    let latest = json!({"filter": {"processDefinitionId": {"$eq": "p"}, "isLatestVersion": true}});
    assert_eq!(Server::one(server.search("process-definitions", latest).await)["version"], 2);
    server.deploy("p", &one_task("b")).await;
    let sorted = json!({"sort": [{"field": "version", "order": "desc"}], "page": {"limit": 1}});
    let page = server.post("/v2/process-definitions/search", sorted).await.ok();
    assert_eq!((&page["items"][0]["version"], &page["page"]["totalItems"]), (&json!(2), &json!(2)));
    let older = json!({"sort": [{"field": "version", "order": "desc"}], "page": {"after": page["page"]["endCursor"]}});
    assert_eq!(Server::one(server.search("process-definitions", older).await)["version"], 1);
}

#[tokio::test]
async fn what_cannot_be_deployed_says_why() {
    let server = Server::start();
    let broken =
        model("p", r#"<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="nowhere"/>"#);
    let detail = server.deploy_file("broken.bpmn", &broken).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.starts_with("Command 'CREATE' rejected with code 'INVALID_ARGUMENT': "), "{detail}");
    assert!(detail.contains("broken.bpmn") && detail.contains("nowhere"), "{detail}");
    server.deploy_file("x.bpmn", "no XML at all").await.problem(400, "INVALID_ARGUMENT");

    server.post("/v2/deployments", json!({})).await.problem(415, "Unsupported Media Type");
    let multipart = |body: &str| {
        Request::post("/v2/deployments")
            .header("content-type", "multipart/form-data; boundary=cut")
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let detail = server.request(multipart("--cut--\r\n")).await.problem(400, "Bad Request");
    assert_eq!(detail, "Required part 'resources' is not present.");
    let unnamed = "--cut\r\nContent-Disposition: form-data; name=\"resources\"\r\n\r\nx\r\n--cut--\r\n";
    server.request(multipart(unnamed)).await.problem(400, "INVALID_ARGUMENT");
    let other = "--cut\r\nContent-Disposition: form-data; name=\"tenantId\"\r\n\r\nother\r\n--cut--\r\n";
    let detail = server.request(multipart(other)).await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("multi-tenancy is disabled"), "{detail}");
    let huge = "x".repeat(9 << 20);
    server.deploy_file("huge.bpmn", &huge).await.problem(413, "MALFORMED_REQUEST");
}

#[tokio::test]
async fn an_unknown_definition_is_not_found() {
    let server = Server::start();
    for path in ["", "/xml", "/form"] {
        let detail = server.get(&format!("/v2/process-definitions/77{path}")).await.problem(404, "NOT_FOUND");
        assert_eq!(detail, "Process Definition with key '77' not found");
    }
    server
        .post("/v2/process-definitions/77/statistics/element-instances", json!({}))
        .await
        .problem(404, "NOT_FOUND");
    server.get("/api/v1/process-definitions/77/overview").await.problem(404, "NOT_FOUND");
    let detail = server.get("/v2/process-definitions/abc").await.problem(400, "Bad Request");
    assert_eq!(detail, "Failed to convert 'processDefinitionKey' with value: 'abc'");
    server.get("/api/v1/process-definitions/0/overview").await.problem(400, "Bad Request");
}

#[tokio::test]
async fn instances_are_counted_by_element() {
    let server = Server::start();
    let definition = server.deploy("counted", &one_task("counted")).await;
    let first = server.create("counted", json!({"colour": "red"})).await;
    server.create("counted", json!({"colour": "blue"})).await;
    let overview = server.get(&format!("/api/v1/process-definitions/{definition}/overview")).await.ok();
    assert_eq!((overview["active"].as_i64(), overview["ended"].as_i64()), (Some(2), Some(0)));
    let path = format!("/v2/process-definitions/{definition}/statistics/element-instances");
    let count = |statistics: &serde_json::Value, id: &str, what: &str| {
        let items = statistics["items"].as_array().or(statistics["elements"].as_array()).unwrap();
        items.iter().find(|item| item["elementId"] == id).map(|item| item[what].as_i64().unwrap())
    };
    assert_eq!(count(&overview, "work", "active"), Some(2));
    let all = server.post_nothing(&path).await.ok();
    assert_eq!((count(&all, "work", "active"), count(&all, "start", "completed")), (Some(2), Some(2)));
    let red = json!({"filter": {"variables": [{"name": "colour", "value": "\"red\""}]}});
    assert_eq!(count(&server.post(&path, red).await.ok(), "work", "active"), Some(1));
    let of_one =
        server.get(&format!("/v2/process-instances/{first}/statistics/element-instances")).await.ok();
    assert_eq!(count(&of_one, "work", "active"), Some(1));
    let by_process =
        server.post("/v2/process-definitions/statistics/process-instances", json!({})).await.ok();
    assert_eq!(by_process["items"][0]["activeInstancesWithoutIncidentCount"], 2);
    server.post(&path, json!({"filter": {"nonsense": 1}})).await.problem(400, "INVALID_ARGUMENT");
}
