//! The breadth-first search, and what counts as a defect.

use crate::choice::{Kind, Line, waiting};
use crate::choose::{self, Next};
use crate::model::Model;
use crate::state::{self, State};
use crate::world::{MAX_INSTANCES, Taken, World};
use engine::{Definition, NodeKind};
use record::{AggregateId, Event, IncidentType, Key, Str};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Element instances that a sound process is not expected to have at once.
const MAX_ELEMENTS: usize = 2_000;

/// How far a search goes.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// States of one process.
    pub bound: usize,
    /// A bug that is planted in the search, for its own tests.
    #[doc(hidden)]
    pub quirk: Option<Quirk>,
}

impl Default for Options {
    fn default() -> Self {
        Options { bound: 10_000, quirk: None }
    }
}

/// Bugs that the search's own tests plant.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// No two states are the same.
    NoDeduplication,
    /// No job throws an error.
    NoErrors,
    /// No timer is ever due.
    NoTimers,
    /// The newest state is looked at first.
    DepthFirst,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// Nothing can happen any more, and the instance is not completed.
    Deadlock,
    /// A token waits at a join that it never leaves, whatever happens.
    LostToken,
    /// More and more tokens or element instances come about.
    PileUp,
    /// Tokens go round without waiting for anything.
    EndlessLoop,
    /// A token gets stuck with an incident.
    Incident,
}

impl Defect {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Defect::Deadlock => "deadlock",
            Defect::LostToken => "lost-token",
            Defect::PileUp => "pile-up",
            Defect::EndlessLoop => "endless-loop",
            Defect::Incident => "incident",
        }
    }
}

/// Something that goes wrong in some run.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What.
    pub defect: Defect,
    /// BPMN id of the process.
    pub process: Str,
    /// BPMN id of the element; empty where there is none.
    pub element: Str,
    /// For people.
    pub message: String,
    /// The shortest run that leads there, line by line.
    pub script: Vec<String>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The defects, each once, those with the shortest runs first.
    pub findings: Vec<Finding>,
    /// What was left out and why, for people.
    pub notes: Vec<String>,
    /// States that were reached.
    pub states: usize,
    /// True where every state within reach was looked at.
    pub complete: bool,
}

/// Explores every process of a model.
pub fn explore(model: &Model, options: &Options) -> Report {
    let mut report = Report { complete: true, ..Report::default() };
    for definition in &model.roots {
        let mut search = Search::new(model, options, definition);
        search.run();
        search.find_lost_tokens();
        report.states += search.states.len();
        report.complete &= search.complete;
        report.findings.extend(search.findings.into_values());
        report.notes.extend(search.notes);
    }
    for id in &model.absent_processes {
        let text = format!("process '{id}' is called and not among the files: a single task stands for it");
        report.notes.push(text);
    }
    for id in &model.absent_decisions {
        let text = format!("decision '{id}' is called and not among the files: every result is tried");
        report.notes.push(text);
    }
    for condition in model.cells.uses.iter().filter(|it| it.one_sided) {
        let text = format!(
            "'={}' comes out the same with every value that was tried: what lies on the other side was not explored",
            condition.source
        );
        report.notes.push(text);
        report.complete = false;
    }
    report.findings.sort_by_key(|finding| finding.script.len());
    report.notes.sort();
    report.notes.dedup();
    report
}

/// A state that was reached.
struct Reached {
    /// Where from; none for the first ones.
    from: Option<usize>,
    lines: Vec<Line>,
    state: State,
    /// What comes next.
    next: Vec<usize>,
    /// What follows is not looked at.
    cut: bool,
}

