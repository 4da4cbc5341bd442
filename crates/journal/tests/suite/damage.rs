//! Damaged logs: a torn tail is cut, everything else is refused.

use crate::support::{SEGMENT_BYTES, Writer, assert_holds, options, read_all, record, written};
use journal::format::{FRAME_HEADER, SEGMENT_HEADER};
use journal::memory_disk::MemoryDisk;
use journal::{Journal, JournalError, verify};
use record::port::Disk;

const FIRST: &str = "00000000000000000001.log";

/// Where the frames of a segment begin, and where the last one ends.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut at = SEGMENT_HEADER;
    let mut starts = vec![at];
    while bytes[at..].starts_with(b"BTCH") {
        let length = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap());
        at += FRAME_HEADER + length as usize;
        starts.push(at);
    }
    starts
}

#[test]
fn a_torn_tail_is_cut_at_every_byte_of_the_last_two_batches() {
    let sizes = [30, 40, 50, 60, 70];
    let disk = written(&[&sizes[..2], &sizes[2..4], &sizes[4..]]);
    let whole = disk.bytes(FIRST).unwrap();
    let starts = frames(&whole);
    for end in starts[1]..starts[3] {
        for shortened in [true, false] {
            let mut torn = whole[..end].to_vec();
            if !shortened {
                torn.resize(whole.len(), 0);
            }
            let copy = disk.copy(7);
            copy.put(FIRST, &torn);
            let (mut writer, recovery) = Writer::open(copy.clone()).unwrap();
            let (kept, start) = if end < starts[2] { (2, starts[1]) } else { (4, starts[2]) };
            assert_eq!(recovery.next_lsn, kept as u64 + 1, "cut at {end}");
            assert!(recovery.cut_bytes <= (end - start) as u64);
            assert_eq!(recovery.cut_bytes == 0, torn[start..].iter().all(|byte| *byte == 0));
            assert_holds(&mut writer.journal, &sizes[..kept]);
            writer.append(&[5]).unwrap();
            drop(writer);
            let (mut writer, recovery) = Writer::open(copy.crash()).unwrap();
            assert_eq!(recovery.cut_bytes, 0);
            assert_holds(&mut writer.journal, &[&sizes[..kept], &[5]].concat());
            writer.journal.verify().unwrap();
        }
    }
}

#[test]
fn a_torn_middle_is_refused_with_file_offset_and_advice() {
    let disk = written(&[&[30], &[40], &[50]]);
    let whole = disk.bytes(FIRST).unwrap();
    let starts = frames(&whole);
    let mut torn = whole.clone();
    torn[starts[1]..starts[2]].fill(0);
    let copy = disk.copy(7);
    copy.put(FIRST, &torn);
    let message = Journal::open(copy.clone(), options()).err().unwrap().to_string();
    assert!(message.contains(FIRST) && message.contains(&format!("byte {}", starts[1])), "{message}");
    assert!(message.contains("restore it from a backup"), "{message}");
    assert_eq!(copy.bytes(FIRST).unwrap(), torn, "nothing was changed");
    assert!(verify(&mut copy.clone()).is_err());
}

#[test]
fn what_a_client_sends_is_never_taken_for_a_batch() {
    let other = written(&[&[30]]);
    let bytes = other.bytes(FIRST).unwrap();
    let smuggled = &bytes[SEGMENT_HEADER..frames(&bytes)[1]];
    let disk = MemoryDisk::new(1);
    let other_seed = journal::Options { segment_bytes: SEGMENT_BYTES, seed: Some([9; 32]) };
    let (journal, _) = Journal::open(disk.clone(), other_seed).unwrap();
    drop(journal);
    let mut whole = disk.bytes(FIRST).unwrap();
    let at = SEGMENT_HEADER + 300;
    whole[SEGMENT_HEADER..at].fill(b'y');
    whole[at..at + smuggled.len()].copy_from_slice(smuggled);
    disk.put(FIRST, &whole);
    let (_, recovery) = Journal::open(disk, options()).unwrap();
    assert_eq!((recovery.next_lsn, recovery.cut_bytes), (1, 300 + smuggled.len() as u64));
}

