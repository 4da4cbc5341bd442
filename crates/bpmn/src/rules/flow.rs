//! Rules about sequence flows, gateways and what they connect.

use super::{Problems, Scope};
use crate::model::{Dialect, EventTrigger, FlowNode, FlowNodeKind, SubProcessKind};

/// `bpmn.start-with-incoming`: a start event begins its scope (13.5.1).
pub(super) fn start_with_incoming(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        if matches!(node.kind, FlowNodeKind::StartEvent { .. }) && !node.incoming.is_empty() {
            let message = "a start event has incoming sequence flows".to_owned();
            let help = "let the flows lead to the element after the start event";
            problems.node(node, "bpmn.start-with-incoming", message, help);
        }
    }
}

/// `bpmn.end-with-outgoing`: an end event ends a path.
pub(super) fn end_with_outgoing(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        if matches!(node.kind, FlowNodeKind::EndEvent { .. }) && !node.outgoing.is_empty() {
            let message = "an end event has outgoing sequence flows".to_owned();
            let help = "use an intermediate throw event, or remove the flows";
            problems.node(node, "bpmn.end-with-outgoing", message, help);
        }
    }
}

/// `bpmn.boundary-with-incoming`: boundary events are triggered, not reached; compensation leads on by association.
pub(super) fn boundary_with_incoming(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let FlowNodeKind::BoundaryEvent { trigger, .. } = &node.kind else { continue };
        if !node.incoming.is_empty() {
            let message = "a boundary event has incoming sequence flows".to_owned();
            problems.node(node, "bpmn.boundary-with-incoming", message, "remove the flows");
        }
        let compensation = matches!(trigger, EventTrigger::Compensation { .. });
        if compensation && !node.outgoing.is_empty() {
            let message = "a compensation boundary event has outgoing sequence flows".to_owned();
            let help = "connect it to its handler by an association";
            problems.node(node, "bpmn.compensation-with-flow", message, help);
        }
        if !compensation && node.outgoing.is_empty() && scope.definitions.dialect != Dialect::Zeebe {
            let message = "a boundary event has no outgoing sequence flow".to_owned();
            problems.node(
                node,
                "bpmn.boundary-without-outgoing",
                message,
                "connect it to what handles the event",
            );
        }
    }
}

/// `bpmn.boundary-attachment`: a boundary event sits on an activity of its own scope.
pub(super) fn boundary_attachment(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (index, node) in scope.nodes() {
        let FlowNodeKind::BoundaryEvent { attached_to, .. } = &node.kind else { continue };
        let host = &scope.process.nodes[*attached_to];
        // A dangling reference, or one to an element that is no activity, has been reported as such.
        if *attached_to == index || !host.kind.is_activity() {
            continue;
        }
        if host.parent != node.parent {
            let message = format!("a boundary event is not in the scope of its activity `{}`", host.id);
            problems.node(
                node,
                "bpmn.boundary-attachment",
                message,
                "move it into the scope of the activity",
            );
        }
        if matches!(host.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event }) {
            let message = format!("a boundary event is attached to the event sub-process `{}`", host.id);
            problems.node(node, "bpmn.boundary-attachment", message, "attach it to another activity");
        }
    }
}

/// `bpmn.event-sub-process-with-flows`: an event sub-process is started by its event, not by flows (10.3.5).
pub(super) fn event_sub_process_with_flows(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let event = matches!(node.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event });
        if event && !(node.incoming.is_empty() && node.outgoing.is_empty()) {
            let message = "an event sub-process has sequence flows".to_owned();
            let help = "remove the flows, or make it an ordinary sub-process";
            problems.node(node, "bpmn.event-sub-process-with-flows", message, help);
        }
    }
}

/// `bpmn.gateway-without-outgoing`: a gateway passes tokens on.
pub(super) fn gateway_without_outgoing(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        if node.kind.is_gateway() && node.outgoing.is_empty() {
            let message = "a gateway has no outgoing sequence flow".to_owned();
            problems.node(node, "bpmn.gateway-without-outgoing", message, "connect it to an element");
        }
    }
}

