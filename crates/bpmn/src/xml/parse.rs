//! Bytes to tree, in linear time, within [`crate::limits`].

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::encoding::decode;
use super::escape;
use super::name;
use super::tree::{
    AttributeData, Content, Document, ElementData, NamespaceId, NodeData, NodeId, NodeKind, Raw,
    declared_prefix,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::limits;

pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Reads a file. `file_name` is used in diagnostics only.
///
/// # Errors
/// Everything that keeps the file from being namespace-well-formed XML within the limits. Most problems end
/// reading; duplicate attributes and unbound prefixes are all reported.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Document, Vec<Diagnostic>> {
    if bytes.len() > limits::SIZE_BYTES {
        let message =
            format!("the file has {} bytes, more than the {} allowed", bytes.len(), limits::SIZE_BYTES);
        return Err(vec![diagnostic(
            file_name,
            "xml.size",
            (0, 0),
            message,
            "split the model into several files",
        )]);
    }
    let (source, encoding) = decode(bytes).map_err(|(message, offset)| {
        let mut cursor = Cursor::default();
        cursor.advance_bytes(bytes, offset);
        let help = "save the file as UTF-8";
        vec![diagnostic(file_name, "xml.encoding", cursor.place(), message, help)]
    })?;
    let mut parser = Parser::new(&source, file_name);
    let outcome = parser.run();
    if let Err(problem) = outcome {
        parser.problems.push(*problem);
    }
    let Parser { nodes, top, root, namespaces, problems, .. } = parser;
    match (root, problems.is_empty()) {
        (Some(root), true) => {
            Ok(Document { file: file_name.to_owned(), encoding, nodes, top, root, namespaces, source })
        }
        _ => Err(problems),
    }
}

fn diagnostic(file: &str, code: &'static str, place: (u32, u32), message: String, help: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code,
        element_id: None,
        file: file.to_owned(),
        line: place.0,
        column: place.1,
        message,
        help: help.to_owned(),
    }
}

/// Line and column of an offset that only grows, so that all places together cost one pass.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    offset: usize,
    line: u32,
    column: u32,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { offset: 0, line: 1, column: 1 }
    }
}

impl Cursor {
    fn advance_bytes(&mut self, bytes: &[u8], to: usize) {
        for &byte in &bytes[self.offset.min(bytes.len())..to.min(bytes.len()).max(self.offset)] {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.column = 1;
                }
                // Continuation bytes of a character.
                0x80..=0xBF => {}
                _ => self.column += 1,
            }
        }
        self.offset = to.max(self.offset);
    }

    fn place(self) -> (u32, u32) {
        (self.line, self.column)
    }
}

struct Parser<'s> {
    source: &'s str,
    file: &'s str,
    cursor: Cursor,
    nodes: Vec<NodeData>,
    top: Vec<NodeId>,
    root: Option<NodeId>,
    open: Vec<Open>,
    elements: usize,
    /// Declarations in scope: prefix (a span) and namespace; `None` undeclares the default namespace.
    scope: Vec<(&'s str, NamespaceId)>,
    namespaces: Vec<Box<str>>,
    namespace_ids: HashMap<Box<str>, NamespaceId>,
    problems: Vec<Diagnostic>,
}

struct Open {
    id: NodeId,
    /// Length of `scope` before the element's own declarations.
    scope: usize,
}

type Outcome<T> = Result<T, Box<Diagnostic>>;

impl<'s> Parser<'s> {
    fn new(source: &'s str, file: &'s str) -> Self {
        Self {
            source,
            file,
            cursor: Cursor::default(),
            nodes: Vec::new(),
            top: Vec::new(),
            root: None,
            open: Vec::new(),
            elements: 0,
            scope: Vec::new(),
            namespaces: vec!["".into()],
            namespace_ids: HashMap::from([("".into(), NamespaceId::NONE)]),
            problems: Vec::new(),
        }
    }

