//! What a record costs: `cargo run --release -p dirigent-journal --example append_bench [DIRECTORY]`. Encoding, chain
//! and checksum are measured alone, then batches of several sizes with their `fdatasync` on the real disk.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use journal::memory_disk::MemoryDisk;
use journal::{FileDisk, Journal, Options};
use record::wire::to_bytes;
use std::time::{Duration, Instant};

#[path = "../tests/suite/support.rs"]
#[allow(dead_code)]
mod support;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    encode()?;
    let temporary = tempfile::tempdir()?;
    let directory = std::env::args().nth(1).map_or_else(|| temporary.path().to_owned(), Into::into);
    for records in [1, 16, 256, 4096] {
        append(&directory.join(format!("append-{records}")), records)?;
    }
    Ok(())
}

fn encode() -> Result<(), Box<dyn std::error::Error>> {
    let (mut journal, _) = Journal::open(MemoryDisk::new(1), Options { segment_bytes: 4096, seed: None })?;
    let mut builder = journal.batches().ok_or("the builder was taken")?;
    let sample = support::record(1, 410);
    let payload = sample.payload.ok_or("it is new")?;
    let length = to_bytes(&sample.header).len() + to_bytes(&payload).len();
    let mut header = sample.header;
    let count = 500_000u32;
    let started = Instant::now();
    for _ in 0..count {
        header.lsn = builder.next_lsn();
        builder.push(&header, &payload);
        if builder.is_full() {
            let batch = builder.finish();
            builder.recycle(batch);
        }
    }
    let all = started.elapsed();
    let started = Instant::now();
    for _ in 0..count {
        std::hint::black_box(to_bytes(&payload));
    }
    let encoding = started.elapsed();
    println!(
        "record of {length} bytes: {:.0} ns for encoding, chain and checksum (encoding of the payload alone {:.0} ns)",
        per(all, count),
        per(encoding, count)
    );
    Ok(())
}

fn append(directory: &std::path::Path, records: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (mut journal, _) = Journal::open(FileDisk::open(directory)?, Options::default())?;
    let mut builder = journal.batches().ok_or("the builder was taken")?;
    let payload = support::record(1, 410).payload.ok_or("it is new")?;
    let mut header = support::record(1, 0).header;
    let (mut batches, mut syncing, started) = (0u32, Duration::ZERO, Instant::now());
    while started.elapsed() < Duration::from_secs(1) {
        for _ in 0..records {
            header.lsn = builder.next_lsn();
            builder.push(&header, &payload);
        }
        let batch = builder.finish();
        let before = Instant::now();
        journal.append(&batch)?;
        syncing += before.elapsed();
        batches += 1;
        builder.recycle(batch);
    }
    let rate = f64::from(batches * records) / started.elapsed().as_secs_f64();
    println!(
        "{records:>5} records a batch: {rate:>9.0} records/s, append {:>8.0} ns a batch",
        per(syncing, batches)
    );
    Ok(())
}

fn per(time: Duration, count: u32) -> f64 {
    time.as_nanos() as f64 / f64::from(count)
}
