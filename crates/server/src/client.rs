//! The command line's side of the REST API.

use crate::cli::Failure;
use reqwest::Method;
use serde_json::Value;
use std::path::PathBuf;

/// Talks to one server.
pub struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    /// A client of the server at `base`.
    pub fn new(base: &str) -> Self {
        crate::compose::install_crypto();
        Client { base: base.trim_end_matches('/').to_owned(), http: reqwest::Client::new() }
    }

    /// Reads a resource.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, path, None).await
    }

    /// Posts a body.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Puts a body.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Patches a resource.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Deletes a resource.
    pub async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::DELETE, path, None).await
    }

    /// Uploads files as one deployment.
    pub async fn deploy(&self, files: &[PathBuf]) -> Result<Value, Failure> {
        let boundary = "dirigent-deployment-7d1f3c5a9b";
        let mut body = Vec::new();
        for file in files {
            let content = std::fs::read(file)
                .map_err(|error| Failure::with_code(2, format!("{}: {error}", file.display())))?;
            let name =
                file.file_name().map(|name| name.to_string_lossy().replace('"', "_")).unwrap_or_default();
            body.extend_from_slice(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"resources\"; filename=\"{name}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(&content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let request = self
            .http
            .post(format!("{}/v2/deployments", self.base))
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(body);
        self.answer(request).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.answer(request).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        let unreachable = |error: reqwest::Error| {
            let text = format!(
                "no answer from {} ({error}). Is it running? Start one with `dirigent dev`, or say --server ADDRESS.",
                self.base
            );
            Failure::with_code(4, text)
        };
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        let text = answer.text().await.map_err(unreachable)?;
        let value: Value = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).map_err(|_| {
                Failure::new(format!("{} answered with something that is not JSON", self.base))
            })?
        };
        if status.is_success() {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("no detail");
        let code = if status.as_u16() == 404 { 3 } else { 1 };
        Err(Failure::with_code(
            code,
            format!("{} {}: {detail}", status.as_u16(), value["title"].as_str().unwrap_or("")),
        ))
    }
}
