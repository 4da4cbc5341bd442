//! Work at other systems that nobody wants any more: remembered until its target was told.
//!
//! The exporter meets the events of cancelled jobs in the order of the log and notes them here before its own position
//! moves, so none is missed; those it meets twice are known by their position. A line of the file is one of
//! `open LSN JOB TYPE TICKET`, `done JOB` and `seen LSN`, fields as one JSON list.
//!
//! **Invariant**: what [`Cancellations::note`] acknowledged is open after a crash, unless it was done. Done may be
//! forgotten at a crash: a target may be told twice.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Lines after which the file is written anew.
const MANY_LINES: usize = 10_000;

/// A job whose work is to be stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// The job's key.
    pub job: i64,
    /// Its type.
    pub job_type: String,
    /// The connector's ticket for the work.
    pub ticket: String,
}

/// The list.
#[derive(Debug)]
pub struct Cancellations {
    path: PathBuf,
    state: Mutex<State>,
    /// Something was noted.
    pub changed: Notify,
}

#[derive(Debug)]
struct State {
    file: File,
    lines: usize,
    /// The last record of the log that was looked at.
    seen: u64,
    open: BTreeMap<i64, Abandoned>,
}

impl Cancellations {
    /// Reads the list of a data directory.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(data: &Path) -> io::Result<Self> {
        let path = data.join("cancellations");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let (mut seen, mut open) = (0, BTreeMap::new());
        // A line that a crash cut off was not acknowledged.
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            match line[0].as_str() {
                Some("open") => {
                    let text = |at: usize| line[at].as_str().unwrap_or_default().to_owned();
                    let job = line[2].as_i64().unwrap_or_default();
                    seen = line[1].as_u64().unwrap_or_default().max(seen);
                    open.insert(job, Abandoned { job, job_type: text(3), ticket: text(4) });
                }
                Some("done") => drop(open.remove(&line[1].as_i64().unwrap_or_default())),
                Some("seen") => seen = line[1].as_u64().unwrap_or_default().max(seen),
                _ => {}
            }
        }
        let (file, lines) = rewrite(&path, seen, &open)?;
        let state = Mutex::new(State { file, lines, seen, open });
        Ok(Cancellations { path, state, changed: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes work of a job whose cancellation is in record `lsn` of the log; 0 where no record says so. It is durable
    /// when this returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&self, lsn: u64, abandoned: Abandoned) -> io::Result<()> {
        let mut state = self.lock();
        if lsn > 0 && lsn < state.seen || state.open.contains_key(&abandoned.job) {
            return Ok(());
        }
        let Abandoned { job, job_type, ticket } = &abandoned;
        let line = json!(["open", lsn, job, job_type, ticket]);
        state.append(&line)?;
        state.file.sync_data()?;
        state.seen = state.seen.max(lsn);
        state.open.insert(abandoned.job, abandoned);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// What is open.
    pub fn list(&self) -> Vec<Abandoned> {
        self.lock().open.values().cloned().collect()
    }

    /// The target was told, or will not be.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn done(&self, job: i64) -> io::Result<()> {
        let mut state = self.lock();
        state.open.remove(&job);
        if state.lines > MANY_LINES {
            (state.file, state.lines) = rewrite(&self.path, state.seen, &state.open)?;
            return Ok(());
        }
        state.append(&json!(["done", job]))
    }
}

impl State {
    fn append(&mut self, line: &Value) -> io::Result<()> {
        self.lines += 1;
        self.file.write_all(format!("{line}\n").as_bytes())
    }
}

/// Writes the file with what is open and nothing else.
fn rewrite(path: &Path, seen: u64, open: &BTreeMap<i64, Abandoned>) -> io::Result<(File, usize)> {
    let mut text = format!("{}\n", json!(["seen", seen]));
    for Abandoned { job, job_type, ticket } in open.values() {
        text.push_str(&format!("{}\n", json!(["open", 0, job, job_type, ticket])));
    }
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    Ok((OpenOptions::new().append(true).open(path)?, open.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(job: i64) -> Abandoned {
        Abandoned { job, job_type: "t".into(), ticket: format!("\"ticket\n{job}\"") }
    }

    #[test]
    fn what_was_noted_is_open_until_it_is_done() {
        let directory = tempfile::tempdir().expect("a directory");
        let list = Cancellations::open(directory.path()).expect("it opens");
        for (lsn, job) in [(5, 1), (5, 2), (9, 3), (9, 3)] {
            list.note(lsn, work(job)).expect("noted");
        }
        list.done(2).expect("done");
        drop(list);
        let mut file =
            OpenOptions::new().append(true).open(directory.path().join("cancellations")).expect("open");
        file.write_all(b"[\"open\",10,4,\"t\"").expect("a line that a crash cuts off");
        drop(file);
        let list = Cancellations::open(directory.path()).expect("it opens");
        assert_eq!(list.list(), [work(1), work(3)]);
        list.note(5, work(2)).expect("noted before");
        list.note(10, work(4)).expect("noted");
        assert_eq!(list.list(), [work(1), work(3), work(4)]);
        drop(list);
        let list = Cancellations::open(directory.path()).expect("it opens");
        assert_eq!(list.list(), [work(1), work(3), work(4)]);
    }
}
