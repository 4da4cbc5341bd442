//! Where durable records go: the read model first, traces after it.

use crate::telemetry::Telemetry;
use history::History;
use record::Record;
use std::sync::Arc;

/// The runtime's exporter: its position is the read model's.
pub struct Exports {
    /// The read model.
    pub history: History,
    /// Traces, where an end point is set.
    pub telemetry: Option<Telemetry>,
}

impl runtime::Exporter for Exports {
    fn position(&self) -> u64 {
        self.history.position()
    }

    fn export(&mut self, records: &[Arc<Record>]) -> Result<(), String> {
        self.history.export(records)?;
        if let Some(telemetry) = &mut self.telemetry {
            telemetry.export(records);
        }
        Ok(())
    }
}
