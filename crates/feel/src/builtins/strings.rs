//! Functions of strings. Positions count characters, from 1.

use super::arguments::{Result, any, fail, given, integer, list, text, text_or};
use super::regexes::{self, Compiled};
use super::{Builtin, needs};
use crate::eval::Fail;
use crate::limits;
use crate::run::{LimitError, Run};
use crate::value::Value;
use std::sync::Arc;

pub(super) static TABLE: &[Builtin] = &[
    Builtin::pure("string", string, &[needs(1, &["from"])]),
    Builtin::pure("substring", substring, &[needs(2, &["string", "start position", "length"])]),
    Builtin::pure(
        "string length",
        |a, _| Ok(Value::from(length(text(a, 0)?) as i64)),
        &[needs(1, &["string"])],
    ),
    Builtin::pure(
        "upper case",
        |a, run| Ok(run.string(text(a, 0)?.to_uppercase())?),
        &[needs(1, &["string"])],
    ),
    Builtin::pure(
        "lower case",
        |a, run| Ok(run.string(text(a, 0)?.to_lowercase())?),
        &[needs(1, &["string"])],
    ),
    Builtin::pure("substring before", |a, run| cut(a, run, true), &[needs(2, &["string", "match"])]),
    Builtin::pure("substring after", |a, run| cut(a, run, false), &[needs(2, &["string", "match"])]),
    Builtin::pure("contains", |a, _| two(a, |s, m| s.contains(m)), &[needs(2, &["string", "match"])]),
    Builtin::pure("starts with", |a, _| two(a, |s, m| s.starts_with(m)), &[needs(2, &["string", "match"])]),
    Builtin::pure("ends with", |a, _| two(a, |s, m| s.ends_with(m)), &[needs(2, &["string", "match"])]),
    Builtin::pure("matches", matches, &[needs(2, &["input", "pattern", "flags"])]),
    Builtin::pure("replace", replace, &[needs(3, &["input", "pattern", "replacement", "flags"])]),
    Builtin::pure("split", split, &[needs(2, &["string", "delimiter"])]),
    Builtin::pure("extract", extract, &[needs(2, &["string", "pattern"])]),
    Builtin::pure(
        "string join",
        join,
        &[needs(1, &["list", "delimiter"]), needs(4, &["list", "delimiter", "prefix", "suffix"])],
    ),
    Builtin::pure("trim", |a, run| Ok(run.string(text(a, 0)?.trim().to_owned())?), &[needs(1, &["string"])]),
    Builtin::pure(
        "is blank",
        |a, _| Ok(Value::Bool(text(a, 0)?.trim().is_empty())),
        &[needs(1, &["string"])],
    ),
    Builtin::pure("to base64", to_base64, &[needs(1, &["value"])]),
    Builtin::pure("from base64", from_base64, &[needs(1, &["value"])]),
];

fn string(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    match any(arguments, 0) {
        Value::Null => fail("null has no string"),
        Value::String(text) => Ok(Value::String(Arc::clone(text))),
        other => {
            run.charge(other.weight() as u64)?;
            Ok(run.string(other.to_text())?)
        }
    }
}

fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

fn two(arguments: &[Value], test: impl Fn(&str, &str) -> bool) -> Result<Value> {
    Ok(Value::Bool(test(text(arguments, 0)?, text(arguments, 1)?)))
}

fn substring(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let string = text(arguments, 0)?;
    let start = integer(arguments, 1)?;
    let wanted = if given(arguments, 2) { Some(integer(arguments, 2)?) } else { None };
    if wanted.is_some_and(|wanted| wanted < 1) {
        return fail("the length must be at least 1");
    }
    let length = length(string) as i64;
    let from = match start {
        0 => return fail("the start position must not be 0"),
        1.. => start - 1,
        _ => length + start,
    };
    if from < 0 || from > length {
        let message = format!("the start position {start} lies outside of the string's {length} characters");
        return Err(Fail::Null("feel.position", message));
    }
    let to = wanted.map_or(length, |wanted| from.saturating_add(wanted).min(length));
    let result = if string.is_ascii() {
        string[from as usize..to as usize].to_owned()
    } else {
        string.chars().skip(from as usize).take((to - from) as usize).collect()
    };
    Ok(run.string(result)?)
}

