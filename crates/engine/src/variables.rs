//! Variables: looked up from a scope outwards, set where they exist, mapped in and out of elements.

use crate::compile::Mapping;
use crate::expression::Failure;
use crate::instance::Instance;
use crate::run::Run;
use feel::Value;
use record::secret::{self, SecretPlace};
use record::{Json, Key, Str, Variables};

/// A view of the variables visible in a scope, with some that are nearer than all of them.
pub struct Scopes<'a> {
    instance: &'a Instance,
    scope: Key,
    near: &'a [(Str, Value)],
}

impl<'a> Scopes<'a> {
    /// The variables visible in `scope`.
    pub fn new(instance: &'a Instance, scope: Key) -> Self {
        Scopes { instance, scope, near: &[] }
    }

    /// The same with `near` before them.
    pub fn with(instance: &'a Instance, scope: Key, near: &'a [(Str, Value)]) -> Self {
        Scopes { instance, scope, near }
    }

    /// All variables, the nearest of each name.
    pub fn all(&self) -> Vec<(Str, Value)> {
        let mut found: Vec<(Str, Value)> = Vec::new();
        let mut scope = self.scope;
        while let Some(element) = self.instance.element(scope) {
            for (name, json) in &element.variables {
                if !found.iter().any(|(known, _)| known == name) {
                    found.push((name.clone(), Value::from_json(json.as_str()).unwrap_or(Value::Null)));
                }
            }
            scope = element.scope;
        }
        found
    }

    /// The value of a name, or none where no scope has it.
    pub fn value(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.near.iter().rev().find(|(known, _)| &**known == name) {
            return Some(value.clone());
        }
        let json = self.instance.variable(self.scope, name)?;
        Some(Value::from_json(json.as_str()).unwrap_or(Value::Null))
    }
}

impl Instance {
    /// The nearest variable of this name, from `scope` outwards.
    pub fn variable(&self, mut scope: Key, name: &str) -> Option<&Json> {
        while let Some(element) = self.element(scope) {
            if let Some((_, value)) = element.variables.iter().find(|(known, _)| &**known == name) {
                return Some(value);
            }
            scope = element.scope;
        }
        None
    }

    /// All variables visible in `scope`, or those of `names`, as one object.
    pub(crate) fn visible(&self, mut scope: Key, names: &[Str]) -> Json {
        let mut seen: smallvec::SmallVec<[(&str, &Json); 16]> = smallvec::SmallVec::new();
        while let Some(element) = self.element(scope) {
            for (name, value) in &element.variables {
                let wanted = names.is_empty() || names.contains(name);
                if wanted && !seen.iter().any(|(known, _)| *known == &**name) {
                    seen.push((name, value));
                }
            }
            scope = element.scope;
        }
        Json::trusted(record::json::join(seen))
    }

    /// The scope that has the variable, from `scope` outwards; the process where none has.
    pub(crate) fn owner(&self, mut scope: Key, name: &str) -> Key {
        while let Some(element) = self.element(scope) {
            if element.variables.iter().any(|(known, _)| &**known == name) || element.scope.is_none() {
                return element.key;
            }
            scope = element.scope;
        }
        self.key
    }
}

