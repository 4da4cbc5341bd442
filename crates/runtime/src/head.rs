//! An index whose first entries are in memory and whose rest is a key range of the state store.
//!
//! **Invariant**: every entry of the store below `horizon` is in `entries`, unless it was removed since. Entries at
//! or beyond the horizon may be in memory too: those whose aggregate is newer than the store. An entry of the
//! store may be stale until its aggregate is written again; whoever takes one finds the aggregate refusing it.

use record::port::StateStore;
use record::wire::{self, Field};
use std::collections::BTreeMap;
use std::io;

/// Entries that one look into the store brings.
const REFILL: usize = 1_024;

/// The order of an index, in memory as in the bytes of a key.
pub trait Rank: Ord + Copy {
    /// Not after any other.
    const FIRST: Self;
    /// The smallest one after this.
    fn next(self) -> Self;
    /// Appends bytes that sort as the ranks do.
    fn write(&self, out: &mut Vec<u8>);
    /// The inverse of [`Rank::write`].
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// The index.
#[derive(Debug)]
pub struct Head<R, V> {
    prefix: Vec<u8>,
    entries: BTreeMap<R, V>,
    horizon: Option<R>,
}

impl<R: Rank, V: Field> Head<R, V> {
    /// The index in the key range with `prefix`, of which nothing is in memory yet.
    pub fn new(prefix: Vec<u8>) -> Self {
        Head { prefix, entries: BTreeMap::new(), horizon: Some(R::FIRST) }
    }

    /// Adds an entry.
    pub fn add(&mut self, rank: R, value: V) {
        self.entries.insert(rank, value);
    }

    /// Takes an entry away.
    pub fn remove(&mut self, rank: &R) {
        self.entries.remove(rank);
    }

    /// The first entry.
    pub fn first(&mut self, store: &impl StateStore) -> io::Result<Option<(R, &V)>> {
        while let Some(horizon) = self.horizon
            && self.entries.first_key_value().is_none_or(|(rank, _)| *rank >= horizon)
        {
            self.refill(horizon, store)?;
        }
        Ok(self.entries.first_key_value().map(|(rank, value)| (*rank, value)))
    }

    /// Takes the first entry out.
    pub fn pop(&mut self, store: &impl StateStore) -> io::Result<Option<(R, V)>> {
        self.first(store)?;
        Ok(self.entries.pop_first())
    }

    fn refill(&mut self, horizon: R, store: &impl StateStore) -> io::Result<()> {
        let mut from = self.prefix.clone();
        horizon.write(&mut from);
        let rows = store.scan(&from, &end_of(&self.prefix), REFILL)?;
        self.horizon = None;
        let full = rows.len() == REFILL;
        for (key, value) in rows {
            let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a row of an index is damaged");
            let rank = R::read(&key[self.prefix.len()..]).ok_or_else(damaged)?;
            let value = wire::from_bytes(&value).map_err(|_| damaged())?;
            self.entries.entry(rank).or_insert(value);
            if full {
                self.horizon = Some(rank.next());
            }
        }
        Ok(())
    }

    /// Leaves entries beyond the first `keep` to the store, where `stored` says that it has them.
    pub fn trim(&mut self, keep: usize, stored: impl Fn(&V) -> bool) {
        if self.entries.len() <= keep.saturating_mul(2) {
            return;
        }
        let surplus = self.entries.len() - keep;
        let gone: Vec<R> = self
            .entries
            .iter()
            .rev()
            .take(surplus)
            .filter(|(_, value)| stored(value))
            .map(|(rank, _)| *rank)
            .collect();
        for rank in gone {
            self.entries.remove(&rank);
            if self.horizon.is_none_or(|horizon| rank < horizon) {
                self.horizon = Some(rank);
            }
        }
    }

    /// Entries in memory.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The first key after all that start with `prefix`.
pub fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}
