//! Tests of the crate through its public interface, in one binary.

extern crate dirigent_bpmn as bpmn;

mod codes;
mod conformance;
mod edits;
mod hostile;
mod imports;
mod interchange;
mod lint;
mod rules;
mod shared;
mod view;
