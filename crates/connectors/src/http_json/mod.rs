//! `io.camunda:http-json:1`: REST. Every template of Camunda that presets this one works with it as well.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Url};
use serde_json::{Map, Value};

use crate::connector::{CancelOutcome, Connector, Context, Failure, FailureClass, Outcome, Pending};
use crate::http::{self, Answer, Request};
use crate::limits;
use crate::secrets::percent_encode;

#[cfg(test)]
mod tests;

/// The connector.
pub(crate) struct HttpJson;

impl Connector for HttpJson {
    fn job_type(&self) -> &'static str {
        "io.camunda:http-json:1"
    }

    fn template(&self) -> &'static str {
        include_str!("template.json")
    }

    fn inputs(&self) -> &'static [&'static str] {
        &[
            "authentication",
            "method",
            "url",
            "headers",
            "queryParameters",
            "body",
            "connectionTimeoutInSeconds",
            "readTimeoutInSeconds",
            "followRedirects",
            "skipEncoding",
            "ignoreNullValues",
            "idempotency",
            "waitForCompletion",
        ]
    }

    fn lasting_inputs(&self) -> &'static [&'static str] {
        &[
            "authentication",
            "method",
            "url",
            "connectionTimeoutInSeconds",
            "readTimeoutInSeconds",
            "followRedirects",
            "idempotency",
            "waitForCompletion",
        ]
    }

    fn is_repeatable(&self, input: &Value) -> bool {
        let idempotent = method(input).is_ok_and(|method| !matches!(method, Method::POST | Method::PATCH));
        idempotent || text(input, "idempotency").as_deref() == Some("header")
    }

    fn start<'a>(&'a self, context: &'a Context<'a>, input: Value) -> Pending<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let request = request(context, &input)?;
            let answer = context.http.send(request).await?;
            outcome(&input, &answer)
        })
    }

    fn poll<'a>(
        &'a self,
        context: &'a Context<'a>,
        input: Value,
        handle: Value,
    ) -> Pending<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let request = status_request(context, &input, &handle, Method::GET)?;
            let answer = context.http.send(request).await?;
            outcome(&input, &answer)
        })
    }

    fn cancel<'a>(
        &'a self,
        context: &'a Context<'a>,
        input: Value,
        handle: Value,
    ) -> Pending<'a, CancelOutcome> {
        Box::pin(async move {
            let sent = match status_request(context, &input, &handle, Method::DELETE) {
                Ok(request) => context.http.send(request).await,
                Err(failure) => Err(failure),
            };
            match sent {
                Ok(answer) if answer.status.is_success() => CancelOutcome::Accepted,
                Ok(answer) if matches!(answer.status.as_u16(), 404 | 405 | 501) => CancelOutcome::Unsupported,
                Ok(answer) => CancelOutcome::Failed(http::status_failure(&answer).message),
                Err(failure) => CancelOutcome::Failed(failure.message),
            }
        })
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureClass::InvalidInput, message)
}

/// A response as outcome. With `waitForCompletion`, 202 and a status address mean that the work goes on.
fn outcome(input: &Value, answer: &Answer) -> Result<Outcome, Failure> {
    if !answer.status.is_success() {
        return Err(http::status_failure(answer));
    }
    if answer.status.as_u16() == 202 && flag(input, "waitForCompletion", false) {
        let address = ["operation-location", "location"]
            .iter()
            .find_map(|name| answer.headers.get(*name)?.to_str().ok());
        // A poll that answers 202 without an address is to be asked again where it was asked.
        let url = match address {
            Some(address) => {
                answer.url.join(address).map_err(|_| invalid(format!("`{address}` is no address")))?
            }
            None if answer.method == Method::GET => answer.url.clone(),
            None => return Err(invalid("the target answered 202 without a Location to ask for the result")),
        };
        let mut handle = Map::new();
        handle.insert("url".to_owned(), url.as_str().into());
        let poll_after =
            http::retry_after(&answer.headers).unwrap_or(Duration::from_millis(limits::POLL_AFTER_MS));
        return Ok(Outcome::Pending { handle: Value::Object(handle), poll_after });
    }
    Ok(Outcome::Done(http::to_value(answer)))
}

