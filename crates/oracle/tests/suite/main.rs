//! Golden cases of the interpreter, and what the comparison finds.

mod gateways;
mod generated;
mod script;
