//! End event (BPMN 13.5.4): none, terminate, error, or with a job such as a message end event.

use crate::compile::{End, NodeKind};
use crate::expression::{Expression, Failure};
use crate::run::Run;
use record::{Event, IncidentType, Key, Str, Variables};

pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    end: &End,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    match end {
        End::None => super::task::activate(run, node, key, scope),
        End::Terminate => {
            run.pass(node, key, scope);
            run.terminate_children(scope);
            run.clear_waiting(scope);
            run.complete_if_empty(scope);
            Ok(())
        }
        End::Error(code) => {
            let at = run.map_inputs(&run.process.nodes[node], key, scope)?;
            let code = error_code(run, code, at)?;
            let ordinal = run.process.nodes[node].ordinal;
            run.emit(Event::ElementActivated { key, ordinal, scope });
            throw(run, node, key, code);
            Ok(())
        }
        End::Job(job) => super::service_task::activate(run, node, job, key, scope),
    }
}

/// An error that nothing caught is thrown again.
pub(super) fn retry(run: &mut Run<'_>, node: usize, end: &End, key: Key) {
    if let End::Error(code) = end {
        let code = error_code(run, code, key).unwrap_or_else(|_| Str::from(""));
        throw(run, node, key, code);
    }
}

fn error_code(run: &mut Run<'_>, code: &Expression, at: Key) -> Result<Str, Failure> {
    let scopes = crate::variables::Scopes::new(run.instance, at);
    code.to_text(&scopes, &mut run.evaluator)
}

fn throw(run: &mut Run<'_>, node: usize, key: Key, code: Str) {
    let ordinal = run.process.nodes[node].ordinal;
    if let Err(failure) = run.throw_error(key, &code, &Str::from(""), Variables::new()) {
        run.incident(key, ordinal, Key::NONE, failure);
    }
}

impl Run<'_> {
    /// Throws an error from an element: the innermost enclosing activity with a matching boundary event takes it,
    /// an event with the error's code before one for every error.
    pub(crate) fn throw_error(
        &mut self,
        element: Key,
        code: &Str,
        message: &Str,
        variables: Variables,
    ) -> Result<(), Failure> {
        let mut at = element;
        while let Some((_, node)) = self.node_of(at) {
            if let Some(event) = self.catching(node, code) {
                let caught_by = self.process.nodes[event].ordinal;
                self.emit(Event::ErrorThrown {
                    element,
                    code: code.clone(),
                    message: message.clone(),
                    caught_by,
                });
                super::boundary_event::trigger(
                    self,
                    at,
                    event,
                    variables,
                    super::boundary_event::Reach::EventOnly,
                );
                return Ok(());
            }
            let Some(scope) = self.instance.element(at).map(|element| element.scope) else { break };
            at = scope;
        }
        let mut text = format!(
            "Expected to throw an error event with the code '{code}', but it was not caught. No error events are \
             available in the scope."
        );
        if !message.is_empty() {
            text = format!("{text} The error's message is: {message}");
        }
        Err(Failure::new(IncidentType::UnhandledErrorEvent, text))
    }

    fn catching(&self, node: &crate::compile::Node, code: &Str) -> Option<usize> {
        let catches = |wanted: Option<&Str>| {
            node.boundary.iter().copied().find(|&event| match &self.process.nodes[event].kind {
                NodeKind::Boundary { catch: crate::compile::Catch::Error(code), .. } => {
                    code.as_ref() == wanted
                }
                _ => false,
            })
        };
        catches(Some(code)).or_else(|| catches(None))
    }
}
