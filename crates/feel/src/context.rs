//! Contexts: named values in the order of their definition. Invariant: names are unique.

use crate::value::Value;
use std::sync::Arc;

/// Contexts longer than this look names up in a sorted index.
const LINEAR: usize = 12;

/// Named values, in order.
#[derive(Clone, Default)]
pub struct Context {
    entries: Vec<Entry>,
    /// Positions in the order of the names; empty while a linear search does.
    index: Vec<u32>,
    depth: u16,
    weight: u32,
}

#[derive(Clone)]
struct Entry {
    hash: u32,
    name: Arc<str>,
    value: Value,
}

/// A hash of a name that tells most names apart without touching their text.
#[inline]
pub(crate) fn name_hash(name: &str) -> u32 {
    let mut hash = name.len() as u64;
    let mut chunks = name.as_bytes().chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
    let rest = chunks.remainder().iter().fold(0u64, |word, byte| word << 8 | *byte as u64);
    hash = (hash.rotate_left(5) ^ rest).wrapping_mul(0x517C_C1B7_2722_0A95);
    (hash >> 32) as u32
}

impl Context {
    /// A context without entries.
    pub fn new() -> Context {
        Context::with_capacity(0)
    }

    /// A context without entries, with room for some.
    pub fn with_capacity(capacity: usize) -> Context {
        Context { entries: Vec::with_capacity(capacity), index: Vec::new(), depth: 1, weight: 1 }
    }

    /// The value of that name.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.get_hashed(name, name_hash(name))
    }

    /// The value of a name whose hash is known.
    #[inline]
    pub(crate) fn get_hashed(&self, name: &str, hash: u32) -> Option<&Value> {
        if self.index.is_empty() {
            return self
                .entries
                .iter()
                .find(|entry| entry.hash == hash && *entry.name == *name)
                .map(|entry| &entry.value);
        }
        self.position(name).map(|at| &self.entries[at].value)
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|entry| *entry.name == *name);
        }
        let found = self.index.binary_search_by(|at| (*self.entries[*at as usize].name).cmp(name));
        found.ok().map(|at| self.index[at] as usize)
    }

    /// Whether there is an entry of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets an entry, in its place if there is one of that name, else at the end.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: Value) {
        let name = name.into();
        self.depth = self.depth.max(value.depth().saturating_add(1));
        self.weight = self.weight.saturating_add(value.weight());
        if let Some(at) = self.position(&name) {
            self.entries[at].value = value;
            return;
        }
        if !self.index.is_empty() {
            let at = self.index.partition_point(|at| *self.entries[*at as usize].name < *name);
            self.index.insert(at, self.entries.len() as u32);
        }
        self.entries.push(Entry { hash: name_hash(&name), name, value });
        if self.index.is_empty() && self.entries.len() > LINEAR {
            self.build_index();
        }
    }

    fn build_index(&mut self) {
        let mut index: Vec<u32> = (0..self.entries.len() as u32).collect();
        index.sort_by(|a, b| self.entries[*a as usize].name.cmp(&self.entries[*b as usize].name));
        self.index = index;
    }

    /// Removes an entry.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.position(name)?;
        let value = self.entries.remove(at).value;
        self.index.clear();
        if self.entries.len() > LINEAR {
            self.build_index();
        }
        Some(value)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Value)> + ExactSizeIterator {
        self.entries.iter().map(|entry| (&entry.name, &entry.value))
    }

    /// The name and value at a position.
    pub fn entry(&self, at: usize) -> Option<(&Arc<str>, &Value)> {
        self.entries.get(at).map(|entry| (&entry.name, &entry.value))
    }

    pub(crate) fn depth(&self) -> u16 {
        self.depth
    }

    pub(crate) fn weight(&self) -> u32 {
        self.weight
    }

    /// Entries whose names are known to be unique.
    pub(crate) fn from_unique(entries: Vec<(Arc<str>, Value)>) -> Context {
        let (mut depth, mut weight) = (0, 1u32);
        for (_, value) in &entries {
            depth = depth.max(value.depth());
            weight = weight.saturating_add(value.weight());
        }
        let entries =
            entries.into_iter().map(|(name, value)| Entry { hash: name_hash(&name), name, value }).collect();
        let mut context = Context { entries, index: Vec::new(), depth: depth.saturating_add(1), weight };
        if context.entries.len() > LINEAR {
            context.build_index();
        }
        context
    }
}

impl From<Vec<(Arc<str>, Value)>> for Context {
    /// Of entries with the same name the last one counts.
    fn from(entries: Vec<(Arc<str>, Value)>) -> Context {
        entries.into_iter().collect()
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Context {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(entries: I) -> Context {
        let mut context = Context::new();
        for (name, value) in entries {
            context.insert(name, value);
        }
        context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_contexts_find_every_name_and_keep_the_order() {
        let mut context: Context =
            (0..100).map(|n| (format!("n{}", n * 37 % 100), Value::from(n as i64))).collect();
        for n in 0..100i64 {
            assert_eq!(context.get(&format!("n{}", n * 37 % 100)).and_then(Value::as_i64), Some(n));
        }
        assert_eq!(context.entry(1).map(|(name, _)| &**name), Some("n37"));
        assert_eq!(context.remove("n37").and_then(|value| value.as_i64()), Some(1));
        assert!(!context.contains("n37") && context.contains("n74"));
        context.insert("n74", Value::Null);
        assert_eq!(context.len(), 99);
    }
}
