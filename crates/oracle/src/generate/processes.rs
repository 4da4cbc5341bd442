//! Processes: how they start, and the one that is called.

use super::scopes::CALLED;
use super::{Builder, Effect, FEATURES, Plan, Random, condition};
use crate::diagram::{Event, Scope};

impl Builder {
    /// Draws a process of the file.
    pub(super) fn process(&mut self, plan: &Plan, index: usize) {
        if let Some(feature) = FEATURES.iter().find(|it| **it == plan.block) {
            self.features.insert(feature);
        }
        let mut random = Random::new(plan.seed);
        let mut scope = Scope::default();
        let mut id = format!("P{index}");
        self.has_items = index == 0;
        if self.has_items {
            // Multi-instance activities loop over it.
            scope.data.push("items".to_owned());
        }
        match plan.block {
            "none_start" | "several_none_starts" => {
                self.processes.push(id.clone());
                self.none_start(plan, &mut scope);
            }
            "no_start" => {
                self.processes.push(id.clone());
                self.no_start(plan, &mut scope);
            }
            "called" => {
                id = CALLED.to_owned();
                self.called(plan, &mut scope, &mut random);
            }
            _ => self.started_by_event(plan, &mut scope, &mut random),
        }
        for child in plan.children.iter().skip(1) {
            self.features.insert("process_esp");
            if let Some(feature) = FEATURES.iter().find(|it| **it == child.block) {
                self.features.insert(feature);
            }
            self.event_sub_process(child, &mut scope, &mut Random::new(child.seed));
        }
        self.diagram.processes.push((id, scope));
    }

    fn none_start(&mut self, plan: &Plan, scope: &mut Scope) {
        let start = plan.id("start_");
        scope.node(&start, "startEvent");
        let mut at = start.clone();
        if plan.block == "several_none_starts" {
            let (other, merge) = (plan.id("start_also_"), plan.id("begin_"));
            scope.node(&other, "startEvent");
            let job = self.job(plan, scope, &other, "also");
            at = self.node(scope, &start, &merge, "exclusiveGateway").id.clone();
            scope.flow(&job, &merge);
        }
        let at = self.branch(plan, 0, scope, &at);
        self.end(plan, scope, &at, "p");
    }

    /// Without start and end events.
    fn no_start(&mut self, plan: &Plan, scope: &mut Scope) {
        let (a, b, join, body) =
            (plan.id("first_a_"), plan.id("first_b_"), plan.id("joined_"), plan.id("body_"));
        scope.node(&a, "userTask");
        scope.node(&b, "serviceTask");
        self.node(scope, &a, &join, "parallelGateway");
        scope.flow(&b, &join);
        let inner = self.inside(plan, 0, None);
        self.node(scope, &join, &body, "subProcess").inner = Some(inner);
    }

    /// A process that is called: it decides by its own variables how it ends.
    fn called(&mut self, plan: &Plan, scope: &mut Scope, random: &mut Random) {
        let start = plan.id("start_");
        scope.node(&start, "startEvent");
        let first = self.job(plan, scope, &start, "called");
        for name in ["x", "y", "z"] {
            self.affects(&first, Effect::Random(name.to_owned()));
        }
        let split = plan.id("split_");
        self.node(scope, &first, &split, "exclusiveGateway");
        let (fails, throws, on) = (plan.id("fails_"), plan.id("throws_"), plan.id("goes_on_"));
        scope.flow(&split, &fails).condition = Some("x > 3".to_owned());
        scope.node(&fails, "endEvent").on(Event::Error(format!("E{}", random.below(2))));
        scope.flow(&split, &throws).condition = Some("y > 2".to_owned());
        scope.node(&throws, "intermediateThrowEvent").on(Event::Escalation(format!("C{}", random.below(2))));
        let last = self.job(plan, scope, &throws, "last");
        scope.flow(&split, &on).is_default = true;
        let element = *random.pick(&["task", "userTask"]);
        scope.node(&on, element);
        let end = self.end(plan, scope, &last, "called");
        scope.flow(&on, &end);
    }

    /// A process that events start; its first task sets the variables.
    fn started_by_event(&mut self, plan: &Plan, scope: &mut Scope, random: &mut Random) {
        // Names of their own, so that nothing in a model starts instances without end.
        let message = |letter: &str| format!("start{}{letter}", plan.number);
        let start = plan.id("start_");
        let mut begins = vec![start.clone()];
        match plan.block {
            "message_start" => drop(scope.node(&start, "startEvent").on(Event::Message(message("a")))),
            "signal_start" => drop(scope.node(&start, "startEvent").on(Event::Signal(message("a")))),
            "timer_start" => {
                let event = match random.chance(50) {
                    true => Event::Timer(format!("PT{}S", 1 + random.below(4))),
                    false => Event::Cycle(format!("R2/PT{}S", 1 + random.below(4))),
                };
                scope.node(&start, "startEvent").on(event);
            }
            "conditional_start" => {
                self.conditional_start = true;
                scope.node(&start, "startEvent").on(Event::Conditional(condition(random)));
            }
            "multiple_start" | "parallel_multiple_start" => {
                let node = scope.node(&start, "startEvent");
                if plan.block == "parallel_multiple_start" {
                    node.with("parallelMultiple", "true");
                }
                node.on(Event::Message(message("a"))).on(Event::Signal(message("b")));
                if random.chance(30) {
                    self.conditional_start = true;
                    node.on(Event::Conditional(condition(random)));
                }
            }
            "instantiating_receive_task" => {
                let name = format!("message_{}", message("a"));
                scope.node(&start, "receiveTask").with("instantiate", "true").with("messageRef", &name);
            }
            _ => {
                let gateway = scope.node(&start, "eventBasedGateway").with("instantiate", "true");
                if plan.block == "instantiating_parallel_event_gateway" {
                    gateway.with("eventGatewayType", "Parallel");
                }
                begins.clear();
                for letter in ["a", "b"] {
                    let event = plan.id(&format!("event_{letter}_"));
                    self.node(scope, &start, &event, "intermediateCatchEvent")
                        .on(Event::Message(message(letter)));
                    begins.push(event);
                }
            }
        }
        let first = plan.id("first_");
        scope.node(&first, "userTask");
        for begin in begins {
            scope.flow(&begin, &first);
        }
        self.affects(&first, Effect::Initialise);
        let at = self.branch(plan, 0, scope, &first);
        let (split, end) = (plan.id("last_split_"), self.end(plan, scope, &plan.id("last_job_"), "p"));
        self.node(scope, &at, &split, "exclusiveGateway");
        scope.flow(&split, &end).condition = Some(condition(random));
        scope.flow(&split, &plan.id("last_job_")).is_default = true;
        scope.node(&plan.id("last_job_"), "userTask");
    }
}
