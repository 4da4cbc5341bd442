//! From events to rows.
//!
//! What an event does not say (the definition of an instance, its root) is remembered from its creation, or read
//! back. Nothing here decides anything: an event about something unknown changes nothing.

use crate::HistoryError;
use crate::agents;
use crate::batch::{NewElement, NewInstance, Pending, Role, TaskState};
use crate::decisions;
use crate::deletion;
use crate::elements::Elements;
use crate::files;
use crate::jobs::JobRows;
use crate::messages::{message_event, subscription_event};
use crate::operations::{self, ADD_COUNTS};
use crate::tasks::{change_task, correct, new_task, settle};
use crate::waits::{condition_event, flow_taken, join_fired, timer_event};
use record::command::{Origin, TaskChanges};
use record::{AggregateId, Event, Header, Key, Record, Str, TaskAction, Variables, wire};
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Instances of which the definition is remembered.
const REMEMBERED_INSTANCES: usize = 200_000;

/// What the projection knows between deliveries.
#[derive(Default)]
pub(crate) struct Projection {
    /// Definitions of running instances.
    instances: FxHashMap<i64, i64>,
    new_instances: Pending<NewInstance>,
    new_elements: Pending<NewElement>,
    jobs: JobRows,
    tasks: Pending<TaskState>,
    counts: FxHashMap<(i64, u32), Counts>,
}

/// Changes to the counters of an element.
#[derive(Default, Clone, Copy)]
struct Counts {
    active: i64,
    completed: i64,
    terminated: i64,
}

/// Where an event happened.
pub(crate) struct Place<'a> {
    pub db: &'a Connection,
    pub header: &'a Header,
    /// The process instance, or 0.
    pub instance: i64,
    /// Its process definition, or 0.
    pub definition: i64,
}

pub(crate) type Result<T = ()> = std::result::Result<T, HistoryError>;

impl Projection {
    /// Writes the rows of these records. Nothing is left pending.
    pub fn run(&mut self, db: &Connection, records: &[Arc<Record>]) -> Result {
        for record in records {
            let Some(payload) = &record.payload else {
                keep(db, record, 0)?;
                continue;
            };
            let instance = instance_of(&payload.aggregate);
            let definition = if instance == 0 { 0 } else { self.definition_of(db, instance)? };
            let mut place = Place { db, header: &record.header, instance, definition };
            for event in &payload.events {
                self.event(&mut place, &payload.aggregate, event)?;
            }
            keep(db, record, if definition == 0 { place.definition } else { definition })?;
        }
        self.flush(db)
    }

    /// Writes what is pending, so that statements over whole tables see it.
    fn flush(&mut self, db: &Connection) -> Result {
        self.new_instances.flush(db)?;
        self.new_elements.flush(db)?;
        self.jobs.pending.flush(db)?;
        self.tasks.flush(db)?;
        self.flush_counts(db)
    }

    fn event(&mut self, at: &mut Place<'_>, aggregate: &AggregateId, event: &Event) -> Result {
        match aggregate {
            AggregateId::Instance { .. } => self.instance_event(at, event),
            AggregateId::Catalog { .. } => self.catalog_event(at, event),
            AggregateId::Message { name, correlation_key, .. } => {
                message_event(at, name, correlation_key, event)
            }
            AggregateId::Partition { .. } | AggregateId::Signal { .. } => Ok(()),
        }
    }

