//! Sums what test runners print. Understood are libtest's summary, vitest's, and the line that every other runner of
//! this repository prints: `3 passed, 0 failed, 1 skipped`. A test that prints `skipped: <reason>` is not counted as
//! passed.

use std::fmt;
use std::ops::AddAssign;

/// How many tests came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub fn passed(passed: u64) -> Self {
        Counts { passed, ..Counts::default() }
    }

    pub fn failed(failed: u64) -> Self {
        Counts { failed, ..Counts::default() }
    }

    pub fn is_empty(&self) -> bool {
        *self == Counts::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads the output of one command line by line.
#[derive(Debug, Default)]
pub struct Counter {
    libtest: Counts,
    vitest: Counts,
    lines: Counts,
    /// Lines that say why a test was skipped, and how many passed tests printed one.
    skipped_lines: u64,
    skipping_tests: u64,
    section: Section,
}

/// Where in libtest's output of captured text we are.
#[derive(Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Outside,
    Successes {
        skipped: bool,
    },
    Failures,
}

impl Counter {
    /// Takes one line.
    pub fn line(&mut self, line: &str) {
        let plain = without_colours(line);
        let text = plain.trim();
        if text == "successes:" {
            self.section = Section::Successes { skipped: false };
        } else if text == "failures:" {
            self.section = Section::Failures;
        } else if text.starts_with("---- ") && text.ends_with(" stdout ----") {
            if let Section::Successes { skipped } = &mut self.section {
                *skipped = false;
            }
        } else if text.starts_with("skipped: ") {
            self.skipped_line();
        } else if let Some(summary) = text.strip_prefix("test result: ") {
            self.section = Section::Outside;
            self.libtest += libtest_summary(summary);
        } else if self.section != Section::Outside {
            // What a test printed, such as the output of a runner that it tried, is no result.
        } else if let Some(parts) = text.strip_prefix("Tests  ") {
            self.vitest += vitest_summary(parts);
        } else if let Some(counts) = counts_line(text) {
            self.lines += counts;
        }
    }

    fn skipped_line(&mut self) {
        self.skipped_lines += 1;
        match &mut self.section {
            Section::Outside => self.skipping_tests += 1,
            Section::Successes { skipped } if !*skipped => {
                *skipped = true;
                self.skipping_tests += 1;
            }
            Section::Successes { .. } | Section::Failures => {}
        }
    }

    /// The sum. A runner that prints our own line may print vitest's too; then ours counts.
    pub fn total(&self) -> Counts {
        let mut total = self.libtest;
        total += if self.lines.is_empty() { self.vitest } else { self.lines };
        total.passed = total.passed.saturating_sub(self.skipping_tests);
        total.skipped += self.skipped_lines;
        total
    }
}

/// `ok. 30 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s`
fn libtest_summary(summary: &str) -> Counts {
    let mut counts = Counts::default();
    let parts = summary.split_once(". ").map_or(summary, |(_, parts)| parts);
    for part in parts.split(';') {
        match number_and_word(part) {
            Some((number, "passed")) => counts.passed += number,
            Some((number, "failed")) => counts.failed += number,
            Some((number, "ignored")) => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// `1 failed | 12 passed | 2 skipped | 1 todo (16)`
fn vitest_summary(parts: &str) -> Counts {
    let mut counts = Counts::default();
    for part in parts.split('|') {
        match number_and_word(part) {
            Some((number, "passed")) => counts.passed += number,
            Some((number, "failed")) => counts.failed += number,
            Some((number, "skipped" | "todo")) => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

fn number_and_word(part: &str) -> Option<(u64, &str)> {
    let mut words = part.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?))
}

/// `3 passed, 0 failed, 1 skipped`, and nothing else in the line.
fn counts_line(text: &str) -> Option<Counts> {
    let mut parts = text.split(", ");
    let mut next = |word: &str| {
        let (number, rest) = parts.next()?.split_once(' ')?;
        (rest == word).then(|| number.parse().ok())?
    };
    let counts = Counts { passed: next("passed")?, failed: next("failed")?, skipped: next("skipped")? };
    parts.next().is_none().then_some(counts)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for inner in characters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(output: &str) -> (u64, u64, u64) {
        let mut counter = Counter::default();
        output.lines().for_each(|line| counter.line(line));
        let Counts { passed, failed, skipped } = counter.total();
        (passed, failed, skipped)
    }

    #[test]
    fn summaries_of_libtest_are_added() {
        let output = "
            running 2 tests
            test a ... ok
            test result: ok. 30 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.14s
            test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.00s";
        assert_eq!(count(output), (31, 3, 2));
    }

    #[test]
    fn a_test_that_says_skipped_did_not_pass() {
        let output = "
successes:

---- one stdout ----
skipped: no such directory
skipped: nor that one

---- two stdout ----
fine

---- three stdout ----
skipped: no network

successes:
    one
    two
    three

failures:

---- four stdout ----
skipped: half of it

failures:
    four

test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.14s";
        assert_eq!(count(output), (1, 1, 4));
        let direct = "skipped: no directory\ntest result: ok. 1 passed; 0 failed; 0 ignored;";
        assert_eq!(count(direct), (0, 0, 1));
    }

    #[test]
    fn the_line_of_our_runners_counts_before_that_of_vitest() {
        let vitest =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m1 failed\u{1b}[22m | 12 passed | 2 skipped (15)";
        assert_eq!(count(vitest), (12, 1, 2));
        assert_eq!(count(&format!("{vitest}\n12 passed, 1 failed, 2 skipped")), (12, 1, 2));
        assert_eq!(count("4 passed, 0 failed, 1 skipped\n5 passed, 0 failed, 0 skipped"), (9, 0, 1));
    }

    #[test]
    fn text_that_only_looks_like_a_summary_is_none() {
        for line in
            ["4 passed, 0 failed", "4 passed, 0 failed, 1 skipped, and more", "x passed, 0 failed, 1 skipped"]
        {
            assert_eq!(count(line), (0, 0, 0), "{line}");
        }
        assert_eq!(Counts { passed: 1, failed: 2, skipped: 3 }.to_string(), "1 passed, 2 failed, 3 skipped");
    }
}
