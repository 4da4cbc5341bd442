//! How many instances run by each definition, which a deletion must know.
//!
//! **Invariant**: what is counted is what the log said up to its last record. The checkpoint carries the counts as
//! they were when it was written, so that replay counts on from there and nothing is searched.

use super::{Delivery, Node};
use engine::Aggregate;
use record::port::StateStore;
use record::{Command, Event, Key};
use rustc_hash::FxHashMap;

/// The counts.
#[derive(Default)]
pub(super) struct Running {
    by_definition: FxHashMap<Key, u64>,
    /// Records before this one are in the counts already.
    from: u64,
    /// An instance could not be replayed. A later version may be able to, so the next recovery counts anew.
    uncertain: bool,
}

impl Running {
    /// As the checkpoint has them, which was written before record `from`.
    pub fn restored(counts: &[(Key, u64)], from: u64) -> Self {
        Running { by_definition: counts.iter().copied().collect(), from, uncertain: false }
    }

    /// An instance ran by the definition `before` a record, and by that `after` it.
    pub fn changed(&mut self, before: Option<Key>, after: Option<Key>) {
        if before == after {
            return;
        }
        if let Some(count) = before.and_then(|definition| self.by_definition.get_mut(&definition)) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                before.and_then(|definition| self.by_definition.remove(&definition));
            }
        }
        if let Some(definition) = after {
            *self.by_definition.entry(definition).or_default() += 1;
        }
    }

    /// The same while a record is replayed.
    pub fn replayed(&mut self, lsn: u64, before: Option<Key>, after: Option<Key>) {
        if lsn >= self.from {
            self.changed(before, after);
        }
    }

    /// Replaying a record failed: its instance counts as running, for good.
    pub fn lost(&mut self, lsn: u64, before: Option<Key>, events: &[Event]) {
        self.uncertain = true;
        let created = events.iter().find_map(|event| match event {
            Event::InstanceCreated { definition, .. } => Some(*definition),
            _ => None,
        });
        self.replayed(lsn, before, before.or(created));
    }

    /// In the order of their keys; none where they must be counted anew.
    pub fn counts(&self) -> Option<Vec<(Key, u64)>> {
        let mut counts: Vec<(Key, u64)> =
            self.by_definition.iter().map(|(key, count)| (*key, *count)).collect();
        counts.sort_unstable();
        (!self.uncertain).then_some(counts)
    }
}

/// The definition by which an instance runs.
pub(super) fn definition_of(aggregate: &Aggregate) -> Option<Key> {
    aggregate.instance().filter(|instance| !instance.ended).map(|instance| instance.definition)
}

impl<S: StateStore, T> Node<S, T> {
    /// A command as the catalog gets it: what it must know of the rest is in it.
    pub(super) fn informed(&self, command: Command) -> Command {
        let Command::DeleteResource { resource, history, .. } = command else { return command };
        Command::DeleteResource { resource, history, running: self.running_by(resource) }
    }

    /// Instances that run by a definition, and those that are about to.
    fn running_by(&self, definition: Key) -> u64 {
        let begins = |delivery: &&Delivery| matches!(&delivery.command, Command::CreateProcessInstance { definition: wanted, .. } if *wanted == definition);
        let begun = self.deliveries.iter().chain(&self.departing).filter(begins).count() as u64;
        self.running.by_definition.get(&definition).copied().unwrap_or_default() + begun
    }
}
