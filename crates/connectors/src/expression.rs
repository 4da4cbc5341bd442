//! FEEL over a response: result expressions, and error expressions with the three functions of Camunda's connectors.
//!
//! The functions take a varying number of arguments, which FEEL's own functions cannot. So each call is renamed by
//! its number of arguments (`bpmnError(a, b)` becomes `bpmnError2(a, b)`) and the expression is evaluated in a context
//! that defines these in FEEL itself.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::limits;

/// What an error expression decided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// `bpmnError(code[, message[, variables]])`.
    BpmnError { code: String, message: String, variables: Value },
    /// `jobError(message[, variables[, retries[, retryBackoff]]])`.
    JobError { message: String, variables: Value, retries: Option<i32>, retry_backoff_ms: Option<u64> },
    /// `ignoreError([variables])`.
    Ignore { variables: Value },
}

/// The functions, as FEEL.
const FUNCTIONS: &str = r#"
bpmnError1: function(code) {errorType: "bpmnError", code: code},
bpmnError2: function(code, message) {errorType: "bpmnError", code: code, message: message},
bpmnError3: function(code, message, variables) {errorType: "bpmnError", code: code, message: message, variables: variables},
jobError1: function(message) {errorType: "jobError", message: message},
jobError2: function(message, variables) {errorType: "jobError", message: message, variables: variables},
jobError3: function(message, variables, retries) {errorType: "jobError", message: message, variables: variables, retries: retries},
jobError4: function(message, variables, retries, backoff) {errorType: "jobError", message: message, variables: variables, retries: retries, retryBackoff: string(backoff)},
ignoreError0: function() {errorType: "ignoreError"},
ignoreError1: function(variables) {errorType: "ignoreError", variables: variables},
"#;

const NAMES: [&str; 3] = ["bpmnError", "jobError", "ignoreError"];

/// Evaluates an expression, with or without a leading `=`.
pub(crate) fn evaluate(expression: &str, scope: &Map<String, Value>) -> Result<Value, String> {
    let text = expression.trim();
    let text = text.strip_prefix('=').unwrap_or(text);
    feel_value(text, scope)
}

/// Evaluates an error expression. `None` means that it has nothing to say.
pub(crate) fn decide(expression: &str, scope: &Map<String, Value>) -> Result<Option<Decision>, String> {
    let text = expression.trim();
    let text = text.strip_prefix('=').unwrap_or(text);
    let text = format!("{{{FUNCTIONS}result: ({})\n}}.result", by_arity(text));
    decision(feel_value(&text, scope)?)
}

fn decision(value: Value) -> Result<Option<Decision>, String> {
    let Value::Object(members) = value else {
        return match value {
            Value::Null => Ok(None),
            other => Err(format!(
                "the error expression gave {other}, not bpmnError, jobError, ignoreError or null"
            )),
        };
    };
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let variables = match members.get("variables") {
        Some(Value::Object(variables)) => Value::Object(variables.clone()),
        _ => Value::Object(Map::new()),
    };
    // Without a kind, Camunda takes a context with a code for a BPMN error.
    let kind = members.get("errorType").and_then(Value::as_str).unwrap_or("bpmnError");
    match kind {
        "bpmnError" => {
            let code = match members.get("code") {
                Some(Value::String(code)) => code.clone(),
                Some(Value::Number(code)) => code.to_string(),
                _ => return Err("the error expression gave a BPMN error without a code".to_owned()),
            };
            Ok(Some(Decision::BpmnError { code, message: text("message"), variables }))
        }
        "jobError" => {
            let number =
                members.get("retries").filter(|value| value.is_number()).map(|value| value.to_string());
            let retries = number.and_then(|number| number.parse().ok()).filter(|retries: &i32| *retries >= 0);
            let retry_backoff_ms = crate::duration::milliseconds(&text("retryBackoff"));
            Ok(Some(Decision::JobError { message: text("message"), variables, retries, retry_backoff_ms }))
        }
        "ignoreError" => Ok(Some(Decision::Ignore { variables })),
        other => Err(format!("the error expression gave the unknown errorType `{other}`")),
    }
}

