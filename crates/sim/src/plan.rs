//! What a seed decides before the first step.

use crate::random::Random;
use runtime::Options;

/// A bug put in on purpose; a simulation that does not find it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// The disk says that it synced and did not.
    SkippedSync,
    /// The journal takes torn batches for sound ones.
    IgnoredChecksum,
    /// Answers leave before their batch is durable.
    AnswerBeforeSync,
    /// A command of the outbox is carried out twice.
    OutboxTwice,
    /// A repeated request is carried out again.
    RequestTwice,
    /// Records are exported before they are durable.
    ExportBeforeSync,
    /// The log is trimmed beyond what recovery needs.
    TrimTooFar,
}

impl Planted {
    /// All of them.
    pub const ALL: [Planted; 7] = [
        Planted::SkippedSync,
        Planted::IgnoredChecksum,
        Planted::AnswerBeforeSync,
        Planted::OutboxTwice,
        Planted::RequestTwice,
        Planted::ExportBeforeSync,
        Planted::TrimTooFar,
    ];
}

/// One simulation.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What everything follows from.
    pub seed: u64,
    /// Steps before the faults stop and all must end.
    pub steps: u64,
    /// Per thousand steps, crashes of the machine or the process.
    pub crashes: u64,
    /// Per thousand steps, failing writes and syncs.
    pub faults: u64,
    /// Options of the node.
    pub options: Options,
    /// Bytes of a segment of the log.
    pub segment_bytes: u64,
    /// The bug.
    pub planted: Option<Planted>,
}

impl Plan {
    /// The plan of a seed.
    pub fn new(seed: u64, planted: Option<Planted>) -> Self {
        let mut random = Random::new(seed);
        let options = Options {
            partitions: if random.chance(50) { 1 } else { 3 },
            batch_bytes: random.range(500, 30_000) as usize,
            memory_instances: random.range(1, 40) as usize,
            store_after_ms: random.range(0, 3_000) as i64,
            store_batch: random.range(1, 30) as usize,
            index_head: random.range(1, 20) as usize,
            log_keep_ms: random.chance(60).then(|| random.range(0, 100_000) as i64),
            seed,
            planted: match planted {
                Some(Planted::AnswerBeforeSync) => Some(runtime::Planted::AnswerBeforeSync),
                Some(Planted::OutboxTwice) => Some(runtime::Planted::OutboxTwice),
                Some(Planted::RequestTwice) => Some(runtime::Planted::RequestTwice),
                Some(Planted::ExportBeforeSync) => Some(runtime::Planted::ExportBeforeSync),
                Some(Planted::TrimTooFar) => Some(runtime::Planted::TrimTooFar),
                // Not a bug but a fault, which the node must survive.
                None if random.chance(20) => Some(runtime::Planted::StepPanics(random.range(1, 10))),
                None if random.chance(20) => Some(runtime::Planted::StepBreaks(random.range(1, 10))),
                _ => None,
            },
            ..Options::default()
        };
        Plan {
            seed,
            steps: random.range(200, 900),
            crashes: random.range(0, 30),
            faults: random.range(0, 10),
            segment_bytes: random.range(4_096, 100_000),
            options,
            planted,
        }
    }
}
