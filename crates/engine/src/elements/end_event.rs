//! End event (BPMN 13.5.4): none, terminate, error, escalation, signal, message, compensation, cancel, or several.

use crate::compile::Throw;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    throws: &[Throw],
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    match throws {
        [] => super::task::activate(run, node, key, scope),
        [Throw::Terminate] if run.process.nodes[node].plain => {
            run.pass(node, key, scope);
            terminate_scope(run, scope);
            Ok(())
        }
        _ => super::intermediate_throw_event::activate(run, node, throws, key, scope),
    }
}

/// Everything in the scope ends; the scope itself is completed (BPMN 13.5.4).
pub(super) fn terminate_scope(run: &mut Run<'_>, scope: Key) {
    // A chosen activity of an ad-hoc sub-process has no scope of its own in the model.
    let scope = match run.role(scope) {
        crate::instance::Role::Inner => run.instance.element(scope).map_or(scope, |element| element.scope),
        _ => scope,
    };
    run.terminate_children(scope);
    run.clear_waiting(scope);
    if run.role(scope) == crate::instance::Role::Plain && super::ad_hoc_sub_process::is_ad_hoc(run, scope) {
        run.emit(Event::AdHocFulfilled { key: scope });
    }
    run.complete_if_empty(scope);
}
