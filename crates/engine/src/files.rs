//! Deployed files that are neither processes nor decisions: forms, found by user tasks, and others, such as scripts of
//! robots, given to workers whose tasks link them.
//!
//! **Invariant:** an id has one sequence of versions among forms and one among the other files.

use crate::catalog::{Deletions, ResourceKind};
use crate::compile::{JobTask, Linked};
use crate::expression::{Expression, Failure};
use crate::run::Run;
use crate::variables::Scopes;
use bpmn::model::Binding;
use record::event::DeployedFile;
use record::wire::Bytes;
use record::{DeployedResource, Event, IncidentType, Key, Resource, Str, Variables, json};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// All versions of all files, by tenant, kind and id, the oldest first.
#[derive(Debug, Default)]
pub struct Files {
    versions: FxHashMap<(Str, Kind, Str), Vec<Arc<DeployedFile>>>,
    /// In order of deployment.
    order: Vec<(Str, Arc<DeployedFile>)>,
}

/// What shares its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Forms.
    Form,
    /// Everything else.
    Resource,
}

impl Kind {
    /// By the file's name.
    pub fn of_file(name: &str) -> Self {
        if record::is_form(name) { Kind::Form } else { Kind::Resource }
    }

    fn deployed(self) -> ResourceKind {
        match self {
            Kind::Form => ResourceKind::Form,
            Kind::Resource => ResourceKind::Resource,
        }
    }

    /// By what a model says of the resource that it links.
    fn of_link(resource_type: &str) -> Self {
        if resource_type.eq_ignore_ascii_case("form") { Kind::Form } else { Kind::Resource }
    }
}

impl Files {
    /// The version of a file that is meant.
    pub fn find(
        &self,
        tenant: &Str,
        kind: Kind,
        id: &Str,
        binding: &Binding,
        deployment: Key,
    ) -> Option<&DeployedFile> {
        let mut newest = self.versions.get(&(tenant.clone(), kind, id.clone()))?.iter().rev();
        let found = match binding {
            Binding::Latest => newest.next(),
            Binding::Deployment => newest.find(|file| file.deployment == deployment),
            Binding::VersionTag(tag) => newest.find(|file| *file.version_tag == **tag),
        };
        found.map(|file| &**file)
    }

    /// The version with this key.
    pub fn get(&self, key: Key) -> Option<&DeployedFile> {
        self.order.iter().map(|(_, file)| &**file).find(|file| file.key == key)
    }

    /// The next version of a file, or (unless everything is to be a new version) the newest one where it was deployed
    /// before just the same; or what is wrong with it.
    pub(crate) fn deploy(
        &self,
        tenant: &Str,
        deployment: Key,
        key: Key,
        resource: &Resource,
        all_new: bool,
        deletions: &Deletions,
    ) -> Result<(Option<Event>, DeployedResource), String> {
        let kind = Kind::of_file(&resource.name);
        let (id, version_tag) = match kind {
            Kind::Form => form_names(resource)?,
            Kind::Resource => names(resource),
        };
        let digest = Bytes(Sha256::digest(&resource.content.0).as_slice().into());
        let newest = self.find(tenant, kind, &id, &Binding::Latest, deployment);
        let name = resource.name.clone();
        let same = newest.filter(|newest| newest.digest == digest && newest.name == name);
        if let Some(same) = same.filter(|_| !all_new) {
            let (key, version, version_tag) = (same.key, same.version, same.version_tag.clone());
            return Ok((None, DeployedResource { key, id, version, name, version_tag, duplicate: true }));
        }
        let newest = newest.map(|newest| newest.version);
        let version = deletions.next_version(tenant, kind.deployed(), &id, newest);
        let deployed = DeployedResource {
            key,
            id: id.clone(),
            version,
            name: name.clone(),
            version_tag: version_tag.clone(),
            duplicate: false,
        };
        let content = resource.content.clone();
        let file = DeployedFile { key, deployment, id, version, name, content, digest, version_tag };
        Ok((Some(Event::FileDeployed { file: Box::new(file) }), deployed))
    }

    pub(crate) fn apply(&mut self, tenant: &Str, event: &Event) {
        if let Event::FileDeployed { file } = event {
            let file = Arc::new((**file).clone());
            let owner = (tenant.clone(), Kind::of_file(&file.name), file.id.clone());
            self.versions.entry(owner).or_default().push(file.clone());
            self.order.push((tenant.clone(), file));
        }
    }

    /// The version of a tenant's file with this key.
    pub(crate) fn of_tenant(&self, tenant: &Str, key: Key) -> Option<&DeployedFile> {
        let mut own = self.order.iter().filter(|(owner, _)| owner == tenant);
        own.find(|(_, file)| file.key == key).map(|(_, file)| &**file)
    }

    /// Takes a file out: its key, kind, id and version.
    pub(crate) fn remove(&mut self, key: Key) -> Vec<(Key, ResourceKind, Str, u32)> {
        let Some(at) = self.order.iter().position(|(_, file)| file.key == key) else { return Vec::new() };
        let (tenant, file) = self.order.remove(at);
        let kind = Kind::of_file(&file.name);
        let owner = (tenant, kind, file.id.clone());
        if let Some(versions) = self.versions.get_mut(&owner) {
            versions.retain(|other| other.key != key);
            if versions.is_empty() {
                self.versions.remove(&owner);
            }
        }
        vec![(key, kind.deployed(), file.id.clone(), file.version)]
    }

