//! Compiles nodes and flows; refuses what slips through validation.

use super::kinds::{
    AdHocModel, Behavior, CallModel, ComplexGateway, DecisionTask, EventBasedGateway, JobTask, Linked,
    Listener, Listeners, Looping, MultiInstance, NodeKind, TaskForm, Throw, UserTaskModel,
};
use super::{Element, Flow, Mapping, Node, Process, reach};
use crate::expression::Expression;
use bpmn::model::{
    self, AdHocOrdering, Dialect, EventTrigger, FlowNodeKind, ListenerEvent, LoopCharacteristics,
    SubProcessKind,
};
use bpmn::{Definitions, Diagnostic, Severity};
use record::{Str, TaskAction};

/// Compiles the executable processes of a file, or says everything that is wrong with them.
pub fn compile(definitions: &Definitions) -> Result<Vec<Process>, Vec<Diagnostic>> {
    let mut compiler = Compiler { definitions, default_priority: None, problems: Vec::new() };
    let processes = definitions.executable_processes().map(|process| compiler.process(process)).collect();
    if compiler.problems.is_empty() { Ok(processes) } else { Err(compiler.problems) }
}

pub(super) struct Compiler<'a> {
    pub definitions: &'a Definitions,
    /// Job priority of the process that is being compiled, for elements without one of their own.
    default_priority: Option<model::Expression>,
    problems: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn process(&mut self, process: &model::Process) -> Process {
        // Flows whose ends are not there have an ordinal too; only a file that nobody validated has some.
        let ordinals =
            process.nodes.iter().map(|it| it.ordinal).chain(process.flows.iter().map(|it| it.ordinal));
        let mut by_ordinal = vec![Element::Process; ordinals.max().unwrap_or(0) as usize + 1];
        for (index, node) in process.nodes.iter().enumerate() {
            by_ordinal[node.ordinal as usize] = Element::Node(index);
        }
        for (index, flow) in process.flows.iter().enumerate() {
            by_ordinal[flow.ordinal as usize] = Element::Flow(index);
        }
        self.default_priority.clone_from(&process.ext.job_priority);
        let mut nodes: Vec<Node> =
            process.nodes.iter().enumerate().map(|(index, node)| self.node(process, index, node)).collect();
        mark_compensable(&mut nodes);
        let flows = process.flows.iter().map(|flow| self.flow(process, flow)).collect();
        let starts = process.children(None).filter(|&index| may_start(process, index)).collect();
        let listeners = self.listeners(&process.id, &process.ext);
        Process {
            id: Str::from(&*process.id),
            name: Str::from(process.name.as_deref().unwrap_or_default()),
            version_tag: Str::from(process.version_tag.as_deref().unwrap_or_default()),
            nodes,
            flows,
            starts,
            first: first_nodes(process, None),
            event_sub_processes: event_sub_processes(process, None),
            locals: locals(process, None),
            listeners,
            by_ordinal,
        }
    }

    /// Whether conditions on flows out of a parallel gateway are done as written: Camunda 8 has none, so what they are
    /// there for is no question of compatibility.
    fn looks_behind_parallel(&self) -> bool {
        self.definitions.dialect == Dialect::Zeebe
    }

    fn flow(&mut self, process: &model::Process, flow: &model::SequenceFlow) -> Flow {
        let source = &process.nodes[flow.source];
        // These do not look at conditions (BPMN 8.4.13).
        let ignored = match source.kind {
            FlowNodeKind::ParallelGateway => !self.looks_behind_parallel(),
            FlowNodeKind::EventBasedGateway { .. } => true,
            _ => false,
        };
        let condition = flow.condition.as_ref().filter(|_| !ignored);
        let condition = condition.map(|condition| self.expression(&source.id, condition));
        let (source, target) = (flow.source, flow.target);
        Flow { id: Str::from(&*flow.id), ordinal: flow.ordinal, source, target, condition }
    }

    fn node(&mut self, process: &model::Process, index: usize, node: &model::FlowNode) -> Node {
        let kind = self.kind(process, index, node);
        let joins = node.incoming.len() > 1;
        let collects = match &kind {
            NodeKind::ParallelGateway => joins,
            NodeKind::InclusiveGateway(join) => join.is_some(),
            NodeKind::ComplexGateway(gateway) => gateway.join.is_some(),
            _ => node.start_quantity > 1,
        };
        let throws_to_waiting = match &kind {
            NodeKind::Throw(throws) | NodeKind::EndEvent(throws) => {
                throws.iter().any(|throw| matches!(throw, Throw::Signal(_)))
            }
            _ => false,
        };
        let ad_hoc = node.kind.is_activity()
            && node.parent.is_some_and(|parent| {
                matches!(
                    process.nodes[parent].kind,
                    FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } }
                )
            });
        let own_choice = matches!(
            kind,
            NodeKind::ExclusiveGateway
                | NodeKind::InclusiveGateway(_)
                | NodeKind::ComplexGateway(_)
                | NodeKind::EventBasedGateway(_)
        ) || matches!(kind, NodeKind::ParallelGateway) && !self.looks_behind_parallel();
        let conditions = node.outgoing.iter().any(|&flow| process.flows[flow].condition.is_some());
        let compensation = node.boundary.iter().find_map(|&event| Some((event, handler(process, event)?)));
        let mut out = Node {
            id: Str::from(&*node.id),
            name: Str::from(node.name.as_deref().unwrap_or_default()),
            element: node.kind.element_name(),
            ordinal: node.ordinal,
            parent: node.parent,
            kind,
            incoming: node.incoming.clone(),
            outgoing: node.outgoing.clone(),
            boundary: node.boundary.clone(),
            inputs: self.mappings(&node.id, &node.ext.inputs),
            outputs: self.mappings(&node.id, &node.ext.outputs),
            default: node.default_flow,
            conditional: !own_choice && (conditions || node.default_flow.is_some()),
            throws_to_waiting,
            ad_hoc,
            restricts: !node.ext.outputs.is_empty(),
            data_outputs: Vec::new(),
            stores_read: Vec::new(),
            stores_written: Vec::new(),
            collects,
            plain: false,
            start_quantity: node.start_quantity,
            completion_quantity: node.completion_quantity,
            looping: self.looping(process, node),
            compensation,
            is_handler: node.is_for_compensation,
            compensable: false,
            event_sub_processes: event_sub_processes(process, Some(index)),
            locals: locals(process, Some(index)),
            listeners: self.listeners(&node.id, &node.ext),
        };
        self.data(process, node, &mut out);
        out.plain = out.inputs.is_empty()
            && out.outputs.is_empty()
            && out.looping.is_none()
            && out.compensation.is_none()
            && !out.is_handler
            && !out.conditional
            && out.completion_quantity == 1
            && out.locals.is_empty()
            && out.stores_read.is_empty()
            && out.stores_written.is_empty()
            && out.listeners.is_none();
        out
    }

    fn kind(&mut self, process: &model::Process, index: usize, node: &model::FlowNode) -> NodeKind {
        match &node.kind {
            FlowNodeKind::StartEvent { trigger, .. } => NodeKind::StartEvent(self.catch(node, trigger, true)),
            FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(_) } => NodeKind::PassThrough,
            FlowNodeKind::IntermediateCatchEvent { trigger } => {
                NodeKind::Catch(self.catch(node, trigger, false))
            }
            FlowNodeKind::ReceiveTask { message_ref, .. } => {
                NodeKind::Catch(self.catch(node, &EventTrigger::Message(*message_ref), false))
            }
            FlowNodeKind::BoundaryEvent { attached_to, cancel_activity, trigger } => NodeKind::Boundary {
                attached_to: *attached_to,
                interrupting: *cancel_activity,
                catch: self.catch(node, trigger, false),
            },
            FlowNodeKind::IntermediateThrowEvent { trigger: EventTrigger::None } => NodeKind::PassThrough,
            FlowNodeKind::IntermediateThrowEvent { trigger } => {
                NodeKind::Throw(self.throws(process, node, trigger))
            }
            FlowNodeKind::EndEvent { trigger } => NodeKind::EndEvent(self.throws(process, node, trigger)),
            FlowNodeKind::SendTask { message_ref } if !self.has_work(node) => {
                NodeKind::Throw(self.throws(process, node, &EventTrigger::Message(*message_ref)))
            }
            FlowNodeKind::Task | FlowNodeKind::ManualTask => NodeKind::PassThrough,
            FlowNodeKind::UserTask => NodeKind::UserTask(Box::new(self.user_task(process, node))),
            FlowNodeKind::ScriptTask { .. } if node.ext.script.is_some() => self.script(node),
            FlowNodeKind::BusinessRuleTask if node.ext.called_decision.is_some() => self.decision(node),
            FlowNodeKind::ServiceTask
            | FlowNodeKind::SendTask { .. }
            | FlowNodeKind::ScriptTask { .. }
            | FlowNodeKind::BusinessRuleTask => match self.job(node) {
                Some(job) => NodeKind::Job(job),
                None => self.refuse(node, "has no task definition"),
            },
            FlowNodeKind::ExclusiveGateway => NodeKind::ExclusiveGateway,
            FlowNodeKind::ParallelGateway => NodeKind::ParallelGateway,
            FlowNodeKind::InclusiveGateway => {
                let joins = node.incoming.len() > 1;
                NodeKind::InclusiveGateway(joins.then(|| Box::new(reach::join(process, index))))
            }
            FlowNodeKind::ComplexGateway { activation_condition } => {
                let activation = activation_condition.as_ref().map(|it| self.expression(&node.id, it));
                let waits = node.incoming.len() > 1 || activation.is_some() && !node.incoming.is_empty();
                let join = waits.then(|| reach::join(process, index));
                NodeKind::ComplexGateway(Box::new(ComplexGateway { activation, join }))
            }
            FlowNodeKind::EventBasedGateway { instantiate, parallel } => {
                let events = node.outgoing.iter().map(|&flow| process.flows[flow].target).collect();
                let (parallel, instantiate) = (*parallel, *instantiate);
                NodeKind::EventBasedGateway(Box::new(EventBasedGateway { events, parallel, instantiate }))
            }
            FlowNodeKind::SubProcess { kind } => self.sub_process(process, index, node, kind),
            FlowNodeKind::CallActivity { called_element } => {
                self.call(process, index, node, called_element.as_deref())
            }
        }
    }

    fn sub_process(
        &mut self,
        process: &model::Process,
        index: usize,
        node: &model::FlowNode,
        kind: &SubProcessKind,
    ) -> NodeKind {
        let starts = first_nodes(process, Some(index));
        match kind {
            SubProcessKind::Embedded => NodeKind::SubProcess { starts, transaction: false },
            SubProcessKind::Transaction => NodeKind::SubProcess { starts, transaction: true },
            SubProcessKind::Event => {
                let start = process.children(Some(index)).find_map(|child| {
                    match &process.nodes[child].kind {
                        FlowNodeKind::StartEvent { interrupting, trigger } => {
                            // Compensation does not interrupt: what it compensates is over already.
                            let compensation = matches!(trigger, EventTrigger::Compensation { .. });
                            Some((child, *interrupting && !compensation))
                        }
                        _ => None,
                    }
                });
                match start {
                    Some((start, interrupting)) => NodeKind::EventSubProcess { start, interrupting },
                    None => self.refuse(node, "has no start event"),
                }
            }
            SubProcessKind::AdHoc { ordering, completion_condition, cancel_remaining_instances } => {
                let ad_hoc = node.ext.ad_hoc.clone().unwrap_or_default();
                let job = node.ext.task_definition.as_ref().and_then(|_| self.job(node));
                let chosen =
                    ad_hoc.active_elements_collection.as_ref().map(|it| self.expression(&node.id, it));
                NodeKind::AdHoc(Box::new(AdHocModel {
                    activities: starts,
                    sequential: *ordering == AdHocOrdering::Sequential,
                    completion: completion_condition.as_ref().map(|it| self.expression(&node.id, it)),
                    cancel_remaining: *cancel_remaining_instances,
                    on_request: self.definitions.dialect == Dialect::Zeebe
                        && chosen.is_none()
                        && job.is_none(),
                    chosen,
                    job,
                    output_collection: ad_hoc.output_collection.as_deref().map(Str::from),
                    output_element: ad_hoc.output_element.as_ref().map(|it| self.expression(&node.id, it)),
                }))
            }
        }
    }

    fn call(
        &mut self,
        process: &model::Process,
        index: usize,
        node: &model::FlowNode,
        called: Option<&str>,
    ) -> NodeKind {
        if let Some(called) = &node.ext.called_element {
            return NodeKind::Call(Box::new(CallModel {
                process_id: self.expression(&node.id, &called.process_id),
                binding: called.binding.clone(),
                all_in: called.propagate_all_parent_variables,
                all_out: called.propagate_all_child_variables,
                business_id: called.business_id.as_ref().map(|it| self.expression(&node.id, it)),
            }));
        }
        let Some(called) = called else { return self.refuse(node, "names no called element") };
        // A global task has no flow of its own: the call activity does its work.
        let definitions = self.definitions;
        let imported = definitions.imported_tasks.iter().find(|(id, _)| id == called).map(|(_, task)| task);
        let own = || definitions.global_tasks.iter().find(|task| task.id == called);
        if let Some(task) = imported.or_else(own) {
            return self.kind(process, index, task);
        }
        let deployed_together = self.definitions.process(called).is_some();
        let binding = if deployed_together { model::Binding::Deployment } else { model::Binding::Latest };
        NodeKind::Call(Box::new(CallModel {
            process_id: Expression::text(called),
            binding,
            all_in: true,
            all_out: true,
            business_id: None,
        }))
    }

    /// Validation names these before; this keeps what slips through from being executed as something else.
    pub(super) fn refuse(&mut self, node: &model::FlowNode, why: &str) -> NodeKind {
        self.problem(&node.id, node.line, node.column, "bpmn.not-executable", format!("'{}' {why}", node.id));
        NodeKind::PassThrough
    }

    fn looping(&mut self, process: &model::Process, node: &model::FlowNode) -> Option<Looping> {
        match node.loop_characteristics.as_ref()? {
            LoopCharacteristics::Standard { test_before, condition, maximum } => Some(Looping::Standard {
                test_before: *test_before,
                condition: condition.as_ref().map(|it| self.expression(&node.id, it)),
                maximum: *maximum,
            }),
            LoopCharacteristics::MultiInstance(multi) => {
                let collection = match (&multi.input_collection, &multi.data_input_ref) {
                    (Some(collection), _) => Some(self.expression(&node.id, collection)),
                    (None, Some(data)) => {
                        Some(Expression::variable(&data_name(self.definitions, process, node, data)))
                    }
                    (None, None) => None,
                };
                let output_collection = multi.output_collection.clone().or_else(|| {
                    multi
                        .data_output_ref
                        .as_ref()
                        .map(|data| data_name(self.definitions, process, node, data).to_string())
                });
                let output_element = match (&multi.output_element, &multi.output_data_item) {
                    (Some(element), _) => Some(self.expression(&node.id, element)),
                    (None, Some(item)) => Some(Expression::variable(item)),
                    (None, None) => None,
                };
                let item = multi.input_element.as_ref().or(multi.input_data_item.as_ref());
                Some(Looping::Multi(Box::new(MultiInstance {
                    sequential: multi.sequential,
                    cardinality: multi.cardinality.as_ref().map(|it| self.expression(&node.id, it)),
                    collection,
                    item: item.map(|name| Str::from(&**name)),
                    output_collection: output_collection.as_deref().map(Str::from),
                    output_element,
                    completion: multi.completion_condition.as_ref().map(|it| self.expression(&node.id, it)),
                    behavior: self.behavior(process, node, multi),
                })))
            }
        }
    }

    fn behavior(
        &mut self,
        process: &model::Process,
        node: &model::FlowNode,
        multi: &model::MultiInstance,
    ) -> Behavior {
        let mut throw = |trigger: &EventTrigger| self.throws(process, node, trigger).pop();
        let found = match multi.behavior.as_str() {
            "None" => multi.none_event.as_ref().and_then(&mut throw).map(Behavior::None),
            "One" => multi.one_event.as_ref().and_then(&mut throw).map(Behavior::One),
            "Complex" => {
                let mut thrown: Vec<(Expression, Throw)> = Vec::new();
                for (condition, trigger) in &multi.complex_events {
                    if let Some(event) = self.throws(process, node, trigger).pop() {
                        thrown.push((self.expression(&node.id, condition), event));
                    }
                }
                Some(Behavior::Complex(thrown))
            }
            _ => None,
        };
        found.unwrap_or(Behavior::All)
    }

    pub(super) fn has_work(&self, node: &model::FlowNode) -> bool {
        node.ext.task_definition.is_some() || node.ext.implementation.is_some()
    }

    /// The job of a node. In plain BPMN a script's job is named after its language, another one after the
    /// operation or implementation that the model names, and after the element where it names none.
    pub(super) fn job(&mut self, node: &model::FlowNode) -> Option<JobTask> {
        let mut job_headers = headers(&node.ext.headers);
        let priority = node.ext.job_priority.clone().or_else(|| self.default_priority.clone());
        let priority = priority.map(|priority| self.expression(&node.id, &priority));
        if let Some(definition) = &node.ext.task_definition {
            return Some(JobTask {
                job_type: self.expression(&node.id, &definition.type_),
                retries: self.expression(&node.id, &definition.retries),
                headers: job_headers,
                priority,
                linked: self.linked(node),
            });
        }
        if self.definitions.dialect == Dialect::Zeebe {
            return None;
        }
        let job_type = match (&node.kind, &node.ext.implementation) {
            (_, Some(implementation)) => implementation.value.clone(),
            (FlowNodeKind::ScriptTask { format, script }, None) => {
                let script = script.as_deref().unwrap_or_default().trim();
                job_headers.push((Str::from("script"), Str::from(script)));
                match format {
                    Some(format) => format!("script:{format}"),
                    None => "script".to_owned(),
                }
            }
            _ => node.operation.clone().unwrap_or_else(|| node.id.clone()),
        };
        let (job_type, retries) = (Expression::text(&job_type), Expression::text("3"));
        Some(JobTask { job_type, retries, headers: job_headers, priority, linked: self.linked(node) })
    }

    fn linked(&mut self, node: &model::FlowNode) -> Vec<Linked> {
        let linked = node.ext.linked_resources.iter().map(|linked| Linked {
            resource: self.expression(&node.id, &linked.resource_id),
            resource_type: Str::from(linked.resource_type.as_deref().unwrap_or_default()),
            link_name: Str::from(linked.link_name.as_deref().unwrap_or_default()),
            binding: linked.binding.clone(),
        });
        linked.collect()
    }

    fn listeners(&mut self, owner: &str, ext: &model::Extensions) -> Option<Box<Listeners>> {
        if ext.execution_listeners.is_empty() {
            return None;
        }
        let mut listeners = Listeners::default();
        for listener in &ext.execution_listeners {
            let compiled = self.listener(owner, &listener.type_, &listener.retries, &listener.headers);
            match listener.event {
                ListenerEvent::Start => listeners.start.push(compiled),
                ListenerEvent::End => listeners.end.push(compiled),
                ListenerEvent::BeforeAll => listeners.before_all.push(compiled),
                ListenerEvent::Cancel => listeners.cancel.push(compiled),
                ListenerEvent::Other(_) => {}
            }
        }
        Some(Box::new(listeners))
    }

    fn listener(
        &mut self,
        owner: &str,
        job_type: &model::Expression,
        retries: &model::Expression,
        own_headers: &[(String, String)],
    ) -> Listener {
        Listener {
            job: JobTask {
                job_type: self.expression(owner, job_type),
                retries: self.expression(owner, retries),
                headers: headers(own_headers),
                priority: None,
                linked: Vec::new(),
            },
        }
    }

    fn script(&mut self, node: &model::FlowNode) -> NodeKind {
        let Some(script) = &node.ext.script else { return NodeKind::PassThrough };
        let expression = self.expression(&node.id, &script.expression);
        NodeKind::Script { expression, result: Str::from(&*script.result_variable) }
    }

    fn decision(&mut self, node: &model::FlowNode) -> NodeKind {
        let Some(called) = &node.ext.called_decision else { return NodeKind::PassThrough };
        NodeKind::Decision(DecisionTask {
            decision_id: self.expression(&node.id, &called.decision_id),
            result: Str::from(&*called.result_variable),
            binding: called.binding.clone(),
        })
    }

    fn user_task(&mut self, process: &model::Process, node: &model::FlowNode) -> UserTaskModel {
        let ext = &node.ext;
        let mut optional =
            |text: Option<&model::Expression>| text.map(|text| self.expression(&node.id, text));
        let assignment = ext.assignment.as_ref();
        let schedule = ext.schedule.as_ref();
        let mut task = UserTaskModel {
            assignee: optional(assignment.and_then(|a| a.assignee.as_ref())),
            candidate_users: optional(assignment.and_then(|a| a.candidate_users.as_ref())),
            candidate_groups: optional(assignment.and_then(|a| a.candidate_groups.as_ref())),
            due_date: optional(schedule.and_then(|s| s.due_date.as_ref())),
            follow_up_date: optional(schedule.and_then(|s| s.follow_up_date.as_ref())),
            priority: optional(ext.priority.as_ref()),
            ..UserTaskModel::default()
        };
        task.headers = headers(&ext.headers);
        task.form = ext.form.as_ref().and_then(|form| {
            match (&form.external_reference, &form.form_id, &form.form_key) {
                (Some(reference), ..) => Some(TaskForm::Named(self.expression(&node.id, reference))),
                (None, Some(id), _) => {
                    Some(TaskForm::Deployed(self.expression(&node.id, id), form.binding.clone()))
                }
                (None, None, Some(key)) => Some(TaskForm::Named(Expression::text(key))),
                (None, None, None) => None,
            }
        });
        self.performers(process, node, &mut task);
        for listener in &ext.task_listeners {
            if let Some(action) = TaskAction::parse(&listener.event) {
                let compiled = self.listener(&node.id, &listener.type_, &listener.retries, &listener.headers);
                task.listeners.push((action, compiled));
            }
        }
        task
    }

    /// People by the standard's own words: a human performer does the task, potential owners may. A task without
    /// them is for the performers of its lane.
    fn performers(&mut self, process: &model::Process, node: &model::FlowNode, task: &mut UserTaskModel) {
        if node.ext.assignment.is_some() {
            return;
        }
        let index = process.node_index(&node.id);
        let own = &node.performers;
        let lane = process.lanes.iter().filter(|lane| index.is_some_and(|index| lane.nodes.contains(&index)));
        let of_lane: Vec<&model::Performer> = lane.flat_map(|lane| &lane.performers).collect();
        let all: Vec<&model::Performer> = if own.is_empty() { of_lane } else { own.iter().collect() };
        for performer in all {
            let expression = self.expression(&node.id, &performer.expression);
            if performer.potential {
                task.candidate_groups.get_or_insert(expression);
            } else {
                task.assignee.get_or_insert(expression);
            }
        }
    }

    fn mappings(&mut self, owner: &str, mappings: &[model::Mapping]) -> Vec<Mapping> {
        mappings
            .iter()
            .map(|mapping| Mapping {
                source: self.expression(owner, &mapping.source),
                target: mapping.target.split('.').map(|part| Str::from(part.trim())).collect(),
                optional: None,
                marked: marked(&mapping.source, self.definitions.dialect),
            })
            .collect()
    }

    /// Data associations (BPMN 10.4.2) read and write the variables that data objects are.
    fn data(&mut self, process: &model::Process, node: &model::FlowNode, out: &mut Node) {
        for association in &node.data.input_associations {
            let compiled = self.association(process, node, association);
            out.inputs.extend(compiled);
            let assigned = association.assignments.iter().map(|(from, _)| &from.text);
            for id in association.sources.iter().chain(assigned) {
                out.stores_read.extend(self.data_store(process, id));
            }
        }
        if !node.data.output_associations.is_empty() {
            let names = node.data.outputs.iter().map(|item| item.name.as_deref().unwrap_or(&item.id));
            out.data_outputs = names.map(Str::from).collect();
        }
        for association in &node.data.output_associations {
            let compiled = self.association(process, node, association);
            out.outputs.extend(compiled);
            let assigned = association.assignments.iter().map(|(_, to)| &to.text);
            for id in association.target.iter().chain(assigned) {
                out.stores_written.extend(self.data_store(process, id));
            }
        }
    }

    /// The data store that a reference of this id leads to. A store is known by its name to all processes of a tenant.
    fn data_store(&self, process: &model::Process, id: &str) -> Option<Str> {
        let reference = process.data_objects.iter().find(|data| data.id == id)?.reference.as_ref()?;
        let store = self.definitions.data_stores.iter().find(|store| store.id == *reference)?;
        Some(Str::from(store.name.as_deref().unwrap_or(&store.id)))
    }

    fn association(
        &mut self,
        process: &model::Process,
        node: &model::FlowNode,
        association: &model::DataAssociation,
    ) -> Vec<Mapping> {
        let definitions = self.definitions;
        let name = |id: &String| data_name(definitions, process, node, id);
        let path = |text: &str| text.split('.').map(|part| Str::from(part.trim())).collect::<Vec<Str>>();
        if !association.assignments.is_empty() {
            let mut mappings = Vec::new();
            for (from, to) in &association.assignments {
                let target = match process.data_objects.iter().any(|data| data.id == to.text) {
                    true => vec![name(&to.text)],
                    false => path(&to.text),
                };
                mappings.push(Mapping {
                    source: self.expression(&node.id, from),
                    target,
                    optional: None,
                    marked: None,
                });
            }
            return mappings;
        }
        let Some(target) = association.target.as_ref().map(name) else { return Vec::new() };
        match (&association.transformation, association.sources.first()) {
            (Some(transformation), _) => {
                let source = self.expression(&node.id, transformation);
                vec![Mapping { source, target: vec![target], optional: None, marked: None }]
            }
            (None, Some(source)) => {
                let source = name(source);
                // A copy onto itself is no copy.
                if source == target {
                    return Vec::new();
                }
                let expression = Expression::variable(&source);
                vec![Mapping {
                    source: expression,
                    target: vec![target],
                    optional: Some(source),
                    marked: None,
                }]
            }
            (None, None) => Vec::new(),
        }
    }

    pub(super) fn expression(&mut self, owner: &str, source: &model::Expression) -> Expression {
        Expression::compile(source, self.definitions.dialect).unwrap_or_else(|problems| {
            for (line, column, message) in problems {
                self.problem(owner, line, column, "feel.syntax", message);
            }
            Expression::text("")
        })
    }

    pub(super) fn problem(
        &mut self,
        element: &str,
        line: u32,
        column: u32,
        code: &'static str,
        message: String,
    ) {
        self.problems.push(Diagnostic {
            severity: Severity::Error,
            code,
            element_id: Some(element.to_owned()),
            file: self.definitions.file.clone(),
            line,
            column,
            message,
            help: match code {
                "feel.syntax" => "correct the expression at the place named".to_owned(),
                _ => "see docs/conformance.md for what is executable".to_owned(),
            },
        });
    }
}

