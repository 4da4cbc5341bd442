//! All instances of all deployed processes under one virtual clock, and what goes from one instance to another.
//!
//! **Invariant:** a stimulus is applied only when nothing can move, and leaves the world in such a state.

mod activity;
mod clock;
mod compensation;
mod data;
mod event;
mod gateway;
mod repeat;
mod run;
mod state;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use bpmn::Definitions;
use bpmn::model::{EventTrigger, FlowNodeKind, Process};

use crate::ending::{Inspect, Left, Remains};
use crate::quirk::Quirk;
use crate::subject::{InstanceView, Observation, Outcome, State, Stimulus, Subject, TICK_MS};
use crate::value::Variables;
use run::Entry;
use state::{Arm, Id, Instance, Kind, Live, ROOT, Role, Send, Shared, Single};

/// How long a message is kept.
const MESSAGE_KEPT_MS: u64 = 3_600_000;

/// More deliveries than any model of the comparison causes by one stimulus.
const DELIVERIES: usize = 5_000;

/// The interpreter: processes, instances, messages, time.
#[derive(Debug, Clone, Default)]
pub struct World {
    shared: Shared,
    models: Vec<Rc<Definitions>>,
    starts: Vec<Start>,
    instances: Vec<Instance>,
    /// Messages nobody took yet, oldest first, with the time until which they are kept.
    messages: Vec<(String, u64)>,
    outbox: VecDeque<(usize, Send)>,
    deliveries: usize,
}

/// An event that begins instances of a process.
#[derive(Debug, Clone)]
struct Start {
    model: Rc<Definitions>,
    process: usize,
    entry: Entry,
    arm: Arm,
}

/// Something that waits for an event: an arm of an instance, or a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Catcher {
    Armed { sequence: u64, instance: usize, live: Id, index: usize },
    Start { start: usize, index: usize },
}

impl World {
    /// An interpreter without processes, its clock at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// One with a planted bug.
    pub fn with_quirk(quirk: Quirk) -> Self {
        World { shared: Shared::with_quirk(quirk), ..Self::default() }
    }

    /// Adds the executable processes of a file.
    ///
    /// # Errors
    /// The problems of the file.
    pub fn deploy(&mut self, xml: &str) -> Result<(), String> {
        let text = |problems: Vec<bpmn::Diagnostic>| {
            let errors = problems.iter().filter(|it| it.is_error());
            errors.map(|it| format!("{}: {} ({:?})", it.code, it.message, it.element_id)).collect::<Vec<_>>()
        };
        let document = bpmn::read(xml.as_bytes(), "model.bpmn").map_err(|it| text(it).join("\n"))?;
        let (mut model, mut problems) = bpmn::model(&document);
        problems.extend(bpmn::rules::check(&model));
        let errors = text(problems);
        if !errors.is_empty() {
            return Err(errors.join("\n"));
        }
        do_global_tasks_where_they_are_called(&mut model);
        let model = Rc::new(model);
        for (process, definition) in model.processes.iter().enumerate().filter(|(_, it)| it.executable) {
            for entry in starts(definition) {
                self.add_start(&model, process, entry);
            }
        }
        self.models.push(model);
        Ok(())
    }

    fn add_start(&mut self, model: &Rc<Definitions>, process: usize, entry: Entry) {
        let node = match entry {
            Entry::Default => return,
            Entry::Event(node) | Entry::Behind { event: node, .. } | Entry::Partly { node, .. } => {
                &model.processes[process].nodes[node]
            }
        };
        let trigger = match &node.kind {
            FlowNodeKind::ReceiveTask { message_ref, .. } => EventTrigger::Message(*message_ref),
            kind => kind.trigger().cloned().unwrap_or_default(),
        };
        let (triggers, parallel) = match trigger {
            EventTrigger::Multiple { triggers, parallel } => (triggers, parallel),
            single => (vec![single], false),
        };
        let now = self.shared.now.get();
        let singles = triggers.into_iter().map(|trigger| {
            let due = match &trigger {
                EventTrigger::Timer(timer) => {
                    let text = timer.expression().map(|it| crate::Value::Text(it.text.clone()));
                    clock::due(timer, text, now)
                }
                _ => None,
            };
            Single { trigger, due, was_true: false, occurred: false }
        });
        let singles = singles.collect();
        let arm = Arm {
            sequence: self.shared.next(),
            rearmed_from: None,
            listens: true,
            role: Role::Own,
            singles,
            parallel,
            interrupting: false,
        };
        self.starts.push(Start { model: Rc::clone(model), process, entry, arm });
    }

