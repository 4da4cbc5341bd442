//! The catalog: process definitions by key, id and version, their message and timer start events, and what was deleted.

mod delete;
mod deleted;
mod deploy;

use crate::aggregate::{Env, Step, misdirected};
use crate::compile::{Catch, Process};
use crate::data_store::DataStores;
use crate::decision::{Decision, Decisions};
use crate::expression::Evaluator;
use crate::files::Files;
use crate::index::{IndexChange, IndexEntry, Wake};
use crate::instance::Instance;
use crate::limits;
use crate::timer;
use bpmn::model::Binding;
use deleted::Deleted;
pub(crate) use deleted::{Deletions, ResourceKind};
use record::command::Origin;
use record::wire::{self, Bytes, WireError};
use record::{
    AggregateId, Command, Event, Key, Rejection, RejectionKind, Resource, Response, Str, Variables,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A deployed process.
#[derive(Debug)]
pub struct Definition {
    /// Its key.
    pub key: Key,
    /// The deployment.
    pub deployment: Key,
    /// The tenant.
    pub tenant: Str,
    /// BPMN id.
    pub process_id: Str,
    /// The version, from 1.
    pub version: u32,
    /// File name.
    pub resource: Str,
    /// The file.
    pub content: Bytes,
    /// SHA-256 of the file.
    pub digest: Bytes,
    /// The files that it imports.
    pub imports: Vec<Resource>,
    /// What is executed.
    pub process: Arc<Process>,
}

record::message! {
    /// A timer start event that waits.
    pub struct StartTimer {
        1 key: Key,
        2 definition: Key,
        3 ordinal: u32,
        4 due: i64,
        5 repetitions: i32,
        6 cycle: Str,
    }
}

record::message! {
    /// What a checkpoint keeps of the catalog: the events that make it.
    pub struct Kept {
        1 deployed: Vec<(Str, Event)>,
        2 timers: Vec<(Str, StartTimer)>,
        3 deleted: Vec<(Str, Deleted)>,
    }
}

/// All definitions of all tenants.
#[derive(Debug, Default)]
pub struct Catalog {
    definitions: FxHashMap<Key, Arc<Definition>>,
    /// Keys by tenant and process id, in the order of versions.
    versions: FxHashMap<(Str, Str), Vec<Key>>,
    timers: Vec<(Str, StartTimer)>,
    decisions: Decisions,
    files: Files,
    data_stores: DataStores,
    deletions: Deletions,
    /// In order of deployment, for the checkpoint.
    order: Vec<Key>,
    /// What a model binds to within its deployment need not be there.
    of_parts: bool,
}

impl Catalog {
    /// An empty catalog.
    pub fn new() -> Self {
        Catalog::default()
    }

    /// An empty catalog for models that are looked at apart from what they are deployed with.
    pub fn of_parts() -> Self {
        Catalog { of_parts: true, ..Catalog::default() }
    }

    /// The definition with this key.
    pub fn definition(&self, key: Key) -> Option<&Arc<Definition>> {
        self.definitions.get(&key)
    }

    /// All definitions, in order of deployment.
    pub fn definitions(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.order.iter().filter_map(|key| self.definitions.get(key))
    }

    /// The newest version of a process.
    pub fn latest(&self, tenant: &Str, process_id: &Str) -> Option<&Arc<Definition>> {
        let keys = self.versions.get(&(tenant.clone(), process_id.clone()))?;
        self.definitions.get(keys.last()?)
    }

    /// The definition that a command means: by key, or by id and version (below 0, or 0 with a key of none and no
    /// version asked for, the latest).
    pub(crate) fn resolve(
        &self,
        tenant: &Str,
        key: Key,
        process_id: &Str,
        version: i32,
    ) -> Result<&Arc<Definition>, Rejection> {
        let missing = |text: String| Rejection::new(RejectionKind::NotFound, text);
        if !key.is_none() {
            let found = self.definitions.get(&key).filter(|definition| definition.tenant == *tenant);
            return found.ok_or_else(|| {
                missing(format!("Expected to find process definition with key '{key}', but none found"))
            });
        }
        if version < 0 {
            return self.latest(tenant, process_id).ok_or_else(|| {
                missing(format!(
                    "Expected to find process definition with process ID '{process_id}', but none found"
                ))
            });
        }
        let keys =
            self.versions.get(&(tenant.clone(), process_id.clone())).map(Vec::as_slice).unwrap_or_default();
        let found = keys.iter().filter_map(|key| self.definitions.get(key));
        found.into_iter().find(|definition| definition.version as i32 == version).ok_or_else(|| {
            missing(format!(
                "Expected to find process definition with process ID '{process_id}' and version '{version}', but none found"
            ))
        })
    }

    /// The decisions of all tenants.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Files that are neither processes nor decisions.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Data stores of all tenants.
    pub fn data_stores(&self) -> &DataStores {
        &self.data_stores
    }

    /// The decision that a task of an instance calls.
    pub(crate) fn called_decision(
        &self,
        instance: &Instance,
        id: &Str,
        binding: &Binding,
    ) -> Option<&Arc<Decision>> {
        match binding {
            Binding::Latest => self.decisions.latest(&instance.tenant, id),
            Binding::Deployment => {
                let deployment = self.definition(instance.definition)?.deployment;
                self.decisions.of_deployment(&instance.tenant, id, deployment)
            }
            Binding::VersionTag(tag) => self.decisions.tagged(&instance.tenant, id, tag),
        }
    }

    /// All versions of a process, the oldest first.
    pub(crate) fn versions_of(
        &self,
        tenant: &Str,
        process_id: &Str,
    ) -> impl Iterator<Item = &Arc<Definition>> {
        let keys = self.versions.get(&(tenant.clone(), process_id.clone()));
        keys.into_iter().flatten().filter_map(|key| self.definitions.get(key))
    }

    /// Carries out a command on the catalog. The caller applies the events.
    pub fn step(&self, tenant: &Str, command: &Command, env: &mut Env<'_>) -> Result<Step, Rejection> {
        match command {
            Command::DeployResources { resources } => self.deploy(tenant, resources, env),
            Command::EvaluateDecision { decision, decision_id, variables } => {
                self.evaluate(tenant, *decision, decision_id, variables, env)
            }
            Command::WriteDataStore { store, value, instance } => {
                let events = Catalog::write_data_store(store, value, *instance, *env.sends);
                *env.sends += 1;
                Ok(Step { events, response: Response::Done {}, index: Vec::new(), more: false })
            }
            Command::DeleteResource { resource, history, running } => {
                self.delete(tenant, *resource, *history, *running, env)
            }
            Command::TriggerStartTimer { timer } => self.trigger_timer(tenant, *timer, env),
            Command::EvaluateConditions { definition, variables, business_id } => {
                self.evaluate_conditions(tenant, *definition, variables, business_id, env)
            }
            other => Err(misdirected(other)),
        }
    }

    fn evaluate(
        &self,
        tenant: &Str,
        key: Key,
        id: &Str,
        variables: &Variables,
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        let decision = self.decisions.resolve(tenant, key, id)?;
        let feel_env = feel::Env { now: env.now, seed: env.seed, ..feel::Env::default() };
        let mut evaluator = Evaluator { env: feel_env, fuel: feel::Fuel::new(limits::STEP_FUEL) };
        let inputs: Vec<(Str, feel::Value)> = variables
            .iter()
            .map(|(name, json)| {
                (name.clone(), feel::Value::from_json(json.as_str()).unwrap_or(feel::Value::Null))
            })
            .collect();
        let inputs = feel::Context::from(inputs);
        let evaluation =
            Box::new(self.decisions.evaluate(decision, inputs, env.blocks.take(), &mut evaluator));
        let response = Response::DecisionEvaluated { evaluation: evaluation.clone() };
        let events = vec![Event::DecisionEvaluated { element: Key::NONE, ordinal: 0, evaluation }];
        Ok(Step { events, response, index: Vec::new(), more: false })
    }

    fn trigger_timer(&self, tenant: &Str, key: Key, env: &mut Env<'_>) -> Result<Step, Rejection> {
        let Some((_, timer)) = self.timers.iter().find(|(_, timer)| timer.key == key) else {
            let text = format!("Expected to trigger timer with key '{key}', but no such timer was found");
            return Err(Rejection::new(RejectionKind::NotFound, text));
        };
        let mut events = vec![Event::StartTimerTriggered { key }];
        let found = self.definitions.get(&timer.definition).and_then(|definition| {
            let starts = definition.process.start_catches();
            let mut timers = starts.filter(|(.., catch)| matches!(catch, Catch::Timer(_)));
            let (node, part, _) = timers.find(|(node, ..)| node.ordinal == timer.ordinal)?;
            Some((definition, node.id.clone(), part))
        });
        let next = if timer.repetitions == 0 { None } else { timer::next(&timer.cycle, timer.due) };
        if let Some(due) = next {
            let repetitions = if timer.repetitions > 0 { timer.repetitions - 1 } else { -1 };
            let (definition, ordinal, cycle) = (timer.definition, timer.ordinal, timer.cycle.clone());
            let key = env.blocks.take();
            events.push(Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, cycle });
        }
        if let Some((definition, start_event, part)) = found {
            let command = Command::CreateProcessInstance {
                definition: definition.key,
                process_id: Str::from(""),
                version: 0,
                variables: Variables::new(),
                start: Vec::new(),
                origin: Some(Origin { start_event, part, ..Origin::default() }),
                business_id: Str::from(""),
                tags: Vec::new(),
            };
            let sequence = *env.sends;
            *env.sends += 1;
            let target = AggregateId::from(env.blocks.take());
            let chain = crate::chain::sent(env.chain);
            events.push(Event::CommandSent { sequence, target, command: Box::new(command), chain });
        }
        debug_assert!(self.timers.iter().any(|(owner, _)| owner == tenant));
        Ok(Step { events, response: Response::Done {}, index: Vec::new(), more: false })
    }

    /// Applies an event. A file that this version can no longer compile keeps its definition out of the catalog;
    /// its instances then report that it is not there.
    pub fn apply(&mut self, tenant: &Str, event: &Event, index: &mut Vec<IndexChange>) {
        match event {
            Event::DefinitionDeployed {
                key,
                deployment,
                process_id,
                version,
                resource,
                content,
                digest,
                imports,
                ..
            } => {
                let file = Resource { name: resource.clone(), content: content.clone() };
                let Some(process) = deploy::read(&file, imports)
                    .and_then(|all| all.into_iter().find(|p| p.id == *process_id))
                else {
                    return;
                };
                let definition = Definition {
                    key: *key,
                    deployment: *deployment,
                    tenant: tenant.clone(),
                    process_id: process_id.clone(),
                    version: *version,
                    resource: resource.clone(),
                    content: content.clone(),
                    digest: digest.clone(),
                    imports: imports.clone(),
                    process: Arc::new(process),
                };
                self.versions.entry((tenant.clone(), process_id.clone())).or_default().push(*key);
                self.definitions.insert(*key, Arc::new(definition));
                self.order.push(*key);
            }
            Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, cycle } => {
                index.push(IndexChange::Add(IndexEntry::Due { at: *due, wake: Wake::StartTimer(*key) }));
                let timer = StartTimer {
                    key: *key,
                    definition: *definition,
                    ordinal: *ordinal,
                    due: *due,
                    repetitions: *repetitions,
                    cycle: cycle.clone(),
                };
                self.timers.push((tenant.clone(), timer));
            }
            Event::StartTimerTriggered { key } | Event::StartTimerCanceled { key } => {
                if let Some(at) = self.timers.iter().position(|(_, timer)| timer.key == *key) {
                    let (_, timer) = self.timers.remove(at);
                    let entry = IndexEntry::Due { at: timer.due, wake: Wake::StartTimer(*key) };
                    index.push(IndexChange::Remove(entry));
                }
            }
            Event::FileDeployed { .. } => self.files.apply(tenant, event),
            Event::DefinitionDeleted { .. }
            | Event::RequirementsDeleted { .. }
            | Event::FileDeleted { .. } => self.apply_deletion(tenant, event),
            Event::DataStoreChanged { .. } => self.data_stores.apply(tenant, event),
            _ => self.decisions.apply(tenant, event),
        }
    }

    /// Everything that the runtime's indexes hold for the catalog, with the tenant.
    pub fn index(&self) -> Vec<(Str, IndexEntry)> {
        let entry = |timer: &StartTimer| IndexEntry::Due { at: timer.due, wake: Wake::StartTimer(timer.key) };
        self.timers.iter().map(|(tenant, timer)| (tenant.clone(), entry(timer))).collect()
    }

    /// The catalog's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let deployed = self.definitions().map(|definition| {
            let event = Event::DefinitionDeployed {
                key: definition.key,
                deployment: definition.deployment,
                process_id: definition.process_id.clone(),
                version: definition.version,
                resource: definition.resource.clone(),
                content: definition.content.clone(),
                digest: definition.digest.clone(),
                version_tag: definition.process.version_tag.clone(),
                name: definition.process.name.clone(),
                imports: definition.imports.clone(),
            };
            (definition.tenant.clone(), event)
        });
        let deployed = deployed.chain(self.decisions.events()).chain(self.files.events());
        let deployed = deployed.chain(self.data_stores.events()).collect();
        let deleted = self.deletions.all().to_vec();
        wire::to_bytes(&Kept { deployed, timers: self.timers.clone(), deleted })
    }

    /// The inverse of [`Catalog::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let kept: Kept = wire::from_bytes(bytes)?;
        let mut catalog = Catalog::new();
        for (tenant, event) in &kept.deployed {
            catalog.apply(tenant, event, &mut Vec::new());
        }
        catalog.timers = kept.timers;
        for (tenant, deleted) in kept.deleted {
            catalog.deletions.add(&tenant, deleted);
        }
        Ok(catalog)
    }
}

/// Takes a key out of the versions that share an id.
pub(crate) fn remove_version<I: std::hash::Hash + Eq>(
    versions: &mut FxHashMap<I, Vec<Key>>,
    id: I,
    key: Key,
) {
    if let Some(keys) = versions.get_mut(&id) {
        keys.retain(|other| *other != key);
        if keys.is_empty() {
            versions.remove(&id);
        }
    }
}
