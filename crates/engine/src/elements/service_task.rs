//! Service task, and the send, business rule and script tasks and message events whose work is a job: it waits
//! until a worker completes the job.

use crate::compile::JobTask;
use crate::expression::Failure;
use crate::run::Run;
use crate::variables::Scopes;
use record::{Event, JobKind, Key, Str};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    job: &JobTask,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let planned = run.plan_job(job, at)?;
    let waits = run.plan_boundary(model, at)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    run.create_job(key, planned, JobKind::BpmnElement, 0);
    Ok(())
}

/// A job, its expressions evaluated.
pub(crate) struct PlannedJob {
    job_type: Str,
    retries: i32,
    priority: i32,
}

impl Run<'_> {
    /// Evaluates the expressions of a job.
    pub(crate) fn plan_job(&mut self, job: &JobTask, at: Key) -> Result<PlannedJob, Failure> {
        let scopes = Scopes::new(self.instance, at);
        let job_type = job.job_type.to_text(&scopes, &mut self.evaluator)?;
        let retries = job.retries.to_integer(&scopes, &mut self.evaluator)?;
        let priority = match &job.priority {
            Some(priority) => priority.to_integer(&scopes, &mut self.evaluator)?,
            None => 0,
        };
        if !job.linked.is_empty() {
            self.linked_resources(job, at)?;
        }
        let retries = i32::try_from(retries).unwrap_or(i32::MAX);
        let priority = i32::try_from(priority).unwrap_or(if priority < 0 { i32::MIN } else { i32::MAX });
        Ok(PlannedJob { job_type, retries, priority })
    }

    /// There is work for a worker.
    pub(crate) fn create_job(&mut self, element: Key, planned: PlannedJob, kind: JobKind, listener: u32) {
        let key = self.key();
        let PlannedJob { job_type, retries, priority } = planned;
        let event = self.listener_event(element, kind);
        self.emit(Event::JobCreated { key, element, job_type, retries, kind, listener, priority, event });
    }
}
