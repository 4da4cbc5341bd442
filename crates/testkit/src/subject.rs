//! The engine as a subject of the comparison with the second interpreter: what is done to it are commands, what is seen
//! of it follows from its events.

use crate::World;
use engine::{ElementState, Role};
use oracle::{
    Counts, Inspect, InstanceView, Left, Observation, Outcome, Remains, State, Stimulus, Subject, TICK_MS,
    Value, whole,
};
use record::{AggregateId, Command, Event, Json, Key, Rejection, Str};
use std::collections::BTreeMap;

/// The engine, all of its partitions in memory.
pub struct EngineSubject {
    world: World,
}

impl EngineSubject {
    /// A fresh engine.
    pub fn new(partitions: u16, evict: bool) -> Self {
        EngineSubject { world: World::new(partitions, evict) }
    }

    /// The world below.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Instances in the order of their creation.
    fn instances(&self) -> Vec<Key> {
        let created = |(id, event): &(AggregateId, Event)| match (id, event) {
            (AggregateId::Instance { key }, Event::InstanceCreated { .. }) => Some(*key),
            _ => None,
        };
        self.world.log().iter().filter_map(created).collect()
    }

    /// Jobs and user tasks of an element that wait, in the order of their instances, then of activation.
    fn waiting(&self, element_id: &str) -> Vec<(AggregateId, Work)> {
        let mut found = Vec::new();
        for key in self.instances() {
            let (Some(instance), Some(process)) = (self.world.instance(key), self.world.process_of(key))
            else {
                continue;
            };
            if instance.ended {
                continue;
            }
            for element in &instance.elements {
                let is_it = process.node(element.ordinal).is_some_and(|(_, node)| &*node.id == element_id);
                if !is_it {
                    continue;
                }
                if instance.incidents.iter().any(|incident| incident.element == element.key) {
                    continue;
                }
                let id = AggregateId::from(key);
                if let Some(job) = instance.jobs.iter().find(|job| job.element == element.key) {
                    found.push((id, Work::Job(job.key)));
                } else if let Some(task) = instance.tasks.iter().find(|task| task.element == element.key) {
                    found.push((id, Work::Task(task.key)));
                }
            }
        }
        found
    }

    /// Goes on with another definition of its process, as [`Migration`] says, in every instance that runs.
    ///
    /// # Errors
    /// Why an instance stays what it is.
    pub fn migrate(&mut self, migration: Migration) -> Result<(), Rejection> {
        for key in self.instances() {
            let (Some(instance), Some(process)) = (self.world.instance(key), self.world.process_of(key))
            else {
                continue;
            };
            let definition = self.other_definition(instance.definition, &process.id);
            if instance.ended || definition.is_none() {
                continue;
            }
            let live =
                |node: usize| instance.elements.iter().any(|it| it.ordinal == process.nodes[node].ordinal);
            let named =
                |node: usize| migration == Migration::Everything || live(node) || is_event(&process, node);
            let mappings = (0..process.nodes.len()).filter(|node| named(*node)).map(|node| {
                let id = process.nodes[node].id.clone();
                (id.clone(), id)
            });
            let command = Command::MigrateProcessInstance { definition, mappings: mappings.collect() };
            self.world.submit(key.into(), command)?;
        }
        Ok(())
    }

    /// Another definition of the process that was deployed.
    fn other_definition(&self, own: Key, id: &str) -> Key {
        let deployed = self.world.log().iter().filter_map(|(_, event)| match event {
            Event::DefinitionDeployed { key, process_id, .. } if **process_id == *id => Some(*key),
            _ => None,
        });
        let mut others = deployed.filter(|key| *key != own);
        others.next().unwrap_or(Key::NONE)
    }

    fn oldest_active(&self) -> Option<Key> {
        self.instances().into_iter().find(|key| {
            self.world.instance(*key).is_some_and(|it| {
                let called = it.origin.as_ref().is_some_and(|origin| !origin.parent.is_none());
                !it.ended && !called
            })
        })
    }

    fn submit(&mut self, target: AggregateId, command: Command) -> Outcome {
        match self.world.submit(target, command) {
            Ok(_) => Outcome::Done,
            Err(rejection) => Outcome::Refused(rejection.reason.to_string()),
        }
    }
}

/// Which elements have a mapping, each to the element of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migration {
    /// All.
    Everything,
    /// Those that are active, and events that belong to others.
    Active,
}

/// A boundary event, a start event, or an event behind an event-based gateway.
fn is_event(process: &engine::Process, node: usize) -> bool {
    let model = &process.nodes[node];
    let behind = |flow: &usize| {
        let source = &process.nodes[process.flows[*flow].source].kind;
        matches!(source, engine::NodeKind::EventBasedGateway(_))
    };
    matches!(model.kind, engine::NodeKind::Boundary { .. } | engine::NodeKind::StartEvent(_))
        || model.incoming.iter().any(behind)
}

#[derive(Clone, Copy)]
enum Work {
    Job(Key),
    Task(Key),
}