    /// Does what the stimulus says, and everything that follows from it until nothing can move.
    pub fn apply(&mut self, stimulus: &Stimulus) -> Outcome {
        self.deliveries = 0;
        let refusal = match stimulus {
            Stimulus::Start { process, variables } => self.start(process, variables),
            Stimulus::Complete { element_id, nth, variables } => {
                self.at_job(element_id, *nth, &|instance, id| instance.complete_job(id, variables))
            }
            Stimulus::Error { element_id, nth, code } => {
                self.at_job(element_id, *nth, &|instance, id| instance.throw_error(id, code))
            }
            Stimulus::Message { name } => {
                self.publish(name);
                None
            }
            Stimulus::Signal { name } => {
                self.broadcast(name, None);
                None
            }
            Stimulus::Conditions { variables } => {
                self.look_at_starts(variables);
                None
            }
            Stimulus::Advance { ms } => {
                self.advance(*ms);
                None
            }
            Stimulus::SetVariables { variables } => {
                self.at_oldest(&|instance| instance.set_root_variables(variables))
            }
            Stimulus::Cancel => self.at_oldest(&|instance| instance.end(State::Terminated)),
        };
        self.deliver();
        if self.deliveries > DELIVERIES || self.instances.iter().any(Instance::is_unbounded) {
            return Outcome::Unbounded;
        }
        refusal.map_or(Outcome::Done, Outcome::Refused)
    }

    /// What is to be seen now.
    pub fn observe(&self) -> Observation {
        let view = |instance: &Instance| InstanceView {
            process: instance.definition().id.clone(),
            state: instance.state,
            elements: instance.counted(),
            variables: instance.lives.get(&ROOT).map(|root| root.variables.clone()).unwrap_or_default(),
        };
        Observation { instances: self.instances.iter().map(view).collect() }
    }

    fn find_process(&self, id: &str) -> Option<(Rc<Definitions>, usize)> {
        self.models.iter().rev().find_map(|model| {
            let process = model.processes.iter().position(|it| it.id == id && it.executable)?;
            Some((Rc::clone(model), process))
        })
    }

    fn start(&mut self, process: &str, variables: &Variables) -> Option<String> {
        let Some((model, process)) = self.find_process(process) else {
            return Some(format!("there is no process `{process}`"));
        };
        if !can_be_created(&model.processes[process]) {
            return Some("the process has no none start event".to_owned());
        }
        self.create(model, process, Entry::Default, variables.clone(), None);
        None
    }

    fn create(
        &mut self,
        model: Rc<Definitions>,
        process: usize,
        entry: Entry,
        variables: Variables,
        caller: Option<(usize, Id)>,
    ) {
        let mut instance = Instance {
            shared: self.shared.clone(),
            model,
            process,
            caller,
            state: State::Active,
            lives: BTreeMap::new(),
            queue: VecDeque::new(),
            late: VecDeque::new(),
            waiting: Vec::new(),
            resets: BTreeMap::new(),
            counts: BTreeMap::new(),
            resume: VecDeque::new(),
            sends: Vec::new(),
            changed: false,
            moves: 0,
        };
        let root = Live {
            id: ROOT,
            node: None,
            parent: None,
            kind: Kind::Root,
            variables,
            arms: Vec::new(),
            records: Vec::new(),
            stuck: false,
            interrupted: false,
        };
        instance.lives.insert(ROOT, root);
        instance.begin(entry);
        self.instances.push(instance);
        self.step(self.instances.len() - 1);
    }

    /// Runs an instance until nothing in it can move; what leaves it is delivered later.
    fn step(&mut self, index: usize) {
        let instance = &mut self.instances[index];
        if instance.state == State::Active {
            instance.step();
        }
        let sends = std::mem::take(&mut instance.sends);
        self.outbox.extend(sends.into_iter().map(|send| (index, send)));
    }

    fn at_job(&mut self, element: &str, nth: usize, act: &dyn Fn(&mut Instance, Id)) -> Option<String> {
        let mut jobs = self.instances.iter().enumerate().flat_map(|(index, instance)| {
            let named = |live: &&Live| live.node.is_some_and(|node| instance.node(node).id == element);
            let jobs = instance.lives.values().filter(|live| live.is_job()).filter(named);
            jobs.map(|live| (index, live.id)).collect::<Vec<_>>()
        });
        let Some((index, id)) = jobs.nth(nth) else {
            return Some(format!("`{element}` does not wait {} times", nth + 1));
        };
        act(&mut self.instances[index], id);
        self.step(index);
        None
    }

