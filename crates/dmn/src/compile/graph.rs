//! The requirements between elements. Invariant: after [`Compiler::break_cycles`] no decision depends on itself.

use super::Compiler;
use super::scope::Scope;
use crate::code::{Code, Element, Requirement};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::model::{ItemDefinition, Logic, Model, Reference};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Names of components, columns and outputs that FEEL cannot know to be one name by itself.
pub(super) fn special_names(model: &Model) -> Vec<Arc<str>> {
    fn collect(definition: &ItemDefinition, names: &mut HashSet<Arc<str>>) {
        for component in &definition.components {
            names.insert(Arc::clone(&component.name));
            collect(component, names);
        }
    }
    let mut names = HashSet::new();
    for definition in &model.item_definitions {
        collect(definition, &mut names);
    }
    for decision in &model.decisions {
        names.extend(decision.variable.as_ref().map(|variable| Arc::clone(&variable.name)));
        names.insert(Arc::clone(&decision.name));
        if let Some(logic) = &decision.logic {
            logic_names(&logic.logic, &mut names);
        }
    }
    for knowledge in &model.knowledge_models {
        names.insert(Arc::clone(&knowledge.name));
        if let Some(body) = knowledge.logic.as_ref().and_then(|logic| logic.body.as_ref()) {
            logic_names(&body.logic, &mut names);
        }
    }
    names.extend(model.inputs.iter().map(|input| Arc::clone(&input.name)));
    names.extend(model.services.iter().map(|service| Arc::clone(&service.name)));
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    let mut special: Vec<Arc<str>> = names.into_iter().filter(|name| !name.chars().all(plain)).collect();
    special.sort();
    special
}

fn logic_names(logic: &Logic, names: &mut HashSet<Arc<str>>) {
    match logic {
        Logic::Table(table) => names.extend(table.outputs.iter().filter_map(|output| output.name.clone())),
        Logic::Context(entries) => {
            for entry in entries {
                names.extend(entry.variable.as_ref().map(|variable| Arc::clone(&variable.name)));
                if let Some(value) = &entry.value {
                    logic_names(&value.logic, names);
                }
            }
        }
        Logic::Relation(relation) => {
            names.extend(relation.columns.iter().map(|column| Arc::clone(&column.name)))
        }
        _ => {}
    }
}

