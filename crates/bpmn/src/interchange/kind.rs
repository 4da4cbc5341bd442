//! The table resolved: what an element of a kind may carry, bases included.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::{ABSTRACT, ALIASES, GROUPS, LITERALS, ROWS, Row};
use super::value::{Value, ValueType};
use crate::ns;

/// What stands between the tags of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Child elements.
    Elements,
    /// Text, possibly with elements in it.
    Mixed,
    /// One value.
    Value(ValueType),
    /// Elements of other namespaces only.
    Foreign,
}

/// A type of the metamodel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(u16);

/// An attribute of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Name.
    pub name: &'static str,
    /// What it takes.
    pub value: ValueType,
    /// True when it must be there.
    pub required: bool,
    /// Its value when it is not there.
    pub default: Option<Value>,
}

/// A place for children, in schema order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Name of the element, or of the group with `@`.
    pub name: &'static str,
    /// How many there must be.
    pub least: usize,
    /// How many there may be; `None` for any number.
    pub most: Option<usize>,
}

/// An element as a child of a kind: its slot and its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) slot: usize,
    pub(super) name: &'static str,
    pub(super) namespace: &'static str,
    pub(super) kind: Kind,
}

struct Shape {
    name: &'static str,
    content: Content,
    attributes: Vec<Attribute>,
    slots: Vec<Slot>,
    places: HashMap<(&'static str, &'static str), Place>,
}

struct Model {
    shapes: Vec<Shape>,
    /// Kinds by type name.
    types: HashMap<&'static str, Kind>,
    /// Kinds by namespace and element name.
    elements: HashMap<(&'static str, &'static str), Kind>,
}

static MODEL: LazyLock<Model> = LazyLock::new(Model::resolve);

impl Kind {
    /// The kind of an element with this name, in the namespaces of BPMN and its diagrams.
    pub fn of_element(namespace: &str, name: &str) -> Option<Self> {
        let (name, namespace) = (known(name)?, known_namespace(namespace)?);
        MODEL.elements.get(&(namespace, name)).copied()
    }

    /// Name of the type, for instance `startEvent`.
    pub fn name(self) -> &'static str {
        split(self.shape().name).1
    }

    /// What stands between the tags.
    pub fn content(self) -> Content {
        self.shape().content
    }

    /// Attributes in the order they are written.
    pub fn attributes(self) -> &'static [Attribute] {
        &self.shape().attributes
    }

    /// The attribute with this name.
    pub fn attribute(self, name: &str) -> Option<&'static Attribute> {
        self.attributes().iter().find(|attribute| attribute.name == name)
    }

    /// Places for children, in schema order.
    pub fn slots(self) -> &'static [Slot] {
        &self.shape().slots
    }

    /// True for the type itself and those derived from it.
    pub fn is(self, type_name: &str) -> bool {
        Self::of_type(type_name).is_some_and(|other| self.derives_from(other))
    }

    /// True when it is the other kind, or derived from it.
    pub fn derives_from(self, other: Self) -> bool {
        let mut at = self.shape().name;
        loop {
            if at == other.shape().name {
                return true;
            }
            match ROWS.iter().find(|row| row.name == at) {
                Some(row) if !row.base.is_empty() => at = row.base,
                _ => return false,
            }
        }
    }

    /// The type with this name, which need not be an element's.
    pub fn of_type(name: &str) -> Option<Self> {
        MODEL.types.get(name).copied()
    }

    /// The kind an `xsi:type` names, such as `tFormalExpression` or `Point`.
    pub(super) fn of_schema_type(local: &str) -> Option<Self> {
        if let Some(rest) = local.strip_prefix('t')
            && let Some(first) = rest.chars().next()
        {
            let name = format!("{}{}", first.to_lowercase(), &rest[first.len_utf8()..]);
            return MODEL.types.get(name.as_str()).copied();
        }
        let diagram =
            MODEL.types.iter().find(|(name, _)| split(name) != (ns::BPMN, name) && split(name).1 == local);
        diagram.map(|(_, kind)| *kind)
    }

    /// Namespace and name of the schema's type: `tFormalExpression` for `formalExpression`.
    pub(super) fn schema_type(self) -> (&'static str, String) {
        let (namespace, name) = split(self.shape().name);
        if namespace != ns::BPMN {
            return (namespace, name.to_owned());
        }
        let first = name.chars().next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
        (namespace, format!("t{first}{}", name.get(1..).unwrap_or_default()))
    }

    /// Where an element stands among the children.
    pub(super) fn place(self, namespace: &str, name: &str) -> Option<Place> {
        let (name, namespace) = (known(name)?, known_namespace(namespace)?);
        self.shape().places.get(&(namespace, name)).copied()
    }

    fn shape(self) -> &'static Shape {
        &MODEL.shapes[usize::from(self.0)]
    }
}

