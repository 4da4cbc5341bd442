//! The choices of a world: what can happen next, and with which values of variables that the engine then looks at.
//!
//! A variable is chosen when an expression reads it and it has no value, or when the same element reads it again: then
//! whoever works in between may have changed it. What the model itself computes is left alone.

use crate::choice::{Kind, Line, Place, Waiting, What, to_json, waiting};
use crate::model::Model;
use crate::search::{Options, Quirk};
use crate::values::{self, Path};
use crate::world::{Chosen, Taken, World};
use engine::{Catch, NodeKind};
use feel::Value;
use record::{AggregateId, Event, IncidentType, Key, Str, Variables};
use std::collections::BTreeMap;

/// Ways to choose the variables of one event that are followed.
const MAX_WAYS: usize = 64;
/// An event that stays armed occurs so often.
const MAX_FIRED: u8 = 2;

/// A way to go on.
pub(crate) struct Next {
    pub(crate) lines: Vec<Line>,
    pub(crate) world: World,
    pub(crate) taken: Taken,
}

/// A value for a variable.
#[derive(Debug, Clone)]
struct Assigned {
    cell: usize,
    value: usize,
    /// Where it is read.
    read: Read,
}

/// An expression was looked at.
#[derive(Debug, Clone)]
struct Read {
    instance: Key,
    ordinal: u32,
    at: Key,
    cell: usize,
    path: Path,
}

/// Everything that can happen next.
pub(crate) fn all(world: &World, model: &Model, options: &Options) -> Vec<Next> {
    let mut found = Vec::new();
    for (what, fires) in offers(world, model, options) {
        let from = found.len();
        ways(world, model, &what, &mut found);
        for next in &mut found[from..] {
            if let Some(event) = fires {
                *next.world.fired.entry(event).or_default() += 1;
                next.world.settle();
            }
        }
    }
    conditions(world, model, &mut found);
    found
}

/// How a process can start.
pub(crate) fn starts(model: &Model, definition: &engine::Definition) -> Vec<Next> {
    let process = &definition.process;
    let mut events: Vec<Option<Str>> = Vec::new();
    if !process.first.is_empty() {
        events.push(None);
    }
    for &start in &process.starts {
        let node = &process.nodes[start];
        match &node.kind {
            NodeKind::StartEvent(Catch::None) => {}
            NodeKind::EventBasedGateway(gateway) => {
                events.extend(gateway.events.iter().map(|event| Some(process.nodes[*event].id.clone())));
            }
            _ => events.push(Some(node.id.clone())),
        }
    }
    let mut found = Vec::new();
    for event in events {
        ways(&World::new(), model, &What::Start { process: process.id.clone(), event }, &mut found);
    }
    found
}

/// What can happen, without values; and the event that counts how often it occurred.
fn offers(world: &World, model: &Model, options: &Options) -> Vec<(What, Option<(Key, u32)>)> {
    let all = waiting(world, model);
    let mut found: Vec<(What, Option<(Key, u32)>)> = Vec::new();
    for (at, it) in all.iter().enumerate() {
        let place = || place(&all[..at], it);
        let fires = it.stays.then_some((it.element, it.ordinal));
        let often = |event: (Key, u32), most: u8| world.fired.get(&event).is_some_and(|count| *count >= most);
        if fires.is_some_and(|event| often(event, MAX_FIRED)) {
            continue;
        }
        match &it.kind {
            Kind::Job(_) => {
                found.push((What::Complete { element: place() }, None));
                if options.quirk != Some(Quirk::NoErrors) {
                    let codes = model.codes.iter().cloned();
                    found.extend(codes.map(|code| (What::Error { element: place(), code }, None)));
                }
            }
            Kind::Task(_) | Kind::TaskListener(_) => found.push((What::Complete { element: place() }, None)),
            Kind::Timer { key, .. } => {
                if world.zone.fired(*key).is_some() && options.quirk != Some(Quirk::NoTimers) {
                    found.push((What::Timer { event: place() }, fires));
                }
            }
            Kind::Message(_) => found.push((What::Message { event: place() }, fires)),
            Kind::Signal { name, .. } => {
                let what = What::Signal { name: name.clone() };
                if !found.iter().any(|(known, _)| *known == what) {
                    found.push((what, fires));
                }
            }
            Kind::Condition { .. } => {}
            Kind::AdHoc { job, activities } => {
                for activity in activities {
                    let chosen = ordinal_of(world, model, it.instance, activity).map(|at| (it.element, at));
                    let asked = job.is_none().then_some(chosen).flatten();
                    if !asked.is_some_and(|event| often(event, 1)) {
                        found.push((What::Choose { ad_hoc: place(), activity: activity.clone() }, asked));
                    }
                }
                if job.is_some() {
                    found.push((What::Done { ad_hoc: place() }, None));
                }
            }
        }
    }
    found
}

