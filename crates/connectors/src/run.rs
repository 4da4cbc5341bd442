//! One job: resolve secrets, do the work, evaluate expressions, redact, and say what to tell the engine.

use record::secret::SecretPlace;
use serde_json::{Map, Value};

use crate::connector::{CancelOutcome, Context, Failure, FailureClass, Outcome, Reconciled};
use crate::expression::{self, Decision};
use crate::http::HttpClient;
use crate::input::Input;
use crate::secrets::{Resolved, SecretStore};
use crate::{duration, limits};

/// Milliseconds between attempts when the task gives no `retryBackoff`.
const DEFAULT_RETRY_BACKOFF_MS: u64 = 30_000;

/// A job as the engine activated it.
#[derive(Debug, Clone, Default)]
pub struct ConnectorJob {
    /// Job type.
    pub job_type: String,
    /// Job key.
    pub key: i64,
    /// Retries left, this attempt included.
    pub retries: i32,
    /// Variables visible to the job, a JSON object.
    pub variables_json: String,
    /// Headers of the task.
    pub headers: Vec<(String, String)>,
    /// Drawn anew by restore and fork, so that keys of another life of the same data never meet.
    pub idempotency_base: String,
    /// W3C trace context of the element instance.
    pub traceparent: Option<String>,
    /// The ticket of work that an earlier attempt left pending; empty for none.
    pub handle: String,
    /// An earlier attempt ended without a report: what it was for may have been done.
    pub unreported: bool,
    /// Where in the variables the model names secrets.
    pub secrets: Vec<SecretPlace>,
}

/// What jobs are done with.
#[derive(Clone)]
pub struct ConnectorEnv {
    /// Where secrets come from.
    pub secrets: SecretStore,
    /// HTTP within an egress policy.
    pub http: HttpClient,
}

/// What to tell the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectorOutcome {
    /// Complete the job.
    Complete {
        /// Variables, a JSON object.
        variables_json: String,
    },
    /// Throw a BPMN error.
    BpmnError {
        /// Error code.
        code: String,
        /// Message.
        message: String,
        /// Variables, a JSON object.
        variables_json: String,
    },
    /// Fail the job.
    Fail {
        /// What happened; secrets redacted.
        message: String,
        /// Retries left; 0 makes an incident.
        retries: i32,
        /// When to try again.
        retry_backoff_ms: u64,
        /// Variables, a JSON object.
        variables_json: String,
        /// Why.
        class: FailureClass,
        /// The pending work is gone: its ticket is worth nothing any more.
        gone: bool,
    },
    /// The work goes on elsewhere; keep the ticket and [`run`] the job with it later.
    Pending {
        /// The ticket.
        handle: String,
        /// When to ask again.
        poll_after_ms: u64,
    },
}

/// Does a job, or goes on with it: asks after work that is pending, and finds out what became of an attempt without
/// a report before it tries again. The type must be one of [`crate::types`]; any other fails without retries.
pub async fn run(job: &ConnectorJob, env: &ConnectorEnv) -> ConnectorOutcome {
    let mut secrets = Resolved::default();
    let result = attempt(job, env, &mut secrets).await;
    conclude(job, &secrets, result)
}

/// Asks the target to stop the work of a ticket. The job needs no variables any more.
pub async fn cancel(job: &ConnectorJob, env: &ConnectorEnv) -> CancelOutcome {
    let mut secrets = Resolved::default();
    let prepared = Input::of_ticket(&job.job_type, &job.handle)
        .and_then(|(input, handle)| Ok((input.connector, input.resolve(env, &mut secrets)?, handle)));
    let outcome = match prepared {
        Ok((connector, input, handle)) => {
            let key = idempotency_key(job);
            connector.cancel(&context(job, env, &key, &secrets), input, handle).await
        }
        Err(failure) => CancelOutcome::Failed(failure.message),
    };
    match outcome {
        CancelOutcome::Failed(message) => CancelOutcome::Failed(secrets.redact(&message)),
        other => other,
    }
}