impl Compiler<'_> {
    /// The special names of every model and of those that it imports.
    pub(super) fn imported_properties(&self) -> Vec<Vec<Arc<str>>> {
        let all: HashSet<&Arc<str>> = self.properties.iter().flatten().collect();
        let mut all: Vec<Arc<str>> = all.into_iter().cloned().collect();
        all.sort();
        (0..self.models.len())
            .map(
                |model| {
                    if self.imports[model].is_empty() { self.properties[model].clone() } else { all.clone() }
                },
            )
            .collect()
    }

    /// The names of the imports that lead from one model to another; the shortest such path.
    pub(super) fn import_path(&self, from: usize, to: usize) -> Option<Vec<Arc<str>>> {
        let mut seen = HashSet::from([from]);
        let mut paths: Vec<(usize, Vec<Arc<str>>)> = vec![(from, Vec::new())];
        let mut at = 0;
        while at < paths.len() {
            let (model, path) = paths[at].clone();
            if model == to {
                return Some(path);
            }
            for (index, import) in self.models[model].imports.iter().enumerate() {
                if let Some(next) = self.imports[model][index]
                    && seen.insert(next)
                {
                    let mut longer = path.clone();
                    if !import.name.is_empty() {
                        longer.push(Arc::clone(&import.name));
                    }
                    paths.push((next, longer));
                }
            }
            at += 1;
        }
        None
    }

    /// Resolves references and gives each a register in the scope.
    pub(super) fn requirements(
        &mut self,
        scope: &mut Scope,
        references: &[Reference],
        wanted: &[&str],
    ) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        let mut import_registers: HashMap<Arc<str>, u32> = HashMap::new();
        for reference in references {
            let Some((owner, target)) = self.resolve(scope, reference, wanted) else { continue };
            let (id, name) = self.identity(target);
            let mut path = match owner == scope.model {
                true => Vec::new(),
                false => self.import_path(scope.model, owner).unwrap_or_default(),
            };
            if path.is_empty() {
                let register = scope.add(&name);
                // Models without variables know elements by their ids too.
                if id != name && !self.has_variable(target) {
                    scope.alias(&id, register);
                }
                requirements.push(Requirement { target, register, path });
                continue;
            }
            let first = path.remove(0);
            path.push(name);
            let register =
                *import_registers.entry(Arc::clone(&first)).or_insert_with(|| scope.import(&first));
            requirements.push(Requirement { target, register, path });
        }
        requirements
    }

    fn resolve(&mut self, scope: &Scope, reference: &Reference, wanted: &[&str]) -> Option<(usize, u32)> {
        let (namespace, id) = match reference.href.rsplit_once('#') {
            Some((namespace, id)) => (namespace, id),
            None => ("", reference.href.as_str()),
        };
        let model = scope.model;
        let own = namespace.is_empty() || *namespace == *self.models[model].namespace;
        let imported = self.models.iter().position(|linked| *linked.namespace == *namespace);
        let owner = if own { Some(model) } else { imported };
        let target = owner.and_then(|owner| Some((owner, *self.by_id.get(&(owner, id.into()))?)));
        let label = Arc::clone(&scope.label);
        let Some((owner, target)) = target else {
            let what = wanted.join(" or ");
            if owner.is_some_and(|owner| self.models[owner].other_ids.iter().any(|other| *other == *id)) {
                let message = format!("'{}' is not a {what}", reference.href);
                let help = format!("refer to a {what}");
                self.report(
                    model,
                    Diagnostic::error("dmn.reference", &*label, reference.place, message, help),
                );
                return None;
            }
            let known = self.by_id.keys().filter(|(known, _)| Some(*known) == owner).map(|(_, id)| &**id);
            let near = did_you_mean(id, known);
            let (message, help) = match owner {
                Some(_) => (
                    format!("there is no {what} with the id '{id}'{near}"),
                    "correct href, or add the element".to_owned(),
                ),
                None => (
                    format!("there is no model with the namespace '{namespace}'"),
                    "import the model, and deploy it before or together with this one".to_owned(),
                ),
            };
            self.report(model, Diagnostic::error("dmn.reference", &*label, reference.place, message, help));
            return None;
        };
        let kind = self.kind_of(target);
        if !wanted.contains(&kind) {
            let message = format!("'{}' is a {kind}, not a {}", reference.href, wanted.join(" or "));
            let help = format!("refer to a {}", wanted.join(" or "));
            self.report(model, Diagnostic::error("dmn.reference", &*label, reference.place, message, help));
            return None;
        }
        Some((owner, target))
    }

    /// The position of an element in the lists of its model.
    fn position(&self, target: u32) -> (&Model, usize) {
        let owner = self.owners[target as usize];
        let first = self.first_elements[owner];
        (self.models[owner], target as usize - first)
    }

    pub(super) fn kind_of(&self, target: u32) -> &'static str {
        let (model, at) = self.position(target);
        let decisions = model.inputs.len();
        let knowledge = decisions + model.decisions.len();
        let services = knowledge + model.knowledge_models.len();
        match at {
            at if at < decisions => "inputData",
            at if at < knowledge => "decision",
            at if at < services => "businessKnowledgeModel",
            _ => "decisionService",
        }
    }

    /// The id and the variable's name of an element.
    fn identity(&self, target: u32) -> (Arc<str>, Arc<str>) {
        let (model, mut at) = self.position(target);
        let pick = |id: &Arc<str>, name: &Arc<str>, variable: &Option<crate::model::Variable>| {
            let name = variable.as_ref().map_or(name, |variable| &variable.name);
            (Arc::clone(id), Arc::clone(name))
        };
        if let Some(input) = model.inputs.get(at) {
            return pick(&input.id, &input.name, &input.variable);
        }
        at -= model.inputs.len();
        if let Some(decision) = model.decisions.get(at) {
            return pick(&decision.id, &decision.name, &decision.variable);
        }
        at -= model.decisions.len();
        if let Some(knowledge) = model.knowledge_models.get(at) {
            return pick(&knowledge.id, &knowledge.name, &knowledge.variable);
        }
        let service = &model.services[at - model.knowledge_models.len()];
        pick(&service.id, &service.name, &service.variable)
    }

    fn has_variable(&self, target: u32) -> bool {
        let (model, at) = self.position(target);
        let decision = at.checked_sub(model.inputs.len()).and_then(|at| model.decisions.get(at));
        match (model.inputs.get(at), decision) {
            (Some(input), _) => input.variable.is_some(),
            (None, Some(decision)) => decision.variable.is_some(),
            (None, None) => true,
        }
    }

    /// Reports decisions that depend on themselves and makes them fail.
    pub(super) fn break_cycles(&mut self, elements: &mut [Element]) {
        let edges: Vec<Vec<u32>> = elements
            .iter()
            .map(|element| match element {
                Element::Decision(decision) => decision
                    .requirements
                    .iter()
                    .map(|requirement| requirement.target)
                    .filter(|target| matches!(elements[*target as usize], Element::Decision(_)))
                    .collect(),
                _ => Vec::new(),
            })
            .collect();
        for cycle in cycles(&edges) {
            let names: Vec<Arc<str>> =
                cycle.iter().map(|at| Arc::clone(elements[*at as usize].id())).collect();
            let message = format!(
                "the decisions require each other in a circle: {} -> {}",
                names.join(" -> "),
                names[0]
            );
            for at in cycle {
                let model = self.owners[at as usize];
                if let Element::Decision(decision) = &mut elements[at as usize] {
                    decision.requirements.clear();
                    decision.body.code = Code::Fail { code: "dmn.cycle", message: message.clone() };
                    decision.body.kind = None;
                    let what = format!("decision '{}'", decision.name);
                    let help = "remove one of these information requirements";
                    self.report(
                        model,
                        Diagnostic::error("dmn.cycle", what, decision.place, message.clone(), help),
                    );
                }
            }
        }
    }

    /// Business knowledge models and services, each after those that it needs.
    pub(super) fn knowledge_order(&mut self, elements: &[Element]) -> Vec<u32> {
        let edges: Vec<Vec<u32>> = elements
            .iter()
            .map(|element| match element {
                Element::Knowledge(knowledge) => {
                    knowledge.requirements.iter().map(|requirement| requirement.target).collect()
                }
                Element::Service(service) => inner_knowledge(elements, &service.outputs, &service.parameters),
                _ => Vec::new(),
            })
            .collect();
        let mut broken = HashSet::new();
        for cycle in cycles(&edges) {
            let names: Vec<Arc<str>> =
                cycle.iter().map(|at| Arc::clone(elements[*at as usize].id())).collect();
            let message = format!(
                "the functions require each other in a circle: {} -> {}",
                names.join(" -> "),
                names[0]
            );
            for at in cycle {
                broken.insert(at);
                let (model, place) = (self.owners[at as usize], self.place_of(at));
                let what = format!("{} '{}'", self.kind_of(at), elements[at as usize].id());
                let help = "remove one of these knowledge requirements";
                self.report(model, Diagnostic::error("dmn.cycle", what, place, message.clone(), help));
            }
        }
        postorder(&edges).into_iter().filter(|at| !broken.contains(at)).collect()
    }

    fn place_of(&self, target: u32) -> crate::diagnostic::Place {
        let (model, at) = self.position(target);
        let knowledge = at.checked_sub(model.inputs.len() + model.decisions.len());
        let found = knowledge.and_then(|at| model.knowledge_models.get(at)).map(|one| one.place);
        let service = knowledge.and_then(|at| at.checked_sub(model.knowledge_models.len()));
        found
            .or_else(|| service.and_then(|at| model.services.get(at)).map(|one| one.place))
            .unwrap_or_default()
    }
}

