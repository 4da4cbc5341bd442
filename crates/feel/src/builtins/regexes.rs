//! Regular expressions of XPath on the linear-time crate `regex`.
//! Invariant: matching never backtracks; what needs that (most back-references) is refused.

use super::arguments::{Result, fail};
use super::regex_cost::{Cost, cost};
use crate::limits;
use crate::run::{LimitError, Run};
use regex::{Captures, Regex, RegexBuilder};
use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

/// A regular expression, built.
pub(crate) struct Pattern {
    pub(super) regex: Regex,
    pub(super) cost: Cost,
}

pub(super) type Compiled = Arc<Pattern>;

/// How many compiled expressions one run keeps.
const KEPT: usize = 8;

/// The compiled form of a pattern; the run keeps the last few.
pub(crate) fn compile(pattern: &str, flags: &str, run: &mut Run<'_>) -> Result<Compiled> {
    let extra = run.extra();
    if let Some(regex) = extra.prepared.take() {
        return Ok(regex);
    }
    if let Some((_, _, regex)) = extra.regexes.iter().find(|(p, f, _)| **p == *pattern && **f == *flags) {
        return Ok(Arc::clone(regex));
    }
    if pattern.len() > limits::MAX_PATTERN_BYTES {
        let limit = limits::MAX_PATTERN_BYTES as u64;
        return Ok(run.stop(LimitError::Size { what: "regular expression", limit })?);
    }
    run.charge(pattern.len() as u64)?;
    if let Some(flag) = flags.chars().find(|flag| !"smixq".contains(*flag)) {
        return fail(format!("'{flag}' is no flag of a regular expression"));
    }
    let translated = if flags.contains('q') {
        regex::escape(pattern)
    } else {
        translate(pattern, flags.contains('x'), flags.contains('s'))?
    };
    let cost = cost(&translated, flags.contains('i'));
    if cost.build > limits::MAX_REGEX_STEPS {
        return Ok(run.stop(LimitError::Regex { limit: limits::MAX_REGEX_STEPS })?);
    }
    run.charge(cost.build)?;
    let built = RegexBuilder::new(&translated)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(limits::MAX_REGEX_BYTES)
        .dfa_size_limit(limits::MAX_REGEX_BYTES)
        .nest_limit(100)
        .build();
    match built {
        Ok(regex) => {
            let regex = Arc::new(Pattern { regex, cost });
            let kept = &mut run.extra().regexes;
            if kept.len() == KEPT {
                kept.remove(0);
            }
            kept.push((pattern.into(), flags.into(), Arc::clone(&regex)));
            Ok(regex)
        }
        Err(regex::Error::CompiledTooBig(limit)) => {
            Ok(run.stop(LimitError::Size { what: "regular expression", limit: limit as u64 })?)
        }
        Err(_) => fail(format!("'{pattern}' is not a regular expression")),
    }
}

/// Rewrites XPath's syntax into the crate's.
struct Translator<'a> {
    chars: Peekable<Chars<'a>>,
    out: String,
    /// Where the groups that are open start in `out`, and the literal texts of the closed ones.
    open: Vec<(usize, usize)>,
    groups: Vec<Option<String>>,
    dot_all: bool,
}

