//! What the runtime must find without opening an aggregate: what is due when, which jobs can be leased, and which
//! instance a further block of keys belongs to.

use record::{Command, Key, Str};

/// One entry of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexEntry {
    /// A command is due at a time.
    Due {
        /// Milliseconds since 1970.
        at: i64,
        /// Which.
        wake: Wake,
    },
    /// A job can be leased.
    Job {
        /// Its type.
        job_type: Str,
        /// Higher ones first.
        priority: i32,
        /// The job.
        key: Key,
    },
    /// A further block of keys belongs to the aggregate.
    Block {
        /// First key of the block.
        block: Key,
    },
}

/// What happens when time comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wake {
    /// A timer fires.
    Timer(Key),
    /// A lease runs out.
    JobTimeout(Key),
    /// A back-off is over.
    JobRetry(Key),
    /// A buffered message goes.
    MessageExpiry(Key),
    /// A timer start event fires.
    StartTimer(Key),
}

impl Wake {
    /// The command to submit.
    pub fn command(&self) -> Command {
        match *self {
            Wake::Timer(timer) => Command::TriggerTimer { timer },
            Wake::JobTimeout(job) => Command::TimeOutJob { job },
            Wake::JobRetry(job) => Command::RetryJob { job },
            Wake::MessageExpiry(message) => Command::ExpireMessage { message },
            Wake::StartTimer(timer) => Command::TriggerStartTimer { timer },
        }
    }
}

/// A change of an index, made together with the event that it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexChange {
    /// The entry is there from now on.
    Add(IndexEntry),
    /// The entry is no more.
    Remove(IndexEntry),
}
