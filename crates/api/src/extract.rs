//! Bodies and keys of requests, with errors that name what is wrong.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use record::Key;
use serde::de::DeserializeOwned;

/// A JSON body that must be there.
pub(crate) struct Body<T>(pub T);

/// A JSON body that may be missing.
pub(crate) struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = bytes(request, state).await?;
        if bytes.is_empty() {
            return Err(unsupported("null"));
        }
        parse(&bytes).map(Body)
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = bytes(request, state).await?;
        if bytes.is_empty() { Ok(OptionalBody(T::default())) } else { parse(&bytes).map(OptionalBody) }
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::unreadable("Failed to read request", rejection.body_text()),
    })?;
    let mime = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = mime == "application/json" || mime.ends_with("+json");
    if !bytes.is_empty() && !is_json {
        return Err(unsupported(if mime.is_empty() { "null" } else { mime }));
    }
    Ok(bytes)
}

/// Reads JSON; the error names the field.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        if inner.is_data() && path != "." {
            Problem::unreadable(format!("Request property [{path}] cannot be parsed"), inner.to_string())
        } else {
            Problem::unreadable("Failed to read request", inner.to_string())
        }
    })?;
    deserializer.end().map_err(|error| Problem::unreadable("Failed to read request", error.to_string()))?;
    Ok(value)
}

fn unsupported(content_type: &str) -> Problem {
    let text = format!("Content-Type '{content_type}' is not supported.");
    Problem::new(415, "Unsupported Media Type", text)
}

pub(crate) fn too_large() -> Problem {
    let text = format!("A request has at most {} bytes.", crate::limits::MAX_BODY_BYTES);
    Problem::new(413, "MALFORMED_REQUEST", text)
}

/// The key in a request's path.
pub(crate) struct PathKey(pub Key);

impl<S: Send + Sync> FromRequestParts<S> for PathKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(segments) = Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::unreadable("Failed to read request", rejection.body_text()))?;
        let (name, text) = segments.into_iter().next().unwrap_or_default();
        Key::parse(&text).map(PathKey).ok_or_else(|| {
            let reason = "a key is a positive 64-bit integer";
            Problem::unreadable(format!("Failed to convert '{name}' with value: '{text}'"), reason)
        })
    }
}

/// The parameters of a request's query.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|query| Query(query.0))
            .map_err(|rejection| Problem::unreadable("Failed to read the query", rejection.body_text()))
    }
}

/// The text in a request's path.
pub(crate) struct PathText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|path| PathText(path.0))
            .map_err(|rejection| Problem::unreadable("Failed to read request", rejection.body_text()))
    }
}

/// Sentences of all that is wrong with a request.
#[derive(Default)]
pub(crate) struct Complaints(Vec<String>);

impl Complaints {
    /// The attribute is missing.
    pub fn missing(&mut self, name: &str) {
        self.0.push(format!("No {name} provided."));
    }

    /// The attribute's value is not possible.
    pub fn invalid(&mut self, name: &str, value: impl std::fmt::Display, must: &str) {
        self.0.push(format!("The value for {name} is '{value}' but must be {must}."));
    }

    /// Anything else.
    pub fn add(&mut self, sentence: impl Into<String>) {
        self.0.push(sentence.into());
    }

    /// All sentences as one problem.
    pub fn check(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0.join(" "))) }
    }
}
