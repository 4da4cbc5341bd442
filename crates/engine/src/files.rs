//! Deployed files that are neither processes nor decisions, such as scripts of robots or forms: versioned by id, and given
//! to workers whose tasks link them.

use crate::compile::{JobTask, Linked};
use crate::expression::Failure;
use crate::run::Run;
use crate::variables::Scopes;
use bpmn::model::Binding;
use record::event::DeployedFile;
use record::wire::Bytes;
use record::{DeployedResource, Event, IncidentType, Key, Resource, Str, json};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// All versions of all files, by tenant and id, the oldest first.
#[derive(Debug, Default)]
pub struct Files {
    versions: FxHashMap<(Str, Str), Vec<Arc<DeployedFile>>>,
    /// In order of deployment.
    order: Vec<(Str, Arc<DeployedFile>)>,
}

impl Files {
    /// The version of a file that is meant.
    pub fn find(&self, tenant: &Str, id: &Str, binding: &Binding, deployment: Key) -> Option<&DeployedFile> {
        let mut newest = self.versions.get(&(tenant.clone(), id.clone()))?.iter().rev();
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

    /// The next version of a file, or the newest one where it was deployed before just the same.
    pub(crate) fn deploy(
        &self,
        tenant: &Str,
        deployment: Key,
        key: Key,
        resource: &Resource,
    ) -> (Option<Event>, DeployedResource) {
        let (id, version_tag) = names(resource);
        let digest = Bytes(Sha256::digest(&resource.content.0).as_slice().into());
        let newest = self.find(tenant, &id, &Binding::Latest, deployment);
        let name = resource.name.clone();
        if let Some(same) = newest.filter(|newest| newest.digest == digest && newest.name == name) {
            let (key, version, version_tag) = (same.key, same.version, same.version_tag.clone());
            return (None, DeployedResource { key, id, version, name, version_tag, duplicate: true });
        }
        let version = newest.map_or(0, |newest| newest.version) + 1;
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
        (Some(Event::FileDeployed { file: Box::new(file) }), deployed)
    }

    pub(crate) fn apply(&mut self, tenant: &Str, event: &Event) {
        if let Event::FileDeployed { file } = event {
            let file = Arc::new((**file).clone());
            self.versions.entry((tenant.clone(), file.id.clone())).or_default().push(file.clone());
            self.order.push((tenant.clone(), file));
        }
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
    let text = resource.content.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&resource.content.0);
    name.ends_with(".bpmn")
        || name.ends_with(".xml")
        || text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Id and version tag: those that a JSON file gives itself, else its name.
fn names(resource: &Resource) -> (Str, Str) {
    let given = std::str::from_utf8(&resource.content.0).ok().and_then(|text| json::split(text).ok());
    let text = |name: &str| {
        let (_, value) = given.as_ref()?.iter().find(|(known, _)| &**known == name)?;
        match feel::Value::from_json(value.as_str()) {
            Ok(feel::Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    };
    (text("id").unwrap_or_else(|| resource.name.clone()), text("versionTag").unwrap_or_else(|| Str::from("")))
}

impl Run<'_> {
    /// The resources that a job's worker gets, as the JSON of its header; an error names one that is not there.
    pub(crate) fn linked_resources(&mut self, job: &JobTask, at: Key) -> Result<Str, Failure> {
        let mut list = Vec::new();
        for Linked { resource, resource_type, link_name, binding } in &job.linked {
            let scopes = Scopes::new(self.instance, at);
            let id = resource.to_text(&scopes, &mut self.evaluator)?;
            let deployment = self.catalog.definition(self.instance.definition);
            let deployment = deployment.map_or(Key::NONE, |definition| definition.deployment);
            let Some(file) = self.catalog.files().find(&self.instance.tenant, &id, binding, deployment)
            else {
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
