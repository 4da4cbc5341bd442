//! Reading JSON into values. Invariant: numbers keep 34 digits; depth and size are limited.

use crate::context::Context;
use crate::limits;
use crate::number::Number;
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// Why a text is not JSON that can be a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte where reading stopped.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid JSON at byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for JsonError {}

type Result<T> = std::result::Result<T, JsonError>;

impl Value {
    /// Reads a JSON text; numbers keep 34 digits, of members with the same name the last one counts.
    pub fn from_json(text: &str) -> Result<Value> {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, names: [const { None }; NAMES] };
        let value = reader.value(0)?;
        reader.space();
        if reader.at < reader.bytes.len() {
            return Err(reader.error("nothing more may follow the value"));
        }
        Ok(value)
    }
}

/// Member names that are kept to be shared, because objects of one list have the same.
const NAMES: usize = 64;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    names: [Option<Arc<str>>; NAMES],
}

impl Reader<'_> {
    fn error(&self, message: &str) -> JsonError {
        JsonError { offset: self.at, message: message.to_owned() }
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u16) -> Result<Value> {
        if depth >= limits::MAX_VALUE_DEPTH {
            return Err(self.error(&format!("nested deeper than {}", limits::MAX_VALUE_DEPTH)));
        }
        self.space();
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.error("expected a value")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.at;
        while matches!(self.peek(), b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        let digits = text.trim_start_matches('-').as_bytes();
        let leading_zero = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit();
        let number = Number::parse(text).filter(|_| !leading_zero && digits[0] != b'.');
        number.map(Value::Number).ok_or_else(|| JsonError {
            offset: start,
            message: "not a number, or one beyond 34 digits and the exponent 6144".to_owned(),
        })
    }

    fn array(&mut self, depth: u16) -> Result<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => break,
                _ => return Err(self.error("expected ',' or ']'")),
            }
        }
        self.at += 1;
        Ok(Value::list(items))
    }

    fn object(&mut self, depth: u16) -> Result<Value> {
        self.at += 1;
        let mut context = Context::new();
        self.space();
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(Value::context(context));
        }
        loop {
            self.space();
            if self.peek() != b'"' {
                return Err(self.error("expected a member name in quotes"));
            }
            let name = self.name()?;
            self.space();
            if self.peek() != b':' {
                return Err(self.error("expected ':'"));
            }
            self.at += 1;
            context.insert(name, self.value(depth + 1)?);
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b'}' => break,
                _ => return Err(self.error("expected ',' or '}'")),
            }
        }
        self.at += 1;
        Ok(Value::context(context))
    }

    /// A member name; the same name is the same allocation, mostly.
    fn name(&mut self) -> Result<Arc<str>> {
        let start = self.at + 1;
        let mut end = start;
        while matches!(self.bytes.get(end), Some(byte) if !matches!(byte, b'"' | b'\\' | 0..0x20)) {
            end += 1;
        }
        if self.bytes.get(end) != Some(&b'"') {
            return self.string();
        }
        let text = &self.text[start..end];
        self.at = end + 1;
        let known = &mut self.names[crate::context::name_hash(text) as usize % NAMES];
        match known {
            Some(name) if **name == *text => Ok(Arc::clone(name)),
            _ => Ok(Arc::clone(known.insert(text.into()))),
        }
    }

    fn string(&mut self) -> Result<Arc<str>> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                b'"' => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(text.into());
                }
                b'\\' => break,
                0..0x20 => return Err(self.error("unfinished string or bare control character")),
                _ => self.at += 1,
            }
        }
        let mut out = self.text[start..self.at].to_owned();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Ok(out.into());
                }
                b'\\' => out.push(self.escape()?),
                _ => return Err(self.error("unfinished string or bare control character")),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        self.at += 2;
        Ok(match self.bytes.get(self.at - 1).copied().unwrap_or(0) {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                let code = match high {
                    0xD800..=0xDBFF if self.bytes[self.at..].starts_with(b"\\u") => {
                        self.at += 2;
                        let low = self.hex()?;
                        0x10000 + ((high - 0xD800) << 10) + low.wrapping_sub(0xDC00)
                    }
                    _ => high,
                };
                char::from_u32(code).unwrap_or('\u{FFFD}')
            }
            _ => return Err(self.error("unknown escape in string")),
        })
    }

    fn hex(&mut self) -> Result<u32> {
        let digits =
            self.text.get(self.at..self.at + 4).ok_or_else(|| self.error("expected 4 hexadecimal digits"))?;
        let code =
            u32::from_str_radix(digits, 16).map_err(|_| self.error("expected 4 hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_without_loss() {
        let text =
            r#"{"a":[1,2.50,-3e2,12345678901234567890.123],"b":{"c":null,"d":true},"e":"x\"\\\n\u0001ä😀"}"#;
        let expected =
            r#"{"a":[1,2.5,-300,12345678901234567890.123],"b":{"c":null,"d":true},"e":"x\"\\\n\u0001ä😀"}"#;
        assert_eq!(Value::from_json(text).unwrap().to_json(), expected);
        assert_eq!(Value::from_json(r#""\ud83d\ude00""#).unwrap().as_str(), Some("😀"));
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in
            ["", "{", "[1,]", "01", "1.", ".5", "nul", "\"a", "\"\\x\"", "{a:1}", "1 2", "\"\\ud8", "+1", "-"]
        {
            assert!(Value::from_json(text).is_err(), "{text}");
        }
        assert!(Value::from_json(&"[".repeat(100_000)).unwrap_err().message.contains("deeper"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{},:\"\\\\u0-9a-f.eE+\\- tn😀]{0,40}") {
            if let Ok(value) = Value::from_json(&text) {
                prop_assert_eq!(Value::from_json(&value.to_json()).unwrap(), value);
            }
        }
    }
}
