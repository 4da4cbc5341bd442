//! From events of what an instance waits for (timers, signals, conditions, tokens of a join) to rows.

use crate::project::{Place, Result};
use record::{Event, Key};
use rusqlite::params;

/// An event of a timer.
pub(crate) fn timer_event(at: &Place<'_>, event: &Event) -> Result {
    match event {
        Event::TimerScheduled { key, element, ordinal, due, repetitions, .. } => {
            at.db
                .prepare_cached("INSERT OR REPLACE INTO timers VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'CREATED')")?
                .execute(params![
                    key.0,
                    &*at.header.tenant,
                    at.instance,
                    at.definition,
                    element.0,
                    ordinal,
                    due,
                    repetitions
                ])?;
            Ok(())
        }
        Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, .. } => {
            at.db
                .prepare_cached("INSERT OR REPLACE INTO timers VALUES (?, ?, 0, ?, 0, ?, ?, ?, 'CREATED')")?
                .execute(params![key.0, &*at.header.tenant, definition.0, ordinal, due, repetitions])?;
            Ok(())
        }
        Event::TimerTriggered { key } | Event::StartTimerTriggered { key } => {
            set_state(at, "timers", *key, "TRIGGERED")
        }
        Event::TimerCanceled { key } | Event::StartTimerCanceled { key } => {
            set_state(at, "timers", *key, "CANCELED")
        }
        _ => Ok(()),
    }
}

/// A subscription to a signal.
pub(crate) fn signal_opened(at: &Place<'_>, event: &Event) -> Result {
    let Event::SubscriptionOpened { key, element, ordinal, name, .. } = event else { return Ok(()) };
    at.db
        .prepare_cached(
            "INSERT OR IGNORE INTO signal_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, 'CREATED', ?)",
        )?
        .execute(params![
            key.0,
            &*at.header.tenant,
            at.instance,
            at.definition,
            element.0,
            ordinal,
            &**name,
            at.header.time
        ])?;
    Ok(())
}

/// An event of a condition.
pub(crate) fn condition_event(at: &Place<'_>, event: &Event) -> Result {
    match event {
        Event::ConditionOpened { key, element, ordinal, .. } => {
            at.db
                .prepare_cached("INSERT OR IGNORE INTO conditions VALUES (?, ?, ?, ?, ?, ?, 'CREATED', ?)")?
                .execute(params![
                    key.0,
                    &*at.header.tenant,
                    at.instance,
                    at.definition,
                    element.0,
                    ordinal,
                    at.header.time
                ])?;
            Ok(())
        }
        Event::ConditionClosed { key } => set_state(at, "conditions", *key, "CLOSED"),
        _ => Ok(()),
    }
}

/// What something in one of the tables of waits is now.
pub(crate) fn set_state(at: &Place<'_>, table: &str, key: Key, state: &str) -> Result {
    let update = format!("UPDATE {table} SET state = ? WHERE key = ?");
    at.db.prepare_cached(&update)?.execute((state, key.0))?;
    Ok(())
}

/// A token took a flow, and may wait at its end.
pub(crate) fn flow_taken(at: &Place<'_>, ordinal: u32, scope: Key, waits: bool) -> Result {
    at.db.prepare_cached("INSERT OR IGNORE INTO sequence_flows VALUES (?, ?, ?)")?.execute((
        at.instance,
        at.definition,
        ordinal,
    ))?;
    if waits {
        at.db
            .prepare_cached(
                "INSERT INTO waiting_tokens VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1",
            )?
            .execute((at.instance, scope.0, ordinal))?;
    }
    Ok(())
}

/// A join consumed a token of each of these flows.
pub(crate) fn join_fired(at: &Place<'_>, scope: Key, flows: &[u32]) -> Result {
    for flow in flows {
        at.db
            .prepare_cached(
                "UPDATE waiting_tokens SET tokens = tokens - 1 WHERE instance = ? AND scope = ? AND ordinal = ?",
            )?
            .execute((at.instance, scope.0, flow))?;
    }
    at.db
        .prepare_cached("DELETE FROM waiting_tokens WHERE instance = ? AND scope = ? AND tokens <= 0")?
        .execute((at.instance, scope.0))?;
    Ok(())
}
