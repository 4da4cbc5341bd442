//! Event-based gateway (BPMN 13.4.4): waits for the events behind it; the first one decides. One that starts
//! instances by all of its events lets each go on by itself.

use super::boundary_event::Reach;
use crate::compile::{EventBasedGateway, NodeKind};
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    gateway: &EventBasedGateway,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let started_by = run.instance.origin.as_ref().map(|origin| origin.start_event.clone());
    let started = gateway.events.iter().copied().find(|event| {
        gateway.instantiate
            && scope == run.instance.key
            && started_by == Some(process.nodes[*event].id.clone())
    });
    let mut waits = Vec::new();
    for &event in gateway.events.iter().filter(|event| Some(**event) != started) {
        if started.is_some() && !gateway.parallel {
            continue;
        }
        if let NodeKind::Catch(catch) = &process.nodes[event].kind {
            run.plan(process.nodes[event].ordinal, catch, true, at, &mut waits)?;
        }
    }
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    let more = !waits.is_empty();
    run.open(key, waits);
    if let Some(event) = started {
        if !more {
            run.close(key);
            run.emit(Event::ElementCompleted { key });
        }
        // The message's variables are the instance's own already.
        go_on(run, node, event, scope, Variables::new());
    }
    Ok(())
}

/// An event behind the gateway occurred.
pub(crate) fn chosen(run: &mut Run<'_>, node: usize, key: Key, event: usize, variables: Variables) {
    let process = run.process;
    let NodeKind::EventBasedGateway(gateway) = &process.nodes[node].kind else { return };
    let Some(scope) = run.instance.element(key).map(|element| element.scope) else { return };
    let ordinal = process.nodes[event].ordinal;
    if gateway.parallel {
        run.stop_waiting(key, |other| other == ordinal);
        let open = |element: &Key| *element == key;
        let instance = &*run.instance;
        let more = instance.timers.iter().map(|it| it.element).any(|it| open(&it))
            || instance.subscriptions.iter().map(|it| it.element).any(|it| open(&it))
            || instance.conditions.iter().map(|it| it.element).any(|it| open(&it));
        if !more {
            run.close(key);
            run.emit(Event::ElementCompleted { key });
        }
    } else {
        run.close(key);
        run.emit(Event::ElementCompleted { key });
    }
    go_on(run, node, event, scope, variables);
}

/// The flow to the event is taken, and the event has occurred already.
fn go_on(run: &mut Run<'_>, node: usize, event: usize, scope: Key, variables: Variables) {
    let process = run.process;
    let flow = process.nodes[node].outgoing.iter().find(|flow| process.flows[**flow].target == event);
    if let Some(&flow) = flow {
        let ordinal = process.flows[flow].ordinal;
        run.emit(Event::SequenceFlowTaken { ordinal, scope, waits: false });
    }
    let model = &process.nodes[event];
    let key = run.key();
    if model.outputs.is_empty() {
        if !variables.is_empty() {
            return run.pass_handing_on(event, key, scope, variables, Reach::Enclosing);
        }
        if model.plain {
            run.pass(event, key, scope);
            return run.leave(event, scope);
        }
        return run.pass_with(event, key, scope, Variables::new());
    }
    run.pass_with(event, key, scope, variables);
}
