//! One job: resolve secrets, do the work, evaluate expressions, redact, and say what to tell the engine.

use serde_json::{Map, Value};

use crate::connector::{CancelOutcome, Connector, Context, Failure, FailureClass, Outcome};
use crate::expression::{self, Decision};
use crate::http::HttpClient;
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
    },
    /// The work goes on elsewhere; store the handle and [`poll`] later.
    Pending {
        /// Names the work, JSON.
        handle: String,
        /// When to ask again.
        poll_after_ms: u64,
    },
}

/// Does a job. Its type must be one of [`crate::types`]; any other fails without retries.
pub async fn run(job: &ConnectorJob, env: &ConnectorEnv) -> ConnectorOutcome {
    attempt(job, env, None).await
}

/// Asks after work that [`run`] or an earlier poll left pending.
pub async fn poll(job: &ConnectorJob, handle: &str, env: &ConnectorEnv) -> ConnectorOutcome {
    attempt(job, env, Some(handle)).await
}

/// Asks the target to stop pending work.
pub async fn cancel(job: &ConnectorJob, handle: &str, env: &ConnectorEnv) -> CancelOutcome {
    let mut secrets = Resolved::default();
    let prepared = match prepare(job, env, &mut secrets) {
        Ok(prepared) => prepared,
        Err(failure) => return CancelOutcome::Failed(secrets.redact(&failure.message)),
    };
    let handle = serde_json::from_str(handle).unwrap_or(Value::Null);
    let key = idempotency_key(job);
    let context = context(job, env, &key, &secrets);
    match prepared.connector.cancel(&context, prepared.input, handle).await {
        CancelOutcome::Failed(message) => CancelOutcome::Failed(secrets.redact(&message)),
        other => other,
    }
}

struct Prepared {
    connector: &'static dyn Connector,
    input: Value,
}

async fn attempt(job: &ConnectorJob, env: &ConnectorEnv, handle: Option<&str>) -> ConnectorOutcome {
    let mut secrets = Resolved::default();
    let prepared = match prepare(job, env, &mut secrets) {
        Ok(prepared) => prepared,
        Err(failure) => return conclude(job, &secrets, Err(failure)),
    };
    let key = idempotency_key(job);
    let context = context(job, env, &key, &secrets);
    let result = match handle {
        None => prepared.connector.start(&context, prepared.input).await,
        Some(handle) => {
            let handle = serde_json::from_str(handle).unwrap_or(Value::Null);
            prepared.connector.poll(&context, prepared.input, handle).await
        }
    };
    conclude(job, &secrets, result)
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

fn prepare(job: &ConnectorJob, env: &ConnectorEnv, secrets: &mut Resolved) -> Result<Prepared, Failure> {
    let invalid = |message: String| Failure::new(FailureClass::InvalidInput, message);
    let connector = crate::connector(&job.job_type)
        .ok_or_else(|| invalid(format!("there is no connector for the job type `{}`", job.job_type)))?;
    let variables: Value = serde_json::from_str(&job.variables_json)
        .map_err(|error| invalid(format!("the variables of the job are no JSON: {error}")))?;
    let Value::Object(mut variables) = variables else {
        return Err(invalid("the variables of the job are no JSON object".to_owned()));
    };
    if let Some(text) = header(job, "requestExpression") {
        let late = expression::evaluate(text, &variables)
            .map_err(|message| invalid(format!("requestExpression cannot be evaluated: {message}")))?;
        let Value::Object(late) = late else {
            return Err(invalid(format!("requestExpression gave {late}, not a context of inputs")));
        };
        variables.extend(late);
    }
    let mut input = Map::new();
    for name in connector.inputs() {
        if let Some(mut value) = variables.remove(*name) {
            secrets.resolve(&env.secrets, &mut value)?;
            input.insert((*name).to_owned(), value);
        }
    }
    derived(&input, secrets);
    Ok(Prepared { connector, input: Value::Object(input) })
}

/// Remembers forms of secrets that requests are made of, in case a target echoes them.
fn derived(input: &Map<String, Value>, secrets: &mut Resolved) {
    let Some(authentication) = input.get("authentication") else { return };
    let part = |name: &str| authentication.get(name).and_then(Value::as_str);
    if let Some((user, password)) = part("username").zip(part("password")) {
        secrets.also(crate::secrets::base64(format!("{user}:{password}").as_bytes()));
    }
}

fn header<'a>(job: &'a ConnectorJob, name: &str) -> Option<&'a str> {
    let found = job.headers.iter().find(|(key, _)| key == name)?;
    Some(found.1.trim()).filter(|value| !value.is_empty())
}

/// Applies the task's expressions to what came of the attempt.
fn conclude(job: &ConnectorJob, secrets: &Resolved, result: Result<Outcome, Failure>) -> ConnectorOutcome {
    match result {
        Ok(Outcome::Pending { handle, poll_after }) => {
            let poll_after_ms = u64::try_from(poll_after.as_millis()).unwrap_or(u64::MAX);
            let mut handle = handle;
            secrets.redact_value(&mut handle);
            ConnectorOutcome::Pending {
                handle: handle.to_string(),
                poll_after_ms: poll_after_ms.min(limits::MAX_POLL_AFTER_MS),
            }
        }
        Ok(Outcome::Done(mut response)) => {
            secrets.redact_value(&mut response);
            let scope = success_scope(job, &response);
            match decide(job, &scope) {
                Err(failure) => failed(job, failure),
                Ok(Some(decision)) => decided(job, decision, FailureClass::Client),
                Ok(None) => match variables(job, &response, &scope) {
                    Ok(variables) => ConnectorOutcome::Complete { variables_json: variables.to_string() },
                    Err(failure) => failed(job, failure),
                },
            }
        }
        Err(mut failure) => {
            failure.message = secrets.redact(&failure.message);
            if let Some(response) = &mut failure.response {
                secrets.redact_value(response);
            }
            match decide(job, &failure_scope(job, &failure)) {
                Err(expression_failure) => failed(job, expression_failure),
                Ok(Some(decision)) => decided(job, decision, failure.class),
                Ok(None) => failed(job, failure),
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

fn decided(job: &ConnectorJob, decision: Decision, class: FailureClass) -> ConnectorOutcome {
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

fn failed(job: &ConnectorJob, failure: Failure) -> ConnectorOutcome {
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
    }
}

fn shorten(message: String) -> String {
    match message.char_indices().nth(limits::MESSAGE_CHARS) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message,
    }
}
