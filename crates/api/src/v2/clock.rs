//! The engine's clock, for tests.

use crate::authorized::{Authorized, System, Update};
use crate::command::submit;
use crate::extract::{Body, Complaints};
use crate::problem::Problem;
use crate::state::AppState;
use crate::wire::{self, NO_CONTENT, NoContent};
use axum::extract::State;
use record::{AggregateId, Command};
use runtime::Target;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![pin_clock, reset_clock]
}

/// A moment.
#[derive(Debug, Deserialize, ToSchema)]
struct ClockPinRequest {
    /// Milliseconds since 1970.
    #[serde(default, deserialize_with = "wire::lenient")]
    timestamp: Option<i64>,
}

/// Stops engine time at a moment. Timers that are due by then fire.
#[utoipa::path(put, path = "/v2/clock", operation_id = "pinClock", tag = "Clock", request_body = ClockPinRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 415, body = Problem)))]
async fn pin_clock(
    auth: Authorized<Update, System>,
    State(app): State<AppState>,
    Body(body): Body<ClockPinRequest>,
) -> NoContent {
    let mut complaints = Complaints::default();
    match body.timestamp {
        None => complaints.missing("timestamp"),
        Some(time) if time < 0 => complaints.invalid("timestamp", time, "not negative"),
        Some(_) => {}
    }
    complaints.check()?;
    on_all(&app, &auth, &Command::PinClock { time: body.timestamp.unwrap_or_default() }).await
}

/// Lets engine time follow the system's again.
#[utoipa::path(post, path = "/v2/clock/reset", operation_id = "resetClock", tag = "Clock",
    responses((status = 204), (status = 503, body = Problem)))]
async fn reset_clock(auth: Authorized<Update, System>, State(app): State<AppState>) -> NoContent {
    on_all(&app, &auth, &Command::ResetClock {}).await
}

async fn on_all(app: &AppState, auth: &Authorized<Update, System>, command: &Command) -> NoContent {
    for partition in 1..=app.handle.status().partitions.max(1) {
        let target = Target::Aggregate(AggregateId::Partition { partition });
        submit(app, auth.request(target, command.clone())).await?;
    }
    NO_CONTENT
}
