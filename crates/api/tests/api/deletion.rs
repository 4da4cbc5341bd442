//! Deleting what was deployed.

use crate::server::{Reply, Server, one_task};
use serde_json::{Value, json};

async fn delete(server: &Server, key: &str) -> Reply {
    server.post_nothing(&format!("/v2/resources/{key}/deletion")).await
}

async fn versions(server: &Server, filter: Value) -> Vec<(i64, String)> {
    let body = json!({"filter": filter, "sort": [{"field": "version"}]});
    let found = server.search("process-definitions", body).await;
    let version = |it: &Value| (it["version"].as_i64().unwrap(), it["state"].as_str().unwrap().to_owned());
    found.iter().map(version).collect()
}

async fn finish(server: &Server, job_type: &str) {
    let job = server.activate(job_type).await;
    let path = format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap());
    assert_eq!(server.post_nothing(&path).await.status, 204);
}

#[tokio::test]
async fn a_deleted_version_makes_way_for_the_one_below() {
    let server = Server::start();
    server.deploy("p", &one_task("old")).await;
    let two = server.deploy("p", &one_task("new")).await;
    let deleted = delete(&server, &two).await.ok();
    assert_eq!(deleted, json!({"resourceKey": two, "batchOperation": null}));
    assert_eq!(
        versions(&server, json!({"processDefinitionId": "p"})).await,
        [(1, "ACTIVE".to_owned()), (2, "DELETED".to_owned())]
    );
    assert_eq!(versions(&server, json!({"isLatestVersion": true})).await, [(1, "ACTIVE".to_owned())]);
    assert_eq!(versions(&server, json!({"state": "DELETED"})).await, [(2, "DELETED".to_owned())]);
    server.create("p", json!({})).await;
    finish(&server, "old").await;
    let by_key = server.post("/v2/process-instances", json!({"processDefinitionKey": two})).await;
    by_key.problem(404, "NOT_FOUND");
    let three = server.deploy("p", &one_task("new")).await;
    let found = server.get(&format!("/v2/process-definitions/{three}")).await.ok();
    assert_eq!((&found["version"], &found["state"]), (&json!(3), &json!("ACTIVE")));
    let again = delete(&server, &two).await.problem(404, "NOT_FOUND");
    assert_eq!(
        again,
        format!(
            "Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete resource but no resource found with key `{two}`"
        )
    );
}

#[tokio::test]
async fn a_definition_by_which_instances_run_is_not_deleted() {
    let server = Server::start();
    let key = server.deploy("p", &one_task("w")).await;
    server.create("p", json!({})).await;
    server.create("p", json!({})).await;
    let why = delete(&server, &key).await.problem(409, "INVALID_STATE");
    assert_eq!(
        why,
        format!(
            "Command 'DELETE' rejected with code 'INVALID_STATE': Expected to delete resource with key `{key}` but there are still running instances (2); let them end, cancel them or migrate them to another version first"
        )
    );
    assert_eq!(versions(&server, json!({})).await, [(1, "ACTIVE".to_owned())]);
    finish(&server, "w").await;
    finish(&server, "w").await;
    delete(&server, &key).await.ok();
    assert_eq!(versions(&server, json!({"state": "ACTIVE"})).await, []);
}

#[tokio::test]
async fn instances_stay_until_their_history_is_deleted() {
    let server = Server::start();
    let key = server.deploy("p", &one_task("w")).await;
    let instance = server.create("p", json!({"n": 1})).await;
    finish(&server, "w").await;
    delete(&server, &key).await.ok();
    let path = format!("/v2/process-instances/{instance}");
    let found = server.get(&path).await.ok();
    assert_eq!((&found["state"], &found["processDefinitionVersion"]), (&json!("COMPLETED"), &json!(1)));
    let xml = server.get(&format!("/v2/process-definitions/{key}/xml")).await;
    assert_eq!(xml.status, 200);
    let counts = format!("/v2/process-definitions/{key}/statistics/element-instances");
    assert_eq!(server.post(&counts, json!({})).await.status, 200);

    let with_history = format!("/v2/resources/{key}/deletion");
    let deleted = server.post(&with_history, json!({"deleteHistory": true, "operationReference": 7})).await;
    assert_eq!(deleted.ok(), json!({"resourceKey": key, "batchOperation": null}));
    server.get(&path).await.problem(404, "NOT_FOUND");
    server.get(&format!("/v2/process-definitions/{key}")).await.problem(404, "NOT_FOUND");
    server.get(&format!("/v2/process-definitions/{key}/xml")).await.problem(404, "NOT_FOUND");
    assert_eq!(server.search("variables", json!({})).await, Vec::<Value>::new());
    server.post(&with_history, json!({"deleteHistory": true})).await.problem(404, "NOT_FOUND");
}

