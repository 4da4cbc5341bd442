//! From a file's tree to typed elements. Everything the metamodel has no place for is reported.

use super::element::{Element, Foreign, ForeignAttribute, ForeignPiece, Namespace, Piece};
use super::kind::{Content, Kind, Place};
use super::value::ValueType;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ns;
use crate::rules::Problems;
use crate::xml::{self, Document, NodeKind};

/// Reads a file: its `definitions`, and what of the file the metamodel has no place for. `None` when the file has
/// another root element.
pub fn read(document: &Document) -> (Option<Element>, Vec<Diagnostic>) {
    let mut problems = Problems::new(document.file());
    let element = read_into(document, &mut problems);
    (element, problems.into_list())
}

/// [`read`], reporting to a list that is there.
pub(crate) fn read_into(document: &Document, problems: &mut Problems<'_>) -> Option<Element> {
    let root = document.root();
    let kind = Kind::of_element(ns::BPMN, "definitions").filter(|_| root.is(ns::BPMN, "definitions"))?;
    let place = Place { slot: 0, name: "definitions", namespace: ns::BPMN, kind };
    Some(Reader { problems }.element(root, place))
}

struct Reader<'p, 'f> {
    problems: &'p mut Problems<'f>,
}

impl Reader<'_, '_> {
    fn element(&mut self, xml: xml::Element<'_>, place: Place) -> Element {
        let mut out = Element::of((place.namespace, place.name), place.kind);
        out.namespaces = namespaces(xml);
        self.kind(xml, &mut out);
        self.attributes(xml, &mut out);
        match out.kind.content() {
            Content::Elements => self.children(xml, &mut out),
            Content::Mixed => self.mixed(xml, &mut out),
            Content::Foreign => {
                out.pieces = xml.children().map(|child| Piece::Foreign(foreign(child))).collect();
            }
            Content::Value(of) => self.value(xml, of, &mut out),
        }
        out
    }

    /// A derived type, as `xsi:type` says it. The attributes of formal expressions make an expression one.
    fn kind(&mut self, xml: xml::Element<'_>, out: &mut Element) {
        let Some(written) = xml.attribute(ns::XSI, "type") else {
            let formal = ["language", "evaluatesToTypeRef"].iter().any(|it| xml.attribute("", it).is_some());
            if out.kind.name() == "expression" && formal {
                out.kind = Kind::of_type("formalExpression").unwrap_or(out.kind);
            }
            return;
        };
        let local = written.trim();
        let local = local.rsplit_once(':').map_or(local, |(_, local)| local);
        match Kind::of_schema_type(local).filter(|kind| kind.derives_from(out.kind)) {
            Some(kind) => (out.kind, out.typed) = (kind, true),
            None => {
                let message = format!("`{written}` is not a type of `{}`", out.name);
                self.report(xml, "bpmn.value", message, "correct or remove xsi:type");
            }
        }
    }

    fn attributes(&mut self, xml: xml::Element<'_>, out: &mut Element) {
        let name = out.name;
        for attribute in xml.attributes() {
            let namespace = attribute.namespace();
            if namespace == ns::XSI && attribute.name() == "type" {
                continue;
            }
            if !namespace.is_empty() && namespace != out.namespace {
                let (namespace, name) = (namespace.to_owned(), attribute.name().to_owned());
                let value = attribute.value().into_owned();
                out.foreign.push(ForeignAttribute { namespace, name, value });
                continue;
            }
            let Some(known) = out.kind.attribute(attribute.name()) else {
                let message = format!("`{name}` has no attribute `{}`", attribute.name());
                let help =
                    "remove it, correct its name, or give it the prefix of the extension it belongs to";
                self.report(xml, "bpmn.unknown-attribute", message, help);
                continue;
            };
            let text = attribute.value();
            let value = known.value.read(&text);
            if value.is_none_or(|value| out.set(known.name, value).is_err())
                // Reported as `bpmn.invalid-id`.
                && !(known.value == ValueType::Id && out.namespace == ns::BPMN)
            {
                let message = format!("`{}` of `{name}` is `{text}`", known.name);
                self.report(xml, "bpmn.value", message, &format!("give {}", known.value.name()));
            }
        }
        for required in out.kind.attributes().iter().filter(|it| it.required) {
            // `attachedToRef` and the like may be empty in a draft; empty is as bad as absent, except the namespace.
            let written = xml.attribute("", required.name);
            if written.is_none_or(|value| value.is_empty() && required.name != "targetNamespace") {
                let message = format!("`{name}` lacks the attribute `{}`", required.name);
                let help = format!("add {}=\"...\"", required.name);
                self.report(xml, "bpmn.missing-attribute", message, &help);
            }
        }
    }

