//! What was deleted from the catalog. It is remembered so that no version number is given out twice, and so that the
//! history of something can still be deleted after it.

use record::{Key, Str};
use rustc_hash::FxHashMap;

record::names! {
    /// What a deployment brings, each with version numbers of its own.
    pub enum ResourceKind {
        /// A process definition.
        1 Process = "PROCESS_DEFINITION",
        /// A decision requirements graph.
        2 Requirements = "DECISION_REQUIREMENTS",
        /// A decision of a graph.
        3 Decision = "DECISION",
        /// A form.
        4 Form = "FORM",
        /// Any other file.
        5 Resource = "RESOURCE",
    }
}

record::message! {
    /// A version that was deleted.
    pub struct Deleted {
        1 key: Key,
        2 kind: ResourceKind,
        3 id: Str,
        4 version: u32,
        /// History still has it.
        5 history: bool,
    }
}

/// All versions that were deleted, of all tenants.
#[derive(Debug, Default)]
pub(crate) struct Deletions {
    /// In order of deletion.
    all: Vec<(Str, Deleted)>,
    places: FxHashMap<Key, usize>,
    highest: FxHashMap<(Str, ResourceKind, Str), u32>,
}

impl Deletions {
    pub fn add(&mut self, tenant: &Str, deleted: Deleted) {
        let highest = self.highest.entry((tenant.clone(), deleted.kind, deleted.id.clone())).or_default();
        *highest = deleted.version.max(*highest);
        self.places.insert(deleted.key, self.all.len());
        self.all.push((tenant.clone(), deleted));
    }

    /// History has forgotten it too.
    pub fn forget(&mut self, key: Key) {
        if let Some((_, deleted)) = self.places.get(&key).and_then(|at| self.all.get_mut(*at)) {
            deleted.history = false;
        }
    }

    /// What was deleted and is still in history.
    pub fn in_history(&self, tenant: &Str, key: Key) -> Option<&Deleted> {
        let (owner, deleted) = self.all.get(*self.places.get(&key)?)?;
        (owner == tenant && deleted.history).then_some(deleted)
    }

    /// The version after `newest`, the newest one that is there, and after all that were.
    pub fn next_version(&self, tenant: &Str, kind: ResourceKind, id: &Str, newest: Option<u32>) -> u32 {
        let highest = self.highest.get(&(tenant.clone(), kind, id.clone())).copied();
        highest.max(newest).unwrap_or_default() + 1
    }

    pub fn all(&self) -> &[(Str, Deleted)] {
        &self.all
    }
}
