//! The threads around the node.

use crate::world::*;
use journal::FileDisk;
use record::port::Clock;
use record::{Record, RejectionKind, Response};
use runtime::{Exporter, Guard, Handle, Options, Ports, start};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use store::MemoryStore;

struct System;

impl Clock for System {
    fn now(&self) -> i64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
    }
}

/// Keeps the positions of what it gets, and fails when told to.
#[derive(Clone, Default)]
struct Tape {
    lsns: Arc<Mutex<Vec<u64>>>,
    failures: Arc<AtomicU64>,
}

impl Exporter for Tape {
    fn position(&self) -> u64 {
        self.lsns.lock().expect("lsns").last().copied().unwrap_or(0)
    }

    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
        {
            return Err("told to fail".into());
        }
        self.lsns.lock().expect("lsns").extend(records.iter().map(|record| record.header.lsn));
        Ok(())
    }

    fn sync(&mut self) -> Result<u64, String> {
        Ok(self.position())
    }

    fn begin_at(&mut self, lsn: u64) -> Result<(), String> {
        Err(format!("this tape does not begin at {lsn}"))
    }
}

fn run(directory: &std::path::Path, store: &MemoryStore, tape: &Tape) -> (Handle, Guard) {
    let path = directory.to_owned();
    let ports = Ports {
        disk: FileDisk::open(directory).expect("the directory is free"),
        reading: Arc::new(move || FileDisk::for_reading(&path)),
        store: store.clone(),
        clock: System,
        exporter: Some(Box::new(tape.clone())),
    };
    start(Options { segment_bytes: 1 << 20, ..Options::default() }, ports).expect("it starts")
}

fn deploy(handle: &Handle) {
    let resources = vec![record::Resource {
        name: "p.bpmn".into(),
        content: record::wire::Bytes(WORK.as_bytes().into()),
    }];
    let command = record::Command::DeployResources { resources };
    assert!(matches!(
        handle.call(request(runtime::Target::Catalog, command)).response,
        Response::Deployed { .. }
    ));
}

#[test]
fn many_clients_share_few_syncs_and_the_exporter_sees_every_record_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let (store, tape) = (MemoryStore::new(), Tape::default());
    let (handle, guard) = run(directory.path(), &store, &tape);
    deploy(&handle);
    let (send, receive) = channel();
    for _ in 0..500 {
        let send = send.clone();
        handle.submit(create("one-task", ""), move |answer| drop(send.send(answer)));
    }
    let last = (0..500).map(|_| receive.recv().expect("an answer").lsn).max();
    assert_eq!(last, Some(501));
    assert_eq!(handle.position(), 501);
    let jobs = handle.call_activate_jobs(activation(1_000, 0)).expect("jobs");
    assert_eq!(jobs.len(), 500);
    for job in jobs {
        assert_eq!(handle.call(complete(job.key)).response, Response::Done {});
    }
    guard.stop();
    assert_eq!(handle_after_stop(&handle), RejectionKind::Unavailable);
    let (handle, guard) = run(directory.path(), &store, &tape);
    let status = handle.status();
    assert_eq!((status.durable_lsn, status.checkpoint_lsn), (1_501, 1_502), "nothing to replay");
    assert!(handle.call_activate_jobs(activation(1, 0)).expect("jobs").is_empty());
    guard.stop();
    let lsns = tape.lsns.lock().expect("lsns").clone();
    assert!(lsns.iter().copied().eq(1..=1_501), "{lsns:?}");
}

fn handle_after_stop(handle: &Handle) -> RejectionKind {
    match handle.call(complete(record::Key(64))).response {
        Response::Rejected { rejection } => rejection.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_exporter_that_fails_gets_the_same_records_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let (store, tape) = (MemoryStore::new(), Tape::default());
    tape.failures.store(1, Ordering::SeqCst);
    let (handle, guard) = run(directory.path(), &store, &tape);
    deploy(&handle);
    handle.call(create("one-task", ""));
    guard.stop();
    // What it missed comes from the log at the next start, if not before.
    let (_, guard) = run(directory.path(), &store, &tape);
    guard.stop();
    assert_eq!(*tape.lsns.lock().expect("lsns"), [1, 2]);
}

#[test]
fn a_long_poll_is_answered_by_a_job_of_another_thread() {
    let directory = tempfile::tempdir().expect("a directory");
    let (handle, _guard) = run(directory.path(), &MemoryStore::new(), &Tape::default());
    deploy(&handle);
    let (send, receive) = channel();
    handle.activate_jobs(activation(1, 60_000), move |jobs| drop(send.send(jobs)));
    let worker = handle.clone();
    std::thread::spawn(move || worker.call(create("one-task", "")));
    let jobs = receive.recv_timeout(Duration::from_secs(30)).expect("in time").expect("jobs");
    assert_eq!(jobs.len(), 1);
}

#[test]
fn a_full_disk_is_said_and_a_restart_with_space_goes_on() {
    let disk = journal::memory_disk::MemoryDisk::new(4);
    let store = MemoryStore::new();
    let begin = |disk: &journal::memory_disk::MemoryDisk| {
        let reading = disk.clone();
        let ports = Ports {
            disk: disk.clone(),
            reading: Arc::new(move || reading.clone()),
            store: store.clone(),
            clock: System,
            exporter: None,
        };
        start(Options { segment_bytes: 8_192, ..Options::default() }, ports).expect("it starts")
    };
    let (handle, guard) = begin(&disk);
    deploy(&handle);
    disk.set_capacity(Some(20_000));
    let mut created = Vec::new();
    let rejection = loop {
        match handle.call(create("one-task", "")).response {
            Response::Created { instance, .. } => created.push(instance),
            Response::Rejected { rejection } => break rejection,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(rejection.kind, RejectionKind::Unavailable);
    assert!(rejection.reason.contains("disk is full"), "{}", rejection.reason);
    assert!(handle.status().poisoned.is_some_and(|reason| reason.contains("disk is full")));
    assert!(handle.call_activate_jobs(activation(1, 60_000)).is_err(), "nobody waits in vain");
    guard.stop();
    disk.set_capacity(None);
    let (handle, _guard) = begin(&disk);
    let jobs = handle.call_activate_jobs(activation(1_000, 0)).expect("jobs");
    let kept: Vec<_> = jobs.iter().map(|job| job.instance).collect();
    assert!(created.iter().all(|instance| kept.contains(instance)), "nothing acknowledged is lost");
}
