//! Rules about how scopes start.

use super::{Problems, Scope};
use crate::model::{Dialect, EventTrigger, FlowNode, FlowNodeKind, SubProcessKind};

fn is_start(node: &FlowNode) -> bool {
    matches!(node.kind, FlowNodeKind::StartEvent { .. })
}

/// `bpmn.several-none-starts`: creating an instance must say where it begins.
pub(super) fn several_none_starts(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let none = |node: &&FlowNode| {
        node.parent.is_none()
            && matches!(node.kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. })
    };
    // In plain BPMN an instance begins at all of them.
    if scope.definitions.dialect != Dialect::Zeebe {
        return;
    }
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

/// `bpmn.start-without-end`: a scope that shows where it starts shows where it ends, and the other way round
/// (10.5.2, 10.5.3). Camunda 8 does not ask for it.
pub(super) fn starts_and_ends(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    if scope.definitions.dialect == Dialect::Zeebe {
        return;
    }
    let nodes = &scope.process.nodes;
    let at = |node: &FlowNode| node.parent.map_or(0, |parent| parent + 1);
    let mut first: Vec<[Option<usize>; 2]> = vec![[None; 2]; nodes.len() + 1];
    let mut instantiated = vec![false; nodes.len() + 1];
    for (index, node) in scope.nodes() {
        let side = match &node.kind {
            FlowNodeKind::StartEvent { .. } => 0,
            FlowNodeKind::EndEvent { .. } => 1,
            kind => {
                instantiated[at(node)] |= is_instantiating(kind);
                continue;
            }
        };
        first[at(node)][side].get_or_insert(index);
    }
    for (sides, instantiated) in first.into_iter().zip(instantiated) {
        let (node, what, missing) = match sides {
            [Some(start), None] => (start, "a start", "end"),
            [None, Some(end)] if !instantiated => (end, "an end", "start"),
            _ => continue,
        };
        let message = format!("the scope has {what} event and no {missing} event");
        problems.node(&nodes[node], "bpmn.start-without-end", message, &format!("add a {missing} event"));
    }
}

fn is_instantiating(kind: &FlowNodeKind) -> bool {
    matches!(
        kind,
        FlowNodeKind::ReceiveTask { instantiate: true, .. }
            | FlowNodeKind::EventBasedGateway { instantiate: true, .. }
    )
}

/// `bpmn.instantiating`: what starts an instance is not reached inside one (10.3.3, 10.6.6).
pub(super) fn instantiating(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let instantiates = is_instantiating(&node.kind);
        if instantiates && !node.incoming.is_empty() {
            let message =
                format!("a `{}` that starts instances has incoming sequence flows", node.kind.element_name());
            problems.node(node, "bpmn.instantiating", message, "remove the flows, or instantiate");
        }
    }
}

/// `bpmn.called-process`: a process that is called begins at a none start event (10.3.4).
pub(super) fn called_process(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let FlowNodeKind::CallActivity { called_element: Some(called) } = &node.kind else { continue };
        let Some(process) = scope.definitions.process(called) else { continue };
        let mut starts = process.nodes.iter().filter(|it| it.parent.is_none() && is_start(it)).peekable();
        let none =
            |it: &FlowNode| matches!(it.kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. });
        if starts.peek().is_some() && !starts.any(none) {
            let message = format!("the called process `{called}` has no none start event");
            problems.node(node, "bpmn.called-process", message, "add one to it");
        }
    }
}
