//! Typed values of attributes and of elements that hold a reference.

use std::fmt;

/// What kind of value an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// An XML id.
    Id,
    /// A URI, or one of the `##` words of the standard.
    Uri,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// The id of another element, in another file with the prefix of its namespace.
    Reference,
    /// One of these words.
    Literal(&'static [&'static str]),
}

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, id or URI.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A reference.
    Reference(Reference),
    /// A word of an enumeration.
    Literal(&'static str),
}

/// A qualified name that refers to an element or a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Reference {
    /// Prefix as declared where the reference stands; empty for none.
    pub prefix: String,
    /// Local name: an id.
    pub name: String,
}

impl Reference {
    /// A reference inside the file.
    pub fn to(id: impl Into<String>) -> Self {
        Self { prefix: String::new(), name: id.into() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.is_empty() {
            true => f.write_str(&self.name),
            false => write!(f, "{}:{}", self.prefix, self.name),
        }
    }
}

impl ValueType {
    /// Reads a value of this type; `None` when the text is none.
    pub fn read(self, text: &str) -> Option<Value> {
        let trimmed = text.trim();
        match self {
            Self::Text | Self::Uri => Some(Value::Text(text.to_owned())),
            Self::Id => crate::xml::is_ncname(trimmed).then(|| Value::Text(trimmed.to_owned())),
            Self::Flag => match trimmed {
                "true" | "1" => Some(Value::Flag(true)),
                "false" | "0" => Some(Value::Flag(false)),
                _ => None,
            },
            Self::Integer => trimmed.parse().ok().map(Value::Integer),
            Self::Number => number(trimmed).map(Value::Number),
            Self::Reference => {
                let (prefix, name) = trimmed.split_once(':').unwrap_or(("", trimmed));
                let reference = Reference { prefix: prefix.to_owned(), name: name.to_owned() };
                Some(Value::Reference(reference))
            }
            Self::Literal(words) => {
                words.iter().find(|word| **word == trimmed).map(|word| Value::Literal(word))
            }
        }
    }

    /// True when a value is of this type.
    pub fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text | Self::Uri, Value::Text(_))
            | (Self::Flag, Value::Flag(_))
            | (Self::Integer, Value::Integer(_))
            | (Self::Reference, Value::Reference(_)) => true,
            (Self::Id, Value::Text(text)) => crate::xml::is_ncname(text),
            (Self::Number, Value::Number(number)) => number.is_finite(),
            (Self::Literal(words), Value::Literal(word)) => words.contains(word),
            _ => false,
        }
    }

    /// How the type is called in messages.
    pub fn name(self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Id => "an XML id".to_owned(),
            Self::Uri => "a URI".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Reference => "a reference".to_owned(),
            Self::Literal(words) => format!("one of {}", words.join(", ")),
        }
    }
}

/// A decimal number; the schema's `INF` and `NaN` draw nothing and are refused.
fn number(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|number: &f64| digits && number.is_finite())
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Reference(reference) => write!(f, "{reference}"),
            Self::Literal(word) => f.write_str(word),
        }
    }
}