    fn at_oldest(&mut self, act: &dyn Fn(&mut Instance)) -> Option<String> {
        let oldest = self.instances.iter().position(|it| it.state == State::Active && it.caller.is_none());
        let Some(index) = oldest else { return Some("no instance is active".to_owned()) };
        act(&mut self.instances[index]);
        self.step(index);
        None
    }

    /// Everything that waits for an event: arms in order of arming, then starts in order of deployment.
    fn catchers(&self, wanted: &dyn Fn(&Definitions, &Single) -> bool) -> Vec<Catcher> {
        let mut out = Vec::new();
        for (index, instance) in self.instances.iter().enumerate() {
            let found = instance.waiting_for(&|single| wanted(&instance.model, single));
            out.extend(found.into_iter().map(|(sequence, live, single)| Catcher::Armed {
                sequence,
                instance: index,
                live,
                index: single,
            }));
        }
        for (start, it) in self.starts.iter().enumerate() {
            for (index, single) in it.arm.singles.iter().enumerate() {
                if !single.occurred && wanted(&it.model, single) {
                    out.push(Catcher::Start { start, index });
                }
            }
        }
        out.sort_unstable();
        out
    }

    fn occur(&mut self, catcher: Catcher) {
        match catcher {
            Catcher::Armed { sequence, instance, live, index } => {
                let Some(arm) = self.instances[instance].find_arm(live, sequence) else { return };
                if arm.singles[index].occurred {
                    return;
                }
                self.instances[instance].occur(live, sequence, index);
                self.step(instance);
                // What stays armed takes further messages that were kept.
                self.instances[instance].ask_for_messages(live, sequence);
                self.step(instance);
            }
            Catcher::Start { start, index } => self.begin(start, index, Variables::new()),
        }
    }

    /// An instance begins with an event.
    fn begin(&mut self, start: usize, index: usize, variables: Variables) {
        let any = self.shared.quirk == Some(Quirk::ParallelMultipleAny);
        let it = &self.starts[start];
        let (model, process) = (Rc::clone(&it.model), it.process);
        let entry = match it.entry {
            // The instance begins with the first of the events, and waits for the others.
            Entry::Event(node) if it.arm.parallel && !any => Entry::Partly { node, index },
            entry => entry,
        };
        self.create(model, process, entry, variables, None);
    }

    /// An instance begins at each start event with a condition that is true.
    fn look_at_starts(&mut self, variables: &Variables) {
        let mut found = Vec::new();
        for (start, it) in self.starts.iter().enumerate() {
            let holds = |single: &Single| {
                let EventTrigger::Conditional(Some(condition)) = &single.trigger else { return false };
                let variable = |name: &str| variables.get(name).cloned();
                crate::expression::evaluate(&condition.text, &variable) == crate::Value::Bool(true)
            };
            found.extend(it.arm.singles.iter().position(holds).map(|index| (start, index)));
        }
        for (start, index) in found {
            self.begin(start, index, variables.clone());
        }
    }

    /// A message reaches one catcher, or begins one instance, or is kept. What a step sends and what it arms take their
    /// turns in the order of the step: what was armed after this message was sent finds it among those that are kept.
    fn publish(&mut self, name: &str) {
        let mut found = self.catchers(&|model, single| waits_for_message(model, single, name));
        found.retain(|catcher| match catcher {
            Catcher::Armed { sequence, instance, live, .. } => {
                self.instances[*instance].find_arm(*live, *sequence).is_some_and(|arm| arm.listens)
            }
            Catcher::Start { .. } => true,
        });
        if found.is_empty() {
            self.messages.push((name.to_owned(), self.shared.now.get() + MESSAGE_KEPT_MS));
        }
        let all = self.shared.quirk == Some(Quirk::MessageBroadcast);
        for catcher in found.into_iter().take(if all { usize::MAX } else { 1 }) {
            self.occur(catcher);
        }
    }

    /// A signal reaches everything that waits for it now, and is not kept.
    /// The instance that threw it has had it already.
    fn broadcast(&mut self, name: &str, thrower: Option<usize>) {
        let waits = |model: &Definitions, single: &Single| waits_for_signal(model, single, name);
        let first = self.shared.quirk == Some(Quirk::SignalToFirst);
        for catcher in self.catchers(&waits).into_iter().take(if first { 1 } else { usize::MAX }) {
            let own = matches!(&catcher, Catcher::Armed { instance, .. } if Some(*instance) == thrower);
            if !own {
                self.occur(catcher);
            }
        }
    }

    fn advance(&mut self, ms: u64) {
        let end = self.shared.now.get() + ms;
        while self.shared.now.get() < end {
            self.shared.now.set((self.shared.now.get() + TICK_MS).min(end));
            let now = self.shared.now.get();
            self.messages.retain(|(_, until)| *until > now);
            while let Some(catcher) = self.next_due(now) {
                self.occur(catcher);
                self.deliver();
                if self.deliveries > DELIVERIES {
                    return;
                }
            }
        }
    }

