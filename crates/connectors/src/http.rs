//! The HTTP core: one request with its redirects, inside the egress policy, with every failure classified.
//!
//! **Invariant:** proxies of the environment are not used, redirects are followed here and nowhere else, and every
//! hop passes the egress policy before anything is sent.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::{Map, Value};

use crate::connector::{Failure, FailureClass};
use crate::egress::{EgressDenied, EgressPolicy};
use crate::limits;

/// A client that reaches only what its egress policy allows.
#[derive(Clone)]
pub struct HttpClient {
    policy: Arc<EgressPolicy>,
    /// One client for each connect time-out in seconds: the time-out belongs to the connector of a client.
    clients: Arc<Mutex<BTreeMap<u64, Client>>>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute address, `http` or `https`.
    pub url: Url,
    /// Headers, names and values valid.
    pub headers: HeaderMap,
    /// Names of headers that a redirect to another origin must not carry.
    pub private_headers: Vec<HeaderName>,
    /// Body.
    pub body: Option<Vec<u8>>,
    /// True when the body must not go to another origin.
    pub private_body: bool,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Time until a connection must stand.
    pub connect_timeout: Duration,
    /// Time until the response must be complete, each hop.
    pub read_timeout: Duration,
    /// True when the request can be sent again without being processed twice.
    pub safe_to_repeat: bool,
}

/// A complete response.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Where it came from, after redirects.
    pub url: Url,
    /// Method of the last hop.
    pub method: Method,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl HttpClient {
    /// A client with this policy.
    pub fn new(policy: EgressPolicy) -> Self {
        Self { policy: Arc::new(policy), clients: Arc::default() }
    }

    /// Sends a request and reads the whole response.
    ///
    /// # Errors
    /// A [`Failure`] when there is no complete response; a response of any status is none.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let client = self.client(request.connect_timeout)?;
        let mut request = request;
        let mut hops = 0;
        loop {
            self.check_url(&request.url)?;
            let mut builder = client
                .request(request.method.clone(), request.url.clone())
                .headers(request.headers.clone())
                .timeout(request.connect_timeout + request.read_timeout);
            if let Some(body) = &request.body {
                builder = builder.body(body.clone());
            }
            let response = builder.send().await.map_err(|error| failure(&error, &request))?;
            match next_hop(&response, &request)? {
                Some(next) if hops == limits::REDIRECTS => {
                    let message =
                        format!("more than {} redirects, the last to {}", limits::REDIRECTS, next.url);
                    return Err(Failure::new(FailureClass::Client, message));
                }
                Some(next) => {
                    hops += 1;
                    request = next;
                }
                None => return read(response, &request).await,
            }
        }
    }

    fn client(&self, connect_timeout: Duration) -> Result<Client, Failure> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = connect_timeout.as_secs().max(1);
        if let Some(client) = clients.get(&seconds) {
            return Ok(client.clone());
        }
        // An error means that the process has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .dns_resolver(GuardedResolver { policy: self.policy.clone() })
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(seconds))
            .pool_idle_timeout(Duration::from_secs(60))
            .user_agent(concat!("Dirigent/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Failure::new(FailureClass::Network, format!("no HTTP client: {error}")))?;
        if clients.len() >= limits::CLIENTS {
            clients.clear();
        }
        clients.insert(seconds, client.clone());
        Ok(client)
    }

    /// Checks what the resolver never sees: scheme, credentials, and hosts that are addresses.
    fn check_url(&self, url: &Url) -> Result<(), Failure> {
        let invalid = |message: String| Err(Failure::new(FailureClass::InvalidInput, message));
        if !matches!(url.scheme(), "http" | "https") {
            return invalid(format!("`{}` is not an http or https address", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return invalid(
                "the address contains credentials; use the task's authentication instead".to_owned(),
            );
        }
        let Some(host) = url.host_str() else { return invalid("the address has no host".to_owned()) };
        // The URL parser has turned decimal, octal and hexadecimal notations into an address.
        if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            self.policy.check(host, ip)?;
        }
        Ok(())
    }
}

/// Resolves a name once and gives the connector of the client the checked addresses only.
struct GuardedResolver {
    policy: Arc<EgressPolicy>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            // One denied address denies the name: an attacker could order them to be tried in turn.
            for address in &found {
                policy.check(&host, address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The request a redirect asks for; `None` when the response is the answer.
fn next_hop(response: &Response, request: &Request) -> Result<Option<Request>, Failure> {
    let status = response.status().as_u16();
    if !request.follow_redirects || !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get("location") else { return Ok(None) };
    let target = location.to_str().ok().and_then(|location| request.url.join(location).ok());
    let Some(url) = target else {
        let message = format!("HTTP {status} from {} with an unreadable Location", request.url);
        return Err(Failure::new(FailureClass::Server, message));
    };
    let mut next = request.clone();
    let becomes_get = status == 303 && request.method != Method::HEAD
        || matches!(status, 301 | 302) && request.method == Method::POST;
    if becomes_get {
        next.method = Method::GET;
        next.body = None;
        next.headers.remove("content-type");
        next.safe_to_repeat = true;
    }
    if url.origin() != request.url.origin() {
        if request.url.scheme() == "https" && url.scheme() == "http" {
            let message = format!("HTTP {status} from {} redirects from https to http", request.url);
            return Err(Failure::new(FailureClass::EgressDenied, message));
        }
        if next.body.is_some() && request.private_body {
            let message = format!("HTTP {status} redirects a body that contains a secret to another host");
            return Err(Failure::new(FailureClass::EgressDenied, message));
        }
        for name in ["authorization", "cookie", "proxy-authorization"] {
            next.headers.remove(name);
        }
        for name in &request.private_headers {
            next.headers.remove(name);
        }
    }
    next.url = url;
    Ok(Some(next))
}

async fn read(mut response: Response, request: &Request) -> Result<Answer, Failure> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, request))? {
        if body.len() + chunk.len() > limits::RESPONSE_BODY_BYTES {
            let limit = limits::RESPONSE_BODY_BYTES;
            let message = format!("the response of {} has more than {limit} bytes", request.url);
            return Err(Failure::new(FailureClass::Client, message));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, url: request.url.clone(), method: request.method.clone(), headers, body })
}

fn failure(error: &reqwest::Error, request: &Request) -> Failure {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(denied) = cause.downcast_ref::<EgressDenied>() {
            return denied.clone().into();
        }
        source = cause.source();
    }
    let what = format!("{} {}", request.method, request.url);
    if error.is_builder() {
        return Failure::new(
            FailureClass::InvalidInput,
            format!("{what} is not a request: {}", causes(error)),
        );
    }
    // Nothing was sent as long as there was no connection.
    if error.is_connect() {
        let class = if error.is_timeout() { FailureClass::Timeout } else { FailureClass::Network };
        return Failure::new(class, format!("{what}: no connection: {}", causes(error)));
    }
    if !request.safe_to_repeat {
        let message = format!(
            "{what} was sent and got no answer ({}); it may have been processed. Find out before sending it again, then \
             resolve the incident or complete the job",
            causes(error)
        );
        return Failure::new(FailureClass::Ambiguous, message);
    }
    let class = if error.is_timeout() { FailureClass::Timeout } else { FailureClass::Network };
    Failure::new(class, format!("{what}: no answer: {}", causes(error)))
}

