//! Execution listeners: jobs before an element does its work and after it, one after the other.

use crate::compile::{Listener, Listeners};
use crate::elements::process;
use crate::expression::Failure;
use crate::instance::{ElementInstance, ElementState, Job, Role};
use crate::run::Run;
use record::{Event, JobKind, Key, Str, Variables};

impl Run<'_> {
    /// Begins the start listeners of an element. True where it has to wait for them.
    pub(crate) fn start_listening(&mut self, node: usize, key: Key, scope: Key) -> Result<bool, Failure> {
        let model = &self.process.nodes[node];
        let Some(listeners) = model.listeners.as_ref().filter(|it| !it.start.is_empty()) else {
            return Ok(false);
        };
        self.listen(node, key, scope, &listeners.start)
    }

    /// Begins the listeners before all iterations. True where the body has to wait for them.
    pub(crate) fn listen_before_all(&mut self, node: usize, key: Key, scope: Key) -> Result<bool, Failure> {
        let model = &self.process.nodes[node];
        let Some(listeners) = model.listeners.as_ref().filter(|it| !it.before_all.is_empty()) else {
            return Ok(false);
        };
        self.listen(node, key, scope, &listeners.before_all)
    }

    fn listen(&mut self, node: usize, key: Key, scope: Key, listeners: &[Listener]) -> Result<bool, Failure> {
        let model = &self.process.nodes[node];
        if self.instance.element(key).is_some_and(|element| element.listened) {
            return Ok(false);
        }
        if !self.instance.is_live(key) {
            self.emit(Event::ElementActivating { key, ordinal: model.ordinal, scope });
        }
        // A body maps nothing; its iterations do.
        if model.looping.is_none() || self.role(key) == Role::Iteration {
            self.map_inputs(model, key, scope)?;
        }
        let planned = self.plan_job(&listeners[0].job, key)?;
        self.create_job(key, planned, JobKind::ExecutionListener, 0);
        Ok(true)
    }

    /// Begins an end listener, or ends the element where there is none left.
    pub(crate) fn next_end_listener(&mut self, node: usize, key: Key, number: u32) {
        let model = &self.process.nodes[node];
        let listener = model.listeners.as_ref().and_then(|listeners| listeners.end.get(number as usize));
        let Some(listener) = listener else { return self.end(node, key) };
        match self.plan_job(&listener.job, key) {
            Ok(planned) => self.create_job(key, planned, JobKind::ExecutionListener, number),
            Err(failure) => self.incident(key, model.ordinal, Key::NONE, failure),
        }
    }

    /// A worker is done with a listener's job.
    pub(crate) fn listener_done(&mut self, job: &Job, variables: Variables) {
        let key = job.element;
        if self.instance.element(key).is_some_and(ElementInstance::is_terminating) {
            return self.cancel_listener_done(job, variables);
        }
        if key == self.instance.key {
            self.set_local(key, variables);
            return process::listener_done(self, job.listener + 1);
        }
        let Some((node, model)) = self.node_of(key) else { return };
        let Some(element) = self.instance.element(key) else { return };
        let (state, scope, role) = (element.state, element.scope, element.role);
        if state == ElementState::Completing {
            // Its outputs are mapped already, and what is set in it ends with it.
            self.set_local(scope, variables);
            return self.next_end_listener(node, key, job.listener + 1);
        }
        self.set_local(key, variables);
        let Some(listeners) = &model.listeners else { return };
        let before_all = model.looping.is_some() && role != Role::Iteration;
        let list = if before_all { &listeners.before_all } else { &listeners.start };
        let Some(next) = list.get(job.listener as usize + 1) else {
            self.emit(Event::ElementListened { key });
            return self.activate(node, key, scope);
        };
        match self.plan_job(&next.job, key) {
            Ok(planned) => self.create_job(key, planned, JobKind::ExecutionListener, job.listener + 1),
            Err(failure) => self.incident(key, model.ordinal, Key::NONE, failure),
        }
    }

    /// The event that a listener's job is for; empty for other jobs.
    pub(crate) fn listener_event(&self, element: Key, kind: JobKind) -> Str {
        let event = match kind {
            JobKind::BpmnElement | JobKind::AdHocSubProcess => "",
            JobKind::TaskListener => {
                let task = self.instance.tasks.iter().find(|task| task.element == element);
                task.and_then(|task| task.transition.as_ref()).map_or("", |it| it.kind.as_str())
            }
            JobKind::ExecutionListener => {
                let looping = self.node_of(element).is_some_and(|(_, node)| node.looping.is_some());
                match self.instance.element(element) {
                    Some(it) if it.state == ElementState::Completing => "END",
                    Some(it) if it.is_terminating() => "CANCEL",
                    Some(it) if looping && it.role != Role::Iteration => "BEFORE_ALL",
                    _ => "START",
                }
            }
        };
        Str::from(event)
    }

    /// The listener that a job is for.
    pub(crate) fn listener_of<'l>(&self, job: &Job, listeners: &'l Listeners) -> Option<&'l Listener> {
        let element = self.instance.element(job.element)?;
        let looping = self.node_of(job.element).is_some_and(|(_, node)| node.looping.is_some());
        due(element, looping, listeners).get(job.listener as usize)
    }
}

/// Those of its listeners that an element instance is at; `looping` where its activity runs several times.
pub(crate) fn due<'l>(element: &ElementInstance, looping: bool, listeners: &'l Listeners) -> &'l [Listener] {
    match element.state {
        ElementState::Completing => &listeners.end,
        ElementState::Terminating => &listeners.cancel,
        _ if looping && element.role != Role::Iteration => &listeners.before_all,
        _ => &listeners.start,
    }
}
