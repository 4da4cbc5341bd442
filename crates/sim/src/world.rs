//! The machine: one node with its journal, store and exporter, and what may happen to them.
//!
//! The node runs in the loop of production; what differs is behind its two ports: the network, and workers that do
//! their work when the simulation says so.

use crate::network::Network;
use crate::plan::{Plan, Planted};
use crate::tape::Tape;
use journal::format::{FRAME_HEADER, FrameHeader, JournalId, SEGMENT_HEADER, SegmentHeader};
use journal::memory_disk::{Fault, MemoryDisk};
use journal::{Batch, Journal, Reader};
use record::Record;
use record::port::{Disk, Net, StateStore, StoreBatch};
use runtime::{
    ExportLoop, ExportQueue, ExportTurn, Inbound, LogReader, Node, Output, PollLoop, Reports, Trim, View,
    Workers,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::MemoryStore;

/// The state of all aggregates, by key.
pub type Snapshot = BTreeMap<Vec<u8>, Vec<u8>>;

/// Segments that one step of trimming removes at most.
const TRIM_AT_ONCE: usize = 2;

/// What is behind the node's ports.
#[derive(Default)]
struct Machine {
    network: Option<Network>,
    reports: Reports,
    batch: Option<Batch>,
    rows: Option<StoreBatch>,
    trim: Option<Trim>,
    exports: Arc<ExportQueue>,
}

impl Net for Machine {
    type Request = Inbound<u64>;
    type Answer = Output<u64>;

    fn receive(&mut self, requests: &mut Vec<Inbound<u64>>) {
        if let Some(network) = &mut self.network {
            network.arrived(requests);
        }
    }

    fn send(&mut self, answer: Output<u64>) {
        if let Some(network) = &mut self.network {
            network.answer(answer);
        }
    }
}

impl Workers for Machine {
    fn reports(&mut self) -> Reports {
        std::mem::take(&mut self.reports)
    }

    fn append(&mut self, batch: Batch) {
        assert!(self.batch.replace(batch).is_none(), "the log has a batch already");
    }

    fn store(&mut self, rows: StoreBatch) {
        assert!(self.rows.replace(rows).is_none(), "the store has rows already");
    }

    fn export(&mut self, records: Vec<Arc<Record>>, next_lsn: u64) {
        self.exports.push(records, next_lsn);
    }

    fn sync_exports(&mut self) {
        self.exports.sync();
    }

    fn trim(&mut self, trim: Trim) {
        assert!(self.trim.replace(trim).is_none(), "the log is being trimmed already");
    }

    fn publish(&mut self, _: View) {}
}

/// The machine.
pub struct World {
    plan: Plan,
    pub disk: MemoryDisk,
    store: MemoryStore,
    running: Running,
    tape: Tape,
    /// Records that were trimmed from the log.
    archive: Vec<Record>,
    /// The system's clock.
    pub wall: i64,
    /// Openings of the log so far.
    pub starts: u64,
}

/// What a crash ends.
struct Running {
    node: PollLoop<MemoryStore, u64, Machine>,
    journal: Journal<MemoryDisk>,
    export: ExportLoop,
    log: LogReader<MemoryDisk>,
}

impl World {
    /// A machine with an empty disk.
    pub fn new(plan: &Plan) -> Result<Self, String> {
        let disk = MemoryDisk::new(plan.seed);
        let (store, tape) = (MemoryStore::new(), Tape::default());
        let wall = 1_700_000_000_000;
        let network = Network::new(plan.seed.wrapping_mul(101));
        let running = start(plan, &disk, &store, &tape, network, (wall, 0))?;
        disk.set_lying(plan.planted == Some(Planted::SkippedSync));
        let (plan, archive) = (plan.clone(), Vec::new());
        Ok(World { plan, disk, store, running, tape, archive, wall, starts: 1 })
    }

    fn machine(&mut self) -> &mut Machine {
        self.running.node.ports()
    }

    /// The network.
    pub fn network(&mut self) -> &mut Network {
        self.machine().network.get_or_insert_with(|| Network::new(0))
    }

    /// The node.
    pub fn node(&mut self) -> &mut Node<MemoryStore, u64> {
        self.running.node.node()
    }

    /// One turn of the node's loop.
    pub fn turn(&mut self) {
        self.running.node.turn(self.wall);
    }

    /// Writes the batch that waits, if one does.
    pub fn sync(&mut self) {
        let Some(batch) = self.machine().batch.take() else { return };
        let result = self.running.journal.append(&batch).map(|()| batch).map_err(|error| error.to_string());
        self.machine().reports.appended = Some(result);
    }

    /// Writes the rows that wait, if some do.
    pub fn store(&mut self) -> Result<(), String> {
        if let Some(rows) = self.machine().rows.take() {
            self.store.write(rows).map_err(|error| error.to_string())?;
            self.machine().reports.stored = Some(Ok(()));
        }
        Ok(())
    }

    /// Lets the exporter work. False where there was nothing to do.
    pub fn export(&mut self) -> bool {
        let Running { node, export, log, .. } = &mut self.running;
        let machine = node.ports();
        match export.turn(&machine.exports, log) {
            ExportTurn::Idle => return false,
            ExportTurn::Exported(lsn) => machine.reports.exported = Some((lsn, None)),
            ExportTurn::Synced(lsn) => machine.reports.exports_synced = Some(lsn.ok()),
            ExportTurn::Failed(lsn, error) => machine.reports.exported = Some((lsn, Some(error))),
        }
        true
    }

    /// Trims the log, if it is to be trimmed.
    pub fn trim(&mut self) -> Result<(), String> {
        let Some(trim) = self.machine().trim.take() else { return Ok(()) };
        let journal = &mut self.running.journal;
        archive(&mut self.archive, &self.disk, trim.below_lsn.min(journal.next_lsn()))?;
        let trimmed = journal.trim_older(trim.below_lsn, trim.before, TRIM_AT_ONCE);
        self.machine().reports.trimmed = Some(trimmed.map_err(|error| error.to_string()));
        Ok(())
    }

    /// Lets a write or sync fail soon.
    pub fn fail_soon(&mut self, after: u64, full: bool) {
        self.disk.fail_after(after, if full { Fault::NoSpace } else { Fault::InputOutput });
    }

    /// True where the node must be started again.
    pub fn is_dead(&mut self) -> bool {
        self.node().is_poisoned()
    }

    /// The machine loses power, or only the process dies; then it starts again. What was on its way to the disk
    /// and to the store gets there or not, also a removal of segments.
    pub fn crash(&mut self, power: bool, tried: bool, rows_written: bool) -> Result<(), String> {
        let (batch, rows, trim) = {
            let machine = self.machine();
            (machine.batch.take(), machine.rows.take(), machine.trim.take())
        };
        if let Some(trim) = trim.filter(|_| tried) {
            archive(&mut self.archive, &self.disk, trim.below_lsn.min(self.running.journal.next_lsn()))?;
            self.disk.fail_after(1, Fault::InputOutput);
            let _cut_off =
                self.running.journal.trim_older(trim.below_lsn, trim.before, TRIM_AT_ONCE).is_err();
        }
        if let Some(batch) = batch.filter(|_| tried) {
            self.disk.fail_after(1, Fault::InputOutput);
            let _torn = self.running.journal.append(&batch).is_err();
        }
        if let Some(rows) = rows.filter(|_| rows_written) {
            self.store.write(rows).map_err(|error| error.to_string())?;
        }
        self.disk = if power { self.disk.crash() } else { self.disk.kill_process() };
        if power {
            self.tape.crash();
        }
        if self.plan.planted == Some(Planted::IgnoredChecksum) {
            ignore_checksums(&self.disk);
        }
        let mut network = self.machine().network.take().unwrap_or_else(|| Network::new(0));
        network.cut();
        let when = (self.wall, self.starts);
        self.running = start(&self.plan, &self.disk, &self.store, &self.tape, network, when)?;
        self.starts += 1;
        self.tape.check(self.running.journal.next_lsn() - 1)
    }

    /// What the log alone gives, where it has everything, and what the store with the rest of the log gives; for a node
    /// at rest.
    pub fn replays(&self) -> Result<Vec<(&'static str, Snapshot)>, String> {
        let snapshot = |store: &MemoryStore| {
            let disk = self.disk.copy(1);
            let plan = Plan {
                options: runtime::Options { planted: None, ..self.plan.options.clone() },
                ..self.plan.clone()
            };
            let (node, ..) = open(&plan, &disk, store, (self.wall, self.starts))?;
            node.snapshot().map_err(|error| error.to_string())
        };
        let mut all = vec![("store and log", snapshot(&self.store.copy())?)];
        if self.archive.is_empty() {
            all.push(("the log alone", snapshot(&MemoryStore::new())?));
        }
        Ok(all)
    }

    /// The exporter has what is durable, for a node at rest.
    pub fn check_exports(&mut self) -> Result<(), String> {
        let (exported, end) = (self.tape.end(), self.running.journal.next_lsn() - 1);
        if exported != end {
            return Err(format!("the exporter is at record {exported}, the log ends at {end}"));
        }
        self.tape.check(end)
    }

    /// Records that were trimmed from the log.
    pub fn archive(&self) -> &[Record] {
        &self.archive
    }

    /// True where nothing is under way.
    pub fn is_at_rest(&mut self) -> bool {
        let machine = self.machine();
        let quiet = machine.network.as_ref().is_none_or(Network::is_quiet)
            && machine.reports.is_empty()
            && machine.batch.is_none()
            && machine.rows.is_none()
            && machine.trim.is_none();
        quiet && !self.node().is_busy() && !self.node().has_work()
    }
}

/// Keeps what is about to be trimmed, as the audit reads the whole story.
fn archive(kept: &mut Vec<Record>, disk: &MemoryDisk, below: u64) -> Result<(), String> {
    let from = kept.last().map_or(1, |last| last.header.lsn + 1);
    let mut reader = Reader::new(disk.clone(), from);
    while reader.next_lsn() < below {
        let records = reader.read(below, 1 << 20).map_err(|error| error.to_string())?;
        if records.is_empty() {
            return Err(format!("record {} is missing before it is trimmed", reader.next_lsn()));
        }
        kept.extend(records);
    }
    Ok(())
}

fn start(
    plan: &Plan,
    disk: &MemoryDisk,
    store: &MemoryStore,
    tape: &Tape,
    network: Network,
    when: (i64, u64),
) -> Result<Running, String> {
    let (node, journal, first) = open(plan, disk, store, when)?;
    let export = ExportLoop::new(Box::new(tape.clone()), first).map_err(|error| error.to_string())?;
    let machine = Machine { network: Some(network), ..Machine::default() };
    let reading = disk.clone();
    let log = LogReader::new(Arc::new(move || reading.clone()));
    Ok(Running { node: PollLoop::new(node, machine, true), journal, export, log })
}

/// A node that has recovered, its log, and the first record of the log.
type Opened = (Node<MemoryStore, u64>, Journal<MemoryDisk>, u64);

fn open(
    plan: &Plan,
    disk: &MemoryDisk,
    store: &MemoryStore,
    (wall, starts): (i64, u64),
) -> Result<Opened, String> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&plan.seed.to_le_bytes());
    seed[8..16].copy_from_slice(&starts.to_le_bytes());
    let options = journal::Options { segment_bytes: plan.segment_bytes, seed: Some(seed) };
    let (mut journal, recovery) = Journal::open(disk.clone(), options).map_err(|error| error.to_string())?;
    let builder = journal.batches().ok_or("the log gives no builder")?;
    let reading = disk.clone();
    let log = Box::new(LogReader::new(Arc::new(move || reading.clone())));
    let mut node = Node::recover(plan.options.clone(), store.clone(), log, builder, wall)
        .map_err(|error| error.to_string())?;
    node.log_begins(recovery.first_lsn);
    Ok((node, journal, recovery.first_lsn))
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
