//! Writing, reading, rolling over, trimming, erasing, following.

use crate::support::{Writer, assert_holds, options, push, read_all, record, written};
use journal::memory_disk::MemoryDisk;
use journal::{Journal, JournalError, Options, Reader, verify};
use record::port::Disk;
use record::wire::to_bytes;

#[test]
fn records_are_read_back_as_written_across_segments() {
    let sizes: Vec<usize> = (0..60).map(|number| number * 17 % 400).collect();
    let disk = MemoryDisk::new(1);
    let (mut writer, recovery) = Writer::open(disk.clone()).unwrap();
    assert_eq!((recovery.first_lsn, recovery.next_lsn, recovery.epoch), (1, 1, 1));
    for chunk in sizes.chunks(3) {
        writer.append(chunk).unwrap();
    }
    assert_holds(&mut writer.journal, &sizes);
    let chain = writer.journal.chain();
    drop(writer);
    assert!(disk.list().unwrap().len() > 4, "it rolled over");

    let (mut writer, recovery) = Writer::open(disk.clone()).unwrap();
    assert_eq!((recovery.next_lsn, recovery.epoch, recovery.cut_bytes), (61, 2, 0));
    assert_eq!(recovery.chain, chain);
    writer.append(&[9]).unwrap();
    assert_holds(&mut writer.journal, &[&sizes[..], &[9]].concat());

    let report = writer.journal.verify().unwrap();
    assert_eq!((report.records, report.erased, report.next_lsn), (61, 0, 62));
    assert_eq!(report.chain, writer.journal.chain());
}

#[test]
fn one_batch_costs_one_sync() {
    let disk = MemoryDisk::new(1);
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let before = (disk.syncs(), disk.operations());
    writer.append(&[10, 20, 30]).unwrap();
    assert_eq!((disk.syncs() - before.0, disk.operations() - before.1), (1, 2), "one write, one sync");
}

#[test]
fn the_builder_runs_ahead_of_the_disk() {
    let (mut writer, _) = Writer::open(MemoryDisk::new(1)).unwrap();
    push(&mut writer.builder, &[1, 2]);
    let first = writer.builder.finish();
    push(&mut writer.builder, &[3]);
    let second = writer.builder.finish();
    assert_eq!((first.first_lsn(), first.next_lsn(), second.first_lsn()), (1, 3, 3));
    let error = writer.journal.append(&second).unwrap_err();
    assert!(matches!(error, JournalError::OutOfOrder { expected: 1, actual: 3 }), "{error}");
    writer.journal.append(&first).unwrap();
    writer.journal.append(&second).unwrap();
    assert_holds(&mut writer.journal, &[1, 2, 3]);
}

#[test]
fn a_batch_longer_than_a_segment_gets_a_long_segment() {
    let disk = written(&[&[10], &[20_000], &[30]]);
    let (mut writer, _) = Writer::open(disk).unwrap();
    assert_holds(&mut writer.journal, &[10, 20_000, 30]);
    let (mut writer, _) = Writer::open(MemoryDisk::new(2)).unwrap();
    writer.append(&[20_000]).unwrap();
    assert_holds(&mut writer.journal, &[20_000]);
}

#[test]
fn reading_starts_anywhere_and_is_limited() {
    let disk = written(&[&[10, 10, 10], &[10, 10], &[3000], &[3000], &[10]]);
    let (mut journal, _) = Journal::open(disk, options()).unwrap();
    for from in 1..=8 {
        let records = journal.read(from, 1).unwrap();
        assert_eq!(records, [record(from, if from == 6 || from == 7 { 3000 } else { 10 })]);
    }
    assert!(journal.read(9, 1000).unwrap().is_empty());
    assert_eq!(read_all(&mut journal, 2).unwrap().len(), 7);
}

#[test]
fn trimming_removes_whole_segments_and_says_what_is_left() {
    let disk = written(&[&[3000], &[3000], &[3000], &[3000]]);
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    assert_eq!(writer.journal.trim(3).unwrap(), 3);
    let error = writer.journal.read(2, 1000).unwrap_err();
    assert!(matches!(error, JournalError::Trimmed { wanted: 2, first: 3 }), "{error}");
    assert_eq!(read_all(&mut writer.journal, 3).unwrap().len(), 2);
    let report = writer.journal.verify().unwrap();
    assert_eq!((report.first_lsn, report.records), (3, 2));
    assert_ne!(report.start, [0; 32]);
    assert_eq!(writer.journal.trim(u64::MAX).unwrap(), 4, "the last segment stays");
    drop(writer);
    let (mut writer, recovery) = Writer::open(disk).unwrap();
    assert_eq!((recovery.first_lsn, recovery.next_lsn), (4, 5));
    writer.append(&[1]).unwrap();
}

