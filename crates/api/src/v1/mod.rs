//! `/api/v1`: what Camunda's API has no name for.

mod connectors;
mod events;
mod history;
mod iterations;
mod overview;
mod status;
mod waits;

use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;

/// All routes of `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    status::routes()
        .merge(events::routes())
        .merge(history::routes())
        .merge(iterations::routes())
        .merge(waits::routes())
        .merge(overview::routes())
        .merge(connectors::routes())
}
