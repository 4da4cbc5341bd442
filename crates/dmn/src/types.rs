//! Types with constraints. Invariant: a value that [`ItemType::coerce`] gives has the type and satisfies its tests.

use feel::{Expression, Run, Stop, Type, Value};
use std::sync::Arc;

/// A type of an item definition, or a type of FEEL.
#[derive(Debug)]
pub(crate) struct ItemType {
    /// How the model calls it.
    pub name: Arc<str>,
    /// The type without its tests.
    pub kind: Type,
    /// What is inside.
    pub shape: Shape,
    /// Tests of the value, or of each item of a list.
    pub allowed: Option<Tests>,
    /// Tests of the whole value.
    pub constraint: Option<Tests>,
    /// Whether there are tests here or further inside.
    pub constrained: bool,
    /// How many types are in it, each counted as often as it occurs.
    pub weight: u32,
}

/// What is inside a type.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Nothing of interest.
    Simple,
    /// The same as another type.
    Same(Arc<ItemType>),
    /// A list.
    List(Arc<ItemType>),
    /// A structure.
    Structure(Vec<(Arc<str>, Arc<ItemType>)>),
}

/// Unary tests of a type.
#[derive(Debug)]
pub(crate) struct Tests {
    /// The tests.
    pub tests: Expression,
}

impl ItemType {
    /// A type of FEEL.
    pub fn simple(name: &str, kind: Type) -> ItemType {
        let name = name.into();
        ItemType {
            name,
            kind,
            shape: Shape::Simple,
            allowed: None,
            constraint: None,
            constrained: false,
            weight: 1,
        }
    }

    /// The value as one of this type; or why it is none.
    pub fn coerce(&self, value: Value, run: &mut Run<'_>) -> Result<Result<Value, String>, Stop> {
        if value.is_null() || (self.kind == Type::Any && !self.constrained) {
            return Ok(Ok(value));
        }
        let value = match feel::coerce(&self.kind, value) {
            Ok(value) => value,
            Err(value) => return Ok(Err(self.mismatch(&value))),
        };
        if !self.constrained {
            return Ok(Ok(value));
        }
        Ok(match self.check(&value, run)? {
            None => Ok(value),
            Some(reason) => Err(reason),
        })
    }

    /// Which part of a value is not of this type.
    fn mismatch(&self, value: &Value) -> String {
        let inner = match (&self.shape, value) {
            (Shape::Same(other), value) => return other.mismatch(value),
            (Shape::List(item), Value::List(list)) => {
                let wrong = list.iter().position(|value| !item.kind.accepts(value));
                wrong.map(|at| format!("item {}: {}", at + 1, item.mismatch(&list[at])))
            }
            (Shape::Structure(fields), Value::Context(context)) => {
                fields.iter().find_map(|(name, field)| match context.get(name) {
                    None => Some(format!("the component '{name}' is missing")),
                    Some(value) => {
                        (!field.kind.accepts(value)).then(|| format!("{name}: {}", field.mismatch(value)))
                    }
                })
            }
            _ => None,
        };
        inner.unwrap_or_else(|| format!("expected {}, found {}", self.name, short(value)))
    }

    /// Why the value breaks a constraint, if it does.
    fn check(&self, value: &Value, run: &mut Run<'_>) -> Result<Option<String>, Stop> {
        if value.is_null() || !self.constrained {
            return Ok(None);
        }
        run.charge(1)?;
        let inner = match (&self.shape, value) {
            (Shape::Same(other), value) => other.check(value, run)?,
            (Shape::List(item), Value::List(list)) => self.check_items(item, list, run)?,
            (Shape::Structure(fields), Value::Context(context)) => {
                let mut found = None;
                for (name, field) in fields {
                    if let Some(value) = context.get(name)
                        && let Some(reason) = field.check(value, run)?
                    {
                        found = Some(format!("{name}: {reason}"));
                        break;
                    }
                }
                found
            }
            _ => None,
        };
        if inner.is_some() {
            return Ok(inner);
        }
        if let (Some(allowed), false) = (&self.allowed, matches!(self.shape, Shape::List(_)))
            && !allowed.hold(value, run)?
        {
            return Ok(Some(self.refusal(value, allowed)));
        }
        match &self.constraint {
            Some(constraint) if !constraint.hold(value, run)? => Ok(Some(self.refusal(value, constraint))),
            _ => Ok(None),
        }
    }

    fn check_items(
        &self,
        item: &ItemType,
        list: &[Value],
        run: &mut Run<'_>,
    ) -> Result<Option<String>, Stop> {
        for value in list {
            if let Some(reason) = item.check(value, run)? {
                return Ok(Some(reason));
            }
            if let Some(allowed) = &self.allowed
                && !value.is_null()
                && !allowed.hold(value, run)?
            {
                return Ok(Some(self.refusal(value, allowed)));
            }
        }
        Ok(None)
    }

    fn refusal(&self, value: &Value, tests: &Tests) -> String {
        format!("{} is not allowed by {}, which is {}", short(value), self.name, tests.tests.source())
    }
}

impl Tests {
    /// Whether the value satisfies the tests.
    pub fn hold(&self, value: &Value, run: &mut Run<'_>) -> Result<bool, Stop> {
        let result = self.tests.evaluate_in(&[Some(value.clone())], run)?;
        Ok(result == Value::Bool(true))
    }
}

/// The value for a message: shortened, with its type.
pub(crate) fn short(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Number(_) | Value::Bool(_) => format!("{} {}", value.type_name(), value.to_json()),
        Value::String(text) if text.chars().count() <= 40 => format!("string {}", value.to_json()),
        _ => format!("a {}", value.type_name()),
    }
}
