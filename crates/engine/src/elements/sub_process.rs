//! Embedded sub-process (BPMN 13.3.4): a scope of its own; done when no token is left in it.

use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    start: usize,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let waits = run.plan_boundary(model, at)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    run.start(start, key);
    Ok(())
}
