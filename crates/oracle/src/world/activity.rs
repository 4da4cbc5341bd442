//! Activities: their bodies, and how they end; ad-hoc sub-processes; calls.

use std::collections::VecDeque;

use bpmn::model::{AdHocOrdering, FlowNodeKind, LoopCharacteristics, SubProcessKind};

use super::run::begins_by_itself;
use super::state::{Id, Instance, Kind, Loop, ROOT, Record, Send, Token};
use crate::quirk::Quirk;
use crate::value::Variables;

impl Instance {
    /// An activity becomes active: its boundary events are armed, then it runs.
    pub(crate) fn start_activity(&mut self, id: Id, scope: Id, node: usize) {
        let looped = self.node(node).loop_characteristics.is_some();
        match looped {
            true => self.add(id, Some(node), Some(scope), Kind::Whole(Loop::default())),
            false => self.add_body(id, scope, node, Variables::new()),
        }
        self.arm_boundary_events(id, node);
        if !self.fire_true(id) {
            return;
        }
        match self.node(node).loop_characteristics.clone() {
            Some(LoopCharacteristics::Standard { test_before, .. }) => self.start_loop(id, test_before),
            Some(LoopCharacteristics::MultiInstance(marker)) => self.start_instances(id, &marker),
            None => self.run_body(id),
        }
    }