/// What may start an instance: start events, instantiating receive tasks and event-based gateways.
fn may_start(process: &model::Process, index: usize) -> bool {
    matches!(
        process.nodes[index].kind,
        FlowNodeKind::StartEvent { .. }
            | FlowNodeKind::ReceiveTask { instantiate: true, .. }
            | FlowNodeKind::EventBasedGateway { instantiate: true, .. }
    )
}

/// Where the first tokens of a scope stand: at its none start events; without any start event, at every node that
/// no flow leads to (BPMN 13.2, 13.3.4).
fn first_nodes(process: &model::Process, scope: Option<usize>) -> Vec<usize> {
    let is_start = |index: &usize| may_start(process, *index);
    let none = |index: &usize| {
        matches!(process.nodes[*index].kind, FlowNodeKind::StartEvent { trigger: EventTrigger::None, .. })
    };
    if process.children(scope).any(|index| is_start(&index)) {
        return process.children(scope).filter(none).collect();
    }
    process
        .children(scope)
        .filter(|&index| {
            let node = &process.nodes[index];
            let elsewhere = matches!(
                node.kind,
                FlowNodeKind::BoundaryEvent { .. }
                    | FlowNodeKind::SubProcess { kind: SubProcessKind::Event }
                    | FlowNodeKind::IntermediateCatchEvent { trigger: EventTrigger::Link(_) }
            );
            node.incoming.is_empty() && !node.is_for_compensation && !elsewhere
        })
        .collect()
}

