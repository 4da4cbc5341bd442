//! A small tree of XML elements with places, read under limits.
//!
//! **Invariant:** entities beyond the five of XML are refused, and so is DOCTYPE; namespaces are URIs, never prefixes.

use crate::diagnostic::{Diagnostic, Place};
use crate::limits;
use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use std::collections::HashSet;
use std::sync::Arc;

/// An element with everything in it.
#[derive(Debug)]
pub(crate) struct Element {
    /// The URI of its namespace; empty without one.
    pub namespace: Arc<str>,
    /// Its name without a prefix.
    pub name: Box<str>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// The elements in it.
    pub children: Vec<Element>,
    /// The text directly in it.
    pub text: String,
    /// Where it starts.
    pub place: Place,
    /// Where the first character after its start tag is.
    pub content: Place,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// The URI of its namespace; empty without one. Of a declaration of a prefix: `xmlns`.
    pub namespace: Arc<str>,
    /// Its name without a prefix.
    pub name: Box<str>,
    /// Its value.
    pub value: String,
}

impl Element {
    /// The attribute of that name without a namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_in("", name)
    }

    /// The attribute of that name in a namespace.
    pub fn attribute_in(&self, namespace: &str, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|one| &*one.name == name && &*one.namespace == namespace);
        found.map(|attribute| attribute.value.as_str())
    }
}

/// Reads a document.
pub(crate) fn parse(source: &str) -> Result<Element, Diagnostic> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if source.len() > limits::MAX_FILE_BYTES {
        let message = format!("the file is longer than {} bytes", limits::MAX_FILE_BYTES);
        return Err(Diagnostic::error("dmn.xml.size", "", Place::default(), message, "split the model"));
    }
    let mut builder = Builder {
        source,
        cursor: Place { line: 1, column: 1 },
        offset: 0,
        open: Vec::new(),
        root: None,
        elements: 0,
        namespaces: HashSet::new(),
    };
    builder.run()?;
    match builder.root {
        Some(root) => Ok(root),
        None => Err(builder.error("dmn.xml.syntax", "there is no element", "send a DMN document")),
    }
}

struct Builder<'s> {
    source: &'s str,
    cursor: Place,
    offset: usize,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    namespaces: HashSet<Arc<str>>,
}

