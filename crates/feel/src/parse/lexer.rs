//! Characters, words, literals.

use super::{Parsed, Parser};
use crate::number::Number;
use std::borrow::Cow;

pub(super) fn is_name_start(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' | '?' => true,
        _ if c.is_ascii() => false,
        '\u{C0}'..='\u{2FF}' if c != '\u{D7}' && c != '\u{F7}' => true,
        '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}' => !is_space(c),
        _ => false,
    }
}

pub(super) fn is_name_part(c: char) -> bool {
    is_name_start(c)
        || c.is_ascii_digit()
        || matches!(c, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{180E}' | '\u{2000}'..='\u{200B}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{FEFF}')
}

/// Words that end a name of several words.
pub(super) fn is_stop_word(word: &str) -> bool {
    matches!(word, "and" | "or" | "in" | "between" | "instance" | "then" | "else" | "return" | "satisfies")
}

/// Words that start an expression of their own.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "if" | "for" | "some" | "every" | "function")
}

impl<'o> Parser<'o> {
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Skips white space and comments.
    #[inline]
    pub(super) fn space(&mut self) -> Parsed<()> {
        while self.peek() == b' ' {
            self.at += 1;
        }
        match self.peek() {
            b'\t'..=b'\r' | b'/' | 0x80.. => self.space_of_any_kind(),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn space_of_any_kind(&mut self) -> Parsed<()> {
        loop {
            match self.peek() {
                b' ' | b'\t'..=b'\r' => self.at += 1,
                b'/' if self.peek_at(1) == b'/' => {
                    self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |end| self.at + end);
                }
                b'/' if self.peek_at(1) == b'*' => match self.text[self.at + 2..].find("*/") {
                    Some(end) => self.at += end + 4,
                    None => return self.fail(self.at, "feel.syntax", "the comment has no end", None),
                },
                0x80.. => match self.text[self.at..].chars().next() {
                    Some(c) if is_space(c) => self.at += c.len_utf8(),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// Skips the text if it comes next, after white space.
    #[inline]
    pub(super) fn eat(&mut self, text: &str) -> Parsed<bool> {
        self.space()?;
        let hit = self.text.as_bytes()[self.at..].starts_with(text.as_bytes());
        self.at += if hit { text.len() } else { 0 };
        Ok(hit)
    }

    pub(super) fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text)? { Ok(()) } else { self.unexpected(&format!("'{text}'")) }
    }

    /// The end of the word that starts at `from`; `from` when there is none.
    pub(super) fn word_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii_alphabetic()
                || *byte == b'_'
                || *byte == b'?'
                || at > from && byte.is_ascii_digit()
            {
                at += 1;
                continue;
            }
            if byte.is_ascii() {
                break;
            }
            match self.text[at..].chars().next() {
                Some(c) if if at == from { is_name_start(c) } else { is_name_part(c) } => at += c.len_utf8(),
                _ => break,
            }
        }
        at
    }

    /// The word that comes next, after white space, without taking it.
    pub(super) fn peek_word(&mut self) -> Parsed<&'o str> {
        self.space()?;
        Ok(&self.text[self.at..self.word_end(self.at)])
    }

    /// Whether the word comes next, after white space.
    #[inline]
    pub(super) fn at_word(&mut self, word: &str) -> Parsed<bool> {
        self.space()?;
        Ok(self.text.as_bytes()[self.at..].starts_with(word.as_bytes())
            && self.word_end(self.at) == self.at + word.len())
    }

