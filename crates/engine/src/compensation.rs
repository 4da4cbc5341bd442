//! Compensation (BPMN 13.5.5): what was completed is undone by handlers, one after the other, the last one first.

use crate::compile::{Catch, NodeKind, Process};
use crate::elements;
use crate::instance::Compensable;
use crate::run::Run;
use record::{Event, Key, Variables};

impl Process {
    /// True where an activity is undone by a handler of its own.
    pub(crate) fn has_handler(&self, node: usize) -> bool {
        self.nodes[node].compensation.is_some() || self.handling_sub_process(node).is_some()
    }

    /// The compensation event sub-process of a sub-process, with its start event.
    fn handling_sub_process(&self, node: usize) -> Option<(usize, usize)> {
        self.nodes[node].event_sub_processes.iter().find_map(|&sub_process| {
            let NodeKind::EventSubProcess { start, .. } = self.nodes[sub_process].kind else { return None };
            let NodeKind::StartEvent(catch) = &self.nodes[start].kind else { return None };
            let compensation = catch.parts().iter().any(|part| matches!(part, Catch::Compensation));
            compensation.then_some((sub_process, start))
        })
    }
}

impl Run<'_> {
    /// Compensates an activity, or everything that was completed in the scope of the thrower. True where the thrower
    /// has to wait.
    pub(crate) fn compensate(
        &mut self,
        thrower: Key,
        scope: Key,
        activity: Option<usize>,
        wait: bool,
    ) -> bool {
        let mut scopes = self.compensation_scopes(scope);
        if let Some(activity) = activity {
            scopes.extend(self.scope_of(activity, scope));
        }
        let mut records: Vec<Key> = Vec::new();
        match activity {
            None => {
                for scope in &scopes {
                    self.expand(*scope, &mut records);
                }
            }
            Some(activity) => {
                let ordinal = self.process.nodes[activity].ordinal;
                let own: Vec<Compensable> = self
                    .instance
                    .compensable
                    .iter()
                    .rev()
                    .filter(|it| it.ordinal == ordinal && !it.taken && scopes.contains(&it.scope))
                    .cloned()
                    .collect();
                for compensable in own {
                    self.expand_one(&compensable, &mut records);
                }
            }
        }
        self.start_compensation(if wait { thrower } else { Key::NONE }, scope, records, false) && wait
    }

    /// Compensates everything in a transaction that is being cancelled. False where there is nothing to compensate.
    pub(crate) fn compensate_transaction(&mut self, transaction: Key) -> bool {
        let mut records = Vec::new();
        self.expand(transaction, &mut records);
        self.start_compensation(transaction, transaction, records, true)
    }

    /// The scopes whose completed activities a throw in `scope` is for: the scope itself and, from inside of an event
    /// sub-process, the scope that it belongs to; for the handler of a completed sub-process, what was inside of that.
    fn compensation_scopes(&self, scope: Key) -> Vec<Key> {
        let mut scopes = vec![scope];
        let mut at = scope;
        while let Some(element) = self.instance.element(at) {
            if !element.compensates.is_none() {
                scopes.push(element.compensates);
                break;
            }
            let by_event = self
                .process
                .node(element.ordinal)
                .is_some_and(|(_, node)| matches!(node.kind, NodeKind::EventSubProcess { .. }));
            let inner = element.role == crate::instance::Role::Inner;
            if !by_event && !inner {
                break;
            }
            at = element.scope;
            scopes.push(at);
        }
        scopes
    }

    /// The scope around a thrower that an activity directly belongs to.
    fn scope_of(&self, activity: usize, thrower: Key) -> Option<Key> {
        let process = self.process;
        let parent = process.nodes[activity].parent;
        let mut at = thrower;
        while let Some(element) = self.instance.element(at) {
            if process.node(element.ordinal).map(|(index, _)| index) == parent {
                return Some(at);
            }
            at = element.scope;
        }
        None
    }

    /// What is to be compensated of a scope, the last one first. A sub-process without a handler of its own stands for
    /// what is inside of it.
    fn expand(&self, scope: Key, records: &mut Vec<Key>) {
        let own: Vec<&Compensable> =
            self.instance.compensable.iter().rev().filter(|it| it.scope == scope && !it.taken).collect();
        for compensable in own {
            self.expand_one(compensable, records);
        }
    }

    fn expand_one(&self, compensable: &Compensable, records: &mut Vec<Key>) {
        let node = self.process.node(compensable.ordinal);
        let has_handler = node.is_some_and(|(index, _)| self.process.has_handler(index));
        match has_handler {
            true => records.push(compensable.key),
            false => self.expand(compensable.key, records),
        }
    }

    fn start_compensation(&mut self, thrower: Key, scope: Key, records: Vec<Key>, cancel: bool) -> bool {
        if records.is_empty() {
            return false;
        }
        let key = self.key();
        self.emit(Event::CompensationStarted { key, thrower, records, cancel, scope });
        self.compensating.push_back(key);
        self.urgent = true;
        true
    }

    /// Begins the next handler of a compensation, or ends it.
    pub(crate) fn next_handler(&mut self, key: Key) {
        let Some(compensation) = self.instance.compensations.iter().find(|it| it.key == key).cloned() else {
            return;
        };
        let next = compensation
            .records
            .iter()
            .rev()
            .find_map(|record| self.instance.compensable.iter().find(|it| it.key == *record).cloned());
        let Some(compensable) = next else {
            let (thrower, scope) = (compensation.thrower, compensation.scope);
            self.compensated(key, thrower, compensation.cancel);
            return self.complete_if_empty(scope);
        };
        let process = self.process;
        let Some((node, model)) = process.node(compensable.ordinal) else { return };
        let (scope, variables) = self.surroundings(&compensable);
        let handler = match (model.compensation, process.handling_sub_process(node)) {
            (Some((event, handler)), _) => {
                let (passed, ordinal) = (self.key(), process.nodes[event].ordinal);
                self.emit(Event::ElementPassed { key: passed, ordinal, scope });
                handler
            }
            (None, Some((sub_process, _))) => sub_process,
            (None, None) => return,
        };
        let (handler_key, ordinal) = (self.key(), process.nodes[handler].ordinal);
        self.emit(Event::ElementActivating { key: handler_key, ordinal, scope });
        self.emit(Event::CompensationHandling { key, record: compensable.key, handler: handler_key });
        self.set_local(handler_key, variables);
        self.activate(handler, handler_key, scope);
    }

    /// The live scope that a handler runs in, and the variables that it sees as they were when the activity, and the
    /// completed sub-processes around it, completed.
    fn surroundings(&self, compensable: &Compensable) -> (Key, Variables) {
        let mut variables = compensable.variables.clone();
        let mut scope = compensable.scope;
        while !self.instance.is_live(scope) {
            let Some(outer) = self.instance.compensable.iter().find(|it| it.key == scope) else { break };
            for (name, value) in &outer.variables {
                if !variables.iter().any(|(known, _)| known == name) {
                    variables.push((name.clone(), value.clone()));
                }
            }
            scope = outer.scope;
        }
        (scope, variables)
    }

    /// A compensation handler is done.
    pub(crate) fn handled(&mut self, handler: Key, scope: Key) {
        let found = self.instance.compensations.iter().find(|it| it.handler == handler).map(|it| it.key);
        // The next one follows when this step comes to it: many of them must not pile up on the stack.
        match found {
            Some(key) => {
                self.compensating.push_back(key);
                self.urgent = true;
            }
            None => self.complete_if_empty(scope),
        }
    }

    /// An element is about to be ended from outside. Where it is a compensation handler, its compensation goes on with
    /// the next one: a handler is done when it has ended, in whatever way.
    pub(crate) fn release_handler(&mut self, element: Key) {
        let of = self.instance.compensations.iter().find(|it| it.handler == element).map(|it| it.key);
        if let Some(key) = of {
            self.emit(Event::CompensationHandlerEnded { key });
            self.compensating.push_back(key);
            self.urgent = true;
        }
    }

    fn compensated(&mut self, key: Key, thrower: Key, cancel: bool) {
        self.emit(Event::CompensationEnded { key });
        if thrower.is_none() {
            return;
        }
        if cancel {
            return elements::transaction::cancelled(self, thrower);
        }
        // Several compensations of one event are awaited together.
        let more = self.instance.compensations.iter().any(|it| it.thrower == thrower);
        if more || !self.instance.is_live(thrower) {
            return;
        }
        match self.node_of(thrower) {
            // What was thrown with it and ends the thrower had to wait.
            Some((node, model)) if let NodeKind::Throw(throws) | NodeKind::EndEvent(throws) = &model.kind => {
                elements::intermediate_throw_event::throw_last(self, node, throws, thrower);
            }
            _ => self.complete(thrower),
        }
    }
}
