//! The engine in this process: real journal in files, real threads.

use crate::closed_loop::{self, Answers, Event, System};
use crate::limit;
use crate::measure::{CountingDisk, Meter, Run, cpu_seconds};
use crate::model::Requests;
use journal::FileDisk;
use record::port::Clock;
use record::{Key, Response};
use runtime::{Handle, Options, Ports};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use store::MemoryStore;

/// A run and its limit.
#[derive(Debug, Clone)]
pub struct Pair {
    pub real: Run,
    pub limit: Run,
}

impl Pair {
    pub fn ratio(&self) -> f64 {
        self.real.per_second() / self.limit.per_second().max(1e-9)
    }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
    }
}

struct Engine {
    handle: Handle,
    requests: Requests,
    answers: Arc<Answers>,
}

impl System for Engine {
    fn create(&mut self) {
        let answers = self.answers.clone();
        self.handle.submit(self.requests.create(), move |answer| {
            answers.push(Event::Created(match answer.response {
                Response::Created { instance, .. } => Ok(instance),
                other => Err(format!("create: {other:?}")),
            }));
        });
    }

    fn activate(&mut self, max: usize) {
        let answers = self.answers.clone();
        self.handle.activate_jobs(self.requests.activate(max), move |jobs| {
            answers.push(Event::Jobs(match jobs {
                Ok(jobs) => Ok(jobs.iter().map(|job| (job.key, job.instance)).collect()),
                Err(rejection) => Err(format!("activate: {}", rejection.reason)),
            }));
        });
    }

    fn complete(&mut self, job: Key, instance: Key) {
        let answers = self.answers.clone();
        self.handle.submit(self.requests.complete(job), move |answer| {
            answers.push(Event::Completed(match answer.response {
                Response::Done {} => Ok(instance),
                other => Err(format!("complete: {other:?}")),
            }));
        });
    }
}

/// Runs every number of instances in flight; gives the fastest.
pub fn run(directory: &Path, in_flight: &[usize], time: Duration) -> Result<Pair, String> {
    let mut best: Option<Pair> = None;
    for &count in in_flight {
        let (real, records) = run_one(&directory.join(format!("real-{count}")), count, time)?;
        println!("{}", real.line("in-process"));
        let limit = limit::run(&directory.join(format!("limit-{count}")), count, time, &records)?;
        println!("{}", limit.line("limit"));
        let pair = Pair { real, limit };
        println!("{:<11} in flight {count:>5}: {:.2}", "ratio", pair.ratio());
        if best.as_ref().is_none_or(|best| pair.real.per_second() > best.real.per_second()) {
            best = Some(pair);
        }
    }
    best.ok_or_else(|| "--in-flight names no number".to_owned())
}

fn run_one(directory: &Path, in_flight: usize, time: Duration) -> Result<(Run, Vec<record::Record>), String> {
    let syncs = Arc::new(AtomicU64::new(0));
    let disk = FileDisk::open(directory).map_err(|error| error.to_string())?;
    let (path, uncounted) = (directory.to_owned(), Arc::new(AtomicU64::new(0)));
    let ports = Ports {
        disk: CountingDisk::new(disk, syncs.clone()),
        reading: Arc::new(move || CountingDisk::new(FileDisk::for_reading(&path), uncounted.clone())),
        store: MemoryStore::new(),
        clock: SystemClock,
        exporter: None,
    };
    let (handle, guard) = runtime::start(Options::default(), ports).map_err(|error| error.to_string())?;
    let answers = Arc::new(Answers::default());
    let requests = Requests::default();
    let deployed = handle.call(requests.deploy()).response;
    if !matches!(deployed, Response::Deployed { .. }) {
        return Err(format!("deploy: {deployed:?}"));
    }
    let mut engine = Engine { handle, requests, answers: answers.clone() };
    let counted = syncs.clone();
    let meter =
        Meter::new(time, Box::new(|| cpu_seconds("self")), Box::new(move || counted.load(Ordering::Relaxed)));
    let run = closed_loop::run(&mut engine, &answers, in_flight, meter)?;
    guard.stop();
    Ok((run, limit::sample(directory)?))
}
