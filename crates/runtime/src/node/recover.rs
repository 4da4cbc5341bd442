//! Recovery: the state store, then the tail of the log; and rebuilding one aggregate after a panic.

use super::running::{Running, definition_of};
use super::{CatalogState, Delivery, Node, ReadLog, Time};
use crate::head::{Head, end_of};
use crate::idempotency::{RequestKey, Window};
use crate::intake::Intake;
use crate::jobs::Queues;
use crate::options::{Options, StartError};
use crate::rows::{self, AnswerRow, CatalogRow, Checkpoint};
use crate::slots::{Condition, Slots};
use engine::{Aggregate, Catalog};
use journal::BatchBuilder;
use record::header::Payload;
use record::port::StateStore;
use record::{AggregateId, Event, Key, KeyBlocks, Record};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes that one read of the log brings.
const READ_BYTES: usize = 4 << 20;

/// Rows that one scan of the store brings.
const SCAN_ROWS: usize = 4_096;

/// What a crash may have left undone.
#[derive(Default)]
struct Undone {
    sends: BTreeMap<(u64, u16, u64), Delivery>,
    sent_at: FxHashMap<(u16, u64), u64>,
    continuations: BTreeMap<Vec<u8>, (u64, AggregateId)>,
}

impl<S: StateStore, T> Node<S, T> {
    /// A node as it was when the log ended: reads the store and replays the log from its checkpoint.
    pub fn recover(
        options: Options,
        store: S,
        mut log: Box<dyn ReadLog>,
        builder: BatchBuilder,
        wall: i64,
    ) -> Result<Self, StartError> {
        options.check()?;
        let row = store.get(rows::CHECKPOINT).map_err(StartError::Store)?;
        let checkpoint: Checkpoint = match row {
            Some(row) => rows::value(&row).ok_or_else(|| damaged("checkpoint", "it cannot be read"))?,
            None => Checkpoint { lsn: 1, written_at: 1, ..Checkpoint::default() },
        };
        let next_lsn = builder.next_lsn();
        if next_lsn < checkpoint.written_at {
            return Err(StartError::LogBehindStore { next_lsn, checkpoint: checkpoint.written_at });
        }
        let mut node = Node::empty(options, store, builder, wall);
        node.restore(&checkpoint)?;
        let mut undone = Undone::default();
        let mut lsn = checkpoint.lsn;
        while lsn < next_lsn {
            let records = log.read(lsn, next_lsn, READ_BYTES).map_err(|error| {
                StartError::Log(format!("{error}. The state store goes on from record {lsn}"))
            })?;
            let Some(last) = records.last() else {
                return Err(StartError::Log(format!(
                    "record {lsn} is missing, the log should go on to {next_lsn}"
                )));
            };
            lsn = last.header.lsn + 1;
            for record in &records {
                node.replay(record, &mut undone).map_err(StartError::Store)?;
            }
        }
        node.log = log;
        node.take_up(undone);
        node.time.advance(wall);
        Ok(node)
    }

    fn empty(options: Options, store: S, builder: BatchBuilder, wall: i64) -> Self {
        let partitions = options.partitions;
        Node {
            store,
            log: Box::new(NoLog),
            catalog: Catalog::new(),
            catalog_state: CatalogState::default(),
            slots: Slots::default(),
            blocks: (1..=partitions).map(KeyBlocks::new).collect(),
            sends: vec![1; usize::from(partitions)],
            delivered: FxHashMap::default(),
            due: Head::new(vec![b'd']),
            jobs: Queues::default(),
            block_owners: FxHashMap::default(),
            running: Running::default(),
            window: Window::new(options.idempotency_window),
            in_flight: None,
            durable: builder.next_lsn() - 1,
            queue: VecDeque::new(),
            deliveries: VecDeque::new(),
            departing: VecDeque::new(),
            continuations: VecDeque::new(),
            parked: FxHashMap::default(),
            held: VecDeque::new(),
            outputs: Vec::new(),
            awaiting: FxHashMap::default(),
            await_deadline: i64::MAX,
            exporting: false,
            records: Vec::new(),
            records_in_flight: Vec::new(),
            records_durable: Vec::new(),
            exported: 0,
            batch_times: VecDeque::new(),
            time: Time { wall, now: i64::MIN, pinned: None },
            round: None,
            checkpoint: 1,
            gone_marks: BTreeMap::new(),
            quarantined: 0,
            discarded: 0,
            trimming: super::trim::Trimming::default(),
            intake: Intake::default(),
            next_partition: 0,
            engine_actor: super::ENGINE.into(),
            no_text: "".into(),
            poisoned: None,
            builder,
            options,
        }
    }

