//! What becomes of everything that the state of an instance names, and what stands in the way.

use super::kinds::{repetition, same_kind};
use super::{events_of, interrupts, is_armed};
use crate::compile::{Element, NodeKind, Process};
use crate::instance::{ElementInstance, Instance};
use crate::{listener, user_task};
use record::{JobKind, Key, Str};
use rustc_hash::FxHashSet;

/// A migration, checked.
pub(super) struct Plan<'a> {
    instance: &'a Instance,
    source: &'a Process,
    target: &'a Process,
    /// What is waited for: element instance and old ordinal.
    waits: FxHashSet<(Key, u32)>,
    /// What the mapping instructions say, by index.
    mapped: Vec<(usize, usize)>,
    /// Old and new ordinal of each element and flow.
    pub elements: Vec<(u32, u32)>,
    /// Events of the target that are not to be armed, as they are what they were: element instance and new ordinal.
    pub kept: FxHashSet<(Key, u32)>,
    /// Events that are not waited for any more: element instance and old ordinal.
    pub ends: Vec<(Key, u32)>,
    /// What stands in the way.
    pub obstacles: Vec<String>,
}

impl<'a> Plan<'a> {
    /// Looks at everything that the state of an instance names.
    pub fn make(
        instance: &'a Instance,
        source: &'a Process,
        target: &'a Process,
        mappings: &[(Str, Str)],
    ) -> Self {
        let mut plan = Plan {
            instance,
            source,
            target,
            waits: instance.awaited().collect(),
            mapped: Vec::new(),
            elements: Vec::new(),
            kept: FxHashSet::default(),
            ends: Vec::new(),
            obstacles: Vec::new(),
        };
        plan.read(mappings);
        for element in &instance.elements {
            if element.ordinal != 0 {
                plan.active(element);
            }
            plan.events(element);
        }
        plan.joins();
        plan.completed();
        plan.on_their_way();
        plan.listeners();
        plan
    }

    fn obstacle(&mut self, text: String) {
        if !self.obstacles.contains(&text) {
            self.obstacles.push(text);
        }
    }

    fn read(&mut self, mappings: &[(Str, Str)]) {
        for (from, to) in mappings {
            match (self.source.node_by_id(from), self.target.node_by_id(to)) {
                (None, _) => self.obstacle(format!(
                    "mapping instructions contain a non-existing source element id '{from}'. Elements provided in mapping instructions must exist in the source process definition."
                )),
                (_, None) => self.obstacle(format!(
                    "mapping instructions contain a non-existing target element id '{to}'. Elements provided in mapping instructions must exist in the target process definition."
                )),
                (Some(old), Some(_)) if self.explicit(old).is_some() => self.obstacle(format!(
                    "the mapping instructions contain duplicate source element ids '{from}'"
                )),
                (Some(old), Some(new)) => {
                    self.mapped.push((old, new));
                    self.note(self.source.nodes[old].ordinal, self.target.nodes[new].ordinal);
                }
            }
        }
    }

    fn note(&mut self, old: u32, new: u32) {
        if !self.elements.contains(&(old, new)) {
            self.elements.push((old, new));
        }
    }

    /// What the mapping instructions say of an element.
    fn explicit(&self, node: usize) -> Option<usize> {
        self.mapped.iter().find(|(from, _)| *from == node).map(|(_, to)| *to)
    }

    /// What an element is in the target: what is said of it or, where nothing is, the element of the same id.
    fn image(&self, node: usize) -> Option<usize> {
        self.explicit(node).or_else(|| {
            let same = self.target.node_by_id(&self.source.nodes[node].id)?;
            (!self.mapped.iter().any(|(_, to)| *to == same)).then_some(same)
        })
    }

    /// The same for the scope around an element; the process is the process.
    fn is_scope_of(&self, old: Option<usize>, new: Option<usize>) -> bool {
        match (old, new) {
            (None, None) => true,
            (Some(old), Some(new)) => self.image(old) == Some(new),
            _ => false,
        }
    }

    fn scope_ids(&self, node: usize, to: usize) -> (&'a str, &'a str) {
        let (source, target) = (self.source, self.target);
        let old = source.nodes[node].parent.map_or(&*source.id, |parent| &*source.nodes[parent].id);
        let new = target.nodes[to].parent.map_or(&*target.id, |parent| &*target.nodes[parent].id);
        (old, new)
    }