fn cut(arguments: &[Value], run: &mut Run<'_>, before: bool) -> Result<Value> {
    let (string, mark) = (text(arguments, 0)?, text(arguments, 1)?);
    let part = match string.find(&**mark) {
        Some(at) if before => &string[..at],
        Some(at) => &string[at + mark.len()..],
        None => "",
    };
    Ok(run.string(part.to_owned())?)
}

fn pattern(arguments: &[Value], at: usize, flags_at: usize, run: &mut Run<'_>) -> Result<Compiled> {
    let flags = text_or(arguments, flags_at, "")?;
    regexes::compile(text(arguments, at)?, &flags, run)
}

fn matches(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let input = text(arguments, 0)?;
    let regex = pattern(arguments, 1, 2, run)?;
    run.charge(regex.cost.search(input.len()))?;
    Ok(Value::Bool(regex.regex.is_match(input)))
}

fn replace(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let input = text(arguments, 0)?;
    let regex = pattern(arguments, 1, 3, run)?;
    let replacement = regexes::replacement(text(arguments, 2)?)?;
    run.charge(regex.cost.search(input.len()))?;
    let mut out = String::new();
    let mut last = 0;
    for found in regex.regex.captures_iter(input) {
        let Some(whole) = found.get(0) else { continue };
        run.charge(regex.cost.each(input.len() - whole.start()) + regex.cost.groups(whole.len()))?;
        out.push_str(&input[last..whole.start()]);
        for part in &replacement {
            match part {
                regexes::Part::Text(text) => out.push_str(text),
                regexes::Part::Group(group) => {
                    out.push_str(regexes::group(&found, *group));
                }
            }
        }
        last = whole.end();
        if out.len() > limits::MAX_STRING_BYTES {
            return Ok(run.stop(LimitError::Size { what: "string", limit: limits::MAX_STRING_BYTES as u64 })?);
        }
    }
    out.push_str(&input[last..]);
    Ok(run.string(out)?)
}

fn split(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let string = text(arguments, 0)?;
    let regex = pattern(arguments, 1, usize::MAX, run)?;
    run.charge((string.len() / 8) as u64 + regex.cost.search(string.len()))?;
    let mut parts = Vec::new();
    let mut last = 0;
    for found in regex.regex.find_iter(string) {
        run.charge(regex.cost.each(string.len() - found.start()))?;
        parts.push(Value::from(&string[last..found.start()]));
        last = found.end();
    }
    parts.push(Value::from(&string[last..]));
    Ok(run.list(parts)?)
}

/// All parts of a string that match a pattern.
fn extract(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let string = text(arguments, 0)?;
    let regex = pattern(arguments, 1, usize::MAX, run)?;
    run.charge((string.len() / 8) as u64 + regex.cost.search(string.len()))?;
    let mut parts = Vec::new();
    for found in regex.regex.find_iter(string) {
        run.charge(regex.cost.each(string.len() - found.start()))?;
        parts.push(Value::from(found.as_str()));
    }
    Ok(run.list(parts)?)
}

fn join(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let list = list(arguments, 0, run)?;
    let delimiter = text_or(arguments, 1, "")?;
    let mut out = text_or(arguments, 2, "")?.into_owned();
    let mut first = true;
    for item in list.iter() {
        let part = match item {
            Value::Null => continue,
            Value::String(part) => part,
            other => return fail(format!("expected strings, found a {}", other.type_name())),
        };
        if !first {
            out.push_str(&delimiter);
        }
        first = false;
        out.push_str(part);
        if out.len() > limits::MAX_STRING_BYTES {
            return Ok(run.stop(LimitError::Size { what: "string", limit: limits::MAX_STRING_BYTES as u64 })?);
        }
    }
    out.push_str(&text_or(arguments, 3, "")?);
    Ok(run.string(out)?)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let mut out = String::new();
    run.charge((text(arguments, 0)?.len() / 8) as u64)?;
    for chunk in text(arguments, 0)?.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | *byte as u32) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * at) & 63) as usize] as char;
            out.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    Ok(run.string(out)?)
}

fn from_base64(arguments: &[Value], run: &mut Run<'_>) -> Result<Value> {
    let text = text(arguments, 0)?.trim_end_matches('=');
    run.charge((text.len() / 8) as u64)?;
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes() {
        let Some(digit) = BASE64.iter().position(|digit| *digit == byte) else {
            return fail("the string is not base64");
        };
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    match String::from_utf8(out) {
        Ok(text) => Ok(run.string(text)?),
        Err(_) => fail("the decoded bytes are no text"),
    }
}
