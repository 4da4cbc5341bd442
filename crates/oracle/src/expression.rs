//! The few expressions that the models of the comparison use: whole numbers, texts, truth values, lists, variables,
//! comparisons, `and`, `or`, `not()`, `contains()`, `count()`, `+` and `-`. FEEL's three-valued logic.
//!
//! **Invariant:** evaluation never fails; what has no value is null.

use crate::value::Value;

/// Evaluates `text`, with `variable` giving the value of a name.
pub fn evaluate(text: &str, variable: &dyn Fn(&str) -> Option<Value>) -> Value {
    let mut parser = Parser { tokens: tokens(text), at: 0, variable };
    let value = parser.or();
    match parser.at == parser.tokens.len() {
        true => value,
        false => Value::Null,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(i64),
    Text(String),
    Name(String),
    Sign(&'static str),
    Unknown,
}

const SIGNS: &[&str] = &["<=", ">=", "!=", "<", ">", "=", "+", "-", "(", ")", "[", "]", ","];

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = |is: fn(char) -> bool| rest.find(|it| !is(it)).unwrap_or(rest.len());
        let (token, used) = if first.is_ascii_digit() {
            let end = length(|it| it.is_ascii_digit());
            (rest[..end].parse().map_or(Token::Unknown, Token::Number), end)
        } else if first.is_alphabetic() || first == '_' {
            let end = length(|it| it.is_alphanumeric() || it == '_');
            (Token::Name(rest[..end].to_owned()), end)
        } else if let Some((inner, _)) = rest.strip_prefix('"').and_then(|it| it.split_once('"')) {
            (Token::Text(inner.to_owned()), inner.len() + 2)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            (Token::Unknown, first.len_utf8())
        };
        out.push(token);
        rest = rest[used..].trim_start();
    }
    out
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    variable: &'a dyn Fn(&str) -> Option<Value>,
}

impl Parser<'_> {
    fn takes(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        self.takes(&Token::Sign(sign))
    }

    fn word(&mut self, word: &str) -> bool {
        self.takes(&Token::Name(word.to_owned()))
    }

    fn or(&mut self) -> Value {
        let mut left = self.and();
        while self.word("or") {
            let right = self.and();
            left = match (truth(&left), truth(&right)) {
                (Some(true), _) | (_, Some(true)) => Value::Bool(true),
                (Some(false), Some(false)) => Value::Bool(false),
                _ => Value::Null,
            };
        }
        left
    }

    fn and(&mut self) -> Value {
        let mut left = self.comparison();
        while self.word("and") {
            let right = self.comparison();
            left = match (truth(&left), truth(&right)) {
                (Some(false), _) | (_, Some(false)) => Value::Bool(false),
                (Some(true), Some(true)) => Value::Bool(true),
                _ => Value::Null,
            };
        }
        left
    }

    fn comparison(&mut self) -> Value {
        let left = self.sum();
        for sign in ["<=", ">=", "!=", "<", ">", "="] {
            if self.sign(sign) {
                let right = self.sum();
                return compare(sign, &left, &right);
            }
        }
        left
    }

    fn sum(&mut self) -> Value {
        let mut left = self.unary();
        loop {
            if self.sign("+") {
                left = match (left, self.unary()) {
                    (Value::Int(a), Value::Int(b)) => a.checked_add(b).map_or(Value::Null, Value::Int),
                    (Value::Text(a), Value::Text(b)) => Value::Text(a + &b),
                    _ => Value::Null,
                };
            } else if self.sign("-") {
                left = match (left, self.unary()) {
                    (Value::Int(a), Value::Int(b)) => a.checked_sub(b).map_or(Value::Null, Value::Int),
                    _ => Value::Null,
                };
            } else {
                return left;
            }
        }
    }

    fn unary(&mut self) -> Value {
        if self.sign("-") {
            return match self.primary() {
                Value::Int(it) => Value::Int(-it),
                _ => Value::Null,
            };
        }
        self.primary()
    }

    fn primary(&mut self) -> Value {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Value::Null };
        self.at += 1;
        match token {
            Token::Number(it) => Value::Int(it),
            Token::Text(it) => Value::Text(it),
            Token::Sign("(") => {
                let value = self.or();
                self.sign(")");
                value
            }
            Token::Sign("[") => Value::List(self.items("]")),
            Token::Name(name) if self.sign("(") => {
                let arguments = self.items(")");
                call(&name, &arguments)
            }
            Token::Name(name) => match name.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => (self.variable)(&name).unwrap_or_default(),
            },
            Token::Sign(_) | Token::Unknown => Value::Null,
        }
    }

    fn items(&mut self, end: &'static str) -> Vec<Value> {
        let mut out = Vec::new();
        while !self.sign(end) && self.at < self.tokens.len() {
            out.push(self.or());
            self.sign(",");
        }
        out
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(it) => Some(*it),
        _ => None,
    }
}

fn compare(sign: &str, left: &Value, right: &Value) -> Value {
    let comparable = matches!(
        (left, right),
        (Value::Int(_), Value::Int(_)) | (Value::Text(_), Value::Text(_)) | (Value::Bool(_), Value::Bool(_))
    );
    let null = *left == Value::Null || *right == Value::Null;
    match sign {
        "=" if comparable || null => Value::Bool(left == right),
        "!=" if comparable || null => Value::Bool(left != right),
        "<" if comparable => Value::Bool(left < right),
        ">" if comparable => Value::Bool(left > right),
        "<=" if comparable => Value::Bool(left <= right),
        ">=" if comparable => Value::Bool(left >= right),
        _ => Value::Null,
    }
}

fn call(name: &str, arguments: &[Value]) -> Value {
    match (name, arguments) {
        ("not", [Value::Bool(it)]) => Value::Bool(!it),
        ("contains", [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(part.as_str())),
        ("count", [Value::List(items)]) => i64::try_from(items.len()).map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let variable = |name: &str| match name {
            "x" => Some(Value::Int(3)),
            "s" => Some(Value::Text("abc".to_owned())),
            "b" => Some(Value::Bool(true)),
            _ => None,
        };
        let cases = [
            ("x + 1 - 2", Value::Int(2)),
            ("x > 2 and b", Value::Bool(true)),
            ("x < 2 or not(b)", Value::Bool(false)),
            ("contains(s, \"bc\")", Value::Bool(true)),
            ("s + \"d\" = \"abcd\"", Value::Bool(true)),
            ("(x = 3) and (x != 4)", Value::Bool(true)),
            ("missing > 1", Value::Null),
            ("missing > 1 and false", Value::Bool(false)),
            ("missing = null", Value::Bool(true)),
            ("-x", Value::Int(-3)),
            ("count([1, 2])", Value::Int(2)),
            ("x +", Value::Null),
            ("x x", Value::Null),
            ("§", Value::Null),
        ];
        for (text, value) in cases {
            assert_eq!(evaluate(text, &variable), value, "{text}");
        }
    }
}
