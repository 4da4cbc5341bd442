//! The process itself (BPMN 13.2): how an instance begins and ends.

use crate::aggregate::{Aggregate, Env, Step, apply};
use crate::catalog::Catalog;
use crate::compile::{NodeKind, Process};
use crate::instance::ElementState;
use crate::limits;
use crate::placement::Unsupported;
use crate::run::Run;
use record::event::{Chain, Pending};
use record::{AggregateId, Command, Event, JobKind, Key, Rejection, RejectionKind, Response};

/// Creates an instance and starts it.
pub(crate) fn create(
    aggregate: &mut Aggregate,
    key: Key,
    catalog: &Catalog,
    command: &Command,
    env: &mut Env<'_>,
) -> Result<Step, Rejection> {
    let Command::CreateProcessInstance {
        definition,
        process_id,
        version,
        variables,
        start,
        origin,
        business_id,
        tags,
    } = command
    else {
        return Err(crate::aggregate::misdirected(command));
    };
    let found = catalog.resolve(env.tenant, *definition, process_id, *version)?;
    let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.as_str().len()).sum();
    if bytes > limits::MAX_VARIABLES_BYTES {
        let text = format!("The variables have {bytes} bytes, more than {}", limits::MAX_VARIABLES_BYTES);
        return Err(Rejection::new(RejectionKind::InvalidArgument, text));
    }
    let start_event = origin.as_ref().map_or("", |origin| &*origin.start_event);
    let starts = starts(&found.process, start_event, start)?;
    let event = Event::InstanceCreated {
        definition: found.key,
        process_id: found.process_id.clone(),
        version: found.version,
        variables: variables.clone(),
        origin: origin.clone().map(Box::new),
        business_id: business_id.clone(),
        tags: tags.clone(),
        tenant: env.tenant.clone(),
        traceparent: env.traceparent.clone(),
    };
    apply(aggregate, &AggregateId::from(key), &event, &mut Vec::new());
    let Aggregate::Instance(instance) = aggregate else { return Err(crate::aggregate::misdirected(command)) };
    let mut run = Run::new(instance, &found.process, catalog, env);
    run.born(event);
    if listens(&mut run, &starts) {
        let (definition, process_id, version) = (found.key, found.process_id.clone(), found.version);
        return run.finish(Response::Created { instance: key, definition, process_id, version });
    }
    go(&mut run, &starts);
    run.finish(Response::Created {
        instance: key,
        definition: found.key,
        process_id: found.process_id.clone(),
        version: found.version,
    })
}

/// The nodes before which the first tokens stand.
fn starts(
    process: &Process,
    start_event: &str,
    instructions: &[record::StartInstruction],
) -> Result<Vec<usize>, Rejection> {
    if !start_event.is_empty() {
        let event = process
            .node_by_id(start_event)
            .ok_or_else(|| cannot_start(&format!("no element found with id '{start_event}'.")))?;
        // An event behind an instantiating gateway starts the instance at the gateway.
        let gateway = process.starts.iter().copied().find(|&start| match &process.nodes[start].kind {
            NodeKind::EventBasedGateway(gateway) => gateway.events.contains(&event),
            _ => false,
        });
        return Ok(vec![gateway.unwrap_or(event)]);
    }
    if !instructions.is_empty() {
        return instructions
            .iter()
            .map(|instruction| chosen_start(process, &instruction.element_id))
            .collect();
    }
    if process.first.is_empty() {
        let text = "Expected to create instance of process with none start event, but there is no such event";
        return Err(Rejection::new(RejectionKind::InvalidState, text));
    }
    Ok(process.first.clone())
}

/// The element that a start instruction names.
fn chosen_start(process: &Process, id: &str) -> Result<usize, Rejection> {
    let Some(node) = process.node_by_id(id) else {
        return Err(cannot_start(&format!("no element found with id '{id}'.")));
    };
    if let Some(unsupported) = process.unsupported(node) {
        let why = match unsupported {
            Unsupported::BehindEventBasedGateway => {
                "belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported."
            }
            Unsupported::Boundary => "targets unsupported element type 'BOUNDARY_EVENT'.",
            Unsupported::StartOfEventSubProcess => {
                "targets unsupported element type 'START_EVENT' of an event sub-process."
            }
        };
        return Err(cannot_start(&format!("the element with id '{id}' {why}")));
    }
    if process.around(node).into_iter().any(|outer| process.nodes[outer].looping.is_some()) {
        return Err(cannot_start(&format!(
            "the element with id '{id}' is inside a multi-instance subprocess. The creation of elements inside a multi-instance subprocess is not supported."
        )));
    }
    Ok(node)
}

fn cannot_start(why: &str) -> Rejection {
    let text = format!("Expected to create instance of process with start instructions but {why}");
    Rejection::new(RejectionKind::InvalidArgument, text)
}

/// The event sub-processes of the process wait from its beginning; then its tokens go. Where an event's expression
/// fails, they wait for the incident to be resolved.
fn go(run: &mut Run<'_>, starts: &[usize]) {
    let (process, key) = (run.process, run.instance.key);
    let mut waits = Vec::new();
    match run.plan_event_sub_processes(&process.event_sub_processes, key, &mut waits) {
        Ok(()) => {
            run.open(key, waits);
            for &node in starts {
                run.start_at(node);
            }
        }
        Err(failure) => {
            hold(run, starts);
            run.incident(key, 0, Key::NONE, failure);
        }
    }
}

/// The first tokens wait for something that comes before them.
fn hold(run: &mut Run<'_>, starts: &[usize]) {
    let (process, scope) = (run.process, run.instance.key);
    let pending = starts
        .iter()
        .map(|&node| Pending { ordinal: process.nodes[node].ordinal, scope, element: true })
        .collect();
    run.emit(Event::ContinuationScheduled { pending, count: 0, chain: Chain::default() });
}