async fn attempt(job: &ConnectorJob, env: &ConnectorEnv, secrets: &mut Resolved) -> Result<Step, Failure> {
    let (input, handle) = match job.handle.as_str() {
        "" => (Input::of_job(job)?, None),
        ticket => Input::of_ticket(&job.job_type, ticket).map(|(input, handle)| (input, Some(handle)))?,
    };
    let (connector, resolved) = (input.connector, input.resolve(env, secrets)?);
    let key = idempotency_key(job);
    let context = context(job, env, &key, secrets);
    let outcome = match handle {
        Some(handle) => {
            let repeatable = connector.is_repeatable(&resolved);
            connector.poll(&context, resolved, handle).await.map_err(|failure| lost(failure, repeatable))?
        }
        None if job.unreported => match connector.reconcile(&context, resolved.clone()).await {
            Reconciled::Done(response) => Outcome::Done(response),
            Reconciled::Unknown if !connector.is_repeatable(&resolved) => return Err(may_have_run()),
            Reconciled::Unknown | Reconciled::NotFound => connector.start(&context, resolved).await?,
        },
        None => connector.start(&context, resolved).await?,
    };
    Ok(match outcome {
        Outcome::Done(response) => Step::Done(response),
        Outcome::Pending { mut handle, poll_after } => {
            secrets.redact_value(&mut handle);
            let poll_after_ms = u64::try_from(poll_after.as_millis()).unwrap_or(u64::MAX);
            Step::Pending { ticket: input.ticket(handle), poll_after_ms }
        }
    })
}

/// What an attempt came to.
enum Step {
    Done(Value),
    Pending { ticket: String, poll_after_ms: u64 },
}

fn may_have_run() -> Failure {
    Failure::new(
        FailureClass::Ambiguous,
        "an attempt of this job ended without a report, because the server stopped while it was under way; the request \
         may have run. Find out before sending it again, then resolve the incident, which sends it, or complete the job",
    )
}

/// True where the target no longer knows the pending work.
fn is_gone(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), "404" | "410")
}

/// The target no longer knows the pending work: whether it was done nobody can tell.
fn lost(failure: Failure, repeatable: bool) -> Failure {
    if repeatable || !is_gone(&failure) {
        return failure;
    }
    let message = format!(
        "the target no longer knows the work that was pending, which may have run: {}. Find out before starting it \
         again, then resolve the incident, which starts it, or complete the job",
        failure.message
    );
    Failure { class: FailureClass::Ambiguous, message, ..failure }
}

fn context<'a>(
    job: &'a ConnectorJob,
    env: &'a ConnectorEnv,
    key: &'a str,
    secrets: &'a Resolved,
) -> Context<'a> {
    Context {
        http: &env.http,
        idempotency_key: key,
        traceparent: job.traceparent.as_deref(),
        secret_values: secrets.values(),
    }
}

fn idempotency_key(job: &ConnectorJob) -> String {
    format!("{}-{}", job.idempotency_base, job.key)
}

pub(crate) fn header<'a>(job: &'a ConnectorJob, name: &str) -> Option<&'a str> {
    let found = job.headers.iter().find(|(key, _)| key == name)?;
    Some(found.1.trim()).filter(|value| !value.is_empty())
}

/// Applies the task's expressions to what came of the attempt.
fn conclude(job: &ConnectorJob, secrets: &Resolved, result: Result<Step, Failure>) -> ConnectorOutcome {
    match result {
        Ok(Step::Pending { ticket, poll_after_ms }) => ConnectorOutcome::Pending {
            handle: ticket,
            poll_after_ms: poll_after_ms.min(limits::MAX_POLL_AFTER_MS),
        },
        Ok(Step::Done(mut response)) => {
            secrets.redact_value(&mut response);
            let scope = success_scope(job, &response);
            match decide(job, &scope) {
                Err(failure) => failed(job, failure, false),
                Ok(Some(decision)) => decided(job, decision, FailureClass::Client, false),
                Ok(None) => match variables(job, &response, &scope) {
                    Ok(variables) => ConnectorOutcome::Complete { variables_json: variables.to_string() },
                    Err(failure) => failed(job, failure, false),
                },
            }
        }
        Err(mut failure) => {
            failure.message = secrets.redact(&failure.message);
            if let Some(response) = &mut failure.response {
                secrets.redact_value(response);
            }
            let gone = !job.handle.is_empty() && is_gone(&failure);
            match decide(job, &failure_scope(job, &failure)) {
                Err(expression_failure) => failed(job, expression_failure, gone),
                Ok(Some(decision)) => decided(job, decision, failure.class, gone),
                Ok(None) => failed(job, failure, gone),
            }
        }
    }
}

