//! The connector against a real server on a free port of this machine.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::any;
use record::secret::{PREFIX, SecretPlace, pointer_part};
use serde_json::{Value, json};

use crate::egress::EgressPolicy;
use crate::{
    CancelOutcome, ConnectorEnv, ConnectorJob, ConnectorOutcome, FailureClass, HttpClient, SecretStore,
};

const CANARY: &str = "canary-5f1e2d/secret value";

static POLLS: AtomicUsize = AtomicUsize::new(0);
static DELETED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Gives back what it was sent.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> axum::Json<Value> {
    let headers: HashMap<String, String> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    axum::Json(json!({
        "method": method.as_str(), "uri": uri.to_string(), "headers": headers, "text": String::from_utf8_lossy(&body),
    }))
}

async fn status(uri: Uri) -> impl IntoResponse {
    let code: u16 = uri.path().rsplit('/').next().and_then(|code| code.parse().ok()).unwrap_or(500);
    (
        StatusCode::from_u16(code).expect("status"),
        [("retry-after", "90")],
        axum::Json(json!({"reason": "declined", "code": code})),
    )
}

async fn redirect(uri: Uri) -> impl IntoResponse {
    let query = uri.query().unwrap_or_default();
    let (code, target) = query.split_once('=').expect("code=target");
    (StatusCode::from_u16(code.parse().expect("code")).expect("status"), [("location", target.to_owned())])
}

async fn job(method: Method) -> axum::response::Response {
    match (method, POLLS.fetch_add(1, Ordering::SeqCst)) {
        (Method::POST, _) => {
            (StatusCode::ACCEPTED, [("location", "/job"), ("retry-after", "7")]).into_response()
        }
        (Method::DELETE, _) => {
            DELETED.lock().expect("lock").push("job".to_owned());
            StatusCode::NO_CONTENT.into_response()
        }
        (_, polls) if polls < 3 => StatusCode::ACCEPTED.into_response(),
        _ => axum::Json(json!({"done": true})).into_response(),
    }
}

