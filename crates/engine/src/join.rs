//! Joins that wait for what can still come: inclusive gateways, and complex gateways that reset (BPMN 13.4.3, 13.4.5).
//!
//! They are looked at when no token can move any more, in document order; the first that may fire does.

use crate::compile::{Join, NodeKind};
use crate::elements;
use crate::instance::Role;
use crate::run::Run;
use record::Key;

impl Run<'_> {
    /// Fires one join that waits for nothing any more. False where none may.
    pub(crate) fn settle_joins(&mut self) -> bool {
        let process = self.process;
        let mut places: Vec<(u32, Key, usize)> = Vec::new();
        for (scope, flow) in &self.instance.waiting {
            let Some(crate::compile::Element::Flow(flow)) = process.element(*flow) else { continue };
            let node = process.flows[flow].target;
            let waits = matches!(
                process.nodes[node].kind,
                NodeKind::InclusiveGateway(_) | NodeKind::ComplexGateway(_)
            );
            let place = (process.nodes[node].ordinal, *scope, node);
            if waits && !places.contains(&place) {
                places.push(place);
            }
        }
        for gateway in &self.instance.resetting {
            let found = process.node(gateway.ordinal).map(|(node, _)| (gateway.ordinal, gateway.scope, node));
            places.extend(found.filter(|place| !places.contains(place)));
        }
        places.sort_unstable();
        places.into_iter().any(|(_, scope, node)| match &process.nodes[node].kind {
            NodeKind::InclusiveGateway(Some(join)) => {
                elements::inclusive_gateway::settle(self, node, join, scope)
            }
            NodeKind::ComplexGateway(gateway) => {
                elements::complex_gateway::settle(self, node, gateway, scope)
            }
            _ => false,
        })
    }

    /// Incoming flows of a gateway with a token in `scope`, by position, each once.
    pub(crate) fn arrived(&self, node: usize, scope: Key) -> Vec<bool> {
        let process = self.process;
        let incoming = &process.nodes[node].incoming;
        let waits = |flow: &usize| self.instance.waiting.contains(&(scope, process.flows[*flow].ordinal));
        incoming.iter().map(waits).collect()
    }

    /// True where a token can still come to one of the `empty` incoming flows of a gateway that cannot come to one
    /// of those where one `arrived`.
    pub(crate) fn more_may_come(
        &self,
        node: usize,
        join: &Join,
        scope: Key,
        empty: &[bool],
        arrived: &[bool],
    ) -> bool {
        let matters = |at: usize| {
            let reaches = |wanted: &[bool]| join.reach.iter().zip(wanted).any(|(reach, it)| *it && reach[at]);
            reaches(empty) && !reaches(arrived)
        };
        let process = self.process;
        let at_joins = self.instance.waiting.iter().filter(|(other, _)| *other == scope);
        let at_joins = at_joins.filter_map(|(_, flow)| match process.element(*flow) {
            Some(crate::compile::Element::Flow(flow)) => Some(process.flows[flow].target),
            _ => None,
        });
        let live = self
            .instance
            .children(scope)
            .filter(|element| element.role != Role::Inner && !element.is_terminating());
        let live = live.filter_map(|element| process.node(element.ordinal).map(|(index, _)| index));
        at_joins.chain(live).filter(|at| *at != node).any(matters)
    }
}
