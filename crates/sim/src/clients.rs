//! Clients and workers: what they ask, and what they have been told.

use crate::ledger::Ledger;
use crate::models::{BEGIN, GO, JOB_TYPE, PROCESSES};
use crate::random::Random;
use record::command::Resource;
use record::wire::Bytes;
use record::{AggregateId, Command, DEFAULT_TENANT, Json, Key, RejectionKind, Response, Str, Variables};
use runtime::{ActivateJobs, Activated, Answer, Inbound, PollId, Request, Target};
use std::collections::BTreeMap;

/// A call of a client: it repeats it under the same id until it has an answer, and sometimes after that.
#[derive(Debug, Clone)]
struct Call {
    request: Request,
    /// The job that it completes.
    completes: Option<Key>,
    answered: bool,
}

/// All clients and workers.
#[derive(Default)]
pub struct Clients {
    calls: Vec<Call>,
    /// Calls under way by token; those of before the last crash are forgotten.
    under_way: BTreeMap<u64, usize>,
    polls: BTreeMap<u64, ()>,
    /// Jobs that were handed to a worker.
    leased: Vec<Key>,
    next_token: u64,
    /// Of refusals that only a bug explains, those that the plan asked for.
    pub tolerated: Vec<&'static str>,
    pub ledger: Ledger,
}

impl Clients {
    fn token(&mut self) -> u64 {
        self.next_token += 1;
        self.next_token
    }

    fn call(&mut self, target: Target, command: Command, completes: Option<Key>) -> usize {
        let request = Request {
            tenant: DEFAULT_TENANT.into(),
            actor: "client".into(),
            request_id: format!("r{}", self.calls.len()).into(),
            traceparent: "".into(),
            target,
            command,
        };
        self.calls.push(Call { request, completes, answered: false });
        self.calls.len() - 1
    }

    /// Sends a call, again or for the first time.
    pub fn send(&mut self, call: usize) -> Inbound<u64> {
        let token = self.token();
        self.under_way.insert(token, call);
        Inbound::Submit(self.calls[call].request.clone(), token)
    }

    /// Deploys models.
    pub fn deploy(&mut self, files: Vec<(String, String)>) -> usize {
        let resources = files
            .into_iter()
            .map(|(name, content)| Resource {
                name: name.into(),
                content: Bytes(content.into_bytes().into()),
            })
            .collect();
        self.call(Target::Catalog, Command::DeployResources { resources }, None)
    }

    /// A new call, of any kind.
    pub fn invent(&mut self, random: &mut Random) -> usize {
        match random.below(10) {
            0..=3 => self.create(random),
            4..=6 if !self.leased.is_empty() => self.finish_job(random),
            7 => {
                let (name, key) = (if random.chance(70) { GO } else { BEGIN }, random.below(12));
                self.publish(name, key, random.below(200_000) as i64)
            }
            8 if random.chance(30) => self.cancel(random),
            _ => self.create(random),
        }
    }

    fn create(&mut self, random: &mut Random) -> usize {
        let process = PROCESSES[random.below(PROCESSES.len() as u64) as usize];
        let key = Json::trusted(format!("\"k{}\"", random.below(12)));
        let variables: Variables = vec![("key".into(), key), ("n".into(), Json::trusted("1"))];
        let command = Command::CreateProcessInstance {
            definition: Key::NONE,
            process_id: process.into(),
            version: -1,
            variables,
            start: Vec::new(),
            origin: None,
            business_id: "".into(),
            tags: Vec::new(),
        };
        self.call(Target::NewInstance, command, None)
    }

    /// A worker completes or fails a job that it got, or one that someone else has by now.
    fn finish_job(&mut self, random: &mut Random) -> usize {
        let at = random.below(self.leased.len() as u64) as usize;
        let job = if random.chance(80) { self.leased.swap_remove(at) } else { self.leased[at] };
        if random.chance(10) {
            let (handle, poll_after) = ("work".into(), random.below(20_000) as i64);
            let command = Command::KeepJobPending { job, handle, poll_after, fence: 0 };
            return self.call(Target::Owner(job), command, None);
        }
        if random.chance(15) {
            let command = Command::FailJob {
                job,
                retries: 2,
                back_off: random.below(20_000) as i64,
                message: "simulated".into(),
                variables: Vec::new(),
                fence: 0,
            };
            return self.call(Target::Owner(job), command, None);
        }
        self.complete(job)
    }

