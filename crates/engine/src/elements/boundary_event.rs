//! Boundary event (BPMN 13.5.3): goes on beside the activity, or in its place where it interrupts it.

use crate::compile::NodeKind;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key, Variables};

/// What happens to the variables that came with the trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Without output mappings they go to the enclosing scopes: messages and signals.
    Enclosing,
    /// Only output mappings hand them on: errors.
    EventOnly,
}

/// The event of `activity` was triggered.
pub(crate) fn trigger(run: &mut Run<'_>, activity: Key, node: usize, variables: Variables, reach: Reach) {
    let model = &run.process.nodes[node];
    let Some(scope) = run.instance.element(activity).map(|element| element.scope) else { return };
    if let NodeKind::Boundary { interrupting: true, .. } = model.kind {
        run.release_handler(activity);
        run.terminate(activity);
    }
    let key = run.key();
    if model.outputs.is_empty() {
        if !variables.is_empty() {
            return run.pass_handing_on(node, key, scope, variables, reach);
        }
        if model.plain {
            run.pass(node, key, scope);
            return run.leave(node, scope);
        }
        return run.pass_with(node, key, scope, Variables::new());
    }
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.set_local(key, variables);
    run.complete(key);
}

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    super::task::activate(run, node, key, scope)
}
