//! Tokens that run for ever: they are held at the elements before which they stand, each with an incident.
//!
//! **Invariant**: a token that is held exists once. One that waits at a join goes on waiting there; where the join lets
//! tokens through, it does so before they are held.

use super::{At, Run, Token};
use crate::elements;
use crate::expression::Failure;
use crate::instance::Role;
use crate::limits;
use record::{Event, IncidentType, Key};

impl Run<'_> {
    /// True where this step brought iterations of a loop that began before it and goes on after it. Such a step leads
    /// somewhere: the number of iterations has a limit of its own.
    #[cold]
    pub(super) fn iterates(&self) -> bool {
        let begun = |body: Key| {
            self.events.iter().any(|event| matches!(event, Event::LoopStarted { key, .. } if *key == body))
        };
        let mut last = Key::NONE;
        self.events.iter().any(|event| match event {
            Event::IterationStarted { scope, .. } if *scope != last => {
                last = *scope;
                self.instance.is_live(*scope) && !begun(*scope)
            }
            _ => false,
        })
    }

    /// The tokens have run for so long without anything to wait for that they would run for ever.
    #[cold]
    pub(super) fn give_up(&mut self) {
        let process = self.process;
        // A circle of nothing but joins has no other end.
        let mut joins = limits::MAX_TRANSITIONS;
        while !self.instance.ended {
            let Some(token) = self.queue.pop_front().or_else(|| self.throws.pop_front()) else {
                if joins > 0 && self.at_rest() {
                    joins -= 1;
                    continue;
                }
                break;
            };
            if !self.instance.is_live(token.scope) {
                continue;
            }
            let node = match token.at {
                At::Flow(flow) => process.flows[flow].target,
                At::Node(node) => node,
            };
            if joins > 0 && process.nodes[node].collects {
                joins -= 1;
                elements::enter(self, node, token.scope);
            } else {
                self.hold(token, node);
            }
            if self.urgent {
                self.look_at_armed_conditions();
            }
        }
        if !self.compensating.is_empty() {
            self.put_off();
        }
    }

    fn hold(&mut self, token: Token, node: usize) {
        let process = self.process;
        let model = &process.nodes[node];
        let (scope, ordinal) = (token.scope, model.ordinal);
        if let At::Flow(flow) = token.at
            && model.collects
        {
            self.emit(Event::JoinFired { scope, flows: vec![process.flows[flow].ordinal] });
        }
        let around = self.instance.element(scope).filter(|it| it.ordinal == ordinal).map(|it| it.role);
        let key = match around {
            // An iteration goes on in itself, a body with its next iteration.
            Some(Role::Iteration | Role::Body) => scope,
            _ => {
                let key = self.key();
                self.emit(Event::ElementActivating { key, ordinal, scope });
                key
            }
        };
        let text = format!(
            "The process went through {} elements without waiting for anything. Check the loop that leads \
             through '{}'; resolving this incident lets it go on.",
            u64::from(limits::MAX_TRANSITIONS) * u64::from(limits::MAX_CONTINUATIONS),
            model.id
        );
        self.incident(key, ordinal, Key::NONE, Failure::new(IncidentType::Unspecified, text));
    }

    /// The next iteration of a body that was held begins.
    pub(crate) fn go_on_with_body(&mut self, node: usize, body: Key) {
        self.start(node, body);
    }
}
