//! Boxed expressions from XML.

use super::{Reader, all, child, children, id, normalized, text_of, type_ref};
use crate::diagnostic::Place;
use crate::limits;
use crate::model::*;
use crate::xml::Element;
use std::sync::Arc;

const EXPRESSIONS: [&str; 12] = [
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
];

impl Reader {
    /// The boxed expression in an element, if there is one.
    pub(super) fn inner_expression(&mut self, element: &Element) -> Option<Boxed> {
        let found = children(element).find(|child| EXPRESSIONS.contains(&&*child.name))?;
        Some(self.expression(found))
    }

    /// The boxed expressions in an element.
    fn inner_expressions(&mut self, element: &Element) -> Vec<Boxed> {
        let found = children(element).filter(|child| EXPRESSIONS.contains(&&*child.name));
        found.map(|child| self.expression(child)).collect()
    }

    fn expression(&mut self, element: &Element) -> Boxed {
        let logic = match &*element.name {
            "literalExpression" => self.literal(element),
            "decisionTable" => Logic::Table(Box::new(self.table(element))),
            "context" => {
                let entries = all(element, "contextEntry");
                Logic::Context(entries.map(|entry| self.context_entry(entry)).collect())
            }
            "invocation" => self.invocation(element),
            "list" => Logic::List(self.inner_expressions(element)),
            "relation" => self.relation(element),
            "functionDefinition" => Logic::Function(Box::new(self.function(element))),
            "conditional" => {
                let parts = ["if", "then", "else"].map(|part| self.part(element, part));
                Logic::Conditional(Box::new(parts))
            }
            "filter" => Logic::Filter(Box::new(["in", "match"].map(|part| self.part(element, part)))),
            "for" => self.iteration(element, IterationKind::For),
            "some" => self.iteration(element, IterationKind::Some),
            _ => self.iteration(element, IterationKind::Every),
        };
        Boxed { id: id(element), type_ref: type_ref(element), logic, place: element.place }
    }

    fn literal(&mut self, element: &Element) -> Logic {
        if let Some(text) = text_of(element) {
            return Logic::Literal(text);
        }
        if child(element, "importedValues").is_some() {
            return Logic::Unsupported("imported values are not read".to_owned());
        }
        Logic::Unsupported("the expression is empty".to_owned())
    }

    /// The expression in a part of a conditional, filter or iterator.
    fn part(&mut self, element: &Element, name: &str) -> Boxed {
        let holder = child(element, name);
        if let Some(expression) = holder.and_then(|holder| self.inner_expression(holder)) {
            return expression;
        }
        let message = format!("the {} has no expression in <{name}>", element.name);
        self.error(
            "dmn.expression.missing",
            element,
            message.clone(),
            format!("add <{name}> with an expression"),
        );
        Boxed { id: None, type_ref: None, logic: Logic::Unsupported(message), place: element.place }
    }

    fn iteration(&mut self, element: &Element, kind: IterationKind) -> Logic {
        let variable = normalized(element.attribute("iteratorVariable").unwrap_or_default());
        if variable.is_empty() {
            self.error("dmn.name", element, "the iterator has no variable", "add iteratorVariable=\"...\"");
        }
        let body = if kind == IterationKind::For { "return" } else { "satisfies" };
        Logic::Iterator(Box::new(Iteration {
            kind,
            variable: variable.into(),
            domain: self.part(element, "in"),
            body: self.part(element, body),
        }))
    }

    fn context_entry(&mut self, element: &Element) -> ContextEntry {
        ContextEntry {
            variable: child(element, "variable").map(|variable| self.variable(variable)),
            value: self.inner_expression(element),
            place: element.place,
        }
    }

    fn invocation(&mut self, element: &Element) -> Logic {
        let Some(function) = self.inner_expression(element) else {
            self.error(
                "dmn.expression.missing",
                element,
                "the invocation names no function",
                "add a literal expression with the function's name",
            );
            return Logic::Unsupported("the invocation names no function".to_owned());
        };
        let mut bindings = Vec::new();
        for binding in all(element, "binding") {
            match child(binding, "parameter") {
                Some(parameter) => bindings.push((self.variable(parameter), self.inner_expression(binding))),
                None => self.error(
                    "dmn.name",
                    binding,
                    "the binding has no parameter",
                    "add <parameter name=\"...\"/>",
                ),
            }
        }
        Logic::Invocation(Box::new(Invocation { function, bindings }))
    }

    fn relation(&mut self, element: &Element) -> Logic {
        let columns: Vec<Variable> = all(element, "column").map(|column| self.variable(column)).collect();
        let mut rows = Vec::new();
        for row in all(element, "row") {
            let values = self.inner_expressions(row);
            if values.len() != columns.len() {
                let message =
                    format!("the row has {} values, the relation {} columns", values.len(), columns.len());
                self.error("dmn.relation.row", row, message, "give one value for every column");
            }
            rows.push(values);
        }
        Logic::Relation(Relation { columns, rows })
    }