    /// An element instance that is there needs a mapping to an element of its kind in the same scope.
    fn active(&mut self, element: &ElementInstance) {
        let Some((node, model)) = self.source.node(element.ordinal) else { return };
        let id = &model.id;
        let Some(to) = self.explicit(node) else {
            return self.obstacle(format!(
                "no mapping instruction defined for active element with id '{id}'. Elements cannot be migrated without a mapping."
            ));
        };
        let other = &self.target.nodes[to];
        if !same_kind(model, other) {
            self.obstacle(format!(
                "active element with id '{id}' and its mapped element with id '{}' are of different types",
                other.id
            ));
        }
        // Without a mapping the scope is named itself.
        let named = model.parent.is_some_and(|parent| self.explicit(parent).is_none());
        if !named && !self.is_scope_of(model.parent, other.parent) {
            let (old, new) = self.scope_ids(node, to);
            self.obstacle(format!(
                "the flow scope of active element with id '{id}' is changed. The flow scope of the active element is expected to be '{old}' but was '{new}'. The flow scope of an element cannot be changed during migration."
            ));
        }
        let (old, new) = (repetition(model.looping.as_ref()), repetition(other.looping.as_ref()));
        if old != new {
            self.obstacle(format!(
                "active element with id '{id}' has different loop characteristics than its mapped element with id '{}': {old} and {new}. Loop characteristics of an active element cannot be changed during migration.",
                other.id
            ));
        }
        self.activities(element);
    }

    /// Activities of an ad-hoc sub-process that wait for their turn.
    fn activities(&mut self, element: &ElementInstance) {
        let source = self.source;
        let waiting = element.looping.iter().flat_map(|looping| &looping.waiting);
        for (ordinal, _) in waiting {
            if let Some((node, model)) = source.node(*ordinal) {
                self.remembered(node, &format!("the activity with id '{}' waits for its turn", model.id));
            }
        }
    }

    /// The events at an element instance and in it: what has a mapping goes on; what has none ends.
    fn events(&mut self, element: &ElementInstance) {
        let (source, target) = (self.source, self.target);
        let owner = source.node(element.ordinal).map(|(node, _)| node);
        let at_gateway =
            owner.is_some_and(|it| matches!(source.nodes[it].kind, NodeKind::EventBasedGateway(_)));
        for event in events_of(source, element) {
            let model = &source.nodes[event];
            let waits = self.waits.contains(&(element.key, model.ordinal));
            if let Some(to) = self.explicit(event) {
                self.mapped_event(owner, event, to);
                self.kept.insert((element.key, target.nodes[to].ordinal));
                continue;
            }
            let same = self.image(event).filter(|to| {
                is_armed(self.instance, element) && self.same_event(event, *to) && self.is_at(owner, *to)
            });
            if waits && at_gateway {
                self.obstacle(format!(
                    "no mapping instruction defined for the event with id '{}' that the active event-based gateway with id '{}' waits for. The events of an active event-based gateway cannot be migrated without a mapping.",
                    model.id,
                    owner.map_or("", |owner| &*source.nodes[owner].id)
                ));
            } else if waits {
                self.ends.push((element.key, model.ordinal));
                continue;
            }
            // It occurred, and does not occur again because of the migration.
            self.kept.extend(same.map(|same| (element.key, target.nodes[same].ordinal)));
        }
        if let Some(to) = owner.filter(|_| at_gateway).and_then(|owner| self.explicit(owner)) {
            self.no_new_events(element.key, to);
        }
    }

