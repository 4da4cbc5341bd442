//! Bounds on what a connector sends, receives and waits for.

/// Bytes of a request body.
pub const REQUEST_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a response body.
pub const RESPONSE_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Headers of a request.
pub const HEADERS: usize = 100;
/// Redirects followed for one request.
pub const REDIRECTS: usize = 5;
/// Seconds a connect or read time-out is when the task gives none.
pub const DEFAULT_TIMEOUT_SECONDS: u64 = 20;
/// The longest connect or read time-out, in seconds.
pub const MAX_TIMEOUT_SECONDS: u64 = 600;
/// Characters of a failure message.
pub const MESSAGE_CHARS: usize = 6_000;
/// Characters of a response body shown in a failure message.
pub const EXCERPT_CHARS: usize = 500;
/// Clients kept, one for each connect time-out in use.
pub const CLIENTS: usize = 16;
/// Steps an expression may take.
pub const EXPRESSION_FUEL: u64 = 1_000_000;
/// Milliseconds until a pending operation is asked again when the target does not say.
pub const POLL_AFTER_MS: u64 = 2_000;
/// The longest wait between two polls, in milliseconds.
pub const MAX_POLL_AFTER_MS: u64 = 300_000;
/// Characters below which a secret is not redacted: hiding every `a` would destroy all output.
pub const MIN_REDACTED_CHARS: usize = 4;
/// Property names with other characters than letters, digits and `_` that an expression is told of.
pub const ODD_NAMES: usize = 1_000;
