//! Typed elements, and the foreign trees of vendors.

use super::kind::{Content, Kind, Place};
use super::value::{Reference, Value};
use crate::ns;

/// An element of the metamodel.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub(super) name: &'static str,
    pub(super) namespace: &'static str,
    pub(super) kind: Kind,
    /// True when the kind is written as `xsi:type`.
    pub(super) typed: bool,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) attributes: Vec<(&'static str, Value)>,
    pub(super) foreign: Vec<ForeignAttribute>,
    pub(super) pieces: Vec<Piece>,
    pub(super) value: Option<Value>,
}

/// A namespace declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Prefix, empty for the default namespace.
    pub prefix: String,
    /// URI.
    pub uri: String,
}

/// What stands between the tags of an element.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Characters, of mixed content.
    Text(String),
    /// An element of the metamodel.
    Element(Element),
    /// An element of another namespace.
    Foreign(Foreign),
}

/// An element of a vendor with all inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Foreign {
    /// Namespace URI, empty for none.
    pub namespace: String,
    /// Local name.
    pub name: String,
    /// Namespaces declared on it.
    pub namespaces: Vec<Namespace>,
    /// Attributes in document order.
    pub attributes: Vec<ForeignAttribute>,
    /// What is inside.
    pub pieces: Vec<ForeignPiece>,
}

/// What is inside a foreign element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignPiece {
    /// Characters.
    Text(String),
    /// An element.
    Element(Foreign),
}