impl Inspect for EngineSubject {
    fn remains(&self) -> Vec<Remains> {
        let keys = self.instances();
        let remains = |key: &Key| {
            let (Some(instance), Some(process)) = (self.world.instance(*key), self.world.process_of(*key))
            else {
                return Remains::default();
            };
            let root = |scope: Key| if scope == *key { 0 } else { scope.0.unsigned_abs() };
            let left = instance.elements.iter().filter_map(|element| {
                let element_id = process.node(element.ordinal)?.1.id.to_string();
                Some(Left { key: element.key.0.unsigned_abs(), parent: root(element.scope), element_id })
            });
            let token = |(scope, flow): &(Key, u32)| {
                let flow = match process.element(*flow) {
                    Some(engine::Element::Flow(flow)) => process.flows[flow].id.to_string(),
                    _ => String::new(),
                };
                (root(*scope), flow)
            };
            let parent = instance.origin.as_ref().map(|origin| origin.parent);
            Remains {
                called_by: parent.and_then(|parent| keys.iter().position(|it| *it == parent)),
                live: left.collect(),
                tokens: instance.waiting.iter().map(token).collect(),
            }
        };
        keys.iter().map(remains).collect()
    }
}

impl Subject for EngineSubject {
    fn deploy(&mut self, xml: &str) -> Result<(), String> {
        self.world.trace.clear();
        self.world.deploy(xml);
        match self.world.trace.contains("rejected") {
            true => Err(self.world.trace.clone()),
            false => Ok(()),
        }
    }

    fn apply(&mut self, stimulus: &Stimulus) -> Outcome {
        let refused = |what: &str| Outcome::Refused(what.to_owned());
        let tenant = Str::from(record::DEFAULT_TENANT);
        match stimulus {
            Stimulus::Start { process, variables } => {
                let text = object(variables);
                match self.world.start(process, &text) {
                    Ok(_) => Outcome::Done,
                    Err(rejection) => Outcome::Refused(rejection.reason.to_string()),
                }
            }
            Stimulus::Complete { element_id, nth, variables } => {
                let Some((target, work)) = self.waiting(element_id).get(*nth).cloned() else {
                    return refused("no work");
                };
                let variables = values(variables);
                let command = match work {
                    Work::Job(job) => Command::CompleteJob { job, variables, fence: 0 },
                    Work::Task(task) => Command::CompleteUserTask { task, variables, action: "".into() },
                };
                self.submit(target, command)
            }
            Stimulus::Error { element_id, nth, code } => {
                let found = self.waiting(element_id).get(*nth).cloned();
                let Some((target, Work::Job(job))) = found else { return refused("no job") };
                let (code, message) = (code.as_str().into(), "".into());
                let variables = Vec::new();
                self.submit(target, Command::ThrowJobError { job, code, message, variables, fence: 0 })
            }
            Stimulus::Message { name } => {
                let name = name.as_str().into();
                let target = AggregateId::Message { tenant, name, correlation_key: "".into() };
                let command = Command::PublishMessage {
                    time_to_live: 3_600_000,
                    message_id: "".into(),
                    variables: Vec::new(),
                };
                self.submit(target, command)
            }
            Stimulus::Signal { name } => {
                let target = AggregateId::Signal { tenant, name: name.as_str().into() };
                self.submit(target, Command::BroadcastSignal { variables: Vec::new(), except: Key::NONE })
            }
            Stimulus::Conditions { variables } => {
                let (definition, business_id) = (Key::NONE, "".into());
                let command =
                    Command::EvaluateConditions { definition, variables: values(variables), business_id };
                self.submit(AggregateId::Catalog { tenant }, command)
            }
            Stimulus::Advance { ms } => {
                let mut left = *ms;
                while left > 0 {
                    let step = left.min(TICK_MS);
                    self.world.advance(step as i64);
                    left -= step;
                }
                Outcome::Done
            }
            Stimulus::SetVariables { variables } => {
                let Some(scope) = self.oldest_active() else { return refused("nothing is active") };
                let variables = values(variables);
                self.submit(scope.into(), Command::SetVariables { scope, variables, local: true })
            }
            Stimulus::Cancel => {
                let Some(key) = self.oldest_active() else { return refused("nothing is active") };
                self.submit(key.into(), Command::CancelProcessInstance {})
            }
        }
    }

    fn observe(&self) -> Observation {
        let mut views: Vec<(Key, InstanceView)> = Vec::new();
        let mut elements: BTreeMap<(Key, Key), Row> = BTreeMap::new();
        for (id, event) in self.world.log() {
            let AggregateId::Instance { key: instance } = id else { continue };
            if let Event::InstanceCreated { process_id, .. } = event {
                let view = InstanceView {
                    process: process_id.to_string(),
                    state: State::Active,
                    elements: BTreeMap::new(),
                    variables: BTreeMap::new(),
                };
                views.push((*instance, view));
            }
            let Some((_, view)) = views.iter_mut().find(|(key, _)| key == instance) else { continue };
            match event {
                Event::InstanceCompleted {} => view.state = State::Completed,
                Event::InstanceTerminated {} => view.state = State::Terminated,
                _ => self.count(*instance, event, view, &mut elements),
            }
        }
        for (key, view) in &mut views {
            self.live(*key, view);
        }
        Observation { instances: views.into_iter().map(|(_, view)| view).collect() }
    }
}

