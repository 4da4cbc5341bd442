//! Compiles a [`Query`] to one SELECT. Every value is bound, never written into the text.

use crate::entity::{Entity, Field};
use crate::query::{
    COUNTED, Condition, MAX_CONDITIONS, MAX_LIMIT, Operator, Order, Page, Query, SearchError, Start, Value,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use std::fmt::Write as _;

/// A value of a sort key, as it is in a cursor.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Bound {
    Null(()),
    Number(i64),
    Text(String),
}

impl ToSql for Bound {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Bound::Null(()) => ValueRef::Null,
            Bound::Number(number) => ValueRef::Integer(*number),
            Bound::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl From<&Value> for Bound {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Bound::Text(text.to_string()),
            Value::Number(number) => Bound::Number(*number),
        }
    }
}

/// A WHERE clause in the making.
#[derive(Default)]
pub(crate) struct Clause {
    pub text: String,
    pub bound: Vec<Bound>,
    conditions: usize,
}

/// Runs a search.
pub(crate) fn search<E: Entity>(connection: &Connection, query: &Query) -> Result<Page<E::Row>, SearchError> {
    if query.page.limit > MAX_LIMIT {
        return Err(SearchError::Limit(format!("a page has at most {MAX_LIMIT} items")));
    }
    let mut clause = Clause::default();
    clause.tenant::<E>(&query.tenant);
    clause.condition::<E>(&query.condition)?;
    if let Some(searched) = E::SEARCHED {
        let _ = write!(clause.text, " AND {searched}");
    }
    let total = count::<E>(connection, &clause)?;

    let backward = matches!(query.page.start, Start::Before(_));
    let keys = sort_keys::<E>(query, backward)?;
    let mut offset = 0;
    match &query.page.start {
        Start::First => {}
        Start::From(from) => offset = *from,
        Start::After(cursor) | Start::Before(cursor) => clause.beyond(&keys, cursor)?,
    }
    let mut text = format!("SELECT {}", E::SELECT);
    for (key, _) in &keys {
        let _ = write!(text, ", {key}");
    }
    let _ = write!(text, " FROM {} WHERE {} ORDER BY ", E::FROM, clause.text);
    for (at, (key, order)) in keys.iter().enumerate() {
        let direction = if *order == Order::Ascending { "" } else { " DESC" };
        let _ = write!(text, "{}{key}{direction}", if at == 0 { "" } else { ", " });
    }
    let _ = write!(text, " LIMIT {} OFFSET {offset}", query.page.limit);
    let mut statement = connection.prepare_cached(&text)?;
    let width = statement.column_count() - keys.len();
    let mut rows = statement.query(params_from_iter(&clause.bound))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let cursor =
            (width..width + keys.len()).map(|at| bound(row.get_ref(at)?)).collect::<Result<Vec<_>, _>>()?;
        items.push((E::read(row)?, cursor));
    }
    if backward {
        items.reverse();
    }
    let cursor = |item: Option<&(E::Row, Vec<Bound>)>| item.map(|(_, cursor)| encode(cursor));
    let (start_cursor, end_cursor) = (cursor(items.first()), cursor(items.last()));
    Ok(Page {
        items: items.into_iter().map(|(row, _)| row).collect(),
        total: total.min(COUNTED),
        more_than_total: total > COUNTED,
        start_cursor,
        end_cursor,
    })
}

/// The item with a key.
pub(crate) fn get<E: Entity>(
    connection: &Connection,
    tenant: &str,
    key: i64,
) -> Result<Option<E::Row>, SearchError> {
    let text = format!("SELECT {} FROM {} WHERE {} = ? AND {} = ?", E::SELECT, E::FROM, E::KEY, E::TENANT);
    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query((key, tenant))?;
    Ok(rows.next()?.map(E::read).transpose()?)
}

fn count<E: Entity>(connection: &Connection, clause: &Clause) -> Result<u64, SearchError> {
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {})",
        E::FROM,
        clause.text,
        COUNTED + 1
    );
    let mut statement = connection.prepare_cached(&text)?;
    Ok(statement.query_row(params_from_iter(&clause.bound), |row| row.get::<_, i64>(0))? as u64)
}