    fn instance_event(&mut self, at: &mut Place<'_>, event: &Event) -> Result {
        match event {
            Event::InstanceCreated { .. } => self.created(at, event),
            Event::ElementActivating { key, ordinal, scope }
            | Event::ElementActivated { key, ordinal, scope } => {
                self.element(at, *key, *ordinal, *scope, false)
            }
            Event::IterationStarted { key, ordinal, scope, .. } => {
                self.has_iterations(at, *scope)?;
                self.new_element(at, *key, *ordinal, *scope, Role::Iteration)
            }
            Event::InnerStarted { key, ordinal, scope } => {
                self.new_element(at, *key, *ordinal, *scope, Role::Inner)
            }
            Event::ElementPassed { key, ordinal, scope } => self.element(at, *key, *ordinal, *scope, true),
            Event::InstanceSuspended {} | Event::InstanceResumed {} => {
                self.flush(at.db)?;
                operations::set_suspended(at, matches!(event, Event::InstanceSuspended {}))
            }
            Event::InstanceMigrated { definition, elements, .. } => {
                self.flush(at.db)?;
                self.remember(at.instance, definition.0);
                operations::migrated(at, *definition, elements)
            }
            Event::InstanceDeleted {} => {
                self.flush(at.db)?;
                self.instances.remove(&at.instance);
                operations::forget_instances(at, operations::Which::One)
            }
            Event::ElementCompleted { key } => self.element_ended(at, *key, "COMPLETED"),
            Event::ElementTerminated { key } => self.element_ended(at, *key, "TERMINATED"),
            Event::InstanceCompleted {} => self.ended(at, "COMPLETED"),
            Event::InstanceTerminated {} => self.ended(at, "TERMINATED"),
            Event::SequenceFlowTaken { ordinal, scope, waits } => flow_taken(at, *ordinal, *scope, *waits),
            Event::JoinFired { scope, flows } => join_fired(at, *scope, flows),
            Event::VariablesSet { scope, variables } => set_variables(at, *scope, variables),
            Event::IncidentCreated { .. } | Event::IncidentResolved { .. } => incident_event(at, event),
            Event::TimerScheduled { .. } | Event::TimerTriggered { .. } | Event::TimerCanceled { .. } => {
                timer_event(at, event)
            }
            Event::ConditionOpened { .. } | Event::ConditionClosed { .. } => condition_event(at, event),
            Event::SubscriptionOpened { .. }
            | Event::SubscriptionCorrelated { .. }
            | Event::SubscriptionClosed { .. } => subscription_event(at, event),
            Event::DecisionEvaluated { element, evaluation, .. } => {
                decisions::evaluated(at, *element, evaluation)
            }
            _ => {
                self.jobs.event(at, event)?;
                self.task_event(at, event)
            }
        }
    }

    fn created(&mut self, at: &mut Place<'_>, event: &Event) -> Result {
        let Event::InstanceCreated {
            definition,
            variables,
            origin,
            business_id,
            tags,
            tenant,
            traceparent,
            ..
        } = event
        else {
            return Ok(());
        };
        let none = Origin::default();
        let origin = origin.as_deref().unwrap_or(&none);
        let root = key(origin.root).unwrap_or(at.instance);
        at.definition = definition.0;
        self.remember(at.instance, definition.0);
        self.new_instances.add(NewInstance {
            key: at.instance,
            tenant: tenant.clone(),
            definition: definition.0,
            state: "ACTIVE",
            started: at.header.time,
            ended: None,
            parent: key(origin.parent),
            parent_element: key(origin.parent_element),
            root,
            business_id: some(business_id),
            tags: if tags.is_empty() { None } else { serde_json::to_string(tags).ok() },
            traceparent: some(traceparent),
        });
        self.element(at, Key(at.instance), 0, Key::NONE, false)?;
        set_variables(at, Key(at.instance), variables)
    }

    fn ended(&mut self, at: &Place<'_>, state: &'static str) -> Result {
        self.element_ended(at, Key(at.instance), state)?;
        self.instances.remove(&at.instance);
        if let Some(row) = self.new_instances.get(at.instance) {
            row.state = state;
            row.ended = Some(at.header.time);
            return Ok(());
        }
        at.db
            .prepare_cached(
                "UPDATE process_instances SET state = ?, ended = ?, suspended = NULL WHERE key = ?",
            )?
            .execute(params![state, at.header.time, at.instance])?;
        Ok(())
    }

