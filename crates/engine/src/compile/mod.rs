//! From the typed view of a BPMN file to what a step walks over: nodes by index, expressions compiled.
//!
//! Indices live in memory only; stored data names elements by their ordinal.

mod build;
mod events;
mod kinds;
mod reach;

pub use build::compile;
pub use kinds::{
    AdHocModel, Behavior, CallModel, Catch, ComplexGateway, DecisionTask, EventBasedGateway, JobTask, Join,
    Linked, Listener, Listeners, Looping, MultiInstance, NodeKind, TaskForm, Throw, TimerModel,
    UserTaskModel,
};

use crate::expression::Expression;
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
    /// Start events of the process itself, and what else may start an instance of it.
    pub starts: Vec<usize>,
    /// Where the first tokens of an instance stand that nothing but a client started.
    pub first: Vec<usize>,
    /// Event sub-processes of the process itself.
    pub event_sub_processes: Vec<usize>,
    /// Variables of the process's data objects and properties.
    pub locals: Vec<Str>,
    /// Listeners of the process.
    pub listeners: Option<Box<Listeners>>,
    by_ordinal: Vec<Element>,
}

/// A flow node.
#[derive(Debug)]
pub struct Node {
    /// BPMN id.
    pub id: Str,
    /// Name.
    pub name: Str,
    /// BPMN's name of the element.
    pub element: &'static str,
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
    /// Flow to take where no condition is true.
    pub default: Option<usize>,
    /// Flows out of it have conditions that are looked at when it completes.
    pub conditional: bool,
    /// It throws a signal to whoever waits for it.
    pub throws_to_waiting: bool,
    /// Its data outputs, which only associations hand on.
    pub data_outputs: Vec<Str>,
    /// Data stores that it reads, each the variable of its name.
    pub stores_read: Vec<Str>,
    /// Data stores that it writes.
    pub stores_written: Vec<Str>,
    /// Mappings say what leaves it; without, all its variables do.
    pub restricts: bool,
    /// It is an activity of an ad-hoc sub-process.
    pub ad_hoc: bool,
    /// Tokens wait at it for others.
    pub collects: bool,
    /// Nothing but its own behaviour is to be done: no mappings, listeners, loops, quantities or compensation.
    pub plain: bool,
    /// Tokens that start it.
    pub start_quantity: u32,
    /// Tokens on each flow behind it.
    pub completion_quantity: u32,
    /// How often it runs.
    pub looping: Option<Looping>,
    /// Its compensation boundary event and the handler.
    pub compensation: Option<(usize, usize)>,
    /// It is a compensation handler.
    pub is_handler: bool,
    /// What it did can be compensated.
    pub compensable: bool,
    /// Event sub-processes directly inside.
    pub event_sub_processes: Vec<usize>,
    /// Variables of data objects and properties inside.
    pub locals: Vec<Str>,
    /// Listeners.
    pub listeners: Option<Box<Listeners>>,
}

/// A sequence flow.
#[derive(Debug)]
pub struct Flow {
    /// BPMN id.
    pub id: Str,
    /// Ordinal in document order.
    pub ordinal: u32,
    /// Source node.
    pub source: usize,
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
    /// Nothing is set where the source variable does not exist: data associations.
    pub optional: Option<Str>,
    /// The same with a mark before each reference to a secret, where it has some.
    pub marked: Option<Expression>,
}

impl Node {
    /// True where a user task has listeners of a transition.
    pub fn has_task_listeners(&self, action: record::TaskAction) -> bool {
        match &self.kind {
            NodeKind::UserTask(task) => task.listeners.iter().any(|(other, _)| *other == action),
            _ => false,
        }
    }
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

    /// True where `inner` lies inside of the sub-process `outer`, at any depth.
    pub fn is_inside(&self, inner: usize, outer: usize) -> bool {
        let mut at = self.nodes[inner].parent;
        while let Some(parent) = at {
            if parent == outer {
                return true;
            }
            at = self.nodes[parent].parent;
        }
        false
    }
}