async fn server() -> SocketAddr {
    let app = Router::new()
        .route("/echo", any(echo))
        .route("/status/{code}", any(status))
        .route("/redirect", any(redirect))
        .route("/job", any(job))
        .route("/empty", any(|| async { StatusCode::NO_CONTENT }))
        .route("/text", any(|| async { "plain text" }))
        .route("/never", any(|| async { std::future::pending::<()>().await }))
        .route("/huge", any(|| async { "x".repeat(crate::limits::RESPONSE_BODY_BYTES + 1) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("free port");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn env(policy: EgressPolicy) -> ConnectorEnv {
    let secrets = SecretStore::from_lines(&format!("TOKEN={CANARY}\nNUMBER=1234567")).expect("secrets");
    ConnectorEnv { secrets, http: HttpClient::new(policy) }
}

fn work(variables: Value, headers: &[(&str, &str)]) -> ConnectorJob {
    ConnectorJob {
        job_type: "io.camunda:http-json:1".to_owned(),
        key: 2_251_799_813_685_249,
        retries: 3,
        variables_json: variables.to_string(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        idempotency_base: "life-1".to_owned(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        // As if all the variables came from the model.
        secrets: places(&variables, ""),
        ..ConnectorJob::default()
    }
}

fn places(value: &Value, path: &str) -> Vec<SecretPlace> {
    match value {
        Value::String(text) => {
            let found = text.match_indices(PREFIX);
            found.map(|(at, _)| SecretPlace { path: path.into(), offset: at as u32 }).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, item)| places(item, &format!("{path}/{at}"))).collect()
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| places(member, &format!("{path}{}", pointer_part(name))))
            .collect(),
        _ => Vec::new(),
    }
}

async fn run(variables: Value, headers: &[(&str, &str)]) -> ConnectorOutcome {
    crate::run(&work(variables, headers), &env(EgressPolicy::development())).await
}

/// Variables of a completed job.
async fn complete(variables: Value, headers: &[(&str, &str)]) -> Value {
    match run(variables, headers).await {
        ConnectorOutcome::Complete { variables_json } => {
            serde_json::from_str(&variables_json).expect("variables")
        }
        other => panic!("{other:?}"),
    }
}

/// Class, retries, back-off and message of a failed job.
async fn fail(variables: Value, headers: &[(&str, &str)]) -> (FailureClass, i32, u64, String) {
    match run(variables, headers).await {
        ConnectorOutcome::Fail { class, retries, retry_backoff_ms, message, .. } => {
            (class, retries, retry_backoff_ms, message)
        }
        other => panic!("{other:?}"),
    }
}

const RESULT: &[(&str, &str)] = &[("resultVariable", "r")];

#[tokio::test]
async fn a_request_carries_what_the_task_says() {
    let at = server().await;
    let exact: Value =
        serde_json::from_str("{\"total\":12345678901234567890.5,\"none\":null}").expect("JSON");
    let variables = json!({
        "method": "post", "url": format!("http://{at}/echo?a=1"), "headers": {"X-Own": "yes", "gone": null},
        "queryParameters": {"b c": "d&e", "n": 2}, "body": exact, "other": "variable"
    });
    let out = complete(variables, RESULT).await;
    let body = &out["r"]["body"];
    assert_eq!(out["r"]["status"], 200);
    assert_eq!(body["method"], "POST");
    assert_eq!(body["uri"], "/echo?a=1&b%20c=d%26e&n=2");
    assert_eq!(body["text"], "{\"total\":12345678901234567890.5,\"none\":null}");
    assert_eq!(body["headers"]["x-own"], "yes");
    assert_eq!(body["headers"].get("gone"), None);
    assert_eq!(body["headers"]["content-type"], "application/json");
    assert_eq!(body["headers"]["idempotency-key"], "life-1-2251799813685249");
    assert!(body["headers"]["traceparent"].as_str().is_some_and(|value| value.starts_with("00-0af7")));
}

#[tokio::test]
async fn late_inputs_replace_those_of_the_task() {
    let at = server().await;
    let variables = |amount: i32| json!({"method": "POST", "url": format!("http://{at}/echo"), "body": {"amount": 0}, "total": amount});
    let headers = &[
        ("resultVariable", "r"),
        ("requestExpression", "={body: {amount: total}, headers: {x: \"{{secrets.NUMBER}}\"}}"),
    ];
    let out = complete(variables(7), headers).await;
    assert_eq!(
        (&out["r"]["body"]["text"], &out["r"]["body"]["headers"]["x"]),
        (&json!("{\"amount\":7}"), &json!("***"))
    );
    for wrong in ["=1 +", "=5"] {
        let (class, _, _, message) = fail(variables(7), &[("requestExpression", wrong)]).await;
        assert!(class == FailureClass::InvalidInput && message.starts_with("requestExpression"), "{message}");
    }
}

#[tokio::test]
async fn bodies_take_the_form_the_content_type_names() {
    let at = server().await;
    let send = |body: Value, kind: Option<&'static str>, extra: Value| async move {
        let mut variables = json!({"method": "PUT", "url": format!("http://{at}/echo"), "body": body, "headers": {"content-type": kind}});
        variables.as_object_mut().expect("object").extend(extra.as_object().expect("object").clone());
        let out = complete(variables, RESULT).await;
        (out["r"]["body"]["text"].clone(), out["r"]["body"]["headers"]["content-type"].clone())
    };
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(
        send(json!({"a": "1 2", "b": 3}), form, json!({})).await,
        (json!("a=1%202&b=3"), json!("application/x-www-form-urlencoded"))
    );
    assert_eq!(
        send(json!("hello"), None, json!({})).await,
        (json!("hello"), json!("text/plain; charset=utf-8"))
    );
    assert_eq!(
        send(json!("{\"a\":1}"), None, json!({})).await,
        (json!("{\"a\":1}"), json!("application/json"))
    );
    assert_eq!(
        send(json!("<a/>"), Some("application/xml"), json!({})).await,
        (json!("<a/>"), json!("application/xml"))
    );
    assert_eq!(
        send(json!({"a": null, "b": [{"c": null}]}), None, json!({"ignoreNullValues": true})).await.0,
        json!("{\"b\":[{}]}")
    );
}

#[tokio::test]
async fn authentication_is_added() {
    let at = server().await;
    let header = |authentication: Value, name: &'static str| async move {
        let out =
            complete(json!({"url": format!("http://{at}/echo"), "authentication": authentication}), RESULT)
                .await;
        (out["r"]["body"]["headers"][name].clone(), out["r"]["body"]["uri"].clone())
    };
    assert_eq!(header(json!({"type": "noAuth"}), "authorization").await.0, Value::Null);
    assert_eq!(
        header(json!({"type": "basic", "username": "u", "password": "p"}), "authorization").await.0,
        "Basic dTpw"
    );
    assert_eq!(header(json!({"type": "bearer", "token": "t"}), "authorization").await.0, "Bearer t");
    let key =
        |place: &str| json!({"type": "apiKey", "apiKeyLocation": place, "name": "X-Key", "value": "k k"});
    assert_eq!(header(key("headers"), "x-key").await.0, "k k");
    assert_eq!(header(key("query"), "x-key").await, (Value::Null, json!("/echo?X-Key=k%20k")));
    let (class, ..) = fail(json!({"url": format!("http://{at}/echo"), "authentication": {"type": "oauth-client-credentials-flow"}}), &[]).await;
    assert_eq!(class, FailureClass::InvalidInput);
}

#[tokio::test]
async fn responses_become_values() {
    let at = server().await;
    let body = |path: &'static str| async move {
        complete(json!({"url": format!("http://{at}{path}")}), RESULT).await["r"]["body"].clone()
    };
    assert_eq!(body("/empty").await, Value::Null);
    assert_eq!(body("/text").await, "plain text");
    assert_eq!(complete(json!({"url": format!("http://{at}/text")}), &[]).await, json!({}));
    let out = complete(
        json!({"url": format!("http://{at}/echo")}),
        &[
            ("resultVariable", "all"),
            ("resultExpression", "={verb: response.body.method, state: status, all: response.status + 1}"),
        ],
    )
    .await;
    assert_eq!(out, json!({"all": 201, "verb": "GET", "state": 200}));
}

#[tokio::test]
async fn statuses_are_classified_and_retried() {
    let at = server().await;
    let failed = |code: u16, headers: &'static [(&'static str, &'static str)]| async move {
        fail(json!({"url": format!("http://{at}/status/{code}")}), headers).await
    };
    let (class, retries, backoff, message) = failed(500, &[]).await;
    assert_eq!((class, retries, backoff), (FailureClass::Server, 2, 90_000));
    assert_eq!(
        message,
        format!(
            "HTTP 500 Internal Server Error from GET http://{at}/status/500: {{\"reason\":\"declined\",\"code\":500}} [server]"
        )
    );
    assert_eq!(failed(404, &[("retryBackoff", "PT10M")]).await.2, 600_000);
    for (code, class) in [
        (401, FailureClass::Auth),
        (403, FailureClass::Auth),
        (404, FailureClass::Client),
        (408, FailureClass::Timeout),
        (429, FailureClass::RateLimited),
        (503, FailureClass::Server),
    ] {
        assert_eq!(failed(code, &[]).await.0, class, "{code}");
    }
}

