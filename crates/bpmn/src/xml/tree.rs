//! The tree itself: an arena of nodes whose pieces are spans of the source or, once edited, texts of their own.

use std::borrow::Cow;

use super::encoding::{Encoding, encode};
use super::escape;

/// A node's place in its document's arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A namespace's place in its document's table; 0 is "no namespace".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NamespaceId(pub(super) u32);

impl NamespaceId {
    pub(super) const NONE: Self = Self(0);
}

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw {
    /// Bytes `from..to` of the source.
    Span(u32, u32),
    /// A text put there by an edit.
    Owned(Box<str>),
}

impl Raw {
    pub(super) fn owned(text: impl Into<Box<str>>) -> Self {
        Self::Owned(text.into())
    }
}

/// An XML file.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) file: String,
    pub(super) encoding: Encoding,
    pub(super) source: String,
    pub(super) nodes: Vec<NodeData>,
    /// Nodes outside the root element and the root element, in document order.
    pub(super) top: Vec<NodeId>,
    pub(super) root: NodeId,
    pub(super) namespaces: Vec<Box<str>>,
}

#[derive(Debug, Clone)]
pub(super) struct NodeData {
    pub(super) parent: Option<NodeId>,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Element(ElementData),
    Text(Raw),
    /// The whole section, `<![CDATA[` and `]]>` included.
    CData(Raw),
    /// Comment, processing instruction or XML declaration, delimiters included.
    Other(NodeKind, Raw),
}

#[derive(Debug, Clone)]
pub(super) struct ElementData {
    pub(super) name: Raw,
    pub(super) namespace: NamespaceId,
    pub(super) attributes: Vec<AttributeData>,
    /// White space before `>` or `/>`.
    pub(super) tail: Raw,
    /// `None` for `<name/>`, else the whole end tag.
    pub(super) end_tag: Option<Raw>,
    pub(super) children: Vec<NodeId>,
}

#[derive(Debug, Clone)]
pub(super) struct AttributeData {
    /// White space before the name.
    pub(super) before: Raw,
    pub(super) name: Raw,
    pub(super) namespace: NamespaceId,
    /// `=` with the white space around it.
    pub(super) equals: Raw,
    pub(super) quote: char,
    pub(super) value: Raw,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// An element.
    Element,
    /// Characters and references.
    Text,
    /// A CDATA section.
    CData,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// The XML declaration.
    Declaration,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Document {
    /// File name as given to [`super::read`].
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How the file was, and will be, encoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element { document: self, id: self.root }
    }

    /// The element with this id; `None` for other nodes.
    pub fn element(&self, id: NodeId) -> Option<Element<'_>> {
        matches!(self.data(id)?.content, Content::Element(_)).then_some(Element { document: self, id })
    }

    /// All elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let mut stack = vec![self.root];
        std::iter::from_fn(move || {
            let id = stack.pop()?;
            let element = Element { document: self, id };
            let children = &element.data().children;
            stack.extend(children.iter().rev().filter(|child| self.element(**child).is_some()));
            Some(element)
        })
    }

    /// The file as bytes: what was read, with edits applied.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&self.to_text(), self.encoding)
    }

    /// The file as text, without a byte order mark.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.source.len() + 256);
        // An explicit stack: the depth of an edited tree is not bounded by the parser's limit.
        let mut stack: Vec<Step<'_>> = self.top.iter().rev().map(|id| Step::Node(*id)).collect();
        while let Some(step) = stack.pop() {
            match step {
                Step::Text(text) => out.push_str(text),
                Step::Node(id) => match &self.nodes[id.0 as usize].content {
                    Content::Text(raw) | Content::CData(raw) | Content::Other(_, raw) => {
                        out.push_str(self.raw(raw))
                    }
                    Content::Element(element) => {
                        self.write_start_tag(element, &mut out);
                        if let Some(end_tag) = &element.end_tag {
                            stack.push(Step::Text(self.raw(end_tag)));
                            stack.extend(element.children.iter().rev().map(|id| Step::Node(*id)));
                        }
                    }
                },
            }
        }
        out
    }

    fn write_start_tag(&self, element: &ElementData, out: &mut String) {
        out.push('<');
        out.push_str(self.raw(&element.name));
        for attribute in &element.attributes {
            out.push_str(self.raw(&attribute.before));
            out.push_str(self.raw(&attribute.name));
            out.push_str(self.raw(&attribute.equals));
            out.push(attribute.quote);
            out.push_str(self.raw(&attribute.value));
            out.push(attribute.quote);
        }
        out.push_str(self.raw(&element.tail));
        out.push_str(if element.end_tag.is_some() { ">" } else { "/>" });
    }

    pub(super) fn raw<'a>(&'a self, raw: &'a Raw) -> &'a str {
        match raw {
            Raw::Span(from, to) => &self.source[*from as usize..*to as usize],
            Raw::Owned(text) => text,
        }
    }

    pub(super) fn data(&self, id: NodeId) -> Option<&NodeData> {
        self.nodes.get(id.0 as usize)
    }

    pub(super) fn namespace(&self, id: NamespaceId) -> &str {
        &self.namespaces[id.0 as usize]
    }
}

enum Step<'a> {
    Node(NodeId),
    Text(&'a str),
}

/// A view of an element.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    document: &'a Document,
    id: NodeId,
}