/// The functions that the decisions of a service require.
fn inner_knowledge(elements: &[Element], outputs: &[u32], parameters: &[u32]) -> Vec<u32> {
    let mut seen: HashSet<u32> = parameters.iter().copied().collect();
    let mut open: Vec<u32> = outputs.to_vec();
    let mut knowledge = Vec::new();
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        match &elements[at as usize] {
            Element::Decision(decision) => {
                open.extend(decision.requirements.iter().map(|requirement| requirement.target));
            }
            Element::Knowledge(_) | Element::Service(_) => knowledge.push(at),
            Element::Input(_) => {}
        }
    }
    knowledge
}

/// All elements, each after those that it needs, as far as that is possible.
fn postorder(edges: &[Vec<u32>]) -> Vec<u32> {
    let mut order = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for start in 0..edges.len() {
        let mut stack = vec![(start, 0usize)];
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        while let Some((at, next)) = stack.last_mut() {
            match edges[*at].get(*next) {
                Some(target) => {
                    *next += 1;
                    let target = *target as usize;
                    if !std::mem::replace(&mut seen[target], true) {
                        stack.push((target, 0));
                    }
                }
                None => {
                    order.push(*at as u32);
                    stack.pop();
                }
            }
        }
    }
    order
}

/// The strongly connected components that are circles (Tarjan, without recursion).
fn cycles(edges: &[Vec<u32>]) -> Vec<Vec<u32>> {
    const NEW: u32 = u32::MAX;
    let mut index = vec![NEW; edges.len()];
    let mut low = vec![0u32; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let (mut stack, mut found, mut counter) = (Vec::new(), Vec::new(), 0u32);
    for start in 0..edges.len() {
        if index[start] != NEW {
            continue;
        }
        let mut calls = vec![(start, 0usize)];
        while let Some((at, next)) = calls.last().copied() {
            if next == 0 {
                index[at] = counter;
                low[at] = counter;
                counter += 1;
                stack.push(at as u32);
                on_stack[at] = true;
            }
            if let Some(target) = edges[at].get(next) {
                let last = calls.len() - 1;
                calls[last].1 += 1;
                let target = *target as usize;
                if index[target] == NEW {
                    calls.push((target, 0));
                } else if on_stack[target] {
                    low[at] = low[at].min(index[target]);
                }
                continue;
            }
            calls.pop();
            if let Some((parent, _)) = calls.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
            if low[at] == index[at] {
                let from = stack.iter().rposition(|one| *one == at as u32).unwrap_or(0);
                let mut component = stack.split_off(from);
                component.iter().for_each(|one| on_stack[*one as usize] = false);
                let own_circle = edges[at].contains(&(at as u32));
                if component.len() > 1 || own_circle {
                    component.sort_unstable();
                    found.push(component);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{cycles, postorder};

    #[test]
    fn circles_are_found_and_the_order_is_kept() {
        let edges = vec![vec![1], vec![2], vec![0, 3], vec![], vec![4], vec![3, 2]];
        assert_eq!(cycles(&edges), [vec![0, 1, 2], vec![4]]);
        let order = postorder(&[vec![1, 2], vec![2], vec![]]);
        assert_eq!(order, [2, 1, 0]);
    }
}
