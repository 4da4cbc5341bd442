//! Applying events to a process instance: plain assignments, the only way its state changes.

use crate::index::{IndexChange, IndexEntry, Wake};
use crate::instance::{
    Compensable, Compensation, Condition, ElementInstance, ElementState, Incident, Instance, Job, JobState,
    Loop, Resetting, Role, Subscription, Timer, Transition, UserTask, find, find_mut, insert, remove,
};
use record::command::TaskChanges;
use record::{Event, Json, Key, Variables};

type Index = Vec<IndexChange>;

impl Instance {
    /// Nothing of a suspended instance is found through an index; its key blocks are.
    #[cold]
    fn apply_suspended(&mut self, event: &Event, index: &mut Index) {
        let before = index.len();
        self.suspended = false;
        self.apply(event, index);
        if let Event::InstanceResumed {} = event {
            return;
        }
        self.suspended = true;
        let added = index.split_off(before);
        let is_block = |change: &IndexChange| {
            matches!(
                change,
                IndexChange::Add(IndexEntry::Block { .. }) | IndexChange::Remove(IndexEntry::Block { .. })
            )
        };
        index.extend(added.into_iter().filter(is_block));
    }

    pub(crate) fn apply(&mut self, event: &Event, index: &mut Index) {
        if self.suspended {
            return self.apply_suspended(event, index);
        }
        match event {
            Event::KeyBlockAssigned { block } => {
                self.blocks.push(*block);
                self.last_key = *block;
                index.push(IndexChange::Add(IndexEntry::Block { block: *block }));
            }
            Event::SequenceFlowTaken { ordinal, scope, waits: true } => self.waiting.push((*scope, *ordinal)),
            Event::DecisionEvaluated { evaluation, .. } => self.issued(evaluation.key),
            Event::SequenceFlowTaken { .. }
            | Event::ErrorThrown { .. }
            | Event::EscalationThrown { .. }
            | Event::InstanceModified {}
            | Event::JobAbandoned { .. }
            | Event::CommandSent { .. } => {}
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
            Event::ContinuationScheduled { pending, count, chain } => {
                self.pending.clone_from(pending);
                self.continuations = *count;
                self.chain = *chain;
            }
            Event::ContinuationTaken {} => self.pending.clear(),
            Event::InstanceCompleted {} | Event::InstanceTerminated {} => self.end(index),
            Event::InstanceSuspended {} => {
                let mut entries = self.index();
                entries.retain(|entry| !matches!(entry, IndexEntry::Block { .. }));
                index.extend(entries.into_iter().map(IndexChange::Remove));
                self.suspended = true;
            }
            Event::InstanceResumed {} => {
                self.suspended = false;
                self.parked.clear();
                let mut entries = self.index();
                entries.retain(|entry| !matches!(entry, IndexEntry::Block { .. }));
                index.extend(entries.into_iter().map(IndexChange::Add));
            }
            Event::DataStoreChanged { .. } => self.apply_data_store(event),
            Event::CommandParked { command } => self.parked.push((**command).clone()),
            Event::InstanceMigrated { definition, process_id, version, elements } => {
                self.definition = *definition;
                self.process_id = process_id.clone();
                self.version = *version;
                self.rename(elements);
            }
            _ => {
                self.apply_element(event);
                self.apply_loop(event);
                self.apply_job(event, index);
                self.apply_wait(event, index);
                self.apply_compensation(event);
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
                Some(element) => {
                    element.state = ElementState::Active;
                    element.listened = false;
                }
                None => self.begin(*key, *ordinal, *scope, ElementState::Active),
            },
            Event::ElementListened { key } => self.change(*key, |element| element.listened = true),
            Event::ElementPlaced { key } => self.change(*key, |element| element.placed = true),
            Event::ElementCompleting { key } => self.set_state(*key, ElementState::Completing),
            Event::ElementTerminating { key } => self.set_state(*key, ElementState::Terminating),
            Event::ElementCompleted { key } => self.finish(*key, true),
            Event::ElementTerminated { key } => self.finish(*key, false),
            Event::ScopeInterrupted { key } => self.change(*key, |element| element.interrupted = true),
            // The called instance's key is of a block of its own.
            Event::CallStarted { element, instance } => {
                self.change(*element, |element| element.called = *instance);
            }
            Event::ElementPassed { key, .. } => self.issued(*key),
            Event::SecretsNamed { scope, places } => {
                self.change(*scope, |element| element.secrets.clone_from(places));
            }
            _ => {}
        }
    }

