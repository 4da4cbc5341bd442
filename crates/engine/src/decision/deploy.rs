//! Deploying files of decisions: all of one deployment are read first, then linked with each other and with what was
//! deployed before.
//!
//! **Invariant:** what a file is linked with is fixed by keys in its event, so that a replay links it the same way,
//! whatever was deployed since.

use super::{Decisions, Requirements, of};
use crate::catalog::{Deletions, ResourceKind};
use dmn::{Compiled, Model};
use record::wire::Bytes;
use record::{DeployedDecision, DeployedRequirements, Event, Key, Resource, Str};
use sha2::{Digest, Sha256};

/// What a deployment's files of decisions become.
pub(crate) struct Deployed {
    pub events: Vec<Event>,
    pub requirements: Vec<DeployedRequirements>,
    pub decisions: Vec<DeployedDecision>,
}

/// A file of the deployment.
struct File<'r> {
    resource: &'r Resource,
    digest: Bytes,
    model: Model,
    /// The models it imports, also through others.
    links: Vec<Link>,
    /// The graph that is there already, where the same file was deployed last.
    same: Option<Key>,
}

/// An imported model.
#[derive(Clone, Copy)]
enum Link {
    /// Another file of this deployment.
    New(usize),
    /// A graph that is there already.
    Old(Key),
}

impl Decisions {
    /// The events of the deployment of files, or all their problems. Files that were deployed before just the same
    /// have no events, unless everything is to be a new version.
    pub(crate) fn deploy(
        &self,
        tenant: &Str,
        deployment: Key,
        resources: &[&Resource],
        all_new: bool,
        deletions: &Deletions,
        mut next: impl FnMut() -> Key,
    ) -> Result<Deployed, Vec<String>> {
        let mut files = self.read(tenant, resources)?;
        if all_new {
            files.iter_mut().for_each(|file| file.same = None);
        }
        for at in 0..files.len() {
            files[at].links = self.links(tenant, &files, at);
        }
        self.check(&files)?;
        self.find_changes(&mut files);
        let keys: Vec<(Key, Vec<Key>)> = files
            .iter()
            .map(|file| match file.same {
                Some(key) => (key, Vec::new()),
                None => (next(), file.model.decisions.iter().map(|_| next()).collect()),
            })
            .collect();
        let graphs: Vec<Key> = keys.iter().map(|(graph, _)| *graph).collect();
        let mut deployed = Deployed { events: Vec::new(), requirements: Vec::new(), decisions: Vec::new() };
        let mut decisions = Vec::new();
        for (file, (key, own)) in files.iter().zip(keys) {
            match file.same.and_then(|same| self.graphs.get(&same)) {
                Some(same) => {
                    deployed.requirements.push(of(same, true));
                    deployed.decisions.extend(self.of(same));
                }
                None => {
                    let imports = file.links.iter().map(|link| link.key(&graphs)).collect();
                    let (event, graph) = self.graph_event(tenant, deployment, key, file, imports, deletions);
                    deployed.events.push(event);
                    deployed.decisions.extend(self.decision_events(
                        tenant,
                        &graph,
                        file,
                        own,
                        deletions,
                        &mut decisions,
                    ));
                    deployed.requirements.push(graph);
                }
            }
        }
        // All graphs come first, so that those which import each other are linked before anything refers to them.
        deployed.events.append(&mut decisions);
        Ok(deployed)
    }