    fn complete(&mut self, job: Key) -> usize {
        let variables = vec![("done".into(), Json::trusted("true"))];
        let command = Command::CompleteJob { job, variables, fence: 0 };
        self.call(Target::Owner(job), command, Some(job))
    }

    fn publish(&mut self, name: &str, key: u64, time_to_live: i64) -> usize {
        let id = AggregateId::Message {
            tenant: DEFAULT_TENANT.into(),
            name: name.into(),
            correlation_key: format!("k{key}").into(),
        };
        let command = Command::PublishMessage {
            time_to_live,
            message_id: "".into(),
            variables: vec![("m".into(), Json::trusted("2"))],
        };
        self.call(Target::Aggregate(id), command, None)
    }

    fn cancel(&mut self, random: &mut Random) -> usize {
        let instances = self.ledger.instances();
        let at = random.below(instances.len() as u64) as usize;
        match instances.iter().nth(at).copied() {
            Some(key) => self.call(Target::Owner(key), Command::CancelProcessInstance {}, None),
            None => self.create(random),
        }
    }

    /// Asks for jobs.
    pub fn poll(&mut self, random: &mut Random) -> Inbound<u64> {
        let wait_ms = if random.chance(50) { 0 } else { random.below(30_000) as i64 };
        self.ask(random.range(1, 8) as usize, wait_ms, random.range(1_000, 60_000) as i64)
    }

    fn ask(&mut self, max: usize, wait_ms: i64, timeout: i64) -> Inbound<u64> {
        let token = self.token();
        self.polls.insert(token, ());
        let request = ActivateJobs {
            tenant: DEFAULT_TENANT.into(),
            actor: "worker".into(),
            job_type: Str::from(JOB_TYPE),
            worker: "w".into(),
            timeout,
            max,
            fetch: Vec::new(),
            wait_ms,
            request_id: if token.is_multiple_of(3) { format!("p{token}").into() } else { "".into() },
        };
        Inbound::Activate(request, PollId(token), token)
    }

    /// Some call made before, with its answer or still without.
    pub fn some_call(&self, random: &mut Random) -> usize {
        random.below(self.calls.len() as u64) as usize
    }

    /// Calls without an answer.
    pub fn unanswered(&self) -> Vec<usize> {
        (0..self.calls.len()).filter(|call| !self.calls[*call].answered).collect()
    }

    /// What is needed so that everything ends: all jobs done, all messages sent.
    pub fn finish(&mut self) -> Vec<Inbound<u64>> {
        let mut sends = vec![self.ask(100, 0, 600_000)];
        for job in std::mem::take(&mut self.leased) {
            let call = self.complete(job);
            sends.push(self.send(call));
        }
        for key in 0..12 {
            let call = self.publish(GO, key, 1_000);
            sends.push(self.send(call));
        }
        sends
    }

    /// The answer to a call arrived, after the node had sent so many.
    pub fn answered(&mut self, token: u64, answer: &Answer, now: u64) -> Result<(), String> {
        let Some(at) = self.under_way.remove(&token) else { return Ok(()) };
        let call = &mut self.calls[at];
        if let Response::Rejected { rejection } = &answer.response {
            match rejection.kind {
                // The outcome is unknown, or nothing happened: the client tries again.
                RejectionKind::Unavailable | RejectionKind::ResourceExhausted => return Ok(()),
                RejectionKind::ProcessingError
                    if !self.tolerated.iter().any(|it| rejection.reason.contains(it)) =>
                {
                    return Err(rejection.reason.to_string());
                }
                _ => {}
            }
        }
        call.answered = true;
        self.ledger.answered(&call.request.request_id, &answer.response)?;
        if let (Some(job), Response::Done {}) = (call.completes, &answer.response) {
            self.ledger.completed(job, now);
        }
        Ok(())
    }

    /// Jobs arrived, that were sent after so many answers. What was under way for long may be done by now.
    pub fn activated(&mut self, token: u64, jobs: &Activated, sent: u64) -> Result<(), String> {
        if self.polls.remove(&token).is_none() {
            return Ok(());
        }
        for job in jobs.iter().flatten() {
            if self.ledger.completed.get(&job.key).is_some_and(|known| *known <= sent) {
                return Err(format!("job {} was handed out after its completion was acknowledged", job.key));
            }
            if !self.leased.contains(&job.key) {
                self.leased.push(job.key);
            }
        }
        Ok(())
    }

    /// All connections broke.
    pub fn disconnected(&mut self) {
        self.under_way.clear();
        self.polls.clear();
    }
}
