//! Blocks of gateways and flows.

use super::{Builder, Effect, Plan, Random, condition};
use crate::diagram::{Event, Scope, escape};

impl Builder {
    pub(super) fn gateway(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        let (split, join) = (plan.id("split_"), plan.id("join_"));
        match plan.block {
            "exclusive" => {
                self.node(scope, from, &split, "exclusiveGateway");
                self.branches(plan, scope, random, &split, &join, "exclusiveGateway", Split::Default);
            }
            "exclusive_stuck" => {
                let job = self.job(plan, scope, from, "a");
                self.node(scope, &job, &split, "exclusiveGateway");
                self.branches(plan, scope, random, &split, &join, "exclusiveGateway", Split::Conditions);
            }
            "parallel" => {
                self.node(scope, from, &split, "parallelGateway");
                self.branches(plan, scope, random, &split, &join, "parallelGateway", Split::All);
            }
            "inclusive" => {
                self.node(scope, from, &split, "inclusiveGateway");
                self.branches(plan, scope, random, &split, &join, "inclusiveGateway", Split::Default);
            }
            "conditional_flows" => {
                let job = self.job(plan, scope, from, "a");
                self.branches(plan, scope, random, &job, &join, "inclusiveGateway", Split::OneFree);
            }
            "default_flow" => {
                let job = self.job(plan, scope, from, "a");
                self.branches(plan, scope, random, &job, &join, "inclusiveGateway", Split::Default);
            }
            "gateway_loop" => return Some(self.gateway_loop(plan, scope, from)),
            "event_gateway" | "event_gateway_receive" => {
                return Some(self.event_gateway(plan, scope, from, random));
            }
            "complex" | "complex_inclusive" | "complex_without_condition" => {
                return Some(self.complex(plan, scope, from, random));
            }
            "complex_single" => return Some(self.complex_single(plan, scope, from, random)),
            "graph" => return Some(self.graph(plan, scope, from, random)),
            _ => return None,
        }
        Some(join)
    }

    /// Branches out of a node, and a node in which they meet.
    #[expect(clippy::too_many_arguments, reason = "a split, a join and what lies between")]
    fn branches(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        random: &mut Random,
        split: &str,
        join: &str,
        element: &str,
        kind: Split,
    ) {
        let count = plan.children.len().max(2);
        let special = random.index(count);
        let mut ends = Vec::new();
        for index in 0..count {
            let first = scope.flows.len();
            let end = self.branch(plan, index, scope, split);
            ends.push(end);
            let Some(flow) = scope.flows[first..].iter_mut().find(|flow| flow.from == *split) else {
                continue;
            };
            match kind {
                Split::All => {}
                Split::Default if index == special => flow.is_default = true,
                Split::OneFree if index == special => {}
                _ => flow.condition = Some(condition(random)),
            }
        }
        scope.node(join, element);
        for end in ends {
            scope.flow(&end, join);
        }
    }

    /// A part that is repeated until a counter says enough; the counting task waits.
    fn gateway_loop(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        let head = self.merge(plan, scope, from);
        let body = self.child(plan, 0, scope, &head);
        let job = self.job(plan, scope, &body, "count");
        let counter = self.counter(plan);
        self.affects(&job, Effect::Count(counter.clone()));
        let exit = plan.id("exit_");
        self.node(scope, &job, &exit, "exclusiveGateway");
        scope.flow(&exit, &head).condition = Some(format!("{counter} < 2"));
        let after = plan.id("after_");
        scope.flow(&exit, &after).is_default = true;
        scope.node(&after, "task");
        after
    }

    fn event_gateway(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let (gateway, join) = (plan.id("events_"), plan.id("join_"));
        self.node(scope, from, &gateway, "eventBasedGateway");
        let receives = plan.block == "event_gateway_receive";
        let count = 2 + random.below(2);
        let first = random.below(4);
        let mut ends = Vec::new();
        for index in 0..count {
            let id = plan.id(&format!("event_{index}_"));
            if receives && index == 0 {
                let message = format!("message_M{}", random.below(3));
                self.node(scope, &gateway, &id, "receiveTask").with("messageRef", &message);
            } else {
                // Messages and receive tasks do not go together.
                let event = match (first + index) % 4 {
                    0 if !receives => Event::Message(format!("M{}", random.below(3))),
                    0 | 1 => Event::Timer(format!("PT{}S", 1 + random.below(4))),
                    2 => Event::Signal(format!("S{}", random.below(2))),
                    _ => Event::Conditional(condition(random)),
                };
                self.node(scope, &gateway, &id, "intermediateCatchEvent").on(event);
            }
            ends.push(self.job(plan, scope, &id, &format!("e{index}")));
        }
        scope.node(&join, "exclusiveGateway");
        for end in ends {
            scope.flow(&end, &join);
        }
        join
    }

