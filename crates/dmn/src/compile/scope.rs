//! Names in scope, and FEEL texts compiled in them. Invariant: the innermost name wins.

use super::Compiler;
use crate::code::{Code, FeelCode, Source};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::Text;
use feel::Options;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

/// The names that an expression sees.
#[derive(Default)]
pub(crate) struct Scope {
    entries: Vec<Entry>,
    /// Registers given out so far.
    pub registers: u32,
    /// Whether other names are inputs of the evaluation.
    pub open: bool,
    /// Whether that is so usual that nobody needs to be told: the decision declares no inputs.
    pub undeclared: bool,
    /// The model that the expression is in.
    pub model: usize,
    /// What the expression belongs to.
    pub label: Arc<str>,
    /// Registers that some expression reads.
    used: RefCell<HashSet<u32>>,
}

enum Entry {
    Name(Arc<str>, u32),
    /// An item whose entries are names.
    Item(u32),
}

impl Scope {
    pub fn new(model: usize, label: Arc<str>, open: bool) -> Scope {
        Scope { open, model, label, ..Scope::default() }
    }

    /// A register of its own for a name.
    pub fn add(&mut self, name: &Arc<str>) -> u32 {
        let register = self.register();
        self.alias(name, register);
        register
    }

    /// Another name for a register.
    pub fn alias(&mut self, name: &Arc<str>, register: u32) {
        self.entries.push(Entry::Name(Arc::clone(name), register));
    }

    /// An item whose entries are names; it is itself called `item`.
    pub fn add_item(&mut self) -> u32 {
        let register = self.add(&"item".into());
        self.entries.push(Entry::Item(register));
        register
    }

    /// The register of an import's name, which may have one already.
    pub fn import(&mut self, name: &Arc<str>) -> u32 {
        let known = self.entries.iter().find_map(|entry| match entry {
            Entry::Name(known, register) if known == name => Some(*register),
            _ => None,
        });
        known.unwrap_or_else(|| self.add(name))
    }

    /// A register without a name.
    pub fn register(&mut self) -> u32 {
        self.registers += 1;
        self.registers - 1
    }

    /// The state to which [`Scope::leave`] goes back.
    pub fn enter(&self) -> usize {
        self.entries.len()
    }

    pub fn leave(&mut self, state: usize) {
        self.entries.truncate(state);
    }

    pub fn is_used(&self, register: u32) -> bool {
        self.used.borrow().contains(&register)
    }

    /// Where the value of a name comes from.
    fn source(&self, name: &Arc<str>) -> Source {
        let mut items = Vec::new();
        let mut found = if self.open { Source::Input(Arc::clone(name)) } else { Source::Absent };
        for entry in self.entries.iter().rev() {
            match entry {
                Entry::Name(known, register) if known == name => {
                    self.used.borrow_mut().insert(*register);
                    found = Source::Register(*register);
                    break;
                }
                Entry::Item(register) => items.push(*register),
                Entry::Name(..) => {}
            }
        }
        for item in items.into_iter().rev() {
            found = Source::Item { item, name: Arc::clone(name), outside: Box::new(found) };
        }
        found
    }

    fn names(&self) -> Vec<&str> {
        let names = self.entries.iter().rev().filter_map(|entry| match entry {
            Entry::Name(name, _) => Some(&**name),
            Entry::Item(_) => None,
        });
        names.collect()
    }

    fn in_item(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Item(_)))
    }
}