    /// An element that is active, or through which a token went.
    fn element(&mut self, at: &Place<'_>, key: Key, ordinal: u32, scope: Key, passed: bool) -> Result {
        if self.new_elements.get(key.0).is_some() {
            return Ok(());
        }
        // An element that was activating in an earlier delivery has its row; one that a token only passes, and
        // the process itself, are new.
        let fresh = passed || ordinal == 0;
        let mut select = at.db.prepare_cached("SELECT 1 FROM element_instances WHERE key = ?")?;
        if !fresh && select.exists([key.0])? {
            return Ok(());
        }
        self.new_element(at, key, ordinal, scope, Role::Plain)?;
        if passed { self.element_ended(at, key, "COMPLETED") } else { Ok(()) }
    }

    fn new_element(&mut self, at: &Place<'_>, key: Key, ordinal: u32, scope: Key, role: Role) -> Result {
        let row = NewElement {
            key: key.0,
            tenant: at.header.tenant.clone(),
            instance: at.instance,
            definition: at.definition,
            ordinal,
            scope: scope.0,
            role,
            state: "ACTIVE",
            started: at.header.time,
            ended: None,
        };
        if self.new_elements.add(row) && role.counts() {
            self.counts.entry((at.definition, ordinal)).or_default().active += 1;
        }
        Ok(())
    }

    /// The element is the body around iterations, of which the first begins.
    fn has_iterations(&mut self, at: &Place<'_>, body: Key) -> Result {
        let ordinal = match self.new_elements.get(body.0) {
            Some(row) => {
                let plain = row.role == Role::Plain;
                row.role = Role::Body;
                plain.then_some(row.ordinal)
            }
            None => at
                .db
                .prepare_cached(
                    "UPDATE element_instances SET role = 2 WHERE key = ? AND role = 0 RETURNING ordinal",
                )?
                .query_row([body.0], |row| row.get::<_, u32>(0))
                .optional()?,
        };
        if let Some(ordinal) = ordinal {
            self.counts.entry((at.definition, ordinal)).or_default().active -= 1;
        }
        Ok(())
    }

