//! The exporter of simulations: it notes what it gets, and a loss of power takes back what it has not made durable.

use record::Record;
use runtime::Exporter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The tape; clones are handles to the same one.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    position: u64,
    durable: u64,
    wrong: Option<String>,
}

impl Tape {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine loses power.
    pub fn crash(&self) {
        let mut state = self.lock();
        state.position = state.durable;
    }

    /// What is wrong with what it got, the log having ended at `end` when the node started again.
    pub fn check(&self, end: u64) -> Result<(), String> {
        let state = self.lock();
        match &state.wrong {
            Some(wrong) => Err(wrong.clone()),
            None if state.position > end => Err(format!(
                "record {} was exported, but the log ends at {end}: it was not durable",
                state.position
            )),
            None => Ok(()),
        }
    }

    /// The last record that it has.
    pub fn end(&self) -> u64 {
        self.lock().position
    }
}

impl Exporter for Tape {
    fn position(&self) -> u64 {
        self.lock().position
    }

    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        let mut state = self.lock();
        for record in records {
            let lsn = record.header.lsn;
            if lsn != state.position + 1 {
                state.wrong = Some(format!("record {lsn} was exported after record {}", state.position));
            }
            state.position = lsn;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<u64, String> {
        let mut state = self.lock();
        state.durable = state.position;
        Ok(state.durable)
    }

    fn begin_at(&mut self, lsn: u64) -> Result<(), String> {
        Err(format!("records before {lsn} were trimmed before they were exported"))
    }
}
