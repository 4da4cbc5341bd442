//! The machine: one node with its journal and store, and what may happen to them.

use crate::plan::{Plan, Planted};
use journal::format::{FRAME_HEADER, FrameHeader, JournalId, SEGMENT_HEADER, SegmentHeader};
use journal::memory_disk::{Fault, MemoryDisk};
use journal::{Batch, Journal};
use record::port::{Disk, StateStore, StoreBatch};
use runtime::{LogReader, Node, Output};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::MemoryStore;

/// The state of all aggregates, by key.
pub type Snapshot = BTreeMap<Vec<u8>, Vec<u8>>;

/// The machine.
pub struct World {
    plan: Plan,
    pub disk: MemoryDisk,
    store: MemoryStore,
    pub node: Node<MemoryStore, u64>,
    journal: Journal<MemoryDisk>,
    /// The system's clock.
    pub wall: i64,
    batch: Option<Batch>,
    rows: Option<StoreBatch>,
    /// Openings of the log so far.
    pub starts: u64,
}

impl World {
    /// A machine with an empty disk.
    pub fn new(plan: &Plan) -> Result<Self, String> {
        let disk = MemoryDisk::new(plan.seed);
        let store = MemoryStore::new();
        let wall = 1_700_000_000_000;
        let (node, journal) = open(plan, &disk, &store, wall, 0)?;
        disk.set_lying(plan.planted == Some(Planted::SkippedSync));
        Ok(World { plan: plan.clone(), disk, store, node, journal, wall, batch: None, rows: None, starts: 1 })
    }

    /// Lets the node work.
    pub fn poll(&mut self) -> Vec<Output<u64>> {
        self.node.poll(self.wall);
        if self.batch.is_none() {
            self.batch = self.node.take_batch();
        }
        if self.rows.is_none() {
            self.rows = self.node.take_store_batch();
        }
        self.node.take_outputs()
    }

    /// Writes the batch that waits, if one does.
    pub fn sync(&mut self) -> Vec<Output<u64>> {
        let Some(batch) = self.batch.take() else { return Vec::new() };
        match self.journal.append(&batch) {
            Ok(()) => self.node.durable(Some(batch)),
            Err(error) => self.node.poison(&error.to_string()),
        }
        self.node.take_outputs()
    }

    /// Writes the rows that wait, if some do.
    pub fn store(&mut self) -> Result<(), String> {
        if let Some(rows) = self.rows.take() {
            self.store.write(rows).map_err(|error| error.to_string())?;
            self.node.stored();
        }
        Ok(())
    }

    /// Lets a write or sync fail soon.
    pub fn fail_soon(&mut self, after: u64, full: bool) {
        self.disk.fail_after(after, if full { Fault::NoSpace } else { Fault::InputOutput });
    }

    /// True where the node must be started again.
    pub fn is_dead(&self) -> bool {
        self.node.is_poisoned()
    }

    /// The machine loses power, or only the process dies; then it starts again. What was on its way to the disk
    /// and to the store gets there or not.
    pub fn crash(&mut self, power: bool, batch_tried: bool, rows_written: bool) -> Result<(), String> {
        if let Some(batch) = self.batch.take().filter(|_| batch_tried) {
            self.disk.fail_after(1, Fault::InputOutput);
            let _torn = self.journal.append(&batch).is_err();
        }
        if let Some(rows) = self.rows.take().filter(|_| rows_written) {
            self.store.write(rows).map_err(|error| error.to_string())?;
        }
        self.disk = if power { self.disk.crash() } else { self.disk.kill_process() };
        if self.plan.planted == Some(Planted::IgnoredChecksum) {
            ignore_checksums(&self.disk);
        }
        (self.batch, self.rows) = (None, None);
        let (node, journal) = open(&self.plan, &self.disk, &self.store, self.wall, self.starts)?;
        self.starts += 1;
        (self.node, self.journal) = (node, journal);
        Ok(())
    }

    /// What the log alone gives, and what the store with the rest of the log gives; for a node at rest.
    pub fn replays(&self) -> Result<[Snapshot; 2], String> {
        let snapshot = |store: &MemoryStore| {
            let disk = self.disk.copy(1);
            let plan = Plan {
                options: runtime::Options { planted: None, ..self.plan.options.clone() },
                ..self.plan.clone()
            };
            let (node, _) = open(&plan, &disk, store, self.wall, self.starts)?;
            node.snapshot().map_err(|error| error.to_string())
        };
        Ok([snapshot(&MemoryStore::new())?, snapshot(&self.store.copy())?])
    }

    /// True where nothing is under way.
    pub fn is_at_rest(&mut self) -> bool {
        self.batch.is_none() && self.rows.is_none() && !self.node.is_busy() && !self.node.has_work()
    }
}

fn open(
    plan: &Plan,
    disk: &MemoryDisk,
    store: &MemoryStore,
    wall: i64,
    starts: u64,
) -> Result<(Node<MemoryStore, u64>, Journal<MemoryDisk>), String> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&plan.seed.to_le_bytes());
    seed[8..16].copy_from_slice(&starts.to_le_bytes());
    let options = journal::Options { segment_bytes: plan.segment_bytes, seed: Some(seed) };
    let (mut journal, _) = Journal::open(disk.clone(), options).map_err(|error| error.to_string())?;
    let builder = journal.batches().ok_or("the log gives no builder")?;
    let reading = disk.clone();
    let log = Box::new(LogReader::new(Arc::new(move || reading.clone())));
    let node = Node::recover(plan.options.clone(), store.clone(), log, builder, wall)
        .map_err(|error| error.to_string())?;
    Ok((node, journal))
}

/// Makes every frame of the last segment look sound, as a journal sees it that does not compare checksums.
fn ignore_checksums(disk: &MemoryDisk) {
    let Some(name) = disk
        .list()
        .unwrap_or_default()
        .into_iter()
        .rfind(|name| disk.bytes(name).is_some_and(|b| b.len() > SEGMENT_HEADER))
    else {
        return;
    };
    let Some(mut bytes) = disk.bytes(&name) else { return };
    let Ok(header) = SegmentHeader::decode(&bytes[..SEGMENT_HEADER]) else { return };
    let mut at = SEGMENT_HEADER;
    while let Some(length) = bytes.get(at..).and_then(FrameHeader::announced) {
        let end = at + FRAME_HEADER + length as usize;
        if end > bytes.len() {
            break;
        }
        seal_again(&header.id, &mut bytes[at..end], length);
        at = end;
    }
    disk.put(&name, &bytes);
}

fn seal_again(id: &JournalId, frame: &mut [u8], length: u32) {
    let array = |at: usize| {
        let mut out = [0; 32];
        out.copy_from_slice(&frame[at..at + 32]);
        out
    };
    let number = |at: usize, count: usize| {
        frame[at..at + count].iter().rev().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte))
    };
    let header = FrameHeader {
        length,
        first_lsn: number(16, 8),
        records: number(24, 4) as u32,
        epoch: number(28, 8),
        previous: array(36),
        chain: array(68),
    };
    header.seal(id, frame);
}
