//! Event sub-process (BPMN 13.5.4): armed while its scope is active; an interrupting one ends everything else in the
//! scope and takes it over.

use super::boundary_event::Reach;
use crate::compile::NodeKind;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, Key, Variables};

/// The start event `start` of an event sub-process in `scope` was triggered.
pub(crate) fn trigger(run: &mut Run<'_>, scope: Key, start: usize, variables: Variables, reach: Reach) {
    let process = run.process;
    let Some(node) = process.nodes[start].parent else { return };
    let NodeKind::EventSubProcess { interrupting, .. } = process.nodes[node].kind else { return };
    if interrupting {
        take_over(run, scope);
    }
    let key = run.key();
    let model = &process.nodes[start];
    let goes_out = reach == Reach::Enclosing && model.outputs.is_empty();
    if goes_out {
        run.merge(scope, variables.clone());
    }
    let begun = open(run, node, key, scope, |run| {
        if !goes_out {
            run.set_local(key, variables.clone());
        }
    });
    // Start listeners come first; they find what went outwards.
    let listened = model.listeners.as_ref().is_some_and(|listeners| !listeners.start.is_empty());
    match begun {
        Ok(()) if goes_out && !variables.is_empty() && !listened => {
            let event = run.key();
            run.pass_handing_on(start, event, key, variables, Reach::EventOnly);
        }
        Ok(()) => run.start(start, key),
        Err(failure) => stuck(run, node, key, scope, failure),
    }
}

fn stuck(run: &mut Run<'_>, node: usize, key: Key, scope: Key, failure: Failure) {
    let ordinal = run.process.nodes[node].ordinal;
    if !run.instance.is_live(key) {
        run.emit(Event::ElementActivating { key, ordinal, scope });
    }
    run.incident(key, ordinal, Key::NONE, failure);
}

/// Ends everything in the scope, and what its event sub-processes wait for. Its boundary events stay.
fn take_over(run: &mut Run<'_>, scope: Key) {
    run.terminate_children(scope);
    run.clear_waiting(scope);
    let process = run.process;
    run.stop_waiting(scope, |ordinal| {
        process.node(ordinal).is_some_and(|(_, event)| matches!(event.kind, NodeKind::StartEvent(_)))
    });
    // What a worker still does for the scope itself, such as choosing activities, is over.
    let mut ends = Vec::new();
    for job in run.instance.jobs.iter().filter(|job| job.element == scope) {
        ends.push(Event::JobCanceled { key: job.key });
        ends.extend(job.abandoned());
    }
    for event in ends {
        run.emit(event);
    }
    run.emit(Event::ScopeInterrupted { key: scope });
}

/// Begins it, at its start event.
pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    start: usize,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    open(run, node, key, scope, |_| {})?;
    run.start(start, key);
    Ok(())
}

/// Opens its scope, with what `bring` sets in it before its own event sub-processes are armed.
fn open(
    run: &mut Run<'_>,
    node: usize,
    key: Key,
    scope: Key,
    bring: impl FnOnce(&mut Run<'_>),
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let mut waits = Vec::new();
    run.plan_event_sub_processes(&model.event_sub_processes, at, &mut waits)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    bring(run);
    run.open(key, waits);
    Ok(())
}

impl Run<'_> {
    /// An event sub-process is done: as a compensation handler, or its scope may be done too.
    pub(crate) fn after_event_sub_process(&mut self, key: Key, scope: Key) {
        if self.instance.compensations.iter().any(|compensation| compensation.handler == key) {
            return self.handled(key, scope);
        }
        self.complete_if_empty(scope);
    }
}
