//! From events of jobs to rows.

use crate::batch::{JobState, Pending};
use crate::project::{Place, Result, some};
use record::{Event, JobKind, Key};

/// The jobs that records change, and which of them a denial is about.
#[derive(Default)]
pub(crate) struct JobRows {
    pub pending: Pending<JobState>,
    /// The task listener that was completed last: where a denial follows, it is this one's.
    completed_listener: Option<Key>,
}

impl JobRows {
    /// An event of a job, or a denial.
    pub fn event(&mut self, at: &Place<'_>, event: &Event) -> Result {
        let time = at.header.time;
        match event {
            Event::JobCreated { .. } => {
                self.pending.extend(new_job(at, event));
                Ok(())
            }
            Event::JobActivated { key, worker, deadline, .. } => self.change(at, *key, |job| {
                job.worker = some(worker);
                job.deadline = Some(*deadline);
                job.retry_at = None;
            }),
            Event::JobTimedOut { key } => self.change(at, *key, |job| {
                job.state = "TIMED_OUT".into();
                job.deadline = None;
            }),
            Event::JobFailed { key, retries, message, retry_at } => self.change(at, *key, |job| {
                job.state = "FAILED".into();
                job.retries = *retries;
                job.error_message = some(message);
                job.deadline = None;
                job.retry_at = (*retry_at > 0).then_some(*retry_at);
                job.failed_with_retries = *retries > 0;
            }),
            Event::JobRetried { key } => self.change(at, *key, |job| {
                job.state = "CREATED".into();
                job.retry_at = None;
            }),
            Event::JobPending { key, poll_at, .. } => self.change(at, *key, |job| {
                job.deadline = None;
                job.retry_at = Some(*poll_at);
            }),
            Event::JobUpdated { key, retries, deadline, priority } => self.change(at, *key, |job| {
                job.priority = priority.unwrap_or(job.priority);
                if job.retries != *retries {
                    job.state = "RETRIES_UPDATED".into();
                }
                job.retries = *retries;
                if job.deadline.is_some() {
                    job.deadline = Some(*deadline);
                }
            }),
            Event::JobErrorThrown { key, code, message } => self.change(at, *key, |job| {
                job.state = "ERROR_THROWN".into();
                job.error_code = some(code);
                job.error_message = some(message);
                job.deadline = None;
            }),
            Event::JobCompleted { key } => {
                let mut listener = false;
                self.change(at, *key, |job| {
                    job.state = "COMPLETED".into();
                    job.ended = Some(time);
                    listener = &*job.kind == JobKind::TaskListener.as_str();
                    job.denied = listener.then_some(false);
                })?;
                self.completed_listener = listener.then_some(*key);
                Ok(())
            }
            Event::UserTaskDenied { reason, .. } => match self.completed_listener.take() {
                Some(key) => self.change(at, key, |job| {
                    job.denied = Some(true);
                    job.denied_reason = some(reason);
                }),
                None => Ok(()),
            },
            Event::JobCanceled { key } => self.change(at, *key, |job| {
                if &*job.state != "ERROR_THROWN" {
                    job.state = "CANCELED".into();
                }
                job.ended = Some(time);
            }),
            _ => Ok(()),
        }
    }

    fn change(&mut self, at: &Place<'_>, key: Key, change: impl FnOnce(&mut JobState)) -> Result {
        if let Some(job) = self.pending.load(at.db, key.0)? {
            change(job);
            job.updated = at.header.time;
        }
        Ok(())
    }
}

fn new_job(at: &Place<'_>, event: &Event) -> Option<JobState> {
    let Event::JobCreated { key, element, job_type, retries, kind, priority, event, .. } = event else {
        return None;
    };
    Some(JobState {
        key: key.0,
        tenant: at.header.tenant.clone(),
        instance: at.instance,
        definition: at.definition,
        element: element.0,
        job_type: job_type.clone(),
        kind: kind.as_str().into(),
        event: some(event),
        state: "CREATED".into(),
        retries: *retries,
        priority: *priority,
        worker: None,
        deadline: None,
        retry_at: None,
        error_code: None,
        error_message: None,
        failed_with_retries: false,
        denied: None,
        denied_reason: None,
        created: at.header.time,
        updated: at.header.time,
        ended: None,
    })
}