    fn children(&mut self, xml: xml::Element<'_>, out: &mut Element) {
        let mut counts = vec![0_usize; out.kind.slots().len()];
        let (mut last, mut in_order) = (0, true);
        let mut pieces: Vec<(Option<usize>, Piece)> = Vec::new();
        for node in xml.nodes() {
            if let Some(text) = node.text().filter(|text| !text.trim().is_empty()) {
                let shown: String = text.trim().chars().take(20).collect();
                let message = format!("`{}` holds the text `{shown}`, which has no meaning there", out.name);
                self.warn(xml, "bpmn.stray-text", message, "remove it");
            }
            let Some(child) = xml.document().element(node.id()) else { continue };
            let Some((slot, piece)) = self.child(child, out) else { continue };
            if let Some(slot) = slot {
                counts[slot] += 1;
                if slot < last && in_order {
                    in_order = false;
                    let message = format!("`{}` comes too late in `{}`", child.name(), out.name);
                    self.warn(
                        child,
                        "bpmn.element-order",
                        message,
                        "keep the order of the standard's schema",
                    );
                }
                last = last.max(slot);
            }
            pieces.push((slot, piece));
        }
        // Children stand in schema order; what is foreign comes first.
        pieces.sort_by_key(|(slot, _)| *slot);
        out.pieces = pieces.into_iter().map(|(_, piece)| piece).collect();
        for (slot, count) in out.kind.slots().iter().zip(counts) {
            let message = match slot.most {
                _ if count < slot.least => format!("`{}` lacks `{}`", out.name, slot.name),
                Some(most) if count > most => format!("`{}` has more than one `{}`", out.name, slot.name),
                _ => continue,
            };
            self.warn(xml, "bpmn.element-count", message, "keep to the numbers of the standard's schema");
        }
    }

    /// A child with its slot; `None` when it has no place here, which is reported.
    fn child(&mut self, child: xml::Element<'_>, parent: &Element) -> Option<(Option<usize>, Piece)> {
        if let Some(place) = parent.kind.place(child.namespace(), child.name()) {
            return Some((Some(place.slot), Piece::Element(self.element(child, place))));
        }
        if !is_standard(child.namespace()) {
            return Some((None, Piece::Foreign(foreign(child))));
        }
        if Kind::of_element(child.namespace(), child.name()).is_some() {
            let message = format!("`{}` cannot stand inside `{}`", child.name(), parent.name);
            self.report(child, "bpmn.misplaced-element", message, "move it to where the standard allows it");
        } else {
            let message = format!("`{}` is not an element of BPMN 2.0", child.name());
            let help = "remove it, or correct its name or namespace";
            self.report(child, "bpmn.unknown-element", message, help);
        }
        None
    }

    fn mixed(&mut self, xml: xml::Element<'_>, out: &mut Element) {
        for node in xml.nodes() {
            if let Some(text) = node.text() {
                match out.pieces.last_mut() {
                    // Text beside a CDATA section, or around a comment.
                    Some(Piece::Text(before)) => before.push_str(&text),
                    _ => out.pieces.push(Piece::Text(text.into_owned())),
                }
            }
            let Some(child) = xml.document().element(node.id()) else { continue };
            match out.kind.place(child.namespace(), child.name()) {
                Some(place) => {
                    let child = self.element(child, place);
                    out.pieces.push(Piece::Element(child));
                }
                None => out.pieces.push(Piece::Foreign(foreign(child))),
            }
        }
    }

    fn value(&mut self, xml: xml::Element<'_>, of: ValueType, out: &mut Element) {
        out.value = of.read(&xml.text());
        for child in xml.children() {
            let message = format!("`{}` cannot stand inside `{}`", child.name(), out.name);
            self.report(child, "bpmn.misplaced-element", message, "move it to where the standard allows it");
        }
    }

    /// An error, but for diagrams, which change nothing of what a model means.
    fn report(&mut self, xml: xml::Element<'_>, code: &'static str, message: String, help: &str) {
        let severity = if xml.namespace() == ns::BPMN { Severity::Error } else { Severity::Warning };
        self.problems.element_as(severity, xml, code, message, help);
    }

    fn warn(&mut self, xml: xml::Element<'_>, code: &'static str, message: String, help: &str) {
        self.problems.element_as(Severity::Warning, xml, code, message, help);
    }
}

fn is_standard(namespace: &str) -> bool {
    [ns::BPMN, ns::BPMNDI, ns::DC, ns::DI].contains(&namespace)
}

fn namespaces(xml: xml::Element<'_>) -> Vec<Namespace> {
    let declared = xml.namespace_declarations();
    declared.map(|(prefix, uri)| Namespace { prefix: prefix.to_owned(), uri: uri.into_owned() }).collect()
}

/// A vendor's tree. White space between elements is layout; it is kept where there is other text beside it.
fn foreign(xml: xml::Element<'_>) -> Foreign {
    let attributes = xml.attributes().map(|attribute| ForeignAttribute {
        namespace: attribute.namespace().to_owned(),
        name: attribute.name().to_owned(),
        value: attribute.value().into_owned(),
    });
    let mut pieces = Vec::new();
    for node in xml.nodes() {
        if let Some(text) = node.text() {
            match pieces.last_mut() {
                Some(ForeignPiece::Text(before)) => before.push_str(&text),
                _ => pieces.push(ForeignPiece::Text(text.into_owned())),
            }
        } else if node.kind() == NodeKind::Element
            && let Some(child) = xml.document().element(node.id())
        {
            pieces.push(ForeignPiece::Element(foreign(child)));
        }
    }
    let is_text = |piece: &ForeignPiece| matches!(piece, ForeignPiece::Text(text) if !text.trim().is_empty());
    let has_elements = pieces.iter().any(|piece| matches!(piece, ForeignPiece::Element(_)));
    if has_elements && !pieces.iter().any(is_text) {
        pieces.retain(|piece| matches!(piece, ForeignPiece::Element(_)));
    }
    Foreign {
        namespace: xml.namespace().to_owned(),
        name: xml.name().to_owned(),
        namespaces: namespaces(xml),
        attributes: attributes.collect(),
        pieces,
    }
}
