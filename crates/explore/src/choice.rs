//! What can happen next, as lines of a script that can be written, read and carried out.
//!
//! | line | what happens |
//! |---|---|
//! | `start PROCESS [EVENT] {..}` | an instance starts, at the event where one is named |
//! | `complete ELEMENT {..}` | its job or user task is completed |
//! | `error ELEMENT CODE {..}` | its job throws a BPMN error |
//! | `timer EVENT` | its timer is due |
//! | `message EVENT {..}` | the message that it waits for comes |
//! | `signal NAME {..}` | the signal is broadcast |
//! | `set PROCESS {..}` | variables of the instance are set |
//! | `choose AD_HOC ACTIVITY {..}` | the activity of the ad-hoc sub-process begins |
//! | `done AD_HOC {..}` | the worker of the ad-hoc sub-process chooses nothing more |
//!
//! `/2` behind an element or process means the second one that waits.

use crate::model::Model;
use crate::world::{Taken, World};
use engine::{ElementState, Instance, JobState, NodeKind, Process};
use record::command::{AdHocActivation, Origin, TaskChanges};
use record::{AggregateId, Command, JobKind, Json, Key, Str, Variables, json};
use std::fmt;

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Start { process: Str, event: Option<Str> },
    Complete { element: Place },
    Error { element: Place, code: Str },
    Timer { event: Place },
    Message { event: Place },
    Signal { name: Str },
    Set { process: Place },
    Choose { ad_hoc: Place, activity: Str },
    Done { ad_hoc: Place },
}

/// The n-th one that waits with this BPMN id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: Str,
    /// From 1.
    pub(crate) nth: usize,
}

/// A line of a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) what: What,
    pub(crate) variables: Variables,
}

impl What {
    /// True where it can bring variables with it.
    pub(crate) fn carries(&self) -> bool {
        !matches!(self, What::Timer { .. })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            1 => f.write_str(&self.id),
            nth => write!(f, "{}/{nth}", self.id),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Start { process, event: None } => write!(f, "start {process}"),
            What::Start { process, event: Some(event) } => write!(f, "start {process} {event}"),
            What::Complete { element } => write!(f, "complete {element}"),
            What::Error { element, code } => write!(f, "error {element} {}", word(code)),
            What::Timer { event } => write!(f, "timer {event}"),
            What::Message { event } => write!(f, "message {event}"),
            What::Signal { name } => write!(f, "signal {}", word(name)),
            What::Set { process } => write!(f, "set {process}"),
            What::Choose { ad_hoc, activity } => write!(f, "choose {ad_hoc} {activity}"),
            What::Done { ad_hoc } => write!(f, "done {ad_hoc}"),
        }?;
        if self.variables.is_empty() {
            return Ok(());
        }
        write!(f, " {}", json::join(self.variables.iter().map(|(name, value)| (&**name, value))))
    }
}

/// As it is, or in quotes where it has spaces.
fn word(text: &str) -> String {
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '{'));
    let mut quoted = String::new();
    json::quote(text, &mut quoted);
    if plain { text.to_owned() } else { quoted }
}

impl Line {
    /// Reads a line; none where it is empty or a comment.
    pub(crate) fn read(text: &str) -> Result<Option<Line>, String> {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            return Ok(None);
        }
        let (words, variables) = words(text)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let what = match words[..] {
            ["start", process] => What::Start { process: process.into(), event: None },
            ["start", process, event] => What::Start { process: process.into(), event: Some(event.into()) },
            ["complete", element] => What::Complete { element: place(element) },
            ["error", element, code] => What::Error { element: place(element), code: code.into() },
            ["timer", event] => What::Timer { event: place(event) },
            ["message", event] => What::Message { event: place(event) },
            ["signal", name] => What::Signal { name: name.into() },
            ["set", process] => What::Set { process: place(process) },
            ["choose", ad_hoc, activity] => What::Choose { ad_hoc: place(ad_hoc), activity: activity.into() },
            ["done", ad_hoc] => What::Done { ad_hoc: place(ad_hoc) },
            _ => {
                return Err(format!(
                    "'{text}' is no line of a script: write start PROCESS, complete ELEMENT, error ELEMENT CODE, \
                     timer EVENT, message EVENT, signal NAME, set PROCESS, choose AD_HOC ACTIVITY or done AD_HOC, \
                     and variables as a JSON object behind it"
                ));
            }
        };
        Ok(Some(Line { what, variables }))
    }
}

