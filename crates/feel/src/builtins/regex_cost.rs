//! What building a regular expression and matching with it can cost, told from its text before anything is built.
//! Invariant: one step of fuel stands for at most about 50 ns on a common machine, also in an unoptimised build, so
//! that an evaluation ends soon whatever its patterns are; `examples/bombs.rs` measures that.

use std::iter::Peekable;
use std::str::Chars;

/// Every regular expression.
const BASE: u64 = 1_000;
const LITERAL: u64 = 10;
const GROUP: u64 = 25;
/// Loops and options: building takes more than linear time in their number.
const QUANTIFIER: u64 = 160;
/// Digits, and classes that are written out or negated.
const CLASS: u64 = 100;
const DIGITS: u64 = 2_000;
/// A category or script of Unicode, and words.
const UNICODE: u64 = 7_000;
/// Code points of a range for one step, where case does not matter and every one is looked at.
const FOLDED_POINTS: u64 = 14;

/// The cost of a regular expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Steps to build it.
    pub build: u64,
    /// Places in the pattern at which a match can be at once.
    pub width: u64,
    /// Whether the search for one match may look at all of the text, though the match is short.
    pub far: bool,
}

struct Scanner<'p> {
    chars: Peekable<Chars<'p>>,
    folded: bool,
    /// Whether the last thing was a loop without end, and whether anything came after one.
    after_loop: bool,
    inside_loop: bool,
    optional: bool,
}

/// The cost of a pattern of the crate `regex`, where `folded` says that case does not matter.
pub(super) fn cost(pattern: &str, folded: bool) -> Cost {
    let chars = pattern.chars().peekable();
    let mut scanner = Scanner { chars, folded, after_loop: false, inside_loop: false, optional: false };
    let (build, width) = scanner.sequence();
    Cost { build: build.saturating_add(BASE), width, far: scanner.inside_loop && scanner.optional }
}

impl Scanner<'_> {
    /// Build and width of the whole pattern. Groups are on a stack of their own, so nesting costs no call.
    fn sequence(&mut self) -> (u64, u64) {
        let mut open: Vec<(u64, u64)> = Vec::new();
        let (mut build, mut width) = (0u64, 0u64);
        // The last atom is apart until it is clear that nothing repeats it.
        let mut last = (0u64, 0u64);
        while let Some(c) = self.chars.next() {
            match c {
                '*' | '+' => {
                    self.optional |= c == '*';
                    self.after_loop = true;
                    last.0 = last.0.saturating_add(QUANTIFIER);
                    continue;
                }
                '?' => {
                    self.optional = true;
                    last.0 = last.0.saturating_add(QUANTIFIER);
                    continue;
                }
                '{' => {
                    let times = self.times();
                    last = (last.0.saturating_mul(times), last.1.saturating_mul(times));
                    continue;
                }
                _ => {}
            }
            build = build.saturating_add(last.0);
            width = width.saturating_add(last.1);
            last = (0, 0);
            match c {
                '(' => {
                    open.push((build, width));
                    (build, width) = (0, 0);
                    if self.chars.next_if_eq(&'?').is_some() {
                        self.chars.next_if_eq(&':');
                    }
                }
                ')' => {
                    let outer = open.pop().unwrap_or_default();
                    last = (build.saturating_add(GROUP), width);
                    (build, width) = outer;
                }
                '|' => {
                    self.optional = true;
                    build = build.saturating_add(GROUP);
                }
                '^' | '$' => last = (LITERAL, 0),
                _ => {
                    self.inside_loop |= self.after_loop;
                    last = match c {
                        '[' => (self.class(), 1),
                        '\\' => self.escape(),
                        '.' => (CLASS, 2),
                        _ => (self.literal(c), 1),
                    };
                }
            }
        }
        build = build.saturating_add(last.0);
        width = width.saturating_add(last.1);
        for (outer_build, outer_width) in open {
            build = build.saturating_add(outer_build);
            width = width.saturating_add(outer_width);
        }
        (build, width)
    }

    fn literal(&self, c: char) -> u64 {
        if self.folded || !c.is_ascii() { 3 * LITERAL } else { LITERAL }
    }

    /// How often a counted repetition repeats, after its `{`.
    fn times(&mut self) -> u64 {
        let (mut number, mut most, mut open_end) = (0u64, 0u64, false);
        while let Some(c) = self.chars.next_if(|c| *c != '}') {
            match c.to_digit(10) {
                Some(digit) => {
                    number = number.saturating_mul(10).saturating_add(digit as u64);
                    open_end = false;
                }
                None => {
                    self.optional = true;
                    (most, number, open_end) = (number, 0, c == ',');
                }
            }
        }
        self.chars.next();
        self.after_loop |= open_end;
        most.max(number).saturating_add(open_end as u64).max(1)
    }

    /// An escape after its backslash.
    fn escape(&mut self) -> (u64, u64) {
        match self.chars.next() {
            Some('p' | 'P') => {
                if self.chars.next_if_eq(&'{').is_some() {
                    while self.chars.next().is_some_and(|c| c != '}') {}
                }
                (UNICODE, 3)
            }
            Some('w' | 'W' | 'b' | 'B') => (UNICODE, 3),
            Some('d' | 'D') => (DIGITS, 2),
            Some('s' | 'S') => (CLASS * 5, 2),
            _ => (LITERAL, 1),
        }
    }

    /// A class after its `[`.
    fn class(&mut self) -> u64 {
        let (mut build, mut depth) = (CLASS, 1);
        let mut before = None;
        while let Some(c) = self.chars.next() {
            let here = match c {
                '[' => {
                    depth += 1;
                    build = build.saturating_add(CLASS);
                    None
                }
                ']' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    None
                }
                '\\' => {
                    let escaped = self.chars.peek().copied();
                    build = build.saturating_add(self.escape().0);
                    escaped.filter(|c| !c.is_alphanumeric())
                }
                '-' => {
                    let to = self.chars.peek().copied();
                    if let (true, Some(from), Some(to)) = (self.folded, before, to) {
                        let points = (to as u64).saturating_sub(from as u64);
                        build = build.saturating_add(points / FOLDED_POINTS);
                    }
                    None
                }
                _ => {
                    build = build.saturating_add(self.literal(c));
                    Some(c)
                }
            };
            before = here;
        }
        build
    }
}

