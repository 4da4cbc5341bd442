//! Which flow nodes a token can come to.
//!
//! **Invariant:** what is not reached here is never reached: every way to start or to get on counts as possible.

use std::collections::HashMap;

use crate::model::{EventTrigger, FlowNode, FlowNodeKind, Process, SubProcessKind};

/// What is reached, and the ways between flow nodes beside sequence flows.
pub(super) struct Reach {
    /// By flow node.
    pub(super) nodes: Vec<bool>,
    /// Flow nodes that begin their scope, by flow node.
    pub(super) entries: Vec<bool>,
    /// Link catch events by the link throw event that leads to them.
    pub(super) links: HashMap<usize, Vec<usize>>,
}

impl Reach {
    pub(super) fn new(process: &Process, dead: &[Option<&str>]) -> Self {
        let mut reach = Self {
            nodes: vec![false; process.nodes.len()],
            entries: entries(process),
            links: links(process),
        };
        let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for (index, node) in process.nodes.iter().enumerate() {
            children.entry(node.parent).or_default().push(index);
        }
        let begin = |scope: Option<usize>, waiting: &mut Vec<usize>| {
            let inside = children.get(&scope).into_iter().flatten().copied();
            waiting.extend(inside.filter(|index| reach.entries[*index]));
        };
        let mut waiting = Vec::new();
        begin(None, &mut waiting);
        while let Some(index) = waiting.pop() {
            if std::mem::replace(&mut reach.nodes[index], true) {
                continue;
            }
            let node = &process.nodes[index];
            let taken = node.outgoing.iter().filter(|flow| dead[**flow].is_none());
            waiting.extend(taken.map(|flow| process.flows[*flow].target));
            waiting.extend(&node.boundary);
            waiting.extend(reach.links.get(&index).into_iter().flatten());
            begin(Some(index), &mut waiting);
        }
        reach
    }
}

/// What begins without a token that comes to it.
fn entries(process: &Process) -> Vec<bool> {
    let scope = |node: &FlowNode| node.parent.map_or(0, |parent| parent + 1);
    let mut has_start = vec![false; process.nodes.len() + 1];
    for node in &process.nodes {
        has_start[scope(node)] |= matches!(node.kind, FlowNodeKind::StartEvent { .. });
    }
    let ad_hoc = |node: &FlowNode| {
        node.parent.is_some_and(|parent| {
            matches!(
                process.nodes[parent].kind,
                FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } }
            )
        })
    };
    let begins = |node: &FlowNode| match &node.kind {
        FlowNodeKind::StartEvent { .. } => true,
        FlowNodeKind::BoundaryEvent { .. } => false,
        FlowNodeKind::SubProcess { kind: SubProcessKind::Event } => true,
        FlowNodeKind::ReceiveTask { instantiate: true, .. }
        | FlowNodeKind::EventBasedGateway { instantiate: true, .. } => true,
        FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(_) } => false,
        _ if node.is_for_compensation => true,
        // A scope without start event, or an ad-hoc one, begins at whatever nothing leads to.
        _ => node.incoming.is_empty() && (!has_start[scope(node)] || ad_hoc(node)),
    };
    process.nodes.iter().map(begins).collect()
}

fn links(process: &Process) -> HashMap<usize, Vec<usize>> {
    let mut caught: HashMap<(Option<usize>, &str), Vec<usize>> = HashMap::new();
    for (index, node) in process.nodes.iter().enumerate() {
        if let FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(Some(name)) } = &node.kind {
            caught.entry((node.parent, name)).or_default().push(index);
        }
    }
    let mut out = HashMap::new();
    for (index, node) in process.nodes.iter().enumerate() {
        if let FlowNodeKind::IntermediateThrowEvent { trigger: EventTrigger::Link(Some(name)) } = &node.kind
            && let Some(targets) = caught.get(&(node.parent, name.as_str()))
        {
            out.insert(index, targets.clone());
        }
    }
    out
}
