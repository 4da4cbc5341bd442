//! Decision tables to code.

use super::Compiler;
use super::scope::Scope;
use crate::code::{Code, Kind, Node};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Aggregation, DecisionTable, HitPolicy, InputClause, OutputClause, Text};
use crate::table::cell::{self, Simple};
use crate::table::{CellTest, Index, InputColumn, OutputColumn, RuleCode, Table};
use crate::types::short;
use feel::{Options, Type, Value};
use std::collections::HashMap;
use std::sync::Arc;

impl Compiler<'_> {
    pub(super) fn table(&mut self, scope: &mut Scope, table: &DecisionTable) -> Code {
        match self.table_code(scope, table) {
            Ok(code) => {
                self.check_overlaps(scope, table, &code);
                Code::Table(Box::new(code))
            }
            Err(message) => Code::Fail { code: "dmn.expression", message },
        }
    }

    fn table_code(&mut self, scope: &mut Scope, table: &DecisionTable) -> Result<Table, String> {
        let mut failure = None;
        let mut inputs = Vec::with_capacity(table.inputs.len());
        let mut cells = vec![0u32; table.rules.len() * table.inputs.len()];
        for (at, clause) in table.inputs.iter().enumerate() {
            let mut column = self.input_column(scope, clause, &mut failure);
            let mut known: HashMap<&str, u32> = HashMap::new();
            for (row, rule) in table.rules.iter().enumerate() {
                let Some(text) = rule.inputs.get(at) else { continue };
                let test = match known.get(&*text.text) {
                    Some(test) => *test,
                    None => {
                        let test = self.cell(scope, text, &column).unwrap_or_else(|message| {
                            failure.get_or_insert(format!("rule {}: {message}", row + 1));
                            CellTest::Any
                        });
                        column.tests.push(test);
                        known.insert(&text.text, column.tests.len() as u32 - 1);
                        column.tests.len() as u32 - 1
                    }
                };
                cells[row * table.inputs.len() + at] = test;
            }
            inputs.push(column);
        }
        let outputs: Vec<OutputColumn> =
            table.outputs.iter().map(|clause| self.output_column(scope, clause)).collect();
        let mut rules = Vec::with_capacity(table.rules.len());
        for (row, rule) in table.rules.iter().enumerate() {
            let mut nodes = Vec::with_capacity(outputs.len());
            for (output, text) in outputs.iter().zip(&rule.outputs) {
                let node = self.output(scope, text, output);
                if let Code::Fail { message, .. } = &node.code {
                    failure.get_or_insert(format!("rule {}: {message}", row + 1));
                }
                nodes.push(node);
            }
            rules.push(RuleCode { id: rule.id.clone().unwrap_or_default(), outputs: nodes });
        }
        if let Some(message) = failure {
            return Err(message);
        }
        let index = Index::new(&inputs, &cells, rules.len());
        let (policy, label) = (table.hit_policy, Arc::clone(&scope.label));
        Ok(Table { label, policy, inputs, outputs, rules, cells, index, aggregate: aggregate(policy) })
    }

    fn input_column(
        &mut self,
        scope: &Scope,
        clause: &InputClause,
        failure: &mut Option<String>,
    ) -> InputColumn {
        let label = Arc::clone(&scope.label);
        let kind = self.type_of(scope.model, clause.type_ref.as_deref(), &label, clause.place);
        let code = self.feel(scope, &clause.expression);
        if let Code::Fail { message, .. } = &code {
            failure.get_or_insert(message.clone());
        }
        let allowed = clause.values.as_ref().filter(|text| &*text.text != "-");
        let allowed = allowed.and_then(|text| self.feel_code(scope, text, true).ok());
        InputColumn {
            id: clause.id.clone().unwrap_or_default(),
            name: clause.label.clone().unwrap_or_else(|| Arc::clone(&clause.expression.text)),
            expression: Node { label, kind, code },
            allowed,
            tests: Vec::new(),
        }
    }

    fn cell(&mut self, scope: &Scope, text: &Text, column: &InputColumn) -> Result<CellTest, String> {
        if &*text.text == "-" {
            return Ok(CellTest::Any);
        }
        let code = Box::new(self.feel_code(scope, text, true)?);
        let simple = Simple::parse(&text.text);
        if let (Some(simple), Some(kind)) = (&simple, &column.expression.kind) {
            let wrong = simple.values.iter().find(|value| !could_be(&kind.kind, value));
            if let Some(value) = wrong {
                let message = format!(
                    "the input '{}' is a {}, which never equals {}",
                    column.name,
                    kind.name,
                    short(value)
                );
                let help = "correct the cell, or the typeRef of the input";
                let warning =
                    Diagnostic::error("dmn.type", &*scope.label, text.place, message, help).warning();
                self.report(scope.model, warning);
            }
        }
        Ok(CellTest::Tests { code, simple })
    }

    fn output_column(&mut self, scope: &Scope, clause: &OutputClause) -> OutputColumn {
        let label = Arc::clone(&scope.label);
        let kind = self.type_of(scope.model, clause.type_ref.as_deref(), &label, clause.place);
        let name = clause.name.clone().or_else(|| clause.label.clone());
        let mut output = OutputColumn {
            id: clause.id.clone().unwrap_or_default(),
            name: name.or_else(|| clause.id.clone()).unwrap_or_default(),
            values: output_values(clause, &kind),
            kind,
            default: None,
        };
        output.default = clause.default.as_ref().map(|text| self.output(scope, text, &output));
        output
    }

    fn output(&mut self, scope: &Scope, text: &Text, output: &OutputColumn) -> Node {
        let label = Arc::clone(&scope.label);
        if text.text.is_empty() || &*text.text == "-" {
            return Node { label, kind: None, code: Code::Constant(Value::Null) };
        }
        let code = self.feel(scope, text);
        if let Code::Constant(value) = &code {
            self.check_output(scope, text.place, value, output);
        }
        Node { label, kind: None, code }
    }

    fn check_output(&mut self, scope: &Scope, place: Place, value: &Value, output: &OutputColumn) {
        let wrong_type = output.kind.as_ref().filter(|kind| !could_be(&kind.kind, value));
        let (code, message, help) = match wrong_type {
            Some(kind) => (
                "dmn.type",
                format!("the output '{}' must be a {}, not {}", output.name, kind.name, short(value)),
                "correct the entry, or the typeRef of the output",
            ),
            None if !output.values.is_empty() && !value.is_null() && !output.values.contains(value) => (
                "dmn.table.output-value",
                format!("{} is not one of the values of the output '{}'", short(value), output.name),
                "correct the entry, or add it to the output values",
            ),
            None => return,
        };
        self.report(scope.model, Diagnostic::error(code, &*scope.label, place, message, help).warning());
    }

    fn check_overlaps(&mut self, scope: &Scope, table: &DecisionTable, code: &Table) {
        if table.hit_policy != HitPolicy::Unique {
            return;
        }
        for (first, second) in code.overlaps() {
            let message = format!(
                "the hit policy is UNIQUE, but the rules {} and {} match the same inputs",
                first + 1,
                second + 1
            );
            let help = "make the rules exclude each other, or choose the hit policy FIRST, ANY or PRIORITY";
            let place = table.rules[second].place;
            let warning =
                Diagnostic::error("dmn.hit-policy.unique", &*scope.label, place, message, help).warning();
            self.report(scope.model, warning);
        }
    }
}

/// Whether a value can become one of the type.
fn could_be(kind: &Type, value: &Value) -> bool {
    value.is_null() || feel::coerce(kind, value.clone()).is_ok()
}

/// The values of an output in the order of their priority: its own, or those that its type allows.
fn output_values(clause: &OutputClause, kind: &Kind) -> Vec<Value> {
    let own = clause.values.as_ref().map(|text| &*text.text);
    let allowed = kind.as_ref().and_then(|kind| kind.allowed.as_ref()).map(|tests| tests.tests.source());
    let Some(pieces) = own.or(allowed).and_then(cell::pieces) else { return Vec::new() };
    let values: Option<Vec<Value>> = pieces.into_iter().map(cell::constant).collect();
    values.filter(|values| values.iter().all(cell::is_scalar)).unwrap_or_default()
}

fn aggregate(policy: HitPolicy) -> Option<feel::Expression> {
    let text = match policy {
        HitPolicy::Collect(Aggregation::Sum) => "sum(outputs)",
        HitPolicy::Collect(Aggregation::Min) => "min(outputs)",
        HitPolicy::Collect(Aggregation::Max) => "max(outputs)",
        _ => return None,
    };
    feel::compile(text, &Options { names: &["outputs"], ..Options::default() }).ok()
}
