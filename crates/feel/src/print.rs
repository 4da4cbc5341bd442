//! FEEL's `string()` and the JSON form of values.

use crate::range::{Range, RangeForm};
use crate::temporal::{Zone, ZoneKind};
use crate::value::Value;
use std::fmt::{self, Write};

/// Nanoseconds of a minute.
const MINUTE: u64 = 60_000_000_000;

impl Value {
    /// The value as FEEL's `string()` gives it; a string stands for itself.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_text(&mut out, false);
        out
    }

    fn write_text(&self, out: &mut String, quoted: bool) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => number.write_to(out),
            Value::String(text) if quoted => write_quoted(text, out),
            Value::String(text) => out.push_str(text),
            Value::List(list) => {
                out.push('[');
                for (at, item) in list.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    item.write_text(out, true);
                }
                out.push(']');
            }
            Value::Context(context) => {
                out.push('{');
                for (at, (name, value)) in context.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    write_key(name, out);
                    out.push_str(": ");
                    value.write_text(out, true);
                }
                out.push('}');
            }
            Value::Range(range) => write_range(range, out),
            Value::Function(function) => {
                let _ = write!(out, "{function}");
            }
            _ => self.write_temporal(out),
        }
    }

    fn write_temporal(&self, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self {
            Value::Date(value) => write!(out, "{value}"),
            Value::Time(value) => write!(out, "{value}"),
            Value::DateTime(value) => write!(out, "{value}"),
            Value::YearMonthDuration(value) => write!(out, "{value}"),
            Value::DayTimeDuration(value) => write!(out, "{value}"),
            _ => Ok(()),
        };
    }

    /// Appends the value as JSON: temporal values and ranges as strings, numbers without loss, functions as `null`.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Value::Null | Value::Function(_) => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => number.write_to(out),
            Value::String(text) => write_quoted(text, out),
            Value::List(list) => {
                out.push('[');
                for (at, item) in list.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write_json(out);
                }
                out.push(']');
            }
            Value::Context(context) => {
                out.push('{');
                for (at, (name, value)) in context.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    write_quoted(name, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
            Value::Range(range) => {
                let mut text = String::new();
                write_range(range, &mut text);
                write_quoted(&text, out);
            }
            _ => {
                out.push('"');
                self.write_temporal_json(out);
                out.push('"');
            }
        }
    }

    /// As the values of variables are known from Camunda 8, where that is not what `string()` gives.
    fn write_temporal_json(&self, out: &mut String) {
        let _ = match self {
            Value::Time(time) if time.nanos_of_day() % MINUTE == 0 && time.zone().is_local() => {
                write!(out, "{:02}:{:02}", time.hour(), time.minute())
            }
            Value::DateTime(value) => match (value.zone().kind(), value.offset_seconds()) {
                (ZoneKind::Named(name), Some(offset)) => {
                    let zone = Zone::offset(offset).unwrap_or(Zone::UTC);
                    write!(out, "{}[{name}]", value.with_zone(zone))
                }
                _ => write!(out, "{value}"),
            },
            Value::DayTimeDuration(value) if value.total_nanos() == 0 => write!(out, "P0D"),
            Value::YearMonthDuration(value) if value.total_months() == 0 => write!(out, "P0Y"),
            _ => return self.write_temporal(out),
        };
    }

    /// The value as JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}

fn write_range(range: &Range, out: &mut String) {
    let end = |value: &Option<Value>, out: &mut String| match value {
        Some(value) => write_endpoint(value, out),
        None => out.push_str("null"),
    };
    match range.form {
        RangeForm::Equal | RangeForm::NotEqual => {
            out.push_str(if range.form == RangeForm::Equal { "=" } else { "!=" });
            end(&range.start, out);
        }
        RangeForm::Comparison => {
            let (sign, included, value) = match &range.start {
                Some(_) => ('>', range.start_included, &range.start),
                None => ('<', range.end_included, &range.end),
            };
            out.push(sign);
            out.push_str(if included { "= " } else { " " });
            end(value, out);
        }
        RangeForm::Interval => {
            out.push(if range.start_included { '[' } else { '(' });
            end(&range.start, out);
            out.push_str("..");
            end(&range.end, out);
            out.push(if range.end_included { ']' } else { ')' });
        }
    }
}

fn write_endpoint(value: &Value, out: &mut String) {
    match value {
        Value::Number(_) | Value::String(_) => value.write_text(out, true),
        _ => {
            out.push_str("@\"");
            value.write_text(out, false);
            out.push('"');
        }
    }
}

fn write_key(name: &str, out: &mut String) {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with(|c: char| c.is_numeric() || c == ' ')
    {
        out.push_str(name);
    } else {
        write_quoted(name, out);
    }
}

/// Appends a JSON string, which is a FEEL string too.
pub(crate) fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[clean..at]);
        clean = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

impl fmt::Display for Value {
    /// As an expression that gives the value: strings are quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write_text(&mut out, true);
        f.write_str(&out)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