    fn read<'r>(&self, tenant: &Str, resources: &[&'r Resource]) -> Result<Vec<File<'r>>, Vec<String>> {
        let (mut files, mut problems): (Vec<File<'r>>, Vec<String>) = (Vec::new(), Vec::new());
        for resource in resources {
            match Model::from_bytes(&resource.content.0) {
                Ok(model) => {
                    let digest = Bytes(Sha256::digest(&resource.content.0).as_slice().into());
                    let newest = self.newest_graph(tenant, &model.id);
                    let same = newest
                        .filter(|newest| newest.digest == digest && newest.resource == resource.name)
                        .map(|same| same.key);
                    problems.extend(files.iter().filter_map(|other| twice(other, resource, &model)));
                    files.push(File { resource, digest, model, links: Vec::new(), same });
                }
                Err(found) => problems.extend(texts(resource, &found)),
            }
        }
        if problems.is_empty() { Ok(files) } else { Err(problems) }
    }

    /// The models that a file imports, also through others: those of this deployment, else the newest ones.
    fn links(&self, tenant: &Str, files: &[File<'_>], at: usize) -> Vec<Link> {
        let namespaces = |model: &Model| {
            model.imports.iter().map(|import| Str::from(&*import.namespace)).collect::<Vec<_>>()
        };
        let mut known = vec![Str::from(&*files[at].model.namespace)];
        let mut open = namespaces(&files[at].model);
        let mut links = Vec::new();
        let mut next = 0;
        while next < open.len() {
            let namespace = open[next].clone();
            next += 1;
            if known.contains(&namespace) {
                continue;
            }
            let new = files
                .iter()
                .enumerate()
                .position(|(other, file)| other != at && *file.model.namespace == *namespace);
            if let Some(new) = new {
                links.push(Link::New(new));
                open.extend(namespaces(&files[new].model));
            } else if let Some(old) = self.newest_of_namespace(tenant, &namespace) {
                links.push(Link::Old(old.key));
                // What that one was linked with, not what it would be linked with today.
                for import in old.imports.iter().filter_map(|key| self.graphs.get(key)) {
                    if !known.contains(&import.namespace) && !open.contains(&import.namespace) {
                        links.push(Link::Old(import.key));
                        known.push(import.namespace.clone());
                    }
                }
            }
            known.push(namespace);
        }
        links
    }

    /// The newest graph whose model has the namespace.
    fn newest_of_namespace(&self, tenant: &Str, namespace: &Str) -> Option<&Requirements> {
        let mut newest_first = self.order.iter().rev().filter_map(|key| self.graphs.get(key));
        newest_first
            .find(|graph| graph.tenant == *tenant && graph.namespace == *namespace)
            .map(|graph| &**graph)
    }

    fn newest_graph(&self, tenant: &Str, id: &str) -> Option<&Requirements> {
        let keys = self.graph_versions.get(&(tenant.clone(), Str::from(id)))?;
        self.graphs.get(keys.last()?).map(|graph| &**graph)
    }

    /// Compiles every file with what it is linked with; on failure all problems.
    fn check(&self, files: &[File<'_>]) -> Result<(), Vec<String>> {
        let (mut problems, mut inside) = (Vec::new(), Vec::new());
        for file in files {
            let old: Vec<Model> = file.links.iter().filter_map(|link| self.old_model(*link)).collect();
            let new = file.links.iter().filter_map(|link| match link {
                Link::New(at) => Some(&files[*at].model),
                Link::Old(_) => None,
            });
            let imports: Vec<&Model> = new.chain(&old).collect();
            let compiled = file.model.compile(&imports);
            let own = compiled.own_diagnostics();
            problems.extend(texts(file.resource, own));
            inside.extend(texts(file.resource, &compiled.diagnostics()[own.len()..]));
        }
        // What is wrong in an imported file of this deployment was told for that file already.
        if problems.is_empty() {
            problems = inside;
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn old_model(&self, link: Link) -> Option<Model> {
        let Link::Old(key) = link else { return None };
        Model::from_bytes(&self.graphs.get(&key)?.content.0).ok()
    }

    /// A file is the same as before only where all it imports is the same too.
    fn find_changes(&self, files: &mut [File<'_>]) {
        loop {
            let same: Vec<Option<Key>> = files.iter().map(|file| file.same).collect();
            let mut changed = false;
            for file in files.iter_mut() {
                let Some(graph) = file.same.and_then(|key| self.graphs.get(&key)) else { continue };
                let now: Option<Vec<Key>> = file
                    .links
                    .iter()
                    .map(|link| match link {
                        Link::New(at) => same[*at],
                        Link::Old(key) => Some(*key),
                    })
                    .collect();
                if now.as_ref() != Some(&graph.imports) {
                    file.same = None;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn graph_event(
        &self,
        tenant: &Str,
        deployment: Key,
        key: Key,
        file: &File<'_>,
        imports: Vec<Key>,
        deletions: &Deletions,
    ) -> (Event, DeployedRequirements) {
        let (id, name) = (Str::from(&*file.model.id), Str::from(&*file.model.name));
        let newest = self.newest_graph(tenant, &id).map(|newest| newest.version);
        let version = deletions.next_version(tenant, ResourceKind::Requirements, &id, newest);
        let resource = file.resource.name.clone();
        let event = Event::RequirementsDeployed {
            key,
            deployment,
            id: id.clone(),
            name: name.clone(),
            version,
            resource: resource.clone(),
            content: file.resource.content.clone(),
            digest: file.digest.clone(),
            imports,
        };
        (event, DeployedRequirements { key, id, name, version, resource, duplicate: false })
    }

    fn decision_events(
        &self,
        tenant: &Str,
        graph: &DeployedRequirements,
        file: &File<'_>,
        keys: Vec<Key>,
        deletions: &Deletions,
        events: &mut Vec<Event>,
    ) -> Vec<DeployedDecision> {
        let mut deployed = Vec::new();
        for (model, key) in file.model.decisions.iter().zip(keys) {
            let (id, name) = (Str::from(&*model.id), Str::from(&*model.name));
            let newest = self.latest(tenant, &id).map(|newest| newest.version);
            let version = deletions.next_version(tenant, ResourceKind::Decision, &id, newest);
            events.push(Event::DecisionDeployed {
                key,
                requirements: graph.key,
                id: id.clone(),
                name: name.clone(),
                version,
                version_tag: Str::from(model.version_tag.as_deref().unwrap_or_default()),
            });
            let (requirements, requirements_id) = (graph.key, graph.id.clone());
            deployed.push(DeployedDecision { key, id, name, version, requirements, requirements_id });
        }
        deployed
    }

    /// Compiles a model with graphs that are there; nothing where one of them is still to come.
    pub(super) fn linked(&self, model: &Model, imports: &[Key]) -> Option<Compiled> {
        let graphs = imports.iter().map(|key| self.graphs.get(key)).collect::<Option<Vec<_>>>()?;
        let models: Vec<Model> =
            graphs.iter().filter_map(|graph| Model::from_bytes(&graph.content.0).ok()).collect();
        Some(model.compile(&models.iter().collect::<Vec<_>>()))
    }
}

impl Link {
    fn key(self, graphs: &[Key]) -> Key {
        match self {
            Link::New(at) => graphs[at],
            Link::Old(key) => key,
        }
    }
}

/// The errors among what was found, as `file:line:column: error[code] ...`.
fn texts(resource: &Resource, found: &[dmn::Diagnostic]) -> Vec<String> {
    let errors = found.iter().filter(|found| found.is_error());
    errors.map(|found| format!("{}:{found}", resource.name)).collect()
}

/// An id that a file shares with an earlier one of the same deployment.
fn twice(other: &File<'_>, resource: &Resource, model: &Model) -> Option<String> {
    let (first, second) = (&other.resource.name, &resource.name);
    if other.model.id == model.id {
        let id = &model.id;
        return Some(format!(
            "{second}: the decision requirements id '{id}' is also that of '{first}'; give one of the files an id of its own"
        ));
    }
    let ids = |model: &Model| model.decisions.iter().map(|decision| decision.id.clone()).collect::<Vec<_>>();
    let (known, ours) = (ids(&other.model), ids(model));
    let id = ours.iter().find(|id| known.contains(id))?;
    let decision = model.decisions.iter().find(|decision| decision.id == *id)?;
    let place = decision.place;
    Some(format!(
        "{second}:{}:{}: the decision id '{id}' is also in '{first}'; give one of the decisions an id of its own",
        place.line, place.column
    ))
}