    pub(super) fn function(&mut self, element: &Element) -> FunctionDefinition {
        let kind = match element.attribute("kind").unwrap_or("FEEL") {
            "FEEL" | "F" => FunctionKind::Feel,
            "Java" | "J" => FunctionKind::Java,
            "PMML" | "P" => FunctionKind::Pmml,
            other => {
                let message = format!("'{other}' is not a kind of function");
                self.error("dmn.function.kind", element, message, "write FEEL, Java or PMML");
                FunctionKind::Feel
            }
        };
        FunctionDefinition {
            kind,
            parameters: all(element, "formalParameter").map(|parameter| self.variable(parameter)).collect(),
            type_ref: type_ref(element),
            body: self.inner_expression(element),
            place: element.place,
        }
    }

    fn table(&mut self, element: &Element) -> DecisionTable {
        let inputs: Vec<InputClause> = all(element, "input").map(|input| self.input_clause(input)).collect();
        let outputs: Vec<OutputClause> =
            all(element, "output").map(|output| self.output_clause(output)).collect();
        if outputs.is_empty() {
            self.error("dmn.table.output", element, "the decision table has no output", "add an output");
        }
        let rules: Vec<&Element> = all(element, "rule").collect();
        if rules.len() > limits::MAX_RULES {
            let message = format!("the decision table has more than {} rules", limits::MAX_RULES);
            self.error("dmn.size", element, message, "split the table");
        }
        let rules = rules.into_iter().take(limits::MAX_RULES);
        let rules = rules.map(|rule| self.rule(rule, inputs.len(), outputs.len())).collect();
        DecisionTable { hit_policy: self.hit_policy(element), inputs, outputs, rules }
    }

    fn hit_policy(&mut self, element: &Element) -> HitPolicy {
        let aggregation = match element.attribute("aggregation") {
            None | Some("") => Aggregation::List,
            Some("SUM") => Aggregation::Sum,
            Some("COUNT") => Aggregation::Count,
            Some("MIN") => Aggregation::Min,
            Some("MAX") => Aggregation::Max,
            Some(other) => {
                let message = format!("'{other}' is not an aggregation");
                self.error("dmn.table.aggregation", element, message, "write SUM, COUNT, MIN or MAX");
                Aggregation::List
            }
        };
        match element.attribute("hitPolicy").unwrap_or("UNIQUE") {
            "UNIQUE" => HitPolicy::Unique,
            "ANY" => HitPolicy::Any,
            "PRIORITY" => HitPolicy::Priority,
            "FIRST" => HitPolicy::First,
            "OUTPUT ORDER" => HitPolicy::OutputOrder,
            "RULE ORDER" => HitPolicy::RuleOrder,
            "COLLECT" => HitPolicy::Collect(aggregation),
            other => {
                let message = format!("'{other}' is not a hit policy");
                let help = "write UNIQUE, ANY, PRIORITY, FIRST, OUTPUT ORDER, RULE ORDER or COLLECT";
                self.error("dmn.table.hit-policy", element, message, help);
                HitPolicy::Unique
            }
        }
    }

    fn input_clause(&mut self, element: &Element) -> InputClause {
        let holder = child(element, "inputExpression");
        let expression = holder.and_then(text_of).unwrap_or_else(|| {
            self.error(
                "dmn.expression.missing",
                element,
                "the input has no expression",
                "add <inputExpression>",
            );
            Text { text: "null".into(), id: None, language: None, place: element.place }
        });
        InputClause {
            id: id(element),
            label: element.attribute("label").map(Arc::from),
            expression,
            type_ref: holder.and_then(type_ref),
            values: child(element, "inputValues").and_then(text_of),
            place: element.place,
        }
    }

    fn output_clause(&mut self, element: &Element) -> OutputClause {
        OutputClause {
            id: id(element),
            name: element.attribute("name").map(normalized).filter(|name| !name.is_empty()).map(Arc::from),
            label: element.attribute("label").map(Arc::from),
            type_ref: type_ref(element),
            values: child(element, "outputValues").and_then(text_of),
            default: child(element, "defaultOutputEntry").and_then(text_of),
            place: element.place,
        }
    }

    fn rule(&mut self, element: &Element, inputs: usize, outputs: usize) -> Rule {
        let cell = |entry: &Element, empty: &str, place: Place| {
            text_of(entry).unwrap_or_else(|| Text {
                text: empty.into(),
                id: id(entry),
                language: None,
                place,
            })
        };
        let entries: Vec<Text> =
            all(element, "inputEntry").map(|entry| cell(entry, "-", entry.place)).collect();
        let results: Vec<Text> =
            all(element, "outputEntry").map(|entry| cell(entry, "", entry.place)).collect();
        for (found, wanted, what) in [(entries.len(), inputs, "input"), (results.len(), outputs, "output")] {
            if found != wanted {
                let message = format!("the rule has {found} {what} entries, the table {wanted} {what}s");
                self.error("dmn.table.rule", element, message, format!("give one entry for every {what}"));
            }
        }
        Rule { id: id(element), inputs: entries, outputs: results, place: element.place }
    }
}
