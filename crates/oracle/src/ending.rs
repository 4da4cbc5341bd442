//! Every run ends: given everything that it waits for, an instance is over, has an incident, or keeps tokens where no token
//! can ever come to meet them. What is left is judged by the model and by what is there, not by what happened before.
//!
//! Some never end because what they wait for begins more of the same, such as an event sub-process that does not interrupt.
//! Of those, nothing may wait through several rounds in which everything happened.
//!
//! **Invariant:** a wait is never taken for the end of a run because it is a wait: only joins, complex gateways and start
//! quantities may keep tokens, and only those for which the standard's rule names what they lack; and a message may be
//! missed only where an event that does not interrupt takes each one of its name.

use std::collections::{BTreeSet, VecDeque};
use std::ops::AddAssign;

use bpmn::Definitions;
use bpmn::model::{EventTrigger, FlowNode, FlowNodeKind, Process};

use crate::expression;
use crate::generate::{Model, Random, completion, generate, next_stimulus};
use crate::subject::{Observation, State, Stimulus, Subject};
use crate::value::{Value, Variables};

/// An interpreter that shows where its tokens are.
pub trait Inspect: Subject {
    /// What is in each instance, in the order of [`Subject::observe`].
    fn remains(&self) -> Vec<Remains>;
}

/// What is in an instance in which nothing moves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remains {
    /// The instance that called it, by its number.
    pub called_by: Option<usize>,
    /// Elements that are active.
    pub live: Vec<Left>,
    /// Tokens that wait before a node: their scope, by its key (0 is the process), and the flow that they are on.
    pub tokens: Vec<(u64, String)>,
}

/// An element that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its key.
    pub key: u64,
    /// Key of what it is in, 0 for the process.
    pub parent: u64,
    /// Id of the element.
    pub element_id: String,
}

/// How the instances of a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Endings {
    /// By themselves.
    pub completed: usize,
    /// With an incident in them or in what they call.
    pub stuck: usize,
    /// With tokens that lack others for ever.
    pub kept: usize,
    /// Not yet, since more of the same begins with what they wait for.
    pub endless: usize,
}

impl AddAssign for Endings {
    fn add_assign(&mut self, other: Self) {
        self.completed += other.completed;
        self.stuck += other.stuck;
        self.kept += other.kept;
        self.endless += other.endless;
    }
}

/// Rounds in which everything that is waited for happens.
const ROUNDS: usize = 16;

/// Rounds through which nothing may wait.
const PATIENCE: usize = 5;

/// So many active elements come only of events that begin more and more.
const CROWD: usize = 60;

/// Tasks that are completed before the next event comes.
const COMPLETIONS: usize = 30;

/// Instances of one run that are followed to their end.
const FOLLOWED: usize = 3;

/// Begins a run of the model of a seed at random, then gives each of its instances everything that it waits for, the oldest
/// first.
///
/// # Errors
/// What is left that nothing explains.
pub fn run_to_the_end(seed: u64, subject: &mut dyn Inspect) -> Result<Endings, String> {
    let model = generate(seed);
    subject.deploy(&model.xml)?;
    let definitions = definitions(&model.xml)?;
    let mut random = Random::new(seed);
    let first = random.index(10);
    let mut done = 0;
    while done < first || (subject.observe().instances.is_empty() && done < 200) {
        let stimulus = next_stimulus(&mut random, &model, &subject.observe());
        subject.apply(&stimulus);
        done += 1;
    }
    let mut endings = Endings::default();
    for _ in 0..FOLLOWED {
        let Some(oldest) = oldest(&subject.observe(), &subject.remains()) else { break };
        let before = give_everything(&mut random, &model, oldest, subject);
        let (seen, remains) = (subject.observe(), subject.remains());
        let tree = called(oldest, &remains);
        let active: Vec<usize> =
            tree.into_iter().filter(|it| seen.instances[*it].state == State::Active).collect();
        let stuck = |it: &usize| seen.instances[*it].elements.values().any(|counts| counts.incidents > 0);
        if active.is_empty() {
            endings.completed += 1;
            continue;
        }
        if active.iter().any(stuck) {
            endings.stuck += 1;
        } else {
            for it in active.iter().copied() {
                let unexplained = judge(&definitions, it, &seen, &remains, &before);
                if !unexplained.is_empty() {
                    let list = unexplained.join("\n");
                    return Err(format!("seed {seed}, instance {it}:\n{list}\n{seen}\n{}", model.xml));
                }
            }
            match active.iter().all(|it| before.get(*it) == remains.get(*it)) {
                true => endings.kept += 1,
                false => endings.endless += 1,
            }
        }
        subject.apply(&Stimulus::Cancel);
    }
    Ok(endings)
}

