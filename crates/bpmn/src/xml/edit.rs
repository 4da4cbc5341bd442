//! Edits: each changes the pieces it names and the white space that indents them, nothing else.

use super::escape::{escape_attribute, escape_text};
use super::name::is_ncname;
use super::tree::{
    AttributeData, Content, Document, ElementData, NamespaceId, NodeData, NodeId, Raw, declared_prefix, local,
};

/// Why an edit was refused. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The node is not an element, or not of this document.
    #[error("node {0} is not an element of this document")]
    NotAnElement(u32),
    /// The name is not an XML name.
    #[error("`{0}` is not an XML name without a prefix")]
    BadName(String),
    /// `before` is not a child of the parent.
    #[error("the node to insert before is not a child of the element")]
    NotAChild,
    /// The root element cannot be removed.
    #[error("the root element cannot be removed")]
    Root,
}

impl Document {
    /// Sets an attribute, keeping its place, quotes and spelling of the name when it exists. A prefix is found
    /// in scope, or declared on the element.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn set_attribute(
        &mut self,
        id: NodeId,
        namespace: &str,
        name: &str,
        value: &str,
    ) -> Result<(), EditError> {
        let element = self.checked(id, name)?;
        let found =
            element.attributes.iter().position(|attribute| self.is_attribute(attribute, namespace, name));
        if let Some(index) = found {
            let quote = element.attributes[index].quote;
            let raw = Raw::owned(escape_attribute(value, quote));
            self.element_mut(id)?.attributes[index].value = raw;
            return Ok(());
        }
        let prefix =
            if namespace.is_empty() { String::new() } else { self.prefix_for(id, namespace, false)? };
        let full = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") };
        let namespace = self.intern_namespace(namespace);
        self.element_mut(id)?.attributes.push(new_attribute(&full, namespace, value));
        Ok(())
    }

    /// Removes an attribute with the white space before it; tells whether it was there.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove_attribute(&mut self, id: NodeId, namespace: &str, name: &str) -> Result<bool, EditError> {
        let element = self.checked(id, name)?;
        let found =
            element.attributes.iter().position(|attribute| self.is_attribute(attribute, namespace, name));
        if let Some(index) = found {
            self.element_mut(id)?.attributes.remove(index);
        }
        Ok(found.is_some())
    }

    /// Replaces everything inside the element by a text.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn set_text(&mut self, id: NodeId, text: &str) -> Result<(), EditError> {
        self.element_data(id)?;
        let child = self.add_node(Some(id), Content::Text(Raw::owned(escape_text(text))));
        self.open_up(id)?;
        self.element_mut(id)?.children = vec![child];
        Ok(())
    }

    /// Adds a text behind everything inside the element.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn append_text(&mut self, id: NodeId, text: &str) -> Result<(), EditError> {
        self.element_data(id)?;
        let child = self.add_node(Some(id), Content::Text(Raw::owned(escape_text(text))));
        self.open_up(id)?;
        self.element_mut(id)?.children.push(child);
        Ok(())
    }

    /// Declares a namespace on the element, unless the prefix stands for it there already.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn declare_namespace(&mut self, id: NodeId, prefix: &str, uri: &str) -> Result<(), EditError> {
        let element = self.element(id).ok_or(EditError::NotAnElement(id.0))?;
        if element.namespace_of_prefix(prefix).is_some_and(|known| known == uri) {
            return Ok(());
        }
        if !prefix.is_empty() && !is_ncname(prefix) {
            return Err(EditError::BadName(prefix.to_owned()));
        }
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let xmlns = self.intern_namespace("http://www.w3.org/2000/xmlns/");
        self.element_mut(id)?.attributes.push(new_attribute(&name, xmlns, uri));
        Ok(())
    }

    /// A prefix that stands for the namespace at this element, empty for the default namespace. It is declared when
    /// there is none.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn prefix_of(&mut self, id: NodeId, namespace: &str) -> Result<String, EditError> {
        self.prefix_for(id, namespace, true)
    }

    /// Inserts an empty element before a child, or at the end, indented as its siblings are.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn insert_element(
        &mut self,
        parent: NodeId,
        before: Option<NodeId>,
        namespace: &str,
        name: &str,
    ) -> Result<NodeId, EditError> {
        let element = self.checked(parent, name)?;
        if before.is_some_and(|before| !element.children.contains(&before)) {
            return Err(EditError::NotAChild);
        }
        let prefix = self.prefix_for(parent, namespace, true)?;
        let full = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") };
        let namespace = self.intern_namespace(namespace);
        let new = self.add_node(
            Some(parent),
            Content::Element(ElementData {
                name: Raw::owned(full),
                namespace,
                attributes: Vec::new(),
                tail: Raw::owned(""),
                end_tag: None,
                children: Vec::new(),
            }),
        );
        self.place_child(parent, before, new)?;
        Ok(new)
    }

    /// Removes a node with all inside it and the white space that indents it.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove(&mut self, id: NodeId) -> Result<(), EditError> {
        let parent = self.data(id).ok_or(EditError::NotAnElement(id.0))?.parent.ok_or(EditError::Root)?;
        let children = &self.element_data(parent)?.children;
        let index = children.iter().position(|child| *child == id).ok_or(EditError::NotAChild)?;
        let indented = index > 0 && self.white_space(children[index - 1]).is_some();
        let alone =
            children.iter().enumerate().all(|(at, child)| at == index || self.white_space(*child).is_some());
        let children = &mut self.element_mut(parent)?.children;
        match (alone, indented) {
            (true, _) => children.clear(),
            (false, true) => drop(children.drain(index - 1..=index)),
            (false, false) => drop(children.remove(index)),
        }
        Ok(())
    }

    fn place_child(&mut self, parent: NodeId, before: Option<NodeId>, new: NodeId) -> Result<(), EditError> {
        let children = self.element_data(parent)?.children.clone();
        let first_indent =
            children.first().and_then(|first| self.white_space(first.to_owned())).map(str::to_owned);
        if let Some(before) = before {
            let index = children.iter().position(|child| *child == before).ok_or(EditError::NotAChild)?;
            let indent =
                index.checked_sub(1).and_then(|at| self.white_space(children[at])).map(str::to_owned);
            let mut added = vec![new];
            if let Some(indent) = indent {
                added.push(self.add_node(Some(parent), Content::Text(Raw::owned(indent))));
            }
            self.element_mut(parent)?.children.splice(index..index, added);
            return Ok(());
        }
        let has_elements = children.iter().any(|child| self.element(*child).is_some());
        match first_indent.filter(|_| has_elements) {
            Some(indent) => {
                let text = self.add_node(Some(parent), Content::Text(Raw::owned(indent)));
                let last_is_space = children.last().is_some_and(|last| self.white_space(*last).is_some());
                let at = children.len() - usize::from(last_is_space);
                self.element_mut(parent)?.children.splice(at..at, [text, new]);
            }
            None if children.iter().all(|child| self.white_space(*child).is_some()) => {
                self.fill_empty(parent, new)?
            }
            None => self.element_mut(parent)?.children.push(new),
        }
        Ok(())
    }

    /// Puts a first child into an element, on a line of its own when the element itself is on one.
    fn fill_empty(&mut self, parent: NodeId, new: NodeId) -> Result<(), EditError> {
        self.open_up(parent)?;
        let own = self.indent_of(parent);
        let children = match own {
            Some(own) => {
                let outer =
                    self.data(parent).and_then(|data| data.parent).and_then(|outer| self.indent_of(outer));
                let unit = outer.and_then(|outer| own.strip_prefix(outer.as_str()).map(str::to_owned));
                let unit = unit
                    .filter(|unit| !unit.is_empty() && !unit.contains('\n'))
                    .unwrap_or_else(|| "  ".to_owned());
                let inner = self.add_node(Some(parent), Content::Text(Raw::owned(format!("{own}{unit}"))));
                let closing = self.add_node(Some(parent), Content::Text(Raw::owned(own)));
                vec![inner, new, closing]
            }
            None => vec![new],
        };
        self.element_mut(parent)?.children = children;
        Ok(())
    }

    /// Line break and spaces before an element.
    fn indent_of(&self, id: NodeId) -> Option<String> {
        let siblings = match self.data(id)?.parent {
            Some(parent) => &self.element_data(parent).ok()?.children,
            None => return Some("\n".to_owned()),
        };
        let index = siblings.iter().position(|child| *child == id)?;
        let text = self.white_space(*siblings.get(index.checked_sub(1)?)?)?;
        text.rfind('\n').map(|at| {
            let at = if text[..at].ends_with('\r') { at - 1 } else { at };
            text[at..].to_owned()
        })
    }

    /// Turns `<name/>` into `<name></name>`.
    fn open_up(&mut self, id: NodeId) -> Result<(), EditError> {
        let element = self.element_data(id)?;
        if element.end_tag.is_none() {
            let end_tag = Raw::owned(format!("</{}>", self.raw(&element.name)));
            let element = self.element_mut(id)?;
            element.end_tag = Some(end_tag);
            element.tail = Raw::owned("");
        }
        Ok(())
    }

    fn white_space(&self, id: NodeId) -> Option<&str> {
        match &self.data(id)?.content {
            Content::Text(raw) => {
                Some(self.raw(raw)).filter(|text| text.trim_matches([' ', '\t', '\r', '\n']).is_empty())
            }
            _ => None,
        }
    }

    /// A prefix that stands for the namespace at this element, declared there when there is none.
    fn prefix_for(
        &mut self,
        id: NodeId,
        namespace: &str,
        default_allowed: bool,
    ) -> Result<String, EditError> {
        let mut hidden: Vec<String> = Vec::new();
        let mut scope = Some(id);
        while let Some(at) = scope {
            for attribute in &self.element_data(at)?.attributes {
                let Some(prefix) = declared_prefix(self.raw(&attribute.name)) else { continue };
                if hidden.iter().any(|known| known == prefix) {
                    continue;
                }
                let value = super::escape::attribute_value(self.raw(&attribute.value)).unwrap_or_default();
                if value == namespace && (default_allowed || !prefix.is_empty()) {
                    return Ok(prefix.to_owned());
                }
                hidden.push(prefix.to_owned());
            }
            scope = self.data(at).and_then(|data| data.parent);
        }
        if namespace.is_empty() && !hidden.iter().any(String::is_empty) {
            return Ok(String::new());
        }
        let wanted = preferred_prefix(namespace);
        let mut prefix = wanted.to_owned();
        let mut number = 1;
        while hidden.contains(&prefix) {
            number += 1;
            prefix = format!("{wanted}{number}");
        }
        let xmlns = self.intern_namespace("http://www.w3.org/2000/xmlns/");
        let declaration = new_attribute(&format!("xmlns:{prefix}"), xmlns, namespace);
        let root = self.root;
        self.element_mut(root)?.attributes.push(declaration);
        Ok(prefix)
    }

    fn intern_namespace(&mut self, uri: &str) -> NamespaceId {
        let index = self.namespaces.iter().position(|known| &**known == uri).unwrap_or_else(|| {
            self.namespaces.push(uri.into());
            self.namespaces.len() - 1
        });
        NamespaceId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn is_attribute(&self, attribute: &AttributeData, namespace: &str, name: &str) -> bool {
        let full = self.raw(&attribute.name);
        local(full) == name
            && self.namespace(attribute.namespace) == namespace
            && declared_prefix(full).is_none()
    }

    fn add_node(&mut self, parent: Option<NodeId>, content: Content) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(NodeData { parent, line: 0, column: 0, content });
        id
    }

    fn checked(&self, id: NodeId, name: &str) -> Result<&ElementData, EditError> {
        if is_ncname(name) { self.element_data(id) } else { Err(EditError::BadName(name.to_owned())) }
    }

    fn element_data(&self, id: NodeId) -> Result<&ElementData, EditError> {
        match self.data(id).map(|data| &data.content) {
            Some(Content::Element(element)) => Ok(element),
            _ => Err(EditError::NotAnElement(id.0)),
        }
    }

    fn element_mut(&mut self, id: NodeId) -> Result<&mut ElementData, EditError> {
        match self.nodes.get_mut(id.0 as usize).map(|data| &mut data.content) {
            Some(Content::Element(element)) => Ok(element),
            _ => Err(EditError::NotAnElement(id.0)),
        }
    }
}

fn new_attribute(name: &str, namespace: NamespaceId, value: &str) -> AttributeData {
    AttributeData {
        before: Raw::owned(" "),
        name: Raw::owned(name),
        namespace,
        equals: Raw::owned("="),
        quote: '"',
        value: Raw::owned(escape_attribute(value, '"')),
    }
}

pub(crate) fn preferred_prefix(namespace: &str) -> &'static str {
    match namespace {
        crate::ns::BPMN => "bpmn",
        crate::ns::BPMNDI => "bpmndi",
        crate::ns::DC => "dc",
        crate::ns::DI => "di",
        crate::ns::ZEEBE => "zeebe",
        crate::ns::MODELER => "modeler",
        crate::ns::CAMUNDA => "camunda",
        crate::ns::OPERATON => "operaton",
        crate::ns::FLOWABLE => "flowable",
        crate::ns::ACTIVITI => "activiti",
        crate::ns::XSI => "xsi",
        _ => "ns",
    }
}