struct Search<'a> {
    model: &'a Model,
    options: &'a Options,
    definition: &'a Definition,
    states: Vec<Reached>,
    known: BTreeMap<Vec<u8>, usize>,
    open: VecDeque<(usize, World)>,
    findings: BTreeMap<(Defect, Str, Str, String), Finding>,
    notes: BTreeSet<String>,
    complete: bool,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, options: &'a Options, definition: &'a Definition) -> Self {
        Search {
            model,
            options,
            definition,
            states: Vec::new(),
            known: BTreeMap::new(),
            open: VecDeque::new(),
            findings: BTreeMap::new(),
            notes: BTreeSet::new(),
            complete: true,
        }
    }

    fn run(&mut self) {
        for next in choose::starts(self.model, self.definition) {
            self.reach(None, next);
        }
        while let Some((at, world)) = match self.options.quirk {
            Some(Quirk::DepthFirst) => self.open.pop_back(),
            _ => self.open.pop_front(),
        } {
            let choices = choose::all(&world, self.model, self.options);
            if choices.is_empty() {
                self.ended(at, &world);
            }
            for next in choices {
                if self.states.len() >= self.options.bound {
                    self.complete = false;
                    self.notes.insert(format!(
                        "process '{}' has more than {} states: what lies behind them was not explored (a higher \
                         bound goes further)",
                        self.definition.process_id, self.options.bound
                    ));
                    return;
                }
                self.reach(Some(at), next);
            }
        }
    }

    /// A choice led somewhere.
    fn reach(&mut self, from: Option<usize>, next: Next) {
        let Next { lines, world, taken } = next;
        let state = state::of(&world, self.model);
        let mut bytes = state.bytes.clone();
        if self.options.quirk == Some(Quirk::NoDeduplication) {
            bytes.extend(self.states.len().to_be_bytes());
        }
        // An endless run has no state of its own.
        if taken.endless {
            bytes.extend(b"endless");
        }
        if let Some(&known) = self.known.get(&bytes) {
            if let Some(from) = from {
                self.states[from].next.push(known);
            }
            return;
        }
        let at = self.states.len();
        self.known.insert(bytes, at);
        if let Some(from) = from {
            self.states[from].next.push(at);
        }
        self.states.push(Reached { from, lines, state, next: Vec::new(), cut: false });
        let cut = self.judge(at, &world, &taken);
        self.states[at].cut = cut;
        if !cut {
            self.open.push_back((at, world));
        }
    }

    /// Looks at a new state. True where nothing behind it is to be explored.
    fn judge(&mut self, at: usize, world: &World, taken: &Taken) -> bool {
        if taken.endless {
            let (process, element) = busiest(self.model, world, taken);
            let message = format!("tokens go on and on through '{element}' without waiting for anything");
            self.find(at, Defect::EndlessLoop, process, element, message);
            return true;
        }
        if self.incidents(at, world, taken) {
            return true;
        }
        if let Some((process, join, count, flows)) = crowded(world, self.model) {
            let message = format!(
                "{count} tokens wait at '{join}', which has {flows} incoming flows: more come than it lets through"
            );
            self.find(at, Defect::PileUp, process, join, message);
            return true;
        }
        if world.instances().count() > MAX_INSTANCES {
            let process = self.definition.process_id.clone();
            let message = format!("more and more process instances call each other: {MAX_INSTANCES} by now");
            self.find(at, Defect::PileUp, process, Str::from(""), message);
            return true;
        }
        self.grows(at)
    }

    fn incidents(&mut self, at: usize, world: &World, taken: &Taken) -> bool {
        let mut stuck = false;
        for (id, event) in &taken.events {
            let (
                AggregateId::Instance { key },
                Event::IncidentCreated { element: at_element, kind, message, ordinal, .. },
            ) = (id, event)
            else {
                continue;
            };
            // It may be over already, where something ended its element.
            let Some(instance) = world.instance(*key).filter(|it| !it.incidents.is_empty()) else { continue };
            stuck = true;
            let (definition, process) = (instance.definition, instance.process_id.clone());
            let element = self.model.id(definition, *ordinal);
            let undecided = self.model.undecided(definition, *ordinal, |path| {
                world.visible(*key, *at_element, path).is_some_and(|value| !value.is_null())
            });
            let missing =
                matches!(kind, IncidentType::CalledDecisionError | IncidentType::CalledElementError);
            let unknown = *kind == IncidentType::ExtractValueError && !undecided.is_empty();
            if missing || unknown {
                let why = match undecided.first().filter(|_| unknown) {
                    Some(expression) => format!("no value that was tried decides '={expression}'"),
                    None => message.to_string(),
                };
                self.notes.insert(format!("what follows '{element}' of '{process}' was not explored: {why}"));
                self.complete = false;
                continue;
            }
            let message = format!("{} at '{element}': {message}", kind.as_str());
            self.find(at, Defect::Incident, process, element, message);
        }
        stuck
    }

    /// Looks for an earlier state of the same run that this one outgrows.
    fn grows(&mut self, at: usize) -> bool {
        let state = &self.states[at].state;
        let mut earlier = self.states[at].from;
        while let Some(before) = earlier {
            if state.outgrows(&self.states[before].state) {
                break;
            }
            earlier = self.states[before].from;
        }
        if earlier.is_none() && state.elements <= MAX_ELEMENTS {
            return false;
        }
        let more = earlier.map(|before| more_of(&self.states[at].state, &self.states[before].state));
        let process = self.definition.process_id.clone();
        let message = format!(
            "each round leaves more tokens than it takes: {} element instances and {} waiting tokens by now{}",
            self.states[at].state.elements,
            self.states[at].state.joins.values().sum::<usize>(),
            match more {
                Some(more) => format!(", {more} more than before"),
                None => String::new(),
            }
        );
        let join = self.states[at].state.joins.keys().next().map(|(_, join)| join.clone());
        self.find(at, Defect::PileUp, process, join.unwrap_or_else(|| Str::from("")), message);
        true
    }

    /// Nothing can happen any more.
    fn ended(&mut self, at: usize, world: &World) {
        let undecided = waiting(world, self.model).into_iter().find(|it| match it.kind {
            Kind::Condition { part } => {
                let definition = world.instance(it.instance).map_or(Key::NONE, |it| it.definition);
                let condition = self.model.conditions.get(&(definition, it.ordinal, part));
                condition.is_none_or(|number| !self.model.cells.uses[*number].decided)
            }
            _ => false,
        });
        if let Some(it) = undecided {
            self.notes.insert(format!(
                "the condition of '{}' was never true: no value that was tried makes it so",
                it.id
            ));
            self.complete = false;
            self.states[at].cut = true;
            return;
        }
        for instance in world.instances() {
            let process = instance.process_id.clone();
            let Some(model) = self.model.process(instance.definition) else { continue };
            let mut waits: BTreeMap<(Str, Str), Vec<(Str, Str)>> = BTreeMap::new();
            for (_, ordinal) in &instance.waiting {
                let Some(engine::Element::Flow(flow)) = model.element(*ordinal) else { continue };
                let join = &model.nodes[model.flows[flow].target];
                let here: Vec<Str> = instance
                    .waiting
                    .iter()
                    .filter_map(|(_, flow)| match model.element(*flow) {
                        Some(engine::Element::Flow(flow)) => Some(model.flows[flow].id.clone()),
                        _ => None,
                    })
                    .collect();
                let absent = join.incoming.iter().map(|flow| &model.flows[*flow]);
                let absent = absent.filter(|flow| !here.contains(&flow.id));
                waits.insert(
                    (join.id.clone(), kind_of(&join.kind).into()),
                    absent.map(|flow| (flow.id.clone(), model.nodes[flow.source].id.clone())).collect(),
                );
            }
            let (element, message) = match waits.first_key_value() {
                Some(((join, kind), absent)) => {
                    let absent: Vec<String> =
                        absent.iter().map(|(flow, from)| format!("'{flow}' from '{from}'")).collect();
                    let text = format!(
                        "a token waits at the {kind} '{join}', and none will ever come on {}",
                        if absent.is_empty() { "its flows".to_owned() } else { absent.join(" and ") }
                    );
                    (join.clone(), text)
                }
                None => {
                    let deepest = instance.elements.last().map_or(0, |element| element.ordinal);
                    let element = self.model.id(instance.definition, deepest);
                    let text = format!("nothing can happen any more, and '{element}' is not completed");
                    (element, text)
                }
            };
            self.find(at, Defect::Deadlock, process, element, message);
        }
    }

    /// Tokens at joins that no run takes away again.
    fn find_lost_tokens(&mut self) {
        if !self.complete {
            return;
        }
        let joins: BTreeSet<(Str, Str)> =
            self.states.iter().flat_map(|reached| reached.state.joins.keys().cloned()).collect();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.states.len()];
        for (at, reached) in self.states.iter().enumerate() {
            reached.next.iter().for_each(|next| before[*next].push(at));
        }
        for join in joins {
            let reported = self.findings.values().any(|it| (&it.process, &it.element) == (&join.0, &join.1));
            if reported {
                continue;
            }
            // From where the join gets free of tokens, or where that is not known.
            let free = |at: &usize| self.states[*at].cut || !self.states[*at].state.joins.contains_key(&join);
            let mut good: Vec<bool> = (0..self.states.len()).map(|at| free(&at)).collect();
            let mut open: Vec<usize> = (0..self.states.len()).filter(|at| good[*at]).collect();
            while let Some(at) = open.pop() {
                for &earlier in &before[at] {
                    if !std::mem::replace(&mut good[earlier], true) {
                        open.push(earlier);
                    }
                }
            }
            if let Some(bad) = good.iter().position(|good| !good) {
                let (process, element) = join;
                let message = format!("a token waits at '{element}', and whatever happens, it never goes on");
                self.find(bad, Defect::LostToken, process, element, message);
            }
        }
    }

    fn find(&mut self, at: usize, defect: Defect, process: Str, element: Str, message: String) {
        let detail = if defect == Defect::Incident { message.clone() } else { String::new() };
        let key = (defect, process.clone(), element.clone(), detail);
        if self.findings.contains_key(&key) {
            return;
        }
        let mut script = Vec::new();
        let mut next = Some(at);
        while let Some(state) = next {
            script.push(&self.states[state]);
            next = self.states[state].from;
        }
        let script =
            script.iter().rev().flat_map(|reached| &reached.lines).map(ToString::to_string).collect();
        self.findings.insert(key, Finding { defect, process, element, message, script });
    }
}

