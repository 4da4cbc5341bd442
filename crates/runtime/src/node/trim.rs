//! Trimming the log: what neither recovery nor the exporter needs goes when it is old enough.
//!
//! **Invariant**: only records below the checkpoint that the state store has durably, and at or below what the exporter
//! has durably, are ever named.

use super::Node;
use record::port::StateStore;

/// The shortest and the longest time between two looks, milliseconds; in between a tenth of the time that records stay.
const LOOK_MS: (i64, i64) = (1_000, 60_000);

/// What may go from the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trim {
    /// Records below this position,
    pub below_lsn: u64,
    /// from before this time, milliseconds since 1970.
    pub before: i64,
}

/// Work at the log that nothing waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// The exporter is to make durable what it has, and to say how far it is: [`Node::exports_synced`].
    SyncExports,
    /// The log is to be trimmed: [`Node::trimmed`].
    Trim(Trim),
}

/// How far trimming is.
#[derive(Debug)]
pub(super) struct Trimming {
    /// The first record of the log.
    pub first_lsn: u64,
    /// Wall-clock time of the next look.
    next: i64,
    /// The exporter has all below this position durably.
    exported: u64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    /// The exporter makes durable what it has.
    Syncing,
    /// It has all below this position.
    Synced(u64),
    /// The log removes segments.
    Trimming,
}

impl Default for Trimming {
    fn default() -> Self {
        Trimming { first_lsn: 1, next: i64::MIN, exported: 0, phase: Phase::Idle }
    }
}

impl<S: StateStore, T> Node<S, T> {
    /// The log begins at this record.
    pub fn log_begins(&mut self, first_lsn: u64) {
        self.trimming.first_lsn = first_lsn;
    }

    /// What is to be done at the log, one thing at a time.
    pub fn take_upkeep(&mut self) -> Option<Upkeep> {
        let keep = self.options.log_keep_ms.filter(|_| self.poisoned.is_none())?;
        let wall = self.time.wall;
        let below_lsn = match self.trimming.phase {
            Phase::Idle if wall >= self.trimming.next => {
                self.trimming.next = wall.saturating_add((keep / 10).clamp(LOOK_MS.0, LOOK_MS.1));
                if self.checkpoint <= self.trimming.first_lsn {
                    return None;
                }
                if self.exporting && self.trimming.exported < self.checkpoint {
                    self.trimming.phase = Phase::Syncing;
                    return Some(Upkeep::SyncExports);
                }
                self.checkpoint
            }
            Phase::Synced(below) => below.min(self.checkpoint),
            Phase::Idle | Phase::Syncing | Phase::Trimming => return None,
        };
        self.trimming.phase = Phase::Trimming;
        if self.trims_too_far() {
            return Some(Upkeep::Trim(Trim { below_lsn: u64::MAX, before: i64::MAX }));
        }
        // A pinned clock may be far from the system's; records are of its time.
        let before = wall.min(self.time.now).saturating_sub(keep);
        Some(Upkeep::Trim(Trim { below_lsn, before }))
    }

    /// Wall-clock time of the next look at the log, though nothing else happens.
    pub(super) fn next_trim(&self) -> i64 {
        let trimming = &self.trimming;
        let may = self.options.log_keep_ms.is_some() && self.poisoned.is_none();
        if may && trimming.phase == Phase::Idle && self.checkpoint > trimming.first_lsn {
            return trimming.next;
        }
        i64::MAX
    }

    /// The exporter has everything up to a record durably, or could not make it so.
    pub fn exports_synced(&mut self, lsn: Option<u64>) {
        if self.trimming.phase == Phase::Syncing {
            self.trimming.exported = lsn.map_or(self.trimming.exported, |lsn| lsn + 1);
            self.trimming.phase = lsn.map_or(Phase::Idle, |lsn| Phase::Synced(lsn + 1));
        }
    }

    /// The log begins at this record now, or could not be trimmed.
    pub fn trimmed(&mut self, first_lsn: Option<u64>) {
        self.trimming.phase = Phase::Idle;
        if let Some(first) = first_lsn.filter(|first| *first > self.trimming.first_lsn) {
            // Little goes at a time; perhaps there is more.
            self.trimming.first_lsn = first;
            self.trimming.next = self.time.wall;
        }
    }
}
