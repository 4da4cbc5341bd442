//! Warnings about models that break no rule and yet cannot do what they show: what is never reached, ways that are
//! never taken, joins that wait forever, choices that may find no way.
//!
//! **Invariant:** a warning about what never happens is given only where it follows from the flow alone, whatever the
//! data are; where the analysis does not know, it is silent.

mod deadlock;
mod reach;

use super::{Problems, Scope};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Definitions, Dialect, EventTrigger, FlowNode, FlowNodeKind, Process, SequenceFlow, SubProcessKind,
};

use reach::Reach;

/// Every warning about the processes of a file.
pub(crate) fn check(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut problems = Problems::new(&definitions.file);
    for process in &definitions.processes {
        let scope = Scope { definitions, process };
        let dead = dead_flows(&scope);
        let reach = Reach::new(process, &dead);
        dead_paths(&scope, &dead, &reach, &mut problems);
        unreachable_nodes(&scope, &reach, &mut problems);
        single_join(&scope, &mut problems);
        boundary_without_outgoing(&scope, &mut problems);
        missing_default(&scope, &mut problems);
        cancel_without_boundary(&scope, &mut problems);
        for (node, message) in deadlock::find(process, &dead, &reach) {
            let help = "join exclusive ways by an exclusive gateway, or split in parallel";
            problems.node_warning(&process.nodes[node], "lint.deadlock", message, help);
        }
    }
    problems.into_list()
}

