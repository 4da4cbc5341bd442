//! Secrets: resolved where the model names them in the inputs of a connector, redacted from everything that comes out.
//!
//! `{{secrets.NAME}}` must exist; bare `secrets.NAME` in a text is replaced when a secret of that name exists. The same
//! text in data is text (unlike Camunda, which resolves it everywhere): whoever fills a variable names no secret.
//!
//! **Invariant:** what [`Resolved::redact`] returned contains no secret that was resolved for the job, plain or in
//! the encodings a request carries it in (percent in any part, Base64 as a whole, JSON).

use std::collections::BTreeMap;
use std::sync::Arc;

use record::secret::{PREFIX, SecretPlace, name_length};
use serde_json::Value;

use crate::connector::{Failure, FailureClass};
use crate::limits;

/// Where secrets come from.
#[derive(Clone, Default)]
pub struct SecretStore {
    values: Arc<BTreeMap<String, String>>,
    environment: bool,
}

impl std::fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretStore({} values, environment: {})", self.values.len(), self.environment)
    }
}

impl SecretStore {
    /// The variables `DIRIGENT_SECRET_<NAME>` of the process environment.
    pub fn from_environment() -> Self {
        Self { values: Arc::default(), environment: true }
    }

    /// Lines of `NAME=value`; empty lines and lines that start with `#` do not count. Values are taken as they are.
    ///
    /// # Errors
    /// The number of the first line that is none of these.
    pub fn from_lines(text: &str) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            if !line.contains('=') || !is_name(name.trim()) {
                return Err(format!("line {}: write NAME=value", index + 1));
            }
            values.insert(name.trim().to_owned(), value.to_owned());
        }
        Ok(Self { values: Arc::new(values), environment: false })
    }

    /// Adds the process environment to what is given; what is given counts first.
    #[must_use]
    pub fn with_environment(mut self) -> Self {
        self.environment = true;
        self
    }

    fn get(&self, name: &str) -> Option<String> {
        let given = self.values.get(name).cloned();
        let from_environment =
            || self.environment.then(|| std::env::var(format!("DIRIGENT_SECRET_{name}")).ok()).flatten();
        given.or_else(from_environment)
    }
}

/// The secrets of one job: those found in its inputs.
#[derive(Default)]
pub(crate) struct Resolved {
    values: Vec<String>,
}

