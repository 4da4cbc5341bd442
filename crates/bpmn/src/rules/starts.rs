//! Rules about how scopes start.

use super::{Problems, Scope};
use crate::model::{EventTrigger, FlowNode, FlowNodeKind, SubProcessKind};

fn is_start(node: &FlowNode) -> bool {
    matches!(node.kind, FlowNodeKind::StartEvent { .. })
}

/// `bpmn.several-none-starts`: creating an instance must say where it begins.
pub(super) fn several_none_starts(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let none = |node: &&FlowNode| {
        node.parent.is_none()
            && matches!(node.kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. })
    };
    for node in scope.process.nodes.iter().filter(none).skip(1) {
        let message = format!("the process `{}` has more than one none start event", scope.process.id);
        let help = "keep one; give the others a message, timer or signal, or join them by a gateway";
        problems.node(node, "bpmn.several-none-starts", message, help);
    }
}

/// `bpmn.sub-process-start`: a sub-process starts at one none start event, an event sub-process at one event
/// (10.3.5); an ad-hoc sub-process has neither start nor end events.
pub(super) fn sub_process_starts(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let nodes = &scope.process.nodes;
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in scope.nodes() {
        if let Some(parent) = node.parent.filter(|_| is_start(node)) {
            starts[parent].push(index);
        }
    }
    for (index, node) in scope.nodes() {
        let FlowNodeKind::SubProcess { kind } = &node.kind else { continue };
        let starts = &starts[index];
        match kind {
            SubProcessKind::Event if starts.len() != 1 => {
                let message = format!("an event sub-process has {} start events", starts.len());
                problems.node(
                    node,
                    "bpmn.sub-process-start",
                    message,
                    "give it exactly one, with an event definition",
                );
            }
            SubProcessKind::Event => {}
            SubProcessKind::AdHoc { .. } => ad_hoc(scope, index, node, problems),
            SubProcessKind::Embedded | SubProcessKind::Transaction if starts.len() > 1 => {
                let message = format!("a sub-process has {} start events", starts.len());
                problems.node(node, "bpmn.sub-process-start", message, "keep one none start event");
            }
            SubProcessKind::Embedded | SubProcessKind::Transaction => {}
        }
    }
}

fn ad_hoc(scope: &Scope<'_>, index: usize, node: &FlowNode, problems: &mut Problems<'_>) {
    let mut activities = 0;
    for child in scope.process.nodes.iter().filter(|child| child.parent == Some(index)) {
        activities += usize::from(child.kind.is_activity());
        if matches!(child.kind, FlowNodeKind::StartEvent { .. } | FlowNodeKind::EndEvent { .. }) {
            let message = format!("an ad-hoc sub-process contains a `{}`", child.kind.element_name());
            problems.node(
                child,
                "bpmn.ad-hoc-content",
                message,
                "remove it; its activities start on their own",
            );
        }
    }
    if activities == 0 {
        let message = "an ad-hoc sub-process contains no activity".to_owned();
        problems.node(node, "bpmn.ad-hoc-content", message, "add an activity");
    }
}