impl<'a> Element<'a> {
    /// The node's id, for edits.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The document it belongs to.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// Namespace URI, empty for none.
    pub fn namespace(self) -> &'a str {
        self.document.namespace(self.data().namespace)
    }

    /// Local name.
    pub fn name(self) -> &'a str {
        local(self.qualified_name())
    }

    /// Name as written, with prefix.
    pub fn qualified_name(self) -> &'a str {
        self.document.raw(&self.data().name)
    }

    /// True when namespace and local name are these.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// Where the start tag begins.
    pub fn place(self) -> Place {
        let node = &self.document.nodes[self.id.0 as usize];
        Place { line: node.line, column: node.column }
    }

    /// The enclosing element.
    pub fn parent(self) -> Option<Element<'a>> {
        self.document.element(self.document.nodes[self.id.0 as usize].parent?)
    }

    /// Child elements in document order.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Element<'a>> {
        let document = self.document;
        self.data().children.iter().filter_map(move |id| document.element(*id))
    }

    /// The first child element with this name.
    pub fn child(self, namespace: &str, name: &str) -> Option<Element<'a>> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// Child elements with this name.
    pub fn children_named(self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = Element<'a>> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// All child nodes, elements or not.
    pub fn nodes(self) -> impl DoubleEndedIterator<Item = Node<'a>> {
        let document = self.document;
        self.data().children.iter().map(move |id| Node { document, id: *id })
    }

    /// Attributes in document order, namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        let document = self.document;
        self.data()
            .attributes
            .iter()
            .map(move |data| Attribute { document, data })
            .filter(|it| !it.is_declaration())
    }

    /// Prefixes (empty for the default) and namespaces declared on this element.
    pub fn namespace_declarations(self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        let document = self.document;
        let attributes = self.data().attributes.iter().map(move |data| Attribute { document, data });
        attributes.filter_map(|it| Some((it.declared_prefix()?, it.value())))
    }

    /// Value of the attribute; the namespace is empty for attributes without prefix.
    pub fn attribute(self, namespace: &str, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|it| it.name() == name && it.namespace() == namespace).map(Attribute::value)
    }

    /// Characters directly inside the element, CDATA included, elements and comments left out.
    pub fn text(self) -> Cow<'a, str> {
        let mut pieces = self.nodes().filter_map(Node::text);
        let Some(first) = pieces.next() else { return Cow::Borrowed("") };
        pieces.fold(first, |text, piece| Cow::Owned(text.into_owned() + &piece))
    }

    /// The namespace a prefix stands for here; the empty prefix is the default namespace.
    pub fn namespace_of_prefix(self, prefix: &str) -> Option<Cow<'a, str>> {
        if prefix == "xml" {
            return Some(Cow::Borrowed(super::parse::XML_NAMESPACE));
        }
        let mut scope = Some(self);
        while let Some(element) = scope {
            let document = self.document;
            let found = element
                .data()
                .attributes
                .iter()
                .map(|data| Attribute { document, data })
                .find(|it| it.declared_prefix() == Some(prefix));
            if let Some(attribute) = found {
                return Some(attribute.value());
            }
            scope = element.parent();
        }
        None
    }

    pub(super) fn data(self) -> &'a ElementData {
        match &self.document.nodes[self.id.0 as usize].content {
            Content::Element(element) => element,
            // `Element` values are made from element nodes only and a node never changes its kind.
            _ => unreachable!("node {} is not an element", self.id.0),
        }
    }
}

/// A view of any node.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    id: NodeId,
}

impl<'a> Node<'a> {
    /// The node's id, for edits.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        match &self.document.nodes[self.id.0 as usize].content {
            Content::Element(_) => NodeKind::Element,
            Content::Text(_) => NodeKind::Text,
            Content::CData(_) => NodeKind::CData,
            Content::Other(kind, _) => *kind,
        }
    }

    /// Characters of a text or CDATA section; `None` for other nodes.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match &self.document.nodes[self.id.0 as usize].content {
            // References were checked on reading, so the raw text is never needed.
            Content::Text(raw) => {
                let raw = self.document.raw(raw);
                Some(escape::text(raw).unwrap_or(Cow::Borrowed(raw)))
            }
            Content::CData(raw) => {
                let raw = self.document.raw(raw);
                let inner = raw.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
                Some(escape::line_ends(inner.unwrap_or(raw)))
            }
            _ => None,
        }
    }
}

/// A view of an attribute.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    document: &'a Document,
    data: &'a AttributeData,
}

impl<'a> Attribute<'a> {
    /// Namespace URI, empty for attributes without prefix.
    pub fn namespace(self) -> &'a str {
        self.document.namespace(self.data.namespace)
    }

    /// Local name.
    pub fn name(self) -> &'a str {
        local(self.document.raw(&self.data.name))
    }

    /// Value, references resolved and white space normalised.
    pub fn value(self) -> Cow<'a, str> {
        let raw = self.document.raw(&self.data.value);
        escape::attribute_value(raw).unwrap_or(Cow::Borrowed(raw))
    }

    fn is_declaration(self) -> bool {
        self.declared_prefix().is_some()
    }

    /// The prefix it declares, when it is a namespace declaration.
    pub(super) fn declared_prefix(self) -> Option<&'a str> {
        declared_prefix(self.document.raw(&self.data.name))
    }
}

/// The prefix an attribute of this name declares.
pub(super) fn declared_prefix(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns")? {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}

pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
