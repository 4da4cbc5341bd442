//! Decisions: requirements graphs by key, decisions by key, id and version, and their evaluation into what history
//! keeps.

use crate::expression::Evaluator;
use dmn::{Compiled, DecisionOutcome, Model};
use record::event::{DecisionEvaluation, EvaluatedDecision, EvaluatedInput, MatchedRule};
use record::wire::Bytes;
use record::{
    DeployedDecision, DeployedRequirements, Event, Json, Key, Rejection, RejectionKind, Resource, Str,
};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
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

/// A file of decisions, read for a deployment.
pub(crate) struct Read {
    id: Str,
    name: Str,
    decisions: Vec<(Str, Str)>,
}

/// Reads and compiles a file; on failure all its problems.
fn compile(resource: &Resource) -> Result<(Model, Compiled), Vec<String>> {
    let texts = |found: Vec<dmn::Diagnostic>| -> Vec<String> {
        found
            .iter()
            .filter(|found| found.is_error())
            .map(|found| format!("{}:{found}", resource.name))
            .collect()
    };
    let utf8 = |_| vec![format!("{}:1:1: error[dmn.encoding]: the file is not UTF-8", resource.name)];
    let text = std::str::from_utf8(&resource.content.0).map_err(utf8)?;
    let model = Model::read(text).map_err(texts)?;
    let compiled = model.compile(&[]).checked().map_err(texts)?;
    Ok((model, compiled))
}

/// Reads a file for a deployment.
pub(crate) fn read(resource: &Resource) -> Result<Read, Vec<String>> {
    let (model, compiled) = compile(resource)?;
    let decisions =
        compiled.decisions().map(|decision| (Str::from(&*decision.id), Str::from(&*decision.name)));
    Ok(Read { id: Str::from(&*model.id), name: Str::from(&*model.name), decisions: decisions.collect() })
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

    /// The events of a file's deployment, or what is there already where the same file was deployed before.
    pub(crate) fn add(
        &self,
        tenant: &Str,
        deployment: Key,
        keys: &mut impl Iterator<Item = i64>,
        resource: &Resource,
        file: Read,
    ) -> (Vec<Event>, DeployedRequirements, Vec<DeployedDecision>) {
        let digest = Bytes(Sha256::digest(&resource.content.0).as_slice().into());
        let newest = self.graph_versions.get(&(tenant.clone(), file.id.clone()));
        let newest = newest.and_then(|keys| self.graphs.get(keys.last()?));
        if let Some(same) =
            newest.filter(|newest| newest.digest == digest && newest.resource == resource.name)
        {
            return (Vec::new(), deployed(same, true), self.of(same));
        }
        let mut next = || Key(keys.next().unwrap_or_default());
        let (key, version) = (next(), newest.map_or(0, |newest| newest.version) + 1);
        let mut events = vec![Event::RequirementsDeployed {
            key,
            deployment,
            id: file.id.clone(),
            name: file.name.clone(),
            version,
            resource: resource.name.clone(),
            content: resource.content.clone(),
            digest,
        }];
        let mut decisions = Vec::new();
        for (id, name) in file.decisions {
            let version = self.latest(tenant, &id).map_or(0, |newest| newest.version) + 1;
            let decision = DeployedDecision {
                key: next(),
                id: id.clone(),
                name: name.clone(),
                version,
                requirements: key,
                requirements_id: file.id.clone(),
            };
            events.push(Event::DecisionDeployed { key: decision.key, requirements: key, id, name, version });
            decisions.push(decision);
        }
        let (id, name, resource) = (file.id, file.name, resource.name.clone());
        (events, DeployedRequirements { key, id, name, version, resource, duplicate: false }, decisions)
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
            Event::RequirementsDeployed { key, deployment, id, name, version, resource, content, digest } => {
                let file = Resource { name: resource.clone(), content: content.clone() };
                let Ok((_, compiled)) = compile(&file) else { return };
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
                    compiled,
                };
                self.graph_versions.entry((tenant.clone(), id.clone())).or_default().push(*key);
                self.graphs.insert(*key, Arc::new(graph));
                self.order.push(*key);
            }
            Event::DecisionDeployed { key, requirements, id, name, version } => {
                let Some(requirements) = self.graphs.get(requirements).cloned() else { return };
                let decision = Decision {
                    key: *key,
                    id: id.clone(),
                    name: name.clone(),
                    version: *version,
                    requirements,
                };
                self.versions.entry((tenant.clone(), id.clone())).or_default().push(*key);
                self.decisions.insert(*key, Arc::new(decision));
            }
            _ => {}
        }
    }

    /// The events that make these decisions, with their tenants.
    pub(crate) fn events(&self) -> Vec<(Str, Event)> {
        let mut events = Vec::new();
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
            };
            events.push((graph.tenant.clone(), requirements));
            for decision in self.of(graph) {
                let DeployedDecision { key, id, name, version, requirements, .. } = decision;
                events.push((
                    graph.tenant.clone(),
                    Event::DecisionDeployed { key, requirements, id, name, version },
                ));
            }
        }
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

    /// The decision of a graph with this id.
    fn own(&self, graph: &Requirements, id: &str) -> Option<&Arc<Decision>> {
        let keys = self.versions.get(&(graph.tenant.clone(), Str::from(id)));
        let mut own = keys.into_iter().flatten().filter_map(|key| self.decisions.get(key));
        own.find(|decision| decision.requirements.key == graph.key)
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

fn deployed(graph: &Requirements, duplicate: bool) -> DeployedRequirements {
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
