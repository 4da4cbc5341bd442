//! Every diagnostic code has a page that explains it and a case that provokes it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{hostile, imports, rules, shared};

const PREFIXES: &[&str] = &["xml.", "bpmn.", "zeebe.", "di.", "lint."];

/// Codes written in the sources.
fn codes() -> BTreeSet<String> {
    let sources = shared::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &["rs"]);
    let mut out = BTreeSet::new();
    for path in sources {
        let text = std::fs::read_to_string(path).expect("source is readable");
        for piece in text.split('"') {
            let rest = ["xml.", "bpmn.", "zeebe.", "di.", "lint."]
                .iter()
                .find_map(|prefix| piece.strip_prefix(prefix));
            if rest.is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            }) {
                out.insert(piece.to_owned());
            }
        }
    }
    assert!(out.len() > 70, "{} codes found", out.len());
    out
}

#[test]
fn every_code_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for code in codes() {
        let page = folder.join(format!("{code}.md"));
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        assert!(
            text.starts_with(&format!("# `{code}`")),
            "docs/errors/{code}.md is missing or has another title"
        );
    }
}

#[test]
fn every_page_has_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let codes = codes();
    for page in shared::files(&folder, &["md"]) {
        let name = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        assert!(!ours || codes.contains(&name), "docs/errors/{name}.md explains a code that is not given");
    }
}

#[test]
fn every_code_has_a_case() {
    let mut covered: BTreeSet<String> = rules::CASES.iter().map(|case| case.0.to_owned()).collect();
    covered.extend(imports::CODES.iter().map(|code| (*code).to_owned()));
    covered.extend(hostile::CODES.iter().map(|code| (*code).to_owned()));
    let missing: Vec<_> = codes().into_iter().filter(|code| !covered.contains(code)).collect();
    assert!(missing.is_empty(), "no case provokes {missing:?}");
}