    /// Skips the word if it comes next.
    #[inline]
    pub(super) fn eat_word(&mut self, word: &str) -> Parsed<bool> {
        let hit = self.at_word(word)?;
        self.at += if hit { word.len() } else { 0 };
        Ok(hit)
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word)? { Ok(()) } else { self.unexpected(&format!("'{word}'")) }
    }

    /// The end of the words that follow each other from `from`, without stop words; `from` when there are none.
    pub(super) fn words_end(&self, from: usize) -> usize {
        let mut end = self.word_end(from);
        if end == from {
            return from;
        }
        loop {
            let gap = self.text[end..].find(|c: char| !is_space(c)).map_or(self.text.len(), |gap| end + gap);
            let next = self.word_end(gap);
            if gap == end || next == gap || is_stop_word(&self.text[gap..next]) {
                return end;
            }
            end = next;
        }
    }

    /// Where a candidate name that starts at `from` ends in the source, if it is there and no longer word is.
    pub(super) fn match_name(&self, from: usize, name: &str) -> Option<usize> {
        let text = self.text.as_bytes();
        let mut at = from;
        for byte in name.bytes() {
            if byte == b' ' {
                let start = at;
                while let Some(c) = self.text.get(at..)?.chars().next().filter(|c| is_space(*c)) {
                    at += c.len_utf8();
                }
                if at == start {
                    return None;
                }
            } else if text.get(at) == Some(&byte) {
                at += 1;
            } else {
                return None;
            }
        }
        let last = name.chars().next_back()?;
        let next = self.text.get(at..)?.chars().next();
        let joined = is_name_part(last) && next.is_some_and(is_name_part);
        (!joined).then_some(at)
    }

    /// A number literal; the caller has seen its first character.
    pub(super) fn number(&mut self) -> Parsed<Number> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(start);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-')) as usize;
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        self.at = end;
        match Number::parse(&self.text[start..end]) {
            Some(number) => Ok(number),
            None => self.fail(start, "feel.range", "the number is too large", None),
        }
    }

    /// A string literal; the caller has seen its quote.
    pub(super) fn string(&mut self) -> Parsed<Cow<'o, str>> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut out = String::new();
        let mut clean = start + 1;
        let mut at = clean;
        loop {
            match bytes.get(at) {
                None => return self.fail(start, "feel.syntax", "the string has no closing quote", None),
                Some(b'"') => {
                    self.at = at + 1;
                    if clean == start + 1 {
                        return Ok(Cow::Borrowed(&self.text[clean..at]));
                    }
                    out.push_str(&self.text[clean..at]);
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    out.push_str(&self.text[clean..at]);
                    let (text, next) = self.escape(at);
                    out.push_str(&text);
                    at = next;
                    clean = at;
                }
                Some(_) => at += 1,
            }
        }
    }

    /// The text of an escape sequence, and where it ends; one that FEEL does not know stands for itself.
    fn escape(&self, at: usize) -> (String, usize) {
        let hex = |at: usize, count: usize| {
            let digits = self.text.get(at..at + count)?;
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            u32::from_str_radix(digits, 16).ok()
        };
        let simple = |c: char| (c.to_string(), at + 2);
        match self.text.as_bytes().get(at + 1) {
            Some(b'n') => simple('\n'),
            Some(b't') => simple('\t'),
            Some(b'r') => simple('\r'),
            Some(b'"') => simple('"'),
            Some(b'\'') => simple('\''),
            Some(b'\\') => simple('\\'),
            Some(b'u') => match hex(at + 2, 4) {
                Some(high @ 0xD800..=0xDBFF) if self.text[at + 6..].starts_with("\\u") => {
                    match hex(at + 8, 4) {
                        Some(low @ 0xDC00..=0xDFFF) => {
                            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                            (char::from_u32(code).unwrap_or('\u{FFFD}').to_string(), at + 12)
                        }
                        _ => ('\u{FFFD}'.to_string(), at + 6),
                    }
                }
                Some(code) => (char::from_u32(code).unwrap_or('\u{FFFD}').to_string(), at + 6),
                None => ("\\u".to_owned(), at + 2),
            },
            Some(b'U') => match hex(at + 2, 6) {
                Some(code) => (char::from_u32(code).unwrap_or('\u{FFFD}').to_string(), at + 8),
                None => ("\\U".to_owned(), at + 2),
            },
            _ => ("\\".to_owned(), at + 1),
        }
    }
}

/// A name with its runs of white space made single spaces.
pub(super) fn normalized(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split(is_space).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}
