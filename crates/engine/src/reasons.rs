//! What an incident says of a FEEL expression: the sentence that Camunda 8's users and tools know, and a line for each null
//! in the expression.
//!
//! Camunda's kinds of warning come first in a line; where its text says no more than the name, so does ours, everywhere
//! else the place and the reason follow.

use feel::{LimitError, Value, Warning};
use std::fmt::Write;

/// A value's type as incidents name it, with Camunda's names; what Camunda calls `UNKNOWN` has its own.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Number(_) => "NUMBER",
        Value::String(_) => "STRING",
        Value::List(_) => "ARRAY",
        Value::Context(_) => "OBJECT",
        Value::Date(_) => "DATE",
        Value::Time(_) => "TIME",
        Value::DateTime(_) => "DATE_TIME",
        Value::YearMonthDuration(_) => "PERIOD",
        Value::DayTimeDuration(_) => "DURATION",
        Value::Range(_) => "RANGE",
        Value::Function(_) => "FUNCTION",
    }
}

/// The sentence with what the evaluation said, if it said anything.
pub(crate) fn with_warnings(mut sentence: String, warnings: &[Warning]) -> String {
    let mut lead = " The evaluation reported the following warnings:";
    for warning in warnings {
        let kind = kind(warning.code);
        sentence.push_str(std::mem::take(&mut lead));
        let _ = match kind {
            "NO_VARIABLE_FOUND" => {
                write!(sentence, "\n[{kind}] No variable found with name '{}'", warning.expression)
            }
            _ => write!(sentence, "\n[{kind}] {warning}"),
        };
    }
    sentence
}

/// The sentence for an evaluation that was ended, by `error` or by what one of the warnings stands for.
pub(crate) fn ended(source: &str, error: Option<&LimitError>, warnings: &[Warning]) -> String {
    let message = match error {
        Some(LimitError::Assertion { message }) => message,
        Some(error) => return with_warnings(format!("Evaluating '{source}' failed: {error}."), warnings),
        None => {
            let raised = warnings.iter().find(|it| it.is_exception());
            let reason = raised.map_or_else(String::new, |it| format!("{}: {}", it.expression, it.message));
            return with_warnings(format!("Evaluating '{source}' failed: {reason}."), warnings);
        }
    };
    let sentence = format!("Assertion failure on evaluate the expression '{source}': {message}");
    let mut sentence = with_warnings(sentence, warnings);
    if !warnings.is_empty() {
        let _ = write!(sentence, "\n[ASSERT_FAILURE] {message}");
    }
    sentence
}

/// Camunda's name for a kind of warning.
fn kind(code: &str) -> &'static str {
    match code {
        "feel.variable" => "NO_VARIABLE_FOUND",
        "feel.path" | "feel.name" => "NO_CONTEXT_ENTRY_FOUND",
        "feel.function" | "feel.call" | "feel.method" => "NO_FUNCTION_FOUND",
        "feel.arguments" | "feel.position" => "FUNCTION_INVOCATION_FAILURE",
        "feel.comparison" => "NOT_COMPARABLE",
        "feel.index" => "OUT_OF_BOUNDS",
        _ => "INVALID_TYPE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str) -> String {
        let options = feel::Options { open: true, ..feel::Options::default() };
        let compiled = feel::compile(source, &options).expect("an expression");
        let slots = vec![None; compiled.slots().len()];
        let outcome = compiled.evaluate(&slots, &feel::Env::default(), &mut feel::Fuel::default());
        match outcome.error {
            Some(error) => ended(source, Some(&error), &outcome.warnings),
            None => with_warnings(format!("It was '{}'.", type_of(&outcome.value)), &outcome.warnings),
        }
    }

    #[test]
    fn a_missing_variable_is_named_as_camunda_does() {
        assert_eq!(
            said("x"),
            "It was 'NULL'. The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'x'"
        );
    }

    #[test]
    fn other_reasons_have_their_kind_and_place() {
        for (source, kind, place) in [
            ("\"99\" >= 100", "NOT_COMPARABLE", "1:1: "),
            ("{a: 1}.b", "NO_CONTEXT_ENTRY_FOUND", "1:1: "),
            ("[1][5]", "OUT_OF_BOUNDS", "1:1: "),
            ("nothing(1)", "NO_FUNCTION_FOUND", "1:1: "),
            ("1 + \"a\"", "INVALID_TYPE", "1:1: "),
        ] {
            let text = said(source);
            let line = format!("\n[{kind}] {place}");
            assert!(text.contains(&line), "{source}: {text}");
        }
    }

    #[test]
    fn a_value_without_warnings_has_the_sentence_alone_with_camundas_name_of_its_type() {
        for (source, name) in [
            ("null", "NULL"),
            ("true", "BOOLEAN"),
            ("1.5", "NUMBER"),
            ("\"a\"", "STRING"),
            ("[1]", "ARRAY"),
            ("{a: [1]}", "OBJECT"),
            ("duration(\"PT1H\")", "DURATION"),
            ("duration(\"P1Y\")", "PERIOD"),
            ("date(\"2026-01-01\")", "DATE"),
            ("date and time(\"2026-01-01T00:00:00Z\")", "DATE_TIME"),
            ("date and time(\"2026-01-01T00:00:00\")", "DATE_TIME"),
            ("time(\"10:00:00\")", "TIME"),
            ("[1..2]", "RANGE"),
            ("function(x) x", "FUNCTION"),
        ] {
            assert_eq!(said(source), format!("It was '{name}'."), "{source}");
        }
    }

    #[test]
    fn a_failed_assertion_is_repeated_after_the_warnings() {
        assert_eq!(
            said("assert(1, 1 = 2, \"no\")"),
            "Assertion failure on evaluate the expression 'assert(1, 1 = 2, \"no\")': no"
        );
        assert_eq!(
            said("assert(x, x != null)"),
            "Assertion failure on evaluate the expression 'assert(x, x != null)': The condition is not fulfilled \
             The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'x'\n[ASSERT_FAILURE] The condition is not fulfilled"
        );
    }
}
