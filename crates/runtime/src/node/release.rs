//! What leaves a node: answers, batches, records; and what happens when the disk fails.

use super::execute::describe;
use super::{Awaiting, Node, Reply, Task};
use crate::request::{Answer, Output};
use engine::Catalog;
use journal::Batch;
use record::port::StateStore;
use record::{AggregateId, Key, Record, Rejection, RejectionKind, Response};
use std::sync::Arc;

impl<S: StateStore, T> Node<S, T> {
    /// Answers once all that ran so far is durable: an answer, a rejection too, rests on all of it.
    pub(super) fn answer(&mut self, reply: Reply<T>, response: Response) {
        let lsn = self.last_lsn();
        match reply {
            Reply::Nobody => {}
            Reply::Answer(token) | Reply::End(token, _) => {
                self.hold(Output::Answer(token, Answer { response, lsn }));
            }
        }
    }

    pub(super) fn hold(&mut self, output: Output<T>) {
        self.held.push_back((self.last_lsn(), output));
    }

    pub(super) fn release(&mut self) {
        let durable = if self.answers_before_sync() { u64::MAX } else { self.durable };
        while self.held.front().is_some_and(|(lsn, _)| *lsn <= durable) {
            self.outputs.extend(self.held.pop_front().map(|(_, output)| output));
        }
    }

    /// What may leave now.
    pub fn take_outputs(&mut self) -> Vec<Output<T>> {
        std::mem::take(&mut self.outputs)
    }

    /// The batch to be written next; none where there is nothing to write or a batch is still under way.
    pub fn take_batch(&mut self) -> Option<Batch> {
        if self.in_flight.is_some() || self.builder.is_empty() || self.poisoned.is_some() {
            return None;
        }
        let batch = self.builder.finish();
        let last = batch.next_lsn() - 1;
        self.in_flight = Some(last);
        if self.exporting {
            std::mem::swap(&mut self.records, &mut self.records_in_flight);
            self.batch_times.push_back((last, self.time.wall));
            if self.exports_before_sync() {
                self.records_durable.append(&mut self.records_in_flight);
            }
        }
        Some(batch)
    }

    /// The batch that was taken is durable; it comes back for its buffer.
    pub fn durable(&mut self, batch: Option<Batch>) {
        let Some(lsn) = self.in_flight.take() else { return };
        if self.poisoned.is_some() {
            return;
        }
        self.durable = lsn;
        if let Some(batch) = batch {
            self.builder.recycle(batch);
        }
        self.records_durable.append(&mut self.records_in_flight);
        while self.departing.front().is_some_and(|delivery| delivery.lsn <= lsn) {
            self.deliveries.extend(self.departing.pop_front());
        }
        self.release();
    }

    /// Durable records for the exporter, in order.
    pub fn take_records(&mut self) -> Vec<Arc<Record>> {
        std::mem::take(&mut self.records_durable)
    }

    /// Whether records are kept for an exporter.
    pub fn set_exporting(&mut self, exporting: bool) {
        self.exporting = exporting;
    }

    /// The exporter has everything up to here.
    pub fn exported(&mut self, lsn: u64) {
        self.exported = self.exported.max(lsn);
        while self.batch_times.front().is_some_and(|(last, _)| *last <= self.exported) {
            self.batch_times.pop_front();
        }
    }

    /// How far the exporter is behind, milliseconds.
    pub(super) fn exporter_lag(&self) -> i64 {
        self.batch_times.front().map_or(0, |(_, at)| (self.time.wall - at).max(0))
    }

    /// Drops all memory and refuses everything from now on, for `reason`. The outcome of what was not answered is
    /// unknown to its senders; a restart tells.
    pub fn poison(&mut self, reason: &str) {
        if self.poisoned.is_some() {
            return;
        }
        self.poisoned = Some(reason.into());
        self.slots = crate::slots::Slots::default();
        self.catalog = Catalog::new();
        self.deliveries.clear();
        self.departing.clear();
        self.continuations.clear();
        self.round = None;
        self.in_flight = None;
        self.records.clear();
        self.records_in_flight.clear();
        self.refuse_all();
    }

    /// The rejection of a poisoned node.
    pub(super) fn unavailable(&self) -> Rejection {
        let reason = self.poisoned.as_deref().unwrap_or("it is stopping");
        let text = format!("The server accepts no commands: {reason}. Restart it after the cause is removed");
        Rejection::new(RejectionKind::Unavailable, text)
    }