impl Cost {
    /// The steps of one search through so many bytes. Up to a certain width a search is a walk over a table that is
    /// made on the way; wider ones may need a new entry, or a look at each place, for every byte.
    pub(super) fn search(&self, bytes: usize) -> u64 {
        let sixteenths = match self.width {
            0..=8 => 1,
            9..=13 => 16,
            width => (128u64).saturating_add(width.saturating_mul(2)),
        };
        (bytes as u64).saturating_mul(sixteenths) / 16
    }

    /// The steps of finding the next match, apart from the search through what was not looked at yet.
    pub(super) fn each(&self, rest: usize) -> u64 {
        6 + if self.far { self.search(rest) } else { 0 }
    }

    /// The steps of finding the groups of a match of so many bytes.
    pub(super) fn groups(&self, bytes: usize) -> u64 {
        (bytes as u64).saturating_mul(4 + self.width) / 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_multiply_and_groups_add() {
        assert_eq!(cost("abc", false), Cost { build: BASE + 3 * LITERAL, width: 3, far: false });
        assert_eq!(cost("(?:ab){10}", false).width, 20);
        assert_eq!(cost("((a{1000}){1000}){10}", false).width, 10_000_000);
        assert_eq!(cost("a{2,}", false).width, 3);
        assert_eq!(cost("[a-z]{3,5}x", false).width, 6);
        assert!(cost("\\p{L}{10}", false).build > 10 * UNICODE);
        assert!(cost("[\u{1}-\u{10FFFF}]", true).build > 79_000);
        assert!(cost("[\u{1}-\u{10FFFF}]", false).build < 2_000);
        assert!(cost("[a[b-c]--[d]]e", false).width == 2);
        for broken in ["(", ")", "[", "a{", "a{1", "\\", "\\p{", "(?", "[\\", "{", "*"] {
            assert!(cost(broken, true).build < 20_000, "{broken}");
        }
        assert!(cost(&"(a{999999999999}){999999999999}".repeat(9), false).width == u64::MAX);
    }

    #[test]
    fn what_may_look_far_is_known() {
        for far in ["a.*z|a", "(a+b)?", "\\s*,\\s*", "a*?b", "a{2,}b?"] {
            assert!(cost(far, false).far, "{far}");
        }
        for near in [",", "\\s+", "[a-z]+@[a-z]+", "a|b", "a{2,5}b", "x?y"] {
            assert!(!cost(near, false).far, "{near}");
        }
    }
}
