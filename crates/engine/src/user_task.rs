//! Commands on user tasks. Every transition is two-phase: it begins, its listeners run, then it takes effect.

use crate::compile::{Listener, NodeKind, UserTaskModel};
use crate::instance::{Job, Transition, UserTask};
use crate::run::Run;
use record::command::TaskChanges;
use record::{Command, Event, JobKind, Key, Rejection, RejectionKind, Response, Str, TaskAction, Variables};

impl Run<'_> {
    pub(crate) fn user_task_command(&mut self, command: &Command) -> Result<Response, Rejection> {
        match command {
            Command::AssignUserTask { task, assignee, allow_override, action } => {
                self.assign(*task, assignee, *allow_override, action)?;
            }
            Command::UnassignUserTask { task } => {
                self.open_task(*task, "unassign")?;
                self.transition(*task, TaskAction::Assigning, assign_to(""), Variables::new(), "unassign");
            }
            Command::UpdateUserTask { task, changes, action } => {
                self.open_task(*task, "update")?;
                check(changes)?;
                let action = if action.is_empty() { "update" } else { action };
                self.transition(*task, TaskAction::Updating, changes.clone(), Variables::new(), action);
            }
            Command::CompleteUserTask { task, variables, action } => {
                self.open_task(*task, "complete")?;
                let action = if action.is_empty() { "complete" } else { action };
                let changes = TaskChanges::default();
                self.transition(*task, TaskAction::Completing, changes, variables.clone(), action);
            }
            other => return Err(crate::aggregate::misdirected(other)),
        }
        Ok(Response::Done {})
    }

    fn assign(
        &mut self,
        key: Key,
        assignee: &Str,
        allow_override: bool,
        action: &Str,
    ) -> Result<(), Rejection> {
        let task = self.open_task(key, "assign")?;
        if !allow_override && !task.assignee.is_empty() {
            let text =
                format!("Expected to claim user task with key '{key}', but it has already been assigned");
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        let action = if action.is_empty() { "assign" } else { action };
        self.transition(key, TaskAction::Assigning, assign_to(assignee), Variables::new(), action);
        Ok(())
    }

    /// Begins a transition; it takes effect when its listeners let it through.
    pub(crate) fn transition(
        &mut self,
        key: Key,
        kind: TaskAction,
        changes: TaskChanges,
        variables: Variables,
        action: &str,
    ) {
        self.emit(Event::UserTaskTransition {
            key,
            kind,
            changes: Box::new(changes),
            variables,
            action: Str::from(action),
        });
        self.next_task_listener(key, kind, 0);
    }

    /// Begins the next listener of the transition that is under way, or lets it take effect.
    fn next_task_listener(&mut self, key: Key, kind: TaskAction, number: u32) {
        let Some(task) = self.instance.task(key).cloned() else { return };
        let Some((_, node)) = self.node_of(task.element) else { return };
        let NodeKind::UserTask(model) = &node.kind else { return };
        let Some(listener) = listeners(model, kind).nth(number as usize) else {
            return self.take_effect(&task, kind);
        };
        match self.plan_job(&listener.job, task.element) {
            Ok(planned) => self.create_job(task.element, planned, JobKind::TaskListener, number),
            Err(failure) => self.incident(task.element, node.ordinal, Key::NONE, failure),
        }
    }

    fn take_effect(&mut self, task: &UserTask, kind: TaskAction) {
        let key = task.key;
        let Some(Transition { changes, variables, action, .. }) = task.transition.clone() else { return };
        match kind {
            TaskAction::Creating => {
                let assignee = changes.assignee.clone().filter(|assignee| !assignee.is_empty());
                let corrected = TaskChanges { assignee: None, ..changes };
                self.emit(Event::UserTaskCreated { key });
                if corrected != TaskChanges::default() {
                    self.emit(Event::UserTaskUpdated { key, changes: Box::new(corrected) });
                }
                if let Some(assignee) = assignee {
                    self.transition(key, TaskAction::Assigning, assign_to(&assignee), Variables::new(), "");
                }
            }
            TaskAction::Assigning => {
                let assignee = changes.assignee.clone().unwrap_or_else(|| Str::from(""));
                let others = TaskChanges { assignee: None, ..changes };
                self.emit(Event::UserTaskAssigned { key, assignee });
                if others != TaskChanges::default() {
                    self.emit(Event::UserTaskUpdated { key, changes: Box::new(others) });
                }
            }
            TaskAction::Updating => self.emit(Event::UserTaskUpdated { key, changes: Box::new(changes) }),
            TaskAction::Completing => {
                if changes != TaskChanges::default() {
                    self.emit(Event::UserTaskUpdated { key, changes: Box::new(changes) });
                }
                self.emit(Event::UserTaskCompleted { key, action });
                self.complete_with(task.element, variables);
            }
            TaskAction::Canceling => {
                self.emit(Event::UserTaskCanceled { key });
                self.next_cancel_listener(task.element, 0);
            }
        }
    }

    /// A worker is done with a listener's job: the transition goes on, with its corrections, or is denied.
    pub(crate) fn complete_task_listener(
        &mut self,
        job: &Job,
        denied: bool,
        reason: &Str,
        corrections: &TaskChanges,
    ) -> Result<(), Rejection> {
        let task = self.instance.tasks.iter().find(|task| task.element == job.element).cloned();
        let transition = task.as_ref().and_then(|task| task.transition.clone());
        let (Some(task), Some(transition)) = (task, transition.filter(|_| job.kind == JobKind::TaskListener))
        else {
            let text = format!("Expected to complete listener job with key '{}', but it is none", job.key);
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        };
        if denied && matches!(transition.kind, TaskAction::Creating | TaskAction::Canceling) {
            let text = format!(
                "Denying result is not supported for the {} transition of user task '{}'",
                transition.kind.as_str().to_lowercase(),
                task.key
            );
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
        check(corrections)?;
        self.emit(Event::JobCompleted { key: job.key });
        if denied {
            self.emit(Event::UserTaskDenied { key: task.key, reason: reason.clone() });
            return Ok(());
        }
        if *corrections != TaskChanges::default() {
            self.emit(Event::UserTaskCorrected { key: task.key, changes: Box::new(corrections.clone()) });
        }
        self.next_task_listener(task.key, transition.kind, job.listener + 1);
        Ok(())
    }

    /// The listener that a job is for.
    pub(crate) fn task_listener<'l>(&self, job: &Job, model: &'l UserTaskModel) -> Option<&'l Listener> {
        let task = self.instance.tasks.iter().find(|task| task.element == job.element)?;
        listeners(model, task.transition.as_ref()?.kind).nth(job.listener as usize)
    }

    /// Tries the listener again whose job could not be made.
    pub(crate) fn retry_task_listener(&mut self, element: Key) {
        let task = self.instance.tasks.iter().find(|task| task.element == element).cloned();
        if let Some((task, transition)) = task.and_then(|task| Some((task.key, task.transition?))) {
            self.next_task_listener(task, transition.kind, 0);
        }
    }

    /// The task, if nothing is under way with it.
    fn open_task(&self, key: Key, verb: &str) -> Result<UserTask, Rejection> {
        let Some(task) = self.instance.task(key) else {
            return Err(Rejection::new(RejectionKind::NotFound, no_such_task(verb, key)));
        };
        if !task.created || task.transition.is_some() {
            let state = task.transition.as_ref().map_or("CREATING", |transition| transition.kind.as_str());
            let text = format!("Expected to {verb} user task with key '{key}', but it is in state '{state}'");
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        Ok(task.clone())
    }
}

