//! Parallel joins that can never have a token at each of their flows.
//!
//! For each flow it is worked out which choices must have been made for a token to be on it: an exclusive or
//! event-based gateway took this way, an activity ended by this boundary event or by none, the scope began at this start
//! event. A choice counts only where it is made at most once in a scope. A join whose flows need different outcomes of
//! one choice waits forever; so does one with a flow that nothing comes over, or only what the join itself let through.
//!
//! **Invariant:** all sets err on the side of knowing too little; then there is no warning.

use std::collections::HashMap;

use super::reach::Reach;
use crate::model::{EventTrigger, FlowNodeKind, Process};

/// Choices known of one flow, and outcomes of one choice; what is beyond is forgotten, which is never wrong.
const FACTS: usize = 48;
/// Flows into a node that are compared with each other.
const COMPARED: usize = 32;
/// Steps spent on joins inside loops, for a process.
const LOOP_STEPS: usize = 1_000_000;

/// The choice of a scope where to begin.
const BEGIN: usize = usize::MAX;

/// A choice: who chooses (a flow node, or [`BEGIN`]), and the outcomes, one of which it must have, sorted.
type Fact = (usize, Vec<usize>);

/// What is known of a flow or node.
#[derive(Debug, Clone, Default)]
struct State {
    /// True when it sees at most one token in the life of its scope.
    once: bool,
    /// Choices without which it sees no token, sorted by who chooses.
    facts: Vec<Fact>,
}

/// A way from a node to another of the same scope.
#[derive(Debug, Clone, Copy)]
struct Way {
    from: usize,
    to: usize,
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Flow(usize),
    Link,
    Boundary { interrupts: bool },
}

/// The joins that wait forever, with why.
pub(super) fn find(process: &Process, dead: &[Option<&str>], reach: &Reach) -> Vec<(usize, String)> {
    let graph = Graph::new(process, dead, reach);
    let mut analysis = Analysis {
        process,
        reach,
        states: vec![State::default(); process.nodes.len()],
        starts: starts(process),
        found: Vec::new(),
        steps: LOOP_STEPS,
        graph: &graph,
    };
    for component in graph.components() {
        analysis.component(&component);
    }
    analysis.found.sort_unstable();
    analysis.found
}

/// The start events of a scope.
#[derive(Debug, Clone, Copy, Default)]
struct Starts {
    count: usize,
    /// Messages of one conversation may all come to one instance (13.2).
    conversation: bool,
}

impl Starts {
    fn exclusive(self) -> bool {
        self.count > 1 && !self.conversation
    }
}

fn starts(process: &Process) -> HashMap<Option<usize>, Starts> {
    let mut starts: HashMap<Option<usize>, Starts> = HashMap::new();
    for node in &process.nodes {
        if let FlowNodeKind::StartEvent { trigger, .. } = &node.kind {
            let scope = starts.entry(node.parent).or_default();
            scope.count += 1;
            scope.conversation |= matches!(trigger, EventTrigger::Message(_) | EventTrigger::Multiple { .. });
        }
    }
    starts
}

/// The ways between reached nodes. Scopes are not connected with each other.
struct Graph {
    ways: Vec<Way>,
    out: Vec<Vec<usize>>,
    into: Vec<Vec<usize>>,
}

impl Graph {
    fn new(process: &Process, dead: &[Option<&str>], reach: &Reach) -> Self {
        let count = process.nodes.len();
        let mut graph =
            Self { ways: Vec::new(), out: vec![Vec::new(); count], into: vec![Vec::new(); count] };
        for (from, node) in process.nodes.iter().enumerate().filter(|(index, _)| reach.nodes[*index]) {
            for flow in node.outgoing.iter().filter(|flow| dead[**flow].is_none()) {
                graph.add(Way { from, to: process.flows[*flow].target, by: By::Flow(*flow) });
            }
            for to in reach.links.get(&from).into_iter().flatten() {
                graph.add(Way { from, to: *to, by: By::Link });
            }
            for to in &node.boundary {
                if let FlowNodeKind::BoundaryEvent { cancel_activity, trigger, .. } = &process.nodes[*to].kind
                {
                    let interrupts =
                        *cancel_activity && !matches!(trigger, EventTrigger::Compensation { .. });
                    graph.add(Way { from, to: *to, by: By::Boundary { interrupts } });
                }
            }
        }
        graph
    }

    fn add(&mut self, way: Way) {
        self.out[way.from].push(self.ways.len());
        self.into[way.to].push(self.ways.len());
        self.ways.push(way);
    }