/// Namespace and name of an element written with the table's prefix.
pub(super) fn split(name: &'static str) -> (&'static str, &'static str) {
    match name.split_once(':') {
        Some(("bpmndi", local)) => (ns::BPMNDI, local),
        Some(("dc", local)) => (ns::DC, local),
        Some(("di", local)) => (ns::DI, local),
        _ => (ns::BPMN, name),
    }
}

/// Namespace and name of an element the table has.
pub(super) fn known_element(namespace: &str, name: &str) -> Option<(&'static str, &'static str)> {
    MODEL.elements.get_key_value(&(known_namespace(namespace)?, known(name)?)).map(|(key, _)| *key)
}

/// The static text of an element name of the table.
fn known(name: &str) -> Option<&'static str> {
    static NAMES: LazyLock<HashMap<&'static str, ()>> =
        LazyLock::new(|| MODEL.elements.keys().map(|(_, name)| (*name, ())).collect());
    NAMES.get_key_value(name).map(|(name, ())| *name)
}

fn known_namespace(namespace: &str) -> Option<&'static str> {
    [ns::BPMN, ns::BPMNDI, ns::DC, ns::DI].into_iter().find(|known| *known == namespace)
}

impl Model {
    fn resolve() -> Self {
        let types: HashMap<&'static str, Kind> =
            ROWS.iter().zip(0..).map(|(row, index)| (row.name, Kind(index))).collect();
        let mut elements = HashMap::new();
        for row in ROWS.iter().filter(|row| !ABSTRACT.contains(&row.name)) {
            elements.insert(split(row.name), types[row.name]);
        }
        for (of, names) in ALIASES {
            elements.extend(names.iter().map(|name| (split(name), types[of])));
        }
        // Names of types that are no elements.
        for name in ["reference", "extensionPoint", "baseElement"] {
            elements.remove(&(ns::BPMN, name));
        }
        let shapes = ROWS.iter().map(|row| Self::shape(row, &types, &elements)).collect();
        Self { shapes, types, elements }
    }

    fn shape(
        row: &'static Row,
        types: &HashMap<&'static str, Kind>,
        elements: &HashMap<(&'static str, &'static str), Kind>,
    ) -> Shape {
        let mut chain = vec![row];
        while let Some(base) = chain.last().and_then(|last| ROWS.iter().find(|row| row.name == last.base)) {
            chain.push(base);
        }
        let mut shape = Shape {
            name: row.name,
            content: row.content,
            attributes: Vec::new(),
            slots: Vec::new(),
            places: HashMap::new(),
        };
        for row in chain.iter().rev() {
            shape.attributes.extend(row.attributes.iter().map(|text| attribute(text)));
            for child in row.children {
                let (slot, of) = slot(child);
                let mut names = Vec::new();
                expand(slot.name, &mut names);
                for name in names {
                    let (namespace, local) = split(name);
                    let kind = of.map_or_else(|| elements[&(namespace, local)], |of| types[of]);
                    let place = Place { slot: shape.slots.len(), name: local, namespace, kind };
                    shape.places.insert((namespace, local), place);
                }
                shape.slots.push(slot);
            }
        }
        shape
    }
}

