//! The built-in functions of DMN 1.5 and Camunda's additions.
//! Invariant: a function depends on its arguments and the [`Run`] only; one that is `pure` not even on that.

mod arguments;
mod contexts;
mod lists;
mod misc;
mod numbers;
mod ranges;
mod regex_cost;
pub(crate) mod regexes;
mod statistics;
mod strings;
mod temporal;

pub(crate) use temporal::literal as temporal_literal;

use crate::eval::Fail;
use crate::run::Run;
use crate::value::Value;
use std::sync::LazyLock;

/// The code of a built-in function.
pub(crate) type BuiltinCode = fn(&[Value], &mut Run<'_>) -> Result<Value, Fail>;

/// A built-in function.
pub(crate) struct Builtin {
    pub name: &'static str,
    pub run: BuiltinCode,
    /// Whether equal arguments always give the same value.
    pub pure: bool,
    signatures: &'static [Signature],
}

/// One list of parameters of a built-in function.
pub(crate) struct Signature {
    /// How many of them must be given.
    least: usize,
    names: &'static [&'static str],
    /// Whether the last one may be repeated.
    repeated: bool,
    /// The code for calls with these names, when the values alone do not tell the signatures apart.
    special: Option<BuiltinCode>,
}

const fn needs(least: usize, names: &'static [&'static str]) -> Signature {
    Signature { least, names, repeated: false, special: None }
}

const fn repeats(names: &'static [&'static str]) -> Signature {
    Signature { least: 1, names, repeated: true, special: None }
}

const fn special(least: usize, names: &'static [&'static str], code: BuiltinCode) -> Signature {
    Signature { least, names, repeated: false, special: Some(code) }
}

impl Builtin {
    const fn pure(name: &'static str, run: BuiltinCode, signatures: &'static [Signature]) -> Builtin {
        Builtin { name, run, pure: true, signatures }
    }

    const fn impure(name: &'static str, run: BuiltinCode, signatures: &'static [Signature]) -> Builtin {
        Builtin { name, run, pure: false, signatures }
    }

    /// Whether it may be called with so many arguments.
    pub fn accepts(&self, count: usize) -> bool {
        self.signatures.iter().any(|s| count >= s.least && (s.repeated || count <= s.names.len()))
    }

    /// Fails unless it may be called with so many arguments.
    pub fn check(&self, count: usize) -> Result<(), Fail> {
        if self.accepts(count) {
            return Ok(());
        }
        Err(Fail::Null("feel.arguments", format!("'{}' does not take {count} arguments", self.name)))
    }

    /// The number of arguments, when there is only one possible.
    pub fn arity(&self) -> Option<usize> {
        match self.signatures {
            [one] if !one.repeated && one.least == one.names.len() => Some(one.least),
            _ => None,
        }
    }

    /// For named arguments, the position in `given` of each parameter, and the code to call.
    pub fn named(&self, given: &[&str]) -> Result<(Vec<Option<usize>>, Option<BuiltinCode>), String> {
        for signature in self.signatures {
            let order: Vec<Option<usize>> =
                signature.names.iter().map(|name| given.iter().position(|other| other == name)).collect();
            let all_known = order.iter().flatten().count() == given.len();
            if all_known && order[..signature.least].iter().all(Option::is_some) {
                let used = order.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
                return Ok((order[..used].to_vec(), signature.special));
            }
        }
        Err(format!("'{}' does not take the arguments {}", self.name, given.join(", ")))
    }

    /// How to call it.
    pub fn usage(&self) -> String {
        let each = self.signatures.iter().map(|signature| {
            let dots = if signature.repeated { ", …" } else { "" };
            format!("{}({}{dots})", self.name, signature.names.join(", "))
        });
        format!("use {}", each.collect::<Vec<_>>().join(" or "))
    }
}

static SORTED: LazyLock<Vec<&'static Builtin>> = LazyLock::new(|| {
    let groups = [
        numbers::TABLE,
        statistics::TABLE,
        strings::TABLE,
        lists::TABLE,
        contexts::TABLE,
        temporal::TABLE,
        ranges::TABLE,
        misc::TABLE,
    ];
    let mut all: Vec<&'static Builtin> = groups.into_iter().flatten().collect();
    all.sort_by_key(|builtin| builtin.name);
    all
});

/// Where the names with each letter start in [`SORTED`]; all of them start with a small letter.
static STARTS: LazyLock<[u16; 27]> = LazyLock::new(|| {
    let mut starts = [0; 27];
    for (at, start) in starts.iter_mut().enumerate() {
        *start = SORTED.partition_point(|builtin| builtin.name.as_bytes()[0] < b'a' + at as u8) as u16;
    }
    starts
});

/// The names of all built-in functions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SORTED.iter().map(|builtin| builtin.name)
}

/// The built-in functions that start with the letter of this word.
fn same_letter(word: &str) -> &'static [&'static Builtin] {
    let letter = match word.bytes().next() {
        Some(byte) if byte.is_ascii_alphabetic() => ((byte | 0x20) - b'a') as usize,
        _ => return &[],
    };
    &SORTED[STARTS[letter] as usize..STARTS[letter + 1] as usize]
}

/// Whether the name of a built-in function starts with this word.
pub(crate) fn some_starts_with(word: &str) -> bool {
    same_letter(word).iter().any(|builtin| builtin.name.starts_with(word))
}

/// The built-in function with the longest name that the text starts with, and where that ends.
pub(crate) fn longest(
    matches: impl Fn(&str) -> Option<usize>,
    text: &str,
) -> Option<(usize, &'static Builtin)> {
    let word = &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let candidates = same_letter(word).iter().filter(|builtin| builtin.name.starts_with(word));
    candidates.filter_map(|builtin| Some((matches(builtin.name)?, *builtin))).max_by_key(|(end, _)| *end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_complete() {
        let all: Vec<&str> = names().collect();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
        assert!(all.len() >= 100, "{}", all.len());
    }
}