    /// Strongly connected components, those that lead to others first (Tarjan, without recursion).
    fn components(&self) -> Vec<Vec<usize>> {
        let count = self.out.len();
        let (mut order, mut low, mut on_stack) =
            (vec![0_usize; count], vec![0_usize; count], vec![false; count]);
        let (mut next, mut stack, mut found) = (1, Vec::new(), Vec::new());
        for root in 0..count {
            if order[root] != 0 {
                continue;
            }
            let mut walk = vec![(root, 0)];
            while let Some((node, at)) = walk.last_mut() {
                let node = *node;
                if *at == 0 {
                    (order[node], low[node]) = (next, next);
                    next += 1;
                    stack.push(node);
                    on_stack[node] = true;
                }
                if let Some(way) = self.out[node].get(*at) {
                    *at += 1;
                    let to = self.ways[*way].to;
                    if order[to] == 0 {
                        walk.push((to, 0));
                    } else if on_stack[to] {
                        low[node] = low[node].min(order[to]);
                    }
                    continue;
                }
                walk.pop();
                if let Some((parent, _)) = walk.last() {
                    low[*parent] = low[*parent].min(low[node]);
                }
                if low[node] == order[node] {
                    let from = stack.iter().rposition(|it| *it == node).unwrap_or(0);
                    let component = stack.split_off(from);
                    component.iter().for_each(|it| on_stack[*it] = false);
                    found.push(component);
                }
            }
        }
        found.reverse();
        found
    }
}

struct Analysis<'a> {
    process: &'a Process,
    reach: &'a Reach,
    graph: &'a Graph,
    states: Vec<State>,
    starts: HashMap<Option<usize>, Starts>,
    found: Vec<(usize, String)>,
    steps: usize,
}