    fn mapped_event(&mut self, owner: Option<usize>, event: usize, to: usize) {
        let (source, target) = (self.source, self.target);
        let (id, other) = (&source.nodes[event].id, &target.nodes[to].id);
        if !self.same_event(event, to) {
            return self.obstacle(format!(
                "event with id '{id}' and its mapped element with id '{other}' are of different types"
            ));
        }
        if !self.is_at(owner, to) {
            let place = |process: &'a Process, node: Option<usize>| match node {
                Some(node) => &*process.nodes[node].id,
                None => &*process.id,
            };
            self.obstacle(format!(
                "event with id '{id}' is mapped to the event with id '{other}', which belongs to '{}' and not to what '{}' is mapped to. An event has to stay at the same element.",
                place(target, self.owner(target, to)),
                place(source, owner),
            ));
        }
        if let Some((twin, _)) = self.mapped.iter().find(|(from, at)| *at == to && *from != event) {
            let twin = &source.nodes[*twin].id;
            let (one, two) = if id < twin { (id, twin) } else { (twin, id) };
            self.obstacle(format!(
                "the events with ids '{one}' and '{two}' are both mapped to the event with id '{other}'. Events cannot be merged by a migration."
            ));
        }
    }

    /// What an event belongs to: its activity, its gateway, or the scope of its event sub-process.
    fn owner(&self, process: &Process, event: usize) -> Option<usize> {
        let node = &process.nodes[event];
        match node.kind {
            NodeKind::Boundary { attached_to, .. } => Some(attached_to),
            NodeKind::StartEvent(_) => node.parent.and_then(|parent| process.nodes[parent].parent),
            _ => node.incoming.first().map(|flow| process.flows[*flow].source),
        }
    }

    /// True where an event of the target belongs to what the owner of the source's event is there.
    fn is_at(&self, owner: Option<usize>, to: usize) -> bool {
        self.is_scope_of(owner, self.owner(self.target, to))
    }

    /// True for events of a kind; of start events, those of event sub-processes of a kind.
    fn same_event(&self, event: usize, to: usize) -> bool {
        let started = |process: &Process, node: usize| {
            let parent = process.nodes[node].parent.map(|parent| &process.nodes[parent].kind);
            matches!(parent, Some(NodeKind::EventSubProcess { .. })).then(|| interrupts(process, node))
        };
        let (source, target) = (self.source, self.target);
        same_kind(&source.nodes[event], &target.nodes[to])
            && (!matches!(source.nodes[event].kind, NodeKind::StartEvent(_))
                || started(source, event) == started(target, to))
    }

    /// An event-based gateway that waits gets no events that it did not wait for before.
    fn no_new_events(&mut self, element: Key, to: usize) {
        let target = self.target;
        let NodeKind::EventBasedGateway(gateway) = &target.nodes[to].kind else { return };
        for event in &gateway.events {
            let model = &target.nodes[*event];
            if !self.kept.contains(&(element, model.ordinal)) {
                self.obstacle(format!(
                    "nothing is mapped to the event with id '{}' of the event-based gateway with id '{}'. An active event-based gateway cannot get further events during migration.",
                    model.id, target.nodes[to].id
                ));
            }
        }
    }

    /// An element that is remembered though it is not active, as the subject of `what` says.
    fn remembered(&mut self, node: usize, what: &str) -> Option<usize> {
        let (source, target) = (self.source, self.target);
        let id = &source.nodes[node].id;
        let Some(to) = self.image(node) else {
            self.obstacle(format!(
                "{what}, and no mapping instruction says what '{id}' is in the target process definition, which has no element with this id to take its place"
            ));
            return None;
        };
        self.note(source.nodes[node].ordinal, target.nodes[to].ordinal);
        let other = &target.nodes[to];
        if !same_kind(&source.nodes[node], other) {
            self.obstacle(format!(
                "{what}, and '{id}' and the element with id '{}' that takes its place are of different types",
                other.id
            ));
            return None;
        }
        if !self.is_scope_of(source.nodes[node].parent, other.parent) {
            let (old, new) = self.scope_ids(node, to);
            self.obstacle(format!(
                "{what}, and the flow scope of '{id}' is changed. It is expected to be '{old}' but was '{new}'. The flow scope of an element cannot be changed during migration."
            ));
            return None;
        }
        Some(to)
    }

    /// Tokens at joins, and complex gateways that wait for the rest of their tokens.
    fn joins(&mut self) {
        let (instance, source) = (self.instance, self.source);
        for (_, ordinal) in &instance.waiting {
            let Some(Element::Flow(flow)) = source.element(*ordinal) else { continue };
            let node = source.flows[flow].target;
            let what = format!(
                "a token waits at '{}' on the sequence flow '{}'",
                source.nodes[node].id, source.flows[flow].id
            );
            self.incoming(node, flow, &what);
        }
        for gateway in &instance.resetting {
            let Some((node, model)) = source.node(gateway.ordinal) else { continue };
            let what = format!("the complex gateway with id '{}' waits for the rest of its tokens", model.id);
            self.join(node, &what);
            for ordinal in &gateway.awaited {
                if let Some(Element::Flow(flow)) = source.element(*ordinal) {
                    self.incoming(node, flow, &what);
                }
            }
        }
    }

    /// The place at which tokens are collected.
    fn join(&mut self, node: usize, what: &str) -> Option<usize> {
        let to = self.remembered(node, what)?;
        let (old, new) = (&self.source.nodes[node], &self.target.nodes[to]);
        if !new.collects || new.start_quantity != old.start_quantity {
            self.obstacle(format!("{what}, and '{}' does not wait for as many tokens", new.id));
        }
        // It would be complete already, and no further token would tell it so.
        if new.incoming.len() < old.incoming.len() {
            self.obstacle(format!(
                "{what}, and '{}' has fewer incoming sequence flows ({}) than '{}' ({})",
                new.id,
                new.incoming.len(),
                old.id,
                old.incoming.len()
            ));
        }
        if let Some((twin, _)) = self.mapped.iter().find(|(from, at)| *at == to && *from != node) {
            let twin = self.source.nodes[*twin].id.clone();
            self.obstacle(format!("{what}, and '{twin}' is mapped to '{}' as well", new.id));
        }
        Some(to)
    }

    /// A flow into it stays the flow of the same id, else the only one from what its source is.
    fn incoming(&mut self, node: usize, flow: usize, what: &str) {
        let Some(to) = self.join(node, what) else { return };
        let (source, target) = (self.source, self.target);
        let (old, incoming) = (&source.flows[flow], &target.nodes[to].incoming);
        let same = incoming.iter().copied().find(|it| target.flows[*it].id == old.id);
        let found = same.or_else(|| {
            let from = self.image(old.source)?;
            let mut between = incoming.iter().copied().filter(|it| target.flows[*it].source == from);
            between.next().filter(|_| between.next().is_none())
        });
        let new = found.map(|it| target.flows[it].ordinal);
        match new {
            Some(new) if !self.elements.iter().any(|(from, at)| *at == new && *from != old.ordinal) => {
                self.note(old.ordinal, new);
            }
            _ => self.obstacle(format!(
                "{what}, and '{}' has no incoming sequence flow that takes the place of '{}': one of the same id, or the only one from the same source",
                target.nodes[to].id, old.id
            )),
        }
    }

    /// What was completed and can be compensated, or is to be.
    fn completed(&mut self) {
        let (instance, source, target) = (self.instance, self.source, self.target);
        for record in &instance.compensable {
            let Some((node, model)) = source.node(record.ordinal) else { continue };
            let planned = instance.compensations.iter().any(|it| it.records.contains(&record.key));
            if record.taken && !planned {
                // Only that it was there is of interest.
                if let Some(to) = self.image(node) {
                    self.note(record.ordinal, target.nodes[to].ordinal);
                }
                continue;
            }
            let what = format!("'{}' was completed and can be compensated", model.id);
            let Some(to) = self.remembered(node, &what) else { continue };
            if source.has_handler(node) && !target.has_handler(to) {
                self.obstacle(format!("{what}, and '{}' has no compensation handler", target.nodes[to].id));
            }
        }
    }

    /// Tokens that wait for a further step, or for what comes before the first element.
    fn on_their_way(&mut self) {
        let (instance, source, target) = (self.instance, self.source, self.target);
        for token in &instance.pending {
            match source.element(token.ordinal) {
                Some(Element::Node(node)) => {
                    let what = format!("a token is on its way to '{}'", source.nodes[node].id);
                    self.remembered(node, &what);
                }
                Some(Element::Flow(flow)) => {
                    let old = &source.flows[flow];
                    let what = format!("a token is on its way on the sequence flow '{}'", old.id);
                    let Some(to) = self.remembered(old.target, &what) else { continue };
                    let mut incoming = target.nodes[to].incoming.iter();
                    match incoming.find(|it| target.flows[**it].id == old.id) {
                        Some(new) => self.note(old.ordinal, target.flows[*new].ordinal),
                        None => self.obstacle(format!(
                            "{what}, and '{}' has no incoming sequence flow of this id",
                            target.nodes[to].id
                        )),
                    }
                }
                _ => {}
            }
        }
    }

    /// Jobs of listeners: what they are for is there, or nothing would go on behind them.
    fn listeners(&mut self) {
        let (instance, source, target) = (self.instance, self.source, self.target);
        for job in &instance.jobs {
            let Some(element) = instance.element(job.element) else { continue };
            let node = source.node(element.ordinal).map(|(node, _)| node);
            let other = node.and_then(|node| self.explicit(node)).map(|to| &target.nodes[to]);
            if node.is_some() && other.is_none() {
                continue;
            }
            let there = match job.kind {
                JobKind::BpmnElement | JobKind::AdHocSubProcess => true,
                JobKind::ExecutionListener => {
                    let listeners = match other {
                        Some(other) => other.listeners.as_deref(),
                        None => target.listeners.as_deref(),
                    };
                    let looping = other.is_some_and(|other| other.looping.is_some());
                    let list = listeners.map(|it| listener::due(element, looping, it)).unwrap_or_default();
                    list.len() > job.listener as usize
                }
                JobKind::TaskListener => {
                    let task = instance.tasks.iter().find(|task| task.element == job.element);
                    let kind = task.and_then(|task| task.transition.as_ref()).map(|it| it.kind);
                    match (other.map(|other| &other.kind), kind) {
                        (Some(NodeKind::UserTask(model)), Some(kind)) => {
                            user_task::listeners(model, kind).nth(job.listener as usize).is_some()
                        }
                        _ => false,
                    }
                }
            };
            if !there {
                let id = node.map_or(&source.id, |node| &source.nodes[node].id);
                self.obstacle(format!(
                    "active element with id '{id}' waits for its listener of type '{}', and its mapped element with id '{}' has no such listener",
                    job.job_type,
                    other.map_or(&target.id, |other| &other.id)
                ));
            }
        }
    }
}
