//! Connectors as workers in the process: they lease jobs like any other worker, so `JobActivated` is durable before
//! a call leaves, and what they report goes the same way as a worker's report.
//!
//! A lease is short and prolonged while its call is under way, so that a restart soon takes up what a crash left
//! behind. Work that goes on elsewhere holds no lease and no memory here: the job comes again with its ticket when it is
//! time to ask.
//!
//! **Invariant**: of one job at most one attempt is under way in this process, and an attempt without a report is never
//! repeated unless its connector finds that to be safe.

use crate::cancellations::{Abandoned, Cancellations};
use crate::cli::Failure;
use crate::compose::{self, Mode};
use ::connectors::{
    CancelOutcome, ConnectorEnv, ConnectorJob, ConnectorOutcome, EgressPolicy, HttpClient, SecretStore,
};
use record::{ActivatedJob, Command, Key, RejectionKind, Response, Str, Variables, json};
use runtime::{ActivateJobs, Handle, Request, Target};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};

/// Calls of one type that may be under way at once.
const CONCURRENCY: usize = 64;
/// How long a connector has a job before another may try, milliseconds, unless it prolongs that.
const LEASE_MS: i64 = 30_000;
/// How often a lease is prolonged while its call is under way.
const PROLONG: Duration = Duration::from_secs(10);
/// How long a request for jobs waits, milliseconds.
const POLL_MS: i64 = 30_000;
/// How long a stop waits for calls under way. What is not done by then is settled by the next start.
const STOP: Duration = Duration::from_secs(10);
/// Time between two tries to stop work elsewhere: the first, and the longest.
const CANCEL_RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// How long stopping work elsewhere is tried.
const CANCEL_FOR: Duration = Duration::from_secs(24 * 3_600);

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
    cancellations: Arc<Cancellations>,
    /// Attempts under way, with the newest lease of each.
    running: Mutex<HashMap<Key, Arc<AtomicU64>>>,
    /// True from when no more calls are to begin.
    stopping: watch::Sender<bool>,
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<Key, Arc<AtomicU64>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running workers.
pub struct Workers {
    shared: Arc<Shared>,
    leasing: JoinSet<()>,
    cancelling: JoinHandle<()>,
}

impl Workers {
    /// Leases no more jobs and waits a while for the calls that are under way.
    pub async fn stop(mut self) {
        self.shared.stopping.send_replace(true);
        self.cancelling.abort();
        let all_done = async {
            while self.leasing.join_next().await.is_some() {}
            // Every attempt under way holds a receiver.
            self.shared.stopping.closed().await;
        };
        // What is not done by then is settled by the next start.
        drop(tokio::time::timeout(STOP, all_done).await);
    }
}

/// Starts a worker for every connector type.
pub fn start(
    handle: &Handle,
    mode: Mode,
    secrets: SecretStore,
    incarnation: String,
    cancellations: Arc<Cancellations>,
) -> Workers {
    let policy = if mode == Mode::Development { EgressPolicy::development() } else { EgressPolicy::strict() };
    let env = ConnectorEnv { secrets, http: HttpClient::new(policy) };
    let shared = Arc::new(Shared {
        handle: handle.clone(),
        env,
        incarnation,
        cancellations,
        running: Mutex::default(),
        stopping: watch::Sender::new(false),
    });
    let mut leasing = JoinSet::new();
    for job_type in ::connectors::types() {
        leasing.spawn(work(shared.clone(), Str::from(job_type)));
    }
    let cancelling = tokio::spawn(cancel_abandoned(shared.clone()));
    Workers { shared, leasing, cancelling }
}

async fn work(shared: Arc<Shared>, job_type: Str) {
    let room = Arc::new(Semaphore::new(CONCURRENCY));
    let mut stopping = shared.stopping.subscribe();
    while !*stopping.borrow() {
        let Ok(first) = room.clone().acquire_owned().await else { return };
        let max = room.available_permits() + 1;
        let jobs = lease(&shared, &job_type, max, &mut stopping).await;
        let mut permit = Some(first);
        for job in jobs {
            let permit = match permit.take() {
                Some(permit) => permit,
                None => match room.clone().acquire_owned().await {
                    Ok(permit) => permit,
                    Err(_) => return,
                },
            };
            begin(&shared, job, permit);
        }
    }
}

async fn lease(
    shared: &Shared,
    job_type: &Str,
    max: usize,
    stopping: &mut watch::Receiver<bool>,
) -> Vec<ActivatedJob> {
    let (sender, mut receiver) = tokio::sync::oneshot::channel();
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
    let poll = shared.handle.activate_jobs(request, move |jobs| drop(sender.send(jobs)));
    let answer = tokio::select! {
        answer = &mut receiver => answer,
        () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
            // What was leased meanwhile comes all the same.
            shared.handle.cancel_poll(poll);
            receiver.await
        }
    };
    match answer {
        Ok(Ok(jobs)) => jobs,
        // The engine refuses while its disk is full, for instance: ask again, but not at once.
        _ => {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Vec::new()
        }
    }
}

/// Begins an attempt. Where one of the same job is under way, it goes on under the new lease: engine time leapt.
fn begin(shared: &Arc<Shared>, job: ActivatedJob, permit: OwnedSemaphorePermit) {
    let fence = Arc::new(AtomicU64::new(job.fence));
    {
        let mut running = shared.running();
        if let Some(earlier) = running.get(&job.key) {
            return earlier.store(job.fence, Ordering::Release);
        }
        running.insert(job.key, fence.clone());
    }
    let (shared, under_way) = (shared.clone(), shared.stopping.subscribe());
    tokio::spawn(async move {
        let key = job.key;
        attempt(&shared, job, &fence).await;
        shared.running().remove(&key);
        drop((permit, under_way));
    });
}

