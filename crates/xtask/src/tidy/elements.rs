//! The matrix of elements: every kind of element and event has its behaviour, golden cases, a page, and a block in the
//! random models. `docs/elements/README.md` is the matrix; this holds it against the repository, in both directions.

use super::Files;
use std::collections::BTreeSet;

const MATRIX: &str = "docs/elements/README.md";
const PAGES: &str = "docs/elements/";
const BEHAVIOUR: &str = "crates/engine/src/";
const SUITE: &str = "crates/engine/tests/suite/";
const GENERATOR: &str = "crates/oracle/src/generate/mod.rs";
const KINDS: &str = "crates/engine/src/compile/kinds.rs";
const NODES: &str = "crates/bpmn/src/model/node.rs";

/// What a page says, in this order.
const SECTIONS: &[&str] =
    &["## What it does", "## Attributes", "## Example", "## Differences to Camunda and Flowable"];

/// Where the last section leads: all differences to one engine, with the reasons.
const COMPATIBILITY: &str = "](../compatibility/camunda-8.md)";

/// What the last section is about, by its heading.
const ENGINES: &[&str] = &["Camunda", "Flowable"];

/// Golden cases that a kind has at least.
const MIN_CASES: usize = 3;

/// Kinds that two interpreters cannot be compared by; their rows give the reason.
const NOT_COMPARED: &[&str] = &["performers", "listeners", "io-mappings"];

/// The engine's enums whose variants are kinds.
const ENUMS: &[&str] = &["NodeKind", "Catch", "Throw", "Looping"];

/// A row of the matrix.
struct Row<'a> {
    kind: &'a str,
    bpmn: &'a str,
    behaviour: &'a str,
    golden: &'a str,
    generator: &'a str,
}

/// What is missing of the matrix, the pages' content included.
pub fn check(files: &Files) -> Vec<String> {
    let Some(text) = files.get(MATRIX) else { return vec![format!("{MATRIX}: it is missing")] };
    let mut violations = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| [")) {
        match row(line) {
            Some(row) => rows.push(row),
            None => violations
                .push(format!("{MATRIX}: `{line}` is no row of five cells that begins with a linked kind")),
        }
    }
    let features = features(files);
    if features.is_empty() {
        violations.push(format!("{GENERATOR}: there is no list FEATURES"));
    }
    for row in &rows {
        let found = [behaviour(files, row), golden(files, row), generator(row, &features), page(files, row)];
        violations.extend(found.into_iter().flatten().map(|what| format!("{MATRIX}: {}: {what}", row.kind)));
    }
    violations.extend(without_row(files, &rows, &features));
    violations
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> = line.trim().trim_matches('|').split(" | ").map(str::trim).collect();
    let [kind, bpmn, behaviour, golden, generator] = cells[..] else { return None };
    let (kind, page) = kind.strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
    (page.strip_suffix(".md") == Some(kind)).then_some(Row { kind, bpmn, behaviour, golden, generator })
}

/// The files that a cell links to, from the root of the repository.
fn links(cell: &str) -> impl Iterator<Item = &str> {
    cell.split("](").skip(1).filter_map(|part| part.split(')').next()?.strip_prefix("../../"))
}

/// The words of a cell between backticks.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn behaviour(files: &Files, row: &Row<'_>) -> Vec<String> {
    let mut links = links(row.behaviour).peekable();
    if links.peek().is_none() {
        return vec!["it names no behaviour file".to_owned()];
    }
    links
        .filter(|path| !path.starts_with(BEHAVIOUR) || !files.contains_key(*path))
        .map(|path| format!("its behaviour file {path} is not there"))
        .collect()
}

fn golden(files: &Files, row: &Row<'_>) -> Vec<String> {
    let stem = row.kind.replace('-', "_");
    let (file, folder) = (format!("{SUITE}{stem}.rs"), format!("{SUITE}{stem}/"));
    let linked: Vec<&str> = links(row.golden).collect();
    if linked != [file.as_str()] && linked != [folder.trim_end_matches('/')] {
        return vec![format!("its golden cases are to be in {file}, or in the folder {folder}")];
    }
    let main = files.get(&format!("{SUITE}main.rs")).map_or("", String::as_str);
    let mut out = Vec::new();
    if !main.lines().any(|line| line == format!("mod {stem};")) {
        out.push(format!("{SUITE}main.rs does not name the suite `{stem}`"));
    }
    let files = files.iter().filter(|(path, _)| **path == file || path.starts_with(&folder));
    let cases: usize = files.map(|(_, content)| content.matches("#[test]").count()).sum();
    if cases < MIN_CASES {
        out.push(format!("it has {cases} golden cases, at least {MIN_CASES}"));
    }
    out
}

