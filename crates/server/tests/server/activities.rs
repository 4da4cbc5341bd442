//! Activities that others steer, over HTTP: listeners, ad-hoc sub-processes, iterations, conditions, called processes.

use crate::http::Connection;
use crate::operations::{activate, elements, on_any_number_of_partitions, post, reaches, refused, state};
use crate::process::{deploy, eventually};
use serde_json::{Value, json};

/// A key of the second partition that nothing has.
const NOBODY: &str = "4503599627370497";

fn model(id: &str, elements: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
      xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <process id="{id}" isExecutable="true">{elements}</process></definitions>"#
    )
}

/// A service task whose jobs have the type of its id.
fn task(id: &str) -> String {
    format!(
        r#"<serviceTask id="{id}"><extensionElements><zeebe:taskDefinition type="{id}"/></extensionElements></serviceTask>"#
    )
}

/// Start, this element, end.
fn around(id: &str, element: &str) -> String {
    format!(
        r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="{id}"/>{element}
      <sequenceFlow id="f2" sourceRef="{id}" targetRef="e"/><endEvent id="e"/>"#
    )
}

fn begin(connection: &mut Connection, id: &str, elements: &str, variables: &Value) -> String {
    assert_eq!(deploy(connection, "file.bpmn", &model(id, elements)).status, 200);
    let body = json!({ "processDefinitionId": id, "variables": variables });
    let (status, body) = post(connection, "/v2/process-instances", &body);
    assert_eq!(status, 200, "{body}");
    body["processInstanceKey"].as_str().expect("a key").to_owned()
}

fn job(connection: &mut Connection, job_type: &str) -> Value {
    let jobs = activate(connection, job_type);
    assert_eq!(jobs.len(), 1, "{job_type}: {jobs:?}");
    jobs[0].clone()
}

fn completion(job: &Value) -> String {
    format!("/v2/jobs/{}/completion", job["jobKey"].as_str().expect("a key"))
}

