//! Puts a typed element into an existing file, as edits of its tree.

use super::element::{Element, Foreign, ForeignPiece, Namespace, Piece};
use super::kind::Kind;
use crate::ns;
use crate::xml::{Document, EditError, NodeId};

/// Inserts an element with all inside it into `parent`, where the schema has it; gives its node. The rest of the file
/// stays as it is written.
///
/// # Errors
/// When `parent` is no element of the document, or a name is no XML name.
pub fn insert(document: &mut Document, parent: NodeId, element: &Element) -> Result<NodeId, EditError> {
    let before = place_before(document, parent, element);
    element_at(document, parent, before, element)
}

/// The first child that comes later in the schema than the element does.
fn place_before(document: &Document, parent: NodeId, element: &Element) -> Option<NodeId> {
    let parent = document.element(parent)?;
    let kind = Kind::of_element(parent.namespace(), parent.name())?;
    let slot = kind.place(element.namespace, element.name)?.slot;
    let later = |child: &crate::xml::Element<'_>| {
        kind.place(child.namespace(), child.name()).is_some_and(|place| place.slot > slot)
    };
    parent.children().find(later).map(|child| child.id())
}

fn element_at(
    document: &mut Document,
    parent: NodeId,
    before: Option<NodeId>,
    element: &Element,
) -> Result<NodeId, EditError> {
    let node = document.insert_element(parent, before, element.namespace, element.name)?;
    declare(document, node, &element.namespaces)?;
    for (name, value) in element.attributes() {
        document.set_attribute(node, "", name, &value.to_string())?;
    }
    if element.typed {
        let (namespace, name) = element.kind.schema_type();
        let prefix = document.prefix_of(node, namespace)?;
        let value = if prefix.is_empty() { name } else { format!("{prefix}:{name}") };
        document.set_attribute(node, ns::XSI, "type", &value)?;
    }
    for attribute in &element.foreign {
        document.set_attribute(node, &attribute.namespace, &attribute.name, &attribute.value)?;
    }
    if let Some(value) = &element.value {
        document.set_text(node, &value.to_string())?;
    }
    for piece in &element.pieces {
        match piece {
            Piece::Text(text) => document.append_text(node, text)?,
            Piece::Element(child) => drop(element_at(document, node, None, child)?),
            Piece::Foreign(child) => foreign_at(document, node, child)?,
        }
    }
    Ok(node)
}

fn foreign_at(document: &mut Document, parent: NodeId, foreign: &Foreign) -> Result<(), EditError> {
    let node = document.insert_element(parent, None, &foreign.namespace, &foreign.name)?;
    declare(document, node, &foreign.namespaces)?;
    for attribute in &foreign.attributes {
        document.set_attribute(node, &attribute.namespace, &attribute.name, &attribute.value)?;
    }
    for piece in &foreign.pieces {
        match piece {
            ForeignPiece::Text(text) => document.append_text(node, text)?,
            ForeignPiece::Element(child) => foreign_at(document, node, child)?,
        }
    }
    Ok(())
}

fn declare(document: &mut Document, node: NodeId, namespaces: &[Namespace]) -> Result<(), EditError> {
    namespaces.iter().try_for_each(|it| document.declare_namespace(node, &it.prefix, &it.uri))
}
