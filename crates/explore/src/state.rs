//! When two worlds count as one state: they have the same tokens, variables and waits in the same scopes. Keys, times,
//! and the order in which equal things began do not matter, and of what only ever grows no more than two count.

use crate::model::Model;
use crate::world::World;
use engine::{ElementInstance, Instance, Looping, NodeKind, Process, Role};
use record::{Key, Str};
use std::collections::BTreeMap;

/// Of what grows, so many count.
const ENOUGH: usize = 2;

/// A world, made comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// All of it.
    pub(crate) bytes: Vec<u8>,
    /// Tokens and element instances by place.
    pub(crate) marking: BTreeMap<Vec<u8>, u32>,
    /// What there is beside the marking and the timers.
    pub(crate) rest: Vec<u8>,
    /// Joins with tokens: process, gateway, and how many.
    pub(crate) joins: BTreeMap<(Str, Str), usize>,
    /// Element instances of all process instances.
    pub(crate) elements: usize,
}

/// What a world amounts to.
pub(crate) fn of(world: &World, model: &Model) -> State {
    let mut writer = Writer {
        world,
        model,
        marking: BTreeMap::new(),
        rest: Vec::new(),
        joins: BTreeMap::new(),
        elements: 0,
    };
    let called = |instance: &Instance| {
        instance
            .origin
            .as_ref()
            .is_some_and(|origin| world.instance(origin.parent).is_some_and(|it| !it.ended))
    };
    let roots: Vec<&Instance> = world.instances().filter(|instance| !called(instance)).collect();
    let parts = roots.into_iter().map(|instance| writer.instance(instance, &[])).collect();
    let Part { mut bytes, timers } = sorted(parts);
    let mut kept = Vec::new();
    for (name, correlation_key, count) in world.kept_messages() {
        text(name, &mut kept);
        text(correlation_key, &mut kept);
        number(count.min(ENOUGH) as u64, &mut kept);
    }
    bytes.extend(&kept);
    for bound in world.zone.ordered(&timers) {
        bytes.extend(bound.to_be_bytes());
    }
    writer.rest.push(kept);
    writer.rest.sort();
    writer.rest.dedup();
    let Writer { marking, rest, joins, elements, .. } = writer;
    State { bytes, marking, rest: rest.concat(), joins, elements }
}

impl State {
    /// True where this one has all that `other` has, more of it, and nothing else differs: what led from there to here
    /// can happen again and again.
    pub(crate) fn outgrows(&self, other: &State) -> bool {
        self.rest == other.rest
            && self.marking != other.marking
            && other
                .marking
                .iter()
                .all(|(place, count)| self.marking.get(place).is_some_and(|it| it >= count))
    }
}

/// Bytes, and the timers in the order in which they come in them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    bytes: Vec<u8>,
    timers: Vec<Key>,
}

/// The order in which things began does not matter.
fn sorted(mut parts: Vec<Part>) -> Part {
    parts.sort();
    let mut whole = Part { bytes: Vec::new(), timers: Vec::new() };
    number(parts.len() as u64, &mut whole.bytes);
    for part in parts {
        number(part.bytes.len() as u64, &mut whole.bytes);
        whole.bytes.extend(part.bytes);
        whole.timers.extend(part.timers);
    }
    whole
}

struct Writer<'a> {
    world: &'a World,
    model: &'a Model,
    marking: BTreeMap<Vec<u8>, u32>,
    rest: Vec<Vec<u8>>,
    joins: BTreeMap<(Str, Str), usize>,
    elements: usize,
}

