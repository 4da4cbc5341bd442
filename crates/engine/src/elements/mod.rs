//! The behaviour of every kind of element, one file each, chosen by one exhaustive `match` per moment.

pub(crate) mod boundary_event;
pub(crate) mod business_rule_task;
pub(crate) mod end_event;
pub(crate) mod exclusive_gateway;
pub(crate) mod intermediate_catch_event;
pub(crate) mod parallel_gateway;
pub(crate) mod process;
pub(crate) mod script_task;
pub(crate) mod service_task;
pub(crate) mod start_event;
pub(crate) mod sub_process;
pub(crate) mod task;
pub(crate) mod user_task;

use crate::compile::NodeKind;
use crate::expression::Failure;
use crate::run::Run;
use record::Key;

/// A token arrives at an element.
pub(crate) fn enter(run: &mut Run<'_>, node: usize, scope: Key) {
    if let NodeKind::ParallelGateway = run.process.nodes[node].kind {
        return parallel_gateway::enter(run, node, scope);
    }
    let key = run.key();
    run.activate(node, key, scope);
}

/// Activates an element instance; also when it is tried again after an incident.
pub(crate) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    match &run.process.nodes[node].kind {
        NodeKind::StartEvent(_) => start_event::activate(run, node, key, scope),
        NodeKind::PassThrough => task::activate(run, node, key, scope),
        NodeKind::Catch(catch) => intermediate_catch_event::activate(run, node, catch, key, scope),
        NodeKind::Boundary { .. } => boundary_event::activate(run, node, key, scope),
        NodeKind::EndEvent(end) => end_event::activate(run, node, end, key, scope),
        NodeKind::Job(job) => service_task::activate(run, node, job, key, scope),
        NodeKind::Script { expression, result } => {
            script_task::activate(run, node, expression, result, key, scope)
        }
        NodeKind::Decision(task) => business_rule_task::activate(run, node, task, key, scope),
        NodeKind::UserTask(task) => user_task::activate(run, node, task, key, scope),
        NodeKind::ExclusiveGateway { default } => {
            exclusive_gateway::activate(run, node, *default, key, scope)
        }
        NodeKind::ParallelGateway => parallel_gateway::activate(run, node, key, scope),
        NodeKind::SubProcess { start } => sub_process::activate(run, node, *start, key, scope),
    }
}

/// Tries again what an active element was stuck on.
pub(crate) fn retry(run: &mut Run<'_>, node: usize, key: Key) {
    match &run.process.nodes[node].kind {
        NodeKind::EndEvent(end) => end_event::retry(run, node, end, key),
        NodeKind::StartEvent(_)
        | NodeKind::PassThrough
        | NodeKind::Catch(_)
        | NodeKind::Boundary { .. }
        | NodeKind::Job(_)
        | NodeKind::Script { .. }
        | NodeKind::Decision(_)
        | NodeKind::UserTask(_)
        | NodeKind::ExclusiveGateway { .. }
        | NodeKind::ParallelGateway
        | NodeKind::SubProcess { .. } => {}
    }
}
