//! What a search needs to know of the files: the deployed definitions, which expressions an element reads when a token
//! enters or leaves it, and which error codes the models catch.

use crate::values::{Cells, Path, Role};
use engine::{
    Catalog, Catch, Definition, Env, Expression, Looping, Node, NodeKind, Process, Throw, TimerModel,
};
use feel::Value;
use record::command::Resource;
use record::wire::Bytes;
use record::{Command, Key, KeyBlocks, Str};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The code that stands for every error where a model catches all of them.
pub(crate) const ANY_ERROR: &str = "ANY";

/// Prefix of the element that stands for a process that is not among the files.
const STUB: &str = "called_";
/// Prefix of the variable that stands for the result of a decision that is not among the files.
const DECIDED: &str = "decided_";

/// Deployed files, looked at from all sides.
pub struct Model {
    pub(crate) catalog: Catalog,
    pub(crate) tenant: Str,
    /// The processes to be explored.
    pub(crate) roots: Vec<Arc<Definition>>,
    pub(crate) cells: Cells,
    /// What is read when a token enters an element, by definition and ordinal.
    pub(crate) entering: BTreeMap<(Key, u32), Vec<usize>>,
    /// What is read when it leaves.
    pub(crate) leaving: BTreeMap<(Key, u32), Vec<usize>>,
    /// Conditions of events, by definition, ordinal and part.
    pub(crate) conditions: BTreeMap<(Key, u32, u32), usize>,
    /// Error codes that something catches.
    pub(crate) codes: Vec<Str>,
    /// Processes that are called and not among the files.
    pub(crate) absent_processes: Vec<Str>,
    /// Decisions that are called and not among the files.
    pub(crate) absent_decisions: Vec<Str>,
}

impl Model {
    /// Deploys `file` to be explored, and `others` for what it calls. `values` says what is to be tried for a variable,
    /// by its name or dotted path.
    ///
    /// # Errors
    /// Why the files cannot be deployed.
    pub fn new(
        file: (&str, &[u8]),
        others: &[(&str, &[u8])],
        values: &[(Str, Vec<Value>)],
    ) -> Result<Model, String> {
        let tenant = Str::from(record::DEFAULT_TENANT);
        let resource = |(name, content): (&str, &[u8])| Resource {
            name: Str::from(name),
            content: Bytes(content.into()),
        };
        let mut resources: Vec<Resource> =
            std::iter::once(resource(file)).chain(others.iter().copied().map(resource)).collect();
        let mut catalog = deploy(&tenant, &resources)?;
        let absent_processes = absent_processes(&catalog, &tenant);
        let absent_decisions = absent_decisions(&catalog, &tenant);
        if !(absent_processes.is_empty() && absent_decisions.is_empty()) {
            let stub = |id: &Str, ending: &str, content: String| Resource {
                name: Str::from(format!("{STUB}{id}.{ending}")),
                content: Bytes(content.into_bytes().into()),
            };
            resources.extend(absent_processes.iter().map(|id| stub(id, "bpmn", process_stub(id))));
            resources.extend(absent_decisions.iter().map(|id| stub(id, "dmn", decision_stub(id))));
            catalog = deploy(&tenant, &resources)?;
        }
        let own: Vec<Arc<Definition>> =
            catalog.definitions().filter(|it| &*it.resource == file.0).cloned().collect();
        let roots = roots(&catalog, own);
        let mut model = Model {
            catalog: Catalog::new(),
            tenant,
            roots,
            cells: Cells::default(),
            entering: BTreeMap::new(),
            leaving: BTreeMap::new(),
            conditions: BTreeMap::new(),
            codes: Vec::new(),
            absent_processes,
            absent_decisions,
        };
        for definition in catalog.definitions() {
            model.look_at(definition);
        }
        for definition in catalog.definitions() {
            for (result, id) in decisions(&definition.process) {
                if model.absent_decisions.contains(&id) {
                    model.cells.hand_on(&result, &Str::from(format!("{DECIDED}{id}")));
                }
            }
        }
        model.catalog = catalog;
        model.cells.decide(values);
        model.codes.sort();
        model.codes.dedup();
        Ok(model)
    }

