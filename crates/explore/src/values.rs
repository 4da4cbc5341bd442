//! What values of a variable make a difference: for each variable that an expression of the model reads, one value for
//! each way in which the expressions can come out.
//!
//! Values are found by trying: the literals of the expressions and a few of every type are put in, and those with which
//! every expression comes out the same count as one.

use feel::Value;
use record::Str;
use std::collections::BTreeMap;

/// Combinations of values that are tried on one expression.
const MAX_COMBINATIONS: usize = 20_000;
/// Values of one variable that are explored.
const MAX_VALUES: usize = 8;
/// Items of a list that is tried.
const MAX_LIST: usize = 20;
/// Fuel of one trial.
const FUEL: u64 = 100_000;

/// A variable, or a member of one: its name and the path to it.
pub(crate) type Path = Vec<Str>;

/// What an expression has to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Truth,
    List,
    Number,
    Text,
    Duration,
    Date,
    Cycle,
}

/// A variable that expressions read, by all names under which mappings hand it on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) paths: Vec<Path>,
    /// What it can be; none where no value decides the expressions.
    pub(crate) values: Vec<Value>,
}

/// An expression of the model.
pub(crate) struct Use {
    /// Its text.
    pub(crate) source: String,
    /// What it has to give.
    pub(crate) role: Role,
    /// The cells that it reads.
    pub(crate) cells: Vec<usize>,
    /// Under which of the cell's paths.
    pub(crate) paths: Vec<Path>,
    /// Some value of its cells decides it.
    pub(crate) decided: bool,
    /// Every value of its cells decides it in the same way, though it ought to be true for some and false for others.
    pub(crate) one_sided: bool,
    compiled: Option<feel::Expression>,
}

/// All variables of interest.
#[derive(Default)]
pub(crate) struct Cells {
    pub(crate) cells: Vec<Cell>,
    pub(crate) uses: Vec<Use>,
    by_path: BTreeMap<Path, usize>,
}

impl Cells {
    /// Notes an expression. Its number, or none where it reads no variable.
    pub(crate) fn read(&mut self, expression: &engine::Expression, role: Role) -> Option<usize> {
        let (compiled, paths) = match expression {
            engine::Expression::Text(_) => return None,
            engine::Expression::Variable(name) => (None, vec![vec![name.clone()]]),
            engine::Expression::Feel { compiled: known, .. } => {
                let options = feel::Options { open: true, ..feel::Options::default() };
                let compiled = feel::compile(known.source(), &options).ok()?;
                let paths = paths(&compiled);
                (Some(compiled), paths)
            }
        };
        if paths.is_empty() {
            return None;
        }
        let cells = paths.iter().map(|path| self.cell(path)).collect();
        let source = expression.source().to_owned();
        self.uses.push(Use { source, role, cells, paths, decided: false, one_sided: false, compiled });
        Some(self.uses.len() - 1)
    }

    /// Notes that a mapping hands one variable on as another.
    pub(crate) fn alias(&mut self, source: &engine::Expression, target: &[Str]) {
        let plain = match source {
            engine::Expression::Variable(name) => Some(vec![name.clone()]),
            engine::Expression::Feel { compiled: known, .. } => {
                let found = paths(known);
                let text: String = known.source().split_whitespace().collect();
                found.into_iter().find(|path| {
                    let joined: String = path.join(".").split_whitespace().collect();
                    joined == text
                })
            }
            engine::Expression::Text(_) => None,
        };
        let Some(from) = plain else { return };
        let (one, other) = (self.cell(&from), self.cell(&target.to_vec()));
        if one == other {
            return;
        }
        let moved = std::mem::take(&mut self.cells[other]);
        for path in &moved.paths {
            self.by_path.insert(path.clone(), one);
        }
        self.cells[one].paths.extend(moved.paths);
        for cell in self.uses.iter_mut().flat_map(|it| &mut it.cells).filter(|cell| **cell == other) {
            *cell = one;
        }
    }

