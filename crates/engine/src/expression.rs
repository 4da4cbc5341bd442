//! Expressions of a model: a fixed text, or FEEL compiled once at deployment.

use crate::reasons;
use crate::variables::Scopes;
use bpmn::model::{self, Dialect};
use feel::{LimitError, Value, Warning};
use record::event::Cause;
use record::{IncidentType, Json, Str};

/// A text or a compiled FEEL expression.
#[derive(Debug)]
pub enum Expression {
    /// Evaluates to itself.
    Text(Str),
    /// FEEL.
    Feel {
        /// The expression.
        compiled: Box<feel::Expression>,
        /// What Camunda 8 raises an incident for is one, where FEEL has null.
        raises: bool,
    },
    /// The variable of this name, whatever is in it.
    Variable(Str),
}

/// Why a token cannot go on; becomes an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The incident's type.
    pub kind: IncidentType,
    /// What is wrong, for people.
    pub message: String,
    /// The expression behind it.
    pub cause: Option<Cause>,
}

impl Failure {
    /// A failure without an expression behind it.
    pub fn new(kind: IncidentType, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into(), cause: None }
    }

    /// The same as an incident of another type.
    pub fn of(self, kind: IncidentType) -> Self {
        Failure { kind, ..self }
    }
}

/// An evaluation that gave no value.
struct Ended {
    /// The limit or assertion that ended it; none where one of the warnings counts as an exception.
    error: Option<LimitError>,
    warnings: Vec<Warning>,
}

/// What an evaluation draws on beside the variables.
pub struct Evaluator {
    /// Time and randomness of the command.
    pub env: feel::Env,
    /// What is left for this step.
    pub fuel: feel::Fuel,
}

impl Expression {
    /// A fixed text.
    pub fn text(text: &str) -> Self {
        Expression::Text(Str::from(text))
    }

    /// The variable of a name.
    pub fn variable(name: &str) -> Self {
        Expression::Variable(Str::from(name))
    }

    /// Compiles an expression of a model; on failure line, column and message of each problem.
    pub fn compile(source: &model::Expression, dialect: Dialect) -> Result<Self, Vec<(u32, u32, String)>> {
        if let Some(language) = source.language.as_ref().filter(|_| !source.is_feel) {
            let message =
                format!("'{}' is written in {language}, which is not executable; write FEEL", source.text);
            return Err(vec![(source.line, source.column, message)]);
        }
        if !source.is_feel {
            return Ok(Expression::text(&source.text));
        }
        let options = feel::Options { open: true, ..feel::Options::default() };
        let place = |line: u32, column: u32| match line {
            0 | 1 => (source.line, source.column + column.saturating_sub(1)),
            _ => (source.line + line - 1, column),
        };
        match feel::compile(&source.text, &options) {
            Ok(compiled) => {
                let raises = dialect == Dialect::Zeebe;
                Ok(Expression::Feel { compiled: Box::new(compiled), raises })
            }
            Err(found) => Err(found
                .into_iter()
                .map(|problem| {
                    let (line, column) = place(problem.line, problem.column);
                    (line, column, format!("'={}': {problem}", source.text))
                })
                .collect()),
        }
    }

    /// The text as the model has it.
    pub fn source(&self) -> &str {
        match self {
            Expression::Text(text) | Expression::Variable(text) => text,
            Expression::Feel { compiled, .. } => compiled.source(),
        }
    }

    /// The value, with the reasons for nulls inside it.
    pub fn evaluate(
        &self,
        scopes: &Scopes<'_>,
        with: &mut Evaluator,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        self.run(scopes, with).map_err(|ended| self.ended(self.source(), &ended))
    }

    /// The value for a variable that is to have the name `target`.
    pub fn evaluate_for(
        &self,
        target: &[Str],
        scopes: &Scopes<'_>,
        with: &mut Evaluator,
    ) -> Result<Value, Failure> {
        self.run(scopes, with).map(|(value, _)| value).map_err(|ended| {
            // Shown as the context that Camunda makes of the mapping.
            let inner =
                target.iter().rev().fold(self.source().to_owned(), |it, name| format!("{{{name}:{it}}}"));
            self.ended(&inner, &ended).of(IncidentType::IoMappingError)
        })
    }

