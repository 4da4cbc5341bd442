//! How an element instance is ended from outside, and who hears of it first.
//!
//! An element ends at once: its children, its job, its timers and subscriptions go, and whoever interrupted it goes on. Where it
//! has `cancel` execution listeners or, as a user task, `canceling` task listeners, it stays behind as *terminating* until
//! their jobs are done.
//!
//! Invariant: a scope is not completed, and not gone, before all that is terminating in it is.

use crate::compile::Listener;
use crate::elements::process;
use crate::instance::{ElementInstance, ElementState, Job, Role};
use crate::run::Run;
use record::command::TaskChanges;
use record::{Command, Event, JobKind, Key, TaskAction, Variables};

impl ElementInstance {
    /// True while only its listeners keep it.
    pub(crate) fn is_terminating(&self) -> bool {
        self.state == ElementState::Terminating
    }
}

impl Run<'_> {
    /// Ends an element and everything in it. Its token is gone; the caller says what happens then.
    pub fn terminate(&mut self, key: Key) {
        if self.instance.element(key).is_none_or(ElementInstance::is_terminating) {
            return;
        }
        self.terminate_children(key);
        let called = self.instance.element(key).map(|element| element.called);
        if let Some(called) = called.filter(|called| !called.is_none()) {
            self.send(called.into(), Command::CancelCalled {});
        }
        self.close(key);
        let stays = self.instance.element(key).is_some_and(|element| element.children > 0);
        if !stays && !self.is_heard(key) {
            return self.emit(Event::ElementTerminated { key });
        }
        self.emit(Event::ElementTerminating { key });
        if !stays {
            self.tell(key);
        }
    }

    /// Ends everything in a scope, tokens on their way included.
    pub fn terminate_children(&mut self, scope: Key) {
        let children: Vec<Key> = self.instance.children(scope).map(|child| child.key).collect();
        for child in children.into_iter().rev() {
            self.terminate(child);
        }
        self.drop_tokens(scope);
    }

    /// True where something but what is terminating lives in a scope.
    pub(crate) fn is_alive_inside(&self, scope: Key) -> bool {
        self.instance.children(scope).any(|child| !child.is_terminating())
    }

    /// Whether listeners are to be told that the element ends.
    fn is_heard(&self, key: Key) -> bool {
        self.canceling_task(key).is_some() || !self.cancel_listeners(key).is_empty()
    }

    /// The user task of an element that has listeners for its end.
    pub(crate) fn canceling_task(&self, element: Key) -> Option<Key> {
        let (_, model) = self.node_of(element)?;
        let listens = model.has_task_listeners(TaskAction::Canceling);
        let task = self.instance.tasks.iter().find(|task| listens && task.element == element)?;
        Some(task.key)
    }

    /// Begins the listeners of an element in which nothing is left: those of the task, then its own.
    fn tell(&mut self, key: Key) {
        match self.canceling_task(key) {
            Some(task) => {
                let (changes, variables) = (TaskChanges::default(), Variables::new());
                self.transition(task, TaskAction::Canceling, changes, variables, "cancel");
            }
            None => self.next_cancel_listener(key, 0),
        }
    }

    /// Begins a listener, or lets the element go where there is none left.
    pub(crate) fn next_cancel_listener(&mut self, key: Key, number: u32) {
        let Some(listener) = self.cancel_listeners(key).get(number as usize) else { return self.let_go(key) };
        match self.plan_job(&listener.job, key) {
            Ok(planned) => self.create_job(key, planned, JobKind::ExecutionListener, number),
            Err(failure) => {
                let ordinal = self.instance.element(key).map_or(0, |element| element.ordinal);
                self.incident(key, ordinal, Key::NONE, failure);
            }
        }
    }

    /// A cancel listener is done. What it sets outlives its element, in the scope around.
    pub(crate) fn cancel_listener_done(&mut self, job: &Job, variables: Variables) {
        let Some(scope) = self.instance.element(job.element).map(|element| element.scope) else { return };
        self.set_local(if scope.is_none() { job.element } else { scope }, variables);
        self.next_cancel_listener(job.element, job.listener + 1);
    }

    /// The listener that could not begin is tried again.
    pub(crate) fn retry_cancel_listeners(&mut self, key: Key) {
        if self.instance.element(key).is_some_and(|element| element.children == 0) {
            self.tell(key);
        }
    }

    /// The last listener of an element is done: it is gone, and what waited for that goes on.
    fn let_go(&mut self, key: Key) {
        if key == self.instance.key {
            return process::let_go(self);
        }
        let Some(scope) = self.instance.element(key).map(|element| element.scope) else { return };
        self.emit(Event::ElementTerminated { key });
        let Some(outer) = self.instance.element(scope) else { return };
        if outer.children > 0 {
            return;
        }
        match outer.state {
            ElementState::Terminating => self.tell(scope),
            // It was done before, but for this.
            ElementState::Completing => self.complete(scope),
            ElementState::Activating | ElementState::Active => self.complete_if_empty(scope),
        }
    }

    /// True where the instance is being ended, and only listeners keep it.
    pub(crate) fn ends_already(&self) -> bool {
        self.instance.element(self.instance.key).is_some_and(ElementInstance::is_terminating)
    }

    /// Begins to end the process itself. True where it has to wait for listeners.
    pub(crate) fn ends_later(&mut self) -> bool {
        let key = self.instance.key;
        let stays = self.instance.element(key).is_some_and(|element| element.children > 0);
        if !stays && self.cancel_listeners(key).is_empty() {
            return false;
        }
        self.emit(Event::ElementTerminating { key });
        if !stays {
            self.tell(key);
        }
        true
    }
}

impl<'a> Run<'a> {
    /// The listeners of an element's end.
    fn cancel_listeners(&self, key: Key) -> &'a [Listener] {
        let process = self.process;
        // A body has no listeners of its own but those before all iterations.
        if !matches!(self.role(key), Role::Plain | Role::Iteration) {
            return &[];
        }
        let listeners = match self.node_of(key) {
            Some((_, model)) => model.listeners.as_deref(),
            None => process.listeners.as_deref(),
        };
        listeners.map_or(&[], |listeners| &listeners.cancel)
    }
}
