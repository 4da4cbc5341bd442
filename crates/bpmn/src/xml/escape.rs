//! Character and entity references.

use std::borrow::Cow;

/// Why a text with references cannot be read: byte offset in the text, and what is wrong.
pub(super) type BadReference = (usize, String);

/// The value of an attribute: references resolved, white space normalised (XML 1.0, 3.3.3).
pub(super) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, BadReference> {
    if !raw.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let normalised = raw.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
    resolve(&normalised).map(|text| Cow::Owned(text.into_owned()))
}

/// The characters of a text: references resolved, line ends normalised (XML 1.0, 2.11).
pub(super) fn text(raw: &str) -> Result<Cow<'_, str>, BadReference> {
    if !raw.bytes().any(|byte| matches!(byte, b'&' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let normalised = line_ends(raw);
    resolve(&normalised).map(|text| Cow::Owned(text.into_owned()))
}

/// Line ends of a CDATA section normalised.
pub(super) fn line_ends(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

fn resolve(raw: &str) -> Result<Cow<'_, str>, BadReference> {
    if !raw.contains('&') {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut offset = 0;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let reference = &rest[at + 1..];
        let end = reference
            .bytes()
            .take(64)
            .position(|byte| byte == b';')
            .ok_or_else(|| (offset + at, "`&` starts no reference".to_owned()))?;
        match character(&reference[..end]) {
            Some(character) => out.push(character),
            None => return Err((offset + at, format!("`&{};` is not a known reference", &reference[..end]))),
        }
        rest = &reference[end + 1..];
        offset += at + end + 2;
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

fn character(name: &str) -> Option<char> {
    let code = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let code = match code.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
        None if code.bytes().all(|byte| byte.is_ascii_digit()) => code.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|&character| is_legal(character))
}

/// Characters XML 1.0 allows (production 2).
pub(super) fn is_legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Writes an attribute value for the given quote. Characters XML cannot carry are left out.
pub(crate) fn escape_attribute(value: &str, quote: char) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars().filter(|&character| is_legal(character)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            other => out.push(other),
        }
    }
    out
}

/// Writes a text. Characters XML cannot carry are left out.
pub(crate) fn escape_text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars().filter(|&character| is_legal(character)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out
}
