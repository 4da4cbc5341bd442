//! Limits of requests.

/// Bytes of a request's body.
pub const MAX_BODY_BYTES: usize = 8 << 20;

/// How long a read waits for the read model, milliseconds.
pub const READ_WAIT_MS: u64 = 2_000;

/// How long a request for jobs waits where it does not say, milliseconds.
pub const DEFAULT_LONG_POLL_MS: i64 = 10_000;

/// How long a request for jobs may wait, milliseconds.
pub const MAX_LONG_POLL_MS: i64 = 600_000;

/// How long the creation of an instance waits for its end where it does not say, milliseconds.
pub const DEFAULT_AWAIT_MS: i64 = 10_000;

/// Jobs of one request.
pub const MAX_JOBS: i32 = 10_000;

/// Characters of a variable's value that a search gives.
pub const MAX_SEARCH_VALUE_CHARACTERS: usize = 8_191;

/// Steps of an expression that is evaluated on request.
pub const EXPRESSION_FUEL: u64 = 1_000_000;

/// Records in one answer of an instance's history.
pub const MAX_HISTORY_RECORDS: usize = 1_000;

/// Records that a stream of changes takes from the read model at once.
pub const STREAM_RECORDS: usize = 500;

/// Time between two looks of a stream of changes, milliseconds.
pub const STREAM_PAUSE_MS: u64 = 50;

/// Characters of an `Idempotency-Key`.
pub const MAX_REQUEST_ID: usize = 256;

/// Levels of called processes that are followed upwards.
pub const MAX_CALL_DEPTH: usize = 1_000;

/// Called instances of which the incidents are found with those of their caller.
pub const MAX_CALLED_INSTANCES: usize = 10_000;
