//! Messages of one name and correlation key: who waits for them, which wait themselves, and which process they
//! started.
//!
//! A message goes to each process id once: to one waiting instance of it, or to a new one. While an instance that
//! a message with this key started runs, no second one of the same process starts.

use crate::aggregate::{Env, Step, misdirected};
use crate::catalog::Catalog;
use crate::chain;
use crate::index::{IndexChange, IndexEntry, Wake};
use crate::limits;
use crate::starts::Start;
use record::command::Origin;
use record::event::Chain;
use record::{AggregateId, Command, Event, Key, Rejection, RejectionKind, Response, Str, Variables};

record::message! {
    /// A waiting instance.
    pub struct Waiting {
        /// The subscription.
        1 key: Key,
        /// The instance.
        2 instance: Key,
        /// BPMN id of its process.
        3 process_id: Str,
        /// Closes with the first message.
        4 interrupting: bool,
        /// The message on its way to it.
        5 correlating: Key,
    }
}

record::message! {
    /// A message that waits.
    pub struct Buffered {
        /// Its key.
        1 key: Key,
        /// Blocks a second one of this id while it waits.
        2 message_id: Str,
        /// Its variables.
        3 variables: Variables,
        /// Until when it waits, milliseconds since 1970.
        4 expires: i64,
        /// BPMN ids of the processes that have it.
        5 taken_by: Vec<Str>,
        /// What led to it.
        6 chain: Chain,
    }
}

record::message! {
    /// Subscriptions and messages of one name and key.
    pub struct MessageState {
        /// Waiting instances, oldest first.
        1 waiting: Vec<Waiting>,
        /// Waiting messages, oldest first.
        2 buffered: Vec<Buffered>,
        /// Processes that a message of this key started, with the running instance.
        3 started: Vec<(Str, Key)>,
    }
}

impl MessageState {
    /// True where nothing waits.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.buffered.is_empty() && self.started.is_empty()
    }

    /// Everything that the runtime's indexes hold for this aggregate.
    pub fn index(&self) -> Vec<IndexEntry> {
        self.buffered.iter().map(Buffered::entry).collect()
    }

    pub(crate) fn apply(&mut self, event: &Event, index: &mut Vec<IndexChange>) {
        match event {
            Event::MessagePublished { key, message_id, variables, expires, chain } => {
                let (key, expires, chain) = (*key, *expires, *chain);
                let (message_id, variables) = (message_id.clone(), variables.clone());
                let message = Buffered { key, message_id, variables, expires, taken_by: Vec::new(), chain };
                index.push(IndexChange::Add(message.entry()));
                self.buffered.push(message);
            }
            Event::MessageExpired { key } => {
                if let Some(at) = self.buffered.iter().position(|message| message.key == *key) {
                    index.push(IndexChange::Remove(self.buffered.remove(at).entry()));
                }
            }
            Event::InstanceSubscribed { subscription, instance, process_id, interrupting } => {
                self.waiting.push(Waiting {
                    key: *subscription,
                    instance: *instance,
                    process_id: process_id.clone(),
                    interrupting: *interrupting,
                    correlating: Key::NONE,
                });
            }
            Event::MessageCorrelating { message, subscription, process_id } => {
                self.take(*message, process_id);
                if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.key == *subscription) {
                    waiting.correlating = *message;
                }
            }
            Event::MessageCorrelated { subscription, .. } => {
                if let Some(at) = self.waiting.iter().position(|waiting| waiting.key == *subscription) {
                    if self.waiting[at].interrupting {
                        self.waiting.remove(at);
                    } else {
                        self.waiting[at].correlating = Key::NONE;
                    }
                }
            }
            Event::CorrelationRejected { message, subscription, process_id } => {
                self.waiting.retain(|waiting| waiting.key != *subscription);
                if let Some(message) = self.buffered.iter_mut().find(|other| other.key == *message) {
                    message.taken_by.retain(|other| other != process_id);
                }
            }
            Event::InstanceUnsubscribed { subscription } => {
                self.waiting.retain(|waiting| waiting.key != *subscription);
            }
            Event::InstanceStarted { message, process_id, instance } => {
                self.take(*message, process_id);
                self.started.push((process_id.clone(), *instance));
            }
            Event::StartReleased { process_id } => self.started.retain(|(other, _)| other != process_id),
            _ => {}
        }
    }

    fn take(&mut self, message: Key, process_id: &Str) {
        if let Some(message) = self.buffered.iter_mut().find(|other| other.key == message) {
            message.taken_by.push(process_id.clone());
        }
    }

    pub(crate) fn step(
        &mut self,
        name: &Str,
        correlation_key: &Str,
        catalog: &Catalog,
        command: &Command,
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        let mut run = Messages {
            state: self,
            name,
            correlation_key,
            catalog,
            env,
            events: Vec::new(),
            index: Vec::new(),
            wish: Chain::default(),
        };
        let response = run.command(command)?;
        Ok(Step { events: run.events, response, index: run.index, more: false })
    }
}

