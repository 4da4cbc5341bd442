//! The life of an element instance.
//!
//! | from | to | when |
//! |---|---|---|
//! | (nothing) | passed | the element never waits and maps nothing |
//! | (nothing) | activating | its input mappings or expressions come first, or failed (then with an incident); its start listeners run |
//! | (nothing), activating | active | they are evaluated; what it waits for is open |
//! | active | completing | an output mapping or a condition behind it failed (with an incident); its end listeners run |
//! | active, completing | completed | its results are merged; its flows are taken |
//! | any | terminating | something interrupts it, and listeners are told so, or are told of something in it |
//! | any | terminated | something interrupts it; its children ended before |

use crate::compile::Node;
use crate::elements;
use crate::elements::boundary_event::Reach;
use crate::expression::Failure;
use crate::instance::{ElementState, Role, find};
use crate::run::Run;
use crate::variables::{Base, Scopes};
use record::{Event, IncidentType, Key, Rejection, RejectionKind, Variables};

impl Run<'_> {
    /// A token goes through: the element is activated and completed in one.
    pub fn pass(&mut self, node: usize, key: Key, scope: Key) {
        let ordinal = self.process.nodes[node].ordinal;
        if self.instance.is_live(key) {
            self.emit(Event::ElementActivated { key, ordinal, scope });
            self.emit(Event::ElementCompleted { key });
        } else {
            self.emit(Event::ElementPassed { key, ordinal, scope });
        }
    }

    /// A token goes through an element that has mappings, listeners or the like.
    pub fn pass_with(&mut self, node: usize, key: Key, scope: Key, variables: Variables) {
        let ordinal = self.process.nodes[node].ordinal;
        self.emit(Event::ElementActivated { key, ordinal, scope });
        self.complete_with(key, variables);
    }

    /// A token goes through an event without output mappings that was triggered with variables: they are kept with the
    /// event, where people look for what came with it, and go on where they reach further.
    pub fn pass_handing_on(&mut self, node: usize, key: Key, scope: Key, variables: Variables, reach: Reach) {
        let ordinal = self.process.nodes[node].ordinal;
        self.emit(Event::ElementActivated { key, ordinal, scope });
        self.set_local(key, variables.clone());
        if reach == Reach::Enclosing {
            self.merge(scope, variables);
        }
        self.complete(key);
    }

    /// Activates an element, or leaves it activating with an incident.
    pub fn activate(&mut self, node: usize, key: Key, scope: Key) {
        if let Err(failure) = elements::activate(self, node, key, scope) {
            let ordinal = self.process.nodes[node].ordinal;
            if !self.instance.is_live(key) {
                self.emit(Event::ElementActivating { key, ordinal, scope });
            }
            self.incident(key, ordinal, Key::NONE, failure);
        }
    }

    /// Evaluates the input mappings of an element that is about to be active. Returns the scope in which its
    /// expressions are to be evaluated.
    pub fn map_inputs(&mut self, node: &Node, key: Key, scope: Key) -> Result<Key, Failure> {
        if !node.stores_read.is_empty() {
            self.read_data_stores(node, scope);
        }
        let live = self.instance.element(key);
        if node.inputs.is_empty() && node.locals.is_empty() {
            return Ok(if live.is_some() { key } else { scope });
        }
        if live.is_some_and(|element| element.listened) {
            return Ok(key);
        }
        if live.is_none() {
            self.emit(Event::ElementActivating { key, ordinal: node.ordinal, scope });
        }
        let null = record::Json::null();
        let mut variables: Variables = node.locals.iter().map(|name| (name.clone(), null.clone())).collect();
        let (mapped, places) = self.map_naming_secrets(&node.inputs, key)?;
        for (name, value) in mapped {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
        }
        self.set_local(key, variables);
        if !places.is_empty() {
            self.emit(Event::SecretsNamed { scope: key, places });
        }
        Ok(key)
    }

    /// Completes an element that brought variables with it.
    ///
    /// With output mappings they stay with the element and the mappings say what leaves it; without, all do.
    pub fn complete_with(&mut self, key: Key, variables: Variables) {
        let Some((_, node)) = self.node_of(key) else { return };
        if node.outputs.is_empty() {
            self.merge(key, variables);
        } else if node.restricts {
            self.set_local(key, variables);
        } else {
            // What data associations hand on stays with the element; they say where it goes.
            let (own, others): (Variables, Variables) =
                variables.into_iter().partition(|(name, _)| node.data_outputs.contains(name));
            self.set_local(key, own);
            self.merge(key, others);
        }
        self.complete(key);
    }

    /// Completes an element: output mappings, end listeners, what it waited for, its flows.
    pub fn complete(&mut self, key: Key) {
        let Some((index, node)) = self.node_of(key) else { return };
        let Some(element) = self.instance.element(key) else { return };
        let (scope, role) = (element.scope, element.role);
        if element.children > 0 {
            // Only what is terminating is left in it: it completes when that is gone.
            return self.emit(Event::ElementCompleting { key });
        }
        let through = element.state == ElementState::Completing && element.listened;
        if role == Role::Inner {
            return elements::ad_hoc_sub_process::inner_is_done(self, key);
        }
        if !through && !node.outputs.is_empty() && role != Role::Body {
            match self.map(&node.outputs, key, Base::Outer) {
                Ok(variables) => self.merge(scope, variables),
                Err(failure) => {
                    self.emit(Event::ElementCompleting { key });
                    return self.incident(key, node.ordinal, Key::NONE, failure);
                }
            }
        }
        if !through && !node.stores_written.is_empty() && role != Role::Body {
            self.write_data_stores(node, scope);
        }
        let listens = node.listeners.as_ref().is_some_and(|listeners| !listeners.end.is_empty());
        if !through && listens && role != Role::Body {
            self.emit(Event::ElementCompleting { key });
            self.emit(Event::ElementListened { key });
            return self.next_end_listener(index, key, 0);
        }
        self.end(index, key);
    }

    /// The last part of completion, which fails only where a condition behind the element does.
    pub fn end(&mut self, index: usize, key: Key) {
        let process = self.process;
        let node = &process.nodes[index];
        let Some(element) = self.instance.element(key) else { return };
        let (scope, role, counter) = (element.scope, element.role, element.counter);
        if node.plain {
            self.close(key);
            self.emit(Event::ElementCompleted { key });
            return self.leave(index, scope);
        }
        let ready = match role {
            Role::Iteration => self.before_iteration_ends(index, key).map(|end| (Vec::new(), Some(end))),
            _ => self.choose(index, key).map(|flows| (flows, None)),
        };
        let (flows, iteration) = match ready {
            Ok(ready) => ready,
            Err(failure) => {
                self.emit(Event::ElementCompleting { key });
                self.emit(Event::ElementListened { key });
                return self.incident(key, node.ordinal, Key::NONE, failure);
            }
        };
        self.close(key);
        if node.compensable && role != Role::Body {
            let variables = self.instance.element(key).map(|it| it.variables.clone()).unwrap_or_default();
            self.emit(Event::CompensationRegistered { key, ordinal: node.ordinal, scope, variables });
        }
        self.emit(Event::ElementCompleted { key });
        if let Some(end) = iteration {
            return self.iteration_ended(scope, counter, true, end);
        }
        if node.is_handler {
            return self.handled(key, scope);
        }
        if matches!(node.kind, crate::compile::NodeKind::EventSubProcess { .. }) {
            return self.after_event_sub_process(key, scope);
        }
        if node.ad_hoc && elements::ad_hoc_sub_process::is_fulfilled(self, scope) {
            return;
        }
        if node.outgoing.is_empty() {
            return self.complete_if_empty(scope);
        }
        for flow in flows {
            for _ in 0..node.completion_quantity {
                self.take(flow, scope);
            }
        }
    }

    /// The flows to take behind an activity or event: those without condition, and those whose condition is true;
    /// the default flow where no condition is (BPMN 8.4.13).
    fn choose(&mut self, node: usize, at: Key) -> Result<Vec<usize>, Failure> {
        let process = self.process;
        let model = &process.nodes[node];
        if !model.conditional {
            return Ok(model.outgoing.clone());
        }
        let mut chosen = Vec::new();
        let mut true_ones = 0;
        for &flow in model.outgoing.iter().filter(|flow| Some(**flow) != model.default) {
            match &process.flows[flow].condition {
                None => chosen.push(flow),
                Some(condition) => {
                    let scopes = Scopes::new(self.instance, at);
                    if condition.to_boolean(&scopes, &mut self.evaluator)? {
                        chosen.push(flow);
                        true_ones += 1;
                    }
                }
            }
        }
        if true_ones == 0 {
            chosen.extend(model.default);
        }
        if chosen.is_empty() {
            return Err(no_flow());
        }
        Ok(chosen)
    }

    /// The flows that a splitting gateway takes: all whose condition is true, else the default flow.
    pub fn split(
        &mut self,
        node: usize,
        scope: Key,
        near: &[(record::Str, feel::Value)],
    ) -> Result<Vec<usize>, Failure> {
        let process = self.process;
        let model = &process.nodes[node];
        let mut chosen = Vec::new();
        for &flow in model.outgoing.iter().filter(|flow| Some(**flow) != model.default) {
            let takes = match &process.flows[flow].condition {
                None => true,
                Some(condition) => {
                    let scopes = Scopes::with(self.instance, scope, near);
                    condition.to_boolean(&scopes, &mut self.evaluator)?
                }
            };
            if takes {
                chosen.push(flow);
            }
        }
        if chosen.is_empty() {
            chosen.extend(model.default);
        }
        if chosen.is_empty() && !model.outgoing.is_empty() {
            return Err(no_flow());
        }
        Ok(chosen)
    }

    /// Where the conditions of a gateway are evaluated: in its own scope, where its start listeners gave it one.
    pub fn innermost(&self, key: Key, scope: Key) -> Key {
        if self.instance.is_live(key) { key } else { scope }
    }

    /// Goes on behind a gateway along some flows, or the token ends here.
    pub fn go_on(&mut self, flows: &[usize], scope: Key) {
        if flows.is_empty() {
            return self.complete_if_empty(scope);
        }
        for &flow in flows {
            self.take(flow, scope);
        }
    }

    /// Takes away what an element waits for: its job, task, timers, subscriptions, conditions and incidents.
    pub fn close(&mut self, key: Key) {
        let instance = &*self.instance;
        // Most elements that end wait for nothing.
        if instance.incidents.is_empty()
            && instance.jobs.is_empty()
            && instance.tasks.is_empty()
            && instance.timers.is_empty()
            && instance.conditions.is_empty()
            && instance.subscriptions.is_empty()
        {
            return;
        }
        let mut ends: Vec<Event> = Vec::new();
        for incident in instance.incidents.iter().filter(|incident| incident.element == key) {
            ends.push(Event::IncidentResolved { key: incident.key });
        }
        for job in instance.jobs.iter().filter(|job| job.element == key) {
            ends.push(Event::JobCanceled { key: job.key });
            ends.extend(job.abandoned());
        }
        let stays = self.canceling_task(key);
        for task in instance.tasks.iter().filter(|task| task.element == key && Some(task.key) != stays) {
            ends.push(Event::UserTaskCanceled { key: task.key });
        }
        for event in ends {
            self.emit(event);
        }
        self.stop_waiting(key, |_| true);
    }

    /// Takes away what an element instance waits for with certain events.
    pub fn stop_waiting(&mut self, key: Key, which: impl Fn(u32) -> bool) {
        let instance = &*self.instance;
        let wanted = |element: Key, ordinal: u32| element == key && which(ordinal);
        let mut ends: Vec<Event> = Vec::new();
        for timer in instance.timers.iter().filter(|timer| wanted(timer.element, timer.ordinal)) {
            ends.push(Event::TimerCanceled { key: timer.key });
        }
        for condition in instance.conditions.iter().filter(|it| wanted(it.element, it.ordinal)) {
            ends.push(Event::ConditionClosed { key: condition.key });
        }
        let subscriptions: smallvec::SmallVec<[Key; 4]> = instance
            .subscriptions
            .iter()
            .filter(|other| wanted(other.element, other.ordinal))
            .map(|other| other.key)
            .collect();
        for end in ends {
            self.emit(end);
        }
        for subscription in subscriptions {
            self.close_subscription(subscription);
        }
    }

    // ---- incidents

    /// Records that a token is stuck.
    pub fn incident(&mut self, element: Key, ordinal: u32, job: Key, failure: Failure) {
        let key = self.key();
        self.emit(Event::IncidentCreated {
            key,
            element,
            ordinal,
            job,
            kind: failure.kind,
            message: record::Str::from(failure.message),
            cause: failure.cause.map(Box::new),
        });
    }

    pub fn resolve_incident(&mut self, key: Key) -> Result<(), Rejection> {
        let Some(incident) = find(&self.instance.incidents, key).cloned() else {
            let text =
                format!("Expected to resolve incident with key '{key}', but no such incident was found");
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        self.emit(Event::IncidentResolved { key });
        if let Some(job) = self.instance.job(incident.job).cloned() {
            if job.retries <= 0 {
                self.emit(Event::JobUpdated {
                    key: job.key,
                    retries: 1,
                    deadline: job.until,
                    priority: None,
                });
            }
            self.emit(Event::JobRetried { key: job.key });
            return Ok(());
        }
        if incident.element == self.instance.key {
            elements::process::retry(self);
            return Ok(());
        }
        let Some(element) = self.instance.element(incident.element) else { return Ok(()) };
        let (state, scope) = (element.state, element.scope);
        match (state, self.node_of(incident.element)) {
            (ElementState::Activating, Some((node, _))) => self.activate(node, incident.element, scope),
            (ElementState::Completing, Some(_)) => self.complete(incident.element),
            (ElementState::Active, Some((node, _))) if self.role(incident.element) == Role::Body => {
                self.go_on_with_body(node, incident.element);
            }
            (ElementState::Active, Some((node, _))) => elements::retry(self, node, incident.element),
            (ElementState::Terminating, Some(_)) => self.retry_cancel_listeners(incident.element),
            _ => {}
        }
        Ok(())
    }
}

pub(crate) fn no_flow() -> Failure {
    Failure::new(
        IncidentType::ConditionError,
        "Expected at least one condition to evaluate to true, or to have a default flow",
    )
}
