//! The state store on fjall, an embedded log-structured merge tree.

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use record::port::{StateStore, StoreBatch};
use std::io;
use std::path::{Path, PathBuf};

/// Memory for blocks read from disk. Aggregates in use live in the engine, so little is read twice.
const CACHE_BYTES: u64 = 16 << 20;
/// Threads for flushes and compactions: the engine needs the others.
const WORKER_THREADS: usize = 1;

/// A state store in a directory of its own. Clones are handles to the same one.
#[derive(Clone)]
pub struct FjallStore {
    database: Database,
    keyspace: Keyspace,
    directory: PathBuf,
}

impl FjallStore {
    /// Opens the store in `directory`, or creates it.
    ///
    /// # Errors
    /// The directory cannot be used, or what is in it is damaged.
    pub fn open(directory: impl AsRef<Path>) -> io::Result<Self> {
        let directory = directory.as_ref().to_owned();
        let open = || {
            let database = Database::builder(&directory)
                .cache_size(CACHE_BYTES)
                .worker_threads(WORKER_THREADS)
                .manual_journal_persist(true)
                .open()?;
            let keyspace = database.keyspace("state", KeyspaceCreateOptions::default)?;
            Ok((database, keyspace))
        };
        let (database, keyspace) = open().map_err(|error| failed("opening", &directory, error))?;
        Ok(FjallStore { database, keyspace, directory })
    }

    /// Bytes on disk.
    pub fn disk_bytes(&self) -> io::Result<u64> {
        self.database.disk_space().map_err(|error| failed("measuring", &self.directory, error))
    }
}

fn failed(action: &str, directory: &Path, error: fjall::Error) -> io::Error {
    let (kind, text) = match error {
        fjall::Error::Io(error) => (error.kind(), error.to_string()),
        other => (io::ErrorKind::Other, format!("{other:?}")),
    };
    io::Error::new(kind, format!("{action} the state store in {} failed: {text}", directory.display()))
}

impl StateStore for FjallStore {
    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let value = self.keyspace.get(key).map_err(|error| failed("reading", &self.directory, error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        if from >= to {
            return Ok(Vec::new());
        }
        let entries = self.keyspace.range(from..to).take(limit);
        let read = entries.map(|entry| entry.into_inner().map(|(key, value)| (key.to_vec(), value.to_vec())));
        read.collect::<Result<_, _>>().map_err(|error| failed("reading", &self.directory, error))
    }

    fn write(&mut self, batch: StoreBatch) -> io::Result<()> {
        let mut write = self.database.batch().durability(Some(PersistMode::SyncAll));
        for (key, value) in batch.puts {
            write.insert(&self.keyspace, key, value);
        }
        for key in batch.deletes {
            write.remove(&self.keyspace, key);
        }
        write.commit().map_err(|error| failed("writing", &self.directory, error))
    }
}
