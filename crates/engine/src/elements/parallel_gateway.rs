//! Parallel gateway (BPMN 13.4.1): waits for one token on every incoming flow, then puts one on every outgoing; in the
//! dialect of Camunda 8 those whose condition is false get none.

use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key, Variables};

pub(super) fn enter(run: &mut Run<'_>, node: usize, scope: Key) {
    let process = run.process;
    let incoming = &process.nodes[node].incoming;
    if incoming.len() > 1 {
        let flows: Vec<u32> = incoming.iter().map(|&flow| process.flows[flow].ordinal).collect();
        let complete = flows.iter().all(|&flow| run.instance.waiting.contains(&(scope, flow)));
        if !complete {
            return run.complete_if_empty(scope);
        }
        run.emit(Event::JoinFired { scope, flows });
    }
    let key = run.key();
    pass(run, node, key, scope);
}

pub(super) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    pass(run, node, key, scope);
    Ok(())
}

fn pass(run: &mut Run<'_>, node: usize, key: Key, scope: Key) {
    if run.process.nodes[node].conditional {
        return run.pass_with(node, key, scope, Variables::new());
    }
    run.pass(node, key, scope);
    run.leave(node, scope);
}