/// Expressions to sort by, the key last; turned round to read a page backwards.
fn sort_keys<E: Entity>(query: &Query, backward: bool) -> Result<Vec<(&'static str, Order)>, SearchError> {
    let mut keys = Vec::new();
    for (name, order) in &query.sort {
        let field = field::<E>(name)?;
        if field.wrap.is_some() {
            return Err(SearchError::NotSortable { field: name.clone(), entity: E::NAME });
        }
        keys.push((field.sql, *order));
    }
    keys.push((E::KEY, Order::Ascending));
    if backward {
        for (_, order) in &mut keys {
            *order = if *order == Order::Ascending { Order::Descending } else { Order::Ascending };
        }
    }
    Ok(keys)
}

fn field<E: Entity>(name: &str) -> Result<&'static Field, SearchError> {
    E::field(name).ok_or_else(|| SearchError::UnknownField {
        field: name.to_owned(),
        entity: E::NAME,
        known: E::FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", "),
    })
}

impl Clause {
    /// Nothing of another tenant.
    pub fn tenant<E: Entity>(&mut self, tenant: &str) {
        let _ = write!(self.text, "{} = ?", E::TENANT);
        self.bound.push(Bound::Text(tenant.to_owned()));
    }

    /// Adds a condition.
    pub fn condition<E: Entity>(&mut self, condition: &Condition) -> Result<(), SearchError> {
        self.text.push_str(" AND ");
        self.nested::<E>(condition, 0)
    }

