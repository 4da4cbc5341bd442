//! Counts, and what an instance waits for.

use crate::entity::{Entity, ProcessInstances};
use crate::query::{Condition, SearchError};
use crate::reader::Reader;
use crate::sql::Clause;
use rusqlite::params_from_iter;

/// How many instances of an element are in which state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ElementCount {
    /// BPMN id of the element.
    pub element_id: String,
    /// Active, without those that have an incident.
    pub active: i64,
    /// Active with an incident.
    pub incidents: i64,
    /// Completed.
    pub completed: i64,
    /// Terminated.
    pub terminated: i64,
}

/// A definition at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefinitionOverview {
    /// Running instances.
    pub active: i64,
    /// Running instances with an incident.
    pub with_incident: i64,
    /// Ended instances, completed or terminated.
    pub ended: i64,
    /// Counts by element, in document order; elements that were never reached are left out.
    pub elements: Vec<ElementCount>,
}

/// Running instances of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionCount {
    /// Key of the definition.
    pub definition: i64,
    /// BPMN id of the process.
    pub id: String,
    /// Name of the process.
    pub name: Option<String>,
    /// The definition's version.
    pub version: i32,
    /// Running instances without an incident.
    pub without_incident: i64,
    /// Running instances with an incident.
    pub with_incident: i64,
}

/// Running instances by error message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorCount {
    /// The message.
    pub message: String,
    /// Running instances with an incident of this message.
    pub instances: i64,
}

/// A sequence flow that a token took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFlowRow {
    /// BPMN id of the flow.
    pub id: String,
    /// Ordinal of the flow.
    pub ordinal: u32,
}

/// A token that waits at the end of a flow for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingToken {
    /// BPMN id of the flow.
    pub flow_id: String,
    /// The scope.
    pub scope: i64,
    /// How many tokens wait there.
    pub tokens: i64,
}

/// A signal or a condition that an element waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitRow {
    /// Its key.
    pub key: i64,
    /// The element instance that it belongs to.
    pub element: i64,
    /// BPMN id of the event that it triggers.
    pub element_id: String,
    /// Name of the signal; empty for a condition.
    pub name: String,
    /// Since when, milliseconds since 1970.
    pub created: i64,
}

/// A running timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    /// Its key.
    pub key: i64,
    /// The element instance that it belongs to.
    pub element: i64,
    /// BPMN id of the event that it triggers.
    pub element_id: String,
    /// When, milliseconds since 1970.
    pub due: i64,
    /// Firings left after this one; -1 without end.
    pub repetitions: i32,
}

impl Reader {
    /// Sequence flows that tokens of an instance took, each once, in document order.
    pub fn sequence_flows(&self, instance: i64) -> Result<Vec<SequenceFlowRow>, SearchError> {
        let select = "SELECT el.id, f.ordinal FROM sequence_flows f
             JOIN elements el ON el.definition = f.definition AND el.ordinal = f.ordinal
             WHERE f.instance = ? GROUP BY el.id ORDER BY f.ordinal";
        self.rows(select, instance, |row| Ok(SequenceFlowRow { id: row.get(0)?, ordinal: row.get(1)? }))
    }

    /// Tokens of an instance that wait for others at a join.
    pub fn waiting_tokens(&self, instance: i64) -> Result<Vec<WaitingToken>, SearchError> {
        let select = "SELECT el.id, w.scope, w.tokens FROM waiting_tokens w
             JOIN process_instances p ON p.key = w.instance
             JOIN element_instances s ON s.key = w.scope AND s.ended IS NULL
             JOIN elements el ON el.definition = p.definition AND el.ordinal = w.ordinal
             WHERE w.instance = ? ORDER BY w.ordinal";
        self.rows(select, instance, |row| {
            Ok(WaitingToken { flow_id: row.get(0)?, scope: row.get(1)?, tokens: row.get(2)? })
        })
    }

    /// Running timers of an instance.
    pub fn timers(&self, instance: i64) -> Result<Vec<TimerRow>, SearchError> {
        let select = "SELECT t.key, t.element, el.id, t.due, t.repetitions FROM timers t
             LEFT JOIN elements el ON el.definition = t.definition AND el.ordinal = t.ordinal
             WHERE t.instance = ? AND t.state = 'CREATED' ORDER BY t.due, t.key";
        self.rows(select, instance, |row| {
            Ok(TimerRow {
                key: row.get(0)?,
                element: row.get(1)?,
                element_id: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                due: row.get(3)?,
                repetitions: row.get(4)?,
            })
        })
    }

    /// Signals that an instance waits for.
    pub fn signals(&self, instance: i64) -> Result<Vec<WaitRow>, SearchError> {
        let select = "SELECT s.key, s.element, el.id, s.name, s.created FROM signal_subscriptions s
             LEFT JOIN elements el ON el.definition = s.definition AND el.ordinal = s.ordinal
             WHERE s.instance = ? AND s.state = 'CREATED' ORDER BY s.key";
        self.rows(select, instance, wait)
    }

    /// Conditions that an instance waits for.
    pub fn conditions(&self, instance: i64) -> Result<Vec<WaitRow>, SearchError> {
        let select = "SELECT c.key, c.element, el.id, '', c.created FROM conditions c
             LEFT JOIN elements el ON el.definition = c.definition AND el.ordinal = c.ordinal
             WHERE c.instance = ? AND c.state = 'CREATED' ORDER BY c.key";
        self.rows(select, instance, wait)
    }

