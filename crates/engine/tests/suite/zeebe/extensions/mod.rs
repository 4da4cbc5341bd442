//! What each extension element of Camunda 8 brings about: one row at least for each element and attribute that the reader
//! knows, with its effect in the trace of a script. Effects that only clients see (which job is leased first, what a search
//! shows) have rows in `crates/api/tests/api/extensions.rs`.
//!
//! **Invariant:** what the reader knows and what has rows is the same list.

mod ad_hoc;
mod calls;
mod data;
mod incidents;
mod jobs;
mod listeners;
mod typed;
mod user_tasks;

use bpmn::model::ZEEBE_EXTENSIONS;
use std::collections::BTreeSet;
use testkit::{World, draw};

/// Files of one deployment.
type Files = Vec<(&'static str, String)>;

struct Row {
    /// The extension elements and attributes that it is about, as `element.attribute`, with spaces between them.
    of: &'static str,
    claim: String,
    deployments: Vec<Files>,
    /// Commands with `; ` between them.
    script: String,
    /// Lines of the trace in this order; after `!` one that is not there.
    lines: Vec<String>,
}

/// A row about one model, drawn.
fn row(of: &'static str, claim: &str, drawing: &str, script: &str, lines: &[&str]) -> Row {
    deployed(of, claim, vec![vec![("p.bpmn", draw(drawing))]], script, lines)
}

/// A row about files that are deployed one after the other.
fn deployed(of: &'static str, claim: &str, deployments: Vec<Files>, script: &str, lines: &[&str]) -> Row {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    Row { of, claim: claim.to_owned(), deployments, script: script.to_owned(), lines }
}

/// An element with these extensions, and a task after it.
fn element(kind: &str, extensions: &str) -> String {
    let extensions = format!("<extensionElements>{extensions}</extensionElements>");
    format!("s: startEvent\nt: {kind} {extensions}\nb: serviceTask\ne: endEvent\ns -> t -> b -> e")
}

impl Row {
    /// What happened, by a world of so many partitions that keeps its aggregates in memory or does not.
    fn trace(&self, partitions: u16, evict: bool) -> String {
        let mut world = World::new(partitions, evict);
        for files in &self.deployments {
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
            world.deploy_files(&files);
        }
        self.script.split("; ").filter(|line| !line.is_empty()).for_each(|line| world.line(line));
        world.check_replay();
        world.trace
    }

    /// What the trace should have and has not, or the other way round.
    fn lacks(&self, trace: &str) -> Option<String> {
        let mut rest = trace.lines().map(str::trim);
        let lacks = self.lines.iter().find(|line| match line.strip_prefix('!') {
            Some(absent) => trace.lines().any(|it| it.trim() == absent),
            None => !rest.any(|it| it == *line),
        })?;
        Some(format!("{}, {}: `{lacks}` does not hold in\n{trace}", self.of, self.claim))
    }

    #[track_caller]
    fn check(&self) {
        let traces = [(1, false), (3, false), (1, true), (3, true)]
            .map(|(partitions, evict)| self.trace(partitions, evict));
        assert!(
            traces.iter().all(|trace| *trace == traces[0]),
            "{}, {}: the four runs differ",
            self.of,
            self.claim
        );
        assert_eq!(self.lacks(&traces[0]), None);
    }

    /// The same row about files that do not have this extension; `None` where they never had it.
    fn without(&self, name: &str) -> Option<Row> {
        let (element, attribute) = name.split_once('.').unwrap_or((name, ""));
        let strip = |text: &str| match attribute {
            "" => text.replace(&format!("zeebe:{element}>"), "zeebe:nothing>"),
            _ => without_attribute(text, &format!(":{element} "), &format!(" {attribute}=\"")),
        };
        let strip = |files: &Files| files.iter().map(|(name, text)| (*name, strip(text))).collect::<Files>();
        let deployments: Vec<Files> = self.deployments.iter().map(strip).collect();
        let (claim, script, lines) = (self.claim.clone(), self.script.clone(), self.lines.clone());
        (deployments != self.deployments).then_some(Row { of: self.of, claim, deployments, script, lines })
    }
}

/// A text whose tags of this element do not have this attribute.
fn without_attribute(text: &str, element: &str, attribute: &str) -> String {
    let tag = |tag: &str| {
        let end = tag.find('>').unwrap_or(tag.len());
        let Some(at) = tag[..end].find(attribute) else { return tag.to_owned() };
        let value = at + attribute.len();
        let close = value + tag[value..].find('"').expect("a value ends") + 1;
        format!("{}{}", &tag[..at], &tag[close..])
    };
    let mut tags = text.split(element);
    let first = tags.next().unwrap_or_default().to_owned();
    // The space before the attribute may be the one after the element's name.
    tags.fold(first, |out, rest| out + element.trim_end() + &tag(&format!(" {rest}")))
}

fn tables() -> Vec<Row> {
    let tables =
        [jobs::rows, data::rows, calls::rows, user_tasks::rows, listeners::rows, ad_hoc::rows, typed::rows];
    tables.into_iter().flat_map(|table| table()).collect()
}

#[test]
fn every_extension_has_its_effect() {
    for row in tables() {
        assert!(!row.lines.is_empty(), "{}: no effect is asserted", row.of);
        row.check();
    }
}

#[test]
fn every_extension_that_is_read_has_a_row() {
    let name = |element: &str, attribute: &str| match (element, attribute) {
        ("", attribute) => format!("@{attribute}"),
        (element, "") => element.to_owned(),
        (element, attribute) => format!("{element}.{attribute}"),
    };
    let known: BTreeSet<String> = ZEEBE_EXTENSIONS
        .iter()
        .flat_map(|(element, attributes)| {
            let none: &[&str] = &[""];
            let attributes = if attributes.is_empty() { none } else { attributes };
            attributes.iter().map(|attribute| name(element, attribute))
        })
        .collect();
    let rows = tables();
    let shown: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| row.of.split(' '))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = known.difference(&shown).collect();
    let unknown: Vec<_> = shown.difference(&known).collect();
    assert!(missing.is_empty(), "read, but without a row: {missing:?}");
    assert!(unknown.is_empty(), "with a row, but not read: {unknown:?}");
}

/// Names that change nothing in a run: what they do bring about is asserted elsewhere.
const CARRIED: &[&str] = &[
    // In the typed view, and in what clients see of it.
    "@modelerTemplate",
    "@modelerTemplateIcon",
    "@modelerTemplateVersion",
    "properties",
    "property.name",
    "property.value",
    // Every user task is the engine's: the marker that 8.10 asks for says what is so anyway.
    "userTask",
    // The form's text, which clients get.
    "userTaskForm.id",
];

/// A row that holds without what it is about shows nothing.
#[test]
fn without_the_extension_its_row_does_not_hold() {
    let rows = tables();
    let names: BTreeSet<&str> =
        rows.iter().flat_map(|row| row.of.split(' ')).filter(|it| !it.is_empty()).collect();
    let shows = |name: &str| {
        let about = rows.iter().filter(|row| row.of.split(' ').any(|it| it == name));
        about.filter_map(|row| row.without(name)).any(|row| {
            // A script that finds no job to complete ends in a panic.
            let trace = std::panic::catch_unwind(|| row.trace(1, true));
            trace.map_or(true, |trace| row.lacks(&trace).is_some())
        })
    };
    let blind: Vec<&str> = names.into_iter().filter(|name| !shows(name)).collect();
    assert_eq!(blind, CARRIED);
}