async fn attempt(shared: &Shared, job: ActivatedJob, fence: &AtomicU64) {
    if *shared.stopping.borrow() {
        return give_back(shared, &job).await;
    }
    let traceparent = crate::telemetry::traceparent(job.root, &job.traceparent, job.key, job.fence);
    let call = ConnectorJob {
        job_type: job.job_type.to_string(),
        key: job.key.0,
        retries: job.retries,
        variables_json: job.variables.as_str().to_owned(),
        headers: job.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        idempotency_base: shared.incarnation.clone(),
        traceparent: Some(traceparent.clone()),
        handle: job.handle.to_string(),
        unreported: job.unreported,
        secrets: job.secrets.clone(),
    };
    let outcome = {
        let work = ::connectors::run(&call, &shared.env);
        tokio::pin!(work);
        let mut ticks = tokio::time::interval_at(Instant::now() + PROLONG, PROLONG);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                _ = ticks.tick() => prolong(shared, job.key, &traceparent),
            }
        }
    };
    report(shared, &call, fence.load(Ordering::Acquire), traceparent, outcome).await;
}

/// The job has not been begun: it is free at once, with all its retries. Where an earlier attempt left something to
/// find out, the end of the lease leaves it so.
async fn give_back(shared: &Shared, job: &ActivatedJob) {
    if job.unreported || !job.handle.is_empty() {
        return;
    }
    let command = Command::FailJob {
        job: job.key,
        retries: job.retries,
        back_off: 0,
        message: Str::from("The server stopped before the call was made"),
        variables: Variables::new(),
        fence: job.fence,
    };
    drop(submit(shared, job.key, "", command).await);
}

/// Keeps the lease for a call that takes its time. A refusal means that the job is gone; the call finds out itself.
fn prolong(shared: &Shared, job: Key, traceparent: &str) {
    let command = Command::UpdateJob { job, retries: None, timeout: Some(LEASE_MS), priority: None };
    shared.handle.submit(request(job, traceparent, command), |_| {});
}

async fn report(
    shared: &Shared,
    call: &ConnectorJob,
    fence: u64,
    traceparent: String,
    outcome: ConnectorOutcome,
) {
    let job = Key(call.key);
    let keep = |handle: &str, poll_after_ms: u64| Command::KeepJobPending {
        job,
        handle: Str::from(handle),
        poll_after: i64::try_from(poll_after_ms).unwrap_or(i64::MAX),
        fence,
    };
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
        ConnectorOutcome::Fail { message, retries, retry_backoff_ms, variables_json, gone, .. } => {
            if gone {
                drop(submit(shared, job, &traceparent, keep("", LEASE_MS as u64)).await);
            }
            Command::FailJob {
                job,
                retries,
                back_off: i64::try_from(retry_backoff_ms).unwrap_or(i64::MAX),
                message: Str::from(message),
                variables: variables(&variables_json),
                fence,
            }
        }
        ConnectorOutcome::Pending { handle, poll_after_ms } => {
            let kept = submit(shared, job, &traceparent, keep(&handle, poll_after_ms)).await;
            return not_wanted(shared, call, handle, &kept);
        }
    };
    // A rejection means that the job is gone or leased anew; either way this attempt is over.
    drop(submit(shared, job, &traceparent, command).await);
}

/// The job was cancelled while its request was under way, so no event names the work that began.
fn not_wanted(shared: &Shared, call: &ConnectorJob, ticket: String, kept: &Response) {
    let refused = matches!(kept, Response::Rejected { rejection }
        if matches!(rejection.kind, RejectionKind::NotFound | RejectionKind::InvalidState));
    if refused && call.handle.is_empty() {
        let abandoned = Abandoned { job: call.key, job_type: call.job_type.clone(), ticket };
        // Where the file cannot be written, the exporter says so.
        drop(shared.cancellations.note(0, abandoned));
    }
}

fn request(job: Key, traceparent: &str, command: Command) -> Request {
    Request {
        tenant: Str::from(record::DEFAULT_TENANT),
        actor: Str::from("connectors"),
        request_id: Str::from(""),
        traceparent: Str::from(traceparent),
        target: Target::Owner(job),
        command,
    }
}

async fn submit(shared: &Shared, job: Key, traceparent: &str, command: Command) -> Response {
    compose::call(&shared.handle, request(job, traceparent, command)).await
}

fn variables(text: &str) -> Variables {
    if text.is_empty() { Variables::new() } else { json::split(text).unwrap_or_default() }
}

/// Tells targets to stop work that nobody wants any more.
async fn cancel_abandoned(shared: Arc<Shared>) {
    let mut under_way: HashMap<i64, JoinHandle<()>> = HashMap::new();
    loop {
        let changed = shared.cancellations.changed.notified();
        under_way.retain(|_, task| !task.is_finished());
        for abandoned in shared.cancellations.list() {
            under_way.entry(abandoned.job).or_insert_with(|| tokio::spawn(cancel(shared.clone(), abandoned)));
        }
        changed.await;
    }
}

async fn cancel(shared: Arc<Shared>, abandoned: Abandoned) {
    let Abandoned { job, job_type, ticket } = abandoned;
    let call = ConnectorJob {
        job_type,
        key: job,
        handle: ticket,
        idempotency_base: shared.incarnation.clone(),
        ..ConnectorJob::default()
    };
    let (mut wait, longest) = CANCEL_RETRY;
    let end = Instant::now() + CANCEL_FOR;
    while let CancelOutcome::Failed(_) = ::connectors::cancel(&call, &shared.env).await {
        if Instant::now() > end {
            break;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(longest);
    }
    // What cannot be written is told again after a restart, which does no harm.
    drop(shared.cancellations.done(job));
}
