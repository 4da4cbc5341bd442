//! Tokens: from the queue into nodes, until nothing can move; scopes that have run empty.

use std::collections::VecDeque;

use bpmn::model::{EventTrigger, FlowNode, FlowNodeKind, SubProcessKind};

use super::state::{Id, Instance, Kind, Live, ROOT, Send, Token};
use crate::quirk::Quirk;
use crate::subject::State;

/// More moves than any model of the comparison makes in one step.
const MOVES: u32 = 20_000;

/// Where an instance begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry {
    /// At the none start events, or where nothing comes in.
    Default,
    /// At an event that occurred.
    Event(usize),
    /// At an event of which one of several definitions occurred.
    Partly { node: usize, index: usize },
    /// At an event behind an instantiating event-based gateway.
    Behind { gateway: usize, event: usize },
}

impl Instance {
    /// The first tokens of a new instance.
    pub(crate) fn begin(&mut self, entry: Entry) {
        self.arm_event_sub_processes(ROOT);
        if !self.fire_true(ROOT) || self.lives[&ROOT].interrupted {
            return;
        }
        match entry {
            Entry::Default => self.first_tokens(ROOT),
            Entry::Event(node) if self.node(node).kind.is_activity() => self.pass_activity(ROOT, node),
            Entry::Event(node) => {
                self.pass(node);
                self.leave(ROOT, node);
            }
            Entry::Behind { gateway, event } => self.begin_behind(gateway, event),
            Entry::Partly { node, index } => {
                let id = self.shared.next();
                self.add(id, Some(node), Some(ROOT), Kind::Catch);
                self.arm_own(id, node);
                let sequence = self.lives[&id].arms.last().map(|arm| arm.sequence);
                if let Some(sequence) = sequence {
                    self.occur(id, sequence, index);
                    self.fire_true(id);
                }
            }
        }
    }

    /// One step: tokens move until none can, then conditions are looked at, and so on.
    pub(crate) fn step(&mut self) {
        self.moves = 0;
        loop {
            self.run();
            if self.is_unbounded() || !self.look_at_conditions() {
                return;
            }
        }
    }

    pub(crate) fn is_unbounded(&self) -> bool {
        self.moves > MOVES
    }

    fn run(&mut self) {
        self.settle();
        while !self.is_unbounded() {
            if let Some(token) = self.queue.pop_front() {
                self.moves += 1;
                match self.throws_signal(token.node) {
                    true => self.late.push_back(token),
                    false => self.enter(token),
                }
            } else if let Some(token) = self.late.pop_front() {
                self.enter(token);
            } else if !self.fire_a_join() {
                return;
            }
            self.settle();
        }
    }

    /// Tokens at the start of a scope: its none start events, or every node that nothing leads to.
    pub(crate) fn first_tokens(&mut self, scope: Id) {
        let at = self.lives[&scope].node;
        let nodes: Vec<usize> = self.definition().children(at).collect();
        let starts: Vec<usize> = nodes.iter().copied().filter(|it| is_none_start(self.node(*it))).collect();
        let has_start = nodes.iter().any(|it| matches!(self.node(*it).kind, FlowNodeKind::StartEvent { .. }));
        let first = match has_start {
            true => starts,
            false => nodes.into_iter().filter(|it| begins_by_itself(self.node(*it))).collect(),
        };
        self.queue.extend(first.into_iter().map(|node| Token { scope, flow: None, node }));
    }

    /// Tokens on all outgoing flows, as events and most gateways leave.
    pub(crate) fn leave(&mut self, scope: Id, node: usize) {
        let flows = self.node(node).outgoing.clone();
        self.send(scope, &flows);
    }

    pub(crate) fn send(&mut self, scope: Id, flows: &[usize]) {
        for flow in flows {
            let node = self.flow(*flow).target;
            self.queue.push_back(Token { scope, flow: Some(*flow), node });
        }
    }

    fn throws_signal(&self, node: usize) -> bool {
        let (FlowNodeKind::IntermediateThrowEvent { trigger } | FlowNodeKind::EndEvent { trigger }) =
            &self.node(node).kind
        else {
            return false;
        };
        match trigger {
            EventTrigger::Signal(_) => true,
            EventTrigger::Multiple { triggers, .. } => {
                triggers.iter().any(|it| matches!(it, EventTrigger::Signal(_)))
            }
            _ => false,
        }
    }