fn ordinal_of(world: &World, model: &Model, instance: Key, id: &str) -> Option<u32> {
    let process = world.process(model, instance)?;
    process.node_by_id(id).map(|node| process.nodes[node].ordinal)
}

/// How a line names something that waits behind those `before` it.
fn place(before: &[Waiting], it: &Waiting) -> Place {
    let group = |kind: &Kind| match kind {
        Kind::Job(_) | Kind::Task(_) | Kind::TaskListener(_) => 0,
        Kind::Timer { .. } => 1,
        Kind::Message(_) => 2,
        Kind::Signal { .. } => 3,
        Kind::Condition { .. } => 4,
        Kind::AdHoc { .. } => 5,
    };
    let same = before.iter().filter(|other| other.id == it.id && group(&other.kind) == group(&it.kind));
    Place { id: it.id.clone(), nth: same.count() + 1 }
}

/// Carries out one event, once for each combination of values that makes a difference.
fn ways(world: &World, model: &Model, what: &What, found: &mut Vec<Next>) {
    let mut open: Vec<Vec<Assigned>> = vec![Vec::new()];
    let mut count = 0;
    while let Some(assigned) = open.pop() {
        let Some((mut next, reads)) = attempt(world, model, what, &assigned) else { continue };
        match undecided(world, model, &next, &reads, &assigned) {
            Some(read) if count + open.len() < MAX_WAYS => {
                for value in (0..model.cells.cells[read.cell].values.len()).rev() {
                    let mut more = assigned.clone();
                    more.push(Assigned { cell: read.cell, value, read: read.clone() });
                    open.push(more);
                }
            }
            _ => {
                count += 1;
                remember(model, &mut next.world, &reads, &assigned);
                next.world.settle();
                found.push(next);
            }
        }
    }
}

/// Carries out an event with values, in the first of these ways in which they arrive: with the event under the name that
/// is read, under all names, or set before it.
fn attempt(world: &World, model: &Model, what: &What, assigned: &[Assigned]) -> Option<(Next, Vec<Read>)> {
    let first = if what.carries() { 0 } else { 2 };
    let mut last = None;
    // Without values there is only one way.
    let modes = if assigned.is_empty() { first..first + 1 } else { first..3 };
    for mode in modes {
        let Some(next) = attempt_in(world, model, what, assigned, mode) else { continue };
        let reads = reads(world, model, &next);
        let arrives = |it: &Assigned| {
            let seen = next.world.visible(it.read.instance, it.read.at, &it.read.path);
            seen.is_some_and(|seen| feel::identical(&seen, &model.cells.cells[it.cell].values[it.value]))
        };
        let all = assigned.iter().all(arrives);
        last = Some((next, reads));
        if all {
            break;
        }
    }
    last
}

fn attempt_in(world: &World, model: &Model, what: &What, assigned: &[Assigned], mode: u8) -> Option<Next> {
    let mut next = world.clone();
    let mut taken = Taken::default();
    let mut lines = Vec::new();
    if mode == 2 {
        let mut by_instance: BTreeMap<Key, Vec<&Assigned>> = BTreeMap::new();
        for it in assigned {
            by_instance.entry(it.read.instance).or_default().push(it);
        }
        for (instance, assigned) in by_instance {
            let Some(process) = process_place(world, instance) else { continue };
            let variables = variables(world, model, instance, &assigned, true);
            let line = Line { what: What::Set { process }, variables };
            next.perform(model, &line, &mut taken).ok()?;
            lines.push(line);
        }
    }
    let variables = match what.carries() {
        true => {
            let instance = assigned.first().map_or(Key::NONE, |it| it.read.instance);
            variables(world, model, instance, &assigned.iter().collect::<Vec<_>>(), mode > 0)
        }
        false => Variables::new(),
    };
    let line = Line { what: what.clone(), variables };
    next.perform(model, &line, &mut taken).ok()?;
    if let What::Error { .. } = what
        && !is_caught(&taken)
    {
        return None;
    }
    lines.push(line);
    Some(Next { lines, world: next, taken })
}

