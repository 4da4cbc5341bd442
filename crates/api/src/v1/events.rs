//! Changes as they happen, by server-sent events. A stream continues where the client was: the id of every message
//! is a position in the log.

use crate::authorized::{Authorized, ProcessInstance, Read};
use crate::extract::Query;
use crate::limits::{STREAM_PAUSE_MS, STREAM_RECORDS};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::Places;
use crate::wire::Time;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use history::{RecordEvents, SearchError};
use record::Key;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    secured![stream_events]
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
struct EventFilter {
    /// Only changes of this instance.
    process_instance_key: Option<String>,
    /// Only changes after this position; the header `Last-Event-ID` does the same. Without either, changes from now on.
    last_event_id: Option<u64>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ChangeEvent {
    /// Position of its record in the log.
    lsn: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    time: Time,
    /// Who asked for it.
    actor: String,
    /// What happened, such as `JobCompleted`.
    event: &'static str,
    /// The instance.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    process_instance_key: Option<Key>,
    /// The definition's key.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    process_definition_key: Option<Key>,
    /// BPMN id of the element, where the event itself says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    element_id: Option<String>,
}

/// Where a stream is.
struct Place {
    app: AppState,
    tenant: String,
    instance: Option<i64>,
    after: u64,
}

/// Changes as they happen. The body is `text/event-stream`; each message's data is a `ChangeEvent`.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "streamEvents", tag = "Server", params(EventFilter),
    responses((status = 200, body = ChangeEvent, content_type = "text/event-stream"), (status = 400, body = Problem)))]
async fn stream_events(
    auth: Authorized<Read, ProcessInstance>,
    State(app): State<AppState>,
    Query(filter): Query<EventFilter>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let instance = match filter.process_instance_key.as_deref().filter(|key| !key.is_empty()) {
        None => None,
        Some(text) => Some(Key::parse(text).map(|key| key.0).ok_or_else(|| {
            let text = format!("Failed to convert 'processInstanceKey' with value: '{text}'");
            Problem::unreadable(text, "a key is a positive 64-bit integer")
        })?),
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let after = last.or(filter.last_event_id).unwrap_or_else(|| app.history.position());
    let place = Place { app, tenant: auth.tenant(), instance, after };
    let batches = stream::unfold(place, |mut place| async move {
        let events = place.next().await?;
        Some((stream::iter(events.into_iter().map(Ok)), place))
    });
    Ok(Sse::new(batches.flatten()).keep_alive(KeepAlive::default()))
}

impl Place {
    /// The next messages; none where the server stops.
    async fn next(&mut self) -> Option<Vec<Event>> {
        let mut positions = self.app.positions();
        loop {
            let after = self.after;
            positions.wait_for(|position| *position > after).await.ok()?;
            let (tenant, instance) = (self.tenant.clone(), self.instance);
            let read = self.app.read_now(move |history| {
                let (records, seen) = match instance {
                    None => history.changes(&tenant, after, STREAM_RECORDS)?,
                    Some(instance) => {
                        let position = history.position();
                        let records = history.history(&tenant, instance, after, STREAM_RECORDS)?;
                        let full = records.len() == STREAM_RECORDS;
                        let last = records.last().map(|record| record.lsn).filter(|_| full);
                        (records, last.unwrap_or(position))
                    }
                };
                let mut events = Vec::new();
                for record in records {
                    messages(history, record, &mut events)?;
                }
                Ok((events, seen))
            });
            let (events, seen) = read.await.ok()?;
            self.after = seen.max(after);
            if !events.is_empty() {
                return Some(events);
            }
            tokio::time::sleep(Duration::from_millis(STREAM_PAUSE_MS)).await;
        }
    }
}

/// The messages of a record. Only the last one names the position: a client that was cut off in between gets all of
/// the record again.
fn messages(
    history: &history::Reader,
    record: RecordEvents,
    out: &mut Vec<Event>,
) -> Result<(), SearchError> {
    let mut places = Places::new(history);
    places.begin(&record)?;
    let events = record.events.unwrap_or_default();
    let last = events.len().saturating_sub(1);
    for (at, event) in events.iter().enumerate() {
        let element = places.of(event)?;
        let change = ChangeEvent {
            lsn: record.lsn,
            time: Time(record.time),
            actor: record.actor.clone(),
            event: event.name(),
            process_instance_key: record.instance.map(Key),
            process_definition_key: record.definition.map(Key),
            element_id: element.map(|element| element.id),
        };
        let mut message = Event::default().data(serde_json::to_string(&change).unwrap_or_default());
        if at == last {
            message = message.id(record.lsn.to_string());
        }
        out.push(message);
    }
    Ok(())
}
