//! Exporting: durable records in order, from memory while the exporter keeps up, from the log where it does not.

use crate::handle::Shared;
use crate::node::ReadLog;
use crate::options::StartError;
use record::Record;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Records that wait in memory; an exporter that is further behind reads the log.
const WAITING: usize = 131_072;

/// Records in one call.
const CHUNK: usize = 8_192;

/// Bytes of one read of the log.
const READ_BYTES: usize = 4 << 20;

/// Time between tries after a failure.
const RETRY: Duration = Duration::from_secs(1);

/// Takes durable records elsewhere: to the read model.
pub trait Exporter: Send {
    /// The last record that it has; 0 for none. A loss of power may take it back to what [`Exporter::sync`] gave.
    fn position(&self) -> u64;
    /// Takes records over, which follow [`Exporter::position`] without a gap.
    ///
    /// # Errors
    /// Why it could not; the same records come again.
    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String>;
    /// Makes what it has durable, so that the log may lose it, and gives the last record that this holds for.
    ///
    /// # Errors
    /// Why it could not; the log keeps everything meanwhile.
    fn sync(&mut self) -> Result<u64, String>;
    /// The log begins at this record, and those before it that the exporter lacks are nowhere any more.
    ///
    /// # Errors
    /// Why the exporter cannot go on there.
    fn begin_at(&mut self, lsn: u64) -> Result<(), String>;
}

/// Records on their way to the exporter.
#[derive(Default)]
pub struct ExportQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    records: VecDeque<Arc<Record>>,
    /// Position after the last durable record.
    durable: u64,
    sync: bool,
    stop: bool,
}

/// What the exporter is to do.
enum Work {
    Sync,
    Take(Vec<Arc<Record>>),
    /// Read the log up to this position.
    Read(u64),
}

impl State {
    fn next(&mut self, next: u64) -> Option<Work> {
        if std::mem::take(&mut self.sync) {
            return Some(Work::Sync);
        }
        while self.records.front().is_some_and(|record| record.header.lsn < next) {
            self.records.pop_front();
        }
        if next >= self.durable {
            return None;
        }
        Some(match self.records.front().map(|record| record.header.lsn) {
            Some(lsn) if lsn == next => {
                let count = self.records.len().min(CHUNK);
                Work::Take(self.records.drain(..count).collect())
            }
            first => Work::Read(first.unwrap_or(self.durable)),
        })
    }
}

impl ExportQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// More records are durable; the last one is before `durable`.
    pub fn push(&self, records: Vec<Arc<Record>>, durable: u64) {
        let mut state = self.lock();
        state.durable = durable;
        state.records.extend(records);
        if state.records.len() > WAITING {
            state.records.clear();
        }
        self.changed.notify_one();
    }

    /// The exporter is to make durable what it has.
    pub fn sync(&self) {
        self.lock().sync = true;
        self.changed.notify_one();
    }

    /// The exporter is to end once it has what is durable, or has failed.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.changed.notify_one();
    }

    /// Waits until there is something to do after `next`; false where the exporter is to end.
    fn wait(&self, next: u64) -> bool {
        let state = self.lock();
        let idle = |state: &mut State| !state.stop && !state.sync && next >= state.durable;
        let state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
        !state.stop || next < state.durable
    }

    /// Waits before the next try; false where the exporter is to end.
    fn pause(&self) -> bool {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, RETRY, |state| !state.stop)
            .unwrap_or_else(PoisonError::into_inner);
        !state.stop
    }
}

/// An exporter and how far it is.
pub struct ExportLoop {
    exporter: Box<dyn Exporter>,
    next: u64,
}

/// What a turn of an [`ExportLoop`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportTurn {
    /// There is nothing to do.
    Idle,
    /// The exporter has everything up to this record.
    Exported(u64),
    /// It has everything up to this record durably; or why that could not be made so.
    Synced(Result<u64, String>),
    /// It has everything up to this record, and could not take more.
    Failed(u64, String),
}

impl ExportLoop {
    /// A loop that has not turned yet, over a log that begins at `first_lsn`.
    ///
    /// # Errors
    /// The exporter lacks records that the log no longer has, and cannot do without them.
    pub fn new(mut exporter: Box<dyn Exporter>, first_lsn: u64) -> Result<Self, StartError> {
        let position = exporter.position();
        if position + 1 < first_lsn {
            exporter.begin_at(first_lsn).map_err(|reason| StartError::ExporterBehindLog {
                position,
                first: first_lsn,
                reason,
            })?;
        }
        let next = exporter.position() + 1;
        Ok(ExportLoop { exporter, next })
    }

    /// Does the next thing that is to be done, without waiting.
    pub fn turn(&mut self, queue: &ExportQueue, log: &mut dyn ReadLog) -> ExportTurn {
        let Some(work) = queue.lock().next(self.next) else { return ExportTurn::Idle };
        let result = match work {
            Work::Sync => return ExportTurn::Synced(self.exporter.sync()),
            Work::Take(records) => self.export(records),
            Work::Read(below) => log.read(self.next, below, READ_BYTES).and_then(|records| {
                if records.is_empty() {
                    return Err(format!("record {} is missing in the log", self.next));
                }
                self.export(records.into_iter().map(Arc::new).collect())
            }),
        };
        match result {
            Ok(()) => ExportTurn::Exported(self.next - 1),
            Err(error) => {
                // What was taken from the queue comes again from the log.
                self.next = self.exporter.position() + 1;
                ExportTurn::Failed(self.next - 1, error)
            }
        }
    }

    fn export(&mut self, records: Vec<Arc<Record>>) -> Result<(), String> {
        self.exporter.export(&records)?;
        self.next = records.last().map_or(self.next, |last| last.header.lsn + 1);
        Ok(())
    }
}

/// The thread.
pub(crate) fn run(export: &mut ExportLoop, queue: &ExportQueue, log: &mut dyn ReadLog, shared: &Shared) {
    loop {
        match export.turn(queue, log) {
            ExportTurn::Idle => {
                if !queue.wait(export.next) {
                    return;
                }
            }
            ExportTurn::Exported(lsn) => shared.post(|inbox| inbox.reports.exported = Some((lsn, None))),
            ExportTurn::Synced(synced) => shared.post(|inbox| {
                inbox.reports.exports_synced = Some(synced.as_ref().ok().copied());
                if let Err(error) = synced {
                    inbox.reports.exported = Some((export.next - 1, Some(error)));
                }
            }),
            ExportTurn::Failed(lsn, error) => {
                shared.post(|inbox| inbox.reports.exported = Some((lsn, Some(error))));
                if !queue.pause() {
                    return;
                }
            }
        }
    }
}
