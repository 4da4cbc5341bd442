//! Compiled models: what evaluation runs. Invariant: every name is resolved to a register, an input or nothing.

use crate::diagnostic::Place;
use crate::model::IterationKind;
use crate::table::Table;
use crate::types::ItemType;
use feel::{Context, Expression, Function, Parameter, Type, Value};
use std::sync::Arc;

/// A type, unless everything is allowed.
pub(crate) type Kind = Option<Arc<ItemType>>;

/// A compiled expression with its type.
#[derive(Debug)]
pub(crate) struct Node {
    /// What it belongs to, for reasons.
    pub label: Arc<str>,
    /// The type of the result.
    pub kind: Kind,
    /// What it does.
    pub code: Code,
}

impl Node {
    /// How deep the expression nests, in boxes.
    pub fn height(&self) -> u32 {
        let of = |nodes: &[Node]| nodes.iter().map(Node::height).max().unwrap_or(0);
        1 + match &self.code {
            Code::Constant(_) | Code::Feel(_) | Code::Function(_) | Code::Fail { .. } => 0,
            Code::Table(_) => 1,
            Code::Context { entries, result } => {
                let entries = entries.iter().map(|entry| entry.value.height()).max().unwrap_or(0);
                entries.max(result.as_ref().map_or(0, |result| result.height()))
            }
            Code::Invocation(call) => {
                let arguments =
                    call.arguments.iter().map(|argument| argument.value.height()).max().unwrap_or(0);
                arguments.max(call.function.height())
            }
            Code::List(items) => of(items),
            Code::Relation { rows, .. } => rows.iter().map(|row| of(row)).max().unwrap_or(0),
            Code::Conditional(parts) => of(&parts[..]),
            Code::Filter { parts, .. } | Code::Iterate { parts, .. } => of(&parts[..]),
        }
    }
}

/// What an expression does.
#[derive(Debug)]
pub(crate) enum Code {
    Constant(Value),
    Feel(FeelCode),
    Context { entries: Vec<Entry>, result: Option<Box<Node>> },
    Invocation(Box<InvocationCode>),
    List(Vec<Node>),
    Relation { columns: Vec<(Arc<str>, Kind)>, rows: Vec<Vec<Node>> },
    Function(Arc<FunctionCode>),
    Conditional(Box<[Node; 3]>),
    Filter { parts: Box<[Node; 2]>, item: u32 },
    Iterate { kind: IterationKind, parts: Box<[Node; 2]>, item: u32, partial: u32 },
    Table(Box<Table>),
    Fail { code: &'static str, message: String },
}

/// A call.
#[derive(Debug)]
pub(crate) struct InvocationCode {
    /// The text of the function, for reasons.
    pub name: Arc<str>,
    pub function: Node,
    pub arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Debug)]
pub(crate) struct Argument {
    pub name: Arc<str>,
    pub kind: Kind,
    pub value: Node,
}

/// An entry of a context.
#[derive(Debug)]
pub(crate) struct Entry {
    pub name: Arc<str>,
    pub kind: Kind,
    pub register: u32,
    pub value: Node,
}

/// A FEEL expression, with where the values of its slots come from.
#[derive(Debug)]
pub(crate) struct FeelCode {
    pub expression: Expression,
    pub slots: Vec<Source>,
}

/// Where the value of a name comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A register of the frame.
    Register(u32),
    /// An input, by its name.
    Input(Arc<str>),
    /// An entry of the item in a register, or else another source.
    Item { item: u32, name: Arc<str>, outside: Box<Source> },
    /// Nowhere.
    Absent,
}

/// A function, without what it captures.
#[derive(Debug)]
pub(crate) struct FunctionCode {
    pub name: Arc<str>,
    pub parameters: Vec<ParameterCode>,
    pub result: Kind,
    pub body: Node,
    /// How deep the body nests, in boxes.
    pub height: u32,
    /// The register through which the function calls itself.
    pub this: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct ParameterCode {
    pub name: Arc<str>,
    pub kind: Kind,
    pub register: u32,
}

/// The type of a value of this kind, as FEEL knows it.
pub(crate) fn feel_type(kind: &Kind) -> Type {
    kind.as_ref().map_or(Type::Any, |kind| kind.kind.clone())
}

/// The registers of an evaluation, and the inputs when they are visible.
#[derive(Clone, Default)]
pub(crate) struct Frame {
    registers: Vec<Option<Value>>,
    pub inputs: Option<Arc<Context>>,
}

impl Frame {
    pub fn new(size: usize, inputs: Option<Arc<Context>>) -> Frame {
        Frame { registers: vec![None; size], inputs }
    }

