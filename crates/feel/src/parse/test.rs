//! Unary tests: the cells of decision tables, and the right side of `in`.

use super::{Parsed, Parser};
use crate::node::{Kind, Node, Test, Tests};
use crate::value::Value;

impl<'o> Parser<'o> {
    /// The tests after `in`: one, or several in parentheses.
    pub(super) fn in_tests(&mut self) -> Parsed<Vec<Test>> {
        self.space()?;
        if self.peek() != b'(' {
            return Ok(vec![self.in_test()?]);
        }
        let start = self.at;
        self.at += 1;
        let mut tests = vec![self.in_list_test()?];
        self.space()?;
        if self.text[self.at..].starts_with("..") {
            // It was the start of a range, which is an operand.
            self.at = start;
            return Ok(vec![Test::Value(self.additive()?)]);
        }
        while self.eat(",")? {
            tests.push(self.in_list_test()?);
        }
        self.expect(")")?;
        self.space()?;
        let more = matches!(self.peek(), b'.' | b'[' | b'(' | b'+' | b'-' | b'*' | b'/');
        if more && tests.len() == 1 && matches!(tests[0], Test::Value(_)) {
            self.at = start;
            return Ok(vec![Test::Value(self.additive()?)]);
        }
        Ok(tests)
    }

    fn in_test(&mut self) -> Parsed<Test> {
        self.space()?;
        Ok(match self.comparison_operator() {
            Some(operator) => Test::Compare(operator, self.additive()?),
            None => Test::Value(self.additive()?),
        })
    }

    fn in_list_test(&mut self) -> Parsed<Test> {
        self.space()?;
        Ok(match self.comparison_operator() {
            Some(operator) => Test::Compare(operator, self.additive()?),
            None => Test::Value(self.expression()?),
        })
    }

    /// The whole source as unary tests against `?`, which is the first slot.
    pub(super) fn unary_tests(&mut self) -> Parsed<Node> {
        self.slots.push("?".into());
        let input = self.node(Kind::Slot(0), 0)?;
        self.space()?;
        let start = self.at;
        if self.text[start..].trim_end() == "-" {
            return self
                .node(Kind::Tests(Box::new(Tests { input, tests: vec![Test::Any], negated: false })), start);
        }
        let mut negated = false;
        if self.eat_word("not")? && self.eat("(")? {
            let slots = self.slots.len();
            if let Ok(tests) = self.test_list()
                && self.eat(")").unwrap_or(false)
                && self.end().is_ok()
            {
                negated = true;
                return self.node(Kind::Tests(Box::new(Tests { input, tests, negated })), start);
            }
            self.slots.truncate(slots);
        }
        self.at = start;
        let tests = self.test_list()?;
        self.end()?;
        self.node(Kind::Tests(Box::new(Tests { input, tests, negated })), start)
    }

    fn test_list(&mut self) -> Parsed<Vec<Test>> {
        let mut tests = vec![self.unary_test()?];
        while self.eat(",")? {
            tests.push(self.unary_test()?);
        }
        Ok(tests)
    }

    fn unary_test(&mut self) -> Parsed<Test> {
        self.space()?;
        if let Some(operator) = self.comparison_operator() {
            return Ok(Test::Compare(operator, self.additive()?));
        }
        let before = self.inputs;
        let node = self.expression()?;
        // A boolean that was computed is the result, also where it was computed already; a literal one is a value.
        let computed = matches!(node.constant(), Some(Value::Bool(_)))
            && !matches!(&self.text[node.start as usize..node.end as usize], "true" | "false");
        Ok(if computed || self.inputs > before { Test::Condition(node) } else { Test::Value(node) })
    }
}
