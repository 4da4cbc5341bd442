//! Vendor extensions of an element, read from any dialect into one shape.

use super::Expression;

/// Vendor extensions of an element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions {
    /// `zeebe:taskDefinition`.
    pub task_definition: Option<TaskDefinition>,
    /// `zeebe:taskHeaders`, in document order.
    pub headers: Vec<(String, String)>,
    /// `zeebe:ioMapping/input`, `camunda:inputParameter`, `flowable:in`, in document order.
    pub inputs: Vec<Mapping>,
    /// `zeebe:ioMapping/output`, `camunda:outputParameter`, `flowable:out`, in document order.
    pub outputs: Vec<Mapping>,
    /// `zeebe:script`.
    pub script: Option<Script>,
    /// `zeebe:assignmentDefinition`, `camunda:assignee`, ...
    pub assignment: Option<Assignment>,
    /// `zeebe:taskSchedule`, `camunda:dueDate`, ...
    pub schedule: Option<Schedule>,
    /// `zeebe:priorityDefinition priority`.
    pub priority: Option<Expression>,
    /// `zeebe:jobPriorityDefinition priority`.
    pub job_priority: Option<Expression>,
    /// `zeebe:formDefinition`, `camunda:formKey`, ...
    pub form: Option<FormDefinition>,
    /// `zeebe:userTask` is present: the engine manages the task, there is no job.
    pub zeebe_user_task: bool,
    /// `zeebe:userTaskForm` of a process: id and text of embedded forms.
    pub user_task_forms: Vec<(String, String)>,
    /// `zeebe:calledElement`.
    pub called_element: Option<CalledElement>,
    /// `zeebe:calledDecision`.
    pub called_decision: Option<CalledDecision>,
    /// `zeebe:conditionalFilter`.
    pub conditional_filter: Option<ConditionalFilter>,
    /// `zeebe:adHoc`.
    pub ad_hoc: Option<AdHocExtension>,
    /// `zeebe:executionListeners`.
    pub execution_listeners: Vec<ExecutionListener>,
    /// `zeebe:taskListeners`.
    pub task_listeners: Vec<TaskListener>,
    /// `zeebe:linkedResources`.
    pub linked_resources: Vec<LinkedResource>,
    /// `zeebe:properties`, `camunda:properties`, in document order.
    pub properties: Vec<(String, String)>,
    /// `zeebe:agentDefinition agentType`.
    pub agent_type: Option<String>,
    /// Element template the element was made with.
    pub template: Option<Template>,
    /// How a task of Camunda 7 or Flowable is implemented.
    pub implementation: Option<Implementation>,
    /// Attributes from namespaces that are not BPMN's and not read into a field above.
    pub attributes: Vec<ForeignAttribute>,
    /// Children of `extensionElements` not read into a field above.
    pub elements: Vec<ForeignElement>,
}

/// `zeebe:taskDefinition`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskDefinition {
    /// Job type.
    pub type_: Expression,
    /// Retries; the static text `3` when the file gives none.
    pub retries: Expression,
}

/// One input or output mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// What is evaluated.
    pub source: Expression,
    /// Variable name or dotted path that receives the value.
    pub target: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// `zeebe:script`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// FEEL.
    pub expression: Expression,
    /// Variable that receives the result.
    pub result_variable: String,
}

/// Who works on a user task. Lists are FEEL lists, or comma-separated texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// One user.
    pub assignee: Option<Expression>,
    /// Users who may claim.
    pub candidate_users: Option<Expression>,
    /// Groups who may claim.
    pub candidate_groups: Option<Expression>,
}

/// When a user task should be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// Due date.
    pub due_date: Option<Expression>,
    /// Follow-up date.
    pub follow_up_date: Option<Expression>,
}

/// Form of a user task or start event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormDefinition {
    /// Id of a deployed form.
    pub form_id: Option<Expression>,
    /// Key of an embedded form (`camunda-forms:bpmn:<id>`) or of a vendor's form.
    pub form_key: Option<String>,
    /// Reference to a form outside.
    pub external_reference: Option<Expression>,
    /// Which version of a deployed form.
    pub binding: Binding,
}

/// Which version of another resource is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Binding {
    /// The newest version at run time.
    #[default]
    Latest,
    /// The version of the same deployment.
    Deployment,
    /// The newest version with this tag.
    VersionTag(String),
}

/// `zeebe:calledElement`, and what `camunda:`/`flowable:` attributes of a call activity say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalledElement {
    /// BPMN process id.
    pub process_id: Expression,
    /// Whether all variables of the child go to the parent; true by default.
    pub propagate_all_child_variables: bool,
    /// Whether all variables of the parent go to the child; true by default.
    pub propagate_all_parent_variables: bool,
    /// Which version.
    pub binding: Binding,
    /// Business id handed to the child.
    pub business_id: Option<Expression>,
}

