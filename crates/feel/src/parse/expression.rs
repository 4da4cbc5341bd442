//! Operators, by precedence, and what follows an operand: paths, filters, calls.

use super::lexer::is_stop_word;
use super::{Parsed, Parser, hint};
use crate::builtins::{Builtin, regexes};
use crate::limits;
use crate::node::{Call, Comparison, Filter, Kind, Matching, Node, Operator};
use crate::run::{Env, Fuel, Run};
use crate::value::Value;
use std::sync::Arc;

/// Arguments of a call: the nodes and, when they are named, the names.
type Arguments = (Vec<Node>, Vec<Arc<str>>);

/// A new last part, to be filled.
fn next(parts: &mut Vec<Node>) -> &mut Node {
    parts.push(Node::NOTHING);
    let last = parts.len() - 1;
    &mut parts[last]
}

impl<'o> Parser<'o> {
    pub(super) fn expression(&mut self) -> Parsed<Node> {
        let saved = std::mem::replace(&mut self.no_filter, false);
        let mut node = Node::NOTHING;
        let result = self.deeper(|parser| parser.disjunction(&mut node));
        self.no_filter = saved;
        result.map(|()| node)
    }

    // From here to the operands nodes are made where they stay: moving them up through the levels of precedence is
    // most of what parsing would cost.

    fn disjunction(&mut self, node: &mut Node) -> Parsed<()> {
        self.space()?;
        let start = self.at;
        self.conjunction(node)?;
        if self.peek() != b'o' || !self.eat_word("or")? {
            return Ok(());
        }
        let mut parts = Vec::with_capacity(2);
        parts.push(std::mem::replace(node, Node::NOTHING));
        loop {
            self.conjunction(next(&mut parts))?;
            if self.peek() != b'o' || !self.eat_word("or")? {
                break;
            }
        }
        self.expect_booleans(&parts);
        self.put(node, Kind::Or(parts), start)
    }

    fn conjunction(&mut self, node: &mut Node) -> Parsed<()> {
        self.space()?;
        let start = self.at;
        self.comparison(node)?;
        if self.peek() != b'a' || !self.eat_word("and")? {
            return Ok(());
        }
        let mut parts = Vec::with_capacity(2);
        parts.push(std::mem::replace(node, Node::NOTHING));
        loop {
            self.comparison(next(&mut parts))?;
            if self.peek() != b'a' || !self.eat_word("and")? {
                break;
            }
        }
        self.expect_booleans(&parts);
        self.put(node, Kind::And(parts), start)
    }

    fn expect_booleans(&mut self, parts: &[Node]) {
        for part in parts.iter().filter(|part| !matches!(part.kind, Kind::Compare(..))) {
            self.expect_type(part, &["boolean"]);
        }
    }

    fn comparison(&mut self, node: &mut Node) -> Parsed<()> {
        self.space()?;
        let start = self.at;
        self.chain(0, node)?;
        loop {
            self.space()?;
            if let Some(operator) = self.comparison_operator() {
                let mut pair = Box::new([std::mem::replace(node, Node::NOTHING), Node::NOTHING]);
                self.chain(0, &mut pair[1])?;
                let constant = pair.iter().all(|side| side.constant().is_some());
                if let (false, Some(a), Some(b)) =
                    (constant, hint::known_type(&pair[0]), hint::known_type(&pair[1]))
                    && a != b
                    && a != "null"
                    && b != "null"
                {
                    self.hint(start, "feel.type", format!("a {a} is never comparable with a {b}"), None);
                }
                self.put(node, Kind::Compare(operator, pair), start)?;
                if constant && !self.explain {
                    self.fold_in_place(node);
                }
                continue;
            }
            if !matches!(self.peek(), b'b' | b'i') {
                return Ok(());
            }
            if self.eat_word("between")? {
                let low = self.additive()?;
                self.expect_word("and")?;
                let high = self.additive()?;
                let value = std::mem::replace(node, Node::NOTHING);
                self.put(node, Kind::Between(Box::new([value, low, high])), start)?;
            } else if self.eat_word("in")? {
                let tests = self.deeper(|parser| parser.in_tests())?;
                let value = std::mem::replace(node, Node::NOTHING);
                self.put(node, Kind::In(Box::new(value), tests), start)?;
            } else {
                return Ok(());
            }
        }
    }

