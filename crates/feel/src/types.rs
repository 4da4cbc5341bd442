//! Types of FEEL, for `instance of`, parameters and DMN's item definitions.

use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// A FEEL type.
#[derive(Clone, PartialEq, Debug)]
pub enum Type {
    /// Every value.
    Any,
    /// Only `null`.
    Null,
    /// Booleans.
    Boolean,
    /// Numbers.
    Number,
    /// Strings.
    String,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Dates with a time of day.
    DateTime,
    /// Durations in years and months.
    YearMonthDuration,
    /// Durations in days and smaller units.
    DayTimeDuration,
    /// Lists of a type.
    List(Arc<Type>),
    /// Contexts with at least these entries.
    Context(Arc<[(Arc<str>, Type)]>),
    /// Ranges over a type.
    Range(Arc<Type>),
    /// Functions from types to a type.
    Function(Arc<[Type]>, Arc<Type>),
}

impl Type {
    /// The simple type of that name.
    pub fn simple(name: &str) -> Option<Type> {
        Some(match name {
            "Any" => Type::Any,
            "Null" => Type::Null,
            "boolean" => Type::Boolean,
            "number" => Type::Number,
            "string" => Type::String,
            "date" => Type::Date,
            "time" => Type::Time,
            "date and time" | "dateTime" => Type::DateTime,
            "years and months duration" | "yearMonthDuration" => Type::YearMonthDuration,
            "days and time duration" | "dayTimeDuration" => Type::DayTimeDuration,
            "list" => Type::List(Arc::new(Type::Any)),
            "context" => Type::Context(Arc::new([])),
            "range" => Type::Range(Arc::new(Type::Any)),
            "function" => Type::Function(Arc::new([]), Arc::new(Type::Any)),
            _ => return None,
        })
    }

    /// Whether the value is of the type; `null` is of every type but of no element kind.
    pub fn accepts(&self, value: &Value) -> bool {
        value.is_null() || self.has(value)
    }

    /// Whether the value is an instance of the type, as `instance of` decides: `null` only of `Null`.
    pub fn has(&self, value: &Value) -> bool {
        match (self, value) {
            (Type::Any, value) => !value.is_null(),
            (Type::Null, Value::Null)
            | (Type::Boolean, Value::Bool(_))
            | (Type::Number, Value::Number(_))
            | (Type::String, Value::String(_))
            | (Type::Date, Value::Date(_))
            | (Type::Time, Value::Time(_))
            | (Type::DateTime, Value::DateTime(_))
            | (Type::YearMonthDuration, Value::YearMonthDuration(_))
            | (Type::DayTimeDuration, Value::DayTimeDuration(_)) => true,
            (Type::List(item), Value::List(list)) => list.iter().all(|value| item.accepts(value)),
            (Type::Context(fields), Value::Context(context)) => {
                fields.iter().all(|(name, field)| context.get(name).is_some_and(|value| field.accepts(value)))
            }
            (Type::Range(item), Value::Range(range)) => {
                range.start.iter().chain(&range.end).all(|value| item.accepts(value))
            }
            (Type::Function(parameters, result), Value::Function(function)) => {
                function.conforms_to(parameters, result)
            }
            _ => false,
        }
    }

    /// Whether every value of this type is one of the other.
    pub fn conforms_to(&self, other: &Type) -> bool {
        match (self, other) {
            (_, Type::Any) | (Type::Null, _) => true,
            (Type::List(a), Type::List(b)) | (Type::Range(a), Type::Range(b)) => a.conforms_to(b),
            (Type::Context(a), Type::Context(b)) => b.iter().all(|(name, wanted)| {
                a.iter().any(|(other, field)| other == name && field.conforms_to(wanted))
            }),
            (Type::Function(a, x), Type::Function(b, y)) => {
                a.len() == b.len()
                    && a.iter().zip(b.iter()).all(|(a, b)| b.conforms_to(a))
                    && x.conforms_to(y)
            }
            _ => self == other,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("Any"),
            Type::Null => f.write_str("Null"),
            Type::Boolean => f.write_str("boolean"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::Date => f.write_str("date"),
            Type::Time => f.write_str("time"),
            Type::DateTime => f.write_str("date and time"),
            Type::YearMonthDuration => f.write_str("years and months duration"),
            Type::DayTimeDuration => f.write_str("days and time duration"),
            Type::List(item) => write!(f, "list<{item}>"),
            Type::Range(item) => write!(f, "range<{item}>"),
            Type::Context(fields) => {
                f.write_str("context<")?;
                for (at, (name, field)) in fields.iter().enumerate() {
                    write!(f, "{}{name}: {field}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str(">")
            }
            Type::Function(parameters, result) => {
                f.write_str("function<")?;
                for (at, parameter) in parameters.iter().enumerate() {
                    write!(f, "{}{parameter}", if at > 0 { ", " } else { "" })?;
                }
                write!(f, "> -> {result}")
            }
        }
    }
}
