//! From source text to a compiled tree, in one pass: names are resolved while parsing, because in FEEL the scope
//! decides where a name ends. Invariant: parsing is linear but for names and bounded in depth.

mod expression;
mod hint;
mod lexer;
mod primary;
mod scope;
mod test;
mod types;

use crate::diagnostic::Diagnostic;
use crate::eval::State;
use crate::limits;
use crate::node::{Kind, Node};
use crate::run::{Env, Fuel, Run, Warning};
use crate::types::Type;
use crate::value::Value;
use scope::Scopes;
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Finds the type of a name.
pub type TypeLookup<'a> = &'a dyn Fn(&str) -> Option<Type>;

/// What the compiler knows about the surroundings of an expression.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Names of variables, also with spaces and operators in them.
    pub names: &'a [&'a str],
    /// Names of properties with spaces or operators in them.
    pub properties: &'a [&'a str],
    /// Whether unknown names are variables instead of errors.
    pub open: bool,
    /// Named types, such as DMN's item definitions.
    pub types: Option<TypeLookup<'a>>,
}

/// Parsing stops at the first error.
type Parsed<T> = Result<T, Box<Diagnostic>>;

/// The names of the free variables; most expressions have few.
pub(crate) type Slots = SmallVec<[Arc<str>; 3]>;

/// What the parser leaves behind.
pub(crate) struct Compiled {
    pub source: Arc<str>,
    pub root: Node,
    pub slots: Slots,
    pub properties: Vec<Arc<str>>,
    pub hints: Vec<Diagnostic>,
}

pub(crate) struct Parser<'o> {
    source: Arc<str>,
    text: &'o str,
    at: usize,
    options: &'o Options<'o>,
    scopes: Scopes,
    slots: Slots,
    /// Property names with spaces or operators, given or seen as keys of contexts.
    properties: Vec<Arc<str>>,
    /// Those of them that are keys of contexts.
    seen_properties: BTreeSet<Arc<str>>,
    hints: Vec<Diagnostic>,
    depth: u32,
    /// Whether a `[` after the end of a range closes it instead of opening a filter.
    no_filter: bool,
    explain: bool,
    /// The context entry whose value comes next.
    entry: Option<Arc<str>>,
    /// How often `?` was used.
    inputs: u32,
    /// For what is evaluated while compiling.
    fuel: u64,
    /// Names that were compared.
    lookups: u64,
}

#[inline]
pub(crate) fn compile(
    text: &str,
    options: &Options<'_>,
    unary: bool,
    explain: bool,
) -> Result<Compiled, Vec<Diagnostic>> {
    if text.len() > limits::MAX_SOURCE_BYTES {
        let message = format!("the expression is longer than {} bytes", limits::MAX_SOURCE_BYTES);
        return Err(vec![Diagnostic::at("", 0, "feel.size", message, None)]);
    }
    let mut parser = Parser {
        source: text.into(),
        text,
        at: 0,
        options,
        scopes: Scopes::default(),
        slots: Slots::new(),
        properties: options.properties.iter().map(|name| Arc::from(*name)).collect(),
        seen_properties: BTreeSet::new(),
        hints: Vec::new(),
        depth: 0,
        no_filter: false,
        explain,
        entry: None,
        inputs: 0,
        fuel: limits::PREPARE_FUEL,
        lookups: 0,
    };
    let root = if unary { parser.unary_tests() } else { parser.whole() };
    match root {
        Ok(root) => Ok(Compiled {
            source: parser.source,
            root,
            slots: parser.slots,
            properties: parser.properties,
            hints: parser.hints,
        }),
        Err(error) => Err(vec![*error]),
    }
}

impl<'o> Parser<'o> {
    fn whole(&mut self) -> Parsed<Node> {
        let node = self.expression()?;
        self.end()?;
        Ok(node)
    }

    fn end(&mut self) -> Parsed<()> {
        self.space()?;
        if self.at < self.text.len() {
            return self.unexpected("the end of the expression or an operator");
        }
        Ok(())
    }

    fn fail<T>(
        &self,
        at: usize,
        code: &'static str,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Parsed<T> {
        Err(Box::new(Diagnostic::at(self.text, at, code, message, help)))
    }