    fn nested<E: Entity>(&mut self, condition: &Condition, depth: usize) -> Result<(), SearchError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS || depth > 16 {
            return Err(SearchError::Limit(format!("a search has at most {MAX_CONDITIONS} conditions")));
        }
        match condition {
            Condition::All(all) if all.is_empty() => self.text.push('1'),
            Condition::All(all) => self.all::<E>(all, depth)?,
            Condition::Any(any) if any.is_empty() => self.text.push('0'),
            Condition::Any(any) => {
                for (at, part) in any.iter().enumerate() {
                    self.text.push_str(if at == 0 { "(" } else { " OR " });
                    self.nested::<E>(part, depth + 1)?;
                }
                self.text.push(')');
            }
            Condition::Field { name, operator } => {
                let field = field::<E>(name)?;
                match field.wrap {
                    None => self.operator(field.sql, operator),
                    Some(_) => self.wrapped(&[(field, operator)]),
                }
            }
            Condition::Variable { name, operators, local } => {
                let Some((of_instance, of_element)) = E::VARIABLES else {
                    return Err(SearchError::NoVariables(E::NAME));
                };
                let scope = if *local { of_element } else { of_instance };
                let _ = write!(
                    self.text,
                    "EXISTS (SELECT 1 FROM variables v WHERE v.scope = {scope} AND v.name = ?"
                );
                self.bound.push(Bound::Text(name.clone()));
                for operator in operators {
                    self.text.push_str(" AND ");
                    self.operator("v.value", operator);
                }
                self.text.push(')');
            }
        }
        Ok(())
    }

    /// Conditions on fields of the same related row must hold of one such row together.
    fn all<E: Entity>(&mut self, all: &[Condition], depth: usize) -> Result<(), SearchError> {
        let mut related: Vec<(&'static str, Vec<(&'static Field, &Operator)>)> = Vec::new();
        self.text.push_str("(1");
        for part in all {
            if let Condition::Field { name, operator } = part {
                let field = field::<E>(name)?;
                if let Some(wrap) = field.wrap {
                    match related.iter_mut().find(|(known, _)| *known == wrap) {
                        Some((_, fields)) => fields.push((field, operator)),
                        None => related.push((wrap, vec![(field, operator)])),
                    }
                    continue;
                }
            }
            self.text.push_str(" AND ");
            self.nested::<E>(part, depth + 1)?;
        }
        for (_, fields) in related {
            self.text.push_str(" AND ");
            self.wrapped(&fields);
        }
        self.text.push(')');
        Ok(())
    }

    fn wrapped(&mut self, fields: &[(&'static Field, &Operator)]) {
        let wrap = fields.first().and_then(|(field, _)| field.wrap).unwrap_or("{}");
        let (before, after) = wrap.split_once("{}").unwrap_or((wrap, ""));
        self.text.push_str(before);
        for (at, (field, operator)) in fields.iter().enumerate() {
            self.text.push_str(if at == 0 { "" } else { " AND " });
            self.operator(field.sql, operator);
        }
        self.text.push_str(after);
    }

    fn operator(&mut self, sql: &str, operator: &Operator) {
        match operator {
            Operator::Eq(value) => self.compare(sql, "=", value),
            Operator::Neq(value) => self.compare(sql, "IS NOT", value),
            Operator::Gt(value) => self.compare(sql, ">", value),
            Operator::Gte(value) => self.compare(sql, ">=", value),
            Operator::Lt(value) => self.compare(sql, "<", value),
            Operator::Lte(value) => self.compare(sql, "<=", value),
            Operator::Exists(true) => drop(write!(self.text, "{sql} IS NOT NULL")),
            Operator::Exists(false) => drop(write!(self.text, "{sql} IS NULL")),
            Operator::In(values) => self.one_of(sql, "IN", values),
            Operator::NotIn(values) => {
                let _ = write!(self.text, "({sql} IS NULL OR ");
                self.one_of(sql, "NOT IN", values);
                self.text.push(')');
            }
            Operator::Like(pattern) => {
                let _ = write!(self.text, "{sql} GLOB ?");
                self.bound.push(Bound::Text(glob(pattern)));
            }
        }
    }

    fn compare(&mut self, sql: &str, operator: &str, value: &Value) {
        let _ = write!(self.text, "{sql} {operator} ?");
        self.bound.push(value.into());
    }

    /// The list is bound as one JSON text: its length does not change the statement.
    fn one_of(&mut self, sql: &str, operator: &str, values: &[Value]) {
        let _ = write!(self.text, "{sql} {operator} (SELECT value FROM json_each(?))");
        let list: Vec<Bound> = values.iter().map(Bound::from).collect();
        self.bound.push(Bound::Text(serde_json::to_string(&list).unwrap_or_else(|_| "[]".into())));
    }

    /// Only items that come after the cursor in the given order.
    fn beyond(&mut self, keys: &[(&'static str, Order)], cursor: &str) -> Result<(), SearchError> {
        let values = decode(cursor).filter(|values| values.len() == keys.len());
        let values = values.ok_or_else(|| SearchError::Cursor(cursor.to_owned()))?;
        self.text.push_str(" AND (0");
        for at in 0..keys.len() {
            self.text.push_str(" OR (");
            for ((key, _), value) in keys.iter().zip(&values).take(at) {
                let _ = write!(self.text, "{key} IS ? AND ");
                self.bound.push(value.clone());
            }
            let (key, order) = keys[at];
            match (order, &values[at]) {
                // Absent values come first in ascending order.
                (Order::Ascending, Bound::Null(())) => drop(write!(self.text, "{key} IS NOT NULL")),
                (Order::Descending, Bound::Null(())) => self.text.push('0'),
                (Order::Ascending, value) => {
                    let _ = write!(self.text, "{key} > ?");
                    self.bound.push(value.clone());
                }
                (Order::Descending, value) => {
                    let _ = write!(self.text, "({key} < ? OR {key} IS NULL)");
                    self.bound.push(value.clone());
                }
            }
            self.text.push(')');
        }
        self.text.push(')');
        Ok(())
    }
}

fn bound(value: ValueRef<'_>) -> rusqlite::Result<Bound> {
    Ok(match value {
        ValueRef::Integer(number) => Bound::Number(number),
        ValueRef::Text(text) => Bound::Text(String::from_utf8_lossy(text).into_owned()),
        _ => Bound::Null(()),
    })
}

fn encode(values: &[Bound]) -> String {
    STANDARD.encode(serde_json::to_vec(values).unwrap_or_default())
}

fn decode(cursor: &str) -> Option<Vec<Bound>> {
    serde_json::from_slice(&STANDARD.decode(cursor).ok()?).ok()
}

/// A pattern as SQLite's GLOB reads it.
fn glob(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '[' => out.push_str("[[]"),
            '\\' => match characters.next() {
                Some(escaped @ ('*' | '?' | '[')) => {
                    let _ = write!(out, "[{escaped}]");
                }
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_what_is_escaped() {
        assert_eq!(glob(r"a*b?\*\?[c]\\"), r"a*b?[*][?][[]c]\");
    }

    #[test]
    fn a_cursor_is_read_back() {
        let values = vec![Bound::Null(()), Bound::Text("ä".into()), Bound::Number(-7)];
        assert_eq!(decode(&encode(&values)), Some(values));
        assert_eq!(decode("no cursor"), None);
    }
}
