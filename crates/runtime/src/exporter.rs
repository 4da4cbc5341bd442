//! The exporter's thread: durable records in order, from memory while it keeps up, from the log where it does not.

use crate::handle::Shared;
use crate::node::ReadLog;
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
    /// The last record that it has durably; 0 for none.
    fn position(&self) -> u64;
    /// Takes records over, which follow [`Exporter::position`] without a gap.
    ///
    /// # Errors
    /// Why it could not; the same records come again.
    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String>;
}

/// Records on their way to the exporter.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    records: VecDeque<Arc<Record>>,
    /// Position after the last durable record.
    durable: u64,
    stop: bool,
}

impl Queue {
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

    /// The exporter is to end once it has what is durable, or has failed.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.changed.notify_one();
    }

    /// What comes after `next`: records, or up to where they must be read from the log; none at the end.
    fn take(&self, next: u64) -> Option<Result<Vec<Arc<Record>>, u64>> {
        let mut state = self.lock();
        loop {
            while state.records.front().is_some_and(|record| record.header.lsn < next) {
                state.records.pop_front();
            }
            if next < state.durable {
                return Some(match state.records.front().map(|record| record.header.lsn) {
                    Some(lsn) if lsn == next => {
                        let count = state.records.len().min(CHUNK);
                        Ok(state.records.drain(..count).collect())
                    }
                    first => Err(first.unwrap_or(state.durable)),
                });
            }
            if state.stop {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
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

/// The thread.
pub(crate) fn run(exporter: &mut dyn Exporter, queue: &Queue, log: &mut dyn ReadLog, shared: &Shared) {
    let mut next = exporter.position() + 1;
    while let Some(found) = queue.take(next) {
        let result = match found {
            Ok(records) => exporter.export(&records).map(|()| records.last().map(|record| record.header.lsn)),
            Err(below) => log.read(next, below, READ_BYTES).and_then(|records| {
                let records: Vec<_> = records.into_iter().map(Arc::new).collect();
                if records.is_empty() {
                    return Err(format!("record {next} is missing in the log"));
                }
                exporter.export(&records).map(|()| records.last().map(|record| record.header.lsn))
            }),
        };
        match result {
            Ok(last) => {
                next = last.map_or(next, |last| last + 1);
                shared.exported(next - 1, None);
            }
            Err(error) => {
                shared.exported(next - 1, Some(error));
                if !queue.pause() {
                    return;
                }
                // What was taken from the queue comes again from the log.
                next = exporter.position() + 1;
            }
        }
    }
}
