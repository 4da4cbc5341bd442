//! User task: waits until a person completes it. Its attributes are evaluated once, at activation.

use crate::compile::{TaskForm, UserTaskModel};
use crate::expression::{Expression, Failure};
use crate::run::Run;
use crate::timer::{MOMENT, moment};
use crate::variables::Scopes;
use feel::Value;
use record::command::TaskChanges;
use record::{Event, IncidentType, Key, Str, TaskAction, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    task: &UserTaskModel,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let (assignee, attributes) = evaluate(run, task, at)?;
    let (form, form_key) = form(run, task, at)?;
    let waits = run.plan_boundary(model, at)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    let task = run.key();
    run.emit(Event::UserTaskCreating {
        key: task,
        element: key,
        attributes: Box::new(attributes),
        form,
        form_key,
    });
    let assignee = assignee.filter(|assignee| !assignee.is_empty());
    let changes = TaskChanges { assignee, ..TaskChanges::default() };
    if run.process.nodes[node].has_task_listeners(TaskAction::Creating) {
        run.transition(task, TaskAction::Creating, changes, Variables::new(), "");
        return Ok(());
    }
    run.emit(Event::UserTaskCreated { key: task });
    if changes.assignee.is_some() {
        run.transition(task, TaskAction::Assigning, changes, Variables::new(), "");
    }
    Ok(())
}

/// Name of the form where it is not a deployed one, else its key.
fn form(run: &mut Run<'_>, task: &UserTaskModel, at: Key) -> Result<(Str, Key), Failure> {
    match &task.form {
        None => Ok((Str::from(""), Key::NONE)),
        Some(TaskForm::Deployed(id, binding)) => Ok((Str::from(""), run.form(id, binding, at)?)),
        Some(TaskForm::Named(name)) => {
            match name.evaluate(&Scopes::new(run.instance, at), &mut run.evaluator)? {
                (Value::Null, _) => Ok((Str::from(""), Key::NONE)),
                (Value::String(name), _) => Ok((name, Key::NONE)),
                (other, warnings) => Err(name.wrong_type("STRING", &other, &warnings)),
            }
        }
    }
}

fn evaluate(run: &mut Run<'_>, task: &UserTaskModel, at: Key) -> Result<(Option<Str>, TaskChanges), Failure> {
    let scopes = Scopes::new(run.instance, at);
    let with = &mut run.evaluator;
    let mut text = |source: &Option<Expression>, is_date: bool| -> Result<Option<Str>, Failure> {
        match source {
            None => Ok(None),
            Some(source) => match source.evaluate(&scopes, with)? {
                (Value::Null, _) => Ok(None),
                (Value::String(text), _) if is_date && text.is_empty() => Ok(None),
                (Value::String(text), warnings) if is_date && moment(&text).is_none() => {
                    Err(source.bad_format("date-time", &text, MOMENT, &warnings))
                }
                (Value::String(text), _) => Ok(Some(text)),
                (date @ Value::DateTime(_), _) if is_date => {
                    Ok(Some(Str::from(date.to_json().trim_matches('"'))))
                }
                (other, warnings) if is_date => {
                    Err(source.wrong_type("NULL, DATE_TIME, STRING", &other, &warnings))
                }
                (other, warnings) => Err(source.wrong_type("STRING", &other, &warnings)),
            },
        }
    };
    let assignee = text(&task.assignee, false)?;
    let due_date = text(&task.due_date, true)?;
    let follow_up_date = text(&task.follow_up_date, true)?;
    let mut texts = |source: &Option<Expression>| -> Result<Option<Vec<Str>>, Failure> {
        source.as_ref().map(|source| source.to_texts(&scopes, with)).transpose()
    };
    let candidate_users = texts(&task.candidate_users)?;
    let candidate_groups = texts(&task.candidate_groups)?;
    let priority = match &task.priority {
        None => 50,
        Some(source) => source.to_integer(&scopes, with)?,
    };
    if !(0..=100).contains(&priority) {
        let text = format!("Expected priority to be in the range [0,100] but was '{priority}'");
        return Err(Failure::new(IncidentType::ExtractValueError, text));
    }
    let priority = i32::try_from(priority).ok();
    let attributes =
        TaskChanges { assignee: None, candidate_users, candidate_groups, due_date, follow_up_date, priority };
    Ok((assignee, attributes))
}