fn event_sub_processes(process: &model::Process, scope: Option<usize>) -> Vec<usize> {
    let is_event = |index: &usize| {
        matches!(process.nodes[*index].kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Event })
    };
    process.children(scope).filter(is_event).collect()
}

/// Names of the variables that a sub-process's data objects and properties are.
fn locals(process: &model::Process, scope: Option<usize>) -> Vec<Str> {
    // Those of the process itself come into being when they are written.
    if scope.is_none() {
        return Vec::new();
    }
    let own = process.data_objects.iter().filter(|data| data.parent == scope && data.reference.is_none());
    own.map(|data| Str::from(data.name.as_deref().unwrap_or(&data.id))).collect()
}

/// The variable that a data object, property, data store, data input or output is.
fn data_name(definitions: &Definitions, process: &model::Process, node: &model::FlowNode, id: &str) -> Str {
    let items = node.data.inputs.iter().chain(&node.data.outputs);
    if let Some(item) = items.into_iter().find(|item| item.id == id) {
        return Str::from(item.name.as_deref().unwrap_or(&item.id));
    }
    let Some(object) = process.data_objects.iter().find(|data| data.id == id) else { return Str::from(id) };
    let Some(reference) = object.reference.as_ref().filter(|reference| *reference != id) else {
        return Str::from(object.name.as_deref().unwrap_or(&object.id));
    };
    // All references to a data store of the definitions are that store, whatever they are called themselves.
    match definitions.data_stores.iter().find(|store| store.id == *reference) {
        Some(store) => Str::from(store.name.as_deref().unwrap_or(&store.id)),
        None => data_name(definitions, process, node, reference),
    }
}

