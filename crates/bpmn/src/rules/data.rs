//! Rules about data: item definitions, input and output sets, data associations (chapter 10.4 of the standard).
//!
//! Vendors' engines ignore this data and their tools are careless about it, so some rules hold for plain BPMN only.

use std::collections::HashMap;

use super::Problems;
use super::items::{Index, is_executed, named, references};
use super::schema::bpmn_elements;
use super::standard::attribute;
use crate::diagnostic::Severity;
use crate::model::Dialect;
use crate::ns;
use crate::xml::{Document, Element};

/// Reports on data that is moved when a process is executed; in a drawing it is only careless.
fn report(element: Element<'_>, code: &'static str, message: &str, help: &str, problems: &mut Problems<'_>) {
    let severity = if is_executed(element) { Severity::Error } else { Severity::Warning };
    problems.element_as(severity, element, code, message.to_owned(), help);
}

/// `bpmn.collection`: a data element is a collection when its item definition is (table 10.51).
pub(super) fn collection(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    let is_collection = |element: Element<'_>| attribute(element, "isCollection") == "true";
    let items: HashMap<String, bool> = bpmn_elements(document)
        .filter(|it| it.name() == "itemDefinition")
        .map(|it| (attribute(it, "id"), is_collection(it)))
        .collect();
    for element in bpmn_elements(document) {
        if !matches!(element.name(), "dataObject" | "dataInput" | "dataOutput") {
            continue;
        }
        let item = items.get(&attribute(element, "itemSubjectRef"));
        if item.is_some_and(|item| *item != is_collection(element)) {
            let message = "isCollection is not that of the item definition";
            report(element, "bpmn.collection", message, "give both the same value", problems);
        }
    }
}

/// `bpmn.io-set`: every data input is in an input set, optional ones are among the set's inputs, and sets that name
/// each other do so in both directions (10.4.2); the same for outputs.
pub(super) fn io_sets(document: &Document, problems: &mut Problems<'_>) {
    for owner in bpmn_elements(document) {
        if named(owner, "inputSet").next().is_none() && named(owner, "outputSet").next().is_none() {
            continue;
        }
        let sides: [Side; 2] = [
            Side {
                item: "dataInput",
                set: "inputSet",
                members: "dataInputRefs",
                parts: ["optionalInputRefs", "whileExecutingInputRefs"],
                other: "outputSetRefs",
            },
            Side {
                item: "dataOutput",
                set: "outputSet",
                members: "dataOutputRefs",
                parts: ["optionalOutputRefs", "whileExecutingOutputRefs"],
                other: "inputSetRefs",
            },
        ];
        for side in &sides {
            side.check(owner, problems);
        }
        let pairs = |side: &Side, flip: bool| {
            let mut out: Vec<(String, String)> = Vec::new();
            for set in named(owner, side.set) {
                let id = attribute(set, "id");
                let to = references(set, side.other);
                out.extend(to.into_iter().map(|to| if flip { (to, id.clone()) } else { (id.clone(), to) }));
            }
            out.sort_unstable();
            out
        };
        if pairs(&sides[0], false) != pairs(&sides[1], true) {
            let message = "input sets and output sets do not name each other".to_owned();
            let help = "name the output set in the input set and the input set in the output set";
            problems.element(owner, "bpmn.io-set", message, help);
        }
    }
}

