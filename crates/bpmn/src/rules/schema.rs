//! Which BPMN element may stand where, with which attributes: what reading into the metamodel reports.

use super::Problems;
use crate::interchange::{self, Kind};
use crate::ns;
use crate::xml::{Document, Element};

/// Elements of the BPMN namespace in document order, those inside `extensionElements` left out.
pub(crate) fn bpmn_elements(document: &Document) -> impl Iterator<Item = Element<'_>> {
    let mut stack = vec![document.root()];
    std::iter::from_fn(move || {
        let element = stack.pop()?;
        if element.namespace() == ns::BPMN
            && element.name() != "extensionElements"
            && Kind::of_element(ns::BPMN, element.name()).is_some()
        {
            stack.extend(element.children().rev().filter(|child| child.namespace() == ns::BPMN));
        }
        Some(element)
    })
}

/// Reports unknown and misplaced elements, unknown and missing attributes, values of another type.
pub(super) fn check(document: &Document, problems: &mut Problems<'_>) {
    let _ = interchange::read_into(document, problems);
}
