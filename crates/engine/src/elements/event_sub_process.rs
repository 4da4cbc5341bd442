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
    let maps = !process.nodes[start].outputs.is_empty();
    if reach == Reach::Enclosing && !maps {
        run.merge(scope, variables.clone());
    }
    let local = maps || reach == Reach::EventOnly;
    let mut with = |run: &mut Run<'_>| {
        if local {
            run.set_local(key, variables.clone());
        }
    };
    if let Err(failure) = activate(run, node, start, key, scope, &mut with) {
        let ordinal = process.nodes[node].ordinal;
        if !run.instance.is_live(key) {
            run.emit(Event::ElementActivating { key, ordinal, scope });
        }
        run.incident(key, ordinal, Key::NONE, failure);
    }
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
    with: &mut dyn FnMut(&mut Run<'_>),
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let mut waits = Vec::new();
    run.plan_event_sub_processes(&model.event_sub_processes, at, &mut waits)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    with(run);
    run.open(key, waits);
    run.start(start, key);
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
