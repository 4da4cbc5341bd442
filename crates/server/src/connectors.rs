//! Connectors as workers in the process: they lease jobs like any other worker, so `JobActivated` is durable before
//! a call leaves, and what they report goes the same way as a worker's report.

use crate::cli::Failure;
use crate::compose::{self, Mode};
use ::connectors::{ConnectorEnv, ConnectorJob, ConnectorOutcome, EgressPolicy, HttpClient, SecretStore};
use record::{ActivatedJob, Command, Key, Str, Variables, json};
use runtime::{ActivateJobs, Handle, Request, Target};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Calls that may be under way at once.
const CONCURRENCY: usize = 64;
/// How long a connector has a job before another may try, milliseconds; longer than its own time-outs.
const LEASE_MS: i64 = 5 * 60 * 1000;
/// How long a request for jobs waits, milliseconds.
const POLL_MS: i64 = 30_000;

/// Reads the secrets that connectors may use: the environment's, and those of a file where one is named.
pub fn secrets(file: Option<&Path>) -> Result<SecretStore, Failure> {
    let Some(path) = file else { return Ok(SecretStore::from_environment()) };
    let unusable = |why: String| Failure::with_code(2, format!("the secrets in {}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    Ok(SecretStore::from_lines(&text).map_err(unusable)?.with_environment())
}

/// What the workers of all connectors share.
struct Shared {
    handle: Handle,
    env: ConnectorEnv,
    /// Part of every idempotency key that leaves this server.
    incarnation: String,
}

/// Starts a worker for every connector type.
pub fn start(handle: &Handle, mode: Mode, secrets: SecretStore, incarnation: String) -> JoinHandle<()> {
    let policy = if mode == Mode::Development { EgressPolicy::development() } else { EgressPolicy::strict() };
    let env = ConnectorEnv { secrets, http: HttpClient::new(policy) };
    let shared = Arc::new(Shared { handle: handle.clone(), env, incarnation });
    tokio::spawn(async move {
        let mut workers = tokio::task::JoinSet::new();
        for job_type in ::connectors::types() {
            workers.spawn(work(shared.clone(), Str::from(job_type)));
        }
        while workers.join_next().await.is_some() {}
    })
}

async fn work(shared: Arc<Shared>, job_type: Str) {
    let room = Arc::new(Semaphore::new(CONCURRENCY));
    loop {
        let Ok(first) = room.clone().acquire_owned().await else { return };
        let max = room.available_permits() + 1;
        let jobs = lease(&shared.handle, &job_type, max).await;
        let mut permit = Some(first);
        for job in jobs {
            let permit = match permit.take() {
                Some(permit) => permit,
                None => match room.clone().acquire_owned().await {
                    Ok(permit) => permit,
                    Err(_) => return,
                },
            };
            let shared = shared.clone();
            tokio::spawn(async move {
                run(&shared, job).await;
                drop(permit);
            });
        }
    }
}

async fn lease(handle: &Handle, job_type: &Str, max: usize) -> Vec<ActivatedJob> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let request = ActivateJobs {
        tenant: Str::from(record::DEFAULT_TENANT),
        actor: Str::from("connectors"),
        job_type: job_type.clone(),
        worker: Str::from("connectors"),
        timeout: LEASE_MS,
        max,
        fetch: Vec::new(),
        wait_ms: POLL_MS,
        request_id: Str::from(""),
    };
    handle.activate_jobs(request, move |jobs| drop(sender.send(jobs)));
    match receiver.await {
        Ok(Ok(jobs)) => jobs,
        // The engine refuses while its disk is full, for instance: ask again, but not at once.
        _ => {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Vec::new()
        }
    }
}

async fn run(shared: &Shared, job: ActivatedJob) {
    let traceparent = crate::telemetry::traceparent(job.instance, &job.traceparent, job.key, job.fence);
    let call = ConnectorJob {
        job_type: job.job_type.to_string(),
        key: job.key.0,
        retries: job.retries,
        variables_json: job.variables.as_str().to_owned(),
        headers: job.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        idempotency_base: shared.incarnation.clone(),
        traceparent: Some(traceparent.clone()),
    };
    let mut outcome = ::connectors::run(&call, &shared.env).await;
    while let ConnectorOutcome::Pending { handle, poll_after_ms } = &outcome {
        tokio::time::sleep(Duration::from_millis(*poll_after_ms)).await;
        outcome = ::connectors::poll(&call, handle, &shared.env).await;
    }
    report(&shared.handle, job.key, job.fence, traceparent, outcome).await;
}

async fn report(handle: &Handle, job: Key, fence: u64, traceparent: String, outcome: ConnectorOutcome) {
    let command = match outcome {
        ConnectorOutcome::Complete { variables_json } => {
            Command::CompleteJob { job, variables: variables(&variables_json), fence }
        }
        ConnectorOutcome::BpmnError { code, message, variables_json } => Command::ThrowJobError {
            job,
            code: Str::from(code),
            message: Str::from(message),
            variables: variables(&variables_json),
            fence,
        },
        ConnectorOutcome::Fail { message, retries, retry_backoff_ms, variables_json, .. } => {
            Command::FailJob {
                job,
                retries,
                back_off: i64::try_from(retry_backoff_ms).unwrap_or(i64::MAX),
                message: Str::from(message),
                variables: variables(&variables_json),
                fence,
            }
        }
        // Polled to its end before it is reported.
        ConnectorOutcome::Pending { .. } => return,
    };
    let request = Request {
        tenant: Str::from(record::DEFAULT_TENANT),
        actor: Str::from("connectors"),
        request_id: Str::from(""),
        traceparent: Str::from(traceparent),
        target: Target::Owner(job),
        command,
    };
    // A rejection means that the job is gone or leased anew; either way this attempt is over.
    drop(compose::call(handle, request).await);
}

fn variables(text: &str) -> Variables {
    if text.is_empty() { Variables::new() } else { json::split(text).unwrap_or_default() }
}