#[tokio::test]
async fn error_expressions_decide() {
    let at = server().await;
    let decide = |path: &'static str, expression: &'static str| async move {
        run(json!({"url": format!("http://{at}{path}")}), &[("errorExpression", expression)]).await
    };
    let declined = "=if error.code = \"402\" then bpmnError(\"CARD_DECLINED\", \"declined (402), sorry\", {why: error.variables.response.body.reason}) else null";
    let expected = ConnectorOutcome::BpmnError {
        code: "CARD_DECLINED".to_owned(),
        message: "declined (402), sorry".to_owned(),
        variables_json: "{\"why\":\"declined\"}".to_owned(),
    };
    assert_eq!(decide("/status/402", declined).await, expected);
    assert!(matches!(decide("/status/500", declined).await, ConnectorOutcome::Fail { retries: 2, .. }));
    assert!(matches!(decide("/echo", declined).await, ConnectorOutcome::Complete { .. }));
    let outcome = decide("/echo", "if response.status = 200 then bpmnError(\"ODD\", \"\") else null").await;
    assert!(matches!(outcome, ConnectorOutcome::BpmnError { code, .. } if code == "ODD"));
    let outcome = decide("/status/503", "=jobError(\"later\", {a: 1}, job.retries, @\"PT5S\")").await;
    assert_eq!(
        outcome,
        ConnectorOutcome::Fail {
            message: "later".to_owned(),
            retries: 3,
            retry_backoff_ms: 5_000,
            variables_json: "{\"a\":1}".to_owned(),
            class: FailureClass::Server,
            gone: false,
        }
    );
    let outcome =
        decide("/status/404", "=if response.status = 404 then ignoreError({found: false}) else null").await;
    assert_eq!(outcome, ConnectorOutcome::Complete { variables_json: "{\"found\":false}".to_owned() });
    assert_eq!(
        decide("/status/404", "=ignoreError()").await,
        ConnectorOutcome::Complete { variables_json: "{}".to_owned() }
    );
    let ConnectorOutcome::Fail { message, retries: 0, class: FailureClass::InvalidInput, .. } =
        decide("/echo", "=bpmnError(").await
    else {
        panic!()
    };
    assert!(message.starts_with("errorExpression cannot be evaluated:"), "{message}");
}

