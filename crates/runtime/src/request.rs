//! What clients ask of a node, and what they get.

use record::{ActivatedJob, AggregateId, Command, Key, Rejection, Response, Str};

/// A command with its sender.
#[derive(Debug, Clone)]
pub struct Request {
    /// The tenant; empty where the sender may act for the tenant of whatever the command names.
    pub tenant: Str,
    /// Who asks.
    pub actor: Str,
    /// The client's `Idempotency-Key`; empty for none.
    pub request_id: Str,
    /// W3C trace context; empty for none.
    pub traceparent: Str,
    /// To which aggregate the command goes.
    pub target: Target,
    /// What is asked.
    pub command: Command,
}

/// How the aggregate of a command is found.
#[derive(Debug, Clone)]
pub enum Target {
    /// A process instance that the command creates.
    NewInstance,
    /// The process instance that owns this key: its own, or that of a job, task, incident, element instance.
    Owner(Key),
    /// This one.
    Aggregate(AggregateId),
    /// The catalog of the request's tenant.
    Catalog,
}

/// The answer to a [`Request`]. It leaves only when what it rests on is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The result or the rejection.
    pub response: Response,
    /// What a read that follows must have seen.
    pub lsn: u64,
}

/// A request for jobs.
#[derive(Debug, Clone)]
pub struct ActivateJobs {
    /// The tenant.
    pub tenant: Str,
    /// Who asks.
    pub actor: Str,
    /// The type of the jobs.
    pub job_type: Str,
    /// The worker's name.
    pub worker: Str,
    /// How long the leases last, milliseconds.
    pub timeout: i64,
    /// At most this many.
    pub max: usize,
    /// Variables to hand over; all where empty.
    pub fetch: Vec<Str>,
    /// How long to wait for the first job, milliseconds; 0 not at all.
    pub wait_ms: i64,
    /// The client's `Idempotency-Key`; empty for none.
    pub request_id: Str,
}

/// What clients send to a node. `T` is what the answer goes through.
#[derive(Debug, Clone)]
pub enum Inbound<T> {
    /// A command.
    Submit(Request, T),
    /// A `CreateProcessInstance` whose answer waits for the instance's end, so many milliseconds at most.
    Await(Request, i64, T),
    /// A request for jobs; the id names it for [`Inbound::Cancel`].
    Activate(ActivateJobs, PollId, T),
    /// Ends the waiting of a request for jobs.
    Cancel(PollId),
}

/// The jobs that were leased, or why none can be.
pub type Activated = Result<Vec<ActivatedJob>, Rejection>;

/// Names a waiting request for jobs, so that it can be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PollId(pub u64);

/// What leaves a node, with the token that came with the request.
#[derive(Debug, Clone)]
pub enum Output<T> {
    /// The answer to a command.
    Answer(T, Answer),
    /// The answer to a request for jobs.
    Jobs(T, Activated),
}

/// The state of a node, for people and health checks.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Partitions of the node.
    pub partitions: u16,
    /// Aggregates in memory.
    pub in_memory: usize,
    /// Of those, how many are newer than the state store.
    pub dirty: usize,
    /// Commands that wait.
    pub queued: usize,
    /// Last record that is durable.
    pub durable_lsn: u64,
    /// Recovery would start at this record.
    pub checkpoint_lsn: u64,
    /// Aggregates that could not be replayed and take no commands.
    pub quarantined: usize,
    /// Steps since the start that panicked or broke an invariant of their aggregate: their commands were refused.
    pub discarded: u64,
    /// How far the exporter is behind, milliseconds.
    pub exporter_lag_ms: i64,
    /// Why the node refuses everything, if it does.
    pub poisoned: Option<String>,
    /// Engine time stands still at this moment.
    pub pinned: Option<i64>,
    /// What is wrong with the exporter, if something is.
    pub exporter_error: Option<String>,
    /// What is wrong with the state store, if something is.
    pub store_error: Option<String>,
    /// The first record that the log has; those before it were trimmed.
    pub log_first_lsn: u64,
    /// Why the log cannot be trimmed, if it cannot.
    pub trim_error: Option<String>,
}

impl Answer {
    /// A rejection as an answer.
    pub(crate) fn rejected(rejection: Rejection, lsn: u64) -> Self {
        Answer { response: Response::Rejected { rejection }, lsn }
    }
}
