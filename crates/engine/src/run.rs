//! One step of a process instance: tokens in breadth-first order, the element life cycle, and the events that
//! come of it.
//!
//! | from | to | when |
//! |---|---|---|
//! | (nothing) | passed | the element never waits and maps nothing |
//! | (nothing) | activating | its input mappings or expressions come first, or failed (then with an incident) |
//! | (nothing), activating | active | they are evaluated; what it waits for is open |
//! | active | completing | an output mapping failed (with an incident) |
//! | active, completing | completed | its results are merged; its flows are taken |
//! | any | terminated | something interrupts it; its children ended before |

use crate::aggregate::{Env, Step};
use crate::catalog::Catalog;
use crate::compile::{Element, Node, NodeKind, Process};
use crate::elements;
use crate::expression::{Evaluator, Failure};
use crate::index::IndexChange;
use crate::instance::{ElementState, Instance};
use crate::limits;
use crate::variables::Base;
use record::event::Pending;
use record::{
    AggregateId, Command, Event, Key, KeyBlocks, Rejection, RejectionKind, Response, Str, Variables,
};
use std::collections::VecDeque;

/// A step under way.
pub(crate) struct Run<'a> {
    pub instance: &'a mut Instance,
    pub process: &'a Process,
    pub catalog: &'a Catalog,
    pub evaluator: Evaluator,
    pub now: i64,
    blocks: &'a mut KeyBlocks,
    sends: &'a mut u64,
    events: Vec<Event>,
    index: Vec<IndexChange>,
    queue: VecDeque<Token>,
    budget: u32,
    more: bool,
}

/// A token on its way.
#[derive(Debug, Clone, Copy)]
struct Token {
    at: At,
    scope: Key,
}

#[derive(Debug, Clone, Copy)]
enum At {
    Flow(usize),
    Node(usize),
}

impl<'a> Run<'a> {
    pub fn new(
        instance: &'a mut Instance,
        process: &'a Process,
        catalog: &'a Catalog,
        env: &'a mut Env<'_>,
    ) -> Self {
        Run {
            instance,
            process,
            catalog,
            evaluator: Evaluator {
                env: feel::Env { now: env.now, seed: env.seed, ..feel::Env::default() },
                fuel: feel::Fuel::new(limits::STEP_FUEL),
            },
            now: env.now,
            blocks: env.blocks,
            sends: env.sends,
            events: Vec::with_capacity(8),
            index: Vec::new(),
            queue: VecDeque::new(),
            budget: limits::MAX_TRANSITIONS,
            more: false,
        }
    }

    /// Carries a command out up to the point where tokens move.
    pub fn command(&mut self, command: &Command) -> Result<Response, Rejection> {
        match command {
            Command::CancelProcessInstance {} => {
                elements::process::cancel(self);
                Ok(Response::Done {})
            }
            Command::SetVariables { scope, variables, local } => {
                self.set_variables(*scope, variables, *local)
            }
            Command::ResolveIncident { incident } => self.resolve_incident(*incident),
            Command::TriggerTimer { timer } => self.trigger_timer(*timer),
            Command::CorrelateSubscription { subscription, message, variables } => {
                self.correlate(*subscription, *message, variables);
                Ok(Response::Done {})
            }
            Command::Continue {} => {
                self.take_up();
                Ok(Response::Done {})
            }
            Command::AssignUserTask { .. }
            | Command::UnassignUserTask { .. }
            | Command::UpdateUserTask { .. }
            | Command::CompleteUserTask { .. } => self.user_task_command(command),
            _ => self.job_command(command),
        }
    }

    /// Lets the tokens run and hands over what happened.
    pub fn finish(mut self, response: Response) -> Result<Step, Rejection> {
        self.run();
        debug_assert!(self.instance.elements.windows(2).all(|pair| pair[0].key < pair[1].key));
        Ok(Step { events: self.events, response, index: self.index, more: self.more })
    }

    /// Records an event and applies it.
    pub fn emit(&mut self, event: Event) {
        self.instance.apply(&event, &mut self.index);
        self.events.push(event);
    }

    /// Records the event that brought the instance about, which is applied already.
    pub fn born(&mut self, event: Event) {
        self.events.push(event);
    }

    /// A new key of this instance.
    pub fn key(&mut self) -> Key {
        let next = Key(self.instance.last_key.0 + 1);
        if next.block() == self.instance.last_key.block() {
            return next;
        }
        let block = self.blocks.take();
        self.emit(Event::KeyBlockAssigned { block });
        Key(block.0 + 1)
    }

    /// A command to another aggregate, on its way as soon as this step is durable.
    pub fn send(&mut self, target: AggregateId, command: Command) {
        let sequence = *self.sends;
        *self.sends += 1;
        self.emit(Event::CommandSent { sequence, target, command: Box::new(command) });
    }

