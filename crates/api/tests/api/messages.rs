use crate::server::{Server, message_wait};
use serde_json::json;

#[tokio::test]
async fn a_published_message_reaches_who_waits() {
    let server = Server::start();
    server.deploy("p", message_wait()).await;
    let instance = server.create("p", json!({"orderId": "o-1"})).await;
    let open = json!({"filter": {"messageName": "paid", "messageSubscriptionState": "CREATED"}});
    let subscription = Server::one(server.search("message-subscriptions", open).await);
    assert_eq!(
        (subscription["elementId"].as_str(), subscription["correlationKey"].as_str()),
        (Some("wait"), Some("o-1"))
    );
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "MESSAGE");

    let body = json!({"name": "paid", "correlationKey": "o-1", "timeToLive": 60_000, "messageId": "1", "variables": {"amount": 7}});
    let published = server.post("/v2/messages/publication", body).await.ok();
    assert_eq!(published["tenantId"], "<default>");
    assert_eq!(server.get(&format!("/v2/process-instances/{instance}")).await.ok()["state"], "COMPLETED");
    let taken = Server::one(server.search("correlated-message-subscriptions", json!({})).await);
    assert_eq!(
        (&taken["messageKey"], taken["processInstanceKey"].as_str()),
        (&published["messageKey"], Some(&*instance))
    );
    assert_eq!(
        Server::one(
            server.search("variables", json!({"filter": {"name": "amount", "scopeKey": instance}})).await
        )["value"],
        "7"
    );
}

#[tokio::test]
async fn a_correlation_names_the_instance_or_is_not_found() {
    let server = Server::start();
    server.deploy("p", message_wait()).await;
    let instance = server.create("p", json!({"orderId": "o-2"})).await;
    let body = json!({"name": "paid", "correlationKey": "o-2"});
    let correlated = server.post("/v2/messages/correlation", body.clone()).await.ok();
    assert_eq!(correlated["processInstanceKey"].as_str(), Some(instance.as_str()));
    let detail = server.post("/v2/messages/correlation", body).await.problem(404, "NOT_FOUND");
    assert!(detail.starts_with("Command 'CORRELATE' rejected with code 'NOT_FOUND': "), "{detail}");
}

#[tokio::test]
async fn a_message_that_makes_no_sense_says_why() {
    let server = Server::start();
    for path in ["/v2/messages/publication", "/v2/messages/correlation"] {
        server.post_nothing(path).await.problem(415, "Unsupported Media Type");
        assert_eq!(server.post(path, json!({})).await.problem(400, "INVALID_ARGUMENT"), "No name provided.");
        server.post(path, json!({"name": "a", "tenantId": "other"})).await.problem(400, "INVALID_ARGUMENT");
        server.post(path, json!({"name": "a", "variables": 7})).await.problem(400, "Bad Request");
    }
    server
        .post("/v2/messages/publication", json!({"name": "a", "timeToLive": -1}))
        .await
        .problem(400, "INVALID_ARGUMENT");
    let twice = json!({"name": "a", "correlationKey": "k", "messageId": "id", "timeToLive": 60_000});
    server.post("/v2/messages/publication", twice.clone()).await.ok();
    server.post("/v2/messages/publication", twice).await.problem(409, "ALREADY_EXISTS");
    server
        .post("/v2/message-subscriptions/search", json!({"sort": [{"field": "x"}]}))
        .await
        .problem(400, "INVALID_ARGUMENT");
    server
        .post("/v2/correlated-message-subscriptions/search", json!({"filter": 7}))
        .await
        .problem(400, "Bad Request");
}
