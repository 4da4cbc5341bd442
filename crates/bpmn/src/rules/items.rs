//! What data rules look up: elements by id, and the items (types) of data.

use std::collections::HashMap;

use super::schema::bpmn_elements;
use super::standard::{attribute, local};
use crate::ns;
use crate::xml::{Document, Element};

/// Elements by id. The first counts where an id is used twice.
pub(super) struct Index<'d>(HashMap<String, Element<'d>>);

impl<'d> Index<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let mut ids = HashMap::new();
        for element in bpmn_elements(document) {
            let id = attribute(element, "id");
            if !id.is_empty() {
                ids.entry(id).or_insert(element);
            }
        }
        Self(ids)
    }

    /// The element an attribute refers to.
    pub(super) fn of_attribute(&self, element: Element<'_>, name: &str) -> Option<Element<'d>> {
        self.0.get(&attribute(element, name)).copied()
    }

    /// The elements the children of a name refer to.
    pub(super) fn of_children(&self, element: Element<'_>, name: &'static str) -> Vec<Element<'d>> {
        references(element, name).iter().filter_map(|id| self.0.get(id).copied()).collect()
    }

    /// The item of an element by `itemSubjectRef`, `itemRef` or `structureRef`.
    pub(super) fn item(&self, element: Element<'_>, name: &str) -> Option<Item> {
        let definition = self.of_attribute(element, name).filter(|it| it.name() == "itemDefinition")?;
        let structure = attribute(definition, "structureRef");
        let kind = match structure.is_empty() {
            // Items of no stated structure are equal to themselves only.
            true => format!("#{}", attribute(definition, "id")),
            false => structure,
        };
        Some(Item { kind, is_collection: flag(definition, "isCollection") })
    }
}

/// A type of data. Two item definitions of one structure are equivalent (10.4.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) kind: String,
    pub(super) is_collection: bool,
}

/// Children of the BPMN namespace with this name.
pub(super) fn named<'d>(element: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    element.children_named(ns::BPMN, name)
}

/// Local names of references in child elements.
pub(super) fn references(element: Element<'_>, name: &'static str) -> Vec<String> {
    named(element, name).map(|it| local(it.text().trim()).to_owned()).collect()
}

/// An attribute that is false unless it says otherwise.
pub(super) fn flag(element: Element<'_>, name: &str) -> bool {
    matches!(attribute(element, name).as_str(), "true" | "1")
}

/// The nearest `process` around an element.
pub(super) fn process_of(element: Element<'_>) -> Option<Element<'_>> {
    let mut at = Some(element);
    while let Some(found) = at.filter(|it| it.name() != "process") {
        at = found.parent();
    }
    at
}

/// True inside a process that is to be executed.
pub(super) fn is_executed(element: Element<'_>) -> bool {
    process_of(element).is_some_and(|process| flag(process, "isExecutable"))
}