/// What held the first tokens up is over, or is tried again.
pub(crate) fn release_tokens(run: &mut Run<'_>) {
    let process = run.process;
    let starts: Vec<usize> =
        run.instance.pending.iter().filter_map(|it| Some(process.node(it.ordinal)?.0)).collect();
    run.emit(Event::ContinuationTaken {});
    go(run, &starts);
}

/// Begins the start listeners of the process. True where its tokens have to wait for them.
fn listens(run: &mut Run<'_>, starts: &[usize]) -> bool {
    let process = run.process;
    let Some(listeners) = process.listeners.as_ref().filter(|it| !it.start.is_empty()) else { return false };
    let key = run.instance.key;
    hold(run, starts);
    match run.plan_job(&listeners.start[0].job, key) {
        Ok(job) => run.create_job(key, job, JobKind::ExecutionListener, 0),
        Err(failure) => run.incident(key, 0, Key::NONE, failure),
    }
    true
}

/// Tries again what the process itself is stuck on: a listener's job that could not be made, or its events.
pub(crate) fn retry(run: &mut Run<'_>) {
    let process = run.process;
    let key = run.instance.key;
    let state = run.instance.element(key).map(|it| it.state);
    if state == Some(ElementState::Terminating) {
        return run.retry_cancel_listeners(key);
    }
    if state == Some(ElementState::Completing) {
        return listener_done(run, 0);
    }
    let listens = process.listeners.as_ref().and_then(|listeners| listeners.start.first());
    match listens {
        // Its listeners begin once more.
        Some(listener) if !run.instance.pending.is_empty() => match run.plan_job(&listener.job, key) {
            Ok(job) => run.create_job(key, job, JobKind::ExecutionListener, 0),
            Err(failure) => run.incident(key, 0, Key::NONE, failure),
        },
        _ if !run.instance.pending.is_empty() => release_tokens(run),
        _ => {}
    }
}

/// A listener of the process is done.
pub(crate) fn listener_done(run: &mut Run<'_>, next: u32) {
    let process = run.process;
    let Some(listeners) = &process.listeners else { return };
    let key = run.instance.key;
    let completing = run.instance.element(key).is_some_and(|it| it.state == ElementState::Completing);
    let list = if completing { &listeners.end } else { &listeners.start };
    match list.get(next as usize) {
        Some(listener) => match run.plan_job(&listener.job, key) {
            Ok(job) => run.create_job(key, job, JobKind::ExecutionListener, next),
            Err(failure) => run.incident(key, 0, Key::NONE, failure),
        },
        None if completing => end(run),
        None => release_tokens(run),
    }
}

/// A sub-process begins without its own start events, because something inside of it begins. It maps no inputs.
pub(crate) fn open_scope(run: &mut Run<'_>, node: usize, scope: Key) -> Key {
    let process = run.process;
    let model = &process.nodes[node];
    let (key, ordinal) = (run.key(), model.ordinal);
    run.emit(Event::ElementActivated { key, ordinal, scope });
    let waits = run.plan_activity(model, key).and_then(|mut waits| {
        run.plan_event_sub_processes(&model.event_sub_processes, key, &mut waits)?;
        Ok(waits)
    });
    match waits {
        Ok(waits) => run.open(key, waits),
        Err(failure) => run.incident(key, ordinal, Key::NONE, failure),
    }
    key
}

/// No token is left.
pub(crate) fn complete(run: &mut Run<'_>) {
    let process = run.process;
    if let Some(listener) = process.listeners.as_ref().and_then(|listeners| listeners.end.first()) {
        let key = run.instance.key;
        run.stop_waiting(key, |_| true);
        run.emit(Event::ElementCompleting { key });
        return match run.plan_job(&listener.job, key) {
            Ok(job) => run.create_job(key, job, JobKind::ExecutionListener, 0),
            Err(failure) => run.incident(key, 0, Key::NONE, failure),
        };
    }
    end(run);
}

fn end(run: &mut Run<'_>) {
    let key = run.instance.key;
    if !run.process.event_sub_processes.is_empty() {
        run.close(key);
    }
    release(run);
    if let Some((parent, element)) = run.caller() {
        let variables = run.instance.root_variables();
        run.send(parent, Command::CompleteCalled { element, instance: key, variables });
    }
    run.emit(Event::InstanceCompleted {});
}

/// Someone does not want the instance any more.
pub(crate) fn cancel(run: &mut Run<'_>) {
    let key = run.instance.key;
    if run.ends_already() {
        return;
    }
    run.terminate_children(key);
    run.close(key);
    if !run.ends_later() {
        let_go(run);
    }
}

/// Nothing keeps an instance that is cancelled any more.
pub(crate) fn let_go(run: &mut Run<'_>) {
    release(run);
    run.emit(Event::InstanceTerminated {});
}

/// Everything in the instance was taken away one by one; whoever called it hears of it.
pub(crate) fn terminated(run: &mut Run<'_>) {
    let instance = run.instance.key;
    if let Some((parent, element)) = run.caller() {
        run.send(parent, Command::TerminateCalled { element, instance });
    }
    cancel(run);
}

/// The next message of the same key may start an instance again.
fn release(run: &mut Run<'_>) {
    let Some(origin) = run.instance.origin.clone() else { return };
    if !origin.correlation_key.is_empty() {
        let target = run.message(&origin.message_name, &origin.correlation_key);
        let process_id = run.instance.process_id.clone();
        run.send(target, Command::ReleaseStart { process_id, instance: run.instance.key });
    }
}
