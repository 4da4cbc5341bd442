//! Batches: records encoded into the very bytes that the disk gets.

use crate::format::{FRAME_HEADER, FrameHeader, JournalId, link, put_header, put_payload, salted_digest};
use crate::salt::Salts;
use record::header::{Hash, Header, Payload};
use record::wire::Field;

/// A batch this long is full: longer ones only add latency.
pub const BATCH_BYTES: usize = 2 << 20;

/// Buffers that are kept for reuse.
const SPARE_BUFFERS: usize = 4;

/// A finished batch, ready to be appended.
#[derive(Debug)]
pub struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) header: FrameHeader,
}

impl Batch {
    /// Position of its first record.
    pub fn first_lsn(&self) -> u64 {
        self.header.first_lsn
    }

    /// Position after its last record.
    pub fn next_lsn(&self) -> u64 {
        self.header.next_lsn()
    }

    /// Records in it.
    pub fn records(&self) -> u32 {
        self.header.records
    }

    /// Its length on disk, bytes.
    pub fn byte_length(&self) -> usize {
        self.bytes.len()
    }
}

/// Builds one batch after the other. There is one per open journal, from [`crate::Journal::batches`]; it runs ahead
/// of the disk, so the next batch grows while the last one syncs.
#[derive(Debug)]
pub struct BatchBuilder {
    id: JournalId,
    salts: Salts,
    epoch: u64,
    previous: Hash,
    chain: Hash,
    first_lsn: u64,
    records: u32,
    bytes: Vec<u8>,
    spare: Vec<Vec<u8>>,
}

impl BatchBuilder {
    pub(crate) fn new(id: JournalId, salts: Salts, epoch: u64, next_lsn: u64, chain: Hash) -> Self {
        let bytes = vec![0; FRAME_HEADER];
        BatchBuilder {
            id,
            salts,
            epoch,
            previous: chain,
            chain,
            first_lsn: next_lsn,
            records: 0,
            bytes,
            spare: Vec::new(),
        }
    }

    /// Position that the next record must have.
    pub fn next_lsn(&self) -> u64 {
        self.first_lsn + u64::from(self.records)
    }

    /// Ownership epoch that records of this builder carry.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// True where nothing was pushed since the last batch.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// True where the batch should be finished before more is pushed.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH_BYTES
    }

    /// Length so far, bytes.
    pub fn byte_length(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a record.
    ///
    /// # Panics
    /// Where `header.lsn` is not [`Self::next_lsn`]: the caller counts wrongly.
    pub fn push(&mut self, header: &Header, payload: &Payload) {
        assert_eq!(header.lsn, self.next_lsn(), "records follow each other without gaps");
        let salt = self.salts.draw();
        let header = put_header(&mut self.bytes, |out| header.put(1, out));
        let payload = put_payload(&mut self.bytes, &salt, |out| payload.put(1, out));
        let digest = salted_digest(&salt, &self.bytes[payload]);
        self.chain = link(&self.chain, &self.bytes[header], &digest);
        self.records += 1;
    }

    /// Finishes the batch and begins the next one behind it.
    pub fn finish(&mut self) -> Batch {
        let header = FrameHeader {
            length: (self.bytes.len() - FRAME_HEADER) as u32,
            first_lsn: self.first_lsn,
            records: self.records,
            epoch: self.epoch,
            previous: self.previous,
            chain: self.chain,
        };
        header.seal(&self.id, &mut self.bytes);
        let mut next = self.spare.pop().unwrap_or_default();
        next.clear();
        next.resize(FRAME_HEADER, 0);
        let bytes = std::mem::replace(&mut self.bytes, next);
        self.first_lsn += u64::from(self.records);
        self.previous = self.chain;
        self.records = 0;
        Batch { bytes, header }
    }

    /// Takes the buffer of an appended batch for a later one.
    pub fn recycle(&mut self, batch: Batch) {
        if self.spare.len() < SPARE_BUFFERS && batch.bytes.capacity() <= 2 * BATCH_BYTES {
            self.spare.push(batch.bytes);
        }
    }
}