/// An attribute of a namespace other than BPMN's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignAttribute {
    /// Namespace URI, empty for none (inside foreign elements only).
    pub namespace: String,
    /// Local name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// Why a model does not take what is put into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The kind has no such attribute.
    #[error("`{0}` has no attribute `{1}`")]
    NoAttribute(&'static str, String),
    /// The attribute takes another type.
    #[error("`{1}` of `{0}` takes {2}")]
    WrongType(&'static str, &'static str, String),
    /// The kind has no such child.
    #[error("`{1}` cannot stand inside `{0}`")]
    NoChild(&'static str, &'static str),
    /// The kind holds no text.
    #[error("`{0}` holds no text")]
    NoText(&'static str),
    /// The element is not derived from the type its name has.
    #[error("`{0}` is not of the type `{1}`")]
    NotDerived(&'static str, String),
}

impl Element {
    /// An empty element with this name, of BPMN or its diagrams; `None` for names the standard does not define.
    pub fn new(namespace: &str, name: &str) -> Option<Self> {
        let kind = Kind::of_element(namespace, name)?;
        Some(Self::of(super::kind::known_element(namespace, name)?, kind))
    }

    pub(super) fn of((namespace, name): (&'static str, &'static str), kind: Kind) -> Self {
        Self {
            name,
            namespace,
            kind,
            typed: false,
            namespaces: Vec::new(),
            attributes: Vec::new(),
            foreign: Vec::new(),
            pieces: Vec::new(),
            value: None,
        }
    }

    /// Element name, for instance `startEvent` or `BPMNShape`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Namespace URI.
    pub fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// Its type, which is a derived one of what its name says where `xsi:type` says so.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Namespaces declared on it. Prefixes of references and foreign names rest on these.
    pub fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    /// Declares a namespace, or changes what a prefix stands for.
    pub fn declare(&mut self, prefix: &str, uri: &str) {
        self.namespaces.retain(|it| it.prefix != prefix);
        self.namespaces.push(Namespace { prefix: prefix.to_owned(), uri: uri.to_owned() });
    }

    /// Makes it of a derived type, as `formalExpression` for a condition, which is written as `xsi:type`.
    ///
    /// # Errors
    /// When the type is not derived from the one the name has.
    pub fn set_kind(&mut self, type_name: &str) -> Result<(), ModelError> {
        let not_derived = || ModelError::NotDerived(self.name, type_name.to_owned());
        let kind = Kind::of_type(type_name).ok_or_else(not_derived)?;
        if !kind.derives_from(self.kind) {
            return Err(not_derived());
        }
        (self.kind, self.typed) = (kind, true);
        Ok(())
    }

    /// Value of an attribute, its default where it is not set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let set = self.attributes.iter().find(|(found, _)| *found == name).map(|(_, value)| value);
        set.or_else(|| self.kind.attribute(name)?.default.as_ref())
    }

    /// The attributes that are set, in the order of the metamodel.
    pub fn attributes(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.attributes.iter().map(|(name, value)| (*name, value))
    }

    /// Sets an attribute.
    ///
    /// # Errors
    /// When the kind has no such attribute, or it takes another type.
    pub fn set(&mut self, name: &str, value: Value) -> Result<(), ModelError> {
        let attributes = self.kind.attributes();
        let at = attributes.iter().position(|attribute| attribute.name == name);
        let at = at.ok_or_else(|| ModelError::NoAttribute(self.name, name.to_owned()))?;
        let attribute = &attributes[at];
        if !attribute.value.takes(&value) {
            return Err(ModelError::WrongType(self.name, attribute.name, attribute.value.name()));
        }
        let order = |name: &str| attributes.iter().position(|it| it.name == name);
        match self.attributes.iter().position(|(found, _)| order(found) >= Some(at)) {
            Some(place) if self.attributes[place].0 == name => self.attributes[place].1 = value,
            Some(place) => self.attributes.insert(place, (attribute.name, value)),
            None => self.attributes.push((attribute.name, value)),
        }
        Ok(())
    }

    /// Removes an attribute.
    pub fn unset(&mut self, name: &str) {
        self.attributes.retain(|(found, _)| *found != name);
    }

    /// `id`.
    pub fn id(&self) -> Option<&str> {
        self.text_of("id")
    }

    /// An attribute that is a text.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Literal(word)) => Some(word),
            _ => None,
        }
    }

    /// An attribute that is true or false; false where it has neither value nor default.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Flag(true)))
    }

    /// An attribute that is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// An attribute that is a reference.
    pub fn reference(&self, name: &str) -> Option<&Reference> {
        match self.get(name) {
            Some(Value::Reference(reference)) => Some(reference),
            _ => None,
        }
    }

    /// Attributes of other namespaces.
    pub fn foreign_attributes(&self) -> &[ForeignAttribute] {
        &self.foreign
    }

    /// Sets an attribute of another namespace.
    pub fn set_foreign(&mut self, namespace: &str, name: &str, value: &str) {
        self.foreign.retain(|it| (it.namespace.as_str(), it.name.as_str()) != (namespace, name));
        let attribute = ForeignAttribute {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        self.foreign.push(attribute);
    }

    /// What stands between its tags, in schema order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Child elements of the metamodel.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.pieces
            .iter()
            .filter_map(|piece| if let Piece::Element(child) = piece { Some(child) } else { None })
    }

    /// The first child with this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.name == name)
    }

    /// The element with each child replaced by another of its name.
    pub fn map_children(&self, mut change: impl FnMut(&Element) -> Element) -> Self {
        let mut out = self.clone();
        for piece in &mut out.pieces {
            if let Piece::Element(child) = piece {
                let changed = change(child);
                if changed.name == child.name && changed.namespace == child.namespace {
                    *child = changed;
                }
            }
        }
        out
    }

    /// Puts a child where the schema has it, after others of its place.
    ///
    /// # Errors
    /// When such a child cannot stand here.
    pub fn push(&mut self, child: Element) -> Result<(), ModelError> {
        let place = self.kind.place(child.namespace, child.name);
        let place = place.ok_or(ModelError::NoChild(self.name, child.name))?;
        if !child.kind.derives_from(place.kind) {
            return Err(ModelError::NoChild(self.name, child.name));
        }
        let after = self.pieces.iter().rposition(|piece| self.slot_of(piece) <= Some(place.slot));
        self.pieces.insert(after.map_or(0, |at| at + 1), Piece::Element(child));
        Ok(())
    }

    /// Puts a vendor's element inside: into `extensionElements` of elements that have them.
    ///
    /// # Errors
    /// When nothing foreign can stand here.
    pub fn push_foreign(&mut self, foreign: Foreign) -> Result<(), ModelError> {
        if matches!(self.kind.content(), Content::Foreign | Content::Mixed) {
            self.pieces.push(Piece::Foreign(foreign));
            return Ok(());
        }
        let name = "extensionElements";
        if self.child(name).is_none() {
            let new = Self::new(ns::BPMN, name).ok_or(ModelError::NoChild(self.name, name))?;
            self.push(new)?;
        }
        let found = self.pieces.iter_mut().find_map(|piece| match piece {
            Piece::Element(child) if child.name == name => Some(child),
            _ => None,
        });
        found.ok_or(ModelError::NoChild(self.name, name))?.push_foreign(foreign)
    }

    /// Characters between its tags, or the value of an element that is one.
    pub fn text(&self) -> String {
        if let Some(value) = &self.value {
            return value.to_string();
        }
        let texts = self
            .pieces
            .iter()
            .filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None });
        texts.map(String::as_str).collect()
    }

    /// The value of an element that holds one, such as `incoming`.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// Sets text, or the value of an element that holds one, in place of what was there.
    ///
    /// # Errors
    /// When the kind holds no text.
    pub fn set_text(&mut self, text: &str) -> Result<(), ModelError> {
        match self.kind.content() {
            Content::Mixed => {
                self.pieces.retain(|piece| !matches!(piece, Piece::Text(_)));
                self.pieces.push(Piece::Text(text.to_owned()));
            }
            Content::Value(of) => {
                let value =
                    of.read(text).ok_or_else(|| ModelError::WrongType(self.name, "text", of.name()))?;
                self.value = Some(value);
            }
            Content::Elements | Content::Foreign => return Err(ModelError::NoText(self.name)),
        }
        Ok(())
    }

    fn slot_of(&self, piece: &Piece) -> Option<usize> {
        match piece {
            Piece::Element(child) => {
                self.kind.place(child.namespace, child.name).map(|place: Place| place.slot)
            }
            // Texts and foreign elements keep their place at the beginning.
            Piece::Text(_) | Piece::Foreign(_) => None,
        }
    }
}
