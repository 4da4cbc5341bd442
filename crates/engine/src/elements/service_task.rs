//! Service task, and the send, business rule and script tasks and message events whose work is a job: it waits
//! until a worker completes the job.

use crate::compile::JobTask;
use crate::expression::Failure;
use crate::run::Run;
use record::{Event, JobKind, Key};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    job: &JobTask,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let scopes = crate::variables::Scopes::new(run.instance, at);
    let job_type = job.job_type.to_text(&scopes, &mut run.evaluator)?;
    let retries = job.retries.to_integer(&scopes, &mut run.evaluator)?;
    let waits = run.plan_boundary(model, at)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    let retries = i32::try_from(retries).unwrap_or(i32::MAX);
    let job = run.key();
    run.emit(Event::JobCreated {
        key: job,
        element: key,
        job_type,
        retries,
        kind: JobKind::BpmnElement,
        listener: 0,
    });
    Ok(())
}
