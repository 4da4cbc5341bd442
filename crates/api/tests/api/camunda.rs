//! What Camunda 8's REST API does and does not document: `docs/compatibility/camunda-8.md`.

use crate::server::{Server, one_task};
use serde_json::json;

#[tokio::test]
async fn a_body_that_must_be_there_is_asked_for() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    let key = server.create("p", json!({})).await;
    let must = [
        ("POST", "/v2/process-instances".to_owned()),
        ("POST", "/v2/messages/publication".to_owned()),
        ("POST", "/v2/signals/broadcast".to_owned()),
        ("POST", "/v2/jobs/activation".to_owned()),
        ("POST", "/v2/jobs/1/error".to_owned()),
        ("POST", "/v2/incidents/1/resolution".to_owned()),
        ("PUT", format!("/v2/element-instances/{key}/variables")),
        ("POST", format!("/v2/process-instances/{key}/modification")),
    ];
    for (method, path) in must {
        server.send_text(method, &path, "").await.problem(415, "Unsupported Media Type");
    }
    assert_eq!(server.post_nothing(&format!("/v2/process-instances/{key}/cancellation")).await.status, 204);
}

#[tokio::test]
async fn a_job_that_fails_without_a_body_has_no_retries() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    server.create("p", json!({})).await;
    let ask = json!({"type": "w", "timeout": 60_000, "maxJobsToActivate": 1});
    let job = server.post("/v2/jobs/activation", ask).await.ok()["jobs"][0]["jobKey"].clone();
    let path = format!("/v2/jobs/{}/failure", job.as_str().unwrap());
    assert_eq!(server.post_nothing(&path).await.status, 204);
    let incidents = server.search("incidents", json!({})).await;
    assert_eq!(incidents[0]["errorType"], "JOB_NO_RETRIES");
    assert_eq!(incidents[0]["errorMessage"], "No more retries left.");
}

#[tokio::test]
async fn versions_and_tenants_are_read_as_camunda_reads_them() {
    let server = Server::start();
    server.deploy("p", &one_task("w")).await;
    let create = |more: serde_json::Value| {
        let mut body = json!({"processDefinitionId": "p"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.post("/v2/process-instances", body)
    };
    assert_eq!(create(json!({"processDefinitionVersion": -5})).await.ok()["processDefinitionVersion"], 1);
    create(json!({"processDefinitionVersion": 0})).await.problem(404, "NOT_FOUND");
    assert_eq!(create(json!({"nobodyKnows": 1})).await.status, 200);
    assert_eq!(
        create(json!({"tenantId": "other"})).await.problem(400, "INVALID_ARGUMENT"),
        "Expected to handle request Create Process Instance with tenant identifier 'other', but multi-tenancy is disabled"
    );
}

#[tokio::test]
async fn a_key_of_no_partition_is_not_found_at_once() {
    let server = Server::start();
    let key = (7_i64 << 51) + 5;
    server.get(&format!("/v2/process-instances/{key}")).await.problem(404, "NOT_FOUND");
    server.post_nothing(&format!("/v2/jobs/{key}/completion")).await.problem(404, "NOT_FOUND");
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
