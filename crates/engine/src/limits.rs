//! Bounds of a step, counted and therefore the same at every run.

/// Element transitions of one step; what is left goes on in a step of its own.
pub const MAX_TRANSITIONS: u32 = 1_000;

/// Steps in a row that end at that budget without anything to wait for; then the tokens are stuck with an incident.
pub const MAX_CONTINUATIONS: u32 = 200;

/// Commands that the engine sends itself, each because of the one before, while nothing comes from outside. A step that
/// ends at its budget counts as `MAX_HOPS / MAX_CONTINUATIONS` of them.
pub const MAX_HOPS: u32 = 100_000;

/// Process instances that messages and signals start, each by one that the one before threw.
pub const MAX_STARTS: u16 = 1_000;

/// Calls inside calls.
pub const MAX_CALL_DEPTH: u16 = 1_000;

/// Iterations of one loop or multi-instance activity. Each has a budget of its own for what it goes through.
pub const MAX_ITERATIONS: u32 = 1_000_000;

/// How long a message that an element throws waits for someone, milliseconds.
pub const THROWN_MESSAGE_MS: i64 = 3_600_000;

/// Fuel for all expressions of one step (see `feel::Fuel`).
pub const STEP_FUEL: u64 = 5_000_000;

/// Bytes of variables that one command may bring.
pub const MAX_VARIABLES_BYTES: usize = 4 * 1024 * 1024;

/// Longest time to live of a message and longest lease of a job, milliseconds: 100 years.
pub const MAX_SPAN_MS: i64 = 100 * 365 * 24 * 3600 * 1000;
