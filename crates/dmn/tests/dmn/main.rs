//! What the crate promises, through its public interface.

mod codes;
mod conformance;
mod diagnostics;
mod expressions;
mod graphs;
mod hostile;
mod tables;

use dirigent_dmn::{Compiled, DecisionOutcome, Model};
use feel::{Context, Env, Fuel, Value};
use std::sync::Arc;

/// A model with these elements.
fn model(body: &str) -> Model {
    read(body).unwrap_or_else(|errors| panic!("the model is readable: {errors:?}"))
}

fn read(body: &str) -> Result<Model, Vec<dirigent_dmn::Diagnostic>> {
    Model::read(&format!(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"own\" name=\"test\">\n{body}\n</definitions>"
    ))
}

/// A compiled model without errors.
fn compiled(body: &str) -> Compiled {
    match model(body).compile(&[]).checked() {
        Ok(compiled) => compiled,
        Err(errors) => panic!(
            "the model compiles: {}",
            errors.iter().map(|error| format!("\n{error}")).collect::<String>()
        ),
    }
}

/// A decision `d` with this logic, requiring nothing.
fn decision(logic: &str) -> String {
    format!("<decision id=\"d\" name=\"d\">{logic}</decision>")
}

fn literal(text: &str) -> String {
    let text = text.replace('<', "&lt;");
    format!("<literalExpression><text>{text}</text></literalExpression>")
}

fn json(text: &str) -> Value {
    Value::from_json(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Evaluates a decision with inputs in JSON.
fn evaluate(compiled: &Compiled, decision: &str, inputs: &str) -> DecisionOutcome {
    let Value::Context(inputs) = json(inputs) else { panic!("the inputs are an object") };
    compiled.evaluate(decision, inputs, &Env::default(), &mut Fuel::default())
}

/// The value of a decision as JSON.
fn value(compiled: &Compiled, decision: &str, inputs: &str) -> String {
    evaluate(compiled, decision, inputs).value.to_json()
}

/// The inputs of nothing.
fn nothing() -> Arc<Context> {
    Arc::new(Context::new())
}
