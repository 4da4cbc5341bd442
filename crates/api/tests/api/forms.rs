//! Forms: deployed, shown at user tasks and at the start of a process.

use crate::server::{Server, model};
use serde_json::{Value, json};

const ONE: &str = r#"{"id":"ask","versionTag":"a","components":[{"type":"textfield","key":"name"}]}"#;
const TWO: &str = r#"{"id":"ask","versionTag":"b","components":[]}"#;
const EMBEDDED: &str = r#"{"components":[{"type":"checkbox","key":"ok"}]}"#;

/// A start event and a user task, each with a form, in a process that has a form in it.
fn process(id: &str, start: &str, task: &str) -> String {
    let form = |attributes: &str| match attributes {
        "" => String::new(),
        some => format!("<zeebe:formDefinition {some}/>"),
    };
    let (start, task) = (form(start), form(task));
    model(
        id,
        &format!(
            r#"<extensionElements><zeebe:userTaskForm id="f1">{EMBEDDED}</zeebe:userTaskForm></extensionElements>
            <startEvent id="start"><extensionElements>{start}</extensionElements></startEvent>
            <sequenceFlow id="a" sourceRef="start" targetRef="fill"/>
            <userTask id="fill"><extensionElements><zeebe:userTask/>{task}<zeebe:taskListeners>
              <zeebe:taskListener eventType="completing" type="look"/></zeebe:taskListeners></extensionElements></userTask>
            <sequenceFlow id="b" sourceRef="fill" targetRef="end"/><endEvent id="end"/>"#
        ),
    )
}

/// Deploys the process, with other files; its key.
async fn deploy(server: &Server, id: &str, start: &str, task: &str, more: &[(&str, &str)]) -> String {
    let file = process(id, start, task);
    let mut files = vec![("p.bpmn", file.as_str())];
    files.extend(more);
    let deployed = server.deploy_files(&files).await.ok();
    deployed["deployments"][0]["processDefinition"]["processDefinitionKey"].as_str().unwrap().to_owned()
}

/// Deploys a form; its key.
async fn form(server: &Server, text: &str) -> String {
    let deployed = server.deploy_file("ask.form", text).await.ok();
    deployed["deployments"][0]["form"]["formKey"].as_str().unwrap().to_owned()
}

/// The user task of a new instance, and its form.
async fn task(server: &Server, id: &str) -> (Value, Option<Value>) {
    let instance = server.create(id, json!({})).await;
    let found = server.search("user-tasks", json!({"filter": {"processInstanceKey": instance}})).await;
    let task = Server::one(found);
    let reply = server.get(&format!("/v2/user-tasks/{}/form", task["userTaskKey"].as_str().unwrap())).await;
    let form = if reply.status == 204 { None } else { Some(reply.ok()) };
    (task, form)
}

async fn start_form(server: &Server, definition: &str) -> Option<Value> {
    let path = format!("/v2/process-definitions/{definition}");
    let reply = server.get(&format!("{path}/form")).await;
    let form = if reply.status == 204 { None } else { Some(reply.ok()) };
    assert_eq!(server.get(&path).await.ok()["hasStartForm"], form.is_some());
    form
}

#[tokio::test]
async fn a_form_is_deployed_versioned_and_found_by_its_key() {
    let server = Server::start();
    let deployed = server.deploy_file("ask.form", ONE).await.ok();
    let entry = &deployed["deployments"][0];
    let key = entry["form"]["formKey"].as_str().unwrap();
    let expected = json!({"formId": "ask", "version": 1, "resourceName": "ask.form", "tenantId": "<default>", "formKey": key});
    assert_eq!((&entry["form"], &entry["resource"]), (&expected, &Value::Null));
    assert_eq!(form(&server, ONE).await, key, "the same bytes are no new version");
    let newer = form(&server, TWO).await;
    let found = server.get(&format!("/v2/forms/{newer}")).await.ok();
    assert_eq!(
        found,
        json!({"tenantId": "<default>", "formId": "ask", "schema": TWO, "version": 2, "formKey": newer})
    );
    server.get("/v2/forms/77").await.problem(404, "NOT_FOUND");
    let detail = server.deploy_file("a.form", "{}").await.problem(400, "INVALID_ARGUMENT");
    assert!(detail.contains("Expected the form id to be present, but none given"), "{detail}");
}

