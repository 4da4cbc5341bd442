//! From the typed view of a BPMN file to what a step walks over: nodes by index, expressions compiled.
//!
//! Indices live in memory only; stored data names elements by their ordinal.

use crate::expression::Expression;
use bpmn::model::{self, EventTrigger, FlowNodeKind, SubProcessKind, TimerDefinition};
use bpmn::{Definitions, Diagnostic, Severity};
use record::Str;

/// An element by its ordinal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// The process itself.
    Process,
    /// A flow node, by index.
    Node(usize),
    /// A sequence flow, by index.
    Flow(usize),
}

/// A process, ready to be executed.
#[derive(Debug)]
pub struct Process {
    /// BPMN id.
    pub id: Str,
    /// Name.
    pub name: Str,
    /// Version tag of the model.
    pub version_tag: Str,
    /// Flow nodes of all scopes.
    pub nodes: Vec<Node>,
    /// Sequence flows of all scopes.
    pub flows: Vec<Flow>,
    /// Start events of the process itself.
    pub starts: Vec<usize>,
    by_ordinal: Vec<Element>,
}

/// A flow node.
#[derive(Debug)]
pub struct Node {
    /// BPMN id.
    pub id: Str,
    /// Name.
    pub name: Str,
    /// Ordinal in document order.
    pub ordinal: u32,
    /// Index of the enclosing sub-process.
    pub parent: Option<usize>,
    /// What it is.
    pub kind: NodeKind,
    /// Incoming flows.
    pub incoming: Vec<usize>,
    /// Outgoing flows.
    pub outgoing: Vec<usize>,
    /// Boundary events.
    pub boundary: Vec<usize>,
    /// Input mappings.
    pub inputs: Vec<Mapping>,
    /// Output mappings.
    pub outputs: Vec<Mapping>,
}

/// A sequence flow.
#[derive(Debug)]
pub struct Flow {
    /// BPMN id.
    pub id: Str,
    /// Ordinal in document order.
    pub ordinal: u32,
    /// Target node.
    pub target: usize,
    /// Its condition.
    pub condition: Option<Expression>,
}

/// One input or output mapping.
#[derive(Debug)]
pub struct Mapping {
    /// What is evaluated.
    pub source: Expression,
    /// The variable and, below it, the path.
    pub target: Vec<Str>,
}

/// What a flow node does.
#[derive(Debug)]
pub enum NodeKind {
    /// Start event.
    StartEvent(Catch),
    /// Intermediate catch event or receive task.
    Catch(Catch),
    /// Boundary event of an activity.
    Boundary {
        /// The activity.
        attached_to: usize,
        /// Ends the activity.
        interrupting: bool,
        /// What it waits for.
        catch: Catch,
    },
    /// Intermediate throw event, undefined and manual task: a token goes through.
    PassThrough,
    /// End event.
    EndEvent(End),
    /// A task whose work a worker does.
    Job(JobTask),
    /// A task that evaluates FEEL.
    Script {
        /// The expression.
        expression: Expression,
        /// Variable that gets the result.
        result: Str,
    },
    /// A task that evaluates a decision.
    Decision(DecisionTask),
    /// A task for people.
    UserTask(Box<UserTaskModel>),
    /// Exclusive gateway.
    ExclusiveGateway {
        /// Flow to take where no condition is true.
        default: Option<usize>,
    },
    /// Parallel gateway.
    ParallelGateway,
    /// Embedded sub-process.
    SubProcess {
        /// Its none start event.
        start: usize,
    },
}

/// What an event waits for.
#[derive(Debug)]
pub enum Catch {
    /// Nothing.
    None,
    /// A message.
    Message {
        /// Its name.
        name: Expression,
        /// Its correlation key; none for a start event.
        key: Option<Expression>,
    },
    /// A moment.
    Timer(TimerModel),
    /// An error; without code every one.
    Error(Option<Str>),
}

/// When a timer is due.
#[derive(Debug)]
pub enum TimerModel {
    /// At a moment.
    Date(Expression),
    /// After a time.
    Duration(Expression),
    /// Again and again.
    Cycle(Expression),
}

/// What an end event does.
#[derive(Debug)]
pub enum End {
    /// Its token ends.
    None,
    /// Everything in its scope ends.
    Terminate,
    /// An error is thrown.
    Error(Expression),
    /// A worker does something first.
    Job(JobTask),
}

/// A called decision.
#[derive(Debug)]
pub struct DecisionTask {
    /// DMN id.
    pub decision_id: Expression,
    /// Variable that gets the result.
    pub result: Str,
    /// Which version.
    pub binding: model::Binding,
}

/// The work of a job.
#[derive(Debug)]
pub struct JobTask {
    /// Type.
    pub job_type: Expression,
    /// Retries.
    pub retries: Expression,
    /// Custom headers.
    pub headers: Vec<(Str, Str)>,
    /// Priority.
    pub priority: Option<Expression>,
}