fn definitions(xml: &str) -> Result<Definitions, String> {
    let problems = |it: Vec<bpmn::Diagnostic>| format!("{it:?}");
    let document = bpmn::read(xml.as_bytes(), "model.bpmn").map_err(problems)?;
    Ok(bpmn::model(&document).0)
}

/// The oldest active instance that no other called.
fn oldest(seen: &Observation, remains: &[Remains]) -> Option<usize> {
    let mut all = seen.instances.iter().zip(remains);
    all.position(|(instance, it)| instance.state == State::Active && it.called_by.is_none())
}

/// An instance and what it has called, directly or not.
fn called(root: usize, remains: &[Remains]) -> Vec<usize> {
    let mut out = vec![root];
    // What is called is younger than its caller.
    for (index, it) in remains.iter().enumerate() {
        if it.called_by.is_some_and(|caller| out.contains(&caller)) {
            out.push(index);
        }
    }
    out
}

/// Everything that can be waited for happens, until the oldest instance is over or nothing changes any more. Gives what
/// was there some rounds before.
fn give_everything(
    random: &mut Random,
    model: &Model,
    oldest: usize,
    subject: &mut dyn Inspect,
) -> Vec<Remains> {
    let mut past = VecDeque::from([subject.remains()]);
    for _ in 0..ROUNDS {
        if is_crowded(subject) {
            break;
        }
        complete_all(random, model, subject);
        for name in model.messages.iter().filter(|it| !it.starts_with("start")) {
            // One for each that may wait for it.
            for _ in 0..subject.remains()[oldest].live.len().clamp(1, 3) {
                subject.apply(&Stimulus::Message { name: name.clone() });
            }
            complete_all(random, model, subject);
        }
        for name in model.signals.iter().filter(|it| !it.starts_with("start")) {
            subject.apply(&Stimulus::Signal { name: name.clone() });
            complete_all(random, model, subject);
        }
        begin_wholly(model, oldest, subject);
        for variables in assignments() {
            subject.apply(&Stimulus::SetVariables { variables });
            complete_all(random, model, subject);
        }
        subject.apply(&Stimulus::Advance { ms: 5_000 });
        complete_all(random, model, subject);
        if subject.observe().instances[oldest].state != State::Active {
            break;
        }
        let now = subject.remains();
        let unchanged = past.iter().rev().take(2).filter(|it| **it == now).count() == 2;
        past.push_back(now);
        if unchanged {
            past.drain(..past.len() - 1);
            break;
        }
        if past.len() > PATIENCE {
            past.pop_front();
        }
    }
    past.pop_front().unwrap_or_default()
}

fn is_crowded(subject: &dyn Inspect) -> bool {
    subject.remains().iter().map(|it| it.live.len()).sum::<usize>() > CROWD
}

fn complete_all(random: &mut Random, model: &Model, subject: &mut dyn Inspect) {
    for number in 0..COMPLETIONS {
        if number % 10 == 0 && is_crowded(subject) {
            return;
        }
        let Some(stimulus) = completion(random, model, &subject.observe()) else { return };
        subject.apply(&stimulus);
    }
}

/// What begins instances comes only for one that waits for the rest of what begins it: anything else would never end.
fn begin_wholly(model: &Model, oldest: usize, subject: &mut dyn Inspect) {
    let begins = |subject: &dyn Inspect| {
        subject.remains()[oldest].live.iter().any(|left| left.element_id.starts_with("start_"))
    };
    for name in model.messages.iter().filter(|it| it.starts_with("start")) {
        if begins(subject) {
            subject.apply(&Stimulus::Message { name: name.clone() });
        }
    }
    for name in model.signals.iter().filter(|it| it.starts_with("start")) {
        if begins(subject) {
            subject.apply(&Stimulus::Signal { name: name.clone() });
        }
    }
}

