//! What is done to an instance as a whole: suspension, migration to another definition, deletion.
//!
//! These are statements over whole tables: whoever calls them has written pending rows before.

use crate::project::{Place, Result};
use record::Key;
use rusqlite::params;

/// Nothing of the instance goes on, since now, or it goes on again.
pub(crate) fn set_suspended(at: &Place<'_>, suspended: bool) -> Result {
    let state = if suspended { "SUSPENDED" } else { "ACTIVE" };
    let since = suspended.then_some(at.header.time);
    at.db
        .prepare_cached(
            "UPDATE process_instances SET state = ?, suspended = ? WHERE key = ? AND ended IS NULL",
        )?
        .execute(params![state, since, at.instance])?;
    Ok(())
}

/// Tables of what belongs to an element of a definition, with the condition under which it is still there.
const LIVE: &[(&str, &str)] = &[
    ("element_instances", "ended IS NULL"),
    ("incidents", "state = 'ACTIVE'"),
    ("timers", "state = 'CREATED'"),
    ("message_subscriptions", "state <> 'DELETED'"),
    ("signal_subscriptions", "state = 'CREATED'"),
    ("conditions", "state = 'CREATED'"),
];

/// Live elements, and what they wait for, are elements of another definition from now on; what ended stays what it
/// was.
pub(crate) fn migrated(at: &mut Place<'_>, definition: Key, elements: &[(u32, u32)]) -> Result {
    let instance = at.instance;
    move_counts(at, definition, elements)?;
    at.db
        .prepare_cached("UPDATE process_instances SET definition = ? WHERE key = ?")?
        .execute((definition.0, instance))?;
    for (table, live) in LIVE {
        let of_instance = format!("UPDATE {table} SET definition = ? WHERE instance = ? AND {live}");
        at.db.prepare_cached(&of_instance)?.execute((definition.0, instance))?;
        rename(at, table, live, elements)?;
    }
    rename(at, "waiting_tokens", "1", elements)?;
    for (table, live) in [("jobs", "ended IS NULL"), ("user_tasks", "ended IS NULL")] {
        let of_instance = format!("UPDATE {table} SET definition = ? WHERE instance = ? AND {live}");
        at.db.prepare_cached(&of_instance)?.execute((definition.0, instance))?;
    }
    at.definition = definition.0;
    Ok(())
}

/// Through negative numbers, so that two elements may change places.
fn rename(at: &Place<'_>, table: &str, live: &str, elements: &[(u32, u32)]) -> Result {
    let away = format!("UPDATE {table} SET ordinal = -1 - ? WHERE instance = ? AND ordinal = ? AND {live}");
    let mut away = at.db.prepare_cached(&away)?;
    for (old, new) in elements {
        away.execute((new, at.instance, old))?;
    }
    let back = format!("UPDATE {table} SET ordinal = -1 - ordinal WHERE instance = ? AND ordinal < 0");
    at.db.prepare_cached(&back)?.execute([at.instance])?;
    Ok(())
}

/// Active elements are counted at the other definition.
fn move_counts(at: &Place<'_>, definition: Key, elements: &[(u32, u32)]) -> Result {
    let live = "SELECT definition, ordinal, count(*) FROM element_instances
         WHERE instance = ? AND ended IS NULL AND role < 2 GROUP BY definition, ordinal";
    let mut live = at.db.prepare_cached(live)?;
    let rows = live.query_map([at.instance], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(i64, u32, i64)> = rows.collect::<std::result::Result<_, _>>()?;
    for (old_definition, old, count) in rows {
        let new = elements.iter().find(|(from, _)| *from == old).map_or(old, |(_, to)| *to);
        add_counts(at, old_definition, old, [-count, 0, 0])?;
        add_counts(at, definition.0, new, [count, 0, 0])?;
    }
    Ok(())
}

/// Adds to the counters of an element: active, completed, terminated.
fn add_counts(at: &Place<'_>, definition: i64, ordinal: u32, counts: [i64; 3]) -> Result {
    at.db.prepare_cached(ADD_COUNTS)?.execute((definition, ordinal, counts[0], counts[1], counts[2]))?;
    Ok(())
}

/// Adds to the counters of an element.
pub(crate) const ADD_COUNTS: &str =
    "INSERT INTO element_counts VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (definition, ordinal)
     DO UPDATE SET active = active + ?3, completed = completed + ?4, terminated = terminated + ?5";

/// Tables that know the instance.
const OF_INSTANCE: &[&str] = &[
    "element_instances",
    "sequence_flows",
    "waiting_tokens",
    "jobs",
    "variables",
    "incidents",
    "user_tasks",
    "timers",
    "message_subscriptions",
    "signal_subscriptions",
    "conditions",
    "decision_instances",
];

/// Which instances are forgotten.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// That of the event.
    One,
    /// All of a definition.
    OfDefinition(i64),
}

/// Instances that have ended are forgotten, their events too. That someone deleted them stays.
pub(crate) fn forget_instances(at: &Place<'_>, which: Which) -> Result {
    let tenant = &*at.header.tenant;
    let (key, keys) = match which {
        Which::One => (at.instance, "(SELECT key FROM process_instances WHERE key = ?1 AND tenant = ?2)"),
        Which::OfDefinition(definition) => {
            (definition, "(SELECT key FROM process_instances WHERE definition = ?1 AND tenant = ?2)")
        }
    };
    let ended = format!(
        "SELECT definition, ordinal, sum(state = 'ACTIVE'), sum(state = 'COMPLETED'), sum(state = 'TERMINATED')
         FROM element_instances WHERE instance IN {keys} AND role < 2 GROUP BY definition, ordinal"
    );
    let mut ended = at.db.prepare_cached(&ended)?;
    let rows = ended.query_map(params![key, tenant], |row| {
        Ok((row.get(0)?, row.get(1)?, [row.get(2)?, row.get(3)?, row.get(4)?]))
    })?;
    let rows: Vec<(i64, u32, [i64; 3])> = rows.collect::<std::result::Result<_, _>>()?;
    for (definition, ordinal, counts) in rows {
        add_counts(at, definition, ordinal, counts.map(|count| -count))?;
    }
    let run = |statement: String| at.db.prepare_cached(&statement)?.execute(params![key, tenant]);
    run(format!(
        "DELETE FROM correlations WHERE subscription IN
         (SELECT key FROM message_subscriptions WHERE instance IN {keys})"
    ))?;
    for table in OF_INSTANCE {
        run(format!("DELETE FROM {table} WHERE instance IN {keys}"))?;
    }
    at.db
        .prepare_cached(&format!(
            "DELETE FROM records WHERE instance IN {keys} AND instance <> 0 AND lsn < ?3"
        ))?
        .execute(params![key, tenant, at.header.lsn as i64])?;
    run(format!("DELETE FROM process_instances WHERE key IN {keys}"))?;
    Ok(())
}
