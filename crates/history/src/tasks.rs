//! User tasks as rows in the making.

use crate::batch::TaskState;
use crate::project::{Place, some};
use record::command::TaskChanges;
use record::{Key, Str};

/// The priority of a user task that has none of its own.
const DEFAULT_PRIORITY: i32 = 50;

/// A task that comes into being.
pub(crate) fn new_task(at: &Place<'_>, key: Key, element: Key, form: &Str, form_key: Key) -> TaskState {
    TaskState {
        key: key.0,
        tenant: at.header.tenant.clone(),
        instance: at.instance,
        definition: at.definition,
        element: element.0,
        state: "CREATING".into(),
        assignee: None,
        candidate_users: "[]".into(),
        candidate_groups: "[]".into(),
        due: None,
        follow_up: None,
        priority: DEFAULT_PRIORITY,
        form: some(form),
        form_key: (!form_key.is_none()).then_some(form_key.0),
        action: None,
        denied_reason: None,
        changes: None,
        created: at.header.time,
        ended: None,
    }
}

/// Puts changed attributes into a task.
pub(crate) fn change_task(task: &mut TaskState, changes: &TaskChanges) {
    let json = |names: &Vec<Str>| serde_json::to_string(names).unwrap_or_else(|_| "[]".into());
    if let Some(assignee) = &changes.assignee {
        task.assignee = some(assignee);
    }
    if let Some(users) = &changes.candidate_users {
        task.candidate_users = json(users);
    }
    if let Some(groups) = &changes.candidate_groups {
        task.candidate_groups = json(groups);
    }
    if let Some(due) = &changes.due_date {
        task.due = moment(due);
    }
    if let Some(follow_up) = &changes.follow_up_date {
        task.follow_up = moment(follow_up);
    }
    if let Some(priority) = changes.priority {
        task.priority = priority;
    }
}

/// A listener corrects what the transition under way will change.
pub(crate) fn correct(task: &mut TaskState, corrections: &TaskChanges) {
    let changes = task.changes.get_or_insert_default();
    let TaskChanges { assignee, candidate_users, candidate_groups, due_date, follow_up_date, priority } =
        corrections.clone();
    changes.assignee = assignee.or(changes.assignee.take());
    changes.candidate_users = candidate_users.or(changes.candidate_users.take());
    changes.candidate_groups = candidate_groups.or(changes.candidate_groups.take());
    changes.due_date = due_date.or(changes.due_date.take());
    changes.follow_up_date = follow_up_date.or(changes.follow_up_date.take());
    changes.priority = priority.or(changes.priority);
}

/// A transition is over: the task can be worked on, unless it is still coming into being.
pub(crate) fn settle(task: &mut TaskState) {
    task.changes = None;
    if &*task.state != "CREATING" {
        task.state = "CREATED".into();
    }
}

/// Milliseconds since 1970 of an ISO 8601 date and time; where it names no offset, UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let plain = text.split('[').next().unwrap_or(text);
    let stamp = plain.parse::<jiff::Timestamp>().or_else(|_| {
        let local = plain.parse::<jiff::civil::DateTime>()?;
        local.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
    });
    stamp.ok().map(|stamp| stamp.as_millisecond())
}