/// `zeebe:calledDecision`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CalledDecision {
    /// DMN decision id.
    pub decision_id: Expression,
    /// Variable that receives the result.
    pub result_variable: String,
    /// Which version.
    pub binding: Binding,
}

/// `zeebe:conditionalFilter`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConditionalFilter {
    /// Variables whose changes matter; empty means all.
    pub variable_names: Vec<String>,
    /// `create`, `update`; empty means both.
    pub variable_events: Vec<String>,
}

/// `zeebe:adHoc`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdHocExtension {
    /// FEEL list of element ids to activate.
    pub active_elements_collection: Option<Expression>,
    /// Variable that collects results.
    pub output_collection: Option<String>,
    /// Expression whose value is collected.
    pub output_element: Option<Expression>,
}

/// `zeebe:executionListener`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExecutionListener {
    /// `start`, `end`, `beforeAll`, `cancel`.
    pub event: ListenerEvent,
    /// Job type.
    pub type_: Expression,
    /// Retries; `3` by default.
    pub retries: Expression,
    /// Own headers.
    pub headers: Vec<(String, String)>,
}

/// Event of an execution listener.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListenerEvent {
    /// Before the element does its work.
    #[default]
    Start,
    /// After the element did its work.
    End,
    /// Once before a multi-instance body's instances.
    BeforeAll,
    /// When the element is cancelled.
    Cancel,
    /// Anything else; validation refuses it.
    Other(String),
}

/// `zeebe:taskListener`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskListener {
    /// `creating`, `assigning`, `updating`, `completing`, `canceling`; the older names are read as these.
    pub event: String,
    /// Job type.
    pub type_: Expression,
    /// Retries; `3` by default.
    pub retries: Expression,
    /// Own headers.
    pub headers: Vec<(String, String)>,
}

/// `zeebe:linkedResource`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkedResource {
    /// Id of the resource.
    pub resource_id: Expression,
    /// Type of the resource.
    pub resource_type: Option<String>,
    /// Name by which the job finds it.
    pub link_name: Option<String>,
    /// Which version.
    pub binding: Binding,
}

/// Element template an element was made with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// Template id.
    pub id: String,
    /// Template version.
    pub version: Option<String>,
    /// Icon of the template, a data URI.
    pub icon: Option<String>,
}

/// What kind of AI agent an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentType {
    /// An ad-hoc sub-process whose activities Camunda's agent connector chooses.
    AiAgentSubProcess,
    /// A task of Camunda's agent connector.
    AiAgentTask,
    /// An agent outside: its worker drives it.
    External,
}

impl AgentType {
    /// By the word of `zeebe:agentDefinition agentType`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim() {
            "aiAgentSubProcess" => Some(AgentType::AiAgentSubProcess),
            "aiAgentTask" => Some(AgentType::AiAgentTask),
            "external" => Some(AgentType::External),
            _ => None,
        }
    }

    /// As Camunda's API names it.
    pub fn as_str(self) -> &'static str {
        match self {
            AgentType::AiAgentSubProcess => "AI_AGENT_SUB_PROCESS",
            AgentType::AiAgentTask => "AI_AGENT_TASK",
            AgentType::External => "EXTERNAL_AGENT",
        }
    }
}

/// How a task of Camunda 7 or Flowable is implemented.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Implementation {
    /// Which attribute names it.
    pub kind: ImplementationKind,
    /// Class, expression, bean or topic.
    pub value: String,
    /// Variable that receives the result.
    pub result_variable: Option<String>,
    /// `camunda:field`, `flowable:field`: name and value.
    pub fields: Vec<(String, Expression)>,
}

/// Which attribute names the implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImplementationKind {
    /// `class`.
    #[default]
    Class,
    /// `delegateExpression`.
    DelegateExpression,
    /// `expression`.
    Expression,
    /// `type="external"` with `topic`.
    ExternalTopic,
    /// Any other `type`, such as Flowable's `http`, `mail`, `camel`, `dmn`.
    Type,
    /// `decisionRef`, `decisionTableReferenceKey`.
    Decision,
}

/// An attribute of a foreign namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignAttribute {
    /// Namespace URI.
    pub namespace: String,
    /// Local name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A child of `extensionElements` that nothing here understands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignElement {
    /// Namespace URI.
    pub namespace: String,
    /// Local name.
    pub name: String,
    /// Attributes.
    pub attributes: Vec<ForeignAttribute>,
    /// Text inside, white space around it removed.
    pub text: String,
    /// Child elements.
    pub children: Vec<ForeignElement>,
}
