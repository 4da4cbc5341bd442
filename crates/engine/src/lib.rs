//! The BPMN state machine: [`step`] turns a command into events, [`apply`] is the only mutation.
//!
//! A step touches exactly one aggregate: a process instance, the subscriptions and messages of one key, a
//! partition's clock, or the catalog of definitions. What concerns another aggregate leaves as
//! [`record::Event::CommandSent`]. The behaviour of element X is in `elements/x.rs` and nowhere else.
//!
//! **Invariant**: no clock, randomness, file, socket or hash-order iteration; time, seed and keys come in with the
//! command. Events are results: applying them evaluates nothing and cannot fail.

mod aggregate;
mod apply;
mod catalog;
mod catcher;
mod chain;
mod compensation;
mod compile;
mod condition;
mod data_store;
mod decision;
mod elements;
mod expression;
mod files;
mod index;
mod instance;
mod invariants;
mod job;
mod join;
mod life;
mod limits;
mod listener;
mod message;
mod migration;
mod modification;
mod multi_instance;
mod placement;
mod reasons;
mod run;
mod signal;
mod starts;
mod suspension;
mod termination;
mod timer;
mod user_task;
mod variables;
mod wait;

pub use aggregate::{Aggregate, Env, PartitionState, Step, apply, step};
pub use catalog::{Catalog, Definition};
pub use compile::{Catch, Element, Flow, Linked, Looping, Node, NodeKind, Process, Throw, TimerModel};
pub use data_store::DataStores;
pub use decision::{Decision, Decisions, Requirements};
pub use expression::Expression;
pub use files::Files;
pub use index::{IndexChange, IndexEntry, Wake};
pub use instance::{ElementInstance, ElementState, Incident, Instance, Job, JobState, Role, Timer, UserTask};
pub use limits::{MAX_CONTINUATIONS, MAX_TRANSITIONS, MAX_VARIABLES_BYTES, STEP_FUEL};
pub use message::MessageState;
pub use signal::SignalState;
