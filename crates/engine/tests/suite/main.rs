//! The engine's suite: golden traces per element, and properties over random processes.

#![allow(missing_docs)]

mod activities;
mod cancel_event;
mod cancel_listeners;
mod compensation_event;
mod conditional_event;
mod decisions;
mod error_event;
mod escalation_event;
mod events;
mod gateways;
mod incidents;
mod link_event;
mod message_event;
mod messages;
mod multiple_event;
mod none_event;
mod parallel_multiple_event;
mod pending;
mod random;
mod signal_event;
mod skeleton;
mod terminate_event;
mod timer_event;
