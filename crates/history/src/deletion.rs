//! What was deleted: definitions and files that only history knows any more, and what history forgets too.
//!
//! A deleted definition stays, marked, because instances that ended by it are still shown with their diagrams, and
//! evaluations with their tables; a deleted form stays for the tasks that had it. Whoever calls these statements over
//! whole tables has written pending rows before.

use crate::operations::{Which, forget_instances};
use crate::project::{Place, Result};
use record::{Event, Key};
use rusqlite::{Connection, params};

/// Marks of what was deleted. A table of its own, so that a file of before can have it too.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS deleted (key INTEGER PRIMARY KEY, time INTEGER NOT NULL)";

/// True in SQL where the row with this key is not marked.
macro_rules! is_there {
    ($key:literal) => {
        concat!("NOT EXISTS (SELECT 1 FROM deleted gone WHERE gone.key = ", $key, ")")
    };
}
pub(crate) use is_there;

/// Brings the table into a file that was made before there were deletions.
pub(crate) fn prepare(db: &Connection) -> Result {
    db.execute_batch(TABLE)?;
    Ok(())
}

/// Something was deleted.
pub(crate) fn deleted(at: &Place<'_>, event: &Event) -> Result {
    match event {
        Event::DefinitionDeleted { key, history: false } => mark(at, "SELECT ?1 AS key", *key),
        Event::DefinitionDeleted { key, history: true } => forget_definition(at, *key),
        Event::RequirementsDeleted { key, history: false } => mark(
            at,
            "SELECT ?1 AS key UNION SELECT key FROM decision_definitions WHERE requirements = ?1",
            *key,
        ),
        Event::RequirementsDeleted { key, history: true } => forget_requirements(at, *key),
        Event::FileDeleted { key } => mark(at, "SELECT ?1 AS key", *key),
        _ => Ok(()),
    }
}

fn mark(at: &Place<'_>, keys: &str, key: Key) -> Result {
    let insert = format!("INSERT OR IGNORE INTO deleted SELECT it.key, ?2 FROM ({keys}) it");
    at.db.prepare_cached(&insert)?.execute((key.0, at.header.time))?;
    Ok(())
}

/// All instances of it have ended, so nothing refers to it but elements of instances that were migrated away: these
/// keep their names.
fn forget_definition(at: &Place<'_>, key: Key) -> Result {
    forget_instances(at, Which::OfDefinition(key.0))?;
    let run = |statement: &str| at.db.prepare_cached(statement)?.execute([key.0]);
    run("DELETE FROM timers WHERE definition = ? AND instance = 0")?;
    run("DELETE FROM elements WHERE definition = ?1 AND NOT EXISTS (SELECT 1 FROM element_counts
         WHERE definition = ?1 AND (active <> 0 OR completed <> 0 OR terminated <> 0))")?;
    run(
        "DELETE FROM element_counts WHERE definition = ? AND active = 0 AND completed = 0 AND terminated = 0",
    )?;
    forget_file(at, "process_definitions", key)
}

fn forget_requirements(at: &Place<'_>, key: Key) -> Result {
    let run = |statement: &str| at.db.prepare_cached(statement)?.execute([key.0]);
    run("DELETE FROM decision_instances WHERE requirements = ?")?;
    run("DELETE FROM deleted WHERE key IN (SELECT key FROM decision_definitions WHERE requirements = ?)")?;
    run("DELETE FROM decision_definitions WHERE requirements = ?")?;
    forget_file(at, "decision_requirements", key)
}

/// Takes a definition out, and the file that it came from where no other came from the same one.
fn forget_file(at: &Place<'_>, table: &str, key: Key) -> Result {
    let select = format!("DELETE FROM {table} WHERE key = ? RETURNING deployment, resource");
    let mut select = at.db.prepare_cached(&select)?;
    let rows = select.query_map([key.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let files: Vec<(i64, String)> = rows.collect::<std::result::Result<_, _>>()?;
    for (deployment, name) in files {
        at.db
            .prepare_cached(
                "DELETE FROM resources WHERE deployment = ?1 AND name = ?2 AND NOT EXISTS
                 (SELECT 1 FROM process_definitions WHERE deployment = ?1 AND resource = ?2)",
            )?
            .execute(params![deployment, name])?;
    }
    at.db.prepare_cached("DELETE FROM deleted WHERE key = ?")?.execute([key.0])?;
    Ok(())
}
