//! The studio, embedded in the binary: hashed assets that never change, and one page for every other path.

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(rust_embed::RustEmbed)]
#[folder = "../../studio/dist"]
#[allow_missing = true]
struct Files;

const NOT_BUILT: &str = "<!doctype html><title>Dirigent</title><h1>Dirigent is running</h1>\
    <p>The studio is not part of this binary. Build it with <code>./x run</code>, or with \
    <code>npm ci &amp;&amp; npm run build</code> in <code>studio/</code> before <code>cargo build</code>.</p>\
    <p>The API is at <a href=\"/v2/openapi.json\">/v2/openapi.json</a>.</p>";

/// What stands in the page where the nonce goes.
const PLACEHOLDER: &str = "__CSP_NONCE__";

/// Answers every path that no API route has.
pub async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("v2/") || path.starts_with("api/") {
        return api_not_found(path);
    }
    match Files::get(path) {
        Some(file) if path != "index.html" => {
            let kind = content_type(path);
            let cache =
                if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)];
            (headers, Body::from(file.data.into_owned())).into_response()
        }
        _ if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        _ => page(),
    }
}

fn page() -> Response {
    let nonce = nonce();
    let html = match Files::get("index.html") {
        Some(file) => String::from_utf8_lossy(&file.data).replace(PLACEHOLDER, &nonce),
        None => NOT_BUILT.to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src-elem 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (headers, html).into_response()
}

/// Unpredictable enough for a page that has no inline script: it only lets our own style elements in.
fn nonce() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let word = |salt: u64| {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(count ^ salt);
        hasher.finish()
    };
    format!("{:016x}{:016x}", word(1), word(2))
}

fn api_not_found(path: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank", "title": "NOT_FOUND", "status": 404,
        "detail": format!("There is no endpoint /{path}; /v2/openapi.json lists all that exist."),
    });
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
        .into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "eot" => "application/vnd.ms-fontobject",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_has_its_own_nonce() {
        let policy = |response: &Response| {
            response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
        };
        let first = serve("/processes".parse().unwrap()).await;
        let second = serve("/".parse().unwrap()).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_ne!(policy(&first), policy(&second));
    }

    #[tokio::test]
    async fn an_unknown_endpoint_is_a_problem_and_no_page() {
        let response = serve("/v2/nothing".parse().unwrap()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
