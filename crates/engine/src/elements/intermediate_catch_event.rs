//! Intermediate catch event and receive task (BPMN 13.5.2): waits for a message or a moment.

use crate::compile::Catch;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    catch: &Catch,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let mut waits = run.plan_boundary(model, at)?;
    waits.extend(run.plan(model.ordinal, catch, true, at)?);
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    Ok(())
}
