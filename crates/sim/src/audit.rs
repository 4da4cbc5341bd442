//! The audit: reads the log as a stranger and checks what must hold in it.

use crate::ledger::Ledger;
use crate::world::World;
use journal::Reader;
use record::{AggregateId, Command, Event, Key, Record};
use std::collections::{BTreeMap, BTreeSet};

/// What the log says about a job.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Job {
    Open,
    Leased { until: i64 },
    Closed,
}

/// Everything that was seen.
#[derive(Default)]
struct Audit {
    next_lsn: u64,
    time: i64,
    requests: BTreeMap<String, u64>,
    delivered: BTreeSet<(u16, u64)>,
    sent: BTreeSet<(u16, u64)>,
    created: BTreeSet<Key>,
    ended: BTreeSet<Key>,
    jobs: BTreeMap<Key, Job>,
    completed: BTreeSet<Key>,
    timers: BTreeMap<Key, i64>,
}

/// Checks the log, with what was trimmed from it, against itself and against the ledger. Where `finished`, everything
/// must have come to its end.
pub fn check(world: &World, ledger: &Ledger, finished: bool) -> Result<u64, String> {
    let (disk, mut audit) = (&world.disk, Audit { next_lsn: 1, ..Audit::default() });
    for record in world.archive() {
        audit.record(record).map_err(|what| format!("record {}: {what}", record.header.lsn))?;
    }
    let mut reader = Reader::new(disk.clone(), audit.next_lsn);
    loop {
        let records = reader.read(u64::MAX, 1 << 20).map_err(|error| error.to_string())?;
        if records.is_empty() {
            break;
        }
        for record in &records {
            audit.record(record).map_err(|what| format!("record {}: {what}", record.header.lsn))?;
        }
    }
    journal::verify(&mut disk.copy(2)).map_err(|error| error.to_string())?;
    audit.compare(ledger, finished)?;
    Ok(audit.next_lsn - 1)
}

impl Audit {
    fn record(&mut self, record: &Record) -> Result<(), String> {
        let header = &record.header;
        if header.lsn != self.next_lsn {
            return Err(format!("it should have position {}", self.next_lsn));
        }
        self.next_lsn += 1;
        if header.time < self.time {
            return Err(format!("time went from {} back to {}", self.time, header.time));
        }
        self.time = header.time;
        let payload = record.payload.as_ref().ok_or("it has no payload")?;
        let leases = matches!(payload.command, Command::ActivateJob { .. });
        if !header.request_id.is_empty() && !leases {
            let id = header.request_id.to_string();
            if let Some(first) = self.requests.insert(id, header.lsn) {
                return Err(format!(
                    "request {} was carried out before, by record {first}",
                    header.request_id
                ));
            }
        }
        if header.source_partition > 0 {
            let send = (header.source_partition, header.source_sequence);
            if !self.delivered.insert(send) {
                return Err(format!("send {send:?} was delivered before"));
            }
            if !self.sent.contains(&send) {
                return Err(format!("send {send:?} was never sent"));
            }
        }
        for event in &payload.events {
            self.event(record, &payload.aggregate, event)?;
        }
        Ok(())
    }

    fn event(&mut self, record: &Record, aggregate: &AggregateId, event: &Event) -> Result<(), String> {
        let instance = match aggregate {
            AggregateId::Instance { key } => *key,
            _ => Key::NONE,
        };
        match event {
            Event::InstanceCreated { .. } if !self.created.insert(instance) => {
                return Err(format!("instance {instance} exists already"));
            }
            Event::InstanceCompleted {} | Event::InstanceTerminated {} if !self.ended.insert(instance) => {
                return Err(format!("instance {instance} has ended before"));
            }
            Event::CommandSent { sequence, .. }
                if !self.sent.insert((record.header.partition, *sequence)) =>
            {
                return Err(format!("send {sequence} was used before"));
            }
            Event::TimerScheduled { key, due, .. } => drop(self.timers.insert(*key, *due)),
            Event::TimerTriggered { key } => match self.timers.remove(key) {
                Some(due) if due <= record.header.time => {}
                Some(due) => return Err(format!("timer {key} fired before {due}")),
                None => return Err(format!("timer {key} is not running")),
            },
            Event::TimerCanceled { key } => drop(self.timers.remove(key)),
            _ => {}
        }
        self.job(record.header.time, event)
    }

    fn job(&mut self, now: i64, event: &Event) -> Result<(), String> {
        let (key, state) = match event {
            Event::JobCreated { key, .. } => {
                return match self.jobs.insert(*key, Job::Open) {
                    None => Ok(()),
                    Some(_) => Err(format!("job {key} exists already")),
                };
            }
            Event::JobActivated { key, deadline, .. } => (key, Job::Leased { until: *deadline }),
            Event::JobTimedOut { key }
            | Event::JobFailed { key, .. }
            | Event::JobPending { key, .. }
            | Event::JobRetried { key } => (key, Job::Open),
            Event::JobCompleted { key } | Event::JobCanceled { key } => (key, Job::Closed),
            _ => return Ok(()),
        };
        let Some(before) = self.jobs.insert(*key, state) else {
            return Err(format!("there is no job {key}"));
        };
        if matches!(event, Event::JobCompleted { .. }) {
            self.completed.insert(*key);
        }
        match (before, event) {
            (Job::Closed, _) => Err(format!("job {key} was closed before {}", event.name())),
            (Job::Leased { until }, Event::JobActivated { .. }) => {
                Err(format!("job {key} was leased until {until} already"))
            }
            (Job::Leased { until }, Event::JobTimedOut { .. }) if until > now => {
                Err(format!("the lease of job {key} ends at {until}"))
            }
            _ => Ok(()),
        }
    }

    fn compare(&self, ledger: &Ledger, finished: bool) -> Result<(), String> {
        if let Some(lost) = ledger.instances().iter().find(|key| !self.created.contains(key)) {
            return Err(format!("the creation of instance {lost} was acknowledged and is not in the log"));
        }
        if let Some(lost) = ledger.completed.keys().find(|key| !self.completed.contains(key)) {
            return Err(format!("the completion of job {lost} was acknowledged and is not in the log"));
        }
        if let Some(lost) = ledger.successes().find(|id| !self.requests.contains_key(*id)) {
            return Err(format!("request {lost} was acknowledged and is not in the log"));
        }
        if !finished {
            return Ok(());
        }
        if let Some(open) = self.created.iter().find(|key| !self.ended.contains(key)) {
            return Err(format!("instance {open} never ends"));
        }
        if let Some(open) = self.sent.iter().find(|send| !self.delivered.contains(send)) {
            return Err(format!("send {open:?} was never delivered"));
        }
        if let Some((open, _)) = self.jobs.iter().find(|(_, job)| **job != Job::Closed) {
            return Err(format!("job {open} of an ended instance is still open"));
        }
        match self.timers.keys().next() {
            Some(timer) => Err(format!("timer {timer} of an ended instance still runs")),
            None => Ok(()),
        }
    }
}
