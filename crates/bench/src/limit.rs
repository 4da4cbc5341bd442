//! The limit: the same generator, the same records, the same log thread, and a step that does nothing.

use crate::closed_loop::{self, Answers, Event, System};
use crate::measure::{CountingDisk, Meter, Run, cpu_seconds};
use journal::{Batch, BatchBuilder, FileDisk, Journal, Reader};
use record::header::{Header, Payload};
use record::{Command, Key, Record};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

type Reply = Box<dyn FnOnce() + Send>;
type Append = Box<dyn FnMut(&Batch) -> Result<(), String> + Send>;

/// The records of one instance that a real run wrote: created, leased, completed.
pub fn sample(directory: &Path) -> Result<Vec<Record>, String> {
    let mut reader = Reader::new(FileDisk::for_reading(directory), 1);
    let mut found: Vec<Option<Record>> = vec![None; 3];
    while found.iter().any(Option::is_none) {
        let records = reader.read(u64::MAX, 1 << 20).map_err(|error| error.to_string())?;
        if records.is_empty() {
            return Err("the run wrote no whole instance".to_owned());
        }
        for record in records {
            let place = match record.payload.as_ref().map(|payload| &payload.command) {
                Some(Command::CreateProcessInstance { .. }) => 0,
                Some(Command::ActivateJob { .. }) => 1,
                Some(Command::CompleteJob { .. }) => 2,
                _ => continue,
            };
            found[place] = Some(record);
        }
    }
    Ok(found.into_iter().flatten().collect())
}

enum Message {
    Step(usize, Reply),
    Durable(Result<Batch, String>),
    Stop,
}

#[derive(Default)]
struct Inbox {
    messages: Mutex<(Vec<Message>, bool)>,
    some: Condvar,
}

impl Inbox {
    fn push(&self, message: Message) {
        let asleep = {
            let mut inbox = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            inbox.0.push(message);
            std::mem::take(&mut inbox.1)
        };
        if asleep {
            self.some.notify_one();
        }
    }

    fn take(&self, mut buffer: Vec<Message>) -> Vec<Message> {
        let mut inbox = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        while inbox.0.is_empty() {
            inbox.1 = true;
            inbox = self.some.wait(inbox).unwrap_or_else(PoisonError::into_inner);
        }
        inbox.1 = false;
        std::mem::swap(&mut inbox.0, &mut buffer);
        buffer
    }
}

/// The engine thread without an engine.
fn null_engine(
    mut builder: BatchBuilder,
    records: &[(Header, Payload)],
    inbox: &Arc<Inbox>,
    mut append: Append,
) {
    let (to_log, batches) = std::sync::mpsc::sync_channel::<Batch>(1);
    let log_inbox = inbox.clone();
    let log = std::thread::spawn(move || {
        while let Ok(batch) = batches.recv() {
            let result = append(&batch).map(|()| batch);
            log_inbox.push(Message::Durable(result));
        }
    });
    let (mut held, mut in_flight, mut idle) = (Vec::new(), Vec::new(), true);
    let mut messages = Vec::new();
    'all: loop {
        messages = inbox.take(messages);
        for message in messages.drain(..) {
            match message {
                Message::Step(kind, reply) => {
                    let (header, payload) = &records[kind];
                    let header = Header { lsn: builder.next_lsn(), ..header.clone() };
                    builder.push(&header, payload);
                    held.push(reply);
                }
                Message::Durable(result) => {
                    idle = true;
                    match result {
                        Ok(batch) => builder.recycle(batch),
                        Err(_) => break 'all,
                    }
                    in_flight.drain(..).for_each(|reply: Reply| reply());
                }
                Message::Stop => break 'all,
            }
        }
        if idle && !builder.is_empty() {
            std::mem::swap(&mut held, &mut in_flight);
            idle = to_log.send(builder.finish()).is_err();
        }
    }
    drop(to_log);
    let _panicked = log.join().is_err();
}

struct Null {
    inbox: Arc<Inbox>,
    answers: Arc<Answers>,
    next: i64,
    ready: Vec<(Key, Key)>,
    waiting: Option<usize>,
}

impl Null {
    fn lease(&mut self) {
        let Some(max) = self.waiting.filter(|_| !self.ready.is_empty()) else { return };
        self.waiting = None;
        let jobs: Vec<_> = self.ready.drain(..self.ready.len().min(max)).collect();
        let answers = self.answers.clone();
        let last = jobs.len() - 1;
        for _ in 0..last {
            self.inbox.push(Message::Step(1, Box::new(|| {})));
        }
        let reply = move || answers.push(Event::Jobs(Ok(jobs)));
        self.inbox.push(Message::Step(1, Box::new(reply)));
    }
}

impl System for Null {
    fn create(&mut self) {
        self.next += 64;
        let key = Key(self.next);
        let answers = self.answers.clone();
        self.inbox.push(Message::Step(0, Box::new(move || answers.push(Event::Created(Ok(key))))));
        self.ready.push((Key(key.0 + 3), key));
        self.lease();
    }

    fn activate(&mut self, max: usize) {
        self.waiting = Some(max);
        self.lease();
    }

    fn complete(&mut self, _: Key, instance: Key) {
        let answers = self.answers.clone();
        self.inbox.push(Message::Step(2, Box::new(move || answers.push(Event::Completed(Ok(instance))))));
    }
}

/// Runs the closed loop on the null engine.
pub fn run(directory: &Path, in_flight: usize, time: Duration, records: &[Record]) -> Result<Run, String> {
    let syncs = Arc::new(AtomicU64::new(0));
    let disk = FileDisk::open(directory).map_err(|error| error.to_string())?;
    let (mut journal, _) = Journal::open(CountingDisk::new(disk, syncs.clone()), journal::Options::default())
        .map_err(|error| error.to_string())?;
    let builder = journal.batches().ok_or("the log is in use")?;
    let records: Vec<(Header, Payload)> =
        records.iter().filter_map(|record| Some((record.header.clone(), record.payload.clone()?))).collect();
    let inbox = Arc::new(Inbox::default());
    let of_engine = inbox.clone();
    let append: Append = Box::new(move |batch| journal.append(batch).map_err(|error| error.to_string()));
    let engine = std::thread::spawn(move || null_engine(builder, &records, &of_engine, append));
    let answers = Arc::new(Answers::default());
    let mut null =
        Null { inbox: inbox.clone(), answers: answers.clone(), next: 0, ready: Vec::new(), waiting: None };
    let counted = syncs.clone();
    let meter =
        Meter::new(time, Box::new(|| cpu_seconds("self")), Box::new(move || counted.load(Ordering::Relaxed)));
    let run = closed_loop::run(&mut null, &answers, in_flight, meter);
    inbox.push(Message::Stop);
    let _panicked = engine.join().is_err();
    run
}
