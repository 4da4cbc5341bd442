//! One command on one aggregate: step, log, indexes, sends.

use super::running::definition_of;
use super::{Delivery, Node, Reply, Task};
use crate::idempotency::RequestKey;
use crate::request::{Request, Target};
use crate::rows;
use crate::slots::Condition;
use engine::{Aggregate, Env, Step};
use record::event::Chain;
use record::header::{Header, Payload};
use record::port::StateStore;
use record::{AggregateId, Command, Event, Key, Record, Rejection, RejectionKind, Response, Str};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Who asked for a command, and where it came from.
#[derive(Clone)]
pub(super) struct Sender {
    pub tenant: Str,
    pub actor: Str,
    pub request_id: Str,
    pub traceparent: Str,
    /// Partition and number in its outbox; 0 for a command that comes from none.
    pub source: (u16, u64),
    /// What led to it.
    pub chain: Chain,
}

/// A command that was refused, with what a record of it needs.
pub(super) struct Refused {
    id: AggregateId,
    command: Command,
    pub rejection: Rejection,
}

/// Where a command goes.
pub(super) enum Place {
    Slot(u32),
    Catalog,
    /// No aggregate has this id; the engine says what that means for the command.
    Absent(AggregateId),
}

impl<S: StateStore, T> Node<S, T> {
    /// Runs a client's command, or answers it with the first answer where it came before.
    pub(super) fn run_request(&mut self, request: Request, reply: Reply<T>) {
        if !request.request_id.is_empty()
            && let Some(first) = self.window.get(&RequestKey::of(&request))
            && !self.runs_twice()
        {
            let response = first.responses.first().cloned().unwrap_or(Response::Done {});
            return self.answer_again(response, reply);
        }
        let place = match self.place(&request) {
            Ok(place) => place,
            Err(rejection) => return self.answer(reply, Response::Rejected { rejection }),
        };
        if let Place::Slot(at) = place
            && self.slots.get(at).is_some_and(|slot| slot.condition == Condition::Rebuilding)
        {
            return self.parked.entry(at).or_default().push(Task::Command { request, reply });
        }
        let Request { tenant, actor, request_id, traceparent, command, .. } = request;
        let sender =
            Sender { tenant, actor, request_id, traceparent, source: (0, 0), chain: Chain::default() };
        let reply = self.await_end(&place, reply);
        match self.run_at(place, sender, command) {
            Ok(response) => self.answer(reply.0, response),
            Err(rejection) => {
                let unanswered = reply.1.and_then(|instance| self.awaiting.remove(&instance));
                let response = Response::Rejected { rejection };
                for waiting in unanswered.into_iter().flatten() {
                    self.answer(Reply::Answer(waiting.token), response.clone());
                }
                self.answer(reply.0, response);
            }
        }
    }

    /// Notes who waits for the end of the instance that is about to begin.
    fn await_end(&mut self, place: &Place, reply: Reply<T>) -> (Reply<T>, Option<Key>) {
        let (token, deadline) = match reply {
            Reply::End(token, deadline) => (token, deadline),
            other => return (other, None),
        };
        let instance = match place {
            Place::Slot(at) => self.slots.get(*at).map(|slot| rows::owner_key(&slot.id)),
            _ => None,
        };
        match instance {
            Some(instance) => {
                self.await_instance(instance, token, deadline);
                (Reply::Nobody, Some(instance))
            }
            None => (Reply::Answer(token), None),
        }
    }

    /// A repeated request: the first answer, or its instance's end where that was asked for.
    fn answer_again(&mut self, response: Response, reply: Reply<T>) {
        match (reply, &response) {
            (Reply::End(token, deadline), Response::Created { instance, .. }) => {
                let live = matches!(self.load(&AggregateId::from(*instance)), Ok(Some(at))
                    if self.slots.get(at).is_some_and(|slot| !slot.aggregate.is_gone()));
                if live {
                    return self.await_instance(*instance, token, deadline);
                }
                let text = format!(
                    "Instance {instance}, which the first request with this id created, has ended: read its \
                     variables from history"
                );
                let response = Response::rejected(RejectionKind::InvalidState, text);
                self.answer(Reply::Answer(token), response);
            }
            (Reply::End(token, _), _) => self.answer(Reply::Answer(token), response),
            (reply, _) => self.answer(reply, response),
        }
    }

