use crate::server::{Server, one_task};
use serde_json::json;

#[tokio::test]
async fn a_job_is_worked_on() {
    let server = Server::start();
    server.deploy("p", &one_task("work")).await;
    let instance = server.create("p", json!({"a": 1, "b": 2})).await;
    let body = json!({"type": "work", "worker": "me", "timeout": "60000", "maxJobsToActivate": 5, "fetchVariable": ["a"]});
    let jobs = server.post("/v2/jobs/activation", body).await.ok();
    let job = &jobs["jobs"][0];
    assert_eq!(job["processInstanceKey"].as_str(), Some(instance.as_str()));
    assert_eq!((&job["variables"], &job["customHeaders"]), (&json!({"a": 1}), &json!({"colour": "red"})));
    assert_eq!(
        (&job["retries"], &job["kind"], &job["listenerEventType"]),
        (&json!(2), &json!("BPMN_ELEMENT"), &json!("UNSPECIFIED"))
    );
    let key = job["jobKey"].as_str().unwrap();
    let found =
        Server::one(server.search("jobs", json!({"filter": {"type": "work", "state": "CREATED"}})).await);
    assert_eq!((found["jobKey"].as_str(), found["worker"].as_str()), (Some(key), Some("me")));
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "WORKER");

    assert_eq!(
        server.post(&format!("/v2/jobs/{key}/completion"), json!({"variables": {"c": 3}})).await.status,
        204
    );
    assert_eq!(server.get(&format!("/v2/process-instances/{instance}")).await.ok()["state"], "COMPLETED");
    let again = server.post_nothing(&format!("/v2/jobs/{key}/completion")).await.problem(404, "NOT_FOUND");
    assert!(again.starts_with("Command 'COMPLETE' rejected with code 'NOT_FOUND': "), "{again}");
}

#[tokio::test]
async fn a_job_without_retries_is_an_incident_until_it_is_resolved() {
    let server = Server::start();
    let definition = server.deploy("p", &one_task("fail")).await;
    let instance = server.create("p", json!({})).await;
    let job = server.activate("fail").await;
    let key = job["jobKey"].as_str().unwrap();
    let failure = json!({"retries": 0, "errorMessage": "no paper", "variables": {"tried": true}});
    assert_eq!(server.post(&format!("/v2/jobs/{key}/failure"), failure).await.status, 204);

    let incident = Server::one(server.search("incidents", json!({"filter": {"state": "ACTIVE"}})).await);
    assert_eq!(
        (incident["errorType"].as_str(), incident["elementId"].as_str()),
        (Some("JOB_NO_RETRIES"), Some("work"))
    );
    assert_eq!(incident["jobKey"].as_str(), Some(key));
    let incident_key = incident["incidentKey"].as_str().unwrap();
    assert_eq!(
        server.get(&format!("/v2/incidents/{incident_key}")).await.ok()["processInstanceKey"].as_str(),
        Some(&*instance)
    );
    assert!(
        server.get(&format!("/v2/process-instances/{instance}")).await.ok()["hasIncident"].as_bool().unwrap()
    );
    let of_instance =
        server.post(&format!("/v2/process-instances/{instance}/incidents/search"), json!({})).await.ok();
    assert_eq!(of_instance["page"]["totalItems"], 1);
    let element = incident["elementInstanceKey"].as_str().unwrap();
    let of_element =
        server.post(&format!("/v2/element-instances/{element}/incidents/search"), json!({})).await.ok();
    assert_eq!(of_element["page"]["totalItems"], 1);
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "INCIDENT");
    assert!(waits["waits"][0]["explanation"].as_str().unwrap().contains("no paper"));
    let overview = server.get(&format!("/api/v1/process-definitions/{definition}/overview")).await.ok();
    assert_eq!(overview["withIncident"], 1);
    let errors = server.post("/v2/incidents/statistics/process-instances-by-error", json!({})).await.ok();
    assert_eq!(errors["items"][0]["activeInstancesWithErrorCount"], 1);

    let update = json!({"changeset": {"retries": 3}});
    assert_eq!(server.send("PATCH", &format!("/v2/jobs/{key}"), update).await.status, 204);
    server
        .post_nothing(&format!("/v2/incidents/{incident_key}/resolution"))
        .await
        .problem(415, "Unsupported Media Type");
    assert_eq!(server.post(&format!("/v2/incidents/{incident_key}/resolution"), json!({})).await.status, 204);
    assert_eq!(server.get(&format!("/v2/incidents/{incident_key}")).await.ok()["state"], "RESOLVED");
    let again = server.activate("fail").await;
    assert_eq!(
        (again["jobKey"].as_str(), &again["retries"], &again["variables"]["tried"]),
        (Some(key), &json!(3), &json!(true))
    );

    server.post("/v2/incidents/77/resolution", json!({})).await.problem(404, "NOT_FOUND");
    server.get("/v2/incidents/77").await.problem(404, "NOT_FOUND");
    server.get("/v2/incidents/x").await.problem(400, "Bad Request");
    server.post("/v2/incidents/search", json!({"filter": {"state": 1}})).await.problem(400, "Bad Request");
}

