//! The poll loop: what arrived goes in, the node works, what is ready goes out. Production and simulation run this one.
//!
//! **Invariant**: a turn never waits, and reads no clock: the time comes in. Whoever gets an answer finds published the
//! state that it rests on.

use crate::node::{Node, Trim, Upkeep};
use crate::request::{Inbound, Output, Status};
use journal::Batch;
use record::Record;
use record::port::{Net, StateStore, StoreBatch};
use std::sync::Arc;

/// What others do for the loop, each one thing at a time, while it goes on.
pub trait Workers {
    /// What they did since the last call.
    fn reports(&mut self) -> Reports;
    /// Makes a batch durable in the log.
    fn append(&mut self, batch: Batch);
    /// Writes rows to the state store, as a whole.
    fn store(&mut self, rows: StoreBatch);
    /// Hands durable records to the exporter; the record after them is `next_lsn`.
    fn export(&mut self, records: Vec<Arc<Record>>, next_lsn: u64);
    /// Has the exporter make durable what it has.
    fn sync_exports(&mut self);
    /// Trims the log.
    fn trim(&mut self, trim: Trim);
    /// Lets everyone see where the node is.
    fn publish(&mut self, view: View);
}

/// What workers did.
#[derive(Debug, Default)]
pub struct Reports {
    /// The batch is durable, or why it may not be.
    pub appended: Option<Result<Batch, String>>,
    /// The rows are durable, or why they may not be.
    pub stored: Option<Result<(), String>>,
    /// The exporter has everything up to a record; and what is wrong with it, if something is.
    pub exported: Option<(u64, Option<String>)>,
    /// The exporter has everything up to a record durably; none where it could not be made so.
    pub exports_synced: Option<Option<u64>>,
    /// The log begins at a record, or why it could not be trimmed.
    pub trimmed: Option<Result<u64, String>>,
}

impl Reports {
    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.appended.is_none()
            && self.stored.is_none()
            && self.exported.is_none()
            && self.exports_synced.is_none()
            && self.trimmed.is_none()
    }
}

/// Where a node is.
#[derive(Debug)]
pub struct View {
    /// The last durable record.
    pub position: u64,
    /// Engine time.
    pub now: i64,
    /// Where engine time stands still, if it does.
    pub pinned: Option<i64>,
    /// The rest, for people.
    pub status: Status,
}

/// A node with its ports.
pub struct PollLoop<S, T, P> {
    node: Node<S, T>,
    ports: P,
    arrived: Vec<Inbound<T>>,
    exporter_error: Option<String>,
    store_error: Option<String>,
    trim_error: Option<String>,
    exporting: bool,
    stopping: bool,
}

impl<S, T, P> PollLoop<S, T, P>
where
    S: StateStore,
    P: Net<Request = Inbound<T>, Answer = Output<T>> + Workers,
{
    /// A loop that has not turned yet; `exporting` where records are to be exported.
    pub fn new(mut node: Node<S, T>, mut ports: P, exporting: bool) -> Self {
        node.set_exporting(exporting);
        if exporting {
            ports.export(Vec::new(), node.position() + 1);
        }
        let mut this = PollLoop {
            node,
            ports,
            arrived: Vec::new(),
            exporter_error: None,
            store_error: None,
            trim_error: None,
            exporting,
            stopping: false,
        };
        this.publish();
        this
    }

    /// One turn at wall-clock time `wall`.
    pub fn turn(&mut self, wall: i64) {
        let reports = self.ports.reports();
        self.acknowledge(reports);
        let mut arrived = std::mem::take(&mut self.arrived);
        self.ports.receive(&mut arrived);
        for request in arrived.drain(..) {
            self.take_in(request);
        }
        self.arrived = arrived;
        self.node.poll(wall);
        self.publish();
        self.pass_on();
    }

    /// Wall-clock time of the next turn where nothing arrives before; none where there is work at once.
    pub fn next_turn(&mut self) -> Option<i64> {
        if self.node.has_work() { None } else { Some(self.node.next_wake()) }
    }

    fn acknowledge(&mut self, reports: Reports) {
        let Reports { appended, stored, exported, exports_synced, trimmed } = reports;
        match appended {
            Some(Ok(batch)) => self.node.durable(Some(batch)),
            Some(Err(reason)) => self.node.poison(&reason),
            None => {}
        }
        match stored {
            Some(Ok(())) => self.node.stored(),
            Some(Err(reason)) => {
                self.node.poison(&reason);
                self.store_error = Some(reason);
            }
            None => {}
        }
        if let Some((lsn, error)) = exported {
            self.node.exported(lsn);
            self.exporter_error = error;
        }
        if let Some(lsn) = exports_synced {
            self.node.exports_synced(lsn);
        }
        if let Some(trimmed) = trimmed {
            self.node.trimmed(trimmed.as_ref().ok().copied());
            self.trim_error = trimmed.err();
        }
    }

    fn take_in(&mut self, request: Inbound<T>) {
        match request {
            Inbound::Submit(request, token) => self.node.submit(request, token),
            Inbound::Await(request, timeout, token) => {
                self.node.submit_and_await_end(request, timeout, token)
            }
            Inbound::Activate(request, id, token) => self.node.activate_jobs(request, id, token),
            Inbound::Cancel(id) => self.node.cancel_poll(id),
        }
    }

    /// Gives the workers their work and the clients their answers.
    fn pass_on(&mut self) {
        if let Some(batch) = self.node.take_batch() {
            self.ports.append(batch);
        }
        if let Some(rows) = self.node.take_store_batch() {
            self.ports.store(rows);
        }
        if self.exporting {
            let records = self.node.take_records();
            if !records.is_empty() {
                self.ports.export(records, self.node.position() + 1);
            }
        }
        for output in self.node.take_outputs() {
            self.ports.send(output);
        }
        match self.node.take_upkeep() {
            Some(Upkeep::SyncExports) => self.ports.sync_exports(),
            Some(Upkeep::Trim(trim)) => self.ports.trim(trim),
            None => {}
        }
    }

    fn publish(&mut self) {
        let status = Status {
            exporter_error: self.exporter_error.clone(),
            store_error: self.store_error.clone(),
            trim_error: self.trim_error.clone(),
            ..self.node.status()
        };
        let (position, now, pinned) = (self.node.position(), self.node.now(), self.node.pinned());
        self.ports.publish(View { position, now, pinned, status });
    }

    /// The loop is to come to its end.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// True where the loop was told to stop, all is durable and a checkpoint of all is stored, or nothing more can be
    /// done.
    pub fn has_ended(&mut self) -> bool {
        if !self.stopping {
            return false;
        }
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
            self.ports.store(rows);
        }
        false
    }

    /// The node.
    pub fn node(&mut self) -> &mut Node<S, T> {
        &mut self.node
    }

    /// The ports.
    pub fn ports(&mut self) -> &mut P {
        &mut self.ports
    }
}
