//! Decisions: requirements graphs by key, decisions by key, id and version, and their evaluation into what history
//! keeps.

mod deploy;

use crate::catalog::{ResourceKind, remove_version};
use crate::expression::Evaluator;
use dmn::{Compiled, DecisionOutcome, Model};
use record::event::{DecisionEvaluation, EvaluatedDecision, EvaluatedInput, MatchedRule};
use record::wire::Bytes;
use record::{DeployedDecision, DeployedRequirements, Event, Json, Key, Rejection, RejectionKind, Str};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A deployed decision requirements graph.
#[derive(Debug)]
pub struct Requirements {
    /// Its key.
    pub key: Key,
    /// The deployment.
    pub deployment: Key,
    /// The tenant.
    pub tenant: Str,
    /// DMN id.
    pub id: Str,
    /// Its name.
    pub name: Str,
    /// The version, from 1.
    pub version: u32,
    /// File name.
    pub resource: Str,
    /// The file.
    pub content: Bytes,
    /// SHA-256 of the file.
    pub digest: Bytes,
    /// The namespace by which other files import this one.
    pub namespace: Str,
    /// The graphs that it is linked with, also through others.
    pub imports: Vec<Key>,
    /// What is evaluated.
    pub compiled: Compiled,
}

/// A deployed decision.
#[derive(Debug)]
pub struct Decision {
    /// Its key.
    pub key: Key,
    /// DMN id.
    pub id: Str,
    /// Its name.
    pub name: Str,
    /// The version, from 1.
    pub version: u32,
    /// The tag by which processes ask for this version; empty without one.
    pub version_tag: Str,
    /// Its graph.
    pub requirements: Arc<Requirements>,
}

/// All decisions of all tenants.
#[derive(Debug, Default)]
pub struct Decisions {
    graphs: FxHashMap<Key, Arc<Requirements>>,
    decisions: FxHashMap<Key, Arc<Decision>>,
    graph_versions: FxHashMap<(Str, Str), Vec<Key>>,
    versions: FxHashMap<(Str, Str), Vec<Key>>,
    /// In order of deployment, for the checkpoint.
    order: Vec<Key>,
}

impl Decisions {
    /// The graph with this key.
    pub fn requirements(&self, key: Key) -> Option<&Arc<Requirements>> {
        self.graphs.get(&key)
    }

    /// The newest version of a decision.
    pub fn latest(&self, tenant: &Str, id: &Str) -> Option<&Arc<Decision>> {
        self.decisions.get(self.versions.get(&(tenant.clone(), id.clone()))?.last()?)
    }

    /// The version of a decision that came with a deployment.
    pub(crate) fn of_deployment(&self, tenant: &Str, id: &Str, deployment: Key) -> Option<&Arc<Decision>> {
        let keys = self.versions.get(&(tenant.clone(), id.clone()))?;
        let mut found = keys.iter().filter_map(|key| self.decisions.get(key));
        found.find(|decision| decision.requirements.deployment == deployment)
    }

    /// The newest version of a decision with a version tag.
    pub(crate) fn tagged(&self, tenant: &Str, id: &Str, tag: &str) -> Option<&Arc<Decision>> {
        let keys = self.versions.get(&(tenant.clone(), id.clone()))?;
        let mut newest_first = keys.iter().rev().filter_map(|key| self.decisions.get(key));
        newest_first.find(|decision| *decision.version_tag == *tag)
    }

    /// The decision that a request means: by key, or the newest one by id.
    pub(crate) fn resolve(&self, tenant: &Str, key: Key, id: &Str) -> Result<&Arc<Decision>, Rejection> {
        let found = match key.is_none() {
            false => self.decisions.get(&key).filter(|decision| decision.requirements.tenant == *tenant),
            true => self.latest(tenant, id),
        };
        found.ok_or_else(|| {
            let text = match key.is_none() {
                false => format!(
                    "Expected to evaluate decision with key '{key}', but no decision found for key '{key}'"
                ),
                true => format!("Expected to evaluate decision '{id}', but no decision found for id '{id}'"),
            };
            Rejection::new(RejectionKind::NotFound, text)
        })
    }

    /// A graph that imports this one.
    pub(crate) fn importer(&self, key: Key) -> Option<&Arc<Requirements>> {
        let mut graphs = self.order.iter().filter_map(|key| self.graphs.get(key));
        graphs.find(|graph| graph.imports.contains(&key))
    }

    /// The key of the graph of a decision.
    pub(crate) fn graph_of(&self, tenant: &Str, decision: Key) -> Option<Key> {
        let requirements = &self.decisions.get(&decision)?.requirements;
        (requirements.tenant == *tenant).then_some(requirements.key)
    }