impl Analysis<'_> {
    fn component(&mut self, component: &[usize]) {
        let is_loop = |node: usize| self.graph.out[node].iter().any(|way| self.graph.ways[*way].to == node);
        match component {
            [node] if !is_loop(*node) => {
                if self.reach.nodes[*node] {
                    self.states[*node] = self.node(*node);
                }
            }
            nodes => self.cycle(nodes),
        }
    }

    /// Nodes of a loop see any number of tokens; all of them came in from outside.
    fn cycle(&mut self, nodes: &[usize]) {
        let mut inside = nodes.to_vec();
        inside.sort_unstable();
        let from_outside = |way: &&usize| inside.binary_search(&self.graph.ways[**way].from).is_err();
        let ways = nodes.iter().flat_map(|node| self.graph.into[*node].iter()).filter(from_outside);
        let mut facts: Option<Vec<Fact>> = None;
        for way in ways {
            let new = self.way(*way).facts;
            facts = Some(facts.map_or(new.clone(), |known| common(&known, &new)));
        }
        if nodes.iter().any(|node| self.reach.entries[*node]) {
            facts = None;
        }
        let state = State { once: false, facts: facts.unwrap_or_default() };
        for node in nodes {
            self.states[*node] = state.clone();
        }
        for node in nodes.iter().copied() {
            if self.is_join(node)
                && self.reach.nodes[node]
                && let Some(flow) = self.only_by_itself(node)
            {
                let id = &self.process.flows[flow].id;
                let message = format!("the join waits for `{id}`, which only comes after the join itself");
                self.found.push((node, message));
            }
        }
    }

    fn is_join(&self, node: usize) -> bool {
        let node = &self.process.nodes[node];
        matches!(node.kind, FlowNodeKind::ParallelGateway) && node.incoming.len() > 1
    }

    /// A flow into the join whose source no token comes to without the join.
    fn only_by_itself(&mut self, join: usize) -> Option<usize> {
        // What this costs at most.
        self.steps = self.steps.checked_sub(self.process.nodes.len() + self.graph.ways.len())?;
        let scope = self.process.nodes[join].parent;
        let mut seen = vec![false; self.process.nodes.len()];
        let entries = self.reach.entries.iter().enumerate().filter(|(_, is_entry)| **is_entry);
        let mut waiting: Vec<usize> = entries
            .map(|(index, _)| index)
            .filter(|index| self.process.nodes[*index].parent == scope)
            .collect();
        while let Some(node) = waiting.pop() {
            if node == join || std::mem::replace(&mut seen[node], true) {
                continue;
            }
            waiting.extend(self.graph.out[node].iter().map(|way| self.graph.ways[*way].to));
        }
        let flows = &self.process.nodes[join].incoming;
        flows.iter().copied().find(|flow| !seen[self.process.flows[*flow].source])
    }

    fn node(&mut self, node: usize) -> State {
        let states: Vec<State> = self.graph.into[node].iter().map(|way| self.way(*way)).collect();
        if self.reach.entries[node] {
            return self.entry(node, states.is_empty());
        }
        if self.is_join(node) {
            return self.join(node, &states);
        }
        match states.as_slice() {
            [single] => single.clone(),
            several => {
                let mut facts = several.first().map(|state| state.facts.clone()).unwrap_or_default();
                several.iter().skip(1).for_each(|state| facts = common(&facts, &state.facts));
                let each_once = several.iter().all(|state| state.once);
                let once = match self.process.nodes[node].kind {
                    // It waits for every token that can still come.
                    FlowNodeKind::InclusiveGateway => each_once,
                    FlowNodeKind::ComplexGateway { .. } => false,
                    _ => each_once && exclude_each_other(several),
                };
                State { once, facts }
            }
        }
    }

    /// What begins a scope: one of its start events, which is a choice, or all that nothing leads to.
    fn entry(&self, node: usize, alone: bool) -> State {
        let FlowNodeKind::StartEvent { .. } = self.process.nodes[node].kind else {
            // In an ad-hoc sub-process, and where something is undone, it may be done again.
            let again =
                self.process.nodes[node].parent.is_some() || self.process.nodes[node].is_for_compensation;
            return State { once: alone && !again, facts: Vec::new() };
        };
        let several =
            self.starts.get(&self.process.nodes[node].parent).is_some_and(|starts| starts.exclusive());
        let facts = if several { vec![(BEGIN, vec![node])] } else { Vec::new() };
        State { once: alone, facts }
    }

    /// A join sees a token only when all its flows do.
    fn join(&mut self, node: usize, states: &[State]) -> State {
        let flows = &self.process.nodes[node].incoming;
        let mut live: Vec<usize> = self.graph.into[node]
            .iter()
            .filter_map(|way| if let By::Flow(flow) = self.graph.ways[*way].by { Some(flow) } else { None })
            .collect();
        live.sort_unstable();
        if let Some(flow) = flows.iter().find(|flow| live.binary_search(flow).is_err()) {
            let message =
                format!("the join waits for `{}`, over which nothing comes", self.process.flows[*flow].id);
            self.found.push((node, message));
            return State::default();
        }
        let mut needed: HashMap<usize, Vec<usize>> = HashMap::new();
        for (choice, outcomes) in states.iter().flat_map(|state| state.facts.iter()) {
            let known = needed.entry(*choice).or_insert_with(|| outcomes.clone());
            known.retain(|outcome| outcomes.binary_search(outcome).is_ok());
            if known.is_empty() {
                let reason = self.reason(*choice);
                self.found.push((node, reason));
                return State::default();
            }
        }
        let mut facts: Vec<Fact> = needed.into_iter().collect();
        facts.sort_unstable();
        facts.truncate(FACTS);
        State { once: states.iter().any(|state| state.once), facts }
    }

    fn reason(&self, choice: usize) -> String {
        let Some(node) = self.process.nodes.get(choice) else {
            return "the join waits for flows of different start events, of which one occurs".to_owned();
        };
        let id = &node.id;
        match node.kind.is_gateway() {
            true => format!("the join waits for several ways out of `{id}`, of which one is taken"),
            false => format!("the join waits for the end of `{id}` and for an event that interrupts it"),
        }
    }

    /// What is known of a way, from what is known of the node it leaves.
    fn way(&self, way: usize) -> State {
        let Way { from, to, by } = self.graph.ways[way];
        let node = &self.process.nodes[from];
        let mut state = self.states[from].clone();
        let outcome = match by {
            By::Boundary { interrupts: true } => Some(to + 1),
            By::Boundary { interrupts: false } => {
                state.once = false;
                None
            }
            By::Link => None,
            By::Flow(flow) => match &node.kind {
                FlowNodeKind::ExclusiveGateway | FlowNodeKind::EventBasedGateway { parallel: false, .. } => {
                    (node.outgoing.len() > 1).then_some(flow + 1)
                }
                // It may let tokens through again when it is reset.
                FlowNodeKind::ComplexGateway { .. } => {
                    state.once = false;
                    None
                }
                kind if kind.is_activity() => {
                    state.once &= node.completion_quantity == 1;
                    (!node.boundary.is_empty()).then_some(0)
                }
                _ => None,
            },
        };
        if let Some(outcome) = outcome.filter(|_| self.states[from].once && state.facts.len() < FACTS) {
            let at = state.facts.partition_point(|(choice, _)| *choice < from);
            state.facts.insert(at, (from, vec![outcome]));
        }
        state
    }
}

/// What holds whichever of the two a token has come over: choices of both, with the outcomes of either.
fn common(left: &[Fact], right: &[Fact]) -> Vec<Fact> {
    let mut out = Vec::new();
    for (choice, outcomes) in left {
        let Some(others) = outcomes_of(right, *choice) else { continue };
        let mut either = outcomes.clone();
        either.extend(others);
        either.sort_unstable();
        either.dedup();
        if either.len() <= FACTS {
            out.push((*choice, either));
        }
    }
    out
}

fn outcomes_of(facts: &[Fact], choice: usize) -> Option<&[usize]> {
    let at = facts.binary_search_by_key(&choice, |(choice, _)| *choice).ok()?;
    Some(&facts[at].1)
}

/// True when any two need different outcomes of some choice.
fn exclude_each_other(states: &[State]) -> bool {
    let differ = |left: &State, right: &State| {
        left.facts.iter().any(|(choice, outcomes)| {
            let others = outcomes_of(&right.facts, *choice);
            others.is_some_and(|others| outcomes.iter().all(|it| others.binary_search(it).is_err()))
        })
    };
    states.len() <= COMPARED
        && states
            .iter()
            .enumerate()
            .all(|(at, left)| states[at + 1..].iter().all(|right| differ(left, right)))
}