    fn apply_loop(&mut self, event: &Event) {
        match event {
            Event::LoopStarted { key, total, items, chain } => {
                let (total, items, chain) = (*total, items.clone(), *chain);
                let looping = Loop { total, items, chain, ..Loop::default() };
                self.change(*key, |element| {
                    element.role = Role::Body;
                    element.looping = Some(Box::new(looping));
                });
            }
            Event::IterationStarted { key, ordinal, scope, counter } => {
                self.begin(*key, *ordinal, *scope, ElementState::Activating);
                self.change(*key, |element| {
                    element.role = Role::Iteration;
                    element.counter = *counter;
                });
                self.change_loop(*scope, |looping| looping.started += 1);
            }
            Event::InnerStarted { key, ordinal, scope } => {
                self.begin(*key, *ordinal, *scope, ElementState::Active);
                let mut counter = 0;
                self.change_loop(*scope, |looping| {
                    looping.started += 1;
                    counter = looping.started;
                });
                self.change(*key, |element| {
                    element.role = Role::Inner;
                    element.counter = counter;
                });
            }
            Event::IterationEnded { body, counter, completed, output } => {
                self.change_loop(*body, |looping| {
                    match completed {
                        true => looping.completed += 1,
                        false => looping.terminated += 1,
                    }
                    if let Some(output) = output {
                        let at = (*counter as usize).saturating_sub(1);
                        if looping.outputs.len() <= at {
                            looping.outputs.resize(at + 1, Json::null());
                        }
                        looping.outputs[at] = output.clone();
                    }
                })
            }
            Event::IterationAdded { body, item } => self.change_loop(*body, |looping| {
                if !looping.items.is_empty() {
                    looping.items.push(item.clone());
                }
                looping.total += 1;
            }),
            Event::AdHocFulfilled { key } => self.change_loop(*key, |looping| {
                looping.fulfilled = true;
                looping.waiting.clear();
            }),
            Event::AdHocWaiting { key, taken, added } => self.change_loop(*key, |looping| {
                looping.waiting.drain(..(*taken as usize).min(looping.waiting.len()));
                looping.waiting.extend(added.iter().cloned());
            }),
            _ => {}
        }
    }

