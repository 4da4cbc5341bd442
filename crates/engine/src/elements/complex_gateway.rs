//! Complex gateway (BPMN 13.4.5): lets tokens through when its activation condition is true, then waits for those
//! that are still to come before it begins anew. A token that someone puts into it goes through at once.

use crate::compile::{ComplexGateway, NodeKind};
use crate::expression::Failure;
use crate::run::Run;
use crate::variables::Scopes;
use feel::Value;
use record::{Event, Key, Str};

/// A token came to a gateway with several incoming flows, or with one and an activation condition.
pub(super) fn arrive(run: &mut Run<'_>, node: usize, gateway: &ComplexGateway, scope: Key) {
    if gateway.activation.is_none() || is_resetting(run, node, scope) {
        // It waits as an inclusive gateway does, and is looked at when nothing else can move.
        return;
    }
    loop {
        let before = run.instance.waiting.len();
        match is_activated(run, node, gateway, scope) {
            Ok(false) => return,
            Ok(true) => {
                let key = run.key();
                run.activate(node, key, scope);
            }
            Err(failure) => return stuck(run, node, scope, failure),
        }
        // With one flow there is no second phase: what is left may be enough once more.
        let single = run.process.nodes[node].incoming.len() == 1;
        if !single || run.instance.waiting.len() == before || !run.arrived(node, scope).contains(&true) {
            return;
        }
    }
}

/// A condition of it cannot be evaluated.
fn stuck(run: &mut Run<'_>, node: usize, scope: Key, failure: Failure) {
    let (key, ordinal) = (run.key(), run.process.nodes[node].ordinal);
    run.emit(Event::ElementActivating { key, ordinal, scope });
    run.incident(key, ordinal, Key::NONE, failure);
}

fn is_resetting(run: &Run<'_>, node: usize, scope: Key) -> bool {
    let ordinal = run.process.nodes[node].ordinal;
    run.instance.resetting.iter().any(|it| (it.scope, it.ordinal) == (scope, ordinal))
}

fn is_activated(
    run: &mut Run<'_>,
    node: usize,
    gateway: &ComplexGateway,
    scope: Key,
) -> Result<bool, Failure> {
    let Some(activation) = &gateway.activation else { return Ok(true) };
    let near = variables(run, node, scope, true);
    let scopes = Scopes::with(run.instance, scope, &near);
    activation.to_boolean(&scopes, &mut run.evaluator)
}

/// What its expressions see beside the variables (BPMN 13.4.5).
fn variables(run: &Run<'_>, node: usize, scope: Key, waiting_for_start: bool) -> Vec<(Str, Value)> {
    let process = run.process;
    let incoming = &process.nodes[node].incoming;
    let is_incoming = |flow: u32| incoming.iter().any(|it| process.flows[*it].ordinal == flow);
    let count = run.instance.waiting.iter().filter(|(other, flow)| *other == scope && is_incoming(*flow));
    vec![
        (Str::from("activationCount"), Value::from(count.count() as i64)),
        (Str::from("waitingForStart"), Value::Bool(waiting_for_start)),
    ]
}

impl Run<'_> {
    /// Activates an element that someone puts a token into. A complex gateway that collects tokens remembers it, for it
    /// may have to wait for a listener or to try again.
    pub(crate) fn place(&mut self, node: usize, key: Key, scope: Key) {
        let model = &self.process.nodes[node];
        if model.collects && matches!(model.kind, NodeKind::ComplexGateway(_)) {
            if !self.instance.is_live(key) {
                self.emit(Event::ElementActivating { key, ordinal: model.ordinal, scope });
            }
            self.emit(Event::ElementPlaced { key });
        }
        self.activate(node, key, scope);
    }
}

