//! Migration: a running instance goes on with another definition. Every active element says by a mapping what it is
//! there; everything that stands in the way is named at once.

use crate::compile::{Element, Node, NodeKind, Process};
use crate::instance::Role;
use crate::run::Run;
use record::{Event, Key, Rejection, RejectionKind, Str};

impl Run<'_> {
    pub(crate) fn migrate(&mut self, definition: Key, mappings: &[(Str, Str)]) -> Result<(), Rejection> {
        let catalog = self.catalog;
        let Some(target) = catalog.definition(definition).filter(|it| it.tenant == self.instance.tenant)
        else {
            let text = format!(
                "Expected to migrate process instance to process definition but no process definition found with key '{definition}'"
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        let (source, process) = (self.process, &*target.process);
        let mut obstacles = Vec::new();
        let nodes = read_mappings(source, process, mappings, &mut obstacles);
        self.check_elements(source, process, &nodes, &mut obstacles);
        let mut elements: Vec<(u32, u32)> = nodes
            .iter()
            .map(|(from, to)| (source.nodes[*from].ordinal, process.nodes[*to].ordinal))
            .collect();
        self.map_waiting(source, process, &nodes, &mut elements, &mut obstacles);
        if !obstacles.is_empty() {
            let text = format!(
                "Expected to migrate process instance '{}' but {}",
                self.instance.key,
                obstacles.join("; ")
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        self.close_unmapped(&elements);
        self.emit(Event::InstanceMigrated {
            definition,
            process_id: target.process_id.clone(),
            version: target.version,
            elements,
        });
        self.process = process;
        self.open_missing();
        Ok(())
    }

    fn check_elements(
        &self,
        source: &Process,
        target: &Process,
        nodes: &[(usize, usize)],
        obstacles: &mut Vec<String>,
    ) {
        let mapped = |node: usize| nodes.iter().find(|(from, _)| *from == node).map(|(_, to)| *to);
        for element in self.instance.elements.iter().filter(|it| it.ordinal != 0) {
            let Some((node, model)) = source.node(element.ordinal) else { continue };
            let id = &model.id;
            let Some(to) = mapped(node) else {
                let text = format!(
                    "no mapping instruction defined for active element with id '{id}'. Elements cannot be migrated without a mapping."
                );
                if !obstacles.contains(&text) {
                    obstacles.push(text);
                }
                continue;
            };
            let other = &target.nodes[to];
            if !same_kind(model, other) {
                obstacles.push(format!(
                    "active element with id '{id}' and its mapped element with id '{}' are of different types",
                    other.id
                ));
            }
            let scopes = (model.parent.map(mapped), other.parent);
            if !matches!(scopes, (None, None)) && scopes.0.flatten() != scopes.1 {
                obstacles.push(format!(
                    "the flow scope of active element with id '{id}' is changed. The flow scope of the active element is expected to be '{}' but was '{}'. The flow scope of an element cannot be changed during migration.",
                    model.parent.map_or(&*source.id, |parent| &*source.nodes[parent].id),
                    other.parent.map_or(&*target.id, |parent| &*target.nodes[parent].id)
                ));
            }
            if element.role == Role::Body && other.looping.is_none() {
                obstacles.push(format!(
                    "active element with id '{id}' is multi-instance and its mapped element is not"
                ));
            }
        }
    }

    /// Tokens at a join stay on the flow of the same id, else on that of the same position.
    fn map_waiting(
        &self,
        source: &Process,
        target: &Process,
        nodes: &[(usize, usize)],
        elements: &mut Vec<(u32, u32)>,
        obstacles: &mut Vec<String>,
    ) {
        for (_, flow) in &self.instance.waiting {
            let Some(Element::Flow(index)) = source.element(*flow) else { continue };
            let gateway = source.flows[index].target;
            let to = nodes.iter().find(|(from, _)| *from == gateway).map(|(_, to)| &target.nodes[*to]);
            let found = to.and_then(|to| {
                let same =
                    to.incoming.iter().copied().find(|it| target.flows[*it].id == source.flows[index].id);
                let position = source.nodes[gateway].incoming.iter().position(|it| *it == index)?;
                same.or_else(|| to.incoming.get(position).copied())
            });
            match found {
                Some(found) => elements.push((*flow, target.flows[found].ordinal)),
                None => obstacles.push(format!(
                    "a token waits at the gateway '{}' on the sequence flow '{}', and no mapping instruction says where it is to wait",
                    source.nodes[gateway].id, source.flows[index].id
                )),
            }
        }
    }

    /// What is waited for by events without a mapping is not waited for any more.
    fn close_unmapped(&mut self, elements: &[(u32, u32)]) {
        let keys: Vec<Key> = self.instance.elements.iter().map(|element| element.key).collect();
        for key in keys {
            self.stop_waiting(key, |ordinal| !elements.iter().any(|(old, _)| *old == ordinal));
        }
    }

    /// Events that the new definition adds to what is active are waited for from now on.
    fn open_missing(&mut self) {
        let process = self.process;
        let active: Vec<(Key, u32, Role)> =
            self.instance.elements.iter().map(|it| (it.key, it.ordinal, it.role)).collect();
        for (key, ordinal, role) in active {
            let node = process.node(ordinal).map(|(_, node)| node);
            let mut waits = Vec::new();
            let planned = (|run: &mut Self| {
                if let Some(node) = node.filter(|_| matches!(role, Role::Plain | Role::Body)) {
                    waits.extend(run.plan_activity(node, key)?);
                }
                if !matches!(role, Role::Body | Role::Inner) {
                    let inside = node.map_or(&process.event_sub_processes, |node| &node.event_sub_processes);
                    run.plan_event_sub_processes(inside, key, &mut waits)?;
                }
                Ok::<(), crate::expression::Failure>(())
            })(self);
            if let Err(failure) = planned {
                self.incident(key, ordinal, Key::NONE, failure);
                continue;
            }
            waits.retain(|wait| !self.waits_already(key, wait.ordinal()));
            self.open(key, waits);
        }
    }

    fn waits_already(&self, key: Key, ordinal: u32) -> bool {
        let instance = &*self.instance;
        instance.timers.iter().any(|it| (it.element, it.ordinal) == (key, ordinal))
            || instance.subscriptions.iter().any(|it| (it.element, it.ordinal) == (key, ordinal))
            || instance.conditions.iter().any(|it| (it.element, it.ordinal) == (key, ordinal))
    }
}

fn read_mappings(
    source: &Process,
    target: &Process,
    mappings: &[(Str, Str)],
    obstacles: &mut Vec<String>,
) -> Vec<(usize, usize)> {
    let mut nodes: Vec<(usize, usize)> = Vec::new();
    for (from, to) in mappings {
        match (source.node_by_id(from), target.node_by_id(to)) {
            (None, _) => obstacles.push(format!(
                "mapping instructions contain a non-existing source element id '{from}'. Elements provided in mapping instructions must exist in the source process definition."
            )),
            (_, None) => obstacles.push(format!(
                "mapping instructions contain a non-existing target element id '{to}'. Elements provided in mapping instructions must exist in the target process definition."
            )),
            (Some(old), Some(_)) if nodes.iter().any(|(known, _)| *known == old) => obstacles.push(format!(
                "the mapping instructions contain duplicate source element ids '{from}'"
            )),
            (Some(old), Some(new)) => nodes.push((old, new)),
        }
    }
    nodes
}

/// True where one element can take the place of the other: the same kind, waiting for or doing the same sort of
/// thing.
fn same_kind(one: &Node, other: &Node) -> bool {
    use std::mem::discriminant;
    discriminant(&one.kind) == discriminant(&other.kind)
        && match (&one.kind, &other.kind) {
            (NodeKind::Catch(one), NodeKind::Catch(other)) => discriminant(one) == discriminant(other),
            (
                NodeKind::Boundary { catch: one, interrupting, .. },
                NodeKind::Boundary { catch: other, interrupting: as_well, .. },
            ) => discriminant(one) == discriminant(other) && interrupting == as_well,
            (
                NodeKind::SubProcess { transaction: one, .. },
                NodeKind::SubProcess { transaction: other, .. },
            ) => one == other,
            _ => true,
        }
}
