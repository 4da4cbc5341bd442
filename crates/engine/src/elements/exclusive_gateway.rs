//! Exclusive gateway (BPMN 13.4.2): the first flow whose condition is true, else the default flow.

use crate::expression::Failure;
use crate::run::Run;
use record::Key;

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    let at = run.innermost(key, scope);
    let chosen = choose(run, node, at)?;
    run.pass(node, key, scope);
    match chosen {
        Some(flow) => run.take(flow, scope),
        None => run.complete_if_empty(scope),
    }
    Ok(())
}

/// A condition that gives no boolean is a failure even where there is a default flow.
fn choose(run: &mut Run<'_>, node: usize, scope: Key) -> Result<Option<usize>, Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    for &flow in model.outgoing.iter().filter(|flow| Some(**flow) != model.default) {
        let Some(condition) = &process.flows[flow].condition else { return Ok(Some(flow)) };
        let scopes = crate::variables::Scopes::new(run.instance, scope);
        if condition.to_boolean(&scopes, &mut run.evaluator)? {
            return Ok(Some(flow));
        }
    }
    match model.default {
        Some(flow) => Ok(Some(flow)),
        None if model.outgoing.is_empty() => Ok(None),
        None => Err(crate::life::no_flow()),
    }
}
