//! Intermediate catch event and receive task (BPMN 13.5.2): waits for a message, signal, moment or condition, or for
//! one or all of several.

use crate::compile::Catch;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    catch: &Catch,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    // What started the instance has come already.
    let started = run.instance.origin.as_ref().is_some_and(|origin| origin.start_event == model.id);
    if started && model.incoming.is_empty() && scope == run.instance.key {
        run.map_inputs(model, key, scope)?;
        run.pass_with(node, key, scope, Variables::new());
        return Ok(());
    }
    let at = run.map_inputs(model, key, scope)?;
    let mut waits = run.plan_boundary(model, at)?;
    run.plan(model.ordinal, catch, true, at, &mut waits)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    Ok(())
}