    /// Takes over what the store has besides aggregates, which are loaded when they are needed.
    fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), StartError> {
        self.checkpoint = checkpoint.lsn;
        let partitions = self.options.partitions;
        for (partition, position) in &checkpoint.blocks {
            if *partition > partitions {
                return Err(StartError::Option {
                    option: "partitions",
                    value: partitions.to_string(),
                    expected: "this data directory has more of them, and they cannot become fewer",
                });
            }
            self.blocks[usize::from(*partition) - 1].resume(*position);
        }
        for (partition, next) in &checkpoint.sends {
            self.sends[usize::from(*partition) - 1] = *next;
        }
        self.delivered.extend(checkpoint.delivered.iter().copied());
        self.time.now = if checkpoint.time == 0 { i64::MIN } else { checkpoint.time };
        self.time.pinned = checkpoint.pinned;
        if let Some(row) = self.store.get(rows::CATALOG).map_err(StartError::Store)? {
            let row: CatalogRow = rows::value(&row).ok_or_else(|| damaged("catalog", "it cannot be read"))?;
            self.catalog =
                Catalog::decode(&row.catalog.0).map_err(|error| damaged("catalog", &error.to_string()))?;
            self.catalog_state.last_lsn = row.lsn;
            self.catalog_state.stored_index = self.catalog.index();
        }
        match &checkpoint.running {
            Some(counts) => self.running = Running::restored(counts, checkpoint.written_at),
            None => self.scan(b"ai", |node, _, value| {
                let (_, _, state) = rows::read_aggregate(value)?;
                let aggregate = Aggregate::decode(state).ok()?;
                node.running.changed(None, definition_of(&aggregate));
                Some(())
            })?,
        }
        self.scan(b"r", |node, key, value| {
            let lsn = key.get(1..9).and_then(|lsn| lsn.try_into().ok()).map(u64::from_be_bytes)?;
            let AnswerRow { tenant, actor, request_id, response } = rows::value(value)?;
            node.window.keep(RequestKey { tenant, actor, request_id }, lsn, response, true);
            Some(())
        })?;
        self.scan(b"g", |node, key, _| {
            let (lsn, row) = rows::read_gone_key(key)?;
            node.gone_marks.insert(row, lsn);
            Some(())
        })
    }

    fn scan(
        &mut self,
        prefix: &[u8],
        mut each: impl FnMut(&mut Self, &[u8], &[u8]) -> Option<()>,
    ) -> Result<(), StartError> {
        let mut from = prefix.to_vec();
        loop {
            let rows = self.store.scan(&from, &end_of(prefix), SCAN_ROWS).map_err(StartError::Store)?;
            for (key, value) in &rows {
                each(self, key, value).ok_or_else(|| {
                    damaged(&format!("{:02x?}", &key[..key.len().min(16)]), "it cannot be read")
                })?;
            }
            match rows.last() {
                Some((last, _)) if rows.len() == SCAN_ROWS => {
                    from.clone_from(last);
                    from.push(0);
                }
                _ => return Ok(()),
            }
        }
    }

    fn replay(&mut self, record: &Record, undone: &mut Undone) -> std::io::Result<()> {
        let header = &record.header;
        self.time.now = self.time.now.max(header.time);
        if header.source_partition > 0 {
            let source = (header.source_partition, header.source_sequence);
            let mark = self.delivered.entry((header.partition, source.0)).or_default();
            *mark = source.1.max(*mark);
            if !self.delivers_twice()
                && let Some(lsn) = undone.sent_at.remove(&source)
            {
                undone.sends.remove(&(lsn, source.0, source.1));
            }
        }
        let Some(payload) = &record.payload else { return Ok(()) };
        if let (Some(response), false) = (&payload.response, header.request_id.is_empty()) {
            self.window.keep(RequestKey::of_header(header), header.lsn, response.clone(), false);
        }
        self.note_keys(payload);
        for event in &payload.events {
            self.note_event(record, payload, event, undone);
        }
        self.replay_aggregate(record, payload)
    }

    fn note_event(&mut self, record: &Record, payload: &Payload, event: &Event, undone: &mut Undone) {
        let header = &record.header;
        match event {
            Event::CommandSent { sequence, target, command, chain } => {
                let place = usize::from(header.partition.clamp(1, self.options.partitions)) - 1;
                self.sends[place] = self.sends[place].max(sequence + 1);
                undone.sent_at.insert((header.partition, *sequence), header.lsn);
                let delivery = Delivery {
                    lsn: header.lsn,
                    source: header.partition,
                    sequence: *sequence,
                    target: target.clone(),
                    command: (**command).clone(),
                    tenant: header.tenant.clone(),
                    traceparent: header.traceparent.clone(),
                    chain: *chain,
                };
                undone.sends.insert((header.lsn, header.partition, *sequence), delivery);
            }
            // Counted from 1: tokens that wait for listeners go on by themselves.
            Event::ContinuationScheduled { count: 1.., .. } => {
                let entry = (header.lsn, payload.aggregate.clone());
                undone.continuations.insert(payload.aggregate.store_key(), entry);
            }
            Event::InstanceCompleted {} | Event::InstanceTerminated {} => {
                undone.continuations.remove(&payload.aggregate.store_key());
            }
            Event::ClockPinned { time } => {
                self.time.pinned = Some(*time);
                self.time.now = *time;
            }
            // The pinned time may be ahead of the system's, to which this returned.
            Event::ClockReset {} => {
                self.time.pinned = None;
                self.time.now = i64::MIN;
            }
            _ => {}
        }
        // A step that takes a continuation up may schedule the next one in the same record.
        if matches!(event, Event::ContinuationTaken {}) {
            let key = payload.aggregate.store_key();
            if undone.continuations.get(&key).is_some_and(|(lsn, _)| *lsn < header.lsn) {
                undone.continuations.remove(&key);
            }
        }
    }

    /// No key that was given out is given out again.
    fn note_keys(&mut self, payload: &Payload) {
        if let AggregateId::Instance { key } = payload.aggregate {
            self.seen(key);
        }
        for event in &payload.events {
            match event {
                Event::KeyBlockAssigned { block } => self.seen(*block),
                Event::DefinitionDeployed { key, deployment, .. } => {
                    self.seen(*key);
                    self.seen(*deployment);
                }
                Event::DeploymentCreated { key }
                | Event::StartTimerScheduled { key, .. }
                | Event::MessagePublished { key, .. } => self.seen(*key),
                Event::MessageCorrelating { message, .. } => self.seen(*message),
                Event::InstanceStarted { message, instance, .. } => {
                    self.seen(*message);
                    self.seen(*instance);
                }
                Event::CommandSent { target: AggregateId::Instance { key }, .. } => self.seen(*key),
                _ => {}
            }
        }
    }

    fn seen(&mut self, key: Key) {
        if let Some(place) = usize::from(key.partition()).checked_sub(1)
            && let Some(blocks) = self.blocks.get_mut(place)
        {
            blocks.seen(key);
        }
    }

    fn replay_aggregate(&mut self, record: &Record, payload: &Payload) -> std::io::Result<()> {
        let (header, id) = (&record.header, &payload.aggregate);
        if payload.events.is_empty() {
            return Ok(());
        }
        let mut index = Vec::new();
        if let AggregateId::Catalog { tenant } = id {
            if header.lsn > self.catalog_state.last_lsn {
                for event in &payload.events {
                    self.catalog.apply(tenant, event, &mut index);
                }
                self.catalog_changed(header.lsn);
                self.change_index(&index, tenant, id);
            }
            return Ok(());
        }
        let Some(at) = self.replay_slot(record, payload)? else { return Ok(()) };
        let Some(slot) = self.slots.get_mut(at) else { return Ok(()) };
        if slot.last_lsn >= header.lsn || slot.condition != Condition::Sound {
            return Ok(());
        }
        let before = definition_of(&slot.aggregate);
        let aggregate = &mut slot.aggregate;
        let panics = replay_panics(&self.options, header.lsn);
        let applied = catch_unwind(AssertUnwindSafe(|| {
            assert!(!panics, "replaying this record is planned to panic");
            for event in &payload.events {
                engine::apply(aggregate, id, event, &mut index);
            }
        }));
        let (tenant, after) = (slot.tenant.clone(), definition_of(&slot.aggregate));
        self.slots.changed(at, header.lsn, self.time.wall);
        match applied {
            Ok(()) => {
                self.running.replayed(header.lsn, before, after);
                self.change_index(&index, &tenant, id);
                self.replayed(at);
            }
            Err(_) => {
                self.running.lost(header.lsn, before, &payload.events);
                self.quarantine(at, header.lsn);
            }
        }
        Ok(())
    }

    /// The slot of a record's aggregate. An instance that does not exist comes to be only by a creating event:
    /// any other record is from the rest of a life that ended before the store was written.
    fn replay_slot(&mut self, record: &Record, payload: &Payload) -> std::io::Result<Option<u32>> {
        let id = &payload.aggregate;
        if let Some(at) = self.load(id)? {
            return Ok(Some(at));
        }
        let is_instance = matches!(id, AggregateId::Instance { .. });
        if is_instance && !payload.events.iter().any(Event::creates) {
            return Ok(None);
        }
        Ok(Some(self.slots.insert(id.clone(), record.header.tenant.clone())))
    }

    fn replayed(&mut self, at: u32) {
        let Some(slot) = self.slots.get_mut(at) else { return };
        if !slot.aggregate.is_gone() {
            return;
        }
        if matches!(slot.id, AggregateId::Instance { .. }) && !slot.stored {
            self.slots.remove(at);
        } else {
            slot.aggregate = Aggregate::default();
        }
    }

    fn quarantine(&mut self, at: u32, lsn: u64) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.condition = Condition::Quarantined(format!("record {lsn} of it cannot be applied").into());
            slot.aggregate = Aggregate::default();
            self.quarantined += 1;
        }
    }

    fn take_up(&mut self, undone: Undone) {
        self.deliveries.extend(undone.sends.into_values());
        let mut continuations: Vec<_> = undone.continuations.into_values().collect();
        continuations.sort_by_key(|(lsn, _)| *lsn);
        self.continuations.extend(continuations);
    }

    /// Reads aggregates again whose step panicked, once all their records are durable.
    pub(super) fn rebuild(&mut self) {
        if self.parked.is_empty() {
            return;
        }
        let ready: Vec<u32> = self
            .parked
            .keys()
            .copied()
            .filter(|at| {
                self.slots.get(*at).is_none_or(|slot| slot.last_lsn <= self.durable && !slot.writing)
            })
            .collect();
        for at in ready {
            if let Err(reason) = self.rebuild_slot(at) {
                return self.poison(&reason);
            }
            for task in self.parked.remove(&at).into_iter().flatten().rev() {
                self.queue.push_front(task);
            }
        }
    }

    fn rebuild_slot(&mut self, at: u32) -> Result<(), String> {
        let Some(slot) = self.slots.get(at) else { return Ok(()) };
        let (id, tenant, last, from) = (slot.id.clone(), slot.tenant.clone(), slot.last_lsn, slot.dirty_from);
        let row = self.store.get(&rows::aggregate_key(&id)).map_err(|error| error.to_string())?;
        let (mut lsn, mut aggregate) = (0, Aggregate::default());
        if let Some(row) = row {
            let (stored, _, state) = rows::read_aggregate(&row).ok_or("a row of the store is damaged")?;
            aggregate = Aggregate::decode(state).map_err(|error| error.to_string())?;
            lsn = stored;
        }
        let mut next = from.max(lsn + 1);
        let mut ignored = Vec::new();
        while from > 0 && next <= last {
            let records = self.log.read(next, self.durable + 1, READ_BYTES)?;
            let Some(end) = records.last() else { break };
            next = end.header.lsn + 1;
            for record in records.iter().filter(|record| record.header.lsn <= last) {
                let Some(payload) = record.payload.as_ref().filter(|payload| payload.aggregate == id) else {
                    continue;
                };
                for event in &payload.events {
                    engine::apply(&mut aggregate, &id, event, &mut ignored);
                }
            }
        }
        for entry in aggregate.index() {
            self.add_index(&entry, &tenant, &id);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            slot.aggregate = aggregate;
            slot.condition = Condition::Sound;
        }
        Ok(())
    }

    /// Every live aggregate by its store key, encoded: what replay must arrive at too.
    pub fn snapshot(&self) -> std::io::Result<BTreeMap<Vec<u8>, Vec<u8>>> {
        let mut all = BTreeMap::new();
        for (key, row) in self.store.scan(b"a", &end_of(b"a"), usize::MAX)? {
            if let Some((_, _, state)) = rows::read_aggregate(&row) {
                all.insert(key, state.to_vec());
            }
        }
        for (_, slot) in self.slots.iter() {
            all.insert(rows::aggregate_key(&slot.id), slot.aggregate.encode());
        }
        all.retain(|_, state| Aggregate::decode(state).is_ok_and(|aggregate| !aggregate.is_gone()));
        all.insert(rows::CATALOG.to_vec(), self.catalog.encode());
        if let Some(counts) = self.running.counts().filter(|counts| !counts.is_empty()) {
            all.insert(b"running".to_vec(), record::wire::to_bytes(&counts));
        }
        Ok(all)
    }

    /// Looks at a process instance; its changes may not be durable yet.
    pub fn instance(&mut self, key: Key) -> Option<&engine::Instance> {
        let at = self.load(&AggregateId::from(key)).ok()??;
        self.slots.get(at)?.aggregate.instance()
    }
}

/// Before recovery has begun there is no log to read.
struct NoLog;

impl ReadLog for NoLog {
    fn read(&mut self, _: u64, _: u64, _: usize) -> Result<Vec<Record>, String> {
        Ok(Vec::new())
    }
}

#[cfg(feature = "planted-bugs")]
fn replay_panics(options: &Options, lsn: u64) -> bool {
    options.planted == Some(crate::Planted::ReplayPanics(lsn))
}

#[cfg(not(feature = "planted-bugs"))]
fn replay_panics(_: &Options, _: u64) -> bool {
    false
}

fn damaged(row: &str, reason: &str) -> StartError {
    StartError::Row { row: row.to_owned(), reason: reason.to_owned() }
}
