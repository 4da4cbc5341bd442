//! Boxed expressions to code. Invariant: a part that is wrong is reported and gives `null`; the rest still works.

use super::Compiler;
use super::scope::Scope;
use crate::code::{Argument, Code, Entry, FunctionCode, InvocationCode, Kind, Node, ParameterCode};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Boxed, ContextEntry, FunctionDefinition, FunctionKind, Invocation, Iteration, IterationKind, Logic,
    Relation,
};
use std::sync::Arc;

impl Compiler<'_> {
    /// Compiles an expression in a scope, with the type that its element names.
    pub(super) fn boxed(&mut self, scope: &mut Scope, boxed: &Boxed) -> Node {
        let label = Arc::clone(&scope.label);
        let kind = self.type_of(scope.model, boxed.type_ref.as_deref(), &label, boxed.place);
        let code = match &boxed.logic {
            Logic::Literal(text) => self.feel(scope, text),
            Logic::Table(table) => self.table(scope, table),
            Logic::Context(entries) => self.context(scope, entries),
            Logic::Invocation(invocation) => self.invocation(scope, invocation),
            Logic::List(items) => Code::List(items.iter().map(|item| self.boxed(scope, item)).collect()),
            Logic::Relation(relation) => self.relation(scope, relation),
            Logic::Function(function) => self.function_value(scope, function, None),
            Logic::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                let parts = [condition, then, otherwise].map(|part| self.boxed(scope, part));
                Code::Conditional(Box::new(parts))
            }
            Logic::Filter(parts) => {
                let domain = self.boxed(scope, &parts[0]);
                let state = scope.enter();
                let item = scope.add_item();
                let matches = self.boxed(scope, &parts[1]);
                scope.leave(state);
                Code::Filter { parts: Box::new([domain, matches]), item }
            }
            Logic::Iterator(iteration) => self.iteration(scope, iteration),
            Logic::Unsupported(reason) => {
                let help = "write the expression in FEEL";
                let warning =
                    Diagnostic::error("dmn.expression.missing", &*label, boxed.place, reason.clone(), help);
                self.report(scope.model, warning.warning());
                Code::Fail { code: "dmn.expression.missing", message: reason.clone() }
            }
        };
        let node = Node { label, kind, code };
        self.check_constant(scope.model, &node.kind, &node, boxed.place);
        node
    }

    fn context(&mut self, scope: &mut Scope, entries: &[ContextEntry]) -> Code {
        let state = scope.enter();
        let mut compiled: Vec<Entry> = Vec::new();
        let mut result = None;
        for (at, entry) in entries.iter().enumerate() {
            let Some(value) = &entry.value else {
                let message = "the context entry has no value";
                let help = "add an expression to the entry";
                let label = Arc::clone(&scope.label);
                self.report(
                    scope.model,
                    Diagnostic::error("dmn.expression.missing", &*label, entry.place, message, help),
                );
                continue;
            };
            let Some(variable) = entry.variable.as_ref().filter(|variable| !variable.name.is_empty()) else {
                if at + 1 < entries.len() {
                    let message = "only the last entry of a context may have no name: the result";
                    let label = Arc::clone(&scope.label);
                    let help = "give the entry a <variable name=\"...\"/>, or move it to the end";
                    self.report(
                        scope.model,
                        Diagnostic::error("dmn.context.entry", &*label, entry.place, message, help),
                    );
                } else {
                    result = Some(Box::new(self.boxed(scope, value)));
                }
                continue;
            };
            if compiled.iter().any(|other| other.name == variable.name) {
                let message = format!("the context has two entries '{}'", variable.name);
                let label = Arc::clone(&scope.label);
                let help = "rename one of them";
                self.report(
                    scope.model,
                    Diagnostic::error("dmn.context.entry", &*label, entry.place, message, help),
                );
                continue;
            }
            let kind =
                self.type_of(scope.model, variable.type_ref.as_deref(), &scope.label.clone(), variable.place);
            let value = match &value.logic {
                Logic::Function(function) => {
                    let label = Arc::clone(&scope.label);
                    let kind = self.type_of(scope.model, value.type_ref.as_deref(), &label, value.place);
                    Node { code: self.function_value(scope, function, Some(&variable.name)), label, kind }
                }
                _ => self.boxed(scope, value),
            };
            let register = scope.add(&variable.name);
            compiled.push(Entry { name: Arc::clone(&variable.name), kind, register, value });
        }
        scope.leave(state);
        Code::Context { entries: compiled, result }
    }

    fn relation(&mut self, scope: &mut Scope, relation: &Relation) -> Code {
        let mut columns: Vec<(Arc<str>, Kind)> = Vec::new();
        for column in &relation.columns {
            let label = Arc::clone(&scope.label);
            let kind = self.type_of(scope.model, column.type_ref.as_deref(), &label, column.place);
            columns.push((Arc::clone(&column.name), kind));
        }
        let mut rows = Vec::new();
        for row in &relation.rows {
            rows.push(row.iter().map(|cell| self.boxed(scope, cell)).collect());
        }
        Code::Relation { columns, rows }
    }

    fn iteration(&mut self, scope: &mut Scope, iteration: &Iteration) -> Code {
        let domain = self.boxed(scope, &iteration.domain);
        let state = scope.enter();
        let item = scope.add(&iteration.variable);
        let mut partial = u32::MAX;
        if iteration.kind == IterationKind::For {
            partial = scope.add(&"partial".into());
        }
        let body = self.boxed(scope, &iteration.body);
        scope.leave(state);
        if partial != u32::MAX && !scope.is_used(partial) {
            partial = u32::MAX;
        }
        Code::Iterate { kind: iteration.kind, parts: Box::new([domain, body]), item, partial }
    }

    fn invocation(&mut self, scope: &mut Scope, invocation: &Invocation) -> Code {
        let label = Arc::clone(&scope.label);
        let function = self.boxed(scope, &invocation.function);
        let name: Arc<str> = match &invocation.function.logic {
            Logic::Literal(text) => Arc::clone(&text.text),
            _ => "the function".into(),
        };
        let mut arguments: Vec<Argument> = Vec::new();
        for (parameter, value) in &invocation.bindings {
            let kind = self.type_of(scope.model, parameter.type_ref.as_deref(), &label, parameter.place);
            let value = match value {
                Some(value) => self.boxed(scope, value),
                None => {
                    Node { label: Arc::clone(&label), kind: None, code: Code::Constant(feel::Value::Null) }
                }
            };
            arguments.push(Argument { name: Arc::clone(&parameter.name), kind, value });
        }
        Code::Invocation(Box::new(InvocationCode { name, function, arguments }))
    }

    fn function_value(
        &mut self,
        scope: &mut Scope,
        function: &FunctionDefinition,
        name: Option<&Arc<str>>,
    ) -> Code {
        match self.function(scope, function, name) {
            Ok(code) => Code::Function(Arc::new(code)),
            Err(message) => Code::Fail { code: "dmn.function.kind", message },
        }
    }

    /// Compiles a function in the scope of its definition; it may call itself by its name.
    pub(super) fn function(
        &mut self,
        scope: &mut Scope,
        function: &FunctionDefinition,
        name: Option<&Arc<str>>,
    ) -> Result<FunctionCode, String> {
        let label = Arc::clone(&scope.label);
        let (model, place) = (scope.model, function.place);
        let foreign = match function.kind {
            FunctionKind::Feel => None,
            FunctionKind::Java => Some("functions in Java are not executed"),
            FunctionKind::Pmml => Some("functions in PMML are not executed"),
        };
        if let Some(reason) = foreign {
            let help = "write the function in FEEL, or call the service from the process";
            self.report(
                model,
                Diagnostic::error("dmn.function.kind", &*label, place, reason, help).warning(),
            );
            return Err(reason.to_owned());
        }
        let Some(body) = &function.body else {
            let help = "add an expression";
            let message = "the function has no body";
            self.report(
                model,
                Diagnostic::error("dmn.expression.missing", &*label, place, message, help).warning(),
            );
            return Err(message.to_owned());
        };
        let state = scope.enter();
        let this = name.map(|name| scope.add(name));
        let mut parameters = Vec::new();
        for parameter in &function.parameters {
            let kind = self.type_of(model, parameter.type_ref.as_deref(), &label, parameter.place);
            let register = scope.add(&parameter.name);
            parameters.push(ParameterCode { name: Arc::clone(&parameter.name), kind, register });
        }
        let body = self.boxed(scope, body);
        scope.leave(state);
        let result = self.type_of(model, function.type_ref.as_deref(), &label, place);
        let this = this.filter(|register| scope.is_used(*register));
        let name = name.cloned().unwrap_or(label);
        Ok(FunctionCode { name, parameters, result, height: body.height(), body, this })
    }
}