    pub(super) fn comparison_operator(&mut self) -> Option<Comparison> {
        let (operator, length) = match (self.peek(), self.peek_at(1)) {
            (b'=', b'=') => (Comparison::Equal, 2),
            (b'=', _) => (Comparison::Equal, 1),
            (b'!', b'=') => (Comparison::NotEqual, 2),
            (b'<', b'=') => (Comparison::LessOrEqual, 2),
            (b'<', _) => (Comparison::Less, 1),
            (b'>', b'=') => (Comparison::GreaterOrEqual, 2),
            (b'>', _) => (Comparison::Greater, 1),
            _ => return None,
        };
        self.at += length;
        Some(operator)
    }

    pub(super) fn additive(&mut self) -> Parsed<Node> {
        let mut node = Node::NOTHING;
        self.chain(0, &mut node)?;
        Ok(node)
    }

    fn operator(&mut self, level: u8) -> Parsed<Option<Operator>> {
        self.space()?;
        let (operator, length) = match (level, self.peek(), self.peek_at(1)) {
            (0, b'+', _) => (Operator::Add, 1),
            (0, b'-', _) => (Operator::Subtract, 1),
            (1, b'*', next) if next != b'*' => (Operator::Multiply, 1),
            (1, b'/', _) => (Operator::Divide, 1),
            (2, b'*', b'*') => (Operator::Power, 2),
            (0, 0xE2, _) if self.text[self.at..].starts_with('–') => (Operator::Subtract, '–'.len_utf8()),
            _ => return Ok(None),
        };
        self.at += length;
        Ok(Some(operator))
    }

    /// Left-associative operators: `+ -`, then `* /`, then `**`.
    fn chain(&mut self, level: u8, node: &mut Node) -> Parsed<()> {
        self.space()?;
        let start = self.at;
        match self.peek() {
            b'a'..=b'z' | b'A'..=b'Z' => match self.lone_name() {
                Some(at) => self.put(node, Kind::Slot(at), start)?,
                None => *node = self.unary()?,
            },
            b'0'..=b'9' => {
                let number = self.number()?;
                self.put(node, Kind::Const(Value::Number(number)), start)?;
                self.behind_literal(node, start)?;
            }
            b'"' => {
                let text = self.string()?;
                self.put(node, Kind::Const(Value::String(text.into())), start)?;
                self.behind_literal(node, start)?;
            }
            _ => *node = self.unary()?,
        }
        // The operand has skipped the white space behind it. Most operands have no operator there at all.
        if matches!(self.peek(), b'+' | b'-' | b'*' | b'/' | 0xE2) {
            for level in (level..3).rev() {
                let first = std::mem::replace(node, Node::NOTHING);
                *node = self.operators(level, first, start)?;
            }
        }
        Ok(())
    }

    /// What may follow a literal but operators.
    #[inline]
    fn behind_literal(&mut self, node: &mut Node, start: usize) -> Parsed<()> {
        self.space()?;
        if matches!(self.peek(), b'.' | b'[' | b'(' | b'i') {
            let literal = std::mem::replace(node, Node::NOTHING);
            let operand = self.postfixes(literal, start)?;
            *node = self.instances(operand, start)?;
        }
        Ok(())
    }

    /// The operators of one level and what they apply to, after their first operand.
    #[inline(never)]
    fn operators(&mut self, level: u8, first: Node, start: usize) -> Parsed<Node> {
        let mut left = first;
        let mut nested = 0;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(level)? {
            let right = match level {
                2 => self.operand()?,
                _ => {
                    let mut right = Node::NOTHING;
                    self.chain(level + 1, &mut right)?;
                    right
                }
            };
            if nested == limits::MAX_NESTED_CHAIN {
                rest.push((operator, right));
                continue;
            }
            nested += 1;
            let constant = left.constant().is_some() && right.constant().is_some();
            if !constant {
                self.expect_type(&left, hint::ARITHMETIC);
                self.expect_type(&right, hint::ARITHMETIC);
            }
            left = self.folded(Kind::Arithmetic(operator, Box::new([left, right])), constant, start)?;
        }
        if rest.is_empty() { Ok(left) } else { self.node(Kind::Chain(Box::new(left), rest), start) }
    }

