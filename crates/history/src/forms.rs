//! Forms: deployed ones, and those that stand in a model; of tasks, and of start events.

use crate::deletion::is_there;
use crate::query::SearchError;
use crate::reader::Reader;
use bpmn::model::{Binding, EventTrigger, FlowNodeKind, FormDefinition, Process};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

/// How a model refers to a form that stands in it.
const EMBEDDED: &str = "camunda-forms:bpmn:";

const BY_ID: &str = concat!("f.id = ?2 AND ", is_there!("f.key"));
const NEWEST: &str = "ORDER BY f.version DESC LIMIT 1";

/// A version of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    /// Its key; of a form that stands in a model, the definition's.
    pub key: i64,
    /// Its id.
    pub id: String,
    /// Its version; of a form that stands in a model, the definition's.
    pub version: i32,
    /// The tenant.
    pub tenant: String,
    /// The form as a JSON document.
    pub schema: String,
}

/// A definition and its file.
struct Model {
    key: i64,
    process_id: String,
    version: i32,
    deployment: i64,
    content: Vec<u8>,
}

impl Reader {
    /// The deployed form with this key.
    pub fn form(&self, tenant: &str, key: i64) -> Result<Option<FormRow>, SearchError> {
        self.with(|connection| {
            Ok(one(connection, concat!("f.key = ?2 AND ", is_there!("f.key")), params![tenant, key])?)
        })
    }

    /// The form of a user task.
    pub fn task_form(&self, tenant: &str, task: i64) -> Result<Option<FormRow>, SearchError> {
        self.with(|connection| {
            let select = "SELECT form_key, form, definition FROM user_tasks WHERE key = ? AND tenant = ?";
            let mut select = connection.prepare_cached(select)?;
            let found = select.query_row((task, tenant), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            let (key, name, definition): (Option<i64>, Option<String>, i64) = match found.optional()? {
                Some(found) => found,
                None => return Ok(None),
            };
            if let Some(key) = key {
                return Ok(with_key(connection, tenant, key)?);
            }
            let Some(name) = name.filter(|name| name.starts_with(EMBEDDED)) else { return Ok(None) };
            let Some(model) = Model::find(connection, tenant, definition)? else { return Ok(None) };
            Ok(model.read().and_then(|process| model.embedded(&process, &name, tenant)))
        })
    }

    /// The form to start a process with: that of its none start event.
    pub fn start_form(&self, tenant: &str, definition: i64) -> Result<Option<FormRow>, SearchError> {
        self.with(|connection| {
            let Some(model) = Model::find(connection, tenant, definition)? else { return Ok(None) };
            let Some(process) = model.read() else { return Ok(None) };
            let Some(form) = start_form(&process) else { return Ok(None) };
            match (&form.form_id, &form.form_key) {
                (Some(id), _) => Ok(model.bound(connection, tenant, &id.text, &form.binding)?),
                (None, Some(key)) => Ok(model.embedded(&process, key, tenant)),
                (None, None) => Ok(None),
            }
        })
    }
}

/// What a process is started with, where it is a form that can be given: one by id, or one in the model.
pub(crate) fn start_form(process: &Process) -> Option<&FormDefinition> {
    let starts = process.nodes.iter().filter(|node| {
        let none = matches!(node.kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. });
        none && node.parent.is_none()
    });
    starts.filter_map(|node| node.ext.form.as_ref()).find(|form| {
        let by_id = form.form_id.as_ref().is_some_and(|id| !id.is_feel);
        by_id || form.form_key.as_ref().is_some_and(|key| key.starts_with(EMBEDDED))
    })
}

impl Model {
    fn find(connection: &Connection, tenant: &str, key: i64) -> rusqlite::Result<Option<Self>> {
        let select = "SELECT d.id, d.version, d.deployment, r.content FROM process_definitions d
             JOIN resources r ON r.deployment = d.deployment AND r.name = d.resource
             WHERE d.key = ? AND d.tenant = ?";
        let mut select = connection.prepare_cached(select)?;
        let found = select.query_row((key, tenant), |row| {
            let (process_id, version) = (row.get(0)?, row.get(1)?);
            Ok(Model { key, process_id, version, deployment: row.get(2)?, content: row.get(3)? })
        });
        found.optional()
    }

    fn read(&self) -> Option<Process> {
        let document = bpmn::read(&self.content, "model.bpmn").ok()?;
        bpmn::model(&document).0.process(&self.process_id).cloned()
    }

    /// The form in the model that a key refers to.
    fn embedded(&self, process: &Process, key: &str, tenant: &str) -> Option<FormRow> {
        let id = key.strip_prefix(EMBEDDED)?;
        let (_, schema) = process.ext.user_task_forms.iter().find(|(known, _)| known == id)?;
        let (key, version) = (self.key, self.version);
        Some(FormRow { key, id: id.into(), version, tenant: tenant.into(), schema: schema.clone() })
    }

    /// The version of a deployed form that the model means.
    fn bound(
        &self,
        connection: &Connection,
        tenant: &str,
        id: &str,
        binding: &Binding,
    ) -> rusqlite::Result<Option<FormRow>> {
        match binding {
            Binding::Latest => one(connection, &format!("{BY_ID} {NEWEST}"), params![tenant, id]),
            Binding::Deployment => {
                let condition = format!("{BY_ID} AND f.deployment = ?3 {NEWEST}");
                one(connection, &condition, params![tenant, id, self.deployment])
            }
            Binding::VersionTag(tag) => {
                let condition = format!("{BY_ID} AND f.version_tag = ?3 {NEWEST}");
                one(connection, &condition, params![tenant, id, tag])
            }
        }
    }
}

/// Also one that was deleted: a task keeps its form.
fn with_key(connection: &Connection, tenant: &str, key: i64) -> rusqlite::Result<Option<FormRow>> {
    one(connection, "f.key = ?2", params![tenant, key])
}

/// The first deployed form for which a condition holds; the tenant is its first parameter.
fn one(
    connection: &Connection,
    condition: &str,
    parameters: &[&dyn ToSql],
) -> rusqlite::Result<Option<FormRow>> {
    let select = format!(
        "SELECT f.key, f.id, f.version, f.tenant, r.content FROM files f
         JOIN resources r ON r.deployment = f.deployment AND r.name = f.name
         WHERE f.is_form AND f.tenant = ?1 AND {condition}"
    );
    let read = |row: &Row<'_>| {
        let content: Vec<u8> = row.get(4)?;
        Ok(FormRow {
            key: row.get(0)?,
            id: row.get(1)?,
            version: row.get(2)?,
            tenant: row.get(3)?,
            schema: String::from_utf8_lossy(&content).into_owned(),
        })
    };
    connection.prepare_cached(&select)?.query_row(parameters, read).optional()
}
