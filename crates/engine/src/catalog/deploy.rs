//! Deployments: files in, definitions out, all or none.
//!
//! **Invariant:** what is deployed together and not all the same as before is all a new version, so that a binding to
//! the deployment finds everything that came with it.

use super::Catalog;
use super::deleted::ResourceKind;
use crate::aggregate::{Env, Step};
use crate::compile::{self, Catch, Process};
use crate::expression::Evaluator;
use crate::files;
use crate::instance::Instance;
use crate::limits;
use crate::timer;
use crate::variables::Scopes;
use bpmn::model::{self, Binding};
use record::wire::Bytes;
use record::{
    DeployedDecision, DeployedProcess, DeployedRequirements, DeployedResource, Event, Key, Rejection,
    RejectionKind, Resource, Response, Str,
};
use sha2::{Digest, Sha256};

/// A deployment as it grows. Its keys come from one block.
struct Deploying<'d> {
    tenant: &'d Str,
    deployment: Key,
    /// Nothing counts as deployed before.
    all_new: bool,
    next: i64,
    events: Vec<Event>,
    problems: Vec<String>,
    processes: Vec<DeployedProcess>,
    requirements: Vec<DeployedRequirements>,
    decisions: Vec<DeployedDecision>,
    files: Vec<DeployedResource>,
}

impl<'d> Deploying<'d> {
    fn new(tenant: &'d Str, deployment: Key, all_new: bool) -> Self {
        Deploying {
            tenant,
            deployment,
            all_new,
            next: deployment.0 + 1,
            events: Vec::new(),
            problems: Vec::new(),
            processes: Vec::new(),
            requirements: Vec::new(),
            decisions: Vec::new(),
            files: Vec::new(),
        }
    }

    fn key(&mut self) -> Key {
        self.next += 1;
        Key(self.next - 1)
    }

    /// Some of it was deployed before just the same and some was not.
    fn is_mixed(&self) -> bool {
        let processes = self.processes.iter().map(|it| it.duplicate);
        let graphs = self.requirements.iter().map(|it| it.duplicate);
        let duplicates = processes.chain(graphs).chain(self.files.iter().map(|it| it.duplicate));
        let (same, new): (Vec<bool>, Vec<bool>) = duplicates.partition(|duplicate| *duplicate);
        !same.is_empty() && !new.is_empty()
    }

    /// Says so where a model wants something from its deployment that is not there.
    fn missing(&self, bound: &Bound) -> Option<String> {
        let found = match bound.what {
            "process" => self.processes.iter().any(|process| process.id == bound.id),
            "decision" => self.decisions.iter().any(|decision| decision.id == bound.id),
            "form" => self.files.iter().any(|file| record::is_form(&file.name) && file.id == bound.id),
            _ => self.files.iter().any(|file| !record::is_form(&file.name) && file.id == bound.id),
        };
        let Bound { place, what, id } = bound;
        (!found).then(|| {
            format!("{place}: Expected to find {what} with id '{id}' in current deployment, but not found.")
        })
    }
}

/// A file of processes, read.
struct Model<'r> {
    resource: &'r Resource,
    processes: Vec<Process>,
    bound: Vec<Bound>,
    /// The models that it imports, also through others.
    imports: Vec<Resource>,
}

/// What an element wants from the deployment of its process, where its id is fixed.
struct Bound {
    place: String,
    what: &'static str,
    id: Str,
}

impl Catalog {
    pub(super) fn deploy(
        &self,
        tenant: &Str,
        resources: &[Resource],
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        let deployment = env.blocks.take();
        let (mut models, mut problems) = (Vec::new(), Vec::new());
        let all: Vec<&Resource> =
            resources.iter().filter(|it| !is_dmn(it) && files::is_process(it)).collect();
        let (imported, mut between) = between(&all);
        for (index, resource) in all.iter().enumerate() {
            let imports = imported[index].iter().map(|other| all[*other].clone()).collect();
            match load(resource, imports, imported.iter().flatten().any(|it| *it == index)) {
                Ok(model) => models.push(model),
                Err(found) => problems.extend(found),
            }
        }
        between.retain(|problem| !problems.contains(problem));
        problems.append(&mut between);
        let mut new = self.bring(Deploying::new(tenant, deployment, false), resources, &models, env);
        if new.is_mixed() {
            new = self.bring(Deploying::new(tenant, deployment, true), resources, &models, env);
        }
        problems.append(&mut new.problems);
        if problems.is_empty() {
            let bound = models.iter().flat_map(|model| &model.bound).filter(|_| !self.of_parts);
            problems.extend(bound.filter_map(|it| new.missing(it)));
        }
        if Key(new.next - 1).block() != deployment {
            problems.push(format!("a deployment may bring {} definitions at most", record::key::BLOCK - 1));
        }
        if !problems.is_empty() {
            let text = format!(
                "Expected to deploy new resources, but encountered the following errors:\n{}",
                problems.join("\n")
            );
            return Err(Rejection::new(RejectionKind::InvalidArgument, text));
        }
        new.events.push(Event::DeploymentCreated { key: deployment });
        let Deploying { events, processes, requirements, decisions, files, .. } = new;
        let response = Response::Deployed { key: deployment, processes, requirements, decisions, files };
        Ok(Step { events, response, index: Vec::new(), more: false })
    }

