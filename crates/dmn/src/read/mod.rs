//! From XML to [`Model`]. Invariant: all problems of a file are reported at once, each with its place.

mod expression;

use crate::diagnostic::{Diagnostic, Place};
use crate::limits;
use crate::model::*;
use crate::xml::{self, Element};
use std::collections::HashMap;
use std::sync::Arc;

/// The namespace of Camunda's extensions.
const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";

impl Model {
    /// Reads the bytes of a DMN file, which must be UTF-8.
    ///
    /// # Errors
    /// As [`Model::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, Vec<Diagnostic>> {
        match std::str::from_utf8(bytes) {
            Ok(source) => Model::read(source),
            Err(error) => {
                let line =
                    bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
                let place = Place { line, column: 1 };
                let help = "save the file as UTF-8 and declare encoding=\"UTF-8\"";
                Err(vec![Diagnostic::error("dmn.encoding", "", place, "the file is not UTF-8", help)])
            }
        }
    }

    /// Reads a DMN file of version 1.1 to 1.5.
    ///
    /// # Errors
    /// Everything that is wrong with the structure of the file, and where.
    pub fn read(source: &str) -> Result<Model, Vec<Diagnostic>> {
        let root = xml::parse(source).map_err(|error| vec![error])?;
        let Some(version) = Version::of(&root.namespace).filter(|_| &*root.name == "definitions") else {
            let message = format!("<{}> of the namespace '{}' is not a DMN model", root.name, root.namespace);
            let help = "the root must be <definitions> of DMN 1.1 to 1.5, such as \
                        https://www.omg.org/spec/DMN/20191111/MODEL/";
            return Err(vec![Diagnostic::error("dmn.version", "", root.place, message, help)]);
        };
        let mut reader = Reader { diagnostics: Vec::new(), ids: HashMap::new() };
        let model = reader.model(&root, version);
        reader.diagnostics.sort_by_key(|one| (one.place.line, one.place.column));
        if reader.diagnostics.is_empty() { Ok(model) } else { Err(reader.diagnostics) }
    }
}

/// The children of an element that belong to DMN, whatever their version's namespace.
fn children(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter(|child| Version::of(&child.namespace).is_some())
}

fn child<'e>(element: &'e Element, name: &str) -> Option<&'e Element> {
    children(element).find(|child| &*child.name == name)
}

fn all<'e>(element: &'e Element, name: &'static str) -> impl Iterator<Item = &'e Element> {
    children(element).filter(move |child| &*child.name == name)
}

/// The type that an element refers to, by an attribute or (in DMN 1.1 and item definitions) by a child.
fn type_ref(element: &Element) -> Option<String> {
    let text =
        element.attribute("typeRef").or_else(|| child(element, "typeRef").map(|child| child.text.as_str()));
    text.map(normalized).filter(|text| !text.is_empty())
}

