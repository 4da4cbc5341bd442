//! Every route over the real engine: success, not found, bad input.

mod server;

mod camunda;
mod camunda_bodies;
mod cluster;
mod decisions;
mod definitions;
mod deletion;
mod events;
mod expression;
mod extensions;
mod forms;
mod instances;
mod jobs;
mod listeners;
mod messages;
mod operations;
mod requests;
mod user_tasks;