impl Resolved {
    /// The values.
    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }

    /// Replaces the references at these places of a value.
    pub(crate) fn resolve(
        &mut self,
        store: &SecretStore,
        value: &mut Value,
        places: &[SecretPlace],
    ) -> Result<(), Failure> {
        let mut offsets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for place in places {
            offsets.entry(&place.path).or_default().push(place.offset as usize);
        }
        for (path, offsets) in offsets {
            if let Some(Value::String(text)) = value.pointer_mut(path) {
                *text = self.resolve_text(store, text, &offsets)?;
            }
        }
        Ok(())
    }

    fn resolve_text(
        &mut self,
        store: &SecretStore,
        text: &str,
        offsets: &[usize],
    ) -> Result<String, Failure> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        // Values are never scanned again, so a secret cannot name another one.
        while let Some(at) = rest.find(PREFIX) {
            let named = offsets.contains(&(text.len() - rest.len() + at));
            let (before, after) = (&rest[..at], &rest[at + PREFIX.len()..]);
            let name = &after[..name_length(after)];
            let closed = after[name.len()..].trim_start().strip_prefix("}}");
            match before.trim_end().strip_suffix("{{").zip(closed) {
                Some((before, after)) if named && !name.is_empty() => {
                    out.push_str(before);
                    let value = store.get(name).ok_or_else(|| missing(name))?;
                    out.push_str(&value);
                    self.remember(value);
                    rest = after;
                }
                _ => {
                    out.push_str(before);
                    let inside_word =
                        before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || "_.-/".contains(c));
                    let bare = named && !inside_word && !name.is_empty();
                    match bare.then(|| store.get(name)).flatten() {
                        Some(value) => {
                            out.push_str(&value);
                            self.remember(value);
                        }
                        None => out.push_str(&rest[at..at + PREFIX.len() + name.len()]),
                    }
                    rest = &after[name.len()..];
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn remember(&mut self, value: String) {
        if !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    /// Adds a text that carries a secret in a form made from it, such as an `Authorization` header.
    pub(crate) fn also(&mut self, derived: String) {
        if !self.values.is_empty() && !derived.is_empty() {
            self.remember(derived);
        }
    }

    /// Replaces every secret in a text by `***`.
    pub(crate) fn redact(&self, text: &str) -> String {
        // Longest first, so that no part of a longer one is left over.
        let mut forms: Vec<String> = Vec::new();
        for value in self.values.iter().filter(|value| value.chars().count() >= limits::MIN_REDACTED_CHARS) {
            forms.push(value.clone());
            forms.push(base64(value.as_bytes()));
        }
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.iter().fold(text.to_owned(), |text, secret| replace(&text, secret.as_bytes()))
    }

    /// Replaces every secret in the texts and names of a value.
    pub(crate) fn redact_value(&self, value: &mut Value) {
        if self.values.is_empty() {
            return;
        }
        match value {
            Value::String(text) => *text = self.redact(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item)),
            Value::Object(members) => {
                let old = std::mem::take(members);
                for (name, mut member) in old {
                    self.redact_value(&mut member);
                    members.insert(self.redact(&name), member);
                }
            }
            // A secret that is a number comes back as one.
            Value::Number(number) => {
                let text = number.to_string();
                if self.values.contains(&text) && text.chars().count() >= limits::MIN_REDACTED_CHARS {
                    *value = Value::String("***".to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Replaces what reads as the secret, each character plain, percent-encoded or escaped as in JSON.
fn replace(text: &str, secret: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match matched(&bytes[at..], secret) {
            Some(length) => {
                out.extend_from_slice(b"***");
                at += length;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    // Matches start and end between characters, since the secret does.
    String::from_utf8(out).unwrap_or_else(|_| "***".to_owned())
}

/// Length of the secret at the start of a text.
fn matched(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &byte in secret {
        let hex = |from: usize, digits: usize| {
            let digits = std::str::from_utf8(text.get(from..from + digits)?).ok()?;
            u8::from_str_radix(digits, 16).ok()
        };
        at += match text.get(at)? {
            found if *found == byte && (byte != b'\\' || text.get(at + 1) != Some(&b'\\')) => 1,
            b'+' if byte == b' ' => 1,
            b'%' if hex(at + 1, 2) == Some(byte) => 3,
            b'\\' if text.get(at + 1) == Some(&byte) => 2,
            b'\\' if text.get(at + 1..at + 4) == Some(b"u00") && hex(at + 4, 2) == Some(byte) => 6,
            _ => return None,
        };
    }
    Some(at)
}

fn missing(name: &str) -> Failure {
    let message = format!(
        "the secret `{name}` is not defined; set DIRIGENT_SECRET_{name} for the server, or add a line {name}=... to its file of secrets"
    );
    Failure::new(FailureClass::InvalidInput, message)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name_length(name) == name.len()
}

/// Percent-encodes all but unreserved characters.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let index = (group >> (18 - 6 * position) & 63) as usize;
            out.push(if position > chunk.len() { '=' } else { char::from(ALPHABET[index]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn store() -> SecretStore {
        SecretStore::from_lines("# comment\n\nTOKEN=t0p s3cret\nNAME_2=second=value\nteam/key=slashed\n")
            .expect("lines")
    }

    fn resolve(text: &str) -> Result<String, String> {
        let all: Vec<usize> = text.match_indices(PREFIX).map(|(at, _)| at).collect();
        Resolved::default().resolve_text(&store(), text, &all).map_err(|failure| failure.message)
    }

    #[test]
    fn references_are_replaced() {
        assert_eq!(resolve("Bearer {{secrets.TOKEN}}"), Ok("Bearer t0p s3cret".to_owned()));
        assert_eq!(resolve("{{ secrets.TOKEN }}{{secrets.NAME_2}}"), Ok("t0p s3cretsecond=value".to_owned()));
        assert_eq!(resolve("secrets.TOKEN, secrets.team/key."), Ok("t0p s3cret, slashed.".to_owned()));
        assert_eq!(
            resolve("no secrets.here or mysecrets.TOKEN"),
            Ok("no secrets.here or mysecrets.TOKEN".to_owned())
        );
        assert_eq!(resolve("{{secrets.}} {{secrets.TOKEN"), Ok("{{secrets.}} {{t0p s3cret".to_owned()));
        assert!(resolve("{{secrets.NOPE}}").is_err_and(|message| message.contains("DIRIGENT_SECRET_NOPE")));
    }

    #[test]
    fn only_the_references_at_the_places_count() {
        let mut input = json!({"a": "{{secrets.TOKEN}} {{secrets.TOKEN}}", "b": ["secrets.TOKEN"], "c": 1});
        let places = [("/a", 20), ("/b/1", 0), ("/c", 0), ("/d", 0), ("/a", 3), ("/a", 99)];
        let places = places.map(|(path, offset)| SecretPlace { path: path.into(), offset });
        Resolved::default().resolve(&store(), &mut input, &places).expect("resolves");
        assert_eq!(input, json!({"a": "{{secrets.TOKEN}} t0p s3cret", "b": ["secrets.TOKEN"], "c": 1}));
    }

    #[test]
    fn every_form_is_redacted() {
        let mut resolved = Resolved::default();
        let mut input = json!({"a": ["{{secrets.TOKEN}}"], "b": "secrets.NAME_2"});
        let places = [("/a/0", 2), ("/b", 0)];
        let places = places.map(|(path, offset)| SecretPlace { path: path.into(), offset });
        resolved.resolve(&store(), &mut input, &places).expect("resolves");
        assert_eq!(input, json!({"a": ["t0p s3cret"], "b": "second=value"}));
        let mut output = json!({
            "plain": "x t0p s3cret y", "t0p s3cret": 1, "url": "?q=t0p%20s3cret&r=second%3Dvalue", "form": "t0p+s3cret",
            "mixed": "t%30p%20s3cret", "escaped": "t0p\\u0020s3cret",
            "base64": base64(b"t0p s3cret"), "kept": "other"
        });
        resolved.redact_value(&mut output);
        let text = output.to_string();
        assert!(
            !text.contains("s3cret") && !text.contains("second") && !text.contains("dDBwIHMzY3JldA"),
            "{text}"
        );
        assert_eq!(output["kept"], "other");
    }

    #[test]
    fn wrong_lines_are_refused() {
        assert_eq!(SecretStore::from_lines("A=1\nnonsense").unwrap_err(), "line 2: write NAME=value");
        assert!(SecretStore::from_lines("a b=1").is_err());
        assert_eq!(format!("{:?}", store()), "SecretStore(3 values, environment: false)");
    }

    #[test]
    fn base64_of_the_standard() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        cases.iter().for_each(|(text, expected)| assert_eq!(base64(text.as_bytes()), *expected));
    }
}
