//! One line for each event. Keys are left out; what they stand for is named.

use crate::World;
use engine::Role;
use record::command::TaskChanges;
use record::{AggregateId, Event, Key, json};
use std::fmt::Write;

impl World {
    pub(crate) fn render(&mut self, target: &AggregateId, event: &Event) {
        self.note_names(target, event);
        if let Some(text) = self.text(target, event) {
            let _ = writeln!(self.trace, "  {text}");
        }
    }

    /// The BPMN id of an element of the instance's process.
    pub(crate) fn id_of(&self, target: &AggregateId, ordinal: u32) -> String {
        let AggregateId::Instance { key } = target else { return ordinal.to_string() };
        let Some(process) = self.process_of(*key) else { return ordinal.to_string() };
        match process.element(ordinal) {
            Some(engine::Element::Node(node)) => process.nodes[node].id.to_string(),
            Some(engine::Element::Flow(flow)) => process.flows[flow].id.to_string(),
            _ => process.id.to_string(),
        }
    }

    /// What a key stands for.
    pub(crate) fn name(&self, key: Key) -> &str {
        self.names.get(&key).map_or("", String::as_str)
    }

    /// After a migration elements have the names of the new model.
    fn rename(&mut self, target: &AggregateId) {
        let AggregateId::Instance { key } = target else { return };
        let Some(instance) = self.instance(*key) else { return };
        let elements = instance.elements.iter().map(|it| {
            let id = self.id_of(target, it.ordinal);
            let name = match it.role {
                Role::Plain | Role::Body => id,
                Role::Iteration => format!("{id} {}", it.counter),
                Role::Inner => format!("scope in {id}"),
            };
            (it.key, name)
        });
        let timers = instance.timers.iter().map(|it| (it.key, self.id_of(target, it.ordinal)));
        let conditions = instance.conditions.iter().map(|it| (it.key, self.id_of(target, it.ordinal)));
        let subscriptions = instance.subscriptions.iter();
        let subscriptions =
            subscriptions.map(|it| (it.key, format!("{} at {}", it.name, self.id_of(target, it.ordinal))));
        let names: Vec<(Key, String)> =
            elements.chain(timers).chain(conditions).chain(subscriptions).collect();
        self.names
            .extend(names.into_iter().filter(|(key, _)| self.names.contains_key(key)).collect::<Vec<_>>());
    }

    fn note_names(&mut self, target: &AggregateId, event: &Event) {
        if matches!(event, Event::InstanceMigrated { .. }) {
            self.rename(target);
        }
        let id = |ordinal: u32| self.id_of(target, ordinal);
        let (key, name) = match event {
            Event::InstanceCreated { process_id, .. } => {
                let AggregateId::Instance { key } = target else { return };
                (*key, process_id.to_string())
            }
            Event::ElementActivating { key, ordinal, .. }
            | Event::ElementActivated { key, ordinal, .. }
            | Event::ElementPassed { key, ordinal, .. } => {
                if self.names.contains_key(key) {
                    return;
                }
                (*key, id(*ordinal))
            }
            Event::IterationStarted { key, ordinal, counter, .. } => {
                (*key, format!("{} {counter}", id(*ordinal)))
            }
            Event::InnerStarted { key, ordinal, .. } => (*key, format!("scope in {}", id(*ordinal))),
            Event::TimerScheduled { key, ordinal, .. } | Event::ConditionOpened { key, ordinal, .. } => {
                (*key, id(*ordinal))
            }
            Event::SubscriptionOpened { key, ordinal, name, .. } => {
                (*key, format!("{name} at {}", id(*ordinal)))
            }
            Event::JobCreated { key, job_type, .. } => (*key, job_type.to_string()),
            Event::IncidentCreated { key, ordinal, .. } => (*key, format!("at {}", id(*ordinal))),
            Event::MessagePublished { key, .. } => (*key, String::new()),
            _ => return,
        };
        self.names.insert(key, name);
    }

