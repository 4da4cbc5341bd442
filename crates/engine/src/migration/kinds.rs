//! Whether one element can take the place of another while something is in it.

use crate::compile::{Catch, Looping, Node, NodeKind};
use std::mem::discriminant;

/// True where one element can take the place of the other: the same element, waiting for or doing the same sort of
/// thing.
pub(super) fn same_kind(one: &Node, other: &Node) -> bool {
    one.element == other.element
        && one.is_handler == other.is_handler
        && discriminant(&one.kind) == discriminant(&other.kind)
        && same_details(&one.kind, &other.kind)
}

fn same_details(one: &NodeKind, other: &NodeKind) -> bool {
    match (one, other) {
        (NodeKind::StartEvent(one), NodeKind::StartEvent(other))
        | (NodeKind::Catch(one), NodeKind::Catch(other)) => same_trigger(one, other),
        (
            NodeKind::Boundary { catch: one, interrupting, .. },
            NodeKind::Boundary { catch: other, interrupting: as_well, .. },
        ) => interrupting == as_well && same_trigger(one, other),
        (NodeKind::Throw(one), NodeKind::Throw(other))
        | (NodeKind::EndEvent(one), NodeKind::EndEvent(other)) => {
            one.iter().map(discriminant).eq(other.iter().map(discriminant))
        }
        (NodeKind::SubProcess { transaction: one, .. }, NodeKind::SubProcess { transaction: other, .. })
        | (
            NodeKind::EventSubProcess { interrupting: one, .. },
            NodeKind::EventSubProcess { interrupting: other, .. },
        ) => one == other,
        (NodeKind::EventBasedGateway(one), NodeKind::EventBasedGateway(other)) => {
            (one.parallel, one.instantiate) == (other.parallel, other.instantiate)
        }
        (NodeKind::ComplexGateway(one), NodeKind::ComplexGateway(other)) => {
            one.activation.is_some() == other.activation.is_some()
        }
        (NodeKind::AdHoc(one), NodeKind::AdHoc(other)) => {
            one.sequential == other.sequential
                && one.on_request == other.on_request
                && one.job.is_some() == other.job.is_some()
                && one.chosen.is_some() == other.chosen.is_some()
        }
        _ => true,
    }
}

/// The parts of an event have numbers, by which its timers and subscriptions name them.
fn same_trigger(one: &Catch, other: &Catch) -> bool {
    let parallel = |catch: &Catch| matches!(catch, Catch::Multiple { parallel: true, .. });
    parallel(one) == parallel(other)
        && one.parts().iter().map(discriminant).eq(other.parts().iter().map(discriminant))
}

/// How often an activity runs, in a few words; what is different cannot take over the count of iterations.
pub(super) fn repetition(looping: Option<&Looping>) -> &'static str {
    match looping {
        None => "no loop",
        Some(Looping::Standard { .. }) => "standard loop",
        Some(Looping::Multi(multi)) => match (multi.sequential, multi.collection.is_some()) {
            (false, false) => "parallel multi-instance",
            (false, true) => "parallel multi-instance over a collection",
            (true, false) => "sequential multi-instance",
            (true, true) => "sequential multi-instance over a collection",
        },
    }
}
