//! The state store of aggregates and their index ranges: on fjall, and a model in memory.
