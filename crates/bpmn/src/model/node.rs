//! Flow nodes: events, activities and gateways.

use super::{AgentType, EventTrigger, Expression, Extensions};

/// An event, activity or gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowNode {
    /// `id`; a generated one with `#` in it when the file has none.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Document order over flow nodes and sequence flows of the process, from 1. The process itself is 0.
    pub ordinal: u32,
    /// Index of the enclosing sub-process node, `None` for the process.
    pub parent: Option<usize>,
    /// What it is.
    pub kind: FlowNodeKind,
    /// Indices of incoming sequence flows in document order of the flows.
    pub incoming: Vec<usize>,
    /// Indices of outgoing sequence flows in document order of the flows.
    pub outgoing: Vec<usize>,
    /// Index of the default sequence flow.
    pub default_flow: Option<usize>,
    /// Indices of boundary events attached to this node, in document order.
    pub boundary: Vec<usize>,
    /// Loop marker.
    pub loop_characteristics: Option<LoopCharacteristics>,
    /// `isForCompensation`.
    pub is_for_compensation: bool,
    /// `startQuantity`, 1 by default.
    pub start_quantity: u32,
    /// `completionQuantity`, 1 by default.
    pub completion_quantity: u32,
    /// Data inputs, outputs and associations.
    pub data: DataFlow,
    /// Who does it, by the standard's own resource roles.
    pub performers: Vec<Performer>,
    /// `implementation` of a task, unless it starts with `##`; else the name or id of its operation.
    pub operation: Option<String>,
    /// Vendor extensions.
    pub ext: Extensions,
    /// Text of `documentation`.
    pub documentation: Option<String>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

/// What a flow node is, with what only that kind has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FlowNodeKind {
    /// `startEvent`.
    StartEvent {
        /// What starts it.
        trigger: EventTrigger,
        /// `isInterrupting`, of an event sub-process' start event; true by default.
        interrupting: bool,
    },
    /// `intermediateCatchEvent`.
    IntermediateCatchEvent {
        /// What it waits for.
        trigger: EventTrigger,
    },
    /// `intermediateThrowEvent`.
    IntermediateThrowEvent {
        /// What it throws.
        trigger: EventTrigger,
    },
    /// `boundaryEvent`.
    BoundaryEvent {
        /// Index of the activity; the event's own index when the reference is dangling (reported as an error).
        attached_to: usize,
        /// `cancelActivity`, true by default.
        cancel_activity: bool,
        /// What it waits for.
        trigger: EventTrigger,
    },
    /// `endEvent`.
    EndEvent {
        /// What it throws.
        trigger: EventTrigger,
    },
    /// `task`: undefined, passes through.
    #[default]
    Task,
    /// `manualTask`: passes through.
    ManualTask,
    /// `serviceTask`; what it does is in [`FlowNode::ext`].
    ServiceTask,
    /// `sendTask`; what it does is in [`FlowNode::ext`].
    SendTask {
        /// Index of the message.
        message_ref: Option<usize>,
    },
    /// `receiveTask`.
    ReceiveTask {
        /// Index of the message.
        message_ref: Option<usize>,
        /// `instantiate`.
        instantiate: bool,
    },
    /// `userTask`.
    UserTask,
    /// `scriptTask`; a FEEL script of the `zeebe` dialect is in [`Extensions::script`].
    ScriptTask {
        /// `scriptFormat`.
        format: Option<String>,
        /// Text of `script`.
        script: Option<String>,
    },
    /// `businessRuleTask`; the decision is in [`FlowNode::ext`].
    BusinessRuleTask,
    /// `callActivity`.
    CallActivity {
        /// `calledElement`; the `zeebe` dialect uses [`Extensions::called_element`] instead.
        called_element: Option<String>,
    },
    /// `subProcess`, `transaction`, `adHocSubProcess`.
    SubProcess {
        /// Which of them.
        kind: SubProcessKind,
    },
    /// `exclusiveGateway`.
    ExclusiveGateway,
    /// `parallelGateway`.
    ParallelGateway,
    /// `inclusiveGateway`.
    InclusiveGateway,
    /// `eventBasedGateway`.
    EventBasedGateway {
        /// `instantiate`.
        instantiate: bool,
        /// `eventGatewayType="Parallel"`.
        parallel: bool,
    },
    /// `complexGateway`.
    ComplexGateway {
        /// `activationCondition`.
        activation_condition: Option<Expression>,
    },
}

impl FlowNode {
    /// What kind of AI agent it is: by its marker or, in models from before there was one, by Camunda's element template.
    pub fn agent(&self) -> Option<AgentType> {
        let ad_hoc = matches!(self.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::AdHoc { .. } });
        if !ad_hoc && !matches!(self.kind, FlowNodeKind::ServiceTask) {
            return None;
        }
        if let Some(word) = &self.ext.agent_type {
            return AgentType::parse(word);
        }
        match (self.ext.template.as_ref()?.id.as_str(), ad_hoc) {
            ("io.camunda.connectors.agenticai.aiagent.jobworker.v1", true) => {
                Some(AgentType::AiAgentSubProcess)
            }
            ("io.camunda.connectors.agenticai.aiagent.v1", false) => Some(AgentType::AiAgentTask),
            _ => None,
        }
    }
}

