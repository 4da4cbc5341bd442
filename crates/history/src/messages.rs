//! From events of messages and their subscriptions to rows.

use crate::project::{Place, Result, text};
use crate::waits::{set_state, signal_opened};
use record::{Event, Key, Str};
use rusqlite::params;

/// An event of a subscription.
pub(crate) fn subscription_event(at: &Place<'_>, event: &Event) -> Result {
    match event {
        Event::SubscriptionOpened { signal: true, .. } => signal_opened(at, event)?,
        Event::SubscriptionOpened { key, element, ordinal, name, correlation_key, .. } => {
            at.db
                .prepare_cached(
                    "INSERT OR IGNORE INTO message_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'CREATED', ?)",
                )?
                .execute(params![
                    key.0,
                    &*at.header.tenant,
                    at.instance,
                    at.definition,
                    element.0,
                    ordinal,
                    &**name,
                    &**correlation_key,
                    at.header.time
                ])?;
        }
        Event::SubscriptionCorrelated { key, message } => {
            // Signals have a table of their own, and no correlations.
            let insert = "INSERT INTO correlations (subscription, message, partition, time)
                 SELECT key, ?2, ?3, ?4 FROM message_subscriptions WHERE key = ?1";
            at.db.prepare_cached(insert)?.execute((
                key.0,
                message.0,
                message.partition().max(1),
                at.header.time,
            ))?;
            set_subscription(at, *key, "CORRELATED")?;
        }
        Event::SubscriptionClosed { key } => {
            set_subscription(at, *key, "DELETED")?;
            set_state(at, "signal_subscriptions", *key, "CLOSED")?;
        }
        _ => {}
    }
    Ok(())
}

/// A subscription that is closed after its message stays `CORRELATED`.
fn set_subscription(at: &Place<'_>, key: Key, state: &str) -> Result {
    at.db
        .prepare_cached(
            "UPDATE message_subscriptions SET state = ?1, updated = ?2
             WHERE key = ?3 AND (state <> 'CORRELATED' OR ?1 = 'CORRELATED')",
        )?
        .execute((state, at.header.time, key.0))?;
    Ok(())
}

/// An event of a message.
pub(crate) fn message_event(at: &Place<'_>, name: &Str, correlation_key: &Str, event: &Event) -> Result {
    match event {
        Event::MessagePublished { key, message_id, expires, .. } => {
            at.db
                .prepare_cached("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, 'PUBLISHED')")?
                .execute(params![
                    key.0,
                    &*at.header.tenant,
                    &**name,
                    &**correlation_key,
                    text(message_id),
                    at.header.time,
                    expires
                ])?;
        }
        Event::MessageExpired { key } => {
            at.db.prepare_cached("UPDATE messages SET state = 'EXPIRED' WHERE key = ?")?.execute([key.0])?;
        }
        _ => {}
    }
    Ok(())
}