    /// Takes a graph and its decisions out: key, kind, id and version of each.
    pub(crate) fn remove(&mut self, key: Key) -> Vec<(Key, ResourceKind, Str, u32)> {
        let Some(graph) = self.graphs.remove(&key) else { return Vec::new() };
        self.order.retain(|other| *other != key);
        remove_version(&mut self.graph_versions, (graph.tenant.clone(), graph.id.clone()), key);
        let mut gone = vec![(key, ResourceKind::Requirements, graph.id.clone(), graph.version)];
        for decision in self.of(&graph) {
            self.decisions.remove(&decision.key);
            remove_version(&mut self.versions, (graph.tenant.clone(), decision.id.clone()), decision.key);
            gone.push((decision.key, ResourceKind::Decision, decision.id, decision.version));
        }
        gone
    }

    fn of(&self, graph: &Requirements) -> Vec<DeployedDecision> {
        let mut found: Vec<DeployedDecision> = self
            .decisions
            .values()
            .filter(|decision| decision.requirements.key == graph.key)
            .map(|decision| DeployedDecision {
                key: decision.key,
                id: decision.id.clone(),
                name: decision.name.clone(),
                version: decision.version,
                requirements: graph.key,
                requirements_id: graph.id.clone(),
            })
            .collect();
        found.sort_by_key(|decision| decision.key);
        found
    }

    pub(crate) fn apply(&mut self, tenant: &Str, event: &Event) {
        match event {
            Event::RequirementsDeployed {
                key,
                deployment,
                id,
                name,
                version,
                resource,
                content,
                digest,
                imports,
            } => {
                let Ok(model) = Model::from_bytes(&content.0) else { return };
                // One that imports a file which is still to come is compiled again when that is there.
                let compiled = self.linked(&model, imports).unwrap_or_else(|| model.compile(&[]));
                let graph = Requirements {
                    key: *key,
                    deployment: *deployment,
                    tenant: tenant.clone(),
                    id: id.clone(),
                    name: name.clone(),
                    version: *version,
                    resource: resource.clone(),
                    content: content.clone(),
                    digest: digest.clone(),
                    namespace: Str::from(&*model.namespace),
                    imports: imports.clone(),
                    compiled,
                };
                self.graph_versions.entry((tenant.clone(), id.clone())).or_default().push(*key);
                self.graphs.insert(*key, Arc::new(graph));
                self.order.push(*key);
                self.link_with(*key);
            }
            Event::DecisionDeployed { key, requirements, id, name, version, version_tag } => {
                let Some(requirements) = self.graphs.get(requirements).cloned() else { return };
                let decision = Decision {
                    key: *key,
                    id: id.clone(),
                    name: name.clone(),
                    version: *version,
                    version_tag: version_tag.clone(),
                    requirements,
                };
                self.versions.entry((tenant.clone(), id.clone())).or_default().push(*key);
                self.decisions.insert(*key, Arc::new(decision));
            }
            _ => {}
        }
    }

    /// Links the graphs that waited for this one. Nothing refers to them yet: all graphs of a deployment come before
    /// its decisions.
    fn link_with(&mut self, key: Key) {
        let waiting: Vec<Key> = self
            .graphs
            .values()
            .filter(|graph| graph.imports.contains(&key))
            .map(|graph| graph.key)
            .collect();
        for waiting in waiting {
            let Some(graph) = self.graphs.get(&waiting) else { continue };
            let Ok(model) = Model::from_bytes(&graph.content.0) else { continue };
            let linked = self.linked(&model, &graph.imports);
            if let (Some(compiled), Some(graph)) =
                (linked, self.graphs.get_mut(&waiting).and_then(Arc::get_mut))
            {
                graph.compiled = compiled;
            }
        }
    }

    /// The events that make these decisions, with their tenants: all graphs first, as in a deployment.
    pub(crate) fn events(&self) -> Vec<(Str, Event)> {
        let mut events = Vec::new();
        let mut decisions = Vec::new();
        for graph in self.order.iter().filter_map(|key| self.graphs.get(key)) {
            let requirements = Event::RequirementsDeployed {
                key: graph.key,
                deployment: graph.deployment,
                id: graph.id.clone(),
                name: graph.name.clone(),
                version: graph.version,
                resource: graph.resource.clone(),
                content: graph.content.clone(),
                digest: graph.digest.clone(),
                imports: graph.imports.clone(),
            };
            events.push((graph.tenant.clone(), requirements));
            let mut own: Vec<&Arc<Decision>> =
                self.decisions.values().filter(|decision| decision.requirements.key == graph.key).collect();
            own.sort_by_key(|decision| decision.key);
            decisions.extend(own.into_iter().map(|decision| {
                let event = Event::DecisionDeployed {
                    key: decision.key,
                    requirements: graph.key,
                    id: decision.id.clone(),
                    name: decision.name.clone(),
                    version: decision.version,
                    version_tag: decision.version_tag.clone(),
                };
                (graph.tenant.clone(), event)
            }));
        }
        events.append(&mut decisions);
        events
    }

