//! Gateways: which flows are taken, when a join fires.

use std::collections::BTreeSet;

use bpmn::model::{EventTrigger, FlowNodeKind};

use super::state::{Id, Instance, Kind, Live, Role, Token};
use crate::quirk::Quirk;
use crate::value::{Value, Variables};

impl Instance {
    /// First flow with a true condition, else the default flow.
    pub(crate) fn exclusive(&mut self, scope: Id, node: usize) {
        let default = self.node(node).default_flow;
        let (others, none) = (self.outgoing_but(node, default), Variables::new());
        // A condition that is neither true nor false keeps the token, whatever the default flow.
        let mut decided = others
            .iter()
            .map(|flow| self.decision(*flow, scope, &none))
            .take_while(|it| *it != Value::Bool(true));
        if decided.any(|it| it != Value::Bool(false)) {
            return self.pass_by(scope, node, Vec::new());
        }
        let mut holding = others.into_iter().filter(|flow| self.holds(*flow, scope, &Variables::new()));
        let found = match self.is_planted(Quirk::ExclusiveTakesLast) {
            true => holding.next_back(),
            false => holding.next(),
        };
        self.pass_by(scope, node, found.or(default).into_iter().collect());
    }

    fn outgoing_but(&self, node: usize, default: Option<usize>) -> Vec<usize> {
        self.node(node).outgoing.iter().copied().filter(|flow| Some(*flow) != default).collect()
    }

    fn decision(&self, flow: usize, scope: Id, more: &Variables) -> Value {
        let condition = self.flow(flow).condition.as_ref();
        condition.map_or(Value::Bool(true), |it| self.evaluate(it, scope, more))
    }

    /// True without a condition.
    fn holds(&self, flow: usize, scope: Id, more: &Variables) -> bool {
        self.flow(flow).condition.as_ref().is_none_or(|it| self.is_true(it, scope, more))
    }

    /// All flows with a true or no condition, else the default flow.
    fn all_holding(&self, node: usize, scope: Id, more: &Variables) -> Vec<usize> {
        let default = self.node(node).default_flow;
        let mut out = self.outgoing_but(node, default);
        out.retain(|flow| self.holds(*flow, scope, more));
        if out.is_empty() {
            out.extend(default);
        }
        out
    }

    /// Flows out of an activity; the default flow is for when no conditional flow is taken.
    pub(crate) fn flows_of_activity(&self, node: usize, scope: Id) -> Vec<usize> {
        let default = self.node(node).default_flow;
        let mut out = self.outgoing_but(node, default);
        out.retain(|flow| self.holds(*flow, scope, &Variables::new()));
        let conditional = out.iter().any(|flow| self.flow(*flow).condition.is_some());
        if !conditional || self.is_planted(Quirk::DefaultFlowAlways) {
            out.extend(default);
        }
        out.sort_unstable();
        out
    }

    /// The gateway passes its token on to these flows; without any, an incident keeps the token in it.
    fn pass_by(&mut self, scope: Id, node: usize, flows: Vec<usize>) {
        if flows.is_empty() {
            let id = self.shared.next();
            self.add(id, Some(node), Some(scope), Kind::Pass);
            self.get_stuck(id);
            return;
        }
        self.pass(node);
        self.send(scope, &flows);
    }

    /// Waits for a token on every incoming flow.
    pub(crate) fn parallel(&mut self, token: Token) {
        let (scope, node) = (token.scope, token.node);
        let incoming = self.node(node).incoming.clone();
        if incoming.len() > 1 && token.flow.is_some() {
            self.waiting.push(token);
            let ready = match self.is_planted(Quirk::ParallelJoinCountsTokens) {
                true => {
                    self.waiting.iter().filter(|it| it.scope == scope && it.node == node).count()
                        >= incoming.len()
                }
                false => self.flows_waiting(scope, node).len() == incoming.len(),
            };
            if !ready || self.is_planted(Quirk::ParallelJoinNeverFires) {
                return;
            }
            self.consume(scope, node, &incoming);
        }
        self.pass(node);
        self.leave(scope, node);
    }