    fn run(&mut self) -> Outcome<()> {
        if let Some((offset, character)) =
            self.source.char_indices().find(|(_, character)| !escape::is_legal(*character))
        {
            let message = format!("the character U+{:04X} is not allowed in XML", u32::from(character));
            return Err(self.problem("xml.character", offset, message, "remove the character"));
        }
        let source = self.source;
        // The one that names the encoding is not part of the text any more. The reader below would skip another one, and
        // every position after it would be wrong.
        if source.starts_with('\u{feff}') {
            let message = "a second byte order mark".to_owned();
            return Err(self.problem("xml.syntax", 0, message, "remove it"));
        }
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.check_comments = true;
        let mut from = 0;
        loop {
            let event = reader.read_event();
            let to = usize::try_from(reader.buffer_position()).unwrap_or(source.len()).min(source.len());
            match event {
                Ok(Event::Eof) => break,
                Ok(event) => self.event(&event, from, to)?,
                Err(error) => {
                    let at = usize::try_from(reader.error_position()).unwrap_or(from).max(self.cursor.offset);
                    let help = "correct the XML; an editor with XML support shows the place";
                    return Err(self.problem(
                        "xml.syntax",
                        at,
                        format!("the file is not well-formed XML: {error}"),
                        help,
                    ));
                }
            }
            from = to;
        }
        if let Some(open) = self.open.last() {
            let node = &self.nodes[open.id.0 as usize];
            let place = (node.line, node.column);
            let message = "the element is never closed".to_owned();
            return Err(Box::new(diagnostic(self.file, "xml.syntax", place, message, "add its end tag")));
        }
        if self.root.is_none() {
            let message = "the file has no root element".to_owned();
            return Err(self.problem("xml.syntax", source.len(), message, "give a BPMN file"));
        }
        Ok(())
    }

    fn event(&mut self, event: &Event<'_>, from: usize, to: usize) -> Outcome<()> {
        let source = self.source;
        let piece = source.get(from..to).unwrap_or_default();
        match event {
            Event::Start(_) => self.start(from, to, false),
            Event::Empty(_) => self.start(from, to, true),
            Event::End(_) => self.end(from, to),
            Event::Text(_) | Event::GeneralRef(_) => self.text(piece, from, to),
            Event::CData(_) if self.open.is_empty() => {
                Err(self.problem("xml.syntax", from, "text outside the root element".to_owned(), "remove it"))
            }
            Event::CData(_) => {
                self.check_length(piece, from)?;
                self.push(Content::CData(span(from, to)), from);
                Ok(())
            }
            Event::Comment(_) => self.other(NodeKind::Comment, piece, from, to),
            Event::PI(_) => self.other(NodeKind::ProcessingInstruction, piece, from, to),
            Event::Decl(_) if from == 0 => self.other(NodeKind::Declaration, piece, from, to),
            Event::Decl(_) => {
                let message = "the XML declaration is not at the start of the file".to_owned();
                Err(self.problem("xml.syntax", from, message, "move it to the first line, first column"))
            }
            Event::DocType(_) => {
                let message = "the file has a document type declaration".to_owned();
                let help = "remove `<!DOCTYPE ...>`; BPMN needs none, and entities are not expanded";
                Err(self.problem("xml.doctype", from, message, help))
            }
            Event::Eof => Ok(()),
        }
    }

    fn other(&mut self, kind: NodeKind, piece: &str, from: usize, to: usize) -> Outcome<()> {
        self.check_length(piece, from)?;
        self.push(Content::Other(kind, span(from, to)), from);
        Ok(())
    }

