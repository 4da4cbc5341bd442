//! Operands: literals, names, lists, ranges, contexts, functions, `if`, `for`, `some`, `every`.

use super::lexer::{is_keyword, is_name_start, normalized};
use super::scope::{Entry, Frame};
use super::{Parsed, Parser};
use crate::builtins;
use crate::function::Parameter;
use crate::node::{Comparison, For, Iteration, Kind, Lambda, Node, Quantified, RangeNode};
use crate::range::RangeForm;
use crate::types::Type;
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

impl<'o> Parser<'o> {
    pub(super) fn primary(&mut self) -> Parsed<Node> {
        let start = self.at;
        match self.peek() {
            b'0'..=b'9' => {
                let number = self.number()?;
                self.node(Kind::Const(Value::Number(number)), start)
            }
            b'.' if self.peek_at(1).is_ascii_digit() => {
                let number = self.number()?;
                self.node(Kind::Const(Value::Number(number)), start)
            }
            b'"' => {
                let text = self.string()?;
                self.node(Kind::Const(Value::String(text.into())), start)
            }
            b'@' => self.at_literal(),
            b'(' => self.parenthesis(),
            b'[' => self.list_or_range(),
            b']' => {
                self.at += 1;
                let first = self.expression()?;
                self.expect("..")?;
                self.range_end(first, false, start)
            }
            b'{' => self.context_literal(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Parsed<Node> {
        let start = self.at;
        let end = self.word_end(start);
        let word = &self.text[start..end];
        if !is_keyword(word) || self.known_beyond(start, end) {
            return self.name();
        }
        self.at = end;
        match word {
            "true" => self.node(Kind::Const(Value::Bool(true)), start),
            "false" => self.node(Kind::Const(Value::Bool(false)), start),
            "null" => self.node(Kind::Const(Value::Null), start),
            "if" => self.condition(start),
            "for" => self.for_expression(start),
            "function" => self.function(start),
            _ => self.quantified(word == "every", start),
        }
    }

    fn at_literal(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.at += 1;
        if self.peek() != b'"' {
            return self.unexpected("a string after '@'");
        }
        let text = self.string()?;
        match builtins::temporal_literal(&text) {
            Some(value) => self.node(Kind::Const(value), start),
            None => {
                let message = format!("'{text}' is no date, time, date and time or duration");
                self.null_node("feel.literal", message, None, start)
            }
        }
    }

    /// `(expression)`, `(a..b)`, or a range such as `(< 5)`.
    fn parenthesis(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.at += 1;
        self.space()?;
        if let Some(operator) = self.comparison_operator() {
            let value = self.expression()?;
            self.expect(")")?;
            return self.comparison_range(operator, value, start);
        }
        let inner = self.expression()?;
        if self.eat("..")? {
            return self.range_end(inner, false, start);
        }
        self.expect(")")?;
        Ok(inner)
    }

    fn comparison_range(&mut self, operator: Comparison, value: Node, start: usize) -> Parsed<Node> {
        let included = matches!(operator, Comparison::LessOrEqual | Comparison::GreaterOrEqual);
        let constant = value.constant().is_some();
        let (form, from, to) = match operator {
            Comparison::Less | Comparison::LessOrEqual => (RangeForm::Comparison, None, Some(value)),
            Comparison::Greater | Comparison::GreaterOrEqual => (RangeForm::Comparison, Some(value), None),
            Comparison::Equal | Comparison::NotEqual => {
                let form = if operator == Comparison::Equal { RangeForm::Equal } else { RangeForm::NotEqual };
                let copy = match &value.kind {
                    Kind::Const(value) => Some(Node::new(Kind::Const(value.clone()), start, self.at)),
                    _ => None,
                };
                (form, Some(value), copy)
            }
        };
        let range =
            RangeNode { form, start: from, end: to, start_included: included, end_included: included };
        self.folded(Kind::Range(Box::new(range)), constant, start)
    }

    /// The rest of a range after its `..`.
    fn range_end(&mut self, first: Node, start_included: bool, start: usize) -> Parsed<Node> {
        let saved = std::mem::replace(&mut self.no_filter, true);
        let last = self.deeper(|parser| parser.additive());
        self.no_filter = saved;
        let last = last?;
        self.space()?;
        let end_included = match self.peek() {
            b']' => true,
            b')' | b'[' => false,
            _ => return self.unexpected("']', ')' or '['"),
        };
        self.at += 1;
        let constant = first.constant().is_some() && last.constant().is_some();
        let range = RangeNode {
            form: RangeForm::Interval,
            start: Some(first),
            end: Some(last),
            start_included,
            end_included,
        };
        self.folded(Kind::Range(Box::new(range)), constant, start)
    }

    fn list_or_range(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        if self.eat("]")? {
            return self.folded(Kind::List(items), true, start);
        }
        loop {
            let item = self.list_item()?;
            if items.is_empty() && self.eat("..")? {
                return self.range_end(item, true, start);
            }
            items.push(item);
            if self.eat("]")? {
                break;
            }
            if !self.eat(",")? {
                return self.unexpected("',' or ']'");
            }
        }
        let constant = items.iter().all(|item| item.constant().is_some());
        self.folded(Kind::List(items), constant, start)
    }

    /// An item may be a comparison such as `< 5`, which is a range.
    fn list_item(&mut self) -> Parsed<Node> {
        self.space()?;
        let start = self.at;
        match self.comparison_operator() {
            Some(operator) => {
                let value = self.expression()?;
                self.comparison_range(operator, value, start)
            }
            None => self.expression(),
        }
    }

    fn context_literal(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.at += 1;
        let mark = self.scopes.mark();
        let mut entries: Vec<(Arc<str>, Node)> = Vec::new();
        let mut names = BTreeSet::new();
        let mut duplicate = None;
        if !self.eat("}")? {
            loop {
                let name = self.key()?;
                self.entry = Some(Arc::clone(&name));
                let value = self.expression()?;
                self.entry = None;
                if !names.insert(Arc::clone(&name)) {
                    duplicate = Some(Arc::clone(&name));
                }
                self.scopes.define(Arc::clone(&name));
                entries.push((name, value));
                if self.eat("}")? {
                    break;
                }
                if !self.eat(",")? {
                    return self.unexpected("',' or '}'");
                }
            }
        }
        self.scopes.leave(mark);
        if let Some(name) = duplicate {
            return self.null_node(
                "feel.context",
                format!("the context has two entries '{name}'"),
                None,
                start,
            );
        }
        let constant = entries.iter().all(|(_, value)| value.constant().is_some());
        self.folded(Kind::Context(entries), constant, start)
    }

    /// The key of a context entry, with its colon.
    fn key(&mut self) -> Parsed<Arc<str>> {
        self.space()?;
        let name: Arc<str> = match self.peek() {
            b'"' => self.string()?.into(),
            b'`' => return self.property_name().and_then(|name| self.expect(":").map(|()| name)),
            _ => {
                let rest = &self.text[self.at..];
                let length = rest.find([':', '"', '{', '}', '[', ']', ',', '\n']).unwrap_or(rest.len());
                let name = rest[..length].trim();
                if !name.starts_with(is_name_start) {
                    return self.unexpected("the name of an entry");
                }
                self.at += length;
                normalized(name).into()
            }
        };
        if name.contains(|c: char| !super::lexer::is_name_part(c)) {
            self.add_property(&name);
        }
        self.expect(":")?;
        Ok(name)
    }

    fn condition(&mut self, start: usize) -> Parsed<Node> {
        let condition = self.expression()?;
        self.expect_type(&condition, &["boolean"]);
        self.expect_word("then")?;
        let yes = self.expression()?;
        self.expect_word("else")?;
        let no = self.expression()?;
        self.node(Kind::If(Box::new([condition, yes, no])), start)
    }

    /// `x in xs, y in ys`, with the names in scope afterwards.
    fn iterations(&mut self) -> Parsed<Vec<Iteration>> {
        let mut iterations = Vec::new();
        loop {
            let name = self.variable_name()?;
            self.expect_word("in")?;
            let from = self.expression()?;
            let to = if self.eat("..")? { Some(self.expression()?) } else { None };
            self.scopes.define(name);
            iterations.push(Iteration { from, to });
            if !self.eat(",")? {
                return Ok(iterations);
            }
        }
    }

    /// The name of a variable of an iteration, up to its `in`.
    fn variable_name(&mut self) -> Parsed<Arc<str>> {
        self.space()?;
        if self.peek() == b'`' {
            return self.property_name();
        }
        let start = self.at;
        let mut end = self.words_end(start);
        if end == start {
            return self.unexpected("the name of a variable");
        }
        // A name with operators in it ends where ` in ` comes.
        if let Some(length) = self.text[start..].find(" in ")
            && start + length > end
            && !self.text[start..start + length].contains([',', '(', '[', '{', '"'])
        {
            end = start + length;
        }
        self.at = end;
        Ok(normalized(&self.text[start..end]).into())
    }

    fn for_expression(&mut self, start: usize) -> Parsed<Node> {
        let mark = self.scopes.mark();
        // The results so far are in scope of the body only, but their place comes first.
        let partial = self.scopes.top().locals;
        self.scopes.top().locals += 1;
        let iterations = self.iterations()?;
        self.expect_word("return")?;
        let name: Arc<str> = "partial".into();
        self.scopes.top().entries.push(Entry::Name { name, local: partial, used: false });
        let at = self.scopes.top().entries.len() - 1;
        let body = self.expression()?;
        let uses_partial = matches!(self.scopes.top().entries[at], Entry::Name { used: true, .. });
        self.scopes.leave(mark);
        self.node(Kind::For(Box::new(For { iterations, partial, uses_partial, body })), start)
    }

    fn quantified(&mut self, every: bool, start: usize) -> Parsed<Node> {
        let mark = self.scopes.mark();
        let iterations = self.iterations()?;
        self.expect_word("satisfies")?;
        let condition = self.expression()?;
        self.scopes.leave(mark);
        self.node(Kind::Quantified(Box::new(Quantified { every, iterations, condition })), start)
    }

    fn function(&mut self, start: usize) -> Parsed<Node> {
        let this = self.entry.take();
        self.expect("(")?;
        let parameters = self.parameters()?;
        let mut result = Type::Any;
        if self.eat("->")? {
            let at = self.at;
            result = match self.type_expression()? {
                Some(kind) => kind,
                None => return self.fail(at, "feel.type", "there is no such type", None),
            };
        }
        if self.eat_word("external")? {
            self.expression()?;
            let message = "external functions are not supported".to_owned();
            return self.null_node("feel.external", message, None, start);
        }
        let mut frame = Frame::default();
        if let Some(name) = this {
            frame.entries.push(Entry::This { name });
        }
        self.scopes.frames.push(frame);
        for parameter in &parameters {
            self.scopes.define(Arc::clone(&parameter.name));
        }
        let body = self.expression();
        let frame = self.scopes.frames.pop().unwrap_or_default();
        let body = body?;
        let height = body.height as u32;
        let code = Lambda { parameters, result, body, height, source: Arc::clone(&self.source) };
        self.node(Kind::Function(Arc::new(code), frame.captures), start)
    }

    /// Parameters after the opening parenthesis.
    fn parameters(&mut self) -> Parsed<Vec<Parameter>> {
        let mut parameters: Vec<Parameter> = Vec::new();
        if self.eat(")")? {
            return Ok(parameters);
        }
        loop {
            self.space()?;
            let start = self.at;
            let rest = &self.text[start..];
            let length = rest.find([':', ',', ')', '(', '"']).unwrap_or(rest.len());
            let name: Arc<str> = normalized(&rest[..length]).into();
            if !name.starts_with(is_name_start) {
                return self.unexpected("the name of a parameter");
            }
            self.at += length;
            let mut kind = Type::Any;
            if self.eat(":")? {
                let at = self.at;
                kind = match self.type_expression()? {
                    Some(kind) => kind,
                    None => return self.fail(at, "feel.type", "there is no such type", None),
                };
            }
            if parameters.iter().any(|known| known.name == name) {
                return self.fail(start, "feel.name", format!("there are two parameters '{name}'"), None);
            }
            parameters.push(Parameter { name, kind });
            if self.eat(")")? {
                return Ok(parameters);
            }
            if !self.eat(",")? {
                return self.unexpected("',' or ')'");
            }
        }
    }
}
