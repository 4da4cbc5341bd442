//! The read model: projection of durable records and search, on SQLite.
//!
//! [`History`] is the one writer: it turns records into rows and moves its position in the same transaction, so a
//! record that is delivered twice changes nothing. [`Reader`]s search over their own connections and never hold
//! the projection up.
//!
//! **Invariant:** everything here follows from the log; deleting the file and delivering the records again from
//! the first gives the same rows. Nothing here knows HTTP or the wire format of the API.

mod agents;
mod batch;
mod decisions;
mod deletion;
mod durable;
mod elements;
mod entity;
mod files;
mod forms;
mod jobs;
mod messages;
mod operations;
mod project;
mod query;
mod reader;
mod rows;
mod sql;
mod statistics;
mod tasks;
mod waits;

pub use agents::{AgentDefinitionRow, AgentDefinitions};
pub use decisions::{
    DecisionDefinitionRow, DecisionDefinitions, DecisionInstanceRow, DecisionInstances, DecisionRequirements,
    DecisionRequirementsRow, DecisionRule, DecisionValue,
};
pub use elements::{Element, Elements};
pub use entity::{
    CorrelatedSubscriptions, ElementInstances, Entity, Field, Incidents, Jobs, Kind, MessageSubscriptions,
    ProcessDefinitions, ProcessInstances, UserTasks, Variables,
};
pub use files::FileRow;
pub use forms::FormRow;
pub use query::{
    COUNTED, Condition, MAX_LIMIT, Operator, Order, Page, PageRequest, Query, SearchError, Start, Value,
};
pub use reader::{Reader, RecordEvents};
pub use rows::{
    CorrelatedSubscriptionRow, ElementInstanceRow, IncidentRow, JobRow, MessageSubscriptionRow, OfDefinition,
    ProcessDefinitionRow, ProcessInstanceRow, UserTaskRow, VariableRow,
};
pub use statistics::{
    DefinitionCount, DefinitionOverview, ElementCount, ErrorCount, SequenceFlowRow, TimerRow, WaitRow,
    WaitingToken,
};

use project::Projection;
use reader::Shared;
use record::Record;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// Layout of the tables. A file of another layout is refused; it can be deleted and built again from the log.
pub const FORMAT: i64 = 5;

/// Why the read model cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The database failed.
    #[error("read model: {0}; the file can be deleted, it is built again from the log")]
    Database(#[from] rusqlite::Error),
    /// The file was written by another version.
    #[error(
        "read model: the file has format {found}, this version reads {FORMAT}; delete it, it is built again from the log"
    )]
    Format {
        /// What the file says.
        found: i64,
    },
    /// Stored events cannot be read.
    #[error("read model: events of record {lsn} cannot be read: {why}")]
    Events {
        /// The record.
        lsn: u64,
        /// Why.
        why: String,
    },
}

/// The read model's writer. Implements what the runtime expects of an exporter.
pub struct History {
    connection: Connection,
    projection: Projection,
    shared: Arc<Shared>,
    position: u64,
}

impl History {
    /// Opens or creates the read model in a file.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
        connection.set_prepared_statement_cache_capacity(128);
        let known: Option<String> = connection
            .query_row("SELECT name FROM sqlite_master WHERE name = 'meta'", [], |row| row.get(0))
            .map_or_else(none_if_absent, |name| Ok(Some(name)))?;
        if known.is_none() {
            let transaction = connection.transaction()?;
            transaction.execute_batch(include_str!("schema.sql"))?;
            transaction.execute("INSERT INTO meta VALUES (1, ?, 0, 0)", [FORMAT])?;
            transaction.commit()?;
        }
        let (format, position): (i64, i64) =
            connection
                .query_row("SELECT format, position FROM meta", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if format != FORMAT {
            return Err(HistoryError::Format { found: format });
        }
        deletion::prepare(&connection)?;
        let shared = Arc::new(Shared::new(path.to_owned(), position as u64));
        Ok(History { connection, projection: Projection::default(), shared, position: position as u64 })
    }

    /// The last record that is in the rows.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Searches; cheap to clone, and works while records are projected.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// Turns records into rows, all of them or (on an error) none. Records that are in the rows already are
    /// passed over.
    pub fn project(&mut self, records: &[Arc<Record>]) -> Result<(), HistoryError> {
        let first = records.iter().position(|record| record.header.lsn > self.position);
        let Some(first) = first else { return Ok(()) };
        let records = &records[first..];
        let transaction = self.connection.transaction()?;
        let result = self.projection.run(&transaction, records);
        if let Err(error) = result {
            // What the projection remembers may rest on rows that are about to vanish.
            self.projection = Projection::default();
            return Err(error);
        }
        let (mut position, mut time) = (self.position, 0);
        for record in records {
            position = position.max(record.header.lsn);
            time = record.header.time;
        }
        transaction
            .prepare_cached("UPDATE meta SET position = ?, time = ?")?
            .execute((position as i64, time))?;
        transaction.commit()?;
        self.position = position;
        self.shared.moved(position);
        Ok(())
    }

    /// [`History::project`] with the error as text, as the runtime's exporter wants it.
    pub fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        self.project(records).map_err(|error| error.to_string())
    }
}

fn none_if_absent<T>(error: rusqlite::Error) -> Result<Option<T>, rusqlite::Error> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(None),
        other => Err(other),
    }
}
