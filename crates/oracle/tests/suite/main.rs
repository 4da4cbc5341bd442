//! Golden cases of the interpreter, written from the standard's text, and what the comparison finds.

mod boundary;
mod compensation;
mod ending;
mod event_sub_processes;
mod events;
mod gateways;
mod generated;
mod joins;
mod loops;
mod multiple;
mod scopes;
mod script;
mod starts;
mod tasks;
