//! The node: all partitions of one process on one log, as a poll loop.

mod activate;
mod execute;
mod index;
mod internal;
mod recover;
mod release;
mod running;
mod trim;
mod write_behind;

pub use trim::{Trim, Upkeep};

use crate::head::Head;
use crate::idempotency::Window;
use crate::intake::Intake;
use crate::jobs::Queues;
use crate::options::Options;
use crate::request::{ActivateJobs, Output, PollId, Request, Status, Target};
use crate::rows::DueRank;
use crate::slots::Slots;
use engine::Catalog;
use journal::BatchBuilder;
use record::event::Chain;
use record::port::StateStore;
use record::{AggregateId, Command, Key, KeyBlocks, Record, Rejection, RejectionKind, Response, Str};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Deliveries that run before a client's command gets its turn.
const DELIVERIES_IN_A_ROW: usize = 256;

/// The actor of commands that no client sent.
const ENGINE: &str = "engine";

/// Wake-ups that run in one go.
const WAKES_IN_A_ROW: usize = 1_024;

/// Reads durable records; the node uses it to recover.
pub trait ReadLog: Send {
    /// Records from `lsn` on and before `below`, about `max_bytes` of them; none where there are none.
    fn read(&mut self, lsn: u64, below: u64, max_bytes: usize) -> Result<Vec<Record>, String>;
}

/// A client's request in the queue.
enum Task<T> {
    Command { request: Request, reply: Reply<T> },
    Activate { request: ActivateJobs, id: PollId, token: T },
}

/// Where the answer to a command goes.
enum Reply<T> {
    Nobody,
    Answer(T),
    /// Not before the new instance has ended, or at this wall-clock time.
    End(T, i64),
}

/// A command of the outbox.
#[derive(Debug, Clone)]
struct Delivery {
    /// The record that sent it.
    lsn: u64,
    source: u16,
    sequence: u64,
    target: AggregateId,
    command: Command,
    tenant: Str,
    traceparent: Str,
    /// What led to it, itself included.
    chain: Chain,
}

/// Someone who waits for the end of an instance.
struct Awaiting<T> {
    token: T,
    deadline: i64,
}

/// The catalog's place in the write-behind; it has no slot.
#[derive(Default)]
struct CatalogState {
    last_lsn: u64,
    dirty_from: u64,
    since: i64,
    stored_index: Vec<(Str, engine::IndexEntry)>,
}

/// Engine time.
#[derive(Debug, Clone, Copy)]
struct Time {
    /// The system's clock at the last poll.
    wall: i64,
    /// What commands see.
    now: i64,
    pinned: Option<i64>,
}

/// All partitions of a process on one log. `T` is what a client gets its answer through.
///
/// A driver calls [`Node::poll`], hands [`Node::take_batch`] to the log when that is idle, reports back with
/// [`Node::durable`] or [`Node::poison`], and passes on what [`Node::take_outputs`] gives.
pub struct Node<S, T> {
    options: Options,
    store: S,
    log: Box<dyn ReadLog>,
    catalog: Catalog,
    catalog_state: CatalogState,
    slots: Slots,
    blocks: Vec<KeyBlocks>,
    sends: Vec<u64>,
    /// Highest sequence taken, by (target, source).
    delivered: FxHashMap<(u16, u16), u64>,
    due: Head<DueRank, AggregateId>,
    jobs: Queues<T>,
    block_owners: FxHashMap<i64, Key>,
    running: running::Running,
    window: Window,
    builder: BatchBuilder,
    in_flight: Option<u64>,
    durable: u64,
    queue: VecDeque<Task<T>>,
    deliveries: VecDeque<Delivery>,
    /// Sends to another partition; they leave when their record is durable, as they would over a network.
    departing: VecDeque<Delivery>,
    continuations: VecDeque<(u64, AggregateId)>,
    /// Commands for aggregates that are being rebuilt, by slot.
    parked: FxHashMap<u32, Vec<Task<T>>>,
    held: VecDeque<(u64, Output<T>)>,
    outputs: Vec<Output<T>>,
    awaiting: FxHashMap<Key, Vec<Awaiting<T>>>,
    await_deadline: i64,
    exporting: bool,
    records: Vec<Arc<Record>>,
    records_in_flight: Vec<Arc<Record>>,
    records_durable: Vec<Arc<Record>>,
    exported: u64,
    batch_times: VecDeque<(u64, i64)>,
    time: Time,
    round: Option<write_behind::Round>,
    checkpoint: u64,
    gone_marks: std::collections::BTreeMap<Vec<u8>, u64>,
    quarantined: usize,
    discarded: u64,
    trimming: trim::Trimming,
    intake: Intake,
    next_partition: u16,
    engine_actor: Str,
    no_text: Str,
    poisoned: Option<Str>,
}