    /// Counts by element of the instances of a tenant that meet a condition.
    pub fn element_counts(
        &self,
        tenant: &str,
        condition: &Condition,
    ) -> Result<Vec<ElementCount>, SearchError> {
        let mut clause = Clause::default();
        clause.tenant::<ProcessInstances>(tenant);
        clause.condition::<ProcessInstances>(condition)?;
        let text = format!(
            "SELECT el.id, sum(e.state = 'ACTIVE'),
               sum(e.state = 'ACTIVE' AND EXISTS (
                 SELECT 1 FROM incidents n WHERE n.element = e.key AND n.state = 'ACTIVE')),
               sum(e.state = 'COMPLETED'), sum(e.state = 'TERMINATED')
             FROM {} JOIN element_instances e ON e.instance = p.key
             JOIN elements el ON el.definition = e.definition AND el.ordinal = e.ordinal
             WHERE e.ordinal > 0 AND e.role < 2 AND {} GROUP BY el.id ORDER BY min(e.ordinal)",
            ProcessInstances::FROM,
            clause.text
        );
        self.with(|connection| {
            let mut select = connection.prepare_cached(&text)?;
            let rows = select.query_map(params_from_iter(&clause.bound), element_count)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A definition at a glance, from counters: as fast for a million instances as for one.
    pub fn overview(&self, tenant: &str, definition: i64) -> Result<DefinitionOverview, SearchError> {
        let elements = self.rows(
            "SELECT el.id, c.active, coalesce(i.stuck, 0), c.completed, c.terminated FROM element_counts c
             JOIN elements el ON el.definition = c.definition AND el.ordinal = c.ordinal
             LEFT JOIN (SELECT ordinal, count(DISTINCT element) AS stuck FROM incidents
                WHERE definition = ?1 AND state = 'ACTIVE' GROUP BY ordinal) i ON i.ordinal = c.ordinal
             WHERE c.definition = ?1 AND c.ordinal > 0 ORDER BY c.ordinal",
            definition,
            element_count,
        )?;
        self.with(|connection| {
            let counts = "SELECT coalesce(sum(active), 0), coalesce(sum(completed + terminated), 0) FROM element_counts
                 WHERE definition = ? AND ordinal = 0";
            let (active, ended) = connection
                .prepare_cached(counts)?
                .query_row([definition], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let stuck = "SELECT count(DISTINCT instance) FROM incidents
                 WHERE tenant = ? AND definition = ? AND state = 'ACTIVE'";
            let with_incident =
                connection.prepare_cached(stuck)?.query_row((tenant, definition), |row| row.get(0))?;
            Ok(DefinitionOverview { active, with_incident, ended, elements })
        })
    }

    /// Definitions with their running instances, those with most incidents first.
    pub fn definition_counts(&self, tenant: &str) -> Result<Vec<DefinitionCount>, SearchError> {
        let select = "SELECT d.key, d.id, d.name, d.version, coalesce(c.active, 0), coalesce(i.stuck, 0)
             FROM process_definitions d
             LEFT JOIN element_counts c ON c.definition = d.key AND c.ordinal = 0
             LEFT JOIN (SELECT definition, count(DISTINCT instance) AS stuck FROM incidents
                WHERE tenant = ?1 AND state = 'ACTIVE' GROUP BY definition) i ON i.definition = d.key
             WHERE d.tenant = ?1 AND NOT EXISTS (SELECT 1 FROM deleted gone WHERE gone.key = d.key)
             ORDER BY 6 DESC, 5 DESC, d.id, d.version";
        self.with(|connection| {
            let mut select = connection.prepare_cached(select)?;
            let rows = select.query_map([tenant], |row| {
                let (active, stuck): (i64, i64) = (row.get(4)?, row.get(5)?);
                Ok(DefinitionCount {
                    definition: row.get(0)?,
                    id: row.get(1)?,
                    name: row.get(2)?,
                    version: row.get(3)?,
                    without_incident: active - stuck,
                    with_incident: stuck,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Error messages of open incidents with the number of instances, most first.
    pub fn error_counts(&self, tenant: &str) -> Result<Vec<ErrorCount>, SearchError> {
        let select = "SELECT message, count(DISTINCT instance) FROM incidents
             WHERE tenant = ? AND state = 'ACTIVE' GROUP BY message ORDER BY 2 DESC, 1 LIMIT 1000";
        self.with(|connection| {
            let mut select = connection.prepare_cached(select)?;
            let rows = select
                .query_map([tenant], |row| Ok(ErrorCount { message: row.get(0)?, instances: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn rows<T>(
        &self,
        select: &str,
        key: i64,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, SearchError> {
        self.with(|connection| {
            let mut select = connection.prepare_cached(select)?;
            let rows = select.query_map([key], read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn wait(row: &rusqlite::Row<'_>) -> rusqlite::Result<WaitRow> {
    Ok(WaitRow {
        key: row.get(0)?,
        element: row.get(1)?,
        element_id: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        name: row.get(3)?,
        created: row.get(4)?,
    })
}

fn element_count(row: &rusqlite::Row<'_>) -> rusqlite::Result<ElementCount> {
    let (active, incidents): (i64, i64) = (row.get(1)?, row.get(2)?);
    Ok(ElementCount {
        element_id: row.get(0)?,
        active: active - incidents,
        incidents,
        completed: row.get(3)?,
        terminated: row.get(4)?,
    })
}
