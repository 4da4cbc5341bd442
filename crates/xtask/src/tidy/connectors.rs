//! A connector is one folder with everything about it.

use super::Files;
use std::collections::BTreeSet;

const PLACE: &str = "crates/connectors/src/";
const PARTS: &[(&str, &str)] = &[
    ("mod.rs", "its code"),
    ("template.json", "its form, documentation and input check"),
    ("README.md", "what it does and how it was tested"),
    ("tests.rs", "its tests"),
];

pub fn check(files: &Files) -> Vec<String> {
    let folders: BTreeSet<&str> = files
        .keys()
        .filter_map(|path| path.strip_prefix(PLACE)?.split_once('/').map(|(folder, _)| folder))
        .collect();
    let mut violations = Vec::new();
    for folder in folders {
        for (part, what) in PARTS {
            if !files.contains_key(&format!("{PLACE}{folder}/{part}")) {
                violations.push(format!("{PLACE}{folder}: {part} is missing ({what})"));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connector_without_a_part_is_found() {
        let file = |path: &str| (format!("{PLACE}{path}"), String::new());
        let whole = ["rest/mod.rs", "rest/template.json", "rest/README.md", "rest/tests.rs", "lib.rs"];
        let mut files: Files = whole.iter().map(|path| file(path)).collect();
        assert!(check(&files).is_empty());
        files.extend([file("mail/mod.rs"), file("mail/tests.rs"), file("mail/README.md")]);
        assert_eq!(
            check(&files),
            [format!("{PLACE}mail: template.json is missing (its form, documentation and input check)")]
        );
    }
}
