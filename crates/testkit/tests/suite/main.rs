//! Conformance runners and the comparison of the engine with the second interpreter.

#![allow(missing_docs)]

mod betsy;
