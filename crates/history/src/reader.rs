//! Reading: searches, single items, an instance's own history, and waiting for a position.

use crate::elements::Elements;
use crate::entity::Entity;
use crate::query::{Page, Query, SearchError};
use crate::{HistoryError, sql};
use record::{Event, wire};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use rustc_hash::FxHashMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Connections that are kept open for the next search.
const IDLE_CONNECTIONS: usize = 8;

/// Definitions whose elements are kept in memory.
const KEPT_DEFINITIONS: usize = 1_000;

/// Searches the read model.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// What writer and readers share.
pub(crate) struct Shared {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    elements: Mutex<FxHashMap<i64, Arc<Elements>>>,
    position: Mutex<u64>,
    moved: Condvar,
}

/// A record of an aggregate, with its events.
#[derive(Debug, Clone)]
pub struct RecordEvents {
    /// Position in the log.
    pub lsn: u64,
    /// Engine time, milliseconds since 1970.
    pub time: i64,
    /// Who asked.
    pub actor: String,
    /// Trace context of the request.
    pub traceparent: Option<String>,
    /// The instance, where the aggregate is one.
    pub instance: Option<i64>,
    /// Its definition when the record began; an `InstanceMigrated` in it changes that.
    pub definition: Option<i64>,
    /// Kind of the aggregate.
    pub aggregate: String,
    /// Name of the command.
    pub command: String,
    /// What happened; none where it was erased.
    pub events: Option<Vec<Event>>,
}

impl Shared {
    pub fn new(path: PathBuf, position: u64) -> Self {
        Shared {
            path,
            idle: Mutex::default(),
            elements: Mutex::default(),
            position: Mutex::new(position),
            moved: Condvar::new(),
        }
    }

    /// Tells everyone who waits.
    pub fn moved(&self, position: u64) {
        *lock(&self.position) = position;
        self.moved.notify_all();
    }
}

/// Nothing that is held under these locks can be left half-changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Reader { shared }
    }

    /// The last record that searches see.
    pub fn position(&self) -> u64 {
        *lock(&self.shared.position)
    }

    /// Waits until searches see the record; the position reached, which is less where the time was not enough.
    pub fn wait_for(&self, lsn: u64, timeout: Duration) -> u64 {
        let end = Instant::now() + timeout;
        let mut position = lock(&self.shared.position);
        while *position < lsn {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            position =
                self.shared.moved.wait_timeout(position, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *position
    }

    /// Searches.
    pub fn search<E: Entity>(&self, query: &Query) -> Result<Page<E::Row>, SearchError> {
        self.with(|connection| sql::search::<E>(connection, query))
    }

    /// The item with a key.
    pub fn get<E: Entity>(&self, tenant: &str, key: i64) -> Result<Option<E::Row>, SearchError> {
        self.with(|connection| sql::get::<E>(connection, tenant, key))
    }

    /// The file that a definition came from.
    pub fn xml(&self, tenant: &str, definition: i64) -> Result<Option<Vec<u8>>, SearchError> {
        self.with(|connection| {
            let select = "SELECT r.content FROM process_definitions d
                 JOIN resources r ON r.deployment = d.deployment AND r.name = d.resource
                 WHERE d.key = ? AND d.tenant = ?";
            Ok(connection
                .prepare_cached(select)?
                .query_row((definition, tenant), |row| row.get(0))
                .optional()?)
        })
    }

    /// The elements of a definition by ordinal.
    pub fn elements(&self, definition: i64) -> Result<Arc<Elements>, SearchError> {
        if let Some(elements) = lock(&self.shared.elements).get(&definition) {
            return Ok(elements.clone());
        }
        let elements = Arc::new(self.with(|connection| Ok(Elements::load(connection, definition)?))?);
        let mut kept = lock(&self.shared.elements);
        if kept.len() >= KEPT_DEFINITIONS {
            kept.clear();
        }
        // A definition that is not there yet may come.
        if elements.get(0).is_some() {
            kept.insert(definition, elements.clone());
        }
        Ok(elements)
    }

    /// The records of an instance after a position, oldest first.
    pub fn history(
        &self,
        tenant: &str,
        instance: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordEvents>, SearchError> {
        self.with(|connection| {
            let select = "SELECT r.lsn, r.time, r.actor, r.traceparent, r.instance, r.aggregate, r.command, r.events,
                   r.definition
                 FROM records r WHERE r.instance = ? AND r.lsn > ? AND r.tenant = ? AND r.instance <> 0 ORDER BY r.lsn LIMIT ?";
            let mut select = connection.prepare_cached(select)?;
            let mut rows = select.query((instance, after as i64, tenant, limit as i64))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(record_events(row)?);
            }
            Ok(records)
        })
    }

    /// All records of a tenant after a position, oldest first, and the position up to which was looked.
    pub fn changes(
        &self,
        tenant: &str,
        after: u64,
        limit: usize,
    ) -> Result<(Vec<RecordEvents>, u64), SearchError> {
        let position = self.position();
        self.with(|connection| {
            let select =
                "SELECT r.lsn, r.time, r.actor, r.traceparent, r.instance, r.aggregate, r.command, r.events,
                   r.definition
                 FROM records r WHERE r.lsn > ? AND r.lsn <= ? AND r.tenant = ? ORDER BY r.lsn LIMIT ?";
            let mut select = connection.prepare_cached(select)?;
            let mut rows = select.query((after as i64, position as i64, tenant, limit as i64))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(record_events(row)?);
            }
            let seen = match records.last() {
                Some(last) if records.len() == limit => last.lsn,
                _ => position,
            };
            Ok((records, seen))
        })
    }

    /// Runs on a connection of the pool.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&Connection) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let idle = lock(&self.shared.idle).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let result = run(&connection);
        let mut idle = lock(&self.shared.idle);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push(connection);
        }
        result
    }

    fn connect(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.shared.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "query_only", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

fn record_events(row: &Row<'_>) -> Result<RecordEvents, SearchError> {
    let lsn = row.get::<_, i64>(0)? as u64;
    let events: Option<Vec<u8>> = row.get(7)?;
    let events = events
        .map(|bytes| wire::from_bytes::<Vec<Event>>(&bytes))
        .transpose()
        .map_err(|error| HistoryError::Events { lsn, why: error.to_string() })?;
    Ok(RecordEvents {
        lsn,
        time: row.get(1)?,
        actor: row.get(2)?,
        traceparent: row.get(3)?,
        instance: Some(row.get::<_, i64>(4)?).filter(|key| *key != 0),
        definition: row.get(8)?,
        aggregate: row.get(5)?,
        command: row.get(6)?,
        events,
    })
}