    /// The timer that is due next, in order of due time, then of instances, then of arming; it is set to its next due time.
    fn next_due(&mut self, now: u64) -> Option<Catcher> {
        let due = |single: &Single| single.due.is_some_and(|due| due.at <= now);
        let found = self.catchers(&|_, single| due(single));
        let first = found.into_iter().min_by_key(|catcher| match catcher {
            Catcher::Armed { sequence, instance, live, index } => {
                let arm = self.instances[*instance].find_arm(*live, *sequence);
                let due = arm.and_then(|arm| arm.singles[*index].due);
                let order = due.and_then(|due| due.again).unwrap_or(*sequence);
                (due.map(|due| due.at), *instance, order)
            }
            Catcher::Start { start, index } => {
                let arm = &self.starts[*start].arm;
                let due = arm.singles[*index].due;
                let order = due.and_then(|due| due.again).unwrap_or(arm.sequence);
                (due.map(|due| due.at), usize::MAX, order)
            }
        })?;
        let once = self.shared.quirk == Some(Quirk::CycleFiresOnce);
        let again = Some(self.shared.next());
        let arm = match first {
            Catcher::Armed { sequence, instance, live, .. } => {
                let live = self.instances[instance].lives.get_mut(&live)?;
                live.arms.iter_mut().find(|arm| arm.sequence == sequence)?
            }
            Catcher::Start { start, .. } => &mut self.starts[start].arm,
        };
        let (Catcher::Armed { index, .. } | Catcher::Start { index, .. }) = first;
        let single = &mut arm.singles[index];
        single.due = single.due.and_then(|due| {
            let left = due.left.map(|left| left.saturating_sub(1));
            (left != Some(0) && due.every > 0 && !once).then_some(state::Due {
                at: due.at + due.every,
                left,
                again,
                ..due
            })
        });
        Some(first)
    }

    /// Delivers what left the instances, in that order.
    fn deliver(&mut self) {
        while let Some((from, send)) = self.outbox.pop_front() {
            self.deliveries += 1;
            if self.deliveries > DELIVERIES {
                self.outbox.clear();
                return;
            }
            let caller = self.instances[from].caller;
            match send {
                Send::Message(name) => self.publish(&name),
                Send::Signal(name) => self.broadcast(&name, Some(from)),
                Send::Armed { live, sequence } => self.give_kept(from, live, sequence),
                Send::Call { live, process, variables } => self.call(from, live, &process, variables),
                Send::CancelCalled { live } => {
                    let called = self.instances.iter().position(|it| it.caller == Some((from, live)));
                    if let Some(index) = called.filter(|it| self.instances[*it].state == State::Active) {
                        self.instances[index].end(State::Terminated);
                        self.step(index);
                    }
                }
                Send::Returned { variables } => {
                    self.at_caller(caller, &|instance, id| instance.called_ended(id, &variables));
                }
                Send::Failed { thrower, code } => self.called_failed(from, thrower, &code),
                Send::Escalated { code } => {
                    self.at_caller(caller, &|instance, id| instance.throw_escalation(id, &code));
                }
            }
        }
    }

    /// An error that a called instance does not catch: the first of its callers that does takes it, else the thrower is
    /// stuck.
    fn called_failed(&mut self, from: usize, thrower: Id, code: &str) {
        if !self.instances[from].lives.contains_key(&thrower) {
            return;
        }
        let mut caller = self.instances[from].caller;
        while let Some((index, id)) = caller {
            if !self.instances[index].lives.contains_key(&id) {
                return;
            }
            if self.instances[index].catches_error(id, code) {
                self.instances[index].throw_error(id, code);
                return self.step(index);
            }
            caller = self.instances[index].caller;
        }
        self.instances[from].get_stuck(thrower);
    }

    fn at_caller(&mut self, caller: Option<(usize, Id)>, act: &dyn Fn(&mut Instance, Id)) {
        let Some((index, id)) = caller else { return };
        if self.instances[index].lives.contains_key(&id) {
            act(&mut self.instances[index], id);
            self.step(index);
        }
    }

