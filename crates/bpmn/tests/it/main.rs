//! Tests of the crate through its public interface, in one binary.

extern crate dirigent_bpmn as bpmn;

mod conformance;
mod shared;
