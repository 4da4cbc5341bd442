//! Records to write, and what every test asks of the log.

use journal::memory_disk::MemoryDisk;
use journal::{BatchBuilder, Journal, JournalError, Options, Recovery};
use record::header::{Header, Payload};
use record::port::Disk;
use record::{AggregateId, Command, Event, Key, Record, json};

/// Small enough that a few batches roll over.
pub const SEGMENT_BYTES: u64 = 4096;

pub fn options() -> Options {
    Options { segment_bytes: SEGMENT_BYTES, seed: Some([5; 32]) }
}

/// The record of a position; its size grows with `size`.
pub fn record(lsn: u64, size: usize) -> Record {
    let text = format!(r#"{{"order":{lsn},"note":"{}"}}"#, "x".repeat(size));
    let header = Header {
        lsn,
        partition: 1,
        epoch: 1,
        time: 1_700_000_000_000 + lsn as i64,
        tenant: "<default>".into(),
        actor: "demo".into(),
        ..Header::default()
    };
    let payload = Payload {
        aggregate: AggregateId::from(Key(lsn as i64 * 64)),
        command: Command::SetVariables {
            scope: Key(lsn as i64 * 64),
            variables: json::split(&text).expect("the text is an object"),
            local: false,
        },
        events: vec![Event::InstanceCompleted {}],
        response: None,
        seed: lsn,
    };
    Record { header, payload: Some(payload) }
}

/// Pushes records of these sizes.
pub fn push(builder: &mut BatchBuilder, sizes: &[usize]) {
    for size in sizes {
        let record = record(builder.next_lsn(), *size);
        builder.push(&record.header, &record.payload.expect("it is new"));
    }
}

/// A journal with its builder.
pub struct Writer<D: Disk> {
    pub journal: Journal<D>,
    pub builder: BatchBuilder,
}

impl<D: Disk> Writer<D> {
    pub fn open(disk: D) -> Result<(Self, Recovery), JournalError> {
        let (mut journal, recovery) = Journal::open(disk, options())?;
        let builder = journal.batches().expect("the first call");
        assert!(journal.batches().is_none(), "a second builder would fork the chain");
        Ok((Writer { journal, builder }, recovery))
    }

    /// Appends one batch of records.
    pub fn append(&mut self, sizes: &[usize]) -> Result<(), JournalError> {
        push(&mut self.builder, sizes);
        let batch = self.builder.finish();
        let result = self.journal.append(&batch);
        self.builder.recycle(batch);
        result
    }
}

/// A log of these batches on a disk of its own.
pub fn written(batches: &[&[usize]]) -> MemoryDisk {
    let disk = MemoryDisk::new(1);
    let (mut writer, _) = Writer::open(disk.clone()).expect("an empty disk");
    for sizes in batches {
        writer.append(sizes).expect("a sound disk");
    }
    disk
}

/// All records of a log.
pub fn read_all<D: Disk>(journal: &mut Journal<D>, mut from: u64) -> Result<Vec<Record>, JournalError> {
    let mut all = Vec::new();
    loop {
        let records = journal.read(from, 1000)?;
        if records.is_empty() {
            return Ok(all);
        }
        from += records.len() as u64;
        all.extend(records);
    }
}

/// Asserts that the log holds exactly the records of [`record`] with these sizes.
pub fn assert_holds<D: Disk>(journal: &mut Journal<D>, sizes: &[usize]) {
    let records = read_all(journal, 1).expect("the log is sound");
    assert_eq!(records.len(), sizes.len());
    for (index, (actual, size)) in records.iter().zip(sizes).enumerate() {
        assert_eq!(*actual, record(index as u64 + 1, *size), "position {}", index + 1);
    }
}