impl Builder<'_> {
    fn run(&mut self) -> Result<(), Diagnostic> {
        let mut reader = NsReader::from_str(self.source);
        reader.config_mut().check_end_names = true;
        loop {
            let from = usize::try_from(reader.buffer_position()).unwrap_or(0);
            let event = reader.read_event();
            let to = usize::try_from(reader.buffer_position()).unwrap_or(0).min(self.source.len());
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    self.advance(usize::try_from(reader.error_position()).unwrap_or(from));
                    return Err(self.error("dmn.xml.syntax", error.to_string(), "correct the XML"));
                }
            };
            self.advance(from);
            match event {
                Event::Start(tag) => self.start(&reader, &tag, to)?,
                Event::Empty(tag) => {
                    self.start(&reader, &tag, to)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(name) => {
                    match name.resolve_char_ref().map_err(|error| self.syntax(error))? {
                        Some(c) => self.text(c.encode_utf8(&mut [0; 4]))?,
                        None => {
                            let text = self.entity(&name)?;
                            self.text(text)?;
                        }
                    }
                }
                Event::DocType(_) => {
                    return Err(self.error(
                        "dmn.xml.doctype",
                        "a document type declaration is refused",
                        "remove <!DOCTYPE ...>; DMN needs none",
                    ));
                }
                Event::Eof => break,
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
        match self.open.last() {
            None => Ok(()),
            Some(open) => {
                let message = format!("the element <{}> is not closed", open.name);
                Err(Diagnostic::error("dmn.xml.syntax", "", open.place, message, "close it"))
            }
        }
    }

    fn advance(&mut self, to: usize) {
        let Some(passed) = self.source.get(self.offset..to) else { return };
        for (at, c) in passed.char_indices() {
            // A carriage return alone ends a line too.
            let alone = || !self.source[self.offset + at + 1..].starts_with('\n');
            if c == '\n' || (c == '\r' && alone()) {
                self.cursor = Place { line: self.cursor.line + 1, column: 1 };
            } else {
                self.cursor.column += 1;
            }
        }
        self.offset = to;
    }

    fn error(&self, code: &'static str, message: impl Into<String>, help: &str) -> Diagnostic {
        Diagnostic::error(code, "", self.cursor, message, help)
    }

    fn syntax(&self, error: impl std::fmt::Display) -> Diagnostic {
        self.error("dmn.xml.syntax", error.to_string(), "correct the XML")
    }

    fn entity(&self, name: &str) -> Result<&'static str, Diagnostic> {
        Ok(match name {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "quot" => "\"",
            "apos" => "'",
            _ => {
                let message = format!("the entity &{name}; is unknown");
                return Err(self.error("dmn.xml.entity", message, "write the character itself"));
            }
        })
    }

    fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.namespaces.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.namespaces.insert(Arc::clone(&new));
        new
    }

    fn start(&mut self, reader: &NsReader<&[u8]>, tag: &BytesStart<'_>, to: usize) -> Result<(), Diagnostic> {
        self.elements += 1;
        if self.elements > limits::MAX_ELEMENTS {
            let message = format!("the file has more than {} elements", limits::MAX_ELEMENTS);
            return Err(self.error("dmn.xml.size", message, "split the model"));
        }
        if self.open.len() >= limits::MAX_DEPTH {
            let message = format!("elements nest deeper than {}", limits::MAX_DEPTH);
            return Err(self.error("dmn.xml.depth", message, "move parts into decisions of their own"));
        }
        if self.root.is_some() {
            return Err(self.error("dmn.xml.syntax", "there is a second root element", "remove it"));
        }
        let place = self.cursor;
        let (resolved, local) = reader.resolver().resolve_element(tag.name());
        let namespace = self.namespace(resolved)?;
        let name = local.as_ref().into();
        let attributes = self.attributes(reader, tag)?;
        self.advance(to);
        let content = self.cursor;
        let (children, text) = (Vec::new(), String::new());
        self.open.push(Element { namespace, name, attributes, children, text, place, content });
        Ok(())
    }

    fn namespace(&mut self, resolved: ResolveResult<'_>) -> Result<Arc<str>, Diagnostic> {
        match resolved {
            ResolveResult::Bound(namespace) => {
                let uri =
                    quick_xml::escape::unescape(namespace.as_ref()).map_err(|error| self.syntax(error))?;
                let uri = uri.into_owned();
                Ok(self.intern(&uri))
            }
            ResolveResult::Unbound => Ok(self.intern("")),
            ResolveResult::Unknown(prefix) => {
                let message = format!("the prefix '{prefix}' is not declared");
                Err(self.error("dmn.xml.prefix", message, "declare it with xmlns:prefix=\"...\""))
            }
        }
    }

    fn attributes(
        &mut self,
        reader: &NsReader<&[u8]>,
        tag: &BytesStart<'_>,
    ) -> Result<Vec<Attribute>, Diagnostic> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.syntax(error))?;
            if attributes.len() >= limits::MAX_ATTRIBUTES {
                let message = format!("an element has more than {} attributes", limits::MAX_ATTRIBUTES);
                return Err(self.error("dmn.xml.size", message, "remove some"));
            }
            let raw: &str = &attribute.value;
            if raw.len() > limits::MAX_TEXT_BYTES {
                let message = format!("a value is longer than {} bytes", limits::MAX_TEXT_BYTES);
                return Err(self.error("dmn.xml.size", message, "shorten it"));
            }
            let value = quick_xml::escape::unescape(raw).map_err(|error| self.syntax(error))?;
            let value = value.replace(['\n', '\r', '\t'], " ");
            let key = attribute.key;
            let (namespace, name) = match key.as_namespace_binding() {
                Some(_) => {
                    let prefix = if key.prefix().is_some() { key.local_name().into_inner() } else { "" };
                    (self.intern("xmlns"), prefix)
                }
                None => {
                    let (resolved, local) = reader.resolver().resolve_attribute(key);
                    (self.namespace(resolved)?, local.into_inner())
                }
            };
            attributes.push(Attribute { namespace, name: name.into(), value });
        }
        Ok(attributes)
    }

    fn text(&mut self, text: &str) -> Result<(), Diagnostic> {
        let Some(element) = self.open.last_mut() else {
            if text.trim().is_empty() {
                return Ok(());
            }
            return Err(self.error(
                "dmn.xml.syntax",
                "there is text outside of the root element",
                "remove it",
            ));
        };
        if element.text.len() + text.len() > limits::MAX_TEXT_BYTES {
            let message = format!("a text is longer than {} bytes", limits::MAX_TEXT_BYTES);
            return Err(self.error("dmn.xml.size", message, "shorten it"));
        }
        element.text.push_str(text);
        Ok(())
    }

    fn end(&mut self) {
        if let Some(element) = self.open.pop() {
            match self.open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => self.root = Some(element),
            }
        }
    }
}
