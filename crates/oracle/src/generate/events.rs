//! Blocks of events: thrown, caught, at the end of a branch.

use super::{Builder, Plan, Random, condition};
use crate::diagram::{Event, Scope};

/// A name out of a few, so that what is thrown meets what is caught.
pub(super) fn name(letter: &str, count: u64, random: &mut Random) -> String {
    format!("{letter}{}", random.below(count))
}

impl Builder {
    pub(super) fn event(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        let id = plan.id("event_");
        let compensate = |activity: &str, wait| Event::Compensation { activity: activity.to_owned(), wait };
        if let Some(kind) = plan.block.strip_prefix("end_") {
            return self.ending(kind, plan, scope, from, random);
        }
        if let Some(kind) = plan.block.strip_prefix("catch_") {
            return Some(self.catching(kind, plan, scope, from, random));
        }
        match plan.block {
            "throw_none" => drop(self.node(scope, from, &id, "intermediateThrowEvent")),
            "throw_message" => {
                let event = Event::Message(name("M", 3, random));
                self.node(scope, from, &id, "intermediateThrowEvent").on(event);
            }
            "throw_signal" => {
                let event = Event::Signal(name("S", 2, random));
                self.node(scope, from, &id, "intermediateThrowEvent").on(event);
            }
            "throw_multiple" => {
                let (message, signal) = (name("M", 3, random), name("S", 2, random));
                let node = self.node(scope, from, &id, "intermediateThrowEvent");
                node.on(Event::Signal(signal)).on(Event::Message(message));
            }
            "throw_escalation" => {
                let job = self.job(plan, scope, from, "a");
                let event = Event::Escalation(name("C", 2, random));
                self.node(scope, &job, &id, "intermediateThrowEvent").on(event);
            }
            "throw_link" => {
                let throw = plan.id("throw_");
                let event = Event::Link(plan.id("L"));
                self.node(scope, from, &throw, "intermediateThrowEvent").on(event.clone());
                scope.node(&id, "intermediateCatchEvent").on(event);
            }
            "throw_compensation" | "throw_compensation_activity" | "throw_compensation_nowait" => {
                let first = self.compensable(plan, scope, from, "a", random);
                let second = self.compensable(plan, scope, &first, "b", random);
                let third = self.compensable(plan, scope, &second, "c", random);
                let event = match plan.block {
                    "throw_compensation_activity" => {
                        compensate(if random.chance(50) { &first } else { &second }, true)
                    }
                    kind => compensate("", kind == "throw_compensation"),
                };
                self.node(scope, &third, &id, "intermediateThrowEvent").on(event);
            }
            _ => return None,
        }
        Some(id)
    }

    fn catching(
        &mut self,
        kind: &str,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let id = plan.id("event_");
        let (message, signal) = (Event::Message(name("M", 3, random)), Event::Signal(name("S", 2, random)));
        let timer = Event::Timer(format!("PT{}S", 1 + random.below(4)));
        let node = self.node(scope, from, &id, "intermediateCatchEvent");
        match kind {
            "message" => drop(node.on(message)),
            "signal" => drop(node.on(signal)),
            "timer" => drop(node.on(timer)),
            "conditional" => drop(node.on(Event::Conditional(condition(random)))),
            "multiple" => drop(node.on(signal).on(message).on(timer)),
            _ => drop(node.with("parallelMultiple", "true").on(message).on(signal)),
        }
        id
    }

    /// A task with a compensation handler. A task is there in any case, so that completion has an order.
    pub(super) fn compensable(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        letter: &str,
        random: &mut Random,
    ) -> String {
        let job = self.job(plan, scope, from, letter);
        self.undone_by(plan, scope, &job, letter, random);
        job
    }

    /// Gives an activity a compensation handler.
    pub(super) fn undone_by(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        activity: &str,
        letter: &str,
        random: &mut Random,
    ) {
        self.features.insert("boundary_compensation");
        let (boundary, handler) =
            (plan.id(&format!("undo_{letter}_")), plan.id(&format!("handler_{letter}_")));
        let event = Event::Compensation { activity: String::new(), wait: true };
        scope.node(&boundary, "boundaryEvent").with("attachedToRef", activity).on(event);
        let element = *random.pick(&["serviceTask", "userTask", "serviceTask", "task", "subProcess"]);
        let node = scope.node(&handler, element).with("isForCompensation", "true");
        if element == "subProcess" {
            let (start, job, end) =
                (format!("{handler}_start"), format!("{handler}_job"), format!("{handler}_end"));
            let mut inner = Scope::default();
            inner.node(&start, "startEvent");
            inner.flow(&start, &job);
            inner.node(&job, "serviceTask");
            inner.flow(&job, &end);
            inner.node(&end, "endEvent");
            node.inner = Some(inner);
        }
        if element != "task" {
            self.leaves_handler(plan, scope, &handler, letter);
        }
        scope.associations.push((boundary, handler));
    }

    /// Some handlers can be interrupted by a boundary event of their own.
    fn leaves_handler(&mut self, plan: &Plan, scope: &mut Scope, handler: &str, letter: &str) {
        let event = match (plan.seed >> 11) % 6 {
            0 => Event::Error("E1".to_owned()),
            1 => Event::Timer("PT2S".to_owned()),
            2 => Event::Signal("S0".to_owned()),
            _ => return,
        };
        self.features.insert("handler_boundary");
        let (left, end) = (plan.id(&format!("left_{letter}_")), plan.id(&format!("end_left_{letter}_")));
        scope.node(&left, "boundaryEvent").with("attachedToRef", handler).on(event);
        scope.flow(&left, &end);
        scope.node(&end, "endEvent");
    }

    /// A branch that ends with an event beside one that goes on: chosen by a condition, or both at once.
    fn ending(
        &mut self,
        kind: &str,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        let (split, end) = (plan.id("split_"), plan.id("end_k_"));
        let event = match kind {
            "none" => None,
            "message" => Some(Event::Message(name("M", 3, random))),
            "signal" => Some(Event::Signal(name("S", 2, random))),
            "error" => Some(Event::Error(name("E", 2, random))),
            "escalation" => Some(Event::Escalation(name("C", 2, random))),
            "compensation" => Some(Event::Compensation { activity: String::new(), wait: true }),
            "terminate" => Some(Event::Terminate),
            _ => return None,
        };
        let before = match kind {
            "compensation" => self.compensable(plan, scope, from, "a", random),
            _ => self.job(plan, scope, from, "a"),
        };
        let exclusive = random.chance(50);
        self.node(scope, &before, &split, if exclusive { "exclusiveGateway" } else { "parallelGateway" });
        let job = self.job(plan, scope, &split, "end");
        if exclusive && let Some(flow) = scope.flows.last_mut() {
            flow.condition = Some(condition(random));
        }
        let node = self.node(scope, &job, &end, "endEvent");
        if let Some(event) = event {
            node.on(event);
        }
        let on = self.job(plan, scope, &split, "on");
        if exclusive && let Some(flow) = scope.flows.last_mut() {
            flow.is_default = true;
        }
        Some(on)
    }
}
