//! The state store as an ordered map: the model in tests, and the store of forks and simulations.

use record::port::{StateStore, StoreBatch};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

/// A state store in memory. Clones are handles to the same one, so it outlives the crash of what uses it.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    entries: Arc<RwLock<BTreeMap<Vec<u8>, Vec<u8>>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryStore::default()
    }

    /// An independent copy of what is there now.
    pub fn copy(&self) -> MemoryStore {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner).clone();
        MemoryStore { entries: Arc::new(RwLock::new(entries)) }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// True where there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl StateStore for MemoryStore {
    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        Ok(self.entries.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        if from >= to {
            return Ok(Vec::new());
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let range = entries.range(from.to_vec()..to.to_vec()).take(limit);
        Ok(range.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn write(&mut self, batch: StoreBatch) -> io::Result<()> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch.puts {
            entries.insert(key, value);
        }
        for key in batch.deletes {
            entries.remove(&key);
        }
        Ok(())
    }
}