    fn run(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<(Value, Vec<Warning>), Ended> {
        match self {
            Expression::Text(text) => Ok((Value::String(text.clone()), Vec::new())),
            Expression::Variable(name) => Ok((scopes.value(name).unwrap_or(Value::Null), Vec::new())),
            Expression::Feel { compiled, raises } => {
                let slots: smallvec::SmallVec<[Option<Value>; 8]> =
                    compiled.slots().iter().map(|name| scopes.value(name)).collect();
                let outcome = compiled.evaluate(&slots, &with.env, &mut with.fuel);
                let raised = *raises && outcome.warnings.iter().any(Warning::is_exception);
                match outcome.error {
                    None if !raised => Ok((outcome.value, outcome.warnings)),
                    error => Err(Ended { error, warnings: outcome.warnings }),
                }
            }
        }
    }

    fn ended(&self, shown: &str, ended: &Ended) -> Failure {
        Failure {
            kind: IncidentType::ExtractValueError,
            message: reasons::ended(shown, ended.error.as_ref(), &ended.warnings),
            cause: Some(self.cause(&ended.warnings)),
        }
    }

    /// A text that must not be missing.
    pub fn to_text(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<Str, Failure> {
        if let Expression::Text(text) = self {
            return Ok(text.clone());
        }
        match self.evaluate(scopes, with)? {
            (Value::String(text), _) => Ok(text),
            (value, warnings) => Err(self.wrong_type("STRING", &value, &warnings)),
        }
    }

    /// A text, where numbers and booleans are written out: correlation keys.
    pub fn to_key(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<Str, Failure> {
        match self.evaluate(scopes, with)? {
            (Value::String(text), _) => Ok(text),
            (value @ Value::Number(_), _) => Ok(Str::from(value.to_json())),
            (value, warnings) => {
                let sentence = format!(
                    "Failed to extract the correlation key for '{}': The value must be either a string or a number, but was '{}'.",
                    self.source(),
                    reasons::type_of(&value)
                );
                Err(self.failure(sentence, &warnings))
            }
        }
    }

    /// A whole number, also from a fixed text.
    pub fn to_integer(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<i64, Failure> {
        let (value, warnings) = self.evaluate(scopes, with)?;
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        };
        number.ok_or_else(|| self.wrong_type("NUMBER", &value, &warnings))
    }

    /// A boolean; anything else is a failure.
    pub fn to_boolean(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<bool, Failure> {
        match self.evaluate(scopes, with)? {
            (Value::Bool(value), _) => Ok(value),
            (value, warnings) => Err(self.wrong_type("BOOLEAN", &value, &warnings)),
        }
    }

    /// Texts: a FEEL list of texts, or one text with commas.
    pub fn to_texts(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<Vec<Str>, Failure> {
        let (value, warnings) = self.evaluate(scopes, with)?;
        match &value {
            Value::String(text) => {
                Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Str::from).collect())
            }
            Value::List(items) => items
                .iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text.clone()),
                    _ => {
                        let sentence = format!(
                            "Expected result of the expression '{}' to be 'ARRAY' containing 'STRING' items, but was 'ARRAY' containing at least one non-'STRING' item.",
                            self.source()
                        );
                        Err(self.failure(sentence, &warnings))
                    }
                })
                .collect(),
            _ => Err(self.wrong_type("ARRAY", &value, &warnings)),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self, scopes: &Scopes<'_>, with: &mut Evaluator) -> Result<Json, Failure> {
        if let Expression::Text(text) = self {
            return Ok(Json::string(text));
        }
        self.evaluate(scopes, with).map(|(value, _)| Json::trusted(value.to_json()))
    }

    /// The value is of another type than the one expected, or than each of several, separated by commas.
    pub(crate) fn wrong_type(&self, expected: &str, value: &Value, warnings: &[Warning]) -> Failure {
        let expected = match expected.contains(',') {
            true => format!("one of '[{expected}]'"),
            false => format!("'{expected}'"),
        };
        let (source, found) = (self.source(), reasons::type_of(value));
        let sentence =
            format!("Expected result of the expression '{source}' to be {expected}, but was '{found}'.");
        self.failure(sentence, warnings)
    }

    /// The text it gives is not written as a date-time, duration or cycle is.
    pub(crate) fn bad_format(&self, kind: &str, text: &str, example: &str, warnings: &[Warning]) -> Failure {
        let source = self.source();
        let sentence =
            format!("Invalid {kind} format '{text}' for expression '{source}'. Write one such as {example}.");
        self.failure(sentence, warnings)
    }

    /// A failure to get out of this expression what is needed.
    pub(crate) fn failure(&self, sentence: String, warnings: &[Warning]) -> Failure {
        let message = reasons::with_warnings(sentence, warnings);
        Failure { kind: IncidentType::ExtractValueError, message, cause: Some(self.cause(warnings)) }
    }

    fn cause(&self, warnings: &[Warning]) -> Cause {
        let warnings = warnings.iter().map(|warning| Str::from(warning.to_string())).collect();
        Cause { expression: Str::from(self.source()), warnings }
    }
}
