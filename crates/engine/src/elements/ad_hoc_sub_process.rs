//! Ad-hoc sub-process (BPMN 13.3.5): runs activities that are chosen: all of them, those that an expression or a
//! worker names, or those that are asked for while it is active. Each runs in a scope of its own.

use crate::compile::{AdHocModel, NodeKind};
use crate::expression::Failure;
use crate::instance::Loop;
use crate::run::Run;
use crate::variables::Scopes;
use feel::Value;
use record::command::AdHocActivation;
use record::{Event, IncidentType, JobKind, Json, Key, Rejection, RejectionKind, Str, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    ad_hoc: &AdHocModel,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let chosen = match &ad_hoc.chosen {
        Some(chosen) => {
            let scopes = Scopes::new(run.instance, at);
            let ids = chosen.to_texts(&scopes, &mut run.evaluator).map_err(|failure| Failure {
                message: format!("Failed to activate ad-hoc elements. {}", failure.message),
                ..failure
            })?;
            ids.iter().map(|id| find(run, node, ad_hoc, id)).collect::<Result<Vec<usize>, Failure>>()?
        }
        None if ad_hoc.on_request || ad_hoc.job.is_some() => Vec::new(),
        None => ad_hoc.activities.clone(),
    };
    let job = ad_hoc.job.as_ref().map(|job| run.plan_job(job, at)).transpose()?;
    let mut waits = run.plan_boundary(model, at)?;
    run.plan_event_sub_processes(&model.event_sub_processes, at, &mut waits)?;
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    let none = chosen.is_empty();
    begin_all(run, ad_hoc, key, chosen.into_iter().map(|activity| (activity, Variables::new())).collect());
    if let Some(job) = job {
        run.create_job(key, job, JobKind::AdHocSubProcess, 0);
    } else if none && !ad_hoc.on_request {
        run.emit(Event::AdHocFulfilled { key });
        run.complete_if_empty(key);
    }
    Ok(())
}

/// The activity that was chosen by its id.
fn find(run: &Run<'_>, node: usize, ad_hoc: &AdHocModel, id: &str) -> Result<usize, Failure> {
    let process = run.process;
    ad_hoc.activities.iter().copied().find(|activity| &*process.nodes[*activity].id == id).ok_or_else(|| {
        let text = format!(
            "Expected to activate activities for ad-hoc sub-process '{}', but '{id}' is not an activity of it that can be chosen.",
            process.nodes[node].id
        );
        Failure::new(IncidentType::ExtractValueError, text)
    })
}

/// Chosen activities begin: together, or one after the other.
fn begin_all(run: &mut Run<'_>, ad_hoc: &AdHocModel, key: Key, chosen: Vec<(usize, Variables)>) {
    if !ad_hoc.sequential {
        return chosen.into_iter().for_each(|(activity, variables)| begin(run, activity, key, variables));
    }
    let process = run.process;
    let idle = run.instance.element(key).is_some_and(|element| element.children == 0);
    let added: Vec<(u32, Variables)> = chosen
        .into_iter()
        .map(|(activity, variables)| (process.nodes[activity].ordinal, variables))
        .collect();
    if !added.is_empty() {
        run.emit(Event::AdHocWaiting { key, taken: 0, added });
    }
    if idle {
        begin_next(run, key);
    }
}

/// The first of those that wait for their turn begins. False where none does.
fn begin_next(run: &mut Run<'_>, key: Key) -> bool {
    let first = looping(run, key).waiting.into_iter().next();
    let Some((ordinal, variables)) = first else { return false };
    run.emit(Event::AdHocWaiting { key, taken: 1, added: Vec::new() });
    if let Some((activity, _)) = run.process.node(ordinal) {
        begin(run, activity, key, variables);
    }
    true
}

/// What runs and what waits for its turn ends.
fn cancel(run: &mut Run<'_>, key: Key) {
    let taken = looping(run, key).waiting.len() as u32;
    if taken > 0 {
        run.emit(Event::AdHocWaiting { key, taken, added: Vec::new() });
    }
    run.terminate_children(key);
}

/// A chosen activity begins in a scope of its own.
fn begin(run: &mut Run<'_>, activity: usize, ad_hoc: Key, variables: Variables) {
    let Some(ordinal) = run.instance.element(ad_hoc).map(|element| element.ordinal) else { return };
    let key = run.key();
    run.emit(Event::InnerStarted { key, ordinal, scope: ad_hoc });
    run.set_local(key, variables);
    run.start(activity, key);
}

fn looping(run: &Run<'_>, key: Key) -> Loop {
    run.instance.element(key).and_then(|element| element.looping.as_deref().cloned()).unwrap_or_default()
}

