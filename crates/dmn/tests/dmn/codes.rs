//! Every diagnostic code of DMN and FEEL has a page that explains it, and every such page has a code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sources are readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Codes written in the sources.
fn codes() -> BTreeSet<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [own.join("src"), own.join("../feel/src")] {
        sources(&folder, &mut files);
    }
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("the source is readable");
        // What is between quotes: every second piece, but a quote in a comment must not turn that around.
        for piece in text.split('"') {
            let rest = ["dmn.", "feel."].iter().find_map(|prefix| piece.strip_prefix(prefix));
            let is_code = rest.is_some_and(|rest| {
                !rest.is_empty()
                    && rest.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.".contains(&byte))
            });
            if is_code {
                codes.insert(piece.to_owned());
            }
        }
    }
    codes
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes = codes();
    assert!(codes.len() > 60, "{} codes found", codes.len());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for code in &codes {
        let text = std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default();
        let title = text.lines().next().unwrap_or_default();
        let titled = title.strip_prefix(&format!("# `{code}`: ")).is_some_and(|title| !title.is_empty());
        assert!(titled, "docs/errors/{code}.md is missing or has another title: {title:?}");
        let advice = text.split("\n## What to do\n").nth(1).is_some_and(|advice| !advice.trim().is_empty());
        assert!(advice, "docs/errors/{code}.md does not say what to do");
    }
    for entry in std::fs::read_dir(&folder).expect("the pages are there") {
        let name = entry.expect("the entry is readable").file_name().to_string_lossy().into_owned();
        let Some(code) = name.strip_suffix(".md") else { continue };
        let ours = code.starts_with("dmn.") || code.starts_with("feel.");
        assert!(!ours || codes.contains(code), "docs/errors/{name} explains a code that is not in use");
    }
}
