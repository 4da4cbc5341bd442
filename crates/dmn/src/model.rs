//! A DMN model as its file says it, typed. Invariant: nothing here is resolved yet; references are texts.

use crate::diagnostic::Place;
use std::sync::Arc;

/// The version of DMN that a file's namespace names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// DMN 1.1.
    V1_1,
    /// DMN 1.2.
    V1_2,
    /// DMN 1.3.
    V1_3,
    /// DMN 1.4.
    V1_4,
    /// DMN 1.5.
    V1_5,
}

/// The namespaces of the DMN versions.
const NAMESPACES: [(&str, Version); 5] = [
    ("http://www.omg.org/spec/DMN/20151101/dmn.xsd", Version::V1_1),
    ("http://www.omg.org/spec/DMN/20180521/MODEL/", Version::V1_2),
    ("https://www.omg.org/spec/DMN/20191111/MODEL/", Version::V1_3),
    ("https://www.omg.org/spec/DMN/20211108/MODEL/", Version::V1_4),
    ("https://www.omg.org/spec/DMN/20230324/MODEL/", Version::V1_5),
];

impl Version {
    /// The version of a namespace.
    pub fn of(namespace: &str) -> Option<Version> {
        let bare = namespace.trim_end_matches('/');
        NAMESPACES.iter().find(|(known, _)| known.trim_end_matches('/') == bare).map(|(_, version)| *version)
    }
}

/// A DMN model.
#[derive(Debug)]
pub struct Model {
    /// The version of DMN.
    pub version: Version,
    /// The id of the `definitions`.
    pub id: String,
    /// The name of the `definitions`.
    pub name: String,
    /// The model's own namespace.
    pub namespace: Arc<str>,
    /// Prefixes that the `definitions` declare, with their URIs.
    pub prefixes: Vec<(String, String)>,
    /// The language of expressions that name none; FEEL when absent.
    pub expression_language: Option<String>,
    /// The imports.
    pub imports: Vec<Import>,
    /// The types.
    pub item_definitions: Vec<ItemDefinition>,
    /// The input data.
    pub inputs: Vec<InputData>,
    /// The decisions.
    pub decisions: Vec<Decision>,
    /// The business knowledge models.
    pub knowledge_models: Vec<KnowledgeModel>,
    /// The decision services.
    pub services: Vec<DecisionService>,
    /// Ids of elements that have nothing to execute: knowledge sources, groups and so on.
    pub(crate) other_ids: Vec<String>,
}

/// An import of another model.
#[derive(Debug)]
pub struct Import {
    /// The name under which its elements are known here; empty when they are known without one.
    pub name: Arc<str>,
    /// The namespace of the imported model.
    pub namespace: String,
    /// What is imported: the namespace of DMN, PMML or another language.
    pub import_type: String,
    /// Where it is.
    pub place: Place,
}

/// A type: an item definition or a component of one.
#[derive(Debug)]
pub struct ItemDefinition {
    /// The name.
    pub name: Arc<str>,
    /// The referenced type.
    pub type_ref: Option<String>,
    /// Whether this is a list of the type.
    pub is_collection: bool,
    /// Unary tests that each value must satisfy; of a collection, each item.
    pub allowed_values: Option<Text>,
    /// Unary tests that the whole value must satisfy.
    pub type_constraint: Option<Text>,
    /// The components of a structure.
    pub components: Vec<ItemDefinition>,
    /// The signature of a function.
    pub function: Option<FunctionItem>,
    /// Where it is.
    pub place: Place,
}

/// The signature of a function type.
#[derive(Debug)]
pub struct FunctionItem {
    /// The type of the result.
    pub output: Option<String>,
    /// Names and types of the parameters.
    pub parameters: Vec<Variable>,
}

/// A name with a type.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The name.
    pub name: Arc<str>,
    /// The type.
    pub type_ref: Option<String>,
    /// Where it is.
    pub place: Place,
}

/// The text of an expression.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text, trimmed.
    pub text: Arc<str>,
    /// The id of the element that holds it.
    pub id: Option<Arc<str>>,
    /// The language, when the element names one.
    pub language: Option<String>,
    /// Where the text starts.
    pub place: Place,
}

/// Data that comes from outside.
#[derive(Debug)]
pub struct InputData {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The variable, which is known by `name` when the file has none.
    pub variable: Option<Variable>,
    /// Where it is.
    pub place: Place,
}

/// A reference from one element to another.
#[derive(Debug)]
pub struct Reference {
    /// What it refers to: `#id` or `namespace#id`.
    pub href: String,
    /// Where it is.
    pub place: Place,
}

/// A decision.
#[derive(Debug)]
pub struct Decision {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The tag by which a process asks for this version, from Camunda's extension `zeebe:versionTag`.
    pub version_tag: Option<Arc<str>>,
    /// The variable of the result.
    pub variable: Option<Variable>,
    /// The decisions and inputs it requires.
    pub information: Vec<Reference>,
    /// The business knowledge models and decision services it requires.
    pub knowledge: Vec<Reference>,
    /// How it is decided.
    pub logic: Option<Boxed>,
    /// Where it is.
    pub place: Place,
}

/// A business knowledge model: a named function.
#[derive(Debug)]
pub struct KnowledgeModel {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The variable that holds the function.
    pub variable: Option<Variable>,
    /// The business knowledge models and decision services it requires.
    pub knowledge: Vec<Reference>,
    /// The function.
    pub logic: Option<FunctionDefinition>,
    /// Where it is.
    pub place: Place,
}

