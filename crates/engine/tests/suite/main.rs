//! The engine's suite: golden traces per element, and properties over random processes.

#![allow(missing_docs)]

mod activities;
mod decisions;
mod events;
mod gateways;
mod incidents;
mod messages;
mod pending;
mod random;
