//! Filters, `for`, `some` and `every`.

use super::State;
use crate::limits;
use crate::node::{Filter, For, Iteration, Kind, Node, Quantified};
use crate::range::RangeForm;
use crate::run::{LimitError, Stop};
use crate::temporal::Date;
use crate::value::{List, Value};
use std::sync::Arc;

/// What an iteration runs over.
enum Items {
    List(Arc<List>),
    Integers(i64, i64),
    Days(i64, i64),
}

impl Items {
    fn get(&self, at: u64) -> Option<Value> {
        let step = |from: i64, to: i64| {
            let distance = (to as i128 - from as i128).unsigned_abs();
            let value = if to >= from { from as i128 + at as i128 } else { from as i128 - at as i128 };
            (at as u128 <= distance).then_some(value as i64)
        };
        match self {
            Items::List(list) => list.get(at as usize).cloned(),
            Items::Integers(from, to) => step(*from, *to).map(Value::from),
            Items::Days(from, to) => step(*from, *to).and_then(Date::from_epoch_days).map(Value::Date),
        }
    }
}

/// The results of a `for` so far; they are shared only when its body looks at them.
enum Results {
    Own(List),
    Shared(Arc<List>),
}

impl Results {
    fn new(shared: bool) -> Results {
        let empty = List::new(Vec::new());
        if shared { Results::Shared(Arc::new(empty)) } else { Results::Own(empty) }
    }

    fn list(&self) -> &List {
        match self {
            Results::Own(list) => list,
            Results::Shared(list) => list,
        }
    }

    fn share(&self) -> Value {
        match self {
            Results::Own(_) => Value::Null,
            Results::Shared(list) => Value::List(Arc::clone(list)),
        }
    }

    /// How many items the next push copies, because someone kept the results.
    fn copies(&self) -> u64 {
        match self {
            Results::Shared(list) if Arc::strong_count(list) > 1 => list.len() as u64,
            _ => 0,
        }
    }

    fn push(&mut self, value: Value) {
        match self {
            Results::Own(list) => list.push(value),
            Results::Shared(list) => Arc::make_mut(list).push(value),
        }
    }

    fn into_list(self) -> Arc<List> {
        match self {
            Results::Own(list) => Arc::new(list),
            Results::Shared(list) => list,
        }
    }
}