    pub(crate) fn process(&self, definition: Key) -> Option<&Process> {
        self.catalog.definition(definition).map(|it| &*it.process)
    }

    /// The BPMN id of an element, or of the process.
    pub(crate) fn id(&self, definition: Key, ordinal: u32) -> Str {
        let Some(process) = self.process(definition) else { return Str::from("") };
        match process.element(ordinal) {
            Some(engine::Element::Node(node)) => process.nodes[node].id.clone(),
            Some(engine::Element::Flow(flow)) => process.flows[flow].id.clone(),
            _ => process.id.clone(),
        }
    }

    /// Expressions of an element that no value of a variable decides, or whose variables never got one.
    pub(crate) fn undecided(
        &self,
        definition: Key,
        ordinal: u32,
        is_set: impl Fn(&Path) -> bool,
    ) -> Vec<&str> {
        let of = |map: &BTreeMap<(Key, u32), Vec<usize>>| {
            map.get(&(definition, ordinal)).cloned().unwrap_or_default()
        };
        let uses = of(&self.entering).into_iter().chain(of(&self.leaving));
        let uses = uses.map(|at| &self.cells.uses[at]);
        uses.filter(|it| !it.decided || !it.paths.iter().all(&is_set)).map(|it| it.source.as_str()).collect()
    }

    fn look_at(&mut self, definition: &Definition) {
        let (key, process) = (definition.key, &*definition.process);
        for sub_process in &process.event_sub_processes {
            self.event_sub_process(key, process, *sub_process, 0);
        }
        for node in &process.nodes {
            self.node(key, process, node);
        }
    }

    fn node(&mut self, key: Key, process: &Process, node: &Node) {
        let ordinal = node.ordinal;
        for mapping in node.inputs.iter().chain(&node.outputs) {
            self.cells.alias(&mapping.source, &mapping.target);
        }
        let splits = matches!(
            node.kind,
            NodeKind::ExclusiveGateway | NodeKind::InclusiveGateway(_) | NodeKind::ComplexGateway(_)
        );
        if splits || node.conditional {
            for flow in &node.outgoing {
                if let Some(condition) = &process.flows[*flow].condition {
                    self.leaves(key, ordinal, condition, Role::Truth);
                }
            }
        }
        match &node.looping {
            Some(Looping::Standard { condition: Some(condition), .. }) => {
                self.enters(key, ordinal, condition, Role::Truth);
                self.leaves(key, ordinal, condition, Role::Truth);
            }
            Some(Looping::Multi(multi)) => {
                if let Some(cardinality) = &multi.cardinality {
                    self.enters(key, ordinal, cardinality, Role::Number);
                }
                if let Some(collection) = &multi.collection {
                    self.enters(key, ordinal, collection, Role::List);
                }
                if let Some(completion) = &multi.completion {
                    self.leaves(key, ordinal, completion, Role::Truth);
                }
            }
            _ => {}
        }
        for event in &node.boundary {
            if let NodeKind::Boundary { catch, .. } = &process.nodes[*event].kind {
                self.catch(key, ordinal, process.nodes[*event].ordinal, catch);
            }
        }
        for sub_process in &node.event_sub_processes {
            self.event_sub_process(key, process, *sub_process, ordinal);
        }
        self.kind(key, process, node);
    }