    /// A complex gateway that goes on at the second of three tokens, and waits for the third.
    fn complex(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let (split, join) = (plan.id("split_"), plan.id("complex_"));
        let inclusive = plan.block != "complex";
        let element = if inclusive { "inclusiveGateway" } else { "parallelGateway" };
        self.node(scope, from, &split, element);
        let mut ends = Vec::new();
        for index in 0..3 {
            let id = self.job(plan, scope, &split, &format!("c{index}"));
            if let Some(flow) = scope.flows.last_mut().filter(|_| inclusive) {
                flow.is_default = index == 0;
                flow.condition = (index > 0).then(|| condition(random));
            }
            ends.push(id);
        }
        let needed = if inclusive { 1 } else { 2 };
        let gateway = scope.node(&join, "complexGateway");
        if plan.block != "complex_without_condition" {
            gateway.xml =
                format!("<activationCondition>= activationCount &gt;= {needed}</activationCondition>");
        }
        for end in ends {
            scope.flow(&end, &join);
        }
        let (out, rest) = (plan.id("out_"), plan.id("rest_"));
        if random.chance(50) {
            scope.flow(&join, &out).condition = Some("waitingForStart".to_owned());
        } else {
            scope.flow(&join, &out);
        }
        scope.node(&out, "task");
        if random.chance(70) {
            // One that is no boolean at the reset is an incident.
            let condition =
                if random.chance(10) { "not(waitingForStart) and x" } else { "not(waitingForStart)" };
            scope.flow(&join, &rest).condition = Some(condition.to_owned());
            scope.node(&rest, "task");
            let job = self.job(plan, scope, &rest, "late");
            self.end(plan, scope, &job, "late");
        }
        out
    }

    /// A complex gateway that tokens reach over one flow, in a sub-process that does not wait for ever for those it keeps.
    fn complex_single(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let (id, merge, boundary) = (plan.id("single_"), plan.id("merge_"), plan.id("boundary_"));
        let (start, split, meet) = (plan.id("start_s_"), plan.id("split_"), plan.id("meet_"));
        let gateway = plan.id("complex_");
        let mut inner = Scope::default();
        inner.node(&start, "startEvent");
        self.node(&mut inner, &start, &split, "parallelGateway");
        let jobs = ["c0", "c1", "c2"].map(|letter| self.job(plan, &mut inner, &split, letter));
        inner.node(&meet, "exclusiveGateway");
        for job in &jobs {
            inner.flow(job, &meet);
        }
        let activation = match random.below(5) {
            0 => "activationCount >= 2".to_owned(),
            1 => "activationCount = 3".to_owned(),
            2 => format!("activationCount >= 2 or {}", condition(random)),
            3 => String::new(),
            _ => condition(random),
        };
        let node = self.node(&mut inner, &meet, &gateway, "complexGateway");
        if !activation.is_empty() {
            node.xml = format!("<activationCondition>= {}</activationCondition>", escape(&activation));
        }
        let conditions = [Some(condition(random)), Some("waitingForStart".to_owned()), None];
        let count = 1 + random.index(3);
        let has_default = random.chance(80);
        for (index, condition) in conditions.into_iter().rev().take(count).enumerate() {
            let out = self.job(plan, &mut inner, &gateway, &format!("out{index}"));
            if let Some(flow) = inner.flows.last_mut() {
                flow.is_default = index == 0 && has_default;
                flow.condition = condition;
            }
            self.end(plan, &mut inner, &out, &format!("out{index}"));
        }
        self.node(scope, from, &id, "subProcess").inner = Some(inner);
        let timer = Event::Timer(format!("PT{}S", 3 + random.below(4)));
        scope.node(&boundary, "boundaryEvent").with("attachedToRef", &id).on(timer);
        scope.flow(&id, &merge);
        scope.flow(&boundary, &merge);
        scope.node(&merge, "exclusiveGateway");
        merge
    }

    /// A sub-process with splits, joins and tasks connected at random, without cycles.
    fn graph(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        const KINDS: &[&str] = &[
            "exclusiveGateway",
            "inclusiveGateway",
            "inclusiveGateway",
            "parallelGateway",
            "serviceTask",
            "userTask",
            "task",
        ];
        let id = plan.id("graph_");
        self.node(scope, from, &id, "subProcess");
        let mut inner = Scope::default();
        let start = plan.id("start_g_");
        inner.node(&start, "startEvent");
        let name = |index: usize| format!("g{}_{index}", plan.number);
        let count = 5 + random.index(5);
        let kinds: Vec<&str> = (0..count).map(|_| *random.pick(KINDS)).collect();
        for (index, kind) in kinds.iter().enumerate() {
            inner.node(&name(index), kind);
        }
        inner.flow(&start, &name(0));
        let mut outgoing = vec![Vec::new(); count];
        for to in 1..count {
            outgoing[random.index(to)].push(to);
            if random.chance(60) {
                outgoing[random.index(to)].push(to);
            }
        }
        for (at, targets) in outgoing.iter().enumerate() {
            let decides = matches!(kinds[at], "exclusiveGateway" | "inclusiveGateway");
            let default = random.index(targets.len());
            for (index, to) in targets.iter().enumerate() {
                let flow = inner.flow(&name(at), &name(*to));
                if !decides || targets.len() < 2 {
                    continue;
                }
                flow.is_default = index == default;
                flow.condition = (index != default).then(|| condition(random));
            }
            if targets.is_empty() {
                let end = format!("end_g{}_{at}", plan.number);
                inner.flow(&name(at), &end);
                inner.node(&end, "endEvent");
            }
        }
        if let Some(node) = scope.nodes.iter_mut().find(|node| node.id == id) {
            node.inner = Some(inner);
        }
        id
    }
}

/// Which flows out of a split are free of conditions.
#[derive(Debug, Clone, Copy)]
enum Split {
    All,
    Conditions,
    Default,
    OneFree,
}