fn kind_of(kind: &NodeKind) -> &'static str {
    match kind {
        NodeKind::ParallelGateway => "parallel gateway",
        NodeKind::InclusiveGateway(_) => "inclusive gateway",
        NodeKind::ComplexGateway(_) => "complex gateway",
        _ => "activity",
    }
}

/// How many more tokens and element instances there are.
fn more_of(state: &State, before: &State) -> u32 {
    let sum = |state: &State| state.marking.values().sum::<u32>();
    sum(state) - sum(before)
}

/// A gateway at which more tokens wait than it has incoming flows.
fn crowded(world: &World, model: &Model) -> Option<(Str, Str, usize, usize)> {
    for instance in world.instances() {
        let process = model.process(instance.definition)?;
        let mut counts: BTreeMap<(Key, usize), usize> = BTreeMap::new();
        for (scope, flow) in &instance.waiting {
            let Some(engine::Element::Flow(flow)) = process.element(*flow) else { continue };
            *counts.entry((*scope, process.flows[flow].target)).or_default() += 1;
        }
        for ((_, node), count) in counts {
            let node = &process.nodes[node];
            let gateway = matches!(
                node.kind,
                NodeKind::ParallelGateway | NodeKind::InclusiveGateway(_) | NodeKind::ComplexGateway(_)
            );
            if gateway && count > node.incoming.len() {
                return Some((process.id.clone(), node.id.clone(), count, node.incoming.len()));
            }
        }
    }
    None
}

