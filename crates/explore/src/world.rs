//! All aggregates that a run has brought about, in memory. Commands go to their aggregates, what those send goes on at
//! once; time stands still, the order of timers is kept in a [`Zone`].

use crate::model::Model;
use crate::values::{self, Path};
use crate::zone::Zone;
use engine::{Aggregate, Env, Instance, Process, step};
use feel::Value;
use record::event::Chain;
use record::{AggregateId, Command, Event, Key, KeyBlocks, Rejection, Str};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Steps in a row that end at their budget before a run counts as endless.
const MAX_CONTINUATIONS: usize = 5;
/// Process instances that call each other.
pub(crate) const MAX_INSTANCES: usize = 300;
/// The same where iterations of a multi-instance activity account for them.
const MAX_ITERATING: usize = 200;
/// Commands that lead to one another, such as an instance's messages to itself, before a run counts as endless.
const MAX_HOPS: u32 = 500;
/// Commands that one choice leads to, side by side or in a row.
const MAX_COMMANDS: usize = 20_000;

/// A value that the search chose for a variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Chosen {
    /// Which of the cell's values.
    pub(crate) value: usize,
    /// Elements that looked at it: ordinals.
    pub(crate) seen: BTreeSet<u32>,
}

/// What there is.
#[derive(Debug, Clone)]
pub(crate) struct World {
    aggregates: BTreeMap<Vec<u8>, (AggregateId, Arc<Aggregate>)>,
    blocks: KeyBlocks,
    sends: u64,
    now: i64,
    pub(crate) zone: Zone,
    /// By instance and cell.
    pub(crate) chosen: BTreeMap<(Key, usize), Chosen>,
    /// How often an event that stays armed occurred, by element instance and ordinal.
    pub(crate) fired: BTreeMap<(Key, u32), u8>,
}