    fn operand(&mut self) -> Parsed<Node> {
        self.space()?;
        self.unary()
    }

    /// An operand; white space before it is skipped, and behind it too.
    #[inline]
    fn unary(&mut self) -> Parsed<Node> {
        let start = self.at;
        let minus = match self.peek() {
            b'-' => 1,
            0xE2 if self.text[start..].starts_with('–') => '–'.len_utf8(),
            _ => return self.instance_of(),
        };
        self.negation(start, minus)
    }

    #[inline(never)]
    fn negation(&mut self, start: usize, minus: usize) -> Parsed<Node> {
        self.at += minus;
        let inner = self.deeper(|parser| parser.operand())?;
        let constant = inner.constant().is_some();
        self.folded(Kind::Negate(Box::new(inner)), constant, start)
    }

    fn instance_of(&mut self) -> Parsed<Node> {
        let start = self.at;
        let left = self.postfix()?;
        self.instances(left, start)
    }

    fn instances(&mut self, first: Node, start: usize) -> Parsed<Node> {
        let mut left = first;
        while self.peek() == b'i' && self.at_word("instance")? {
            self.at += "instance".len();
            self.expect_word("of")?;
            let at = self.at;
            left = match self.type_expression()? {
                Some(kind) => {
                    let constant = left.constant().is_some();
                    self.folded(Kind::InstanceOf(Box::new((left, kind))), constant, start)?
                }
                None => {
                    let name = self.text[at..self.at].trim().to_owned();
                    self.null_node("feel.type", format!("there is no type '{name}'"), None, start)?
                }
            };
            self.space()?;
        }
        Ok(left)
    }

    #[inline]
    fn postfix(&mut self) -> Parsed<Node> {
        let start = self.at;
        let left = self.primary()?;
        self.space()?;
        match self.peek() {
            b'.' | b'[' | b'(' => self.postfixes(left, start),
            _ => Ok(left),
        }
    }

    #[inline(never)]
    fn postfixes(&mut self, first: Node, start: usize) -> Parsed<Node> {
        let mut left = first;
        loop {
            self.space()?;
            match self.peek() {
                b'.' if self.peek_at(1) != b'.' => {
                    self.at += 1;
                    let name = self.property_name()?;
                    let constant = left.constant().is_some();
                    left = self.folded(Kind::Path(Box::new(left), name.into()), constant, start)?;
                }
                b'[' if !self.no_filter => {
                    self.at += 1;
                    left = self.filter(left, start)?;
                }
                b'(' => {
                    self.at += 1;
                    let (arguments, names) = self.arguments()?;
                    if let Kind::Slot(_) = left.kind
                        && !self.is_declared(&left)
                    {
                        let name = self.text[left.start as usize..left.end as usize].to_owned();
                        let help = self.did_you_mean_function(&name);
                        self.hint(start, "feel.name", format!("there is no function '{name}'"), help);
                    }
                    left = self.node(Kind::Call(Box::new(Call { callee: left, arguments, names })), start)?;
                }
                _ => return Ok(left),
            }
        }
    }

    fn is_declared(&self, node: &Node) -> bool {
        let name = &self.text[node.start as usize..node.end as usize];
        self.options.names.contains(&name)
    }

    fn filter(&mut self, list: Node, start: usize) -> Parsed<Node> {
        let mark = self.scopes.mark();
        let item = self.scopes.define_item();
        self.scopes.filters += 1;
        let condition = self.expression()?;
        self.scopes.filters -= 1;
        self.scopes.leave(mark);
        self.expect("]")?;
        let constant = list.constant().is_some() && condition.constant().is_some();
        self.folded(Kind::Filter(Box::new(Filter { list, condition, item })), constant && item == 0, start)
    }

    /// Arguments after the opening parenthesis.
    pub(super) fn arguments(&mut self) -> Parsed<Arguments> {
        let (mut nodes, mut names) = (Vec::new(), Vec::new());
        if self.eat(")")? {
            return Ok((nodes, names));
        }
        loop {
            self.space()?;
            let at = self.at;
            match self.argument_name() {
                Some(name) if nodes.len() == names.len() => names.push(name),
                None if names.is_empty() => {}
                _ => return self.fail(at, "feel.syntax", "either all arguments are named or none", None),
            }
            nodes.push(self.expression()?);
            if self.eat(")")? {
                return Ok((nodes, names));
            }
            if !self.eat(",")? {
                return self.unexpected("',' or ')'");
            }
        }
    }

