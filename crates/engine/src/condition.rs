//! Conditions that events wait for (BPMN 13.5.1): looked at when they are armed and when a variable that they can see
//! changes. They fire when they turn true.

use crate::compile::{Catch, NodeKind};
use crate::instance::Condition;
use crate::run::Run;
use crate::variables::Scopes;
use record::{Event, Key, Str, Variables};

impl Run<'_> {
    /// Looks at the conditions that were just armed: one that is true already fires at once.
    pub(crate) fn look_at_armed_conditions(&mut self) {
        while let Some(key) = self.armed.pop_front() {
            if let Some(condition) = crate::instance::find(&self.instance.conditions, key).cloned() {
                self.look_at(&condition, None);
            }
        }
    }

    /// Looks at all conditions when a variable changed and nothing else can move. True where one fired.
    pub(crate) fn look_at_changes(&mut self) -> bool {
        if self.changed.is_empty() {
            return false;
        }
        let changed = std::mem::take(&mut self.changed);
        let keys: Vec<Key> = self.instance.conditions.iter().map(|condition| condition.key).collect();
        let mut fired = false;
        for key in keys {
            let found = crate::instance::find(&self.instance.conditions, key).cloned();
            if let Some(condition) = found {
                fired |= self.look_at(&condition, Some(&changed));
            }
        }
        fired || !self.changed.is_empty()
    }

    /// Looks at one condition. True where it fired.
    fn look_at(&mut self, condition: &Condition, changed: Option<&[(Key, Str, bool)]>) -> bool {
        let process = self.process;
        let Some((_, node)) = process.node(condition.ordinal) else { return false };
        let (NodeKind::StartEvent(catch) | NodeKind::Catch(catch) | NodeKind::Boundary { catch, .. }) =
            &node.kind
        else {
            return false;
        };
        let Some(Catch::Condition { condition: expression, names, create, update }) =
            catch.parts().get(condition.part as usize)
        else {
            return false;
        };
        let seen = |scope: Key| {
            let mut at = condition.element;
            loop {
                if at == scope {
                    return true;
                }
                match self.instance.element(at) {
                    Some(element) => at = element.scope,
                    None => return false,
                }
            }
        };
        // A filter says which changes matter; being armed is not one that it can leave out.
        if let Some(changed) = changed {
            let matters = changed.iter().any(|(scope, name, new)| {
                seen(*scope)
                    && (names.is_empty() || names.contains(name))
                    && (if *new { *create } else { *update })
            });
            if !matters {
                return false;
            }
        }
        let scopes = Scopes::new(self.instance, condition.element);
        let holds =
            matches!(expression.evaluate(&scopes, &mut self.evaluator), Ok((feel::Value::Bool(true), _)));
        if holds == condition.holds {
            return false;
        }
        let key = condition.key;
        self.emit(Event::ConditionChanged { key, holds });
        if holds {
            if condition.interrupting {
                self.emit(Event::ConditionClosed { key });
            }
            self.triggered(condition.element, condition.ordinal, condition.part, Variables::new());
        }
        holds
    }
}