/// What came of a command.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) events: Vec<(AggregateId, Event)>,
    /// The tokens would run for ever.
    pub(crate) endless: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        World {
            aggregates: BTreeMap::new(),
            blocks: KeyBlocks::new(1),
            sends: 1,
            now: crate::NOW,
            zone: Zone::default(),
            chosen: BTreeMap::new(),
            fired: BTreeMap::new(),
        }
    }

    /// The key of an instance that is about to start.
    pub(crate) fn new_key(&mut self) -> Key {
        self.blocks.take()
    }

    pub(crate) fn instance(&self, key: Key) -> Option<&Instance> {
        self.aggregates.get(&AggregateId::from(key).store_key())?.1.instance()
    }

    /// Instances that have not ended, the oldest first.
    pub(crate) fn instances(&self) -> impl Iterator<Item = &Instance> {
        let all = self.aggregates.values().filter_map(|(_, aggregate)| aggregate.instance());
        let mut live: Vec<&Instance> = all.filter(|instance| !instance.ended).collect();
        live.sort_by_key(|instance| instance.key);
        live.into_iter()
    }

    /// Messages that wait for somebody: name, correlation key, and how many.
    pub(crate) fn kept_messages(&self) -> impl Iterator<Item = (&Str, &Str, usize)> {
        self.aggregates.values().filter_map(|(id, aggregate)| match (id, &**aggregate) {
            (AggregateId::Message { name, correlation_key, .. }, Aggregate::Message(state)) => {
                let count = state.index().len();
                (count > 0).then_some((name, correlation_key, count))
            }
            _ => None,
        })
    }

    pub(crate) fn process<'m>(&self, model: &'m Model, instance: Key) -> Option<&'m Process> {
        model.process(self.instance(instance)?.definition)
    }

    /// Carries out a command and everything that it sends.
    pub(crate) fn submit(
        &mut self,
        model: &Model,
        target: AggregateId,
        command: Command,
        taken: &mut Taken,
    ) -> Result<(), Rejection> {
        let mut queue = VecDeque::from([(target, command, Chain::default())]);
        let mut first = true;
        let (mut continued, mut created, mut carried) = (0, 0, 0);
        while let Some((target, command, chain)) = queue.pop_front() {
            created += usize::from(matches!(command, Command::CreateProcessInstance { .. }));
            carried += 1;
            if created > MAX_INSTANCES || chain.hops > MAX_HOPS || carried > MAX_COMMANDS {
                taken.endless = true;
                return Ok(());
            }
            match self.one(model, &target, &command, chain, taken, &mut queue) {
                Ok(more) => {
                    continued = if more { continued + 1 } else { continued };
                    let iterating = || {
                        let last = taken.events.iter().rev().take(1_000);
                        last.into_iter().any(|(_, event)| matches!(event, Event::IterationStarted { .. }))
                    };
                    if continued >= MAX_ITERATING || (continued >= MAX_CONTINUATIONS && !iterating()) {
                        taken.endless = true;
                        return Ok(());
                    }
                }
                // What was sent may come too late.
                Err(rejection) if first => return Err(rejection),
                Err(_) => {}
            }
            first = false;
        }
        Ok(())
    }

    fn one(
        &mut self,
        model: &Model,
        target: &AggregateId,
        command: &Command,
        chain: Chain,
        taken: &mut Taken,
        queue: &mut VecDeque<(AggregateId, Command, Chain)>,
    ) -> Result<bool, Rejection> {
        let traceparent = Str::from("");
        let mut env = Env {
            now: self.now,
            seed: 1,
            blocks: &mut self.blocks,
            sends: &mut self.sends,
            chain,
            tenant: &model.tenant,
            traceparent: &traceparent,
            partition: 1,
            partitions: 1,
        };
        let id = target.store_key();
        let aggregate = self.aggregates.remove(&id).map(|(_, aggregate)| aggregate).unwrap_or_default();
        let mut aggregate = Arc::unwrap_or_clone(aggregate);
        let result = step(&mut aggregate, target, &model.catalog, command, &mut env);
        self.aggregates.insert(id, (target.clone(), Arc::new(aggregate)));
        let result = result?;
        for event in result.events {
            match &event {
                Event::CommandSent { target, command, chain, .. } => {
                    queue.push_back((target.clone(), (**command).clone(), *chain));
                }
                Event::TimerScheduled { key, due, .. } => self.zone.arm(*key, due - self.now),
                Event::TimerTriggered { key } | Event::TimerCanceled { key } => self.zone.disarm(*key),
                _ => {}
            }
            taken.events.push((target.clone(), event));
        }
        if result.more {
            queue.push_front((target.clone(), Command::Continue {}, Chain::default()));
        }
        Ok(result.more)
    }

    /// The timer is the next that is due; it is that moment. False where another comes before it.
    pub(crate) fn wait_for(&mut self, timer: Key, due: i64) -> bool {
        let Some(zone) = self.zone.fired(timer) else { return false };
        self.zone = zone;
        self.now = due;
        true
    }

    /// Forgets what is over, and lets time pass as it may.
    pub(crate) fn settle(&mut self) {
        self.aggregates.retain(|_, (_, aggregate)| !aggregate.is_gone());
        let mut timers = BTreeSet::new();
        let mut elements = BTreeSet::new();
        let mut instances = BTreeSet::new();
        for instance in self.aggregates.values().filter_map(|(_, aggregate)| aggregate.instance()) {
            instances.insert(instance.key);
            timers.extend(instance.timers.iter().map(|timer| timer.key));
            elements.extend(instance.elements.iter().map(|element| element.key));
        }
        self.zone.retain(|timer| timers.contains(&timer));
        self.zone.elapse();
        self.fired.retain(|(element, _), _| elements.contains(element));
        self.chosen.retain(|(instance, _), _| instances.contains(instance));
    }

    /// What is at a path as seen from an element instance, or, where that is gone, from its process instance.
    pub(crate) fn visible(&self, instance: Key, at: Key, path: &Path) -> Option<Value> {
        let instance = self.instance(instance)?;
        let at = if instance.element(at).is_some() { at } else { instance.key };
        let json = instance.variable(at, path.first()?)?;
        let value = Value::from_json(json.as_str()).ok()?;
        values::follow(value, &path[1..])
    }
}
