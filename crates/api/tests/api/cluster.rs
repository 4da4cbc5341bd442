use crate::server::{Server, timer_wait};
use dirigent_api::Mode;
use serde_json::json;

#[tokio::test]
async fn the_cluster_is_one_healthy_server() {
    let server = Server::start();
    let topology = server.get("/v2/topology").await.ok();
    assert_eq!(topology["clusterSize"], 1);
    assert_eq!(
        topology["brokers"][0]["partitions"][0],
        json!({"partitionId": 1, "role": "leader", "health": "healthy"})
    );
    assert_eq!(server.get("/v2/status").await.status, 204);
    assert_eq!(server.get("/v2/license").await.ok()["validLicense"], true);
    let me = server.get("/v2/authentication/me").await.ok();
    assert_eq!(
        (me["username"].as_str(), me["tenants"][0]["tenantId"].as_str()),
        (Some("developer"), Some("<default>"))
    );
    let status = server.get("/api/v1/status").await.ok();
    assert_eq!((status["healthy"].as_bool(), status["version"].as_str()), (Some(true), Some("0.0.0-test")));
    assert!(status["lag"].is_i64() && status["position"].is_u64());
    assert_eq!(server.get("/api/v1/connectors/templates").await.ok()[0]["id"], "http");
}

#[tokio::test]
async fn without_an_administrator_only_probes_are_answered() {
    let server = Server::start_in(Mode::Locked);
    assert_eq!(server.get("/v2/status").await.status, 204);
    assert_eq!(server.get("/api/v1/status").await.status, 200);
    let document = dirigent_api::openapi();
    let open = ["/v2/status", "/v2/license", "/api/v1/status"];
    let mut refused = 0;
    for (path, item) in &document.paths.paths {
        let path = path.replace("{processDefinitionKey}", "1").replace("Key}", "1").replace('{', "");
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in methods {
            if operation.is_none() || open.contains(&path.as_str()) {
                continue;
            }
            server.send_text(method, &path, "{}").await.problem(401, "Unauthorized");
            refused += 1;
        }
    }
    assert!(refused > 55, "{refused} operations");
}

#[tokio::test]
async fn a_pinned_clock_lets_timers_fire() {
    let server = Server::start();
    server.deploy("hour", timer_wait()).await;
    let key = server.create("hour", json!({})).await;
    let waits = server.get(&format!("/api/v1/process-instances/{key}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "TIMER");
    let later = server.handle.now() + 3_600_001;
    assert_eq!(server.send("PUT", "/v2/clock", json!({"timestamp": later})).await.status, 204);
    assert!(server.get("/api/v1/status").await.ok()["paused"].as_bool().is_some());
    // The timer fires on the engine's own account: wait for its record to be read.
    let path = format!("/v2/process-instances/{key}");
    let mut state = json!(null);
    for _ in 0..1_000 {
        state = server.get(&path).await.ok()["state"].clone();
        if state == "COMPLETED" {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(state, "COMPLETED");
    assert_eq!(server.post_nothing("/v2/clock/reset").await.status, 204);
    let detail =
        server.send("PUT", "/v2/clock", json!({"timestamp": -1})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "The value for timestamp is '-1' but must be not negative.");
    let detail = server.send("PUT", "/v2/clock", json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No timestamp provided.");
}

#[test]
fn the_document_names_camundas_operations() {
    let document = dirigent_api::openapi();
    let text = serde_json::to_string(&document).unwrap();
    let operations: Vec<&str> =
        text.split("\"operationId\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let unique: std::collections::BTreeSet<_> = operations.iter().collect();
    assert_eq!(unique.len(), operations.len());
    for name in [
        "createDeployment",
        "activateJobs",
        "searchProcessInstances",
        "evaluateExpression",
        "evaluateDecision",
        "getDecisionInstance",
        "pinClock",
    ] {
        assert!(operations.contains(&name), "{name}");
    }
    // Every reference leads somewhere.
    let schemas = &document.components.as_ref().unwrap().schemas;
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is not described");
    }
    assert!(
        schemas.contains_key("ProcessInstanceSearchQuery") && schemas.contains_key("UserTaskSearchQuery")
    );
}