/// Every single byte of a small log, over three segments and closed in order: a change is refused, or reported as a
/// cut of the end mark, and never gives other records.
#[test]
fn every_flipped_byte_is_detected() {
    let sizes = [30, 3800, 40, 50];
    let disk = written(&[&sizes[..1], &sizes[1..2], &sizes[2..]]);
    let (journal, _) = Journal::open(disk.clone(), options()).unwrap();
    journal.close().unwrap();
    let names = disk.list().unwrap();
    assert_eq!(names.len(), 3);
    let (mut refused, mut cut) = (0, 0);
    for name in &names {
        let good = disk.bytes(name).unwrap();
        let used = *frames(&good).last().unwrap();
        let end_mark = if *name == names[2] { used - FRAME_HEADER } else { usize::MAX };
        for at in 0..used {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            let copy = disk.copy(3);
            copy.put(name, &bad);
            let outcome = Journal::open(copy, options()).and_then(|(mut journal, recovery)| {
                journal.verify()?;
                Ok((read_all(&mut journal, 1)?, recovery))
            });
            match outcome {
                Err(JournalError::Corrupt { .. } | JournalError::NewerFormat { .. }) => refused += 1,
                Err(other) => panic!("{name} byte {at}: {other}"),
                Ok((records, recovery)) => {
                    assert!(at >= end_mark && recovery.cut_bytes > 0, "{name} byte {at} went unnoticed");
                    assert_eq!(records.len(), sizes.len());
                    cut += 1;
                }
            }
        }
    }
    assert!(refused > 3000 && cut == FRAME_HEADER, "{refused} refused, {cut} cut");
}

#[test]
fn a_forged_record_breaks_the_chain() {
    let disk = written(&[&[30], &[40]]);
    let forger = written(&[&[31], &[40]]);
    let (good, other) = (disk.bytes(FIRST).unwrap(), forger.bytes(FIRST).unwrap());
    let (starts, others) = (frames(&good), frames(&other));
    // The seeds are equal, so the forged frame has the journal's id and a sound checksum.
    let forged = [&good[..starts[0]], &other[others[0]..others[1]], &good[starts[1]..]].concat();
    disk.put(FIRST, &forged);
    let message = verify(&mut disk.clone()).unwrap_err().to_string();
    assert!(message.contains("position 2 does not follow"), "{message}");
    assert!(Journal::open(disk, options()).is_err());
}

#[test]
fn a_missing_or_foreign_segment_is_refused() {
    let disk = written(&[&[3000], &[3000], &[3000]]);
    let names = disk.list().unwrap();
    let missing = disk.copy(2);
    missing.clone().remove(&names[1]).unwrap();
    let (mut journal, _) = Journal::open(missing, options()).unwrap();
    assert!(matches!(read_all(&mut journal, 1), Err(JournalError::Corrupt { .. })));
    assert!(journal.verify().is_err());

    let swapped = disk.copy(2);
    swapped.put(&names[1], &disk.bytes(&names[2]).unwrap());
    let (mut journal, _) = Journal::open(swapped, options()).unwrap();
    let message = journal.verify().unwrap_err().to_string();
    assert!(message.contains("it begins at position 3"), "{message}");
}

#[test]
fn a_segment_of_a_newer_format_says_upgrade() {
    let disk = written(&[&[30]]);
    let mut bytes = disk.bytes(FIRST).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..SEGMENT_HEADER]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    disk.put(FIRST, &bytes);
    let message = Journal::open(disk, options()).err().unwrap().to_string();
    assert!(message.contains("log format 2") && message.contains("upgrade"), "{message}");
}

#[test]
fn a_segment_that_a_crash_kept_from_being_born_is_begun_again() {
    let disk = written(&[&[30], &[3000], &[3000]]);
    let names = disk.list().unwrap();
    for rest in [vec![], vec![0; 10], vec![0; SEGMENT_BYTES as usize], b"DIRIGLOG".to_vec()] {
        let copy = disk.copy(2);
        copy.put("00000000000000000004.log", &rest);
        let (mut writer, recovery) = Writer::open(copy.clone()).unwrap();
        assert_eq!(recovery.next_lsn, 4);
        writer.append(&[4000]).unwrap();
        assert_eq!(copy.list().unwrap().len(), names.len() + 1);
        assert_eq!(read_all(&mut writer.journal, 4).unwrap(), [record(4, 4000)]);
    }
    let empty = MemoryDisk::new(2);
    empty.put(FIRST, &[0; 20]);
    assert_eq!(Writer::open(empty).unwrap().1.next_lsn, 1);
}