/// Variables under which each condition of a model is false at one time and true at the next.
fn assignments() -> [Variables; 3] {
    [(5, 5, -1, "abcd"), (5, -1, 5, ""), (-3, -3, 9, "")].map(|(x, y, z, s)| {
        let numbers = [("x", x), ("y", y), ("z", z)].map(|(name, it)| (name.to_owned(), Value::Int(it)));
        let mut variables = Variables::from(numbers);
        variables.insert("s".to_owned(), Value::Text(s.to_owned()));
        variables
    })
}

/// What is left in an instance, was there `before`, and nothing explains.
pub fn judge(
    model: &Definitions,
    index: usize,
    seen: &Observation,
    remains: &[Remains],
    before: &[Remains],
) -> Vec<String> {
    let (instance, left) = (&seen.instances[index], &remains[index]);
    let Some(process) = model.processes.iter().find(|it| it.id == instance.process) else {
        return vec![format!("`{}` is no process", instance.process)];
    };
    let none = Remains::default();
    let old = before.get(index).unwrap_or(&none);
    let judged = Judged { process, left, variables: &instance.variables };
    let calls = remains.iter().zip(&seen.instances);
    let mut calls = calls.filter(|(it, view)| it.called_by == Some(index) && view.state == State::Active);
    let has_called = calls.next().is_some();
    let mut out = Vec::new();
    let mut places: BTreeSet<(u64, usize)> = BTreeSet::new();
    for (scope, flow) in left.tokens.iter().filter(|it| old.tokens.contains(it)) {
        match process.flows.iter().position(|it| it.id == *flow) {
            Some(flow) => {
                places.insert((*scope, process.flows[flow].target));
            }
            None => out.push(format!("a token is on `{flow}`, which is no flow")),
        }
    }
    for (scope, node) in places {
        if !judged.lacks_tokens(scope, node) {
            out.push(format!("tokens wait before `{}` and lack nothing", process.nodes[node].id));
        }
    }
    for element in left.live.iter().filter(|it| old.live.contains(it)) {
        let is_empty = !left.live.iter().any(|it| it.parent == element.key)
            && !left.tokens.iter().any(|(scope, _)| *scope == element.key);
        let calls = judged.node(&element.element_id).is_some_and(|it| {
            has_called && matches!(process.nodes[it].kind, FlowNodeKind::CallActivity { .. })
        });
        if is_empty && !calls && !judged.misses_messages(&element.element_id) {
            out.push(format!("`{}` is active, and nothing is in it", element.element_id));
        }
    }
    if left.live.is_empty() && left.tokens.is_empty() {
        out.push("the instance is active, and nothing is in it".to_owned());
    }
    out
}

/// True for an event that begins more without ending anything.
fn keeps(node: &FlowNode) -> bool {
    match &node.kind {
        FlowNodeKind::BoundaryEvent { cancel_activity, .. } => !cancel_activity,
        FlowNodeKind::StartEvent { interrupting, .. } => !interrupting,
        _ => false,
    }
}

fn triggers(node: &FlowNode) -> Vec<&EventTrigger> {
    match node.kind.trigger() {
        Some(EventTrigger::Multiple { triggers, .. }) => triggers.iter().collect(),
        single => single.into_iter().collect(),
    }
}

struct Judged<'a> {
    process: &'a Process,
    left: &'a Remains,
    variables: &'a Variables,
}

