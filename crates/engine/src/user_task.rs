//! Commands on user tasks. Every transition is two-phase: it begins, then takes effect.

use crate::instance::UserTask;
use crate::run::Run;
use record::command::TaskChanges;
use record::{Command, Event, Key, Rejection, RejectionKind, Response, Str, TaskAction, Variables};

impl Run<'_> {
    pub(crate) fn user_task_command(&mut self, command: &Command) -> Result<Response, Rejection> {
        match command {
            Command::AssignUserTask { task, assignee, allow_override, action } => {
                self.assign(*task, assignee, *allow_override, action)?;
            }
            Command::UnassignUserTask { task } => {
                self.open_task(*task, "unassign")?;
                self.transition(*task, TaskAction::Assigning, assign_to(""), Variables::new(), "unassign");
                self.emit(Event::UserTaskAssigned { key: *task, assignee: Str::from("") });
            }
            Command::UpdateUserTask { task, changes, action } => {
                self.open_task(*task, "update")?;
                check(changes)?;
                let action = if action.is_empty() { "update" } else { action };
                self.transition(*task, TaskAction::Updating, changes.clone(), Variables::new(), action);
                self.emit(Event::UserTaskUpdated { key: *task, changes: changes.clone() });
            }
            Command::CompleteUserTask { task, variables, action } => {
                let open = self.open_task(*task, "complete")?;
                let action = if action.is_empty() { "complete" } else { action };
                let changes = TaskChanges::default();
                self.transition(*task, TaskAction::Completing, changes, variables.clone(), action);
                self.emit(Event::UserTaskCompleted { key: *task, action: Str::from(action) });
                self.complete_with(open.element, variables.clone());
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
        self.emit(Event::UserTaskAssigned { key, assignee: assignee.clone() });
        Ok(())
    }

    fn transition(
        &mut self,
        key: Key,
        kind: TaskAction,
        changes: TaskChanges,
        variables: Variables,
        action: &str,
    ) {
        self.emit(Event::UserTaskTransition { key, kind, changes, variables, action: Str::from(action) });
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
