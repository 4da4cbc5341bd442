//! Connectors: workers in the process, HTTP-shaped ones on one HttpJob core.
