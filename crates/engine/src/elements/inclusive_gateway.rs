//! Inclusive gateway (BPMN 13.4.3): waits for every token that can still come, then takes every flow whose condition
//! is true, else the default flow.

use crate::compile::Join;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

/// Fires the join where nothing more can come. False where it goes on waiting.
pub(crate) fn settle(run: &mut Run<'_>, node: usize, join: &Join, scope: Key) -> bool {
    let process = run.process;
    let arrived = run.arrived(node, scope);
    let empty: Vec<bool> = arrived.iter().map(|arrived| !arrived).collect();
    if run.more_may_come(node, join, scope, &empty, &arrived) {
        return false;
    }
    let incoming = process.nodes[node].incoming.iter().zip(&arrived).filter(|(_, arrived)| **arrived);
    let flows = incoming.map(|(&flow, _)| process.flows[flow].ordinal).collect();
    run.emit(Event::JoinFired { scope, flows });
    let key = run.key();
    run.activate(node, key, scope);
    true
}

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    let at = run.innermost(key, scope);
    let flows = run.split(node, at, &[])?;
    run.pass(node, key, scope);
    run.go_on(&flows, scope);
    Ok(())
}