    fn place(&mut self, request: &Request) -> Result<Place, Rejection> {
        let creates = matches!(request.command, Command::CreateProcessInstance { .. });
        if creates != matches!(request.target, Target::NewInstance) {
            let text = format!("Command {} does not go to this target", request.command.name());
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
        match &request.target {
            Target::NewInstance => {
                self.next_partition = self.next_partition % self.options.partitions + 1;
                let key = self.blocks[usize::from(self.next_partition) - 1].take();
                Ok(Place::Slot(self.slots.insert(AggregateId::from(key), request.tenant.clone())))
            }
            Target::Catalog => Ok(Place::Catalog),
            Target::Owner(key) => {
                let owner = self.owner(*key)?;
                self.place_of(owner.into(), &request.tenant)
            }
            Target::Aggregate(id) => match (self.place_of(id.clone(), &request.tenant)?, &request.command) {
                // An ended instance is gone from here; that it is to be forgotten is written all the same.
                (Place::Absent(id), Command::DeleteProcessInstance {}) => {
                    Ok(Place::Slot(self.slots.insert(id, request.tenant.clone())))
                }
                (place, _) => Ok(place),
            },
        }
    }

    /// The instance that owns a key.
    fn owner(&mut self, key: Key) -> Result<Key, Rejection> {
        let block = key.block();
        if self.slots.find_instance(block).is_some() {
            return Ok(block);
        }
        if let Some(owner) = self.block_owners.get(&block.0) {
            return Ok(*owner);
        }
        let row = self.store.get(&rows::block_key(block)).map_err(|error| self.unreadable(&error))?;
        Ok(row.and_then(|row| rows::value::<Key>(&row)).unwrap_or(block))
    }

    pub(super) fn unreadable(&mut self, error: &std::io::Error) -> Rejection {
        self.store_failed(error);
        self.unavailable()
    }

    pub(super) fn place_of(&mut self, id: AggregateId, tenant: &Str) -> Result<Place, Rejection> {
        match &id {
            AggregateId::Catalog { .. } => return Ok(Place::Catalog),
            AggregateId::Partition { partition } if !(1..=self.options.partitions).contains(partition) => {
                let text =
                    format!("There is no partition {partition}, only 1 to {}", self.options.partitions);
                return Err(Rejection::new(RejectionKind::NotFound, text));
            }
            _ => {}
        }
        let found = self.load(&id).map_err(|error| self.unreadable(&error))?;
        match (found, &id) {
            (Some(at), AggregateId::Instance { .. })
                if self.slots.get(at).is_some_and(|slot| slot.tenant != *tenant) =>
            {
                Ok(Place::Absent(id))
            }
            (Some(at), _) => Ok(Place::Slot(at)),
            (None, AggregateId::Instance { .. }) => Ok(Place::Absent(id)),
            (None, _) => Ok(Place::Slot(self.slots.insert(id, tenant.clone()))),
        }
    }

    /// The slot of an aggregate, read from the store where memory does not have it.
    pub(super) fn load(&mut self, id: &AggregateId) -> std::io::Result<Option<u32>> {
        if let Some(at) = self.slots.find(id) {
            return Ok(Some(at));
        }
        let Some(row) = self.store.get(&rows::aggregate_key(id))? else { return Ok(None) };
        let damaged = || std::io::Error::new(std::io::ErrorKind::InvalidData, format!("{id:?} is damaged"));
        let (lsn, tenant, state) = rows::read_aggregate(&row).ok_or_else(damaged)?;
        let aggregate = Aggregate::decode(state).map_err(|_| damaged())?;
        // Room is made before, lest the newcomer go at once.
        self.evict_some();
        let at = self.slots.insert(id.clone(), tenant);
        if let Some(slot) = self.slots.get_mut(at) {
            slot.stored = true;
            slot.last_lsn = lsn;
            slot.stored_index = aggregate.index();
            slot.aggregate = aggregate;
        }
        Ok(Some(at))
    }

    pub(super) fn run_at(
        &mut self,
        place: Place,
        sender: Sender,
        command: Command,
    ) -> Result<Response, Rejection> {
        let refused = match place {
            Place::Slot(at) => match self.run_in_slot(at, &sender, command) {
                Ok(response) => return Ok(response),
                Err(refused) => refused,
            },
            Place::Catalog => match self.run_catalog(&sender, command) {
                Ok(response) => return Ok(response),
                Err(refused) => refused,
            },
            Place::Absent(id) => self.run_absent(id, &sender, command),
        };
        let Refused { id, command, rejection } = *refused;
        // A repeated request must be refused again, and a delivered command must count as delivered.
        let keep = !sender.request_id.is_empty() || sender.source.0 > 0;
        if keep && self.poisoned.is_none() && rejection.kind != RejectionKind::Unavailable {
            let response = Some(Response::Rejected { rejection: rejection.clone() });
            self.log(&sender, id, command, Vec::new(), response, 0);
        }
        Err(rejection)
    }

    /// Runs a command in a slot.
    pub(super) fn run_in_slot(
        &mut self,
        at: u32,
        sender: &Sender,
        command: Command,
    ) -> Result<Response, Box<Refused>> {
        let seed = self.seed();
        let (now, partitions) = (self.time.now, self.options.partitions);
        let Some(slot) = self.slots.get_mut(at) else {
            return Err(refused(AggregateId::from(Key::NONE), command, gone()));
        };
        let id = slot.id.clone();
        if let Condition::Quarantined(reason) = &slot.condition {
            let text = format!("{} could not be replayed ({reason}) and takes no commands", describe(&id));
            return Err(refused(id, command, Rejection::new(RejectionKind::ProcessingError, text)));
        }
        let partition = id.owner(partitions);
        let place = usize::from(partition) - 1;
        let mut env = Env {
            now,
            seed,
            blocks: &mut self.blocks[place],
            sends: &mut self.sends[place],
            chain: sender.chain,
            tenant: &sender.tenant,
            traceparent: &sender.traceparent,
            partition,
            partitions,
        };
        let (aggregate, catalog) = (&mut slot.aggregate, &self.catalog);
        let before = definition_of(aggregate);
        let planned = Planned::of(&self.options, sender, seed);
        let result = catch_unwind(AssertUnwindSafe(|| {
            planned.before(aggregate);
            let result = engine::step(aggregate, &id, catalog, &command, &mut env);
            planned.after(aggregate, result.is_err());
            result
        }));
        match result {
            Ok(Ok(step)) => {
                let after = self.slots.get(at).and_then(|slot| definition_of(&slot.aggregate));
                self.running.changed(before, after);
                Ok(self.stepped(at, id, sender, command, step, seed))
            }
            Ok(Err(rejection)) => {
                self.drop_if_unborn(at);
                Err(refused(id, command, rejection))
            }
            Err(panic) => {
                let rejection = panicked(&command, &*panic);
                self.discarded += 1;
                self.lose(at);
                Err(refused(id, command, rejection))
            }
        }
    }

    /// What follows a step that went well.
    fn stepped(
        &mut self,
        at: u32,
        id: AggregateId,
        sender: &Sender,
        command: Command,
        step: Step,
        seed: u64,
    ) -> Response {
        let Step { events, response, index, more } = step;
        let pin = match &command {
            Command::PinClock { time } => Some(Some(*time)),
            Command::ResetClock {} => Some(None),
            _ => None,
        };
        let completed = events.iter().any(|event| matches!(event, Event::InstanceCompleted {}));
        let kept = (!sender.request_id.is_empty()).then(|| response.clone());
        let lsn = self.log(sender, id.clone(), command, events, kept, seed);
        self.slots.changed(at, lsn, self.time.wall);
        let tenant = self.slots.get(at).map_or_else(|| sender.tenant.clone(), |slot| slot.tenant.clone());
        self.change_index(&index, &tenant, &id);
        if more {
            self.continuations.push_back((lsn, id.clone()));
        }
        if let Some(pinned) = pin {
            self.time.pin(pinned);
        }
        if self.slots.get(at).is_some_and(|slot| slot.aggregate.is_gone()) {
            self.ended(at, &id, completed);
        }
        response
    }

    /// Appends a record to the batch and takes its sends over.
    pub(super) fn log(
        &mut self,
        sender: &Sender,
        id: AggregateId,
        command: Command,
        events: Vec<Event>,
        response: Option<Response>,
        seed: u64,
    ) -> u64 {
        let lsn = self.builder.next_lsn();
        let partition = id.owner(self.options.partitions).max(1);
        let header = Header {
            lsn,
            partition,
            epoch: self.builder.epoch(),
            time: self.time.now,
            tenant: sender.tenant.clone(),
            actor: sender.actor.clone(),
            request_id: sender.request_id.clone(),
            traceparent: sender.traceparent.clone(),
            source_partition: sender.source.0,
            source_sequence: sender.source.1,
        };
        if let (Some(response), false) = (&response, sender.request_id.is_empty()) {
            self.window.keep(RequestKey::of_header(&header), lsn, response.clone(), false);
        }
        if sender.source.0 > 0 {
            self.delivered.insert((partition, sender.source.0), sender.source.1);
        }
        let payload = Payload { aggregate: id, command, events, response, seed };
        self.builder.push(&header, &payload);
        for event in &payload.events {
            if let Event::CommandSent { sequence, target, command, chain } = event {
                let delivery = Delivery {
                    lsn,
                    source: partition,
                    sequence: *sequence,
                    target: target.clone(),
                    command: (**command).clone(),
                    tenant: header.tenant.clone(),
                    traceparent: header.traceparent.clone(),
                    chain: *chain,
                };
                if target.owner(self.options.partitions) == partition {
                    self.deliveries.push_back(delivery);
                } else {
                    self.departing.push_back(delivery);
                }
            }
        }
        if self.exporting {
            self.records.push(Arc::new(Record { header, payload: Some(payload) }));
        }
        lsn
    }

    pub(super) fn run_catalog(
        &mut self,
        sender: &Sender,
        command: Command,
    ) -> Result<Response, Box<Refused>> {
        let id = AggregateId::Catalog { tenant: sender.tenant.clone() };
        let command = self.informed(command);
        let seed = self.seed();
        let mut env = Env {
            now: self.time.now,
            seed,
            blocks: &mut self.blocks[0],
            sends: &mut self.sends[0],
            chain: sender.chain,
            tenant: &sender.tenant,
            traceparent: &sender.traceparent,
            partition: 1,
            partitions: self.options.partitions,
        };
        let catalog = &self.catalog;
        let result = catch_unwind(AssertUnwindSafe(|| catalog.step(&sender.tenant, &command, &mut env)));
        let step = match result {
            Ok(Ok(step)) => step,
            Ok(Err(rejection)) => return Err(refused(id, command, rejection)),
            Err(panic) => {
                let rejection = panicked(&command, &*panic);
                self.discarded += 1;
                return Err(refused(id, command, rejection));
            }
        };
        let mut index = Vec::new();
        let catalog = &mut self.catalog;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            for event in &step.events {
                catalog.apply(&sender.tenant, event, &mut index);
            }
        }));
        if let Err(panic) = applied {
            let rejection = panicked(&command, &*panic);
            self.poison(&format!("the catalog of definitions is in an unknown state: {}", rejection.reason));
            return Err(refused(id, command, self.unavailable()));
        }
        let kept = (!sender.request_id.is_empty()).then(|| step.response.clone());
        let lsn = self.log(sender, id.clone(), command, step.events, kept, seed);
        self.catalog_changed(lsn);
        self.change_index(&index, &sender.tenant, &id);
        Ok(step.response)
    }

    /// A command for an instance that does not exist: the engine words the refusal.
    fn run_absent(&mut self, id: AggregateId, sender: &Sender, command: Command) -> Box<Refused> {
        let seed = self.seed();
        let mut aggregate = Aggregate::default();
        let mut env = Env {
            now: self.time.now,
            seed,
            blocks: &mut self.blocks[0],
            sends: &mut self.sends[0],
            chain: sender.chain,
            tenant: &sender.tenant,
            traceparent: &sender.traceparent,
            partition: 1,
            partitions: self.options.partitions,
        };
        let catalog = &self.catalog;
        let result =
            catch_unwind(AssertUnwindSafe(|| engine::step(&mut aggregate, &id, catalog, &command, &mut env)));
        let rejection = match result {
            Ok(Err(rejection)) => rejection,
            Ok(Ok(_)) => gone(),
            Err(panic) => {
                self.discarded += 1;
                panicked(&command, &*panic)
            }
        };
        refused(id, command, rejection)
    }

    /// An aggregate has nothing left. An instance that the store never saw goes at once; anything else stays as
    /// an empty slot until the store knows, because a later look must not find the old row.
    fn ended(&mut self, at: u32, id: &AggregateId, completed: bool) {
        if let AggregateId::Instance { key } = id {
            if !self.awaiting.is_empty() {
                self.answer_end(at, *key, completed);
            }
            if self.slots.get(at).is_some_and(|slot| !slot.stored) {
                self.slots.remove(at);
                return;
            }
        }
        if let Some(slot) = self.slots.get_mut(at) {
            slot.aggregate = Aggregate::default();
        }
    }

    /// A refused command leaves no slot of an aggregate that never came to be.
    fn drop_if_unborn(&mut self, at: u32) {
        let unborn = self.slots.get(at).is_some_and(|slot| {
            slot.last_lsn == 0 && !slot.stored && !slot.writing && slot.aggregate.is_gone()
        });
        if unborn {
            self.slots.remove(at);
        }
    }

    /// After a panic nobody knows what the slot holds: it is read again from the disk, or was never there.
    fn lose(&mut self, at: u32) {
        let Some(slot) = self.slots.get_mut(at) else { return };
        slot.aggregate = Aggregate::default();
        if slot.last_lsn == 0 && !slot.stored {
            self.slots.remove(at);
        } else {
            slot.condition = Condition::Rebuilding;
            self.parked.entry(at).or_default();
        }
    }

    fn seed(&self) -> u64 {
        let mut z = self.options.seed ^ self.builder.next_lsn().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

fn refused(id: AggregateId, command: Command, rejection: Rejection) -> Box<Refused> {
    Box::new(Refused { id, command, rejection })
}

fn gone() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "What the command names is not there")
}

