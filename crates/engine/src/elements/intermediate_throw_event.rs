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
    let thrown =
        throws.iter().map(|throw| prepare(run, node, throw, at)).collect::<Result<Throws<'_>, Failure>>()?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    throw_all(run, node, thrown, key);
    Ok(())
}

/// Something to throw, its expressions evaluated.
enum Thrown<'m> {
    Message {
        name: Str,
        key: Str,
    },
    Signal(Str),
    Error(Str),
    Escalation(Str),
    /// Nothing is to be evaluated.
    Other(&'m Throw),
}

type Throws<'m> = smallvec::SmallVec<[Thrown<'m>; 1]>;

fn prepare<'m>(run: &mut Run<'_>, node: usize, throw: &'m Throw, at: Key) -> Result<Thrown<'m>, Failure> {
    if let Throw::Message { .. } | Throw::Signal(_) = throw {
        run.may_go_on(node)?;
    }
    Ok(match throw {
        Throw::Message { name, key } => Thrown::Message {
            name: text(run, name, at)?,
            key: match key {
                Some(key) => correlation_key(run, key, at)?,
                None => Str::from(""),
            },
        },
        Throw::Signal(name) => Thrown::Signal(text(run, name, at)?),
        Throw::Error(code) => Thrown::Error(text(run, code, at)?),
        Throw::Escalation(code) => Thrown::Escalation(text(run, code, at)?),
        // A job among several definitions cannot be awaited beside the others.
        Throw::Job(_) => {
            let text = "A message with a task definition cannot be thrown together with other events";
            return Err(Failure::new(IncidentType::Unspecified, text));
        }
        Throw::Compensation { .. } | Throw::Link(_) | Throw::Terminate | Throw::Cancel => {
            Thrown::Other(throw)
        }
    })
}

/// Throws one after the other; then the thrower completes. All of them occur: what ends the thrower comes last, and a
/// catcher that interrupts it keeps no message or signal from being thrown.
fn throw_all(run: &mut Run<'_>, node: usize, thrown: Throws<'_>, key: Key) {
    let ordinal = run.process.nodes[node].ordinal;
    // Gone with the thrower, should it be interrupted.
    let variables = run.instance.element(key).map(|it| it.variables.clone()).unwrap_or_default();
    let mut waits = false;
    for throw in thrown {
        let live = run.instance.is_live(key);
        let outlives = matches!(throw, Thrown::Message { .. } | Thrown::Signal(_));
        if !live && !outlives || waits && ends_thrower(&throw) {
            continue;
        }
        match one(run, node, throw, key, &variables) {
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

/// What comes after all others, since the thrower is not there any more.
fn ends_thrower(thrown: &Thrown<'_>) -> bool {
    match thrown {
        Thrown::Error(_) => true,
        Thrown::Other(throw) => throw.ends_thrower(),
        _ => false,
    }
}

/// Throws what ends the thrower, after an incident or when the compensation is done that was thrown with it; what came
/// before was thrown.
pub(crate) fn throw_last(run: &mut Run<'_>, node: usize, throws: &[Throw], key: Key) {
    let last = throws.iter().filter(|throw| throw.ends_thrower());
    match last.map(|throw| prepare(run, node, throw, key)).collect::<Result<Throws<'_>, Failure>>() {
        Ok(thrown) => throw_all(run, node, thrown, key),
        Err(failure) => run.incident(key, run.process.nodes[node].ordinal, Key::NONE, failure),
    }
}

enum Done {
    Thrown,
    /// The event waits for what it threw.
    Waits,
    /// The event itself ended.
    Gone,
}

fn one(
    run: &mut Run<'_>,
    node: usize,
    throw: Thrown<'_>,
    key: Key,
    variables: &Variables,
) -> Result<Done, Failure> {
    let scope = run.instance.element(key).map_or(Key::NONE, |element| element.scope);
    match throw {
        Thrown::Message { name, key: correlation } => {
            let (target, variables) = (run.message(&name, &correlation), variables.clone());
            let (time_to_live, message_id) = (limits::THROWN_MESSAGE_MS, Str::from(""));
            run.send(target, Command::PublishMessage { time_to_live, message_id, variables });
            Ok(Done::Thrown)
        }
        Thrown::Signal(name) => {
            run.throw_signal(&name, variables.clone());
            Ok(Done::Thrown)
        }
        Thrown::Error(code) => {
            match run.throw_error(key, &code, &Str::from(""), Variables::new(), Key::NONE)? {
                true => Ok(Done::Gone),
                false => Ok(Done::Waits),
            }
        }
        Thrown::Escalation(code) => {
            run.throw_escalation(key, &code, Variables::new());
            Ok(Done::Thrown)
        }
        Thrown::Other(Throw::Compensation { activity, wait }) => {
            let waits = run.compensate(key, scope, *activity, *wait);
            Ok(if waits { Done::Waits } else { Done::Thrown })
        }
        Thrown::Other(Throw::Link(target)) => {
            run.complete_link(key);
            run.start(*target, scope);
            Ok(Done::Gone)
        }
        Thrown::Other(Throw::Terminate) => {
            run.close(key);
            run.emit(Event::ElementCompleted { key });
            super::end_event::terminate_scope(run, scope);
            Ok(Done::Gone)
        }
        Thrown::Other(Throw::Cancel) => {
            super::transaction::cancel(run, node, key);
            Ok(Done::Gone)
        }
        Thrown::Other(_) => Ok(Done::Thrown),
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
                process.boundary_catching(node, |_, catch| crate::catcher::escalation(catch, &code))
            }),
            Throw::Error(expression) => code(self, expression).and_then(|code| {
                process.boundary_catching(node, |_, catch| crate::catcher::error(catch, &code))
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
