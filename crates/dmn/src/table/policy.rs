//! Hit policies: one result of several matching rules.

use super::Table;
use crate::eval::warn;
use crate::model::{Aggregation, HitPolicy};
use feel::{Run, Stop, Value};

impl Table {
    /// The result of the matching rules; there is at least one.
    pub(super) fn hit(
        &self,
        rules: &[u32],
        mut outputs: Vec<Vec<Value>>,
        run: &mut Run<'_>,
    ) -> Result<Value, Stop> {
        match self.policy {
            HitPolicy::Unique if outputs.len() > 1 => {
                let message = format!("the hit policy is UNIQUE, but the rules {} match", listed(rules));
                warn(run, &self.label, "dmn.hit-policy.unique", message);
                Ok(Value::Null)
            }
            HitPolicy::Any if outputs.iter().any(|one| !same(one, &outputs[0])) => {
                let message = format!(
                    "the hit policy is ANY, but the matching rules {} have different outputs",
                    listed(rules)
                );
                warn(run, &self.label, "dmn.hit-policy.any", message);
                Ok(Value::Null)
            }
            HitPolicy::Unique | HitPolicy::Any | HitPolicy::First => Ok(self.result(outputs.swap_remove(0))),
            HitPolicy::Priority => {
                let best = (0..outputs.len()).min_by_key(|at| self.priority(&outputs[*at])).unwrap_or(0);
                Ok(self.result(outputs.swap_remove(best)))
            }
            HitPolicy::OutputOrder => {
                outputs.sort_by_cached_key(|one| self.priority(one));
                Ok(self.all(outputs))
            }
            HitPolicy::RuleOrder | HitPolicy::Collect(Aggregation::List) => Ok(self.all(outputs)),
            HitPolicy::Collect(aggregation) => self.aggregate(aggregation, outputs, run),
        }
    }

    fn all(&self, outputs: Vec<Vec<Value>>) -> Value {
        Value::list(outputs.into_iter().map(|one| self.result(one)).collect())
    }

    /// The positions of the outputs in their lists of values; values that are not listed come last.
    fn priority(&self, values: &[Value]) -> Vec<usize> {
        let positions =
            self.outputs.iter().zip(values).map(|(output, value)| {
                output.values.iter().position(|one| one == value).unwrap_or(usize::MAX)
            });
        positions.collect()
    }

    fn aggregate(
        &self,
        aggregation: Aggregation,
        outputs: Vec<Vec<Value>>,
        run: &mut Run<'_>,
    ) -> Result<Value, Stop> {
        if aggregation == Aggregation::Count {
            return Ok(Value::from(outputs.len() as i64));
        }
        if self.outputs.len() != 1 {
            let message = "an aggregation needs a table with exactly one output".to_owned();
            warn(run, &self.label, "dmn.hit-policy.aggregation", message);
            return Ok(Value::Null);
        }
        let values = Value::list(outputs.into_iter().flatten().collect());
        match &self.aggregate {
            Some(expression) => expression.evaluate_in(&[Some(values)], run),
            None => Ok(Value::Null),
        }
    }
}

fn same(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// The numbers of rules, for a message.
fn listed(rules: &[u32]) -> String {
    let numbers: Vec<String> = rules.iter().take(10).map(|rule| (rule + 1).to_string()).collect();
    let more = if rules.len() > 10 { ", ..." } else { "" };
    format!("{}{more}", numbers.join(", "))
}
