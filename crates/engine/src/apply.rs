//! Applying events to a process instance: plain assignments, the only way its state changes.

use crate::index::{IndexChange, IndexEntry, Wake};
use crate::instance::{
    ElementInstance, ElementState, Incident, Instance, Job, JobState, Subscription, Timer, Transition,
    UserTask, find, find_mut, insert, remove,
};
use record::{Event, Key, Variables};

type Index = Vec<IndexChange>;

impl Instance {
    pub(crate) fn apply(&mut self, event: &Event, index: &mut Index) {
        match event {
            Event::KeyBlockAssigned { block } => {
                self.blocks.push(*block);
                self.last_key = *block;
                index.push(IndexChange::Add(IndexEntry::Block { block: *block }));
            }
            Event::SequenceFlowTaken { ordinal, scope, waits: true } => self.waiting.push((*scope, *ordinal)),
            Event::DecisionEvaluated { evaluation, .. } => self.issued(evaluation.key),
            Event::SequenceFlowTaken { .. } | Event::ErrorThrown { .. } | Event::CommandSent { .. } => {}
            Event::JoinFired { scope, flows } => self.consume(*scope, flows),
            Event::VariablesSet { scope, variables } => self.set(*scope, variables),
            Event::IncidentCreated { key, element, job, kind, .. } => {
                self.issued(*key);
                insert(
                    &mut self.incidents,
                    Incident { key: *key, element: *element, job: *job, kind: *kind },
                );
            }
            Event::IncidentResolved { key } => drop(remove(&mut self.incidents, *key)),
            Event::ContinuationScheduled { pending } => self.pending.clone_from(pending),
            Event::ContinuationTaken {} => self.pending.clear(),
            Event::InstanceCompleted {} | Event::InstanceTerminated {} => self.end(index),
            _ => {
                self.apply_element(event);
                self.apply_job(event, index);
                self.apply_wait(event, index);
                self.apply_task(event);
            }
        }
    }

    fn apply_element(&mut self, event: &Event) {
        match event {
            Event::ElementActivating { key, ordinal, scope } => {
                self.begin(*key, *ordinal, *scope, ElementState::Activating);
            }
            Event::ElementActivated { key, ordinal, scope } => match find_mut(&mut self.elements, *key) {
                Some(element) => element.state = ElementState::Active,
                None => self.begin(*key, *ordinal, *scope, ElementState::Active),
            },
            Event::ElementCompleting { key } => self.set_state(*key, ElementState::Completing),
            Event::ElementTerminating { key } => self.set_state(*key, ElementState::Terminating),
            Event::ElementCompleted { key } | Event::ElementTerminated { key } => self.finish(*key),
            Event::ElementPassed { key, .. } => self.issued(*key),
            _ => {}
        }
    }

    fn apply_job(&mut self, event: &Event, index: &mut Index) {
        match event {
            Event::JobCreated { key, element, job_type, retries, kind, listener } => {
                self.issued(*key);
                let (key, element, retries, kind, listener) = (*key, *element, *retries, *kind, *listener);
                let job = Job {
                    key,
                    element,
                    job_type: job_type.clone(),
                    retries,
                    kind,
                    listener,
                    ..Job::default()
                };
                index.extend(job.entry().map(IndexChange::Add));
                insert(&mut self.jobs, job);
                if let Some(element) = find_mut(&mut self.elements, element) {
                    element.job = key;
                }
            }
            Event::JobActivated { key, worker, deadline, fence } => self.change_job(*key, index, |job| {
                job.state = JobState::Activated;
                job.worker = worker.clone();
                job.until = *deadline;
                job.fence = *fence;
            }),
            Event::JobTimedOut { key } | Event::JobRetried { key } => self.change_job(*key, index, |job| {
                job.state = JobState::Activatable;
                job.until = 0;
            }),
            Event::JobFailed { key, retries, message, retry_at } => self.change_job(*key, index, |job| {
                let at_once = *retries > 0 && *retry_at == 0;
                job.state = if at_once { JobState::Activatable } else { JobState::Failed };
                job.retries = *retries;
                job.until = *retry_at;
                job.message = message.clone();
            }),
            Event::JobUpdated { key, retries, deadline } => self.change_job(*key, index, |job| {
                job.retries = *retries;
                job.until = *deadline;
            }),
            Event::JobErrorThrown { key, code, .. } => self.change_job(*key, index, |job| {
                job.state = JobState::ErrorThrown;
                job.until = 0;
                job.message = code.clone();
            }),
            Event::JobCompleted { key } | Event::JobCanceled { key } => {
                if let Some(job) = remove(&mut self.jobs, *key) {
                    index.extend(job.entry().map(IndexChange::Remove));
                    if let Some(element) = find_mut(&mut self.elements, job.element) {
                        element.job = Key::NONE;
                    }
                }
            }
            _ => {}
        }
    }

    fn apply_wait(&mut self, event: &Event, index: &mut Index) {
        match event {
            Event::TimerScheduled { key, element, ordinal, due, repetitions, cycle } => {
                self.issued(*key);
                let (key, element, ordinal, due) = (*key, *element, *ordinal, *due);
                let timer =
                    Timer { key, element, ordinal, due, repetitions: *repetitions, cycle: cycle.clone() };
                index.push(IndexChange::Add(timer.entry()));
                insert(&mut self.timers, timer);
            }
            Event::TimerTriggered { key } | Event::TimerCanceled { key } => {
                if let Some(timer) = remove(&mut self.timers, *key) {
                    index.push(IndexChange::Remove(timer.entry()));
                }
            }
            Event::SubscriptionOpened { key, element, ordinal, name, correlation_key, interrupting } => {
                self.issued(*key);
                insert(
                    &mut self.subscriptions,
                    Subscription {
                        key: *key,
                        element: *element,
                        ordinal: *ordinal,
                        name: name.clone(),
                        correlation_key: correlation_key.clone(),
                        interrupting: *interrupting,
                    },
                );
            }
            Event::SubscriptionClosed { key } => drop(remove(&mut self.subscriptions, *key)),
            _ => {}
        }
    }