/// `bpmn.condition-not-allowed`: only activities and exclusive, inclusive and complex gateways choose (10.6.1).
pub(super) fn condition_source(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for flow in scope.process.flows.iter().filter(|flow| flow.condition.is_some()) {
        let source = &scope.process.nodes[flow.source];
        let looked_at = match &source.kind {
            FlowNodeKind::ExclusiveGateway
            | FlowNodeKind::InclusiveGateway
            | FlowNodeKind::ComplexGateway { .. } => continue,
            kind if kind.is_activity() => continue,
            // Its flows lead to events, which decide (10.6.6).
            FlowNodeKind::EventBasedGateway { .. } => None,
            // A parallel gateway puts a token on each of its flows (13.4.1). In the dialect of Camunda 8, which refuses
            // such models, what is written is done.
            FlowNodeKind::ParallelGateway => Some(scope.definitions.dialect == Dialect::Zeebe),
            _ => Some(true),
        };
        let name = source.kind.element_name();
        let mut message = format!("a sequence flow out of a `{name}` has a condition");
        let help = "remove the condition, or put an exclusive or inclusive gateway before it";
        let (id, at) = (Some(flow.id.clone()), (flow.line, flow.column));
        match looked_at {
            None => problems.error("bpmn.condition-not-allowed", id, at, message, help),
            Some(looked_at) => {
                message +=
                    if looked_at { "; a token takes it where it is true" } else { ", which is ignored" };
                problems.warning("bpmn.condition-not-allowed", id, at, message, help);
            }
        }
    }
}

/// `bpmn.condition-missing`: a gateway that chooses needs something to choose by; empty conditions are none.
pub(super) fn condition_missing(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (index, flow) in scope.process.flows.iter().enumerate() {
        let source = &scope.process.nodes[flow.source];
        let chooses = matches!(source.kind, FlowNodeKind::ExclusiveGateway | FlowNodeKind::InclusiveGateway)
            && source.outgoing.len() > 1;
        match &flow.condition {
            None if chooses && source.default_flow != Some(index) => {
                let message =
                    format!("a sequence flow out of `{}` has no condition and is not the default", source.id);
                let help = "give it a condition, or make it the default flow";
                let (id, at) = (Some(flow.id.clone()), (flow.line, flow.column));
                match scope.definitions.dialect {
                    Dialect::Zeebe => problems.error("bpmn.condition-missing", id, at, message, help),
                    // In plain BPMN a flow without condition is one that always holds.
                    _ => problems.warning("bpmn.condition-missing", id, at, message, help),
                }
            }
            Some(condition) if condition.text.trim().is_empty() => {
                let message = "the condition of a sequence flow is empty".to_owned();
                problems.flow(flow, "bpmn.condition-missing", message, "write a FEEL expression");
            }
            Some(condition) if condition.is_static() && scope.definitions.dialect == Dialect::Zeebe => {
                let message = format!("the condition `{}` is a text, not an expression", condition.text);
                problems.flow(flow, "zeebe.expression-required", message, "start it with `=`");
            }
            _ => {}
        }
    }
}

/// `bpmn.default-flow`: the default flow leaves its element; a condition on it is never evaluated.
pub(super) fn default_flow(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (index, node) in scope.nodes() {
        let Some(default) = node.default_flow else { continue };
        let flow = &scope.process.flows[default];
        if flow.source != index {
            let message = format!("the default flow `{}` does not leave this element", flow.id);
            problems.node(node, "bpmn.default-flow", message, "name one of its outgoing flows");
        } else if flow.condition.is_some() {
            let at = (flow.line, flow.column);
            let message = "the default flow has a condition, which is not evaluated".to_owned();
            problems.warning("bpmn.default-flow", Some(flow.id.clone()), at, message, "remove the condition");
        }
    }
}

/// `bpmn.event-based-gateway`: it waits for what its flows lead to (10.6.6).
pub(super) fn event_based_gateway(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (index, node) in scope.nodes() {
        if !matches!(node.kind, FlowNodeKind::EventBasedGateway { .. }) {
            continue;
        }
        if node.outgoing.len() < 2 {
            let message = "an event-based gateway has fewer than two outgoing sequence flows".to_owned();
            problems.node(node, "bpmn.event-based-gateway", message, "let it wait for at least two events");
        }
        let targets =
            || node.outgoing.iter().map(|flow| &scope.process.nodes[scope.process.flows[*flow].target]);
        for target in targets() {
            if let Some(reason) = not_awaitable(target) {
                let message =
                    format!("the event-based gateway `{}` leads to `{}`, {reason}", node.id, target.id);
                let help = "lead it to message, timer, signal or conditional catch events, or receive tasks";
                problems.node(target, "bpmn.event-based-gateway", message, help);
            }
            let from_elsewhere =
                target.incoming.iter().any(|flow| scope.process.flows[*flow].source != index);
            if from_elsewhere {
                let message =
                    format!("`{}` follows an event-based gateway and has other incoming flows", target.id);
                problems.node(target, "bpmn.event-based-gateway", message, "remove the other flows");
            }
        }
        let message_event = |it: &FlowNode| {
            matches!(it.kind, FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Message(_) })
        };
        let receives = targets().any(|it| matches!(it.kind, FlowNodeKind::ReceiveTask { .. }));
        if receives && targets().any(message_event) {
            let message = "an event-based gateway leads to message events and to receive tasks".to_owned();
            problems.node(node, "bpmn.event-based-gateway", message, "use one of the two kinds");
        }
    }
}

