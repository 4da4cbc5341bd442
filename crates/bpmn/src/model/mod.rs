//! The typed view of a BPMN document: what the engine compiles and what validation reads.
//!
//! References between elements are resolved to indices; a reference that leads nowhere has been reported as an
//! error by the reader and is `None` (or absent) here. All dialects are read into the same types.
//!
//! **Invariant:** indices are in range, `ordinal`s are unique inside a process and follow document order.

mod event;
mod extensions;
mod node;
mod read;
mod read_extensions;
mod read_node;
mod zeebe;

pub use event::{EventTrigger, TimerDefinition};
pub use extensions::{
    AdHocExtension, AgentType, Assignment, Binding, CalledDecision, CalledElement, ConditionalFilter,
    ExecutionListener, Extensions, ForeignAttribute, ForeignElement, FormDefinition, Implementation,
    ImplementationKind, LinkedResource, ListenerEvent, Mapping, Schedule, Script, TaskDefinition,
    TaskListener, Template,
};
pub use node::{
    AdHocOrdering, DataAssociation, DataFlow, DataItem, FlowNode, FlowNodeKind, LoopCharacteristics,
    MultiInstance, Performer, SubProcessKind,
};
pub(crate) use read::{definitions, dialect};
pub(crate) use read_node::is_imported;
pub use zeebe::ZEEBE_EXTENSIONS;

/// Which product's extension elements a document uses, recognised by namespace URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// BPMN 2.0 without vendor extensions that matter for execution.
    #[default]
    Plain,
    /// Camunda 8.
    Zeebe,
    /// Camunda 7 and Operaton.
    Camunda7,
    /// Flowable, Activiti, codbex Hyperion.
    Flowable,
}

/// The root element of a BPMN document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definitions {
    /// File name as given by the caller, for diagnostics.
    pub file: String,
    /// `id` attribute, empty when absent.
    pub id: String,
    /// `name` attribute.
    pub name: Option<String>,
    /// `targetNamespace` attribute, empty when absent.
    pub target_namespace: String,
    /// Recognised vendor extensions.
    pub dialect: Dialect,
    /// `expressionLanguage` attribute.
    pub expression_language: Option<String>,
    /// `exporter` and `exporterVersion`, as far as present.
    pub exporter: (Option<String>, Option<String>),
    /// Processes in document order.
    pub processes: Vec<Process>,
    /// `message` root elements in document order; here and below, those of imported files follow.
    pub messages: Vec<MessageDef>,
    /// `error` root elements in document order.
    pub errors: Vec<ErrorDef>,
    /// `signal` root elements in document order.
    pub signals: Vec<SignalDef>,
    /// `escalation` root elements in document order.
    pub escalations: Vec<EscalationDef>,
    /// `dataStore` root elements in document order.
    pub data_stores: Vec<DataStore>,
    /// `import` elements in document order.
    pub imports: Vec<Import>,
    /// `globalTask`, `globalUserTask` and the other global tasks in document order, which call activities call.
    pub global_tasks: Vec<FlowNode>,
    /// Global tasks of imported files, by the `calledElement` of call activities that call them.
    pub imported_tasks: Vec<(String, FlowNode)>,
    /// `collaboration` (and `choreography`, as far as participants go) in document order.
    pub collaborations: Vec<Collaboration>,
}

impl Definitions {
    /// The process with this id.
    pub fn process(&self, id: &str) -> Option<&Process> {
        self.processes.iter().find(|process| process.id == id)
    }

    /// Processes marked `isExecutable="true"`.
    pub fn executable_processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| process.executable)
    }
}

/// A text or an expression, with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Expression {
    /// The text; without the leading `=` and the white space around it when [`Expression::is_feel`].
    pub text: String,
    /// True when the text is FEEL; false when it is a literal text, or an expression of [`Expression::language`].
    pub is_feel: bool,
    /// Language when it is neither FEEL nor a literal: the `language` attribute, or `juel` for `${...}`.
    pub language: Option<String>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Expression {
    /// True when evaluation gives [`Expression::text`] itself.
    pub fn is_static(&self) -> bool {
        !self.is_feel && self.language.is_none()
    }
}

