//! Undefined task, manual task, none intermediate throw event and catching link event (BPMN 13.3.3): nothing to do,
//! a token goes through.

use crate::expression::Failure;
use crate::run::Run;
use record::{Key, Variables};

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    if model.plain {
        run.pass(node, key, scope);
        run.leave(node, scope);
        return Ok(());
    }
    run.map_inputs(model, key, scope)?;
    run.pass_with(node, key, scope, Variables::new());
    Ok(())
}