    #[allow(clippy::too_many_lines)]
    fn text(&self, target: &AggregateId, event: &Event) -> Option<String> {
        let id = |ordinal: &u32| self.id_of(target, *ordinal);
        let ids = |ordinals: &[u32]| ordinals.iter().map(id).collect::<Vec<_>>().join(" ");
        let name = |key: &Key| self.name(*key);
        let text = match event {
            Event::ElementActivating { key, .. } => format!("activating {}", name(key)),
            Event::ElementActivated { key, .. } => format!("activated {}", name(key)),
            Event::ElementPassed { ordinal, .. } => format!("passed {}", id(ordinal)),
            Event::ElementCompleting { key } => format!("completing {}", name(key)),
            Event::ElementTerminating { key } => format!("terminating {}", name(key)),
            Event::ElementCompleted { key } => format!("completed {}", name(key)),
            Event::ElementTerminated { key } => format!("terminated {}", name(key)),
            Event::ElementListened { key } => format!("listened {}", name(key)),
            Event::ElementPlaced { key } => format!("placed {}", name(key)),
            Event::SequenceFlowTaken { ordinal, waits, .. } => {
                format!("flow {}{}", id(ordinal), if *waits { " waits" } else { "" })
            }
            Event::JoinFired { flows, .. } => format!("JoinFired {}", ids(flows)),
            Event::VariablesSet { scope, variables } => {
                let variables = json::join(variables.iter().map(|(n, v)| (&**n, v)));
                format!("variables of {} {variables}", name(scope))
            }
            Event::JobCreated { job_type, retries, kind: record::JobKind::BpmnElement, .. } => {
                format!("job {job_type} retries {retries}")
            }
            Event::JobCreated { job_type, retries, kind, event, .. } => {
                format!("{} job {job_type} retries {retries} {event}", kind.as_str()).trim_end().to_owned()
            }
            Event::JobFailed { retries, .. } => format!("job failed, {retries} retries left"),
            Event::JobPending { handle, poll_at, .. } => format!("job pending as {handle} until {poll_at}"),
            Event::JobAbandoned { job_type, handle, .. } => format!("job {job_type} left {handle} behind"),
            Event::JobActivated { key, .. }
            | Event::JobTimedOut { key }
            | Event::JobRetried { key }
            | Event::JobUpdated { key, .. }
            | Event::JobErrorThrown { key, .. }
            | Event::JobCompleted { key }
            | Event::JobCanceled { key }
            | Event::TimerTriggered { key }
            | Event::TimerCanceled { key }
            | Event::SubscriptionCorrelated { key, .. }
            | Event::SubscriptionClosed { key }
            | Event::ConditionClosed { key }
            | Event::IncidentResolved { key }
            | Event::ScopeInterrupted { key } => format!("{} {}", event.name(), name(key)),
            Event::TimerScheduled { ordinal, due, repetitions, .. } => {
                format!("timer {} at {due}, {repetitions} more", id(ordinal))
            }
            Event::SubscriptionOpened { ordinal, name: signal, signal: true, .. } => {
                format!("waits for signal {signal} at {}", id(ordinal))
            }
            Event::SubscriptionOpened { ordinal, name: message, correlation_key, .. } => {
                format!("waits for {message} '{correlation_key}' at {}", id(ordinal))
            }
            Event::IncidentCreated { kind, message, ordinal, .. } => {
                // One line for one event.
                let message = message.replace('\n', " / ");
                format!("incident {} at {}: {message}", kind.as_str(), id(ordinal))
            }
            Event::ErrorThrown { code, caught_by, .. } => {
                format!("error {code} caught by {}", id(caught_by))
            }
            Event::EscalationThrown { code, caught_by: 0, .. } => format!("escalation {code} not caught"),
            Event::EscalationThrown { code, caught_by, .. } => {
                format!("escalation {code} caught by {}", id(caught_by))
            }
            Event::LoopStarted { total, .. } => format!("loop of {total}"),
            Event::IterationStarted { ordinal, counter, .. } => {
                format!("iteration {counter} of {}", id(ordinal))
            }
            Event::IterationEnded { counter, completed, output, .. } => {
                let how = if *completed { "completed" } else { "terminated" };
                let output = output.as_ref().map(|output| format!(" with {}", output.as_str()));
                format!("iteration {counter} {how}{}", output.unwrap_or_default())
            }
            Event::InnerStarted { ordinal, .. } => format!("inner scope of {}", id(ordinal)),
            Event::AdHocWaiting { key, taken: 0, added } => {
                let names: Vec<String> = added.iter().map(|(activity, _)| id(activity)).collect();
                format!("{} wait for their turn in {}", names.join(", "), name(key))
            }
            Event::AdHocWaiting { key, taken, .. } => {
                format!("{taken} taken of those that wait in {}", name(key))
            }
            Event::ConditionOpened { ordinal, .. } => format!("waits for a condition at {}", id(ordinal)),
            Event::ConditionChanged { key, holds } => format!("condition at {} is {holds}", name(key)),
            Event::EventsReset { ordinal, .. } => format!("EventsReset {}", id(ordinal)),
            Event::CompensationRegistered { ordinal, variables, .. } => {
                let variables = json::join(variables.iter().map(|(n, v)| (&**n, v)));
                format!("can compensate {} {variables}", id(ordinal))
            }
            Event::CompensationStarted { records, cancel, .. } => {
                let records: Vec<&str> = records.iter().map(name).collect();
                format!("compensation of {}{}", records.join(" "), if *cancel { ", cancelling" } else { "" })
            }
            Event::CompensationHandling { record, .. } => format!("compensating {}", name(record)),
            Event::CompensationHandlerEnded { .. } => "compensation goes on without its handler".to_owned(),
            Event::ComplexGatewayActivated { ordinal, awaited, .. } => {
                format!("{} activated, awaits {}", id(ordinal), ids(awaited)).trim_end().to_owned()
            }
            Event::ComplexGatewayReset { ordinal, .. } => format!("{} reset", id(ordinal)),
            Event::EventOccurred { ordinal, part, .. } => {
                format!("part {part} of {} occurred", id(ordinal))
            }
            Event::CallStarted { element, instance } => match instance.is_none() {
                true => format!("{} calls nothing any more", name(element)),
                false => format!("{} calls", name(element)),
            },
            Event::CommandParked { command } => format!("parked {}", command.name()),
            Event::UserTaskAssigned { assignee, .. } => format!("task assigned to '{assignee}'"),
            Event::UserTaskTransition { kind, action, .. } => {
                format!("task {} {action}", kind.as_str()).trim_end().to_owned()
            }
            Event::UserTaskCreating { attributes, form, form_key, .. } => {
                let file = self.catalog.files().get(*form_key);
                let file = file.map(|file| format!(", form {} v{}", file.id, file.version));
                let named = (!form.is_empty()).then(|| format!(", form {form}"));
                let form = file.or(named).unwrap_or_default();
                format!("UserTaskCreating {}{form}", changes(attributes)).trim_end().to_owned()
            }
            Event::UserTaskUpdated { changes: to, .. } | Event::UserTaskCorrected { changes: to, .. } => {
                format!("{} {}", event.name(), changes(to))
            }
            Event::UserTaskDenied { reason, .. } => format!("task denied: {reason}"),
            Event::InstanceCreated { process_id, version, business_id, .. } => {
                let named =
                    if business_id.is_empty() { String::new() } else { format!(" as '{business_id}'") };
                format!("created {process_id} v{version}{named}")
            }
            Event::DefinitionDeployed { .. } | Event::DeploymentCreated { .. } => return None,
            Event::DefinitionDeleted { history, .. } | Event::RequirementsDeleted { history, .. } => {
                format!("{}{}", event.name(), if *history { " with history" } else { "" })
            }
            Event::CommandSent { command, .. } => format!("sent {}", command.name()),
            other => other.name().to_owned(),
        };
        Some(text)
    }
}

/// What changes of a user task, in short.
fn changes(changes: &TaskChanges) -> String {
    let mut parts = Vec::new();
    let mut add = |name: &str, value: Option<String>| parts.extend(value.map(|it| format!("{name} {it}")));
    add("assignee", changes.assignee.as_ref().map(|it| format!("'{it}'")));
    add("users", changes.candidate_users.as_ref().map(|it| format!("{it:?}")));
    add("groups", changes.candidate_groups.as_ref().map(|it| format!("{it:?}")));
    add("due", changes.due_date.as_ref().map(ToString::to_string));
    add("follow-up", changes.follow_up_date.as_ref().map(ToString::to_string));
    add("priority", changes.priority.map(|it| it.to_string()));
    parts.join(", ")
}
