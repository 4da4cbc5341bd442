//! How values look on the wire: keys as strings, times as RFC 3339 in UTC, variables as they are.

use crate::problem::Problem;
use record::{Json, Key, Variables, json};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A moment, milliseconds since 1970; on the wire RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub i64);

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{stamp:.3}")
    }
}

/// Reads RFC 3339.
pub(crate) fn time(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(|stamp| stamp.as_millisecond())
}

/// A key of the read model, where 0 means none.
pub(crate) fn some_key(key: i64) -> Option<Key> {
    (key != 0).then_some(Key(key))
}

/// A JSON object of variables in a request.
#[derive(Debug, Default)]
pub(crate) struct VariablesIn(pub Variables);

impl<'de> Deserialize<'de> for VariablesIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get() == "null" {
            return Ok(VariablesIn::default());
        }
        json::split(raw.get()).map(VariablesIn).map_err(D::Error::custom)
    }
}

/// A 64-bit number that clients may send as a string.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    match &value {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map(Some)
            .ok_or_else(|| D::Error::custom(format!("'{number}' is not a whole number of 64 bits"))),
        serde_json::Value::String(text) => {
            text.parse().map(Some).map_err(|_| D::Error::custom(format!("'{text}' is not a whole number")))
        }
        _ => Err(D::Error::custom("expected a number")),
    }
}

/// A key that clients send as a string, or as a number.
pub(crate) fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Key>, D::Error> {
    lenient(deserializer).map(|key| key.map(Key))
}

/// Variables as one object.
pub(crate) fn object(variables: &Variables) -> Json {
    Json::trusted(json::join(variables.iter().map(|(name, value)| (&**name, value))))
}

/// Headers as an object.
pub(crate) fn headers<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> std::collections::BTreeMap<String, String> {
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchResult<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the page is.
    pub page: PageResult,
}

/// Where a page is in all that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageResult {
    /// How many items there are, counted up to 10,000.
    pub total_items: u64,
    /// There are more than were counted.
    pub has_more_total_items: bool,
    /// To be given as `page.before` for the page before.
    #[schema(required)]
    pub start_cursor: Option<String>,
    /// To be given as `page.after` for the next page.
    #[schema(required)]
    pub end_cursor: Option<String>,
}

/// Items without pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemsResult<T> {
    /// The items.
    pub items: Vec<T>,
}

impl<T> SearchResult<T> {
    /// The page of a search, each row turned into what goes over the wire.
    pub fn of<R: Into<T>>(page: history::Page<R>) -> Self {
        SearchResult {
            items: page.items.into_iter().map(Into::into).collect(),
            page: PageResult {
                total_items: page.total,
                has_more_total_items: page.more_than_total,
                start_cursor: page.start_cursor,
                end_cursor: page.end_cursor,
            },
        }
    }

    /// All of a list that is short by nature.
    pub fn all(items: Vec<T>) -> Self {
        let total_items = items.len() as u64;
        let page =
            PageResult { total_items, has_more_total_items: false, start_cursor: None, end_cursor: None };
        SearchResult { items, page }
    }
}

/// A text that must be there and not blank.
pub(crate) fn given(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// The empty answer of a command.
pub(crate) type NoContent = Result<axum::http::StatusCode, Problem>;

/// What a command without a result is answered with.
pub(crate) const NO_CONTENT: NoContent = Ok(axum::http::StatusCode::NO_CONTENT);
