//! What outlives an instance, against the built binary: files that tasks link, and data stores.

use crate::http::Connection;
use crate::process::{Server, deploy_files};
use serde_json::{Value, json};

const PROCESS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<dataStore id="store" name="archive"/>
<process id="w" isExecutable="true"><startEvent id="s"/>
<serviceTask id="write"><extensionElements><zeebe:taskDefinition type="write"/><zeebe:linkedResources><zeebe:linkedResource resourceId="invoice" resourceType="RPA" linkName="main" bindingType="deployment"/></zeebe:linkedResources></extensionElements>
<ioSpecification><dataOutput id="out" name="report"/><inputSet/><outputSet><dataOutputRefs>out</dataOutputRefs></outputSet></ioSpecification>
<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>ref</targetRef></dataOutputAssociation></serviceTask><endEvent id="e"/>
<dataStoreReference id="ref" name="filed" dataStoreRef="store"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="write"/><sequenceFlow id="f2" sourceRef="write" targetRef="e"/></process>
<process id="r" isExecutable="true"><startEvent id="s2"/>
<serviceTask id="read"><extensionElements><zeebe:taskDefinition type="read"/></extensionElements>
<ioSpecification><dataInput id="in" name="known"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet/></ioSpecification>
<dataInputAssociation><sourceRef>ref2</sourceRef><targetRef>in</targetRef></dataInputAssociation></serviceTask><endEvent id="e2"/>
<dataStoreReference id="ref2" dataStoreRef="store"/>
<sequenceFlow id="f4" sourceRef="s2" targetRef="read"/><sequenceFlow id="f5" sourceRef="read" targetRef="e2"/></process></definitions>"#;

const ROBOT: &str = r#"{"id":"invoice","versionTag":"v7","script":"click"}"#;

fn post(connection: &mut Connection, path: &str, body: &Value) -> Value {
    let answer = connection.post(path, &[], &body.to_string()).expect("an answer");
    assert!(answer.status < 300, "{}", answer.text());
    if answer.text().is_empty() { Value::Null } else { answer.json() }
}

fn job(connection: &mut Connection, job_type: &str) -> Value {
    let ask = json!({ "type": job_type, "worker": "w", "timeout": 60000, "maxJobsToActivate": 1, "requestTimeout": -1 });
    post(connection, "/v2/jobs/activation", &ask)["jobs"][0].clone()
}

#[test]
fn linked_files_and_data_stores_outlive_instances_and_servers() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(directory.path());
    let mut connection = server.connect();
    let deployed = deploy_files(&mut connection, &[("w.bpmn", PROCESS), ("robot.rpa", ROBOT)]);
    assert_eq!(deployed.status, 200, "{}", deployed.text());
    let deployed = deployed.json();
    let file =
        deployed["deployments"].as_array().expect("a list").iter().find_map(|it| it["resource"].as_object());
    let file = file.expect("the file").clone();
    let key = file["resourceKey"].as_str().expect("a key").to_owned();
    assert_eq!(
        (&file["resourceId"], &file["version"], &file["versionTag"]),
        (&json!("invoice"), &json!(1), &json!("v7"))
    );

    post(&mut connection, "/v2/process-instances", &json!({ "processDefinitionId": "w" }));
    let leased = job(&mut connection, "write");
    let linked: Value =
        serde_json::from_str(leased["customHeaders"]["linkedResources"].as_str().expect("a header"))
            .expect("JSON");
    assert_eq!(linked, json!([{ "resourceKey": key, "resourceType": "RPA", "linkName": "main" }]));
    let done = format!("/v2/jobs/{}/completion", leased["jobKey"].as_str().expect("a key"));
    post(&mut connection, &done, &json!({ "variables": { "report": { "n": 1 } } }));
    server.kill();

    let server = Server::start(directory.path());
    let mut connection = server.connect();
    post(&mut connection, "/v2/process-instances", &json!({ "processDefinitionId": "r" }));
    assert_eq!(job(&mut connection, "read")["variables"]["known"], json!({ "n": 1 }));
    let get =
        |connection: &mut Connection, path: &str| connection.send("GET", path, &[], b"").expect("an answer");
    let found = get(&mut connection, &format!("/v2/resources/{key}"));
    assert_eq!((found.status, found.json()), (200, Value::Object(file)));
    assert_eq!(get(&mut connection, &format!("/v2/resources/{key}/content")).text(), ROBOT);
    assert_eq!(get(&mut connection, "/v2/resources/1/content").status, 404);
}