/// A name with single spaces between its words.
fn normalized(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn id(element: &Element) -> Option<Arc<str>> {
    element.attribute("id").map(Arc::from)
}

pub(crate) struct Reader {
    diagnostics: Vec<Diagnostic>,
    ids: HashMap<Arc<str>, Place>,
}

impl Reader {
    fn error(
        &mut self,
        code: &'static str,
        element: &Element,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.diagnostics.len() < limits::MAX_DIAGNOSTICS {
            let name = element.attribute("name").or_else(|| element.attribute("id")).unwrap_or_default();
            let what = format!("{} '{name}'", element.name);
            self.diagnostics.push(Diagnostic::error(code, what, element.place, message, help));
        }
    }

    fn model(&mut self, root: &Element, version: Version) -> Model {
        let prefixes = root.attributes.iter().filter(|attribute| &*attribute.namespace == "xmlns");
        let mut model = Model {
            version,
            id: root.attribute("id").unwrap_or_default().to_owned(),
            name: root.attribute("name").unwrap_or_default().to_owned(),
            namespace: root.attribute("namespace").unwrap_or_default().into(),
            prefixes: prefixes.map(|one| (one.name.to_string(), one.value.clone())).collect(),
            expression_language: root.attribute("expressionLanguage").map(str::to_owned),
            imports: Vec::new(),
            item_definitions: Vec::new(),
            inputs: Vec::new(),
            decisions: Vec::new(),
            knowledge_models: Vec::new(),
            services: Vec::new(),
            other_ids: Vec::new(),
        };
        for element in children(root) {
            match &*element.name {
                "import" => model.imports.push(self.import(element)),
                "itemDefinition" => model.item_definitions.push(self.item_definition(element)),
                "inputData" => model.inputs.push(self.input_data(element)),
                "decision" => model.decisions.push(self.decision(element)),
                "businessKnowledgeModel" => model.knowledge_models.push(self.knowledge_model(element)),
                "decisionService" => model.services.push(self.service(element)),
                "description" | "extensionElements" => {}
                "knowledgeSource"
                | "textAnnotation"
                | "association"
                | "group"
                | "elementCollection"
                | "businessContextElement"
                | "performanceIndicator"
                | "organizationUnit" => {
                    model.other_ids.extend(element.attribute("id").map(str::to_owned));
                }
                other => {
                    let message = format!("<{other}> is not an element of definitions in DMN");
                    self.error("dmn.element", element, message, "remove it, or correct its name");
                }
            }
        }
        let nodes =
            model.inputs.len() + model.decisions.len() + model.knowledge_models.len() + model.services.len();
        if nodes > limits::MAX_NODES {
            let message = format!("the model has more than {} elements", limits::MAX_NODES);
            self.error("dmn.size", root, message, "split the model and import its parts");
        }
        model
    }

    fn import(&mut self, element: &Element) -> Import {
        if element.attribute("namespace").is_none_or(str::is_empty) {
            self.error(
                "dmn.import.namespace",
                element,
                "the import names no namespace",
                "add namespace=\"...\"",
            );
        }
        Import {
            name: normalized(element.attribute("name").unwrap_or_default()).into(),
            namespace: element.attribute("namespace").unwrap_or_default().to_owned(),
            import_type: element.attribute("importType").unwrap_or_default().to_owned(),
            place: element.place,
        }
    }

    /// The id and the name that every element of the graph has.
    fn identity(&mut self, element: &Element) -> (Arc<str>, Arc<str>) {
        let name: Arc<str> = normalized(element.attribute("name").unwrap_or_default()).into();
        let id: Arc<str> = match element.attribute("id").filter(|id| !id.is_empty()) {
            Some(id) => id.into(),
            None => Arc::clone(&name),
        };
        if id.is_empty() {
            self.error(
                "dmn.name",
                element,
                format!("the {} has no name and no id", element.name),
                "add name=\"...\"",
            );
        } else if let Some(first) = self.ids.insert(Arc::clone(&id), element.place) {
            let message = format!("the id '{id}' is used in line {} already", first.line);
            self.error("dmn.id.duplicate", element, message, "give it an id of its own");
        }
        let name = if name.is_empty() { Arc::clone(&id) } else { name };
        (id, name)
    }

    fn variable(&mut self, element: &Element) -> Variable {
        Variable {
            name: normalized(element.attribute("name").unwrap_or_default()).into(),
            type_ref: type_ref(element),
            place: element.place,
        }
    }

    /// The `variable` of an element of the graph.
    fn own_variable(&mut self, element: &Element, name: &Arc<str>) -> Option<Variable> {
        let mut variable = self.variable(child(element, "variable")?);
        if variable.name.is_empty() {
            variable.name = Arc::clone(name);
        }
        Some(variable)
    }

    fn item_definition(&mut self, element: &Element) -> ItemDefinition {
        let name = normalized(element.attribute("name").unwrap_or_default());
        if name.is_empty() {
            self.error("dmn.name", element, "the type has no name", "add name=\"...\"");
        }
        let function = child(element, "functionItem").map(|function| FunctionItem {
            output: function.attribute("outputTypeRef").map(normalized),
            parameters: all(function, "parameters").map(|parameter| self.variable(parameter)).collect(),
        });
        ItemDefinition {
            name: name.into(),
            type_ref: type_ref(element),
            is_collection: matches!(element.attribute("isCollection"), Some("true" | "1")),
            allowed_values: child(element, "allowedValues").and_then(text_of),
            type_constraint: child(element, "typeConstraint").and_then(text_of),
            components: all(element, "itemComponent")
                .map(|component| self.item_definition(component))
                .collect(),
            function,
            place: element.place,
        }
    }

    fn input_data(&mut self, element: &Element) -> InputData {
        let (id, name) = self.identity(element);
        InputData { variable: self.own_variable(element, &name), id, name, place: element.place }
    }

    /// The references in all children of a name, directly or in a child of another name.
    fn references(&mut self, element: &Element, outer: &'static str, inner: &[&str]) -> Vec<Reference> {
        let mut references = Vec::new();
        for holder in all(element, outer) {
            let inside = |one: &&Element| inner.contains(&&*one.name);
            let targets: Vec<&Element> =
                if inner.is_empty() { vec![holder] } else { children(holder).filter(inside).collect() };
            for target in targets {
                match target.attribute("href").filter(|href| !href.is_empty()) {
                    Some(href) => references.push(Reference { href: href.to_owned(), place: target.place }),
                    None => {
                        let message =
                            format!("<{}> of '{}' refers to nothing", target.name, name_of(element));
                        self.error("dmn.reference", target, message, "add href=\"#id\"");
                    }
                }
            }
        }
        references
    }

    fn decision(&mut self, element: &Element) -> Decision {
        let (id, name) = self.identity(element);
        Decision {
            version_tag: version_tag(element),
            variable: self.own_variable(element, &name),
            information: self.references(
                element,
                "informationRequirement",
                &["requiredDecision", "requiredInput"],
            ),
            knowledge: self.references(element, "knowledgeRequirement", &["requiredKnowledge"]),
            logic: self.inner_expression(element),
            place: element.place,
            id,
            name,
        }
    }

    fn knowledge_model(&mut self, element: &Element) -> KnowledgeModel {
        let (id, name) = self.identity(element);
        KnowledgeModel {
            variable: self.own_variable(element, &name),
            knowledge: self.references(element, "knowledgeRequirement", &["requiredKnowledge"]),
            logic: child(element, "encapsulatedLogic").map(|logic| self.function(logic)),
            place: element.place,
            id,
            name,
        }
    }

    fn service(&mut self, element: &Element) -> DecisionService {
        let (id, name) = self.identity(element);
        DecisionService {
            variable: self.own_variable(element, &name),
            output_decisions: self.references(element, "outputDecision", &[]),
            encapsulated_decisions: self.references(element, "encapsulatedDecision", &[]),
            input_decisions: self.references(element, "inputDecision", &[]),
            input_data: self.references(element, "inputData", &[]),
            place: element.place,
            id,
            name,
        }
    }
}

/// The version tag among the extensions of an element.
fn version_tag(element: &Element) -> Option<Arc<str>> {
    let extensions = child(element, "extensionElements")?;
    let is_tag = |one: &&Element| &*one.name == "versionTag" && &*one.namespace == ZEEBE;
    let value = extensions.children.iter().find(is_tag)?.attribute("value")?.trim();
    (!value.is_empty()).then(|| value.into())
}

fn name_of(element: &Element) -> &str {
    element.attribute("name").or_else(|| element.attribute("id")).unwrap_or_default()
}

/// The text in a child `text`, when it is not empty.
fn text_of(element: &Element) -> Option<Text> {
    let inside = child(element, "text")?;
    let trimmed = inside.text.trim();
    if trimmed.is_empty() {
        return None;
    }
    let before = &inside.text[..inside.text.len() - inside.text.trim_start().len()];
    let lines = before.matches('\n').count() as u32;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32;
    let place = match lines {
        0 => Place { line: inside.content.line, column: inside.content.column + column },
        _ => Place { line: inside.content.line + lines, column: column + 1 },
    };
    let language = element.attribute("expressionLanguage").map(str::to_owned);
    Some(Text { text: trimmed.into(), id: id(element), language, place })
}
