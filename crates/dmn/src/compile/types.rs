//! Item definitions to types. Invariant: a type that refers to itself is cut where it does, and accepts anything there.

use super::Compiler;
use crate::code::feel_type;
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::limits;
use crate::model::{ItemDefinition, Text, Version};
use crate::types::{ItemType, Shape, Tests};
use feel::{Options, Type};
use std::collections::{HashMap, HashSet, VecDeque};
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

/// Where a type is.
enum Located<'m> {
    Simple(Arc<ItemType>),
    Defined(usize, &'m ItemDefinition),
}

/// What a prefix stands for.
enum Prefix {
    Feel,
    Model(usize),
}

impl<'m> Compiler<'m> {
    /// The type that a reference names; `None` when everything is allowed or the reference is wrong, which is reported.
    pub(super) fn type_of(
        &mut self,
        model: usize,
        name: Option<&str>,
        what: &str,
        place: Place,
    ) -> Option<Arc<ItemType>> {
        self.type_at(model, name, what, place, 0)
    }

    fn type_at(
        &mut self,
        model: usize,
        name: Option<&str>,
        what: &str,
        place: Place,
        depth: usize,
    ) -> Option<Arc<ItemType>> {
        let name = name?;
        match self.lookup(model, name, depth) {
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
        match self.locate(model, name)? {
            Located::Simple(simple) => Some(simple),
            Located::Defined(model, definition) => Some(self.defined(model, definition, depth)),
        }
    }

    /// Where the type of that name is: here, in FEEL, or in an imported model.
    fn locate(&self, model: usize, name: &str) -> Option<Located<'m>> {
        let mut open = vec![(model, name)];
        // A model sees a rest of the name only once, however many ways lead there.
        let mut seen = HashSet::new();
        while let Some((model, name)) = open.pop() {
            if !seen.insert((model, name.len())) {
                continue;
            }
            if let Some(definition) = self.definitions[model].get(name) {
                return Some(Located::Defined(model, definition));
            }
            if let Some(simple) = simple(name) {
                return Some(Located::Simple(Arc::new(simple)));
            }
            match name.split_once(':') {
                Some((prefix, local)) => match self.with_prefix(model, prefix)? {
                    Prefix::Feel => return simple(local).map(Arc::new).map(Located::Simple),
                    Prefix::Model(model) => open.push((model, local)),
                },
                None => open.extend(self.through_imports(model, name).into_iter().rev()),
            }
        }
        None
    }

    /// The imported models that may have the type, with its name there.
    fn through_imports<'n>(&self, model: usize, name: &'n str) -> Vec<(usize, &'n str)> {
        let imports = self.models[model].imports.iter().zip(&self.imports[model]);
        let found = imports.filter_map(|(import, imported)| {
            let local = match &*import.name {
                "" => Some(name),
                import => name.strip_prefix(import).and_then(|rest| rest.strip_prefix('.')),
            };
            Some(((*imported)?, local?))
        });
        found.collect()
    }

    /// What the prefix of a qualified name of DMN 1.1 stands for.
    fn with_prefix(&self, model: usize, prefix: &str) -> Option<Prefix> {
        let linked = self.models[model];
        let uri = linked.prefixes.iter().find(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
        match uri {
            None => (prefix == "feel").then_some(Prefix::Feel),
            Some(uri) if uri.contains("FEEL") || Version::of(uri).is_some() => Some(Prefix::Feel),
            Some(uri) if *uri == *linked.namespace => Some(Prefix::Model(model)),
            Some(uri) => {
                let at = linked.imports.iter().position(|import| import.namespace == uri)?;
                self.imports[model][at].map(Prefix::Model)
            }
        }
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
        let mut made = self.item_type(model, definition, depth);
        if made.weight > limits::MAX_TYPE_WEIGHT {
            let message = format!("the type holds more than {} others", limits::MAX_TYPE_WEIGHT);
            let what = format!("itemDefinition '{}'", definition.name);
            let help = "leave the types of some components open";
            self.report(model, Diagnostic::error("dmn.type.size", what, definition.place, message, help));
            made = ItemType::simple(&definition.name, Type::Any);
        }
        let made = Arc::new(made);
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
        let weight = base.weight.saturating_add(u32::from(definition.is_collection));
        let (kind, shape) = match (definition.is_collection, base) {
            (true, base) => (Type::List(Arc::new(base.kind.clone())), Shape::List(Arc::new(base))),
            (false, base) if base.constrained && !matches!(base.shape, Shape::Structure(_)) => {
                (base.kind.clone(), Shape::Same(Arc::new(base)))
            }
            (false, base) => (base.kind, base.shape),
        };
        ItemType { name, kind, shape, allowed, constraint, constrained, weight }
    }

    /// The type without `isCollection` and without the definition's own tests.
    fn base_type(&mut self, model: usize, definition: &ItemDefinition, what: &str, depth: usize) -> ItemType {
        if let Some(function) = &definition.function {
            let mut parameters = Vec::new();
            for parameter in &function.parameters {
                let name = parameter.type_ref.as_deref();
                parameters.push(self.type_at(model, name, what, parameter.place, depth + 1));
            }
            let name = function.output.as_deref();
            let output = self.type_at(model, name, what, definition.place, depth + 1);
            let weights = parameters.iter().chain([&output]).flatten().map(|kind| kind.weight);
            let weight = weights.fold(1, u32::saturating_add);
            let parameters: Vec<Type> = parameters.iter().map(feel_type).collect();
            let kind = Type::Function(parameters.into(), Arc::new(feel_type(&output)));
            return ItemType { weight, ..ItemType::simple(&definition.name, kind) };
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
            let weight = fields.iter().map(|(_, field)| field.weight).fold(1, u32::saturating_add);
            let shape = Shape::Structure(fields);
            let name = Arc::clone(&definition.name);
            return ItemType { shape, constrained, weight, ..ItemType::simple(&name, Type::Context(kinds)) };
        }
        let Some(reference) = &definition.type_ref else {
            return ItemType::simple(&definition.name, Type::Any);
        };
        let found = self.lookup(model, reference, depth + 1);
        let Some(found) = found else {
            self.type_of(model, Some(reference), what, definition.place);
            return ItemType::simple(&definition.name, Type::Any);
        };
        let (constrained, weight) = (found.constrained, found.weight);
        let simple = ItemType::simple(&found.name, found.kind.clone());
        ItemType { constrained, weight, shape: Shape::Same(found), ..simple }
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
        let mut open = VecDeque::from([(model, String::new())]);
        let mut paths = 0;
        while let Some((model, prefix)) = open.pop_front() {
            let linked = self.models[model];
            for definition in &linked.item_definitions {
                let found = self.defined(model, definition, 0);
                names.entry(format!("{prefix}{}", definition.name)).or_insert_with(|| found.kind.clone());
            }
            paths += 1;
            if paths >= limits::MAX_IMPORTS || names.len() >= limits::MAX_TYPE_NAMES {
                break;
            }
            let imports = linked.imports.iter().zip(&self.imports[model]);
            open.extend(imports.filter_map(|(import, imported)| {
                let dot = if import.name.is_empty() { "" } else { "." };
                Some(((*imported)?, format!("{prefix}{}{dot}", import.name)))
            }));
            open.truncate(limits::MAX_IMPORTS);
        }
        names
    }
}