/// The attributes of a user task.
#[derive(Debug, Default)]
pub struct UserTaskModel {
    /// One user.
    pub assignee: Option<Expression>,
    /// Users who may claim.
    pub candidate_users: Option<Expression>,
    /// Groups who may claim.
    pub candidate_groups: Option<Expression>,
    /// When it should be done.
    pub due_date: Option<Expression>,
    /// When to look at it again.
    pub follow_up_date: Option<Expression>,
    /// 0 to 100.
    pub priority: Option<Expression>,
    /// Form, by key, id or external reference.
    pub form: Option<Expression>,
    /// Custom headers.
    pub headers: Vec<(Str, Str)>,
}

impl Process {
    /// The element with this ordinal.
    pub fn element(&self, ordinal: u32) -> Option<Element> {
        self.by_ordinal.get(ordinal as usize).copied()
    }

    /// The node with this ordinal.
    pub fn node(&self, ordinal: u32) -> Option<(usize, &Node)> {
        match self.element(ordinal)? {
            Element::Node(index) => Some((index, &self.nodes[index])),
            _ => None,
        }
    }

    /// The index of the node with this BPMN id.
    pub fn node_by_id(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| &*node.id == id)
    }

    /// The none start event.
    pub fn none_start(&self) -> Option<usize> {
        self.starts
            .iter()
            .copied()
            .find(|&start| matches!(self.nodes[start].kind, NodeKind::StartEvent(Catch::None)))
    }
}

/// Compiles the executable processes of a file, or says everything that is wrong with them.
pub fn compile(definitions: &Definitions) -> Result<Vec<Process>, Vec<Diagnostic>> {
    let mut compiler = Compiler { definitions, problems: Vec::new() };
    let processes = definitions.executable_processes().map(|process| compiler.process(process)).collect();
    if compiler.problems.is_empty() { Ok(processes) } else { Err(compiler.problems) }
}