    /// The events that make them, in order.
    pub(crate) fn events(&self) -> impl Iterator<Item = (Str, Event)> {
        let event = |file: &Arc<DeployedFile>| Event::FileDeployed { file: Box::new((**file).clone()) };
        self.order.iter().map(move |(tenant, file)| (tenant.clone(), event(file)))
    }
}

/// True for files that are read as processes: by their name, or because they are XML.
pub(crate) fn is_process(resource: &Resource) -> bool {
    let name = resource.name.to_ascii_lowercase();
    if record::is_form(&name) {
        return false;
    }
    let text = resource.content.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&resource.content.0);
    name.ends_with(".bpmn")
        || name.ends_with(".xml")
        || text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Id and version tag: those that a JSON file gives itself, else its name.
fn names(resource: &Resource) -> (Str, Str) {
    let given = json_of(resource).ok();
    let text = |name| text_of(given.as_ref()?, name).filter(|text| !text.is_empty());
    (text("id").unwrap_or_else(|| resource.name.clone()), text("versionTag").unwrap_or_else(|| Str::from("")))
}

/// Id and version tag of a form, or what is wrong with it.
fn form_names(resource: &Resource) -> Result<(Str, Str), String> {
    let given =
        json_of(resource).map_err(|why| format!("{}: a form is a JSON object: {why}", resource.name))?;
    let wrong = |text: &str| format!("{}: {text}", resource.name);
    let id = text_of(&given, "id");
    let id = id.ok_or_else(|| wrong("Expected the form id to be present, but none given"))?;
    if id.trim().is_empty() {
        return Err(wrong("Expected the form id to be filled, but it is blank"));
    }
    Ok((id, text_of(&given, "versionTag").unwrap_or_else(|| Str::from(""))))
}

fn json_of(resource: &Resource) -> Result<Variables, String> {
    let text = std::str::from_utf8(&resource.content.0).map_err(|error| error.to_string())?;
    json::split(text).map_err(|error| error.to_string())
}

fn text_of(members: &Variables, name: &str) -> Option<Str> {
    let (_, value) = members.iter().find(|(known, _)| &**known == name)?;
    match feel::Value::from_json(value.as_str()) {
        Ok(feel::Value::String(text)) => Some(text),
        _ => None,
    }
}

impl Run<'_> {
    /// The deployment of the instance's definition.
    fn own_deployment(&self) -> Key {
        self.catalog
            .definition(self.instance.definition)
            .map_or(Key::NONE, |definition| definition.deployment)
    }

    /// The deployed form of a user task; an error names one that is not there.
    pub(crate) fn form(&mut self, id: &Expression, binding: &Binding, at: Key) -> Result<Key, Failure> {
        let id = id.to_text(&Scopes::new(self.instance, at), &mut self.evaluator)?;
        let deployment = self.own_deployment();
        let files = self.catalog.files();
        if let Some(form) = files.find(&self.instance.tenant, Kind::Form, &id, binding, deployment) {
            return Ok(form.key);
        }
        let text = match binding {
            Binding::Latest => format!(
                "Expected to find a form with id '{id}', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id"
            ),
            Binding::Deployment => format!(
                "Expected to use a form with id '{id}' with binding type 'deployment', but no such form found in the deployment with key {deployment} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended form to use."
            ),
            Binding::VersionTag(tag) => format!(
                "Expected to use a form with id '{id}' and version tag '{tag}', but no such form found. To resolve the incident, deploy a form with the given id and version tag."
            ),
        };
        Err(Failure::new(IncidentType::FormNotFound, text))
    }

    /// The resources that a job's worker gets, as the JSON of its header; an error names one that is not there.
    pub(crate) fn linked_resources(&mut self, job: &JobTask, at: Key) -> Result<Str, Failure> {
        let mut list = Vec::new();
        for Linked { resource, resource_type, link_name, binding } in &job.linked {
            let scopes = Scopes::new(self.instance, at);
            let id = resource.to_text(&scopes, &mut self.evaluator)?;
            let kind = Kind::of_link(resource_type);
            let found =
                self.catalog.files().find(&self.instance.tenant, kind, &id, binding, self.own_deployment());
            let Some(file) = found else {
                let wanted = match binding {
                    Binding::Latest => String::new(),
                    Binding::Deployment => " in the deployment of its process".to_owned(),
                    Binding::VersionTag(tag) => format!(" with the version tag '{tag}'"),
                };
                let text =
                    format!("Expected to link resource '{id}'{wanted}, but no such resource is deployed");
                return Err(Failure::new(IncidentType::ResourceNotFound, text));
            };
            let mut text = format!(r#"{{"resourceKey":"{}","resourceType":"#, file.key);
            json::quote(resource_type, &mut text);
            text.push_str(r#","linkName":"#);
            json::quote(link_name, &mut text);
            text.push('}');
            list.push(text);
        }
        Ok(Str::from(format!("[{}]", list.join(","))))
    }
}
