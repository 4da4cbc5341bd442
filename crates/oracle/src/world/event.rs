//! Events: what is armed, what fires, what is thrown (13.5).

use std::collections::VecDeque;

use bpmn::model::{EventTrigger, FlowNodeKind, SubProcessKind};

use super::clock::due;
use super::state::{After, Arm, Id, Instance, Kind, ROOT, Role, Send, Single};
use crate::quirk::Quirk;
use crate::subject::State;
use crate::value::Variables;

impl Instance {
    pub(crate) fn message_name(&self, index: Option<usize>) -> Option<String> {
        index.and_then(|it| self.model.messages[it].name.as_ref()).map(|it| it.text.clone())
    }

    pub(crate) fn signal_name(&self, index: Option<usize>) -> Option<String> {
        index.and_then(|it| self.model.signals[it].name.as_ref()).map(|it| it.text.clone())
    }

    fn error_code(&self, index: Option<usize>) -> Option<String> {
        index.and_then(|it| self.model.errors[it].code.as_ref()).map(|it| it.text.clone())
    }

    fn escalation_code(&self, index: Option<usize>) -> Option<String> {
        index.and_then(|it| self.model.escalations[it].code.as_ref()).map(|it| it.text.clone())
    }

    fn arm(&mut self, id: Id, role: Role, trigger: &EventTrigger, interrupting: bool) {
        let (triggers, parallel) = match trigger {
            EventTrigger::Multiple { triggers, parallel } => (triggers.clone(), *parallel),
            single => (vec![single.clone()], false),
        };
        let singles = triggers.into_iter().map(|trigger| self.armed(id, trigger)).collect();
        let sequence = self.shared.next();
        let Some(live) = self.lives.get_mut(&id) else { return };
        let listens = false;
        live.arms.push(Arm { sequence, rearmed_from: None, listens, role, singles, parallel, interrupting });
        self.ask_for_messages(id, sequence);
    }

    /// An event definition that begins to wait.
    fn armed(&self, id: Id, trigger: EventTrigger) -> Single {
        let due = match &trigger {
            EventTrigger::Timer(timer) => {
                let text = timer.expression().map(|it| self.evaluate(it, id, &Variables::new()));
                due(timer, text, self.shared.now.get())
            }
            _ => None,
        };
        Single { trigger, due, was_true: false, occurred: false }
    }

    /// An arm that waits for a message looks for one that was kept, after the step.
    pub(crate) fn ask_for_messages(&mut self, id: Id, sequence: u64) {
        let Some(arm) = self.find_arm(id, sequence) else { return };
        if arm.singles.iter().any(|it| matches!(it.trigger, EventTrigger::Message(_)) && !it.occurred) {
            self.sends.push(Send::Armed { live: id, sequence });
        }
    }

    /// The present sequence of an arm that began anew.
    pub(crate) fn rearmed(&self, id: Id, sequence: u64) -> Option<u64> {
        let live = self.lives.get(&id)?;
        live.arms.iter().find(|arm| arm.rearmed_from == Some(sequence)).map(|arm| arm.sequence)
    }

    /// A catch event or receive task waits.
    pub(crate) fn arm_own(&mut self, id: Id, node: usize) {
        let trigger = self.awaited(node);
        self.arm(id, Role::Own, &trigger, true);
    }

    pub(crate) fn arm_behind(&mut self, id: Id, event: usize) {
        let trigger = self.awaited(event);
        self.arm(id, Role::Behind(event), &trigger, true);
    }

    pub(crate) fn awaited(&self, node: usize) -> EventTrigger {
        match &self.node(node).kind {
            FlowNodeKind::ReceiveTask { message_ref, .. } => EventTrigger::Message(*message_ref),
            kind => kind.trigger().cloned().unwrap_or_default(),
        }
    }

    pub(crate) fn arm_boundary_events(&mut self, id: Id, node: usize) {
        for boundary in self.node(node).boundary.clone() {
            let FlowNodeKind::BoundaryEvent { cancel_activity, trigger, .. } =
                self.node(boundary).kind.clone()
            else {
                continue;
            };
            if !matches!(trigger, EventTrigger::Compensation { .. }) {
                self.arm(id, Role::Boundary(boundary), &trigger, cancel_activity);
            }
        }
    }

