//! The index of a decision table: which rules can match. Invariant: every matching rule is a candidate.
//!
//! Each column knows, for a value, the rules whose cell equals it (a hash map for strings, sorted lists for numbers
//! and dates), those whose range holds it (two sorted lists of bounds with bit sets at every 256th place), and those
//! that always have to be tested. When one column leaves few rules, these are tested one by one; else the columns' bit
//! sets are intersected.

use super::cell::is_scalar;
use super::{CellTest, InputColumn};
use feel::{Range, Value, order};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

/// Tables with fewer rules are scanned.
const MIN_RULES: usize = 8;
/// So few candidates of one column are tested one by one.
const FEW: usize = 48;
/// A bit set is kept for every so many bounds.
const STEP: usize = 256;

/// The index of a table.
#[derive(Debug, Default)]
pub(crate) struct Index {
    rules: usize,
    columns: Vec<Option<ColumnIndex>>,
}

/// Rules that can match.
pub(crate) struct Candidates {
    /// The rules, in order.
    pub rules: Vec<u32>,
    /// For every column, whether its cells are known to match.
    pub proven: Vec<bool>,
    /// How much work it was, in fuel.
    pub cost: u64,
}

/// A set of rules.
#[derive(Debug, Clone, PartialEq)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(rules: usize) -> Bits {
        Bits(vec![0; rules.div_ceil(64)])
    }

    fn all(rules: usize) -> Bits {
        let mut bits = Bits(vec![u64::MAX; rules.div_ceil(64)]);
        if !rules.is_multiple_of(64)
            && let Some(last) = bits.0.last_mut()
        {
            *last = (1 << (rules % 64)) - 1;
        }
        bits
    }

    #[inline]
    fn add(&mut self, rule: u32) {
        self.0[rule as usize / 64] |= 1 << (rule % 64);
    }

    fn and(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    fn or(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn rules(&self) -> Vec<u32> {
        let mut rules = Vec::new();
        for (at, word) in self.0.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                rules.push(at as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
        rules
    }
}

#[derive(Debug)]
struct ColumnIndex {
    /// Rules whose cell is `-` or has to be tested.
    wild: Vec<u32>,
    wild_bits: Bits,
    /// Whether no cell but `-` has to be tested.
    exact: bool,
    strings: FxHashMap<Arc<str>, Vec<u32>>,
    truths: [Vec<u32>; 2],
    nulls: Vec<u32>,
    ordered: Vec<Ordered>,
}

/// Cells against values of one ordered type.
#[derive(Debug)]
struct Ordered {
    kind: Discriminant<Value>,
    /// Values in order, with the rules that name them.
    equal: Vec<(Value, Vec<u32>)>,
    low: Bounds,
    high: Bounds,
}

/// Bounds in the order in which they let values pass, with the rules that have them.
#[derive(Debug)]
struct Bounds {
    entries: Vec<(Option<Value>, bool, u32)>,
    /// The rules of the first `STEP * n` entries.
    checkpoints: Vec<Bits>,
}

impl Index {
    /// The index of a table with these cells, given row by row.
    pub fn new(inputs: &[InputColumn], cells: &[u32], rules: usize) -> Index {
        if rules < MIN_RULES {
            return Index { rules, columns: inputs.iter().map(|_| None).collect() };
        }
        let columns = inputs.iter().enumerate().map(|(at, column)| {
            let tests = cells.iter().skip(at).step_by(inputs.len().max(1));
            ColumnIndex::new(tests.map(|test| &column.tests[*test as usize]), rules)
        });
        Index { rules, columns: columns.collect() }
    }

    /// The rules that can match these values.
    pub fn candidates(&self, values: &[Value]) -> Candidates {
        let mut proven = vec![false; values.len()];
        let useful = || {
            let pairs = self.columns.iter().zip(values).enumerate();
            pairs.filter_map(|(at, (column, value))| {
                column.as_ref().filter(|_| is_scalar(value)).map(|column| (at, column, value))
            })
        };
        let fewest = useful()
            .filter_map(|(at, column, value)| Some((at, column, value, column.count(value)?)))
            .min_by_key(|(_, _, _, count)| *count);
        if let Some((at, column, value, count)) = fewest
            && count <= FEW
        {
            proven[at] = column.exact;
            return Candidates { rules: column.few(value), proven, cost: count as u64 };
        }
        let mut bits = Bits::all(self.rules);
        let mut cost = 0;
        for (at, column, value) in useful() {
            bits.and(&column.bits(value, self.rules));
            proven[at] = column.exact;
            cost += (self.rules / 64) as u64;
        }
        Candidates { rules: bits.rules(), proven, cost }
    }
}

impl ColumnIndex {
    /// The index of a column, unless every rule has to be tested anyway.
    fn new<'t>(tests: impl Iterator<Item = &'t CellTest>, rules: usize) -> Option<ColumnIndex> {
        let mut index = ColumnIndex {
            wild: Vec::new(),
            wild_bits: Bits::none(rules),
            exact: true,
            strings: FxHashMap::default(),
            truths: [Vec::new(), Vec::new()],
            nulls: Vec::new(),
            ordered: Vec::new(),
        };
        for (rule, test) in tests.enumerate() {
            let rule = rule as u32;
            match test {
                CellTest::Tests { simple: Some(simple), .. } if indexable(simple) => {
                    simple.values.iter().for_each(|value| index.add_value(value, rule));
                    if let Some(range) = simple.ranges.first() {
                        index.add_range(range, rule);
                    }
                }
                test => {
                    index.exact &= matches!(test, CellTest::Any);
                    index.wild.push(rule);
                    index.wild_bits.add(rule);
                }
            }
        }
        index.ordered.iter_mut().for_each(|ordered| ordered.finish(rules));
        (index.wild.len() < rules).then_some(index)
    }

    fn add_value(&mut self, value: &Value, rule: u32) {
        let rules = match value {
            Value::String(text) => self.strings.entry(Arc::clone(text)).or_default(),
            Value::Bool(truth) => &mut self.truths[usize::from(*truth)],
            Value::Null => &mut self.nulls,
            value => return self.ordered(value).equal.push((value.clone(), vec![rule])),
        };
        if rules.last() != Some(&rule) {
            rules.push(rule);
        }
    }

    fn add_range(&mut self, range: &Range, rule: u32) {
        if let Some(end) = range.start.as_ref().or(range.end.as_ref()) {
            let ordered = self.ordered(end);
            ordered.low.entries.push((range.start.clone(), range.start_included, rule));
            ordered.high.entries.push((range.end.clone(), range.end_included, rule));
        }
    }

    fn ordered(&mut self, value: &Value) -> &mut Ordered {
        let kind = discriminant(value);
        let at = self.ordered.iter().position(|ordered| ordered.kind == kind).unwrap_or_else(|| {
            let bounds = || Bounds { entries: Vec::new(), checkpoints: Vec::new() };
            self.ordered.push(Ordered { kind, equal: Vec::new(), low: bounds(), high: bounds() });
            self.ordered.len() - 1
        });
        &mut self.ordered[at]
    }

    fn find_ordered(&self, value: &Value) -> Option<&Ordered> {
        self.ordered.iter().find(|ordered| ordered.kind == discriminant(value))
    }

    /// The rules whose cell equals the value.
    fn equal(&self, value: &Value) -> &[u32] {
        match value {
            Value::String(text) => self.strings.get(text).map_or(&[], Vec::as_slice),
            Value::Bool(truth) => &self.truths[usize::from(*truth)],
            Value::Null => &self.nulls,
            value => self.find_ordered(value).map_or(&[], |ordered| ordered.equal(value)),
        }
    }

    /// How many rules remain; `None` when ranges make it costly to tell.
    fn count(&self, value: &Value) -> Option<usize> {
        let ranges = self.find_ordered(value).is_some_and(|ordered| !ordered.low.entries.is_empty());
        (!ranges).then(|| self.wild.len() + self.equal(value).len())
    }

    /// The rules that remain, without ranges.
    fn few(&self, value: &Value) -> Vec<u32> {
        let mut rules = self.wild.clone();
        rules.extend_from_slice(self.equal(value));
        rules.sort_unstable();
        rules
    }

    /// The rules that remain.
    fn bits(&self, value: &Value, rules: usize) -> Bits {
        let mut bits = self.wild_bits.clone();
        self.equal(value).iter().for_each(|rule| bits.add(*rule));
        if let Some(ordered) = self.find_ordered(value)
            && !ordered.low.entries.is_empty()
        {
            let mut inside = ordered.low.passing(value, Ordering::Greater, rules);
            inside.and(&ordered.high.passing(value, Ordering::Less, rules));
            bits.or(&inside);
        }
        bits
    }
}

/// Whether the index can hold these tests: at most one range, and types with a total order.
fn indexable(simple: &super::cell::Simple) -> bool {
    let total = |value: &Value| {
        matches!(
            value,
            Value::Null
                | Value::Bool(_)
                | Value::String(_)
                | Value::Number(_)
                | Value::Date(_)
                | Value::YearMonthDuration(_)
                | Value::DayTimeDuration(_)
        )
    };
    let ends = simple.ranges.iter().flat_map(|range| range.start.iter().chain(&range.end));
    simple.ranges.len() <= 1 && simple.values.iter().chain(ends).all(total)
}

impl Ordered {
    fn finish(&mut self, rules: usize) {
        self.equal.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(Ordering::Equal));
        self.equal.dedup_by(|(later, more), (first, all)| {
            let same = order(later, first) == Some(Ordering::Equal);
            if same {
                all.extend(more.iter().copied());
                all.dedup();
            }
            same
        });
        self.low.finish(Ordering::Less, rules);
        self.high.finish(Ordering::Greater, rules);
    }

    fn equal(&self, value: &Value) -> &[u32] {
        let found = self.equal.binary_search_by(|(one, _)| order(one, value).unwrap_or(Ordering::Less));
        found.map_or(&[], |at| &self.equal[at].1)
    }
}

