//! Where the tokens of a join can come from (BPMN 13.4.3): computed once, for each incoming flow.

use super::kinds::Join;
use bpmn::model::{EventTrigger, FlowNodeKind, Process};

/// For each incoming flow of `gateway`, the nodes from which a token gets to it without passing the gateway.
///
/// A token leaves an activity over its outgoing flows and over those of its boundary events, and a throwing link
/// event at the catching one of the same name.
pub(super) fn join(process: &Process, gateway: usize) -> Join {
    let reach = process.nodes[gateway].incoming.iter().map(|&flow| sources(process, gateway, flow)).collect();
    Join { reach }
}

fn sources(process: &Process, gateway: usize, flow: usize) -> Vec<bool> {
    let mut reached = vec![false; process.nodes.len()];
    let mut open = vec![process.flows[flow].source];
    while let Some(node) = open.pop() {
        if node == gateway || std::mem::replace(&mut reached[node], true) {
            continue;
        }
        let model = &process.nodes[node];
        open.extend(model.incoming.iter().map(|&flow| process.flows[flow].source));
        match &model.kind {
            FlowNodeKind::BoundaryEvent { attached_to, .. } => open.push(*attached_to),
            FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(name) } => {
                open.extend(process.nodes.iter().enumerate().filter_map(|(index, other)| {
                    let links = matches!(&other.kind, FlowNodeKind::IntermediateThrowEvent { trigger: EventTrigger::Link(to) } if to == name);
                    (links && other.parent == model.parent).then_some(index)
                }));
            }
            _ => {}
        }
    }
    reached
}
