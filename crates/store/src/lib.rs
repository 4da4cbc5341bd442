//! The state store: aggregates and their index ranges as ordered bytes, on fjall ([`FjallStore`]) and, as the model
//! that says what is right, in memory ([`MemoryStore`]). One suite runs against both.
//!
//! **Invariant**: a batch is there as a whole or not at all, and is durable when `write` returns. Nothing here knows
//! what the bytes mean.

mod fjall_store;
mod memory_store;

pub use fjall_store::FjallStore;
pub use memory_store::MemoryStore;
