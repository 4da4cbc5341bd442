//! What a search asks for: a condition over fields of an entity, an order, and a page.

use std::sync::Arc;

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The tenant; nothing of another one is found.
    pub tenant: String,
    /// What must hold.
    pub condition: Condition,
    /// Fields to sort by, first the most important; ties are broken by the key.
    pub sort: Vec<(String, Order)>,
    /// Which part of the result.
    pub page: PageRequest,
}

/// What must hold of an item.
#[derive(Debug, Clone)]
pub enum Condition {
    /// All of these; none is always true.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// A field.
    Field {
        /// Its name.
        name: String,
        /// What holds of it.
        operator: Operator,
    },
    /// A variable of the instance.
    Variable {
        /// Its name.
        name: String,
        /// What holds of its value's JSON text; all of these.
        operators: Vec<Operator>,
        /// Only variables of the item's own element instance.
        local: bool,
    },
}

impl Default for Condition {
    fn default() -> Self {
        Condition::All(Vec::new())
    }
}

/// What holds of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// Equal.
    Eq(Value),
    /// Not equal, or absent.
    Neq(Value),
    /// There, or not there.
    Exists(bool),
    /// One of these.
    In(Vec<Value>),
    /// None of these.
    NotIn(Vec<Value>),
    /// A pattern: `*` for any text, `?` for one character, `\` before either for itself.
    Like(String),
    /// Greater, later.
    Gt(Value),
    /// Greater or equal.
    Gte(Value),
    /// Less, earlier.
    Lt(Value),
    /// Less or equal.
    Lte(Value),
}

/// A value to compare with. Keys, times (milliseconds since 1970) and truth values are numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    Text(Arc<str>),
    /// A number.
    Number(i64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number)
    }
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

/// Which part of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many items.
    pub limit: usize,
    /// Where it begins.
    pub start: Start,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Start {
    /// At the first item.
    #[default]
    First,
    /// After so many items.
    From(usize),
    /// After the item of this cursor.
    After(String),
    /// Before the item of this cursor: the page ends there.
    Before(String),
}

impl Default for PageRequest {
    fn default() -> Self {
        PageRequest { limit: 100, start: Start::First }
    }
}

/// A part of the result.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many there are in all, counted up to [`crate::query::COUNTED`].
    pub total: u64,
    /// There are more than were counted.
    pub more_than_total: bool,
    /// Cursor of the first item.
    pub start_cursor: Option<String>,
    /// Cursor of the last item.
    pub end_cursor: Option<String>,
}

/// Items that a search counts at most.
pub const COUNTED: u64 = 10_000;

/// The most items that a page can have.
pub const MAX_LIMIT: usize = 10_000;

/// Conditions that a search may have, nested or not.
pub const MAX_CONDITIONS: usize = 1_000;

/// Why a search is not possible.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// There is no such field.
    #[error("'{field}' is not a field of {entity}; the fields are {known}")]
    UnknownField {
        /// The name that was given.
        field: String,
        /// What was searched.
        entity: &'static str,
        /// All fields.
        known: String,
    },
    /// The field cannot be sorted by.
    #[error("'{field}' of {entity} cannot be sorted by")]
    NotSortable {
        /// The field.
        field: String,
        /// What was searched.
        entity: &'static str,
    },
    /// The items have no variables.
    #[error("{0} have no variables to filter by")]
    NoVariables(&'static str),
    /// The cursor is not one of ours, or of another order.
    #[error("the cursor '{0}' is not valid for this search")]
    Cursor(String),
    /// Too much was asked for.
    #[error("{0}")]
    Limit(String),
    /// The database failed.
    #[error("read model: {0}")]
    Database(#[from] rusqlite::Error),
    /// Stored data cannot be read.
    #[error("{0}")]
    History(#[from] crate::HistoryError),
}