impl Compiler<'_> {
    /// Compiles an expression; what is wrong with it is reported, and evaluates to `null` with the reason.
    pub(super) fn feel(&mut self, scope: &Scope, text: &Text) -> Code {
        match self.feel_code(scope, text, false) {
            Ok(code) => match code.expression.constant() {
                Some(value) => Code::Constant(value.clone()),
                None => Code::Feel(code),
            },
            Err(message) => Code::Fail { code: "dmn.expression", message },
        }
    }

    /// Compiles an expression or unary tests; the error is reported, and its message returned.
    pub(super) fn feel_code(&mut self, scope: &Scope, text: &Text, unary: bool) -> Result<FeelCode, String> {
        let model = scope.model;
        if let Some(language) = self.foreign_language(model, text) {
            let message = format!("the expression language '{language}' is not supported");
            let help = "write the expression in FEEL";
            let label = &*scope.label;
            self.report(model, Diagnostic::error("dmn.language", label, text.place, message.clone(), help));
            return Err(message);
        }
        let names = scope.names();
        let compiled = {
            let types = &self.type_names[model];
            let types = |name: &str| types.get(name).cloned();
            let properties: Vec<&str> = self.properties[model].iter().map(|name| &**name).collect();
            let mut options = Options {
                names: &names,
                properties: &properties,
                open: scope.in_item(),
                types: Some(&types),
            };
            let compile = if unary { feel::compile_unary_tests } else { feel::compile };
            match compile(&text.text, &options) {
                // Names that are no variable here are looked for in the inputs when it is evaluated.
                Err(unknown) if !options.open && unknown.iter().all(|one| one.code == "feel.name") => {
                    options.open = true;
                    compile(&text.text, &options).map(|code| (code, unknown))
                }
                other => other.map(|code| (code, Vec::new())),
            }
        };
        match compiled {
            Ok((expression, unknown)) => {
                self.name_warnings(scope, text, unknown);
                for hint in expression.hints() {
                    let place = within(text, hint.line, hint.column);
                    let help = hint.help.clone().unwrap_or_else(|| "correct the expression".to_owned());
                    let hint = Diagnostic::error(hint.code, &*scope.label, place, hint.message.clone(), help);
                    self.report(model, hint.warning());
                }
                let slots = expression.slots().iter();
                let slots = slots.map(|name| match &**name {
                    "?" if unary => Source::Absent,
                    _ => scope.source(name),
                });
                Ok(FeelCode { slots: slots.collect(), expression })
            }
            Err(errors) => {
                let message = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                self.feel_errors(model, &scope.label, text, errors);
                Err(format!("'{}' is not a FEEL expression: {message}", text.text))
            }
        }
    }

    fn foreign_language(&self, model: usize, text: &Text) -> Option<String> {
        let language = text.language.as_deref().or(self.models[model].expression_language.as_deref())?;
        let feel = language.is_empty() || language.to_ascii_lowercase().contains("feel");
        (!feel).then(|| language.to_owned())
    }

    fn name_warnings(&mut self, scope: &Scope, text: &Text, unknown: Vec<feel::Diagnostic>) {
        if scope.undeclared {
            return;
        }
        for one in unknown {
            let place = within(text, one.line, one.column);
            let help = match (one.help, scope.open) {
                (Some(help), _) => help,
                (None, true) => "add an information requirement to the element of that name".to_owned(),
                (None, false) => "add a parameter or a knowledge requirement of that name".to_owned(),
            };
            let message = match scope.open {
                true => format!("{}; it is looked for in the inputs", one.message),
                false => format!("{}; it is null", one.message),
            };
            let warning =
                Diagnostic::error("dmn.name.unknown", &*scope.label, place, message, help).warning();
            self.report(scope.model, warning);
        }
    }

    /// Reports what FEEL found, at its place in the file.
    pub(super) fn feel_errors(
        &mut self,
        model: usize,
        what: &str,
        text: &Text,
        errors: Vec<feel::Diagnostic>,
    ) {
        for error in errors {
            let place = within(text, error.line, error.column);
            let message = format!("{} in '{}'", error.message, excerpt(&text.text));
            let help = error.help.unwrap_or_else(|| "correct the expression".to_owned());
            self.report(model, Diagnostic::error(error.code, what, place, message, help));
        }
    }
}

/// The place in the file of a line and a column in a text.
fn within(text: &Text, line: u32, column: u32) -> Place {
    match line {
        0 | 1 => Place { line: text.place.line, column: text.place.column + column.saturating_sub(1) },
        _ => Place { line: text.place.line + line - 1, column },
    }
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(80) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}
