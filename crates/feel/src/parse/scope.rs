//! Names: variables, entries, parameters, items of filters, built-in functions.

use super::lexer::{is_keyword, is_name_part, is_stop_word, normalized};
use super::{Parsed, Parser};
use crate::builtins::{self, Builtin};
use crate::diagnostic::nearest;
use crate::function::{Function, FunctionKind};
use crate::limits;
use crate::node::{FilterName, Kind, Node, Place};
use crate::value::Value;
use smallvec::SmallVec;
use std::sync::Arc;

/// The scopes around the place that is parsed: one frame for the expression and one for each function around it.
pub(super) struct Scopes {
    pub frames: SmallVec<[Frame; 1]>,
    /// Filters around the place that is parsed.
    pub filters: u32,
}

#[derive(Default)]
pub(super) struct Frame {
    pub entries: Vec<Entry>,
    pub locals: u32,
    pub captures: Vec<Place>,
}

pub(super) enum Entry {
    Name {
        name: Arc<str>,
        local: u32,
        used: bool,
    },
    /// The item of a filter, whose entries are in scope.
    Item {
        local: u32,
    },
    /// The function of this frame, by the name of its context entry.
    This {
        name: Arc<str>,
    },
}

impl Default for Scopes {
    fn default() -> Scopes {
        Scopes { frames: SmallVec::from_buf([Frame::default()]), filters: 0 }
    }
}

/// What a name in the source stands for.
enum Found<'o> {
    Entry {
        frame: usize,
        entry: usize,
    },
    Variable(&'o str),
    /// A property that an item of a filter may have.
    Property(Arc<str>),
}