/// True where the scope is an ad-hoc sub-process itself.
pub(super) fn is_ad_hoc(run: &Run<'_>, scope: Key) -> bool {
    run.node_of(scope).is_some_and(|(_, node)| matches!(node.kind, NodeKind::AdHoc(_)))
}

/// An activity inside is completed: is the ad-hoc sub-process done by its condition? If it is, nothing follows.
pub(crate) fn is_fulfilled(run: &mut Run<'_>, inner: Key) -> bool {
    let Some(key) = run.instance.element(inner).map(|element| element.scope) else { return false };
    let Some((node, model)) = run.node_of(key) else { return false };
    let NodeKind::AdHoc(ad_hoc) = &model.kind else { return false };
    let Some(condition) = &ad_hoc.completion else { return false };
    if !looping(run, key).fulfilled {
        let scopes = Scopes::new(run.instance, inner);
        match condition.to_boolean(&scopes, &mut run.evaluator) {
            Ok(true) => run.emit(Event::AdHocFulfilled { key }),
            Ok(false) => return false,
            Err(failure) => {
                run.incident(key, model.ordinal, Key::NONE, failure);
                return false;
            }
        }
    }
    run.complete_if_empty(inner);
    if ad_hoc.cancel_remaining && run.instance.is_live(key) {
        run.terminate_children(key);
        go_on(run, node, ad_hoc, key);
    }
    true
}

/// A chosen activity and what followed it are done.
pub(crate) fn inner_is_done(run: &mut Run<'_>, key: Key) {
    let Some(element) = run.instance.element(key) else { return };
    let (ad_hoc_key, counter) = (element.scope, element.counter);
    let Some((node, model)) = run.node_of(ad_hoc_key) else { return };
    let NodeKind::AdHoc(ad_hoc) = &model.kind else { return };
    let output = match collect(run, ad_hoc, key) {
        Ok(output) => output,
        Err(failure) => {
            run.emit(Event::ElementCompleting { key });
            return run.incident(key, model.ordinal, Key::NONE, failure);
        }
    };
    run.close(key);
    run.emit(Event::ElementCompleted { key });
    run.emit(Event::IterationEnded { body: ad_hoc_key, counter, completed: true, output });
    // With a condition that ends the rest, the end follows where it was found true.
    if !(looping(run, ad_hoc_key).fulfilled && ad_hoc.cancel_remaining && ad_hoc.completion.is_some()) {
        go_on(run, node, ad_hoc, ad_hoc_key);
    }
}

/// The condition could not be evaluated: it is looked at once more.
pub(super) fn look_again(run: &mut Run<'_>, node: usize, ad_hoc: &AdHocModel, key: Key) {
    if let Some(condition) = &ad_hoc.completion {
        let scopes = Scopes::new(run.instance, key);
        match condition.to_boolean(&scopes, &mut run.evaluator) {
            Ok(true) => {
                run.emit(Event::AdHocFulfilled { key });
                if ad_hoc.cancel_remaining {
                    run.terminate_children(key);
                }
            }
            Ok(false) => {}
            Err(failure) => {
                let ordinal = run.process.nodes[node].ordinal;
                return run.incident(key, ordinal, Key::NONE, failure);
            }
        }
    }
    go_on(run, node, ad_hoc, key);
}

/// What the activity adds to the output collection.
fn collect(run: &mut Run<'_>, ad_hoc: &AdHocModel, key: Key) -> Result<Option<Json>, Failure> {
    let (Some(_), Some(element)) = (&ad_hoc.output_collection, &ad_hoc.output_element) else {
        return Ok(None);
    };
    let scopes = Scopes::new(run.instance, key);
    element.to_json(&scopes, &mut run.evaluator).map(Some)
}

/// Goes on after an activity is done: the next one, the worker's next choice, or the end.
pub(crate) fn go_on(run: &mut Run<'_>, node: usize, ad_hoc: &AdHocModel, key: Key) {
    let Some(element) = run.instance.element(key) else { return };
    let live = element.children > 0;
    let state = looping(run, key);
    if !state.fulfilled {
        let next = !live && begin_next(run, key);
        if let Some(job) = &ad_hoc.job {
            return ask_again(run, node, job, key);
        }
        if next {
            return;
        }
    }
    if live || run.instance.jobs.iter().any(|job| job.element == key) {
        return;
    }
    // Without its condition, or without anything that was asked for, it is not done.
    let never_asked = ad_hoc.on_request && state.started == 0;
    if !state.fulfilled && (ad_hoc.completion.is_some() || never_asked) {
        return;
    }
    finish(run, ad_hoc, key, state);
}

fn finish(run: &mut Run<'_>, ad_hoc: &AdHocModel, key: Key, state: Loop) {
    if let Some(name) = &ad_hoc.output_collection {
        let list: Vec<&str> = state.outputs.iter().map(Json::as_str).collect();
        let list = Json::trusted(format!("[{}]", list.join(",")));
        run.complete_with(key, vec![(name.clone(), list)]);
    } else {
        run.complete(key);
    }
}

