//! Intermediate throw event and send task (BPMN 13.5.2): throws a message, signal, escalation, link or compensation,
//! or several, and goes on. What end events throw is thrown here as well.

use crate::compile::{NodeKind, Throw};
use crate::expression::{Expression, Failure};
use crate::limits;
use crate::run::Run;
use crate::variables::Scopes;
use record::{Command, Event, IncidentType, Key, Str, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    throws: &[Throw],
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    if let [Throw::Job(job)] = throws {
        return super::service_task::activate(run, node, job, key, scope);
    }
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    // All that can fail is evaluated before anything is thrown.
    for throw in throws {
        check(run, throw, at)?;
    }
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    throw_all(run, node, throws, key);
    Ok(())
}

fn check(run: &mut Run<'_>, throw: &Throw, at: Key) -> Result<(), Failure> {
    match throw {
        Throw::Message { name, key } => {
            text(run, name, at)?;
            if let Some(key) = key {
                correlation_key(run, key, at)?;
            }
            Ok(())
        }
        Throw::Signal(expression) | Throw::Error(expression) | Throw::Escalation(expression) => {
            text(run, expression, at).map(drop)
        }
        Throw::Job(_) | Throw::Compensation { .. } | Throw::Link(_) | Throw::Terminate | Throw::Cancel => {
            Ok(())
        }
    }
}

/// Throws one after the other, in the order of the model, as long as the thrower is there; then it completes.
pub(super) fn throw_all(run: &mut Run<'_>, node: usize, throws: &[Throw], key: Key) {
    let ordinal = run.process.nodes[node].ordinal;
    let mut waits = false;
    for throw in throws {
        if !run.instance.is_live(key) {
            return;
        }
        match one(run, node, throw, key) {
            Ok(Done::Thrown) => {}
            Ok(Done::Waits) => waits = true,
            Ok(Done::Gone) => return,
            Err(failure) => return run.incident(key, ordinal, Key::NONE, failure),
        }
    }
    if !waits && run.instance.is_live(key) {
        run.complete(key);
    }
}

enum Done {
    Thrown,
    /// The event waits for what it threw.
    Waits,
    /// The event itself ended.
    Gone,
}

fn one(run: &mut Run<'_>, node: usize, throw: &Throw, key: Key) -> Result<Done, Failure> {
    let scope = run.instance.element(key).map_or(Key::NONE, |element| element.scope);
    match throw {
        Throw::Message { name, key: correlation } => {
            let name = text(run, name, key)?;
            let correlation = match correlation {
                Some(correlation) => correlation_key(run, correlation, key)?,
                None => Str::from(""),
            };
            let variables = run.instance.element(key).map(|it| it.variables.clone()).unwrap_or_default();
            let target = run.message(&name, &correlation);
            let (time_to_live, message_id) = (limits::THROWN_MESSAGE_MS, Str::from(""));
            run.send(target, Command::PublishMessage { time_to_live, message_id, variables });
            Ok(Done::Thrown)
        }
        Throw::Signal(name) => {
            let name = text(run, name, key)?;
            let variables = run.instance.element(key).map(|it| it.variables.clone()).unwrap_or_default();
            run.throw_signal(&name, variables);
            Ok(if run.instance.is_live(key) { Done::Thrown } else { Done::Gone })
        }
        Throw::Error(code) => {
            let code = text(run, code, key)?;
            match run.throw_error(key, &code, &Str::from(""), Variables::new(), Key::NONE)? {
                true => Ok(Done::Gone),
                false => Ok(Done::Waits),
            }
        }
        Throw::Escalation(code) => {
            let code = text(run, code, key)?;
            run.throw_escalation(key, &code, Variables::new());
            Ok(if run.instance.is_live(key) { Done::Thrown } else { Done::Gone })
        }
        Throw::Compensation { activity, wait } => {
            let waits = run.compensate(key, scope, *activity, *wait);
            Ok(if waits { Done::Waits } else { Done::Thrown })
        }
        Throw::Link(target) => {
            run.complete_link(key);
            run.start(*target, scope);
            Ok(Done::Gone)
        }
        Throw::Terminate => {
            run.close(key);
            run.emit(Event::ElementCompleted { key });
            super::end_event::terminate_scope(run, scope);
            Ok(Done::Gone)
        }
        Throw::Cancel => {
            super::transaction::cancel(run, node, key);
            Ok(Done::Gone)
        }
        // A job among several definitions cannot be awaited beside the others.
        Throw::Job(_) => Err(Failure::new(
            IncidentType::Unspecified,
            "A message with a task definition cannot be thrown together with other events",
        )),
    }
}

fn text(run: &mut Run<'_>, expression: &Expression, at: Key) -> Result<Str, Failure> {
    let scopes = Scopes::new(run.instance, at);
    expression.to_text(&scopes, &mut run.evaluator)
}

fn correlation_key(run: &mut Run<'_>, expression: &Expression, at: Key) -> Result<Str, Failure> {
    let scopes = Scopes::new(run.instance, at);
    expression.to_key(&scopes, &mut run.evaluator)
}

impl Run<'_> {
    /// A throwing link event is done; its token goes on at the catching one.
    fn complete_link(&mut self, key: Key) {
        self.close(key);
        self.emit(Event::ElementCompleted { key });
    }

    /// An event of a multi-instance activity's behaviour is thrown for its own boundary events.
    pub(crate) fn throw_behavior(&mut self, body: Key, throw: &Throw) {
        let Some((_, node)) = self.node_of(body) else { return };
        let process = self.process;
        let code = |run: &mut Run<'_>, code: &Expression| text(run, code, body).ok();
        let caught = match throw {
            Throw::Escalation(expression) => code(self, expression).and_then(|code| {
                process.boundary_catching(node, |catch| crate::catcher::escalation(catch, &code))
            }),
            Throw::Error(expression) => code(self, expression).and_then(|code| {
                process.boundary_catching(node, |catch| crate::catcher::error(catch, &code))
            }),
            Throw::Signal(name) | Throw::Message { name, .. } => {
                let Some(name) = code(self, name) else { return };
                let signal = matches!(throw, Throw::Signal(_));
                let waits = self
                    .instance
                    .subscriptions
                    .iter()
                    .find(|it| it.element == body && it.signal == signal && it.name == name);
                if let Some((ordinal, part)) = waits.map(|it| (it.ordinal, it.part)) {
                    self.triggered(body, ordinal, part, Variables::new());
                }
                return;
            }
            _ => None,
        };
        if let Some(event) = caught {
            super::boundary_event::trigger(
                self,
                body,
                event,
                Variables::new(),
                super::boundary_event::Reach::EventOnly,
            );
        }
    }
}

/// Jobs that throw events have their headers here.
pub(crate) fn job(kind: &NodeKind) -> Option<&crate::compile::JobTask> {
    match kind {
        NodeKind::Throw(throws) | NodeKind::EndEvent(throws) => match &throws[..] {
            [Throw::Job(job)] => Some(job),
            _ => None,
        },
        _ => None,
    }
}
