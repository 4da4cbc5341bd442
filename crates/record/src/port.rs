//! What the runtime needs from the outside, as traits: production puts threads and files behind them, the
//! simulator one seed.

use std::io;

/// A directory of files with explicit syncs. Everything that is not synced may be lost at a crash.
pub trait Disk: Send {
    /// An open file.
    type File: DiskFile;
    /// Names of the files that exist, sorted.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Opens a file for reading and writing; creates it (empty) where `create` says so.
    fn open(&mut self, name: &str, create: bool) -> io::Result<Self::File>;
    /// Removes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// Makes creations and removals durable.
    fn sync_directory(&mut self) -> io::Result<()>;
}

/// An open file of a [`Disk`].
pub trait DiskFile: Send {
    /// Its length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// True where it has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Reads at most `buffer.len()` bytes at `offset`; fewer at the file's end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes` at `offset`.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Makes written bytes durable (`fdatasync`). After an error the file's state is unknown: never retry.
    fn sync(&mut self) -> io::Result<()>;
    /// Reserves space up to `length`, so that later syncs need no metadata.
    fn allocate(&mut self, length: u64) -> io::Result<()>;
    /// Cuts or extends the file.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

/// Wall-clock time.
pub trait Clock: Send {
    /// Milliseconds since 1970, UTC.
    fn now(&self) -> i64;
}

/// What connects a node with its clients. A request may come late, in another order than it was sent, more than once or
/// not at all, and so may an answer: whoever needs to know asks again under the same id.
pub trait Net {
    /// What comes in.
    type Request;
    /// What goes out.
    type Answer;
    /// Takes what has arrived, without waiting. `requests` is empty, and its buffer can be used again.
    fn receive(&mut self, requests: &mut Vec<Self::Request>);
    /// Sends an answer, which rests only on what is durable.
    fn send(&mut self, answer: Self::Answer);
}

/// A change to the state store, applied as a whole.
#[derive(Debug, Default, Clone)]
pub struct StoreBatch {
    /// Keys with their new values.
    pub puts: Vec<(Vec<u8>, Vec<u8>)>,
    /// Keys that go.
    pub deletes: Vec<Vec<u8>>,
}

/// Ordered bytes by key: aggregates, their index ranges, the checkpoint position.
pub trait StateStore: Send {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>>;
    /// At most `limit` entries with `from <= key < to`, in order.
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>>;
    /// Applies a batch; it is durable when this returns.
    fn write(&mut self, batch: StoreBatch) -> io::Result<()>;
}