/// Renames calls of the three functions by their number of arguments.
fn by_arity(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    let mut previous = ' ';
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        let skipped = skip(rest);
        let name = NAMES.iter().find(|name| rest.starts_with(**name) && !is_name_part(previous));
        if skipped > 0 {
            out.push_str(&rest[..skipped]);
            at += skipped;
        } else if let Some((name, arity)) = name.and_then(|name| Some((name, arity(&rest[name.len()..])?))) {
            out.push_str(&format!("{name}{arity}"));
            at += name.len();
        } else {
            out.push(character);
            at += character.len_utf8();
        }
        previous = out.chars().next_back().unwrap_or(' ');
    }
    out
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Length of the string literal or comment at the start, else 0.
fn skip(text: &str) -> usize {
    let until =
        |from: usize, end: &str| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    if text.starts_with("//") {
        return until(2, "\n");
    }
    if text.starts_with("/*") {
        return until(2, "*/");
    }
    if !text.starts_with('"') {
        return 0;
    }
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Number of arguments of the call whose `(` comes next; `None` when there is no call.
fn arity(text: &str) -> Option<usize> {
    let open = text.find('(').filter(|open| text[..*open].trim().is_empty())?;
    let (mut depth, mut commas, mut empty) = (0_usize, 0, true);
    let mut at = open;
    while let Some(character) = text[at..].chars().next() {
        let skipped = skip(&text[at..]);
        match character {
            _ if skipped > 0 => {
                empty &= text[at..].starts_with('/');
                at += skipped;
                continue;
            }
            '(' | '[' | '{' => {
                empty &= depth == 0;
                depth += 1;
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(if empty { 0 } else { commas + 1 });
                }
            }
            ',' if depth == 1 => commas += 1,
            character => empty &= character.is_whitespace(),
        }
        at += character.len_utf8();
    }
    None
}

/// Evaluates FEEL with the members of `scope` as variables.
fn feel_value(text: &str, scope: &Map<String, Value>) -> Result<Value, String> {
    let mut properties = BTreeSet::new();
    scope.values().for_each(|value| odd_names(value, &mut properties));
    let names: Vec<&str> = scope.keys().map(String::as_str).collect();
    let properties: Vec<&str> = properties.into_iter().collect();
    let options = feel::Options { names: &names, properties: &properties, open: true, types: None };
    let expression = feel::compile(text, &options).map_err(|problems| {
        problems.first().map_or_else(|| "it is no FEEL".to_owned(), |problem| problem.message.clone())
    })?;
    let slots = expression.bind(|name| feel::Value::from_json(&scope.get(name)?.to_string()).ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
    let env = feel::Env { now: i64::try_from(now).unwrap_or(0), ..feel::Env::default() };
    let outcome = expression.evaluate(&slots, &env, &mut feel::Fuel::new(limits::EXPRESSION_FUEL));
    if let Some(error) = outcome.error {
        return Err(error.to_string());
    }
    serde_json::from_str(&outcome.value.to_json()).map_err(|error| error.to_string())
}

/// Names such as `content-type`, which FEEL reads as one name only when it is told.
fn odd_names<'v>(value: &'v Value, out: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if out.len() < limits::ODD_NAMES && !name.chars().all(is_name_part) {
                    out.insert(name);
                }
                odd_names(member, out);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| odd_names(item, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_renamed_by_their_number_of_arguments() {
        for (text, expected) in [
            ("bpmnError(\"a\")", "bpmnError1(\"a\")"),
            (
                "bpmnError( \"a, (b\", f(1, 2) , {x: [1, 2]} )",
                "bpmnError3( \"a, (b\", f(1, 2) , {x: [1, 2]} )",
            ),
            ("ignoreError( /* , */ )", "ignoreError0( /* , */ )"),
            (
                "if x then jobError (jobError(\"\\\"\"), {}) else null",
                "if x then jobError2 (jobError1(\"\\\"\"), {}) else null",
            ),
            (
                "\"bpmnError(1)\" + mybpmnError(1) + bpmnError",
                "\"bpmnError(1)\" + mybpmnError(1) + bpmnError",
            ),
            ("// bpmnError(1)\nbpmnError(ü)", "// bpmnError(1)\nbpmnError1(ü)"),
            ("bpmnError(", "bpmnError("),
        ] {
            assert_eq!(by_arity(text), expected);
        }
    }

    #[test]
    fn expressions_see_the_response() {
        let scope = json!({"response": {"headers": {"content-type": "text/x"}, "body": {"n": 1.10}}});
        let scope = scope.as_object().expect("object");
        let value =
            evaluate("={kind: response.headers.content-type, n: response.body.n, none: nothing}", scope);
        assert_eq!(
            value.map(|value| value.to_string()),
            Ok("{\"kind\":\"text/x\",\"n\":1.1,\"none\":null}".to_owned())
        );
        assert!(evaluate("=1 +", scope).is_err());
        assert!(evaluate("=count(for i in 1..100000000 return i)", scope).is_err());
        assert!(decide("=5", scope).is_err());
        assert_eq!(decide("=null", scope), Ok(None));
        let by_context = decide("={code: 7, variables: {a: 1}}", scope);
        assert_eq!(
            by_context,
            Ok(Some(Decision::BpmnError {
                code: "7".to_owned(),
                message: String::new(),
                variables: json!({"a": 1})
            }))
        );
    }
}
