//! The threads around a [`Node`]: one runs it, one writes the log, one writes the store, one exports.

use crate::exporter::{self, Exporter, Queue};
use crate::handle::{Handle, Inbox, Item, Shared, Token};
use crate::log_reader::LogReader;
use crate::node::Node;
use crate::options::{Options, StartError};
use crate::request::Output;
use journal::{Batch, Journal, JournalError};
use record::port::{Clock, Disk, StateStore, StoreBatch};
use record::{Rejection, RejectionKind};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The engine thread looks around at least this often, though nothing happens.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What a node needs from the outside.
pub struct Ports<D: Disk, S, C> {
    /// The directory of the log.
    pub disk: D,
    /// Gives further handles to the same directory, for reading.
    pub reading: Arc<dyn Fn() -> D + Send + Sync>,
    /// The state store; clones are handles to the same one.
    pub store: S,
    /// The system's clock.
    pub clock: C,
    /// The read model, if there is one.
    pub exporter: Option<Box<dyn Exporter>>,
}

/// Hands one thing at a time to a thread.
struct Mailbox<T> {
    state: Mutex<(Option<T>, bool)>,
    changed: Condvar,
}

impl<T> Mailbox<T> {
    fn new() -> Arc<Self> {
        Arc::new(Mailbox { state: Mutex::new((None, false)), changed: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, (Option<T>, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, thing: T) {
        self.lock().0 = Some(thing);
        self.changed.notify_one();
    }

    fn close(&self) {
        self.lock().1 = true;
        self.changed.notify_one();
    }

    fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(thing) = state.0.take() {
                return Some(thing);
            }
            if state.1 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Keeps the threads; dropping it stops them in order, and what is stored then needs no replay.
pub struct Guard {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Guard {
    /// Stops the node: answers what is queued, writes a checkpoint, closes the log.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shared.post(|inbox| inbox.stop = true);
        for thread in self.threads.drain(..) {
            let _panicked = thread.join().is_err();
        }
    }
}

/// Recovers a node from its disk and store and starts its threads.
///
/// # Errors
/// The disk or the store cannot be read, what is there is damaged, or an option makes no sense.
pub fn start<D, S, C>(options: Options, ports: Ports<D, S, C>) -> Result<(Handle, Guard), StartError>
where
    D: Disk + 'static,
    D::File: 'static,
    S: StateStore + Clone + 'static,
    C: Clock + Sync + 'static,
{
    let Ports { disk, reading, store, clock, exporter } = ports;
    let journal_options = journal::Options { segment_bytes: options.segment_bytes, seed: None };
    let (mut journal, _) =
        Journal::open(disk, journal_options).map_err(|error| StartError::Log(error.to_string()))?;
    let builder = journal.batches().ok_or_else(|| StartError::Log("it is in use".into()))?;
    let log = Box::new(LogReader::new(reading.clone()));
    let queue = options.queue;
    let mut node = Node::recover(options, store.clone(), log, builder, clock.now())?;
    let shared = Arc::new(Shared::new(Box::new(clock), queue));
    let (batches, rows) = (Mailbox::new(), Mailbox::new());
    let mut threads = Vec::new();
    let export = match exporter {
        None => None,
        Some(exporter) => {
            let export = Arc::new(Queue::default());
            node.set_exporting(true);
            export.push(Vec::new(), node.position() + 1);
            let log = LogReader::new(reading);
            threads.push(spawn_exporter(exporter, export.clone(), log, shared.clone())?);
            Some(export)
        }
    };
    threads.push(spawn_log(journal, batches.clone(), shared.clone())?);
    threads.push(spawn_store(store, rows.clone(), shared.clone())?);
    let mut engine = Engine { node, shared: shared.clone(), batches, rows, export };
    engine.publish();
    threads.push(spawn("engine", move || engine.run())?);
    Ok((Handle { shared: shared.clone() }, Guard { shared, threads }))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StartError> {
    std::thread::Builder::new().name(format!("dirigent-{name}")).spawn(run).map_err(StartError::Thread)
}

fn spawn_log<D>(
    mut journal: Journal<D>,
    batches: Arc<Mailbox<Batch>>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, StartError>
where
    D: Disk + 'static,
    D::File: 'static,
{
    spawn("log", move || {
        while let Some(batch) = batches.take() {
            let result = journal.append(&batch).map(|()| batch).map_err(|error| describe(&error));
            shared.post(|inbox| inbox.log = Some(result));
        }
        // Where this fails, opening the log again finds out what is durable.
        let _unmarked = journal.close().is_err();
    })
}

fn describe(error: &JournalError) -> String {
    match error {
        JournalError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) =>
        {
            format!("the disk is full ({error}); free space, or give the data directory more")
        }
        error => error.to_string(),
    }
}

fn spawn_store<S: StateStore + 'static>(
    mut store: S,
    rows: Arc<Mailbox<StoreBatch>>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, StartError> {
    spawn("store", move || {
        while let Some(batch) = rows.take() {
            let result = store.write(batch).map_err(|error| error.to_string());
            shared.post(|inbox| inbox.store = Some(result));
        }
    })
}

fn spawn_exporter<D>(
    mut exporter: Box<dyn Exporter>,
    export: Arc<Queue>,
    mut log: LogReader<D>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, StartError>
where
    D: Disk + 'static,
    D::File: 'static,
{
    spawn("exporter", move || exporter::run(&mut *exporter, &export, &mut log, &shared))
}

/// The engine thread.
struct Engine<S> {
    node: Node<S, Token>,
    shared: Arc<Shared>,
    batches: Arc<Mailbox<Batch>>,
    rows: Arc<Mailbox<StoreBatch>>,
    export: Option<Arc<Queue>>,
}

impl<S: StateStore> Engine<S> {
    fn run(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.work())).is_err() {
            self.refuse_until_stopped();
        }
        for item in self.shared.close() {
            item.refuse(
                Rejection::new(RejectionKind::Unavailable, "The server has stopped"),
                self.node.position(),
            );
        }
        self.batches.close();
        self.rows.close();
        if let Some(export) = &self.export {
            export.stop();
        }
    }

    fn work(&mut self) {
        let mut items = Vec::new();
        let mut stopping = false;
        loop {
            let timeout = (!self.node.has_work()).then(|| self.sleep_time());
            let mut inbox = self.shared.collect(items, timeout);
            stopping |= inbox.stop;
            self.acknowledge(&mut inbox);
            for item in inbox.items.drain(..) {
                self.take_in(item);
            }
            items = inbox.items;
            self.node.poll(self.shared.clock.now());
            // Whoever gets an answer finds the state that it rests on.
            self.publish();
            self.pass_on();
            if stopping && self.is_settled() {
                return;
            }
        }
    }

    fn sleep_time(&mut self) -> Duration {
        let now = self.shared.clock.now();
        let until = self.node.next_wake().saturating_sub(now).max(0) as u64;
        Duration::from_millis(until).min(LONGEST_SLEEP)
    }

    /// What the other threads report.
    fn acknowledge(&mut self, inbox: &mut Inbox) {
        match inbox.log.take() {
            Some(Ok(batch)) => self.node.durable(Some(batch)),
            Some(Err(reason)) => self.node.poison(&reason),
            None => {}
        }
        match inbox.store.take() {
            Some(Ok(())) => self.node.stored(),
            Some(Err(reason)) => {
                self.node.poison(&reason);
                self.status(|status| status.store_error = Some(reason));
            }
            None => {}
        }
        if let Some((lsn, error)) = inbox.exported.take() {
            self.node.exported(lsn);
            self.status(|status| status.exporter_error = error);
        }
    }

    fn take_in(&mut self, item: Item) {
        match item {
            Item::Submit(request, token) => self.node.submit(request, token),
            Item::Await(request, timeout, token) => self.node.submit_and_await_end(request, timeout, token),
            Item::Activate(request, id, token) => self.node.activate_jobs(request, id, token),
            Item::Cancel(id) => self.node.cancel_poll(id),
        }
    }

    /// Gives the other threads their work and the clients their answers.
    fn pass_on(&mut self) {
        if let Some(batch) = self.node.take_batch() {
            self.batches.put(batch);
        }
        if let Some(rows) = self.node.take_store_batch() {
            self.rows.put(rows);
        }
        if let Some(export) = &self.export {
            let records = self.node.take_records();
            if !records.is_empty() {
                export.push(records, self.node.position() + 1);
            }
        }
        for output in self.node.take_outputs() {
            // A client's closure that panics is not the engine's trouble.
            let _panicked = catch_unwind(AssertUnwindSafe(|| match output {
                Output::Answer(Token::Answer(reply), answer) => reply(answer),
                Output::Jobs(Token::Jobs(reply), jobs) => reply(jobs),
                Output::Answer(Token::Jobs(_), _) | Output::Jobs(Token::Answer(_), _) => {}
            }))
            .is_err();
        }
    }

    fn publish(&mut self) {
        self.shared.publish(self.node.position(), self.node.now(), self.node.pinned());
        let now = self.node.status();
        self.status(|status| {
            let exporter_error = status.exporter_error.take();
            let store_error = status.store_error.take();
            *status = crate::Status { exporter_error, store_error, ..now };
        });
    }

    fn status(&self, change: impl FnOnce(&mut crate::Status)) {
        change(&mut self.shared.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// True where all is durable and a checkpoint of all is stored, or nothing more can be done.
    fn is_settled(&mut self) -> bool {
        if self.node.is_poisoned() {
            return true;
        }
        if self.node.is_busy() || self.node.has_work() {
            return false;
        }
        if self.node.checkpoint() > self.node.last_lsn() {
            return true;
        }
        self.node.checkpoint_now();
        if let Some(rows) = self.node.take_store_batch() {
            self.rows.put(rows);
        }
        false
    }

    /// After a bug in the node itself nothing is known; clients at least get told.
    fn refuse_until_stopped(&mut self) {
        let reason =
            "The server accepts no commands after an internal error: restart it, and please report this";
        self.status(|status| status.poisoned = Some(reason.to_owned()));
        loop {
            let inbox = self.shared.collect(Vec::new(), Some(LONGEST_SLEEP));
            for item in inbox.items {
                item.refuse(Rejection::new(RejectionKind::Unavailable, reason), self.node.position());
            }
            if inbox.stop {
                return;
            }
        }
    }
}
