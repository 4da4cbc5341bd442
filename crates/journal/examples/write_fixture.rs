//! Writes the fixture of a log format: `cargo run -p dirigent-journal --example write_fixture -- DIRECTORY`. Old ones
//! are never written again.

use journal::{FileDisk, Journal, Options};

#[path = "../tests/suite/support.rs"]
#[allow(dead_code)]
mod support;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("give the directory to write, such as fixtures/v2")?;
    let disk = FileDisk::open(&directory)?;
    let (mut journal, _) = Journal::open(disk, Options { segment_bytes: 1024, seed: Some([5; 32]) })?;
    let mut builder = journal.batches().ok_or("the builder was taken")?;
    for sizes in [[10, 20].as_slice(), &[30], &[40]] {
        support::push(&mut builder, sizes);
        journal.append(&builder.finish())?;
    }
    journal.erase(&[2])?;
    journal.close()?;
    std::fs::remove_file(std::path::Path::new(&directory).join("LOCK"))?;
    Ok(())
}