    /// The aggregate of a message.
    pub fn message(&self, name: &Str, correlation_key: &Str) -> AggregateId {
        AggregateId::Message {
            tenant: self.instance.tenant.clone(),
            name: name.clone(),
            correlation_key: correlation_key.clone(),
        }
    }

    /// The node of a live element instance; none for the process.
    pub fn node_of(&self, element: Key) -> Option<(usize, &'a Node)> {
        let process = self.process;
        process.node(self.instance.element(element)?.ordinal)
    }

    // ---- tokens

    fn run(&mut self) {
        while let Some(token) = self.queue.pop_front() {
            if self.budget == 0 {
                self.queue.push_front(token);
                return self.put_off();
            }
            self.budget -= 1;
            if self.instance.is_live(token.scope) && !self.instance.ended {
                let node = match token.at {
                    At::Flow(flow) => self.process.flows[flow].target,
                    At::Node(node) => node,
                };
                elements::enter(self, node, token.scope);
            }
        }
    }

    fn put_off(&mut self) {
        let process = self.process;
        let pending = self
            .queue
            .drain(..)
            .map(|token| match token.at {
                At::Flow(flow) => {
                    Pending { ordinal: process.flows[flow].ordinal, scope: token.scope, element: false }
                }
                At::Node(node) => {
                    Pending { ordinal: process.nodes[node].ordinal, scope: token.scope, element: true }
                }
            })
            .collect();
        self.emit(Event::ContinuationScheduled { pending });
        self.more = true;
    }

    fn take_up(&mut self) {
        let pending = self.instance.pending.clone();
        self.emit(Event::ContinuationTaken {});
        for token in pending {
            match self.process.element(token.ordinal) {
                Some(Element::Flow(flow)) => {
                    self.queue.push_back(Token { at: At::Flow(flow), scope: token.scope })
                }
                Some(Element::Node(node)) => {
                    self.queue.push_back(Token { at: At::Node(node), scope: token.scope })
                }
                _ => {}
            }
        }
    }

    /// Puts a token before a node.
    pub fn start(&mut self, node: usize, scope: Key) {
        self.queue.push_back(Token { at: At::Node(node), scope });
    }

    /// Takes a sequence flow.
    pub fn take(&mut self, flow: usize, scope: Key) {
        let ordinal = self.process.flows[flow].ordinal;
        let target = &self.process.nodes[self.process.flows[flow].target];
        let waits = matches!(target.kind, NodeKind::ParallelGateway) && target.incoming.len() > 1;
        self.emit(Event::SequenceFlowTaken { ordinal, scope, waits });
        self.queue.push_back(Token { at: At::Flow(flow), scope });
    }

    /// Goes on behind a node: along all its flows, or the token ends here.
    pub fn leave(&mut self, node: usize, scope: Key) {
        let process = self.process;
        let outgoing = &process.nodes[node].outgoing;
        if outgoing.is_empty() {
            return self.complete_if_empty(scope);
        }
        for &flow in outgoing {
            self.take(flow, scope);
        }
    }

    /// Completes a scope in which nothing is left.
    pub fn complete_if_empty(&mut self, scope: Key) {
        let Some(element) = self.instance.element(scope) else { return };
        let busy = element.children > 0
            || element.state != ElementState::Active
            || self.instance.waiting.iter().any(|(other, _)| *other == scope)
            || self.queue.iter().any(|token| token.scope == scope)
            || self.instance.pending.iter().any(|token| token.scope == scope);
        if busy {
            return;
        }
        if scope == self.instance.key {
            elements::process::complete(self);
        } else {
            self.complete(scope);
        }
    }

    // ---- the life of an element instance

    /// A token goes through: the element is activated and completed in one.
    pub fn pass(&mut self, node: usize, key: Key, scope: Key) {
        let ordinal = self.process.nodes[node].ordinal;
        if self.instance.is_live(key) {
            self.emit(Event::ElementActivated { key, ordinal, scope });
            self.emit(Event::ElementCompleted { key });
        } else {
            self.emit(Event::ElementPassed { key, ordinal, scope });
        }
    }

    /// Activates an element, or leaves it activating with an incident.
    pub fn activate(&mut self, node: usize, key: Key, scope: Key) {
        if let Err(failure) = elements::activate(self, node, key, scope) {
            let ordinal = self.process.nodes[node].ordinal;
            if !self.instance.is_live(key) {
                self.emit(Event::ElementActivating { key, ordinal, scope });
            }
            self.incident(key, ordinal, Key::NONE, failure);
        }
    }

    /// Evaluates the input mappings of an element that is about to be active. Returns the scope in which its
    /// expressions are to be evaluated.
    pub fn map_inputs(&mut self, node: &Node, key: Key, scope: Key) -> Result<Key, Failure> {
        if node.inputs.is_empty() {
            return Ok(if self.instance.is_live(key) { key } else { scope });
        }
        if !self.instance.is_live(key) {
            self.emit(Event::ElementActivating { key, ordinal: node.ordinal, scope });
        }
        let variables = self.map(&node.inputs, key, Base::New)?;
        self.set_local(key, variables);
        Ok(key)
    }

