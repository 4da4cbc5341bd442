//! Rows that the records at hand create or change: they change in memory and are written once, at the end.
//!
//! Most instances of a busy server live through several changes within one delivery of records; writing only
//! their last state saves more than half of the statements.

use record::command::TaskChanges;
use record::{Str, wire};
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};
use rustc_hash::FxHashMap;

/// A row of a table with an integer primary key.
pub(crate) trait Stored: Sized {
    /// The statement that writes it, over what is there already.
    const WRITE: &'static str;
    /// Its key.
    fn key(&self) -> i64;
    /// Runs [`Stored::WRITE`] with its values.
    fn write(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;
}

/// A row that can be read back to be changed.
pub(crate) trait Loaded: Stored {
    /// The statement that reads it by its key.
    const READ: &'static str;
    /// The row that [`Loaded::READ`] gives.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// Rows of one table that are to be written, in the order in which they were touched.
pub(crate) struct Pending<R> {
    rows: Vec<R>,
    by_key: FxHashMap<i64, usize>,
}

impl<R> Default for Pending<R> {
    fn default() -> Self {
        Pending { rows: Vec::new(), by_key: FxHashMap::default() }
    }
}

impl<R: Stored> Pending<R> {
    /// Adds what there is.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = R>) {
        for row in rows {
            self.add(row);
        }
    }

    /// The row with this key, if it was touched.
    pub fn get(&mut self, key: i64) -> Option<&mut R> {
        let at = *self.by_key.get(&key)?;
        self.rows.get_mut(at)
    }

    /// Adds a row; false where it was touched already.
    pub fn add(&mut self, row: R) -> bool {
        if self.by_key.contains_key(&row.key()) {
            return false;
        }
        self.by_key.insert(row.key(), self.rows.len());
        self.rows.push(row);
        true
    }

    /// Writes all rows and forgets them.
    pub fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if !self.rows.is_empty() {
            let mut statement = connection.prepare_cached(R::WRITE)?;
            for row in self.rows.drain(..) {
                row.write(&mut statement)?;
            }
            self.by_key.clear();
        }
        Ok(())
    }
}

impl<R: Loaded> Pending<R> {
    /// The row with this key, read if it was not touched yet. None where there is no such row.
    pub fn load(&mut self, connection: &Connection, key: i64) -> rusqlite::Result<Option<&mut R>> {
        if !self.by_key.contains_key(&key) {
            let row = connection.prepare_cached(R::READ)?.query_row([key], R::read).optional()?;
            let Some(row) = row else { return Ok(None) };
            self.add(row);
        }
        Ok(self.get(key))
    }
}

/// A new row of `process_instances`.
pub(crate) struct NewInstance {
    pub key: i64,
    pub tenant: Str,
    pub definition: i64,
    pub state: &'static str,
    pub started: i64,
    pub ended: Option<i64>,
    pub parent: Option<i64>,
    pub parent_element: Option<i64>,
    pub root: i64,
    pub business_id: Option<Str>,
    pub tags: Option<String>,
    pub traceparent: Option<Str>,
}

impl Stored for NewInstance {
    const WRITE: &'static str =
        "INSERT OR IGNORE INTO process_instances VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)";
    fn key(&self) -> i64 {
        self.key
    }
    fn write(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            self.key,
            &*self.tenant,
            self.definition,
            self.state,
            self.started,
            self.ended,
            self.parent,
            self.parent_element,
            self.root,
            self.business_id.as_deref(),
            self.tags,
            self.traceparent.as_deref(),
        ])
    }
}

/// What an element instance stands for; the numbers are in the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The element, or what will be the body of a loop when its first iteration begins.
    Plain = 0,
    /// An iteration of it.
    Iteration = 1,
    /// The body around the iterations.
    Body = 2,
    /// The scope of an activity of an ad-hoc sub-process.
    Inner = 3,
}

impl Role {
    /// Bodies and scopes of activities are not counted, lest the element counts twice.
    pub fn counts(self) -> bool {
        matches!(self, Role::Plain | Role::Iteration)
    }
}

/// A new row of `element_instances`.
pub(crate) struct NewElement {
    pub key: i64,
    pub tenant: Str,
    pub instance: i64,
    pub definition: i64,
    pub ordinal: u32,
    pub scope: i64,
    pub role: Role,
    pub state: &'static str,
    pub started: i64,
    pub ended: Option<i64>,
}

impl Stored for NewElement {
    const WRITE: &'static str =
        "INSERT OR IGNORE INTO element_instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    fn key(&self) -> i64 {
        self.key
    }
    fn write(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            self.key,
            &*self.tenant,
            self.instance,
            self.definition,
            self.ordinal,
            self.scope,
            self.role as u8,
            self.state,
            self.started,
            self.ended,
        ])
    }
}