fn place(text: &str) -> Place {
    if let Some((id, nth)) = text.rsplit_once('/')
        && let Ok(nth) = nth.parse()
    {
        return Place { id: id.into(), nth };
    }
    Place { id: text.into(), nth: 1 }
}

/// The words of a line and the object at its end.
fn words(text: &str) -> Result<(Vec<String>, Variables), String> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok((words, Variables::new()));
        }
        if rest.starts_with('{') {
            let variables =
                json::split(rest).map_err(|error| format!("'{rest}' is no JSON object: {error}"))?;
            return Ok((words, variables));
        }
        let end = match rest.strip_prefix('"') {
            Some(inner) => inner.find('"').map(|at| at + 2).ok_or_else(|| format!("'{rest}' has no end"))?,
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        words.push(rest[..end].trim_matches('"').to_owned());
        rest = &rest[end..];
    }
}

/// Something that waits, and what can be done about it.
pub(crate) struct Waiting {
    pub(crate) instance: Key,
    /// The element instance that waits.
    pub(crate) element: Key,
    pub(crate) id: Str,
    /// Ordinal of the event or element.
    pub(crate) ordinal: u32,
    pub(crate) kind: Kind,
    /// It goes on waiting after it happened.
    pub(crate) stays: bool,
}

/// What waits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Job(Key),
    TaskListener(Key),
    Task(Key),
    Timer { key: Key, due: i64 },
    Message(Key),
    Signal { key: Key, name: Str },
    Condition { part: u32 },
    AdHoc { job: Option<Key>, activities: Vec<Str> },
}

/// All that waits in all instances, the oldest instance first, each in the order in which it began to.
pub(crate) fn waiting(world: &World, model: &Model) -> Vec<Waiting> {
    let mut found = Vec::new();
    for instance in world.instances() {
        if let Some(process) = model.process(instance.definition) {
            of_instance(instance, process, &mut found);
        }
    }
    found
}

fn of_instance(instance: &Instance, process: &Process, found: &mut Vec<Waiting>) {
    let node = |element: Key| process.node(instance.element(element)?.ordinal).map(|(_, node)| node);
    let id =
        |ordinal: u32| process.node(ordinal).map_or_else(|| process.id.clone(), |(_, node)| node.id.clone());
    let ordinal_of = |element: Key| instance.element(element).map_or(0, |element| element.ordinal);
    let mut push = |element: Key, ordinal: u32, kind: Kind, stays: bool| {
        found.push(Waiting { instance: instance.key, element, id: id(ordinal), ordinal, kind, stays });
    };
    let stuck = |element: Key| instance.incidents.iter().any(|incident| incident.element == element);
    for job in instance.jobs.iter().filter(|job| job.state == JobState::Activatable && !stuck(job.element)) {
        let kind = match job.kind {
            JobKind::TaskListener => Kind::TaskListener(job.key),
            JobKind::AdHocSubProcess => {
                Kind::AdHoc { job: Some(job.key), activities: activities(process, node(job.element)) }
            }
            _ => Kind::Job(job.key),
        };
        push(job.element, ordinal_of(job.element), kind, false);
    }
    let tasks = instance.tasks.iter().filter(|task| task.created && task.transition.is_none());
    for task in tasks.filter(|task| !stuck(task.element)) {
        push(task.element, ordinal_of(task.element), Kind::Task(task.key), false);
    }
    for timer in &instance.timers {
        let kind = Kind::Timer { key: timer.key, due: timer.due };
        push(timer.element, timer.ordinal, kind, timer.repetitions != 0);
    }
    for subscription in &instance.subscriptions {
        let kind = match subscription.signal {
            true => Kind::Signal { key: subscription.key, name: subscription.name.clone() },
            false => Kind::Message(subscription.key),
        };
        push(subscription.element, subscription.ordinal, kind, !subscription.interrupting);
    }
    for condition in instance.conditions.iter().filter(|condition| !condition.holds) {
        let kind = Kind::Condition { part: condition.part };
        push(condition.element, condition.ordinal, kind, !condition.interrupting);
    }
    for element in instance.elements.iter().filter(|it| it.state == ElementState::Active && !stuck(it.key)) {
        if let Some(NodeKind::AdHoc(ad_hoc)) = node(element.key).map(|node| &node.kind)
            && ad_hoc.on_request
            && element.role == engine::Role::Plain
        {
            let activities = activities(process, node(element.key));
            push(element.key, element.ordinal, Kind::AdHoc { job: None, activities }, true);
        }
    }
}

