//! Conformance runners and the comparison of the engine with the second interpreter.

#![allow(missing_docs, clippy::print_stdout)]

mod betsy;
mod differential;
mod migration;
mod miwg;
mod pages;
mod properties;