    /// Incoming flows of a node on which a token waits.
    fn flows_waiting(&self, scope: Id, node: usize) -> BTreeSet<usize> {
        self.waiting
            .iter()
            .filter(|it| it.scope == scope && it.node == node)
            .filter_map(|it| it.flow)
            .collect()
    }

    /// Takes one waiting token from each of the flows that has one.
    fn consume(&mut self, scope: Id, node: usize, flows: &[usize]) {
        for flow in flows {
            let wanted = Token { scope, flow: Some(*flow), node };
            if let Some(at) = self.waiting.iter().position(|it| *it == wanted) {
                self.waiting.remove(at);
            }
        }
    }

    pub(crate) fn inclusive(&mut self, token: Token) {
        let (scope, node) = (token.scope, token.node);
        match self.node(node).incoming.len() > 1 && token.flow.is_some() {
            true => self.waiting.push(token),
            false => self.pass_by(scope, node, self.all_holding(node, scope, &Variables::new())),
        }
    }

    /// A token arrives at a complex gateway: its activation condition is looked at, unless it waits for reset.
    pub(crate) fn complex(&mut self, token: Token) {
        let (scope, node) = (token.scope, token.node);
        let FlowNodeKind::ComplexGateway { activation_condition } = self.node(node).kind.clone() else {
            return;
        };
        let joins = self.node(node).incoming.len() > 1 && token.flow.is_some();
        self.waiting.push(token);
        if self.resets.contains_key(&(node, scope)) {
            return;
        }
        let ready = match &activation_condition {
            Some(condition) => {
                let more = self.gateway_variables(scope, node, true);
                self.is_true(condition, scope, &more)
            }
            None => !joins,
        };
        if ready && self.activate_complex(scope, node) && self.node(node).incoming.len() < 2 {
            // Nothing else is awaited: it waits for start again, and what was left may be enough for the next round.
            while self.is_enough(scope, node) && self.activate_complex(scope, node) {}
        }
    }

    /// True where tokens are left at a complex gateway and its activation condition is true for them.
    fn is_enough(&self, scope: Id, node: usize) -> bool {
        let FlowNodeKind::ComplexGateway { activation_condition: Some(condition) } = &self.node(node).kind
        else {
            return false;
        };
        let more = self.gateway_variables(scope, node, true);
        self.waiting.iter().any(|it| it.scope == scope && it.node == node)
            && self.is_true(condition, scope, &more)
    }

    fn gateway_variables(&self, scope: Id, node: usize, waiting_for_start: bool) -> Variables {
        let count = self.waiting.iter().filter(|it| it.scope == scope && it.node == node).count();
        Variables::from([
            ("activationCount".to_owned(), Value::Int(i64::try_from(count).unwrap_or(i64::MAX))),
            ("waitingForStart".to_owned(), Value::Bool(waiting_for_start)),
        ])
    }

    /// False where no flow can be taken: an incident.
    fn activate_complex(&mut self, scope: Id, node: usize) -> bool {
        let more = self.gateway_variables(scope, node, true);
        let flows = self.all_holding(node, scope, &more);
        let counted = self.flows_waiting(scope, node);
        self.consume(scope, node, &Vec::from_iter(counted.iter().copied()));
        // A token that began here came over no flow.
        self.waiting.retain(|it| !(it.scope == scope && it.node == node && it.flow.is_none()));
        let stuck = flows.is_empty();
        self.pass_by(scope, node, flows);
        // With one incoming flow there is nothing to wait for.
        let joins = self.node(node).incoming.len() > 1;
        if !stuck && joins && !self.is_planted(Quirk::ComplexNeverResets) {
            self.resets.insert((node, scope), counted);
        }
        !stuck
    }