    /// Something waits for a message: the oldest that was kept.
    fn give_kept(&mut self, instance: usize, live: Id, mut sequence: u64) {
        if let Some(arm) = self.instances[instance].find_arm_mut(live, sequence) {
            arm.listens = true;
        }
        // What stays armed takes all that were kept, before what was armed after it.
        loop {
            let Some(arm) = self.instances[instance].find_arm(live, sequence) else { return };
            let model = &self.instances[instance].model;
            let found = self.messages.iter().enumerate().find_map(|(at, (name, _))| {
                let mut singles = arm.singles.iter();
                let index = singles.position(|it| !it.occurred && waits_for_message(model, it, name))?;
                Some((at, index))
            });
            let Some((at, index)) = found else { return };
            self.messages.remove(at);
            self.occur(Catcher::Armed { sequence, instance, live, index });
            if let Some(next) = self.instances[instance].rearmed(live, sequence) {
                sequence = next;
            }
        }
    }

    fn call(&mut self, from: usize, live: Id, process: &str, variables: Variables) {
        // A caller that ended meanwhile cancels what it called, after it began.
        match self.find_process(process).filter(|(model, it)| can_be_created(&model.processes[*it])) {
            Some((model, process)) => {
                self.create(model, process, Entry::Default, variables, Some((from, live)))
            }
            None => self.instances[from].get_stuck(live),
        }
    }
}

impl Subject for World {
    fn deploy(&mut self, xml: &str) -> Result<(), String> {
        World::deploy(self, xml)
    }

    fn apply(&mut self, stimulus: &Stimulus) -> Outcome {
        World::apply(self, stimulus)
    }

    fn observe(&self) -> Observation {
        World::observe(self)
    }
}

impl Inspect for World {
    fn remains(&self) -> Vec<Remains> {
        let remains = |instance: &Instance| {
            let left = |live: &Live| {
                let element_id = instance.node(live.node?).id.clone();
                Some(Left { key: live.id, parent: live.parent.unwrap_or(ROOT), element_id })
            };
            let token = |token: &state::Token| {
                let flow = token.flow.map(|flow| instance.flow(flow).id.clone());
                (token.scope, flow.unwrap_or_default())
            };
            Remains {
                called_by: instance.caller.map(|(caller, _)| caller),
                live: instance.lives.values().filter_map(left).collect(),
                tokens: instance.waiting.iter().map(token).collect(),
            }
        };
        self.instances.iter().map(remains).collect()
    }
}

pub(crate) fn waits_for_signal(model: &Definitions, single: &Single, name: &str) -> bool {
    let EventTrigger::Signal(Some(signal)) = single.trigger else { return false };
    model.signals[signal].name.as_ref().is_some_and(|it| it.text == name)
}

fn waits_for_message(model: &Definitions, single: &Single, name: &str) -> bool {
    let EventTrigger::Message(Some(message)) = single.trigger else { return false };
    model.messages[message].name.as_ref().is_some_and(|it| it.text == name)
}

/// A global task has nothing of its own but its work: the call activity is a task of its kind (13.3.2).
fn do_global_tasks_where_they_are_called(model: &mut Definitions) {
    let Definitions { processes, global_tasks, .. } = model;
    for node in processes.iter_mut().flat_map(|process| &mut process.nodes) {
        let FlowNodeKind::CallActivity { called_element: Some(called) } = &node.kind else { continue };
        if let Some(task) = global_tasks.iter().find(|task| task.id == *called) {
            node.kind = task.kind.clone();
        }
    }
}

/// True when an instance can be created without an event: at none start events, or where nothing leads to.
fn can_be_created(process: &Process) -> bool {
    let mut starts = process
        .nodes
        .iter()
        .filter(|it| it.parent.is_none())
        .filter_map(|it| match &it.kind {
            FlowNodeKind::StartEvent { trigger, .. } => Some(trigger),
            _ => None,
        })
        .peekable();
    match starts.peek() {
        None => process.nodes.iter().any(|it| it.parent.is_none() && run::begins_by_itself(it)),
        Some(_) => starts.any(|trigger| *trigger == EventTrigger::None),
    }
}

/// The events that begin instances of a process.
fn starts(process: &Process) -> Vec<Entry> {
    let mut out = Vec::new();
    for (index, node) in process.nodes.iter().enumerate().filter(|(_, it)| it.parent.is_none()) {
        match &node.kind {
            FlowNodeKind::StartEvent { trigger, .. } if *trigger != EventTrigger::None => {
                out.push(Entry::Event(index));
            }
            FlowNodeKind::ReceiveTask { instantiate: true, .. } => out.push(Entry::Event(index)),
            FlowNodeKind::EventBasedGateway { instantiate: true, .. } => {
                let targets = node.outgoing.iter().map(|flow| process.flows[*flow].target);
                out.extend(targets.map(|event| Entry::Behind { gateway: index, event }));
            }
            _ => {}
        }
    }
    out
}
