//! From typed elements to a file.
//!
//! **Invariant:** the text depends on the elements alone, and reading it gives the same elements.

use std::fmt::Write;

use super::element::{Element, Foreign, ForeignAttribute, ForeignPiece, Namespace, Piece};
use super::kind::Content;
use crate::ns;
use crate::xml::{escape_attribute, escape_text, preferred_prefix};

/// Writes a file from its `definitions`. Namespaces that are used and not declared are declared on the root.
pub fn write(definitions: &Element) -> String {
    let mut writer = Writer { out: String::new(), scope: Vec::new() };
    writer.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut missing = Vec::new();
    Usage { scope: Vec::new(), missing: &mut missing }.element(definitions);
    let mut namespaces = definitions.namespaces.clone();
    for uri in missing {
        let wanted = preferred_prefix(&uri);
        let free = |prefix: &str| namespaces.iter().all(|it| it.prefix != prefix);
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let prefix =
            std::iter::once(wanted.to_owned()).chain(numbered).find(|it| free(it)).unwrap_or_default();
        namespaces.push(Namespace { prefix, uri });
    }
    writer.element(definitions, &namespaces, 0);
    writer.out.push('\n');
    writer.out
}

/// Finds the namespaces that are used where no declaration is in scope.
struct Usage<'e, 'm> {
    scope: Vec<&'e Namespace>,
    missing: &'m mut Vec<String>,
}

impl<'e> Usage<'e, '_> {
    fn element(&mut self, element: &'e Element) {
        let depth = self.scope.len();
        self.scope.extend(&element.namespaces);
        self.name(element.namespace, false);
        if element.typed {
            self.name(ns::XSI, true);
            self.name(element.kind.schema_type().0, false);
        }
        element.foreign.iter().for_each(|it| self.name(&it.namespace, true));
        for piece in &element.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Element(child) => self.element(child),
                Piece::Foreign(child) => self.foreign(child),
            }
        }
        self.scope.truncate(depth);
    }

    fn foreign(&mut self, foreign: &'e Foreign) {
        let depth = self.scope.len();
        self.scope.extend(&foreign.namespaces);
        self.name(&foreign.namespace, false);
        foreign.attributes.iter().for_each(|it| self.name(&it.namespace, true));
        for piece in &foreign.pieces {
            if let ForeignPiece::Element(child) = piece {
                self.foreign(child);
            }
        }
        self.scope.truncate(depth);
    }

    fn name(&mut self, uri: &str, is_attribute: bool) {
        let scope = self.scope.iter().map(|it| (it.prefix.as_str(), it.uri.as_str()));
        if prefix_of(scope, uri, is_attribute).is_none() && !self.missing.iter().any(|known| known == uri) {
            self.missing.push(uri.to_owned());
        }
    }
}

/// The prefix that stands for a namespace, the innermost declaration first. Attributes need one that is not empty.
fn prefix_of<'a>(
    scope: impl DoubleEndedIterator<Item = (&'a str, &'a str)> + Clone,
    uri: &str,
    is_attribute: bool,
) -> Option<String> {
    if uri == crate::xml::XML_NAMESPACE {
        return Some("xml".to_owned());
    }
    let mut hidden: Vec<&str> = Vec::new();
    for (prefix, known) in scope.rev() {
        if !hidden.contains(&prefix) && known == uri && !(is_attribute && prefix.is_empty()) {
            return Some(prefix.to_owned());
        }
        hidden.push(prefix);
    }
    let undeclared_default = !hidden.contains(&"");
    (uri.is_empty() && (is_attribute || undeclared_default)).then(String::new)
}

struct Writer {
    out: String,
    scope: Vec<(String, String)>,
}

impl Writer {
    fn element(&mut self, element: &Element, namespaces: &[Namespace], depth: usize) {
        let outer = self.enter(namespaces);
        let name = self.qualified(element.namespace, element.name, false);
        self.start(&name, namespaces);
        for (attribute, value) in element.attributes() {
            self.attribute(attribute, &value.to_string());
        }
        if element.typed {
            let name = self.qualified(ns::XSI, "type", true);
            let (namespace, local) = element.kind.schema_type();
            let value = self.qualified(namespace, &local, false);
            self.attribute(&name, &value);
        }
        self.foreign_attributes(&element.foreign);
        match (&element.value, element.kind.content()) {
            (Some(value), _) => {
                let text = escape_text(&value.to_string());
                let _ = write!(self.out, ">{text}</{name}>");
            }
            (None, _) if element.pieces.is_empty() => self.out.push_str("/>"),
            (None, content) => {
                self.out.push('>');
                self.pieces(&element.pieces, content == Content::Mixed, depth);
                let _ = write!(self.out, "</{name}>");
            }
        }
        self.scope.truncate(outer);
    }

    fn pieces(&mut self, pieces: &[Piece], mixed: bool, depth: usize) {
        for piece in pieces {
            if !mixed {
                self.line(depth + 1);
            }
            match piece {
                Piece::Text(text) => self.out.push_str(&escape_text(text)),
                Piece::Element(child) => self.element(child, &child.namespaces, depth + 1),
                Piece::Foreign(child) => self.foreign(child, depth + 1),
            }
        }
        if !mixed {
            self.line(depth);
        }
    }

    fn foreign(&mut self, foreign: &Foreign, depth: usize) {
        let outer = self.enter(&foreign.namespaces);
        let name = self.qualified(&foreign.namespace, &foreign.name, false);
        self.start(&name, &foreign.namespaces);
        self.foreign_attributes(&foreign.attributes);
        if foreign.pieces.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            let mixed = foreign.pieces.iter().any(|piece| matches!(piece, ForeignPiece::Text(_)));
            for piece in &foreign.pieces {
                if !mixed {
                    self.line(depth + 1);
                }
                match piece {
                    ForeignPiece::Text(text) => self.out.push_str(&escape_text(text)),
                    ForeignPiece::Element(child) => self.foreign(child, depth + 1),
                }
            }
            if !mixed {
                self.line(depth);
            }
            let _ = write!(self.out, "</{name}>");
        }
        self.scope.truncate(outer);
    }

    fn enter(&mut self, namespaces: &[Namespace]) -> usize {
        let outer = self.scope.len();
        self.scope.extend(namespaces.iter().map(|it| (it.prefix.clone(), it.uri.clone())));
        outer
    }

    fn start(&mut self, name: &str, namespaces: &[Namespace]) {
        let _ = write!(self.out, "<{name}");
        for namespace in namespaces {
            match namespace.prefix.as_str() {
                "" => self.attribute("xmlns", &namespace.uri),
                prefix => self.attribute(&format!("xmlns:{prefix}"), &namespace.uri),
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let value = escape_attribute(value, '"');
        let _ = write!(self.out, " {name}=\"{value}\"");
    }

    fn foreign_attributes(&mut self, attributes: &[ForeignAttribute]) {
        for attribute in attributes {
            let name = self.qualified(&attribute.namespace, &attribute.name, true);
            self.attribute(&name, &attribute.value);
        }
    }

    fn qualified(&self, uri: &str, name: &str, is_attribute: bool) -> String {
        let scope = self.scope.iter().map(|(prefix, uri)| (prefix.as_str(), uri.as_str()));
        match prefix_of(scope, uri, is_attribute).unwrap_or_default().as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}:{name}"),
        }
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", depth));
    }
}