fn request(context: &Context<'_>, input: &Value) -> Result<Request, Failure> {
    let method = method(input)?;
    let mut url = url(input)?;
    let mut headers = HeaderMap::new();
    let mut private_headers = Vec::new();
    for (name, value) in pairs(input, "headers")? {
        let (name, value) = http::header(&name, &value)?;
        if context
            .secret_values
            .iter()
            .any(|secret| value.to_str().is_ok_and(|text| text.contains(secret.as_str())))
        {
            private_headers.push(name.clone());
        }
        headers.insert(name, value);
    }
    if headers.len() > limits::HEADERS {
        return Err(invalid(format!("more than {} headers", limits::HEADERS)));
    }
    for (name, value) in pairs(input, "queryParameters")? {
        append_query(&mut url, &name, &value);
    }
    authenticate(input, &mut url, &mut headers, &mut private_headers)?;
    let body = body(input, &method, &mut headers)?;
    if body.as_ref().is_some_and(|body| body.len() > limits::REQUEST_BODY_BYTES) {
        return Err(invalid(format!("the body has more than {} bytes", limits::REQUEST_BODY_BYTES)));
    }
    let private_body = body.as_ref().is_some_and(|body| {
        let text = String::from_utf8_lossy(body);
        context.secret_values.iter().any(|secret| text.contains(secret.as_str()))
    });
    accompany(context, &mut headers)?;
    Ok(Request {
        safe_to_repeat: HttpJson.is_repeatable(input),
        method,
        url,
        headers,
        private_headers,
        body,
        private_body,
        follow_redirects: flag(input, "followRedirects", true),
        connect_timeout: seconds(input, "connectionTimeoutInSeconds")?,
        read_timeout: seconds(input, "readTimeoutInSeconds")?,
    })
}

/// A request about pending work, authenticated as the first one when it goes to the same origin.
fn status_request(
    context: &Context<'_>,
    input: &Value,
    handle: &Value,
    method: Method,
) -> Result<Request, Failure> {
    let address = handle.get("url").and_then(Value::as_str).unwrap_or_default();
    let mut target: Url =
        address.parse().map_err(|_| invalid("the handle of the pending work holds no address"))?;
    let mut headers = HeaderMap::new();
    let mut private_headers = Vec::new();
    if target.origin() == url(input)?.origin() {
        authenticate(input, &mut target, &mut headers, &mut private_headers)?;
    }
    accompany(context, &mut headers)?;
    Ok(Request {
        method,
        url: target,
        headers,
        private_headers,
        body: None,
        private_body: false,
        follow_redirects: flag(input, "followRedirects", true),
        connect_timeout: seconds(input, "connectionTimeoutInSeconds")?,
        read_timeout: seconds(input, "readTimeoutInSeconds")?,
        safe_to_repeat: true,
    })
}

/// Idempotency key and trace context, unless the task sets its own.
fn accompany(context: &Context<'_>, headers: &mut HeaderMap) -> Result<(), Failure> {
    let traceparent = context.traceparent.map(|value| ("traceparent", value));
    for (name, value) in
        [Some(("idempotency-key", context.idempotency_key)), traceparent].into_iter().flatten()
    {
        if !headers.contains_key(name) {
            let (name, value) = http::header(name, value)?;
            headers.insert(name, value);
        }
    }
    Ok(())
}

fn method(input: &Value) -> Result<Method, Failure> {
    let name = text(input, "method").unwrap_or_else(|| "GET".to_owned()).to_ascii_uppercase();
    match name.as_str() {
        "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS" => {
            Method::from_bytes(name.as_bytes()).map_err(|_| invalid(format!("`{name}` is no method")))
        }
        _ => Err(invalid(format!(
            "the method `{name}` is not one of GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS"
        ))),
    }
}

fn url(input: &Value) -> Result<Url, Failure> {
    let address = text(input, "url").ok_or_else(|| invalid("the task has no url"))?;
    let url: Url =
        address.trim().parse().map_err(|error| invalid(format!("`{address}` is no address: {error}")))?;
    Ok(url)
}

