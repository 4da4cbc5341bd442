//! Item definitions to types. Invariant: a type that refers to itself is cut where it does, and accepts anything there.

use super::Compiler;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::limits;
use crate::model::{ItemDefinition, Model, Text, Version};
use crate::types::{ItemType, Shape, Tests};
use feel::{Options, Type};
use std::collections::HashMap;
use std::sync::Arc;

/// The types of all linked models, by model and name.
#[derive(Default)]
pub(crate) struct Types {
    done: HashMap<(usize, Arc<str>), Option<Arc<ItemType>>>,
}

/// Types that FEEL or a dialect names.
fn simple(name: &str) -> Option<ItemType> {
    let kind = Type::simple(name).or(match name {
        "any" => Some(Type::Any),
        "integer" | "long" | "double" => Some(Type::Number),
        "null" => Some(Type::Null),
        _ => None,
    })?;
    Some(ItemType::simple(name, kind))
}

impl Compiler<'_> {
    /// The type that a reference names; `None` when everything is allowed or the reference is wrong, which is reported.
    pub(super) fn type_of(
        &mut self,
        model: usize,
        name: Option<&str>,
        what: &str,
        place: Place,
    ) -> Option<Arc<ItemType>> {
        let name = name?;
        match self.lookup(model, name, 0) {
            Some(found) => Some(found).filter(|found| found.kind != Type::Any || found.constrained),
            None => {
                let own = self.models[model].item_definitions.iter().map(|definition| &*definition.name);
                let known = own.chain(["string", "number", "boolean", "date", "time", "date and time"]);
                let message = format!("the type '{name}' does not exist{}", did_you_mean(name, known));
                let help = "correct typeRef, or add an item definition of that name";
                self.report(model, Diagnostic::error("dmn.type.unknown", what, place, message, help));
                None
            }
        }
    }

    /// The type of that name as a model sees it.
    pub(super) fn lookup(&mut self, model: usize, name: &str, depth: usize) -> Option<Arc<ItemType>> {
        let linked = self.models[model];
        if let Some(definition) = linked.item_definitions.iter().find(|definition| *definition.name == *name)
        {
            return Some(self.defined(model, definition, depth));
        }
        if let Some(simple) = simple(name) {
            return Some(Arc::new(simple));
        }
        if let Some((prefix, local)) = name.split_once(':') {
            return self.lookup_prefixed(model, prefix, local, depth);
        }
        for (at, import) in linked.imports.iter().enumerate() {
            let Some(imported) = self.imports[model][at] else { continue };
            let local = match &*import.name {
                "" => Some(name),
                import => name.strip_prefix(import).and_then(|rest| rest.strip_prefix('.')),
            };
            if let Some(found) = local.and_then(|local| self.lookup(imported, local, depth + 1)) {
                return Some(found);
            }
        }
        None
    }

    /// A qualified name of DMN 1.1.
    fn lookup_prefixed(
        &mut self,
        model: usize,
        prefix: &str,
        local: &str,
        depth: usize,
    ) -> Option<Arc<ItemType>> {
        let linked: &Model = self.models[model];
        let uri = linked.prefixes.iter().find(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
        let uri = match uri {
            None if prefix == "feel" => return simple(local).map(Arc::new),
            None => return None,
            Some(uri) => uri,
        };
        if uri.contains("FEEL") || Version::of(uri).is_some() {
            return simple(local).map(Arc::new);
        }
        if *uri == *linked.namespace {
            return self.lookup(model, local, depth + 1);
        }
        let at = linked.imports.iter().position(|import| import.namespace == uri)?;
        let imported = self.imports[model][at]?;
        self.lookup(imported, local, depth + 1)
    }

    fn defined(&mut self, model: usize, definition: &ItemDefinition, depth: usize) -> Arc<ItemType> {
        let key = (model, Arc::clone(&definition.name));
        match self.types.done.get(&key) {
            Some(Some(done)) => return Arc::clone(done),
            // In progress: the type refers to itself.
            Some(None) => return Arc::new(ItemType::simple(&definition.name, Type::Any)),
            None => {}
        }
        if depth > limits::MAX_TYPE_DEPTH {
            let message = format!("types nest deeper than {}", limits::MAX_TYPE_DEPTH);
            let what = format!("itemDefinition '{}'", definition.name);
            let help = "refer to fewer types in turn";
            self.report(model, Diagnostic::error("dmn.type.depth", what, definition.place, message, help));
            return Arc::new(ItemType::simple(&definition.name, Type::Any));
        }
        self.types.done.insert(key.clone(), None);
        let made = Arc::new(self.item_type(model, definition, depth));
        self.types.done.insert(key, Some(Arc::clone(&made)));
        made
    }

    fn item_type(&mut self, model: usize, definition: &ItemDefinition, depth: usize) -> ItemType {
        let what = format!("itemDefinition '{}'", definition.name);
        let name = Arc::clone(&definition.name);
        let base = self.base_type(model, definition, &what, depth);
        let allowed = definition.allowed_values.as_ref().and_then(|text| self.type_tests(model, text, &what));
        let constraint =
            definition.type_constraint.as_ref().and_then(|text| self.type_tests(model, text, &what));
        let constrained = base.constrained || allowed.is_some() || constraint.is_some();
        if definition.is_collection {
            let kind = Type::List(Arc::new(base.kind.clone()));
            return ItemType {
                name,
                kind,
                shape: Shape::List(Arc::new(base)),
                allowed,
                constraint,
                constrained,
            };
        }
        let shape = match base.shape {
            Shape::Structure(fields) => Shape::Structure(fields),
            _ if base.constrained => {
                let kind = base.kind.clone();
                return ItemType {
                    name,
                    kind,
                    shape: Shape::Same(Arc::new(base)),
                    allowed,
                    constraint,
                    constrained,
                };
            }
            other => other,
        };
        ItemType { name, kind: base.kind, shape, allowed, constraint, constrained }
    }

    /// The type without `isCollection` and without the definition's own tests.
    fn base_type(&mut self, model: usize, definition: &ItemDefinition, what: &str, depth: usize) -> ItemType {
        if let Some(function) = &definition.function {
            let mut parameters = Vec::new();
            for parameter in &function.parameters {
                let kind = self.type_of(model, parameter.type_ref.as_deref(), what, parameter.place);
                parameters.push(kind.map_or(Type::Any, |kind| kind.kind.clone()));
            }
            let output = self.type_of(model, function.output.as_deref(), what, definition.place);
            let output = output.map_or(Type::Any, |kind| kind.kind.clone());
            return ItemType::simple(&definition.name, Type::Function(parameters.into(), Arc::new(output)));
        }
        if !definition.components.is_empty() {
            let mut fields = Vec::new();
            for component in &definition.components {
                fields.push((
                    Arc::clone(&component.name),
                    Arc::new(self.item_type(model, component, depth + 1)),
                ));
            }
            let kinds = fields.iter().map(|(name, field)| (Arc::clone(name), field.kind.clone())).collect();
            let constrained = fields.iter().any(|(_, field)| field.constrained);
            let shape = Shape::Structure(fields);
            let name = Arc::clone(&definition.name);
            return ItemType {
                name,
                kind: Type::Context(kinds),
                shape,
                allowed: None,
                constraint: None,
                constrained,
            };
        }
        let Some(reference) = &definition.type_ref else {
            return ItemType::simple(&definition.name, Type::Any);
        };
        let found = self.lookup(model, reference, depth + 1);
        let Some(found) = found else {
            self.type_of(model, Some(reference), what, definition.place);
            return ItemType::simple(&definition.name, Type::Any);
        };
        let (name, kind, constrained) = (Arc::clone(&found.name), found.kind.clone(), found.constrained);
        ItemType { name, kind, constrained, shape: Shape::Same(found), allowed: None, constraint: None }
    }

    /// Compiles allowed values or a type constraint.
    pub(super) fn type_tests(&mut self, model: usize, text: &Text, what: &str) -> Option<Tests> {
        let options = Options { open: true, ..Options::default() };
        match feel::compile_unary_tests(&text.text, &options) {
            Ok(tests) => Some(Tests { tests }),
            Err(errors) => {
                self.feel_errors(model, what, text, errors);
                None
            }
        }
    }

    /// The types that FEEL may name in this model, such as `tPerson` and `import.tPerson`.
    pub(super) fn type_names(&mut self, model: usize) -> HashMap<String, Type> {
        let mut names = HashMap::new();
        self.collect_type_names(model, "", &mut names, 0);
        names
    }

    fn collect_type_names(
        &mut self,
        model: usize,
        prefix: &str,
        names: &mut HashMap<String, Type>,
        depth: usize,
    ) {
        let linked = self.models[model];
        for definition in &linked.item_definitions {
            let found = self.defined(model, definition, 0);
            names.entry(format!("{prefix}{}", definition.name)).or_insert_with(|| found.kind.clone());
        }
        if depth >= 4 {
            return;
        }
        for (at, import) in linked.imports.iter().enumerate() {
            if let Some(imported) = self.imports[model][at] {
                let dot = if import.name.is_empty() { "" } else { "." };
                let prefix = format!("{prefix}{}{dot}", import.name);
                self.collect_type_names(imported, &prefix, names, depth + 1);
            }
        }
    }
}
