//! FEEL, the expression language of DMN 1.5, with Camunda's additions: compile once, evaluate often.
//!
//! [`compile`] parses a text, resolves names to slots and folds constants; [`Expression::evaluate`] takes the values
//! of the slots and gives a value, the reasons for every `null`, and the limit that was hit, if one was.
//!
//! ```
//! use dirigent_feel::{compile, Env, Fuel, Options, Value};
//! let expression = compile("amount > 1000 and country = \"DE\"", &Options { open: true, ..Options::default() }).unwrap();
//! let values: Vec<Option<Value>> = expression
//!     .slots()
//!     .iter()
//!     .map(|name| match &**name {
//!         "amount" => Some(Value::from(1500)),
//!         _ => Some(Value::from("DE")),
//!     })
//!     .collect();
//! let outcome = expression.evaluate(&values, &Env::default(), &mut Fuel::default());
//! assert_eq!(outcome.value, Value::Bool(true));
//! ```
//!
//! **Invariant:** the crate is pure: no clock, randomness, file or thread; the same input gives the same output on
//! every machine. Hostile input cannot panic, overflow the stack or run without bound: [`limits`] holds every bound.

mod builtins;
mod compare;
mod context;
mod diagnostic;
mod eval;
mod expression;
mod function;
mod json;
pub mod limits;
mod node;
mod number;
mod parse;
mod print;
mod range;
mod run;
mod temporal;
mod types;
mod value;

pub use compare::{equal, identical, order};
pub use diagnostic::Diagnostic;
pub use eval::{coerce, invoke};
pub use expression::{Expression, TestShape, compile, compile_unary_tests};
pub use function::{Function, NativeFunction, Parameter};
pub use json::JsonError;
pub use number::Number;
pub use parse::{Options, TypeLookup};
pub use range::{Range, RangeForm};
pub use run::{Env, Explained, Fuel, LimitError, Outcome, Run, Stop, Warning};
pub use temporal::{Date, DateTime, DayTimeDuration, Time, YearMonthDuration, Zone, ZoneKind};
pub use types::Type;
pub use value::{Context, List, Value};