/// What is counted of an element instance.
#[derive(Clone)]
struct Row {
    id: String,
    role: Role,
    activated: bool,
}

impl EngineSubject {
    fn id_of(&self, instance: Key, ordinal: u32) -> Option<String> {
        let process = self.world.process_of(instance)?;
        process.node(ordinal).map(|(_, node)| node.id.to_string())
    }

    fn count(
        &self,
        instance: Key,
        event: &Event,
        view: &mut InstanceView,
        elements: &mut BTreeMap<(Key, Key), Row>,
    ) {
        let mut entry =
            |id: String, change: &dyn Fn(&mut Counts)| change(view.elements.entry(id).or_default());
        match event {
            Event::ElementActivating { key, ordinal, .. } | Event::ElementActivated { key, ordinal, .. } => {
                let Some(id) = self.id_of(instance, *ordinal) else { return };
                let row = Row { id: id.clone(), role: Role::Plain, activated: false };
                let row = elements.entry((instance, *key)).or_insert(row);
                if !row.activated {
                    row.activated = true;
                    entry(id, &|counts| counts.activated += 1);
                }
            }
            Event::ElementPassed { ordinal, .. } => {
                let Some(id) = self.id_of(instance, *ordinal) else { return };
                entry(id, &|counts| {
                    counts.activated += 1;
                    counts.completed += 1;
                });
            }
            Event::LoopStarted { key, .. } => {
                let Some(row) = elements.get_mut(&(instance, *key)) else { return };
                entry(row.id.clone(), &|counts| counts.activated -= 1);
                entry(whole(&row.id), &|counts| counts.activated += 1);
                row.role = Role::Body;
            }
            Event::IterationStarted { key, ordinal, .. } => {
                let Some(id) = self.id_of(instance, *ordinal) else { return };
                entry(id.clone(), &|counts| counts.activated += 1);
                elements.insert((instance, *key), Row { id, role: Role::Iteration, activated: true });
            }
            Event::InnerStarted { key, ordinal, .. } => {
                let Some(id) = self.id_of(instance, *ordinal) else { return };
                elements.insert((instance, *key), Row { id, role: Role::Inner, activated: true });
            }
            Event::ElementCompleted { key } | Event::ElementTerminated { key } => {
                let Some(row) = elements.remove(&(instance, *key)) else { return };
                let completed = matches!(event, Event::ElementCompleted { .. });
                let id = match row.role {
                    Role::Inner => return,
                    Role::Body => whole(&row.id),
                    Role::Plain | Role::Iteration => row.id,
                };
                if !row.activated {
                    return;
                }
                entry(id, &|counts| match completed {
                    true => counts.completed += 1,
                    false => counts.terminated += 1,
                });
            }
            _ => {}
        }
    }

    /// What is there now.
    fn live(&self, key: Key, view: &mut InstanceView) {
        let (Some(instance), Some(process)) = (self.world.instance(key), self.world.process_of(key)) else {
            return;
        };
        view.variables =
            instance.root_variables().iter().map(|(name, json)| (name.to_string(), value(json))).collect();
        if instance.ended {
            view.elements.retain(|_, counts| *counts != Counts::default());
            return;
        }
        for element in &instance.elements {
            let Some((_, node)) = process.node(element.ordinal) else { continue };
            let id = match element.role {
                Role::Inner => continue,
                Role::Body => whole(&node.id),
                Role::Plain | Role::Iteration => node.id.to_string(),
            };
            let counts = view.elements.entry(id).or_default();
            let incidents = instance.incidents.iter().filter(|it| it.element == element.key).count() as u32;
            counts.incidents += incidents;
            counts.live += 1;
            let works = instance.jobs.iter().any(|job| job.element == element.key)
                || instance.tasks.iter().any(|task| task.element == element.key);
            if works && element.state == ElementState::Active && incidents == 0 {
                counts.waiting += 1;
            }
        }
        view.elements.retain(|_, counts| *counts != Counts::default());
    }
}

fn values(variables: &oracle::Variables) -> record::Variables {
    variables.iter().map(|(name, value)| (Str::from(&**name), json(value))).collect()
}

fn object(variables: &oracle::Variables) -> String {
    let values = values(variables);
    record::json::join(values.iter().map(|(name, value)| (&**name, value)))
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::null(),
        Value::Bool(value) => Json::trusted(value.to_string()),
        Value::Int(value) => Json::trusted(value.to_string()),
        Value::Text(text) => Json::string(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| json(item).as_str().to_owned()).collect();
            Json::trusted(format!("[{}]", items.join(",")))
        }
    }
}

fn value(json: &Json) -> Value {
    let parsed: serde_json::Value = serde_json::from_str(json.as_str()).unwrap_or_default();
    from_parsed(&parsed)
}

fn from_parsed(parsed: &serde_json::Value) -> Value {
    match parsed {
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => number.as_i64().map_or(Value::Null, Value::Int),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_parsed).collect()),
        serde_json::Value::Null | serde_json::Value::Object(_) => Value::Null,
    }
}