    /// The name of a named argument, when one comes next with its colon.
    fn argument_name(&mut self) -> Option<Arc<str>> {
        let mut end = self.word_end(self.at);
        if end == self.at {
            return None;
        }
        loop {
            let rest = &self.text[end..];
            let gap = rest.len() - rest.trim_start().len();
            if rest[gap..].starts_with(':') {
                let name = super::lexer::normalized(&self.text[self.at..end]);
                self.at = end + gap + 1;
                return Some(name.into());
            }
            let next = self.word_end(end + gap);
            if next == end + gap || is_stop_word(&self.text[end + gap..next]) {
                return None;
            }
            end = next;
        }
    }

    /// A call of a built-in function; its opening parenthesis comes next.
    pub(super) fn builtin_call(&mut self, builtin: &'static Builtin, start: usize) -> Parsed<Node> {
        self.expect("(")?;
        let (nodes, names) = self.arguments()?;
        let mut code = builtin.run;
        let nodes = if names.is_empty() {
            match builtin.accepts(nodes.len()) {
                true => nodes,
                false => {
                    let message = format!("'{}' does not take {} arguments", builtin.name, nodes.len());
                    return self.null_node("feel.arguments", message, Some(builtin.usage()), start);
                }
            }
        } else {
            let given: Vec<&str> = names.iter().map(|name| &**name).collect();
            match builtin.named(&given) {
                Ok((order, special)) => {
                    code = special.unwrap_or(code);
                    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
                    let absent = || Node::new(Kind::Const(Value::Null), start, start);
                    order
                        .into_iter()
                        .map(|at| at.and_then(|at| nodes[at].take()).unwrap_or_else(absent))
                        .collect()
                }
                Err(message) => {
                    return self.null_node("feel.arguments", message, Some(builtin.usage()), start);
                }
            }
        };
        self.special_call(builtin, code, nodes, start)
    }

    fn special_call(
        &mut self,
        builtin: &'static Builtin,
        code: crate::builtins::BuiltinCode,
        mut nodes: Vec<Node>,
        start: usize,
    ) -> Parsed<Node> {
        match builtin.name {
            "is defined" if nodes.len() == 1 => {
                let value = Box::new(nodes.remove(0));
                self.node(Kind::IsDefined(value), start)
            }
            "get or else" if nodes.len() == 2 => {
                let default = nodes.remove(1);
                let value = nodes.remove(0);
                self.node(Kind::GetOrElse(Box::new([value, default])), start)
            }
            "matches" | "replace" | "split" | "extract" => {
                let constant = nodes.iter().all(|node| node.constant().is_some());
                match self.constant_regex(builtin, &nodes) {
                    Some(regex) if !constant => {
                        let matching = Matching { regex, code, arguments: nodes };
                        self.node(Kind::Matching(Box::new(matching)), start)
                    }
                    _ => self.folded(Kind::Builtin(code, nodes), constant, start),
                }
            }
            _ => {
                let constant = builtin.pure && nodes.iter().all(|node| node.constant().is_some());
                self.folded(Kind::Builtin(code, nodes), constant, start)
            }
        }
    }

    /// The regular expression of a call, when pattern and flags are constants that compile.
    fn constant_regex(&mut self, builtin: &Builtin, nodes: &[Node]) -> Option<Arc<regexes::Pattern>> {
        let Some(Value::String(pattern)) = nodes.get(1)?.constant() else {
            return None;
        };
        let flags_at = if builtin.name == "replace" { 3 } else { 2 };
        let flags = match nodes.get(flags_at).map(Node::constant) {
            None | Some(Some(Value::Null)) => "",
            Some(Some(Value::String(flags))) => flags,
            Some(_) => return None,
        };
        let env = Env::default();
        let mut fuel = Fuel::new(self.fuel);
        let built = regexes::compile(pattern, flags, &mut Run::new(&env, &mut fuel));
        self.fuel = fuel.remaining();
        built.ok()
    }
}