const RATE: &str = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rates" name="Rates" namespace="t"><decision id="rate" name="Rate"><variable name="Rate"/><literalExpression id="l"><text>7</text></literalExpression></decision></definitions>"#;

#[tokio::test]
async fn decisions_go_with_their_requirements_by_the_key_of_these() {
    let server = Server::start();
    let deployed = server.deploy_file("rate.dmn", RATE).await.ok();
    let keys = |name: &str| {
        deployed["deployments"]
            .as_array()
            .unwrap()
            .iter()
            .find_map(|it| it[name].as_object().cloned())
            .unwrap()
    };
    let decision = keys("decisionDefinition")["decisionDefinitionKey"].as_str().unwrap().to_owned();
    let graph = keys("decisionDefinition")["decisionRequirementsKey"].as_str().unwrap().to_owned();
    let evaluate = json!({"decisionDefinitionId": "rate", "variables": {}});
    server.post("/v2/decision-definitions/evaluation", evaluate.clone()).await.ok();
    let why = delete(&server, &decision).await.problem(404, "NOT_FOUND");
    assert!(why.contains(&graph), "{why}");
    delete(&server, &graph).await.ok();
    assert_eq!(server.search("decision-definitions", json!({})).await, Vec::<Value>::new());
    assert_eq!(server.search("decision-requirements", json!({})).await, Vec::<Value>::new());
    server.post("/v2/decision-definitions/evaluation", evaluate).await.problem(404, "NOT_FOUND");
    // Of the evaluation that was, all can still be read.
    let evaluated = Server::one(server.search("decision-instances", json!({})).await);
    assert_eq!(evaluated["decisionDefinitionKey"], json!(decision));
    assert_eq!(server.get(&format!("/v2/decision-definitions/{decision}/xml")).await.status, 200);
    let history = json!({"deleteHistory": true});
    server.post(&format!("/v2/resources/{graph}/deletion"), history).await.ok();
    assert_eq!(server.search("decision-instances", json!({})).await, Vec::<Value>::new());
}

#[tokio::test]
async fn forms_and_other_files_are_gone_by_their_keys() {
    let server = Server::start();
    let form = server.deploy_file("ask.form", r#"{"id":"ask","components":[]}"#).await.ok();
    let form = form["deployments"][0]["form"]["formKey"].as_str().unwrap().to_owned();
    let robot = server.deploy_file("robot.rpa", r#"{"id":"robot"}"#).await.ok();
    let robot = robot["deployments"][0]["resource"]["resourceKey"].as_str().unwrap().to_owned();
    assert_eq!(server.get(&format!("/v2/forms/{form}")).await.status, 200);
    delete(&server, &form).await.ok();
    delete(&server, &robot).await.ok();
    server.get(&format!("/v2/forms/{form}")).await.problem(404, "NOT_FOUND");
    server.get(&format!("/v2/resources/{robot}")).await.problem(404, "NOT_FOUND");
    server.get(&format!("/v2/resources/{robot}/content")).await.problem(404, "NOT_FOUND");
    delete(&server, &robot).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_deletion_that_cannot_be_read_changes_nothing() {
    let server = Server::start();
    let key = server.deploy("p", &one_task("w")).await;
    let path = format!("/v2/resources/{key}/deletion");
    server.post(&path, json!({"deleteHistory": "maybe"})).await.problem(400, "Bad Request");
    server.post("/v2/resources/first/deletion", json!({})).await.problem(400, "Bad Request");
    assert_eq!(versions(&server, json!({})).await, [(1, "ACTIVE".to_owned())]);
    assert_eq!(server.post(&path, Value::Null).await.status, 200, "null is a body without wishes");
}