/// The worker that chooses is asked once more, unless it is being asked.
fn ask_again(run: &mut Run<'_>, node: usize, job: &crate::compile::JobTask, key: Key) {
    if run.instance.jobs.iter().any(|job| job.element == key) {
        return;
    }
    match run.plan_job(job, key) {
        Ok(job) => run.create_job(key, job, JobKind::AdHocSubProcess, 0),
        Err(failure) => {
            let ordinal = run.process.nodes[node].ordinal;
            run.incident(key, ordinal, Key::NONE, failure);
        }
    }
}

/// The worker chose.
pub(crate) fn worker_chose(
    run: &mut Run<'_>,
    key: Key,
    variables: Variables,
    elements: &[AdHocActivation],
    fulfilled: bool,
    cancel_remaining: bool,
) -> Result<(), Rejection> {
    let Some((node, model)) = run.node_of(key) else { return Ok(()) };
    let NodeKind::AdHoc(ad_hoc) = &model.kind else { return Ok(()) };
    let chosen = choose(run, node, ad_hoc, elements)?;
    run.merge(key, variables);
    if cancel_remaining {
        cancel(run, key);
    }
    begin_all(run, ad_hoc, key, chosen);
    if fulfilled {
        run.emit(Event::AdHocFulfilled { key });
    }
    let idle = run.instance.element(key).is_some_and(|element| element.children == 0);
    // Without a choice and without an end it waits for what runs, or for the next choice from outside.
    if fulfilled && idle {
        go_on(run, node, ad_hoc, key);
    }
    Ok(())
}

fn choose(
    run: &Run<'_>,
    node: usize,
    ad_hoc: &AdHocModel,
    elements: &[AdHocActivation],
) -> Result<Vec<(usize, Variables)>, Rejection> {
    let mut seen: Vec<&Str> = Vec::new();
    let mut chosen = Vec::new();
    for element in elements {
        if seen.contains(&&element.element_id) {
            let text = format!(
                "Expected to activate activities for ad-hoc sub-process, but duplicate activities were given: '{}'.",
                element.element_id
            );
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
        seen.push(&element.element_id);
        let activity = find(run, node, ad_hoc, &element.element_id)
            .map_err(|failure| Rejection::new(RejectionKind::NotFound, failure.message))?;
        chosen.push((activity, element.variables.clone()));
    }
    Ok(chosen)
}

/// Refuses a choice of activities that cannot be made.
pub(crate) fn check_choice(run: &Run<'_>, key: Key, elements: &[AdHocActivation]) -> Result<(), Rejection> {
    let Some((node, model)) = run.node_of(key) else { return Ok(()) };
    let NodeKind::AdHoc(ad_hoc) = &model.kind else {
        let text = "Only the job of an ad-hoc sub-process can choose activities".to_owned();
        return Err(Rejection::new(RejectionKind::InvalidArgument, text));
    };
    choose(run, node, ad_hoc, elements).map(drop)
}

pub(crate) fn no_such_ad_hoc(key: Key) -> String {
    format!(
        "Expected to activate activities for ad-hoc sub-process but no active ad-hoc sub-process instance found with key '{key}'."
    )
}

/// Someone asks for activities of an active ad-hoc sub-process.
pub(crate) fn on_request(
    run: &mut Run<'_>,
    key: Key,
    elements: &[AdHocActivation],
    cancel_remaining: bool,
) -> Result<(), Rejection> {
    let found = run.node_of(key).and_then(|(node, model)| match &model.kind {
        NodeKind::AdHoc(ad_hoc) => Some((node, ad_hoc)),
        _ => None,
    });
    let Some((node, ad_hoc)) = found.filter(|_| {
        run.instance.element(key).is_some_and(|it| it.state == crate::instance::ElementState::Active)
    }) else {
        return Err(Rejection::new(RejectionKind::NotFound, no_such_ad_hoc(key)));
    };
    let chosen = choose(run, node, ad_hoc, elements)?;
    if cancel_remaining {
        cancel(run, key);
    }
    begin_all(run, ad_hoc, key, chosen);
    Ok(())
}

/// What conditions of multi-instance and ad-hoc activities see beside the variables.
pub(crate) fn counts(total: u32, active: u32, completed: u32, terminated: u32) -> [(Str, Value); 4] {
    let number = |value: u32| Value::from(i64::from(value));
    [
        (Str::from("numberOfInstances"), number(total)),
        (Str::from("numberOfActiveInstances"), number(active)),
        (Str::from("numberOfCompletedInstances"), number(completed)),
        (Str::from("numberOfTerminatedInstances"), number(terminated)),
    ]
}
