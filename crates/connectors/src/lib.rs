//! Connectors: workers inside the process, HTTP-shaped ones on one HTTP core.
//!
//! The server hands a job to [`run`] and gets back what to tell the engine. A connector sees its input with the
//! secrets resolved, an HTTP client that cannot leave the egress policy, and an idempotency key; it never sees the
//! engine. Each connector is one folder: `mod.rs`, `template.json` (its element template: form, documentation and
//! contract), `README.md` and `tests.rs`.
//!
//! **Invariant:** no secret leaves this crate except inside a request: outputs, errors and variables are redacted.
//! No request goes to an address the egress policy denies, whatever the name, redirect or notation.

pub mod connector;
pub mod egress;
pub mod http;
pub mod limits;
pub mod secrets;

mod duration;
mod expression;
mod http_json;
mod input;
mod run;

pub use connector::{CancelOutcome, Connector, Context, Failure, FailureClass, Outcome, Reconciled};
pub use egress::{Cidr, EgressDenied, EgressPolicy};
pub use http::HttpClient;
pub use run::{ConnectorEnv, ConnectorJob, ConnectorOutcome, cancel, run};
pub use secrets::SecretStore;

/// All connectors. A new one is a folder and a line here.
fn connectors() -> &'static [&'static dyn Connector] {
    &[&http_json::HttpJson]
}

/// The connector for a job type.
fn connector(job_type: &str) -> Option<&'static dyn Connector> {
    connectors().iter().copied().find(|connector| connector.job_type() == job_type)
}

/// Job types that [`run`] does.
pub fn types() -> Vec<&'static str> {
    connectors().iter().map(|connector| connector.job_type()).collect()
}

/// True when [`run`] does jobs of this type.
pub fn handles(job_type: &str) -> bool {
    connector(job_type).is_some()
}

/// The element templates of all connectors, for the modeler.
pub fn templates() -> Vec<serde_json::Value> {
    // A template that is no JSON fails this crate's tests.
    connectors().iter().filter_map(|connector| serde_json::from_str(connector.template()).ok()).collect()
}