/// Reads `name!:type=default`.
fn attribute(text: &'static str) -> Attribute {
    let (text, default) = match text.split_once('=') {
        Some((text, default)) => (text, Some(default)),
        None => (text, None),
    };
    let (name, of) = text.split_once(':').unwrap_or((text, "text"));
    let value = match of {
        "text" => ValueType::Text,
        "id" => ValueType::Id,
        "uri" => ValueType::Uri,
        "bool" => ValueType::Flag,
        "int" => ValueType::Integer,
        "number" => ValueType::Number,
        "ref" => ValueType::Reference,
        other => {
            let words = LITERALS.iter().find(|(name, _)| *name == other);
            ValueType::Literal(words.map_or(&[], |(_, words)| words))
        }
    };
    let required = name.ends_with('!');
    let name = name.trim_end_matches('!');
    Attribute { name, value, required, default: default.and_then(|text| value.read(text)) }
}

/// Reads `name:type*`.
fn slot(text: &'static str) -> (Slot, Option<&'static str>) {
    let (name, least, most) = match text.as_bytes().last() {
        Some(b'?') => (&text[..text.len() - 1], 0, Some(1)),
        Some(b'*') => (&text[..text.len() - 1], 0, None),
        Some(b'+') => (&text[..text.len() - 1], 1, None),
        Some(b'#') => (&text[..text.len() - 1], 2, None),
        _ => (text, 1, Some(1)),
    };
    let is_namespaced = split(name).0 != ns::BPMN;
    match name.split_once(':').filter(|_| !is_namespaced) {
        Some((name, of)) => (Slot { name, least, most }, Some(of)),
        None => (Slot { name, least, most }, None),
    }
}

fn expand(child: &'static str, out: &mut Vec<&'static str>) {
    match GROUPS.iter().find(|(group, _)| *group == child) {
        Some((_, members)) => members.iter().for_each(|member| expand(member, out)),
        None => out.push(child),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_consistent() {
        for row in ROWS {
            assert!(
                row.base.is_empty() || ROWS.iter().any(|it| it.name == row.base),
                "{} has no base {}",
                row.name,
                row.base
            );
            for text in row.attributes {
                let found = attribute(text);
                assert!(found.value != ValueType::Literal(&[]), "{text} of {} has no such type", row.name);
                assert_eq!(text.contains('='), found.default.is_some(), "{text} of {}", row.name);
            }
        }
        let names = |kind: Kind| kind.attributes().iter().map(|it| it.name).collect::<Vec<_>>();
        for kind in MODEL.elements.values() {
            let mut seen = names(*kind);
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), kind.attributes().len(), "{} has an attribute twice", kind.name());
        }
        assert!(MODEL.elements.len() > 170, "{} elements", MODEL.elements.len());
    }

    #[test]
    fn kinds_know_their_bases_and_types() {
        let start = Kind::of_element(ns::BPMN, "startEvent").unwrap();
        assert!(start.is("catchEvent") && start.is("baseElement") && !start.is("throwEvent"));
        assert_eq!(start.attribute("isInterrupting").unwrap().default, Some(Value::Flag(true)));
        let expression = Kind::of_element(ns::BPMN, "conditionExpression").unwrap();
        let formal = Kind::of_schema_type("tFormalExpression").unwrap();
        assert!(formal.is("expression") && !expression.is("formalExpression"));
        assert_eq!(formal.schema_type(), (ns::BPMN, "tFormalExpression".to_owned()));
        let point = Kind::of_element(ns::DI, "waypoint").unwrap();
        assert_eq!(
            (Kind::of_schema_type("Point"), point.schema_type()),
            (Some(point), (ns::DC, "Point".to_owned()))
        );
        let complex = Kind::of_element(ns::BPMN, "complexBehaviorDefinition").unwrap();
        assert_eq!(complex.place(ns::BPMN, "condition").unwrap().kind, formal);
        assert_eq!(Kind::of_element(ns::BPMN, "reference"), None);
        assert_eq!(Kind::of_element(ns::BPMN, "activity"), None);
        assert!(Kind::of_element(ns::DC, "Bounds").is_some());
    }
}