    #[inline]
    pub fn get(&self, register: u32) -> Option<&Value> {
        self.registers.get(register as usize)?.as_ref()
    }

    pub fn set(&mut self, register: u32, value: Value) {
        let at = register as usize;
        if at >= self.registers.len() {
            self.registers.resize(at + 1, None);
        }
        self.registers[at] = Some(value);
    }

    /// The value of a name.
    pub fn value(&self, source: &Source) -> Option<Value> {
        match source {
            Source::Register(register) => self.get(*register).cloned(),
            Source::Input(name) => self.inputs.as_ref()?.get(name).cloned(),
            Source::Item { item, name, outside } => {
                let entry = self.get(*item).and_then(|item| item.get(name)).cloned();
                entry.or_else(|| self.value(outside))
            }
            Source::Absent => None,
        }
    }
}

/// An element of the graph, compiled.
#[derive(Debug)]
pub(crate) enum Element {
    Input(InputCode),
    Decision(Box<DecisionCode>),
    Knowledge(KnowledgeCode),
    Service(ServiceCode),
}

/// Input data.
#[derive(Debug)]
pub(crate) struct InputCode {
    pub id: Arc<str>,
    /// The name of its variable.
    pub name: Arc<str>,
    /// `namespace#name`, under which an input of an imported model can be given.
    pub qualified: Arc<str>,
    /// Names of imports from the main model to the one that has it.
    pub path: Vec<Arc<str>>,
    pub kind: Kind,
}

/// A decision.
#[derive(Debug)]
pub(crate) struct DecisionCode {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// The name of its variable.
    pub variable: Arc<str>,
    pub kind: Kind,
    pub body: Node,
    /// How deep the body nests, in boxes.
    pub height: u32,
    /// Whether the decision has logic at all.
    pub logic: LogicKind,
    pub requirements: Vec<Requirement>,
    pub registers: usize,
    pub place: Place,
}

/// A required element and where its value goes.
#[derive(Debug)]
pub(crate) struct Requirement {
    /// The index of the required element.
    pub target: u32,
    pub register: u32,
    /// Where in the context in the register, when the element is imported under a name.
    pub path: Vec<Arc<str>>,
}

/// A business knowledge model.
#[derive(Debug)]
pub(crate) struct KnowledgeCode {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub function: Option<Arc<FunctionCode>>,
    pub requirements: Vec<Requirement>,
    pub registers: usize,
}

/// A decision service.
#[derive(Debug)]
pub(crate) struct ServiceCode {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// Elements that are parameters, in the order of the parameters.
    pub parameters: Vec<u32>,
    pub outputs: Vec<u32>,
    pub result: Kind,
}

/// The kind of logic of a decision, as Camunda names it in its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogicKind {
    /// A decision table.
    DecisionTable,
    /// A literal expression.
    LiteralExpression,
    /// Another boxed expression.
    Boxed,
    /// No logic.
    None,
}

impl LogicKind {
    /// The name, such as `DECISION_TABLE`.
    pub fn as_str(self) -> &'static str {
        match self {
            LogicKind::DecisionTable => "DECISION_TABLE",
            LogicKind::LiteralExpression => "LITERAL_EXPRESSION",
            LogicKind::Boxed => "BOXED_EXPRESSION",
            LogicKind::None => "NONE",
        }
    }
}

/// A compiled model with all it imports.
pub(crate) struct Program {
    pub elements: Vec<Element>,
    /// The functions of business knowledge models and decision services, by element.
    pub functions: Vec<Option<Value>>,
    /// The models' namespaces; the first one is the model's own.
    pub namespaces: Vec<Arc<str>>,
    /// The model of every element.
    pub models: Vec<usize>,
}

impl Element {
    /// The id.
    pub fn id(&self) -> &Arc<str> {
        match self {
            Element::Input(input) => &input.id,
            Element::Decision(decision) => &decision.id,
            Element::Knowledge(knowledge) => &knowledge.id,
            Element::Service(service) => &service.id,
        }
    }
}

impl FunctionCode {
    /// The function as a value of FEEL.
    pub fn value(&self, code: Arc<dyn feel::NativeFunction>) -> Value {
        let parameters = self.parameters.iter();
        let parameters = parameters
            .map(|parameter| Parameter {
                name: Arc::clone(&parameter.name),
                kind: feel_type(&parameter.kind),
            })
            .collect();
        let function = Function::native(Arc::clone(&self.name), parameters, feel_type(&self.result), code);
        Value::Function(Arc::new(function))
    }
}
