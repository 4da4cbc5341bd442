//! What is written and what is asked: commands, events, the record header, their encoding, and the ports
//! (disk, clock, state store) that the outer crates implement.
//!
//! **Invariant**: nothing here performs I/O, reads a clock or draws randomness. Everything that reaches a disk
//! or another partition is one of these types, encoded in the protobuf wire format by [`wire`].

#[macro_use]
pub mod wire;

pub mod command;
pub mod event;
pub mod header;
pub mod json;
pub mod key;
pub mod port;
pub mod response;
pub mod secret;

pub use command::{AggregateId, Command, Resource, StartInstruction, is_form};
pub use event::{Event, IncidentType, JobKind, TaskAction};
pub use header::{Header, Record, RecordError};
pub use json::{Json, JsonError, Variables};
pub use key::{Key, KeyBlocks};
pub use response::{
    ActivatedJob, DeployedDecision, DeployedProcess, DeployedRequirements, DeployedResource, Rejection,
    RejectionKind, Response,
};

/// Shared text: names, ids and types are cloned often and changed never.
pub type Str = std::sync::Arc<str>;

/// The tenant of everything while multi-tenancy is off.
pub const DEFAULT_TENANT: &str = "<default>";
