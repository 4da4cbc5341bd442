//! Cancelling a transaction (BPMN 13.5.5): everything in it ends, what it completed is compensated, then its cancel
//! boundary event is left.

use crate::compile::{Catch, NodeKind};
use crate::elements::boundary_event::{self, Reach};
use crate::run::Run;
use record::{Event, Key, Variables};

/// A cancel end event was reached.
pub(super) fn cancel(run: &mut Run<'_>, _node: usize, key: Key) {
    run.close(key);
    let mut at = run.instance.element(key).map_or(Key::NONE, |element| element.scope);
    run.emit(Event::ElementCompleted { key });
    // The end event may lie in a sub-process of the transaction.
    while let Some((_, node)) = run.node_of(at) {
        if matches!(node.kind, NodeKind::SubProcess { transaction: true, .. }) {
            break;
        }
        let Some(scope) = run.instance.element(at).map(|element| element.scope) else { return };
        at = scope;
    }
    run.terminate_children(at);
    run.clear_waiting(at);
    // Its event sub-processes are over; its boundary events are not.
    let process = run.process;
    run.stop_waiting(at, |ordinal| {
        process.node(ordinal).is_some_and(|(_, event)| matches!(event.kind, NodeKind::StartEvent(_)))
    });
    run.emit(Event::ScopeInterrupted { key: at });
    if !run.compensate_transaction(at) {
        cancelled(run, at);
    }
}

/// All compensation of a cancelled transaction is done.
pub(crate) fn cancelled(run: &mut Run<'_>, transaction: Key) {
    let Some((_, node)) = run.node_of(transaction) else { return };
    let process = run.process;
    let event = node.boundary.iter().copied().find(|&event| match &process.nodes[event].kind {
        NodeKind::Boundary { catch, .. } => catch.parts().iter().any(|part| matches!(part, Catch::Cancel)),
        _ => false,
    });
    let activity = match run.role(transaction) {
        // Cancelling one iteration ends the whole activity: its boundary event belongs to all of them.
        crate::instance::Role::Iteration => {
            run.instance.element(transaction).map_or(transaction, |element| element.scope)
        }
        _ => transaction,
    };
    match event {
        Some(event) => boundary_event::trigger(run, activity, event, Variables::new(), Reach::EventOnly),
        None => {
            let scope = run.instance.element(activity).map_or(Key::NONE, |element| element.scope);
            run.terminate(activity);
            run.complete_if_empty(scope);
        }
    }
}