    /// Notes that one variable gets all of its value from another.
    pub(crate) fn hand_on(&mut self, to: &Str, from: &Str) {
        for cell in &mut self.cells {
            let named: Vec<Path> = cell.paths.iter().filter(|path| path[0] == *to).cloned().collect();
            cell.paths.extend(named.into_iter().map(|mut path| {
                path[0] = from.clone();
                path
            }));
        }
    }

    fn cell(&mut self, path: &Path) -> usize {
        if let Some(&known) = self.by_path.get(path) {
            return known;
        }
        self.cells.push(Cell { paths: vec![path.clone()], values: Vec::new() });
        self.by_path.insert(path.clone(), self.cells.len() - 1);
        self.cells.len() - 1
    }

    /// Finds the values of every cell; `given` are those that the user wants to be tried, by dotted path.
    pub(crate) fn decide(&mut self, given: &[(Str, Vec<Value>)]) {
        let pools: Vec<Vec<Value>> = (0..self.cells.len()).map(|cell| self.pool(cell)).collect();
        let mut seen: Vec<BTreeMap<usize, Vec<Vec<Option<u8>>>>> = vec![BTreeMap::new(); self.cells.len()];
        for at in 0..self.uses.len() {
            self.try_out(at, &pools, &mut seen);
        }
        for (cell, pool) in pools.into_iter().enumerate() {
            let dotted = |path: &Path| path.join(".");
            let named = given
                .iter()
                .find(|(name, _)| self.cells[cell].paths.iter().any(|path| dotted(path) == **name));
            self.cells[cell].values = match named {
                Some((_, values)) => values.clone(),
                None => representatives(&pool, &seen[cell]),
            };
        }
        for at in 0..self.uses.len() {
            let cells = &self.cells;
            let has_values = self.uses[at].cells.iter().all(|cell| !cells[*cell].values.is_empty());
            self.uses[at].decided &= has_values;
        }
    }

    /// What a cell may be, before it is looked at what makes a difference.
    fn pool(&self, cell: usize) -> Vec<Value> {
        let mut texts: Vec<String> = Vec::new();
        for it in self.uses.iter().filter(|it| it.cells.contains(&cell)) {
            texts.extend(of_role(it.role).iter().map(|text| (*text).to_owned()));
        }
        for it in self.uses.iter().filter(|it| it.cells.contains(&cell)) {
            for literal in literals(&it.source) {
                match literal.starts_with('"') {
                    true => texts.extend([literal.clone(), format!("[{literal}]")]),
                    false if literal == "null" => texts.push(literal),
                    false => {
                        texts.extend([literal.clone(), format!("{literal} + 1"), format!("{literal} - 1")]);
                        if let Some(length) = literal.parse::<usize>().ok().filter(|it| *it <= MAX_LIST) {
                            texts.push(format!("for i in 1..{} return i", length + 1));
                        }
                    }
                }
            }
        }
        texts.extend(ANY.iter().map(|text| (*text).to_owned()));
        let temporal = |it: &Use| {
            ["date", "time", "duration", "now(", "today("].iter().any(|word| it.source.contains(word))
        };
        if self.uses.iter().any(|it| it.cells.contains(&cell) && temporal(it)) {
            texts.extend(TIMES.iter().map(|text| (*text).to_owned()));
        }
        let mut values: Vec<Value> = Vec::new();
        for text in texts {
            let Some(value) = constant(&text) else { continue };
            if !values.iter().any(|known| known.to_json() == value.to_json()) {
                values.push(value);
            }
        }
        values
    }

