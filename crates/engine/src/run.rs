//! One step of a process instance: tokens in breadth-first order, and the events that come of it. The life of a
//! single element instance is in [`crate::life`].

use crate::aggregate::{Env, Step};
use crate::catalog::Catalog;
use crate::chain;
use crate::compile::{Element, Node, Process};
use crate::elements;
use crate::expression::Evaluator;
use crate::index::IndexChange;
use crate::instance::{ElementState, Instance, Role};
use crate::invariants;
use crate::limits;
use record::event::{Chain, Pending};
use record::{
    AggregateId, Command, Event, Key, KeyBlocks, Rejection, RejectionKind, Response, Str, Variables,
};
use std::collections::VecDeque;

mod endless;

/// A step under way.
pub(crate) struct Run<'a> {
    pub instance: &'a mut Instance,
    pub process: &'a Process,
    pub catalog: &'a Catalog,
    pub evaluator: Evaluator,
    pub now: i64,
    pub blocks: &'a mut KeyBlocks,
    sends: &'a mut u64,
    events: Vec<Event>,
    index: Vec<IndexChange>,
    queue: VecDeque<Token>,
    /// Tokens before events that throw to whoever waits: they go when nothing else moves, so that all who wait in
    /// parallel do wait.
    throws: VecDeque<Token>,
    /// Something comes before all tokens: an armed condition, or the next handler of a compensation.
    pub urgent: bool,
    /// Compensations whose handler is done.
    pub compensating: VecDeque<Key>,
    /// Variables that changed since conditions were looked at: scope, name, and whether it is new.
    pub changed: Vec<(Key, Str, bool)>,
    /// Conditions that were opened and not looked at.
    pub armed: VecDeque<Key>,
    budget: u32,
    /// How many steps before this one ended at their budget, in a row.
    continuations: u32,
    /// What led to this step.
    pub chain: Chain,
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
        let chain = chain::of(env.chain, instance);
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
            // What most steps bring about, in a block that the allocator keeps at hand.
            events: Vec::with_capacity(7),
            index: Vec::with_capacity(4),
            queue: VecDeque::with_capacity(4),
            throws: VecDeque::new(),
            urgent: false,
            compensating: VecDeque::new(),
            changed: Vec::new(),
            armed: VecDeque::new(),
            budget: limits::MAX_TRANSITIONS,
            continuations: 0,
            chain,
            more: false,
        }
    }

    /// Carries a command out up to the point where tokens move.
    pub fn command(&mut self, command: &Command) -> Result<Response, Rejection> {
        if self.instance.suspended
            && let Some(response) = self.while_suspended(command)?
        {
            return Ok(response);
        }
        match command {
            Command::CancelProcessInstance {} => self.cancel()?,
            Command::CancelCalled {} => elements::process::cancel(self),
            Command::SetVariables { scope, variables, local } => {
                self.set_variables(*scope, variables, *local)?
            }
            Command::ResolveIncident { incident } => self.resolve_incident(*incident)?,
            Command::TriggerTimer { timer } => self.trigger_timer(*timer)?,
            Command::CorrelateSubscription { subscription, message, variables } => {
                self.correlate(*subscription, *message, variables)
            }
            Command::SettleDataStore { store } => self.settle_data_store(store),
            Command::Continue {} => self.take_up(),
            Command::ModifyProcessInstance { activate, terminate, moves } => {
                self.modify(activate, terminate, moves)?
            }
            Command::MigrateProcessInstance { definition, mappings } => {
                self.migrate(*definition, mappings)?
            }
            Command::SuspendProcessInstance {} => self.suspend()?,
            Command::ResumeProcessInstance {} => self.resume()?,
            Command::ActivateAdHoc { element, elements, cancel_remaining } => {
                elements::ad_hoc_sub_process::on_request(self, *element, elements, *cancel_remaining)?
            }
            Command::AddIteration { element, item } => self.add_iteration(*element, item)?,
            Command::RemoveIteration { element } => self.remove_iteration(*element)?,
            Command::CompleteCalled { .. }
            | Command::TerminateCalled { .. }
            | Command::PropagateError { .. }
            | Command::PropagateEscalation { .. }
            | Command::RejectError { .. } => elements::call_activity::answer(self, command),
            Command::AssignUserTask { .. }
            | Command::UnassignUserTask { .. }
            | Command::UpdateUserTask { .. }
            | Command::CompleteUserTask { .. } => return self.user_task_command(command),
            _ => return self.job_command(command),
        }
        Ok(Response::Done {})
    }

    /// Someone does not want the instance any more. A called instance ends with its caller.
    fn cancel(&mut self) -> Result<(), Rejection> {
        if self.ends_already() {
            let text = format!(
                "Expected to cancel a process instance with key '{}', but no such process was found",
                self.instance.key
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        }
        let parent = self.instance.origin.as_ref().map(|origin| origin.parent).filter(|key| !key.is_none());
        if let Some(parent) = parent {
            let text = format!(
                "Expected to cancel a process instance with key '{}', but it is created by a parent process instance. Cancel the root process instance '{}' instead.",
                self.instance.key,
                self.instance.origin.as_ref().map_or(parent, |origin| origin.root)
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        elements::process::cancel(self);
        Ok(())
    }

    /// Lets the tokens run and hands over what happened.
    pub fn finish(mut self, response: Response) -> Result<Step, Rejection> {
        if !self.instance.suspended {
            self.run();
        }
        invariants::check(self.instance, self.evaluator.env.seed);
        Ok(Step { events: self.events, response, index: self.index, more: self.more })
    }

    /// Records an event and applies it.
    pub fn emit(&mut self, event: Event) {
        if !self.instance.conditions.is_empty() {
            self.note_changes(&event);
        }
        self.instance.apply(&event, &mut self.index);
        self.events.push(event);
    }

    /// Conditions may see the variables that an event sets.
    #[cold]
    fn note_changes(&mut self, event: &Event) {
        let Event::VariablesSet { scope, variables } = event else { return };
        let known = self.instance.element(*scope).map_or(&[][..], |element| &element.variables);
        for (name, _) in variables {
            let new = !known.iter().any(|(other, _)| other == name);
            self.changed.push((*scope, name.clone(), new));
        }
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
        let chain = chain::sent(self.chain);
        self.emit(Event::CommandSent { sequence, target, command: Box::new(command), chain });
    }

    /// The aggregate of a message.
    pub fn message(&self, name: &Str, correlation_key: &Str) -> AggregateId {
        AggregateId::Message {
            tenant: self.instance.tenant.clone(),
            name: name.clone(),
            correlation_key: correlation_key.clone(),
        }
    }

    /// The aggregate of a signal.
    pub fn signal(&self, name: &Str) -> AggregateId {
        AggregateId::Signal { tenant: self.instance.tenant.clone(), name: name.clone() }
    }

    /// The node of a live element instance; none for the process.
    pub fn node_of(&self, element: Key) -> Option<(usize, &'a Node)> {
        let process = self.process;
        process.node(self.instance.element(element)?.ordinal)
    }

    /// What a live element instance stands for.
    pub fn role(&self, element: Key) -> Role {
        self.instance.element(element).map_or(Role::Plain, |element| element.role)
    }

    // ---- tokens

    fn run(&mut self) {
        loop {
            if self.urgent && !self.do_what_is_urgent() {
                return;
            }
            let (token, late) = match self.queue.pop_front() {
                Some(token) => (token, false),
                None if self.instance.ended => return,
                None => match self.throws.pop_front() {
                    Some(token) => (token, true),
                    None if self.at_rest() => continue,
                    None => return,
                },
            };
            if self.budget == 0 {
                self.queue.push_front(token);
                if self.continuations >= limits::MAX_CONTINUATIONS && !self.iterates() {
                    return self.give_up();
                }
                return self.put_off();
            }
            self.budget -= 1;
            if self.instance.is_live(token.scope) && !self.instance.ended {
                let node = match token.at {
                    At::Flow(flow) => self.process.flows[flow].target,
                    At::Node(node) => node,
                };
                if self.process.nodes[node].throws_to_waiting && !late {
                    self.throws.push_back(token);
                } else if let At::Flow(_) = token.at {
                    elements::enter(self, node, token.scope);
                } else {
                    elements::begin(self, node, token.scope);
                }
            }
        }
    }

    /// Looks at conditions that were just armed, and goes on with a compensation. False where the budget is used up.
    #[cold]
    fn do_what_is_urgent(&mut self) -> bool {
        self.look_at_armed_conditions();
        while let Some(key) = self.compensating.pop_front() {
            if self.budget == 0 {
                self.put_off();
                return false;
            }
            self.budget -= 1;
            self.next_handler(key);
            self.look_at_armed_conditions();
        }
        self.urgent = false;
        true
    }

    /// No token can move: a join may know now that nothing more comes, conditions may see what changed. False where
    /// nothing came of it.
    fn at_rest(&mut self) -> bool {
        let joins = !self.instance.waiting.is_empty() || !self.instance.resetting.is_empty();
        (joins && self.settle_joins()) || self.look_at_changes()
    }

    fn put_off(&mut self) {
        let process = self.process;
        let pending = self
            .queue
            .drain(..)
            .chain(self.throws.drain(..))
            .map(|token| match token.at {
                At::Flow(flow) => {
                    Pending { ordinal: process.flows[flow].ordinal, scope: token.scope, element: false }
                }
                At::Node(node) => {
                    Pending { ordinal: process.nodes[node].ordinal, scope: token.scope, element: true }
                }
            })
            .collect();
        // A loop that gets on has a limit of its own.
        let (count, chain) = match self.iterates() {
            true => (self.continuations.max(1), self.chain),
            false => (self.continuations + 1, chain::continued(self.chain)),
        };
        self.emit(Event::ContinuationScheduled { pending, count, chain });
        self.more = true;
    }

    fn take_up(&mut self) {
        self.continuations = self.instance.continuations;
        self.chain = self.instance.chain;
        let instance = &*self.instance;
        let between = instance.compensations.iter().filter(|it| !instance.is_live(it.handler));
        self.compensating = between.map(|it| it.key).collect();
        self.urgent = !self.compensating.is_empty();
        self.go_on_with_pending();
    }

    /// True where tokens of a scope are on their way.
    pub fn has_tokens(&self, scope: Key) -> bool {
        self.queue.iter().chain(&self.throws).any(|token| token.scope == scope)
            || self.instance.pending.iter().any(|token| token.scope == scope)
    }

    /// Puts the tokens of an earlier step that ended at its budget on their way again.
    pub fn go_on_with_pending(&mut self) {
        // Tokens that are held for listeners of the process go when those are done.
        let held = self.instance.continuations == 0;
        if held || self.instance.pending.is_empty() && self.compensating.is_empty() {
            return;
        }
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

    /// Puts a token before a node, ahead of all others: for iterations, which all begin before one of them goes on.
    pub fn start_first(&mut self, node: usize, scope: Key) {
        self.queue.push_front(Token { at: At::Node(node), scope });
    }

    /// Puts a token before a node, which begins with it: it waits for no other tokens.
    pub fn start(&mut self, node: usize, scope: Key) {
        self.queue.push_back(Token { at: At::Node(node), scope });
    }

    /// Takes a sequence flow.
    pub fn take(&mut self, flow: usize, scope: Key) {
        let ordinal = self.process.flows[flow].ordinal;
        let waits = self.process.nodes[self.process.flows[flow].target].collects;
        self.emit(Event::SequenceFlowTaken { ordinal, scope, waits });
        self.queue.push_back(Token { at: At::Flow(flow), scope });
    }

    /// Goes on behind a node: along all its flows, or the token ends here.
    pub fn leave(&mut self, node: usize, scope: Key) {
        let process = self.process;
        let model = &process.nodes[node];
        if model.ad_hoc && elements::ad_hoc_sub_process::is_fulfilled(self, scope) {
            return;
        }
        if model.outgoing.is_empty() {
            return self.complete_if_empty(scope);
        }
        for &flow in &model.outgoing {
            self.take(flow, scope);
        }
    }

    /// Tokens of a scope that are on their way are no more.
    pub fn drop_tokens(&mut self, scope: Key) {
        self.queue.retain(|token| token.scope != scope);
        self.throws.retain(|token| token.scope != scope);
    }

    /// Completes a scope in which nothing is left.
    pub fn complete_if_empty(&mut self, scope: Key) {
        let Some(element) = self.instance.element(scope).filter(|_| !self.instance.ended) else { return };
        let busy = element.children > 0
            || element.state != ElementState::Active
            || self.instance.waiting.iter().any(|(other, _)| *other == scope)
            || self.instance.resetting.iter().any(|gateway| gateway.scope == scope)
            || self.instance.compensations.iter().any(|it| it.thrower == scope || it.scope == scope)
            || self.has_tokens(scope);
        if busy {
            return;
        }
        if scope == self.instance.key {
            return elements::process::complete(self);
        }
        match element.role {
            // Their iterations and activities say when they are done.
            Role::Body => {}
            Role::Inner => self.complete(scope),
            Role::Plain | Role::Iteration => elements::scope_is_empty(self, scope),
        }
    }

    fn set_variables(&mut self, scope: Key, variables: &Variables, local: bool) -> Result<(), Rejection> {
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
        Ok(())
    }
}