struct Side {
    item: &'static str,
    set: &'static str,
    members: &'static str,
    parts: [&'static str; 2],
    other: &'static str,
}

impl Side {
    fn check(&self, owner: Element<'_>, problems: &mut Problems<'_>) {
        let mut in_sets: Vec<String> = Vec::new();
        for set in named(owner, self.set) {
            let mut members = references(set, self.members);
            members.sort_unstable();
            for part in self.parts {
                for name in references(set, part).iter().filter(|name| members.binary_search(name).is_err()) {
                    let message =
                        format!("`{name}` is in {part} and not in {} of the same set", self.members);
                    problems.element(set, "bpmn.io-set", message, "add it there as well");
                }
            }
            in_sets.append(&mut members);
        }
        in_sets.sort_unstable();
        for item in named(owner, self.item) {
            if in_sets.binary_search(&attribute(item, "id")).is_err() {
                let message = format!("the {} is in no {}", self.item, self.set);
                problems.element(
                    item,
                    "bpmn.io-set",
                    message,
                    &format!("add it to {} of a set", self.members),
                );
            }
        }
    }
}

/// `bpmn.data-association`: data flows out of outputs and into inputs, and a plain copy has one source of the same
/// structure (10.4.2).
pub(super) fn associations(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    let by_id: HashMap<String, Element<'_>> = bpmn_elements(document)
        .map(|it| (attribute(it, "id"), it))
        .filter(|(id, _)| !id.is_empty())
        .collect();
    let structure = |element: Element<'_>| {
        let referenced = by_id.get(&attribute(element, "dataObjectRef")).copied().unwrap_or(element);
        let item = by_id.get(&attribute(referenced, "itemSubjectRef"))?;
        Some(attribute(*item, "structureRef")).filter(|structure| !structure.is_empty())
    };
    for association in bpmn_elements(document) {
        let inward = match association.name() {
            "dataInputAssociation" => true,
            "dataOutputAssociation" => false,
            _ => continue,
        };
        let find = |name| {
            references(association, name).iter().filter_map(|id| by_id.get(id).copied()).collect::<Vec<_>>()
        };
        let (sources, targets) = (find("sourceRef"), find("targetRef"));
        let mut report =
            |message: &str, help: &str| report(association, "bpmn.data-association", message, help, problems);
        if inward && sources.iter().any(|it| it.name() == "dataOutput") {
            report(
                "a data input is filled from a data output",
                "let the output fill a data object, and that the input",
            );
        }
        if !inward && targets.iter().any(|it| it.name() == "dataInput") {
            report(
                "a data output fills a data input",
                "let the output fill a data object, and that the input",
            );
        }
        let plain = association.child(ns::BPMN, "transformation").is_none()
            && association.child(ns::BPMN, "assignment").is_none();
        if plain && references(association, "sourceRef").len() > 1 {
            report(
                "several sources are copied without transformation",
                "add a transformation, or keep one source",
            );
        }
        if let ([source], [target], true) = (sources.as_slice(), targets.as_slice(), plain)
            && let (Some(from), Some(to)) = (structure(*source), structure(*target))
            && from != to
        {
            report("source and target have different structures", "add a transformation or assignments");
        }
    }
}

/// `bpmn.io-specification`: sub-processes read and write data objects, they have no inputs and outputs (10.4.2).
pub(super) fn io_specification(document: &Document, problems: &mut Problems<'_>) {
    for element in bpmn_elements(document).filter(|it| it.name() == "ioSpecification") {
        let owner = element.parent().map_or("", Element::name);
        if matches!(owner, "subProcess" | "transaction" | "adHocSubProcess") {
            let message = format!("a `{owner}` has data inputs and outputs");
            problems.element(
                element,
                "bpmn.io-specification",
                message,
                "use data objects of the sub-process",
            );
        }
    }
}

/// `bpmn.data-state-name`: a data object in a state is shown as `name [state]` (10.4.1).
pub(super) fn reference_names(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    let index = Index::new(document);
    for reference in bpmn_elements(document).filter(|it| it.name() == "dataObjectReference") {
        let written = |element: Element<'_>| element.attribute("", "name").map(|name| name.trim().to_owned());
        let object = index.of_attribute(reference, "dataObjectRef").and_then(written);
        let state = named(reference, "dataState").next().and_then(written);
        let (Some(object), Some(state), Some(name)) = (object, state, written(reference)) else { continue };
        let wanted = format!("{object} [{state}]");
        if name != wanted {
            let message = format!("the data object `{object}` in the state `{state}` is named `{name}`");
            let help = format!("name it `{wanted}`");
            report(reference, "bpmn.data-state-name", &message, &help, problems);
        }
    }
}

/// `bpmn.loop-item`: the data a multi-instance activity loops over is a collection, and each instance has one item
/// of it (table 10.29).
pub(super) fn loop_items(document: &Document, problems: &mut Problems<'_>) {
    if crate::model::dialect(document) != Dialect::Plain {
        return;
    }
    let index = Index::new(document);
    for element in bpmn_elements(document).filter(|it| it.name() == "multiInstanceLoopCharacteristics") {
        for (all, one) in [("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")] {
            let Some(collection) = index.of_children(element, all).first().copied() else { continue };
            let item = |element| index.item(element, "itemSubjectRef");
            let Some(collection) = item(collection) else { continue };
            let single = named(element, one).next().and_then(item);
            let message = match &single {
                _ if !collection.is_collection => format!("what `{all}` names is no collection"),
                Some(single) if single.is_collection => format!("`{one}` is a collection itself"),
                Some(single) if single.kind != collection.kind => {
                    format!("`{one}` has another structure than the collection of `{all}`")
                }
                _ => continue,
            };
            let help = "loop over a collection, and give the item the collection's structure";
            report(element, "bpmn.loop-item", &message, help, problems);
        }
    }
}