    fn enter(&mut self, token: Token) {
        let (scope, index) = (token.scope, token.node);
        let node = self.node(index);
        match node.kind.clone() {
            FlowNodeKind::StartEvent { .. } | FlowNodeKind::BoundaryEvent { .. } => {
                self.pass(index);
                self.leave(scope, index);
            }
            FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(_) } => {
                self.pass(index);
                self.leave(scope, index);
            }
            FlowNodeKind::IntermediateCatchEvent { .. } => {
                let id = self.shared.next();
                self.add(id, Some(index), Some(scope), Kind::Catch);
                self.arm_own(id, index);
                self.fire_true(id);
            }
            FlowNodeKind::IntermediateThrowEvent { trigger } | FlowNodeKind::EndEvent { trigger } => {
                self.throw(scope, index, &trigger);
            }
            FlowNodeKind::ExclusiveGateway => self.exclusive(scope, index),
            FlowNodeKind::ParallelGateway => self.parallel(token),
            FlowNodeKind::InclusiveGateway => self.inclusive(token),
            FlowNodeKind::ComplexGateway { .. } => self.complex(token),
            FlowNodeKind::EventBasedGateway { .. } => self.event_based(scope, index),
            _ => self.enter_activity(token),
        }
    }

    /// An activity starts when as many tokens have arrived as its start quantity says.
    fn enter_activity(&mut self, token: Token) {
        let (scope, node) = (token.scope, token.node);
        let quantity = self.node(node).start_quantity as usize;
        if quantity > 1 && !self.is_planted(Quirk::StartQuantityIgnored) {
            self.waiting.push(token);
            let here = |it: &Token| it.scope == scope && it.node == node;
            if self.waiting.iter().filter(|it| here(it)).count() < quantity {
                return;
            }
            for _ in 0..quantity {
                if let Some(at) = self.waiting.iter().position(here) {
                    self.waiting.remove(at);
                }
            }
        }
        let id = self.shared.next();
        self.start_activity(id, scope, node);
    }

    /// Completes scopes in which nothing is left, innermost first, and lets throw events go on whose compensation is
    /// done.
    fn settle(&mut self) {
        loop {
            if let Some(id) = self.resume.pop_front() {
                self.go_on_throwing(id);
                continue;
            }
            let done = self.lives.values().rev().find(|live| self.is_done(live)).map(|live| live.id);
            match done {
                Some(id) if !self.start_next(id) => self.complete_scope(id),
                Some(_) => {}
                None => return,
            }
        }
    }

    fn is_done(&self, live: &Live) -> bool {
        let (id, open) = (live.id, self.state == State::Active);
        let idle = live.is_scope()
            && open
            && !live.stuck
            && !self.queue.iter().chain(&self.late).any(|token| token.scope == id)
            && !self.waiting.iter().any(|token| token.scope == id)
            && !self.resets.keys().any(|(_, scope)| *scope == id)
            && !self.lives.values().any(|child| child.parent == Some(id));
        match &live.kind {
            Kind::AdHoc { pending, closed } => {
                idle && (*closed || !pending.is_empty() || !self.has_condition(live))
            }
            Kind::Scope => idle && !self.is_planted(Quirk::SubProcessNeverEnds),
            _ => idle,
        }
    }

    fn has_condition(&self, live: &Live) -> bool {
        let kind = live.node.map(|node| &self.node(node).kind);
        let ad_hoc = matches!(
            kind,
            Some(FlowNodeKind::SubProcess {
                kind: SubProcessKind::AdHoc { completion_condition: Some(_), .. }
            })
        );
        ad_hoc && !live.interrupted
    }

    /// A sequential ad-hoc sub-process in which nothing runs starts its next activity.
    fn start_next(&mut self, scope: Id) -> bool {
        let Some(live) = self.lives.get_mut(&scope) else { return false };
        let Kind::AdHoc { pending, .. } = &mut live.kind else { return false };
        let Some(node) = pending.pop_front() else { return false };
        self.queue.push_back(Token { scope, flow: None, node });
        true
    }

    /// A scope ends by itself.
    pub(crate) fn complete_scope(&mut self, id: Id) {
        let live = &self.lives[&id];
        match live.kind {
            Kind::Root => {
                let variables = live.variables.clone();
                self.end(State::Completed);
                if self.caller.is_some() {
                    self.sends.push(Send::Returned { variables });
                }
            }
            Kind::EventSubProcess => {
                let records = self.records_of(live);
                let scope = live.parent;
                self.complete(id);
                if let Some(outer) = scope.and_then(|scope| self.lives.get_mut(&scope)) {
                    outer.records.extend(records);
                }
            }
            Kind::Revived => {
                self.lives.remove(&id);
                self.compensated(id);
            }
            _ => self.complete_activity(id),
        }
    }

    /// The instance ends.
    pub(crate) fn end(&mut self, state: State) {
        self.clear(ROOT);
        self.resume = VecDeque::new();
        self.state = state;
        if let Some(root) = self.lives.get_mut(&ROOT) {
            root.arms.clear();
        }
    }
}

fn is_none_start(node: &FlowNode) -> bool {
    matches!(node.kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. })
}

/// True for nodes that get a token when their scope starts and has no start event.
pub(crate) fn begins_by_itself(node: &FlowNode) -> bool {
    let started_otherwise = match &node.kind {
        FlowNodeKind::BoundaryEvent { .. } | FlowNodeKind::StartEvent { .. } => true,
        FlowNodeKind::SubProcess { kind: SubProcessKind::Event } => true,
        FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(_) } => true,
        FlowNodeKind::ReceiveTask { instantiate, .. }
        | FlowNodeKind::EventBasedGateway { instantiate, .. } => *instantiate,
        _ => false,
    };
    node.incoming.is_empty() && !node.is_for_compensation && !started_otherwise
}