impl Buffered {
    fn entry(&self) -> IndexEntry {
        IndexEntry::Due { at: self.expires, wake: Wake::MessageExpiry(self.key) }
    }
}

struct Messages<'a, 'e> {
    state: &'a mut MessageState,
    name: &'a Str,
    correlation_key: &'a Str,
    catalog: &'a Catalog,
    env: &'a mut Env<'e>,
    events: Vec<Event>,
    index: Vec<IndexChange>,
    /// What led to a subscription that this step opens.
    wish: Chain,
}

impl Messages<'_, '_> {
    fn command(&mut self, command: &Command) -> Result<Response, Rejection> {
        match command {
            Command::PublishMessage { time_to_live, message_id, variables } => {
                return self.publish(*time_to_live, message_id, variables);
            }
            Command::CorrelateMessage { variables } => return self.correlate_now(variables),
            Command::OpenSubscription { instance, subscription, process_id, interrupting } => {
                self.emit(Event::InstanceSubscribed {
                    subscription: *subscription,
                    instance: *instance,
                    process_id: process_id.clone(),
                    interrupting: *interrupting,
                });
                self.wish = self.env.chain;
                self.serve();
            }
            Command::CloseSubscription { subscription } => self.close(*subscription),
            Command::AcceptCorrelation { subscription, message } => {
                self.emit(Event::MessageCorrelated { message: *message, subscription: *subscription });
                self.settle(*message);
                self.serve();
            }
            Command::ExpireMessage { message } => {
                if !self.state.buffered.iter().any(|other| other.key == *message) {
                    let text = format!("Expected to expire message with key '{message}', but it is gone");
                    return Err(Rejection::new(RejectionKind::NotFound, text));
                }
                self.emit(Event::MessageExpired { key: *message });
            }
            Command::ReleaseStart { process_id, .. } => {
                self.emit(Event::StartReleased { process_id: process_id.clone() });
                self.serve();
            }
            other => return Err(misdirected(other)),
        }
        Ok(Response::Done {})
    }

    /// Closed before the message on its way arrived: the message may go elsewhere. (An instance that took it says
    /// so before it closes.)
    fn close(&mut self, subscription: Key) {
        let waiting = self.state.waiting.iter().find(|waiting| waiting.key == subscription).cloned();
        match waiting.filter(|waiting| !waiting.correlating.is_none()) {
            Some(Waiting { correlating: message, process_id, .. }) => {
                self.emit(Event::CorrelationRejected { message, subscription, process_id });
                self.serve();
            }
            None => self.emit(Event::InstanceUnsubscribed { subscription }),
        }
    }

    fn emit(&mut self, event: Event) {
        self.state.apply(&event, &mut self.index);
        self.events.push(event);
    }

    fn send(&mut self, target: AggregateId, command: Command, chain: Chain) {
        let sequence = *self.env.sends;
        *self.env.sends += 1;
        self.events.push(Event::CommandSent { sequence, target, command: Box::new(command), chain });
    }

    /// What led to the delivery of a message: its publication and, where that is why it goes on now, the wish for it.
    /// Those who take it one after the other do not lead to one another.
    fn chain_of(&self, message: &Buffered) -> Chain {
        let hops = message.chain.hops.max(self.wish.hops);
        chain::sent(Chain { hops, starts: message.chain.starts })
    }

    fn publish(
        &mut self,
        time_to_live: i64,
        message_id: &Str,
        variables: &Variables,
    ) -> Result<Response, Rejection> {
        if !message_id.is_empty() && self.state.buffered.iter().any(|other| other.message_id == *message_id) {
            let text = format!(
                "Expected to publish a new message with id '{message_id}', but a message with that id was already published"
            );
            return Err(Rejection::new(RejectionKind::AlreadyExists, text));
        }
        let key = self.env.blocks.take();
        let time_to_live = time_to_live.clamp(0, limits::MAX_SPAN_MS);
        let expires = self.env.now + time_to_live;
        let (message_id, variables) = (message_id.clone(), variables.clone());
        let chain = self.env.chain;
        self.emit(Event::MessagePublished { key, message_id, variables, expires, chain });
        self.serve();
        if time_to_live == 0 {
            self.expire(key);
        }
        Ok(Response::Published { key })
    }