impl<S: StateStore, T> Node<S, T> {
    /// Queues a command.
    pub fn submit(&mut self, request: Request, token: T) {
        self.enqueue(request, Reply::Answer(token));
    }

    /// Queues a [`Command::CreateProcessInstance`] whose answer waits for the instance's end, `timeout_ms` at most.
    pub fn submit_and_await_end(&mut self, request: Request, timeout_ms: i64, token: T) {
        let deadline = self.time.wall.saturating_add(timeout_ms);
        self.enqueue(request, Reply::End(token, deadline));
    }

    fn enqueue(&mut self, request: Request, reply: Reply<T>) {
        if matches!(request.target, Target::NewInstance)
            && let Err(rejection) = self.admit()
        {
            return self.answer(reply, Response::Rejected { rejection });
        }
        // Stopping the clock concerns every partition of the node.
        if let Command::PinClock { .. } | Command::ResetClock {} = request.command {
            for partition in 1..=self.options.partitions {
                let id = AggregateId::Partition { partition };
                if !matches!(&request.target, Target::Aggregate(target) if *target == id) {
                    let request_id = self.no_text.clone();
                    let copy = Request { target: Target::Aggregate(id), request_id, ..request.clone() };
                    self.queue.push_back(Task::Command { request: copy, reply: Reply::Nobody });
                }
            }
        }
        self.queue.push_back(Task::Command { request, reply });
    }

    /// Whether a new instance may begin now.
    fn admit(&mut self) -> Result<(), Rejection> {
        if self.queue.len() >= self.options.queue {
            let text = format!("{} commands wait already: try again later", self.queue.len());
            return Err(Rejection::new(RejectionKind::ResourceExhausted, text));
        }
        let lag = self.exporter_lag();
        if !self.intake.admit(self.time.wall, lag > self.options.exporter_lag_ms) {
            let text = format!(
                "History lagged behind the engine (now by {lag} ms), so fewer new instances are started for a \
                 while: try again later"
            );
            return Err(Rejection::new(RejectionKind::ResourceExhausted, text));
        }
        Ok(())
    }

    /// Queues a request for jobs; `id` names it for [`Node::cancel_poll`].
    pub fn activate_jobs(&mut self, request: ActivateJobs, id: PollId, token: T) {
        self.queue.push_back(Task::Activate { request, id, token });
    }

    /// Ends the waiting of a request for jobs; it is answered with none.
    pub fn cancel_poll(&mut self, id: PollId) {
        if let Some(waiter) = self.jobs.cancel(id) {
            self.hold(Output::Jobs(waiter.token, Ok(Vec::new())));
        }
        let is_it = |task: &Task<T>| matches!(task, Task::Activate { id: other, .. } if *other == id);
        if let Some(at) = self.queue.iter().position(is_it)
            && let Some(Task::Activate { token, .. }) = self.queue.remove(at)
        {
            self.hold(Output::Jobs(token, Ok(Vec::new())));
        }
    }

    /// Runs what is queued and what is due at wall-clock time `wall`, until all is done or the batch is full.
    pub fn poll(&mut self, wall: i64) {
        self.time.advance(wall);
        if self.poisoned.is_some() {
            return self.refuse_all();
        }
        self.rebuild();
        while !self.is_full() && self.poisoned.is_none() {
            let mut progress = self.fire_due();
            progress |= self.run_queues();
            progress |= self.serve_waiters();
            if !progress {
                break;
            }
        }
        self.give_up_waiting();
        self.begin_round();
        self.release();
    }

    /// True where another [`Node::poll`] at once would find work.
    pub fn has_work(&mut self) -> bool {
        if self.is_full() || !self.parked.is_empty() || self.poisoned.is_some() {
            return false;
        }
        let now = self.time.now;
        !self.queue.is_empty()
            || !self.deliveries.is_empty()
            || !self.continuations.is_empty()
            || self.jobs.has_served()
            || self.due.first(&self.store).is_ok_and(|first| first.is_some_and(|(rank, _)| rank.at <= now))
    }

