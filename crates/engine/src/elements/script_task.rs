//! Script task in FEEL: evaluated in the engine at once; its result becomes one variable.

use crate::expression::{Expression, Failure};
use crate::run::Run;
use record::{Event, Key, Str};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    expression: &Expression,
    result: &Str,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let scopes = crate::variables::Scopes::new(run.instance, at);
    let value = expression.to_json(&scopes, &mut run.evaluator)?;
    if model.plain && model.boundary.is_empty() {
        run.merge(scope, vec![(result.clone(), value)]);
        run.pass(node, key, scope);
        run.leave(node, scope);
        return Ok(());
    }
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.complete_with(key, vec![(result.clone(), value)]);
    Ok(())
}
