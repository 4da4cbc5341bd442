//! Conditions that events wait for (BPMN 13.5.1): looked at when they are armed and when a variable that they can see
//! changes. They fire when they turn true.

use crate::compile::{Catch, NodeKind};
use crate::instance::Condition;
use crate::run::Run;
use crate::variables::Scopes;
use record::{Event, Key, Str, Variables};

impl Run<'_> {
    /// Looks at conditions where there is a reason to, and fires those that turned true.
    pub(crate) fn look_at_conditions(&mut self) {
        if self.changed.is_empty() && !self.armed {
            return;
        }
        // What a firing event changes is looked at again, in the order of arming.
        for _ in 0..=self.instance.conditions.len() {
            let changed = std::mem::take(&mut self.changed);
            self.armed = false;
            let keys: Vec<Key> = self.instance.conditions.iter().map(|condition| condition.key).collect();
            for key in keys {
                let found = crate::instance::find(&self.instance.conditions, key).cloned();
                if let Some(condition) = found {
                    self.look_at(&condition, &changed);
                }
            }
            if self.changed.is_empty() && !self.armed {
                return;
            }
        }
    }

    fn look_at(&mut self, condition: &Condition, changed: &[(Key, Str, bool)]) {
        let process = self.process;
        let Some((_, node)) = process.node(condition.ordinal) else { return };
        let (NodeKind::StartEvent(catch) | NodeKind::Catch(catch) | NodeKind::Boundary { catch, .. }) =
            &node.kind
        else {
            return;
        };
        let Some(Catch::Condition { condition: expression, names, create, update }) =
            catch.parts().get(condition.part as usize)
        else {
            return;
        };
        let filtered = !(names.is_empty() && *create && *update);
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
        let fresh = changed.is_empty();
        if filtered && !fresh {
            let matters = changed.iter().any(|(scope, name, new)| {
                seen(*scope)
                    && (names.is_empty() || names.contains(name))
                    && (if *new { *create } else { *update })
            });
            if !matters {
                return;
            }
        }
        let scopes = Scopes::new(self.instance, condition.element);
        let holds =
            matches!(expression.evaluate(&scopes, &mut self.evaluator), Ok((feel::Value::Bool(true), _)));
        if holds == condition.holds {
            return;
        }
        let key = condition.key;
        self.emit(Event::ConditionChanged { key, holds });
        if holds {
            if condition.interrupting {
                self.emit(Event::ConditionClosed { key });
            }
            self.triggered(condition.element, condition.ordinal, condition.part, Variables::new());
        }
    }
}