    fn element_ended(&mut self, at: &Place<'_>, key: Key, state: &'static str) -> Result {
        let ended = match self.new_elements.get(key.0) {
            Some(row) if row.ended.is_some() => None,
            Some(row) => {
                row.state = state;
                row.ended = Some(at.header.time);
                Some((row.ordinal, row.role.counts()))
            }
            None => at
                .db
                .prepare_cached(
                    "UPDATE element_instances SET state = ?, ended = ? WHERE key = ? AND ended IS NULL
                     RETURNING ordinal, role < 2",
                )?
                .query_row(params![state, at.header.time, key.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
        };
        if let Some((ordinal, true)) = ended {
            let counts = self.counts.entry((at.definition, ordinal)).or_default();
            counts.active -= 1;
            *(if state == "COMPLETED" { &mut counts.completed } else { &mut counts.terminated }) += 1;
        }
        Ok(())
    }

    fn flush_counts(&mut self, db: &Connection) -> Result {
        let mut write = db.prepare_cached(ADD_COUNTS)?;
        for ((definition, ordinal), counts) in self.counts.drain() {
            write.execute((definition, ordinal, counts.active, counts.completed, counts.terminated))?;
        }
        Ok(())
    }

    // ---- user tasks

    fn task_event(&mut self, at: &Place<'_>, event: &Event) -> Result {
        let time = at.header.time;
        match event {
            Event::UserTaskCreating { key, element, attributes, form, form_key } => {
                let mut task = new_task(at, *key, *element, form, *form_key);
                change_task(&mut task, attributes);
                self.tasks.add(task);
                Ok(())
            }
            Event::UserTaskCreated { key } => self.change_task(at, *key, |task| {
                task.state = "CREATED".into();
                task.changes = None;
            }),
            Event::UserTaskTransition { key, kind, changes, action, .. } => {
                self.change_task(at, *key, |task| {
                    // What comes into being does not change; its assignee follows in a transition of its own.
                    let nothing = *kind == TaskAction::Creating || **changes == TaskChanges::default();
                    task.changes = (!nothing).then(|| TaskChanges::clone(changes));
                    if *kind != TaskAction::Creating || &*task.state == "CREATING" {
                        task.state = kind.as_str().into();
                    }
                    task.action = some(action);
                    task.denied_reason = None;
                })
            }
            Event::UserTaskCorrected { key, changes } => {
                self.change_task(at, *key, |task| correct(task, changes))
            }
            Event::UserTaskAssigned { key, assignee } => self.change_task(at, *key, |task| {
                task.assignee = some(assignee);
                settle(task);
            }),
            Event::UserTaskUpdated { key, changes } => self.change_task(at, *key, |task| {
                change_task(task, changes);
                settle(task);
            }),
            Event::UserTaskDenied { key, reason } => self.change_task(at, *key, |task| {
                task.denied_reason = some(reason);
                settle(task);
            }),
            Event::UserTaskCompleted { key, action } => self.change_task(at, *key, |task| {
                task.state = "COMPLETED".into();
                task.action = some(action);
                task.changes = None;
                task.ended = Some(time);
            }),
            Event::UserTaskCanceled { key } => self.change_task(at, *key, |task| {
                task.state = "CANCELED".into();
                task.ended = Some(time);
            }),
            _ => Ok(()),
        }
    }

    fn change_task(&mut self, at: &Place<'_>, key: Key, change: impl FnOnce(&mut TaskState)) -> Result {
        if let Some(task) = self.tasks.load(at.db, key.0)? {
            change(task);
        }
        Ok(())
    }

    // ---- definitions

    fn catalog_event(&mut self, at: &Place<'_>, event: &Event) -> Result {
        match event {
            Event::DefinitionDeployed { .. } => self.deployed(at, event),
            Event::RequirementsDeployed { .. } => decisions::requirements_deployed(at, event),
            Event::FileDeployed { .. } => files::deployed(at, event),
            Event::DecisionDeployed { .. } => decisions::decision_deployed(at, event),
            Event::DecisionEvaluated { element, evaluation, .. } => {
                decisions::evaluated(at, *element, evaluation)
            }
            Event::DeploymentCreated { key } => {
                at.db
                    .prepare_cached("INSERT OR IGNORE INTO deployments VALUES (?, ?, ?, ?)")?
                    .execute(params![key.0, &*at.header.tenant, at.header.time, &*at.header.actor])?;
                Ok(())
            }
            Event::DefinitionDeleted { .. }
            | Event::RequirementsDeleted { .. }
            | Event::FileDeleted { .. } => {
                self.flush(at.db)?;
                deletion::deleted(at, event)
            }
            Event::StartTimerScheduled { .. }
            | Event::StartTimerTriggered { .. }
            | Event::StartTimerCanceled { .. } => timer_event(at, event),
            _ => Ok(()),
        }
    }

    fn deployed(&mut self, at: &Place<'_>, event: &Event) -> Result {
        let Event::DefinitionDeployed {
            key,
            deployment,
            process_id,
            version,
            resource,
            content,
            version_tag,
            name,
            ..
        } = event
        else {
            return Ok(());
        };
        if !content.0.is_empty() {
            at.db.prepare_cached("INSERT OR IGNORE INTO resources VALUES (?, ?, ?)")?.execute(params![
                deployment.0,
                &**resource,
                &*content.0
            ])?;
        }
        let content: Option<Vec<u8>> = at
            .db
            .prepare_cached("SELECT content FROM resources WHERE deployment = ? AND name = ?")?
            .query_row(params![deployment.0, &**resource], |row| row.get(0))
            .optional()?;
        let elements = Elements::of_file(resource, &content.unwrap_or_default(), process_id);
        elements.store(at.db, key.0)?;
        agents::deployed(at, *key, &elements.agents)?;
        at.db
            .prepare_cached(
                "INSERT OR REPLACE INTO process_definitions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                key.0,
                &*at.header.tenant,
                &**process_id,
                version,
                text(version_tag),
                text(name),
                &**resource,
                deployment.0,
                at.header.time,
                elements.has_start_form,
            ])?;
        Ok(())
    }

    // ---- what is remembered

    fn definition_of(&mut self, db: &Connection, instance: i64) -> Result<i64> {
        if let Some(definition) = self.instances.get(&instance) {
            return Ok(*definition);
        }
        if let Some(row) = self.new_instances.get(instance) {
            return Ok(row.definition);
        }
        let known = db
            .prepare_cached("SELECT definition FROM process_instances WHERE key = ?")?
            .query_row([instance], |row| row.get(0))
            .optional()?;
        if let Some(definition) = known {
            self.remember(instance, definition);
        }
        Ok(known.unwrap_or_default())
    }

    fn remember(&mut self, instance: i64, definition: i64) {
        if self.instances.len() >= REMEMBERED_INSTANCES {
            self.instances.clear();
        }
        self.instances.insert(instance, definition);
    }
}

/// Keeps the record itself, without the content of deployed files, which the resources have.
fn keep(db: &Connection, record: &Record, definition: i64) -> Result {
    let mut insert =
        db.prepare_cached("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let header = &record.header;
    let (mut instance, mut aggregate, mut command, mut events) = (0, "", "", None);
    if let Some(payload) = &record.payload {
        instance = instance_of(&payload.aggregate);
        aggregate = payload.aggregate.name();
        command = payload.command.name();
        events = Some(match &payload.aggregate {
            AggregateId::Catalog { .. } => wire::to_bytes(&without_content(&payload.events)),
            _ => wire::to_bytes(&payload.events),
        });
    }
    insert.execute(params![
        header.lsn as i64,
        header.time,
        &*header.tenant,
        &*header.actor,
        text(&header.request_id),
        text(&header.traceparent),
        instance,
        aggregate,
        command,
        events,
        (definition != 0).then_some(definition),
    ])?;
    Ok(())
}

fn instance_of(aggregate: &AggregateId) -> i64 {
    match aggregate {
        AggregateId::Instance { key } => key.0,
        _ => 0,
    }
}

/// A key, where there is one.
pub(crate) fn key(key: Key) -> Option<i64> {
    (!key.is_none()).then_some(key.0)
}

/// A text, where it is not empty.
pub(crate) fn text(text: &Str) -> Option<&str> {
    (!text.is_empty()).then_some(&**text)
}

/// A text, where it is not empty.
pub(crate) fn some(text: &Str) -> Option<Str> {
    (!text.is_empty()).then(|| text.clone())
}

fn without_content(events: &[Event]) -> Vec<Event> {
    let mut events = events.to_vec();
    for event in &mut events {
        if let Event::DefinitionDeployed { content, .. } | Event::RequirementsDeployed { content, .. } = event
        {
            *content = wire::Bytes::default();
        }
    }
    events
}

fn set_variables(at: &Place<'_>, scope: Key, variables: &Variables) -> Result {
    if variables.is_empty() {
        return Ok(());
    }
    let mut write = at.db.prepare_cached(
        "INSERT INTO variables (tenant, instance, scope, name, value, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (scope, name) DO UPDATE SET value = ?5, updated = ?6",
    )?;
    for (name, value) in variables {
        write.execute(params![
            &*at.header.tenant,
            at.instance,
            scope.0,
            &**name,
            value.as_str(),
            at.header.time
        ])?;
    }
    Ok(())
}

fn incident_event(at: &Place<'_>, event: &Event) -> Result {
    match event {
        Event::IncidentCreated { key: incident, element, ordinal, job, kind, message, cause } => {
            let cause = cause.as_ref().and_then(|cause| serde_json::to_string(cause).ok());
            at.db
                .prepare_cached(
                    "INSERT OR IGNORE INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ACTIVE', ?, NULL)",
                )?
                .execute(params![
                    incident.0,
                    &*at.header.tenant,
                    at.instance,
                    at.definition,
                    element.0,
                    ordinal,
                    key(*job),
                    kind.as_str(),
                    &**message,
                    cause,
                    at.header.time,
                ])?;
        }
        Event::IncidentResolved { key } => {
            at.db
                .prepare_cached("UPDATE incidents SET state = 'RESOLVED', resolved = ? WHERE key = ?")?
                .execute((at.header.time, key.0))?;
        }
        _ => {}
    }
    Ok(())
}
