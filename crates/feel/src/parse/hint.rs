//! Types that are known when compiling, for hints. Invariant: only what is certain is known.

use crate::node::{Kind, Node, Operator};

/// The type of every value of the node but `null`, when that is certain.
pub(super) fn known_type(node: &Node) -> Option<&'static str> {
    match &node.kind {
        Kind::Const(value) => Some(value.type_name()),
        Kind::Compare(..)
        | Kind::And(_)
        | Kind::Or(_)
        | Kind::Between(_)
        | Kind::In(..)
        | Kind::Tests(_)
        | Kind::InstanceOf(..)
        | Kind::IsDefined(_)
        | Kind::Quantified(_) => Some("boolean"),
        Kind::List(_) | Kind::For(_) => Some("list"),
        Kind::Context(_) => Some("context"),
        Kind::Range(_) => Some("range"),
        Kind::Function(..) => Some("function"),
        Kind::Arithmetic(Operator::Power, _) => Some("number"),
        Kind::Arithmetic(Operator::Divide, pair) | Kind::Arithmetic(Operator::Subtract, pair) => {
            let number = pair.iter().all(|node| known_type(node) == Some("number"));
            number.then_some("number")
        }
        _ => None,
    }
}

/// The types that arithmetic takes.
pub(super) const ARITHMETIC: &[&str] = &[
    "number",
    "string",
    "date",
    "time",
    "date and time",
    "years and months duration",
    "days and time duration",
];