/// The activity that a compensation boundary event leads to by an association.
fn handler(process: &model::Process, event: usize) -> Option<usize> {
    let node = &process.nodes[event];
    let FlowNodeKind::BoundaryEvent { trigger: EventTrigger::Compensation { .. }, .. } = node.kind else {
        return None;
    };
    process.associations.iter().find_map(|association| {
        let other = match () {
            () if association.source_ref == node.id => &association.target_ref,
            () if association.target_ref == node.id => &association.source_ref,
            () => return None,
        };
        process.node_index(other)
    })
}

/// Activities with a handler can be compensated, and so can scopes that contain such, or a compensation event
/// sub-process.
fn mark_compensable(nodes: &mut [Node]) {
    for index in 0..nodes.len() {
        let starts_compensation = matches!(
            &nodes[index].kind,
            NodeKind::StartEvent(catch) if catch.parts().iter().any(|part| matches!(part, super::Catch::Compensation))
        );
        if nodes[index].compensation.is_some() {
            nodes[index].compensable = true;
            nodes[index].plain = false;
        }
        if nodes[index].compensable || starts_compensation {
            let mut at = nodes[index].parent;
            // The event sub-process itself is the handler, not what is handled.
            if let (true, Some(handler)) = (starts_compensation, at) {
                nodes[handler].plain = false;
                at = nodes[handler].parent;
            }
            while let Some(parent) = at {
                nodes[parent].compensable = true;
                nodes[parent].plain = false;
                at = nodes[parent].parent;
            }
        }
    }
}

/// The expression with its references to secrets marked. One that does not compile is a problem already.
fn marked(source: &model::Expression, dialect: Dialect) -> Option<Expression> {
    let text = match source.is_feel {
        true => record::secret::mark_expression(&source.text)?,
        false => record::secret::mark_text(&source.text)?,
    };
    Expression::compile(&model::Expression { text, ..source.clone() }, dialect).ok()
}

fn headers(headers: &[(String, String)]) -> Vec<(Str, Str)> {
    headers.iter().map(|(key, value)| (Str::from(&**key), Str::from(&**value))).collect()
}