impl Judged<'_> {
    fn node(&self, id: &str) -> Option<usize> {
        self.process.nodes.iter().position(|it| it.id == id)
    }

    /// True where an element waits for messages of which an event that does not interrupt takes each one.
    fn misses_messages(&self, id: &str) -> bool {
        let taken: Vec<&EventTrigger> =
            self.process.nodes.iter().filter(|it| keeps(it)).flat_map(triggers).collect();
        let Some(node) = self.node(id).map(|it| &self.process.nodes[it]) else { return false };
        let own = match &node.kind {
            FlowNodeKind::ReceiveTask { message_ref, .. } => vec![EventTrigger::Message(*message_ref)],
            _ => triggers(node).into_iter().cloned().collect(),
        };
        let missed = |it: &EventTrigger| matches!(it, EventTrigger::Message(_)) && taken.contains(&it);
        match node.kind.trigger() {
            Some(EventTrigger::Multiple { parallel: true, .. }) => own.iter().any(missed),
            _ => !own.is_empty() && own.iter().all(missed),
        }
    }

    /// True where tokens wait before a node by right: what they lack can not come, since nothing moves any more.
    fn lacks_tokens(&self, scope: u64, index: usize) -> bool {
        let node = &self.process.nodes[index];
        let waiting = self.waiting(scope, index);
        let flows: BTreeSet<usize> = waiting.iter().copied().collect();
        let without: BTreeSet<usize> =
            node.incoming.iter().copied().filter(|it| !flows.contains(it)).collect();
        match &node.kind {
            FlowNodeKind::ParallelGateway => !without.is_empty(),
            FlowNodeKind::InclusiveGateway => self.is_awaited(scope, index, &flows, &without),
            FlowNodeKind::ComplexGateway { activation_condition: Some(condition) } => {
                let count = Value::Int(i64::try_from(waiting.len()).unwrap_or(i64::MAX));
                let variable = |name: &str| match name {
                    "activationCount" => Some(count.clone()),
                    "waitingForStart" => Some(Value::Bool(true)),
                    name => self.variables.get(name).cloned(),
                };
                expression::evaluate(&condition.text, &variable) != Value::Bool(true)
                    // Or it waits for its reset, and these are for the next round.
                    || self.is_awaited(scope, index, &flows, &without)
            }
            FlowNodeKind::ComplexGateway { activation_condition: None } => {
                self.is_awaited(scope, index, &flows, &without)
            }
            kind if kind.is_activity() => waiting.len() < node.start_quantity as usize,
            _ => false,
        }
    }

    /// Flows to a node with a token on them, once for each token.
    fn waiting(&self, scope: u64, node: usize) -> Vec<usize> {
        let tokens = self.left.tokens.iter().filter(|(other, _)| *other == scope);
        let flows = tokens.filter_map(|(_, id)| self.process.flows.iter().position(|flow| flow.id == *id));
        flows.filter(|flow| self.process.flows[*flow].target == node).collect()
    }

    /// The inclusive join's rule (13.4.3): something in the scope has a way to a flow without token, and none to one with.
    fn is_awaited(&self, scope: u64, node: usize, with: &BTreeSet<usize>, without: &BTreeSet<usize>) -> bool {
        let tokens = self.left.tokens.iter().filter(|(other, _)| *other == scope);
        let flows = tokens.filter_map(|(_, id)| self.process.flows.iter().position(|flow| flow.id == *id));
        let mut sources: Vec<Vec<usize>> = flows.map(|flow| vec![flow]).collect();
        let live = self.left.live.iter().filter(|it| it.parent == scope);
        let live = live.filter_map(|it| self.node(&it.element_id));
        sources.extend(live.map(|it| self.ways_out(&self.process.nodes[it])));
        sources.into_iter().any(|from| {
            let reached = self.reached(from, node);
            !reached.is_disjoint(without) && reached.is_disjoint(with)
        })
    }

    fn ways_out(&self, node: &FlowNode) -> Vec<usize> {
        let mut out = node.outgoing.clone();
        for boundary in &node.boundary {
            out.extend(&self.process.nodes[*boundary].outgoing);
        }
        if matches!(node.kind, FlowNodeKind::IntermediateThrowEvent { .. })
            && let Some(link @ EventTrigger::Link(_)) = node.kind.trigger()
        {
            let catches = |it: &&FlowNode| {
                matches!(&it.kind, FlowNodeKind::IntermediateCatchEvent { trigger } if trigger == link)
                    && it.parent == node.parent
            };
            out.extend(self.process.nodes.iter().filter(catches).flat_map(|it| it.outgoing.clone()));
        }
        out
    }

    fn reached(&self, from: Vec<usize>, to: usize) -> BTreeSet<usize> {
        let (mut seen, mut next, mut out) = (BTreeSet::new(), from, BTreeSet::new());
        while let Some(flow) = next.pop() {
            let target = self.process.flows[flow].target;
            if target == to {
                out.insert(flow);
            } else if seen.insert(flow) {
                next.extend(self.ways_out(&self.process.nodes[target]));
            }
        }
        out
    }
}
