//! Compensation (13.5.5): what has completed is undone in reverse order, one handler after the other.

use bpmn::model::{EventTrigger, FlowNodeKind, SubProcessKind};

use super::state::{After, Compensation, How, Id, Instance, Kind, Live, ROOT, Record};
use crate::quirk::Quirk;

impl Instance {
    /// What an activity that completes leaves to be compensated.
    pub(crate) fn records_of(&self, live: &Live) -> Vec<Record> {
        let Some(node) = live.node else { return Vec::new() };
        if let Some((boundary, handler)) = self.handler_of(node) {
            return vec![Record { node, how: How::Handler { boundary, handler } }];
        }
        if !live.is_scope() {
            return Vec::new();
        }
        let (variables, records) = (live.variables.clone(), live.records.clone());
        if let Some(inner) = self.compensation_event_sub_process(node) {
            return vec![Record { node, how: How::EventSubProcess { node: inner, variables, records } }];
        }
        match records.is_empty() {
            true => Vec::new(),
            false => vec![Record { node, how: How::Inside { variables, records } }],
        }
    }

    /// The compensation boundary event of an activity and its handler.
    fn handler_of(&self, node: usize) -> Option<(usize, usize)> {
        let boundary =
            self.node(node).boundary.iter().copied().find(|it| {
                matches!(self.node(*it).kind.trigger(), Some(EventTrigger::Compensation { .. }))
            })?;
        let id = &self.node(boundary).id;
        let other = self.definition().associations.iter().find_map(|it| {
            let from = (it.source_ref == *id).then_some(&it.target_ref);
            from.or_else(|| (it.target_ref == *id).then_some(&it.source_ref))
        })?;
        Some((boundary, self.definition().node_index(other)?))
    }

    fn compensation_event_sub_process(&self, node: usize) -> Option<usize> {
        self.definition().children(Some(node)).find(|inner| {
            let event =
                matches!(self.node(*inner).kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event });
            let start = self.start_of(*inner).filter(|_| event);
            let trigger = start.and_then(|start| self.node(start).kind.trigger());
            matches!(trigger, Some(EventTrigger::Compensation { .. }))
        })
    }

    /// A compensation throw event begins. False when there is nothing to compensate.
    pub(crate) fn compensate(&mut self, thrower: Id, activity: Option<usize>, wait: bool) -> bool {
        let Some(own) = self.lives[&thrower].parent else { return false };
        // What is visible from here: the scope itself and, from an event sub-process, the one that it belongs to.
        let scopes: Vec<Id> = match activity {
            None if matches!(self.lives[&own].kind, Kind::EventSubProcess) => {
                self.lives[&own].parent.into_iter().chain([own]).collect()
            }
            None => vec![own],
            Some(activity) => self.scope_with(own, self.node(activity).parent).into_iter().collect(),
        };
        let mut chosen: Vec<Record> = Vec::new();
        for scope in &scopes {
            let Some(live) = self.lives.get_mut(scope) else { continue };
            let (taken, rest): (Vec<Record>, Vec<Record>) = std::mem::take(&mut live.records)
                .into_iter()
                .partition(|it| activity.is_none_or(|activity| it.node == activity));
            live.records = rest;
            chosen.extend(taken);
        }
        let Some(scope) = scopes.first().copied().filter(|_| !chosen.is_empty()) else { return false };
        let then = if wait { After::Resume(thrower) } else { After::Nothing };
        self.run_compensation(chosen, scope, own, then);
        true
    }

    /// The innermost scope around a live scope that is the body of a node.
    fn scope_with(&self, from: Id, node: Option<usize>) -> Option<Id> {
        let mut at = Some(from);
        while let Some(live) = at.and_then(|id| self.lives.get(&id)) {
            if live.is_scope() && live.node == node {
                return Some(live.id);
            }
            at = live.parent;
        }
        None
    }

    /// Runs the handlers of records, the last first, in `scope`; `parent` is the scope that waits for them.
    pub(crate) fn run_compensation(&mut self, todo: Vec<Record>, scope: Id, parent: Id, then: After) {
        let id = self.shared.next();
        let mut todo = todo;
        if self.is_planted(Quirk::CompensationForward) {
            todo.reverse();
        }
        let compensation = Compensation { todo, current: None, scope, then };
        self.add(id, None, Some(parent), Kind::Compensation(compensation));
        self.next_handler(id);
    }

    fn compensation(&mut self, id: Id) -> Option<&mut Compensation> {
        match self.lives.get_mut(&id).map(|live| &mut live.kind) {
            Some(Kind::Compensation(compensation)) => Some(compensation),
            _ => None,
        }
    }

    fn next_handler(&mut self, id: Id) {
        let current = self.shared.next();
        let Some(compensation) = self.compensation(id) else { return };
        let (scope, then) = (compensation.scope, compensation.then);
        let Some(record) = compensation.todo.pop() else {
            self.lives.remove(&id);
            match then {
                After::Nothing => {}
                After::Resume(thrower) => self.resume.push_back(thrower),
                After::Cancelled(transaction) => self.cancelled(transaction),
            }
            return;
        };
        compensation.current = Some(current);
        // A handler runs where its activity did, also inside the event sub-process that throws.
        let from = self.lives[&id].parent.unwrap_or(scope);
        let scope = self.scope_with(from, self.node(record.node).parent).unwrap_or(scope);
        match record.how {
            How::Handler { boundary, handler } => {
                self.pass(boundary);
                self.start_activity(current, scope, handler);
            }
            How::EventSubProcess { node, variables, records } => {
                self.add(current, Some(record.node), Some(scope), Kind::Revived);
                if let Some(live) = self.lives.get_mut(&current) {
                    live.variables = variables;
                    live.records = records;
                }
                if let Some(start) = self.start_of(node) {
                    self.start_event_sub_process(current, node, start);
                }
            }
            How::Inside { variables, records } => {
                self.add(current, Some(record.node), Some(scope), Kind::Revived);
                if let Some(live) = self.lives.get_mut(&current) {
                    live.variables = variables;
                }
                self.run_compensation(records, current, current, After::Nothing);
            }
        }
    }

    /// A handler, or a revived sub-process, has ended: the next one runs.
    pub(crate) fn compensated(&mut self, handler: Id) {
        let waiting = self.lives.values().find_map(|live| match &live.kind {
            Kind::Compensation(it) if it.current == Some(handler) => Some(live.id),
            _ => None,
        });
        if let Some(id) = waiting {
            debug_assert_ne!(id, ROOT);
            self.next_handler(id);
        }
    }
}
