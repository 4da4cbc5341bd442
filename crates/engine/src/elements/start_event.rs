//! Start event (BPMN 13.5.1): a token goes through; output mappings see the variables that started it. One that
//! needs several events to occur waits for those that have not.

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
    let started_by = run.instance.origin.as_ref().map(|origin| (origin.start_event.clone(), origin.part));
    if let (Catch::Multiple { parallel: true, parts }, Some((event, part)), None) =
        (catch, started_by, model.parent)
        && event == model.id
        && parts.len() > 1
    {
        let mut waits = Vec::new();
        run.plan(model.ordinal, catch, true, scope, &mut waits)?;
        waits.retain(|wait| !wait.is_part(part));
        run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
        run.emit(Event::EventOccurred { element: key, ordinal: model.ordinal, part });
        run.open(key, waits);
        return Ok(());
    }
    super::task::activate(run, node, key, scope)
}
