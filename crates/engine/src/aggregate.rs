//! The units that a step touches, and the two entry points: [`step`] and [`apply`].

use crate::catalog::Catalog;
use crate::index::{IndexChange, IndexEntry};
use crate::instance::{ElementInstance, ElementState, Instance};
use crate::message::MessageState;
use crate::run::Run;
use crate::signal::SignalState;
use record::event::Chain;
use record::wire::{self, WireError};
use record::{AggregateId, Command, Event, Key, KeyBlocks, Rejection, RejectionKind, Response, Str};

/// What comes in with a command: time, randomness, keys, and who asks.
pub struct Env<'a> {
    /// Engine time, milliseconds since 1970.
    pub now: i64,
    /// Seed of everything random.
    pub seed: u64,
    /// Key blocks of the partition.
    pub blocks: &'a mut KeyBlocks,
    /// Number of the partition's next send.
    pub sends: &'a mut u64,
    /// What led to the command; nothing for one that comes from outside.
    pub chain: Chain,
    /// The tenant.
    pub tenant: &'a Str,
    /// W3C trace context of the request.
    pub traceparent: &'a Str,
    /// This partition.
    pub partition: u16,
    /// Number of partitions.
    pub partitions: u16,
}

/// What a command led to.
#[derive(Debug)]
pub struct Step {
    /// What happened; already applied.
    pub events: Vec<Event>,
    /// The answer.
    pub response: Response,
    /// Changes of the runtime's indexes.
    pub index: Vec<IndexChange>,
    /// The step's budget was used up: submit [`Command::Continue`] to the same aggregate next.
    pub more: bool,
}

record::message! {
    /// The clock of a partition.
    pub struct PartitionState {
        /// Where engine time stands still, milliseconds since 1970.
        1 pinned: Option<i64>,
    }
}

/// The state of one aggregate.
#[derive(Debug, Default, Clone, PartialEq)]
pub enum Aggregate {
    /// Nothing yet, or nothing any more.
    #[default]
    Empty,
    /// A process instance.
    Instance(Box<Instance>),
    /// Subscriptions and messages of one name and key.
    Message(Box<MessageState>),
    /// A partition's clock.
    Partition(PartitionState),
    /// Who waits for the signals of one name.
    Signal(Box<SignalState>),
}

impl Aggregate {
    /// The state's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let (kind, body) = match self {
            Aggregate::Empty => (0, Vec::new()),
            Aggregate::Instance(state) => (1, wire::to_bytes(&**state)),
            Aggregate::Message(state) => (2, wire::to_bytes(&**state)),
            Aggregate::Partition(state) => (3, wire::to_bytes(state)),
            Aggregate::Signal(state) => (4, wire::to_bytes(&**state)),
        };
        let mut bytes = vec![kind];
        bytes.extend(body);
        bytes
    }

    /// The inverse of [`Aggregate::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (&kind, body) = bytes.split_first().ok_or(WireError::Truncated)?;
        Ok(match kind {
            0 => Aggregate::Empty,
            1 => Aggregate::Instance(Box::new(wire::from_bytes(body)?)),
            2 => Aggregate::Message(Box::new(wire::from_bytes(body)?)),
            3 => Aggregate::Partition(wire::from_bytes(body)?),
            4 => Aggregate::Signal(Box::new(wire::from_bytes(body)?)),
            _ => return Err(WireError::Invalid { message: "Aggregate", why: "unknown kind" }),
        })
    }

    /// True where nothing is left to be kept.
    pub fn is_gone(&self) -> bool {
        match self {
            Aggregate::Empty => true,
            Aggregate::Instance(instance) => instance.ended,
            Aggregate::Message(state) => state.is_idle(),
            Aggregate::Partition(state) => state.pinned.is_none(),
            Aggregate::Signal(state) => state.is_idle(),
        }
    }

    /// Everything that the runtime's indexes hold for this aggregate.
    pub fn index(&self) -> Vec<IndexEntry> {
        match self {
            Aggregate::Instance(instance) if !instance.ended => instance.index(),
            Aggregate::Message(state) => state.index(),
            _ => Vec::new(),
        }
    }

    /// The process instance, if it is one.
    pub fn instance(&self) -> Option<&Instance> {
        match self {
            Aggregate::Instance(instance) => Some(instance),
            _ => None,
        }
    }
}