    fn apply_task(&mut self, event: &Event) {
        match event {
            Event::UserTaskCreating { key, element, .. } => {
                self.issued(*key);
                insert(&mut self.tasks, UserTask { key: *key, element: *element, ..UserTask::default() });
            }
            Event::UserTaskCreated { key } => self.change_task(*key, |task| {
                task.created = true;
                task.transition = None;
            }),
            Event::UserTaskTransition { key, kind, changes, variables, action } => {
                self.change_task(*key, |task| {
                    task.transition = Some(Transition {
                        kind: *kind,
                        changes: changes.clone(),
                        variables: variables.clone(),
                        action: action.clone(),
                    });
                })
            }
            Event::UserTaskAssigned { key, assignee } => self.change_task(*key, |task| {
                task.assignee = assignee.clone();
                task.transition = None;
            }),
            Event::UserTaskUpdated { key, changes } => self.change_task(*key, |task| {
                if let Some(assignee) = &changes.assignee {
                    task.assignee = assignee.clone();
                }
                task.transition = None;
            }),
            Event::UserTaskDenied { key, .. } => self.change_task(*key, |task| task.transition = None),
            Event::UserTaskCompleted { key, .. } | Event::UserTaskCanceled { key } => {
                drop(remove(&mut self.tasks, *key));
            }
            _ => {}
        }
    }

    /// Notes that a key was given out.
    fn issued(&mut self, key: Key) {
        self.last_key = self.last_key.max(key);
    }

    fn begin(&mut self, key: Key, ordinal: u32, scope: Key, state: ElementState) {
        self.issued(key);
        insert(
            &mut self.elements,
            ElementInstance { key, ordinal, scope, state, ..ElementInstance::default() },
        );
        if let Some(parent) = find_mut(&mut self.elements, scope) {
            parent.children += 1;
        }
    }

    /// The process's own element stays until the instance is dropped, for its variables.
    fn finish(&mut self, key: Key) {
        self.waiting.retain(|(scope, _)| *scope != key);
        if key == self.key {
            return;
        }
        let scope = remove(&mut self.elements, key).map(|element| element.scope);
        if let Some(parent) = scope.and_then(|scope| find_mut(&mut self.elements, scope)) {
            parent.children -= 1;
        }
    }

    fn set_state(&mut self, key: Key, state: ElementState) {
        if let Some(element) = find_mut(&mut self.elements, key) {
            element.state = state;
        }
    }

    fn consume(&mut self, scope: Key, flows: &[u32]) {
        for flow in flows {
            if let Some(at) = self.waiting.iter().position(|token| *token == (scope, *flow)) {
                self.waiting.remove(at);
            }
        }
    }

    fn set(&mut self, scope: Key, variables: &Variables) {
        let Some(element) = find_mut(&mut self.elements, scope) else { return };
        for (name, value) in variables {
            match element.variables.iter_mut().find(|(known, _)| known == name) {
                Some(entry) => entry.1 = value.clone(),
                None => element.variables.push((name.clone(), value.clone())),
            }
        }
    }

    fn change_job(&mut self, key: Key, index: &mut Index, change: impl FnOnce(&mut Job)) {
        let Some(job) = find_mut(&mut self.jobs, key) else { return };
        let before = job.entry();
        change(job);
        let after = job.entry();
        if before != after {
            index.extend(before.map(IndexChange::Remove));
            index.extend(after.map(IndexChange::Add));
        }
    }

    fn change_task(&mut self, key: Key, change: impl FnOnce(&mut UserTask)) {
        if let Some(task) = find_mut(&mut self.tasks, key) {
            change(task);
        }
    }

    /// Nothing of an ended instance may be found through an index.
    fn end(&mut self, index: &mut Index) {
        index.extend(self.index().into_iter().map(IndexChange::Remove));
        self.ended = true;
    }

    /// All entries that the runtime's indexes hold for this instance.
    pub fn index(&self) -> Vec<IndexEntry> {
        let jobs = self.jobs.iter().filter_map(Job::entry);
        let timers = self.timers.iter().map(Timer::entry);
        let blocks = self.blocks.iter().map(|&block| IndexEntry::Block { block });
        jobs.chain(timers).chain(blocks).collect()
    }

    /// True where the scope has a live element instance with this key.
    pub(crate) fn is_live(&self, key: Key) -> bool {
        find(&self.elements, key).is_some()
    }
}

impl Job {
    /// How the runtime finds the job now: as leasable, or at the end of its lease or back-off.
    pub(crate) fn entry(&self) -> Option<IndexEntry> {
        match self.state {
            JobState::Activatable => {
                Some(IndexEntry::Job { job_type: self.job_type.clone(), priority: 0, key: self.key })
            }
            JobState::Activated => Some(IndexEntry::Due { at: self.until, wake: Wake::JobTimeout(self.key) }),
            // Without a moment to wait for, it waits for its incident to be resolved.
            JobState::Failed if self.retries > 0 && self.until > 0 => {
                Some(IndexEntry::Due { at: self.until, wake: Wake::JobRetry(self.key) })
            }
            JobState::Failed | JobState::ErrorThrown => None,
        }
    }
}

impl Timer {
    fn entry(&self) -> IndexEntry {
        IndexEntry::Due { at: self.due, wake: Wake::Timer(self.key) }
    }
}
