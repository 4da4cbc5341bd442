//! DMN 1.1 to 1.5: decision tables and decision requirements graphs on FEEL.
//!
//! [`Model::read`] reads a file, [`Model::compile`] links it with the models it imports and resolves every name, and
//! [`Compiled::evaluate`] evaluates a decision with all it requires.
//!
//! ```
//! use dirigent_dmn::Model;
//! use feel::{Context, Env, Fuel, Value};
//! let file = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="n" name="n">
//!   <decision id="discount" name="Discount"><decisionTable hitPolicy="FIRST">
//!     <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
//!     <output name="percent" typeRef="number"/>
//!     <rule><inputEntry><text>&gt;= 1000</text></inputEntry><outputEntry><text>10</text></outputEntry></rule>
//!     <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>
//!   </decisionTable></decision></definitions>"#;
//! let model = Model::read(file).unwrap().compile(&[]).checked().unwrap();
//! let inputs: Context = [("amount", Value::from(1500))].into_iter().collect();
//! let outcome = model.evaluate("discount", inputs, &Env::default(), &mut Fuel::default());
//! assert_eq!(outcome.value.as_i64(), Some(10));
//! assert_eq!(outcome.evaluated[0].matched[0].index, 1);
//! ```
//!
//! **Invariant:** the crate is pure: no clock, randomness, file or thread. Hostile input cannot panic, overflow the
//! stack or run without bound: [`limits`] holds every bound, and evaluation takes FEEL's fuel.

mod code;
mod compile;
mod compiled;
mod diagnostic;
mod eval;
mod evaluate;
pub mod limits;
pub mod model;
mod outcome;
mod read;
mod service;
mod table;
pub mod tck;
mod types;
mod xml;

pub use code::LogicKind;
pub use compiled::{Compiled, DecisionInfo};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use model::Model;
pub use outcome::{
    DecisionOutcome, DecisionWarning, EvaluatedDecision, EvaluatedInput, EvaluatedOutput, Failure,
    MatchedRule,
};