/// An error that nothing catches is no choice but a mistake of the worker.
fn is_caught(taken: &Taken) -> bool {
    let mut caught = false;
    for (_, event) in &taken.events {
        match event {
            Event::ErrorThrown { .. } => caught = true,
            Event::IncidentCreated { kind: IncidentType::UnhandledErrorEvent, .. } if !caught => {
                return false;
            }
            _ => {}
        }
    }
    caught
}

fn process_place(world: &World, instance: Key) -> Option<Place> {
    let id = world.instance(instance)?.process_id.clone();
    let before = world.instances().take_while(|it| it.key != instance).filter(|it| it.process_id == id);
    let nth = before.count() + 1;
    Some(Place { id, nth })
}

/// Variables with the chosen values in them; members go into what the variable holds already.
fn variables(
    world: &World,
    model: &Model,
    instance: Key,
    assigned: &[&Assigned],
    all_names: bool,
) -> Variables {
    let mut roots: Vec<(Str, Value)> = Vec::new();
    for it in assigned {
        let cell = &model.cells.cells[it.cell];
        let paths: Vec<&Path> = if all_names { cell.paths.iter().collect() } else { vec![&it.read.path] };
        for path in paths {
            let known = roots.iter().position(|(name, _)| *name == path[0]).map(|at| roots.remove(at).1);
            let known = known.or_else(|| world.visible(instance, instance, &path[..1].to_vec()));
            roots.push((path[0].clone(), values::place(known, &path[1..], cell.values[it.value].clone())));
        }
    }
    roots.into_iter().map(|(name, value)| (name, to_json(&value))).collect()
}

/// Which expressions the engine looked at, by what happened.
fn reads(before: &World, model: &Model, next: &Next) -> Vec<Read> {
    let mut ordinals: BTreeMap<Key, u32> = BTreeMap::new();
    for instance in before.instances() {
        ordinals.extend(instance.elements.iter().map(|element| (element.key, element.ordinal)));
    }
    let mut found = Vec::new();
    for (id, event) in &next.taken.events {
        let AggregateId::Instance { key: instance } = id else { continue };
        let Some(state) = next.world.instance(*instance) else { continue };
        let definition = state.definition;
        let mut note = |ordinal: u32, at: Key, entering: bool, leaving: bool| {
            let of = |map: &BTreeMap<(Key, u32), Vec<usize>>, wanted: bool| -> Vec<usize> {
                map.get(&(definition, ordinal)).filter(|_| wanted).cloned().unwrap_or_default()
            };
            for number in of(&model.entering, entering).into_iter().chain(of(&model.leaving, leaving)) {
                let it = &model.cells.uses[number];
                for (cell, path) in it.cells.iter().zip(&it.paths) {
                    let (instance, cell, path) = (*instance, *cell, path.clone());
                    found.push(Read { instance, ordinal, at, cell, path });
                }
            }
        };
        match event {
            Event::InstanceCreated { .. } => note(0, *instance, true, false),
            Event::ElementPassed { ordinal, scope, .. } => note(*ordinal, *scope, true, true),
            Event::ElementActivating { key, ordinal, .. }
            | Event::ElementActivated { key, ordinal, .. }
            | Event::IterationStarted { key, ordinal, .. }
            | Event::InnerStarted { key, ordinal, .. } => {
                ordinals.insert(*key, *ordinal);
                note(*ordinal, *key, true, false);
            }
            Event::ElementCompleted { key } | Event::ElementCompleting { key } => {
                let ordinal = ordinals.get(key).copied().unwrap_or(0);
                note(ordinal, *key, false, true);
            }
            Event::IterationEnded { body, .. } => {
                let ordinal = ordinals.get(body).copied().unwrap_or(0);
                note(ordinal, *body, false, true);
            }
            Event::IncidentCreated { element, ordinal, .. } => note(*ordinal, *element, true, true),
            _ => {}
        }
    }
    found
}