/// The listeners of one transition.
pub(crate) fn listeners(model: &UserTaskModel, kind: TaskAction) -> impl Iterator<Item = &Listener> {
    model.listeners.iter().filter(move |(action, _)| *action == kind).map(|(_, listener)| listener)
}

pub(crate) fn no_such_task(verb: &str, key: Key) -> String {
    format!("Expected to {verb} user task with key '{key}', but no such user task was found")
}

fn assign_to(assignee: &str) -> TaskChanges {
    TaskChanges { assignee: Some(Str::from(assignee)), ..TaskChanges::default() }
}

fn check(changes: &TaskChanges) -> Result<(), Rejection> {
    let dates = [("dueDate", &changes.due_date), ("followUpDate", &changes.follow_up_date)];
    for (name, date) in dates {
        let Some(date) = date.as_ref().filter(|date| !date.is_empty()) else { continue };
        if date.parse::<jiff::Timestamp>().is_err() && date.parse::<jiff::Zoned>().is_err() {
            let text =
                format!("The provided {name} '{date}' cannot be parsed as a date according to RFC 3339.");
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
    }
    if changes.priority.is_some_and(|priority| !(0..=100).contains(&priority)) {
        let text = format!(
            "The value for priority is '{}' but must be within the [0,100] range.",
            changes.priority.unwrap_or_default()
        );
        return Err(Rejection::new(RejectionKind::InvalidArgument, text));
    }
    Ok(())
}