    /// Evaluates a decision and everything that it requires.
    pub(crate) fn evaluate(
        &self,
        decision: &Decision,
        inputs: feel::Context,
        key: Key,
        with: &mut Evaluator,
    ) -> DecisionEvaluation {
        let graph = &decision.requirements;
        let outcome = graph.compiled.evaluate(&decision.id, inputs, &with.env, &mut with.fuel);
        let mut evaluated: Vec<EvaluatedDecision> =
            outcome.evaluated.iter().map(|one| self.evaluated(graph, one)).collect();
        let DecisionOutcome { value, warnings, failure, .. } = outcome;
        let failed = failure.as_ref().map(|failure| match failure.decision_id.is_empty() {
            true => decision.id.clone(),
            false => Str::from(&*failure.decision_id),
        });
        // One that was broken off has no result, but it is part of what happened.
        if let Some(failed) = &failed
            && evaluated.iter().all(|one| one.id != *failed)
        {
            evaluated.push(self.broken_off(graph, failed));
        }
        DecisionEvaluation {
            key,
            decision: decision.key,
            decision_id: decision.id.clone(),
            name: decision.name.clone(),
            version: decision.version,
            requirements: graph.key,
            requirements_id: graph.id.clone(),
            evaluated,
            output: if failure.is_some() { Json::null() } else { json(&value) },
            failed_decision: failed.unwrap_or_else(|| Str::from("")),
            failure: failure.map_or_else(|| Str::from(""), |failure| Str::from(failure.to_string())),
            warnings: warnings.iter().map(|warning| Str::from(warning.to_string())).collect(),
        }
    }

    /// The decision of a graph, or else of those that it imports, with this id.
    fn own(&self, graph: &Requirements, id: &str) -> Option<&Arc<Decision>> {
        let keys = self.versions.get(&(graph.tenant.clone(), Str::from(id)))?;
        let of = |wanted: Key| {
            let mut versions = keys.iter().filter_map(|key| self.decisions.get(key));
            versions.find(|decision| decision.requirements.key == wanted)
        };
        of(graph.key).or_else(|| graph.imports.iter().find_map(|import| of(*import)))
    }

    fn broken_off(&self, graph: &Requirements, id: &Str) -> EvaluatedDecision {
        let own = self.own(graph, id);
        let kind = graph.compiled.decisions().find(|one| *one.id == **id).map(|one| one.kind);
        EvaluatedDecision {
            key: own.map_or(Key::NONE, |own| own.key),
            id: id.clone(),
            name: own.map_or_else(|| id.clone(), |own| own.name.clone()),
            version: own.map_or(0, |own| own.version),
            kind: Str::from(kind.map_or("NONE", |kind| kind.as_str())),
            ..EvaluatedDecision::default()
        }
    }

    fn evaluated(&self, graph: &Requirements, one: &dmn::EvaluatedDecision) -> EvaluatedDecision {
        let own = self.own(graph, &one.id);
        EvaluatedDecision {
            key: own.map_or(Key::NONE, |own| own.key),
            id: Str::from(&*one.id),
            name: Str::from(&*one.name),
            version: own.map_or(0, |own| own.version),
            kind: Str::from(one.kind.as_str()),
            inputs: one.inputs.iter().map(|input| value(&input.id, &input.name, &input.value)).collect(),
            rules: one
                .matched
                .iter()
                .map(|rule| MatchedRule {
                    id: Str::from(&*rule.id),
                    index: rule.index as u32,
                    outputs: rule
                        .outputs
                        .iter()
                        .map(|output| value(&output.id, &output.name, &output.value))
                        .collect(),
                })
                .collect(),
            output: json(&one.output),
        }
    }
}

/// A graph as the answer to a deployment has it.
fn of(graph: &Requirements, duplicate: bool) -> DeployedRequirements {
    DeployedRequirements {
        key: graph.key,
        id: graph.id.clone(),
        name: graph.name.clone(),
        version: graph.version,
        resource: graph.resource.clone(),
        duplicate,
    }
}

fn value(id: &str, name: &str, value: &feel::Value) -> EvaluatedInput {
    EvaluatedInput { id: Str::from(id), name: Str::from(name), value: json(value) }
}

fn json(value: &feel::Value) -> Json {
    Json::trusted(value.to_json())
}