/// The element that most tokens went through.
fn busiest(model: &Model, world: &World, taken: &Taken) -> (Str, Str) {
    // An endless run may go from one instance to the next, so it is counted what happens in all of a definition.
    let begun = taken.events.iter().filter_map(|(id, event)| match (id, event) {
        (AggregateId::Instance { key }, Event::InstanceCreated { definition, .. }) => {
            Some((*key, *definition))
        }
        _ => None,
    });
    let begun: BTreeMap<Key, Key> = begun.collect();
    let of = |key: Key| begun.get(&key).copied().or_else(|| Some(world.instance(key)?.definition));
    // How often each was entered, and whether it stays: in a run through nothing but passing elements and activities that
    // call, the caller is to blame.
    let mut counts: BTreeMap<(Key, u32), (usize, bool)> = BTreeMap::new();
    for (id, event) in &taken.events {
        let AggregateId::Instance { key } = id else { continue };
        let (ordinal, stays) = match event {
            Event::ElementPassed { ordinal, .. } => (ordinal, false),
            Event::ElementActivated { ordinal, .. } => (ordinal, true),
            _ => continue,
        };
        let Some(definition) = of(*key) else { continue };
        let entry = counts.entry((definition, *ordinal)).or_default();
        *entry = (entry.0 + 1, stays);
    }
    let most = counts.into_iter().max_by_key(|((_, ordinal), rank)| (*rank, std::cmp::Reverse(*ordinal)));
    let found =
        most.and_then(|((definition, ordinal), _)| Some((model.process(definition)?, definition, ordinal)));
    match found {
        Some((process, definition, ordinal)) => (process.id.clone(), model.id(definition, ordinal)),
        None => (Str::from(""), Str::from("")),
    }
}