impl FlowNodeKind {
    /// BPMN's element name.
    pub fn element_name(&self) -> &'static str {
        match self {
            Self::StartEvent { .. } => "startEvent",
            Self::IntermediateCatchEvent { .. } => "intermediateCatchEvent",
            Self::IntermediateThrowEvent { .. } => "intermediateThrowEvent",
            Self::BoundaryEvent { .. } => "boundaryEvent",
            Self::EndEvent { .. } => "endEvent",
            Self::Task => "task",
            Self::ManualTask => "manualTask",
            Self::ServiceTask => "serviceTask",
            Self::SendTask { .. } => "sendTask",
            Self::ReceiveTask { .. } => "receiveTask",
            Self::UserTask => "userTask",
            Self::ScriptTask { .. } => "scriptTask",
            Self::BusinessRuleTask => "businessRuleTask",
            Self::CallActivity { .. } => "callActivity",
            Self::SubProcess { kind: SubProcessKind::Transaction } => "transaction",
            Self::SubProcess { kind: SubProcessKind::AdHoc { .. } } => "adHocSubProcess",
            Self::SubProcess { .. } => "subProcess",
            Self::ExclusiveGateway => "exclusiveGateway",
            Self::ParallelGateway => "parallelGateway",
            Self::InclusiveGateway => "inclusiveGateway",
            Self::EventBasedGateway { .. } => "eventBasedGateway",
            Self::ComplexGateway { .. } => "complexGateway",
        }
    }

    /// True for tasks, call activities and sub-processes.
    pub fn is_activity(&self) -> bool {
        !self.is_event() && !self.is_gateway()
    }

    /// True for start, intermediate, boundary and end events.
    pub fn is_event(&self) -> bool {
        self.trigger().is_some()
    }

    /// True for the five gateways.
    pub fn is_gateway(&self) -> bool {
        matches!(
            self,
            Self::ExclusiveGateway
                | Self::ParallelGateway
                | Self::InclusiveGateway
                | Self::EventBasedGateway { .. }
                | Self::ComplexGateway { .. }
        )
    }

    /// The event definition, for events.
    pub fn trigger(&self) -> Option<&EventTrigger> {
        match self {
            Self::StartEvent { trigger, .. }
            | Self::IntermediateCatchEvent { trigger }
            | Self::IntermediateThrowEvent { trigger }
            | Self::BoundaryEvent { trigger, .. }
            | Self::EndEvent { trigger } => Some(trigger),
            _ => None,
        }
    }
}

/// Which kind of sub-process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SubProcessKind {
    /// `subProcess`.
    #[default]
    Embedded,
    /// `subProcess triggeredByEvent="true"`.
    Event,
    /// `transaction`.
    Transaction,
    /// `adHocSubProcess`.
    AdHoc {
        /// `ordering`.
        ordering: AdHocOrdering,
        /// `completionCondition`.
        completion_condition: Option<Expression>,
        /// `cancelRemainingInstances`, true by default.
        cancel_remaining_instances: bool,
    },
}

/// Order of an ad-hoc sub-process' activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdHocOrdering {
    /// Any number at a time.
    #[default]
    Parallel,
    /// One at a time.
    Sequential,
}

/// Loop marker of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoopCharacteristics {
    /// `standardLoopCharacteristics`.
    Standard {
        /// `testBefore`.
        test_before: bool,
        /// `loopCondition`.
        condition: Option<Expression>,
        /// `loopMaximum`.
        maximum: Option<u32>,
    },
    /// `multiInstanceLoopCharacteristics`.
    MultiInstance(Box<MultiInstance>),
}

/// `multiInstanceLoopCharacteristics`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MultiInstance {
    /// `isSequential`.
    pub sequential: bool,
    /// `loopCardinality`.
    pub cardinality: Option<Expression>,
    /// `zeebe:loopCharacteristics inputCollection`, `camunda:collection`, `flowable:collection`.
    pub input_collection: Option<Expression>,
    /// Name of the variable that holds the item.
    pub input_element: Option<String>,
    /// Name of the variable that collects results.
    pub output_collection: Option<String>,
    /// Expression whose value is collected.
    pub output_element: Option<Expression>,
    /// `completionCondition`.
    pub completion_condition: Option<Expression>,
    /// `loopDataInputRef`: id of the data item to loop over.
    pub data_input_ref: Option<String>,
    /// `loopDataOutputRef`: id of the data item that collects.
    pub data_output_ref: Option<String>,
    /// Name (else id) of `inputDataItem`.
    pub input_data_item: Option<String>,
    /// Name (else id) of `outputDataItem`.
    pub output_data_item: Option<String>,
    /// `behavior`: `All` by default, `One`, `None`, `Complex`.
    pub behavior: String,
    /// `noneBehaviorEventRef`: thrown whenever an iteration completes.
    pub none_event: Option<EventTrigger>,
    /// `oneBehaviorEventRef`: thrown when the first iteration completes.
    pub one_event: Option<EventTrigger>,
    /// `complexBehaviorDefinition`: conditions, and the events thrown where they are true.
    pub complex_events: Vec<(Expression, EventTrigger)>,
}

/// A `performer`, `humanPerformer` or `potentialOwner` with a `resourceAssignmentExpression`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Performer {
    /// Whom the expression names.
    pub expression: Expression,
    /// `potentialOwner`: one of several who may do it.
    pub potential: bool,
}

/// Data inputs, outputs and associations of an activity or event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataFlow {
    /// `dataInput` of the `ioSpecification`, or of a throw event.
    pub inputs: Vec<DataItem>,
    /// `dataOutput` of the `ioSpecification`, or of a catch event.
    pub outputs: Vec<DataItem>,
    /// `dataInputAssociation`.
    pub input_associations: Vec<DataAssociation>,
    /// `dataOutputAssociation`.
    pub output_associations: Vec<DataAssociation>,
}

/// A data input or output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataItem {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
}

/// A data association: copies, or transforms, or assigns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataAssociation {
    /// Ids of the sources.
    pub sources: Vec<String>,
    /// Id of the target.
    pub target: Option<String>,
    /// `transformation`.
    pub transformation: Option<Expression>,
    /// `assignment` as (from, to).
    pub assignments: Vec<(Expression, Expression)>,
}