struct Compiler<'a> {
    definitions: &'a Definitions,
    problems: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn process(&mut self, process: &model::Process) -> Process {
        let count = process.nodes.len() + process.flows.len() + 1;
        let mut by_ordinal = vec![Element::Process; count];
        for (index, node) in process.nodes.iter().enumerate() {
            by_ordinal[node.ordinal as usize] = Element::Node(index);
        }
        for (index, flow) in process.flows.iter().enumerate() {
            by_ordinal[flow.ordinal as usize] = Element::Flow(index);
        }
        let nodes =
            process.nodes.iter().enumerate().map(|(index, node)| self.node(process, index, node)).collect();
        let flows = process.flows.iter().map(|flow| self.flow(process, flow)).collect();
        let starts = process
            .children(None)
            .filter(|&index| matches!(process.nodes[index].kind, FlowNodeKind::StartEvent { .. }))
            .collect();
        Process {
            id: Str::from(&*process.id),
            name: Str::from(process.name.as_deref().unwrap_or_default()),
            version_tag: Str::from(process.version_tag.as_deref().unwrap_or_default()),
            nodes,
            flows,
            starts,
            by_ordinal,
        }
    }

    fn flow(&mut self, process: &model::Process, flow: &model::SequenceFlow) -> Flow {
        let owner = &process.nodes[flow.source].id;
        let condition = flow.condition.as_ref().map(|condition| self.expression(owner, condition));
        Flow { id: Str::from(&*flow.id), ordinal: flow.ordinal, target: flow.target, condition }
    }

    fn node(&mut self, process: &model::Process, index: usize, node: &model::FlowNode) -> Node {
        let kind = self.kind(process, index, node);
        Node {
            id: Str::from(&*node.id),
            name: Str::from(node.name.as_deref().unwrap_or_default()),
            ordinal: node.ordinal,
            parent: node.parent,
            kind,
            incoming: node.incoming.clone(),
            outgoing: node.outgoing.clone(),
            boundary: node.boundary.clone(),
            inputs: self.mappings(&node.id, &node.ext.inputs),
            outputs: self.mappings(&node.id, &node.ext.outputs),
        }
    }

    fn kind(&mut self, process: &model::Process, index: usize, node: &model::FlowNode) -> NodeKind {
        match &node.kind {
            FlowNodeKind::StartEvent { trigger, .. } => NodeKind::StartEvent(self.catch(node, trigger, true)),
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
            FlowNodeKind::EndEvent { trigger } => NodeKind::EndEvent(self.end(node, trigger)),
            FlowNodeKind::Task | FlowNodeKind::ManualTask => NodeKind::PassThrough,
            FlowNodeKind::IntermediateThrowEvent { trigger: EventTrigger::None } => NodeKind::PassThrough,
            FlowNodeKind::UserTask => NodeKind::UserTask(Box::new(self.user_task(node))),
            FlowNodeKind::ScriptTask { .. } if node.ext.script.is_some() => self.script(node),
            FlowNodeKind::BusinessRuleTask if node.ext.called_decision.is_some() => self.decision(node),
            FlowNodeKind::ServiceTask
            | FlowNodeKind::SendTask { .. }
            | FlowNodeKind::ScriptTask { .. }
            | FlowNodeKind::BusinessRuleTask
            | FlowNodeKind::IntermediateThrowEvent { .. } => match self.job(node) {
                Some(job) => NodeKind::Job(job),
                None => self.refuse(node, "has no task definition"),
            },
            FlowNodeKind::ExclusiveGateway => NodeKind::ExclusiveGateway { default: node.default_flow },
            FlowNodeKind::ParallelGateway => NodeKind::ParallelGateway,
            FlowNodeKind::SubProcess { kind: SubProcessKind::Embedded } => {
                let start = process
                    .children(Some(index))
                    .find(|&child| matches!(process.nodes[child].kind, FlowNodeKind::StartEvent { .. }));
                match start {
                    Some(start) => NodeKind::SubProcess { start },
                    None => self.refuse(node, "has no start event"),
                }
            }
            other => {
                self.refuse(node, &format!("is a {}, which is not executable yet", other.element_name()))
            }
        }
    }

    /// Validation names these before; this keeps what slips through from being executed as something else.
    fn refuse(&mut self, node: &model::FlowNode, why: &str) -> NodeKind {
        self.problem(&node.id, node.line, node.column, "bpmn.not-executable", format!("'{}' {why}", node.id));
        NodeKind::PassThrough
    }

    fn catch(&mut self, node: &model::FlowNode, trigger: &EventTrigger, start: bool) -> Catch {
        match trigger {
            EventTrigger::None => Catch::None,
            EventTrigger::Message(Some(message)) => {
                let message = &self.definitions.messages[*message];
                let name = message.name.as_ref().map(|name| self.expression(&node.id, name));
                let Some(name) = name else {
                    self.problem(
                        &node.id,
                        node.line,
                        node.column,
                        "bpmn.message-name",
                        "the message has no name".into(),
                    );
                    return Catch::None;
                };
                let key = message.correlation_key.as_ref().filter(|_| !start);
                Catch::Message { name, key: key.map(|key| self.expression(&node.id, key)) }
            }
            EventTrigger::Timer(TimerDefinition::Date(text)) => {
                Catch::Timer(TimerModel::Date(self.expression(&node.id, text)))
            }
            EventTrigger::Timer(TimerDefinition::Duration(text)) => {
                Catch::Timer(TimerModel::Duration(self.expression(&node.id, text)))
            }
            EventTrigger::Timer(TimerDefinition::Cycle(text)) => {
                Catch::Timer(TimerModel::Cycle(self.expression(&node.id, text)))
            }
            EventTrigger::Error(error) => {
                let code = error.and_then(|error| self.definitions.errors[error].code.as_ref());
                Catch::Error(code.map(|code| Str::from(&*code.text)).filter(|code| !code.is_empty()))
            }
            other => {
                self.refuse(
                    node,
                    &format!("waits for a {} event, which is not executable yet", other.name()),
                );
                Catch::None
            }
        }
    }

    fn end(&mut self, node: &model::FlowNode, trigger: &EventTrigger) -> End {
        match trigger {
            EventTrigger::None => End::None,
            EventTrigger::Terminate => End::Terminate,
            EventTrigger::Error(Some(error)) => match &self.definitions.errors[*error].code {
                Some(code) => End::Error(self.expression(&node.id, code)),
                None => End::Error(Expression::text("")),
            },
            other => match self.job(node) {
                Some(job) => End::Job(job),
                None => {
                    self.refuse(
                        node,
                        &format!("throws a {} event, which is not executable yet", other.name()),
                    );
                    End::None
                }
            },
        }
    }

    fn job(&mut self, node: &model::FlowNode) -> Option<JobTask> {
        let definition = node.ext.task_definition.as_ref()?;
        Some(JobTask {
            job_type: self.expression(&node.id, &definition.type_),
            retries: self.expression(&node.id, &definition.retries),
            headers: headers(&node.ext.headers),
            priority: node.ext.job_priority.as_ref().map(|priority| self.expression(&node.id, priority)),
        })
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

    fn user_task(&mut self, node: &model::FlowNode) -> UserTaskModel {
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
            form: None,
            headers: headers(&ext.headers),
        };
        task.form = ext.form.as_ref().and_then(|form| {
            match (&form.external_reference, &form.form_id, &form.form_key) {
                (Some(reference), ..) => Some(self.expression(&node.id, reference)),
                (None, Some(text), _) | (None, None, Some(text)) => Some(Expression::text(text)),
                _ => None,
            }
        });
        task
    }

    fn mappings(&mut self, owner: &str, mappings: &[model::Mapping]) -> Vec<Mapping> {
        mappings
            .iter()
            .map(|mapping| Mapping {
                source: self.expression(owner, &mapping.source),
                target: mapping.target.split('.').map(|part| Str::from(part.trim())).collect(),
            })
            .collect()
    }

    fn expression(&mut self, owner: &str, source: &model::Expression) -> Expression {
        Expression::compile(source).unwrap_or_else(|problems| {
            for (line, column, message) in problems {
                self.problem(owner, line, column, "feel.syntax", message);
            }
            Expression::text("")
        })
    }

    fn problem(&mut self, element: &str, line: u32, column: u32, code: &'static str, message: String) {
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

fn headers(headers: &[(String, String)]) -> Vec<(Str, Str)> {
    headers.iter().map(|(key, value)| (Str::from(&**key), Str::from(&**value))).collect()
}