    /// Completes an element that brought variables with it.
    ///
    /// With output mappings they stay with the element and the mappings say what leaves it; without, all do.
    pub fn complete_with(&mut self, key: Key, variables: Variables) {
        let Some((_, node)) = self.node_of(key) else { return };
        if node.outputs.is_empty() {
            self.merge(key, variables);
        } else {
            self.set_local(key, variables);
        }
        self.complete(key);
    }

    /// Completes an element: output mappings, what it waited for, its flows.
    pub fn complete(&mut self, key: Key) {
        let Some((index, node)) = self.node_of(key) else { return };
        let Some(scope) = self.instance.element(key).map(|element| element.scope) else { return };
        if !node.outputs.is_empty() {
            match self.map(&node.outputs, key, Base::Outer) {
                Ok(variables) => self.merge(scope, variables),
                Err(failure) => {
                    self.emit(Event::ElementCompleting { key });
                    return self.incident(key, node.ordinal, Key::NONE, failure);
                }
            }
        }
        self.close(key);
        self.emit(Event::ElementCompleted { key });
        self.leave(index, scope);
    }

    /// Ends an element and everything in it. Its token is gone; the caller says what happens then.
    pub fn terminate(&mut self, key: Key) {
        self.terminate_children(key);
        self.close(key);
        self.emit(Event::ElementTerminated { key });
    }

    /// Ends everything in a scope, tokens on their way included.
    pub fn terminate_children(&mut self, scope: Key) {
        let children: Vec<Key> = self.instance.children(scope).map(|child| child.key).collect();
        for child in children.into_iter().rev() {
            self.terminate(child);
        }
        self.queue.retain(|token| token.scope != scope);
    }

    /// Takes away what an element waits for: its job, task, timers, subscriptions and incidents.
    fn close(&mut self, key: Key) {
        let instance = &*self.instance;
        let mut ends: Vec<Event> = Vec::new();
        for incident in instance.incidents.iter().filter(|incident| incident.element == key) {
            ends.push(Event::IncidentResolved { key: incident.key });
        }
        if let Some(job) = instance.element(key).map(|element| element.job).filter(|job| !job.is_none()) {
            ends.push(Event::JobCanceled { key: job });
        }
        for task in instance.tasks.iter().filter(|task| task.element == key) {
            ends.push(Event::UserTaskCanceled { key: task.key });
        }
        for timer in instance.timers.iter().filter(|timer| timer.element == key) {
            ends.push(Event::TimerCanceled { key: timer.key });
        }
        let subscriptions: Vec<Key> = instance
            .subscriptions
            .iter()
            .filter(|other| other.element == key)
            .map(|other| other.key)
            .collect();
        for end in ends {
            self.emit(end);
        }
        for subscription in subscriptions {
            self.close_subscription(subscription);
        }
    }

    // ---- incidents

    /// Records that a token is stuck.
    pub fn incident(&mut self, element: Key, ordinal: u32, job: Key, failure: Failure) {
        let key = self.key();
        self.emit(Event::IncidentCreated {
            key,
            element,
            ordinal,
            job,
            kind: failure.kind,
            message: Str::from(failure.message),
            cause: failure.cause,
        });
    }

    fn resolve_incident(&mut self, key: Key) -> Result<Response, Rejection> {
        let Some(incident) = crate::instance::find(&self.instance.incidents, key).cloned() else {
            let text =
                format!("Expected to resolve incident with key '{key}', but no such incident was found");
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        self.emit(Event::IncidentResolved { key });
        if let Some(job) = self.instance.job(incident.job).cloned() {
            if job.retries <= 0 {
                self.emit(Event::JobUpdated { key: job.key, retries: 1, deadline: job.until });
            }
            self.emit(Event::JobRetried { key: job.key });
            return Ok(Response::Done {});
        }
        let Some(element) = self.instance.element(incident.element) else { return Ok(Response::Done {}) };
        let (state, scope) = (element.state, element.scope);
        match (state, self.node_of(incident.element)) {
            (ElementState::Activating, Some((node, _))) => self.activate(node, incident.element, scope),
            (ElementState::Completing, Some(_)) => self.complete(incident.element),
            (ElementState::Active, Some((node, _))) => elements::retry(self, node, incident.element),
            _ => {}
        }
        Ok(Response::Done {})
    }

    fn set_variables(
        &mut self,
        scope: Key,
        variables: &Variables,
        local: bool,
    ) -> Result<Response, Rejection> {
        if !self.instance.is_live(scope) {
            let text = format!(
                "Expected to update variables for element with key '{scope}', but no such element was found"
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        }
        if local {
            self.set_local(scope, variables.clone());
        } else {
            self.merge(scope, variables.clone());
        }
        Ok(Response::Done {})
    }
}
