//! No file is longer than a person reads in one go.

use super::Files;

const MAX_LINES: usize = 800;
const ENDINGS: &[&str] = &[".rs", ".ts", ".tsx", ".css", ".sh", ".mjs"];
const GENERATED: &[&str] = &["generated/", "gen/", "dist/"];

/// What generators write at the top of a file.
const GENERATOR: &str = "This file was auto-generated";

pub fn check(files: &Files) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, content) in files {
        let counted = path == "x" || ENDINGS.iter().any(|ending| path.ends_with(ending));
        let generated = GENERATED.iter().any(|folder| path.contains(&format!("/{folder}")))
            || content.lines().take(3).any(|line| line.contains(GENERATOR));
        let lines = content.lines().count();
        if counted && !generated && lines > MAX_LINES {
            violations.push(format!("{path}: {lines} lines, at most {MAX_LINES}: split it"));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        let long = "x\n".repeat(MAX_LINES + 1);
        let files = Files::from([
            ("crates/a/src/long.rs".to_owned(), long.clone()),
            ("crates/a/src/right.rs".to_owned(), "x\n".repeat(MAX_LINES)),
            ("studio/src/generated/schema.ts".to_owned(), long.clone()),
            ("studio/src/schema.d.ts".to_owned(), format!("/**\n * {GENERATOR} by x.\n */\n{long}")),
            ("docs/long.md".to_owned(), long),
        ]);
        let violations = check(&files);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].starts_with("crates/a/src/long.rs: 801 lines"), "{violations:?}");
    }
}
