//! Type expressions, after `instance of` and a parameter's colon.

use super::lexer::normalized;
use super::{Parsed, Parser};
use crate::types::Type;
use std::sync::Arc;

const SIMPLE: [&str; 11] = [
    "years and months duration",
    "days and time duration",
    "date and time",
    "boolean",
    "number",
    "string",
    "date",
    "time",
    "Any",
    "Null",
    "function",
];

impl<'o> Parser<'o> {
    /// A type; `None` when its name is unknown.
    pub(super) fn type_expression(&mut self) -> Parsed<Option<Type>> {
        self.deeper(|parser| parser.type_inside())
    }

    fn type_inside(&mut self) -> Parsed<Option<Type>> {
        self.space()?;
        let start = self.at;
        let word = self.peek_word()?;
        if matches!(word, "list" | "context" | "range" | "function") {
            self.at += word.len();
            if self.eat("<")? {
                return match word {
                    "list" => self.element_type(|item| Type::List(Arc::new(item))),
                    "range" => self.element_type(|item| Type::Range(Arc::new(item))),
                    "context" => self.context_type(),
                    _ => self.function_type(),
                };
            }
            self.at = start;
        }
        if let Some((name, end)) = SIMPLE.iter().find_map(|name| Some((*name, self.match_name(start, name)?)))
        {
            let custom = self.words_end(start) > end;
            if !custom {
                self.at = end;
                return Ok(Type::simple(name));
            }
        }
        self.named_type(start)
    }

    fn named_type(&mut self, start: usize) -> Parsed<Option<Type>> {
        let mut end = self.words_end(start);
        if end == start {
            return self.unexpected("a type");
        }
        while self.text[end..].starts_with('.') && self.words_end(end + 1) > end + 1 {
            end = self.words_end(end + 1);
        }
        self.at = end;
        let name = normalized(&self.text[start..end]);
        Ok(self.options.types.and_then(|types| types(&name)).or_else(|| Type::simple(&name)))
    }

    fn element_type(&mut self, make: impl Fn(Type) -> Type) -> Parsed<Option<Type>> {
        let item = self.type_expression()?;
        self.expect(">")?;
        Ok(item.map(make))
    }

    fn context_type(&mut self) -> Parsed<Option<Type>> {
        let mut fields: Option<Vec<(Arc<str>, Type)>> = Some(Vec::new());
        if self.eat(">")? {
            return Ok(Some(Type::Context(Arc::new([]))));
        }
        loop {
            self.space()?;
            let rest = &self.text[self.at..];
            let Some(length) = rest.find(':') else {
                return self.unexpected("a name and ':'");
            };
            let name: Arc<str> = normalized(&rest[..length]).into();
            self.at += length + 1;
            let kind = self.type_expression()?;
            fields = fields.zip(kind).map(|(mut fields, kind)| {
                fields.push((name, kind));
                fields
            });
            if self.eat(">")? {
                return Ok(fields.map(|fields| Type::Context(fields.into())));
            }
            self.expect(",")?;
        }
    }

    fn function_type(&mut self) -> Parsed<Option<Type>> {
        let mut parameters = Some(Vec::new());
        if !self.eat(">")? {
            loop {
                let kind = self.type_expression()?;
                parameters = parameters.zip(kind).map(|(mut all, kind)| {
                    all.push(kind);
                    all
                });
                if self.eat(">")? {
                    break;
                }
                self.expect(",")?;
            }
        }
        let mut result = Some(Type::Any);
        if self.eat("->")? {
            result = self.type_expression()?;
        }
        Ok(parameters.zip(result).map(|(all, result)| Type::Function(all.into(), Arc::new(result))))
    }
}
