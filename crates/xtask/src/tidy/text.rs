//! Words that do not belong in what is published, and crates that `ARCHITECTURE.md` must name.

use super::Files;
use super::layers::Crates;

/// Split in the middle, so that this file does not find itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("TO", "DO", "do it, or open an issue"),
    ("FIX", "ME", "do it, or open an issue"),
    ("/wo", "rk/", "name no path of one machine"),
    ("/ro", "ot/", "name no path of one machine"),
];

/// Files that others write.
const FOREIGN: &[&str] = &["package-lock.json", "Cargo.lock"];

pub fn check_words(files: &Files) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, content) in files {
        if FOREIGN.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        for (number, line) in content.lines().enumerate() {
            for (first, second, advice) in WORDS {
                let word = format!("{first}{second}");
                if stands_alone(line, &word) {
                    violations.push(format!("{path}:{}: {word:?}: {advice}", number + 1));
                }
            }
        }
    }
    violations
}

/// True where a word is not a part of a longer one, and a path is not the middle of another.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let inside = |character: Option<char>| {
            character.is_some_and(|character| character.is_alphanumeric() || character == '_')
        };
        !inside(before) && (word.ends_with('/') || !inside(after))
    })
}

pub fn check_architecture(files: &Files, crates: &Crates) -> Vec<String> {
    let Some(text) = files.get("ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md: it is missing".to_owned()];
    };
    crates
        .folders()
        .filter(|folder| !text.contains(&format!("`{folder}`")))
        .map(|folder| format!("ARCHITECTURE.md: it does not name `{folder}` with its invariant"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(path: &str, content: String) -> Files {
        Files::from([(path.to_owned(), content)])
    }

    #[test]
    fn every_word_is_found_with_its_line() {
        for (first, second, _) in WORDS {
            let violations = check_words(&one("a.rs", format!("fine\n// {first}{second} later")));
            assert_eq!(violations.len(), 1, "{first}{second}");
            assert!(violations[0].starts_with("a.rs:2: "), "{violations:?}");
        }
    }

    #[test]
    fn parts_of_other_words_are_not() {
        for text in
            ["mas\u{74}oTO\u{44}Ox", "https://example.org/home/wo\u{72}k.html", "DO", "net/wo\u{72}k/x"]
        {
            assert_eq!(check_words(&one("a.rs", text.to_owned())), Vec::<String>::new(), "{text}");
        }
        let lock = one("studio/package-lock.json", format!("{}{}", "TO", "DO"));
        assert!(check_words(&lock).is_empty());
    }

    #[test]
    fn a_crate_that_is_not_described_is_found() {
        let metadata = json!({ "workspace_members": ["a", "b"], "packages": [
            { "id": "a", "name": "dirigent-a", "manifest_path": "/r/crates/a/Cargo.toml", "dependencies": [] },
            { "id": "b", "name": "dirigent-b", "manifest_path": "/r/crates/b/Cargo.toml", "dependencies": [] },
        ]});
        let crates = Crates::read(&metadata).unwrap();
        let violations =
            check_architecture(&one("ARCHITECTURE.md", "`crates/a` is pure".to_owned()), &crates);
        assert_eq!(violations, ["ARCHITECTURE.md: it does not name `crates/b` with its invariant"]);
        assert_eq!(check_architecture(&Files::new(), &crates).len(), 1);
    }
}
