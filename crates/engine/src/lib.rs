//! The BPMN state machine: step turns a command into events, apply is the only mutation.