#[tokio::test]
async fn a_lost_answer_is_ambiguous_unless_repeating_is_safe() {
    let at = server().await;
    let lost = |method: &'static str, idempotency: &'static str| async move {
        fail(json!({"method": method, "url": format!("http://{at}/never"), "connectionTimeoutInSeconds": 1, "readTimeoutInSeconds": "1", "idempotency": idempotency}), &[]).await
    };
    let (unsafe_post, safe_post, get) =
        tokio::join!(lost("POST", "none"), lost("POST", "header"), lost("GET", "none"));
    assert_eq!((unsafe_post.0, unsafe_post.1), (FailureClass::Ambiguous, 0));
    assert!(unsafe_post.3.contains("may have been processed"), "{}", unsafe_post.3);
    assert_eq!((safe_post.0, safe_post.1), (FailureClass::Timeout, 2));
    assert_eq!((get.0, get.1), (FailureClass::Timeout, 2));
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("free port");
        listener.local_addr().expect("address")
    };
    let (class, retries, _, message) =
        fail(json!({"method": "POST", "url": format!("http://{closed}/")}), &[]).await;
    assert_eq!((class, retries), (FailureClass::Network, 2), "{message}");
}

#[tokio::test]
async fn redirects_are_checked_and_lose_credentials() {
    let (at, other) = (server().await, server().await);
    let follow = |variables: Value| async move { complete(variables, RESULT).await["r"]["body"].clone() };
    let body = follow(json!({
        "method": "POST", "url": format!("http://{at}/redirect?303=/echo"), "body": {"a": 1},
        "authentication": {"type": "bearer", "token": "t"}
    }))
    .await;
    assert_eq!(
        (&body["method"], &body["text"], &body["headers"]["authorization"]),
        (&json!("GET"), &json!(""), &json!("Bearer t"))
    );
    let body = follow(json!({
        "method": "POST", "url": format!("http://{at}/redirect?307=http://{other}/echo"), "body": {"a": 1},
        "authentication": {"type": "apiKey", "apiKeyLocation": "headers", "name": "X-Key", "value": "k"},
        "headers": {"Authorization": "t", "X-Secret": "{{secrets.NUMBER}}", "X-Plain": "p"}
    }))
    .await;
    assert_eq!(
        (&body["method"], &body["text"], &body["headers"]["x-plain"]),
        (&json!("POST"), &json!("{\"a\":1}"), &json!("p"))
    );
    for name in ["authorization", "x-key", "x-secret"] {
        assert_eq!(body["headers"].get(name), None, "{name}");
    }
    let away = |target: String, body: Value| async move {
        fail(
            json!({"method": "POST", "url": format!("http://{at}/redirect?307={target}"), "body": body}),
            &[],
        )
        .await
        .0
    };
    assert_eq!(away("http://169.254.169.254/latest".to_owned(), json!({})).await, FailureClass::EgressDenied);
    assert_eq!(away("http://10.0.0.1/".to_owned(), json!({})).await, FailureClass::EgressDenied);
    assert_eq!(
        away(format!("http://{other}/echo"), json!({"a": "{{secrets.NUMBER}}"})).await,
        FailureClass::EgressDenied
    );
    assert_eq!(away("file:///etc/passwd".to_owned(), json!({})).await, FailureClass::InvalidInput);
    assert_eq!(
        away(format!("http://{at}/redirect?307=/redirect%3F307=x"), json!({})).await,
        FailureClass::Client
    );
    let (class, _, _, message) =
        fail(json!({"url": format!("http://{at}/redirect?302=/echo"), "followRedirects": false}), &[]).await;
    assert_eq!(class, FailureClass::Client, "{message}");
}

