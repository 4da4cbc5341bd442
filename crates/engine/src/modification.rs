//! Modification: someone takes tokens away, puts them elsewhere, or moves them (with variables for the scopes that
//! come into being).

use crate::compile::NodeKind;
use crate::elements::process;
use crate::instance::Role;
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
        for instruction in &activate {
            self.check_activation(instruction)?;
        }
        let mut ends: Vec<Key> = Vec::new();
        for instruction in &terminate {
            ends.extend(self.elements_to_terminate(instruction)?);
        }
        self.emit(Event::InstanceModified {});
        for instruction in &activate {
            self.activate_element(instruction);
        }
        let mut scopes = Vec::new();
        for key in ends {
            // It may have gone with the element around it.
            if let Some(scope) = self.instance.element(key).map(|element| element.scope) {
                self.terminate(key);
                scopes.push(scope);
            }
        }
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
                    // Where nobody says otherwise, the token stays in the scopes that the source is in.
                    ancestor: if instruction.ancestor.is_none() { element } else { instruction.ancestor },
                    variables: instruction.variables.clone(),
                });
            }
        }
        Ok((activate, terminate))
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

    fn check_activation(&self, instruction: &ActivateInstruction) -> Result<(), Rejection> {
        let process = self.process;
        let id = &instruction.element_id;
        let Some(node) = process.node_by_id(id) else {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions for elements that could not be found: '{id}'"
            )));
        };
        let model = &process.nodes[node];
        let behind_gateway = model.incoming.iter().any(|&flow| {
            matches!(process.nodes[process.flows[flow].source].kind, NodeKind::EventBasedGateway(_))
        });
        let in_event_sub_process = model.parent.is_some_and(|parent| {
            matches!(model.kind, NodeKind::StartEvent(_))
                && matches!(process.nodes[parent].kind, NodeKind::EventSubProcess { .. })
        });
        let unsupported =
            matches!(model.kind, NodeKind::Boundary { .. }) || behind_gateway || in_event_sub_process;
        if unsupported {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions for elements that are unsupported: '{id}'. The activation of events belonging to an event-based gateway, start events of event sub-processes and boundary events is not supported"
            )));
        }
        if !instruction.ancestor.is_none() && !self.instance.is_live(instruction.ancestor) {
            return Err(self.refused(&format!(
                "it contains one or more activate instructions with an ancestor scope key that does not exist, or is not in an active state: '{}'",
                instruction.ancestor
            )));
        }
        self.scope_for(node, instruction.ancestor).map(drop)
    }

    /// The scopes around an element, the outermost first, and the innermost one of them that lives.
    fn scope_for(&self, node: usize, ancestor: Key) -> Result<(Key, Vec<usize>), Rejection> {
        let process = self.process;
        let mut missing = Vec::new();
        let mut at = process.nodes[node].parent;
        while let Some(outer) = at {
            let ordinal = process.nodes[outer].ordinal;
            let under = |key: Key| {
                ancestor.is_none()
                    || key == ancestor
                    || self.is_under(key, ancestor)
                    || self.is_under(ancestor, key)
            };
            let live: Vec<Key> = self
                .instance
                .elements
                .iter()
                .filter(|it| {
                    it.ordinal == ordinal
                        && matches!(it.role, Role::Plain | Role::Iteration)
                        && !it.is_terminating()
                        && under(it.key)
                })
                .map(|it| it.key)
                .collect();
            match live[..] {
                [] => missing.push(outer),
                [only] => {
                    missing.reverse();
                    return Ok((only, missing));
                }
                _ => {
                    return Err(self.refused(&format!(
                        "it contains one or more activate instructions for an element that has a flow scope with more than one active instance: '{}'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.",
                        process.nodes[outer].id
                    )));
                }
            }
            if process.nodes[outer].looping.is_some() {
                return Err(self.refused(&format!(
                    "the multi-instance activity '{}' around the element is not active, and how often it would run is not known",
                    process.nodes[outer].id
                )));
            }
            at = process.nodes[outer].parent;
        }
        missing.reverse();
        Ok((self.instance.key, missing))
    }

    fn is_under(&self, inner: Key, outer: Key) -> bool {
        let mut at = self.instance.element(inner).map(|it| it.scope);
        while let Some(scope) = at.filter(|scope| !scope.is_none()) {
            if scope == outer {
                return true;
            }
            at = self.instance.element(scope).map(|it| it.scope);
        }
        false
    }

    fn activate_element(&mut self, instruction: &ActivateInstruction) {
        let process = self.process;
        let Some(node) = process.node_by_id(&instruction.element_id) else { return };
        let Ok((mut scope, missing)) = self.scope_for(node, instruction.ancestor) else { return };
        let set = |run: &mut Self, id: &str, key: Key| {
            let own = instruction.variables.iter().filter(|it| &*it.scope == id);
            let variables = own.flat_map(|ScopedVariables { variables, .. }| variables.clone()).collect();
            run.set_local(key, variables);
        };
        set(self, "", self.instance.key);
        let process_id = process.id.clone();
        set(self, &process_id, self.instance.key);
        for outer in missing {
            scope = process::open_scope(self, outer, scope);
            set(self, &process.nodes[outer].id, scope);
        }
        let own = instruction.variables.iter().any(|it| it.scope == instruction.element_id);
        if own && process.nodes[node].looping.is_none() {
            let (key, ordinal) = (self.key(), process.nodes[node].ordinal);
            self.emit(Event::ElementActivating { key, ordinal, scope });
            set(self, &instruction.element_id, key);
            return self.activate(node, key, scope);
        }
        self.start(node, scope);
    }

    /// Scopes that lost what was in them end as well, from the inside outwards; nothing goes on behind them.
    fn end_empty_scopes(&mut self, scopes: Vec<Key>) {
        for scope in scopes {
            let mut at = scope;
            while let Some(element) = self.instance.element(at) {
                let waits = self.instance.waiting.iter().any(|(other, _)| *other == at);
                if self.is_alive_inside(at) || waits || self.has_tokens(at) {
                    break;
                }
                if at == self.instance.key {
                    return process::terminated(self);
                }
                let outer = element.scope;
                self.terminate(at);
                at = outer;
            }
        }
    }

    fn refused(&self, why: &str) -> Rejection {
        let text = format!("Expected to modify instance of process '{}' but {why}", self.instance.process_id);
        Rejection::new(RejectionKind::InvalidArgument, text)
    }
}
