//! The node with the real engine, journal and store.

extern crate dirigent_runtime as runtime;

mod deletion;
mod durability;
mod jobs;
mod memory;
mod threads;
mod time;
mod world;