impl State<'_, '_, '_> {
    pub(super) fn filter(&mut self, node: &Node, filter: &Filter) -> Result<Value, Stop> {
        let list = match self.eval(&filter.list)? {
            Value::List(list) => list,
            Value::Null => return self.null(node, "feel.filter", || "null cannot be filtered".to_owned()),
            other => Arc::new(List::new(vec![other])),
        };
        if let Some(Value::Number(number)) = filter.condition.constant() {
            return self.item_at(node, &list, number.truncate().as_i64());
        }
        let boolean = matches!(filter.condition.kind, Kind::Compare(..) | Kind::And(_) | Kind::Or(_));
        let base = self.locals.len();
        debug_assert_eq!(base, filter.item as usize);
        if list.is_empty() && !boolean {
            // Only the condition's value tells an index from a test.
            self.locals.push(Value::Null);
            let condition = self.quietly(&filter.condition)?;
            self.locals.truncate(base);
            if let Value::Number(number) = condition {
                return self.item_at(node, &list, number.truncate().as_i64());
            }
        }
        let mut kept = Vec::new();
        for (at, item) in list.iter().enumerate() {
            self.locals.push(item.clone());
            let keep = if boolean {
                self.condition(&filter.condition)? == Some(true)
            } else {
                match self.eval(&filter.condition)? {
                    Value::Bool(keep) => keep,
                    Value::Number(number) if at == 0 => {
                        self.locals.truncate(base);
                        return self.item_at(node, &list, number.truncate().as_i64());
                    }
                    Value::Null => false,
                    other => {
                        let found = other.type_name();
                        self.null(&filter.condition, "feel.type", || {
                            format!("expected a boolean, found a {found}")
                        })?;
                        false
                    }
                }
            };
            self.locals.truncate(base);
            if keep {
                kept.push(item.clone());
            }
        }
        self.run.list(kept)
    }

    fn item_at(&mut self, node: &Node, list: &List, index: Option<i64>) -> Result<Value, Stop> {
        let found = match index {
            Some(index) if index > 0 => list.get(index as usize - 1),
            Some(index) if index < 0 => usize::try_from(index.unsigned_abs())
                .ok()
                .and_then(|back| list.len().checked_sub(back))
                .map(|at| &list[at]),
            _ => None,
        };
        match found {
            Some(item) => Ok(item.clone()),
            None => {
                let length = list.len();
                self.null(node, "feel.index", || format!("no such item in a list of {length}"))
            }
        }
    }

    /// The items of an iteration; `None`, with the reason recorded, when there are none to run over.
    fn items(&mut self, iteration: &Iteration) -> Result<Option<Items>, Stop> {
        let from = self.eval(&iteration.from)?;
        let pair = match &iteration.to {
            Some(to) => Some((from, self.eval(to)?)),
            None => match from {
                Value::List(list) => return Ok(Some(Items::List(list))),
                Value::Null => None,
                Value::Range(range) => match (&range.start, &range.end) {
                    (Some(_), Some(_)) if range.form == RangeForm::Interval => {
                        return Ok(self.range_items(iteration, &range));
                    }
                    _ => None,
                },
                other => return Ok(Some(Items::List(Arc::new(List::new(vec![other]))))),
            },
        };
        let items = match &pair {
            Some((Value::Number(from), Value::Number(to))) => {
                from.as_i64().zip(to.as_i64()).map(|(from, to)| Items::Integers(from, to))
            }
            Some((Value::Date(from), Value::Date(to))) => {
                Some(Items::Days(from.epoch_days(), to.epoch_days()))
            }
            _ => None,
        };
        if items.is_none() {
            self.cannot_iterate(iteration);
        }
        Ok(items)
    }

    #[cold]
    fn cannot_iterate(&mut self, iteration: &Iteration) {
        let message = "expected a list, or a range of integers or dates".to_owned();
        self.warn(&iteration.from, "feel.iteration", message);
    }

    fn range_items(&mut self, iteration: &Iteration, range: &crate::range::Range) -> Option<Items> {
        let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64);
        let day = |value: &Option<Value>| match value {
            Some(Value::Date(date)) => Some(date.epoch_days()),
            _ => None,
        };
        let integers = number(&range.start).zip(number(&range.end));
        let ends =
            integers.or_else(|| day(&range.start).zip(day(&range.end))).filter(|(from, to)| from <= to);
        let ends = ends.and_then(|(from, to)| {
            let from = from.checked_add(!range.start_included as i64)?;
            Some((from, to.checked_sub(!range.end_included as i64)?))
        });
        match ends {
            Some((from, to)) if from > to => Some(Items::List(Arc::default())),
            Some((from, to)) if integers.is_some() => Some(Items::Integers(from, to)),
            Some((from, to)) => Some(Items::Days(from, to)),
            None => {
                self.cannot_iterate(iteration);
                None
            }
        }
    }

    pub(super) fn for_each(&mut self, node: &Node, each: &For) -> Result<Value, Stop> {
        let base = self.locals.len();
        debug_assert_eq!(base, each.partial as usize);
        self.locals.push(Value::Null);
        let mut results = Results::new(each.uses_partial);
        let complete = self.for_level(each, 0, &mut results)?;
        self.locals.truncate(base);
        if !complete {
            return self
                .null(node, "feel.iteration", || "one of the iterations has nothing to run over".to_owned());
        }
        self.run.sized(Value::List(results.into_list()))
    }

    fn for_level(&mut self, each: &For, level: usize, results: &mut Results) -> Result<bool, Stop> {
        let iteration = &each.iterations[level];
        let Some(items) = self.items(iteration)? else {
            return Ok(false);
        };
        let last = level + 1 == each.iterations.len();
        let mut at = 0;
        while let Some(item) = items.get(at) {
            at += 1;
            self.run.charge(1)?;
            self.locals.push(item);
            if !last {
                if !self.for_level(each, level + 1, results)? {
                    return Ok(false);
                }
            } else if each.uses_partial {
                let partial = each.partial as usize;
                self.locals[partial] = results.share();
                let value = self.eval(&each.body)?;
                self.locals[partial] = Value::Null;
                self.run.charge(results.copies())?;
                results.push(value);
            } else {
                let value = self.eval(&each.body)?;
                results.push(value);
            }
            self.locals.pop();
            if results.list().depth() > limits::MAX_VALUE_DEPTH {
                return self.run.stop(LimitError::Depth { limit: limits::MAX_VALUE_DEPTH as u32 });
            }
            if results.list().weight() > limits::MAX_VALUE_WEIGHT {
                return self
                    .run
                    .stop(LimitError::Size { what: "list", limit: limits::MAX_VALUE_WEIGHT as u64 });
            }
        }
        Ok(true)
    }

    pub(super) fn quantified(&mut self, node: &Node, quantified: &Quantified) -> Result<Value, Stop> {
        let base = self.locals.len();
        let mut unknown = false;
        let decided = self.quantified_level(quantified, 0, &mut unknown)?;
        self.locals.truncate(base);
        match decided {
            Some(true) => Ok(Value::Bool(!quantified.every)),
            Some(false) if unknown => {
                self.null(node, "feel.type", || "the condition is null for an item".to_owned())
            }
            Some(false) => Ok(Value::Bool(quantified.every)),
            None => self
                .null(node, "feel.iteration", || "one of the iterations has nothing to run over".to_owned()),
        }
    }

    /// Whether a deciding item was found; `None` when there is nothing to run over.
    fn quantified_level(
        &mut self,
        quantified: &Quantified,
        level: usize,
        unknown: &mut bool,
    ) -> Result<Option<bool>, Stop> {
        let Some(items) = self.items(&quantified.iterations[level])? else {
            return Ok(None);
        };
        let last = level + 1 == quantified.iterations.len();
        let mut at = 0;
        while let Some(item) = items.get(at) {
            at += 1;
            self.run.charge(1)?;
            self.locals.push(item);
            if last {
                match self.condition(&quantified.condition)? {
                    Some(value) if value != quantified.every => return Ok(Some(true)),
                    Some(_) => {}
                    None => *unknown = true,
                }
            } else {
                match self.quantified_level(quantified, level + 1, unknown)? {
                    Some(false) => {}
                    other => return Ok(other),
                }
            }
            self.locals.pop();
        }
        Ok(Some(false))
    }
}
