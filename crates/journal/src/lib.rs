//! The durable log in files: batches of records in preallocated segments, one `fdatasync` a batch.
//!
//! - [`BatchBuilder`] encodes records straight into one buffer and computes the hash chain; it lives on the engine
//!   thread. [`Journal::append`] writes a finished [`Batch`] and returns when it is durable; it lives on the log
//!   thread. [`Reader`] follows the log from a thread or process of its own.
//! - [`FileDisk`] is the real directory, with a lock that keeps a second process out; [`memory_disk`] is the one
//!   of simulations, which loses everything unsynced at a crash.
//! - The layout on disk is in [`format`], the reasons in `docs/adr/0001-record-and-log-format.md`.
//!
//! **Invariant**: what `append` acknowledged is found again, byte for byte, after any crash, or opening fails with
//! file, offset and reason. A torn tail (nothing valid after it) is cut; a torn middle is never skipped. After a
//! failed write or sync the journal is poisoned: no sync is tried twice.

mod batch;
mod cursor;
mod erase;
mod error;
mod file_disk;
pub mod format;
mod journal;
pub mod memory_disk;
mod reader;
mod salt;
mod segment;
mod verify;

pub use batch::{BATCH_BYTES, Batch, BatchBuilder};
pub use error::JournalError;
pub use file_disk::{FileDisk, RealFile};
pub use journal::{Journal, Options, Recovery};
pub use reader::Reader;
pub use salt::Salts;
pub use segment::first_lsn;
pub use verify::{VerifyReport, verify};