/// The first phase: one token of each flow that has one goes in, and the flows whose condition is true are taken.
pub(super) fn activate(
    run: &mut Run<'_>,
    node: usize,
    gateway: &ComplexGateway,
    key: Key,
    scope: Key,
) -> Result<(), Failure> {
    let process = run.process;
    let model = &process.nodes[node];
    if gateway.join.is_none() || run.instance.element(key).is_some_and(|it| it.placed) {
        let near = variables(run, node, scope, true);
        let flows = run.split(node, run.innermost(key, scope), &near)?;
        run.pass(node, key, scope);
        run.go_on(&flows, scope);
        return Ok(());
    }
    // Tried again after an incident with a condition: of the second phase, or of the first.
    let resetting = is_resetting(run, node, scope);
    if resetting || !is_activated(run, node, gateway, scope)? {
        let chosen = if resetting { chosen_at_reset(run, node, scope)? } else { Vec::new() };
        run.close(key);
        run.emit(Event::ElementTerminated { key });
        if resetting {
            reset(run, node, gateway, scope, &chosen);
        }
        return Ok(());
    }
    let near = variables(run, node, scope, true);
    let flows = run.split(node, run.innermost(key, scope), &near)?;
    let arrived = run.arrived(node, scope);
    let of = |wanted: bool| -> Vec<u32> {
        let incoming = model.incoming.iter().zip(&arrived).filter(|(_, arrived)| **arrived == wanted);
        incoming.map(|(&flow, _)| process.flows[flow].ordinal).collect()
    };
    let awaited = of(false);
    run.emit(Event::JoinFired { scope, flows: of(true) });
    if model.incoming.len() > 1 {
        run.emit(Event::ComplexGatewayActivated { scope, ordinal: model.ordinal, awaited });
    }
    run.pass(node, key, scope);
    run.go_on(&flows, scope);
    Ok(())
}

/// Looks at the gateway when nothing else can move: as an inclusive gateway where it has no activation condition,
/// else whether the second phase is over. False where it goes on waiting.
pub(crate) fn settle(run: &mut Run<'_>, node: usize, gateway: &ComplexGateway, scope: Key) -> bool {
    let process = run.process;
    let model = &process.nodes[node];
    let Some(join) = &gateway.join else { return false };
    let arrived = run.arrived(node, scope);
    let resetting =
        run.instance.resetting.iter().find(|it| (it.scope, it.ordinal) == (scope, model.ordinal)).cloned();
    let Some(resetting) = resetting else {
        let empty: Vec<bool> = arrived.iter().map(|arrived| !arrived).collect();
        if gateway.activation.is_some() || run.more_may_come(node, join, scope, &empty, &arrived) {
            return false;
        }
        let key = run.key();
        run.activate(node, key, scope);
        return true;
    };
    let awaited = |flow: usize| resetting.awaited.contains(&process.flows[flow].ordinal);
    let empty: Vec<bool> =
        model.incoming.iter().zip(&arrived).map(|(&flow, arrived)| awaited(flow) && !arrived).collect();
    if empty.contains(&true) && run.more_may_come(node, join, scope, &empty, &arrived) {
        return false;
    }
    // It waits for somebody to resolve what its second phase is stuck on.
    let stuck_on = |it: &crate::instance::ElementInstance| (it.scope, it.ordinal) == (scope, model.ordinal);
    if run.instance.elements.iter().any(stuck_on) {
        return false;
    }
    match chosen_at_reset(run, node, scope) {
        Ok(chosen) => reset(run, node, gateway, scope, &chosen),
        Err(failure) => stuck(run, node, scope, failure),
    }
    true
}

/// The flows that the second phase takes: only those with a condition can be.
fn chosen_at_reset(run: &mut Run<'_>, node: usize, scope: Key) -> Result<Vec<usize>, Failure> {
    let process = run.process;
    let near = variables(run, node, scope, false);
    let mut chosen = Vec::new();
    for &flow in &process.nodes[node].outgoing {
        let Some(condition) = &process.flows[flow].condition else { continue };
        let scopes = Scopes::with(run.instance, scope, &near);
        if condition.to_boolean(&scopes, &mut run.evaluator)? {
            chosen.push(flow);
        }
    }
    Ok(chosen)
}

/// The second phase: the rest of the tokens goes in, and the gateway begins anew.
fn reset(run: &mut Run<'_>, node: usize, gateway: &ComplexGateway, scope: Key, chosen: &[usize]) {
    let ordinal = run.process.nodes[node].ordinal;
    let resetting = run.instance.resetting.iter().find(|it| (it.scope, it.ordinal) == (scope, ordinal));
    let awaited = resetting.map(|it| it.awaited.clone()).unwrap_or_default();
    let flows: Vec<u32> =
        awaited.into_iter().filter(|flow| run.instance.waiting.contains(&(scope, *flow))).collect();
    if !flows.is_empty() {
        run.emit(Event::JoinFired { scope, flows });
    }
    run.emit(Event::ComplexGatewayReset { scope, ordinal });
    for &flow in chosen {
        run.take(flow, scope);
    }
    // Tokens that were left may be enough for the next round.
    if run.arrived(node, scope).contains(&true) {
        arrive(run, node, gateway, scope);
    }
    run.complete_if_empty(scope);
}
