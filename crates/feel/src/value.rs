//! The values of FEEL. Invariant: a value is immutable and shared; cloning copies at most a pointer and a count.

use crate::function::Function;
use crate::number::Number;
use crate::range::Range;
use crate::temporal::{Date, DateTime, DayTimeDuration, Time, YearMonthDuration};
use std::ops::Deref;
use std::sync::Arc;

pub use crate::context::Context;

/// A FEEL value.
#[derive(Clone, Default)]
pub enum Value {
    /// `null`, the absence of a value.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// A list.
    List(Arc<List>),
    /// A context: named values in order.
    Context(Arc<Context>),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A date with a time of day.
    DateTime(DateTime),
    /// A duration in years and months.
    YearMonthDuration(YearMonthDuration),
    /// A duration in days and smaller units.
    DayTimeDuration(DayTimeDuration),
    /// A range.
    Range(Arc<Range>),
    /// A function.
    Function(Arc<Function>),
}

/// The items of a list, with the depth and the weight that the limits count.
#[derive(Clone, Default)]
pub struct List {
    items: Vec<Value>,
    depth: u16,
    weight: u32,
}

impl List {
    /// A list of these items.
    pub fn new(items: Vec<Value>) -> List {
        let (mut depth, mut weight) = (0, 1u32);
        for item in &items {
            depth = depth.max(item.depth());
            weight = weight.saturating_add(item.weight());
        }
        List { items, depth: depth.saturating_add(1), weight }
    }

    pub(crate) fn push(&mut self, item: Value) {
        self.depth = self.depth.max(item.depth().saturating_add(1));
        self.weight = self.weight.saturating_add(item.weight());
        self.items.push(item);
    }

    pub(crate) fn depth(&self) -> u16 {
        self.depth
    }

    pub(crate) fn weight(&self) -> u32 {
        self.weight
    }

    /// The items.
    pub fn into_items(self) -> Vec<Value> {
        self.items
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl Value {
    /// A string value.
    pub fn string(text: impl Into<Arc<str>>) -> Value {
        Value::String(text.into())
    }

    /// A list value.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(List::new(items)))
    }

    /// A context value.
    pub fn context(context: Context) -> Value {
        Value::Context(Arc::new(context))
    }

    /// Nesting of lists and contexts; 0 for anything else.
    pub(crate) fn depth(&self) -> u16 {
        match self {
            Value::List(list) => list.depth,
            Value::Context(context) => context.depth(),
            Value::Function(function) => function.depth(),
            _ => 0,
        }
    }

    /// How much there is to walk, print or compare in this value.
    pub(crate) fn weight(&self) -> u32 {
        match self {
            Value::String(text) => 1 + (text.len() / 64) as u32,
            Value::List(list) => list.weight,
            Value::Context(context) => context.weight(),
            Value::Function(function) => function.weight(),
            Value::Range(_) => 3,
            _ => 1,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The integer, if this is a number without a fraction that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// The nearest binary floating point number, if this is a number.
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The context, if this is one.
    pub fn as_context(&self) -> Option<&Context> {
        match self {
            Value::Context(context) => Some(context),
            _ => None,
        }
    }

    /// The entry of that name, if this is a context that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_context()?.get(name)
    }

    /// The name of the value's type, as FEEL writes it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::List(_) => "list",
            Value::Context(_) => "context",
            Value::Date(_) => "date",
            Value::Time(_) => "time",
            Value::DateTime(_) => "date and time",
            Value::YearMonthDuration(_) => "years and months duration",
            Value::DayTimeDuration(_) => "days and time duration",
            Value::Range(_) => "range",
            Value::Function(_) => "function",
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Number(value.into())
    }
}
impl From<Number> for Value {
    fn from(value: Number) -> Value {
        Value::Number(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::String(value.into())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::String(value.into())
    }
}
impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Value {
        Value::String(value)
    }
}
impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Value {
        Value::list(value)
    }
}
impl From<Context> for Value {
    fn from(value: Context) -> Value {
        Value::context(value)
    }
}

const _: () = assert!(std::mem::size_of::<Value>() <= 24);