fn append_query(url: &mut Url, name: &str, value: &str) {
    let pair = format!("{}={}", percent_encode(name), percent_encode(value));
    let query = match url.query() {
        Some(query) if !query.is_empty() => format!("{query}&{pair}"),
        _ => pair,
    };
    url.set_query(Some(&query));
}

fn authenticate(
    input: &Value,
    url: &mut Url,
    headers: &mut HeaderMap,
    private: &mut Vec<HeaderName>,
) -> Result<(), Failure> {
    let authentication = input.get("authentication").cloned().unwrap_or(Value::Null);
    let part = |name: &str| {
        text(&authentication, name).ok_or_else(|| invalid(format!("authentication.{name} is missing")))
    };
    let authorization = match text(&authentication, "type").as_deref() {
        None | Some("" | "noAuth") => return Ok(()),
        Some("basic") => {
            let pair =
                format!("{}:{}", part("username")?, text(&authentication, "password").unwrap_or_default());
            format!("Basic {}", crate::secrets::base64(pair.as_bytes()))
        }
        Some("bearer") => format!("Bearer {}", part("token")?),
        Some("apiKey") if text(&authentication, "apiKeyLocation").as_deref() == Some("query") => {
            append_query(url, &part("name")?, &part("value")?);
            return Ok(());
        }
        Some("apiKey") => {
            let (name, value) = http::header(&part("name")?, &part("value")?)?;
            private.push(name.clone());
            headers.insert(name, value);
            return Ok(());
        }
        Some(other) => {
            let known = "noAuth, basic, bearer and apiKey";
            return Err(invalid(format!(
                "the authentication `{other}` is not supported; use one of {known}"
            )));
        }
    };
    let (name, mut value) = http::header("authorization", &authorization)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// The body, and its content type when the task gives none.
fn body(input: &Value, method: &Method, headers: &mut HeaderMap) -> Result<Option<Vec<u8>>, Failure> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(None);
    }
    let mut value = match input.get("body") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.clone(),
    };
    if flag(input, "ignoreNullValues", false) {
        remove_nulls(&mut value);
    }
    let declared = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if declared.starts_with("multipart/") {
        return Err(invalid("multipart bodies are not supported"));
    }
    let (bytes, kind) = match &value {
        Value::Object(members) if declared.starts_with("application/x-www-form-urlencoded") => {
            let pairs = members
                .iter()
                .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(&plain(value))));
            (pairs.collect::<Vec<_>>().join("&").into_bytes(), "application/x-www-form-urlencoded")
        }
        Value::String(text) => {
            let json =
                serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object() || value.is_array());
            (text.clone().into_bytes(), if json { "application/json" } else { "text/plain; charset=utf-8" })
        }
        other => (other.to_string().into_bytes(), "application/json"),
    };
    if declared.is_empty() {
        let (name, value) = http::header("content-type", kind)?;
        headers.insert(name, value);
    }
    Ok(Some(bytes))
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// Names and values of an object input; null values are left out.
fn pairs(input: &Value, name: &str) -> Result<Vec<(String, String)>, Failure> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(members)) => Ok(members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect()),
        Some(_) => Err(invalid(format!("{name} is not a context; write ={{name: \"value\"}}"))),
    }
}

/// A text without quotes, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn text(input: &Value, name: &str) -> Option<String> {
    match input.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn flag(input: &Value, name: &str, default: bool) -> bool {
    match input.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true",
        _ => default,
    }
}

fn seconds(input: &Value, name: &str) -> Result<Duration, Failure> {
    let Some(text) = text(input, name) else {
        return Ok(Duration::from_secs(limits::DEFAULT_TIMEOUT_SECONDS));
    };
    let value: u64 =
        text.trim().parse().map_err(|_| invalid(format!("{name} is `{text}`, not a number of seconds")))?;
    match value {
        // Camunda's zero means for ever; nothing waits for ever here.
        0 => Ok(Duration::from_secs(limits::MAX_TIMEOUT_SECONDS)),
        value => Ok(Duration::from_secs(value.min(limits::MAX_TIMEOUT_SECONDS))),
    }
}