    fn kind(&mut self, key: Key, process: &Process, node: &Node) {
        let ordinal = node.ordinal;
        match &node.kind {
            NodeKind::Catch(catch) => self.catch(key, ordinal, ordinal, catch),
            NodeKind::Throw(throws) | NodeKind::EndEvent(throws) => {
                for throw in throws {
                    self.throw(key, ordinal, throw);
                }
            }
            NodeKind::Job(job) => {
                self.enters(key, ordinal, &job.job_type, Role::Text);
                self.enters(key, ordinal, &job.retries, Role::Number);
            }
            NodeKind::UserTask(task) => {
                let texts = [&task.candidate_users, &task.candidate_groups].into_iter().flatten();
                for text in texts {
                    self.enters(key, ordinal, text, Role::Text);
                }
                if let Some(priority) = &task.priority {
                    self.enters(key, ordinal, priority, Role::Number);
                }
            }
            NodeKind::Decision(task) => self.enters(key, ordinal, &task.decision_id, Role::Text),
            NodeKind::Call(call) => {
                self.enters(key, ordinal, &call.process_id, Role::Text);
                if let Some(business_id) = &call.business_id {
                    self.enters(key, ordinal, business_id, Role::Text);
                }
            }
            NodeKind::ComplexGateway(gateway) => {
                if let Some(activation) = &gateway.activation {
                    self.enters(key, ordinal, activation, Role::Truth);
                }
            }
            NodeKind::EventBasedGateway(gateway) => {
                for event in &gateway.events {
                    if let NodeKind::Catch(catch) = &process.nodes[*event].kind {
                        self.catch(key, ordinal, process.nodes[*event].ordinal, catch);
                    }
                }
            }
            NodeKind::AdHoc(ad_hoc) => {
                for inner in &ad_hoc.activities {
                    if let Some(completion) = &ad_hoc.completion {
                        self.leaves(key, process.nodes[*inner].ordinal, completion, Role::Truth);
                    }
                }
                if let Some(chosen) = &ad_hoc.chosen {
                    self.enters(key, ordinal, chosen, Role::List);
                }
            }
            _ => {}
        }
    }

    fn event_sub_process(&mut self, key: Key, process: &Process, sub_process: usize, scope: u32) {
        let NodeKind::EventSubProcess { start, .. } = &process.nodes[sub_process].kind else { return };
        if let NodeKind::StartEvent(catch) = &process.nodes[*start].kind {
            self.catch(key, scope, process.nodes[*start].ordinal, catch);
        }
    }

    /// An event that is armed when a token enters `at`.
    fn catch(&mut self, key: Key, at: u32, event: u32, catch: &Catch) {
        for (part, catch) in catch.parts().iter().enumerate() {
            match catch {
                Catch::Message { name, key: correlation } => {
                    self.enters(key, at, name, Role::Text);
                    if let Some(correlation) = correlation {
                        self.enters(key, at, correlation, Role::Text);
                    }
                }
                Catch::Signal(name) => self.enters(key, at, name, Role::Text),
                Catch::Timer(timer) => {
                    let (expression, role) = match timer {
                        TimerModel::Date(expression) => (expression, Role::Date),
                        TimerModel::Duration(expression) => (expression, Role::Duration),
                        TimerModel::Cycle(expression) => (expression, Role::Cycle),
                    };
                    self.enters(key, at, expression, role);
                }
                Catch::Condition { condition, .. } => {
                    if let Some(number) = self.cells.read(condition, Role::Truth) {
                        self.conditions.insert((key, event, part as u32), number);
                    }
                }
                Catch::Error(Some(code)) => self.codes.push(code.clone()),
                Catch::Error(None) => self.codes.push(Str::from(ANY_ERROR)),
                _ => {}
            }
        }
    }

    fn throw(&mut self, key: Key, ordinal: u32, throw: &Throw) {
        match throw {
            Throw::Job(job) => self.enters(key, ordinal, &job.job_type, Role::Text),
            Throw::Message { name, key: correlation } => {
                self.enters(key, ordinal, name, Role::Text);
                if let Some(correlation) = correlation {
                    self.enters(key, ordinal, correlation, Role::Text);
                }
            }
            Throw::Signal(text) | Throw::Error(text) | Throw::Escalation(text) => {
                self.enters(key, ordinal, text, Role::Text);
            }
            _ => {}
        }
    }

    fn enters(&mut self, key: Key, ordinal: u32, expression: &Expression, role: Role) {
        let number = self.cells.read(expression, role);
        self.entering.entry((key, ordinal)).or_default().extend(number);
    }

    fn leaves(&mut self, key: Key, ordinal: u32, expression: &Expression, role: Role) {
        let number = self.cells.read(expression, role);
        self.leaving.entry((key, ordinal)).or_default().extend(number);
    }
}

