//! Migration: a running instance goes on with another definition. Every active element says by a mapping what it is
//! there; everything that stands in the way is named at once.
//!
//! **Invariant**: all that the instance's state names by ordinal, it names by the new definition's afterwards: by the
//! mapping or, where nothing is active but something is remembered, as the element of the same id.

mod kinds;
mod plan;

use crate::compile::{NodeKind, Process};
use crate::instance::{ElementInstance, ElementState, Instance, Role};
use crate::run::Run;
use plan::Plan;
use record::{Event, Key, Rejection, RejectionKind, Str};
use rustc_hash::FxHashSet;

impl Run<'_> {
    pub(crate) fn migrate(&mut self, definition: Key, mappings: &[(Str, Str)]) -> Result<(), Rejection> {
        let catalog = self.catalog;
        let Some(target) = catalog.definition(definition).filter(|it| it.tenant == self.instance.tenant)
        else {
            let text = format!(
                "Expected to migrate process instance to process definition but no process definition found with key '{definition}'"
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        let plan = Plan::make(self.instance, self.process, &target.process, mappings);
        if !plan.obstacles.is_empty() {
            let text = format!(
                "Expected to migrate process instance '{}' but {}",
                self.instance.key,
                plan.obstacles.join("; ")
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        let Plan { elements, kept, ends, .. } = plan;
        for (element, ordinal) in ends {
            self.stop_waiting(element, |other| other == ordinal);
            if self.instance.occurred.iter().any(|(it, (event, _))| (*it, *event) == (element, ordinal)) {
                self.emit(Event::EventsReset { element, ordinal });
            }
        }
        self.emit(Event::InstanceMigrated {
            definition,
            process_id: target.process_id.clone(),
            version: target.version,
            elements,
        });
        self.process = &target.process;
        self.open_missing(&kept);
        Ok(())
    }

    /// Events that the new definition adds to what is active are waited for from now on.
    fn open_missing(&mut self, kept: &FxHashSet<(Key, u32)>) {
        let process = self.process;
        let instance = &*self.instance;
        let armed = |it: &&ElementInstance| is_armed(instance, it);
        let armed: Vec<(Key, u32, Vec<usize>)> = instance
            .elements
            .iter()
            .filter(armed)
            .map(|it| (it.key, it.ordinal, events_of(process, it)))
            .collect();
        for (key, ordinal, events) in armed {
            let mut waits = Vec::new();
            for event in events {
                let model = &process.nodes[event];
                let (catch, interrupting) = match &model.kind {
                    NodeKind::Boundary { catch, interrupting, .. } => (catch, *interrupting),
                    NodeKind::StartEvent(catch) => (catch, interrupts(process, event)),
                    // The events behind a gateway are those that it waited for before.
                    _ => continue,
                };
                if kept.contains(&(key, model.ordinal)) {
                    continue;
                }
                if let Err(failure) = self.plan(model.ordinal, catch, interrupting, key, &mut waits) {
                    self.incident(key, ordinal, Key::NONE, failure);
                }
            }
            self.open(key, waits);
        }
    }
}

impl Instance {
    /// What is waited for: element instance and event.
    fn awaited(&self) -> impl Iterator<Item = (Key, u32)> {
        let timers = self.timers.iter().map(|it| (it.element, it.ordinal));
        let subscriptions = self.subscriptions.iter().map(|it| (it.element, it.ordinal));
        let conditions = self.conditions.iter().map(|it| (it.element, it.ordinal));
        timers.chain(subscriptions).chain(conditions)
    }
}

/// True where an element instance waits for the events at it and in it: it began its work and is not done.
fn is_armed(instance: &Instance, element: &ElementInstance) -> bool {
    // Before its first token goes, the process waits for listeners or for its own events.
    let held = element.key == instance.key && instance.continuations == 0 && !instance.pending.is_empty();
    element.state == ElementState::Active && !held
}

/// The events at, in and behind an element instance: boundary events, start events of event sub-processes, and what an
/// event-based gateway waits for.
fn events_of(process: &Process, element: &ElementInstance) -> Vec<usize> {
    let node = process.node(element.ordinal).map(|(_, node)| node);
    let mut events = Vec::new();
    if let Some(node) = node.filter(|_| matches!(element.role, Role::Plain | Role::Body)) {
        events.extend(&node.boundary);
        if let NodeKind::EventBasedGateway(gateway) = &node.kind {
            events.extend(&gateway.events);
        }
    }
    // A scope that was taken over has no event sub-processes any more.
    if !matches!(element.role, Role::Body | Role::Inner) && !element.interrupted {
        let inside = node.map_or(&process.event_sub_processes, |node| &node.event_sub_processes);
        events.extend(inside.iter().filter_map(|it| match process.nodes[*it].kind {
            NodeKind::EventSubProcess { start, .. } => Some(start),
            _ => None,
        }));
    }
    events
}

/// True for the start event of an interrupting event sub-process.
fn interrupts(process: &Process, start: usize) -> bool {
    let parent = process.nodes[start].parent.map(|parent| &process.nodes[parent].kind);
    matches!(parent, Some(NodeKind::EventSubProcess { interrupting: true, .. }))
}