impl Writer<'_> {
    fn instance(&mut self, instance: &Instance, path: &[u8]) -> Part {
        let mut path = path.to_vec();
        text(&instance.process_id, &mut path);
        let Some(process) = self.model.process(instance.definition) else {
            return Part { bytes: path, timers: Vec::new() };
        };
        let mut own = path.clone();
        for ((_, cell), chosen) in self.world.chosen.iter().filter(|((key, _), _)| *key == instance.key) {
            number(*cell as u64, &mut own);
            number(chosen.value as u64, &mut own);
            number(chosen.seen.len() as u64, &mut own);
            chosen.seen.iter().for_each(|ordinal| number(u64::from(*ordinal), &mut own));
        }
        for compensation in &instance.compensations {
            own.push(1);
            number(ordinal(instance, compensation.thrower), &mut own);
            number(ordinal(instance, compensation.handler), &mut own);
            own.push(u8::from(compensation.cancel));
            number(compensation.records.len() as u64, &mut own);
            for record in &compensation.records {
                let found = instance.compensable.iter().find(|it| it.key == *record);
                number(found.map_or(0, |it| u64::from(it.ordinal)), &mut own);
            }
        }
        self.rest.push(own.clone());
        match instance.elements.first() {
            Some(root) => {
                let inner = self.element(instance, process, root, &path);
                own.extend(inner.bytes);
                Part { bytes: own, timers: inner.timers }
            }
            None => Part { bytes: own, timers: Vec::new() },
        }
    }

    fn element(
        &mut self,
        instance: &Instance,
        process: &Process,
        element: &ElementInstance,
        path: &[u8],
    ) -> Part {
        self.elements += 1;
        let key = element.key;
        let mut place = path.to_vec();
        number(u64::from(element.ordinal), &mut place);
        place.extend([element.state as u8, element.role as u8]);
        *self.marking.entry(place.clone()).or_default() += 1;
        let mut own = place.clone();
        own.extend([u8::from(element.interrupted), u8::from(element.listened)]);
        let counts = progress(process, element);
        counts.iter().for_each(|count| number(u64::from(*count), &mut own));
        let counter_matters = !counts.is_empty() || element.role != Role::Iteration;
        let mut variables: Vec<_> = element.variables.iter().collect();
        variables.sort_by(|left, right| left.0.cmp(&right.0));
        for (name, value) in
            variables.into_iter().filter(|(name, _)| counter_matters || &**name != "loopCounter")
        {
            text(name, &mut own);
            text(value.as_str(), &mut own);
        }
        for job in instance.jobs.iter().filter(|job| job.element == key) {
            own.extend([2, job.kind as u8, job.state as u8]);
            number(u64::from(job.listener), &mut own);
        }
        for task in instance.tasks.iter().filter(|task| task.element == key) {
            own.extend([3, u8::from(task.created), task.transition.as_ref().map_or(0, |it| it.kind as u8)]);
        }
        for incident in instance.incidents.iter().filter(|incident| incident.element == key) {
            own.extend([4, incident.kind as u8]);
        }
        self.waits(instance, key, &mut own);
        self.rest.push(own.clone());
        let mut timers = self.timers(instance, key, &mut own);
        self.tokens(instance, process, key, &place, &mut own);
        if let Some(called) = self.world.instance(element.called).filter(|called| !called.ended) {
            let inner = self.instance(called, &place);
            own.extend(inner.bytes);
            timers.extend(inner.timers);
        }
        let children: Vec<&ElementInstance> = instance.children(key).collect();
        let children =
            children.into_iter().map(|child| self.element(instance, process, child, &place)).collect();
        let children = sorted(children);
        own.extend(children.bytes);
        timers.extend(children.timers);
        Part { bytes: own, timers }
    }

    /// Subscriptions, conditions and what occurred.
    fn waits(&self, instance: &Instance, key: Key, own: &mut Vec<u8>) {
        for it in instance.subscriptions.iter().filter(|it| it.element == key) {
            own.extend([5, u8::from(it.signal)]);
            number(u64::from(it.ordinal), own);
            number(u64::from(it.part), own);
            text(&it.name, own);
            text(&it.correlation_key, own);
        }
        for it in instance.conditions.iter().filter(|it| it.element == key) {
            own.extend([6, u8::from(it.holds)]);
            number(u64::from(it.ordinal), own);
            number(u64::from(it.part), own);
        }
        let mut occurred: Vec<_> = instance.occurred.iter().filter(|(element, _)| *element == key).collect();
        occurred.sort();
        for (_, (ordinal, part)) in occurred {
            own.push(7);
            number(u64::from(*ordinal), own);
            number(u64::from(*part), own);
        }
        for ((_, ordinal), count) in self.world.fired.iter().filter(|((element, _), _)| *element == key) {
            own.extend([8, *count]);
            number(u64::from(*ordinal), own);
        }
        let mut done: BTreeMap<u32, usize> = BTreeMap::new();
        for it in instance.compensable.iter().filter(|it| it.scope == key && !it.taken) {
            let count = done.entry(it.ordinal).or_default();
            *count += 1;
            if *count <= ENOUGH {
                own.push(9);
                number(u64::from(it.ordinal), own);
            }
        }
        for it in instance.resetting.iter().filter(|it| it.scope == key) {
            own.push(10);
            number(u64::from(it.ordinal), own);
            let mut awaited = it.awaited.clone();
            awaited.sort_unstable();
            awaited.iter().for_each(|flow| number(u64::from(*flow), own));
        }
    }

    fn timers(&self, instance: &Instance, key: Key, own: &mut Vec<u8>) -> Vec<Key> {
        let mut timers: Vec<_> = instance.timers.iter().filter(|timer| timer.element == key).collect();
        timers.sort_by_key(|timer| (timer.ordinal, timer.part, timer.key));
        for timer in &timers {
            own.push(11);
            number(u64::from(timer.ordinal), own);
            number(u64::from(timer.part), own);
            number(timer.repetitions as u32 as u64, own);
        }
        timers.into_iter().map(|timer| timer.key).collect()
    }

    /// Tokens that wait at joins of a scope.
    fn tokens(&mut self, instance: &Instance, process: &Process, scope: Key, path: &[u8], own: &mut Vec<u8>) {
        let mut flows: Vec<u32> =
            instance.waiting.iter().filter(|(at, _)| *at == scope).map(|(_, flow)| *flow).collect();
        flows.sort_unstable();
        for ordinal in flows {
            own.push(12);
            number(u64::from(ordinal), own);
            let mut place = path.to_vec();
            place.push(255);
            number(u64::from(ordinal), &mut place);
            *self.marking.entry(place).or_default() += 1;
            if let Some(engine::Element::Flow(flow)) = process.element(ordinal) {
                let join = &process.nodes[process.flows[flow].target];
                *self.joins.entry((process.id.clone(), join.id.clone())).or_default() += 1;
            }
        }
    }
}

