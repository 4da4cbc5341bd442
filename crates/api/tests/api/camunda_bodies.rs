//! What Camunda 8's REST API says where a request has no body, over real connections: `docs/compatibility/camunda-8.md`.

use crate::server::{Server, one_task, user_task};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The server behind a port.
struct Port(String);

impl Port {
    async fn open(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = server.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Port(address)
    }

    /// Sends a head without a body; the status and the body of the answer.
    async fn send(&self, method: &str, path: &str, headers: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.0).await.unwrap();
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n", self.0);
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.unwrap_or_else(|| panic!("{answer}")), serde_json::from_str(body).unwrap_or_default())
    }
}

/// How clients send nothing.
const NOTHING: [&str; 2] = ["", "content-length: 0\r\n"];

#[tokio::test]
async fn a_missing_body_is_415_where_one_is_required() {
    let server = Server::start();
    let port = Port::open(&server).await;
    server.deploy("p", &one_task("w")).await;
    let instance = server.create("p", json!({})).await;
    let job = server.activate("w").await["jobKey"].as_str().unwrap().to_owned();
    let failure = format!("/v2/jobs/{job}/failure");
    assert_eq!(server.post_nothing(&failure).await.status, 204);
    let incident = server.search("incidents", json!({})).await[0]["incidentKey"].clone();
    let required = [
        ("POST", "/v2/process-instances".to_owned()),
        ("POST", "/v2/messages/publication".to_owned()),
        ("POST", "/v2/messages/correlation".to_owned()),
        ("POST", "/v2/signals/broadcast".to_owned()),
        ("POST", "/v2/jobs/activation".to_owned()),
        ("POST", format!("/v2/jobs/{job}/error")),
        ("POST", format!("/v2/incidents/{}/resolution", incident.as_str().unwrap())),
        ("PUT", format!("/v2/element-instances/{instance}/variables")),
        ("POST", format!("/v2/process-instances/{instance}/modification")),
    ];
    for (method, path) in &required {
        for nothing in NOTHING {
            let (status, problem) = port.send(method, path, nothing).await;
            assert_eq!((status, &problem["title"]), (415, &json!("Unsupported Media Type")), "{path}");
            assert_eq!((&problem["status"], &problem["instance"]), (&json!(415), &json!(path)), "{problem}");
        }
    }
    // Nothing came of any of them.
    assert_eq!(server.search("incidents", json!({"filter": {"state": "ACTIVE"}})).await.len(), 1);
    assert_eq!(server.search("process-instances", json!({})).await.len(), 1);
}

#[tokio::test]
async fn a_missing_body_is_fine_where_it_is_optional() {
    let server = Server::start();
    let port = Port::open(&server).await;
    server.deploy("p", &one_task("w")).await;
    server.deploy("q", user_task()).await;
    for nothing in NOTHING {
        let instance = server.create("p", json!({})).await;
        let job = server.activate("w").await["jobKey"].as_str().unwrap().to_owned();
        assert_eq!(port.send("POST", &format!("/v2/jobs/{job}/completion"), nothing).await.0, 204);
        let ended = server.get(&format!("/v2/process-instances/{instance}")).await.ok();
        assert_eq!(ended["state"], "COMPLETED");

        let instance = server.create("p", json!({})).await;
        let job = server.activate("w").await["jobKey"].as_str().unwrap().to_owned();
        assert_eq!(port.send("POST", &format!("/v2/jobs/{job}/failure"), nothing).await.0, 204);
        let of_instance = json!({"filter": {"processInstanceKey": instance}});
        let incident = Server::one(server.search("incidents", of_instance).await);
        assert_eq!(
            (&incident["errorType"], &incident["errorMessage"]),
            (&json!("JOB_NO_RETRIES"), &json!("No more retries left."))
        );

        let path = format!("/v2/process-instances/{instance}");
        assert_eq!(port.send("POST", &format!("{path}/cancellation"), nothing).await.0, 204);
        assert_eq!(server.get(&path).await.ok()["state"], "TERMINATED");

        let instance = server.create("q", json!({})).await;
        let open = json!({"filter": {"processInstanceKey": instance, "state": "CREATED"}});
        let task = Server::one(server.search("user-tasks", open).await)["userTaskKey"].clone();
        let path = format!("/v2/user-tasks/{}/completion", task.as_str().unwrap());
        assert_eq!(port.send("POST", &path, nothing).await.0, 204);
        let ended = server.get(&format!("/v2/process-instances/{instance}")).await.ok();
        assert_eq!(ended["state"], "COMPLETED");
    }
}
