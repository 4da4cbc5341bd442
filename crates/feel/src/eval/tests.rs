//! Unary tests and `in`. Invariant: a test that cannot be decided is `null`, and no test then counts as passed.

use super::{State, operand};
use crate::compare::equal;
use crate::node::{Node, Test, Tests};
use crate::run::Stop;
use crate::value::Value;

impl State<'_, '_, '_> {
    pub(super) fn in_tests(&mut self, node: &Node, value: &Node, tests: &[Test]) -> Result<Value, Stop> {
        let input = self.eval(value)?;
        match self.any_test(&input, tests, false)? {
            Some(result) => Ok(Value::Bool(result)),
            None => {
                let kind = input.type_name();
                self.null(node, "feel.type", || format!("cannot test a {kind} against this"))
            }
        }
    }

    pub(super) fn unary_tests(&mut self, node: &Node, tests: &Tests) -> Result<Value, Stop> {
        let input = match self.peek(&tests.input) {
            Some(value) => value.clone(),
            None => self.eval(&tests.input)?,
        };
        match self.any_test(&input, &tests.tests, true)? {
            Some(result) => Ok(Value::Bool(result != tests.negated)),
            None => {
                let kind = input.type_name();
                self.null(node, "feel.type", || format!("cannot test a {kind} against this"))
            }
        }
    }

    fn any_test(&mut self, input: &Value, tests: &[Test], unary: bool) -> Result<Option<bool>, Stop> {
        let mut unknown = false;
        for test in tests {
            self.run.charge(1)?;
            match self.test(input, test, unary)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { None } else { Some(false) })
    }

    fn test(&mut self, input: &Value, test: &Test, unary: bool) -> Result<Option<bool>, Stop> {
        match test {
            Test::Any => Ok(Some(true)),
            Test::Condition(node) => self.condition(node),
            Test::Compare(operator, node) => {
                if let Some(value) = self.peek(node) {
                    return Ok(operand::compare_values(*operator, input, value));
                }
                let value = self.eval(node)?;
                Ok(operand::compare_values(*operator, input, &value))
            }
            Test::Value(node) => {
                // A boolean that was computed is the result; a literal one is a value to equal.
                let unary = unary && node.constant().is_none();
                if let Some(value) = self.peek(node)
                    && value.weight() <= 16
                {
                    return Ok(matches(input, value, unary));
                }
                let value = self.eval(node)?;
                self.run.charge(value.weight() as u64 / 8)?;
                Ok(matches(input, &value, unary))
            }
        }
    }
}

/// Whether the input equals the value, lies in it, or is an item of it.
fn matches(input: &Value, value: &Value, unary: bool) -> Option<bool> {
    match value {
        Value::Range(range) => {
            if let Value::Range(_) = input {
                return equal(input, value);
            }
            if input.is_null()
                && !matches!(range.form, crate::range::RangeForm::Equal | crate::range::RangeForm::NotEqual)
            {
                return None;
            }
            range.contains(input)
        }
        Value::List(list) => {
            if matches!(input, Value::List(_)) && equal(input, value) == Some(true) {
                return Some(true);
            }
            Some(list.iter().any(|item| match item {
                Value::Range(range) if !matches!(input, Value::Range(_)) => {
                    range.contains(input) == Some(true)
                }
                // A list of lists holds the alternatives of a list.
                _ => equal(input, item) == Some(true),
            }))
        }
        Value::Bool(result) if unary && !matches!(input, Value::Bool(_)) => Some(*result),
        _ => equal(input, value),
    }
}