impl Scopes {
    pub fn top(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Brings a name into scope and gives its local.
    pub fn define(&mut self, name: Arc<str>) -> u32 {
        let frame = self.top();
        let local = frame.locals;
        frame.locals += 1;
        frame.entries.push(Entry::Name { name, local, used: false });
        local
    }

    pub fn define_item(&mut self) -> u32 {
        let frame = self.top();
        let local = frame.locals;
        frame.locals += 1;
        frame.entries.push(Entry::Item { local });
        local
    }

    /// Where the scope stands, for [`Scopes::leave`].
    pub fn mark(&mut self) -> (usize, u32) {
        let frame = self.top();
        (frame.entries.len(), frame.locals)
    }

    pub fn leave(&mut self, mark: (usize, u32)) {
        let frame = self.top();
        frame.entries.truncate(mark.0);
        frame.locals = mark.1;
    }

    /// The place, seen from the innermost function, of a place in an outer one.
    fn seen_from_inside(&mut self, frame: usize, place: Place) -> Place {
        let mut place = place;
        for inner in &mut self.frames[frame + 1..] {
            let at = inner.captures.iter().position(|captured| *captured == place).unwrap_or_else(|| {
                inner.captures.push(place);
                inner.captures.len() - 1
            });
            place = Place::Captured(at as u32);
        }
        place
    }

    fn in_filter(&self) -> bool {
        self.filters > 0
    }

    /// Whether nothing but the variables of the whole expression is in scope.
    pub fn are_plain(&self) -> bool {
        self.frames.len() == 1 && self.frames[0].entries.is_empty()
    }
}

impl Place {
    fn kind(self) -> Kind {
        match self {
            Place::Slot(at) => Kind::Slot(at),
            Place::Local(at) => Kind::Local(at),
            Place::Captured(at) => Kind::Captured(at),
            Place::This => Kind::ThisFunction,
        }
    }
}

impl<'o> Parser<'o> {
    /// The longest known name at `from`, and where it ends.
    fn longest_known(&mut self, from: usize) -> Option<(usize, Found<'o>)> {
        let entries: usize = self.scopes.frames.iter().map(|frame| frame.entries.len()).sum();
        self.count_lookups(entries + self.options.names.len());
        let mut best: Option<(usize, Found<'o>)> = None;
        let longer =
            |end: usize, best: &Option<(usize, Found<'o>)>| best.as_ref().is_none_or(|best| end > best.0);
        for (f, frame) in self.scopes.frames.iter().enumerate().rev() {
            for (e, entry) in frame.entries.iter().enumerate().rev() {
                let name = match entry {
                    Entry::Name { name, .. } | Entry::This { name } => &**name,
                    Entry::Item { .. } => "item",
                };
                if let Some(end) = self.match_name(from, name)
                    && longer(end, &best)
                {
                    best = Some((end, Found::Entry { frame: f, entry: e }));
                }
            }
        }
        let first = self.text.as_bytes().get(from);
        for name in self.options.names.iter().copied() {
            if name.as_bytes().first() == first
                && let Some(end) = self.match_name(from, name)
                && longer(end, &best)
            {
                best = Some((end, Found::Variable(name)));
            }
        }
        if !self.properties.is_empty() && self.scopes.in_filter() {
            self.count_lookups(self.properties.len());
            for name in &self.properties {
                if let Some(end) = self.match_name(from, name)
                    && longer(end, &best)
                {
                    best = Some((end, Found::Property(Arc::clone(name))));
                }
            }
        }
        best
    }

    /// Remembers that a property has this name, which is no single word.
    pub(super) fn add_property(&mut self, name: &Arc<str>) {
        let given = &self.properties[..self.options.properties.len()];
        if !given.contains(name) && self.seen_properties.insert(Arc::clone(name)) {
            self.properties.push(Arc::clone(name));
        }
    }

    pub(super) fn count_lookups(&mut self, names: usize) {
        self.lookups += names as u64;
    }

    fn too_many_lookups(&self) -> bool {
        self.lookups > limits::MAX_NAME_LOOKUPS
    }

    /// The end of a known name longer than the word at `from`, which is a keyword.
    pub(super) fn known_beyond(&mut self, from: usize, word_end: usize) -> bool {
        self.longest_known(from).is_some_and(|(end, _)| end > word_end)
    }

    /// The slot of a name of one word that starts here and stands alone, where only variables are in scope: what most
    /// names are. Anything else is left to [`Parser::name`], and nothing is skipped.
    pub(super) fn lone_name(&mut self) -> Option<u32> {
        if !self.scopes.are_plain() || self.too_many_lookups() {
            return None;
        }
        let (start, bytes) = (self.at, self.text.as_bytes());
        let word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let end = start + bytes[start..].iter().take_while(word).count();
        let next = end + bytes[end..].iter().take_while(|byte| **byte == b' ').count();
        if !matches!(bytes.get(next), None | Some(b')' | b',' | b']' | b'}' | b'<' | b'>' | b'=' | b'!')) {
            return None;
        }
        let name = &self.text[start..end];
        if is_keyword(name) || is_stop_word(name) {
            return None;
        }
        let known = self.longest_known(start).map(|(end, _)| end);
        if known != Some(end) && (known.is_some() || !self.options.open || builtins::some_starts_with(name)) {
            return None;
        }
        self.at = next;
        match self.slot(name) {
            Place::Slot(at) => Some(at),
            _ => None,
        }
    }

    /// A name that starts here: a variable, or a function that is called.
    pub(super) fn name(&mut self) -> Parsed<Node> {
        let start = self.at;
        if self.too_many_lookups() {
            let limit = limits::MAX_NAME_LOOKUPS;
            let message =
                format!("there are too many names: telling them apart takes more than {limit} comparisons");
            return self.fail(start, "feel.size", message, Some("split the expression".to_owned()));
        }
        if self.peek() == b'`' {
            return self.escaped_name();
        }
        let words = self.words_end(start);
        let known = self.longest_known(start).filter(|(end, _)| {
            // More words right after a known name belong to a longer, unknown one.
            *end >= words || self.text[*end..].starts_with(|c: char| !is_name_part(c) && !c.is_whitespace())
        });
        if let Some((end, found)) = known {
            self.at = end;
            if &self.text[start..end] == "?" {
                self.inputs += 1;
            }
            return self.found(found, start);
        }
        if let Some((end, builtin)) =
            builtins::longest(|name| self.match_name(start, name), &self.text[start..])
        {
            self.at = end;
            self.space()?;
            if self.peek() == b'(' {
                return self.builtin_call(builtin, start);
            }
            if end >= words {
                self.at = end;
                return self.builtin_value(builtin, start);
            }
        }
        if words == start {
            return self.unexpected("an expression");
        }
        self.at = words;
        let name = normalized(&self.text[start..words]);
        self.unknown(&name, start)
    }

    fn escaped_name(&mut self) -> Parsed<Node> {
        let start = self.at;
        let Some(length) = self.text[start + 1..].find('`') else {
            return self.fail(start, "feel.syntax", "the name has no closing '`'", None);
        };
        let name = &self.text[start + 1..start + 1 + length];
        self.at = start + length + 2;
        let frames = &self.scopes.frames;
        let entry = frames.iter().enumerate().rev().find_map(|(frame, inside)| {
            let entry = inside.entries.iter().rposition(|entry| match entry {
                Entry::Name { name: known, .. } | Entry::This { name: known } => **known == *name,
                Entry::Item { .. } => name == "item",
            })?;
            Some(Found::Entry { frame, entry })
        });
        match entry {
            Some(found) => self.found(found, start),
            None if self.options.names.contains(&name) => self.known_variable(name, start),
            None => self.unknown(name, start),
        }
    }

    fn known_variable(&mut self, name: &str, start: usize) -> Parsed<Node> {
        let place = self.slot(name);
        let outside = self.node(place.kind(), start)?;
        if !self.scopes.in_filter() {
            return Ok(outside);
        }
        self.filter_name(name.into(), None, Some(outside), start)
    }

    fn found(&mut self, found: Found<'o>, start: usize) -> Parsed<Node> {
        let (name, frame, entry): (Arc<str>, usize, usize) = match found {
            Found::Entry { frame, entry } => {
                let name = match &self.scopes.frames[frame].entries[entry] {
                    Entry::Name { name, .. } | Entry::This { name } => Arc::clone(name),
                    Entry::Item { .. } => "item".into(),
                };
                (name, frame, entry)
            }
            Found::Variable(name) => return self.known_variable(name, start),
            Found::Property(name) => return self.filter_name(name, None, None, start),
        };
        let place = match &mut self.scopes.frames[frame].entries[entry] {
            Entry::Name { local, used, .. } => {
                *used = true;
                Place::Local(*local)
            }
            Entry::Item { local } => Place::Local(*local),
            Entry::This { .. } => Place::This,
        };
        let place = self.scopes.seen_from_inside(frame, place);
        let outside = self.node(place.kind(), start)?;
        self.filter_name(name, Some((frame, entry)), Some(outside), start)
    }

    /// A name that may be an entry of an item of the filters between here and where it is bound.
    fn filter_name(
        &mut self,
        name: Arc<str>,
        bound: Option<(usize, usize)>,
        outside: Option<Node>,
        start: usize,
    ) -> Parsed<Node> {
        let mut items = Vec::new();
        if !self.scopes.in_filter()
            && let Some(node) = outside
        {
            return Ok(node);
        }
        for frame in (0..self.scopes.frames.len()).rev() {
            for entry in (0..self.scopes.frames[frame].entries.len()).rev() {
                let inside = match bound {
                    None => true,
                    Some((f, e)) => {
                        let itself = matches!(self.scopes.frames[f].entries[e], Entry::Item { .. });
                        (frame, entry) > (f, e) || itself && (frame, entry) == (f, e)
                    }
                };
                if let Entry::Item { local } = self.scopes.frames[frame].entries[entry]
                    && inside
                {
                    items.push((frame, local));
                }
            }
        }
        if items.is_empty() {
            return match outside {
                Some(node) => Ok(node),
                None => self.unexpected("a name"),
            };
        }
        let items = items
            .into_iter()
            .map(|(frame, local)| self.scopes.seen_from_inside(frame, Place::Local(local)))
            .collect();
        self.node(Kind::FilterName(Box::new(FilterName { name: name.into(), items, outside })), start)
    }

    fn slot(&mut self, name: &str) -> Place {
        let at = self.slots.iter().position(|slot| **slot == *name).unwrap_or_else(|| {
            self.slots.push(name.into());
            self.slots.len() - 1
        });
        self.scopes.seen_from_inside(0, Place::Slot(at as u32))
    }

    fn unknown(&mut self, name: &str, start: usize) -> Parsed<Node> {
        if name == "?" {
            self.inputs += 1;
        }
        if self.scopes.in_filter() {
            let outside = match self.options.open {
                true => {
                    let place = self.slot(name);
                    Some(self.node(place.kind(), start)?)
                }
                false => None,
            };
            return self.filter_name(name.into(), None, outside, start);
        }
        if self.options.open || name == "?" {
            let place = self.slot(name);
            return self.node(place.kind(), start);
        }
        let help = self.did_you_mean(name);
        self.fail(start, "feel.name", format!("there is no variable '{name}'"), help)
    }

    fn did_you_mean(&self, name: &str) -> Option<String> {
        let mut names: Vec<&str> = builtins::names().collect();
        names.extend(self.options.names);
        for entry in self.scopes.frames.iter().flat_map(|frame| &frame.entries) {
            if let Entry::Name { name, .. } = entry {
                names.push(name);
            }
        }
        nearest(name, names.into_iter()).map(|near| format!("did you mean '{near}'?"))
    }

    /// Help for a call of a function that does not exist.
    pub(super) fn did_you_mean_function(&self, name: &str) -> Option<String> {
        nearest(name, builtins::names()).map(|near| format!("did you mean '{near}'?"))
    }

    fn builtin_value(&mut self, builtin: &'static Builtin, start: usize) -> Parsed<Node> {
        let value = Value::Function(Arc::new(Function { kind: FunctionKind::Builtin(builtin) }));
        if self.scopes.in_filter() {
            let outside = if self.options.open {
                let place = self.slot(builtin.name);
                self.slot_or(place, value, start)?
            } else {
                self.node(Kind::Const(value), start)?
            };
            return self.filter_name(builtin.name.into(), None, Some(outside), start);
        }
        if self.options.open {
            let place = self.slot(builtin.name);
            return self.slot_or(place, value, start);
        }
        self.node(Kind::Const(value), start)
    }

    fn slot_or(&mut self, place: Place, builtin: Value, start: usize) -> Parsed<Node> {
        match place {
            Place::Slot(at) => self.node(Kind::SlotOr(at, builtin), start),
            Place::Captured(at) => self.node(Kind::CapturedOr(at, builtin), start),
            _ => self.node(Kind::Const(builtin), start),
        }
    }

    /// The name of a property after a dot.
    pub(super) fn property_name(&mut self) -> Parsed<Arc<str>> {
        self.space()?;
        let start = self.at;
        if self.peek() == b'`' {
            let Some(length) = self.text[start + 1..].find('`') else {
                return self.fail(start, "feel.syntax", "the name has no closing '`'", None);
            };
            self.at = start + length + 2;
            return Ok(self.text[start + 1..start + 1 + length].into());
        }
        let words = self.words_end(start);
        self.count_lookups(self.properties.len());
        let special = self.properties.iter().filter_map(|name| Some((self.match_name(start, name)?, name)));
        if let Some((end, name)) = special.max_by_key(|(end, _)| *end).filter(|(end, _)| *end >= words) {
            let name = Arc::clone(name);
            self.at = end;
            return Ok(name);
        }
        if words == start {
            return self.unexpected("the name of a property");
        }
        self.at = words;
        let text = &self.text[start..words];
        if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
            Ok(normalized(text).into())
        } else {
            Ok(text.into())
        }
    }
}
