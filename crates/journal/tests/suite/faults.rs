//! Failing disks and crashes at every operation.

use crate::support::{Writer, read_all, record};
use journal::JournalError;
use journal::memory_disk::{Fault, MemoryDisk};

#[test]
fn a_failed_sync_or_write_poisons_and_is_never_retried() {
    for (operation, fault) in
        [(0, Fault::InputOutput), (1, Fault::InputOutput), (0, Fault::NoSpace), (1, Fault::NoSpace)]
    {
        let disk = MemoryDisk::new(1);
        let (mut writer, _) = Writer::open(disk.clone()).unwrap();
        writer.append(&[10]).unwrap();
        disk.fail_after(operation, fault);
        let error = writer.append(&[20]).unwrap_err();
        assert!(matches!(error, JournalError::Io { .. }), "{error}");
        assert!(writer.journal.poisoned().is_some());
        let operations = disk.operations();
        for _ in 0..3 {
            assert!(matches!(writer.append(&[30]), Err(JournalError::Poisoned { .. })));
            assert!(matches!(writer.journal.erase(&[1]), Err(JournalError::Poisoned { .. })));
        }
        assert_eq!(disk.operations(), operations, "nothing more was tried");
        assert_eq!(writer.journal.read(1, 1000).unwrap().len(), 1, "reading goes on");
        assert!(matches!(writer.journal.close(), Err(JournalError::Poisoned { .. })));
    }
}

#[test]
fn a_full_disk_is_reported_and_space_helps() {
    let disk = MemoryDisk::new(1);
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    disk.set_capacity(Some(2 * 4096));
    let mut acknowledged = 0;
    let error = loop {
        match writer.append(&[500]) {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("no space left"), "{error}");
    drop(writer);
    disk.set_capacity(None);
    let (mut writer, recovery) = Writer::open(disk).unwrap();
    assert_eq!(recovery.next_lsn, acknowledged + 1);
    writer.append(&[500]).unwrap();
    writer.journal.verify().unwrap();
}

/// A workload that meets one fault, then a crash; what was acknowledged is found again, in order, with at most one
/// batch more, and everything after the second crash too.
fn survive(disk: &MemoryDisk, crash: impl Fn(&MemoryDisk) -> MemoryDisk) {
    let mut acknowledged = 0;
    if let Ok((mut writer, _)) = Writer::open(disk.clone()) {
        for number in 0..12usize {
            if writer.append(&[number * 100, 7]).is_err() {
                break;
            }
            acknowledged += 2;
            if number == 8 && writer.journal.erase(&[1, 2]).is_err() {
                break;
            }
        }
    }
    let disk = crash(disk);
    let (mut writer, recovery) = Writer::open(disk.clone()).expect("a torn tail is no damage");
    let found = recovery.next_lsn - 1;
    assert!(found == acknowledged || found == acknowledged + 2, "{found} found, {acknowledged} acknowledged");
    let report = writer.journal.verify().unwrap();
    assert_eq!((report.records, report.unfinished_bytes), (found, 0));
    for (index, actual) in read_all(&mut writer.journal, 1).unwrap().iter().enumerate() {
        let size = if index % 2 == 0 { index / 2 * 100 } else { 7 };
        let mut expected = record(index as u64 + 1, size);
        if index < 2 && actual.payload.is_none() {
            expected.payload = None;
        }
        assert_eq!(*actual, expected);
    }
    writer.append(&[1]).unwrap();
    drop(writer);
    // What was found once is found again, also where the first crash left it in the page cache only.
    let (writer, recovery) = Writer::open(disk.crash()).unwrap();
    assert_eq!((recovery.next_lsn, recovery.cut_bytes), (found + 2, 0));
    drop(writer);
}

#[test]
fn what_was_acknowledged_survives_a_fault_and_a_crash_at_every_operation() {
    let mut operations = 1;
    let mut at = 0;
    while at < operations {
        for seed in 0..4 {
            let disk = MemoryDisk::new(seed * 1000 + at);
            let fault = if seed % 2 == 0 { Fault::InputOutput } else { Fault::NoSpace };
            disk.fail_after(at, fault);
            survive(&disk, |disk| if seed < 2 { disk.crash() } else { disk.kill_process() });
            operations = operations.max(disk.operations());
        }
        at += 1;
    }
    assert!(at > 50, "{at} operations were made to fail");
}

#[test]
fn a_crash_while_trimming_leaves_a_log_without_a_gap() {
    let (mut kept, mut trimmed) = (0, 0);
    for seed in 0..40 {
        for operation in 0..8 {
            let disk = MemoryDisk::new(seed);
            let (mut writer, _) = Writer::open(disk.clone()).unwrap();
            for _ in 0..6 {
                writer.append(&[3000]).unwrap();
            }
            disk.fail_after(operation, Fault::InputOutput);
            assert!(writer.journal.trim(5).is_err(), "four segments go, each with a sync");
            drop(writer);
            let disk = if seed % 2 == 0 { disk.crash() } else { disk.kill_process() };
            let (mut writer, recovery) = Writer::open(disk).expect("the log opens");
            assert_eq!(recovery.next_lsn, 7);
            let report = writer.journal.verify().expect("no gap");
            assert_eq!((report.first_lsn, report.next_lsn), (recovery.first_lsn, 7));
            let records = read_all(&mut writer.journal, recovery.first_lsn).unwrap();
            let expected: Vec<_> = (recovery.first_lsn..7).map(|lsn| record(lsn, 3000)).collect();
            assert_eq!(records, expected);
            kept += u64::from(recovery.first_lsn == 1);
            trimmed += u64::from(recovery.first_lsn > 2);
            assert_eq!(writer.journal.trim(5).unwrap(), 5, "another call goes on");
        }
    }
    assert!(kept > 0 && trimmed > 0);
}

#[test]
fn a_disk_that_lies_about_syncs_is_found_out() {
    let lost = (0..20).filter(|seed| {
        let disk = MemoryDisk::new(*seed);
        let (mut writer, _) = Writer::open(disk.clone()).unwrap();
        writer.append(&[10]).unwrap();
        disk.set_lying(true);
        for _ in 0..5 {
            writer.append(&[900]).unwrap();
        }
        match Writer::open(disk.crash()) {
            Ok((_, recovery)) => recovery.next_lsn < 7,
            Err(_) => true,
        }
    });
    assert!(lost.count() > 15);
}