/// The element instances that meet a filter.
fn find(connection: &mut Connection, filter: &Value) -> Vec<Value> {
    let (status, body) = post(connection, "/v2/element-instances/search", &json!({ "filter": filter }));
    assert_eq!(status, 200, "{body}");
    body["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_worker_or_anyone_chooses_activities_of_an_ad_hoc_sub_process() {
    let choice = format!(
        r#"<adHocSubProcess id="choice"><extensionElements><zeebe:taskDefinition type="choose"/></extensionElements>{}{}</adHocSubProcess>"#,
        task("one"),
        task("two")
    );
    on_any_number_of_partitions(|_, connection| {
        let instance = begin(connection, "p", &around("choice", &choice), &json!({}));
        let asked = job(connection, "choose");
        assert_eq!(asked["kind"], "AD_HOC_SUB_PROCESS");
        let result = |more: Value| {
            let mut result = json!({ "type": "adHocSubProcess" });
            for (name, value) in more.as_object().into_iter().flatten() {
                result[name] = value.clone();
            }
            json!({ "result": result })
        };
        let wrong = result(json!({ "activateElements": [{ "elementId": "e" }] }));
        refused(connection, &completion(&asked), &wrong, 404, "NOT_FOUND");
        let wrong = result(json!({ "activateElements": [{}] }));
        refused(connection, &completion(&asked), &wrong, 400, "INVALID_ARGUMENT");
        let one = result(json!({ "activateElements": [{ "elementId": "one", "variables": { "x": 1 } }] }));
        assert_eq!(post(connection, &completion(&asked), &one).0, 204);
        let one = job(connection, "one");
        assert_eq!(one["variables"]["x"], 1);

        let found = find(connection, &json!({ "type": "AD_HOC_SUB_PROCESS", "state": "ACTIVE" }));
        let key = found[0]["elementInstanceKey"].as_str().expect("a key");
        let path = |key: &str| format!("/v2/element-instances/ad-hoc-activities/{key}/activation");
        let two = json!({ "elements": [{ "elementId": "two" }] });
        refused(connection, &path(key), &json!({}), 400, "INVALID_ARGUMENT");
        refused(connection, &path(NOBODY), &two, 404, "NOT_FOUND");
        let unknown = json!({ "elements": [{ "elementId": "three" }] });
        refused(connection, &path(key), &unknown, 404, "NOT_FOUND");
        assert_eq!(post(connection, &path(key), &two).0, 204);
        let inner = json!({ "type": "AD_HOC_SUB_PROCESS_INNER_INSTANCE", "state": "ACTIVE" });
        assert_eq!(find(connection, &inner).len(), 2);
        for done in [one, job(connection, "two")] {
            assert_eq!(post(connection, &completion(&done), &json!({})).0, 204);
        }
        let asked = job(connection, "choose");
        let enough = result(json!({ "isCompletionConditionFulfilled": true }));
        assert_eq!(post(connection, &completion(&asked), &enough).0, 204);
        assert_eq!(state(connection, &instance), "COMPLETED");
        refused(connection, &completion(&asked), &enough, 404, "NOT_FOUND");
    });
}

#[test]
fn a_listener_corrects_a_task_and_another_denies_its_completion() {
    let task = r#"<userTask id="ask"><extensionElements><zeebe:userTask/><zeebe:taskListeners>
        <zeebe:taskListener eventType="assigning" type="assigned"/>
        <zeebe:taskListener eventType="completing" type="completed"/></zeebe:taskListeners></extensionElements></userTask>"#;
    on_any_number_of_partitions(|_, connection| {
        let instance = begin(connection, "p", &around("ask", task), &json!({}));
        let found = |connection: &mut Connection| {
            post(connection, "/v2/user-tasks/search", &json!({})).1["items"][0].clone()
        };
        let path = format!("/v2/user-tasks/{}", found(connection)["userTaskKey"].as_str().expect("a key"));
        let assign = json!({ "assignee": "ada" });
        assert_eq!(post(connection, &format!("{path}/assignment"), &assign).0, 204);
        refused(connection, &format!("{path}/assignment"), &assign, 409, "INVALID_STATE");
        let asked = job(connection, "assigned");
        assert_eq!(
            (&asked["listenerEventType"], &asked["userTask"]["assignee"]),
            (&json!("ASSIGNING"), &json!("ada"))
        );
        let wrong = json!({ "result": { "type": "userTask", "corrections": { "priority": 101 } } });
        refused(connection, &completion(&asked), &wrong, 400, "INVALID_ARGUMENT");
        let wrong = json!({ "result": { "type": "elsewhere" } });
        refused(connection, &completion(&asked), &wrong, 400, "INVALID_ARGUMENT");
        let correct =
            json!({ "result": { "type": "userTask", "corrections": { "assignee": "bob", "priority": 3 } } });
        assert_eq!(post(connection, &completion(&asked), &correct).0, 204);
        let task = found(connection);
        assert_eq!((&task["assignee"], &task["priority"]), (&json!("bob"), &json!(3)));
        let deny = json!({ "result": { "type": "userTask", "denied": true, "deniedReason": "not yet" } });
        let done = json!({});
        for (result, state_after) in [(&deny, "ACTIVE"), (&done, "COMPLETED")] {
            assert_eq!(post(connection, &format!("{path}/completion"), &json!({})).0, 204);
            let asked = job(connection, "completed");
            assert_eq!(post(connection, &completion(&asked), result).0, 204);
            assert_eq!(state(connection, &instance), state_after);
        }
        let denied = json!({ "filter": { "isDenied": true } });
        assert_eq!(post(connection, "/v2/jobs/search", &denied).1["items"][0]["deniedReason"], "not yet");
    });
}

#[test]
fn iterations_come_and_go_at_run_time() {
    let each = r#"<serviceTask id="each"><extensionElements><zeebe:taskDefinition type="each"/></extensionElements>
        <multiInstanceLoopCharacteristics><extensionElements>
        <zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/></extensionElements>
        </multiInstanceLoopCharacteristics></serviceTask>"#;
    on_any_number_of_partitions(|_, connection| {
        let instance = begin(connection, "p", &around("each", each), &json!({ "items": [1, 2] }));
        let of_type = |kind: &str| json!({ "processInstanceKey": instance, "type": kind, "state": "ACTIVE" });
        let body = find(connection, &of_type("MULTI_INSTANCE_BODY"))[0]["elementInstanceKey"].clone();
        let path = |key: &str| format!("/api/v1/element-instances/{key}/iterations");
        let three = json!({ "item": 3 });
        assert_eq!(post(connection, &path(body.as_str().expect("a key")), &three).0, 204);
        refused(connection, &path(NOBODY), &three, 404, "NOT_FOUND");
        let iterations = find(connection, &of_type("SERVICE_TASK"));
        assert_eq!(iterations.len(), 3);
        let mut remove = |key: &str| {
            let path = format!("/api/v1/iterations/{key}");
            connection.send("DELETE", &path, &[], b"").expect("an answer").status
        };
        let first = iterations[0]["elementInstanceKey"].as_str().expect("a key");
        assert_eq!((remove(first), remove(first), remove(NOBODY), remove("x")), (204, 404, 404, 400));
        let jobs = activate(connection, "each");
        let items: Vec<&Value> = jobs.iter().map(|job| &job["variables"]["item"]).collect();
        assert_eq!(items, [2, 3]);
        for job in &jobs {
            assert_eq!(post(connection, &completion(job), &json!({})).0, 204);
        }
        assert_eq!(state(connection, &instance), "COMPLETED");
    });
}

#[test]
fn a_true_condition_starts_an_instance() {
    let rich = format!(
        r#"<startEvent id="rich"><conditionalEventDefinition><condition xsi:type="tFormalExpression">=amount &gt; 100</condition>
        </conditionalEventDefinition></startEvent><sequenceFlow id="f1" sourceRef="rich" targetRef="a"/>{}"#,
        task("a")
    );
    on_any_number_of_partitions(|_, connection| {
        assert_eq!(deploy(connection, "file.bpmn", &model("p", &rich)).status, 200);
        let path = "/v2/conditionals/evaluation";
        refused(connection, path, &json!({}), 400, "INVALID_ARGUMENT");
        let unknown = json!({ "variables": {}, "processDefinitionKey": NOBODY });
        refused(connection, path, &unknown, 404, "NOT_FOUND");
        for amount in [1, 101, 102, 103] {
            let (status, body) = post(connection, path, &json!({ "variables": { "amount": amount } }));
            assert_eq!(status, 200, "{body}");
            let started = body["processInstances"].as_array().expect("instances");
            assert_eq!(started.len(), usize::from(amount > 100), "{body}");
            for instance in started {
                let key = instance["processInstanceKey"].as_str().expect("a key");
                reaches(connection, key, "ACTIVE");
                assert_eq!(elements(connection, key, "ACTIVE"), ["a", "p"]);
            }
        }
    });
}

#[test]
fn a_called_process_is_seen_from_both_ends() {
    let call = r#"<callActivity id="call"><extensionElements><zeebe:calledElement processId="child"/></extensionElements></callActivity>"#;
    on_any_number_of_partitions(|_, connection| {
        assert_eq!(
            deploy(connection, "child.bpmn", &model("child", &around("work", &task("work")))).status,
            200
        );
        let parent = begin(connection, "parent", &around("call", call), &json!({}));
        let children = json!({ "filter": { "parentProcessInstanceKey": parent } });
        let key = eventually("the called instance is there", || {
            let found = post(connection, "/v2/process-instances/search", &children).1;
            found["items"][0]["processInstanceKey"].as_str().map(str::to_owned)
        });
        let get = |connection: &mut Connection, path: &str| {
            connection.send("GET", path, &[], b"").expect("an answer").json()
        };
        let path = get(connection, &format!("/v2/process-instances/{key}/call-hierarchy"));
        let names: Vec<&Value> =
            path.as_array().into_iter().flatten().map(|it| &it["processDefinitionName"]).collect();
        assert_eq!(names, ["parent", "child"]);
        let cancel = format!("/v2/process-instances/{key}/cancellation");
        refused(connection, &cancel, &json!({}), 409, "INVALID_STATE");

        // A suspended caller takes the end of what it called when it is resumed.
        let of_parent = |what: &str| format!("/v2/process-instances/{parent}/{what}");
        assert_eq!(post(connection, &of_parent("suspension"), &json!({})).0, 204);
        let work = job(connection, "work");
        assert_eq!(post(connection, &completion(&work), &json!({})).0, 204);
        assert_eq!(
            (state(connection, &key), state(connection, &parent)),
            ("COMPLETED".into(), "SUSPENDED".into())
        );
        assert_eq!(post(connection, &of_parent("resumption"), &json!({})).0, 204);
        reaches(connection, &parent, "COMPLETED");
    });
}
