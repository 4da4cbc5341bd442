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
                let events = thrown(random);
                let at = self.before_thrown(&events, plan, scope, from, random);
                self.node(scope, &at, &id, "intermediateThrowEvent").events = events;
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

    /// What must come before an event that throws these.
    fn before_thrown(
        &mut self,
        events: &[Event],
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        match events.iter().any(|it| matches!(it, Event::Compensation { .. })) {
            true => self.compensable(plan, scope, from, "a", random),
            false => self.job(plan, scope, from, "a"),
        }
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
        let events = match kind {
            "none" => Vec::new(),
            "message" => vec![Event::Message(name("M", 3, random))],
            "signal" => vec![Event::Signal(name("S", 2, random))],
            "error" => vec![Event::Error(name("E", 2, random))],
            "escalation" => vec![Event::Escalation(name("C", 2, random))],
            "compensation" => vec![Event::Compensation { activity: String::new(), wait: true }],
            "terminate" => vec![Event::Terminate],
            "multiple" => {
                let mut events = thrown(random);
                let last = match random.below(4) {
                    0 => Event::Terminate,
                    1 => Event::Error(name("E", 2, random)),
                    _ => return Some(self.ended_by(events, plan, scope, from, random)),
                };
                // What begins beside it and is ended at once: interpreters count that differently.
                events.retain(|it| match it {
                    Event::Compensation { wait, .. } => *wait,
                    Event::Escalation(_) => last != Event::Terminate,
                    _ => true,
                });
                events.insert(0, Event::Message(name("M", 3, random)));
                events.insert(random.index(events.len() + 1), last);
                events
            }
            _ => return None,
        };
        Some(self.ended_by(events, plan, scope, from, random))
    }

    /// An end event with these event definitions, beside a branch that goes on.
    fn ended_by(
        &mut self,
        events: Vec<Event>,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let (split, end) = (plan.id("split_"), plan.id("end_k_"));
        let before = self.before_thrown(&events, plan, scope, from, random);
        let exclusive = random.chance(50);
        self.node(scope, &before, &split, if exclusive { "exclusiveGateway" } else { "parallelGateway" });
        let job = self.job(plan, scope, &split, "end");
        if exclusive && let Some(flow) = scope.flows.last_mut() {
            flow.condition = Some(condition(random));
        }
        self.node(scope, &job, &end, "endEvent").events = events;
        let on = self.job(plan, scope, &split, "on");
        if exclusive && let Some(flow) = scope.flows.last_mut() {
            flow.is_default = true;
        }
        on
    }
}

/// Two or three of what a multiple event can throw without being ended by it.
fn thrown(random: &mut Random) -> Vec<Event> {
    let mut all = vec![
        Event::Message(name("M", 3, random)),
        Event::Signal(name("S", 2, random)),
        Event::Escalation(name("C", 2, random)),
        Event::Escalation(name("C", 2, random)),
        Event::Compensation { activity: String::new(), wait: random.chance(60) },
    ];
    let mut events = some(&mut all, 2 + random.index(2), random);
    // Compensation last: what follows it might end the scope in which it begins.
    events.sort_by_key(|it| matches!(it, Event::Compensation { .. }));
    events
}

/// As many of them, in any order.
pub(super) fn some(all: &mut Vec<Event>, count: usize, random: &mut Random) -> Vec<Event> {
    (0..count.min(all.len())).map(|_| all.remove(random.index(all.len()))).collect()
}