    fn bring<'d>(
        &self,
        mut new: Deploying<'d>,
        resources: &[Resource],
        models: &[Model<'_>],
        env: &Env<'_>,
    ) -> Deploying<'d> {
        let (tenant, deployment, all_new) = (new.tenant, new.deployment, new.all_new);
        // Files of decisions are read together, since they may import each other.
        let dmn: Vec<&Resource> = resources.iter().filter(|it| is_dmn(it)).collect();
        let deletions = &self.deletions;
        match self.decisions.deploy(tenant, deployment, &dmn, all_new, deletions, || new.key()) {
            Ok(deployed) => {
                new.events.extend(deployed.events);
                (new.requirements, new.decisions) = (deployed.requirements, deployed.decisions);
            }
            Err(found) => new.problems.extend(found),
        }
        for resource in resources.iter().filter(|it| !is_dmn(it) && !files::is_process(it)) {
            let key = new.key();
            match self.files.deploy(tenant, deployment, key, resource, all_new, &self.deletions) {
                Ok((event, deployed)) => {
                    if new.files.iter().any(|other| is_same(other, &deployed)) {
                        new.problems.push(format!(
                            "{}: another file of this deployment has the id '{}'",
                            resource.name, deployed.id
                        ));
                    }
                    new.events.extend(event);
                    new.files.push(deployed);
                }
                Err(problem) => new.problems.push(problem),
            }
        }
        for model in models {
            for process in &model.processes {
                let key = new.key();
                let (event, deployed) = self.add(key, model, process, &new);
                if let Some(event) = event {
                    new.events.push(event);
                    self.start_timers(process, key, env, &mut new);
                }
                new.processes.push(deployed);
            }
        }
        new
    }

    /// The next version, or the newest one where the same file was deployed before.
    fn add(
        &self,
        key: Key,
        model: &Model<'_>,
        process: &Process,
        new: &Deploying<'_>,
    ) -> (Option<Event>, DeployedProcess) {
        let Model { resource, imports, .. } = model;
        let digest = Bytes(Sha256::digest(&resource.content.0).as_slice().into());
        let newest = self.latest(new.tenant, &process.id);
        let id = process.id.clone();
        let same = newest.filter(|newest| newest.digest == digest && newest.resource == resource.name);
        let same = same.filter(|newest| newest.imports == *imports);
        if let Some(same) = same.filter(|_| !new.all_new) {
            let (key, version, resource) = (same.key, same.version, resource.name.clone());
            return (None, DeployedProcess { key, id, version, resource, duplicate: true });
        }
        let earlier = new.processes.iter().filter(|it| it.id == id && !it.duplicate).count() as u32;
        let newest = newest.map(|newest| newest.version);
        let next = self.deletions.next_version(new.tenant, ResourceKind::Process, &id, newest);
        let version = next + earlier;
        let event = Event::DefinitionDeployed {
            key,
            deployment: new.deployment,
            process_id: id.clone(),
            version,
            resource: resource.name.clone(),
            content: resource.content.clone(),
            digest,
            version_tag: process.version_tag.clone(),
            name: process.name.clone(),
            imports: imports.clone(),
        };
        (Some(event), DeployedProcess { key, id, version, resource: resource.name.clone(), duplicate: false })
    }

    /// Timers of an older version stop, those of the new one run.
    fn start_timers(&self, process: &Process, definition: Key, env: &Env<'_>, new: &mut Deploying<'_>) {
        new.events.extend(self.stop_timers(new.tenant, &process.id));
        match plan_timers(process, env) {
            Ok(planned) => {
                for (ordinal, plan) in planned {
                    let key = new.key();
                    new.events.push(plan.scheduled(key, definition, ordinal));
                }
            }
            Err(problems) => new.problems.extend(problems),
        }
    }

    pub(super) fn stop_timers(&self, tenant: &Str, process_id: &Str) -> impl Iterator<Item = Event> {
        let timers = self.timers.iter().filter(move |(owner, timer)| {
            let old = self.definitions.get(&timer.definition);
            owner == tenant && old.is_some_and(|old| old.process_id == *process_id)
        });
        timers.map(|(_, timer)| Event::StartTimerCanceled { key: timer.key })
    }
}