/// The innermost cause says most; the outer ones repeat the address.
fn causes(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

/// A response as expressions see it: `{status, headers, body}`.
pub fn to_value(answer: &Answer) -> Value {
    let mut headers = Map::new();
    for name in answer.headers.keys() {
        let values = answer.headers.get_all(name);
        let mut values: Vec<Value> = values
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned().into())
            .collect();
        let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
        headers.insert(name.as_str().to_owned(), value);
    }
    let text = String::from_utf8_lossy(&answer.body);
    let body = match text.trim() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    };
    let mut out = Map::new();
    out.insert("status".to_owned(), answer.status.as_u16().into());
    out.insert("headers".to_owned(), Value::Object(headers));
    out.insert("body".to_owned(), body);
    Value::Object(out)
}

/// The failure that a response outside 2xx is.
pub fn status_failure(answer: &Answer) -> Failure {
    let status = answer.status.as_u16();
    let class = match status {
        401 | 403 => FailureClass::Auth,
        408 => FailureClass::Timeout,
        429 => FailureClass::RateLimited,
        400..=499 => FailureClass::Client,
        500..=599 => FailureClass::Server,
        _ => FailureClass::Client,
    };
    let text = String::from_utf8_lossy(&answer.body);
    let mut excerpt: String = text.trim().chars().take(limits::EXCERPT_CHARS).collect();
    if text.trim().chars().count() > limits::EXCERPT_CHARS {
        excerpt.push('…');
    }
    let reason = answer.status.canonical_reason().unwrap_or("");
    let mut message = format!("HTTP {status} {reason} from {} {}", answer.method, answer.url);
    if !excerpt.is_empty() {
        message.push_str(": ");
        message.push_str(&excerpt);
    }
    Failure {
        class,
        code: status.to_string(),
        message,
        retry_after: retry_after(&answer.headers),
        response: Some(Box::new(to_value(answer))),
    }
}

/// `Retry-After` in seconds. Dates are not read: this crate has no clock to compare them with.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get("retry-after")?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// A header from texts.
///
/// # Errors
/// [`FailureClass::InvalidInput`] when name or value cannot be a header, or the connection owns it.
pub fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let invalid = |message: String| Failure::new(FailureClass::InvalidInput, message);
    let name: HeaderName =
        name.parse().map_err(|_| invalid(format!("`{}` is not a header name", name.escape_default())))?;
    if matches!(
        name.as_str(),
        "host" | "content-length" | "transfer-encoding" | "connection" | "upgrade" | "te"
    ) {
        return Err(invalid(format!("the header `{name}` is set by the connection; remove it")));
    }
    let value = HeaderValue::from_str(value)
        .map_err(|_| invalid(format!("the value of the header `{name}` is not a header value")))?;
    Ok((name, value))
}
