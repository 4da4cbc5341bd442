//! Modification: someone takes tokens away, puts them elsewhere, or moves them (with variables for the scopes that
//! come into being).

use crate::elements::process;
use crate::instance::Role;
use crate::placement::{Misplaced, Place};
use crate::run::Run;
use record::command::{ActivateInstruction, MoveInstruction, ScopedVariables, TerminateInstruction};
use record::{Event, Key, Rejection, RejectionKind, Str};

impl Run<'_> {
    pub(crate) fn modify(
        &mut self,
        activate: &[ActivateInstruction],
        terminate: &[TerminateInstruction],
        moves: &[MoveInstruction],
    ) -> Result<(), Rejection> {
        if self.ends_already() {
            let text = format!(
                "Expected to modify process instance but no process instance found with key '{}'",
                self.instance.key
            );
            return Err(Rejection::new(RejectionKind::NotFound, text));
        }
        let (activate, terminate) = self.plan_moves(activate, terminate, moves)?;
        let mut ends: Vec<Key> = Vec::new();
        let mut places: Vec<(usize, Place)> = Vec::new();
        for instruction in &activate {
            places.push(self.check_activation(instruction)?);
        }
        for instruction in &terminate {
            ends.extend(self.elements_to_terminate(instruction)?);
        }
        self.check_that_scopes_stay(&activate, &places, &ends)?;
        self.emit(Event::InstanceModified {});
        for (instruction, (node, place)) in activate.iter().zip(&places) {
            self.activate_element(instruction, *node, place);
        }
        // It may have gone with the element around it.
        let scopes = ends.into_iter().filter_map(|key| self.take_away(key)).collect();
        self.end_empty_scopes(scopes);
        Ok(())
    }

    /// A move is the end of every instance of its source, and an activation of its target for each.
    fn plan_moves(
        &self,
        activate: &[ActivateInstruction],
        terminate: &[TerminateInstruction],
        moves: &[MoveInstruction],
    ) -> Result<(Vec<ActivateInstruction>, Vec<TerminateInstruction>), Rejection> {
        let (mut activate, mut terminate) = (activate.to_vec(), terminate.to_vec());
        for instruction in moves {
            let source = TerminateInstruction {
                element: instruction.source,
                element_id: instruction.source_element_id.clone(),
            };
            let sources = self.elements_to_terminate(&source)?;
            for element in sources {
                terminate.push(TerminateInstruction { element, element_id: Str::from("") });
                activate.push(ActivateInstruction {
                    element_id: instruction.target_element_id.clone(),
                    ancestor: match instruction.ancestor.is_none() {
                        true => self.common_scope(element, &instruction.target_element_id),
                        false => instruction.ancestor,
                    },
                    variables: instruction.variables.clone(),
                });
            }
        }
        Ok((activate, terminate))
    }

    /// The innermost scope around a source that is also around the target: where nobody says otherwise, a moved token
    /// stays in the scopes that it is in. None where they have but the process in common.
    fn common_scope(&self, source: Key, target: &str) -> Key {
        let process = self.process;
        let around = process.node_by_id(target).map(|node| process.around(node)).unwrap_or_default();
        let scope_of = |key: Key| self.instance.element(key).map(|it| it.scope);
        let mut scopes = std::iter::successors(scope_of(source), |&at| scope_of(at));
        let is_common = |key: &Key| self.node_of(*key).is_some_and(|(node, _)| around.contains(&node));
        scopes.find(is_common).unwrap_or(Key::NONE)
    }

    fn elements_to_terminate(&self, instruction: &TerminateInstruction) -> Result<Vec<Key>, Rejection> {
        let key = instruction.element;
        if !key.is_none() {
            return match self.instance.element(key) {
                Some(element) if !element.is_terminating() => Ok(vec![key]),
                _ => Err(self.refused(&format!(
                    "it contains one or more terminate instructions with an element instance that could not be found: '{key}'"
                ))),
            };
        }
        let id = &instruction.element_id;
        let Some(node) = self.process.node_by_id(id) else {
            return Err(self.refused(&format!(
                "it contains one or more terminate instructions for elements that don't exist: '{id}'"
            )));
        };
        let ordinal = self.process.nodes[node].ordinal;
        let live = self.instance.elements.iter().filter(|it| it.ordinal == ordinal && !it.is_terminating());
        // A body stands for its iterations.
        let found: Vec<Key> =
            live.filter(|it| matches!(it.role, Role::Plain | Role::Body)).map(|it| it.key).collect();
        if found.is_empty() {
            return Err(self.refused(&format!(
                "it contains one or more terminate instructions for elements that are not active: '{id}'"
            )));
        }
        Ok(found)
    }

    /// The element that an instruction names, and where it begins.
    fn check_activation(&self, instruction: &ActivateInstruction) -> Result<(usize, Place), Rejection> {
        let process = self.process;
        let id = &instruction.element_id;
        let Some(node) = process.node_by_id(id) else {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions with an element that could not be found: '{id}'"
            )));
        };
        if process.unsupported(node).is_some() {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions for elements that are unsupported: '{id}'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported"
            )));
        }
        self.check_variables(instruction, node)?;
        self.check_ancestor(instruction.ancestor, node)?;
        let place = self.place_of(node, instruction.ancestor).map_err(|misplaced| match misplaced {
            Misplaced::Ambiguous(scope) => self.refused(&format!(
                "it contains one or more activate instructions for an element that has a flow scope with more than one active instance: '{}'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.",
                process.nodes[scope].id
            )),
            Misplaced::Looping(scope) => self.refused(&format!(
                "it contains one or more activate instructions that would result in the activation of multi-instance element '{}', which is currently unsupported. Where it is active, specify the key of one of its iterations as ancestor element instance key.",
                process.nodes[scope].id
            )),
        })?;
        Ok((node, place))
    }

    /// Variables go to the process, to the element, and to the scopes between them.
    fn check_variables(&self, instruction: &ActivateInstruction, node: usize) -> Result<(), Rejection> {
        let process = self.process;
        for ScopedVariables { scope, .. } in &instruction.variables {
            if scope.is_empty() || *scope == process.id {
                continue;
            }
            let Some(found) = process.node_by_id(scope) else {
                return Err(self.refused(&format!(
                    "it contains one or more variable instructions with a scope element id that could not be found: '{scope}'"
                )));
            };
            if found != node && !process.is_inside(node, found) {
                return Err(self.refused(&format!(
                    "it contains one or more variable instructions with a scope element that doesn't belong to the activating element's flow scope: '{scope}'. These variables should be set before or after the modification."
                )));
            }
        }
        Ok(())
    }

    fn check_ancestor(&self, ancestor: Key, node: usize) -> Result<(), Rejection> {
        if ancestor.is_none() || ancestor == self.instance.key {
            return Ok(());
        }
        let process = self.process;
        let found = self.instance.element(ancestor).filter(|element| !element.is_terminating());
        let Some((scope, model)) = found.and_then(|element| process.node(element.ordinal)) else {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions with an ancestor scope key that does not exist, or is not in an active state: '{ancestor}'"
            )));
        };
        if !process.is_inside(node, scope) {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions with an ancestor scope key that is not an ancestor of the element to activate:\n- instance '{ancestor}' of element '{}' is not an ancestor of element '{}'",
                model.id, process.nodes[node].id
            )));
        }
        Ok(())
    }

    /// What is activated must not go at once with a scope that is terminated.
    fn check_that_scopes_stay(
        &self,
        activate: &[ActivateInstruction],
        places: &[(usize, Place)],
        ends: &[Key],
    ) -> Result<(), Rejection> {
        for (instruction, (_, place)) in activate.iter().zip(places) {
            let scope = place.scope;
            let Some(end) = ends.iter().find(|&&end| end == scope || self.is_under(scope, end)) else {
                continue;
            };
            return Err(self.refused(&format!(
                "it contains one or more activate instructions for elements whose required flow scope instance is also being terminated: element '{}' requires flow scope instance '{end}' which is being terminated. Please provide a valid ancestor scope key for the activation or avoid terminating the required flow scope.",
                instruction.element_id
            )));
        }
        Ok(())
    }

    fn activate_element(&mut self, instruction: &ActivateInstruction, node: usize, planned: &Place) {
        let process = self.process;
        let set = |run: &mut Self, id: &str, key: Key| {
            let own = instruction.variables.iter().filter(|it| &*it.scope == id);
            let variables = own.flat_map(|ScopedVariables { variables, .. }| variables.clone()).collect();
            run.set_local(key, variables);
        };
        set(self, "", self.instance.key);
        set(self, &process.id, self.instance.key);
        // An instruction before this one may have let a scope begin.
        let place = self.place_of(node, instruction.ancestor).unwrap_or_else(|_| planned.clone());
        let scope = self.open_place(&place, |run, outer, key| set(run, &process.nodes[outer].id, key));
        if !instruction.variables.iter().any(|it| it.scope == instruction.element_id) {
            return self.start(node, scope);
        }
        let (key, ordinal) = (self.key(), process.nodes[node].ordinal);
        self.emit(Event::ElementActivating { key, ordinal, scope });
        set(self, &instruction.element_id, key);
        self.place(node, key, scope);
    }

    /// Ends an element that someone takes away, and tells those that count on its end. Gives the scope that it was in.
    fn take_away(&mut self, key: Key) -> Option<Key> {
        let element = self.instance.element(key).filter(|element| !element.is_terminating())?;
        let (scope, role, counter) = (element.scope, element.role, element.counter);
        if key == self.instance.key {
            process::terminated(self);
            return None;
        }
        self.release_handler(key);
        self.terminate(key);
        if role == Role::Iteration {
            self.emit(Event::IterationEnded { body: scope, counter, completed: false, output: None });
        }
        Some(scope)
    }

    /// Scopes that lost what was in them end as well, from the inside outwards; nothing goes on behind them.
    fn end_empty_scopes(&mut self, scopes: Vec<Key>) {
        for mut scope in scopes {
            while self.instance.is_live(scope) && !self.is_busy(scope) {
                let Some(outer) = self.take_away(scope) else { break };
                scope = outer;
            }
        }
    }

    /// True where something is left in a scope.
    fn is_busy(&self, scope: Key) -> bool {
        let instance = &*self.instance;
        self.is_alive_inside(scope)
            || self.has_tokens(scope)
            || instance.waiting.iter().any(|(other, _)| *other == scope)
            || instance.compensations.iter().any(|it| it.thrower == scope || it.scope == scope)
            // A worker chooses what runs in it.
            || instance.jobs.iter().any(|job| job.element == scope)
    }

    fn refused(&self, why: &str) -> Rejection {
        let text = format!("Expected to modify instance of process '{}' but {why}", self.instance.process_id);
        Rejection::new(RejectionKind::InvalidArgument, text)
    }
}