fn success_scope(job: &ConnectorJob, response: &Value) -> Map<String, Value> {
    // Members of the response are visible by themselves as well, as in Camunda's older templates.
    let mut scope = response.as_object().cloned().unwrap_or_default();
    scope.insert("response".to_owned(), response.clone());
    scope.insert("error".to_owned(), Value::Null);
    scope.insert("job".to_owned(), job_value(job));
    scope
}

fn failure_scope(job: &ConnectorJob, failure: &Failure) -> Map<String, Value> {
    let mut error = Map::new();
    error.insert("code".to_owned(), failure.code.clone().into());
    error.insert("message".to_owned(), failure.message.clone().into());
    error.insert("type".to_owned(), failure.class.name().into());
    let response = failure.response.as_deref().cloned().unwrap_or(Value::Null);
    let mut variables = Map::new();
    variables.insert("response".to_owned(), response.clone());
    error.insert("variables".to_owned(), Value::Object(variables));
    let mut scope = Map::new();
    scope.insert("response".to_owned(), response);
    scope.insert("error".to_owned(), Value::Object(error));
    scope.insert("job".to_owned(), job_value(job));
    scope
}

fn job_value(job: &ConnectorJob) -> Value {
    let mut out = Map::new();
    out.insert("retries".to_owned(), job.retries.into());
    Value::Object(out)
}

fn decide(job: &ConnectorJob, scope: &Map<String, Value>) -> Result<Option<Decision>, Failure> {
    let Some(text) = header(job, "errorExpression") else { return Ok(None) };
    expression::decide(text, scope).map_err(|message| {
        Failure::new(FailureClass::InvalidInput, format!("errorExpression cannot be evaluated: {message}"))
    })
}

fn decided(job: &ConnectorJob, decision: Decision, class: FailureClass, gone: bool) -> ConnectorOutcome {
    match decision {
        Decision::BpmnError { code, message, variables } => {
            ConnectorOutcome::BpmnError { code, message, variables_json: variables.to_string() }
        }
        Decision::Ignore { variables } => {
            ConnectorOutcome::Complete { variables_json: variables.to_string() }
        }
        Decision::JobError { message, variables, retries, retry_backoff_ms } => ConnectorOutcome::Fail {
            message: shorten(message),
            retries: retries.unwrap_or_else(|| (job.retries - 1).max(0)),
            retry_backoff_ms: retry_backoff_ms.unwrap_or(0),
            variables_json: variables.to_string(),
            class,
            gone,
        },
    }
}

/// The variables a completed job gives: `resultVariable`, then what `resultExpression` gives.
fn variables(job: &ConnectorJob, response: &Value, scope: &Map<String, Value>) -> Result<Value, Failure> {
    let mut out = Map::new();
    if let Some(name) = header(job, "resultVariable") {
        out.insert(name.to_owned(), response.clone());
    }
    if let Some(text) = header(job, "resultExpression") {
        let invalid = |message: String| Failure::new(FailureClass::InvalidInput, message);
        match expression::evaluate(text, scope) {
            Ok(Value::Object(members)) => out.extend(members),
            Ok(Value::Null) => {}
            Ok(other) => {
                return Err(invalid(format!("resultExpression gave {other}, not a context of variables")));
            }
            Err(message) => return Err(invalid(format!("resultExpression cannot be evaluated: {message}"))),
        }
    }
    Ok(Value::Object(out))
}

fn failed(job: &ConnectorJob, failure: Failure, gone: bool) -> ConnectorOutcome {
    let retries = if failure.class.is_retryable() { (job.retries - 1).max(0) } else { 0 };
    let own =
        header(job, "retryBackoff").and_then(duration::milliseconds).unwrap_or(DEFAULT_RETRY_BACKOFF_MS);
    let asked = failure.retry_after.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    ConnectorOutcome::Fail {
        message: shorten(format!("{} [{}]", failure.message, failure.class.name())),
        retries,
        retry_backoff_ms: own.max(asked),
        variables_json: "{}".to_owned(),
        class: failure.class,
        gone,
    }
}

fn shorten(message: String) -> String {
    match message.char_indices().nth(limits::MESSAGE_CHARS) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message,
    }
}
