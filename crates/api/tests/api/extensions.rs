//! What clients see of Camunda 8's extension elements. What each brings about in a run is in the engine's suite, in
//! `zeebe/extensions`; forms are in `forms.rs`, the answers of listeners and of agents' workers in `listeners.rs`.

use crate::server::{Server, model};
use serde_json::{Value, json};

/// Start, these elements of which the first is `t`, end.
fn around(elements: &str) -> String {
    format!(
        r#"<startEvent id="s"/><sequenceFlow id="s_t" sourceRef="s" targetRef="t"/>{elements}
        <sequenceFlow id="t_e" sourceRef="t" targetRef="e"/><endEvent id="e"/>"#
    )
}

fn extended(element: &str, extensions: &str) -> String {
    around(&format!(r#"<{element} id="t"><extensionElements>{extensions}</extensionElements></{element}>"#))
}

/// Everything that is expected is there as it is expected.
#[track_caller]
fn holds(claim: &str, found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&found[name], value, "{claim}: {name} of {found}");
    }
}

const HEADERS: &str = r#"<zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders>"#;

#[tokio::test]
async fn an_activated_job_has_what_its_extensions_say() {
    let definition = r#"<zeebe:taskDefinition type="=&quot;pay-&quot; + how" retries="=n"/>"#;
    let plain = r#"<zeebe:taskDefinition type="pay-card"/>"#;
    let listener = format!(
        r#"<zeebe:executionListeners><zeebe:executionListener eventType="start" type="pay-card" retries="4">{HEADERS}</zeebe:executionListener></zeebe:executionListeners>"#
    );
    let task_listener = format!(
        r#"<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="pay-card" retries="4">{HEADERS}</zeebe:taskListener></zeebe:taskListeners>"#
    );
    let ad_hoc = r#"<adHocSubProcess id="t"><extensionElements><zeebe:taskDefinition type="pay-card"/></extensionElements><task id="a"/></adHocSubProcess>"#;
    let work = |event: &str| json!({"kind": "BPMN_ELEMENT", "listenerEventType": event, "elementId": "t"});
    let rows = [
        (
            "type and retries by FEEL",
            extended("serviceTask", definition),
            json!({"type": "pay-card", "retries": 7}),
        ),
        (
            "headers",
            extended("serviceTask", &format!("{plain}{HEADERS}")),
            json!({"customHeaders": {"colour": "red"}}),
        ),
        (
            "priority of the element",
            extended("sendTask", &format!(r#"{plain}<zeebe:jobPriorityDefinition priority="=n * 2"/>"#)),
            json!({"priority": 14}),
        ),
        (
            "priority of the process",
            format!(
                r#"<extensionElements><zeebe:jobPriorityDefinition priority="5"/></extensionElements>{}"#,
                extended("serviceTask", plain)
            ),
            json!({"priority": 5}),
        ),
        (
            "input mappings",
            extended(
                "serviceTask",
                &format!(
                    r#"{plain}<zeebe:ioMapping><zeebe:input source="=n" target="a.b"/></zeebe:ioMapping>"#
                ),
            ),
            json!({"variables": {"how": "card", "n": 7, "a": {"b": 7}}}),
        ),
        ("the work of an element", extended("businessRuleTask", plain), work("UNSPECIFIED")),
        (
            "an execution listener",
            extended("manualTask", &listener),
            json!({"kind": "EXECUTION_LISTENER", "listenerEventType": "START", "retries": 4, "customHeaders": {"colour": "red"}}),
        ),
        (
            "a task listener",
            extended("userTask", &task_listener),
            json!({"kind": "TASK_LISTENER", "listenerEventType": "CREATING", "retries": 4, "customHeaders": {"colour": "red"}}),
        ),
        (
            "an ad-hoc sub-process's worker",
            around(ad_hoc),
            json!({"kind": "AD_HOC_SUB_PROCESS", "listenerEventType": "UNSPECIFIED", "elementId": "t"}),
        ),
    ];
    for (claim, elements, expected) in rows {
        let server = Server::start();
        server.deploy("p", &elements).await;
        server.create("p", json!({"how": "card", "n": 7})).await;
        holds(claim, &server.activate("pay-card").await, &expected);
        let found = Server::one(server.search("jobs", json!({})).await);
        for name in ["type", "kind", "listenerEventType", "retries", "priority"] {
            if let Some(value) = expected.get(name) {
                assert_eq!(&found[name], value, "{claim}, found again: {name}");
            }
        }
    }
}

#[tokio::test]
async fn jobs_of_higher_priority_are_activated_first() {
    let server = Server::start();
    let ranked = |priority: i32| {
        let extensions = format!(
            r#"<zeebe:taskDefinition type="work"/><zeebe:jobPriorityDefinition priority="{priority}"/>"#
        );
        extended("serviceTask", &extensions)
    };
    for (id, priority) in [("low", 1), ("high", 9), ("lowest", -3), ("middle", 5)] {
        server.deploy(id, &ranked(priority)).await;
        server.create(id, json!({})).await;
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        order.push(server.activate("work").await["processDefinitionId"].as_str().unwrap().to_owned());
    }
    assert_eq!(order, ["high", "middle", "low", "lowest"]);
}

#[tokio::test]
async fn a_user_task_has_what_its_extensions_say() {
    let rows = [
        (
            "people",
            r#"<zeebe:assignmentDefinition assignee="=who" candidateUsers="ann, bob" candidateGroups="=[&quot;ops&quot;]"/>"#,
            json!({"assignee": "eve", "candidateUsers": ["ann", "bob"], "candidateGroups": ["ops"]}),
        ),
        (
            "dates",
            r#"<zeebe:taskSchedule dueDate="2030-01-02T03:04:05Z" followUpDate="=day"/>"#,
            json!({"dueDate": "2030-01-02T03:04:05.000Z", "followUpDate": "2029-01-01T00:00:00.000Z"}),
        ),
        ("a priority", r#"<zeebe:priorityDefinition priority="=30 + 1"/>"#, json!({"priority": 31})),
        ("the default priority", "", json!({"priority": 50})),
        ("headers", HEADERS, json!({"customHeaders": {"colour": "red"}})),
        (
            "a form outside",
            r#"<zeebe:formDefinition externalReference="=who + &quot;-form&quot;"/>"#,
            json!({"externalFormReference": "eve-form", "formKey": null}),
        ),
    ];
    for (claim, extensions, expected) in rows {
        let server = Server::start();
        server.deploy("p", &extended("userTask", &format!("<zeebe:userTask/>{extensions}"))).await;
        server.create("p", json!({"who": "eve", "day": "2029-01-01T00:00:00Z"})).await;
        let task = Server::one(server.search("user-tasks", json!({})).await);
        holds(claim, &task, &expected);
        let path = format!("/v2/user-tasks/{}", task["userTaskKey"].as_str().unwrap());
        holds(claim, &server.get(&path).await.ok(), &expected);
    }
}

#[tokio::test]
async fn a_version_tag_and_a_business_id_are_found() {
    let server = Server::start();
    let tag = r#"<extensionElements><zeebe:versionTag value="stable"/></extensionElements>"#;
    let called = extended("serviceTask", r#"<zeebe:taskDefinition type="inner"/>"#);
    server.deploy("q", &format!("{tag}{called}")).await;
    let found = server.search("process-definitions", json!({"filter": {"versionTag": "stable"}})).await;
    holds("version tag", &Server::one(found), &json!({"processDefinitionId": "q", "versionTag": "stable"}));
    let call = r#"<zeebe:calledElement processId="q" bindingType="versionTag" versionTag="stable" businessId="=&quot;order-&quot; + string(n)"/>"#;
    server.deploy("p", &extended("callActivity", call)).await;
    server.create("p", json!({"n": 7})).await;
    let found = server.search("process-instances", json!({"filter": {"businessId": "order-7"}})).await;
    let expected =
        json!({"processDefinitionId": "q", "businessId": "order-7", "processDefinitionVersionTag": "stable"});
    holds("business id", &Server::one(found), &expected);
    assert_eq!(server.activate("inner").await["businessId"], "order-7");
}

#[tokio::test]
async fn the_worker_of_a_linked_resource_reads_the_version_that_it_is_bound_to() {
    let server = Server::start();
    let link = r#"<zeebe:taskDefinition type="rpa"/><zeebe:linkedResources><zeebe:linkedResource resourceId="bot" resourceType="RPA" linkName="main" bindingType="deployment"/></zeebe:linkedResources>"#;
    let process = model("p", &extended("serviceTask", link));
    let (one, two) = (r#"{"id":"bot","script":"one"}"#, r#"{"id":"bot","script":"two"}"#);
    server.deploy_files(&[("p.bpmn", &process), ("bot.rpa", one)]).await.ok();
    server.deploy_file("bot.rpa", two).await.ok();
    server.create("p", json!({})).await;
    let job = server.activate("rpa").await;
    let links: Value =
        serde_json::from_str(job["customHeaders"]["linkedResources"].as_str().unwrap()).unwrap();
    holds("link", &links[0], &json!({"resourceType": "RPA", "linkName": "main"}));
    let key = links[0]["resourceKey"].as_str().unwrap();
    let content = server.get(&format!("/v2/resources/{key}/content")).await;
    assert_eq!(content.ok(), serde_json::from_str::<Value>(one).unwrap());
}

#[tokio::test]
async fn properties_are_read_back_where_an_element_waits_for_a_message() {
    let server = Server::start();
    let wait = |id: &str, properties: &str| {
        model(
            id,
            &around(&format!(
                r#"<receiveTask id="t" messageRef="m1"><extensionElements><zeebe:properties>{properties}</zeebe:properties></extensionElements></receiveTask>"#
            )),
        )
    };
    let connector = r#"<zeebe:property name="inbound.type" value="io.camunda:webhook:1"/><zeebe:property name="inbound.context" value="c"/>"#;
    let tool = r#"<zeebe:property name="io.camunda.tool:name" value="ask"/><zeebe:property name="io.camunda.tool:purpose" value="asks"/>"#;
    for (id, properties) in [("connector", connector), ("tool", tool), ("none", "")] {
        server.deploy_file(&format!("{id}.bpmn"), &wait(id, properties)).await.ok();
        server.create(id, json!({"orderId": "1"})).await;
    }
    let find = async |filter: Value| {
        Server::one(server.search("message-subscriptions", json!({"filter": filter})).await)
    };
    let found = find(json!({"inboundConnectorType": "io.camunda:webhook:1"})).await;
    let none = json!({});
    holds(
        "a connector",
        &found,
        &json!({"processDefinitionId": "connector", "inboundConnectorType": "io.camunda:webhook:1", "toolName": null, "toolProperties": none}),
    );
    let found = find(json!({"toolName": {"$like": "a*"}})).await;
    let all = json!({"io.camunda.tool:name": "ask", "io.camunda.tool:purpose": "asks"});
    holds(
        "a tool",
        &found,
        &json!({"processDefinitionId": "tool", "inboundConnectorType": null, "toolName": "ask", "toolProperties": all}),
    );
    let found =
        find(json!({"inboundConnectorType": {"$exists": false}, "toolName": {"$exists": false}})).await;
    holds("neither", &found, &json!({"processDefinitionId": "none", "processDefinitionName": "The none"}));
}

#[tokio::test]
async fn agents_of_process_definitions_are_found() {
    let server = Server::start();
    let marked = |kind: &str| {
        format!(r#"<extensionElements><zeebe:taskDefinition type="t"/>{kind}</extensionElements>"#)
    };
    let agent = |kind: &str| marked(&format!(r#"<zeebe:agentDefinition agentType="{kind}"/>"#));
    let (outside, inside, task, none) =
        (agent("external"), agent("aiAgentSubProcess"), agent("aiAgentTask"), marked(""));
    let elements = around(&format!(
        r#"<serviceTask id="t" name="Ask outside">{outside}</serviceTask>
        <adHocSubProcess id="inside">{inside}<task id="tool"/></adHocSubProcess>
        <serviceTask id="task">{task}</serviceTask>
        <serviceTask id="template" zeebe:modelerTemplate="io.camunda.connectors.agenticai.aiagent.v1">{none}</serviceTask>
        <serviceTask id="no-agent" zeebe:modelerTemplate="io.example">{none}</serviceTask>"#
    ));
    let tagged = r#"<extensionElements><zeebe:versionTag value="a"/></extensionElements>"#;
    let definition = server.deploy("p", &format!("{tagged}{elements}")).await;
    let all = server.search("agent-definitions", json!({})).await;
    let named: Vec<_> =
        all.iter().map(|it| (it["name"].as_str().unwrap(), it["agentType"].as_str().unwrap())).collect();
    assert_eq!(
        named,
        [
            ("Ask outside", "EXTERNAL_AGENT"),
            ("inside", "AI_AGENT_SUB_PROCESS"),
            ("task", "AI_AGENT_TASK"),
            ("template", "AI_AGENT_TASK")
        ]
    );
    let expected = json!({
        "agentDefinitionKey": all[0]["agentDefinitionKey"], "agentType": "EXTERNAL_AGENT", "name": "Ask outside",
        "elementId": "t", "processDefinitionId": "p", "processDefinitionKey": definition,
        "processDefinitionVersion": 1, "processDefinitionVersionTag": "a", "tenantId": "<default>",
    });
    assert_eq!(all[0], expected);
    let key = expected["agentDefinitionKey"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v2/agent-definitions/{key}")).await.ok(), expected);
    // Each version has its own, with a key of its own, which is no other definition's.
    let newer = server.deploy("p", &elements).await;
    let of_newer =
        json!({"filter": {"processDefinitionKey": newer, "agentType": {"$in": ["EXTERNAL_AGENT"]}}});
    let of_newer = Server::one(server.search("agent-definitions", of_newer).await);
    assert_ne!(of_newer["agentDefinitionKey"], expected["agentDefinitionKey"]);
    assert_eq!(of_newer["processDefinitionVersion"], 2);
    let sorted = json!({"sort": [{"field": "elementId", "order": "DESC"}], "page": {"limit": 1}});
    assert_eq!(server.search("agent-definitions", sorted).await[0]["elementId"], "template");
    server.get("/v2/agent-definitions/77").await.problem(404, "NOT_FOUND");
    server.get("/v2/agent-definitions/x").await.problem(400, "Bad Request");
}

#[tokio::test]
async fn a_model_is_given_out_as_it_came_with_everything_that_only_modelers_read() {
    let server = Server::start();
    let task = r#"<serviceTask id="t" zeebe:modelerTemplate="io.example" zeebe:modelerTemplateVersion="4" zeebe:modelerTemplateIcon="data:image/svg+xml;utf8,x"><extensionElements><zeebe:taskDefinition type="t"/><zeebe:ioMapping><zeebe:input source="=1" target="x" modelerConfigurationName="n"/></zeebe:ioMapping><zeebe:unheardOf of="it"/></extensionElements></serviceTask>"#;
    let file = model("p", &around(task));
    let deployed = server.deploy_file("p.bpmn", &file).await.ok();
    let key =
        deployed["deployments"][0]["processDefinition"]["processDefinitionKey"].as_str().unwrap().to_owned();
    let xml = server.get(&format!("/v2/process-definitions/{key}/xml")).await;
    assert_eq!(xml.bytes, file.as_bytes());
}
