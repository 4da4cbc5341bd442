//! References to secrets, told apart by who wrote them: the model's are resolved, those in data are text.
//!
//! A model writes `{{secrets.NAME}}` or `secrets.NAME` into a fixed text or into a text inside an expression. The
//! mapping is evaluated twice, once as it is and once with marks around each such reference; where the results differ by
//! marks and nothing else, a reference of the model stands. Data may contain the mark: it is then in both.
//!
//! **Invariant**: no text that comes from data is ever a place, neither as a whole nor the name alone.

use crate::Str;

/// What a reference begins with.
pub const PREFIX: &str = "secrets.";

/// A noncharacter of Unicode, "intended for process-internal use".
const MARK: char = '\u{FDD0}';

message! {
    /// Where the model names a secret in a variable.
    pub struct SecretPlace {
        /// The text, as a JSON pointer (RFC 6901) whose first part is the variable.
        1 path: Str,
        /// Byte at which `secrets.` begins in it.
        2 offset: u32,
    }
}

impl SecretPlace {
    /// True where the place is inside the variable of this name.
    pub fn is_in(&self, variable: &str) -> bool {
        let part = pointer_part(variable);
        self.path.strip_prefix(&*part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// `/name`, escaped.
pub fn pointer_part(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Length of the name at the start: letters and digits, joined by `/`, `.`, `_`, `-`.
pub fn name_length(text: &str) -> usize {
    let end = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || b"/._-".contains(&byte)));
    text[..end.unwrap_or(text.len())].trim_end_matches(['/', '.', '-']).len()
}

/// A fixed text with its references marked; none where there are none.
pub fn mark_text(text: &str) -> Option<String> {
    let offsets: Vec<u32> = text.match_indices(PREFIX).map(|(at, _)| at as u32).collect();
    Some(mark_at(text, &offsets)).filter(|marked| marked.len() > text.len())
}

/// A text with the references at these places marked.
pub fn mark_at(text: &str, offsets: &[u32]) -> String {
    let mut out = String::with_capacity(text.len() + 6 * offsets.len());
    let mut done = 0;
    for at in offsets.iter().map(|at| *at as usize) {
        let Some(name) = text.get(at..).and_then(|rest| rest.strip_prefix(PREFIX)).map(name_length) else {
            continue;
        };
        let end = at + PREFIX.len() + name;
        // A name that is still to come would be data's choice.
        if at < done || name == 0 {
            continue;
        }
        out.push_str(&text[done..at]);
        out.push(MARK);
        out.push_str(&text[at..end]);
        out.push(MARK);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

/// A FEEL expression with the references in its texts marked; none where there are none.
pub fn mark_expression(source: &str) -> Option<String> {
    if !source.contains(PREFIX) {
        return None;
    }
    let mut out = String::with_capacity(source.len() + 8);
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest).unwrap_or(first.len_utf8());
        let (part, after) = rest.split_at(length);
        match mark_text(part).filter(|_| first == '"') {
            Some(marked) => out.push_str(&marked),
            None => out.push_str(part),
        }
        rest = after;
    }
    (out.len() > source.len()).then_some(out)
}

/// Length of the text or comment at the start.
fn skipped(source: &str) -> Option<usize> {
    let until =
        |from: usize, end: &str| source[from..].find(end).map_or(source.len(), |at| from + at + end.len());
    if source.starts_with("//") {
        return Some(until(2, "\n"));
    }
    if source.starts_with("/*") {
        return Some(until(2, "*/"));
    }
    if !source.starts_with('"') {
        return None;
    }
    let mut escaped = false;
    for (at, byte) in source.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    Some(source.len())
}

/// Bytes of `clean` at which references begin that `marked` has marks around; none where the two differ by anything
/// else.
pub fn references(clean: &str, marked: &str) -> Option<Vec<u32>> {
    let mut marks = Vec::new();
    let mut rest = marked.chars().peekable();
    for (at, character) in clean.char_indices() {
        while rest.peek() == Some(&MARK) && character != MARK {
            rest.next();
            marks.push(at);
        }
        if rest.next() != Some(character) {
            return None;
        }
    }
    while rest.next_if_eq(&MARK).is_some() {
        marks.push(clean.len());
    }
    if rest.next().is_some() {
        return None;
    }
    // Data right behind a mark may look like one and move it: then the end is not where the name ends.
    let whole = |pair: &[usize]| {
        let name = clean.get(pair[0]..)?.strip_prefix(PREFIX).map(name_length)?;
        (pair[0] + PREFIX.len() + name == pair[1]).then_some(pair[0] as u32)
    };
    Some(marks.chunks_exact(2).filter_map(whole).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_marked_in_texts_only() {
        let marked = |source: &str| mark_expression(source).map(|text| text.replace(MARK, "^"));
        assert_eq!(marked("1 + 2"), None);
        assert_eq!(marked("secrets.A + x"), None, "a variable called secrets");
        assert_eq!(marked("\"{{secrets.A}}\" + x"), Some("\"{{^secrets.A^}}\" + x".to_owned()));
        assert_eq!(
            marked("// \"secrets.A\n{a: \"\\\"secrets.B\", b: /* secrets.C */ \"ü\"}"),
            Some("// \"secrets.A\n{a: \"\\\"^secrets.B^\", b: /* secrets.C */ \"ü\"}".to_owned())
        );
        assert_eq!(marked("\"secrets.A"), Some("\"^secrets.A^".to_owned()), "an unfinished text");
        assert_eq!(marked("\"{{secrets.\" + name"), None, "data would choose the secret");
        assert_eq!(mark_text("x").or(mark_text("")), None);
    }

    #[test]
    fn references_are_told_from_data_that_looks_like_them() {
        let model = |text: &str| mark_text(text).unwrap_or_else(|| text.to_owned());
        for (before, literal, after) in [
            ("", "{{secrets.A}}", ""),
            ("{{secrets.A}} ", "Bearer {{secrets.A}} secrets.B", " {{secrets.B}}"),
            ("\u{FDD0}", "secrets.A ", "\u{FDD0}secrets.A"),
            ("ü\u{FDD0}\u{FDD0}secrets.", "{{secrets.A}}", "\u{FDD0}"),
            ("{{\u{FDD0}secrets.A\u{FDD0}}}", "none", ""),
        ] {
            let clean = format!("{before}{literal}{after}");
            let marked = format!("{before}{}{after}", model(literal));
            let expected: Vec<u32> =
                literal.match_indices(PREFIX).map(|(at, _)| (before.len() + at) as u32).collect();
            assert_eq!(references(&clean, &marked), Some(expected), "{clean}");
        }
        for (literal, after) in [
            ("{{secrets.A", "BC}}"),
            ("secrets.A.", "b"),
            ("secrets.A", "\u{FDD0}secrets.B"),
            ("{{secrets.", "A}}"),
        ] {
            let marked = format!("{}{after}", model(literal));
            assert_eq!(
                references(&format!("{literal}{after}"), &marked),
                Some(Vec::new()),
                "{literal}{after}"
            );
        }
        assert_eq!(references("a", "b"), None);
        assert_eq!(references("ab", "a"), None);
        assert_eq!(references("a", "ab"), None);
        assert_eq!(references("secrets.A", &mark_at("secrets.A", &[0])), Some(vec![0]));
        assert_eq!(mark_at("secrets.A secrets.B", &[3, 10, 99]).replace(MARK, "^"), "secrets.A ^secrets.B^");
    }

    #[test]
    fn a_place_knows_its_variable() {
        let place = |path: &str| SecretPlace { path: path.into(), offset: 0 };
        assert!(place("/a").is_in("a") && place("/a/0").is_in("a") && place("/a~1b").is_in("a/b"));
        assert!(!place("/ab").is_in("a") && !place("/b/a").is_in("a"));
    }
}
