//! Where durable records go: abandoned work and the read model first, traces after them.

use crate::cancellations::{Abandoned, Cancellations};
use crate::telemetry::Telemetry;
use history::History;
use record::{Event, Record};
use std::sync::Arc;

/// The runtime's exporter: its position is the read model's.
pub struct Exports {
    /// The read model.
    pub history: History,
    /// Traces, where an end point is set.
    pub telemetry: Option<Telemetry>,
    /// Work at other systems that is to be stopped.
    pub cancellations: Arc<Cancellations>,
}

impl runtime::Exporter for Exports {
    fn position(&self) -> u64 {
        self.history.position()
    }

    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        for record in records {
            self.note_abandoned(record)?;
        }
        self.history.export(records)?;
        if let Some(telemetry) = &mut self.telemetry {
            telemetry.export(records);
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<u64, String> {
        self.history.sync().map_err(|error| error.to_string())
    }

    fn begin_at(&mut self, lsn: u64) -> Result<(), String> {
        self.history.begin_at(lsn).map_err(|error| error.to_string())
    }
}

impl Exports {
    fn note_abandoned(&self, record: &Record) -> Result<(), String> {
        let Some(payload) = &record.payload else { return Ok(()) };
        for event in &payload.events {
            let Event::JobAbandoned { key, job_type, handle } = event else { continue };
            let abandoned =
                Abandoned { job: key.0, job_type: job_type.to_string(), ticket: handle.to_string() };
            let failed = |error| format!("the list of cancelled work cannot be written: {error}");
            self.cancellations.note(record.header.lsn, abandoned).map_err(failed)?;
        }
        Ok(())
    }
}
