//! The behaviour of every kind of element, one file each, chosen by one exhaustive `match` per moment.

pub(crate) mod ad_hoc_sub_process;
pub(crate) mod boundary_event;
pub(crate) mod business_rule_task;
pub(crate) mod call_activity;
pub(crate) mod complex_gateway;
pub(crate) mod end_event;
pub(crate) mod event_based_gateway;
pub(crate) mod event_sub_process;
pub(crate) mod exclusive_gateway;
pub(crate) mod inclusive_gateway;
pub(crate) mod intermediate_catch_event;
pub(crate) mod intermediate_throw_event;
pub(crate) mod parallel_gateway;
pub(crate) mod process;
pub(crate) mod script_task;
pub(crate) mod service_task;
pub(crate) mod start_event;
pub(crate) mod sub_process;
pub(crate) mod task;
pub(crate) mod transaction;
pub(crate) mod user_task;

use crate::compile::NodeKind;
use crate::expression::Failure;
use crate::instance::Role;
use crate::run::Run;
use record::{Event, Key};

/// A token arrives at an element over a sequence flow; where the element collects tokens, it waits for the others.
pub(crate) fn enter(run: &mut Run<'_>, node: usize, scope: Key) {
    let model = &run.process.nodes[node];
    if !model.collects {
        return begin(run, node, scope);
    }
    match &model.kind {
        NodeKind::ParallelGateway => parallel_gateway::enter(run, node, scope),
        // It is looked at when nothing else can move.
        NodeKind::InclusiveGateway(_) => {}
        NodeKind::ComplexGateway(gateway) => complex_gateway::arrive(run, node, gateway, scope),
        _ => collect_start_quantity(run, node, scope),
    }
}

/// An element begins, or the next iteration of it does; whatever tokens it would wait for.
pub(crate) fn begin(run: &mut Run<'_>, node: usize, scope: Key) {
    let model = &run.process.nodes[node];
    if model.collects && matches!(model.kind, NodeKind::ComplexGateway(_)) {
        let key = run.key();
        return run.place(node, key, scope);
    }
    if model.looping.is_some()
        && let Some(element) = run.instance.element(scope).filter(|it| it.ordinal == model.ordinal)
    {
        match element.role {
            Role::Body => return run.next_iteration(node, scope),
            // All iterations have begun; this one goes on.
            Role::Iteration => {
                let body = element.scope;
                return run.activate(node, scope, body);
            }
            Role::Plain | Role::Inner => {}
        }
    }
    let key = run.key();
    run.activate(node, key, scope);
}

/// An activity with a start quantity begins when so many tokens are there, whatever flows they came on (BPMN 10.3).
fn collect_start_quantity(run: &mut Run<'_>, node: usize, scope: Key) {
    let process = run.process;
    let model = &process.nodes[node];
    let is_incoming = |flow: u32| model.incoming.iter().any(|it| process.flows[*it].ordinal == flow);
    let waiting = run.instance.waiting.iter().filter(|(other, flow)| *other == scope && is_incoming(*flow));
    let flows: Vec<u32> = waiting.map(|(_, flow)| *flow).take(model.start_quantity as usize).collect();
    if flows.len() == model.start_quantity as usize {
        run.emit(Event::JoinFired { scope, flows });
        begin(run, node, scope);
    }
}

/// Activates an element instance; also when it is tried again after an incident.
pub(crate) fn activate(run: &mut Run<'_>, node: usize, key: Key, scope: Key) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    if !model.plain {
        if model.looping.is_some() && run.role(key) != Role::Iteration {
            return run.activate_body(node, key, scope);
        }
        if run.start_listening(node, key, scope)? {
            return Ok(());
        }
    }
    match &model.kind {
        NodeKind::StartEvent(catch) => start_event::activate(run, node, catch, key, scope),
        NodeKind::PassThrough => task::activate(run, node, key, scope),
        NodeKind::Catch(catch) => intermediate_catch_event::activate(run, node, catch, key, scope),
        NodeKind::Boundary { .. } => boundary_event::activate(run, node, key, scope),
        NodeKind::Throw(throws) => intermediate_throw_event::activate(run, node, throws, key, scope),
        NodeKind::EndEvent(throws) => end_event::activate(run, node, throws, key, scope),
        NodeKind::Job(job) => service_task::activate(run, node, job, key, scope),
        NodeKind::Script { expression, result } => {
            script_task::activate(run, node, expression, result, key, scope)
        }
        NodeKind::Decision(task) => business_rule_task::activate(run, node, task, key, scope),
        NodeKind::UserTask(task) => user_task::activate(run, node, task, key, scope),
        NodeKind::ExclusiveGateway => exclusive_gateway::activate(run, node, key, scope),
        NodeKind::ParallelGateway => parallel_gateway::activate(run, node, key, scope),
        NodeKind::InclusiveGateway(_) => inclusive_gateway::activate(run, node, key, scope),
        NodeKind::ComplexGateway(gateway) => complex_gateway::activate(run, node, gateway, key, scope),
        NodeKind::EventBasedGateway(gateway) => event_based_gateway::activate(run, node, gateway, key, scope),
        NodeKind::SubProcess { starts, .. } => sub_process::activate(run, node, starts, key, scope),
        NodeKind::EventSubProcess { start, .. } => event_sub_process::activate(run, node, *start, key, scope),
        NodeKind::AdHoc(model) => ad_hoc_sub_process::activate(run, node, model, key, scope),
        NodeKind::Call(call) => call_activity::activate(run, node, call, key, scope),
    }
}

/// Tries again what an active element was stuck on.
pub(crate) fn retry(run: &mut Run<'_>, node: usize, key: Key) {
    match &run.process.nodes[node].kind {
        NodeKind::EndEvent(throws) | NodeKind::Throw(throws) => {
            intermediate_throw_event::throw_last(run, node, throws, key);
        }
        NodeKind::AdHoc(model) => ad_hoc_sub_process::look_again(run, node, model, key),
        NodeKind::UserTask(_) => run.retry_task_listener(key),
        NodeKind::StartEvent(_)
        | NodeKind::PassThrough
        | NodeKind::Catch(_)
        | NodeKind::Boundary { .. }
        | NodeKind::Job(_)
        | NodeKind::Script { .. }
        | NodeKind::Decision(_)
        | NodeKind::ExclusiveGateway
        | NodeKind::ParallelGateway
        | NodeKind::InclusiveGateway(_)
        | NodeKind::ComplexGateway(_)
        | NodeKind::EventBasedGateway(_)
        | NodeKind::SubProcess { .. }
        | NodeKind::EventSubProcess { .. }
        | NodeKind::Call(_) => {}
    }
}

/// Nothing is left in a scope inside of an instance.
pub(crate) fn scope_is_empty(run: &mut Run<'_>, scope: Key) {
    let Some((node, model)) = run.node_of(scope) else { return };
    match &model.kind {
        NodeKind::AdHoc(ad_hoc) => ad_hoc_sub_process::go_on(run, node, ad_hoc, scope),
        NodeKind::SubProcess { .. } | NodeKind::EventSubProcess { .. } => run.complete(scope),
        // Others wait for what is not inside of them, such as compensation handlers of a throw event.
        _ => {}
    }
}