/// How far a loop is, as far as that makes a difference.
fn progress(process: &Process, element: &ElementInstance) -> Vec<u32> {
    let node = process.node(element.ordinal).map(|(_, node)| node);
    let free_loop = match node.and_then(|node| node.looping.as_ref()) {
        Some(Looping::Standard { maximum: None, condition: Some(condition), .. }) => {
            !condition.source().contains("loopCounter")
        }
        _ => false,
    };
    if free_loop {
        return Vec::new();
    }
    let mut counts = match element.role {
        Role::Iteration => vec![element.counter],
        _ => Vec::new(),
    };
    if let Some(looping) = &element.looping {
        counts.extend([looping.total, looping.items.len() as u32, u32::from(looping.fulfilled)]);
        let rounds = [looping.started, looping.completed, looping.terminated];
        match node.map(|node| &node.kind) {
            // Its activities can begin again and again.
            Some(NodeKind::AdHoc(ad_hoc)) => {
                let most = ad_hoc.activities.len() as u32;
                counts.extend(rounds.map(|count| count.min(most)));
            }
            _ => counts.extend(rounds),
        }
    }
    counts
}

fn ordinal(instance: &Instance, element: Key) -> u64 {
    instance.element(element).map_or(0, |element| u64::from(element.ordinal))
}

fn number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(value: &str, out: &mut Vec<u8>) {
    number(value.len() as u64, out);
    out.extend(value.as_bytes());
}
