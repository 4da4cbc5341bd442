use crate::server::{Server, one_task};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

#[tokio::test]
async fn an_instance_tells_its_own_history() {
    let server = Server::start();
    server.deploy("p", &one_task("h")).await;
    let key = server.create("p", json!({"a": 1})).await;
    let job = server.activate("h").await;
    server.post_nothing(&format!("/v2/jobs/{}/completion", job["jobKey"].as_str().unwrap())).await.ok();
    let path = format!("/api/v1/process-instances/{key}/history");
    let history = server.get(&path).await.ok();
    let items = history["items"].as_array().unwrap();
    let names: Vec<&str> = items.iter().map(|item| item["event"].as_str().unwrap()).collect();
    assert_eq!((names[0], *names.last().unwrap()), ("InstanceCreated", "InstanceCompleted"));
    assert_eq!(items[0]["data"]["variables"], json!({"a": 1}));
    assert_eq!(
        (items[0]["actor"].as_str(), items[0]["command"].as_str()),
        (Some("developer"), Some("CreateProcessInstance"))
    );
    let completed = items.iter().find(|item| item["event"] == "JobCompleted").unwrap();
    assert_eq!(
        (completed["elementId"].as_str(), completed["elementName"].as_str()),
        (Some("work"), Some("Work"))
    );
    assert!(completed["time"].as_str().unwrap().ends_with('Z'));

    // In pages of one record the same events come, with the same elements.
    let (mut paged, mut after) = (Vec::<Value>::new(), 0);
    loop {
        let page = server.get(&format!("{path}?limit=1&after={after}")).await.ok();
        paged.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(&paged, items);
    assert_eq!(server.get(&format!("{path}?limit=x")).await.status, 400);
}

#[tokio::test]
async fn a_stream_of_changes_can_be_resumed() {
    let server = Server::start();
    server.deploy("p", &one_task("s")).await;
    let key = server.create("p", json!({})).await;
    let all = Request::get("/api/v1/events?lastEventId=0").body(Body::empty()).unwrap();
    let text = server.stream(all, |text| text.contains("JobCreated") && text.ends_with("\n\n")).await;
    assert!(text.contains("\"event\":\"DefinitionDeployed\""));
    let messages: Vec<&str> = text.split("\n\n").collect();
    let job = messages.iter().find(|message| message.contains("JobCreated")).unwrap();
    let data: Value =
        serde_json::from_str(job.lines().find_map(|line| line.strip_prefix("data: ")).unwrap()).unwrap();
    assert_eq!(
        (data["processInstanceKey"].as_str(), data["elementId"].as_str()),
        (Some(key.as_str()), Some("work"))
    );
    let last = text.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap();

    let resumed = Request::get(format!("/api/v1/events?processInstanceKey={key}"))
        .header("last-event-id", last)
        .body(Body::empty())
        .unwrap();
    let cancel = async { server.post_nothing(&format!("/v2/process-instances/{key}/cancellation")).await };
    let ended = server.stream(resumed, |text| text.contains("InstanceTerminated"));
    let (text, cancelled) = tokio::join!(ended, cancel);
    assert_eq!(cancelled.status, 204);
    assert!(!text.contains("InstanceCreated"), "{text}");
    server.get("/api/v1/events?processInstanceKey=x").await.problem(400, "Bad Request");
}