/// The first variable that was read and that nobody decided on.
fn undecided(
    world: &World,
    model: &Model,
    next: &Next,
    reads: &[Read],
    assigned: &[Assigned],
) -> Option<Read> {
    let open = |read: &&Read| {
        if assigned.iter().any(|it| it.cell == read.cell) || model.cells.cells[read.cell].values.is_empty() {
            return false;
        }
        let chosen = world.chosen.get(&(read.instance, read.cell));
        if chosen.is_some_and(|chosen| chosen.seen.contains(&read.ordinal)) {
            return true;
        }
        let value = next.world.visible(read.instance, read.at, &read.path);
        chosen.is_none() && value.is_none_or(|value| value.is_null())
    };
    reads.iter().find(open).cloned()
}

/// Notes what was chosen and who looked at it; what the model set to something else is its own.
fn remember(model: &Model, world: &mut World, reads: &[Read], assigned: &[Assigned]) {
    for it in assigned {
        let chosen = Chosen { value: it.value, seen: [it.read.ordinal].into() };
        world.chosen.insert((it.read.instance, it.cell), chosen);
    }
    for read in reads {
        if let Some(chosen) = world.chosen.get_mut(&(read.instance, read.cell)) {
            chosen.seen.insert(read.ordinal);
        }
    }
    let other = |(instance, cell): &(Key, usize), chosen: &Chosen| {
        let cell = &model.cells.cells[*cell];
        let seen = cell.paths.iter().find_map(|path| world.visible(*instance, *instance, path));
        seen.is_some_and(|seen| !feel::identical(&seen, &cell.values[chosen.value]))
    };
    let gone: Vec<(Key, usize)> =
        world.chosen.iter().filter(|(key, chosen)| other(key, chosen)).map(|(key, _)| *key).collect();
    for key in gone {
        world.chosen.remove(&key);
    }
}

/// Conditions that are waited for come true: the variables behind them change.
fn conditions(world: &World, model: &Model, found: &mut Vec<Next>) {
    for it in waiting(world, model) {
        let Kind::Condition { part } = it.kind else { continue };
        let fires = (it.element, it.ordinal);
        if it.stays && world.fired.get(&fires).is_some_and(|count| *count >= MAX_FIRED) {
            continue;
        }
        let Some(instance) = world.instance(it.instance) else { continue };
        let Some(number) = model.conditions.get(&(instance.definition, it.ordinal, part)) else { continue };
        let Some(assigned) = makes_true(world, model, &it, *number) else { continue };
        let Some(process) = process_place(world, it.instance) else { continue };
        let variables = variables(world, model, it.instance, &assigned.iter().collect::<Vec<_>>(), false);
        let line = Line { what: What::Set { process }, variables };
        let mut next = world.clone();
        let mut taken = Taken::default();
        if next.perform(model, &line, &mut taken).is_err() {
            continue;
        }
        if it.stays {
            *next.fired.entry(fires).or_default() += 1;
        }
        let next = Next { lines: vec![line], world: next, taken };
        let reads = reads(world, model, &next);
        let mut next = next;
        remember(model, &mut next.world, &reads, &assigned);
        next.world.settle();
        found.push(next);
    }
}

/// Values with which a condition holds, as few of them as are needed.
fn makes_true(world: &World, model: &Model, it: &Waiting, number: usize) -> Option<Vec<Assigned>> {
    let condition = &model.cells.uses[number];
    let mut ways: Vec<Vec<Assigned>> = vec![Vec::new()];
    for (cell, path) in condition.cells.iter().zip(&condition.paths) {
        let read = Read {
            instance: it.instance,
            ordinal: it.ordinal,
            at: it.element,
            cell: *cell,
            path: path.clone(),
        };
        let mut longer = ways.clone();
        for way in &ways {
            for value in 0..model.cells.cells[*cell].values.len() {
                let mut way = way.clone();
                way.push(Assigned { cell: *cell, value, read: read.clone() });
                longer.push(way);
            }
        }
        ways = longer;
        ways.truncate(4_096);
    }
    ways.sort_by_key(Vec::len);
    ways.into_iter().find(|way| {
        let set = variables(world, model, it.instance, &way.iter().collect::<Vec<_>>(), false);
        let holds = condition.outcome_with(|name| {
            let own = set.iter().find(|(known, _)| &**known == name);
            match own {
                Some((_, json)) => Value::from_json(json.as_str()).ok(),
                None => world.visible(it.instance, it.element, &vec![Str::from(name)]),
            }
        });
        !way.is_empty() && holds == Some(1)
    })
}
