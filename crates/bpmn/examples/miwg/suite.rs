//! Compares reference models with what is written back from their typed elements.
//!
//! **Invariant:** what is compared is read from the two files' trees here, not by the metamodel that is being judged.

use dirigent_bpmn::xml::{Document, Element};
use dirigent_bpmn::{interchange, ns, read};
use std::collections::BTreeMap;
use std::path::Path;

/// How much of the references is in the exports, and the other way round.
#[derive(Debug, Default, Clone, Copy)]
pub struct Score {
    common: usize,
    reference: usize,
    exported: usize,
}

impl Score {
    /// Share of the references that is in the exports.
    pub fn recall(self) -> f64 {
        self.common as f64 / self.reference.max(1) as f64
    }

    /// Share of the exports that is in the references.
    pub fn precision(self) -> f64 {
        self.common as f64 / self.exported.max(1) as f64
    }

    fn is_whole(self) -> bool {
        self.common == self.reference && self.common == self.exported && self.common > 0
    }
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Report {
    pub models: usize,
    pub score: Score,
    /// What the exports lack or have beyond the references, and what of the vendors got lost.
    pub differences: Vec<String>,
}

impl Report {
    /// True when nothing was lost or added.
    pub fn passed(&self) -> bool {
        self.score.is_whole() && self.differences.is_empty() && self.models > 0
    }

    /// The last line of a run. Figures are cut, not rounded: only a whole score is 1.000.
    pub fn line(&self) -> String {
        let cut = |share: f64| (share * 1000.0).floor() / 1000.0;
        format!("miwg: recall {:.3} precision {:.3}", cut(self.score.recall()), cut(self.score.precision()))
    }
}

/// Makes a file from a file.
pub type Export = fn(&Document) -> Result<String, String>;

/// Reads the typed elements, and writes a file from them alone.
pub fn through_the_model(document: &Document) -> Result<String, String> {
    let (definitions, problems) = interchange::read(document);
    if let Some(problem) = problems.iter().find(|problem| problem.is_error()) {
        return Err(problem.to_string());
    }
    Ok(interchange::write(&definitions.ok_or("no definitions")?))
}

/// Exports every model of the directory and compares.
pub fn run(directory: &Path, export: Export) -> std::io::Result<Report> {
    let mut report = Report::default();
    let mut paths: Vec<_> = std::fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "bpmn"));
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        report.models += 1;
        let bytes = std::fs::read(&path)?;
        let result = read(&bytes, &name).map_err(|problems| format!("{problems:?}")).and_then(|reference| {
            let text = export(&reference)?;
            let exported = read(text.as_bytes(), &name).map_err(|problems| format!("{problems:?}"))?;
            Ok((reference, exported))
        });
        match result {
            Ok((reference, exported)) => compare(&name, &reference, &exported, &mut report),
            Err(error) => report.differences.push(format!("{name}: not exported: {error}")),
        }
    }
    Ok(report)
}

/// Adds to the score what two files have in common.
pub fn compare(name: &str, reference: &Document, exported: &Document, report: &mut Report) {
    let sides = [reference, exported].map(Facts::of);
    let [left, right] = &sides;
    report.score.reference += left.scored.values().sum::<usize>();
    report.score.exported += right.scored.values().sum::<usize>();
    let missing = difference(&left.scored, &right.scored);
    report.score.common += left.scored.values().sum::<usize>() - missing.len();
    let describe = |what: &str, fact: &str| format!("{name}: {what} {fact}");
    report.differences.extend(missing.iter().map(|fact| describe("lost", fact)));
    let added = difference(&right.scored, &left.scored);
    report.differences.extend(added.iter().map(|fact| describe("added", fact)));
    let lost = difference(&left.vendors, &right.vendors);
    report.differences.extend(lost.iter().map(|fact| describe("lost of a vendor", fact)));
}

/// What is in `left` and not in `right`, as often as that.
fn difference(left: &Bag, right: &Bag) -> Vec<String> {
    let mut out = Vec::new();
    for (fact, count) in left {
        let missing = count.saturating_sub(right.get(fact).copied().unwrap_or(0));
        out.extend(std::iter::repeat_n(fact.clone(), missing));
    }
    out
}

type Bag = BTreeMap<String, usize>;

/// What is compared of a file.
#[derive(Debug, Default)]
struct Facts {
    /// Elements, edges, attributes that are not the default, diagram elements.
    scored: Bag,
    /// Elements of vendors.
    vendors: Bag,
}

const EDGES: &[&str] = &[
    "association",
    "conversationLink",
    "dataInputAssociation",
    "dataOutputAssociation",
    "messageFlow",
    "sequenceFlow",
];

