//! Diagnostics: what is wrong in a model, where, and what to do about it.
//!
//! **Invariant:** every diagnostic has a code that is documented in `docs/errors` and never changes meaning.

use std::fmt;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The model cannot be deployed.
    Error,
    /// The model deploys, but probably not with the meaning its author had in mind.
    Warning,
}

/// One problem of a model, located.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Whether the problem prevents deployment.
    pub severity: Severity,
    /// Stable rule code, for example `xml.depth` or `bpmn.flow-crosses-scope`.
    pub code: &'static str,
    /// Id of the BPMN element the problem is about, when it has one.
    pub element_id: Option<String>,
    /// File name as given by the caller.
    pub file: String,
    /// Line of the element's start tag, counted from 1; 0 when the problem has no place in the text.
    pub line: u32,
    /// Column in characters, counted from 1; 0 when the problem has no place in the text.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// True when the problem prevents deployment.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}:{}: {severity}[{}]", self.file, self.line, self.column, self.code)?;
        if let Some(id) = &self.element_id {
            write!(f, " {id}")?;
        }
        write!(f, ": {}", self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
