//! Undefined task, manual task and none intermediate throw event (BPMN 13.3.3): nothing to do, a token goes through.

use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key};

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    if model.inputs.is_empty() && model.outputs.is_empty() {
        run.pass(node, key, scope);
        run.leave(node, scope);
        return Ok(());
    }
    run.map_inputs(model, key, scope)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.complete(key);
    Ok(())
}