    fn apply_job(&mut self, event: &Event, index: &mut Index) {
        match event {
            Event::JobCreated { key, element, job_type, retries, kind, listener, priority, .. } => {
                self.issued(*key);
                let (key, element, retries, kind, listener) = (*key, *element, *retries, *kind, *listener);
                let priority = *priority;
                let job = Job {
                    key,
                    element,
                    job_type: job_type.clone(),
                    retries,
                    kind,
                    listener,
                    priority,
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
            Event::JobTimedOut { key } => self.change_job(*key, index, |job| {
                job.state = JobState::Activatable;
                job.until = 0;
                job.unreported = job.handle.is_empty();
            }),
            Event::JobRetried { key } => self.change_job(*key, index, |job| {
                job.state = JobState::Activatable;
                job.until = 0;
            }),
            Event::JobPending { key, handle, poll_at } => self.change_job(*key, index, |job| {
                job.state = JobState::Pending;
                job.until = *poll_at;
                job.handle = handle.clone();
                job.unreported = false;
            }),
            Event::JobFailed { key, retries, message, retry_at } => self.change_job(*key, index, |job| {
                let at_once = *retries > 0 && *retry_at == 0;
                job.state = if at_once { JobState::Activatable } else { JobState::Failed };
                job.retries = *retries;
                job.until = *retry_at;
                job.message = message.clone();
                job.unreported = false;
            }),
            Event::JobUpdated { key, retries, deadline, priority } => self.change_job(*key, index, |job| {
                job.priority = priority.unwrap_or(job.priority);
                job.retries = *retries;
                job.until = *deadline;
            }),
            Event::JobErrorThrown { key, code, .. } => self.change_job(*key, index, |job| {
                job.state = JobState::ErrorThrown;
                job.until = 0;
                job.message = code.clone();
                job.handle = "".into();
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
            Event::TimerScheduled { key, element, ordinal, due, repetitions, cycle, part, chain } => {
                self.issued(*key);
                let (key, element, ordinal, due, part) = (*key, *element, *ordinal, *due, *part);
                let (repetitions, cycle, chain) = (*repetitions, cycle.clone(), *chain);
                let timer = Timer { key, element, ordinal, due, repetitions, cycle, part, chain };
                index.push(IndexChange::Add(timer.entry()));
                insert(&mut self.timers, timer);
            }
            Event::TimerTriggered { key } | Event::TimerCanceled { key } => {
                if let Some(timer) = remove(&mut self.timers, *key) {
                    index.push(IndexChange::Remove(timer.entry()));
                }
            }
            Event::SubscriptionOpened {
                key,
                element,
                ordinal,
                name,
                correlation_key,
                interrupting,
                part,
                signal,
            } => {
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
                        part: *part,
                        signal: *signal,
                    },
                );
            }
            Event::SubscriptionClosed { key } => drop(remove(&mut self.subscriptions, *key)),
            Event::ConditionOpened { key, element, ordinal, part, interrupting } => {
                self.issued(*key);
                let (key, element, ordinal, part) = (*key, *element, *ordinal, *part);
                let (interrupting, holds) = (*interrupting, false);
                let condition = Condition { key, element, ordinal, part, interrupting, holds };
                insert(&mut self.conditions, condition);
            }
            Event::ConditionChanged { key, holds } => {
                if let Some(condition) = find_mut(&mut self.conditions, *key) {
                    condition.holds = *holds;
                }
            }
            Event::ConditionClosed { key } => drop(remove(&mut self.conditions, *key)),
            Event::EventOccurred { element, ordinal, part } => {
                self.occurred.push((*element, (*ordinal, *part)));
            }
            Event::EventsReset { element, ordinal } => {
                self.occurred.retain(|(it, (event, _))| (*it, *event) != (*element, *ordinal));
            }
            Event::ComplexGatewayActivated { scope, ordinal, awaited } => {
                let awaited = awaited.clone();
                self.resetting.push(Resetting { scope: *scope, ordinal: *ordinal, awaited });
            }
            Event::ComplexGatewayReset { scope, ordinal } => {
                self.resetting.retain(|gateway| (gateway.scope, gateway.ordinal) != (*scope, *ordinal));
            }
            _ => {}
        }
    }

    fn apply_compensation(&mut self, event: &Event) {
        match event {
            Event::CompensationRegistered { key, ordinal, scope, variables } => {
                let (key, ordinal, scope) = (*key, *ordinal, *scope);
                let variables = variables.clone();
                self.compensable.push(Compensable { key, ordinal, scope, variables, taken: false });
            }
            Event::CompensationStarted { key, thrower, records, cancel, scope } => {
                self.issued(*key);
                for compensable in self.compensable.iter_mut().filter(|it| records.contains(&it.key)) {
                    compensable.taken = true;
                }
                let mut records = records.clone();
                records.reverse();
                let (key, thrower, cancel, scope) = (*key, *thrower, *cancel, *scope);
                let handler = Key::NONE;
                self.compensations.push(Compensation { key, thrower, records, handler, cancel, scope });
            }
            Event::CompensationHandling { key, record, handler } => {
                self.issued(*handler);
                for compensation in self.compensations.iter_mut().filter(|it| it.key == *key) {
                    compensation.records.retain(|other| other != record);
                    compensation.handler = *handler;
                }
                self.change(*handler, |element| element.compensates = *record);
            }
            Event::CompensationHandlerEnded { key } => {
                for compensation in self.compensations.iter_mut().filter(|it| it.key == *key) {
                    compensation.handler = Key::NONE;
                }
            }
            Event::CompensationEnded { key } => self.compensations.retain(|it| it.key != *key),
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
                        changes: TaskChanges::clone(changes),
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
            Event::UserTaskCorrected { key, changes } => self.change_task(*key, |task| {
                if let Some(transition) = &mut task.transition {
                    correct(&mut transition.changes, changes);
                }
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
    fn finish(&mut self, key: Key, completed: bool) {
        self.waiting.retain(|(scope, _)| *scope != key);
        if key == self.key {
            return;
        }
        if !self.resetting.is_empty() {
            self.resetting.retain(|gateway| gateway.scope != key);
        }
        if !self.occurred.is_empty() {
            self.occurred.retain(|(element, _)| *element != key);
        }
        if !self.compensable.is_empty() {
            self.settle_compensable(key, completed);
        }
        if !self.compensations.is_empty() {
            let over =
                |it: &Compensation| it.thrower == key || !completed && (it.handler == key || it.scope == key);
            self.compensations.retain(|it| !over(it));
        }
        let scope = remove(&mut self.elements, key).map(|element| element.scope);
        if let Some(parent) = scope.and_then(|scope| find_mut(&mut self.elements, scope)) {
            parent.children -= 1;
        }
    }

    /// What was completed inside of an ended scope can be compensated as long as the scope itself can.
    fn settle_compensable(&mut self, key: Key, completed: bool) {
        let body = find(&self.elements, key)
            .filter(|element| matches!(element.role, Role::Body | Role::Inner) && completed);
        if let Some((scope, role)) = body.map(|element| (element.scope, element.role)) {
            // The iterations were completed when all of them were.
            let moved: Vec<Compensable> = match role {
                Role::Body => self.compensable.extract_if(.., |it| it.scope == key).collect(),
                _ => Vec::new(),
            };
            self.compensable.extend(moved);
            for compensable in self.compensable.iter_mut().filter(|it| it.scope == key) {
                compensable.scope = scope;
            }
            return;
        }
        if !self.compensable.iter().any(|compensable| compensable.key == key) {
            self.forget_compensable(key);
        }
    }

    fn forget_compensable(&mut self, scope: Key) {
        let inside: Vec<Key> =
            self.compensable.iter().filter(|it| it.scope == scope).map(|it| it.key).collect();
        self.compensable.retain(|it| it.scope != scope);
        for key in inside {
            self.forget_compensable(key);
        }
    }

    /// Ordinals of another definition.
    fn rename(&mut self, elements: &[(u32, u32)]) {
        let change = |ordinal: &mut u32| {
            if let Some((_, new)) = elements.iter().find(|(old, _)| old == ordinal) {
                *ordinal = *new;
            }
        };
        for element in &mut self.elements {
            change(&mut element.ordinal);
            let waiting = element.looping.iter_mut().flat_map(|looping| &mut looping.waiting);
            waiting.for_each(|(activity, _)| change(activity));
        }
        self.timers.iter_mut().for_each(|it| change(&mut it.ordinal));
        self.subscriptions.iter_mut().for_each(|it| change(&mut it.ordinal));
        self.conditions.iter_mut().for_each(|it| change(&mut it.ordinal));
        self.waiting.iter_mut().for_each(|(_, flow)| change(flow));
        self.occurred.iter_mut().for_each(|(_, (ordinal, _))| change(ordinal));
        self.compensable.iter_mut().for_each(|it| change(&mut it.ordinal));
        self.pending.iter_mut().for_each(|it| change(&mut it.ordinal));
        for gateway in &mut self.resetting {
            change(&mut gateway.ordinal);
            gateway.awaited.iter_mut().for_each(change);
        }
    }

    fn change(&mut self, key: Key, change: impl FnOnce(&mut ElementInstance)) {
        if let Some(element) = find_mut(&mut self.elements, key) {
            change(element);
        }
    }

    fn change_loop(&mut self, key: Key, change: impl FnOnce(&mut Loop)) {
        self.change(key, |element| change(element.looping.get_or_insert_default()));
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
        if !element.secrets.is_empty() {
            element.secrets.retain(|place| !variables.iter().any(|(name, _)| place.is_in(name)));
        }
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

    /// Nothing of an ended instance may be found through an index, and its tokens end with it: one that is cancelled
    /// may have some at joins, or behind its start listeners.
    fn end(&mut self, index: &mut Index) {
        index.extend(self.index().into_iter().map(IndexChange::Remove));
        self.waiting.clear();
        self.pending.clear();
        self.ended = true;
    }

    /// All entries that the runtime's indexes hold for this instance.
    pub fn index(&self) -> Vec<IndexEntry> {
        let running = !self.suspended;
        let jobs = self.jobs.iter().filter(|_| running).filter_map(Job::entry);
        let timers = self.timers.iter().filter(|_| running).map(Timer::entry);
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
                let (job_type, priority) = (self.job_type.clone(), self.priority);
                Some(IndexEntry::Job { job_type, priority, key: self.key })
            }
            JobState::Activated => Some(IndexEntry::Due { at: self.until, wake: Wake::JobTimeout(self.key) }),
            // Without a moment to wait for, it waits for its incident to be resolved.
            JobState::Failed if self.retries > 0 && self.until > 0 => {
                Some(IndexEntry::Due { at: self.until, wake: Wake::JobRetry(self.key) })
            }
            JobState::Pending => Some(IndexEntry::Due { at: self.until, wake: Wake::JobRetry(self.key) }),
            JobState::Failed | JobState::ErrorThrown => None,
        }
    }
}

impl Timer {
    fn entry(&self) -> IndexEntry {
        IndexEntry::Due { at: self.due, wake: Wake::Timer(self.key) }
    }
}

/// Corrections of a listener take the place of what was asked for.
fn correct(changes: &mut TaskChanges, corrections: &TaskChanges) {
    fn set<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
        if from.is_some() {
            to.clone_from(from);
        }
    }
    set(&mut changes.assignee, &corrections.assignee);
    set(&mut changes.candidate_users, &corrections.candidate_users);
    set(&mut changes.candidate_groups, &corrections.candidate_groups);
    set(&mut changes.due_date, &corrections.due_date);
    set(&mut changes.follow_up_date, &corrections.follow_up_date);
    set(&mut changes.priority, &corrections.priority);
}
