//! Waiting: what elements, boundary events and event sub-processes wait for, and what happens when it comes.

use crate::chain;
use crate::compile::{Catch, Node, NodeKind};
use crate::elements::{self, boundary_event::Reach};
use crate::expression::Failure;
use crate::instance::{self, Subscription, Timer};
use crate::run::Run;
use crate::timer::{self, Plan};
use crate::variables::Scopes;
use record::event::Chain;
use record::{Command, Event, Key, Rejection, RejectionKind, Str, Variables};

/// Something to wait for, its expressions evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wait {
    /// The event.
    ordinal: u32,
    /// Which of its definitions.
    part: u32,
    /// Nothing more is waited for after it.
    interrupting: bool,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Timer(Plan),
    Message { name: Str, correlation_key: Str },
    Signal { name: Str },
    Condition,
}

impl Wait {
    /// True where it is for this definition of its event.
    pub(crate) fn is_part(&self, part: u32) -> bool {
        self.part == part
    }
}

impl Run<'_> {
    /// What the boundary events of an activity wait for. They belong to all iterations together.
    pub(crate) fn plan_boundary(&mut self, node: &Node, at: Key) -> Result<Vec<Wait>, Failure> {
        if node.looping.is_some() || node.boundary.is_empty() {
            return Ok(Vec::new());
        }
        self.plan_activity(node, at)
    }

    /// What the boundary events of an activity wait for.
    pub(crate) fn plan_activity(&mut self, node: &Node, at: Key) -> Result<Vec<Wait>, Failure> {
        let process = self.process;
        let mut waits = Vec::new();
        for &event in &node.boundary {
            let model = &process.nodes[event];
            if let NodeKind::Boundary { interrupting, catch, .. } = &model.kind {
                self.plan(model.ordinal, catch, *interrupting, at, &mut waits)?;
            }
        }
        Ok(waits)
    }

    /// What the event sub-processes of a scope wait for.
    pub(crate) fn plan_event_sub_processes(
        &mut self,
        event_sub_processes: &[usize],
        at: Key,
        waits: &mut Vec<Wait>,
    ) -> Result<(), Failure> {
        let process = self.process;
        for &sub_process in event_sub_processes {
            let NodeKind::EventSubProcess { start, interrupting } = &process.nodes[sub_process].kind else {
                continue;
            };
            let model = &process.nodes[*start];
            if let NodeKind::StartEvent(catch) = &model.kind {
                self.plan(model.ordinal, catch, *interrupting, at, waits)?;
            }
        }
        Ok(())
    }

    /// What an event waits for; nothing for one that is reached otherwise.
    pub(crate) fn plan(
        &mut self,
        ordinal: u32,
        catch: &Catch,
        interrupting: bool,
        at: Key,
        waits: &mut Vec<Wait>,
    ) -> Result<(), Failure> {
        for (part, catch) in catch.parts().iter().enumerate() {
            let scopes = Scopes::new(self.instance, at);
            let with = &mut self.evaluator;
            let what = match catch {
                Catch::Timer(model) => match timer::plan(model, &scopes, with, self.now)? {
                    Some(plan) => {
                        if plan.due <= self.now
                            && let Some((node, _)) = self.process.node(ordinal)
                        {
                            self.may_go_on(node)?;
                        }
                        What::Timer(plan)
                    }
                    // The activity or scope goes on without it.
                    None if self.is_attached(ordinal) => continue,
                    None => return Err(model.never()),
                },
                Catch::Message { name, key } => What::Message {
                    name: name.to_text(&scopes, with)?,
                    correlation_key: match key {
                        Some(key) => key.to_key(&scopes, with)?,
                        None => Str::from(""),
                    },
                },
                Catch::Signal(name) => What::Signal { name: name.to_text(&scopes, with)? },
                Catch::Condition { .. } => What::Condition,
                Catch::None
                | Catch::Error(_)
                | Catch::Escalation(_)
                | Catch::Compensation
                | Catch::Cancel
                | Catch::Multiple { .. } => continue,
            };
            waits.push(Wait { ordinal, part: part as u32, interrupting, what });
        }
        Ok(())
    }

    /// True for an event at an activity or in an event sub-process, beside which something else goes on.
    fn is_attached(&self, ordinal: u32) -> bool {
        self.process.node(ordinal).is_some_and(|(_, node)| {
            matches!(node.kind, NodeKind::Boundary { .. })
                || node.parent.is_some() && matches!(node.kind, NodeKind::StartEvent(_))
        })
    }

    /// Starts to wait.
    pub(crate) fn open(&mut self, element: Key, waits: Vec<Wait>) {
        for Wait { ordinal, part, interrupting, what } in waits {
            let key = self.key();
            match what {
                What::Timer(Plan { due, repetitions, cycle }) => {
                    // One that is due at once is nothing to wait for.
                    let chain = if due <= self.now { chain::sent(self.chain) } else { Chain::default() };
                    let timer =
                        Event::TimerScheduled { key, element, ordinal, due, repetitions, cycle, part, chain };
                    self.emit(timer);
                }
                What::Message { name, correlation_key } => {
                    let target = self.message(&name, &correlation_key);
                    self.subscribe(key, element, ordinal, name, correlation_key, interrupting, part, false);
                    let process_id = self.instance.process_id.clone();
                    let instance = self.instance.key;
                    self.send(
                        target,
                        Command::OpenSubscription { instance, subscription: key, process_id, interrupting },
                    );
                }
                What::Signal { name } => {
                    let target = self.signal(&name);
                    self.subscribe(key, element, ordinal, name, Str::from(""), interrupting, part, true);
                    let instance = self.instance.key;
                    self.send(target, Command::SubscribeSignal { instance, subscription: key });
                }
                What::Condition => {
                    self.emit(Event::ConditionOpened { key, element, ordinal, part, interrupting });
                    self.armed.push_back(key);
                    self.urgent = true;
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn subscribe(
        &mut self,
        key: Key,
        element: Key,
        ordinal: u32,
        name: Str,
        correlation_key: Str,
        interrupting: bool,
        part: u32,
        signal: bool,
    ) {
        self.emit(Event::SubscriptionOpened {
            key,
            element,
            ordinal,
            name,
            correlation_key,
            interrupting,
            part,
            signal,
        });
    }

    /// Stops to wait for a message or signal.
    pub(crate) fn close_subscription(&mut self, key: Key) {
        let Some(subscription) = instance::find(&self.instance.subscriptions, key).cloned() else { return };
        self.emit(Event::SubscriptionClosed { key });
        if subscription.signal {
            let target = self.signal(&subscription.name);
            self.send(target, Command::UnsubscribeSignal { subscription: key });
        } else {
            let target = self.message(&subscription.name, &subscription.correlation_key);
            self.send(target, Command::CloseSubscription { subscription: key });
        }
    }

    /// A timer is due.
    pub(crate) fn trigger_timer(&mut self, key: Key) -> Result<(), Rejection> {
        let Some(timer) = instance::find(&self.instance.timers, key).cloned() else {
            let text = format!("Expected to trigger timer with key '{key}', but no such timer was found");
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        self.chain = timer.chain;
        self.emit(Event::TimerTriggered { key });
        self.schedule_next(&timer);
        self.triggered(timer.element, timer.ordinal, timer.part, Variables::new());
        Ok(())
    }

    /// The next firing follows the last one that was due, not the moment at which it was noticed.
    fn schedule_next(&mut self, timer: &Timer) {
        if timer.repetitions == 0 {
            return;
        }
        let Some(due) = timer::next(&timer.cycle, timer.due) else { return };
        let key = self.key();
        let repetitions = if timer.repetitions > 0 { timer.repetitions - 1 } else { -1 };
        let (element, ordinal, part) = (timer.element, timer.ordinal, timer.part);
        let (cycle, chain) = (timer.cycle.clone(), Chain::default());
        self.emit(Event::TimerScheduled { key, element, ordinal, due, repetitions, cycle, part, chain });
    }

    /// A message or signal came for a subscription, or came too late.
    pub(crate) fn correlate(&mut self, key: Key, message: Key, variables: &Variables) {
        let Some(subscription) = instance::find(&self.instance.subscriptions, key).cloned() else { return };
        let Subscription { element, ordinal, part, interrupting, signal, .. } = subscription;
        self.emit(Event::SubscriptionCorrelated { key, message });
        if signal {
            if interrupting {
                self.close_subscription(key);
            }
        } else {
            let target = self.message(&subscription.name, &subscription.correlation_key);
            if interrupting {
                self.emit(Event::SubscriptionClosed { key });
            }
            self.send(target, Command::AcceptCorrelation { subscription: key, message });
        }
        self.triggered(element, ordinal, part, variables.clone());
    }

    /// Throws a signal: to whoever waits for it in this instance at once, then to all others.
    pub(crate) fn throw_signal(&mut self, name: &Str, variables: Variables) {
        let own = self.instance.subscriptions.iter().filter(|it| it.signal && it.name == *name);
        let own: Vec<Key> = own.map(|it| it.key).collect();
        if !own.is_empty() {
            let message = self.key();
            for subscription in own {
                // One that an earlier one ended does not wait any more.
                self.correlate(subscription, message, &variables);
            }
        }
        let (target, except) = (self.signal(name), self.instance.key);
        self.send(target, Command::BroadcastSignal { variables, except });
    }

    /// One definition of the event `ordinal` that a live element instance waits for occurred: of the element
    /// itself, of an event on its boundary, behind it, or of an event sub-process in it.
    pub(crate) fn triggered(&mut self, element: Key, ordinal: u32, part: u32, variables: Variables) {
        let process = self.process;
        let Some((event, model)) = process.node(ordinal) else { return };
        if let NodeKind::Catch(catch) | NodeKind::StartEvent(catch) | NodeKind::Boundary { catch, .. } =
            &model.kind
            && let Catch::Multiple { parts, parallel: true } = catch
            && !self.all_occurred(element, ordinal, part, parts.len())
        {
            // A second message of the kind is for someone else.
            self.stop_waiting_for(element, ordinal, Some(part));
            return self.keep_variables(element, model, variables);
        }
        match &model.kind {
            NodeKind::Boundary { .. } => {
                elements::boundary_event::trigger(self, element, event, variables, Reach::Enclosing);
            }
            NodeKind::StartEvent(_) if model.parent.is_some() => {
                elements::event_sub_process::trigger(self, element, event, variables, Reach::Enclosing);
            }
            _ => match self.node_of(element) {
                Some((_, waiting)) if waiting.ordinal == ordinal => self.complete_with(element, variables),
                Some((gateway, _)) => {
                    elements::event_based_gateway::chosen(self, gateway, element, event, variables);
                }
                None => {}
            },
        }
    }

    /// What comes with one of several events that must all occur goes where that of the last one will go: without
    /// output mappings to the enclosing scopes; else it is kept for the mappings.
    fn keep_variables(&mut self, element: Key, event: &Node, variables: Variables) {
        if !event.outputs.is_empty() {
            return self.set_local(element, variables);
        }
        // The start event of an event sub-process belongs to the scope itself.
        let inside = matches!(event.kind, NodeKind::StartEvent(_)) && event.parent.is_some();
        let scope = self.instance.element(element).map_or(Key::NONE, |it| it.scope);
        self.merge(if inside { element } else { scope }, variables);
    }

    /// Closes the subscriptions of one definition of an event, or of all.
    fn stop_waiting_for(&mut self, element: Key, ordinal: u32, part: Option<u32>) {
        let open = self.instance.subscriptions.iter().filter(|it| {
            (it.element, it.ordinal) == (element, ordinal) && part.is_none_or(|part| it.part == part)
        });
        let keys: Vec<Key> = open.map(|it| it.key).collect();
        for key in keys {
            self.close_subscription(key);
        }
    }

    /// An event that needs all of its definitions and stays armed waits for messages and signals anew.
    fn rearm(&mut self, element: Key, ordinal: u32) {
        let process = self.process;
        let Some((_, model)) = process.node(ordinal) else { return };
        let catch = match &model.kind {
            NodeKind::Boundary { catch, interrupting: false, .. } => catch,
            NodeKind::StartEvent(catch)
                if model.parent.is_some_and(|parent| {
                    matches!(
                        process.nodes[parent].kind,
                        NodeKind::EventSubProcess { interrupting: false, .. }
                    )
                }) =>
            {
                catch
            }
            _ => return,
        };
        let mut waits = Vec::new();
        match self.plan(ordinal, catch, false, element, &mut waits) {
            Ok(()) => {
                waits.retain(|wait| matches!(wait.what, What::Message { .. } | What::Signal { .. }));
                self.stop_waiting_for(element, ordinal, None);
                self.open(element, waits);
            }
            Err(failure) => self.incident(element, ordinal, Key::NONE, failure),
        }
    }

    /// Notes that a part of a parallel-multiple event occurred. True where it was the last one; then all begins anew.
    pub(crate) fn all_occurred(&mut self, element: Key, ordinal: u32, part: u32, parts: usize) -> bool {
        let entry = (element, (ordinal, part));
        if !self.instance.occurred.contains(&entry) {
            self.emit(Event::EventOccurred { element, ordinal, part });
        }
        let count =
            self.instance.occurred.iter().filter(|(it, (event, _))| (*it, *event) == (element, ordinal));
        if count.count() < parts {
            return false;
        }
        self.emit(Event::EventsReset { element, ordinal });
        self.rearm(element, ordinal);
        true
    }

    /// Tokens that wait at joins of a scope go with it.
    pub(crate) fn clear_waiting(&mut self, scope: Key) {
        let flows: Vec<u32> = self
            .instance
            .waiting
            .iter()
            .filter(|(other, _)| *other == scope)
            .map(|(_, flow)| *flow)
            .collect();
        if !flows.is_empty() {
            self.emit(Event::JoinFired { scope, flows });
        }
        let resetting = self.instance.resetting.iter().filter(|gateway| gateway.scope == scope);
        let ordinals: Vec<u32> = resetting.map(|gateway| gateway.ordinal).collect();
        for ordinal in ordinals {
            self.emit(Event::ComplexGatewayReset { scope, ordinal });
        }
    }
}
