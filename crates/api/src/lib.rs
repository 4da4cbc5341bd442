//! REST: `/v2`, wire-compatible with Camunda 8.10's Orchestration Cluster API, and `/api/v1` for what Camunda has
//! no name for.
//!
//! Handlers authenticate, authorise, call the runtime or the read model, and map errors; nothing is decided here.
//! Every handler's first argument is [`Authorized`]; the router takes no other. A read waits until the read model
//! has everything that was durable when the request arrived, so everyone reads their own writes.
//!
//! **Invariant**: no request makes a handler panic; every error is an RFC 9457 problem that says what to do.

#[macro_use]
mod authorized;
mod command;
mod document;
mod extract;
mod foreign;
mod limits;
mod problem;
mod search;
mod state;
mod v1;
mod v2;
mod wire;

pub use authorized::{Authorized, Subject};
pub use problem::Problem;
pub use state::{AppState, Mode};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(
    title = "Dirigent",
    description = "`/v2` speaks Camunda 8.10's Orchestration Cluster API, `/api/v1` is Dirigent's own.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(v2::routes()).merge(v1::routes())
}

/// All routes, ready to be served.
pub fn router(state: AppState) -> Router {
    let (router, document) = routes().split_for_parts();
    let document = serde_json::to_string(&document::complete(document)).unwrap_or_default();
    let openapi = move || {
        let document = document.clone();
        async move { ([(axum::http::header::CONTENT_TYPE, "application/json")], document) }
    };
    router
        .route("/v2/openapi.json", axum::routing::get(openapi))
        .route("/v2/{*rest}", axum::routing::any(no_endpoint))
        .route("/api/{*rest}", axum::routing::any(no_endpoint))
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(limits::MAX_BODY_BYTES))
        .layer(from_fn(read_whole))
        .layer(from_fn_with_state(state.clone(), foreign::refuse_foreign))
        .layer(from_fn(problems_name_their_path))
        .with_state(state)
}

/// The OpenAPI document of all routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    document::complete(routes().split_for_parts().1)
}

async fn no_endpoint(method: Method, uri: Uri) -> Problem {
    Problem::new(404, "Not Found", format!("There is no endpoint {method} {}.", uri.path()))
}

async fn no_method(method: Method, uri: Uri) -> Problem {
    Problem::new(405, "Method Not Allowed", format!("{} does not take {method}.", uri.path()))
}

/// A problem is written out here, where the request's path is known.
async fn problems_name_their_path(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem.render(&path),
        None => response,
    }
}

/// Reads a body of bounded length before anything looks at the request. A handler that takes no body would answer without
/// having read one; the connection could then not be used again, and was closed under the client's next request.
async fn read_whole(request: Request, next: Next) -> Response {
    use axum::body::{Body, HttpBody, to_bytes};
    use axum::response::IntoResponse;
    match request.body().size_hint().exact() {
        Some(length) if length > 0 && length <= limits::MAX_BODY_BYTES as u64 => {}
        _ => return next.run(request).await,
    }
    let (parts, body) = request.into_parts();
    match to_bytes(body, limits::MAX_BODY_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) => {
            Problem::new(400, "Bad Request", format!("The body broke off: {error}.")).into_response()
        }
    }
}
