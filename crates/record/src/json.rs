//! Variable values as compact JSON text, shared and parsed only where an expression needs them.
//!
//! A document that only passes through (created with an instance, handed to a worker) is scanned once, to check
//! it and to split it into variables; its numbers keep every digit.

use crate::Str;
use crate::wire::{Field, Reader, WireError};

/// Nesting of arrays and objects that a value may have.
pub const MAX_DEPTH: usize = 200;

/// One JSON value: valid, without white space outside of strings.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Str);

/// Variables by name, in the order in which they were given.
pub type Variables = Vec<(Str, Json)>;

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at offset {offset}")]
pub struct JsonError {
    /// Bytes before the fault.
    pub offset: usize,
    /// What was expected or found.
    pub message: &'static str,
}

impl Json {
    /// The value `null`.
    pub fn null() -> Self {
        Json(Str::from("null"))
    }

    /// Checks and compacts a JSON text.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let mut scan = Scan::new(text);
        scan.value(0)?;
        scan.end()?;
        Ok(Json(scan.out.into()))
    }

    /// Takes a text that is known to be compact JSON, such as one that our own writer made.
    pub fn trusted(text: impl Into<Str>) -> Self {
        Json(text.into())
    }

    /// The value of a text: quoted and escaped.
    pub fn string(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 2);
        quote(text, &mut out);
        Json(out.into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::value::RawValue::from_string(self.0.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl Field for Json {
    fn absent() -> Self {
        Json::null()
    }
    fn put(&self, tag: u32, out: &mut Vec<u8>) {
        self.0.put(tag, out);
    }
    fn merge(&mut self, wire_type: u8, reader: &mut Reader<'_>) -> Result<(), WireError> {
        self.0.merge(wire_type, reader)
    }
}

/// Splits an object into its members. Of duplicate names the last one counts.
pub fn split(text: &str) -> Result<Variables, JsonError> {
    let mut scan = Scan::new(text);
    scan.space();
    let mut variables: Variables = Vec::new();
    if scan.peek() != Some(b'{') {
        return Err(scan.fault("expected an object of variables"));
    }
    scan.at += 1;
    scan.space();
    if scan.peek() == Some(b'}') {
        scan.at += 1;
        scan.end()?;
        return Ok(variables);
    }
    loop {
        scan.space();
        scan.out.clear();
        scan.string()?;
        let name = unquote(&scan.out);
        scan.colon()?;
        scan.out.clear();
        scan.value(1)?;
        let value = Json(scan.out.as_str().into());
        match variables.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = value,
            None => variables.push((name, value)),
        }
        scan.space();
        match scan.next() {
            Some(b',') => {}
            Some(b'}') => break,
            _ => return Err(scan.fault("expected , or }")),
        }
    }
    scan.end()?;
    Ok(variables)
}

/// Writes variables as one object.
pub fn join<'a>(variables: impl IntoIterator<Item = (&'a str, &'a Json)>) -> String {
    let mut out = String::with_capacity(128);
    out.push('{');
    for (name, value) in variables {
        if out.len() > 1 {
            out.push(',');
        }
        quote(name, &mut out);
        out.push(':');
        out.push_str(value.as_str());
    }
    out.push('}');
    out
}

/// Writes a text as a JSON string.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    if !text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &str = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[clean..at]);
        if escape.is_empty() {
            out.push_str(&format!("\\u{byte:04x}"));
        } else {
            out.push_str(escape);
        }
        clean = at + 1;
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

fn unquote(quoted: &str) -> Str {
    let inner = &quoted[1..quoted.len() - 1];
    if inner.contains('\\') {
        serde_json::from_str::<String>(quoted).map_or_else(|_| Str::from(inner), Str::from)
    } else {
        Str::from(inner)
    }
}

/// Checks JSON and copies it without white space.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Scan { text, at: 0, out: String::with_capacity(text.len().min(4096)) }
    }

    fn fault(&self, message: &'static str) -> JsonError {
        JsonError { offset: self.at, message }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.fault("text after the end of the value")) }
    }

    fn colon(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.next() == Some(b':') { Ok(()) } else { Err(self.fault("expected :")) }
    }

    fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.fault("nested too deeply"));
        }
        self.space();
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.fault("expected a value")),
            None => Err(self.fault("expected a value, found the end")),
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), JsonError> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            self.out.push_str(word);
            Ok(())
        } else {
            Err(self.fault("expected true, false or null"))
        }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.next() {
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.fault("expected a digit")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        self.out.push_str(&self.text[start..self.at]);
        Ok(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.digits();
        if self.at == start { Err(self.fault("expected a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        if self.next() != Some(b'"') {
            return Err(self.fault("expected a string"));
        }
        loop {
            match self.next() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(0..=0x1f) => return Err(self.fault("control character in a string")),
                Some(_) => {}
                None => return Err(self.fault("string without end")),
            }
        }
        self.out.push_str(&self.text[start..self.at]);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => {
                let unit = self.hex4()?;
                match unit {
                    0xDC00..=0xDFFF => Err(self.fault("lone surrogate")),
                    0xD800..=0xDBFF => {
                        let pair = self.next() == Some(b'\\')
                            && self.next() == Some(b'u')
                            && (0xDC00..=0xDFFF).contains(&self.hex4()?);
                        if pair { Ok(()) } else { Err(self.fault("lone surrogate")) }
                    }
                    _ => Ok(()),
                }
            }
            _ => Err(self.fault("unknown escape")),
        }
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or_else(|| self.fault("expected four hexadecimal digits"))?;
        }
        Ok(unit)
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        self.at += 1;
        self.out.push('[');
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.out.push(']');
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.space();
            match self.next() {
                Some(b',') => self.out.push(','),
                Some(b']') => break,
                _ => return Err(self.fault("expected , or ]")),
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        self.at += 1;
        self.out.push('{');
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.out.push('}');
            return Ok(());
        }
        loop {
            self.space();
            self.string()?;
            self.colon()?;
            self.out.push(':');
            self.value(depth + 1)?;
            self.space();
            match self.next() {
                Some(b',') => self.out.push(','),
                Some(b'}') => break,
                _ => return Err(self.fault("expected , or }")),
            }
        }
        self.out.push('}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_object_is_split_and_compacted() {
        let variables =
            split(r#" { "a" : 1.50 , "b\u0041" : { "x" : [ 1 , "two " ] }, "a": 2e400 } "#).unwrap();
        let expected = [("a", "2e400"), ("bA", r#"{"x":[1,"two "]}"#)];
        let found: Vec<_> = variables.iter().map(|(name, value)| (&**name, value.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(join(variables.iter().map(|(n, v)| (&**n, v))), r#"{"a":2e400,"bA":{"x":[1,"two "]}}"#);
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (text, offset) in
            [("", 0), ("{", 1), ("[1,]", 3), ("01", 1), ("\"\\ud800\"", 8), ("nul", 0), ("1 2", 2), ("1.", 2)]
        {
            assert_eq!(Json::parse(text).unwrap_err().offset, offset, "{text}");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
        assert!(split("[1]").is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_serde(text in r#"[\[\]{},:"0-9a-e.\\ntu\- ]{0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(Json::parse(&text).is_ok(), theirs.is_ok(), "{}", text);
        }
    }
}
