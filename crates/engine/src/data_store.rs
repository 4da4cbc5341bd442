//! Data stores (BPMN 10.4.1): what outlives an instance. A store's value is kept in the catalog, so every instance of the
//! tenant reads it; in an instance it is the variable of its name.
//!
//! A step touches one aggregate, so a write takes effect one step later. Until then the writer's own variable counts for
//! itself: it reads what it wrote, and never something older.

use crate::catalog::Catalog;
use crate::compile::Node;
use crate::instance::Instance;
use crate::run::Run;
use record::event::Chain;
use record::{AggregateId, Command, Event, Json, Key, Str, Variables};
use rustc_hash::FxHashMap;

/// Values of all data stores by tenant and name.
#[derive(Debug, Default)]
pub struct DataStores(FxHashMap<(Str, Str), Json>);

impl DataStores {
    /// What a store holds; nothing before the first write.
    pub fn get(&self, tenant: &Str, store: &Str) -> Option<&Json> {
        self.0.get(&(tenant.clone(), store.clone()))
    }

    pub(crate) fn apply(&mut self, tenant: &Str, event: &Event) {
        if let Event::DataStoreChanged { store, value: Some(value) } = event {
            self.0.insert((tenant.clone(), store.clone()), value.clone());
        }
    }

    /// The events that make them, in order.
    pub(crate) fn events(&self) -> Vec<(Str, Event)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        let event = |((tenant, store), value): (&(Str, Str), &Json)| {
            let change = Event::DataStoreChanged { store: store.clone(), value: Some(value.clone()) };
            (tenant.clone(), change)
        };
        all.into_iter().map(event).collect()
    }
}

impl Catalog {
    /// The events of a write, and the word to the writer that it is through.
    pub(crate) fn write_data_store(store: &Str, value: &Json, instance: Key, sequence: u64) -> Vec<Event> {
        let settle = Command::SettleDataStore { store: store.clone() };
        vec![
            Event::DataStoreChanged { store: store.clone(), value: Some(value.clone()) },
            Event::CommandSent {
                sequence,
                target: AggregateId::from(instance),
                command: Box::new(settle),
                chain: Chain::default(),
            },
        ]
    }
}

impl Instance {
    /// An own write began, or is through.
    pub(crate) fn apply_data_store(&mut self, event: &Event) {
        let Event::DataStoreChanged { store, value } = event else { return };
        match value {
            Some(_) => self.unsettled.push(store.clone()),
            None => {
                if let Some(at) = self.unsettled.iter().position(|other| other == store) {
                    self.unsettled.remove(at);
                }
            }
        }
    }
}

impl Run<'_> {
    /// Brings the variables up to date that an activity is about to read from data stores.
    pub(crate) fn read_data_stores(&mut self, node: &Node, scope: Key) {
        let mut newer = Variables::new();
        for store in &node.stores_read {
            if self.instance.unsettled.contains(store) {
                continue;
            }
            let value = self.catalog.data_stores().get(&self.instance.tenant, store);
            let Some(value) = value.filter(|value| self.variable(scope, store) != Some(*value)) else {
                continue;
            };
            newer.push((store.clone(), value.clone()));
        }
        if !newer.is_empty() {
            self.merge(scope, newer);
        }
    }

    /// Hands on what an activity wrote into data stores.
    pub(crate) fn write_data_stores(&mut self, node: &Node, scope: Key) {
        for store in &node.stores_written {
            let Some(value) = self.variable(scope, store).cloned() else { continue };
            self.emit(Event::DataStoreChanged { store: store.clone(), value: Some(value.clone()) });
            let target = AggregateId::Catalog { tenant: self.instance.tenant.clone() };
            let instance = self.instance.key;
            self.send(target, Command::WriteDataStore { store: store.clone(), value, instance });
        }
    }

    /// An own write is through: from now on the store counts again.
    pub(crate) fn settle_data_store(&mut self, store: &Str) {
        if self.instance.unsettled.contains(store) {
            self.emit(Event::DataStoreChanged { store: store.clone(), value: None });
        }
    }

    fn variable(&self, scope: Key, name: &Str) -> Option<&Json> {
        let owner = self.instance.element(self.instance.owner(scope, name))?;
        owner.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}
