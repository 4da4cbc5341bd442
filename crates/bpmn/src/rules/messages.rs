//! Rules about what is waited for.

use super::events::{is_blank, triggers};
use super::{Problems, Scope};
use crate::model::{Dialect, EventTrigger, FlowNode, FlowNodeKind};

/// The messages a node waits for or, in plain BPMN, sends; `None` where an event names none.
fn messages(scope: &Scope<'_>, node: &FlowNode) -> Vec<Option<usize>> {
    match &node.kind {
        FlowNodeKind::ReceiveTask { message_ref, .. } => return vec![*message_ref],
        FlowNodeKind::StartEvent { .. }
        | FlowNodeKind::IntermediateCatchEvent { .. }
        | FlowNodeKind::BoundaryEvent { .. } => {}
        // In the dialects a throw event sends by a job.
        FlowNodeKind::IntermediateThrowEvent { .. } | FlowNodeKind::EndEvent { .. }
            if scope.definitions.dialect == Dialect::Plain => {}
        _ => return Vec::new(),
    }
    let message = |it: &EventTrigger| if let EventTrigger::Message(it) = it { Some(*it) } else { None };
    triggers(node).iter().filter_map(message).collect()
}

/// In plain BPMN a message flow names the message of its ends.
fn has_message_flow(scope: &Scope<'_>, node: &FlowNode) -> bool {
    let mut flows = scope.definitions.collaborations.iter().flat_map(|it| &it.message_flows);
    scope.definitions.dialect == Dialect::Plain
        && flows.any(|flow| flow.source_ref == node.id || flow.target_ref == node.id)
}

/// `bpmn.message-missing`, `bpmn.message-name`, `zeebe.correlation-key`: what is waited for must be identifiable.
pub(super) fn message(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let starts_instance = matches!(node.kind, FlowNodeKind::StartEvent { .. }) && node.parent.is_none();
        for reference in messages(scope, node) {
            if reference.is_none() && has_message_flow(scope, node) {
                continue;
            }
            let Some(message) = reference.map(|index| &scope.definitions.messages[index]) else {
                let message = "no message is named".to_owned();
                problems.node(node, "bpmn.message-missing", message, "add messageRef and a message element");
                continue;
            };
            if is_blank(message.name.as_ref()) {
                let text = format!("the message `{}` has no name", message.id);
                problems.node(
                    node,
                    "bpmn.message-name",
                    text,
                    "name the message; messages correlate by name",
                );
            }
            let zeebe = scope.definitions.dialect == Dialect::Zeebe;
            if zeebe && !starts_instance && is_blank(message.correlation_key.as_ref()) {
                let text = format!("the message `{}` has no correlation key", message.id);
                let help = "add <zeebe:subscription correlationKey=\"=...\"/> to the message";
                problems.node(node, "zeebe.correlation-key", text, help);
            } else if let Some(key) = message.correlation_key.as_ref().filter(|key| zeebe && key.is_static())
            {
                let text = format!("the correlation key `{}` is a text, not an expression", key.text);
                problems.node(node, "zeebe.expression-required", text, "start it with `=`");
            }
        }
    }
}
