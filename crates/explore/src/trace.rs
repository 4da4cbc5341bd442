//! What came of a script, for people to read: each line and the events behind it.

use crate::choice::{Kind, Line, waiting};
use crate::model::Model;
use crate::world::{Taken, World};
use record::{AggregateId, Event, Key, json};
use std::collections::BTreeMap;

/// Carries out a script and tells what happened, line by line; at the end what waits.
///
/// # Errors
/// Which line is wrong, and why.
pub fn replay(model: &Model, script: &str) -> Result<String, String> {
    let mut world = World::new();
    let mut trace = Trace::default();
    for (number, text) in script.lines().enumerate() {
        let wrong = |why: String| format!("line {}: {why}", number + 1);
        let Some(line) = Line::read(text).map_err(wrong)? else { continue };
        trace.lines.push(line.to_string());
        let mut taken = Taken::default();
        world.perform(model, &line, &mut taken).map_err(wrong)?;
        trace.tell(&world, model, &taken);
        world.settle();
    }
    trace.lines.push(String::new());
    trace.lines.extend(rest(&world, model));
    Ok(trace.lines.join("\n"))
}

/// What is left at the end.
fn rest(world: &World, model: &Model) -> Vec<String> {
    let mut lines = Vec::new();
    for instance in world.instances() {
        let incidents = instance.incidents.len();
        let stuck = if incidents > 0 { format!(" with {incidents} incident(s)") } else { String::new() };
        lines.push(format!("An instance of {} is not completed{stuck}.", instance.process_id));
    }
    if lines.is_empty() {
        return vec!["All instances have ended.".to_owned()];
    }
    for it in waiting(world, model) {
        let what = match &it.kind {
            Kind::Job(_) | Kind::Task(_) | Kind::TaskListener(_) => format!("complete {}", it.id),
            Kind::Timer { .. } => format!("timer {}", it.id),
            Kind::Message(_) => format!("message {}", it.id),
            Kind::Signal { name, .. } => format!("signal {name}"),
            Kind::Condition { .. } => format!("a condition at {}", it.id),
            Kind::AdHoc { .. } => format!("choose {}", it.id),
        };
        lines.push(format!("It waits for: {what}"));
    }
    for ((process, join), count) in crate::state::of(world, model).joins {
        lines.push(format!("Tokens that wait at {join} of {process}: {count}"));
    }
    lines
}

#[derive(Default)]
struct Trace {
    lines: Vec<String>,
    /// Ordinals by element instance.
    elements: BTreeMap<Key, u32>,
    /// Instances and their definitions, in the order of their creation.
    instances: Vec<(Key, Key)>,
}

impl Trace {
    fn tell(&mut self, world: &World, model: &Model, taken: &Taken) {
        for (id, event) in &taken.events {
            let AggregateId::Instance { key } = id else { continue };
            if let Event::InstanceCreated { definition, .. } = event {
                self.instances.push((*key, *definition));
            }
            let Some(at) = self.instances.iter().position(|(other, _)| other == key) else { continue };
            if let Some(text) = self.event(model, self.instances[at].1, event) {
                let which = if self.instances.len() > 1 { format!("[{}] ", at + 1) } else { String::new() };
                self.lines.push(format!("  {which}{text}"));
            }
        }
        if taken.endless {
            self.lines.push("  ... and so on without end".to_owned());
        }
        for instance in world.instances() {
            self.elements.extend(instance.elements.iter().map(|element| (element.key, element.ordinal)));
        }
    }

    fn event(&mut self, model: &Model, definition: Key, event: &Event) -> Option<String> {
        let id = |ordinal: u32| model.id(definition, ordinal);
        let known = |elements: &BTreeMap<Key, u32>, key: &Key| id(elements.get(key).copied().unwrap_or(0));
        Some(match event {
            Event::InstanceCreated { process_id, variables, .. } => {
                format!("{process_id} starts with {}", object(variables))
            }
            Event::ElementActivating { key, ordinal, .. }
            | Event::IterationStarted { key, ordinal, .. }
            | Event::InnerStarted { key, ordinal, .. } => {
                self.elements.insert(*key, *ordinal);
                return None;
            }
            Event::ElementActivated { key, ordinal, .. } => {
                self.elements.insert(*key, *ordinal);
                format!("{} is active", id(*ordinal))
            }
            Event::ElementCompleted { key } => format!("{} is completed", known(&self.elements, key)),
            Event::ElementTerminated { key } => format!("{} is terminated", known(&self.elements, key)),
            Event::ElementPassed { ordinal, .. } => format!("{} is passed", id(*ordinal)),
            Event::SequenceFlowTaken { ordinal, waits: true, .. } => {
                format!("{} is taken; its token waits", id(*ordinal))
            }
            Event::SequenceFlowTaken { ordinal, .. } => format!("{} is taken", id(*ordinal)),
            Event::VariablesSet { variables, .. } => format!("variables {}", object(variables)),
            Event::IncidentCreated { kind, message, ordinal, .. } => {
                format!("incident {} at {}: {message}", kind.as_str(), id(*ordinal))
            }
            Event::ErrorThrown { code, caught_by, .. } => {
                format!("error {code} is caught by {}", id(*caught_by))
            }
            Event::EscalationThrown { code, caught_by: 0, .. } => format!("escalation {code} is not caught"),
            Event::EscalationThrown { code, caught_by, .. } => {
                format!("escalation {code} is caught by {}", id(*caught_by))
            }
            Event::CompensationStarted { records, .. } => format!("{} are compensated", records.len()),
            Event::TimerTriggered { .. } => "the timer is due".to_owned(),
            Event::InstanceCompleted {} => format!("{} is completed", id(0)),
            Event::InstanceTerminated {} => format!("{} is terminated", id(0)),
            _ => return None,
        })
    }
}

/// Variables as an object.
fn object(variables: &record::Variables) -> String {
    json::join(variables.iter().map(|(name, value)| (&**name, value)))
}