/// Carries a command out on one aggregate. Where it is rejected, nothing changed.
pub fn step(
    aggregate: &mut Aggregate,
    id: &AggregateId,
    catalog: &Catalog,
    command: &Command,
    env: &mut Env<'_>,
) -> Result<Step, Rejection> {
    match id {
        AggregateId::Instance { key } => step_instance(aggregate, *key, catalog, command, env),
        AggregateId::Message { name, correlation_key, .. } => {
            if matches!(aggregate, Aggregate::Empty) {
                *aggregate = Aggregate::Message(Box::default());
            }
            let Aggregate::Message(state) = aggregate else { return Err(misdirected(command)) };
            state.step(name, correlation_key, catalog, command, env)
        }
        AggregateId::Signal { name, .. } => {
            if matches!(aggregate, Aggregate::Empty) {
                *aggregate = Aggregate::Signal(Box::default());
            }
            let Aggregate::Signal(state) = aggregate else { return Err(misdirected(command)) };
            state.step(name, catalog, command, env)
        }
        AggregateId::Partition { .. } => {
            let event = match command {
                Command::PinClock { time } => Event::ClockPinned { time: *time },
                Command::ResetClock {} => Event::ClockReset {},
                _ => return Err(misdirected(command)),
            };
            let mut index = Vec::new();
            apply(aggregate, id, &event, &mut index);
            Ok(Step { events: vec![event], response: Response::Done {}, index, more: false })
        }
        AggregateId::Catalog { .. } => Err(misdirected(command)),
    }
}

fn step_instance(
    aggregate: &mut Aggregate,
    key: Key,
    catalog: &Catalog,
    command: &Command,
    env: &mut Env<'_>,
) -> Result<Step, Rejection> {
    if let Command::CreateProcessInstance { .. } = command {
        let Aggregate::Empty = aggregate else {
            return Err(Rejection::new(
                RejectionKind::AlreadyExists,
                format!("Instance {key} exists already"),
            ));
        };
        return crate::elements::process::create(aggregate, key, catalog, command, env);
    }
    if let Command::DeleteProcessInstance {} = command {
        return delete_instance(aggregate, key);
    }
    let Aggregate::Instance(instance) = aggregate else { return Err(crate::job::not_found(command, key)) };
    // What still comes for an ended instance comes too late.
    if instance.ended {
        return Err(crate::job::not_found(command, key));
    }
    let Some(definition) = catalog.definition(instance.definition) else {
        let text = format!("Definition {} of instance {key} is not there", instance.definition);
        return Err(Rejection::new(RejectionKind::ProcessingError, text));
    };
    let mut run = Run::new(instance, &definition.process, catalog, env);
    let response = run.command(command)?;
    run.finish(response)
}

/// Forgets an instance that has ended.
fn delete_instance(aggregate: &Aggregate, key: Key) -> Result<Step, Rejection> {
    if aggregate.instance().is_some_and(|instance| !instance.ended) {
        let text = format!(
            "Expected to delete process instance with key '{key}', but it is still active; cancel it first"
        );
        return Err(Rejection::new(RejectionKind::InvalidState, text));
    }
    let events = vec![Event::InstanceDeleted {}];
    Ok(Step { events, response: Response::Done {}, index: Vec::new(), more: false })
}

/// A command that the aggregate cannot understand; the runtime never sends one.
pub(crate) fn misdirected(command: &Command) -> Rejection {
    let text = format!("Command {} went to an aggregate that does not know it", command.name());
    Rejection::new(RejectionKind::ProcessingError, text)
}

/// Applies an event to its aggregate, live and in replay.
pub fn apply(aggregate: &mut Aggregate, id: &AggregateId, event: &Event, index: &mut Vec<IndexChange>) {
    match (event, &mut *aggregate, id) {
        (Event::InstanceCreated { .. }, Aggregate::Empty, AggregateId::Instance { key }) => {
            *aggregate = Aggregate::Instance(Box::new(born(*key, event)));
        }
        (_, Aggregate::Instance(instance), _) => instance.apply(event, index),
        (_, Aggregate::Message(state), _) => state.apply(event, index),
        (_, Aggregate::Signal(state), _) => state.apply(event),
        (_, Aggregate::Empty, AggregateId::Signal { .. }) => {
            let mut state = SignalState::default();
            state.apply(event);
            *aggregate = Aggregate::Signal(Box::new(state));
        }
        (_, Aggregate::Empty, AggregateId::Message { .. }) => {
            let mut state = MessageState::default();
            state.apply(event, index);
            *aggregate = Aggregate::Message(Box::new(state));
        }
        (Event::ClockPinned { time }, ..) => {
            *aggregate = Aggregate::Partition(PartitionState { pinned: Some(*time) });
        }
        (Event::ClockReset {}, ..) => *aggregate = Aggregate::Partition(PartitionState::default()),
        _ => {}
    }
}

fn born(key: Key, event: &Event) -> Instance {
    let Event::InstanceCreated {
        definition,
        process_id,
        version,
        variables,
        origin,
        business_id,
        tags,
        tenant,
        traceparent,
    } = event
    else {
        return Instance::default();
    };
    let root = ElementInstance {
        key,
        ordinal: 0,
        state: ElementState::Active,
        variables: variables.clone(),
        ..ElementInstance::default()
    };
    // With room for what most instances have inside.
    let mut elements = Vec::with_capacity(4);
    elements.push(root);
    Instance {
        key,
        definition: *definition,
        process_id: process_id.clone(),
        version: *version,
        tenant: tenant.clone(),
        origin: origin.as_deref().cloned(),
        business_id: business_id.clone(),
        tags: tags.clone(),
        traceparent: traceparent.clone(),
        last_key: key,
        elements,
        ..Instance::default()
    }
}
