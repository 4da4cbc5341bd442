//! Storing aggregates that stay, and moving the checkpoint: one round at a time.
//!
//! A round is cut at a position N of the log: it holds aggregates as they were there, the counters, and a
//! checkpoint C below which nothing is needed for recovery. It is handed out only when all before N is durable, and
//! is written as a whole. So the store never has what the log may lose, and nothing stops while it is written.

use super::Node;
use crate::rows::{self, CatalogRow, Checkpoint};
use crate::slots::{Condition, Dirty};
use engine::IndexEntry;
use record::port::{StateStore, StoreBatch};
use record::wire::{self, Bytes};
use record::{AggregateId, Str};

/// Records after which the checkpoint moves though nothing stays.
const CHECKPOINT_RECORDS: u64 = 100_000;

/// Bytes of one round.
const ROUND_BYTES: usize = 16 << 20;

/// Aggregates looked at for eviction when one was loaded.
const EVICTION_LOOKS: usize = 32;

/// A round under way.
pub(super) struct Round {
    /// The last record that it contains.
    ready_at: u64,
    checkpoint: u64,
    slots: Vec<u32>,
    batch: Option<StoreBatch>,
}

/// What a round is made of while it is put together.
#[derive(Default)]
struct Draft {
    batch: StoreBatch,
    bytes: usize,
    slots: Vec<u32>,
    /// Aggregates that are gone but whose events may be replayed.
    gone: Vec<u32>,
    /// Dirty ones that cannot be written now.
    kept: Vec<Dirty>,
}

impl<S: StateStore, T> Node<S, T> {
    /// Cuts a round where something stayed long enough, or where the log has grown.
    pub(super) fn begin_round(&mut self) {
        if self.round.is_none() && self.poisoned.is_none() && self.round_is_due() {
            self.cut_round(false);
        }
    }

    fn round_is_due(&mut self) -> bool {
        let aged = self.time.wall.saturating_sub(self.options.store_after_ms);
        let crowded = self.slots.len() > self.options.memory_instances;
        let catalog = self.catalog_state.dirty_from > 0 && self.catalog_state.since <= aged;
        let grown = self.last_lsn() >= self.checkpoint + CHECKPOINT_RECORDS;
        catalog || grown || self.slots.first_dirty().is_some_and(|dirty| crowded || dirty.since <= aged)
    }

    /// Cuts a round with all that is dirty, so that a restart has nothing to replay. False where one is under way.
    pub fn checkpoint_now(&mut self) -> bool {
        if self.round.is_some() || self.poisoned.is_some() {
            return false;
        }
        self.cut_round(true);
        true
    }

    fn cut_round(&mut self, all: bool) {
        let mut draft = Draft::default();
        let crowded = self.slots.len() > self.options.memory_instances;
        let aged = self.time.wall.saturating_sub(self.options.store_after_ms);
        while (all || draft.slots.len() < self.options.store_batch) && draft.bytes < ROUND_BYTES {
            let Some(dirty) = self.slots.first_dirty() else { break };
            if !all && !crowded && dirty.since > aged {
                break;
            }
            self.slots.pop_dirty();
            self.draft_aggregate(dirty, &mut draft);
        }
        self.slots.keep_dirty(std::mem::take(&mut draft.kept));
        if self.catalog_state.dirty_from > 0 && (all || self.catalog_state.since <= aged) {
            self.draft_catalog(&mut draft);
        }
        let checkpoint = self.checkpoint_candidate();
        self.draft_gone(checkpoint, &mut draft);
        self.window.save(&mut draft.batch);
        let row = self.checkpoint_row(checkpoint);
        draft.batch.puts.push((rows::CHECKPOINT.to_vec(), wire::to_bytes(&row)));
        let ready_at = self.last_lsn();
        self.round = Some(Round { ready_at, checkpoint, slots: draft.slots, batch: Some(draft.batch) });
    }

    fn draft_aggregate(&mut self, dirty: Dirty, draft: &mut Draft) {
        let at = dirty.slot;
        let Some(slot) = self.slots.get_mut(at) else { return };
        if slot.condition != Condition::Sound {
            return draft.kept.push(dirty);
        }
        let row = rows::aggregate_key(&slot.id);
        let index = slot.aggregate.index();
        if slot.aggregate.is_gone() {
            match slot.id {
                AggregateId::Instance { .. } => draft.batch.deletes.push(row),
                _ => draft.gone.push(at),
            }
        } else {
            let value = rows::write_aggregate(slot.last_lsn, &slot.tenant, &slot.aggregate.encode());
            draft.bytes += row.len() + value.len();
            if let Some(lsn) = self.gone_marks.remove(&row) {
                draft.batch.deletes.push(rows::gone_key(lsn, &row));
            }
            draft.batch.puts.push((row, value));
            slot.stored = true;
        }
        let stored = std::mem::take(&mut slot.stored_index);
        let (tenant, id) = (slot.tenant.clone(), slot.id.clone());
        slot.stored_index.clone_from(&index);
        slot.writing = true;
        diff_index(&stored, &index, &tenant, &id, &mut draft.batch);
        draft.slots.push(at);
        self.slots.cleaned(at);
    }

    fn draft_catalog(&mut self, draft: &mut Draft) {
        let state = &mut self.catalog_state;
        let catalog = Bytes(self.catalog.encode().into());
        let row = CatalogRow { lsn: state.last_lsn, catalog };
        draft.batch.puts.push((rows::CATALOG.to_vec(), wire::to_bytes(&row)));
        let index = self.catalog.index();
        for (entries, others, add) in
            [(&state.stored_index, &index, false), (&index, &state.stored_index, true)]
        {
            for (tenant, entry) in entries.iter().filter(|entry| !others.contains(entry)) {
                let id = AggregateId::Catalog { tenant: tenant.clone() };
                let (key, value) = rows::index_row(entry, tenant, &id);
                match add {
                    true => draft.batch.puts.push((key, value)),
                    false => draft.batch.deletes.push(key),
                }
            }
        }
        state.stored_index = index;
        state.dirty_from = 0;
    }

