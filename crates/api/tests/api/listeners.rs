//! Jobs of listeners and of ad-hoc sub-processes.

use crate::server::{Server, one_task};
use serde_json::{Value, json};

/// Start, user task with two listeners that complete and one that assigns, end.
const LISTENED: &str = r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
    <userTask id="approve" name="Approve"><extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="clerks"/>
      <zeebe:taskListeners><zeebe:taskListener eventType="assigning" type="assign"/>
        <zeebe:taskListener eventType="completing" type="first"/>
        <zeebe:taskListener eventType="completing" type="second"/></zeebe:taskListeners></extensionElements></userTask>
    <sequenceFlow id="f2" sourceRef="approve" targetRef="end"/><endEvent id="end"/>"#;

fn completion(job: &Value) -> String {
    format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap())
}

async fn task(server: &Server) -> Value {
    Server::one(server.search("user-tasks", json!({})).await)
}

#[tokio::test]
async fn task_listeners_correct_and_deny() {
    let server = Server::start();
    server.deploy("p", LISTENED).await;
    let instance = server.create("p", json!({"amount": 7})).await;
    let path = format!("/v2/user-tasks/{}", task(&server).await["userTaskKey"].as_str().unwrap());
    assert_eq!(server.post(&format!("{path}/assignment"), json!({"assignee": "ada"})).await.status, 204);
    assert_eq!(task(&server).await["state"], "ASSIGNING");

    let job = server.activate("assign").await;
    assert_eq!((&job["kind"], &job["listenerEventType"]), (&json!("TASK_LISTENER"), &json!("ASSIGNING")));
    let about = &job["userTask"];
    assert_eq!((&about["action"], &about["assignee"]), (&json!("assign"), &json!("ada")));
    assert_eq!(
        (&about["changedAttributes"], &about["candidateGroups"]),
        (&json!(["assignee"]), &json!(["clerks"]))
    );
    let wrong = json!({"result": {"type": "userTask", "denied": true, "corrections": {"priority": 1}}});
    server.post(&completion(&job), wrong).await.problem(400, "INVALID_ARGUMENT");
    let wrong = json!({"variables": {"a": 1}, "result": {"type": "userTask"}});
    server.post(&completion(&job), wrong).await.problem(400, "INVALID_ARGUMENT");
    let corrections = json!({"assignee": "bob", "priority": 90, "candidateUsers": ["eve"]});
    let result = json!({"result": {"type": "userTask", "corrections": corrections}});
    assert_eq!(server.post(&completion(&job), result).await.status, 204);
    let corrected = task(&server).await;
    assert_eq!((&corrected["assignee"], &corrected["priority"]), (&json!("bob"), &json!(90)));
    assert_eq!((&corrected["candidateUsers"], &corrected["state"]), (&json!(["eve"]), &json!("CREATED")));

    assert_eq!(server.post(&format!("{path}/completion"), json!({"action": "sign"})).await.status, 204);
    let job = server.activate("first").await;
    assert_eq!(
        (&job["listenerEventType"], &job["userTask"]["action"]),
        (&json!("COMPLETING"), &json!("sign"))
    );
    let result =
        json!({"result": {"type": "userTask", "corrections": {"followUpDate": "2030-01-02T03:04:05Z"}}});
    assert_eq!(server.post(&completion(&job), result).await.status, 204);
    let job = server.activate("second").await;
    assert_eq!(job["userTask"]["changedAttributes"], json!(["followUpDate"]));
    assert_eq!(job["userTask"]["followUpDate"], "2030-01-02T03:04:05.000Z");
    let denial = json!({"result": {"type": "userTask", "denied": true, "deniedReason": "no signature"}});
    assert_eq!(server.post(&completion(&job), denial).await.status, 204);
    assert_eq!(task(&server).await["state"], "CREATED");
    let denied = Server::one(server.search("jobs", json!({"filter": {"isDenied": true}})).await);
    assert_eq!((&denied["deniedReason"], &denied["type"]), (&json!("no signature"), &json!("second")));
    let listeners = json!({"filter": {"kind": "TASK_LISTENER", "listenerEventType": "COMPLETING"}});
    assert_eq!(server.search("jobs", listeners).await.len(), 2);

    let history = server.get(&format!("/api/v1/process-instances/{instance}/history")).await.ok();
    let of = |event: &str| {
        history["items"].as_array().unwrap().iter().find(|item| item["event"] == event).unwrap().clone()
    };
    assert_eq!(of("UserTaskCorrected")["elementId"], "approve");
    assert_eq!(of("UserTaskDenied")["data"]["reason"], "no signature");
}