/// A row of `jobs`.
pub(crate) struct JobState {
    pub key: i64,
    pub tenant: Str,
    pub instance: i64,
    pub definition: i64,
    pub element: i64,
    pub job_type: Str,
    pub kind: Str,
    /// The event of a listener.
    pub event: Option<Str>,
    pub state: Str,
    pub retries: i32,
    pub priority: i32,
    pub worker: Option<Str>,
    pub deadline: Option<i64>,
    pub retry_at: Option<i64>,
    pub error_code: Option<Str>,
    pub error_message: Option<Str>,
    pub failed_with_retries: bool,
    /// Whether a listener denied; none where it is no listener of a task, or not done.
    pub denied: Option<bool>,
    pub denied_reason: Option<Str>,
    pub created: i64,
    pub updated: i64,
    pub ended: Option<i64>,
}

impl Stored for JobState {
    const WRITE: &'static str =
        "INSERT INTO jobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
           ?20, ?21, ?22)
         ON CONFLICT (key) DO UPDATE SET state = ?9, retries = ?10, priority = ?11, worker = ?12, deadline = ?13,
           retry_at = ?14, error_code = ?15, error_message = ?16, failed_with_retries = ?17, denied = ?18,
           denied_reason = ?19, updated = ?21, ended = ?22";
    fn key(&self) -> i64 {
        self.key
    }
    fn write(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            self.key,
            &*self.tenant,
            self.instance,
            self.definition,
            self.element,
            &*self.job_type,
            &*self.kind,
            self.event.as_deref(),
            &*self.state,
            self.retries,
            self.priority,
            self.worker.as_deref(),
            self.deadline,
            self.retry_at,
            self.error_code.as_deref(),
            self.error_message.as_deref(),
            self.failed_with_retries,
            self.denied,
            self.denied_reason.as_deref(),
            self.created,
            self.updated,
            self.ended,
        ])
    }
}

impl Loaded for JobState {
    const READ: &'static str = "SELECT * FROM jobs WHERE key = ?";
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(JobState {
            key: row.get(0)?,
            tenant: row.get(1)?,
            instance: row.get(2)?,
            definition: row.get(3)?,
            element: row.get(4)?,
            job_type: row.get(5)?,
            kind: row.get(6)?,
            event: row.get(7)?,
            state: row.get(8)?,
            retries: row.get(9)?,
            priority: row.get(10)?,
            worker: row.get(11)?,
            deadline: row.get(12)?,
            retry_at: row.get(13)?,
            error_code: row.get(14)?,
            error_message: row.get(15)?,
            failed_with_retries: row.get(16)?,
            denied: row.get(17)?,
            denied_reason: row.get(18)?,
            created: row.get(19)?,
            updated: row.get(20)?,
            ended: row.get(21)?,
        })
    }
}

/// A row of `user_tasks`.
pub(crate) struct TaskState {
    pub key: i64,
    pub tenant: Str,
    pub instance: i64,
    pub definition: i64,
    pub element: i64,
    pub state: Str,
    pub assignee: Option<Str>,
    pub candidate_users: String,
    pub candidate_groups: String,
    pub due: Option<i64>,
    pub follow_up: Option<i64>,
    pub priority: i32,
    pub form: Option<Str>,
    pub form_key: Option<i64>,
    pub action: Option<Str>,
    pub denied_reason: Option<Str>,
    /// What the transition under way will change.
    pub changes: Option<TaskChanges>,
    pub created: i64,
    pub ended: Option<i64>,
}

impl Stored for TaskState {
    const WRITE: &'static str =
        "INSERT INTO user_tasks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
           ?18, ?19)
         ON CONFLICT (key) DO UPDATE SET state = ?6, assignee = ?7, candidate_users = ?8, candidate_groups = ?9,
           due = ?10, follow_up = ?11, priority = ?12, action = ?15, denied_reason = ?16, changes = ?17, ended = ?19";
    fn key(&self) -> i64 {
        self.key
    }
    fn write(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            self.key,
            &*self.tenant,
            self.instance,
            self.definition,
            self.element,
            &*self.state,
            self.assignee.as_deref(),
            self.candidate_users,
            self.candidate_groups,
            self.due,
            self.follow_up,
            self.priority,
            self.form.as_deref(),
            self.form_key,
            self.action.as_deref(),
            self.denied_reason.as_deref(),
            self.changes.as_ref().map(wire::to_bytes),
            self.created,
            self.ended,
        ])
    }
}

impl Loaded for TaskState {
    const READ: &'static str = "SELECT * FROM user_tasks WHERE key = ?";
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(TaskState {
            key: row.get(0)?,
            tenant: row.get(1)?,
            instance: row.get(2)?,
            definition: row.get(3)?,
            element: row.get(4)?,
            state: row.get(5)?,
            assignee: row.get(6)?,
            candidate_users: row.get(7)?,
            candidate_groups: row.get(8)?,
            due: row.get(9)?,
            follow_up: row.get(10)?,
            priority: row.get(11)?,
            form: row.get(12)?,
            form_key: row.get(13)?,
            action: row.get(14)?,
            denied_reason: row.get(15)?,
            changes: task_changes(row, 16)?,
            created: row.get(17)?,
            ended: row.get(18)?,
        })
    }
}

/// The column of changes; what cannot be read is as if there were none.
pub(crate) fn task_changes(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<TaskChanges>> {
    let bytes: Option<Vec<u8>> = row.get(at)?;
    Ok(bytes.and_then(|bytes| wire::from_bytes(&bytes).ok()))
}