/// A `message` root element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageDef {
    /// `id`.
    pub id: String,
    /// `name`: a text, or FEEL in the `zeebe` dialect when it starts with `=`.
    pub name: Option<Expression>,
    /// `zeebe:subscription correlationKey`.
    pub correlation_key: Option<Expression>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// An `error` root element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorDef {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `errorCode`: a text, or FEEL in the `zeebe` dialect when it starts with `=` (throw events only).
    pub code: Option<Expression>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// A `signal` root element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignalDef {
    /// `id`.
    pub id: String,
    /// `name`: a text, or FEEL in the `zeebe` dialect when it starts with `=`.
    pub name: Option<Expression>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// An `escalation` root element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EscalationDef {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `escalationCode`: a text, or FEEL in the `zeebe` dialect when it starts with `=` (throw events only).
    pub code: Option<Expression>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// A `dataStore` root element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataStore {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
}

/// An `import` element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Import {
    /// `namespace`.
    pub namespace: String,
    /// `location`.
    pub location: String,
    /// `importType`.
    pub import_type: String,
}

/// A `collaboration`: pools and the message flows between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collaboration {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Pools in document order.
    pub participants: Vec<Participant>,
    /// Message flows in document order.
    pub message_flows: Vec<MessageFlow>,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Participant {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Index of the process in [`Definitions::processes`]; `None` for a black-box pool.
    pub process: Option<usize>,
}

/// A message flow between pools or elements of pools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageFlow {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Local part of `sourceRef`.
    pub source_ref: String,
    /// Local part of `targetRef`.
    pub target_ref: String,
    /// Index of its message in [`Definitions::messages`].
    pub message: Option<usize>,
}

/// A process. Flow nodes of nested sub-processes are in the same flat list and name their scope by `parent`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `isExecutable`.
    pub executable: bool,
    /// `zeebe:versionTag` or `camunda:versionTag`.
    pub version_tag: Option<String>,
    /// Text of `documentation`.
    pub documentation: Option<String>,
    /// Flow nodes of all scopes in document order.
    pub nodes: Vec<FlowNode>,
    /// Sequence flows of all scopes in document order.
    pub flows: Vec<SequenceFlow>,
    /// Associations of all scopes in document order (they connect compensation handlers).
    pub associations: Vec<Association>,
    /// Data objects of all scopes in document order.
    pub data_objects: Vec<DataObject>,
    /// Lanes of all scopes in document order.
    pub lanes: Vec<Lane>,
    /// Extension elements of the process itself.
    pub ext: Extensions,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Process {
    /// Index of the flow node with this id.
    pub fn node_index(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }

    /// Index of the sequence flow with this id.
    pub fn flow_index(&self, id: &str) -> Option<usize> {
        self.flows.iter().position(|flow| flow.id == id)
    }

    /// Indices of the flow nodes directly inside a scope: a sub-process node, or `None` for the process.
    pub fn children(&self, scope: Option<usize>) -> impl Iterator<Item = usize> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.parent == scope).map(|(index, _)| index)
    }
}

/// A sequence flow whose ends both exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SequenceFlow {
    /// `id`; a generated one with `#` in it when the file has none.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Document order over flow nodes and sequence flows of the process, from 1.
    pub ordinal: u32,
    /// Index of the sub-process node the flow is written in, `None` for the process.
    pub parent: Option<usize>,
    /// Index of the source node.
    pub source: usize,
    /// Index of the target node.
    pub target: usize,
    /// `conditionExpression`.
    pub condition: Option<Expression>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// An association; from a compensation boundary event it leads to its handler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Association {
    /// `id`.
    pub id: String,
    /// Id of the source.
    pub source_ref: String,
    /// Id of the target.
    pub target_ref: String,
}

/// A `dataObject`, `dataObjectReference`, `dataStoreReference` or `property`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataObject {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Id of the data object or data store this is a reference to.
    pub reference: Option<String>,
    /// `isCollection`.
    pub is_collection: bool,
    /// Index of the flow node (sub-process, or activity for a property) it belongs to, `None` for the process.
    pub parent: Option<usize>,
}

/// A lane: a named group of flow nodes, and who performs the user tasks among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Indices of its flow nodes.
    pub nodes: Vec<usize>,
    /// Performers in its `partitionElement`.
    pub performers: Vec<Performer>,
}