    /// An activity, or one iteration of it, is active; nothing of it has run yet.
    pub(crate) fn add_body(&mut self, id: Id, parent: Id, node: usize, variables: Variables) {
        let kind = match &self.node(node).kind {
            FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } } => {
                Kind::AdHoc { pending: VecDeque::new(), closed: false }
            }
            FlowNodeKind::SubProcess { .. } => Kind::Scope,
            FlowNodeKind::ServiceTask
            | FlowNodeKind::UserTask
            | FlowNodeKind::ScriptTask { .. }
            | FlowNodeKind::BusinessRuleTask => Kind::Job,
            FlowNodeKind::ReceiveTask { .. } => Kind::Catch,
            FlowNodeKind::CallActivity { .. } => Kind::Call,
            _ => Kind::Pass,
        };
        self.add(id, Some(node), Some(parent), kind);
        if let Some(live) = self.lives.get_mut(&id) {
            live.variables = variables;
        }
        self.declare_data(id, node);
    }

    /// The body of an activity runs.
    pub(crate) fn run_body(&mut self, id: Id) {
        let Some(node) = self.lives[&id].node else { return };
        match self.node(node).kind.clone() {
            FlowNodeKind::SendTask { message_ref } => {
                self.sends.extend(self.message_name(message_ref).map(Send::Message));
                self.complete_activity(id);
            }
            FlowNodeKind::ReceiveTask { .. } => self.arm_own(id, node),
            FlowNodeKind::CallActivity { called_element } => {
                let (process, variables) = (called_element.unwrap_or_default(), self.call_variables(id));
                self.sends.push(Send::Call { live: id, process, variables });
            }
            FlowNodeKind::SubProcess { kind } => {
                self.arm_event_sub_processes(id);
                if !self.fire_true(id) || self.lives[&id].interrupted {
                    return;
                }
                match kind {
                    SubProcessKind::AdHoc { ordering, .. } => self.start_ad_hoc(id, node, ordering),
                    _ => self.first_tokens(id),
                }
            }
            _ if matches!(self.lives[&id].kind, Kind::Job) => {}
            _ => self.complete_activity(id),
        }
    }

    fn start_ad_hoc(&mut self, id: Id, node: usize, ordering: AdHocOrdering) {
        let inner: VecDeque<usize> = self
            .definition()
            .children(Some(node))
            .filter(|it| self.node(*it).kind.is_activity() && begins_by_itself(self.node(*it)))
            .collect();
        let together =
            ordering == AdHocOrdering::Parallel || self.is_planted(Quirk::AdHocSequentialAsParallel);
        match self.lives.get_mut(&id).map(|live| &mut live.kind) {
            Some(Kind::AdHoc { pending, .. }) if !together => *pending = inner,
            _ => self.queue.extend(inner.into_iter().map(|node| Token { scope: id, flow: None, node })),
        }
    }

    /// The body of an activity ends by itself.
    pub(crate) fn complete_activity(&mut self, id: Id) {
        let Some(live) = self.lives.get(&id) else { return };
        let (Some(node), Some(parent)) = (live.node, live.parent) else { return };
        let records = self.records_of(live);
        self.data_out(id);
        if matches!(self.lives[&parent].kind, Kind::Whole(_)) {
            let variables = self.lives[&id].variables.clone();
            self.complete(id);
            self.iteration_done(parent, &variables, records);
            return;
        }
        self.finish_activity(id, parent, node, records);
    }

    /// An activity, all its iterations included, ends and its tokens leave.
    pub(crate) fn finish_activity(&mut self, id: Id, scope: Id, node: usize, records: Vec<Record>) {
        let flows = self.flows_of_activity(node, scope);
        if flows.is_empty() && !self.node(node).outgoing.is_empty() {
            self.get_stuck(id);
            return;
        }
        self.complete(id);
        if self.node(node).is_for_compensation {
            self.compensated(id);
            return;
        }
        if let Some(outer) = self.lives.get_mut(&scope) {
            outer.records.extend(records);
        }
        if self.ends_ad_hoc(scope) {
            return;
        }
        let quantity = match self.is_planted(Quirk::CompletionQuantityIgnored) {
            true => 1,
            false => self.node(node).completion_quantity,
        };
        for flow in flows {
            for _ in 0..quantity {
                self.send(scope, &[flow]);
            }
        }
    }

    /// After an activity in an ad-hoc sub-process: true when that was the last to start in it.
    fn ends_ad_hoc(&mut self, scope: Id) -> bool {
        let live = &self.lives[&scope];
        let (Kind::AdHoc { .. }, Some(node), false) = (&live.kind, live.node, live.interrupted) else {
            return false;
        };
        let FlowNodeKind::SubProcess {
            kind: SubProcessKind::AdHoc { completion_condition, cancel_remaining_instances, .. },
        } = self.node(node).kind.clone()
        else {
            return false;
        };
        if !completion_condition.is_some_and(|it| self.is_true(&it, scope, &Variables::new())) {
            return false;
        }
        if cancel_remaining_instances {
            self.clear(scope);
            self.complete_scope(scope);
            return true;
        }
        self.queue.retain(|token| token.scope != scope);
        self.late.retain(|token| token.scope != scope);
        if let Some(Kind::AdHoc { pending, closed }) = self.lives.get_mut(&scope).map(|live| &mut live.kind) {
            pending.clear();
            *closed = true;
        }
        true
    }

    /// An activity that began and ended with an event outside: a receive task behind an event-based gateway, or one
    /// that instantiates.
    pub(crate) fn pass_activity(&mut self, scope: Id, node: usize) {
        let id = self.shared.next();
        self.add(id, Some(node), Some(scope), Kind::Pass);
        self.complete_activity(id);
    }

    /// The called instance has ended by itself.
    pub(crate) fn called_ended(&mut self, id: Id, variables: &Variables) {
        if self.lives.contains_key(&id) {
            self.call_results(id, variables);
            self.complete_activity(id);
        }
    }

    /// A job is done.
    pub(crate) fn complete_job(&mut self, id: Id, variables: &Variables) {
        self.job_results(id, variables);
        self.complete_activity(id);
    }

    /// Variables are set in the instance itself.
    pub(crate) fn set_root_variables(&mut self, variables: &Variables) {
        self.changed = true;
        if let Some(root) = self.lives.get_mut(&ROOT) {
            root.variables.extend(variables.clone());
        }
    }
}