    /// Evaluates one expression with every combination of values, and notes how it came out for each value of each cell.
    fn try_out(
        &mut self,
        at: usize,
        pools: &[Vec<Value>],
        seen: &mut [BTreeMap<usize, Vec<Vec<Option<u8>>>>],
    ) {
        let cells = self.uses[at].cells.clone();
        let mut sizes: Vec<usize> = cells.iter().map(|cell| pools[*cell].len()).collect();
        // The first ones are the most telling.
        while sizes.iter().product::<usize>() > MAX_COMBINATIONS {
            let Some(largest) = sizes.iter_mut().max() else { break };
            *largest = *largest / 2 + 1;
            if sizes.iter().all(|size| *size <= 2) {
                return;
            }
        }
        let total: usize = sizes.iter().product();
        let mut outcomes: Vec<Option<u8>> = Vec::with_capacity(total);
        for number in 0..total {
            let chosen = digits(number, &sizes);
            let values: Vec<&Value> =
                cells.iter().zip(&chosen).map(|(cell, digit)| &pools[*cell][*digit]).collect();
            outcomes.push(self.uses[at].outcome(&values));
        }
        self.uses[at].decided = outcomes.iter().any(Option::is_some);
        let both = [0, 1].iter().all(|side| outcomes.contains(&Some(*side)));
        self.uses[at].one_sided = self.uses[at].role == Role::Truth && self.uses[at].decided && !both;
        if !self.uses[at].decided {
            return;
        }
        for (position, cell) in cells.iter().enumerate() {
            for value in 0..sizes[position] {
                let of_value = (0..total).filter(|number| digits(*number, &sizes)[position] == value);
                let column = of_value.map(|number| outcomes[number]).collect();
                seen[*cell].entry(value).or_default().push(column);
            }
        }
    }
}

impl Use {
    /// How the expression comes out, as far as that makes a difference; none where it gives nothing of use.
    pub(crate) fn outcome(&self, values: &[&Value]) -> Option<u8> {
        let mut roots: Vec<(Str, Value)> = Vec::new();
        for (path, value) in self.paths.iter().zip(values) {
            let below = roots.iter().position(|(name, _)| *name == path[0]);
            let old = below.map(|at| roots.remove(at).1);
            roots.push((path[0].clone(), place(old, &path[1..], (*value).clone())));
        }
        self.outcome_with(|name| {
            roots.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
        })
    }

    /// The same with the variables as they are.
    pub(crate) fn outcome_with(&self, mut variable: impl FnMut(&str) -> Option<Value>) -> Option<u8> {
        let value = match &self.compiled {
            None => variable(&self.paths[0][0])?,
            Some(compiled) => {
                let slots = compiled.bind(variable);
                let mut fuel = feel::Fuel::new(FUEL);
                let outcome = compiled.evaluate(&slots, &crate::environment(), &mut fuel);
                outcome.error.is_none().then_some(outcome.value)?
            }
        };
        let starts = |wanted: &[char]| {
            let text = value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_json().replace('"', ""));
            text.starts_with(wanted)
        };
        match self.role {
            Role::Truth => value.as_bool().map(u8::from),
            Role::List => value.as_list().map(|items| items.len().min(2) as u8),
            Role::Number => value.as_i64().map(|_| 0),
            Role::Text => (value.as_str().is_some() || value.as_number().is_some()).then_some(0),
            Role::Duration => starts(&['P', '-']).then_some(0),
            Role::Cycle => starts(&['R']).then_some(0),
            Role::Date => starts(&['1', '2']).then_some(0),
        }
    }
}

