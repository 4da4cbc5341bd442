//! What starts instances beside clients: message, signal, timer and conditional start events, instantiating receive
//! tasks and event-based gateways of the newest version of each process; and which process a call activity means.

use crate::aggregate::{Env, Step};
use crate::catalog::{Catalog, Definition};
use crate::compile::{Catch, Node, NodeKind, Process};
use crate::expression::Evaluator;
use crate::instance::Instance;
use crate::limits;
use crate::variables::Scopes;
use bpmn::model::Binding;
use record::command::Origin;
use record::{AggregateId, Command, Event, Key, Rejection, RejectionKind, Response, Str, Variables};
use std::sync::Arc;

/// A definition that something starts.
pub(crate) struct Start {
    pub definition: Key,
    pub process_id: Str,
    /// BPMN id of the event.
    pub event: Str,
    /// Which of its definitions.
    pub part: u32,
}

impl Process {
    /// Everything whose occurrence starts an instance: the event, the part, and what it waits for.
    pub(crate) fn start_catches(&self) -> impl Iterator<Item = (&Node, u32, &Catch)> {
        let events = self.starts.iter().flat_map(|&start| match &self.nodes[start].kind {
            NodeKind::EventBasedGateway(gateway) => gateway.events.clone(),
            _ => vec![start],
        });
        events.flat_map(|event| {
            let node = &self.nodes[event];
            let parts = match &node.kind {
                NodeKind::StartEvent(catch) | NodeKind::Catch(catch) => catch.parts(),
                _ => &[],
            };
            parts.iter().enumerate().map(move |(part, catch)| (node, part as u32, catch))
        })
    }
}

impl Catalog {
    fn newest<'c>(&'c self, tenant: &'c Str) -> impl Iterator<Item = &'c Arc<Definition>> {
        self.definitions().filter(move |definition| {
            definition.tenant == *tenant
                && self.latest(tenant, &definition.process_id).is_some_and(|it| it.key == definition.key)
        })
    }

    fn starts<'c>(
        &'c self,
        tenant: &'c Str,
        wanted: impl Fn(&Catch) -> bool + 'c,
    ) -> impl Iterator<Item = Start> + 'c {
        self.newest(tenant).flat_map(move |definition| {
            let found: Vec<Start> = definition
                .process
                .start_catches()
                .filter(|(.., catch)| wanted(catch))
                .map(|(node, part, _)| Start {
                    definition: definition.key,
                    process_id: definition.process_id.clone(),
                    event: node.id.clone(),
                    part,
                })
                .collect();
            found
        })
    }

    /// What a message of this name starts.
    pub(crate) fn message_starts(&self, tenant: &Str, name: &Str) -> Vec<Start> {
        let wanted =
            |catch: &Catch| matches!(catch, Catch::Message { name: own, .. } if own.source() == &**name);
        self.starts(tenant, wanted).collect()
    }

    /// What a signal of this name starts: definition, start event and part.
    pub(crate) fn signal_starts(&self, tenant: &Str, name: &Str) -> Vec<(Key, Str, u32)> {
        let wanted = |catch: &Catch| matches!(catch, Catch::Signal(own) if own.source() == &**name);
        self.starts(tenant, wanted).map(|start| (start.definition, start.event, start.part)).collect()
    }

    /// Starts the processes whose conditional start events are true with these variables.
    pub(crate) fn evaluate_conditions(
        &self,
        tenant: &Str,
        wanted: Key,
        variables: &Variables,
        business_id: &Str,
        env: &mut Env<'_>,
    ) -> Result<Step, Rejection> {
        if !wanted.is_none() && self.definition(wanted).is_none_or(|found| found.tenant != *tenant) {
            let text = format!("Expected to find process definition with key '{wanted}', but none found");
            return Err(Rejection::new(RejectionKind::NotFound, text));
        }
        let feel_env = feel::Env { now: env.now, seed: env.seed, ..feel::Env::default() };
        let mut evaluator = Evaluator { env: feel_env, fuel: feel::Fuel::new(limits::STEP_FUEL) };
        let near: Vec<(Str, feel::Value)> = variables
            .iter()
            .map(|(name, json)| {
                (name.clone(), feel::Value::from_json(json.as_str()).unwrap_or(feel::Value::Null))
            })
            .collect();
        let nothing = Instance::default();
        let key = env.blocks.take();
        let (mut events, mut started) = (Vec::new(), Vec::new());
        let definitions: Vec<&Arc<Definition>> = match wanted.is_none() {
            true => self.newest(tenant).collect(),
            false => self.definition(wanted).into_iter().collect(),
        };
        for definition in definitions {
            for (node, part, catch) in definition.process.start_catches() {
                let Catch::Condition { condition, .. } = catch else { continue };
                let scopes = Scopes::with(&nothing, Key::NONE, &near);
                let value = condition.evaluate(&scopes, &mut evaluator);
                if !matches!(value, Ok((feel::Value::Bool(true), _))) {
                    continue;
                }
                let instance = env.blocks.take();
                let sequence = *env.sends;
                *env.sends += 1;
                let start_event = node.id.clone();
                let command = Command::CreateProcessInstance {
                    definition: definition.key,
                    process_id: Str::from(""),
                    version: 0,
                    variables: variables.clone(),
                    start: Vec::new(),
                    origin: Some(Origin { start_event, part, ..Origin::default() }),
                    business_id: business_id.clone(),
                    tags: Vec::new(),
                };
                let target = AggregateId::from(instance);
                let chain = crate::chain::sent(env.chain);
                events.push(Event::CommandSent { sequence, target, command: Box::new(command), chain });
                started.push((definition.key, instance));
            }
        }
        Ok(Step {
            events,
            response: Response::ConditionsEvaluated { key, started },
            index: Vec::new(),
            more: false,
        })
    }

    /// The process that a call activity of an instance means, or why there is none.
    pub(crate) fn called_process(
        &self,
        instance: &Instance,
        id: &Str,
        binding: &Binding,
    ) -> Result<&Arc<Definition>, String> {
        let tenant = &instance.tenant;
        match binding {
            Binding::Latest => self.latest(tenant, id).ok_or_else(|| {
                format!("Expected process with BPMN process id '{id}' to be deployed, but not found.")
            }),
            Binding::Deployment => {
                let deployment = self.definition(instance.definition).map(|it| it.deployment);
                let found = self.versions_of(tenant, id).find(|it| Some(it.deployment) == deployment);
                found.ok_or_else(|| {
                    format!(
                        "Expected to call process with BPMN process id '{id}' with binding type 'deployment', but no such process found in the deployment with key {} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended process to call.",
                        deployment.unwrap_or(Key::NONE)
                    )
                })
            }
            Binding::VersionTag(tag) => {
                let tagged =
                    self.versions_of(tenant, id).filter(|it| &*it.process.version_tag == tag.as_str());
                tagged.last().ok_or_else(|| {
                    format!(
                        "Expected to call process with BPMN process id '{id}' and version tag '{tag}', but no such process found. To resolve this incident, deploy a process with the given process id and version tag."
                    )
                })
            }
        }
    }
}
