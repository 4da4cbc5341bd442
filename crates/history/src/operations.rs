//! What is done to an instance as a whole: suspension, migration to another definition, deletion.

use crate::project::{Place, Result};
use record::Key;
use rusqlite::params;

/// The instance is suspended, or goes on.
pub(crate) fn set_state(at: &Place<'_>, state: &str) -> Result {
    at.db
        .prepare_cached("UPDATE process_instances SET state = ? WHERE key = ? AND ended IS NULL")?
        .execute(params![state, at.instance])?;
    Ok(())
}

/// Live elements, and what they wait for, are elements of another definition from now on.
pub(crate) fn migrated(at: &mut Place<'_>, definition: Key, elements: &[(u32, u32)]) -> Result {
    at.db
        .prepare_cached("UPDATE process_instances SET definition = ? WHERE key = ?")?
        .execute(params![definition.0, at.instance])?;
    at.db
        .prepare_cached("UPDATE element_instances SET definition = ? WHERE instance = ? AND ended IS NULL")?
        .execute(params![definition.0, at.instance])?;
    // Through negative numbers, so that two elements may change places.
    for (old, new) in elements {
        at.db
            .prepare_cached(
                "UPDATE element_instances SET ordinal = -1 - ?
                 WHERE instance = ? AND ended IS NULL AND ordinal = ?",
            )?
            .execute(params![new, at.instance, old])?;
    }
    at.db
        .prepare_cached(
            "UPDATE element_instances SET ordinal = -1 - ordinal WHERE instance = ? AND ordinal < 0",
        )?
        .execute([at.instance])?;
    at.definition = definition.0;
    Ok(())
}

/// The instance is forgotten; the log keeps what happened until it is trimmed.
pub(crate) fn deleted(at: &Place<'_>) -> Result {
    const TABLES: &[&str] = &[
        "element_instances",
        "sequence_flows",
        "waiting_tokens",
        "jobs",
        "variables",
        "incidents",
        "user_tasks",
        "timers",
        "message_subscriptions",
        "decision_instances",
    ];
    for table in TABLES {
        at.db.execute(&format!("DELETE FROM {table} WHERE instance = ?"), [at.instance])?;
    }
    at.db.prepare_cached("DELETE FROM process_instances WHERE key = ?")?.execute([at.instance])?;
    Ok(())
}
