//! Signals.

use crate::authorized::{Authorized, Create, Message};
use crate::command::{submit, unexpected};
use crate::extract::{Body, Complaints};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, VariablesIn};
use axum::Json;
use axum::extract::State;
use record::{AggregateId, Command, Key, Response};
use runtime::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![broadcast_signal]
}

/// A signal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignalBroadcastRequest {
    /// Its name.
    signal_name: Option<String>,
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    variables: VariablesIn,
    /// The tenant.
    tenant_id: Option<String>,
}

/// A signal that was broadcast.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignalBroadcastResult {
    /// The tenant.
    tenant_id: String,
    /// Names the broadcast.
    #[schema(value_type = String)]
    signal_key: Key,
}

/// Broadcasts a signal to everyone who waits for it now, and starts the processes that start with it.
#[utoipa::path(post, path = "/v2/signals/broadcast", operation_id = "broadcastSignal", tag = "Signal",
    request_body = SignalBroadcastRequest,
    responses((status = 200, body = SignalBroadcastResult), (status = 400, body = Problem),
        (status = 415, body = Problem)))]
async fn broadcast_signal(
    auth: Authorized<Create, Message>,
    State(app): State<AppState>,
    Body(body): Body<SignalBroadcastRequest>,
) -> Result<Json<SignalBroadcastResult>, Problem> {
    auth.same_tenant("Broadcast Signal", body.tenant_id.as_deref())?;
    let mut complaints = Complaints::default();
    if !wire::given(&body.signal_name) {
        complaints.missing("signalName");
    }
    complaints.check()?;
    let target = AggregateId::Signal {
        tenant: auth.subject.tenant.clone(),
        name: body.signal_name.unwrap_or_default().into(),
    };
    let command = Command::BroadcastSignal { variables: body.variables.0, except: Key::NONE };
    match submit(&app, auth.request(Target::Aggregate(target), command)).await? {
        Response::Broadcast { key } => {
            Ok(Json(SignalBroadcastResult { tenant_id: auth.tenant(), signal_key: key }))
        }
        other => Err(unexpected(&other)),
    }
}