/// Decisions that can be called as a function.
#[derive(Debug)]
pub struct DecisionService {
    /// The id.
    pub id: Arc<str>,
    /// The name.
    pub name: Arc<str>,
    /// The variable that holds the function.
    pub variable: Option<Variable>,
    /// The decisions whose results are the service's result.
    pub output_decisions: Vec<Reference>,
    /// Decisions of the service that are not visible outside.
    pub encapsulated_decisions: Vec<Reference>,
    /// Decisions whose results are parameters.
    pub input_decisions: Vec<Reference>,
    /// Inputs that are parameters.
    pub input_data: Vec<Reference>,
    /// Where it is.
    pub place: Place,
}

/// An expression in a box.
#[derive(Debug)]
pub struct Boxed {
    /// The id.
    pub id: Option<Arc<str>>,
    /// The type that the result must have.
    pub type_ref: Option<String>,
    /// What it is.
    pub logic: Logic,
    /// Where it is.
    pub place: Place,
}

/// The kinds of boxed expressions.
#[derive(Debug)]
pub enum Logic {
    /// A FEEL expression.
    Literal(Text),
    /// A decision table.
    Table(Box<DecisionTable>),
    /// Entries, the last one perhaps without a name: the result.
    Context(Vec<ContextEntry>),
    /// A call of a function.
    Invocation(Box<Invocation>),
    /// A list.
    List(Vec<Boxed>),
    /// A table of values.
    Relation(Relation),
    /// A function.
    Function(Box<FunctionDefinition>),
    /// `if`, `then` and `else`.
    Conditional(Box<[Boxed; 3]>),
    /// A list, and a condition that its items must satisfy.
    Filter(Box<[Boxed; 2]>),
    /// An iteration.
    Iterator(Box<Iteration>),
    /// Nothing that can be executed: the reason.
    Unsupported(String),
}

/// What an iteration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IterationKind {
    /// `for`: the list of results.
    For,
    /// `some`: whether one item satisfies.
    Some,
    /// `every`: whether all items satisfy.
    Every,
}

/// A boxed `for`, `some` or `every`.
#[derive(Debug)]
pub struct Iteration {
    /// Which one.
    pub kind: IterationKind,
    /// The variable of the item.
    pub variable: Arc<str>,
    /// The list.
    pub domain: Boxed,
    /// The result, or the condition.
    pub body: Boxed,
}

/// An entry of a boxed context.
#[derive(Debug)]
pub struct ContextEntry {
    /// The name and type; the result entry has none.
    pub variable: Option<Variable>,
    /// The value.
    pub value: Option<Boxed>,
    /// Where it is.
    pub place: Place,
}

/// A boxed call.
#[derive(Debug)]
pub struct Invocation {
    /// The function.
    pub function: Boxed,
    /// Parameters with their values.
    pub bindings: Vec<(Variable, Option<Boxed>)>,
}

/// A boxed relation.
#[derive(Debug)]
pub struct Relation {
    /// The columns.
    pub columns: Vec<Variable>,
    /// The rows, each with a value for every column.
    pub rows: Vec<Vec<Boxed>>,
}

/// The languages of function definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// FEEL.
    Feel,
    /// Java, which is not executed.
    Java,
    /// PMML, which is not executed.
    Pmml,
}

/// A function definition.
#[derive(Debug)]
pub struct FunctionDefinition {
    /// The language.
    pub kind: FunctionKind,
    /// The parameters.
    pub parameters: Vec<Variable>,
    /// The type of the result.
    pub type_ref: Option<String>,
    /// The body.
    pub body: Option<Boxed>,
    /// Where it is.
    pub place: Place,
}

/// How the results of several matching rules become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitPolicy {
    /// At most one rule matches.
    Unique,
    /// All matching rules have equal outputs.
    Any,
    /// The output that comes first in the output values.
    Priority,
    /// The first matching rule in the order of the table.
    First,
    /// All outputs, in the order of the output values.
    OutputOrder,
    /// All outputs, in the order of the rules.
    RuleOrder,
    /// All outputs, or an aggregation of them.
    Collect(Aggregation),
}

/// What `COLLECT` makes of the outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// The list of them.
    List,
    /// Their sum.
    Sum,
    /// The number of them.
    Count,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// A decision table.
#[derive(Debug)]
pub struct DecisionTable {
    /// The hit policy.
    pub hit_policy: HitPolicy,
    /// The inputs.
    pub inputs: Vec<InputClause>,
    /// The outputs.
    pub outputs: Vec<OutputClause>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// An input column.
#[derive(Debug)]
pub struct InputClause {
    /// The id.
    pub id: Option<Arc<str>>,
    /// The label.
    pub label: Option<Arc<str>>,
    /// The tested expression.
    pub expression: Text,
    /// The type of the tested value.
    pub type_ref: Option<String>,
    /// The values it may have, as unary tests.
    pub values: Option<Text>,
    /// Where it is.
    pub place: Place,
}

/// An output column.
#[derive(Debug)]
pub struct OutputClause {
    /// The id.
    pub id: Option<Arc<str>>,
    /// The name of the component; not needed when there is one output.
    pub name: Option<Arc<str>>,
    /// The label.
    pub label: Option<Arc<str>>,
    /// The type of the output.
    pub type_ref: Option<String>,
    /// The values it may have, highest priority first.
    pub values: Option<Text>,
    /// The output when no rule matches.
    pub default: Option<Text>,
    /// Where it is.
    pub place: Place,
}

/// A rule of a decision table.
#[derive(Debug)]
pub struct Rule {
    /// The id.
    pub id: Option<Arc<str>>,
    /// Unary tests, one for every input.
    pub inputs: Vec<Text>,
    /// Expressions, one for every output.
    pub outputs: Vec<Text>,
    /// Where it is.
    pub place: Place,
}