fn generator(row: &Row<'_>, features: &BTreeSet<&str>) -> Vec<String> {
    if row.generator.strip_prefix("none: ").is_some_and(|reason| !reason.is_empty()) {
        return match NOT_COMPARED.contains(&row.kind) {
            true => Vec::new(),
            false => {
                vec![format!("it has no block in the random models: only {NOT_COMPARED:?} may do without")]
            }
        };
    }
    let mut blocks = words(row.generator).peekable();
    if blocks.peek().is_none() {
        return vec!["it names no block of the random models".to_owned()];
    }
    blocks
        .filter(|block| !features.contains(block))
        .map(|block| format!("the random models have no block `{block}`"))
        .collect()
}

fn page(files: &Files, row: &Row<'_>) -> Vec<String> {
    let path = format!("{PAGES}{}.md", row.kind);
    let Some(text) = files.get(&path) else { return vec![format!("its page {path} is missing")] };
    let mut rest = text.as_str();
    for section in SECTIONS {
        let heading = format!("\n{section}\n");
        let Some((_, after)) = rest.split_once(&heading) else {
            return vec![format!("{path} has no section `{section}`, or not in its place")];
        };
        let content = after.split("\n## ").next().unwrap_or_default();
        if content.trim().is_empty() || after.starts_with("## ") {
            return vec![format!("{path}: the section `{section}` is empty")];
        }
        // The next heading may begin with the line break that ends this one.
        rest = &rest[rest.len() - after.len() - 1..];
    }
    let mut out = Vec::new();
    if rest.matches(COMPATIBILITY).count() != 1 {
        out.push(format!("{path}: its differences link to docs/compatibility/camunda-8.md once"));
    }
    let silent = ENGINES.iter().filter(|engine| !rest.contains(**engine));
    out.extend(silent.map(|engine| format!("{path}: its differences say nothing of {engine}")));
    out
}

