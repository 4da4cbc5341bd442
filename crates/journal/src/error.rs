//! What can go wrong with the log. Every message says what, where, and what to do.

use std::io;

/// Why the log did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk failed.
    #[error("{action} of the log failed: {source}")]
    Io {
        /// What was tried, with the file.
        action: String,
        /// The operating system's answer.
        source: io::Error,
    },
    /// Bytes that were written are not there any more.
    #[error(
        "the log is damaged: {why}, in {file} at byte {offset}. Nothing was changed. Keep a copy of the directory, \
         then restore it from a backup"
    )]
    Corrupt {
        /// The segment.
        file: String,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        why: String,
    },
    /// The file's format is newer than this program.
    #[error(
        "{file} has log format {version}, this version of Dirigent reads up to {}: upgrade this server",
        crate::format::VERSION
    )]
    NewerFormat {
        /// The segment.
        file: String,
        /// Its format.
        version: u16,
    },
    /// An earlier write failed, so what is on disk is unknown.
    #[error("the log takes nothing more since a write failed ({cause}): open it again to recover")]
    Poisoned {
        /// The first failure.
        cause: String,
    },
    /// A batch that does not follow the last one.
    #[error("a batch begins at position {actual}, but the log continues at {expected}")]
    OutOfOrder {
        /// The log's next position.
        expected: u64,
        /// The batch's first.
        actual: u64,
    },
    /// Older records were trimmed away.
    #[error("position {wanted} was trimmed from the log, which begins at {first}: read it from the archive")]
    Trimmed {
        /// What was asked for.
        wanted: u64,
        /// What is there.
        first: u64,
    },
}

/// Adds what was tried to an I/O error.
pub(crate) fn during<T>(action: &str, file: &str, result: io::Result<T>) -> Result<T, JournalError> {
    result.map_err(|source| JournalError::Io { action: format!("{action} {file}"), source })
}

pub(crate) fn corrupt(file: &str, offset: u64, why: impl Into<String>) -> JournalError {
    JournalError::Corrupt { file: file.to_owned(), offset, why: why.into() }
}