#[tokio::test]
async fn denied_addresses_are_never_called() {
    let at = server().await;
    let port = at.port();
    let strict = env(EgressPolicy::strict());
    let development = env(EgressPolicy::development());
    let class = |url: String, env: ConnectorEnv| async move {
        match crate::run(&work(json!({"url": url}), &[]), &env).await {
            ConnectorOutcome::Fail { class, retries: 0, .. } => Some(class),
            _ => None,
        }
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "127.1",
        "0",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
    ] {
        assert_eq!(
            class(format!("http://{host}:{port}/echo"), strict.clone()).await,
            Some(FailureClass::EgressDenied),
            "{host}"
        );
    }
    for host in ["10.0.0.1", "169.254.169.254", "0.0.0.0", "[fe80::1]", "[64:ff9b::a9fe:a9fe]"] {
        assert_eq!(
            class(format!("http://{host}:{port}/echo"), development.clone()).await,
            Some(FailureClass::EgressDenied),
            "{host}"
        );
    }
    assert_eq!(class(format!("http://localhost:{port}/echo"), development.clone()).await, None);
    for wrong in ["ftp://example.org/", "nonsense", "http://user:pass@example.org/", ""] {
        assert_eq!(
            class(wrong.to_owned(), development.clone()).await,
            Some(FailureClass::InvalidInput),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn no_secret_comes_back() {
    let at = server().await;
    let variables = |path: &str| {
        json!({
            "method": "POST", "url": format!("http://{at}{path}?q=secrets.TOKEN"), "headers": {"X-A": "{{secrets.TOKEN}}"},
            "queryParameters": {"t": "{{ secrets.TOKEN }}"}, "body": {"deep": ["x {{secrets.TOKEN}} y"], "number": "{{secrets.NUMBER}}"},
            "authentication": {"type": "basic", "username": "user", "password": "{{secrets.TOKEN}}"}, "untouched": "{{secrets.TOKEN}}"
        })
    };
    let headers: &[(&str, &str)] = &[
        ("resultVariable", "r"),
        (
            "errorExpression",
            "=if error.code = \"402\" then bpmnError(\"X\", error.message, {e: error, r: response}) else null",
        ),
    ];
    let received = complete(
        json!({"url": format!("http://{at}/echo"), "headers": {"x-a": "{{secrets.NUMBER}}5"}}),
        RESULT,
    )
    .await;
    assert_eq!(
        received["r"]["body"]["headers"]["x-a"], "***5",
        "the target got the secret, the process did not"
    );
    let basic = crate::secrets::base64(format!("user:{CANARY}").as_bytes());
    let encoded = crate::secrets::percent_encode(CANARY);
    for path in ["/echo", "/status/402", "/status/500", "/redirect"] {
        let outcome = match path {
            "/redirect" => run(variables("/redirect?301=http://10.0.0.1/"), headers).await,
            path => run(variables(path), headers).await,
        };
        let shown = format!("{outcome:?}");
        for hidden in [CANARY, basic.as_str(), encoded.as_str(), "canary", "1234567"] {
            assert!(!shown.contains(hidden), "{path}: {hidden} in {shown}");
        }
    }
    let (class, _, _, message) = fail(json!({"url": "http://x/{{secrets.MISSING}}"}), &[]).await;
    assert!(class == FailureClass::InvalidInput && message.contains("MISSING"), "{message}");
}

#[tokio::test]
async fn accepted_work_is_polled_and_cancelled() {
    let at = server().await;
    let job =
        work(json!({"method": "POST", "url": format!("http://{at}/job"), "waitForCompletion": true}), RESULT);
    let env = env(EgressPolicy::development());
    let ConnectorOutcome::Pending { handle, poll_after_ms: 7_000 } = crate::run(&job, &env).await else {
        panic!()
    };
    let expected = json!({
        "handle": {"url": format!("http://{at}/job")},
        "input": {"method": "POST", "url": format!("http://{at}/job"), "waitForCompletion": true},
        "secrets": []
    });
    assert_eq!(serde_json::from_str::<Value>(&handle).expect("JSON"), expected);
    let mut job = ConnectorJob { handle, ..job };
    let done = loop {
        match crate::run(&job, &env).await {
            ConnectorOutcome::Pending { handle, .. } => job.handle = handle,
            other => break other,
        }
    };
    assert!(
        matches!(&done, ConnectorOutcome::Complete { variables_json } if variables_json.contains("\"done\":true")),
        "{done:?}"
    );
    // An instance that has ended has no variables any more.
    job.variables_json = String::new();
    assert_eq!(crate::cancel(&job, &env).await, CancelOutcome::Accepted);
    assert_eq!(DELETED.lock().expect("lock").as_slice(), ["job"]);
    let ticket = |path: &str| {
        json!({"handle": {"url": format!("http://{at}{path}")}, "input": {"url": format!("http://{at}/job")}})
            .to_string()
    };
    job.handle = ticket("/status/405");
    assert_eq!(crate::cancel(&job, &env).await, CancelOutcome::Unsupported);
    job.handle = ticket("/status/410");
    let ConnectorOutcome::Fail { class, gone: true, .. } = crate::run(&job, &env).await else { panic!() };
    assert_eq!(class, FailureClass::Client, "a GET can be sent again");
    job.handle = json!({"handle": {"url": format!("http://{at}/status/404")}, "input": {"method": "POST", "url": "http://x"}})
        .to_string();
    let ConnectorOutcome::Fail { class, gone: true, retries: 0, message, .. } = crate::run(&job, &env).await
    else {
        panic!()
    };
    assert!(class == FailureClass::Ambiguous && message.contains("may have run"), "{message}");
    job.handle = "nonsense".to_owned();
    let ConnectorOutcome::Fail { class: FailureClass::InvalidInput, .. } = crate::run(&job, &env).await
    else {
        panic!()
    };
}

#[tokio::test]
async fn a_ticket_keeps_references_to_secrets_and_no_secret() {
    let at = server().await;
    let variables = json!({
        "method": "POST", "url": format!("http://{at}/job"), "waitForCompletion": true, "body": "large",
        "authentication": {"type": "bearer", "token": "{{secrets.TOKEN}}"}
    });
    let job = work(variables, &[]);
    let env = env(EgressPolicy::development());
    let ConnectorOutcome::Pending { handle, .. } = crate::run(&job, &env).await else { panic!() };
    assert!(!handle.contains(CANARY) && !handle.contains("large"), "{handle}");
    let ticket: Value = serde_json::from_str(&handle).expect("JSON");
    assert_eq!(ticket["secrets"], json!([["/authentication/token", 2]]));
}

#[tokio::test]
async fn an_attempt_without_a_report_is_never_repeated_blindly() {
    let at = server().await;
    let again = |method: &'static str, idempotency: &'static str| {
        let mut job = work(
            json!({"method": method, "url": format!("http://{at}/echo"), "idempotency": idempotency}),
            &[],
        );
        job.unreported = true;
        async move { crate::run(&job, &env(EgressPolicy::development())).await }
    };
    for (method, idempotency) in [("GET", "none"), ("PUT", "none"), ("POST", "header"), ("PATCH", "header")] {
        let outcome = again(method, idempotency).await;
        assert!(matches!(outcome, ConnectorOutcome::Complete { .. }), "{method} {idempotency}: {outcome:?}");
    }
    for method in ["POST", "PATCH"] {
        match again(method, "none").await {
            ConnectorOutcome::Fail { class: FailureClass::Ambiguous, retries: 0, message, .. } => {
                assert!(message.contains("may have run"), "{message}");
            }
            other => panic!("{method}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn data_names_no_secret() {
    let at = server().await;
    let mut job = work(
        json!({"method": "POST", "url": format!("http://{at}/echo"), "body": "{{secrets.TOKEN}} secrets.TOKEN",
            "headers": {"X-Mine": "{{secrets.NUMBER}}", "X-Theirs": "{{secrets.NUMBER}}"}}),
        RESULT,
    );
    job.secrets.retain(|place| &*place.path == "/headers/X-Mine");
    let outcome = crate::run(&job, &env(EgressPolicy::development())).await;
    let ConnectorOutcome::Complete { variables_json } = outcome else { panic!("{outcome:?}") };
    let received: Value = serde_json::from_str(&variables_json).expect("JSON");
    let received = &received["r"]["body"];
    assert_eq!(received["text"], "{{secrets.TOKEN}} secrets.TOKEN");
    assert_eq!(received["headers"]["x-theirs"], "{{secrets.NUMBER}}");
    assert_eq!(received["headers"]["x-mine"], "***", "the one that the model names went out");
}

#[tokio::test]
async fn a_request_expression_names_secrets_where_its_own_text_does() {
    let at = server().await;
    let expression =
        r#"={headers: {"x-a": "{{secrets.NUMBER}}", "x-b": data, "x-c": token, "x-d": "{{secrets." + name}}"#;
    let mut job = work(
        json!({"url": format!("http://{at}/echo"), "data": "{{secrets.NUMBER}}", "token": "t {{secrets.NUMBER}}",
            "name": "NUMBER}}", "headers": {"x-b": "{{secrets.NUMBER}}"}}),
        &[("requestExpression", expression), ("resultVariable", "r")],
    );
    job.secrets.retain(|place| &*place.path == "/token" || place.path.starts_with("/headers"));
    let outcome = crate::run(&job, &env(EgressPolicy::development())).await;
    let ConnectorOutcome::Complete { variables_json } = outcome else { panic!("{outcome:?}") };
    let received: Value = serde_json::from_str(&variables_json).expect("JSON");
    let headers = &received["r"]["body"]["headers"];
    assert_eq!((&headers["x-a"], &headers["x-c"]), (&json!("***"), &json!("t ***")));
    let literal = json!("{{secrets.NUMBER}}");
    assert_eq!((&headers["x-b"], &headers["x-d"]), (&literal, &literal));
}

#[tokio::test]
async fn wrong_inputs_and_large_answers_are_refused() {
    let at = server().await;
    let class = |variables: Value| async move { fail(variables, &[]).await.0 };
    let url = format!("http://{at}/echo");
    for variables in [
        json!({}),
        json!({"url": url, "method": "TRACE"}),
        json!({"url": url, "headers": "no context"}),
        json!({"url": url, "headers": {"bad name": "x"}}),
        json!({"url": url, "headers": {"x": "a\r\nb: c"}}),
        json!({"url": url, "headers": {"Host": "x"}}),
        json!({"url": url, "readTimeoutInSeconds": "soon"}),
        json!({"url": url, "method": "POST", "body": "x".repeat(crate::limits::REQUEST_BODY_BYTES + 1)}),
        json!({"url": url, "method": "POST", "body": {}, "headers": {"content-type": "multipart/form-data"}}),
        json!({"url": url, "authentication": {"type": "bearer"}}),
    ] {
        assert_eq!(
            class(variables.clone()).await,
            FailureClass::InvalidInput,
            "{}",
            variables.to_string().chars().take(200).collect::<String>()
        );
    }
    assert_eq!(class(json!({"url": format!("http://{at}/huge")})).await, FailureClass::Client);
    let mut job = work(json!({"url": url}), &[]);
    job.variables_json = "[]".to_owned();
    let ConnectorOutcome::Fail { retries: 0, .. } = crate::run(&job, &env(EgressPolicy::strict())).await
    else {
        panic!()
    };
}

#[test]
fn the_template_binds_the_inputs_the_connector_reads() {
    let templates = crate::templates();
    assert_eq!(templates.len(), crate::types().len());
    assert!(crate::handles("io.camunda:http-json:1") && !crate::handles("other"));
    let template = &templates[0];
    let connector = crate::connector("io.camunda:http-json:1").expect("connector");
    let groups: Vec<_> =
        template["groups"].as_array().expect("groups").iter().map(|group| group["id"].clone()).collect();
    for property in template["properties"].as_array().expect("properties") {
        let binding = &property["binding"];
        if binding["type"] == "zeebe:input" {
            let name = binding["name"].as_str().expect("name");
            let root = name.split('.').next().unwrap_or(name);
            assert!(connector.inputs().contains(&root), "{name} is not read");
        }
        assert!(property["type"] == "Hidden" || groups.contains(&property["group"]), "{property}");
    }
}
