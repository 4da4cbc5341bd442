//! The ports of the poll loop in production: requests come from other threads through one list, batches, rows and
//! records go to threads of their own, answers run as closures.

use crate::exporter::ExportQueue;
use crate::handle::{Inbox, Shared, Token};
use crate::node::Trim;
use crate::poll_loop::{Reports, View, Workers};
use crate::request::{Inbound, Output};
use journal::Batch;
use record::Record;
use record::port::{Net, StoreBatch};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Hands things to a thread, in order.
pub(crate) struct Mailbox<T> {
    state: Mutex<(VecDeque<T>, bool)>,
    changed: Condvar,
}

impl<T> Mailbox<T> {
    /// An empty one.
    pub fn new() -> Arc<Self> {
        Arc::new(Mailbox { state: Mutex::new((VecDeque::new(), false)), changed: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, (VecDeque<T>, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something.
    pub fn put(&self, thing: T) {
        self.lock().0.push_back(thing);
        self.changed.notify_one();
    }

    /// Nothing more is to come.
    pub fn close(&self) {
        self.lock().1 = true;
        self.changed.notify_one();
    }

    /// Waits for the next thing; none where nothing more is to come.
    pub fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(thing) = state.0.pop_front() {
                return Some(thing);
            }
            if state.1 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What the log thread does.
pub(crate) enum LogWork {
    /// Makes a batch durable.
    Append(Batch),
    /// Removes old segments.
    Trim(Trim),
}

/// The ports.
pub(crate) struct Threads {
    pub shared: Arc<Shared>,
    pub log: Arc<Mailbox<LogWork>>,
    pub rows: Arc<Mailbox<StoreBatch>>,
    pub exports: Option<Arc<ExportQueue>>,
    pub inbox: Inbox,
}

impl Threads {
    /// Takes what other threads have for the loop; waits for something, `timeout` at most, where there is nothing. True
    /// where the loop is to stop.
    pub fn collect(&mut self, timeout: Option<Duration>) -> bool {
        let requests = std::mem::take(&mut self.inbox.requests);
        self.inbox = self.shared.collect(requests, timeout);
        self.inbox.stop
    }

    /// The other threads come to their end.
    pub fn close(&self) {
        self.log.close();
        self.rows.close();
        if let Some(exports) = &self.exports {
            exports.stop();
        }
    }
}

impl Net for Threads {
    type Request = Inbound<Token>;
    type Answer = Output<Token>;

    fn receive(&mut self, requests: &mut Vec<Inbound<Token>>) {
        // The empty buffer is what the next requests are collected in.
        std::mem::swap(requests, &mut self.inbox.requests);
    }

    fn send(&mut self, answer: Output<Token>) {
        // A client's closure that panics is not the engine's trouble.
        let _panicked = catch_unwind(AssertUnwindSafe(|| match answer {
            Output::Answer(Token::Answer(reply), answer) => reply(answer),
            Output::Jobs(Token::Jobs(reply), jobs) => reply(jobs),
            Output::Answer(Token::Jobs(_), _) | Output::Jobs(Token::Answer(_), _) => {}
        }))
        .is_err();
    }
}

impl Workers for Threads {
    fn reports(&mut self) -> Reports {
        std::mem::take(&mut self.inbox.reports)
    }

    fn append(&mut self, batch: Batch) {
        self.log.put(LogWork::Append(batch));
    }

    fn store(&mut self, rows: StoreBatch) {
        self.rows.put(rows);
    }

    fn export(&mut self, records: Vec<Arc<Record>>, next_lsn: u64) {
        if let Some(exports) = &self.exports {
            exports.push(records, next_lsn);
        }
    }

    fn sync_exports(&mut self) {
        if let Some(exports) = &self.exports {
            exports.sync();
        }
    }

    fn trim(&mut self, trim: Trim) {
        self.log.put(LogWork::Trim(trim));
    }

    fn publish(&mut self, view: View) {
        self.shared.publish(view);
    }
}
