//! Signals of one name: who waits for them. A broadcast reaches everyone who waits now, and starts the processes
//! that start with it; it is not kept.

use crate::aggregate::{Env, Step, misdirected};
use crate::catalog::Catalog;
use crate::chain;
use record::command::Origin;
use record::event::Chain;
use record::{AggregateId, Command, Event, Key, Rejection, Response, Str, Variables};

record::message! {
    /// Who waits for the signals of one name.
    pub struct SignalState {
        /// Subscription and instance, oldest first.
        1 waiting: Vec<(Key, Key)>,
    }
}

impl SignalState {
    /// True where nobody waits.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::SignalSubscribed { subscription, instance } => {
                self.waiting.push((*subscription, *instance));
            }
            Event::SignalUnsubscribed { subscription } => {
                self.waiting.retain(|(other, _)| other != subscription);
            }
            _ => {}
        }
    }

    pub(crate) fn step(
        &mut self,
        name: &Str,
        catalog: &Catalog,
        command: &Command,
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        let mut events = Vec::new();
        let response = match command {
            Command::SubscribeSignal { instance, subscription } => {
                let (instance, subscription) = (*instance, *subscription);
                events.push(Event::SignalSubscribed { subscription, instance });
                Response::Done {}
            }
            Command::UnsubscribeSignal { subscription } => {
                events.push(Event::SignalUnsubscribed { subscription: *subscription });
                Response::Done {}
            }
            Command::BroadcastSignal { variables, except } => {
                let key = env.blocks.take();
                events.push(Event::SignalBroadcast { key, variables: variables.clone() });
                self.broadcast(name, catalog, key, variables, *except, env, &mut events);
                Response::Broadcast { key }
            }
            other => return Err(misdirected(other)),
        };
        for event in &events {
            self.apply(event);
        }
        Ok(Step { events, response, index: Vec::new(), more: false })
    }

    #[allow(clippy::too_many_arguments)]
    fn broadcast(
        &self,
        name: &Str,
        catalog: &Catalog,
        key: Key,
        variables: &Variables,
        except: Key,
        env: &mut Env<'_>,
        events: &mut Vec<Event>,
    ) {
        let mut send = |target: AggregateId, command: Command, chain: Chain, sends: &mut u64| {
            let sequence = *sends;
            *sends += 1;
            events.push(Event::CommandSent { sequence, target, command: Box::new(command), chain });
        };
        let sent = chain::sent(env.chain);
        for (subscription, instance) in self.waiting.iter().filter(|(_, instance)| *instance != except) {
            let (subscription, variables) = (*subscription, variables.clone());
            let command = Command::CorrelateSubscription { subscription, message: key, variables };
            send(AggregateId::from(*instance), command, sent, env.sends);
        }
        let started = chain::started(sent);
        for (definition, start_event, part) in catalog.signal_starts(env.tenant, name) {
            let command = Command::CreateProcessInstance {
                definition,
                process_id: Str::from(""),
                version: 0,
                variables: variables.clone(),
                start: Vec::new(),
                origin: Some(Origin { start_event, part, starts: started.starts, ..Origin::default() }),
                business_id: Str::from(""),
                tags: Vec::new(),
            };
            let target = AggregateId::from(env.blocks.take());
            send(target, command, started, env.sends);
        }
    }
}
