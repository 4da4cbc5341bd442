//! Embedded sub-process and transaction (BPMN 13.3.4): a scope of its own; done when no token is left in it.

use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    starts: &[usize],
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let mut waits = run.plan_boundary(model, at)?;
    run.plan_event_sub_processes(&model.event_sub_processes, at, &mut waits)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    for &start in starts {
        run.start(start, key);
    }
    if starts.is_empty() {
        run.complete_if_empty(key);
    }
    Ok(())
}
