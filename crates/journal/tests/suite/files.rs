//! Real files: locks, preallocation, kept fixtures of old formats.

use crate::support::{Writer, assert_holds, options, record};
use journal::{FileDisk, Journal, Options, Reader, verify};
use record::port::{Disk, DiskFile};
use std::path::Path;
use std::process::Command;

#[test]
fn a_log_in_files_is_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(FileDisk::open(directory.path()).unwrap()).unwrap();
    let sizes = [10, 3000, 20, 3000, 30];
    for size in &sizes {
        writer.append(&[*size]).unwrap();
    }
    let mut reader = Reader::new(FileDisk::for_reading(directory.path()), 1);
    assert_eq!(reader.read(u64::MAX, usize::MAX).unwrap().len(), 5);
    let chain = writer.journal.chain();
    writer.journal.close().unwrap();
    let report = verify(&mut FileDisk::for_reading(directory.path())).unwrap();
    assert_eq!((report.records, report.chain), (5, chain));
    let (mut writer, recovery) = Writer::open(FileDisk::open(directory.path()).unwrap()).unwrap();
    assert_eq!((recovery.next_lsn, recovery.epoch), (6, 2));
    assert_holds(&mut writer.journal, &sizes);
    assert_eq!(writer.journal.erase(&[2]).unwrap(), 1);
    assert_eq!(writer.journal.trim(2).unwrap(), 1);
    assert_eq!(writer.journal.verify().unwrap().erased, 1);
}

#[test]
fn segments_are_preallocated() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { segment_bytes: 1 << 20, seed: None };
    let (journal, _) = Journal::open(FileDisk::open(directory.path()).unwrap(), options).unwrap();
    let length = std::fs::metadata(directory.path().join("00000000000000000001.log")).unwrap().len();
    assert_eq!(length, 1 << 20);
    drop(journal);
}

#[test]
fn a_disk_for_reading_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    drop(Writer::open(FileDisk::open(directory.path()).unwrap()).unwrap());
    let mut disk = FileDisk::for_reading(directory.path());
    assert!(disk.open("other.log", true).is_err());
    let name = "00000000000000000001.log";
    assert!(disk.open(name, false).unwrap().write_at(b"x", 0).is_err());
}

#[test]
fn a_second_handle_is_refused_until_the_first_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let disk = FileDisk::open(directory.path()).unwrap();
    let error = FileDisk::open(directory.path()).unwrap_err().to_string();
    let holder = format!("is in use by process {}", std::process::id());
    assert!(error.contains(&holder) && error.contains("stop it first"), "{error}");
    drop(disk);
    FileDisk::open(directory.path()).unwrap();
}

/// Not a test by itself: [`two_processes_on_one_directory_are_refused`] runs it as the second process.
#[test]
fn second_process() {
    if let Ok(directory) = std::env::var("JOURNAL_TEST_LOCKED_DIRECTORY") {
        let error = FileDisk::open(directory).expect_err("the first process holds the lock");
        assert!(error.to_string().contains("is in use by process"), "{error}");
    }
}

#[test]
fn two_processes_on_one_directory_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let disk = FileDisk::open(directory.path()).unwrap();
    let second = |expected: bool| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files::second_process"])
            .env("JOURNAL_TEST_LOCKED_DIRECTORY", directory.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("running 1 test"), "{text}");
        assert_eq!(output.status.success(), expected, "{text}");
    };
    second(true);
    drop(disk);
    second(false);
}

/// Data directories of every released format stay readable for ever. `cargo run -p dirigent-journal --example
/// write_fixture` writes one for a new format.
#[test]
fn a_log_of_format_1_is_read() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1");
    let report = verify(&mut FileDisk::for_reading(&fixture)).unwrap();
    assert_eq!((report.records, report.erased, report.next_lsn), (4, 1, 5));
    let directory = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&fixture).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), directory.path().join(entry.file_name())).unwrap();
    }
    let (mut journal, recovery) =
        Journal::open(FileDisk::open(directory.path()).unwrap(), options()).unwrap();
    assert_eq!((recovery.next_lsn, recovery.cut_bytes, recovery.chain), (5, 0, report.chain));
    let records = journal.read(1, usize::MAX).unwrap();
    assert_eq!(records[0], record(1, 10));
    assert_eq!((records[1].header.clone(), records[1].payload.clone()), (record(2, 20).header, None));
    assert_eq!(records[3], record(4, 40));
}