impl Bounds {
    /// Sorts unbounded ends first, then by value (`first` before others), then included before excluded.
    fn finish(&mut self, first: Ordering, rules: usize) {
        self.entries.sort_by(|(a, a_included, _), (b, b_included, _)| {
            let by_value = match (a, b) {
                (None, None) => Ordering::Equal,
                (None, _) => Ordering::Less,
                (_, None) => Ordering::Greater,
                (Some(a), Some(b)) => order(a, b).unwrap_or(Ordering::Equal),
            };
            let by_value = match (a, b) {
                (Some(_), Some(_)) if first == Ordering::Greater => by_value.reverse(),
                _ => by_value,
            };
            by_value.then(b_included.cmp(a_included))
        });
        let mut bits = Bits::none(rules);
        for (at, (_, _, rule)) in self.entries.iter().enumerate() {
            if at % STEP == 0 {
                self.checkpoints.push(bits.clone());
            }
            bits.add(*rule);
        }
        self.checkpoints.push(bits);
    }

    /// The rules whose bound lets the value pass: it is `beyond` the bound, or equals an included one.
    fn passing(&self, value: &Value, beyond: Ordering, rules: usize) -> Bits {
        let count = self.entries.partition_point(|(bound, included, _)| match bound {
            None => true,
            Some(bound) => match order(value, bound) {
                Some(Ordering::Equal) => *included,
                Some(found) => found == beyond,
                None => false,
            },
        });
        if count == self.entries.len() {
            return self.checkpoints.last().cloned().unwrap_or_else(|| Bits::none(rules));
        }
        let mut bits = self.checkpoints[count / STEP].clone();
        for (_, _, rule) in &self.entries[count - count % STEP..count] {
            bits.add(*rule);
        }
        bits
    }
}
