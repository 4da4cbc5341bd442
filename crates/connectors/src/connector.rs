//! What a connector is, and what can come of one.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use crate::egress::EgressDenied;
use crate::http::HttpClient;

/// A future that a connector returns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A system that jobs can be done by.
pub trait Connector: Send + Sync {
    /// The job type it does.
    fn job_type(&self) -> &'static str;

    /// Its element template, JSON.
    fn template(&self) -> &'static str;

    /// Inputs it reads. Secrets are resolved in these and nowhere else.
    fn inputs(&self) -> &'static [&'static str];

    /// Does the work, or starts it.
    fn start<'a>(&'a self, context: &'a Context<'a>, input: Value) -> Pending<'a, Result<Outcome, Failure>>;

    /// Asks after work that [`Connector::start`] left pending.
    fn poll<'a>(
        &'a self,
        _context: &'a Context<'a>,
        _input: Value,
        _handle: Value,
    ) -> Pending<'a, Result<Outcome, Failure>> {
        Box::pin(async {
            Err(Failure::new(FailureClass::InvalidInput, "this connector has no pending work"))
        })
    }

    /// Asks the target to stop pending work.
    fn cancel<'a>(
        &'a self,
        _context: &'a Context<'a>,
        _input: Value,
        _handle: Value,
    ) -> Pending<'a, CancelOutcome> {
        Box::pin(async { CancelOutcome::Unsupported })
    }

    /// Those of its inputs that asking after pending work, or stopping it, needs; they are kept with the handle.
    fn lasting_inputs(&self) -> &'static [&'static str] {
        self.inputs()
    }

    /// True where the work can be started again without being done twice.
    fn is_repeatable(&self, _input: &Value) -> bool {
        false
    }

    /// Finds out whether a request with this idempotency key was processed, after an ambiguous failure.
    fn reconcile<'a>(&'a self, _context: &'a Context<'a>, _input: Value) -> Pending<'a, Reconciled> {
        Box::pin(async { Reconciled::Unknown })
    }
}

/// What a connector may use.
pub struct Context<'a> {
    /// HTTP within the egress policy.
    pub http: &'a HttpClient,
    /// Stable over all attempts of one job, different for every other job and after a restore.
    pub idempotency_key: &'a str,
    /// W3C trace context to hand on.
    pub traceparent: Option<&'a str>,
    /// Secret values in the input, so that a connector can keep them from strangers.
    pub secret_values: &'a [String],
}

/// What came of starting or polling.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The work is done; the value is what expressions see as `response`.
    Done(Value),
    /// The work goes on elsewhere.
    Pending {
        /// Names the work; stored by the engine, so it must be small and hold no secret.
        handle: Value,
        /// When to ask again.
        poll_after: Duration,
    },
}

/// What came of a cancellation.
#[derive(Debug, Clone, PartialEq)]
pub enum CancelOutcome {
    /// The target will stop.
    Accepted,
    /// The target cannot stop.
    Unsupported,
    /// The target refused or could not be reached.
    Failed(String),
}

/// What is known about a request after an ambiguous failure.
#[derive(Debug, Clone, PartialEq)]
pub enum Reconciled {
    /// It was processed, with this response.
    Done(Value),
    /// It was not processed and can be sent again.
    NotFound,
    /// Nobody knows.
    Unknown,
}

/// Why an attempt failed, for the retry decision and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureClass {
    /// The target refused the request (4xx).
    Client,
    /// The target refused the credentials (401, 403).
    Auth,
    /// The target asks to slow down (429).
    RateLimited,
    /// The target failed (5xx).
    Server,
    /// No answer in time, and it is known that nothing was processed or that asking again is safe.
    Timeout,
    /// No connection, or it broke, and asking again is safe.
    Network,
    /// The request may have been processed, and sending it again could process it twice.
    Ambiguous,
    /// The address is not allowed.
    EgressDenied,
    /// The task's inputs make no request.
    InvalidInput,
}

impl FailureClass {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Auth => "auth",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Ambiguous => "ambiguous",
            Self::EgressDenied => "egress_denied",
            Self::InvalidInput => "invalid_input",
        }
    }

    /// False when trying again by itself is pointless or dangerous: a person has to look.
    pub fn is_retryable(self) -> bool {
        !matches!(self, Self::Ambiguous | Self::EgressDenied | Self::InvalidInput)
    }
}

/// A failed attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What kind of failure.
    pub class: FailureClass,
    /// What `error.code` is in expressions: the HTTP status as a text, or the name of the class.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// How long the target asked to wait.
    pub retry_after: Option<Duration>,
    /// The response, when there was one.
    pub response: Option<Box<Value>>,
}

impl Failure {
    /// A failure without a response.
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self {
            class,
            code: class.name().to_owned(),
            message: message.into(),
            retry_after: None,
            response: None,
        }
    }
}

impl From<EgressDenied> for Failure {
    fn from(denied: EgressDenied) -> Self {
        Self::new(FailureClass::EgressDenied, denied.to_string())
    }
}
