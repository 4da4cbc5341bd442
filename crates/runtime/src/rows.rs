//! Rows of the state store: which keys there are and what is in them.
//!
//! | key | value |
//! |---|---|
//! | `!` | the checkpoint |
//! | `C` | the catalog of all tenants |
//! | `a` aggregate | LSN, tenant, encoded aggregate (empty for one that is gone but may still be replayed) |
//! | `b` block | the instance that a further key block belongs to |
//! | `d` time, wake | the aggregate that the wake-up goes to |
//! | `g` LSN, aggregate | marks a row of a gone aggregate, which goes once the checkpoint has passed the LSN |
//! | `j` tenant, type, rank | the instance of a job that can be leased |
//! | `r` LSN | an answer that a repeated request gets again |

use crate::head::Rank;
use engine::{IndexEntry, Wake};
use record::wire::{self, Bytes, Field};
use record::{AggregateId, Key, Response, Str};

pub const CHECKPOINT: &[u8] = b"!";
pub const CATALOG: &[u8] = b"C";

record::message! {
    /// Where recovery starts, and the counters as they were when it was written.
    pub struct Checkpoint {
        /// The first record to replay.
        1 lsn: u64,
        /// The record that followed when this was written: the log must reach it.
        2 written_at: u64,
        /// Position of the key blocks of each partition.
        3 blocks: Vec<(u16, i64)>,
        /// Next send sequence of each partition.
        4 sends: Vec<(u16, u64)>,
        /// Highest sequence that a partition took from another one's outbox: (target, source), sequence.
        5 delivered: Vec<((u16, u16), u64)>,
        /// Engine time.
        6 time: i64,
        /// Engine time stands still.
        7 pinned: Option<i64>,
        /// Instances that run by each definition, before `written_at`; none where they must be counted anew.
        1000 running: Option<Vec<(Key, u64)>>,
    }
}

record::message! {
    /// The catalog.
    pub struct CatalogRow {
        /// The last record in it.
        1 lsn: u64,
        /// The encoded catalog.
        2 catalog: Bytes,
    }
}

record::message! {
    /// An answer to a request that had an id.
    pub struct AnswerRow {
        /// The tenant.
        1 tenant: Str,
        /// Who asked.
        2 actor: Str,
        /// The id.
        3 request_id: Str,
        /// The answer.
        4 response: Response,
    }
}

/// The key of an aggregate's row.
pub fn aggregate_key(id: &AggregateId) -> Vec<u8> {
    [b"a", id.store_key().as_slice()].concat()
}

/// The key of the mark of a gone aggregate.
pub fn gone_key(lsn: u64, row: &[u8]) -> Vec<u8> {
    [b"g", lsn.to_be_bytes().as_slice(), row].concat()
}

/// The LSN and the row's key in the mark of a gone aggregate.
pub fn read_gone_key(key: &[u8]) -> Option<(u64, Vec<u8>)> {
    let lsn = key.get(1..9)?.try_into().ok()?;
    Some((u64::from_be_bytes(lsn), key[9..].to_vec()))
}

/// The key of an answer's row.
pub fn answer_key(lsn: u64) -> Vec<u8> {
    [b"r", lsn.to_be_bytes().as_slice()].concat()
}

/// The key of a further block of keys.
pub fn block_key(block: Key) -> Vec<u8> {
    [b"b", block.0.to_be_bytes().as_slice()].concat()
}

/// What all jobs of a type have in front.
pub fn job_prefix(tenant: &str, job_type: &str) -> Vec<u8> {
    let mut key = vec![b'j'];
    for part in [tenant, job_type] {
        key.extend_from_slice(&(part.len() as u32).to_be_bytes());
        key.extend_from_slice(part.as_bytes());
    }
    key
}

/// The row of an index entry of the aggregate `owner`.
pub fn index_row(entry: &IndexEntry, tenant: &str, owner: &AggregateId) -> (Vec<u8>, Vec<u8>) {
    match entry {
        IndexEntry::Due { at, wake } => {
            let mut key = vec![b'd'];
            DueRank::new(*at, *wake).write(&mut key);
            (key, wire::to_bytes(owner))
        }
        IndexEntry::Job { job_type, priority, key } => {
            let mut row = job_prefix(tenant, job_type);
            JobRank::new(*priority, *key).write(&mut row);
            (row, wire::to_bytes(&owner_key(owner)))
        }
        IndexEntry::Block { block } => (block_key(*block), wire::to_bytes(&owner_key(owner))),
    }
}

/// The instance, where the aggregate is one.
pub fn owner_key(id: &AggregateId) -> Key {
    match id {
        AggregateId::Instance { key } => *key,
        _ => Key::NONE,
    }
}

/// The value of an aggregate's row.
pub fn write_aggregate(lsn: u64, tenant: &str, state: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + tenant.len() + state.len());
    out.push(1);
    out.extend_from_slice(&lsn.to_be_bytes());
    wire::put_varint(tenant.len() as u64, &mut out);
    out.extend_from_slice(tenant.as_bytes());
    out.extend_from_slice(state);
    out
}

