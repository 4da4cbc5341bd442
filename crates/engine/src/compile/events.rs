//! Compiles what events wait for and what they throw.

use super::build::Compiler;
use super::kinds::{Catch, Throw, TimerModel};
use crate::expression::Expression;
use bpmn::model::{self, Dialect, EventTrigger, FlowNodeKind, TimerDefinition};
use record::Str;

impl Compiler<'_> {
    pub(super) fn catch(&mut self, node: &model::FlowNode, trigger: &EventTrigger, start: bool) -> Catch {
        match trigger {
            EventTrigger::None => Catch::None,
            EventTrigger::Message(message) => {
                let Some(name) = self.message_name(node, *message) else {
                    self.refuse(node, "waits for a message without a name");
                    return Catch::None;
                };
                let key =
                    message.and_then(|message| self.definitions.messages[message].correlation_key.as_ref());
                let key = key.filter(|_| !start || node.parent.is_some());
                Catch::Message { name, key: key.map(|key| self.expression(&node.id, key)) }
            }
            EventTrigger::Timer(TimerDefinition::Date(text)) => {
                Catch::Timer(TimerModel::Date(self.expression(&node.id, text)))
            }
            EventTrigger::Timer(TimerDefinition::Duration(text)) => {
                Catch::Timer(TimerModel::Duration(self.expression(&node.id, text)))
            }
            EventTrigger::Timer(TimerDefinition::Cycle(text)) => {
                Catch::Timer(TimerModel::Cycle(self.expression(&node.id, text)))
            }
            EventTrigger::Timer(TimerDefinition::Absent) => {
                self.refuse(node, "waits for a timer that does not say when");
                Catch::None
            }
            EventTrigger::Error(error) => Catch::Error(error.and_then(|error| {
                let error = &self.definitions.errors[error];
                self.code(error.code.as_ref(), &error.id)
            })),
            EventTrigger::Escalation(escalation) => Catch::Escalation(escalation.and_then(|escalation| {
                let escalation = &self.definitions.escalations[escalation];
                self.code(escalation.code.as_ref(), &escalation.id)
            })),
            EventTrigger::Signal(signal) => match self.signal_name(node, *signal) {
                Some(name) => Catch::Signal(name),
                None => {
                    self.refuse(node, "waits for a signal without a name");
                    Catch::None
                }
            },
            EventTrigger::Conditional(Some(condition)) => {
                let filter = node.ext.conditional_filter.clone().unwrap_or_default();
                let on = |event: &str| {
                    filter.variable_events.is_empty() || filter.variable_events.iter().any(|it| it == event)
                };
                Catch::Condition {
                    condition: self.expression(&node.id, condition),
                    names: filter.variable_names.iter().map(|name| Str::from(&**name)).collect(),
                    create: on("create"),
                    update: on("update"),
                }
            }
            EventTrigger::Compensation { .. } => Catch::Compensation,
            EventTrigger::Cancel => Catch::Cancel,
            EventTrigger::Multiple { triggers, parallel } => {
                let parts = triggers.iter().map(|trigger| self.catch(node, trigger, start)).collect();
                Catch::Multiple { parts, parallel: *parallel }
            }
            EventTrigger::Conditional(None) | EventTrigger::Link(_) | EventTrigger::Terminate => {
                self.refuse(node, &format!("cannot wait for a {} event", trigger.name()));
                Catch::None
            }
        }
    }

    pub(super) fn throws(
        &mut self,
        process: &model::Process,
        node: &model::FlowNode,
        trigger: &EventTrigger,
    ) -> Vec<Throw> {
        // A worker stands for the message where the model gives it one.
        let work = matches!(trigger, EventTrigger::Message(_)) && self.has_work(node);
        if let Some(job) = work.then(|| self.job(node)).flatten() {
            return vec![Throw::Job(job)];
        }
        match trigger {
            EventTrigger::None => Vec::new(),
            EventTrigger::Multiple { triggers, .. } => {
                let thrown = triggers.iter().flat_map(|trigger| self.throws(process, node, trigger));
                let mut thrown: Vec<Throw> = thrown.collect();
                // All of them are to occur.
                thrown.sort_by_key(Throw::ends_thrower);
                thrown
            }
            single => self.throw(process, node, single).into_iter().collect(),
        }
    }

    fn throw(
        &mut self,
        process: &model::Process,
        node: &model::FlowNode,
        trigger: &EventTrigger,
    ) -> Option<Throw> {
        match trigger {
            EventTrigger::Message(message) => {
                let name = self.message_name(node, *message);
                let key =
                    message.and_then(|message| self.definitions.messages[message].correlation_key.as_ref());
                let key = key.map(|key| self.expression(&node.id, key));
                if let Some(name) = name {
                    return Some(Throw::Message { name, key });
                }
            }
            EventTrigger::Signal(signal) => {
                if let Some(name) = self.signal_name(node, *signal) {
                    return Some(Throw::Signal(name));
                }
            }
            EventTrigger::Error(Some(error)) => {
                let error = &self.definitions.errors[*error];
                return Some(Throw::Error(self.thrown_code(node, error.code.as_ref(), &error.id)));
            }
            EventTrigger::Error(None) => return Some(Throw::Error(Expression::text(""))),
            EventTrigger::Escalation(Some(escalation)) => {
                let escalation = &self.definitions.escalations[*escalation];
                let code = self.thrown_code(node, escalation.code.as_ref(), &escalation.id);
                return Some(Throw::Escalation(code));
            }
            EventTrigger::Escalation(None) => return Some(Throw::Escalation(Expression::text(""))),
            EventTrigger::Compensation { activity, wait_for_completion } => {
                return Some(Throw::Compensation { activity: *activity, wait: *wait_for_completion });
            }
            EventTrigger::Link(name) => {
                let target = process.children(node.parent).find(|&index| {
                    matches!(&process.nodes[index].kind, FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(other) } if other == name)
                });
                if let Some(target) = target {
                    return Some(Throw::Link(target));
                }
            }
            EventTrigger::Terminate => return Some(Throw::Terminate),
            EventTrigger::Cancel => return Some(Throw::Cancel),
            EventTrigger::None
            | EventTrigger::Timer(_)
            | EventTrigger::Conditional(_)
            | EventTrigger::Multiple { .. } => {}
        }
        self.refuse(node, &format!("has a {} event that cannot be thrown", trigger.name()));
        None
    }

    /// The name of a message; where the model leaves it out, that of the message flow's message, of its other end, or
    /// of the flow itself, so that both ends of the flow have the same.
    fn message_name(&mut self, node: &model::FlowNode, message: Option<usize>) -> Option<Expression> {
        let definitions = self.definitions;
        if let Some(message) = message {
            let message = &definitions.messages[message];
            return match (&message.name, definitions.dialect) {
                (Some(name), _) => Some(self.expression(&node.id, name)),
                (None, Dialect::Zeebe) => None,
                (None, _) => Some(Expression::text(&message.id)),
            };
        }
        let flows = definitions.collaborations.iter().flat_map(|collaboration| &collaboration.message_flows);
        let flow = flows.into_iter().find(|flow| flow.source_ref == node.id || flow.target_ref == node.id)?;
        let other = if flow.source_ref == node.id { &flow.target_ref } else { &flow.source_ref };
        let named =
            definitions.processes.iter().flat_map(|process| &process.nodes).find(|it| it.id == *other);
        match flow.message.or_else(|| named.and_then(message_of)) {
            Some(message) => self.message_name(node, Some(message)),
            None => Some(Expression::text(flow.name.as_deref().unwrap_or(&flow.id))),
        }
    }

    fn signal_name(&mut self, node: &model::FlowNode, signal: Option<usize>) -> Option<Expression> {
        let signal = &self.definitions.signals[signal?];
        match &signal.name {
            Some(name) => Some(self.expression(&node.id, name)),
            None => Some(Expression::text(&signal.id)),
        }
    }

    /// The code that a catching event is for. In plain BPMN an error without code is known by its id; in Camunda 8
    /// it stands for every one.
    fn code(&self, code: Option<&model::Expression>, id: &str) -> Option<Str> {
        match code.filter(|code| !code.text.is_empty()) {
            Some(code) => Some(Str::from(&*code.text)),
            None if self.definitions.dialect == Dialect::Zeebe => None,
            None => Some(Str::from(id)),
        }
    }

    fn thrown_code(
        &mut self,
        node: &model::FlowNode,
        code: Option<&model::Expression>,
        id: &str,
    ) -> Expression {
        match code.filter(|code| !code.text.is_empty()) {
            Some(code) => self.expression(&node.id, code),
            None if self.definitions.dialect == Dialect::Zeebe => Expression::text(""),
            None => Expression::text(id),
        }
    }
}

/// The message that an element itself names.
fn message_of(node: &model::FlowNode) -> Option<usize> {
    match &node.kind {
        FlowNodeKind::SendTask { message_ref } | FlowNodeKind::ReceiveTask { message_ref, .. } => {
            *message_ref
        }
        other => match other.trigger()? {
            EventTrigger::Message(message) => *message,
            _ => None,
        },
    }
}