fn activities(process: &Process, node: Option<&engine::Node>) -> Vec<Str> {
    match node.map(|node| &node.kind) {
        Some(NodeKind::AdHoc(ad_hoc)) => {
            ad_hoc.activities.iter().map(|it| process.nodes[*it].id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

impl World {
    /// Carries out a line.
    ///
    /// # Errors
    /// Where what it names does not wait, or the engine refuses.
    pub(crate) fn perform(&mut self, model: &Model, line: &Line, taken: &mut Taken) -> Result<(), String> {
        let variables = line.variables.clone();
        let (target, command) = match &line.what {
            What::Start { process, event } => {
                let definition = model.catalog.latest(&model.tenant, process);
                let definition = definition.ok_or_else(|| format!("there is no process '{process}'"))?.key;
                let origin = event.clone().map(|start_event| Origin { start_event, ..Origin::default() });
                let command = Command::CreateProcessInstance {
                    definition,
                    process_id: "".into(),
                    version: 0,
                    variables,
                    start: Vec::new(),
                    origin,
                    business_id: "".into(),
                    tags: Vec::new(),
                };
                (AggregateId::from(self.new_key()), command)
            }
            What::Signal { name } => return self.signal(model, name, &variables, taken),
            What::Set { process } => {
                let instances = self.instances().filter(|it| it.process_id == process.id);
                let scope = instances.map(|it| it.key).nth(process.nth.saturating_sub(1));
                let scope = scope.ok_or_else(|| format!("no instance of '{process}' is running"))?;
                (AggregateId::from(scope), Command::SetVariables { scope, variables, local: true })
            }
            what => {
                let found = self.find(model, what)?;
                let command = self.command(&found, what, variables)?;
                (AggregateId::from(found.instance), command)
            }
        };
        self.submit(model, target, command, taken).map_err(|rejection| rejection.reason.to_string())
    }

    fn find(&self, model: &Model, what: &What) -> Result<Waiting, String> {
        let (place, wanted): (&Place, fn(&Kind) -> bool) = match what {
            What::Complete { element } => {
                (element, |kind| matches!(kind, Kind::Job(_) | Kind::Task(_) | Kind::TaskListener(_)))
            }
            What::Error { element, .. } => (element, |kind| matches!(kind, Kind::Job(_))),
            What::Timer { event } => (event, |kind| matches!(kind, Kind::Timer { .. })),
            What::Message { event } => (event, |kind| matches!(kind, Kind::Message(_))),
            What::Choose { ad_hoc, .. } | What::Done { ad_hoc } => {
                (ad_hoc, |kind| matches!(kind, Kind::AdHoc { .. }))
            }
            What::Start { .. } | What::Signal { .. } | What::Set { .. } => {
                return Err("it waits for nothing".to_owned());
            }
        };
        let mut found = waiting(self, model).into_iter().filter(|it| it.id == place.id && wanted(&it.kind));
        found.nth(place.nth.saturating_sub(1)).ok_or_else(|| format!("'{place}' does not wait for that"))
    }

    fn command(&mut self, found: &Waiting, what: &What, variables: Variables) -> Result<Command, String> {
        let fence = 0;
        let activation =
            |activity: &Str, variables| vec![AdHocActivation { element_id: activity.clone(), variables }];
        Ok(match (&found.kind, what) {
            (Kind::Job(job), What::Error { code, .. }) => {
                let (code, message) = (code.clone(), Str::from(""));
                Command::ThrowJobError { job: *job, code, message, variables, fence }
            }
            (Kind::Job(job), _) => Command::CompleteJob { job: *job, variables, fence },
            (Kind::TaskListener(job), _) => Command::CompleteTaskListener {
                job: *job,
                denied: false,
                reason: "".into(),
                corrections: TaskChanges::default(),
                fence: 0,
            },
            (Kind::Task(task), _) => Command::CompleteUserTask { task: *task, variables, action: "".into() },
            (Kind::Timer { key, due }, _) => {
                if !self.wait_for(*key, *due) {
                    return Err(format!("another timer is due before '{}'", found.id));
                }
                Command::TriggerTimer { timer: *key }
            }
            (Kind::Message(subscription), _) => {
                let message = self.new_key();
                Command::CorrelateSubscription { subscription: *subscription, message, variables }
            }
            (Kind::AdHoc { job: None, .. }, What::Choose { activity, .. }) => Command::ActivateAdHoc {
                element: found.element,
                elements: activation(activity, variables),
                cancel_remaining: false,
            },
            (Kind::AdHoc { job: Some(job), .. }, what) => {
                let (elements, variables, fulfilled) = match what {
                    What::Choose { activity, .. } => {
                        (activation(activity, variables), Variables::new(), false)
                    }
                    _ => (Vec::new(), variables, true),
                };
                let (job, cancel_remaining) = (*job, false);
                Command::CompleteAdHocJob { job, variables, elements, fulfilled, cancel_remaining, fence }
            }
            _ => return Err(format!("'{}' does not wait for that", found.id)),
        })
    }

    /// Reaches everyone who waits for the signal; it starts nothing.
    fn signal(
        &mut self,
        model: &Model,
        name: &Str,
        variables: &Variables,
        taken: &mut Taken,
    ) -> Result<(), String> {
        let reached: Vec<(Key, Key)> = waiting(self, model)
            .into_iter()
            .filter_map(|it| match it.kind {
                Kind::Signal { key, name: other } if other == *name => Some((it.instance, key)),
                _ => None,
            })
            .collect();
        if reached.is_empty() {
            return Err(format!("nothing waits for the signal '{name}'"));
        }
        let message = self.new_key();
        for (instance, subscription) in reached {
            let variables = variables.clone();
            let command = Command::CorrelateSubscription { subscription, message, variables };
            // One that an earlier one ended does not wait any more.
            let _ = self.submit(model, AggregateId::from(instance), command, taken);
        }
        Ok(())
    }
}

/// The JSON of a value.
pub(crate) fn to_json(value: &feel::Value) -> Json {
    Json::trusted(value.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let lines = [
            "start p",
            "start p byMessage {\"a\":1}",
            "complete A/2 {\"x\":{\"y\":[1,2]}}",
            "error A NO_STOCK",
            "error A \"no stock\"",
            "timer T",
            "message M {\"a\":\"b c\"}",
            "signal \"two words\"",
            "set p {\"x\":true}",
            "choose H A",
            "done H/3",
        ];
        for text in lines {
            let line = Line::read(text).expect("a line").expect("no comment");
            assert_eq!(line.to_string(), text);
        }
        assert_eq!(Line::read("  # nothing"), Ok(None));
        assert!(Line::read("explode A").unwrap_err().contains("complete ELEMENT"));
        assert!(Line::read("complete A {").unwrap_err().contains("no JSON object"));
    }
}