    /// True where a batch or a write to the store is under way, or about to be.
    pub fn is_busy(&self) -> bool {
        self.in_flight.is_some() || !self.builder.is_empty() || self.round.is_some()
    }

    /// True where only a restart helps.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.is_some()
    }

    fn is_full(&self) -> bool {
        self.builder.byte_length() >= self.options.batch_bytes
    }

    /// Deliveries first, because they are older than what clients send now, but clients get their turn.
    fn run_queues(&mut self) -> bool {
        let mut progress = false;
        while !self.is_full() && self.poisoned.is_none() {
            let mut ran = 0;
            while ran < DELIVERIES_IN_A_ROW && !self.is_full() && self.deliver_next() {
                ran += 1;
            }
            let continued = self.continue_next();
            let Some(task) = self.queue.pop_front() else {
                if ran == 0 && !continued {
                    break;
                }
                progress = true;
                continue;
            };
            progress = true;
            match task {
                Task::Command { request, reply } => self.run_request(request, reply),
                Task::Activate { request, id, token } => self.run_activation(request, id, token),
            }
        }
        progress
    }

    /// Runs the wake-ups that are due.
    fn fire_due(&mut self) -> bool {
        let mut progress = false;
        for _ in 0..WAKES_IN_A_ROW {
            if self.is_full() {
                break;
            }
            let due = match self.due.first(&self.store) {
                Ok(first) => first.is_some_and(|(rank, _)| rank.at <= self.time.now),
                Err(error) => return self.store_failed(&error),
            };
            if !due {
                break;
            }
            progress = true;
            match self.due.pop(&self.store) {
                Ok(Some((rank, owner))) => self.run_wake(rank, owner),
                Ok(None) => break,
                Err(error) => return self.store_failed(&error),
            }
        }
        progress
    }

    /// When [`Node::poll`] must be called at the latest though nothing else happens; wall-clock time.
    pub fn next_wake(&mut self) -> i64 {
        let mut next = self.jobs.deadline().min(self.await_deadline).min(self.next_trim());
        if self.time.pinned.is_none()
            && let Ok(Some((rank, _))) = self.due.first(&self.store)
        {
            next = next.min(rank.at);
        }
        if self.round.is_none()
            && let Some(dirty) = self.slots.first_dirty()
        {
            next = next.min(dirty.since.saturating_add(self.options.store_after_ms));
        }
        if self.round.is_none() && self.catalog_state.dirty_from > 0 {
            next = next.min(self.catalog_state.since.saturating_add(self.options.store_after_ms));
        }
        next
    }

    /// Engine time at wall-clock time `wall`.
    pub fn now(&self) -> i64 {
        self.time.now
    }

    /// Where engine time stands still, if it does.
    pub fn pinned(&self) -> Option<i64> {
        self.time.pinned
    }

    /// The last durable record.
    pub fn position(&self) -> u64 {
        self.durable
    }

    /// The last record, durable or not.
    pub fn last_lsn(&self) -> u64 {
        self.builder.next_lsn() - 1
    }

    /// The definitions.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The node's state, for people.
    pub fn status(&self) -> Status {
        Status {
            partitions: self.options.partitions,
            in_memory: self.slots.len(),
            dirty: self.slots.dirty_len(),
            queued: self.queue.len(),
            durable_lsn: self.durable,
            checkpoint_lsn: self.checkpoint,
            quarantined: self.quarantined,
            discarded: self.discarded,
            exporter_lag_ms: self.exporter_lag(),
            poisoned: self.poisoned.as_ref().map(ToString::to_string),
            pinned: self.time.pinned,
            exporter_error: None,
            store_error: None,
            log_first_lsn: self.trimming.first_lsn,
            trim_error: None,
        }
    }

    fn store_failed(&mut self, error: &std::io::Error) -> bool {
        self.poison(&format!("the state store cannot be read: {error}"));
        false
    }
}

impl Time {
    /// Engine time follows the system's clock, but never backwards.
    fn advance(&mut self, wall: i64) {
        self.wall = self.wall.max(wall);
        self.now = self.pinned.unwrap_or(self.now.max(self.wall));
    }

    /// Pinning and resetting are the only ways in which time jumps, and both are in the log.
    fn pin(&mut self, pinned: Option<i64>) {
        self.pinned = pinned;
        self.now = pinned.unwrap_or(self.wall);
    }
}
