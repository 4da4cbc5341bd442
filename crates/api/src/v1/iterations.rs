//! Iterations of running multi-instance activities: one more, or one less.

use crate::authorized::{Authorized, ProcessInstance, Update};
use crate::command::submit;
use crate::extract::{OptionalBody, PathKey};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{NO_CONTENT, NoContent};
use axum::extract::State;
use record::{Command, Json};
use runtime::Target;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![add_iteration, remove_iteration]
}

/// An iteration to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct IterationRequest {
    /// Its item, where the activity loops over a collection; null where absent.
    #[schema(value_type = Option<Value>)]
    item: Option<Box<RawValue>>,
}

/// Adds an iteration to a running multi-instance activity. A parallel one begins at once, a sequential one after the
/// others.
#[utoipa::path(post, path = "/api/v1/element-instances/{elementInstanceKey}/iterations",
    operation_id = "addIteration", tag = "Element instance",
    params(("elementInstanceKey" = String, Path,
        description = "The activity's body (type `MULTI_INSTANCE_BODY`), or one of its iterations.")),
    request_body = IterationRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn add_iteration(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
    OptionalBody(body): OptionalBody<IterationRequest>,
) -> NoContent {
    let item = match body.item {
        Some(item) => Json::parse(item.get()).map_err(|error| {
            Problem::unreadable("Request property [item] cannot be parsed", error.to_string())
        })?,
        None => Json::null(),
    };
    let command = Command::AddIteration { element: key, item };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}

/// Ends an iteration of a running multi-instance activity; the others go on.
#[utoipa::path(delete, path = "/api/v1/iterations/{elementInstanceKey}",
    operation_id = "removeIteration", tag = "Element instance",
    params(("elementInstanceKey" = String, Path, description = "The iteration's element instance.")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn remove_iteration(
    auth: Authorized<Update, ProcessInstance>,
    State(app): State<AppState>,
    PathKey(key): PathKey,
) -> NoContent {
    let command = Command::RemoveIteration { element: key };
    submit(&app, auth.request(Target::Owner(key), command)).await?;
    NO_CONTENT
}