#[tokio::test]
async fn a_business_error_without_a_catch_is_an_incident() {
    let server = Server::start();
    server.deploy("p", &one_task("err")).await;
    server.create("p", json!({})).await;
    let job = server.activate("err").await;
    let path = format!("/v2/jobs/{}/error", job["jobKey"].as_str().unwrap());
    server.post_nothing(&path).await.problem(415, "Unsupported Media Type");
    let detail = server.post(&path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No errorCode provided.");
    assert_eq!(server.post(&path, json!({"errorCode": "lost", "errorMessage": "gone"})).await.status, 204);
    let incident = Server::one(server.search("incidents", json!({})).await);
    assert_eq!(incident["errorType"], "UNHANDLED_ERROR_EVENT");
    server.post("/v2/jobs/77/error", json!({"errorCode": "x"})).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_retry_waits_for_its_back_off() {
    let server = Server::start();
    server.deploy("p", &one_task("later")).await;
    let instance = server.create("p", json!({})).await;
    let job = server.activate("later").await;
    let path = format!("/v2/jobs/{}/failure", job["jobKey"].as_str().unwrap());
    let detail = server.post(&path, json!({"retryBackOff": -5})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "The value for retryBackOff is '-5' but must be not negative.");
    assert_eq!(server.post(&path, json!({"retries": 1, "retryBackOff": 600_000})).await.status, 204);
    let at_once = json!({"type": "later", "timeout": 1000, "maxJobsToActivate": 1, "requestTimeout": -1});
    assert_eq!(server.post("/v2/jobs/activation", at_once).await.ok(), json!({"jobs": []}));
    let waits = server.get(&format!("/api/v1/process-instances/{instance}/waits")).await.ok();
    assert_eq!(waits["waits"][0]["kind"], "RETRY");
    assert!(server.search("jobs", json!({"filter": {"hasFailedWithRetriesLeft": true}})).await.len() == 1);
    server.post("/v2/jobs/77/failure", json!({})).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_waiting_worker_gets_the_job_that_comes() {
    let server = Server::start();
    server.deploy("p", &one_task("soon")).await;
    let (job, instance) = tokio::join!(server.activate("soon"), server.create("p", json!({})));
    assert_eq!(job["processInstanceKey"].as_str(), Some(instance.as_str()));
    let lease = json!({"type": "soon", "timeout": 1000, "maxJobsToActivate": 1, "withLease": true, "requestTimeout": 5000});
    let (leased, _) = tokio::join!(server.post("/v2/jobs/activation", lease), server.create("p", json!({})));
    let leased = leased.ok();
    let token = leased["jobs"][0]["jobLeaseToken"].as_str().unwrap();
    let path = format!("/v2/jobs/{}/completion", leased["jobs"][0]["jobKey"].as_str().unwrap());
    server.post(&path, json!({"jobLeaseToken": "x"})).await.problem(400, "INVALID_ARGUMENT");
    server.post(&path, json!({"jobLeaseToken": "9999"})).await.problem(409, "INVALID_STATE");
    assert_eq!(server.post(&path, json!({"jobLeaseToken": token})).await.status, 204);
}

#[tokio::test]
async fn a_request_for_jobs_that_makes_no_sense_says_why() {
    let server = Server::start();
    server.post_nothing("/v2/jobs/activation").await.problem(415, "Unsupported Media Type");
    let detail =
        server.post("/v2/jobs/activation", json!({"type": "x"})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No timeout provided. No maxJobsToActivate provided.");
    let zero = json!({"type": "x", "timeout": 0, "maxJobsToActivate": 0});
    let detail = server.post("/v2/jobs/activation", zero).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(
        detail,
        "The value for timeout is '0' but must be greater than 0. The value for maxJobsToActivate is '0' but must be greater than 0."
    );
    let tenant = json!({"type": "x", "timeout": 1, "maxJobsToActivate": 1, "tenantIds": ["other"]});
    server.post("/v2/jobs/activation", tenant).await.problem(400, "INVALID_ARGUMENT");
    let wrong = json!({"type": "x", "timeout": 1, "maxJobsToActivate": "many"});
    let detail = server.post("/v2/jobs/activation", wrong).await.problem(400, "Bad Request");
    assert_eq!(detail, "Request property [maxJobsToActivate] cannot be parsed");
}

#[tokio::test]
async fn an_update_needs_something_to_update() {
    let server = Server::start();
    let update = |body: serde_json::Value| server.send("PATCH", "/v2/jobs/77", body);
    let detail = update(json!({"changeset": {}})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "At least one of [retries, timeout, priority] is required.");
    update(json!({"changeset": {"retries": 0}})).await.problem(400, "INVALID_ARGUMENT");
    update(json!({"changeset": {"priority": 5}})).await.problem(404, "NOT_FOUND");
    update(json!({"changeset": {"retries": 1}})).await.problem(404, "NOT_FOUND");
    server.send("PATCH", "/v2/jobs/x", json!({})).await.problem(400, "Bad Request");
    server
        .post("/v2/jobs/77/completion", json!({"result": {"type": "nothing"}}))
        .await
        .problem(400, "INVALID_ARGUMENT");
    server
        .post("/v2/jobs/77/completion", json!({"result": {"corrections": {"priority": 101}}}))
        .await
        .problem(400, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn a_job_with_a_higher_priority_is_leased_first() {
    let server = Server::start();
    server.deploy("p", &one_task("ranked")).await;
    for _ in 0..3 {
        server.create("p", json!({})).await;
    }
    let jobs = server.search("jobs", json!({})).await;
    let last = jobs[2]["jobKey"].as_str().unwrap();
    let path = format!("/v2/jobs/{last}");
    assert_eq!(server.send("PATCH", &path, json!({"changeset": {"priority": 9}})).await.status, 204);
    let first = server.activate("ranked").await;
    assert_eq!((first["jobKey"].as_str(), &first["priority"]), (Some(last), &json!(9)));
    let found = server.search("jobs", json!({"filter": {"priority": 9}})).await;
    assert_eq!((found.len(), &found[0]["state"]), (1, &json!("CREATED")));
    assert_eq!(server.activate("ranked").await["jobKey"], jobs[0]["jobKey"]);
}
