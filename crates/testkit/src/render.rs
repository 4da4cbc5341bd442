//! One line for each event, without keys.

use crate::World;
use record::{AggregateId, Event, json};
use std::fmt::Write;

impl World {
    pub(crate) fn render(&mut self, target: &AggregateId, event: &Event) {
        let name = |ordinal: &u32| -> String {
            let AggregateId::Instance { key } = target else { return ordinal.to_string() };
            let id = AggregateId::from(*key).store_key();
            let definition = self.aggregates.get(&id).and_then(|(_, a)| a.instance()).map(|i| i.definition);
            let process = definition.and_then(|key| self.catalog.definition(key)).map(|d| d.process.clone());
            let Some(process) = process else { return ordinal.to_string() };
            match process.element(*ordinal) {
                Some(engine::Element::Node(node)) => process.nodes[node].id.to_string(),
                Some(engine::Element::Flow(flow)) => process.flows[flow].id.to_string(),
                _ => process.id.to_string(),
            }
        };
        let text = match event {
            Event::ElementActivating { ordinal, .. } => format!("activating {}", name(ordinal)),
            Event::ElementActivated { ordinal, .. } => format!("activated {}", name(ordinal)),
            Event::ElementPassed { ordinal, .. } => format!("passed {}", name(ordinal)),
            Event::SequenceFlowTaken { ordinal, waits, .. } => {
                format!("flow {}{}", name(ordinal), if *waits { " waits" } else { "" })
            }
            Event::VariablesSet { variables, .. } => {
                format!("variables {}", json::join(variables.iter().map(|(n, v)| (&**n, v))))
            }
            Event::JobCreated { job_type, retries, kind: record::JobKind::BpmnElement, .. } => {
                format!("job {job_type} retries {retries}")
            }
            Event::JobCreated { job_type, retries, kind, .. } => {
                format!("{} job {job_type} retries {retries}", kind.as_str())
            }
            Event::JobFailed { retries, .. } => format!("job failed, {retries} retries left"),
            Event::JobPending { handle, poll_at, .. } => format!("job pending as {handle} until {poll_at}"),
            Event::JobAbandoned { job_type, handle, .. } => format!("job {job_type} left {handle} behind"),
            Event::TimerScheduled { ordinal, due, repetitions, .. } => {
                format!("timer {} at {due}, {repetitions} more", name(ordinal))
            }
            Event::SubscriptionOpened { ordinal, name: signal, signal: true, .. } => {
                format!("waits for signal {signal} at {}", name(ordinal))
            }
            Event::SubscriptionOpened { ordinal, name: message, correlation_key, .. } => {
                format!("waits for {message} '{correlation_key}' at {}", name(ordinal))
            }
            Event::IncidentCreated { kind, message, ordinal, .. } => {
                format!("incident {} at {}: {message}", kind.as_str(), name(ordinal))
            }
            Event::ErrorThrown { code, caught_by, .. } => {
                format!("error {code} caught by {}", name(caught_by))
            }
            Event::EscalationThrown { code, caught_by: 0, .. } => format!("escalation {code} not caught"),
            Event::EscalationThrown { code, caught_by, .. } => {
                format!("escalation {code} caught by {}", name(caught_by))
            }
            Event::LoopStarted { total, .. } => format!("loop of {total}"),
            Event::IterationStarted { ordinal, counter, .. } => {
                format!("iteration {counter} of {}", name(ordinal))
            }
            Event::IterationEnded { counter, completed, output, .. } => {
                let how = if *completed { "completed" } else { "terminated" };
                let output = output.as_ref().map(|output| format!(" with {}", output.as_str()));
                format!("iteration {counter} {how}{}", output.unwrap_or_default())
            }
            Event::InnerStarted { ordinal, .. } => format!("inner scope of {}", name(ordinal)),
            Event::ConditionOpened { ordinal, .. } => format!("waits for a condition at {}", name(ordinal)),
            Event::ConditionChanged { holds, .. } => format!("condition is {holds}"),
            Event::CompensationRegistered { ordinal, variables, .. } => {
                let variables = json::join(variables.iter().map(|(n, v)| (&**n, v)));
                format!("can compensate {} {variables}", name(ordinal))
            }
            Event::CompensationStarted { records, cancel, .. } => {
                format!("compensation of {}{}", records.len(), if *cancel { ", cancelling" } else { "" })
            }
            Event::ComplexGatewayActivated { ordinal, awaited, .. } => {
                format!("{} activated, awaits {}", name(ordinal), awaited.len())
            }
            Event::ComplexGatewayReset { ordinal, .. } => format!("{} reset", name(ordinal)),
            Event::EventOccurred { ordinal, part, .. } => {
                format!("part {part} of {} occurred", name(ordinal))
            }
            Event::CommandParked { command } => format!("parked {}", command.name()),
            Event::UserTaskAssigned { assignee, .. } => format!("task assigned to '{assignee}'"),
            Event::UserTaskTransition { kind, action, .. } => format!("task {} {action}", kind.as_str()),
            Event::InstanceCreated { process_id, version, .. } => format!("created {process_id} v{version}"),
            Event::DefinitionDeployed { .. } | Event::DeploymentCreated { .. } => return,
            Event::CommandSent { command, .. } => format!("sent {}", command.name()),
            other => other.name().to_owned(),
        };
        let _ = writeln!(self.trace, "  {text}");
    }
}
