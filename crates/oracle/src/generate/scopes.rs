//! Blocks of scopes: sub-processes, their event sub-processes and boundary events, transactions, ad-hoc, calls.

use super::events::{name, some};
use super::{Builder, Effect, Plan, Random, condition};
use crate::diagram::{Event, Scope};

/// Id of the process that call activities call.
pub(super) const CALLED: &str = "Called";

/// How the ids of call activities begin that call a task for people.
pub(super) const CALLS_PERSON: &str = "call_person_";

impl Builder {
    pub(super) fn sub_process(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> Option<String> {
        if plan.block.starts_with("esp_") {
            return Some(self.with_event_sub_process(plan, scope, from, random));
        }
        if plan.block.starts_with("boundary_") {
            return Some(self.with_boundary_event(plan, scope, from, random));
        }
        if plan.block.starts_with("ad_hoc_") {
            return Some(self.ad_hoc(plan, scope, from, random));
        }
        let id = plan.id("sub_");
        match plan.block {
            "sub_process" | "transaction" => {
                let element = if plan.block == "transaction" { "transaction" } else { "subProcess" };
                let inner = self.inside(plan, 0, None);
                self.node(scope, from, &id, element).inner = Some(inner);
            }
            "sub_process_no_start" => {
                let mut inner = Scope::default();
                let (a, b, c) = (plan.id("first_a_"), plan.id("first_b_"), plan.id("body_"));
                inner.node(&a, "userTask");
                inner.node(&b, "serviceTask");
                let join = self.join(plan, &mut inner, [&a, &b]);
                let content = self.inside(plan, 0, None);
                self.node(&mut inner, &join, &c, "subProcess").inner = Some(content);
                self.node(scope, from, &id, "subProcess").inner = Some(inner);
            }
            "compensated_sub_process" => return Some(self.compensated(plan, scope, from, random)),
            "transaction_cancel" => return Some(self.cancelled(plan, scope, from, random)),
            "call_activity" | "called_error" | "called_escalation" => {
                return Some(self.call(plan, scope, from, random));
            }
            "global_task" => return Some(self.call_task(plan, scope, from, random)),
            _ => return None,
        }
        Some(id)
    }

    fn join(&mut self, plan: &Plan, scope: &mut Scope, from: [&str; 2]) -> String {
        let id = plan.id("joined_");
        scope.node(&id, "parallelGateway");
        for it in from {
            scope.flow(it, &id);
        }
        id
    }

    /// A scope with a start event, a child, whatever `more` adds, and an end event.
    pub(super) fn inside(&mut self, plan: &Plan, child: usize, more: Option<Ending<'_>>) -> Scope {
        let mut inner = Scope::default();
        let start = plan.id(&format!("start_{child}_"));
        inner.node(&start, "startEvent");
        let mut at = self.branch(plan, child, &mut inner, &start);
        if let Some(more) = more {
            at = more(self, &mut inner, &at);
        }
        self.end(plan, &mut inner, &at, &child.to_string());
        inner
    }

    /// A sub-process whose content can be compensated, and after it a compensation throw event.
    fn compensated(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let id = plan.id("sub_");
        let mut seed = random.clone();
        let inner = self.inside(
            plan,
            0,
            Some(&mut |builder, inner, at| {
                let first = builder.compensable(plan, inner, at, "a", &mut seed);
                builder.compensable(plan, inner, &first, "b", &mut seed)
            }),
        );
        self.node(scope, from, &id, "subProcess").inner = Some(inner);
        let before = self.job(plan, scope, &id, "before");
        let throw = plan.id("throw_");
        let event = Event::Compensation { activity: random.pick(&[String::new(), id]).clone(), wait: true };
        self.node(scope, &before, &throw, "intermediateThrowEvent").on(event);
        throw
    }

    fn cancelled(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        self.features.extend(["boundary_cancel", "end_cancel"]);
        let (id, merge) = (plan.id("transaction_"), plan.id("merge_"));
        let mut inner = Scope::default();
        let start = plan.id("start_t_");
        inner.node(&start, "startEvent");
        let first = self.compensable(plan, &mut inner, &start, "a", random);
        let second = self.compensable(plan, &mut inner, &first, "b", random);
        let (split, cancel, seed) = (plan.id("split_"), plan.id("cancel_"), plan.seed);
        if random.chance(30) {
            let nested = plan.id("nested_");
            let mut deep = Scope::default();
            let begin = plan.id("start_n_");
            deep.node(&begin, "startEvent");
            let job = self.job(plan, &mut deep, &begin, "n");
            self.decide(plan, &mut deep, &job, random, |builder, deep, at| {
                builder.node(deep, at, &cancel, "endEvent").events = cancelling(seed);
            });
            self.node(&mut inner, &second, &nested, "subProcess").inner = Some(deep);
            self.end(plan, &mut inner, &nested, "t");
        } else {
            self.node(&mut inner, &second, &split, "exclusiveGateway");
            self.node(&mut inner, &split, &cancel, "endEvent").events = cancelling(seed);
            if let Some(flow) = inner.flows.last_mut() {
                flow.condition = Some(condition(random));
            }
            let on = self.job(plan, &mut inner, &split, "on");
            if let Some(flow) = inner.flows.iter_mut().rfind(|flow| flow.to == on) {
                flow.is_default = true;
            }
            self.end(plan, &mut inner, &on, "t");
        }
        self.node(scope, from, &id, "transaction").inner = Some(inner);
        let boundary = plan.id("boundary_");
        scope.node(&boundary, "boundaryEvent").with("attachedToRef", &id).on(Event::Cancel);
        let path = self.job(plan, scope, &boundary, "path");
        scope.flow(&id, &merge);
        scope.flow(&path, &merge);
        scope.node(&merge, "exclusiveGateway");
        merge
    }

    /// An exclusive gateway with one branch that `ending` ends, and one that ends the scope.
    fn decide(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
        ending: impl FnOnce(&mut Self, &mut Scope, &str),
    ) {
        let split = plan.id("decide_");
        self.node(scope, from, &split, "exclusiveGateway");
        let first = scope.flows.len();
        ending(self, scope, &split);
        if let Some(flow) = scope.flows[first..].iter_mut().find(|flow| flow.from == split) {
            flow.condition = Some(condition(random));
        }
        let end = self.end(plan, scope, &split, "decided");
        if let Some(flow) = scope.flows.iter_mut().rfind(|flow| flow.to == end) {
            flow.is_default = true;
        }
    }

    fn ad_hoc(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let id = plan.id("adhoc_");
        let mut inner = Scope::default();
        let counter = self.counter(plan);
        let conditional = plan.block == "ad_hoc_condition"
            || plan.block.ends_with("_keep")
            || (plan.block == "ad_hoc_sequential" && random.chance(50));
        for index in 0..3 {
            let job = plan.id(&format!("inner_{index}_"));
            let element = *random.pick(&["serviceTask", "userTask"]);
            inner.node(&job, element);
            self.affects(&job, Effect::Count(counter.clone()));
        }
        if plan.block.ends_with("_flow") {
            let after = plan.id("inner_after_");
            inner.flow(&plan.id("inner_0_"), &after);
            inner.node(&after, "serviceTask");
        }
        let sequential = plan.block.starts_with("ad_hoc_sequential");
        let node = self.node(scope, from, &id, "adHocSubProcess");
        node.with("ordering", if sequential { "Sequential" } else { "Parallel" });
        if plan.block.ends_with("_keep") {
            node.with("cancelRemainingInstances", "false");
        }
        if conditional {
            node.xml = format!("<completionCondition>= {counter} &gt;= 2</completionCondition>");
        }
        node.inner = Some(inner);
        id
    }

    /// A call activity that calls a task.
    fn call_task(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let kinds = [
            "globalTask",
            "globalManualTask",
            "globalUserTask",
            "globalScriptTask",
            "globalBusinessRuleTask",
        ];
        let kind = *random.pick(&kinds);
        let prefix = if kind == "globalUserTask" { CALLS_PERSON } else { "call_" };
        let (id, task) = (plan.id(prefix), plan.id("global_"));
        self.diagram.roots.insert(format!("<{kind} id=\"{task}\"/>"));
        let node = self.node(scope, from, &id, "callActivity").with("calledElement", &task);
        if random.chance(25) {
            node.xml = repeated(random);
        }
        id
    }

    fn call(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let (id, merge, boundary) = (plan.id("call_"), plan.id("merge_"), plan.id("boundary_"));
        self.node(scope, from, &id, "callActivity").with("calledElement", CALLED);
        let (event, keep) = match plan.block {
            "called_error" => (Event::Error(random.pick(&["", "E0", "E1"]).to_string()), false),
            "called_escalation" => {
                (Event::Escalation(random.pick(&["", "C0", "C1"]).to_string()), random.chance(50))
            }
            _ => return id,
        };
        let node = scope.node(&boundary, "boundaryEvent").with("attachedToRef", &id).on(event);
        if keep {
            node.with("cancelActivity", "false");
        }
        let path = self.job(plan, scope, &boundary, "path");
        scope.flow(&id, &merge);
        scope.node(&merge, "exclusiveGateway");
        match keep {
            true => drop(self.end(plan, scope, &path, "path")),
            false => drop(scope.flow(&path, &merge)),
        }
        merge
    }

    fn with_boundary_event(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let (host, boundary, merge) = (plan.id("host_"), plan.id("boundary_"), plan.id("merge_"));
        let kind = plan.block.trim_start_matches("boundary_");
        let (kind, keep) = kind.strip_suffix("_keep").map_or((kind, false), |kind| (kind, true));
        let waited = waited(kind, keep, random);
        let throws = throws(&waited);
        let mut events = vec![(boundary, waited)];
        if kind == "error_catch_all" {
            // An exact one beside it, written before or behind it.
            let exact = (plan.id("boundary_also_"), vec![Event::Error(name("E", 2, random))]);
            events.insert(random.index(2), exact);
        }
        let mut seed = random.clone();
        let content = match kind {
            _ if throws != (false, false) => {
                let more: Ending<'_> =
                    &mut |builder, inner, at| builder.throwing(throws, plan, inner, at, &mut seed);
                Some(self.inside(plan, 0, Some(more)))
            }
            _ if random.chance(50) && !plan.children.is_empty() => Some(self.inside(plan, 0, None)),
            _ => None,
        };
        let element =
            if content.is_some() { "subProcess" } else { *random.pick(&["serviceTask", "userTask"]) };
        let node = self.node(scope, from, &host, element);
        node.inner = content;
        if random.chance(25) {
            node.xml = repeated(random);
        }
        scope.flow(&host, &merge);
        for (index, (id, events)) in events.into_iter().enumerate() {
            let node = scope.node(&id, "boundaryEvent").with("attachedToRef", &host);
            node.events = events;
            if keep {
                node.with("cancelActivity", "false");
            }
            if kind == "parallel_multiple" {
                node.with("parallelMultiple", "true");
            }
            let path = self.job(plan, scope, &id, &format!("path{index}"));
            match keep {
                true => drop(self.end(plan, scope, &path, &format!("path{index}"))),
                false => drop(scope.flow(&path, &merge)),
            }
        }
        scope.node(&merge, "exclusiveGateway");
        merge
    }

    /// Tasks after which what the scope's events wait for is thrown: escalations, errors.
    fn throwing(
        &mut self,
        (escalations, errors): (bool, bool),
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let mut at = from.to_owned();
        if escalations {
            at = self.escalates(plan, scope, &at);
        }
        if errors {
            at = self.may_fail(plan, scope, &at, random);
        }
        at
    }

    /// A task after which an error may be thrown.
    fn may_fail(&mut self, plan: &Plan, scope: &mut Scope, from: &str, random: &mut Random) -> String {
        let (job, split, end) =
            (self.job(plan, scope, from, "fail"), plan.id("fail_split_"), plan.id("fail_end_"));
        self.features.insert("end_error");
        self.node(scope, &job, &split, "exclusiveGateway");
        let event = Event::Error(name("E", 2, random));
        self.node(scope, &split, &end, "endEvent").on(event);
        if let Some(flow) = scope.flows.last_mut() {
            flow.condition = Some(condition(random));
        }
        let on = self.job(plan, scope, &split, "no_fail");
        if let Some(flow) = scope.flows.last_mut() {
            flow.is_default = true;
        }
        on
    }

    /// A task after which an escalation is thrown.
    fn escalates(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        let (job, throw) = (self.job(plan, scope, from, "escalate"), plan.id("escalation_"));
        let event = Event::Escalation(format!("C{}", plan.seed % 2));
        self.node(scope, &job, &throw, "intermediateThrowEvent").on(event);
        self.job(plan, scope, &throw, "escalated")
    }

    /// A sub-process with an event sub-process.
    fn with_event_sub_process(
        &mut self,
        plan: &Plan,
        scope: &mut Scope,
        from: &str,
        random: &mut Random,
    ) -> String {
        let id = plan.id("sub_");
        let kind = plan.block.trim_start_matches("esp_").trim_end_matches("_keep");
        let mut seed = random.clone();
        let throws = throws(&start_events(plan).0);
        let mut more = |builder: &mut Builder, inner: &mut Scope, at: &str| match kind {
            _ if throws != (false, false) => builder.throwing(throws, plan, inner, at, &mut seed),
            "compensation" => builder.compensable(plan, inner, at, "inner", &mut seed),
            _ => builder.job(plan, inner, at, "main"),
        };
        let mut inner = self.inside(plan, 0, Some(&mut more));
        self.event_sub_process(plan, &mut inner, random);
        let node = self.node(scope, from, &id, "subProcess");
        node.inner = Some(inner);
        if random.chance(20) {
            node.xml = repeated(random);
        }
        if kind != "compensation" {
            return id;
        }
        let job = self.job(plan, scope, &id, "before");
        let throw = plan.id("throw_");
        let event = Event::Compensation { activity: String::new(), wait: true };
        self.node(scope, &job, &throw, "intermediateThrowEvent").on(event);
        throw
    }

    /// The event sub-process of a block `esp_...`, in a scope.
    pub(super) fn event_sub_process(&mut self, plan: &Plan, scope: &mut Scope, random: &mut Random) {
        let (events, keep) = start_events(plan);
        let kind = plan.block.trim_start_matches("esp_");
        let (id, start) = (plan.id("esp_"), plan.id("esp_start_"));
        let mut inner = Scope::default();
        let node = inner.node(&start, "startEvent");
        node.events = events;
        if keep {
            node.with("isInterrupting", "false");
        }
        if kind.starts_with("parallel") {
            node.with("parallelMultiple", "true");
        }
        let mut at = self.job(plan, &mut inner, &start, "esp");
        if kind == "compensation" && random.chance(50) {
            // What has completed in the sub-process is compensated one by one.
            let throw = plan.id("esp_throw_");
            let event = Event::Compensation { activity: String::new(), wait: true };
            self.node(&mut inner, &at, &throw, "intermediateThrowEvent").on(event);
            at = throw;
        }
        let at = self.child(plan, 1, &mut inner, &at);
        self.end(plan, &mut inner, &at, "esp");
        let node = scope.node(&id, "subProcess").with("triggeredByEvent", "true");
        node.inner = Some(inner);
    }
}

/// What a block adds at the end of a scope.
pub(super) type Ending<'a> = &'a mut dyn FnMut(&mut Builder, &mut Scope, &str) -> String;

/// What the start event of a block `esp_...` waits for, and whether it does not interrupt.
fn start_events(plan: &Plan) -> (Vec<Event>, bool) {
    let kind = plan.block.trim_start_matches("esp_");
    let (kind, keep) = kind.strip_suffix("_keep").map_or((kind, false), |kind| (kind, true));
    (waited(kind, keep, &mut Random::new(plan.seed.rotate_left(17))), keep)
}

/// Whether escalations and errors are waited for.
fn throws(events: &[Event]) -> (bool, bool) {
    let any = |is: fn(&Event) -> bool| events.iter().any(is);
    (any(|it| matches!(it, Event::Escalation(_))), any(|it| matches!(it, Event::Error(_))))
}

/// What ends a transaction: a cancel event, sometimes one that throws more.
fn cancelling(seed: u64) -> Vec<Event> {
    let mut random = Random::new(seed.rotate_left(29));
    let mut events = vec![Event::Cancel];
    if random.chance(30) {
        let (message, signal) =
            (Event::Message(name("M", 3, &mut random)), Event::Signal(name("S", 2, &mut random)));
        events.insert(random.index(2), if random.chance(50) { message } else { signal });
    }
    events
}

/// A multi-instance marker.
fn repeated(random: &mut Random) -> String {
    format!(
        "<multiInstanceLoopCharacteristics isSequential=\"{}\"><loopCardinality>= {}</loopCardinality></multiInstanceLoopCharacteristics>",
        random.chance(40),
        1 + random.below(3)
    )
}

/// What an event of this kind waits for.
fn waited(kind: &str, keep: bool, random: &mut Random) -> Vec<Event> {
    let (message, signal) = (Event::Message(name("M", 3, random)), Event::Signal(name("S", 2, random)));
    let timer = Event::Timer(format!("PT{}S", 1 + random.below(4)));
    let code = |random: &mut Random, letter: &str| match random.below(3) {
        0 => String::new(),
        number => format!("{letter}{}", number - 1),
    };
    match kind {
        "message" => vec![message],
        "timer" => vec![timer],
        "cycle" => vec![Event::Cycle(format!("R{}/PT{}S", 2 + random.below(2), 1 + random.below(3)))],
        "conditional" => vec![Event::Conditional(condition(random))],
        "multiple" | "parallel_multiple" => {
            let (escalation, error) = (code(random, "C"), code(random, "E"));
            let mut all = vec![message, signal, timer, Event::Escalation(escalation.clone())];
            all.extend([Event::Conditional(condition(random)), Event::Escalation(escalation)]);
            // Nothing goes on beside an error.
            all.extend((!keep).then_some(Event::Error(error)));
            if kind == "parallel_multiple" && keep {
                // Whether a timer runs again when they all begin anew is left out of the comparison.
                all.retain(|it| !matches!(it, Event::Timer(_)));
            }
            let count = 2 + random.index(2);
            let mut chosen = some(&mut all, count, random);
            let escalates = |it: &Event| matches!(it, Event::Escalation(_));
            if chosen.iter().filter(|it| escalates(it)).count() > 1 {
                // Once is enough.
                chosen.retain(|it| !escalates(it));
                chosen.extend(some(&mut all, 2, random));
            }
            chosen
        }
        "error" => vec![Event::Error(code(random, "E"))],
        "error_catch_all" => vec![Event::Error(String::new())],
        "escalation" => vec![Event::Escalation(code(random, "C"))],
        "compensation" => vec![Event::Compensation { activity: String::new(), wait: true }],
        _ => vec![signal],
    }
}
