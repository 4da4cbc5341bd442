//! Aggregates in memory: which of them are newer than the state store, and which may go.
//!
//! **Invariant**: an aggregate leaves memory only when the store has it, or when it is gone and the store has no
//! row of it that could still be read.

use engine::{Aggregate, IndexEntry};
use record::{AggregateId, Key, Str};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Whether an aggregate can take commands.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// It can.
    Sound,
    /// A step of it panicked: it is read again from the disk before the next command.
    Rebuilding,
    /// It could not be replayed, for this reason.
    Quarantined(Str),
}

/// An aggregate in memory.
#[derive(Debug)]
pub struct Slot {
    pub id: AggregateId,
    pub tenant: Str,
    pub aggregate: Aggregate,
    pub condition: Condition,
    /// The last record that changed it.
    pub last_lsn: u64,
    /// The first record that the store lacks; 0 where the store has all.
    pub dirty_from: u64,
    /// The store has a row of it.
    pub stored: bool,
    /// Its index entries in the store.
    pub stored_index: Vec<IndexEntry>,
    /// A write to the store that is under way contains it.
    pub writing: bool,
    /// Touched since eviction last came by.
    pub used: bool,
}

impl Slot {
    fn new(id: AggregateId, tenant: Str) -> Self {
        Slot {
            id,
            tenant,
            aggregate: Aggregate::default(),
            condition: Condition::Sound,
            last_lsn: 0,
            dirty_from: 0,
            stored: false,
            stored_index: Vec::new(),
            writing: false,
            used: true,
        }
    }

    /// True where memory holds nothing that the store lacks.
    pub fn is_clean(&self) -> bool {
        self.dirty_from == 0 && !self.writing && self.condition == Condition::Sound
    }
}

/// An entry of the dirty list; it is out of date where the slot says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Dirty {
    pub lsn: u64,
    pub slot: u32,
    /// Wall-clock time when it got dirty.
    pub since: i64,
}

/// All aggregates in memory.
#[derive(Default)]
pub struct Slots {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    instances: FxHashMap<i64, u32>,
    others: FxHashMap<Vec<u8>, u32>,
    dirty: VecDeque<Dirty>,
    dirty_count: usize,
    hand: usize,
}

impl Slots {
    /// The slot of an aggregate that is in memory.
    pub fn find(&self, id: &AggregateId) -> Option<u32> {
        match id {
            AggregateId::Instance { key } => self.find_instance(*key),
            _ => self.others.get(&id.store_key()).copied(),
        }
    }

    /// The slot of an instance that is in memory.
    pub fn find_instance(&self, key: Key) -> Option<u32> {
        self.instances.get(&key.0).copied()
    }

    /// Makes a slot for an aggregate that has none.
    pub fn insert(&mut self, id: AggregateId, tenant: Str) -> u32 {
        let at = self.free.pop().unwrap_or(self.slots.len() as u32);
        match &id {
            AggregateId::Instance { key } => drop(self.instances.insert(key.0, at)),
            _ => drop(self.others.insert(id.store_key(), at)),
        }
        let slot = Some(Slot::new(id, tenant));
        match self.slots.get_mut(at as usize) {
            Some(place) => *place = slot,
            None => self.slots.push(slot),
        }
        at
    }

    /// The aggregate in a slot.
    pub fn get(&self, at: u32) -> Option<&Slot> {
        self.slots.get(at as usize)?.as_ref()
    }

    /// The aggregate in a slot, to be changed.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut Slot> {
        self.slots.get_mut(at as usize)?.as_mut()
    }

    /// Drops an aggregate from memory.
    pub fn remove(&mut self, at: u32) -> Option<Slot> {
        let slot = self.slots.get_mut(at as usize)?.take()?;
        match &slot.id {
            AggregateId::Instance { key } => drop(self.instances.remove(&key.0)),
            id => drop(self.others.remove(&id.store_key())),
        }
        self.dirty_count -= usize::from(slot.dirty_from > 0);
        self.free.push(at);
        Some(slot)
    }

    /// Notes that record `lsn` changed an aggregate.
    pub fn changed(&mut self, at: u32, lsn: u64, since: i64) {
        let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::as_mut) else { return };
        slot.last_lsn = lsn;
        slot.used = true;
        if slot.dirty_from == 0 {
            slot.dirty_from = lsn;
            self.dirty_count += 1;
            self.dirty.push_back(Dirty { lsn, slot: at, since });
        }
    }

    /// Notes that the store has, or is about to have, all of an aggregate.
    pub fn cleaned(&mut self, at: u32) {
        let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::as_mut) else { return };
        self.dirty_count -= usize::from(slot.dirty_from > 0);
        slot.dirty_from = 0;
    }

    /// The aggregate that is dirty for longest.
    pub fn first_dirty(&mut self) -> Option<Dirty> {
        while let Some(entry) = self.dirty.front() {
            let current = self.slots.get(entry.slot as usize).and_then(Option::as_ref);
            if current.is_some_and(|slot| slot.dirty_from == entry.lsn) {
                return Some(*entry);
            }
            self.dirty.pop_front();
        }
        None
    }

    /// Takes the first entry off the dirty list, and puts it back later with [`Slots::keep_dirty`] or not.
    pub fn pop_dirty(&mut self) -> Option<Dirty> {
        self.first_dirty()?;
        self.dirty.pop_front()
    }

    /// Puts entries back in front of the list, in the order in which they were taken.
    pub fn keep_dirty(&mut self, entries: Vec<Dirty>) {
        for entry in entries.into_iter().rev() {
            self.dirty.push_front(entry);
        }
    }

    /// Aggregates in memory.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Aggregates that are newer than the store.
    pub fn dirty_len(&self) -> usize {
        self.dirty_count
    }

    /// All aggregates in memory.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((at as u32, slot.as_ref()?)))
    }

    /// Takes out up to `count` aggregates that the store has, those touched lately last, after so many `looks`.
    pub fn evict(&mut self, count: usize, looks: usize) -> Vec<Slot> {
        let mut evicted = Vec::new();
        let mut looks = looks.min(self.slots.len() * 2);
        while evicted.len() < count && looks > 0 {
            looks -= 1;
            self.hand = (self.hand + 1) % self.slots.len().max(1);
            let Some(slot) = self.slots.get_mut(self.hand).and_then(Option::as_mut) else { continue };
            if !slot.is_clean() {
                continue;
            }
            if slot.used {
                slot.used = false;
                continue;
            }
            evicted.extend(self.remove(self.hand as u32));
        }
        evicted
    }
}
