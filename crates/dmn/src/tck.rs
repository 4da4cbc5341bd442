//! Test cases of the DMN TCK: reading them, and running them against a model.
//!
//! **Invariant:** results are compared by value with FEEL's equality; nothing here knows any test case.

use crate::compiled::Compiled;
use crate::diagnostic::{Diagnostic, Place};
use crate::outcome::DecisionOutcome;
use crate::xml::{self, Element};
use feel::{Context, Env, Fuel, Number, Options, Value};
use std::sync::Arc;

/// The namespace of test cases.
const NAMESPACE: &str = "http://www.omg.org/spec/DMN/20160719/testcase";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The time of `now()` in test cases: 2024-02-29T12:00:00Z.
const NOW_MS: i64 = 1_709_208_000_000;
/// Expected numbers with at least so many decimals are rounded results.
const ROUNDED_DECIMALS: usize = 8;
/// How far a result may be from a rounded one.
const ROUNDING: f64 = 1e-8;

/// A file of test cases.
#[derive(Clone)]
pub struct Suite {
    /// The file name of the model.
    pub model: String,
    /// The test cases.
    pub cases: Vec<Case>,
}

/// What a test case invokes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The decisions that its results name.
    Decisions,
    /// A decision service.
    Service(String),
}

/// A test case.
#[derive(Clone)]
pub struct Case {
    /// The id.
    pub id: String,
    /// What it invokes.
    pub target: Target,
    /// The inputs.
    pub inputs: Arc<Context>,
    /// The expected results.
    pub results: Vec<Expected>,
}

/// An expected result.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The name of the decision.
    pub name: String,
    /// Whether the result is an error; then `null` passes.
    pub error: bool,
    /// The value.
    pub value: Value,
}

/// How one result of a case came out.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The id of the case.
    pub case: String,
    /// The name of the result.
    pub name: String,
    /// Whether it is as expected.
    pub passed: bool,
    /// The expected value.
    pub expected: Value,
    /// The value that came out.
    pub actual: Value,
    /// Why, as far as the evaluation tells.
    pub reasons: Vec<String>,
}

impl Suite {
    /// Reads a file of test cases.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read(source: &str) -> Result<Suite, Diagnostic> {
        let root = xml::parse(source)?;
        if &*root.name != "testCases" || &*root.namespace != NAMESPACE {
            let message = format!("<{}> is not a file of DMN test cases", root.name);
            return Err(error(root.place, message));
        }
        let model = child(&root, "modelName").map(|name| name.text.trim().to_owned()).unwrap_or_default();
        let cases = all(&root, "testCase").map(case).collect::<Result<Vec<Case>, Diagnostic>>()?;
        Ok(Suite { model, cases })
    }
}

fn error(place: Place, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("dmn.tck", "test case", place, message, "correct the test case")
}

fn child<'e>(element: &'e Element, name: &str) -> Option<&'e Element> {
    element.children.iter().find(|child| &*child.name == name && &*child.namespace == NAMESPACE)
}

fn all<'e>(element: &'e Element, name: &'static str) -> impl Iterator<Item = &'e Element> {
    element.children.iter().filter(move |child| &*child.name == name && &*child.namespace == NAMESPACE)
}

fn case(element: &Element) -> Result<Case, Diagnostic> {
    let target = match (element.attribute("type"), element.attribute("invocableName")) {
        (Some("decisionService"), Some(name)) => Target::Service(name.to_owned()),
        _ => Target::Decisions,
    };
    let mut inputs = Context::new();
    for input in all(element, "inputNode") {
        let name = input.attribute("name").unwrap_or_default();
        let value = typed_value(input)?;
        match input.attribute("namespace") {
            Some(namespace) => inputs.insert(format!("{namespace}#{name}"), value),
            None => inputs.insert(name, value),
        }
    }
    let mut results = Vec::new();
    for result in all(element, "resultNode") {
        results.push(Expected {
            name: result.attribute("name").unwrap_or_default().to_owned(),
            error: result.attribute("errorResult") == Some("true"),
            value: child(result, "expected").map(typed_value).transpose()?.unwrap_or_default(),
        });
    }
    let id = element.attribute("id").unwrap_or_default().to_owned();
    Ok(Case { id, target, inputs: Arc::new(inputs), results })
}

/// The value in an element: a simple one, the items of a list, or the components of a context.
fn typed_value(element: &Element) -> Result<Value, Diagnostic> {
    if element.attribute_in(XSI, "nil") == Some("true") {
        return Ok(Value::Null);
    }
    if let Some(value) = child(element, "value") {
        return simple_value(value);
    }
    if let Some(list) = child(element, "list") {
        if list.attribute_in(XSI, "nil") == Some("true") {
            return Ok(Value::Null);
        }
        return Ok(Value::list(all(list, "item").map(typed_value).collect::<Result<Vec<_>, _>>()?));
    }
    let mut context = Context::new();
    for component in all(element, "component") {
        context.insert(component.attribute("name").unwrap_or_default(), typed_value(component)?);
    }
    // An element without anything in it says nothing.
    Ok(if context.is_empty() && child(element, "component").is_none() {
        Value::Null
    } else {
        Value::context(context)
    })
}