    pub(super) fn refuse_all(&mut self) {
        let rejection = self.unavailable();
        let durable = self.durable;
        let refused = || Answer::rejected(rejection.clone(), durable);
        for (lsn, output) in std::mem::take(&mut self.held) {
            self.outputs.push(match output {
                output if lsn <= durable => output,
                Output::Answer(token, _) => Output::Answer(token, refused()),
                Output::Jobs(token, _) => Output::Jobs(token, Err(rejection.clone())),
            });
        }
        let parked = std::mem::take(&mut self.parked).into_values().flatten();
        for task in std::mem::take(&mut self.queue).into_iter().chain(parked) {
            match task {
                Task::Command { reply: Reply::Answer(token) | Reply::End(token, _), .. } => {
                    self.outputs.push(Output::Answer(token, refused()));
                }
                Task::Command { .. } => {}
                Task::Activate { token, .. } => {
                    self.outputs.push(Output::Jobs(token, Err(rejection.clone())));
                }
            }
        }
        for waiter in self.jobs.give_up(i64::MAX) {
            self.outputs.push(Output::Jobs(waiter.token, Err(rejection.clone())));
        }
        for awaiting in std::mem::take(&mut self.awaiting).into_values().flatten() {
            self.outputs.push(Output::Answer(awaiting.token, refused()));
        }
    }

    pub(super) fn await_instance(&mut self, instance: Key, token: T, deadline: i64) {
        self.await_deadline = self.await_deadline.min(deadline);
        self.awaiting.entry(instance).or_default().push(Awaiting { token, deadline });
    }

    /// Answers those who wait for the end of an instance that has just ended.
    pub(super) fn answer_end(&mut self, at: u32, key: Key, completed: bool) {
        let Some(awaiting) = self.awaiting.remove(&key) else { return };
        let Some(instance) = self.slots.get(at).and_then(|slot| slot.aggregate.instance()) else { return };
        let response = Response::Ended {
            instance: key,
            definition: instance.definition,
            process_id: instance.process_id.clone(),
            version: instance.version,
            variables: instance.root_variables(),
            completed,
        };
        for waiting in awaiting {
            self.answer(Reply::Answer(waiting.token), response.clone());
        }
    }

    /// Answers those whose time to wait is over.
    pub(super) fn give_up_waiting(&mut self) {
        for waiter in self.jobs.give_up(self.time.wall) {
            self.hold(Output::Jobs(waiter.token, Ok(Vec::new())));
        }
        if self.time.wall < self.await_deadline {
            return;
        }
        let wall = self.time.wall;
        self.await_deadline = i64::MAX;
        let mut over = Vec::new();
        self.awaiting.retain(|key, waiting| {
            let (late, rest): (Vec<_>, Vec<_>) = waiting.drain(..).partition(|w| w.deadline <= wall);
            over.extend(late.into_iter().map(|w| (*key, w.token)));
            *waiting = rest;
            !waiting.is_empty()
        });
        let next = self.awaiting.values().flatten().map(|w| w.deadline).min();
        self.await_deadline = next.unwrap_or(i64::MAX);
        for (key, token) in over {
            let text =
                format!("timeout: {} has not ended yet, it goes on", describe(&AggregateId::from(key)));
            let response = Response::rejected(RejectionKind::Unavailable, text);
            self.answer(Reply::Answer(token), response);
        }
    }

    /// Whether a simulation put this bug in.
    #[cfg(feature = "planted-bugs")]
    fn has_bug(&self, bug: crate::Planted) -> bool {
        self.options.planted == Some(bug)
    }
}

/// Where simulations put bugs in; nowhere in production.
macro_rules! planted {
    ($($name:ident: $bug:ident),*) => {
        impl<S: StateStore, T> Node<S, T> {
            $(
                #[cfg(feature = "planted-bugs")]
                pub(super) fn $name(&self) -> bool {
                    self.has_bug(crate::Planted::$bug)
                }

                #[cfg(not(feature = "planted-bugs"))]
                pub(super) fn $name(&self) -> bool {
                    false
                }
            )*
        }
    };
}

planted! {
    answers_before_sync: AnswerBeforeSync,
    delivers_twice: OutboxTwice,
    runs_twice: RequestTwice,
    exports_before_sync: ExportBeforeSync,
    trims_too_far: TrimTooFar
}
