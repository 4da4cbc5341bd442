//! The process itself (BPMN 13.2): how an instance begins and ends.

use crate::aggregate::{Aggregate, Env, Step, apply};
use crate::catalog::Catalog;
use crate::compile::{NodeKind, Process};
use crate::limits;
use crate::run::Run;
use record::{AggregateId, Command, Event, Key, Rejection, RejectionKind, Response};

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
        origin: origin.clone(),
        business_id: business_id.clone(),
        tags: tags.clone(),
        tenant: env.tenant.clone(),
        traceparent: env.traceparent.clone(),
    };
    apply(aggregate, &AggregateId::from(key), &event, &mut Vec::new());
    let Aggregate::Instance(instance) = aggregate else { return Err(crate::aggregate::misdirected(command)) };
    let mut run = Run::new(instance, &found.process, catalog, env);
    run.born(event);
    for node in starts {
        begin(&mut run, node, key);
    }
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
    let find = |id: &str| {
        let found = process
            .node_by_id(id)
            .filter(|&node| !matches!(process.nodes[node].kind, NodeKind::Boundary { .. }));
        found.ok_or_else(|| {
            let text = format!(
                "Expected to create instance of process with start instructions but no element found with id '{id}'."
            );
            Rejection::new(RejectionKind::InvalidArgument, text)
        })
    };
    if !start_event.is_empty() {
        return find(start_event).map(|node| vec![node]);
    }
    if !instructions.is_empty() {
        return instructions.iter().map(|instruction| find(&instruction.element_id)).collect();
    }
    process.none_start().map(|node| vec![node]).ok_or_else(|| {
        let text = "Expected to create instance of process with none start event, but there is no such event";
        Rejection::new(RejectionKind::InvalidState, text)
    })
}

/// Starts at a node; the sub-processes around it begin without their own start events.
fn begin(run: &mut Run<'_>, node: usize, root: Key) {
    let mut path = Vec::new();
    let mut parent = run.process.nodes[node].parent;
    while let Some(outer) = parent {
        path.push(outer);
        parent = run.process.nodes[outer].parent;
    }
    let mut scope = root;
    for outer in path.into_iter().rev() {
        let ordinal = run.process.nodes[outer].ordinal;
        let open = run.instance.children(scope).find(|child| child.ordinal == ordinal).map(|child| child.key);
        scope = open.unwrap_or_else(|| {
            let key = run.key();
            run.emit(Event::ElementActivated { key, ordinal, scope });
            key
        });
    }
    run.start(node, scope);
}

/// No token is left.
pub(crate) fn complete(run: &mut Run<'_>) {
    release(run);
    run.emit(Event::InstanceCompleted {});
}

/// Someone does not want the instance any more.
pub(crate) fn cancel(run: &mut Run<'_>) {
    run.terminate_children(run.instance.key);
    release(run);
    run.emit(Event::InstanceTerminated {});
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
