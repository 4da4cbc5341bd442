//! Keeping the indexes in step with the aggregates.

use super::Node;
use crate::rows::{self, DueRank};
use engine::{IndexChange, IndexEntry};
use record::port::StateStore;
use record::{AggregateId, Str};

impl<S: StateStore, T> Node<S, T> {
    pub(super) fn change_index(&mut self, changes: &[IndexChange], tenant: &Str, id: &AggregateId) {
        for change in changes {
            match change {
                IndexChange::Add(entry) => self.add_index(entry, tenant, id),
                IndexChange::Remove(IndexEntry::Due { at, wake }) => {
                    self.due.remove(&DueRank::new(*at, *wake));
                }
                IndexChange::Remove(IndexEntry::Job { job_type, priority, key }) => {
                    self.jobs.remove(tenant, job_type, *priority, *key);
                }
                IndexChange::Remove(IndexEntry::Block { block }) => drop(self.block_owners.remove(&block.0)),
            }
        }
    }

    pub(super) fn add_index(&mut self, entry: &IndexEntry, tenant: &Str, id: &AggregateId) {
        match entry {
            IndexEntry::Due { at, wake } => {
                self.due.add(DueRank::new(*at, *wake), id.clone());
            }
            IndexEntry::Job { job_type, priority, key } => {
                self.jobs.add(tenant, job_type, *priority, *key, rows::owner_key(id));
            }
            IndexEntry::Block { block } => drop(self.block_owners.insert(block.0, rows::owner_key(id))),
        }
    }
}