impl Run<'_> {
    /// Sets variables in `scope` alone.
    pub(crate) fn set_local(&mut self, scope: Key, variables: Variables) {
        if !variables.is_empty() {
            self.emit(record::Event::VariablesSet { scope, variables });
        }
    }

    /// Sets each variable where it exists, from `scope` outwards, and new ones in the process's scope.
    pub(crate) fn merge(&mut self, scope: Key, variables: Variables) {
        let mut by_owner: Vec<(Key, Variables)> = Vec::new();
        for (name, value) in variables {
            let owner = self.instance.owner(scope, &name);
            match by_owner.iter_mut().find(|(key, _)| *key == owner) {
                Some((_, list)) => list.push((name, value)),
                None => by_owner.push((owner, vec![(name, value)])),
            }
        }
        for (owner, variables) in by_owner {
            self.set_local(owner, variables);
        }
    }

    /// Evaluates mappings one after the other, each seeing the results of those before, and returns what they set.
    ///
    /// `base` says what a path such as `o.a` is merged into: the outer variable, or nothing.
    pub(crate) fn map(&mut self, mappings: &[Mapping], scope: Key, base: Base) -> Result<Variables, Failure> {
        self.map_values(mappings, scope, base, false).map(to_variables)
    }

    /// The same for inputs, with the places where the model names secrets.
    pub(crate) fn map_naming_secrets(
        &mut self,
        mappings: &[Mapping],
        scope: Key,
    ) -> Result<(Variables, Vec<SecretPlace>), Failure> {
        let values = self.map_values(mappings, scope, Base::New, false)?;
        let mut places = Vec::new();
        if mappings.iter().any(|mapping| mapping.marked.is_some())
            && let Ok(marked) = self.map_values(mappings, scope, Base::New, true)
        {
            for ((name, clean), (_, marked)) in values.iter().zip(&marked) {
                find_marks(clean, marked, secret::pointer_part(name), &mut places);
            }
        }
        Ok((to_variables(values), places))
    }

    fn map_values(
        &mut self,
        mappings: &[Mapping],
        scope: Key,
        base: Base,
        marked: bool,
    ) -> Result<Vec<(Str, Value)>, Failure> {
        let mut results: Vec<(Str, Value)> = Vec::new();
        for mapping in mappings {
            let scopes = Scopes::with(self.instance, scope, &results);
            if mapping.optional.as_ref().is_some_and(|source| scopes.value(source).is_none()) {
                continue;
            }
            let source = mapping.marked.as_ref().filter(|_| marked).unwrap_or(&mapping.source);
            let value = source.evaluate_for(&mapping.target, &scopes, &mut self.evaluator)?;
            let name = &mapping.target[0];
            let known = results.iter().position(|(known, _)| known == name);
            let below = match known {
                Some(at) => Some(results[at].1.clone()),
                None if base == Base::Outer => {
                    let parent = self.instance.element(scope).map_or(Key::NONE, |element| element.scope);
                    Scopes::new(self.instance, parent).value(name)
                }
                None => None,
            };
            let value = place(below, &mapping.target[1..], value);
            match known {
                Some(at) => results[at].1 = value,
                None => results.push((name.clone(), value)),
            }
        }
        Ok(results)
    }
}

fn to_variables(values: Vec<(Str, Value)>) -> Variables {
    values.into_iter().map(|(name, value)| (name, Json::trusted(value.to_json()))).collect()
}

/// Looks for texts that differ by marks.
fn find_marks(clean: &Value, marked: &Value, path: String, places: &mut Vec<SecretPlace>) {
    match (clean, marked) {
        (Value::String(clean), Value::String(marked)) if clean != marked => {
            let path = Str::from(path);
            for offset in secret::references(clean, marked).unwrap_or_default() {
                places.push(SecretPlace { path: path.clone(), offset });
            }
        }
        (Value::List(clean), Value::List(marked)) => {
            for (at, (clean, marked)) in clean.iter().zip(marked.iter()).enumerate() {
                find_marks(clean, marked, format!("{path}/{at}"), places);
            }
        }
        (Value::Context(clean), Value::Context(marked)) => {
            for (name, clean) in clean.iter() {
                if let Some(marked) = marked.get(name) {
                    find_marks(clean, marked, format!("{path}{}", secret::pointer_part(name)), places);
                }
            }
        }
        _ => {}
    }
}

/// What the path of a mapping's target is merged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// A new variable: inputs.
    New,
    /// The variable of the enclosing scope: outputs.
    Outer,
}

/// `value` at `path` inside of `below`. As in Camunda, a path into something that is no context gives null.
fn place(below: Option<Value>, path: &[Str], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut entries: Vec<(Str, Value)> = match below {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Context(context)) => {
            context.iter().map(|(name, value)| (Str::from(&**name), value.clone())).collect()
        }
        Some(_) => return Value::Null,
    };
    match entries.iter_mut().find(|(name, _)| name == first) {
        Some((_, entry)) => *entry = place(Some(entry.clone()), rest, value),
        None => entries.push((first.clone(), place(None, rest, value))),
    }
    Value::Context(std::sync::Arc::new(feel::Context::from(entries)))
}