fn simple_value(element: &Element) -> Result<Value, Diagnostic> {
    if element.attribute_in(XSI, "nil") == Some("true") {
        return Ok(Value::Null);
    }
    let text = element.text.as_str();
    let kind = element.attribute_in(XSI, "type").unwrap_or("string");
    let kind = kind.rsplit(':').next().unwrap_or(kind);
    let trimmed = text.trim();
    let literal = |function: &str| {
        let source = format!("{function}(text)");
        let options = Options { names: &["text"], ..Options::default() };
        let expression = feel::compile(&source, &options).ok()?;
        let slots = [Some(Value::from(trimmed))];
        let value = expression.evaluate(&slots, &Env::default(), &mut Fuel::default()).value;
        Some(value).filter(|value| !value.is_null())
    };
    let value = match kind {
        "boolean" => match trimmed {
            "true" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        "decimal" | "double" | "float" | "integer" | "int" | "long" => {
            Number::parse(trimmed).map(Value::Number)
        }
        "date" => literal("date"),
        "time" => literal("time"),
        "dateTime" => literal("date and time"),
        "duration" | "dayTimeDuration" | "yearMonthDuration" => literal("duration"),
        _ => Some(Value::from(text)),
    };
    value.ok_or_else(|| error(element.place, format!("'{trimmed}' is not a value of the type {kind}")))
}

impl Case {
    /// Runs the case.
    pub fn run(&self, model: &Compiled) -> Vec<Verdict> {
        let env = Env { now: NOW_MS, ..Env::default() };
        let service = match &self.target {
            Target::Service(name) => {
                Some(model.evaluate_service(name, Arc::clone(&self.inputs), &env, &mut Fuel::default()))
            }
            Target::Decisions => None,
        };
        let verdicts = self.results.iter().map(|expected| match &service {
            Some(outcome) => {
                // A service with several outputs gives a context of them.
                let value = match self.results.len() {
                    1 => outcome.value.clone(),
                    _ => outcome.value.get(&expected.name).cloned().unwrap_or_default(),
                };
                self.verdict(expected, value, outcome)
            }
            None => {
                let outcome =
                    model.evaluate(&expected.name, Arc::clone(&self.inputs), &env, &mut Fuel::default());
                self.verdict(expected, outcome.value.clone(), &outcome)
            }
        });
        verdicts.collect()
    }

    fn verdict(&self, expected: &Expected, actual: Value, outcome: &DecisionOutcome) -> Verdict {
        let mut reasons: Vec<String> = outcome.warnings.iter().map(ToString::to_string).collect();
        reasons.extend(outcome.failure.iter().map(|failure| format!("failed: {failure}")));
        let unknown = outcome.failure.as_ref().is_some_and(|failure| failure.code == "dmn.decision.unknown");
        let passed = !unknown
            && match expected.error {
                true => actual.is_null() || outcome.failure.is_some(),
                false => same(&expected.value, &actual),
            };
        Verdict {
            case: self.id.clone(),
            name: expected.name.clone(),
            passed,
            expected: expected.value.clone(),
            actual,
            reasons,
        }
    }
}

/// Whether two values are equal. A number that the test case rounded, which one with so many decimals is, may differ
/// by less than a unit of its eighth decimal.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(wanted), Value::Number(found)) if wanted != found => {
            let decimals = wanted.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
            decimals >= ROUNDED_DECIMALS && (wanted.as_f64() - found.as_f64()).abs() < ROUNDING
        }
        (Value::List(wanted), Value::List(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found.iter()).all(|(wanted, found)| same(wanted, found))
        }
        (Value::Context(wanted), Value::Context(found)) => {
            wanted.len() == found.len()
                && wanted
                    .iter()
                    .all(|(name, wanted)| found.get(name).is_some_and(|found| same(wanted, found)))
        }
        _ => feel::equal(expected, actual) == Some(true),
    }
}

/// Another value than this one, for testing that a comparison notices.
pub fn mutated(value: &Value) -> Value {
    match value {
        Value::Bool(truth) => Value::Bool(!truth),
        Value::String(text) => Value::from(format!("{text}x")),
        Value::Number(_) => Value::from("no number"),
        Value::List(list) => {
            let mut items = list.to_vec();
            items.push(Value::from("one more"));
            Value::list(items)
        }
        Value::Context(context) => {
            let mut context = (**context).clone();
            context.insert("one more", Value::Null);
            Value::context(context)
        }
        Value::Null => Value::from(0),
        _ => Value::Null,
    }
}
