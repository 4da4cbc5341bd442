//! Deleting what was deployed: one process definition, one decision requirements graph with its decisions, one form or
//! one other file, by its key.
//!
//! **Invariant:** an instance that runs finds its definition, and a graph those that it imports. Everything else fails
//! only when it is next looked for.

use super::deleted::{Deleted, ResourceKind};
use super::{Catalog, Definition};
use crate::aggregate::{Env, Step};
use record::{Event, Key, Rejection, RejectionKind, Response, Str};

impl Catalog {
    pub(super) fn delete(
        &self,
        tenant: &Str,
        key: Key,
        history: bool,
        running: u64,
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        let definition = self.definition(key).filter(|definition| definition.tenant == *tenant);
        let graph = self.decisions.requirements(key).filter(|graph| graph.tenant == *tenant);
        let events = if let Some(definition) = definition {
            self.delete_definition(definition, history, running, env)?
        } else if let Some(graph) = graph {
            if let Some(importer) = self.decisions.importer(key) {
                let text = format!(
                    "Expected to delete resource with key `{key}` but the decision requirements '{}' with key `{}` import it; delete those first",
                    importer.id, importer.key
                );
                return Err(Rejection::new(RejectionKind::InvalidState, text));
            }
            vec![Event::RequirementsDeleted { key: graph.key, history }]
        } else if self.files.of_tenant(tenant, key).is_some() {
            vec![Event::FileDeleted { key }]
        } else {
            vec![self.delete_history(tenant, key, history)?]
        };
        Ok(Step { events, response: Response::Done {}, index: Vec::new(), more: false })
    }

    /// Timers of the newest version stop with it, and those of the version before it run again, as if it had just
    /// been deployed. Messages, signals and conditions look for the newest version themselves.
    fn delete_definition(
        &self,
        definition: &Definition,
        history: bool,
        running: u64,
        env: &mut Env<'_>,
    ) -> Result<Vec<Event>, Rejection> {
        let key = definition.key;
        if running > 0 {
            let text = format!(
                "Expected to delete resource with key `{key}` but there are still running instances ({running}); let them end, cancel them or migrate them to another version first"
            );
            return Err(Rejection::new(RejectionKind::InvalidState, text));
        }
        let versions: Vec<&Definition> = self
            .versions_of(&definition.tenant, &definition.process_id)
            .map(|definition| &**definition)
            .collect();
        let mut events = vec![Event::DefinitionDeleted { key, history }];
        let Some((newest, earlier)) = versions.split_last().filter(|(newest, _)| newest.key == key) else {
            return Ok(events);
        };
        events.extend(self.stop_timers(&definition.tenant, &newest.process_id));
        if let Some(next) = earlier.last() {
            let planned = super::deploy::plan_timers(&next.process, env);
            let planned = planned.map_err(|problems| {
                let text = format!(
                    "Expected to delete resource with key `{key}` but version {} of '{}', which would start instances from then on, cannot: {}; delete that version first",
                    next.version,
                    next.process_id,
                    problems.join("; ")
                );
                Rejection::new(RejectionKind::InvalidState, text)
            })?;
            for (ordinal, plan) in planned {
                events.push(plan.scheduled(env.blocks.take(), next.key, ordinal));
            }
        }
        Ok(events)
    }

    /// Where only history has it any more, that can be deleted too.
    fn delete_history(&self, tenant: &Str, key: Key, history: bool) -> Result<Event, Rejection> {
        let deleted = self.deletions.in_history(tenant, key).filter(|_| history);
        match deleted.map(|deleted| deleted.kind) {
            Some(ResourceKind::Process) => Ok(Event::DefinitionDeleted { key, history }),
            Some(ResourceKind::Requirements) => Ok(Event::RequirementsDeleted { key, history }),
            _ => {
                let mut text = format!("Expected to delete resource but no resource found with key `{key}`");
                if let Some(graph) = self.decisions.graph_of(tenant, key) {
                    text.push_str(&format!(
                        "; it is a decision, which goes with its decision requirements: their key is `{graph}`"
                    ));
                }
                Err(Rejection::new(RejectionKind::NotFound, text))
            }
        }
    }

    pub(super) fn apply_deletion(&mut self, tenant: &Str, event: &Event) {
        let (gone, key, kept) = match event {
            Event::DefinitionDeleted { key, history } => (self.take_definition(*key), *key, !history),
            Event::RequirementsDeleted { key, history } => (self.decisions.remove(*key), *key, !history),
            Event::FileDeleted { key } => (self.files.remove(*key), *key, false),
            _ => return,
        };
        if gone.is_empty() && !kept {
            self.deletions.forget(key);
        }
        for (key, kind, id, version) in gone {
            self.deletions.add(tenant, Deleted { key, kind, id, version, history: kept });
        }
    }

    fn take_definition(&mut self, key: Key) -> Vec<(Key, ResourceKind, Str, u32)> {
        let Some(definition) = self.definitions.remove(&key) else { return Vec::new() };
        self.order.retain(|other| *other != key);
        let id = definition.process_id.clone();
        super::remove_version(&mut self.versions, (definition.tenant.clone(), id.clone()), key);
        vec![(key, ResourceKind::Process, id, definition.version)]
    }
}
