//! Commands that no client sent: deliveries of the outbox, continuations, wake-ups.

use super::execute::{Place, Sender};
use super::{Delivery, Node};
use crate::rows::DueRank;
use crate::slots::Condition;
use record::event::Chain;
use record::port::StateStore;
use record::{AggregateId, Command};

impl<S: StateStore, T> Node<S, T> {
    /// Delivers the next command of the outbox; false where there is none, or where it must wait.
    pub(super) fn deliver_next(&mut self) -> bool {
        let Some(front) = self.deliveries.front() else { return false };
        let waits = self.slots.find(&front.target).and_then(|at| self.slots.get(at));
        if waits.is_some_and(|slot| slot.condition == Condition::Rebuilding) {
            return false;
        }
        let Some(delivery) = self.deliveries.pop_front() else { return false };
        let Delivery { source, sequence, target, command, tenant, traceparent, chain, .. } = delivery;
        let mark = (target.owner(self.options.partitions), source);
        if self.delivered.get(&mark).is_some_and(|last| *last >= sequence) && !self.delivers_twice() {
            return true;
        }
        let sender = Sender {
            tenant,
            actor: self.engine_actor.clone(),
            request_id: self.no_text.clone(),
            traceparent,
            source: (source, sequence),
            chain,
        };
        let place = match (&target, &command) {
            (AggregateId::Instance { .. }, Command::CreateProcessInstance { .. }) => match self.load(&target)
            {
                Ok(Some(at)) => Ok(Place::Slot(at)),
                Ok(None) => Ok(Place::Slot(self.slots.insert(target, sender.tenant.clone()))),
                Err(error) => Err(self.unreadable(&error)),
            },
            _ => self.place_of(target, &sender.tenant),
        };
        // A refusal is logged like a success, so that the sender's partition need not try again.
        if let Ok(place) = place {
            let _refused = self.run_at(place, sender, command).is_err();
        }
        true
    }

    /// Goes on with the next step that was cut at its budget.
    pub(super) fn continue_next(&mut self) -> bool {
        let Some((_, id)) = self.continuations.front().cloned() else { return false };
        let Ok(Some(at)) = self.load(&id) else {
            self.continuations.pop_front();
            return true;
        };
        if self.slots.get(at).is_some_and(|slot| slot.condition == Condition::Rebuilding) {
            return false;
        }
        self.continuations.pop_front();
        let sender = self.engine_sender(at);
        let _refused = self.run_in_slot(at, &sender, Command::Continue {}).is_err();
        true
    }

    /// A wake-up is due. One that the aggregate no longer knows is refused, and that is all.
    pub(super) fn run_wake(&mut self, rank: DueRank, owner: AggregateId) {
        let Some(wake) = rank.wake() else { return };
        if let AggregateId::Catalog { tenant } = &owner {
            let sender = Sender { tenant: tenant.clone(), ..self.engine_sender(u32::MAX) };
            let _refused = self.run_catalog(&sender, wake.command()).is_err();
            return;
        }
        match self.load(&owner) {
            // A slot that is being rebuilt gets its wake-ups back afterwards.
            Ok(Some(at)) if self.slots.get(at).is_some_and(|slot| slot.condition == Condition::Sound) => {
                let sender = self.engine_sender(at);
                let _refused = self.run_in_slot(at, &sender, wake.command()).is_err();
            }
            Ok(_) => {}
            Err(error) => drop(self.store_failed(&error)),
        }
    }

    fn engine_sender(&self, at: u32) -> Sender {
        let slot = self.slots.get(at);
        let traceparent = slot.and_then(|slot| slot.aggregate.instance()).map(|i| i.traceparent.clone());
        Sender {
            tenant: slot.map_or_else(|| self.no_text.clone(), |slot| slot.tenant.clone()),
            actor: self.engine_actor.clone(),
            request_id: self.no_text.clone(),
            traceparent: traceparent.unwrap_or_else(|| self.no_text.clone()),
            source: (0, 0),
            chain: Chain::default(),
        }
    }
}
