//! Functions of contexts.

use super::arguments::{Result, any, context, fail, list};
use super::{Builtin, needs, repeats, special};
use crate::run::Run;
use crate::value::{Context, Value};
use std::sync::Arc;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure(
        "get value",
        get_value,
        &[needs(2, &["m", "key"]), needs(2, &["context", "key"]), needs(2, &["context", "keys"])],
    ),
    Builtin::pure("get entries", get_entries, &[needs(1, &["m"]), needs(1, &["context"])]),
    Builtin::pure("context", from_entries, &[needs(1, &["entries"])]),
    Builtin::pure(
        "context put",
        put,
        &[
            special(3, &["context", "key", "value"], put_key),
            special(3, &["context", "keys", "value"], put_path),
        ],
    ),
    Builtin::pure("context merge", merge, &[needs(1, &["contexts"])]),
    Builtin::pure("put", put_key, &[needs(3, &["context", "key", "value"])]),
    Builtin::pure("put all", merge_all, &[repeats(&["contexts"])]),
];

fn get_value(arguments: &[Value], _: &mut Run<'_>) -> Result<Value> {
    let context = context(arguments, 0)?;
    let missing = |key: &str| fail(format!("the context has no entry '{key}'"));
    match any(arguments, 1) {
        Value::String(key) => match context.get(key) {
            Some(value) => Ok(value.clone()),
            None => missing(key),
        },
        Value::List(keys) if !keys.is_empty() => {
            let mut value = Value::Context(Arc::clone(context));
            for key in keys.iter() {
                let Value::String(key) = key else {
                    return fail("the keys must be strings");
                };
                value = match value.get(key) {
                    Some(inner) => inner.clone(),
                    None => return missing(key),
                };
            }
            Ok(value)
        }
        other => fail(format!("the key must be a string, not a {}", other.type_name())),
    }
}

fn get_entries(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let context = context(arguments, 0)?;
    run.charge(context.len() as u64)?;
    let (key, value): (Arc<str>, Arc<str>) = ("key".into(), "value".into());
    let entry = |(name, entry): (&Arc<str>, &Value)| {
        let pair =
            vec![(Arc::clone(&key), Value::String(Arc::clone(name))), (Arc::clone(&value), entry.clone())];
        Value::context(Context::from_unique(pair))
    };
    Ok(run.list(context.iter().map(entry).collect())?)
}

fn from_entries(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut context = Context::new();
    for entry in list(arguments, 0, run)?.iter() {
        let Some(Value::String(key)) = entry.get("key") else {
            return fail("each entry must have a 'key' that is a string");
        };
        let Some(value) = entry.get("value") else {
            return fail("each entry must have a 'value'");
        };
        if context.contains(key) {
            return fail(format!("there are two entries '{key}'"));
        }
        context.insert(Arc::clone(key), value.clone());
    }
    Ok(run.sized(Value::context(context))?)
}

fn put(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    match any(arguments, 1) {
        Value::List(_) => put_path(arguments, run),
        _ => put_key(arguments, run),
    }
}

fn put_key(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let context = context(arguments, 0)?;
    let Value::String(key) = any(arguments, 1) else {
        return fail("the key must be a string");
    };
    run.charge(context.len() as u64)?;
    let mut changed = (**context).clone();
    changed.insert(Arc::clone(key), any(arguments, 2).clone());
    Ok(run.sized(Value::context(changed))?)
}

fn put_path(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    fn inner(context: &Context, keys: &[Value], value: &Value, run: &mut Run<'_>) -> Result<Value> {
        let Some((Value::String(key), rest)) = keys.split_first() else {
            return fail("the keys must be strings, at least one");
        };
        run.charge(context.len() as u64)?;
        let new = if rest.is_empty() {
            value.clone()
        } else {
            match context.get(key) {
                Some(Value::Context(next)) => inner(next, rest, value, run)?,
                None | Some(Value::Null) => inner(&Context::new(), rest, value, run)?,
                Some(other) => return fail(format!("'{key}' is a {}, not a context", other.type_name())),
            }
        };
        let mut changed = context.clone();
        changed.insert(Arc::clone(key), new);
        Ok(Value::context(changed))
    }
    let keys = list(arguments, 1, run)?;
    if keys.len() > crate::limits::MAX_VALUE_DEPTH as usize {
        return fail("there are too many keys");
    }
    let result = inner(context(arguments, 0)?, &keys, any(arguments, 2), run)?;
    Ok(run.sized(result)?)
}

fn merge(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let all = list(arguments, 0, run)?;
    merge_all(&all, run)
}

fn merge_all(contexts: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut merged = Context::new();
    for item in contexts {
        let Value::Context(context) = item else {
            return fail(format!("expected contexts, found a {}", item.type_name()));
        };
        run.charge(context.len() as u64)?;
        for (name, value) in context.iter() {
            merged.insert(Arc::clone(name), value.clone());
        }
    }
    Ok(run.sized(Value::context(merged))?)
}