    fn reset_complex(&mut self, scope: Id, node: usize) {
        let more = self.gateway_variables(scope, node, false);
        let conditional = |flow: &usize| self.flow(*flow).condition.is_some();
        let flows: Vec<usize> = self.node(node).outgoing.iter().copied().filter(conditional).collect();
        // A condition that is neither true nor false: nothing has happened yet.
        if flows.iter().any(|flow| !matches!(self.decision(*flow, scope, &more), Value::Bool(_))) {
            let id = self.shared.next();
            self.add(id, Some(node), Some(scope), Kind::Pass);
            return self.get_stuck(id);
        }
        let flows: Vec<usize> = flows.into_iter().filter(|flow| self.holds(*flow, scope, &more)).collect();
        let Some(counted) = self.resets.remove(&(node, scope)) else { return };
        let rest: Vec<usize> =
            self.node(node).incoming.iter().copied().filter(|flow| !counted.contains(flow)).collect();
        self.consume(scope, node, &rest);
        self.send(scope, &flows);
        // Tokens that were left may be enough for the next round.
        if self.is_enough(scope, node) {
            self.activate_complex(scope, node);
        }
    }

    /// When no queued token can move: the first join in document order that is enabled fires. False when none is.
    pub(crate) fn fire_a_join(&mut self) -> bool {
        let scopes: Vec<Id> =
            self.lives.values().filter(|live| live.is_scope()).map(|live| live.id).collect();
        for node in 0..self.definition().nodes.len() {
            for scope in scopes.iter().copied().filter(|it| self.lives[it].node == self.node(node).parent) {
                match &self.node(node).kind {
                    FlowNodeKind::InclusiveGateway if self.is_enabled(scope, node) => {
                        let incoming = self.node(node).incoming.clone();
                        self.consume(scope, node, &incoming);
                        self.pass_by(scope, node, self.all_holding(node, scope, &Variables::new()));
                        return true;
                    }
                    FlowNodeKind::ComplexGateway { .. } if self.resets.contains_key(&(node, scope)) => {
                        if !self.is_reset(scope, node) {
                            continue;
                        }
                        self.reset_complex(scope, node);
                        return true;
                    }
                    FlowNodeKind::ComplexGateway { activation_condition: None }
                        if self.is_enabled(scope, node) =>
                    {
                        self.activate_complex(scope, node);
                        return true;
                    }
                    _ => {}
                }
            }
        }
        false
    }

    /// The rule of the inclusive join (13.4.3): a token waits, and whatever token may still come over a flow that has
    /// none could as well come over one that has.
    fn is_enabled(&self, scope: Id, node: usize) -> bool {
        let with = self.flows_waiting(scope, node);
        if with.is_empty() {
            return false;
        }
        if self.is_planted(Quirk::InclusiveJoinEarly) {
            return true;
        }
        let without = self.node(node).incoming.iter().copied().filter(|it| !with.contains(it)).collect();
        !self.may_arrive(scope, node, &with, &without)
    }

    /// The complex gateway's reset: nothing is awaited any more on flows that have not been counted.
    fn is_reset(&self, scope: Id, node: usize) -> bool {
        let here = |live: &&Live| live.parent == Some(scope) && live.node == Some(node);
        if self.lives.values().filter(here).any(|live| live.stuck) {
            return false;
        }
        let counted = &self.resets[&(node, scope)];
        let with = self.flows_waiting(scope, node);
        let incoming = self.node(node).incoming.iter().copied();
        let without = incoming.filter(|it| !with.contains(it) && !counted.contains(it)).collect();
        !self.may_arrive(scope, node, &with, &without)
    }

    /// True when some token can come over one of `without` and over none of `with`.
    fn may_arrive(&self, scope: Id, node: usize, with: &BTreeSet<usize>, without: &BTreeSet<usize>) -> bool {
        self.sources(scope).into_iter().any(|from| {
            let reached = self.reached(&from, node);
            !reached.is_disjoint(without) && reached.is_disjoint(with)
        })
    }

    /// For every token in a scope, the flows it is on or can leave over.
    fn sources(&self, scope: Id) -> Vec<Vec<usize>> {
        let waiting = self.waiting.iter().filter(|it| it.scope == scope);
        let mut out: Vec<Vec<usize>> =
            waiting.map(|it| it.flow.map_or_else(|| self.ways_out(it.node), |flow| vec![flow])).collect();
        // A sub-process that is compensated has completed; no token leaves it.
        let revived = |live: &Live| matches!(live.kind, Kind::Revived);
        let lives = self.lives.values().filter(|it| it.parent == Some(scope) && !revived(it));
        out.extend(lives.filter_map(|it| it.node).map(|node| self.ways_out(node)));
        out
    }

