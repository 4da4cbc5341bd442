//! Rules that provably match the same inputs. Invariant: what is reported is proven; not everything is found.

use super::cell::Simple;
use super::{CellTest, Table};
use crate::limits;
use feel::Value;
use std::collections::HashMap;

impl Table {
    /// Pairs of rules, from 0, that match a common input, at most [`limits::MAX_OVERLAPS`] of them.
    pub fn overlaps(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut budget = limits::MAX_RULE_PAIRS;
        let groups = self.groups();
        for group in &groups {
            for (at, first) in group.iter().enumerate() {
                for second in &group[at + 1..] {
                    if budget == 0 || found.len() >= limits::MAX_OVERLAPS {
                        return found;
                    }
                    budget -= 1;
                    let pair = (*first.min(second), *first.max(second));
                    if self.overlap(pair.0, pair.1) && !found.contains(&pair) {
                        found.push(pair);
                    }
                }
            }
        }
        found
    }

    /// Rules that may overlap: those with a common string in the column that has most of them.
    fn groups(&self) -> Vec<Vec<usize>> {
        let by_column = (0..self.inputs.len()).map(|column| {
            let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
            let mut rest = Vec::new();
            for rule in 0..self.rules.len() {
                match self.strings(rule, column) {
                    Some(texts) => {
                        texts.into_iter().for_each(|text| groups.entry(text).or_default().push(rule))
                    }
                    None => rest.push(rule),
                }
            }
            (groups, rest)
        });
        let Some((groups, rest)) = by_column.max_by_key(|(groups, _)| groups.len()) else {
            return vec![(0..self.rules.len()).collect()];
        };
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        groups.sort();
        groups.iter_mut().for_each(|group| group.extend(&rest));
        if groups.is_empty() {
            groups.push(rest);
        }
        groups
    }

    /// The strings that a cell is about, when it is about nothing else.
    fn strings(&self, rule: usize, column: usize) -> Option<Vec<&str>> {
        let simple = self.simple(rule, column)??;
        let texts: Option<Vec<&str>> = simple.values.iter().map(Value::as_str).collect();
        texts.filter(|_| simple.ranges.is_empty())
    }

    /// The simple form of a cell: `None` when there is none, `Some(None)` for `-`.
    fn simple(&self, rule: usize, column: usize) -> Option<Option<&Simple>> {
        match &self.inputs[column].tests[self.cells[rule * self.inputs.len() + column] as usize] {
            CellTest::Any => Some(None),
            CellTest::Tests { simple, .. } => simple.as_ref().map(Some),
        }
    }

    fn overlap(&self, first: usize, second: usize) -> bool {
        (0..self.inputs.len()).all(|column| match (self.simple(first, column), self.simple(second, column)) {
            (Some(Some(a)), Some(Some(b))) => a.overlaps(b),
            (Some(None), Some(None)) => true,
            (Some(Some(one)), Some(None)) | (Some(None), Some(Some(one))) => one.overlaps(one),
            _ => false,
        })
    }
}