/// LSN, tenant and state of an aggregate's row; none where the row is not one.
pub fn read_aggregate(row: &[u8]) -> Option<(u64, Str, &[u8])> {
    let (&1, rest) = row.split_first()? else { return None };
    let (lsn, rest) = rest.split_first_chunk::<8>()?;
    let mut reader = wire::Reader::new(rest);
    let length = reader.varint().ok()? as usize;
    let mut prefix = Vec::new();
    wire::put_varint(length as u64, &mut prefix);
    let rest = rest.get(prefix.len()..)?;
    let tenant = std::str::from_utf8(rest.get(..length)?).ok()?;
    Some((u64::from_be_bytes(*lsn), Str::from(tenant), &rest[length..]))
}

/// Place of a job in its queue: higher priority first, then older first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobRank {
    priority: i32,
    counter: i64,
    partition: u16,
}

impl JobRank {
    /// The place of a job.
    pub fn new(priority: i32, key: Key) -> Self {
        let counter = key.0 & ((1 << record::key::PARTITION_SHIFT) - 1);
        JobRank { priority: priority.saturating_neg(), counter, partition: key.partition() }
    }

    /// The job.
    pub fn key(self) -> Key {
        Key(i64::from(self.partition) << record::key::PARTITION_SHIFT | self.counter)
    }
}

impl Rank for JobRank {
    const FIRST: Self = JobRank { priority: i32::MIN, counter: 0, partition: 0 };

    fn next(self) -> Self {
        JobRank { partition: self.partition + 1, ..self }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&((self.priority as u32) ^ (1 << 31)).to_be_bytes());
        out.extend_from_slice(&self.counter.to_be_bytes());
        out.extend_from_slice(&self.partition.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (priority, rest) = bytes.split_first_chunk::<4>()?;
        let (counter, rest) = rest.split_first_chunk::<8>()?;
        let partition = rest.try_into().ok()?;
        Some(JobRank {
            priority: (u32::from_be_bytes(*priority) ^ (1 << 31)) as i32,
            counter: i64::from_be_bytes(*counter),
            partition: u16::from_be_bytes(partition),
        })
    }
}

/// Place of a wake-up in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueRank {
    /// When, milliseconds since 1970.
    pub at: i64,
    kind: u8,
    key: Key,
}

impl DueRank {
    /// The place of a wake-up.
    pub fn new(at: i64, wake: Wake) -> Self {
        let (kind, key) = match wake {
            Wake::Timer(key) => (1, key),
            Wake::JobTimeout(key) => (2, key),
            Wake::JobRetry(key) => (3, key),
            Wake::MessageExpiry(key) => (4, key),
            Wake::StartTimer(key) => (5, key),
        };
        DueRank { at, kind, key }
    }

    /// The wake-up; none for a kind that this version does not know.
    pub fn wake(self) -> Option<Wake> {
        Some(match self.kind {
            1 => Wake::Timer(self.key),
            2 => Wake::JobTimeout(self.key),
            3 => Wake::JobRetry(self.key),
            4 => Wake::MessageExpiry(self.key),
            5 => Wake::StartTimer(self.key),
            _ => return None,
        })
    }
}

impl Rank for DueRank {
    const FIRST: Self = DueRank { at: i64::MIN, kind: 0, key: Key::NONE };

    fn next(self) -> Self {
        DueRank { key: Key(self.key.0 + 1), ..self }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&((self.at as u64) ^ (1 << 63)).to_be_bytes());
        out.push(self.kind);
        out.extend_from_slice(&self.key.0.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (&kind, rest) = rest.split_first()?;
        let key = rest.try_into().ok()?;
        let at = (u64::from_be_bytes(*at) ^ (1 << 63)) as i64;
        Some(DueRank { at, kind, key: Key(i64::from_be_bytes(key)) })
    }
}

/// Reads a value that one field holds.
pub fn value<T: Field>(bytes: &[u8]) -> Option<T> {
    wire::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_read_back_and_sort_like_their_bytes() {
        let keys = [Key(1 << 51 | 64), Key(2 << 51 | 65), Key(1 << 51 | 700)];
        let mut jobs: Vec<JobRank> = keys.iter().map(|key| JobRank::new(0, *key)).collect();
        jobs.extend([JobRank::new(7, keys[2]), JobRank::new(-7, keys[0]), JobRank::FIRST, jobs[0].next()]);
        let mut dues: Vec<DueRank> = [i64::MIN, -5, 0, 5, i64::MAX]
            .iter()
            .flat_map(|at| {
                [DueRank::new(*at, Wake::Timer(keys[0])), DueRank::new(*at, Wake::JobRetry(keys[1]))]
            })
            .collect();
        dues.push(DueRank::FIRST);
        check(&jobs);
        check(&dues);
        assert!(JobRank::new(7, keys[2]) < JobRank::new(0, keys[0]), "higher priority first");
        assert_eq!(JobRank::new(3, keys[1]).key(), keys[1]);
    }

    fn check<R: Rank + std::fmt::Debug>(ranks: &[R]) {
        let bytes = |rank: &R| {
            let mut out = Vec::new();
            rank.write(&mut out);
            out
        };
        for a in ranks {
            assert_eq!(R::read(&bytes(a)), Some(*a));
            for b in ranks {
                assert_eq!(a.cmp(b), bytes(a).cmp(&bytes(b)), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn an_aggregate_row_is_read_back() {
        let row = write_aggregate(7, "tenant", b"state");
        assert_eq!(read_aggregate(&row), Some((7, Str::from("tenant"), b"state".as_slice())));
        for at in 0..10 {
            assert_eq!(read_aggregate(&row[..at]), None);
        }
    }
}