/// One value of each group that comes out the same everywhere, of the type with which most comes out at all.
fn representatives(pool: &[Value], seen: &BTreeMap<usize, Vec<Vec<Option<u8>>>>) -> Vec<Value> {
    let useful = |columns: &Vec<Vec<Option<u8>>>| columns.iter().flatten().filter(|it| it.is_some()).count();
    // By type: how often something came out, and for how many values that is.
    let mut types: Vec<(&str, usize, usize)> = Vec::new();
    for (value, columns) in seen {
        let name = pool[*value].type_name();
        match types.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, outcomes, values)) => (*outcomes, *values) = (*outcomes + useful(columns), *values + 1),
            None => types.push((name, useful(columns), 1)),
        }
    }
    let mut best: Option<(&str, usize, usize)> = None;
    for (name, outcomes, values) in types {
        if best.is_none_or(|(_, most, of)| outcomes * of > most * values) {
            best = Some((name, outcomes, values));
        }
    }
    let mut groups: Vec<&Vec<Vec<Option<u8>>>> = Vec::new();
    let mut values = Vec::new();
    for (value, columns) in seen {
        let typed = best.is_some_and(|(name, ..)| name == pool[*value].type_name());
        if useful(columns) > 0 && (typed || pool[*value].is_null()) && !groups.contains(&columns) {
            groups.push(columns);
            values.push(pool[*value].clone());
        }
    }
    values.truncate(MAX_VALUES);
    values
}

fn digits(mut number: usize, sizes: &[usize]) -> Vec<usize> {
    let mut digits = Vec::with_capacity(sizes.len());
    for size in sizes {
        digits.push(number % size);
        number /= size;
    }
    digits
}

/// A value at a path inside another.
pub(crate) fn place(below: Option<Value>, path: &[Str], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else { return value };
    let mut context = match below {
        Some(Value::Context(context)) => (*context).clone(),
        _ => feel::Context::new(),
    };
    let inner = place(context.get(first).cloned(), rest, value);
    context.insert(first.clone(), inner);
    Value::context(context)
}

/// What is at a path inside a value.
pub(crate) fn follow(value: Value, path: &[Str]) -> Option<Value> {
    path.iter().try_fold(value, |value, name| value.get(name).cloned())
}

/// Values of every type, where an expression says nothing else.
const ANY: &[&str] = &["true", "false", "0", "1", "2", "\"other\"", "[]", "[1, 2]"];

/// Values where an expression deals with time.
const TIMES: &[&str] =
    &["\"2020-01-01\"", "\"2100-01-01\"", "\"2020-01-01T00:00:00Z\"", "\"2100-01-01T00:00:00Z\"", "\"PT1H\""];

fn of_role(role: Role) -> &'static [&'static str] {
    match role {
        Role::Truth => &[],
        Role::List => &["[1, 2]", "[]"],
        Role::Number => &["2", "50"],
        Role::Text => &["\"a\""],
        Role::Duration => &["\"PT1H\""],
        Role::Date => &["\"2100-01-01T00:00:00Z\""],
        Role::Cycle => &["\"R2/PT1H\""],
    }
}

fn constant(text: &str) -> Option<Value> {
    let compiled = feel::compile(text, &feel::Options::default()).ok()?;
    let outcome = compiled.evaluate(&[], &crate::environment(), &mut feel::Fuel::new(FUEL));
    outcome.error.is_none().then_some(outcome.value)
}

/// Texts, numbers and nulls in an expression.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '0'..='9' => rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len()),
            _ if first.is_alphabetic() || first == '_' => name_length(rest),
            _ => first.len_utf8(),
        };
        let word = rest[..length].trim_end_matches('.');
        if first == '"' || first.is_ascii_digit() || word == "null" {
            found.push(word.to_owned());
        }
        rest = &rest[length..];
    }
    found
}

fn text_length(source: &str) -> usize {
    let mut escaped = false;
    for (at, c) in source.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    source.len()
}

fn name_length(source: &str) -> usize {
    source.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(source.len())
}

