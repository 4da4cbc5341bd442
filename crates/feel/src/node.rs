//! The compiled form of an expression: a tree whose names are slots and whose constants are values.
//! Invariant: the height of a tree is limited, so evaluating and dropping it cannot overflow the stack.

use crate::builtins::BuiltinCode;
use crate::builtins::regexes::Pattern;
use crate::context::name_hash;
use crate::function::Parameter;
use crate::types::Type;
use crate::value::Value;
use std::sync::Arc;

pub(crate) struct Node {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    /// The longest way down from here.
    pub height: u16,
}

pub(crate) enum Kind {
    Const(Value),
    /// A free variable.
    Slot(u32),
    /// A free variable that, when absent, is a built-in function.
    SlotOr(u32, Value),
    /// A variable of the innermost function.
    Local(u32),
    /// A variable that the innermost function captured when it was made.
    Captured(u32),
    /// A captured variable that, when `null` or absent, is a built-in function.
    CapturedOr(u32, Value),
    /// The innermost function itself, by the name of the context entry that defines it.
    ThisFunction,
    /// A name in a filter: an entry of one of the items, else something outside.
    FilterName(Box<FilterName>),
    Path(Box<Node>, Name),
    Filter(Box<Filter>),
    Negate(Box<Node>),
    Arithmetic(Operator, Box<[Node; 2]>),
    /// A long chain of operators of the same precedence.
    Chain(Box<Node>, Vec<(Operator, Node)>),
    Compare(Comparison, Box<[Node; 2]>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Between(Box<[Node; 3]>),
    In(Box<Node>, Vec<Test>),
    /// Unary tests against an input.
    Tests(Box<Tests>),
    InstanceOf(Box<(Node, Type)>),
    If(Box<[Node; 3]>),
    For(Box<For>),
    Quantified(Box<Quantified>),
    List(Vec<Node>),
    Context(Vec<(Arc<str>, Node)>),
    Range(Box<RangeNode>),
    Function(Arc<Lambda>, Vec<Place>),
    Builtin(BuiltinCode, Vec<Node>),
    /// A function whose regular expression is a constant, compiled already.
    Matching(Box<Matching>),
    /// `is defined(x)`: the argument's absence is no reason for a warning.
    IsDefined(Box<Node>),
    /// `get or else(a, b)`: the first argument's `null` is no reason for a warning.
    GetOrElse(Box<[Node; 2]>),
    Call(Box<Call>),
    /// Known when compiling to be `null`, and why.
    Fail(Box<(&'static str, String)>),
    /// Explain mode: the value is recorded.
    Traced(Box<Node>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A name of an entry, with its hash.
pub(crate) struct Name {
    pub text: Arc<str>,
    pub hash: u32,
}

impl From<Arc<str>> for Name {
    fn from(text: Arc<str>) -> Name {
        Name { hash: name_hash(&text), text }
    }
}

/// Where a value is found at run time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Slot(u32),
    Local(u32),
    Captured(u32),
    This,
}

pub(crate) struct FilterName {
    pub name: Name,
    /// The items of the filters around the name, innermost first.
    pub items: Vec<Place>,
    pub outside: Option<Node>,
}

pub(crate) struct Matching {
    pub regex: Arc<Pattern>,
    pub code: BuiltinCode,
    pub arguments: Vec<Node>,
}

pub(crate) struct Filter {
    pub list: Node,
    pub condition: Node,
    pub item: u32,
}

pub(crate) enum Test {
    Compare(Comparison, Node),
    /// A value to equal, contain or satisfy.
    Value(Node),
    /// A boolean expression over `?`.
    Condition(Node),
    /// `-`
    Any,
}

pub(crate) struct Tests {
    pub input: Node,
    pub tests: Vec<Test>,
    pub negated: bool,
}

pub(crate) struct Iteration {
    pub from: Node,
    /// The other end, for `a..b`.
    pub to: Option<Node>,
}

pub(crate) struct For {
    pub iterations: Vec<Iteration>,
    pub partial: u32,
    pub uses_partial: bool,
    pub body: Node,
}

pub(crate) struct Quantified {
    pub every: bool,
    pub iterations: Vec<Iteration>,
    pub condition: Node,
}

pub(crate) struct RangeNode {
    pub form: crate::range::RangeForm,
    pub start: Option<Node>,
    pub end: Option<Node>,
    pub start_included: bool,
    pub end_included: bool,
}

pub(crate) struct Call {
    pub callee: Node,
    pub arguments: Vec<Node>,
    /// Names of the arguments, when they are named.
    pub names: Vec<Arc<str>>,
}

/// A function's code.
pub(crate) struct Lambda {
    pub parameters: Vec<Parameter>,
    pub result: Type,
    pub body: Node,
    /// The height of the body, which the depth limit counts.
    pub height: u32,
    pub source: Arc<str>,
}

impl Node {
    /// What stands where a node is still to come.
    pub const NOTHING: Node = Node { kind: Kind::Const(Value::Null), start: 0, end: 0, height: 1 };

    #[inline(always)]
    pub fn new(kind: Kind, start: usize, end: usize) -> Node {
        let height = kind.children_height() + 1;
        Node { kind, start: start as u32, end: end as u32, height }
    }

    pub fn constant(&self) -> Option<&Value> {
        match &self.kind {
            Kind::Const(value) => Some(value),
            _ => None,
        }
    }
}

fn highest<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> u16 {
    nodes.into_iter().map(|node| node.height).max().unwrap_or(0)
}

impl Kind {
    #[inline(always)]
    fn children_height(&self) -> u16 {
        match self {
            Kind::Path(one, _) | Kind::Negate(one) | Kind::IsDefined(one) | Kind::Traced(one) => one.height,
            Kind::Arithmetic(_, pair) | Kind::Compare(_, pair) | Kind::GetOrElse(pair) => highest(&**pair),
            Kind::And(parts) | Kind::Or(parts) | Kind::List(parts) | Kind::Builtin(_, parts) => {
                highest(parts)
            }
            Kind::Matching(matching) => highest(&matching.arguments),
            Kind::InstanceOf(pair) => pair.0.height,
            Kind::Between(parts) | Kind::If(parts) => highest(&**parts),
            Kind::Chain(first, rest) => first.height.max(highest(rest.iter().map(|(_, node)| node))),
            Kind::FilterName(name) => highest(&name.outside),
            Kind::Filter(filter) => filter.list.height.max(filter.condition.height),
            Kind::In(value, tests) => value.height.max(tests_height(tests)),
            Kind::Tests(tests) => tests.input.height.max(tests_height(&tests.tests)),
            Kind::For(each) => {
                iterations_height(&each.iterations).max(each.body.height) + each.iterations.len() as u16
            }
            Kind::Quantified(quantified) => {
                let levels = quantified.iterations.len() as u16;
                iterations_height(&quantified.iterations).max(quantified.condition.height) + levels
            }
            Kind::Context(entries) => highest(entries.iter().map(|(_, node)| node)),
            Kind::Range(range) => highest(range.start.iter().chain(&range.end)),
            Kind::Call(call) => call.callee.height.max(highest(&call.arguments)),
            // A body runs in a call, which counts its own height; dropping it needs it here.
            Kind::Function(code, _) => code.body.height,
            _ => 0,
        }
    }
}

fn tests_height(tests: &[Test]) -> u16 {
    highest(tests.iter().filter_map(|test| match test {
        Test::Compare(_, node) | Test::Value(node) | Test::Condition(node) => Some(node),
        Test::Any => None,
    }))
}

fn iterations_height(iterations: &[Iteration]) -> u16 {
    highest(iterations.iter().flat_map(|iteration| std::iter::once(&iteration.from).chain(&iteration.to)))
}
