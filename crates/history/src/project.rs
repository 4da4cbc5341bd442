//! From events to rows.
//!
//! What an event does not say (the definition of an instance, its root) is remembered from its creation, or read
//! back. Nothing here decides anything: an event about something unknown changes nothing.

use crate::HistoryError;
use crate::batch::{JobState, NewElement, NewInstance, Pending, TaskState};
use crate::decisions;
use crate::elements::Elements;
use crate::files;
use crate::messages::{message_event, subscription_event};
use crate::operations;
use crate::tasks::{change_task, new_task, settle};
use record::command::Origin;
use record::{AggregateId, Event, Header, JobKind, Key, Record, Str, TaskAction, Variables, wire};
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
    elements: FxHashMap<i64, Arc<Elements>>,
    new_instances: Pending<NewInstance>,
    new_elements: Pending<NewElement>,
    jobs: Pending<JobState>,
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
            self.keep(db, record)?;
            if let Some(payload) = &record.payload {
                let instance = instance_of(&payload.aggregate);
                let definition = if instance == 0 { 0 } else { self.definition_of(db, instance)? };
                let mut place = Place { db, header: &record.header, instance, definition };
                for event in &payload.events {
                    self.event(&mut place, &payload.aggregate, event)?;
                }
            }
        }
        self.flush(db)
    }

    /// Writes what is pending, so that statements over whole tables see it.
    fn flush(&mut self, db: &Connection) -> Result {
        self.new_instances.flush(db)?;
        self.new_elements.flush(db)?;
        self.jobs.flush(db)?;
        self.tasks.flush(db)?;
        self.flush_counts(db)
    }

    /// Keeps the record itself, without the content of deployed files, which the resources have.
    fn keep(&mut self, db: &Connection, record: &Record) -> Result {
        let mut insert =
            db.prepare_cached("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
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
        ])?;
        Ok(())
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
                self.element(at, *key, *ordinal, *scope, false)
            }
            Event::InnerStarted { key, ordinal, scope } => {
                self.element(at, *key, *ordinal, *scope, false)?;
                if let Some(row) = self.new_elements.get(key.0) {
                    row.body = 2;
                }
                Ok(())
            }
            Event::ElementPassed { key, ordinal, scope } => self.element(at, *key, *ordinal, *scope, true),
            Event::InstanceSuspended {} => {
                self.flush(at.db)?;
                operations::set_state(at, "SUSPENDED")
            }
            Event::InstanceResumed {} => {
                self.flush(at.db)?;
                operations::set_state(at, "ACTIVE")
            }
            Event::InstanceMigrated { definition, elements, .. } => {
                self.flush(at.db)?;
                self.remember(at.instance, definition.0);
                operations::migrated(at, *definition, elements)
            }
            Event::InstanceDeleted {} => {
                self.flush(at.db)?;
                operations::deleted(at)
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
            Event::SubscriptionOpened { .. }
            | Event::SubscriptionCorrelated { .. }
            | Event::SubscriptionClosed { .. } => subscription_event(at, event),
            Event::DecisionEvaluated { element, evaluation, .. } => {
                decisions::evaluated(at, *element, evaluation)
            }
            _ => {
                self.job_event(at, event)?;
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
        let origin = origin.as_ref().unwrap_or(&none);
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
            .prepare_cached("UPDATE process_instances SET state = ?, ended = ? WHERE key = ?")?
            .execute(params![state, at.header.time, at.instance])?;
        Ok(())
    }

    fn element(&mut self, at: &Place<'_>, key: Key, ordinal: u32, scope: Key, passed: bool) -> Result {
        if self.new_elements.get(key.0).is_some() {
            return Ok(());
        }
        let body = self.is_body(at, ordinal, scope)?;
        let row = NewElement {
            key: key.0,
            tenant: at.header.tenant.clone(),
            instance: at.instance,
            definition: at.definition,
            ordinal,
            scope: scope.0,
            body: u8::from(body),
            state: if passed { "COMPLETED" } else { "ACTIVE" },
            started: at.header.time,
            ended: passed.then_some(at.header.time),
        };
        // An element that was activating in an earlier delivery has its row; one that a token only passes, and
        // the process itself, are new.
        let fresh = passed || ordinal == 0;
        let mut select = at.db.prepare_cached("SELECT 1 FROM element_instances WHERE key = ?")?;
        let known = !fresh && select.exists([key.0])?;
        if !known && self.new_elements.add(row) {
            let counts = self.counts.entry((at.definition, ordinal)).or_default();
            *(if passed { &mut counts.completed } else { &mut counts.active }) += 1;
        }
        Ok(())
    }

    /// The body of a multi-instance activity and its instances share an ordinal; the body is the outer one.
    fn is_body(&mut self, at: &Place<'_>, ordinal: u32, scope: Key) -> Result<bool> {
        let elements = self.elements(at.db, at.definition)?;
        if !elements.get(ordinal).is_some_and(|element| element.multi_instance) {
            return Ok(false);
        }
        let outer = match self.new_elements.get(scope.0) {
            Some(row) => Some(row.ordinal),
            None => at
                .db
                .prepare_cached("SELECT ordinal FROM element_instances WHERE key = ?")?
                .query_row([scope.0], |row| row.get(0))
                .optional()?,
        };
        Ok(outer != Some(ordinal))
    }

    fn element_ended(&mut self, at: &Place<'_>, key: Key, state: &'static str) -> Result {
        let ordinal = match self.new_elements.get(key.0) {
            Some(row) if row.ended.is_some() => None,
            Some(row) => {
                row.state = state;
                row.ended = Some(at.header.time);
                Some(row.ordinal)
            }
            None => at
                .db
                .prepare_cached(
                    "UPDATE element_instances SET state = ?, ended = ? WHERE key = ? AND ended IS NULL
                     RETURNING ordinal",
                )?
                .query_row(params![state, at.header.time, key.0], |row| row.get::<_, u32>(0))
                .optional()?,
        };
        if let Some(ordinal) = ordinal {
            let counts = self.counts.entry((at.definition, ordinal)).or_default();
            counts.active -= 1;
            *(if state == "COMPLETED" { &mut counts.completed } else { &mut counts.terminated }) += 1;
        }
        Ok(())
    }

    fn flush_counts(&mut self, db: &Connection) -> Result {
        let mut write = db.prepare_cached(
            "INSERT INTO element_counts VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (definition, ordinal)
             DO UPDATE SET active = active + ?3, completed = completed + ?4, terminated = terminated + ?5",
        )?;
        for ((definition, ordinal), counts) in self.counts.drain() {
            write.execute((definition, ordinal, counts.active, counts.completed, counts.terminated))?;
        }
        Ok(())
    }

    // ---- jobs

    fn job_event(&mut self, at: &Place<'_>, event: &Event) -> Result {
        let time = at.header.time;
        match event {
            Event::JobCreated { key, element, job_type, retries, kind, listener, .. } => {
                self.jobs.add(new_job(at, *key, *element, job_type, *retries, *kind, *listener));
                Ok(())
            }
            Event::JobActivated { key, worker, deadline, .. } => self.change_job(at, *key, |job| {
                job.worker = some(worker);
                job.deadline = Some(*deadline);
                job.retry_at = None;
            }),
            Event::JobTimedOut { key } => self.change_job(at, *key, |job| {
                job.state = "TIMED_OUT".into();
                job.deadline = None;
            }),
            Event::JobFailed { key, retries, message, retry_at } => self.change_job(at, *key, |job| {
                job.state = "FAILED".into();
                job.retries = *retries;
                job.error_message = some(message);
                job.deadline = None;
                job.retry_at = (*retry_at > 0).then_some(*retry_at);
                job.failed_with_retries = *retries > 0;
            }),
            Event::JobRetried { key } => self.change_job(at, *key, |job| {
                job.state = "CREATED".into();
                job.retry_at = None;
            }),
            Event::JobPending { key, poll_at, .. } => self.change_job(at, *key, |job| {
                job.state = "CREATED".into();
                job.deadline = None;
                job.retry_at = Some(*poll_at);
            }),
            Event::JobUpdated { key, retries, deadline } => self.change_job(at, *key, |job| {
                if job.retries != *retries {
                    job.state = "RETRIES_UPDATED".into();
                }
                job.retries = *retries;
                if job.deadline.is_some() {
                    job.deadline = Some(*deadline);
                }
            }),
            Event::JobErrorThrown { key, code, message } => self.change_job(at, *key, |job| {
                job.state = "ERROR_THROWN".into();
                job.error_code = some(code);
                job.error_message = some(message);
                job.deadline = None;
            }),
            Event::JobCompleted { key } => self.change_job(at, *key, |job| {
                job.state = "COMPLETED".into();
                job.ended = Some(time);
            }),
            Event::JobCanceled { key } => self.change_job(at, *key, |job| {
                if &*job.state != "ERROR_THROWN" {
                    job.state = "CANCELED".into();
                }
                job.ended = Some(time);
            }),
            _ => Ok(()),
        }
    }

    fn change_job(&mut self, at: &Place<'_>, key: Key, change: impl FnOnce(&mut JobState)) -> Result {
        if let Some(job) = self.jobs.load(at.db, key.0)? {
            change(job);
            job.updated = at.header.time;
        }
        Ok(())
    }

    // ---- user tasks

    fn task_event(&mut self, at: &Place<'_>, event: &Event) -> Result {
        let time = at.header.time;
        match event {
            Event::UserTaskCreating { key, element, attributes, form } => {
                let mut task = new_task(at, *key, *element, form);
                change_task(&mut task, attributes);
                self.tasks.add(task);
                Ok(())
            }
            Event::UserTaskCreated { key } => {
                self.change_task(at, *key, |task| task.state = "CREATED".into())
            }
            Event::UserTaskTransition { key, kind, action, .. } => self.change_task(at, *key, |task| {
                if *kind != TaskAction::Creating || &*task.state == "CREATING" {
                    task.state = kind.as_str().into();
                }
                task.action = some(action);
                task.denied_reason = None;
            }),
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
            Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, .. } => {
                at.db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO timers VALUES (?, ?, 0, ?, 0, ?, ?, ?, 'CREATED')",
                    )?
                    .execute(params![key.0, &*at.header.tenant, definition.0, ordinal, due, repetitions])?;
                Ok(())
            }
            Event::StartTimerTriggered { key } => set_timer(at, *key, "TRIGGERED"),
            Event::StartTimerCanceled { key } => set_timer(at, *key, "CANCELED"),
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
        self.elements.insert(key.0, Arc::new(elements));
        Ok(())
    }

    // ---- what is remembered

    fn definition_of(&mut self, db: &Connection, instance: i64) -> Result<i64> {
        if let Some(definition) = self.instances.get(&instance) {
            return Ok(*definition);
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

    fn elements(&mut self, db: &Connection, definition: i64) -> Result<Arc<Elements>> {
        if let Some(elements) = self.elements.get(&definition) {
            return Ok(elements.clone());
        }
        let elements = Arc::new(Elements::load(db, definition)?);
        self.elements.insert(definition, elements.clone());
        Ok(elements)
    }
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

fn flow_taken(at: &Place<'_>, ordinal: u32, scope: Key, waits: bool) -> Result {
    at.db
        .prepare_cached("INSERT OR IGNORE INTO sequence_flows VALUES (?, ?)")?
        .execute((at.instance, ordinal))?;
    if waits {
        at.db
            .prepare_cached(
                "INSERT INTO waiting_tokens VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1",
            )?
            .execute((at.instance, scope.0, ordinal))?;
    }
    Ok(())
}

fn join_fired(at: &Place<'_>, scope: Key, flows: &[u32]) -> Result {
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

fn timer_event(at: &Place<'_>, event: &Event) -> Result {
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
        Event::TimerTriggered { key } => set_timer(at, *key, "TRIGGERED"),
        Event::TimerCanceled { key } => set_timer(at, *key, "CANCELED"),
        _ => Ok(()),
    }
}

fn set_timer(at: &Place<'_>, key: Key, state: &str) -> Result {
    at.db.prepare_cached("UPDATE timers SET state = ? WHERE key = ?")?.execute((state, key.0))?;
    Ok(())
}

fn new_job(
    at: &Place<'_>,
    key: Key,
    element: Key,
    job_type: &Str,
    retries: i32,
    kind: JobKind,
    listener: u32,
) -> JobState {
    JobState {
        key: key.0,
        tenant: at.header.tenant.clone(),
        instance: at.instance,
        definition: at.definition,
        element: element.0,
        job_type: job_type.clone(),
        kind: kind.as_str().into(),
        listener,
        state: "CREATED".into(),
        retries,
        worker: None,
        deadline: None,
        retry_at: None,
        error_code: None,
        error_message: None,
        failed_with_retries: false,
        created: at.header.time,
        updated: at.header.time,
        ended: None,
    }
}