/// The free variables of an expression, each as far as members are named behind it.
fn paths(compiled: &feel::Expression) -> Vec<Path> {
    let source = compiled.source();
    let mut slots: Vec<&Str> = compiled.slots().iter().collect();
    slots.sort_by_key(|slot| std::cmp::Reverse(slot.len()));
    let mut found: Vec<Path> = Vec::new();
    let mut at = 0;
    let mut after_dot = false;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if first == '"' {
            at += text_length(rest);
        } else if first.is_alphabetic() || first == '_' {
            let slot = slots.iter().find(|slot| {
                rest.starts_with(&****slot)
                    && !rest[slot.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            });
            match slot.filter(|_| !after_dot) {
                Some(slot) => {
                    let mut path = vec![(*slot).clone()];
                    at += slot.len();
                    at += members(&source[at..], &mut path);
                    let called = source[at..].trim_start().starts_with('(');
                    if !called && !found.contains(&path) {
                        found.push(path);
                    }
                }
                None => at += name_length(rest),
            }
        } else {
            at += first.len_utf8();
        }
        after_dot = if first.is_whitespace() { after_dot } else { first == '.' };
    }
    // Where members of a variable are read, it is made of them.
    let prefixes: Vec<Path> = found.clone();
    found.retain(|path| !prefixes.iter().any(|longer| longer.len() > path.len() && longer.starts_with(path)));
    found
}

fn members(source: &str, path: &mut Path) -> usize {
    let mut at = 0;
    while let Some(rest) = source[at..].strip_prefix('.') {
        let length = name_length(rest);
        if length == 0 {
            break;
        }
        path.push(Str::from(&rest[..length]));
        at += length + 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(expressions: &[(&str, Role)]) -> Cells {
        let mut cells = Cells::default();
        for (text, role) in expressions {
            let options = feel::Options { open: true, ..feel::Options::default() };
            let compiled = feel::compile(text, &options).expect("FEEL");
            cells.read(&engine::Expression::Feel { compiled: Box::new(compiled), raises: false }, *role);
        }
        cells.decide(&[]);
        cells
    }

    fn values(cells: &Cells, path: &str) -> Vec<String> {
        let wanted: Path = path.split('.').map(Str::from).collect();
        let cell = cells.cells.iter().find(|cell| cell.paths.contains(&wanted)).expect("a cell");
        cell.values.iter().map(Value::to_json).collect()
    }

    #[test]
    fn each_way_to_come_out_has_one_value() {
        let cells = read(&[("amount > 100", Role::Truth), ("amount >= 1000", Role::Truth)]);
        assert_eq!(values(&cells, "amount"), ["100", "101", "1000"]);
        let cells = read(&[("order.kind = \"express\"", Role::Truth)]);
        assert_eq!(values(&cells, "order.kind").len(), 2);
        let cells = read(&[("approved", Role::Truth)]);
        assert_eq!(values(&cells, "approved"), ["true", "false"]);
    }

    #[test]
    fn several_variables_decide_together() {
        let cells = read(&[("not(done) and count(items) > 3", Role::Truth)]);
        assert_eq!(values(&cells, "done"), ["true", "false"]);
        let cells = read(&[("a > b", Role::Truth)]);
        assert!(cells.uses[0].decided);
        assert!(values(&cells, "a").len() >= 2);
    }

    #[test]
    fn what_is_expected_says_what_is_tried() {
        let cells = read(&[("documents", Role::List), ("key", Role::Text), ("within", Role::Duration)]);
        assert_eq!(values(&cells, "documents"), ["[1,2]", "[]"]);
        assert_eq!(values(&cells, "key"), ["\"a\""]);
        assert_eq!(values(&cells, "within"), ["\"PT1H\""]);
    }

    #[test]
    fn names_that_are_no_variables_are_none() {
        let cells = read(&[("some x in orders satisfies x.total > 5", Role::Truth)]);
        let paths: Vec<String> =
            cells.cells.iter().flat_map(|cell| &cell.paths).map(|path| path.join(".")).collect();
        assert_eq!(paths, ["orders"]);
        let cells = read(&[("contains(text, \"a.b(c\")", Role::Truth)]);
        assert_eq!(cells.cells.len(), 1);
        assert!(values(&cells, "text").contains(&"\"a.b(c\"".to_owned()));
    }
}