impl Translator<'_> {
    fn translate(mut self) -> Result<String> {
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '.' if !self.dot_all => self.out.push_str("[^\\n\\r]"),
                '(' => {
                    self.out.push('(');
                    if self.chars.peek() == Some(&'?') {
                        self.chars.next();
                        if self.chars.next() != Some(':') {
                            return fail("only (?: may follow an opening parenthesis");
                        }
                        self.out.push_str("?:");
                        self.open.push((self.out.len(), usize::MAX));
                    } else {
                        self.groups.push(None);
                        self.open.push((self.out.len(), self.groups.len() - 1));
                    }
                }
                ')' => {
                    if let Some((start, group)) = self.open.pop()
                        && let Some(text) = self.groups.get_mut(group)
                    {
                        *text = Some(self.out[start..].to_owned());
                    }
                    self.out.push(')');
                }
                // The crate gives these a meaning that XPath does not.
                '&' | '~' | '#' | '-' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                _ => self.out.push(c),
            }
        }
        Ok(self.out)
    }

    fn escape(&mut self, in_class: bool) -> Result<()> {
        let Some(c) = self.chars.next() else {
            return fail("a regular expression must not end with '\\'");
        };
        match c {
            'i' if in_class => self.out.push_str("\\p{L}_:"),
            'c' if in_class => self.out.push_str("\\p{L}\\p{Nd}\\-._:"),
            'i' => self.out.push_str("[\\p{L}_:]"),
            'I' => self.out.push_str("[^\\p{L}_:]"),
            'c' => self.out.push_str("[\\p{L}\\p{Nd}\\-._:]"),
            'C' => self.out.push_str("[^\\p{L}\\p{Nd}\\-._:]"),
            'p' | 'P' => self.property(c)?,
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't' => {
                self.out.push('\\');
                self.out.push(c);
            }
            '1'..='9' if !in_class => self.back_reference(c)?,
            _ if c.is_alphanumeric() => {
                return fail(format!("'\\{c}' has no meaning in a regular expression"));
            }
            _ => {
                self.out.push('\\');
                self.out.push(c);
            }
        }
        Ok(())
    }

    /// A back-reference to a group that has only one text is that text; any other needs backtracking.
    fn back_reference(&mut self, digit: char) -> Result<()> {
        let number = digit as usize - '0' as usize;
        let literal = match self.groups.get(number - 1) {
            Some(Some(text)) => text.clone(),
            _ => return fail(format!("'\\{number}' refers to no group that is complete")),
        };
        if !literal.chars().all(|c| c.is_alphanumeric() || c == ' ') {
            return fail(format!(
                "the back-reference '\\{number}' needs backtracking, which is not supported"
            ));
        }
        self.out.push_str("(?:");
        self.out.push_str(&literal);
        self.out.push(')');
        Ok(())
    }

    fn property(&mut self, letter: char) -> Result<()> {
        let mut name = String::new();
        if self.chars.next() != Some('{') {
            return fail("'{' must follow '\\p'");
        }
        loop {
            match self.chars.next() {
                Some('}') => break,
                Some(c) if c.is_alphanumeric() || c == '-' => name.push(c),
                _ => return fail("'\\p{' must be closed and hold a name"),
            }
        }
        let negated = if letter == 'P' { "^" } else { "" };
        let block = match name.as_str() {
            "IsBasicLatin" => "\\x{0}-\\x{7F}",
            "IsLatin-1Supplement" => "\\x{80}-\\x{FF}",
            "IsLatinExtended-A" => "\\x{100}-\\x{17F}",
            "IsLatinExtended-B" => "\\x{180}-\\x{24F}",
            "IsGreek" | "IsGreekandCoptic" => "\\x{370}-\\x{3FF}",
            "IsCyrillic" => "\\x{400}-\\x{4FF}",
            "IsHebrew" => "\\x{590}-\\x{5FF}",
            "IsArabic" => "\\x{600}-\\x{6FF}",
            "IsHiragana" => "\\x{3040}-\\x{309F}",
            "IsKatakana" => "\\x{30A0}-\\x{30FF}",
            "IsCJKUnifiedIdeographs" => "\\x{4E00}-\\x{9FFF}",
            _ => {
                self.out.push_str(&format!("\\{letter}{{{name}}}"));
                return Ok(());
            }
        };
        self.out.push_str(&format!("[{negated}{block}]"));
        Ok(())
    }

    /// A character class after its `[`, with XPath's subtraction `[a-z-[aeiou]]`.
    fn class(&mut self) -> Result<()> {
        self.out.push('[');
        if self.chars.peek() == Some(&'^') {
            self.chars.next();
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(c) = self.chars.next() else {
                return fail("a character class has no ']'");
            };
            match c {
                ']' if !first => {
                    self.out.push(']');
                    return Ok(());
                }
                '\\' => self.escape(true)?,
                '[' => return fail("'[' must be escaped in a character class"),
                '-' if self.chars.peek() == Some(&'[') => {
                    self.chars.next();
                    self.out.push_str("--");
                    self.class()?;
                }
                '&' | '~' | ']' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                _ => self.out.push(c),
            }
            first = false;
        }
    }
}

/// The crate's pattern for one of XPath.
fn translate(pattern: &str, extended: bool, dot_all: bool) -> Result<String> {
    let pattern = if extended { without_space(pattern) } else { pattern.to_owned() };
    let chars = pattern.chars().peekable();
    Translator { chars, out: String::new(), open: Vec::new(), groups: Vec::new(), dot_all }.translate()
}

/// The flag `x`: white space means nothing, but in a character class.
fn without_space(pattern: &str) -> String {
    let (mut depth, mut escaped, mut out) = (0i32, false, String::new());
    for c in pattern.chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\r') && depth == 0 {
            continue;
        }
        if !escaped {
            depth += (c == '[') as i32 - (c == ']') as i32;
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// A part of a replacement.
pub(super) enum Part {
    Text(String),
    Group(usize),
}

/// The parts of a replacement: `$1` is a group, `\$` and `\\` are a dollar sign and a backslash.
pub(super) fn replacement(text: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\\' | '$')) => literal.extend(chars.next()),
            ('\\', _) => return fail("in a replacement '\\' must precede '\\' or '$'"),
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                let mut group = 0usize;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)).filter(|_| group < 100) {
                    group = group * 10 + digit as usize;
                    chars.next();
                }
                parts.push(Part::Text(std::mem::take(&mut literal)));
                parts.push(Part::Group(group));
            }
            ('$', _) => return fail("in a replacement a digit must follow '$'"),
            _ => literal.push(c),
        }
    }
    parts.push(Part::Text(literal));
    Ok(parts)
}

/// The text of a group; empty when it took no part.
pub(super) fn group<'t>(found: &Captures<'t>, group: usize) -> &'t str {
    found.get(group).map_or("", |found| found.as_str())
}