impl Facts {
    fn of(document: &Document) -> Self {
        let mut facts = Self::default();
        let names: BTreeMap<String, String> = document
            .elements()
            .filter_map(|it| Some((it.attribute("", "id")?.into_owned(), name_of(it))))
            .collect();
        for element in document.elements() {
            let is_vendors = element.parent().is_some_and(|parent| parent.is(ns::BPMN, "extensionElements"))
                && element.namespace() != ns::BPMN;
            if is_vendors {
                *facts.vendors.entry(tree(element)).or_default() += 1;
            }
            let is_diagram = [ns::BPMNDI, ns::DC, ns::DI].contains(&element.namespace());
            if is_diagram {
                facts.add(format!("diagram {}", element.name()));
            } else if element.namespace() == ns::BPMN {
                facts.add(format!("element {} {:?}", element.name(), name_of(element)));
                if EDGES.contains(&element.name()) {
                    let [from, to] = ["sourceRef", "targetRef"].map(|end| end_name(element, end, &names));
                    facts.add(format!("edge {} {from:?} {to:?}", element.name()));
                }
            } else {
                continue;
            }
            facts.attributes(element);
        }
        facts
    }

    fn attributes(&mut self, element: Element<'_>) {
        let owner = format!("{} {:?}", element.name(), name_of(element));
        for attribute in element.attributes() {
            let value = normal(attribute.name(), &attribute.value());
            if !is_default(attribute.name(), &value) {
                let namespace = attribute.namespace();
                self.add(format!("attribute {owner} {{{namespace}}}{}={value:?}", attribute.name()));
            }
        }
        let text = element.text();
        let holds_text = element.children().next().is_none() && !text.trim().is_empty();
        if holds_text {
            self.add(format!("text {owner} {text:?}"));
        }
    }

    fn add(&mut self, fact: String) {
        *self.scored.entry(fact).or_default() += 1;
    }
}

/// `name`, else what a shape shows, else what a reference names.
fn name_of(element: Element<'_>) -> String {
    let attribute = ["name", "bpmnElement"].iter().find_map(|name| element.attribute("", name));
    attribute.map(|value| value.into_owned()).unwrap_or_default()
}

fn end_name(edge: Element<'_>, end: &str, names: &BTreeMap<String, String>) -> String {
    let child = || edge.children().find(|it| it.is(ns::BPMN, end)).map(|it| it.text().trim().to_owned());
    let id = edge.attribute("", end).map(|value| value.into_owned()).or_else(child).unwrap_or_default();
    let local = id.rsplit_once(':').map_or(id.as_str(), |(_, local)| local);
    names.get(local).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| local.to_owned())
}

/// Numbers and the types of `xsi:type` in one spelling.
fn normal(name: &str, value: &str) -> String {
    let number = value.trim().parse::<f64>().ok().filter(|it| it.is_finite());
    match number {
        Some(number) if value.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
            number.to_string()
        }
        _ if name == "type" => value.rsplit_once(':').map_or(value, |(_, local)| local).to_owned(),
        _ => value.to_owned(),
    }
}

fn is_default(name: &str, value: &str) -> bool {
    matches!(
        (name, value),
        ("associationDirection" | "processType" | "loopType", "None")
            | ("behavior", "All")
            | ("cancelActivity" | "isInterrupting" | "isUnlimited" | "cancelRemainingInstances", "true")
            | ("completionQuantity" | "startQuantity" | "maximum", "1")
            | ("eventGatewayType", "Exclusive")
            | ("expressionLanguage", "http://www.w3.org/1999/XPath")
            | ("gatewayDirection", "Unspecified")
            | ("isClosed" | "isCollection" | "isForCompensation" | "isSequential" | "instantiate", "false")
            | ("itemKind", "Information")
            | ("minimum", "0")
            | ("mustUnderstand" | "parallelMultiple" | "testBefore" | "triggeredByEvent", "false")
            | ("textFormat", "text/plain")
            | ("typeLanguage", "http://www.w3.org/2001/XMLSchema")
    )
}

/// A vendor's element with all inside it, prefixes and layout left out.
fn tree(element: Element<'_>) -> String {
    let mut attributes: Vec<_> = element
        .attributes()
        .map(|it| format!("{{{}}}{}={:?}", it.namespace(), it.name(), it.value()))
        .collect();
    attributes.sort();
    let children: Vec<_> = element.children().map(tree).collect();
    let text = element.text();
    let text = if children.is_empty() || !text.trim().is_empty() { text } else { "".into() };
    format!("{{{}}}{} {attributes:?} {text:?} {children:?}", element.namespace(), element.name())
}