/// When the timer start events of a process fire, by their ordinals.
pub(super) fn plan_timers(process: &Process, env: &Env<'_>) -> Result<Vec<(u32, timer::Plan)>, Vec<String>> {
    let (mut planned, mut problems) = (Vec::new(), Vec::new());
    let nothing = Instance::default();
    let scopes = Scopes::new(&nothing, Key::NONE);
    for (node, _, catch) in process.start_catches() {
        let Catch::Timer(model) = catch else { continue };
        let feel_env = feel::Env { now: env.now, seed: env.seed, ..feel::Env::default() };
        let mut evaluator = Evaluator { env: feel_env, fuel: feel::Fuel::new(limits::STEP_FUEL) };
        match timer::plan(model, &scopes, &mut evaluator, env.now) {
            Ok(plan) => planned.extend(plan.map(|plan| (node.ordinal, plan))),
            Err(failure) => problems.push(format!("'{}': {}", node.id, failure.message)),
        }
    }
    if problems.is_empty() { Ok(planned) } else { Err(problems) }
}

fn is_dmn(resource: &Resource) -> bool {
    resource.name.ends_with(".dmn")
}

fn is_same(one: &DeployedResource, other: &DeployedResource) -> bool {
    one.id == other.id && record::is_form(&one.name) == record::is_form(&other.name)
}

/// Reads and compiles a file that was deployed. It was accepted then, so the rules of today have no say.
pub(super) fn read(resource: &Resource, imports: &[Resource]) -> Option<Vec<Process>> {
    let document = bpmn::read(&resource.content.0, &resource.name).ok()?;
    let files: Vec<(&str, &[u8])> = imports.iter().map(|it| (&*it.name, &*it.content.0)).collect();
    compile::compile(&bpmn::model_importing(&document, &files)).ok()
}

/// The models that each imports, and what is wrong between them. One that is not there may be deployed on its own.
fn between(models: &[&Resource]) -> (Vec<Vec<usize>>, Vec<String>) {
    if models.len() < 2 {
        return (vec![Vec::new(); models.len()], Vec::new());
    }
    let models: Vec<(&str, &[u8])> = models.iter().map(|it| (&*it.name, &*it.content.0)).collect();
    (bpmn::imported_among(&models), texts(bpmn::check_together(&models)))
}

fn texts(found: Vec<bpmn::Diagnostic>) -> Vec<String> {
    found.iter().filter(|found| found.is_error()).map(ToString::to_string).collect()
}

/// A model that others import need not have a process of its own.
fn load(resource: &Resource, imports: Vec<Resource>, is_imported: bool) -> Result<Model<'_>, Vec<String>> {
    let files: Vec<(&str, &[u8])> = imports.iter().map(|it| (&*it.name, &*it.content.0)).collect();
    let definitions = match bpmn::load_with(&resource.content.0, &resource.name, &files) {
        Ok((definitions, _warnings)) => definitions,
        Err(found) => {
            let mut errors = found.iter().filter(|it| it.is_error());
            if is_imported && errors.all(|it| it.code == "bpmn.no-executable-process") {
                return Ok(Model { resource, processes: Vec::new(), bound: Vec::new(), imports });
            }
            return Err(texts(found));
        }
    };
    let processes = compile::compile(&definitions).map_err(texts)?;
    if processes.is_empty() {
        let text = format!("{}: no process is executable; set isExecutable=\"true\" on one", resource.name);
        return Err(vec![text]);
    }
    let bound = definitions.executable_processes().flat_map(|it| &it.nodes).flat_map(|node| {
        let line = format!("{}:{}:{}: {}", resource.name, node.line, node.column, node.id);
        bound(node).map(move |(what, id)| Bound { place: line.clone(), what, id: Str::from(id) })
    });
    Ok(Model { resource, processes, bound: bound.collect(), imports })
}

/// What an element binds to its deployment, with ids that need no evaluation.
fn bound(node: &model::FlowNode) -> impl Iterator<Item = (&'static str, &str)> {
    let ext = &node.ext;
    let process = ext.called_element.as_ref().map(|it| ("process", &it.process_id, &it.binding));
    let decision = ext.called_decision.as_ref().map(|it| ("decision", &it.decision_id, &it.binding));
    let form = ext.form.as_ref().and_then(|it| Some(("form", it.form_id.as_ref()?, &it.binding)));
    let linked = ext.linked_resources.iter().map(|it| {
        let form = it.resource_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("form"));
        (if form { "form" } else { "resource" }, &it.resource_id, &it.binding)
    });
    let all = process.into_iter().chain(decision).chain(form).chain(linked);
    all.filter(|(_, id, binding)| **binding == Binding::Deployment && !id.is_feel && !id.text.is_empty())
        .map(|(what, id, _)| (what, id.text.as_str()))
}
