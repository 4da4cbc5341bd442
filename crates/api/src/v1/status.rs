//! The server's state.

use crate::authorized::{Authorized, Probe, System};
use crate::state::AppState;
use crate::wire::Time;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![get_server_status]
}

/// The server's state.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ServerStatus {
    /// Whether commands are taken and reads are current.
    healthy: bool,
    /// The server's version.
    version: &'static str,
    /// The last durable record.
    position: u64,
    /// The last record that reads see.
    exported: u64,
    /// How far reads are behind, milliseconds.
    lag: i64,
    /// Partitions.
    partitions: u16,
    /// Aggregates in memory: instances, messages.
    instances: usize,
    /// Commands that wait.
    queued: usize,
    /// Aggregates that could not be replayed and take no commands.
    quarantined: usize,
    /// Steps since the start that broke an invariant or panicked; their commands were refused.
    discarded: u64,
    /// The first record that the log has; those before it were trimmed.
    log_begins: u64,
    /// Why the log cannot be trimmed, if so.
    #[schema(required)]
    trim_error: Option<String>,
    /// Why no commands are taken, if so.
    #[schema(required)]
    poisoned: Option<String>,
    /// What is wrong with the read model, if something is.
    #[schema(required)]
    export_error: Option<String>,
    /// What is wrong with the state store, if something is.
    #[schema(required)]
    store_error: Option<String>,
    /// Whether engine time stands still.
    paused: bool,
    /// Engine time.
    #[schema(value_type = String, format = DateTime)]
    now: Time,
}

/// The server's state: positions, lag, what is wrong.
#[utoipa::path(get, path = "/api/v1/status", operation_id = "getServerStatus", tag = "Server",
    responses((status = 200, body = ServerStatus)))]
async fn get_server_status(
    _auth: Authorized<Probe, System>,
    State(app): State<AppState>,
) -> Json<ServerStatus> {
    let status = app.handle.status();
    Json(ServerStatus {
        healthy: status.poisoned.is_none() && status.exporter_error.is_none() && status.store_error.is_none(),
        version: app.version,
        position: app.handle.position(),
        exported: app.history.position(),
        lag: status.exporter_lag_ms,
        partitions: status.partitions,
        instances: status.in_memory,
        queued: status.queued,
        quarantined: status.quarantined,
        discarded: status.discarded,
        log_begins: status.log_first_lsn,
        trim_error: status.trim_error,
        poisoned: status.poisoned,
        export_error: status.exporter_error,
        store_error: status.store_error,
        paused: status.pinned.is_some(),
        now: Time(app.handle.now()),
    })
}
