//! Call activity (BPMN 13.3.2): starts an instance of another process and waits for its end. What it throws and does
//! not catch goes on at the call activity.

use crate::compile::CallModel;
use crate::expression::Failure;
use crate::instance::{ElementState, Role};
use crate::limits;
use crate::multi_instance::IterationEnd;
use crate::run::Run;
use crate::variables::Scopes;
use record::command::Origin;
use record::{AggregateId, Command, Event, IncidentType, Json, Key, Str, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    call: &CallModel,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let model = &run.process.nodes[node];
    let at = run.map_inputs(model, key, scope)?;
    let scopes = Scopes::new(run.instance, at);
    let id = call.process_id.to_text(&scopes, &mut run.evaluator)?;
    let business_id = match &call.business_id {
        Some(business_id) => business_id.to_text(&scopes, &mut run.evaluator)?,
        None => Str::from(""),
    };
    let catalog = run.catalog;
    let called = catalog.called_process(run.instance, &id, &call.binding);
    let called = called.map_err(|text| Failure::new(IncidentType::CalledElementError, text))?;
    let depth = run.instance.origin.as_ref().map_or(0, |origin| origin.depth) + 1;
    if depth > limits::MAX_CALL_DEPTH {
        let text = format!(
            "The call hierarchy is {} levels deep. Process instances that exceed the maximum depth are not created, because they may call themselves without end: check the recursion of '{id}'.",
            limits::MAX_CALL_DEPTH
        );
        return Err(Failure::new(IncidentType::CalledElementError, text));
    }
    run.may_go_on(node)?;
    if called.process.first.is_empty() {
        let text = format!(
            "Expected process with BPMN process id '{id}' to have a none start event, but not found."
        );
        return Err(Failure::new(IncidentType::CalledElementError, text));
    }
    let waits = run.plan_boundary(model, at)?;
    let variables = handed_in(run, call, model.inputs.is_empty(), at);
    run.emit(Event::ElementActivated { key, ordinal: model.ordinal, scope });
    run.open(key, waits);
    let instance = run.blocks.take();
    run.emit(Event::CallStarted { element: key, instance });
    let origin = Origin {
        parent: run.instance.key,
        parent_element: key,
        root: run.instance.root(),
        depth,
        starts: run.chain.starts,
        ..Origin::default()
    };
    run.send(
        AggregateId::from(instance),
        Command::CreateProcessInstance {
            definition: called.key,
            process_id: Str::from(""),
            version: 0,
            variables,
            start: Vec::new(),
            origin: Some(origin),
            business_id,
            tags: run.instance.tags.clone(),
        },
    );
    Ok(())
}

/// All visible variables, or only those that input mappings made.
fn handed_in(run: &Run<'_>, call: &CallModel, unmapped: bool, at: Key) -> Variables {
    if call.all_in {
        let scopes = Scopes::new(run.instance, at);
        let all = scopes.all().into_iter();
        return all.map(|(name, value)| (name, Json::trusted(value.to_json()))).collect();
    }
    if unmapped {
        return Variables::new();
    }
    run.instance.element(at).map(|element| element.variables.clone()).unwrap_or_default()
}

/// The called instance has something to say.
pub(crate) fn answer(run: &mut Run<'_>, command: &Command) {
    match command {
        Command::CompleteCalled { element, instance, variables } if calls(run, *element, *instance) => {
            completed(run, *element, variables.clone());
        }
        Command::TerminateCalled { element, instance } if calls(run, *element, *instance) => {
            run.emit(Event::CallStarted { element: *element, instance: Key::NONE });
            run.terminate_and_go_on(*element);
        }
        Command::PropagateError { element, instance, thrower, job, code, message, variables, origin } => {
            if !calls(run, *element, *instance) {
                return;
            }
            let (code, message) = (code.clone(), message.clone());
            let thrown = run.rethrow_error(*element, *thrower, *job, &code, &message, variables, *origin);
            if !thrown {
                let (thrower, job) = (*thrower, *job);
                run.send(AggregateId::from(*origin), Command::RejectError { thrower, job, code, message });
            }
        }
        Command::PropagateEscalation { element, instance, code, variables }
            if calls(run, *element, *instance) =>
        {
            run.throw_escalation(*element, code, variables.clone());
        }
        Command::RejectError { thrower, job, code, message } => {
            if let Some(ordinal) = run.instance.element(*thrower).map(|element| element.ordinal) {
                let failure = run.uncaught(*thrower, code, message);
                run.incident(*thrower, ordinal, *job, failure);
            }
        }
        _ => {}
    }
}

/// True where the element still waits for that instance.
fn calls(run: &Run<'_>, element: Key, instance: Key) -> bool {
    run.instance.element(element).is_some_and(|it| it.called == instance && it.state == ElementState::Active)
}

fn completed(run: &mut Run<'_>, element: Key, variables: Variables) {
    let Some((_, node)) = run.node_of(element) else { return };
    run.emit(Event::CallStarted { element, instance: Key::NONE });
    let all_out = match &node.kind {
        crate::compile::NodeKind::Call(call) => call.all_out,
        _ => true,
    };
    if node.outputs.is_empty() && !all_out {
        return run.complete(element);
    }
    run.complete_with(element, variables);
}

impl Run<'_> {
    /// Throws an error of a called instance at the call activity. False where nothing around it catches it; where
    /// this instance is called itself, its caller says so.
    #[allow(clippy::too_many_arguments)]
    fn rethrow_error(
        &mut self,
        element: Key,
        thrower: Key,
        job: Key,
        code: &Str,
        message: &Str,
        variables: &Variables,
        origin: Key,
    ) -> bool {
        if self.try_throw_error(element, code, message, variables.clone()) {
            return true;
        }
        let Some((parent, caller)) = self.caller() else { return false };
        let (code, message, variables) = (code.clone(), message.clone(), variables.clone());
        let instance = self.instance.key;
        self.send(
            parent,
            Command::PropagateError {
                element: caller,
                instance,
                thrower,
                job,
                code,
                message,
                variables,
                origin,
            },
        );
        true
    }

    /// An element ended from outside; its token is gone.
    fn terminate_and_go_on(&mut self, element: Key) {
        let Some(found) = self.instance.element(element) else { return };
        let (scope, role, counter) = (found.scope, found.role, found.counter);
        self.release_handler(element);
        self.terminate(element);
        match role {
            Role::Iteration => self.iteration_ended(scope, counter, false, IterationEnd::default()),
            _ => self.complete_if_empty(scope),
        }
    }
}