#[tokio::test]
async fn a_task_and_a_start_event_show_the_version_that_they_are_bound_to() {
    let server = Server::start();
    let by_id = r#"formId="ask""#;
    let together = r#"formId="ask" bindingType="deployment""#;
    let tagged = r#"formId="ask" bindingType="versionTag" versionTag="a""#;
    let first = deploy(&server, "bound", together, together, &[("ask.form", ONE)]).await;
    let newest = deploy(&server, "newest", by_id, by_id, &[]).await;
    let by_tag = deploy(&server, "tagged", tagged, tagged, &[]).await;
    let second = form(&server, TWO).await;
    for (id, definition, version) in [("bound", first, 1), ("newest", newest, 2), ("tagged", by_tag, 1)] {
        let (task, shown) = task(&server, id).await;
        let shown = shown.expect(id);
        assert_eq!((&shown["formId"], &shown["version"]), (&json!("ask"), &json!(version)), "{id}");
        assert_eq!(shown["schema"], if version == 1 { ONE } else { TWO });
        assert_eq!((&task["formKey"], &task["externalFormReference"]), (&shown["formKey"], &Value::Null));
        assert_eq!(shown["formKey"] == *second, version == 2);
        assert_eq!(start_form(&server, &definition).await, Some(shown), "{id}");
    }
}

#[tokio::test]
async fn a_form_in_the_model_is_shown_and_one_outside_only_named() {
    let server = Server::start();
    let inside = r#"formKey="camunda-forms:bpmn:f1""#;
    let key = deploy(&server, "inside", inside, inside, &[]).await;
    let (row, shown) = task(&server, "inside").await;
    let expected =
        json!({"tenantId": "<default>", "formId": "f1", "schema": EMBEDDED, "version": 1, "formKey": key});
    assert_eq!(shown.as_ref(), Some(&expected));
    assert_eq!(start_form(&server, &key).await, Some(expected));
    assert_eq!(
        (&row["formKey"], &row["externalFormReference"]),
        (&Value::Null, &json!("camunda-forms:bpmn:f1"))
    );
    let key = deploy(&server, "outside", "", r#"externalReference="123""#, &[]).await;
    let (row, shown) = task(&server, "outside").await;
    assert_eq!((&row["formKey"], &row["externalFormReference"]), (&Value::Null, &json!("123")));
    assert_eq!((shown, start_form(&server, &key).await), (None, None));
    let key = deploy(&server, "gone", "", r#"formKey="camunda-forms:bpmn:f2""#, &[]).await;
    assert_eq!((task(&server, "gone").await.1, start_form(&server, &key).await), (None, None));
}

#[tokio::test]
async fn a_form_that_is_missing_is_an_incident_and_its_key_reaches_listeners() {
    let server = Server::start();
    deploy(&server, "p", "", r#"formId="ask""#, &[]).await;
    let instance = server.create("p", json!({})).await;
    let incident = Server::one(server.search("incidents", json!({})).await);
    assert_eq!(incident["errorType"], "FORM_NOT_FOUND");
    assert_eq!(
        incident["errorMessage"],
        "Expected to find a form with id 'ask', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id"
    );
    let key = form(&server, ONE).await;
    let resolve = format!("/v2/incidents/{}/resolution", incident["incidentKey"].as_str().unwrap());
    assert_eq!(server.post(&resolve, json!({})).await.status, 204);
    let task = Server::one(server.search("user-tasks", json!({})).await);
    assert_eq!((&task["processInstanceKey"], &task["formKey"]), (&json!(instance), &json!(key)));
    let complete = format!("/v2/user-tasks/{}/completion", task["userTaskKey"].as_str().unwrap());
    assert_eq!(server.post(&complete, json!({})).await.status, 204);
    assert_eq!(server.activate("look").await["userTask"]["formKey"], key);
}

#[tokio::test]
async fn only_the_form_of_the_none_start_event_starts_a_process() {
    let server = Server::start();
    form(&server, ONE).await;
    let file = model(
        "m",
        r#"<startEvent id="start"><extensionElements><zeebe:formDefinition formId="ask"/></extensionElements>
           <messageEventDefinition messageRef="m1"/></startEvent>"#,
    );
    let deployed = server.deploy_file("m.bpmn", &file).await.ok();
    let key = deployed["deployments"][0]["processDefinition"]["processDefinitionKey"].as_str().unwrap();
    assert_eq!(start_form(&server, key).await, None);
}
