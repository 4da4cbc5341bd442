//! The threads of production: one runs the poll loop, one writes the log, one writes the store, one exports.

use crate::exporter::{self, ExportLoop, ExportQueue, Exporter};
use crate::handle::{Handle, Inbox, Shared, Token};
use crate::log_reader::LogReader;
use crate::node::Node;
use crate::options::{Options, StartError};
use crate::poll_loop::PollLoop;
use crate::threads::{LogWork, Mailbox, Threads};
use journal::{Journal, JournalError};
use record::port::{Clock, Disk, StateStore, StoreBatch};
use record::{Rejection, RejectionKind};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The engine thread looks around at least this often, though nothing happens.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Segments of the log that go in one step, so that batches do not wait for long.
const TRIM_AT_ONCE: usize = 4;

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
    let (mut journal, recovery) =
        Journal::open(disk, journal_options).map_err(|error| StartError::Log(error.to_string()))?;
    let builder = journal.batches().ok_or_else(|| StartError::Log("it is in use".into()))?;
    let log = Box::new(LogReader::new(reading.clone()));
    let queue = options.queue;
    let mut node = Node::recover(options, store.clone(), log, builder, clock.now())?;
    node.log_begins(recovery.first_lsn);
    let export = exporter.map(|exporter| ExportLoop::new(exporter, recovery.first_lsn)).transpose()?;
    let shared = Arc::new(Shared::new(Box::new(clock), queue));
    let ports = Threads {
        shared: shared.clone(),
        log: Mailbox::new(),
        rows: Mailbox::new(),
        exports: export.is_some().then(Arc::default),
        inbox: Inbox::default(),
    };
    let mut threads = vec![
        spawn_log(journal, ports.log.clone(), shared.clone())?,
        spawn_store(store, ports.rows.clone(), shared.clone())?,
    ];
    if let (Some(export), Some(queue)) = (export, &ports.exports) {
        threads.push(spawn_exporter(export, queue.clone(), LogReader::new(reading), shared.clone())?);
    }
    let exporting = ports.exports.is_some();
    let mut engine = PollLoop::new(node, ports, exporting);
    threads.push(spawn("engine", move || run(&mut engine))?);
    Ok((Handle { shared: shared.clone() }, Guard { shared, threads }))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StartError> {
    std::thread::Builder::new().name(format!("dirigent-{name}")).spawn(run).map_err(StartError::Thread)
}

fn spawn_log<D>(
    mut journal: Journal<D>,
    work: Arc<Mailbox<LogWork>>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, StartError>
where
    D: Disk + 'static,
    D::File: 'static,
{
    spawn("log", move || {
        while let Some(work) = work.take() {
            match work {
                LogWork::Append(batch) => {
                    let result = journal.append(&batch).map(|()| batch).map_err(|error| describe(&error));
                    shared.post(|inbox| inbox.reports.appended = Some(result));
                }
                LogWork::Trim(trim) => {
                    let result = journal.trim_older(trim.below_lsn, trim.before, TRIM_AT_ONCE);
                    let result = result.map_err(|error| describe(&error));
                    shared.post(|inbox| inbox.reports.trimmed = Some(result));
                }
            }
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
            shared.post(|inbox| inbox.reports.stored = Some(result));
        }
    })
}

fn spawn_exporter<D>(
    mut export: ExportLoop,
    queue: Arc<ExportQueue>,
    mut log: LogReader<D>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, StartError>
where
    D: Disk + 'static,
    D::File: 'static,
{
    spawn("exporter", move || exporter::run(&mut export, &queue, &mut log, &shared))
}

type Engine<S> = PollLoop<S, Token, Threads>;

/// The engine thread.
fn run<S: StateStore>(engine: &mut Engine<S>) {
    let shared = engine.ports().shared.clone();
    if catch_unwind(AssertUnwindSafe(|| turn_until_ended(engine, &shared))).is_err() {
        refuse_until_stopped(&shared);
    }
    let position = shared.position();
    for request in shared.close() {
        request.refuse(Rejection::new(RejectionKind::Unavailable, "The server has stopped"), position);
    }
    engine.ports().close();
}

fn turn_until_ended<S: StateStore>(engine: &mut Engine<S>, shared: &Shared) {
    loop {
        let timeout = engine.next_turn().map(|next| {
            let until = next.saturating_sub(shared.clock.now()).max(0) as u64;
            Duration::from_millis(until).min(LONGEST_SLEEP)
        });
        if engine.ports().collect(timeout) {
            engine.stop();
        }
        engine.turn(shared.clock.now());
        if engine.has_ended() {
            return;
        }
    }
}

/// After a bug in the node itself nothing is known; clients at least get told.
fn refuse_until_stopped(shared: &Shared) {
    let reason = "The server accepts no commands after an internal error: restart it, and please report this";
    shared.status.lock().unwrap_or_else(PoisonError::into_inner).poisoned = Some(reason.to_owned());
    loop {
        let inbox = shared.collect(Vec::new(), Some(LONGEST_SLEEP));
        for request in inbox.requests {
            request.refuse(Rejection::new(RejectionKind::Unavailable, reason), shared.position());
        }
        if inbox.stop {
            return;
        }
    }
}
