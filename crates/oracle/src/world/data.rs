//! Variables: where a name is found and where it is set, data objects and associations, what a call takes and gives.

use bpmn::model::{DataAssociation, Expression};

use super::state::{Id, Instance, ROOT};
use crate::expression;
use crate::value::{Value, Variables};

impl Instance {
    /// The value of a name as seen from a live element: the innermost scope that has it.
    pub(crate) fn variable(&self, at: Id, name: &str) -> Option<Value> {
        let mut scope = Some(at);
        while let Some(live) = scope.and_then(|id| self.lives.get(&id)) {
            if let Some(value) = live.variables.get(name) {
                return Some(value.clone());
            }
            scope = live.parent;
        }
        None
    }

    /// Sets a variable in the innermost scope that has it, else in the instance itself.
    pub(crate) fn set_variable(&mut self, at: Id, name: &str, value: Value) {
        let mut scope = Some(at);
        let mut holder = ROOT;
        while let Some(live) = scope.and_then(|id| self.lives.get(&id)) {
            if live.variables.contains_key(name) {
                holder = live.id;
                break;
            }
            scope = live.parent;
        }
        self.changed = true;
        if let Some(live) = self.lives.get_mut(&holder) {
            live.variables.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn evaluate(&self, expression: &Expression, at: Id, more: &Variables) -> Value {
        if expression.is_static() {
            return Value::Text(expression.text.clone());
        }
        let variable = |name: &str| more.get(name).cloned().or_else(|| self.variable(at, name));
        expression::evaluate(&expression.text, &variable)
    }

    pub(crate) fn is_true(&self, condition: &Expression, at: Id, more: &Variables) -> bool {
        self.evaluate(condition, at, more) == Value::Bool(true)
    }

    /// The variable that a data object, a reference to one, a data input or output stands for: its name, else its id.
    pub(crate) fn data_name(&self, id: &str) -> String {
        let objects = &self.definition().data_objects;
        if let Some(object) = objects.iter().find(|it| it.id == id) {
            let store = |it: &String| self.model.data_stores.iter().find(|store| store.id == *it);
            if let Some(store) = object.reference.as_ref().and_then(store) {
                return store.name.clone().unwrap_or_else(|| store.id.clone());
            }
            return match &object.reference {
                Some(other) if other != id => self.data_name(other),
                _ => object.name.clone().unwrap_or_else(|| id.to_owned()),
            };
        }
        let nodes = self.definition().nodes.iter();
        let mut items = nodes.flat_map(|node| node.data.inputs.iter().chain(&node.data.outputs));
        let name = items.find(|it| it.id == id).and_then(|it| it.name.clone());
        name.unwrap_or_else(|| id.to_owned())
    }

    /// The data store that something with this id refers to.
    fn store_name(&self, id: &str) -> Option<String> {
        let reference = self.definition().data_objects.iter().find(|it| it.id == id)?.reference.as_ref()?;
        let store = self.model.data_stores.iter().find(|store| store.id == *reference)?;
        Some(store.name.clone().unwrap_or_else(|| store.id.clone()))
    }

    /// An activity that reads a data store sees what any instance wrote there last.
    fn fetch_from_stores(&mut self, id: Id, node: usize) {
        let Some(scope) = self.lives.get(&id).and_then(|live| live.parent) else { return };
        for association in self.node(node).data.input_associations.clone() {
            let assigned = association.assignments.iter().map(|(from, _)| &from.text);
            for source in association.sources.iter().chain(assigned) {
                let Some(name) = self.store_name(source) else { continue };
                let stored = self.shared.stores.borrow().get(&name).cloned();
                if let Some(value) =
                    stored.filter(|value| self.variable(scope, &name).as_ref() != Some(value))
                {
                    self.set_variable(scope, &name, value);
                }
            }
        }
    }

    /// A scope's own data objects exist, without a value, from its start; data inputs get theirs.
    pub(crate) fn declare_data(&mut self, id: Id, node: usize) {
        let own: Vec<String> = self
            .definition()
            .data_objects
            .iter()
            .filter(|it| it.parent == Some(node) && it.reference.is_none())
            .map(|it| it.name.clone().unwrap_or_else(|| it.id.clone()))
            .collect();
        self.fetch_from_stores(id, node);
        let inputs: Vec<(String, Value)> =
            self.node(node).data.input_associations.iter().flat_map(|it| self.carried(it, id)).collect();
        if let Some(live) = self.lives.get_mut(&id) {
            for name in own {
                live.variables.entry(name).or_default();
            }
            live.variables.extend(inputs);
        }
    }

    /// What an association carries, as seen from a live element.
    fn carried(&self, association: &DataAssociation, at: Id) -> Vec<(String, Value)> {
        let none = Variables::new();
        let assigned = association.assignments.iter();
        let mut out: Vec<(String, Value)> =
            assigned.map(|(from, to)| (to.text.clone(), self.evaluate(from, at, &none))).collect();
        let Some(target) = &association.target else { return out };
        let value = match (&association.transformation, association.sources.first()) {
            (Some(transformation), _) => self.evaluate(transformation, at, &none),
            (None, Some(source)) if out.is_empty() => {
                // What does not exist is not copied.
                let Some(value) = self.variable(at, &self.data_name(source)) else { return out };
                value
            }
            _ => return out,
        };
        out.push((self.data_name(target), value));
        out
    }

    /// The results of a job: into its own data outputs what its associations take from there, the rest to where the names are.
    pub(crate) fn job_results(&mut self, id: Id, variables: &Variables) {
        let Some(node) = self.lives[&id].node else { return };
        let data = &self.node(node).data;
        let outputs: Vec<String> = match data.output_associations.is_empty() {
            true => Vec::new(),
            false => data.outputs.iter().map(|it| it.name.clone().unwrap_or_else(|| it.id.clone())).collect(),
        };
        for (name, value) in variables {
            if !outputs.contains(name) {
                self.set_variable(id, name, value.clone());
            } else if let Some(live) = self.lives.get_mut(&id) {
                live.variables.insert(name.clone(), value.clone());
            }
        }
    }

    /// An activity's output associations, when it ends.
    pub(crate) fn data_out(&mut self, id: Id) {
        let live = &self.lives[&id];
        let (Some(node), Some(scope)) = (live.node, live.parent) else { return };
        let associations = self.node(node).data.output_associations.clone();
        for association in &associations {
            for (name, value) in self.carried(association, id) {
                self.set_variable(scope, &name, value.clone());
            }
            let assigned = association.assignments.iter().map(|(_, to)| &to.text);
            for target in association.target.iter().chain(assigned) {
                let Some(name) = self.store_name(target) else { continue };
                if let Some(value) = self.variable(scope, &name) {
                    self.shared.stores.borrow_mut().insert(name, value);
                }
            }
        }
    }

    /// What a called process starts with: the call's data inputs when it has associations for them, else all that is
    /// visible.
    pub(crate) fn call_variables(&self, id: Id) -> Variables {
        let live = &self.lives[&id];
        let associated = live.node.is_some_and(|node| !self.node(node).data.input_associations.is_empty());
        if associated {
            return live.variables.clone();
        }
        let mut out = Variables::new();
        let mut scope = Some(id);
        while let Some(live) = scope.and_then(|id| self.lives.get(&id)) {
            for (name, value) in &live.variables {
                out.entry(name.clone()).or_insert_with(|| value.clone());
            }
            scope = live.parent;
        }
        out
    }

    /// What a called process leaves.
    pub(crate) fn call_results(&mut self, id: Id, variables: &Variables) {
        self.job_results(id, variables);
    }
}