    /// Flows out of a node, of its boundary events, and of the catch event of its link.
    fn ways_out(&self, node: usize) -> Vec<usize> {
        let at = self.node(node);
        let mut out = at.outgoing.clone();
        for boundary in &at.boundary {
            out.extend(&self.node(*boundary).outgoing);
        }
        if let Some(target) = self.link_target(node) {
            out.extend(&self.node(target).outgoing);
        }
        out
    }

    /// The catch event that a link throw event leads to.
    pub(crate) fn link_target(&self, node: usize) -> Option<usize> {
        let FlowNodeKind::IntermediateThrowEvent { trigger } = &self.node(node).kind else { return None };
        let wanted = match trigger {
            EventTrigger::Multiple { triggers, .. } => triggers.iter().find(|it| is_link(it))?.clone(),
            single => Some(single).filter(|it| is_link(it))?.clone(),
        };
        self.definition().children(self.node(node).parent).find(|it| {
            matches!(&self.node(*it).kind, FlowNodeKind::IntermediateCatchEvent { trigger } if *trigger == wanted)
        })
    }

    /// Incoming flows of `to` at the end of paths that begin with one of `from` and do not visit `to`.
    fn reached(&self, from: &[usize], to: usize) -> BTreeSet<usize> {
        let mut seen: BTreeSet<usize> = from.iter().copied().collect();
        let mut next = from.to_vec();
        let mut out = BTreeSet::new();
        while let Some(flow) = next.pop() {
            let target = self.flow(flow).target;
            if target == to {
                out.insert(flow);
                continue;
            }
            next.extend(self.ways_out(target).into_iter().filter(|it| seen.insert(*it)));
        }
        out
    }

    /// Waits for the events behind it.
    pub(crate) fn event_based(&mut self, scope: Id, node: usize) {
        let id = self.shared.next();
        let all = matches!(
            self.node(node).kind,
            FlowNodeKind::EventBasedGateway { parallel: true, instantiate: true }
        );
        self.add(id, Some(node), Some(scope), Kind::Gateway { all });
        for event in self.events_behind(node) {
            self.arm_behind(id, event);
        }
        self.fire_true(id);
    }

    pub(crate) fn events_behind(&self, gateway: usize) -> Vec<usize> {
        self.node(gateway).outgoing.iter().map(|flow| self.flow(*flow).target).collect()
    }

    /// An instance begins because an event behind its instantiating gateway occurred.
    pub(crate) fn begin_behind(&mut self, gateway: usize, event: usize) {
        self.event_based(super::state::ROOT, gateway);
        let at = self.lives.values().find(|live| live.node == Some(gateway));
        let Some(id) = at.map(|live| live.id) else { return };
        let arms = &self.lives[&id].arms;
        if let Some(arm) = arms.iter().find(|arm| arm.role == Role::Behind(event)).map(|arm| arm.sequence) {
            self.fire(id, arm);
        }
    }

    /// An event behind an event-based gateway occurred.
    pub(crate) fn gateway_fires(&mut self, id: Id, event: usize) {
        let Some(live) = self.lives.get_mut(&id) else { return };
        let scope = live.parent.unwrap_or(super::state::ROOT);
        live.arms.retain(|arm| arm.role != Role::Behind(event));
        let keeps = self.is_planted(Quirk::EventGatewayKeepsOthers);
        let Some(live) = self.lives.get(&id) else { return };
        let Kind::Gateway { all } = live.kind else { return };
        if live.arms.is_empty() || !(all || keeps) {
            self.complete(id);
        }
        match self.node(event).kind.is_activity() {
            true => self.pass_activity(scope, event),
            false => {
                self.pass(event);
                self.leave(scope, event);
            }
        }
    }
}

fn is_link(trigger: &EventTrigger) -> bool {
    matches!(trigger, EventTrigger::Link(_))
}