fn not_awaitable(target: &FlowNode) -> Option<&'static str> {
    match &target.kind {
        FlowNodeKind::IntermediateCatchEvent { trigger } => match trigger {
            EventTrigger::Link(_) => Some("a link event"),
            _ => None,
        },
        FlowNodeKind::ReceiveTask { .. } if !target.boundary.is_empty() => {
            Some("a receive task with boundary events")
        }
        FlowNodeKind::ReceiveTask { .. } => None,
        _ => Some("which is no catch event or receive task"),
    }
}

/// `bpmn.no-incoming`, `bpmn.no-outgoing`: where a scope has start events, everything begins there; where it has
/// end events, everything ends there (10.5.2, 10.5.3). Camunda 8 accepts such elements, so they are warnings there.
pub(super) fn unconnected(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    use FlowNodeKind::{BoundaryEvent, EndEvent, IntermediateCatchEvent, IntermediateThrowEvent, StartEvent};
    let nodes = &scope.process.nodes;
    let scopes = nodes.len() + 1;
    let (mut has_start, mut has_end) = (vec![false; scopes], vec![false; scopes]);
    let at = |node: &FlowNode| node.parent.map_or(0, |parent| parent + 1);
    for node in nodes {
        has_start[at(node)] |= matches!(node.kind, StartEvent { .. });
        has_end[at(node)] |= matches!(node.kind, EndEvent { .. });
    }
    for node in nodes {
        if stands_alone(scope, node) {
            continue;
        }
        let mut report = |code, message: &str, help: &str| match scope.definitions.dialect {
            Dialect::Zeebe => problems.node_warning(node, code, message.to_owned(), help),
            _ => problems.node(node, code, message.to_owned(), help),
        };
        let link = matches!(node.kind.trigger(), Some(EventTrigger::Link(_)));
        let needs_incoming = match &node.kind {
            StartEvent { .. } | BoundaryEvent { .. } => false,
            IntermediateCatchEvent { .. } => !link,
            IntermediateThrowEvent { .. } | EndEvent { .. } => true,
            _ => has_start[at(node)] && !instantiates(node),
        };
        if needs_incoming && node.incoming.is_empty() {
            report("bpmn.no-incoming", "the element is never reached", "connect it, or remove it");
        }
        let needs_outgoing = match &node.kind {
            EndEvent { .. } | BoundaryEvent { .. } => false,
            IntermediateThrowEvent { .. } => !link,
            StartEvent { .. } | IntermediateCatchEvent { .. } => true,
            _ => has_end[at(node)] && !node.kind.is_gateway(),
        };
        if needs_outgoing && node.outgoing.is_empty() {
            report(
                "bpmn.no-outgoing",
                "the element leads nowhere",
                "connect it to an end event, or remove it",
            );
        }
    }
}

/// `bpmn.gateway-without-choice`: a gateway splits or joins (10.6.1). Camunda 8 lets it pass tokens on.
pub(super) fn gateway_without_choice(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        // Parallel gateways are `lint.single-join`.
        let parallel = matches!(node.kind, FlowNodeKind::ParallelGateway) && node.incoming.len() == 1;
        if node.kind.is_gateway() && !parallel && node.outgoing.len() == 1 && node.incoming.len() < 2 {
            let message = "a gateway neither splits nor joins".to_owned();
            problems.node_warning(node, "bpmn.gateway-without-choice", message, "remove it, or add a flow");
        }
    }
}

fn instantiates(node: &FlowNode) -> bool {
    matches!(
        node.kind,
        FlowNodeKind::ReceiveTask { instantiate: true, .. }
            | FlowNodeKind::EventBasedGateway { instantiate: true, .. }
    )
}

/// Compensation handlers, event sub-processes and activities of ad-hoc sub-processes need no flows.
fn stands_alone(scope: &Scope<'_>, node: &FlowNode) -> bool {
    let in_ad_hoc = node.parent.is_some_and(|parent| {
        matches!(
            scope.process.nodes[parent].kind,
            FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } }
        )
    });
    node.is_for_compensation
        || in_ad_hoc
        || matches!(node.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event })
}