    pub(crate) fn arm_event_sub_processes(&mut self, id: Id) {
        let at = self.lives[&id].node;
        for inner in Vec::from_iter(self.definition().children(at)) {
            if !matches!(self.node(inner).kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event }) {
                continue;
            }
            let Some(start) = self.start_of(inner) else { continue };
            let FlowNodeKind::StartEvent { trigger, interrupting } = self.node(start).kind.clone() else {
                continue;
            };
            if !matches!(trigger, EventTrigger::Compensation { .. }) {
                self.arm(id, Role::EventSubProcess(inner, start), &trigger, interrupting);
            }
        }
    }

    pub(crate) fn start_of(&self, sub_process: usize) -> Option<usize> {
        let is_start = |it: &usize| matches!(self.node(*it).kind, FlowNodeKind::StartEvent { .. });
        self.definition().children(Some(sub_process)).find(is_start)
    }

    pub(crate) fn find_arm(&self, id: Id, sequence: u64) -> Option<&Arm> {
        self.lives.get(&id)?.arms.iter().find(|arm| arm.sequence == sequence)
    }

    pub(crate) fn find_arm_mut(&mut self, id: Id, sequence: u64) -> Option<&mut Arm> {
        self.lives.get_mut(&id)?.arms.iter_mut().find(|arm| arm.sequence == sequence)
    }

    /// All event definitions that wait, as (order of arming, live element, number of the event definition).
    pub(crate) fn waiting_for(&self, wanted: &dyn Fn(&Single) -> bool) -> Vec<(u64, Id, usize)> {
        let mut out = Vec::new();
        for live in self.lives.values() {
            for arm in &live.arms {
                let singles = arm.singles.iter().enumerate();
                let found = singles.filter(|(_, it)| !it.occurred && wanted(it));
                out.extend(found.map(|(index, _)| (arm.sequence, live.id, index)));
            }
        }
        out.sort_unstable();
        out
    }

    /// Arms whose condition is already true fire when they are armed. False when the live element is gone after that.
    pub(crate) fn fire_true(&mut self, id: Id) -> bool {
        let Some(live) = self.lives.get(&id) else { return false };
        let mut found = Vec::new();
        for arm in &live.arms {
            for (index, single) in arm.singles.iter().enumerate() {
                if matches!(single.trigger, EventTrigger::Conditional(_)) && !single.was_true {
                    found.push((arm.sequence, id, index));
                }
            }
        }
        self.look_at(&found);
        self.lives.contains_key(&id)
    }

    /// After a step in which a variable changed: conditions that became true, in the order of arming.
    pub(crate) fn look_at_conditions(&mut self) -> bool {
        if !std::mem::take(&mut self.changed) || self.state != State::Active {
            return false;
        }
        let found = self.waiting_for(&|it| matches!(it.trigger, EventTrigger::Conditional(_)));
        self.look_at(&found)
    }

    fn look_at(&mut self, found: &[(u64, Id, usize)]) -> bool {
        let mut any = false;
        for (sequence, id, index) in found.iter().copied() {
            let Some(arm) = self.find_arm(id, sequence) else { continue };
            let EventTrigger::Conditional(Some(condition)) = &arm.singles[index].trigger else { continue };
            let before = arm.singles[index].was_true && !self.is_planted(Quirk::ConditionWithoutEdge);
            let now = self.is_true(condition, id, &Variables::new());
            if let Some(arm) = self.find_arm_mut(id, sequence) {
                arm.singles[index].was_true = now;
            }
            if now && !before {
                any = true;
                self.occur(id, sequence, index);
            }
        }
        any
    }

    /// One event definition of an arm has occurred.
    pub(crate) fn occur(&mut self, id: Id, sequence: u64, index: usize) {
        let any = self.is_planted(Quirk::ParallelMultipleAny);
        let Some(arm) = self.find_arm_mut(id, sequence) else { return };
        arm.singles[index].occurred = true;
        if arm.parallel && !any && arm.singles.iter().any(|it| !it.occurred) {
            return;
        }
        let parallel = arm.parallel;
        for single in &mut arm.singles {
            single.occurred = false;
        }
        self.fire(id, sequence);
        if parallel && !any {
            self.arm_anew(id, sequence);
        }
    }

    /// What stays armed for all of its event definitions begins anew: timers run from now, conditions must turn true again.
    fn arm_anew(&mut self, id: Id, sequence: u64) {
        let Some(arm) = self.find_arm(id, sequence) else { return };
        let anew = |it: &Single| Single { was_true: it.was_true, ..self.armed(id, it.trigger.clone()) };
        let singles = arm.singles.iter().map(anew).collect();
        let next = self.shared.next();
        let Some(arm) = self.find_arm_mut(id, sequence) else { return };
        arm.rearmed_from = Some(sequence);
        arm.sequence = next;
        arm.singles = singles;
        self.ask_for_messages(id, next);
    }

    /// An arm fires.
    pub(crate) fn fire(&mut self, id: Id, sequence: u64) {
        self.moves += 1;
        let Some(arm) = self.find_arm(id, sequence) else { return };
        let (role, interrupting) = (arm.role, arm.interrupting);
        let (node, scope) = (self.lives[&id].node, self.lives[&id].parent.unwrap_or(ROOT));
        match role {
            Role::Own => {
                let Some(node) = node else { return };
                if self.node(node).kind.is_activity() {
                    self.complete_activity(id);
                } else {
                    self.complete(id);
                    self.leave(scope, node);
                }
            }
            Role::Behind(event) => self.gateway_fires(id, event),
            Role::Boundary(boundary) => {
                if interrupting || self.is_planted(Quirk::BoundaryAlwaysInterrupts) {
                    self.terminate(id);
                }
                self.pass(boundary);
                self.leave(scope, boundary);
                // A compensation handler that was interrupted has ended; its compensation does not wait for what follows.
                if !self.lives.contains_key(&id) {
                    self.compensated(id);
                }
            }
            Role::EventSubProcess(sub_process, start) => {
                if interrupting && !self.is_planted(Quirk::EventSubProcessNeverInterrupts) {
                    self.interrupt(id);
                }
                self.start_event_sub_process(id, sub_process, start);
            }
        }
    }

    /// Ends everything in a scope but the scope itself, for an event sub-process that takes over.
    fn interrupt(&mut self, scope: Id) {
        self.clear(scope);
        if let Some(live) = self.lives.get_mut(&scope) {
            live.interrupted = true;
            live.arms.retain(|arm| !matches!(arm.role, Role::EventSubProcess(..)));
            if let Kind::AdHoc { pending, .. } = &mut live.kind {
                pending.clear();
            }
        }
    }

    pub(crate) fn start_event_sub_process(&mut self, scope: Id, sub_process: usize, start: usize) {
        let id = self.shared.next();
        self.add(id, Some(sub_process), Some(scope), Kind::EventSubProcess);
        self.declare_data(id, sub_process);
        self.arm_event_sub_processes(id);
        if self.fire_true(id) && !self.lives[&id].interrupted {
            self.pass(start);
            self.leave(id, start);
        }
    }

    /// A throw or end event. Of several event definitions, those that end the thrower or its scope come last.
    pub(crate) fn throw(&mut self, scope: Id, node: usize, trigger: &EventTrigger) {
        let ends = |it: &EventTrigger| {
            use EventTrigger::{Cancel, Error, Link, Terminate};
            matches!(it, Link(_) | Error(_) | Cancel | Terminate)
        };
        let rest = match trigger {
            EventTrigger::Multiple { triggers, .. } => {
                let (last, first): (Vec<_>, Vec<_>) = triggers.iter().cloned().partition(ends);
                first.into_iter().chain(last).collect()
            }
            EventTrigger::None => VecDeque::new(),
            single => VecDeque::from([single.clone()]),
        };
        let id = self.shared.next();
        self.add(id, Some(node), Some(scope), Kind::Throw { rest });
        self.go_on_throwing(id);
    }

    /// Throws what the event has still to throw, then passes its token on.
    pub(crate) fn go_on_throwing(&mut self, id: Id) {
        loop {
            let Some(live) = self.lives.get_mut(&id) else { return };
            let (Some(node), Some(scope)) = (live.node, live.parent) else { return };
            let Kind::Throw { rest } = &mut live.kind else { return };
            let Some(trigger) = rest.pop_front() else {
                self.complete(id);
                self.leave(scope, node);
                return;
            };
            match trigger {
                EventTrigger::Message(_) | EventTrigger::Signal(_) | EventTrigger::Escalation(_) => {
                    let after = rest.clone();
                    self.throw_outwards(id, &trigger);
                    if !self.lives.contains_key(&id) {
                        // All of them occur, though one had the thrower ended.
                        let sent = |it: &&EventTrigger| {
                            matches!(it, EventTrigger::Message(_) | EventTrigger::Signal(_))
                        };
                        after.iter().filter(sent).for_each(|it| self.throw_outwards(id, it));
                        return;
                    }
                }
                EventTrigger::Error(it) => {
                    let code = self.error_code(it).unwrap_or_default();
                    self.throw_error(id, &code);
                    return;
                }
                EventTrigger::Compensation { activity, wait_for_completion } => {
                    let wait = wait_for_completion && !self.is_planted(Quirk::CompensationNeverWaits);
                    if self.compensate(id, activity, wait) && wait {
                        return;
                    }
                }
                EventTrigger::Link(_) => {
                    self.complete(id);
                    if let Some(target) = self.link_target(node) {
                        self.queue.push_back(super::state::Token { scope, flow: None, node: target });
                    }
                    return;
                }
                EventTrigger::Terminate => {
                    self.complete(id);
                    if !self.is_planted(Quirk::TerminateEndsToken) {
                        self.clear(scope);
                        self.complete_scope(scope);
                    }
                    return;
                }
                EventTrigger::Cancel => {
                    self.complete(id);
                    self.cancel_transaction(scope);
                    return;
                }
                _ => {}
            }
        }
    }

    /// Throws what the thrower survives, unless a catcher interrupts it.
    fn throw_outwards(&mut self, id: Id, trigger: &EventTrigger) {
        match trigger {
            EventTrigger::Message(it) => self.sends.extend(self.message_name(*it).map(Send::Message)),
            EventTrigger::Signal(it) => {
                if let Some(name) = self.signal_name(*it) {
                    self.signal_here(&name);
                    self.sends.push(Send::Signal(name));
                }
            }
            EventTrigger::Escalation(it) => {
                let code = self.escalation_code(*it).unwrap_or_default();
                self.throw_escalation(id, &code);
            }
            _ => {}
        }
    }

    /// A signal reaches at once what waits for it in the instance that throws it.
    fn signal_here(&mut self, name: &str) {
        let model = std::rc::Rc::clone(&self.model);
        let first = self.is_planted(Quirk::SignalToFirst);
        let found = self.waiting_for(&|single| super::waits_for_signal(&model, single, name));
        for (sequence, id, index) in found.into_iter().take(if first { 1 } else { usize::MAX }) {
            let waits = self.find_arm(id, sequence).is_some_and(|arm| !arm.singles[index].occurred);
            if waits {
                self.occur(id, sequence, index);
            }
        }
    }

    /// The innermost arm that catches, from a live element outwards: at each scope its event sub-processes (not the one
    /// that we come from), then the boundary events; exact ones before those that catch all.
    fn catcher(
        &self,
        from: Id,
        matching: &dyn Fn(&EventTrigger) -> Option<bool>,
    ) -> Option<(Id, u64, usize)> {
        let order = match self.is_planted(Quirk::CatchAllFirst) {
            true => [false, true],
            false => [true, false],
        };
        let mut came_from = None;
        let mut at = Some(from);
        while let Some(live) = at.and_then(|id| self.lives.get(&id)) {
            for boundary in [false, true] {
                for exact in order {
                    for arm in &live.arms {
                        let here = match arm.role {
                            Role::Boundary(_) => boundary,
                            Role::EventSubProcess(node, _) => !boundary && Some(node) != came_from,
                            Role::Own | Role::Behind(_) => false,
                        };
                        let found = (0..arm.singles.len()).find(|index| {
                            matching(&arm.singles[*index].trigger) == Some(exact) && self.fits(arm, *index)
                        });
                        if let Some(index) = found.filter(|_| here) {
                            return Some((live.id, arm.sequence, index));
                        }
                    }
                }
            }
            came_from = live.node.filter(|_| matches!(live.kind, Kind::EventSubProcess));
            at = live.parent;
        }
        None
    }

    /// True when an arm can take this one of its errors and escalations now. Where all must occur, each counts once, and
    /// an error must be the last: it ends what throws it.
    fn fits(&self, arm: &Arm, index: usize) -> bool {
        let single = &arm.singles[index];
        if !arm.parallel || self.is_planted(Quirk::ParallelMultipleAny) {
            return true;
        }
        let mut others = arm.singles.iter().enumerate().filter(|(other, _)| *other != index);
        !single.occurred
            && (!matches!(single.trigger, EventTrigger::Error(_)) || others.all(|(_, it)| it.occurred))
    }

    fn error_catcher(&self, from: Id, code: &str) -> Option<(Id, u64, usize)> {
        let matching = |trigger: &EventTrigger| match trigger {
            EventTrigger::Error(it) => match self.error_code(*it) {
                None => Some(false),
                Some(other) => (other == code).then_some(true),
            },
            _ => None,
        };
        self.catcher(from, &matching)
    }

    /// True when something catches an error here.
    pub(crate) fn catches_error(&self, from: Id, code: &str) -> bool {
        self.error_catcher(from, code).is_some()
    }

    /// Throws an error; nobody catching it is an incident here, or the caller's matter.
    pub(crate) fn throw_error(&mut self, from: Id, code: &str) {
        if let Some((id, sequence, index)) = self.error_catcher(from, code) {
            self.occur(id, sequence, index);
        } else if self.caller.is_some() && !self.is_planted(Quirk::CalledErrorStays) {
            self.sends.push(Send::Failed { thrower: from, code: code.to_owned() });
        } else {
            self.get_stuck(from);
        }
    }

    /// Throws an escalation; nobody catching it is nothing, or the caller's matter.
    pub(crate) fn throw_escalation(&mut self, from: Id, code: &str) {
        let matching = |trigger: &EventTrigger| match trigger {
            EventTrigger::Escalation(it) => match self.escalation_code(*it) {
                None => Some(false),
                Some(other) => (other == code).then_some(true),
            },
            _ => None,
        };
        if let Some((id, sequence, index)) = self.catcher(from, &matching) {
            if self.is_planted(Quirk::EscalationAlwaysInterrupts)
                && let Some(arm) = self.find_arm_mut(id, sequence)
            {
                arm.interrupting = true;
            }
            self.occur(id, sequence, index);
        } else if self.caller.is_some() {
            self.sends.push(Send::Escalated { code: code.to_owned() });
        }
    }

    /// The implicit throw event of a multi-instance activity: only its own boundary events catch it.
    pub(crate) fn throw_to_boundary(&mut self, id: Id, thrown: &EventTrigger) {
        let same = |it: &EventTrigger| match (thrown, it) {
            (EventTrigger::Signal(a), EventTrigger::Signal(b)) => {
                self.signal_name(*a) == self.signal_name(*b)
            }
            (EventTrigger::Message(a), EventTrigger::Message(b)) => {
                self.message_name(*a) == self.message_name(*b)
            }
            (EventTrigger::Escalation(a), EventTrigger::Escalation(b)) => {
                self.escalation_code(*b).is_none_or(|code| Some(code) == self.escalation_code(*a))
            }
            (EventTrigger::Error(a), EventTrigger::Error(b)) => {
                self.error_code(*b).is_none_or(|code| Some(code) == self.error_code(*a))
            }
            _ => false,
        };
        let found = self.lives[&id].arms.iter().find_map(|arm| {
            let mut indexes = 0..arm.singles.len();
            let index = indexes.find(|it| same(&arm.singles[*it].trigger) && self.fits(arm, *it))?;
            Some((arm.sequence, index))
        });
        if let Some((sequence, index)) = found {
            self.occur(id, sequence, index);
        }
    }

    /// A cancel end event: the enclosing transaction is ended, compensated, and left by its cancel event.
    fn cancel_transaction(&mut self, scope: Id) {
        let mut at = Some(scope);
        while let Some(live) = at.and_then(|id| self.lives.get(&id)) {
            let node = live.node.map(|node| &self.node(node).kind);
            if matches!(node, Some(FlowNodeKind::SubProcess { kind: SubProcessKind::Transaction })) {
                break;
            }
            at = live.parent;
        }
        let Some(id) = at.filter(|id| self.lives.contains_key(id)) else { return };
        self.interrupt(id);
        let records =
            self.lives.get_mut(&id).map(|live| std::mem::take(&mut live.records)).unwrap_or_default();
        let records = if self.is_planted(Quirk::CancelSkipsCompensation) { Vec::new() } else { records };
        self.run_compensation(records, id, id, After::Cancelled(id));
    }

    /// A cancelled transaction has been compensated.
    pub(crate) fn cancelled(&mut self, transaction: Id) {
        let Some(live) = self.lives.get(&transaction) else { return };
        let parent = live.parent.unwrap_or(ROOT);
        let host = match self.lives[&parent].kind {
            Kind::Whole(_) => parent,
            _ => transaction,
        };
        let is_cancel = |arm: &&Arm| arm.singles.iter().any(|it| it.trigger == EventTrigger::Cancel);
        let sequence = self.lives[&host].arms.iter().find(is_cancel).map(|arm| arm.sequence);
        match sequence {
            Some(sequence) => self.fire(host, sequence),
            None => self.terminate(host),
        }
    }
}