    /// The error that something else was expected here.
    fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let rest = &self.text[self.at..];
        let found = match rest.chars().next() {
            None => "the end".to_owned(),
            Some(c) if lexer::is_name_start(c) => {
                let word: String = rest.chars().take_while(|c| lexer::is_name_part(*c)).take(40).collect();
                format!("'{word}'")
            }
            Some(c) => format!("'{c}'"),
        };
        self.fail(self.at, "feel.syntax", format!("expected {expected}, found {found}"), None)
    }

    fn hint(&mut self, at: usize, code: &'static str, message: impl Into<String>, help: Option<String>) {
        if self.hints.len() < 32 {
            self.hints.push(Diagnostic::at(self.text, at, code, message, help));
        }
    }

    /// A node that gives `null`, with a hint for whoever deploys the expression.
    fn null_node(
        &mut self,
        code: &'static str,
        message: String,
        help: Option<String>,
        start: usize,
    ) -> Parsed<Node> {
        self.hint(start, code, message.clone(), help);
        self.node(Kind::Fail(Box::new((code, message))), start)
    }

    /// Runs a parser one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= limits::MAX_EXPRESSION_DEPTH {
            let limit = limits::MAX_EXPRESSION_DEPTH;
            return self.fail(
                self.at,
                "feel.depth",
                format!("the expression nests deeper than {limit}"),
                None,
            );
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// A node from `start` to here.
    ///
    /// Inlined so that nodes are made where they stay: moving them is most of what parsing costs.
    #[inline(always)]
    fn node(&mut self, kind: Kind, start: usize) -> Parsed<Node> {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        while end > start && bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        let node = Node::new(kind, start, end);
        if self.explain || node.height > limits::MAX_HEIGHT {
            return self.unusual(node);
        }
        Ok(node)
    }

    /// Puts a node from `start` to here in its place.
    #[inline(always)]
    fn put(&mut self, place: &mut Node, kind: Kind, start: usize) -> Parsed<()> {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        while end > start && bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        *place = Node::new(kind, start, end);
        if self.explain || place.height > limits::MAX_HEIGHT {
            *place = self.unusual(std::mem::replace(place, Node::NOTHING))?;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn unusual(&mut self, node: Node) -> Parsed<Node> {
        let (start, end) = (node.start as usize, node.end as usize);
        if node.height > limits::MAX_HEIGHT {
            let limit = limits::MAX_HEIGHT;
            return self.fail(start, "feel.depth", format!("the expression is higher than {limit}"), None);
        }
        if matches!(node.kind, Kind::Const(_)) {
            return Ok(node);
        }
        Ok(Node::new(Kind::Traced(Box::new(node)), start, end))
    }

    /// A node whose parts may all be constants: then it is evaluated now, unless that gives a warning.
    #[inline(always)]
    fn folded(&mut self, kind: Kind, constant: bool, start: usize) -> Parsed<Node> {
        let node = self.node(kind, start);
        if constant && !self.explain { self.fold(node?) } else { node }
    }

    #[inline(never)]
    fn fold(&mut self, mut node: Node) -> Parsed<Node> {
        self.fold_in_place(&mut node);
        Ok(node)
    }

    fn fold_in_place(&mut self, node: &mut Node) {
        if let Some(value) = self.constant_value(node) {
            node.kind = Kind::Const(value);
            node.height = 1;
        }
    }

    /// Hints that a node of a known type is not one of the wanted types.
    fn expect_type(&mut self, node: &Node, wanted: &[&'static str]) {
        if let Some(kind) = hint::known_type(node)
            && kind != "null"
            && !wanted.contains(&kind)
        {
            let message = format!("expected a {}, found a {kind}", wanted.join(" or "));
            self.hint(node.start as usize, "feel.type", message, None);
        }
    }

    /// The value of a node over constants; what warns is left to be evaluated, and a hint.
    fn constant_value(&mut self, node: &Node) -> Option<Value> {
        let env = Env::default();
        let mut fuel = Fuel::new(limits::FOLD_FUEL.min(self.fuel));
        let limit = fuel.remaining();
        let mut run = Run::new(&env, &mut fuel);
        let value = State {
            run: &mut run,
            slots: &[],
            captured: &[],
            this: None,
            locals: Vec::new(),
            source: &Arc::clone(&self.source),
        }
        .eval(node);
        self.fuel -= limit - run.fuel.remaining();
        let value = value.ok()?;
        if let Some(warning) = run.warnings().first() {
            let Warning { code, message, .. } = warning.clone();
            self.hint(node.start as usize, code, message, None);
        }
        (run.warnings().is_empty() && value.weight() <= 10_000).then_some(value)
    }
}
