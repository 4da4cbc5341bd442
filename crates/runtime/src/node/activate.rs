//! Leasing jobs to workers, at once or when some appear.

use super::execute::Sender;
use super::{Node, Task};
use crate::idempotency::RequestKey;
use crate::jobs::Waiter;
use crate::request::{ActivateJobs, Activated, Output, PollId};
use crate::slots::Condition;
use record::port::StateStore;
use record::{ActivatedJob, AggregateId, Command, RejectionKind, Response};

impl<S: StateStore, T> Node<S, T> {
    /// Runs a request for jobs; it waits where there are none and it said so.
    pub(super) fn run_activation(&mut self, request: ActivateJobs, id: PollId, token: T) {
        if !request.request_id.is_empty()
            && let Some(first) = self.window.get(&RequestKey::of_activation(&request))
        {
            let jobs = first.responses.iter().filter_map(activated).collect();
            return self.hold(Output::Jobs(token, Ok(jobs)));
        }
        // Who waits already comes first.
        self.serve_waiters();
        if self.is_full() {
            return self.queue.push_front(Task::Activate { request, id, token });
        }
        match self.lease(&request) {
            Ok(jobs) if jobs.is_empty() && request.wait_ms > 0 => {
                let deadline = self.time.wall.saturating_add(request.wait_ms);
                self.jobs.wait(Waiter { id, request, token, deadline });
            }
            result => self.hold(Output::Jobs(token, result)),
        }
    }

    /// Hands new jobs to those who wait. They leave together with the record that made them.
    pub(super) fn serve_waiters(&mut self) -> bool {
        let mut progress = false;
        while !self.is_full() && self.poisoned.is_none() {
            let Some(waiter) = self.jobs.next_served() else { break };
            match self.lease(&waiter.request) {
                Ok(jobs) if jobs.is_empty() => self.jobs.wait_on(waiter),
                result => {
                    progress = true;
                    self.hold(Output::Jobs(waiter.token, result));
                }
            }
        }
        progress
    }

    fn lease(&mut self, request: &ActivateJobs) -> Activated {
        let mut jobs = Vec::new();
        let mut bytes = 0;
        let sender = Sender {
            tenant: request.tenant.clone(),
            actor: request.actor.clone(),
            request_id: request.request_id.clone(),
            traceparent: self.no_text.clone(),
            source: (0, 0),
            chain: record::event::Chain::default(),
        };
        while jobs.len() < request.max && bytes < self.options.activation_bytes && !self.is_full() {
            let next = match self.jobs.pop(&request.tenant, &request.job_type, &self.store) {
                Ok(next) => next,
                Err(error) => {
                    self.store_failed(&error);
                    return Err(self.unavailable());
                }
            };
            let Some((rank, owner)) = next else { break };
            let at = match self.slots.find_instance(owner) {
                Some(at) => Ok(Some(at)),
                None => self.load(&AggregateId::from(owner)),
            };
            let at = match at {
                Ok(Some(at)) => at,
                Ok(None) => continue,
                Err(error) => {
                    self.store_failed(&error);
                    return Err(self.unavailable());
                }
            };
            // One that is being rebuilt gets its places in the queues back afterwards.
            if self.slots.get(at).is_none_or(|slot| slot.condition != Condition::Sound) {
                continue;
            }
            let command = Command::ActivateJob {
                job: rank.key(),
                worker: request.worker.clone(),
                timeout: request.timeout,
                fetch: request.fetch.clone(),
            };
            match self.run_in_slot(at, &sender, command) {
                Ok(Response::Activated { job }) => {
                    bytes += job.variables.as_str().len();
                    jobs.push(*job);
                }
                Ok(_) => {}
                Err(refused) => match refused.rejection.kind {
                    // The store's index was behind, or the job's instance is in trouble: the next one.
                    RejectionKind::NotFound
                    | RejectionKind::InvalidState
                    | RejectionKind::AlreadyExists
                    | RejectionKind::ProcessingError => {}
                    _ => {
                        self.jobs.put_back(&request.tenant, &request.job_type, rank, owner);
                        if jobs.is_empty() {
                            return Err(refused.rejection);
                        }
                        break;
                    }
                },
            }
        }
        Ok(jobs)
    }
}

fn activated(response: &Response) -> Option<ActivatedJob> {
    match response {
        Response::Activated { job } => Some((**job).clone()),
        _ => None,
    }
}
