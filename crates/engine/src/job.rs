//! Jobs: leased to workers, completed, failed, retried.

use crate::compile::{JobTask, NodeKind};
use crate::elements;
use crate::expression::Failure;
use crate::instance::{Job, JobState};
use crate::limits;
use crate::run::Run;
use record::{
    ActivatedJob, Command, Event, IncidentType, JobKind, Key, Rejection, RejectionKind, Response, Str,
    Variables,
};

impl Run<'_> {
    pub(crate) fn job_command(&mut self, command: &Command) -> Result<Response, Rejection> {
        match command {
            Command::ActivateJob { job, worker, timeout, fetch } => {
                self.activate_job(*job, worker, *timeout, fetch)
            }
            Command::CompleteJob { job, variables, fence } => {
                let job = self.leased(*job, *fence, "complete")?;
                self.complete_job(&job, variables)?;
                Ok(Response::Done {})
            }
            Command::CompleteAdHocJob { job, variables, elements, fulfilled, cancel_remaining, fence } => {
                let job = self.leased(*job, *fence, "complete")?;
                let (element, variables) = (job.element, variables.clone());
                // The choice is checked first: where it is wrong, the job stays.
                elements::ad_hoc_sub_process::check_choice(self, element, elements)?;
                self.emit(Event::JobCompleted { key: job.key });
                elements::ad_hoc_sub_process::worker_chose(
                    self,
                    element,
                    variables,
                    elements,
                    *fulfilled,
                    *cancel_remaining,
                )?;
                Ok(Response::Done {})
            }
            Command::CompleteTaskListener { job, denied, reason, corrections, fence } => {
                let job = self.leased(*job, *fence, "complete")?;
                self.complete_task_listener(&job, *denied, reason, corrections)?;
                Ok(Response::Done {})
            }
            Command::FailJob { job, retries, back_off, message, variables, fence } => {
                let job = self.leased(*job, *fence, "fail")?;
                self.fail_job(&job, *retries, *back_off, message, variables);
                Ok(Response::Done {})
            }
            Command::ThrowJobError { job, code, message, variables, fence } => {
                let job = self.leased(*job, *fence, "throw an error for")?;
                self.throw_job_error(&job, code, message, variables)?;
                Ok(Response::Done {})
            }
            Command::KeepJobPending { job, handle, poll_after, fence } => {
                let job = self.leased(*job, *fence, "keep")?;
                let poll_at = self.now + (*poll_after).clamp(0, limits::MAX_SPAN_MS);
                self.emit(Event::JobPending { key: job.key, handle: handle.clone(), poll_at });
                Ok(Response::Done {})
            }
            Command::UpdateJob { job, retries, timeout, priority } => {
                self.update_job(*job, *retries, *timeout, *priority)
            }
            Command::TimeOutJob { job } => {
                let due = self
                    .instance
                    .job(*job)
                    .filter(|job| job.state == JobState::Activated && job.until <= self.now);
                if due.is_none() {
                    return Err(no_such_job("time out", *job));
                }
                self.emit(Event::JobTimedOut { key: *job });
                Ok(Response::Done {})
            }
            Command::RetryJob { job } => {
                let due = self.instance.job(*job).filter(|job| match job.state {
                    JobState::Failed => job.retries > 0 && (1..=self.now).contains(&job.until),
                    JobState::Pending => job.until <= self.now,
                    _ => false,
                });
                if due.is_none() {
                    return Err(no_such_job("retry", *job));
                }
                self.emit(Event::JobRetried { key: *job });
                Ok(Response::Done {})
            }
            _ => Err(crate::aggregate::misdirected(command)),
        }
    }

    fn activate_job(
        &mut self,
        key: Key,
        worker: &Str,
        timeout: i64,
        fetch: &[Str],
    ) -> Result<Response, Rejection> {
        let job = self.instance.job(key).filter(|job| job.state == JobState::Activatable).cloned();
        let job = job.ok_or_else(|| no_such_job("activate", key))?;
        let node = self.node_of(job.element).map(|(_, node)| node);
        let task = self.job_task(&job);
        let mut headers = task.map(|task| task.headers.clone()).unwrap_or_default();
        if let Some(task) = task.filter(|task| !task.linked.is_empty())
            && let Ok(linked) = self.linked_resources(task, job.element)
        {
            headers.push((Str::from("linkedResources"), linked));
        }
        let deadline = self.now + timeout.clamp(0, limits::MAX_SPAN_MS);
        let fence = job.fence + 1;
        self.emit(Event::JobActivated { key, worker: worker.clone(), deadline, fence });
        let instance = &*self.instance;
        let activated = ActivatedJob {
            key,
            job_type: job.job_type.clone(),
            instance: instance.key,
            definition: instance.definition,
            process_id: instance.process_id.clone(),
            version: instance.version,
            element_id: node.map_or_else(|| instance.process_id.clone(), |node| node.id.clone()),
            element: job.element,
            headers,
            worker: worker.clone(),
            retries: job.retries,
            deadline,
            variables: instance.visible(job.element, fetch),
            fence,
            kind: job.kind,
            root: instance.root(),
            traceparent: instance.traceparent.clone(),
            priority: job.priority,
            tags: instance.tags.clone(),
            business_id: instance.business_id.clone(),
            event: self.listener_event(job.element, job.kind),
            handle: job.handle.clone(),
            unreported: job.unreported,
            secrets: instance.element(job.element).map(|it| it.secrets.clone()).unwrap_or_default(),
        };
        Ok(Response::Activated { job: Box::new(activated) })
    }

    /// The job, if the sender may act on it: it is not failed, and the lease is the sender's where it says so.
    fn leased(&self, key: Key, fence: u64, verb: &str) -> Result<Job, Rejection> {
        let Some(job) = self.instance.job(key) else { return Err(no_such_job(verb, key)) };
        if fence != 0 && fence != job.fence {
            let text = format!(
                "Expected to {verb} job with key '{key}', but lease {fence} is over: lease {} took its place",
                job.fence
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        match job.state {
            JobState::Activatable | JobState::Activated | JobState::Pending => Ok(job.clone()),
            JobState::Failed | JobState::ErrorThrown => {
                let text = format!(
                    "Expected to {verb} job with key '{key}', but it is in state '{}'",
                    job.state.as_str()
                );
                Err(Rejection::new(RejectionKind::InvalidState, text))
            }
        }
    }

    fn complete_job(&mut self, job: &Job, variables: &Variables) -> Result<(), Rejection> {
        match job.kind {
            JobKind::BpmnElement => {
                self.emit(Event::JobCompleted { key: job.key });
                self.complete_with(job.element, variables.clone());
            }
            JobKind::ExecutionListener => {
                self.emit(Event::JobCompleted { key: job.key });
                self.listener_done(job, variables.clone());
            }
            JobKind::TaskListener => {
                let (reason, corrections) = (Str::from(""), record::command::TaskChanges::default());
                self.complete_task_listener(job, false, &reason, &corrections)?;
            }
            JobKind::AdHocSubProcess => {
                self.emit(Event::JobCompleted { key: job.key });
                let variables = variables.clone();
                elements::ad_hoc_sub_process::worker_chose(self, job.element, variables, &[], false, false)?;
            }
        }
        Ok(())
    }

    fn fail_job(&mut self, job: &Job, retries: i32, back_off: i64, message: &Str, variables: &Variables) {
        let retries = retries.max(0);
        let back_off = back_off.clamp(0, limits::MAX_SPAN_MS);
        let retry_at = if retries > 0 && back_off > 0 { self.now + back_off } else { 0 };
        self.emit(Event::JobFailed { key: job.key, retries, message: message.clone(), retry_at });
        self.set_local(job.element, variables.clone());
        if retries == 0 {
            let text = if message.is_empty() { "No more retries left." } else { message };
            let kind = match job.kind {
                JobKind::BpmnElement => IncidentType::JobNoRetries,
                JobKind::ExecutionListener => IncidentType::ExecutionListenerNoRetries,
                JobKind::TaskListener => IncidentType::TaskListenerNoRetries,
                JobKind::AdHocSubProcess => IncidentType::AdHocSubProcessNoRetries,
            };
            self.job_incident(job, Failure::new(kind, text));
        }
    }

    fn throw_job_error(
        &mut self,
        job: &Job,
        code: &Str,
        message: &Str,
        variables: &Variables,
    ) -> Result<(), Rejection> {
        if matches!(job.kind, JobKind::ExecutionListener | JobKind::TaskListener) {
            let text = format!(
                "Cannot throw BPMN error from {} job with key '{}', type '{}' and processInstanceKey '{}'",
                job.kind.as_str(),
                job.key,
                job.job_type,
                self.instance.key
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        self.emit(Event::JobErrorThrown { key: job.key, code: code.clone(), message: message.clone() });
        if let Err(failure) = self.throw_error(job.element, code, message, variables.clone(), job.key) {
            self.job_incident(job, failure);
        }
        Ok(())
    }

    fn job_incident(&mut self, job: &Job, failure: Failure) {
        let ordinal = self.instance.element(job.element).map_or(0, |element| element.ordinal);
        self.incident(job.element, ordinal, job.key, failure);
    }

    fn update_job(
        &mut self,
        key: Key,
        retries: Option<i32>,
        timeout: Option<i64>,
        priority: Option<i32>,
    ) -> Result<Response, Rejection> {
        let Some(job) = self.instance.job(key).cloned() else { return Err(no_such_job("update", key)) };
        if job.state == JobState::ErrorThrown {
            return Err(no_such_job("update", key));
        }
        if retries.is_some_and(|retries| retries < 1) {
            let text = format!(
                "Expected to update retries for job with key '{key}' with a positive amount of retries, but the amount given was '{}'",
                retries.unwrap_or_default()
            );
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
        let deadline = match timeout {
            None => job.until,
            Some(timeout) if job.state == JobState::Activated => {
                self.now + timeout.clamp(0, limits::MAX_SPAN_MS)
            }
            Some(_) => {
                let text =
                    format!("Expected to update the timeout of job with key '{key}', but it is not active");
                return Err(Rejection::new(RejectionKind::InvalidState, text));
            }
        };
        let retries = retries.unwrap_or(job.retries);
        self.emit(Event::JobUpdated { key, retries, deadline, priority });
        Ok(Response::Done {})
    }
}

impl<'a> Run<'a> {
    /// The part of the model that a job does.
    fn job_task(&self, job: &Job) -> Option<&'a JobTask> {
        let process = self.process;
        let node = self.node_of(job.element).map(|(_, node)| node);
        match job.kind {
            JobKind::ExecutionListener => {
                let listeners = match node {
                    Some(node) => node.listeners.as_deref(),
                    None => process.listeners.as_deref(),
                };
                self.listener_of(job, listeners?).map(|listener| &listener.job)
            }
            JobKind::TaskListener => match &node?.kind {
                NodeKind::UserTask(task) => self.task_listener(job, task).map(|listener| &listener.job),
                _ => None,
            },
            JobKind::AdHocSubProcess => match &node?.kind {
                NodeKind::AdHoc(ad_hoc) => ad_hoc.job.as_ref(),
                _ => None,
            },
            JobKind::BpmnElement => match &node?.kind {
                NodeKind::Job(job) => Some(job),
                other => elements::intermediate_throw_event::job(other),
            },
        }
    }
}

impl Job {
    /// What a job that is cancelled leaves behind elsewhere, named so that it can be stopped.
    pub(crate) fn abandoned(&self) -> Option<Event> {
        let (key, job_type, handle) = (self.key, self.job_type.clone(), self.handle.clone());
        (!handle.is_empty()).then_some(Event::JobAbandoned { key, job_type, handle })
    }
}

fn no_such_job(verb: &str, key: Key) -> Rejection {
    let text = format!("Expected to {verb} job with key '{key}', but no such job was found");
    Rejection::new(RejectionKind::NotFound, text)
}

fn no_such_instance(verb: &str, key: Key) -> String {
    format!("Expected to {verb} process instance but no process instance found with key '{key}'")
}

/// The rejection of a command whose instance does not exist (any more).
pub(crate) fn not_found(command: &Command, instance: Key) -> Rejection {
    let text = match command {
        Command::CompleteJob { job, .. } => return no_such_job("complete", *job),
        Command::FailJob { job, .. } => return no_such_job("fail", *job),
        Command::ThrowJobError { job, .. } => return no_such_job("throw an error for", *job),
        Command::UpdateJob { job, .. } => return no_such_job("update", *job),
        Command::ActivateJob { job, .. } => return no_such_job("activate", *job),
        Command::KeepJobPending { job, .. } => return no_such_job("keep", *job),
        Command::CompleteTaskListener { job, .. } | Command::CompleteAdHocJob { job, .. } => {
            return no_such_job("complete", *job);
        }
        Command::CancelProcessInstance {} => {
            format!(
                "Expected to cancel a process instance with key '{instance}', but no such process was found"
            )
        }
        Command::ModifyProcessInstance { .. } => no_such_instance("modify", instance),
        Command::MigrateProcessInstance { .. } => no_such_instance("migrate", instance),
        Command::SuspendProcessInstance {} => no_such_instance("suspend", instance),
        Command::ResumeProcessInstance {} => no_such_instance("resume", instance),
        Command::ActivateAdHoc { element, .. } => elements::ad_hoc_sub_process::no_such_ad_hoc(*element),
        Command::AddIteration { element, .. } => return crate::multi_instance::no_body(*element),
        Command::RemoveIteration { element } => return crate::multi_instance::no_iteration(*element),
        Command::ResolveIncident { incident } => {
            format!("Expected to resolve incident with key '{incident}', but no such incident was found")
        }
        Command::SetVariables { scope, .. } => {
            format!(
                "Expected to update variables for element with key '{scope}', but no such element was found"
            )
        }
        Command::AssignUserTask { task, .. } => crate::user_task::no_such_task("assign", *task),
        Command::UnassignUserTask { task } => crate::user_task::no_such_task("unassign", *task),
        Command::UpdateUserTask { task, .. } => crate::user_task::no_such_task("update", *task),
        Command::CompleteUserTask { task, .. } => crate::user_task::no_such_task("complete", *task),
        other => format!("Command {} names an instance that does not exist", other.name()),
    };
    Rejection::new(RejectionKind::NotFound, text)
}