/// What the engine, the reader or the generator knows and no row names.
fn without_row(files: &Files, rows: &[Row<'_>], features: &BTreeSet<&str>) -> Vec<String> {
    let mut violations = Vec::new();
    let known: BTreeSet<&str> = rows.iter().flat_map(|row| words(row.behaviour)).collect();
    for variant in variants(files) {
        if !known.contains(variant.as_str()) {
            violations.push(format!("{MATRIX}: no row names the engine's `{variant}` beside its behaviour"));
        }
    }
    let known: BTreeSet<&str> = rows.iter().flat_map(|row| words(row.bpmn)).collect();
    for element in element_names(files) {
        if !known.contains(element) {
            violations.push(format!("{MATRIX}: no row names the element `{element}`"));
        }
    }
    let known: BTreeSet<&str> = rows.iter().flat_map(|row| words(row.generator)).collect();
    for feature in features.difference(&known) {
        violations.push(format!("{MATRIX}: no row names the block `{feature}` of the random models"));
    }
    let pages = files.keys().filter_map(|path| path.strip_prefix(PAGES)?.strip_suffix(".md"));
    for page in pages.filter(|page| *page != "README" && rows.iter().all(|row| row.kind != *page)) {
        violations.push(format!("{MATRIX}: no row is about the page {page}.md"));
    }
    violations
}

/// The blocks of the random models.
fn features(files: &Files) -> BTreeSet<&str> {
    let text = files.get(GENERATOR).map_or("", String::as_str);
    let list = text.split_once("pub const FEATURES").and_then(|(_, rest)| rest.split_once("];"));
    list.map(|(list, _)| list.split('"').skip(1).step_by(2).collect()).unwrap_or_default()
}

/// The variants of the engine's enums of kinds, as `Enum::Variant`.
fn variants(files: &Files) -> Vec<String> {
    let text = files.get(KINDS).map_or("", String::as_str);
    let mut out = Vec::new();
    for name in ENUMS {
        let body =
            text.split_once(&format!("pub enum {name} {{\n")).and_then(|(_, rest)| rest.split_once("\n}"));
        let Some((body, _)) = body else {
            out.push(format!("{name}::*"));
            continue;
        };
        let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
        let starts = lines.filter(|line| line.starts_with(|it: char| it.is_ascii_uppercase()));
        let names = starts.map(|line| line.split(|it: char| !it.is_alphanumeric()).next().unwrap_or(line));
        out.extend(names.map(|variant| format!("{name}::{variant}")));
    }
    out
}

/// The names of all flow nodes that the reader knows.
fn element_names(files: &Files) -> Vec<&str> {
    let text = files.get(NODES).map_or("", String::as_str);
    let body = text.split_once("fn element_name(").and_then(|(_, rest)| rest.split_once("\n    }\n"));
    body.map(|(body, _)| body.split('"').skip(1).step_by(2).collect()).unwrap_or_else(|| vec!["*"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| kind | BPMN | behaviour | golden cases | random models |
|---|---|---|---|---|
| [big-task](big-task.md) | `bigTask` | [x](../../crates/engine/src/elements/big.rs): `NodeKind::Big`, `Catch::It`, \
`Throw::It`, `Looping::It` | [x](../../crates/engine/tests/suite/big_task.rs) | `big`, `small` |
| [listeners](listeners.md) | `x:listener` | [x](../../crates/engine/src/listener.rs) \
| [x](../../crates/engine/tests/suite/listeners) | none: of one dialect |
";
    const PAGE: &str = "# Big\n\n## What it does\n\nIt is.\n\n## Attributes\n\nNone.\n\n## Example\n\nx\n\n## Differences to Camunda and Flowable\n\nAs [Camunda 8](../compatibility/camunda-8.md).\nFlowable too.\n";

    fn whole() -> Files {
        let cases = "#[test]\n".repeat(MIN_CASES);
        let kinds = "pub enum NodeKind {\n    /// It.\n    Big(Box<X>),\n}\npub enum Catch {\n    It {\n        /// A.\n        part: A,\n    },\n}\npub enum Throw {\n    It,\n}\npub enum Looping {\n    It,\n}\n";
        let nodes = "    fn element_name(&self) -> X {\n        match self {\n            A => \"bigTask\",\n        }\n    }\n";
        let files = [
            (MATRIX, TABLE),
            ("docs/elements/big-task.md", PAGE),
            ("docs/elements/listeners.md", PAGE),
            ("crates/engine/src/elements/big.rs", ""),
            ("crates/engine/src/listener.rs", ""),
            ("crates/engine/tests/suite/main.rs", "mod big_task;\nmod listeners;\n"),
            ("crates/engine/tests/suite/big_task.rs", &cases),
            ("crates/engine/tests/suite/listeners/mod.rs", &cases),
            (KINDS, kinds),
            (NODES, nodes),
            (GENERATOR, "pub const FEATURES: &[&str] = &[\n    \"big\",\n    \"small\",\n];\n"),
        ];
        files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
    }

    /// What is found when a text in a file is another.
    fn found(path: &str, from: &str, to: &str) -> String {
        let mut files = whole();
        let text = files.get_mut(path).expect("a file");
        assert!(text.contains(from), "{path} has no `{from}`");
        *text = text.replacen(from, to, 1);
        check(&files).join("\n")
    }

    fn found_without(path: &str) -> String {
        let mut files = whole();
        assert!(files.remove(path).is_some());
        check(&files).join("\n")
    }

    #[test]
    fn a_whole_matrix_passes() {
        assert_eq!(check(&whole()), Vec::<String>::new());
    }

    #[test]
    fn what_a_row_misses_is_found() {
        assert!(found_without(MATRIX).contains("README.md: it is missing"));
        let broken = found(MATRIX, "(big-task.md) | ", "(big-task.md) ");
        assert!(broken.contains("is no row of five cells"), "{broken}");
        let behaviour = found_without("crates/engine/src/elements/big.rs");
        assert_eq!(
            behaviour,
            "docs/elements/README.md: big-task: its behaviour file crates/engine/src/elements/big.rs is not there"
        );
        let none = found(MATRIX, "[x](../../crates/engine/src/listener.rs)", "");
        assert!(none.contains("listeners: it names no behaviour file"), "{none}");
        let few = found("crates/engine/tests/suite/big_task.rs", "#[test]", "");
        assert!(few.contains("big-task: it has 2 golden cases, at least 3"), "{few}");
        let elsewhere = found(MATRIX, "suite/big_task.rs", "suite/other.rs");
        assert!(elsewhere.contains("its golden cases are to be in"), "{elsewhere}");
        let unnamed = found("crates/engine/tests/suite/main.rs", "mod listeners;\n", "");
        assert!(unnamed.contains("main.rs does not name the suite `listeners`"), "{unnamed}");
    }

    #[test]
    fn a_missing_block_is_found() {
        let block = found(MATRIX, "`big`, `small`", "`big`, `small`, `odd`");
        assert!(block.contains("the random models have no block `odd`"), "{block}");
        let none = found(MATRIX, "`big`, `small`", "");
        assert!(none.contains("is no row of five cells") || none.contains("names no block"), "{none}");
        let reason = found(MATRIX, "`big`, `small`", "none: hard to do");
        assert!(reason.contains("big-task: it has no block in the random models"), "{reason}");
        assert!(found_without(GENERATOR).contains("there is no list FEATURES"));
    }

    #[test]
    fn a_missing_page_or_section_is_found() {
        let page = "docs/elements/big-task.md";
        assert!(found_without(page).contains("big-task: its page docs/elements/big-task.md is missing"));
        for section in SECTIONS {
            let missing = found(page, section, "## Other");
            assert!(missing.contains(&format!("has no section `{section}`")), "{missing}");
        }
        let empty = found(page, "It is.\n\n", "");
        assert!(empty.contains("the section `## What it does` is empty"), "{empty}");
    }

    #[test]
    fn a_page_that_leads_to_no_differences_or_twice_is_found() {
        let (page, link) = ("docs/elements/big-task.md", "[Camunda 8](../compatibility/camunda-8.md)");
        let expected = "docs/elements/README.md: big-task: docs/elements/big-task.md: its differences link to \
                        docs/compatibility/camunda-8.md once";
        assert_eq!(found(page, link, "Camunda 8"), expected);
        assert_eq!(found(page, link, &format!("{link}, {link}")), expected);
        // A link elsewhere on the page is none in its place.
        assert_eq!(found(page, "Camunda 8](../compatibility/", "Camunda 8](../").lines().count(), 1);
        assert_eq!(found(page, "It is.", &format!("It is {link}.")), "");
    }

    #[test]
    fn a_page_that_is_silent_on_an_engine_is_found() {
        let page = "docs/elements/big-task.md";
        let silent = format!("docs/elements/README.md: big-task: {page}: its differences say nothing of ");
        assert_eq!(found(page, "Flowable too.", "Others too."), format!("{silent}Flowable"));
        assert_eq!(found(page, "Flowable too.", "Flowable too.\n\nFlowable."), "");
        let link = found(page, "[Camunda 8](../", "[It](../");
        assert_eq!(link, format!("{silent}Camunda"), "a link names no engine");
    }

    #[test]
    fn what_no_row_names_is_found() {
        let variant = found(KINDS, "    It {", "    New(X),\n    It {");
        assert!(variant.contains("no row names the engine's `Catch::New`"), "{variant}");
        let renamed = found(KINDS, "pub enum Throw", "pub enum Throwing");
        assert!(renamed.contains("`Throw::*`"), "{renamed}");
        let element = found(NODES, "\"bigTask\"", "\"bigTask\", \"newTask\"");
        assert!(element.contains("no row names the element `newTask`"), "{element}");
        let block = found(GENERATOR, "\"small\",", "\"small\", \"new\",");
        assert!(block.contains("no row names the block `new`"), "{block}");
        let mut files = whole();
        files.insert("docs/elements/stray.md".to_owned(), PAGE.to_owned());
        assert!(check(&files).join("\n").contains("no row is about the page stray.md"));
    }
}