    /// Correlates at once or not at all; nothing is buffered.
    fn correlate_now(&mut self, variables: &Variables) -> Result<Response, Rejection> {
        let waits = self.state.waiting.iter().any(|waiting| waiting.correlating.is_none());
        if !waits && self.startable().is_empty() {
            let text = format!(
                "Expected to find subscription for message with name '{}' and correlation key '{}', but none was found.",
                self.name, self.correlation_key
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        }
        let key = self.env.blocks.take();
        let (expires, variables, chain) = (self.env.now, variables.clone(), self.env.chain);
        let message_id = Str::from("");
        self.emit(Event::MessagePublished { key, message_id, variables, expires, chain });
        self.serve();
        self.expire(key);
        let taken = self.events.iter().find_map(|event| match event {
            Event::MessageCorrelating { message, subscription, .. } if *message == key => self
                .state
                .waiting
                .iter()
                .find(|waiting| waiting.key == *subscription)
                .map(|waiting| waiting.instance),
            Event::InstanceStarted { message, instance, .. } if *message == key => Some(*instance),
            _ => None,
        });
        Ok(Response::Correlated { key, instance: taken.unwrap_or(Key::NONE) })
    }

    /// Gives waiting messages to whoever may have them, oldest first on both sides.
    fn serve(&mut self) {
        let messages: Vec<Key> = self.state.buffered.iter().map(|message| message.key).collect();
        for message in messages {
            // An instance that waits takes it before another one is begun.
            self.serve_waiting(message);
            if !(self.correlation_key.is_empty() && self.is_taken(message)) {
                self.start_instances(message);
            }
        }
    }

    /// A message need not wait any longer.
    fn expire(&mut self, key: Key) {
        if self.state.buffered.iter().any(|message| message.key == key) {
            self.emit(Event::MessageExpired { key });
        }
    }

    fn is_taken(&self, key: Key) -> bool {
        self.state.buffered.iter().any(|message| message.key == key && !message.taken_by.is_empty())
    }

    /// A message without a key is for one instance only: plain BPMN delivers it by its name alone.
    fn serve_waiting(&mut self, key: Key) {
        while !(self.correlation_key.is_empty() && self.is_taken(key)) {
            let Some(message) = self.state.buffered.iter().find(|message| message.key == key) else { return };
            // One that takes several messages takes them one after the other, in their order.
            let next = self.state.waiting.iter().find(|waiting| {
                (waiting.correlating.is_none() || !waiting.interrupting)
                    && !message.taken_by.contains(&waiting.process_id)
            });
            let Some(waiting) = next.filter(|waiting| waiting.correlating.is_none()).cloned() else { return };
            let (variables, chain) = (message.variables.clone(), self.chain_of(message));
            let (subscription, process_id) = (waiting.key, waiting.process_id);
            self.emit(Event::MessageCorrelating { message: key, subscription, process_id });
            let command = Command::CorrelateSubscription { subscription, message: key, variables };
            self.send(AggregateId::from(waiting.instance), command, chain);
        }
    }

    /// Processes that this key may start now, with their start events.
    fn startable(&self) -> Vec<Start> {
        self.catalog
            .message_starts(self.env.tenant, self.name)
            .into_iter()
            .filter(|start| {
                self.correlation_key.is_empty()
                    || !self.state.started.iter().any(|(other, _)| *other == start.process_id)
            })
            .collect()
    }

    fn start_instances(&mut self, key: Key) {
        for Start { definition, process_id, event: start_event, part } in self.startable() {
            let Some(message) = self.state.buffered.iter().find(|message| message.key == key) else { return };
            if message.taken_by.contains(&process_id) {
                continue;
            }
            let (variables, chain) = (message.variables.clone(), chain::started(self.chain_of(message)));
            let instance = self.env.blocks.take();
            let origin = Origin {
                start_event,
                message_name: self.name.clone(),
                correlation_key: self.correlation_key.clone(),
                message: key,
                part,
                starts: chain.starts,
                ..Origin::default()
            };
            self.emit(Event::InstanceStarted { message: key, process_id, instance });
            if self.correlation_key.is_empty() {
                let process_id =
                    self.state.started.last().map(|(id, _)| id.clone()).unwrap_or_else(|| Str::from(""));
                self.emit(Event::StartReleased { process_id });
            }
            let command = Command::CreateProcessInstance {
                definition,
                process_id: Str::from(""),
                version: 0,
                variables,
                start: Vec::new(),
                origin: Some(origin),
                business_id: Str::from(""),
                tags: Vec::new(),
            };
            self.send(AggregateId::from(instance), command, chain);
        }
        self.settle(key);
    }

    /// A message that nobody else can have goes, unless its id blocks another one until its time is over.
    fn settle(&mut self, key: Key) {
        let blocks = |message: &Buffered| message.key == key && !message.message_id.is_empty();
        if self.correlation_key.is_empty() && self.is_taken(key) && !self.state.buffered.iter().any(blocks) {
            self.expire(key);
        }
    }
}
