//! Settings of a node, and why it may not start.

use std::io;

/// Settings of a [`Node`](crate::Node). The defaults suit one server with its data in one directory.
#[derive(Debug, Clone)]
pub struct Options {
    /// Partitions of this node, numbered from 1. They share one log.
    pub partitions: u16,
    /// A batch of the log is handed to the writer at the latest when it has this many bytes.
    pub batch_bytes: usize,
    /// Aggregates kept in memory; more are evicted once they are stored.
    pub memory_instances: usize,
    /// An aggregate that is unstored for this long is written to the state store, milliseconds.
    pub store_after_ms: i64,
    /// Aggregates in one write to the state store.
    pub store_batch: usize,
    /// Answers that are kept so that a repeated request gets the first one again.
    pub idempotency_window: usize,
    /// Entries of a job queue, and of the time index, that stay in memory while the rest is in the store.
    pub index_head: usize,
    /// Commands that may wait; beyond that, new instances are refused.
    pub queue: usize,
    /// Bytes of variables that one activation of jobs may hand out.
    pub activation_bytes: usize,
    /// Lag of the exporter from which fewer new instances are taken in, milliseconds.
    pub exporter_lag_ms: i64,
    /// Length that a segment of the log is preallocated to.
    pub segment_bytes: u64,
    /// How long records stay in the log that neither recovery nor the exporter needs, milliseconds; none for ever.
    pub log_keep_ms: Option<i64>,
    /// Where all randomness of the node comes from.
    pub seed: u64,
    /// A bug put in on purpose, to see that the simulator finds it.
    #[cfg(feature = "planted-bugs")]
    pub planted: Option<Planted>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            partitions: 1,
            batch_bytes: 2 << 20,
            memory_instances: 1_000_000,
            store_after_ms: 1_000,
            store_batch: 4_096,
            idempotency_window: 100_000,
            index_head: 10_000,
            queue: 65_536,
            activation_bytes: 3 << 20,
            exporter_lag_ms: 1_000,
            segment_bytes: 64 << 20,
            log_keep_ms: None,
            seed: 0,
            #[cfg(feature = "planted-bugs")]
            planted: None,
        }
    }
}

/// Bugs that a simulation must find.
#[cfg(feature = "planted-bugs")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Answers leave before their batch is durable.
    AnswerBeforeSync,
    /// Recovery delivers commands of the outbox again that were delivered, and nothing recognises them.
    OutboxTwice,
    /// So many of a hundred steps for clients panic after they changed their aggregate: nobody must notice.
    StepPanics(u64),
    /// So many of a hundred steps for clients break their instance: nobody must notice.
    StepBreaks(u64),
    /// Replaying this record panics.
    ReplayPanics(u64),
    /// A repeated request is carried out again.
    RequestTwice,
    /// Records leave for the exporter before they are durable.
    ExportBeforeSync,
    /// The log is trimmed beyond what recovery needs.
    TrimTooFar,
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state store cannot be read.
    #[error(
        "the state store cannot be read: {0}; check the disk, or restore the data directory from a backup"
    )]
    Store(#[source] io::Error),
    /// A row of the state store makes no sense.
    #[error("the state store is damaged at row {row}: {reason}; restore the data directory from a backup")]
    Row {
        /// The key, for people.
        row: String,
        /// What is wrong.
        reason: String,
    },
    /// The log cannot be opened or read.
    #[error("the log cannot be read: {0}")]
    Log(String),
    /// The log ends before what the store builds on.
    #[error(
        "the log ends at record {next_lsn}, but the state store has seen record {checkpoint}: the log's files \
         are not those that belong to this store; restore both from the same backup"
    )]
    LogBehindStore {
        /// The next record that the log would write.
        next_lsn: u64,
        /// The record that the store's checkpoint names.
        checkpoint: u64,
    },
    /// The exporter cannot go on where the log begins.
    #[error("the read model ends at record {position}, but the log begins at record {first}: {reason}")]
    ExporterBehindLog {
        /// The last record that the exporter has.
        position: u64,
        /// The first record of the log.
        first: u64,
        /// Why it does not begin there.
        reason: String,
    },
    /// An option makes no sense.
    #[error("option {option} is {value}: {expected}")]
    Option {
        /// Its name.
        option: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[source] io::Error),
}

impl Options {
    /// Checks what can be checked without a disk.
    pub fn check(&self) -> Result<(), StartError> {
        if self.partitions == 0 || self.partitions >= record::key::FIRST_FORK_PARTITION {
            return Err(StartError::Option {
                option: "partitions",
                value: self.partitions.to_string(),
                expected: "from 1 to 3071 are possible",
            });
        }
        Ok(())
    }
}