/// What a simulation wants to happen in a step; nothing in production.
#[cfg(feature = "planted-bugs")]
enum Planned {
    Nothing,
    Panic,
    Break,
}

#[cfg(feature = "planted-bugs")]
impl Planned {
    fn of(options: &crate::Options, sender: &Sender, seed: u64) -> Self {
        let client = sender.source.0 == 0 && &*sender.actor != super::ENGINE;
        match options.planted {
            Some(crate::Planted::StepPanics(percent)) if client && seed % 100 < percent => Planned::Panic,
            Some(crate::Planted::StepBreaks(percent)) if client && seed % 100 < percent => Planned::Break,
            _ => Planned::Nothing,
        }
    }

    fn before(&self, aggregate: &mut Aggregate) {
        if let (Planned::Break, Aggregate::Instance(instance)) = (self, aggregate) {
            instance.elements.iter_mut().take(1).for_each(|root| root.children += 1);
        }
    }

    fn after(&self, aggregate: &mut Aggregate, rejected: bool) {
        assert!(!matches!(self, Planned::Panic), "this step is planned to panic");
        if let (Planned::Break, Aggregate::Instance(instance), true) = (self, aggregate, rejected) {
            instance.elements.iter_mut().take(1).for_each(|root| root.children -= 1);
        }
    }
}

#[cfg(not(feature = "planted-bugs"))]
struct Planned;

#[cfg(not(feature = "planted-bugs"))]
impl Planned {
    fn of(_: &crate::Options, _: &Sender, _: u64) -> Self {
        Planned
    }

    fn before(&self, _: &mut Aggregate) {}

    fn after(&self, _: &mut Aggregate, _: bool) {}
}

/// What a panic is for the client.
fn panicked(command: &Command, panic: &(dyn std::any::Any + Send)) -> Rejection {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let reason = format!(
        "Command {} could not be processed, nothing was changed; please report this: {text}",
        command.name()
    );
    Rejection::new(RejectionKind::ProcessingError, reason)
}

/// An aggregate's name for people.
pub(super) fn describe(id: &AggregateId) -> String {
    match id {
        AggregateId::Instance { key } => format!("Process instance {key}"),
        AggregateId::Message { name, correlation_key, .. } => {
            format!("Message '{name}' with correlation key '{correlation_key}'")
        }
        AggregateId::Signal { name, .. } => format!("Signal '{name}'"),
        AggregateId::Catalog { tenant } => format!("The catalog of tenant {tenant}"),
        AggregateId::Partition { partition } => format!("Partition {partition}"),
    }
}