    /// Aggregates other than instances may be replayed from the middle of their lives. So the store remembers
    /// until where a gone one is complete, as long as recovery may start before that.
    fn draft_gone(&mut self, checkpoint: u64, draft: &mut Draft) {
        for at in std::mem::take(&mut draft.gone) {
            let Some(slot) = self.slots.get_mut(at) else { continue };
            let row = rows::aggregate_key(&slot.id);
            if let Some(lsn) = self.gone_marks.remove(&row) {
                draft.batch.deletes.push(rows::gone_key(lsn, &row));
            }
            if slot.last_lsn >= checkpoint {
                let value = rows::write_aggregate(slot.last_lsn, &slot.tenant, &slot.aggregate.encode());
                draft.batch.puts.push((rows::gone_key(slot.last_lsn, &row), Vec::new()));
                self.gone_marks.insert(row.clone(), slot.last_lsn);
                draft.batch.puts.push((row, value));
                slot.stored = true;
            } else if slot.stored {
                draft.batch.deletes.push(row);
                slot.stored = false;
            }
        }
        let batch = &mut draft.batch;
        self.gone_marks.retain(|row, lsn| {
            let over = *lsn < checkpoint;
            if over {
                batch.deletes.push(row.clone());
                batch.deletes.push(rows::gone_key(*lsn, row));
            }
            !over
        });
    }

    /// The first record that recovery needs, if all that was drafted is stored.
    fn checkpoint_candidate(&mut self) -> u64 {
        let mut first = self.builder.next_lsn();
        if let Some(dirty) = self.slots.first_dirty() {
            first = first.min(dirty.lsn);
        }
        if self.catalog_state.dirty_from > 0 {
            first = first.min(self.catalog_state.dirty_from);
        }
        let sends = self.deliveries.iter().chain(&self.departing).map(|delivery| delivery.lsn);
        let continuations = self.continuations.iter().map(|(lsn, _)| *lsn);
        sends.chain(continuations).fold(first, u64::min).max(self.checkpoint)
    }

    fn checkpoint_row(&self, lsn: u64) -> Checkpoint {
        let partitions = 1..=self.options.partitions;
        Checkpoint {
            lsn,
            written_at: self.builder.next_lsn(),
            blocks: partitions.clone().zip(self.blocks.iter().map(record::KeyBlocks::position)).collect(),
            sends: partitions.zip(self.sends.iter().copied()).collect(),
            delivered: self.delivered.iter().map(|(mark, sequence)| (*mark, *sequence)).collect(),
            time: self.time.now,
            pinned: self.time.pinned,
            running: self.running.counts(),
        }
    }

    /// The round's rows, once what they rest on is durable; they must be written as a whole.
    pub fn take_store_batch(&mut self) -> Option<StoreBatch> {
        let durable = self.durable;
        self.round.as_mut().filter(|round| round.ready_at <= durable)?.batch.take()
    }

    /// The rows that were taken are durable in the store.
    pub fn stored(&mut self) {
        let Some(round) = self.round.take() else { return };
        self.checkpoint = round.checkpoint;
        for at in round.slots {
            let Some(slot) = self.slots.get_mut(at) else { continue };
            slot.writing = false;
            if slot.is_clean() && slot.aggregate.is_gone() {
                self.slots.remove(at);
            }
        }
        let surplus = self.slots.len().saturating_sub(self.options.memory_instances);
        if surplus > 0 {
            self.evict(surplus, usize::MAX);
        }
        let (slots, keep) = (&self.slots, self.options.index_head);
        let clean = |at: Option<u32>| at.and_then(|at| slots.get(at)).is_none_or(|slot| slot.is_clean());
        self.jobs.trim(keep, |owner| clean(slots.find_instance(*owner)));
        let catalog_is_clean = self.catalog_state.dirty_from == 0;
        self.due.trim(keep, |owner| match owner {
            AggregateId::Catalog { .. } => catalog_is_clean,
            owner => clean(slots.find(owner)),
        });
    }

    /// Recovery would start here.
    pub fn checkpoint(&self) -> u64 {
        self.checkpoint
    }

    /// Makes room for a load.
    pub(super) fn evict_some(&mut self) {
        if self.slots.len() >= self.options.memory_instances {
            self.evict(2, EVICTION_LOOKS);
        }
    }

    fn evict(&mut self, count: usize, looks: usize) {
        for slot in self.slots.evict(count, looks) {
            for entry in slot.stored_index {
                if let IndexEntry::Block { block } = entry {
                    self.block_owners.remove(&block.0);
                }
            }
        }
    }

    pub(super) fn catalog_changed(&mut self, lsn: u64) {
        let state = &mut self.catalog_state;
        state.last_lsn = lsn;
        if state.dirty_from == 0 {
            state.dirty_from = lsn;
            state.since = self.time.wall;
        }
    }
}

/// Brings an aggregate's rows in the indexes from `stored` to `index`.
fn diff_index(
    stored: &[IndexEntry],
    index: &[IndexEntry],
    tenant: &Str,
    id: &AggregateId,
    batch: &mut StoreBatch,
) {
    for entry in stored.iter().filter(|entry| !index.contains(entry)) {
        batch.deletes.push(rows::index_row(entry, tenant, id).0);
    }
    for entry in index.iter().filter(|entry| !stored.contains(entry)) {
        batch.puts.push(rows::index_row(entry, tenant, id));
    }
}