fn deploy(tenant: &Str, resources: &[Resource]) -> Result<Catalog, String> {
    let mut catalog = Catalog::of_parts();
    let (mut blocks, mut sends) = (KeyBlocks::new(2), 1);
    let traceparent = Str::from("");
    let mut env = Env {
        now: crate::NOW,
        seed: 1,
        blocks: &mut blocks,
        sends: &mut sends,
        chain: record::event::Chain::default(),
        tenant,
        traceparent: &traceparent,
        partition: 2,
        partitions: 2,
    };
    let command = Command::DeployResources { resources: resources.to_vec() };
    let step = catalog.step(tenant, &command, &mut env).map_err(|rejection| rejection.reason.to_string())?;
    for event in &step.events {
        catalog.apply(tenant, event, &mut Vec::new());
    }
    Ok(catalog)
}

/// Processes that are called by a fixed id.
fn calls(process: &Process) -> Vec<Str> {
    let ids = process.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Call(call) => match &call.process_id {
            Expression::Text(id) => Some(id.clone()),
            _ => None,
        },
        _ => None,
    });
    ids.collect()
}

/// Decisions that are called by a fixed id, with the variables that get their results.
fn decisions(process: &Process) -> Vec<(Str, Str)> {
    let found = process.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Decision(task) => match &task.decision_id {
            Expression::Text(id) => Some((task.result.clone(), id.clone())),
            _ => None,
        },
        _ => None,
    });
    found.collect()
}

/// The processes to start with: those of the file, or those outside of it that call them.
fn roots(catalog: &Catalog, own: Vec<Arc<Definition>>) -> Vec<Arc<Definition>> {
    let callers = |id: &Str| -> Vec<Arc<Definition>> {
        catalog.definitions().filter(|it| calls(&it.process).contains(id)).cloned().collect()
    };
    let mut roots: Vec<Arc<Definition>> = Vec::new();
    let mut open = own.clone();
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    while let Some(definition) = open.pop() {
        if !seen.insert(definition.key) {
            continue;
        }
        match callers(&definition.process_id) {
            callers if callers.is_empty() => roots.push(definition),
            callers => open.extend(callers),
        }
    }
    // Processes that only call each other.
    if roots.is_empty() {
        return own;
    }
    roots.sort_by_key(|definition| definition.key);
    roots
}

/// True where an id can be written into a file as it is.
fn is_plain(id: &Str) -> bool {
    let first = id.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn absent_processes(catalog: &Catalog, tenant: &Str) -> Vec<Str> {
    let called: BTreeSet<Str> = catalog.definitions().flat_map(|it| calls(&it.process)).collect();
    called.into_iter().filter(|id| catalog.latest(tenant, id).is_none() && is_plain(id)).collect()
}

fn absent_decisions(catalog: &Catalog, tenant: &Str) -> Vec<Str> {
    let called: BTreeSet<Str> =
        catalog.definitions().flat_map(|it| decisions(&it.process)).map(|(_, id)| id).collect();
    let name = |id: &Str| is_plain(id) && !id.contains(['-', '.']);
    called.into_iter().filter(|id| catalog.decisions().latest(tenant, id).is_none() && name(id)).collect()
}

/// A process of one task, which stands for one that is not known.
fn process_stub(id: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="stub_{id}" targetNamespace="urn:stub"><process id="{id}" isExecutable="true"><startEvent id="start_{id}"/><serviceTask id="{STUB}{id}"><extensionElements><zeebe:taskDefinition type="{id}"/></extensionElements></serviceTask><endEvent id="end_{id}"/><sequenceFlow id="to_{id}" sourceRef="start_{id}" targetRef="{STUB}{id}"/><sequenceFlow id="from_{id}" sourceRef="{STUB}{id}" targetRef="end_{id}"/></process></definitions>"#
    )
}

/// A decision whose result is what a variable holds.
fn decision_stub(id: &str) -> String {
    format!(
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="stub_{id}" name="stub_{id}" namespace="urn:stub"><decision id="{id}" name="{id}"><variable name="{id}"/><literalExpression><text>{DECIDED}{id}</text></literalExpression></decision></definitions>"#
    )
}