#[test]
fn trimming_by_age_keeps_what_is_younger() {
    let disk = written(&[&[3000], &[3000], &[3000], &[3000], &[3000]]);
    let (mut writer, _) = Writer::open(disk).unwrap();
    let time = |lsn| record(lsn, 0).header.time;
    let mut trim = |below, before, most| writer.journal.trim_older(below, before, most).unwrap();
    assert_eq!(trim(5, time(2), 9), 1, "the first segment may have records until the second begins");
    assert_eq!(trim(5, time(2) + 1, 9), 2);
    assert_eq!(trim(1, time(9), 9), 2, "not what is needed");
    assert_eq!(trim(5, time(9), 1), 3, "one at a time");
    assert_eq!(trim(5, time(9), 9), 5);
    assert_eq!(trim(9, time(9), 9), 5, "the last segment stays");
}

#[test]
fn erasing_keeps_the_chain_and_the_other_records() {
    let disk = written(&[&[3000], &[100, 200, 300], &[3000], &[50]]);
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let chain = writer.journal.chain();
    assert_eq!(writer.journal.erase(&[3, 6, 999]).unwrap(), 2);
    assert_eq!(writer.journal.erase(&[3]).unwrap(), 0, "it is gone already");
    let report = writer.journal.verify().unwrap();
    assert_eq!((report.records, report.erased, report.chain), (6, 2, chain));
    writer.append(&[7]).unwrap();
    drop(writer);

    let (mut journal, recovery) = Journal::open(disk.clone(), options()).unwrap();
    assert_eq!(recovery.next_lsn, 8);
    let records = read_all(&mut journal, 1).unwrap();
    let erased: Vec<u64> =
        records.iter().filter(|record| record.payload.is_none()).map(|record| record.header.lsn).collect();
    assert_eq!(erased, [3, 6]);
    assert_eq!(records[3], record(4, 300));
    assert_eq!(records[2].header, record(3, 200).header, "who and when stay");
    let payload = |lsn, size| to_bytes(&record(lsn, size).payload.unwrap());
    let files: Vec<Vec<u8>> = disk.list().unwrap().iter().map(|name| disk.bytes(name).unwrap()).collect();
    assert!(files.iter().any(|bytes| contains(bytes, &payload(2, 100))));
    assert!(!files.iter().any(|bytes| contains(bytes, &payload(3, 200)) || contains(bytes, &payload(6, 50))));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_reader_follows_a_writer() {
    let disk = MemoryDisk::new(1);
    let mut early = Reader::new(disk.clone(), 1);
    assert!(early.read(u64::MAX, 1000).unwrap().is_empty(), "there is no log yet");
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let mut late = Reader::new(disk.clone(), 5);
    let mut seen = Vec::new();
    for number in 0..40 {
        writer.append(&[number * 30, 5]).unwrap();
        let durable = writer.journal.next_lsn();
        assert!(early.read(early.next_lsn(), 1000).unwrap().is_empty());
        while early.next_lsn() < durable {
            seen.extend(early.read(durable, 500).unwrap());
        }
        assert!(early.read(durable, 500).unwrap().is_empty());
        let late_records = late.read(u64::MAX, usize::MAX).unwrap();
        assert!(late_records.iter().all(|record| record.header.lsn >= 5));
    }
    assert_eq!(seen.len(), 80);
    assert!(seen.iter().enumerate().all(|(index, record)| record.header.lsn == index as u64 + 1));
    assert_eq!(late.next_lsn(), 81);
    assert!(verify(&mut disk.clone()).unwrap().segments > 4);
}

#[test]
fn a_reader_goes_on_while_segments_are_erased_and_trimmed() {
    let disk = written(&[&[3000], &[3000], &[3000], &[3000]]);
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let mut reader = Reader::new(disk, 1);
    assert_eq!(reader.read(u64::MAX, 1).unwrap().len(), 1);
    writer.journal.erase(&[1, 2]).unwrap();
    assert_eq!(reader.read(u64::MAX, 1).unwrap()[0].payload, None);
    writer.journal.trim(3).unwrap();
    assert_eq!(reader.read(u64::MAX, 1).unwrap()[0].header.lsn, 3);
}

#[test]
fn the_same_seed_writes_the_same_bytes() {
    let write = |seed: Option<[u8; 32]>| {
        let disk = MemoryDisk::new(1);
        let options = Options { segment_bytes: 4096, seed };
        let (mut journal, _) = Journal::open(disk.clone(), options).unwrap();
        let mut builder = journal.batches().unwrap();
        push(&mut builder, &[1, 2, 3]);
        journal.append(&builder.finish()).unwrap();
        disk.bytes("00000000000000000001.log").unwrap()
    };
    assert_eq!(write(Some([1; 32])), write(Some([1; 32])));
    assert_ne!(write(Some([1; 32])), write(Some([2; 32])));
    assert_ne!(write(None), write(None));
}

#[test]
fn a_full_batch_says_so() {
    let (mut writer, _) = Writer::open(MemoryDisk::new(1)).unwrap();
    while !writer.builder.is_full() {
        assert!(writer.builder.byte_length() < journal::BATCH_BYTES);
        push(&mut writer.builder, &[100_000]);
    }
    let batch = writer.builder.finish();
    assert!(batch.byte_length() >= journal::BATCH_BYTES && writer.builder.is_empty());
    writer.journal.append(&batch).unwrap();
    assert_eq!(writer.journal.next_lsn(), u64::from(batch.records()) + 1);
}