    fn text(&mut self, piece: &str, from: usize, to: usize) -> Outcome<()> {
        if self.open.is_empty() {
            if piece.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
                self.push(Content::Text(span(from, to)), from);
                return Ok(());
            }
            return Err(self.problem(
                "xml.syntax",
                from,
                "text outside the root element".to_owned(),
                "remove it",
            ));
        }
        if let Some(at) = piece.find("]]>") {
            return Err(self.problem(
                "xml.syntax",
                from + at,
                "`]]>` in a text".to_owned(),
                "write `]]&gt;`",
            ));
        }
        if let Err((at, message)) = escape::text(piece) {
            return Err(self.problem("xml.entity", from + at, message, ENTITY_HELP));
        }
        // A text with references arrives in several events; it stays one node.
        let last = self.siblings().last().copied();
        if let Some(NodeData { content: Content::Text(Raw::Span(start, end)), .. }) =
            last.and_then(|id| self.nodes.get_mut(id.0 as usize))
            && *end as usize == from
        {
            let start = *start as usize;
            *end = offset(to);
            return match to - start > limits::TEXT_BYTES {
                true => Err(self.too_long(start)),
                false => Ok(()),
            };
        }
        self.check_length(piece, from)?;
        self.push(Content::Text(span(from, to)), from);
        Ok(())
    }

    fn start(&mut self, from: usize, to: usize, empty: bool) -> Outcome<()> {
        self.elements += 1;
        if self.elements > limits::ELEMENTS {
            let message = format!("the file has more than {} elements", limits::ELEMENTS);
            return Err(self.problem("xml.elements", from, message, "split the model into several files"));
        }
        if self.open.len() >= limits::DEPTH {
            let message = format!("elements are nested more than {} deep", limits::DEPTH);
            return Err(self.problem("xml.depth", from, message, "nest fewer elements"));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.problem(
                "xml.syntax",
                from,
                "a second root element".to_owned(),
                "keep one root element",
            ));
        }
        let scope = self.scope.len();
        let content = self.start_tag(from, to, empty)?;
        let id = self.push(Content::Element(content), from);
        if self.open.is_empty() {
            self.root = Some(id);
        }
        match empty {
            true => self.scope.truncate(scope),
            false => self.open.push(Open { id, scope }),
        }
        Ok(())
    }

    fn end(&mut self, from: usize, to: usize) -> Outcome<()> {
        let Some(open) = self.open.pop() else {
            return Err(self.problem(
                "xml.syntax",
                from,
                "an end tag without start tag".to_owned(),
                "remove it",
            ));
        };
        self.scope.truncate(open.scope);
        if let Content::Element(element) = &mut self.nodes[open.id.0 as usize].content {
            element.end_tag = Some(span(from, to));
        }
        Ok(())
    }

    /// Takes a start tag apart: `<name`, attributes, white space, `>` or `/>`.
    fn start_tag(&mut self, from: usize, to: usize, empty: bool) -> Outcome<ElementData> {
        let source = self.source;
        let end = to - if empty { 2 } else { 1 };
        let mut at = from + 1;
        let name = self.scan_name(&mut at, end)?;
        let mut attributes = Vec::new();
        let tail = loop {
            let before = at;
            skip_space(source, &mut at, end);
            if at >= end {
                break span(before, end);
            }
            if before == at {
                let help = "put a space between attributes";
                return Err(self.problem(
                    "xml.syntax",
                    at,
                    "an attribute without space before it".to_owned(),
                    help,
                ));
            }
            if attributes.len() == limits::ATTRIBUTES_PER_ELEMENT {
                let message =
                    format!("an element has more than {} attributes", limits::ATTRIBUTES_PER_ELEMENT);
                return Err(self.problem("xml.attributes", from, message, "give it fewer attributes"));
            }
            attributes.push(self.scan_attribute(span(before, at), &mut at, end)?);
        };
        self.declare(&attributes, from)?;
        for attribute in &mut attributes {
            attribute.namespace = self.attribute_namespace(text_of(source, &attribute.name), from);
        }
        self.check_duplicates(&attributes, from);
        let namespace = self.element_namespace(text_of(source, &name), from);
        let end_tag = (!empty).then(|| span(to, to));
        Ok(ElementData { name, namespace, attributes, tail, end_tag, children: Vec::new() })
    }

    fn scan_name(&mut self, at: &mut usize, end: usize) -> Outcome<Raw> {
        let from = *at;
        let rest = &self.source[from..end];
        let length = rest.find([' ', '\t', '\r', '\n', '=', '/', '<', '"', '\'']).unwrap_or(rest.len());
        let text = &rest[..length];
        if length > limits::NAME_BYTES {
            let message = format!("a name has more than {} bytes", limits::NAME_BYTES);
            return Err(self.problem("xml.name-length", from, message, "use a shorter name"));
        }
        if name::split(text).is_none() {
            let message = format!("`{text}` is not an XML name");
            return Err(self.problem("xml.syntax", from, message, "correct the name"));
        }
        *at = from + length;
        Ok(span(from, *at))
    }

    fn scan_attribute(&mut self, before: Raw, at: &mut usize, end: usize) -> Outcome<AttributeData> {
        let source = self.source;
        let start = *at;
        let name = self.scan_name(at, end)?;
        let equals_from = *at;
        skip_space(source, at, end);
        if source.as_bytes().get(*at) != Some(&b'=') || *at >= end {
            let message = format!("the attribute `{}` has no value", text_of(source, &name));
            return Err(self.problem("xml.syntax", start, message, "write name=\"value\""));
        }
        *at += 1;
        skip_space(source, at, end);
        let equals = span(equals_from, *at);
        let quote = match source.as_bytes().get(*at) {
            Some(b'"') if *at < end => '"',
            Some(b'\'') if *at < end => '\'',
            _ => {
                let message = format!("the value of `{}` is not quoted", text_of(source, &name));
                return Err(self.problem("xml.syntax", start, message, "put the value in quotes"));
            }
        };
        let value_from = *at + 1;
        let Some(length) = source[value_from..end].find(quote) else {
            let message = format!("the value of `{}` has no closing quote", text_of(source, &name));
            return Err(self.problem("xml.syntax", start, message, "close the quote"));
        };
        let value = &source[value_from..value_from + length];
        self.check_length(value, value_from)?;
        if let Some(index) = value.find('<') {
            let message = "`<` in an attribute value".to_owned();
            return Err(self.problem("xml.syntax", value_from + index, message, "write `&lt;`"));
        }
        if let Err((index, message)) = escape::attribute_value(value) {
            return Err(self.problem("xml.entity", value_from + index, message, ENTITY_HELP));
        }
        *at = value_from + length + 1;
        let value = span(value_from, value_from + length);
        Ok(AttributeData { before, name, namespace: NamespaceId::NONE, equals, quote, value })
    }

    fn declare(&mut self, attributes: &[AttributeData], from: usize) -> Outcome<()> {
        let source = self.source;
        for attribute in attributes {
            let Some(prefix) = declared_prefix(text_of(source, &attribute.name)) else { continue };
            let value = text_of(source, &attribute.value);
            let value = escape::attribute_value(value).unwrap_or_default();
            let reserved = prefix == "xmlns"
                || (prefix == "xml") != (value == XML_NAMESPACE)
                || value == XMLNS_NAMESPACE;
            if reserved || (value.is_empty() && !prefix.is_empty()) {
                let message = format!("the prefix `{prefix}` cannot stand for the namespace `{value}`");
                let help = "bind the prefix to another namespace, or use another prefix";
                return Err(self.problem("xml.namespace", from, message, help));
            }
            if self.scope.len() == limits::NAMESPACES_IN_SCOPE {
                let message = format!(
                    "more than {} namespaces are declared at this place",
                    limits::NAMESPACES_IN_SCOPE
                );
                return Err(self.problem("xml.namespaces", from, message, "declare fewer namespaces"));
            }
            let id = self.intern(&value);
            self.scope.push((prefix, id));
        }
        Ok(())
    }

    fn intern(&mut self, uri: &str) -> NamespaceId {
        if let Some(id) = self.namespace_ids.get(uri) {
            return *id;
        }
        let id = NamespaceId(offset(self.namespaces.len()));
        self.namespaces.push(uri.into());
        self.namespace_ids.insert(uri.into(), id);
        id
    }

    fn element_namespace(&mut self, name: &str, from: usize) -> NamespaceId {
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        self.lookup(prefix, name, from)
    }

    fn attribute_namespace(&mut self, name: &str, from: usize) -> NamespaceId {
        match name.split_once(':') {
            None => NamespaceId::NONE,
            Some(("xmlns", _)) => self.intern(XMLNS_NAMESPACE),
            Some((prefix, _)) => self.lookup(prefix, name, from),
        }
    }

    fn lookup(&mut self, prefix: &str, name: &str, from: usize) -> NamespaceId {
        if let Some((_, id)) = self.scope.iter().rev().find(|(known, _)| *known == prefix) {
            return *id;
        }
        match prefix {
            "" => NamespaceId::NONE,
            "xml" => self.intern(XML_NAMESPACE),
            _ => {
                let message = format!("the prefix of `{name}` is not declared");
                let help = format!("declare it: xmlns:{prefix}=\"...\"");
                self.note("xml.unbound-prefix", from, message, &help);
                NamespaceId::NONE
            }
        }
    }

    fn check_duplicates(&mut self, attributes: &[AttributeData], from: usize) {
        if attributes.len() < 2 {
            return;
        }
        let source = self.source;
        let key = |attribute: &AttributeData| {
            let name = text_of(source, &attribute.name);
            // Unbound prefixes have been reported; their whole name keeps them apart.
            let name = if attribute.namespace == NamespaceId::NONE { name } else { super::tree::local(name) };
            (attribute.namespace, name)
        };
        let mut keys: Vec<_> = attributes.iter().map(key).collect();
        keys.sort_unstable();
        for pair in keys.windows(2) {
            if pair[0] == pair[1] {
                let message = format!("the attribute `{}` is given twice", pair[0].1);
                self.note("xml.duplicate-attribute", from, message, "keep one of them");
            }
        }
    }

    fn check_length(&mut self, piece: &str, from: usize) -> Outcome<()> {
        if piece.len() > limits::TEXT_BYTES { Err(self.too_long(from)) } else { Ok(()) }
    }

    fn too_long(&mut self, from: usize) -> Box<Diagnostic> {
        let message = format!("a text, value or comment has more than {} bytes", limits::TEXT_BYTES);
        self.problem("xml.text", from, message, "shorten it, or keep it outside the model")
    }

    fn siblings(&self) -> &[NodeId] {
        match self.open.last().map(|open| &self.nodes[open.id.0 as usize].content) {
            Some(Content::Element(element)) => &element.children,
            _ => &self.top,
        }
    }

    fn push(&mut self, content: Content, from: usize) -> NodeId {
        self.cursor.advance_bytes(self.source.as_bytes(), from);
        let id = NodeId(offset(self.nodes.len()));
        let parent = self.open.last().map(|open| open.id);
        let (line, column) = self.cursor.place();
        self.nodes.push(NodeData { parent, line, column, content });
        match parent.map(|parent| &mut self.nodes[parent.0 as usize].content) {
            Some(Content::Element(element)) => element.children.push(id),
            _ => self.top.push(id),
        }
        id
    }

    fn note(&mut self, code: &'static str, at: usize, message: String, help: &str) {
        if self.problems.len() < limits::DIAGNOSTICS {
            let problem = self.problem(code, at, message, help);
            self.problems.push(*problem);
        }
    }

    fn problem(&mut self, code: &'static str, at: usize, message: String, help: &str) -> Box<Diagnostic> {
        let mut cursor = if at < self.cursor.offset { Cursor::default() } else { self.cursor };
        cursor.advance_bytes(self.source.as_bytes(), at);
        Box::new(diagnostic(self.file, code, cursor.place(), message, help))
    }
}

const ENTITY_HELP: &str = "use &lt; &gt; &amp; &apos; &quot; or a character reference such as &#228;";

fn skip_space(source: &str, at: &mut usize, end: usize) {
    while *at < end && matches!(source.as_bytes()[*at], b' ' | b'\t' | b'\r' | b'\n') {
        *at += 1;
    }
}

fn text_of<'s>(source: &'s str, raw: &Raw) -> &'s str {
    match raw {
        Raw::Span(from, to) => &source[*from as usize..*to as usize],
        // The parser makes spans only.
        Raw::Owned(_) => "",
    }
}

fn span(from: usize, to: usize) -> Raw {
    Raw::Span(offset(from), offset(to))
}

/// Files are at most [`limits::SIZE_BYTES`] long (three times that as text), so offsets fit.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