/// A condition that is the same whatever the data are.
fn constant(flow: &SequenceFlow) -> Option<bool> {
    let text = flow.condition.as_ref()?.text.trim();
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    match inner.trim() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// For each sequence flow why it is never taken, if so.
fn dead_flows(scope: &Scope<'_>) -> Vec<Option<&'static str>> {
    let process = scope.process;
    let mut dead = vec![None; process.flows.len()];
    // A drawing leaves conditions out; that does not make its ways dead.
    if !process.executable {
        return dead;
    }
    for (_, node) in scope.nodes() {
        let is_default = |flow: usize| node.default_flow == Some(flow);
        let conditions = || node.outgoing.iter().filter(|flow| process.flows[**flow].condition.is_some());
        for flow in conditions().filter(|flow| !is_default(**flow)) {
            if constant(&process.flows[*flow]) == Some(false) {
                dead[*flow] = Some("its condition is never true");
            }
        }
        if !matches!(node.kind, FlowNodeKind::ExclusiveGateway) || conditions().next().is_none() {
            continue;
        }
        let always = |flow: &SequenceFlow| flow.condition.is_none() || constant(flow) == Some(true);
        let mut ways = node.outgoing.iter().filter(|flow| !is_default(**flow));
        if ways.any(|flow| always(&process.flows[*flow])) {
            let later = ways.copied().chain(node.default_flow.filter(|flow| node.outgoing.contains(flow)));
            for flow in later {
                dead[flow] = Some("a way before it is always taken");
            }
        }
    }
    dead
}

/// `lint.dead-path`: a sequence flow that is never taken.
fn dead_paths(scope: &Scope<'_>, dead: &[Option<&str>], reach: &Reach, problems: &mut Problems<'_>) {
    for (flow, reason) in scope.process.flows.iter().zip(dead) {
        if let Some(reason) = reason.filter(|_| reach.nodes[flow.source]) {
            let message = format!("the sequence flow is never taken: {reason}");
            let help = "correct the conditions and their order, or remove the flow";
            let at = (flow.line, flow.column);
            problems.warning("lint.dead-path", Some(flow.id.clone()), at, message, help);
        }
    }
}

/// `lint.unreachable`: an element that no token comes to. What has no flows at all is `bpmn.no-incoming`.
fn unreachable_nodes(scope: &Scope<'_>, reach: &Reach, problems: &mut Problems<'_>) {
    for (index, node) in scope.nodes() {
        let parent_is_reached = node.parent.is_none_or(|parent| reach.nodes[parent]);
        let is_boundary = matches!(node.kind, FlowNodeKind::BoundaryEvent { .. });
        if reach.nodes[index] || !parent_is_reached || (node.incoming.is_empty() && !is_boundary) {
            continue;
        }
        let name = node.kind.element_name();
        let message = format!("the `{name}` can never be reached");
        problems.node_warning(node, "lint.unreachable", message, "lead a sequence flow to it, or remove it");
    }
}

/// `lint.single-join`: a parallel gateway that has nothing to wait for and nothing to start.
fn single_join(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let parallel = matches!(node.kind, FlowNodeKind::ParallelGateway);
        if parallel && node.incoming.len() == 1 && node.outgoing.len() == 1 {
            let message = "a parallel gateway has one incoming and one outgoing sequence flow".to_owned();
            problems.node_warning(
                node,
                "lint.single-join",
                message,
                "connect the flows it shall join, or remove it",
            );
        }
    }
}

/// `lint.boundary-without-outgoing`: Camunda 8 lets a boundary event end a path without a word.
fn boundary_without_outgoing(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes().filter(|_| scope.definitions.dialect == Dialect::Zeebe) {
        let FlowNodeKind::BoundaryEvent { trigger, .. } = &node.kind else { continue };
        if node.outgoing.is_empty() && !matches!(trigger, EventTrigger::Compensation { .. }) {
            let message = "nothing follows the boundary event".to_owned();
            let help = "connect it to what handles the event";
            problems.node_warning(node, "lint.boundary-without-outgoing", message, help);
        }
    }
}

/// `lint.cancel-without-boundary`: a transaction that is cancelled and has no cancel boundary event is left nowhere.
fn cancel_without_boundary(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let nodes = &scope.process.nodes;
    let ends = |node: &FlowNode| matches!(&node.kind, FlowNodeKind::EndEvent { trigger } if cancels(trigger));
    let catches = |node: &FlowNode| matches!(&node.kind, FlowNodeKind::BoundaryEvent { trigger, .. } if cancels(trigger));
    for (_, node) in scope.nodes().filter(|(_, node)| ends(node)) {
        let mut at = node.parent;
        while let Some(index) = at.filter(|index| !is_transaction(&nodes[*index])) {
            at = nodes[index].parent;
        }
        let Some(transaction) = at.map(|index| &nodes[index]) else { continue };
        if !transaction.boundary.iter().any(|event| catches(&nodes[*event])) {
            let message = format!("the transaction `{}` is cancelled and no event leads on", transaction.id);
            let help = "attach a cancel boundary event to the transaction";
            problems.node_warning(node, "lint.cancel-without-boundary", message, help);
        }
    }
}

fn is_transaction(node: &FlowNode) -> bool {
    matches!(node.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Transaction })
}

fn cancels(trigger: &EventTrigger) -> bool {
    match trigger {
        EventTrigger::Cancel => true,
        EventTrigger::Multiple { triggers, .. } => triggers.iter().any(cancels),
        _ => false,
    }
}

/// `lint.missing-default`: an element whose ways all have conditions, none of which need be true.
fn missing_default(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes().filter(|_| scope.process.executable) {
        let chooses = node.kind.is_activity()
            || matches!(
                node.kind,
                FlowNodeKind::ExclusiveGateway
                    | FlowNodeKind::InclusiveGateway
                    | FlowNodeKind::ComplexGateway { .. }
            );
        if chooses
            && node.default_flow.is_none()
            && !node.outgoing.is_empty()
            && may_find_no_way(scope.process, node)
        {
            let message = "all ways out of it have conditions, and none is the default".to_owned();
            let help = "make one the default flow; without a way to take the instance stops with an incident";
            problems.node_warning(node, "lint.missing-default", message, help);
        }
    }
}

fn may_find_no_way(process: &Process, node: &FlowNode) -> bool {
    let flows = || node.outgoing.iter().map(|flow| &process.flows[*flow]);
    flows().all(|flow| flow.condition.is_some() && constant(flow) != Some(true))
}