#[tokio::test]
async fn execution_listeners_say_their_event_and_jobs_their_priority_and_labels() {
    let server = Server::start();
    let listened = one_task("work").replace(
        r#"<zeebe:taskDefinition type="work" retries="2"/>"#,
        r#"<zeebe:taskDefinition type="work" retries="2"/><zeebe:jobPriorityDefinition priority="=70 + 5"/>
        <zeebe:executionListeners><zeebe:executionListener eventType="start" type="before"/>
        <zeebe:executionListener eventType="end" type="after"/></zeebe:executionListeners>"#,
    );
    server.deploy("p", &listened).await;
    let body = json!({"processDefinitionId": "p", "tags": ["blue"], "businessId": "B-7"});
    server.post("/v2/process-instances", body).await.ok();
    for (job_type, kind, event, priority) in [
        ("before", "EXECUTION_LISTENER", "START", 0),
        ("work", "BPMN_ELEMENT", "UNSPECIFIED", 75),
        ("after", "EXECUTION_LISTENER", "END", 0),
    ] {
        let job = server.activate(job_type).await;
        assert_eq!((&job["kind"], &job["listenerEventType"]), (&json!(kind), &json!(event)));
        assert_eq!((&job["priority"], &job["userTask"]), (&json!(priority), &Value::Null));
        assert_eq!((&job["tags"], &job["businessId"]), (&json!(["blue"]), &json!("B-7")));
        let found = Server::one(server.search("jobs", json!({"filter": {"type": job_type}})).await);
        assert_eq!((&found["listenerEventType"], &found["priority"]), (&json!(event), &json!(priority)));
        assert_eq!(server.post(&completion(&job), json!({})).await.status, 204);
    }
    assert_eq!(server.search("jobs", json!({"filter": {"priority": {"$gt": 50}}})).await.len(), 1);
    assert_eq!(server.search("process-instances", json!({"filter": {"state": "COMPLETED"}})).await.len(), 1);
}

/// An ad-hoc sub-process whose worker chooses between two tasks.
const CHOICE: &str = r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="choice"/>
    <adHocSubProcess id="choice"><extensionElements><zeebe:taskDefinition type="choose"/></extensionElements>
      <serviceTask id="one"><extensionElements><zeebe:taskDefinition type="one"/></extensionElements></serviceTask>
      <serviceTask id="two"><extensionElements><zeebe:taskDefinition type="two"/></extensionElements></serviceTask>
    </adHocSubProcess><sequenceFlow id="f2" sourceRef="choice" targetRef="end"/><endEvent id="end"/>"#;

#[tokio::test]
async fn a_worker_chooses_the_activities_of_an_ad_hoc_sub_process() {
    let server = Server::start();
    server.deploy("p", CHOICE).await;
    let instance = server.create("p", json!({})).await;
    let job = server.activate("choose").await;
    assert_eq!(job["kind"], "AD_HOC_SUB_PROCESS");
    let choose =
        |elements: Value| json!({"result": {"type": "adHocSubProcess", "activateElements": elements}});
    let detail = server.post(&completion(&job), choose(json!([{}]))).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No result.activateElements[0].elementId provided.");
    let unknown = choose(json!([{"elementId": "three"}]));
    let detail = server.post(&completion(&job), unknown).await.problem(404, "NOT_FOUND");
    assert!(detail.contains("'three'"), "{detail}");
    let two = choose(json!([{"elementId": "two", "variables": {"x": 5}}]));
    assert_eq!(server.post(&completion(&job), two).await.status, 204);
    let work = server.activate("two").await;
    assert_eq!(work["variables"]["x"], 5);
    let inner = json!({"filter": {"type": "AD_HOC_SUB_PROCESS_INNER_INSTANCE"}});
    assert_eq!(Server::one(server.search("element-instances", inner).await)["elementId"], "choice");
    assert_eq!(server.post(&completion(&work), json!({})).await.status, 204);
    let job = server.activate("choose").await;
    let enough = json!({"result": {"type": "adHocSubProcess", "isCompletionConditionFulfilled": true}});
    assert_eq!(server.post(&completion(&job), enough).await.status, 204);
    assert_eq!(server.get(&format!("/v2/process-instances/{instance}")).await.ok()["state"], "COMPLETED");
}

#[tokio::test]
async fn activities_are_asked_for_while_an_ad_hoc_sub_process_is_active() {
    let server = Server::start();
    server.deploy("p", CHOICE).await;
    server.create("p", json!({})).await;
    let filter = json!({"filter": {"type": "AD_HOC_SUB_PROCESS"}});
    let found = Server::one(server.search("element-instances", filter).await);
    let key = found["elementInstanceKey"].as_str().unwrap();
    let path = format!("/v2/element-instances/ad-hoc-activities/{key}/activation");
    let detail = server.post(&path, json!({})).await.problem(400, "INVALID_ARGUMENT");
    assert_eq!(detail, "No elements provided.");
    server.post(&path, json!({"elements": [{}]})).await.problem(400, "INVALID_ARGUMENT");
    server.post_nothing(&path).await.problem(415, "Unsupported Media Type");
    let twice = json!({"elements": [{"elementId": "one"}, {"elementId": "one"}]});
    server.post(&path, twice).await.problem(400, "INVALID_ARGUMENT");
    server.post(&path, json!({"elements": [{"elementId": "end"}]})).await.problem(404, "NOT_FOUND");
    let one = json!({"elements": [{"elementId": "one", "variables": {"x": 1}}]});
    assert_eq!(server.post(&path, one).await.status, 204);
    assert_eq!(server.activate("one").await["variables"]["x"], 1);
    let two = json!({"elements": [{"elementId": "two"}], "cancelRemainingInstances": true});
    assert_eq!(server.post(&path, two).await.status, 204);
    let ended = json!({"filter": {"elementId": "one", "state": "TERMINATED"}});
    assert_eq!(server.search("element-instances", ended).await.len(), 1);
    let absent = "/v2/element-instances/ad-hoc-activities/77/activation";
    let detail =
        server.post(absent, json!({"elements": [{"elementId": "one"}]})).await.problem(404, "NOT_FOUND");
    assert!(detail.contains("no active ad-hoc sub-process instance found with key '77'"), "{detail}");
}
