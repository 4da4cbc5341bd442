//! When timers fire: what an expression gives, read as [`bpmn::timer`] says.

use crate::compile::TimerModel;
use crate::expression::{Evaluator, Expression, Failure};
use crate::variables::Scopes;
use bpmn::timer::{Firings, after, cycle};
pub(crate) use bpmn::timer::{moment, next};
use feel::Value;
use record::{Event, Key, Str};

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The first firing, milliseconds since 1970.
    pub due: i64,
    /// Firings after the first; -1 without end.
    pub repetitions: i32,
    /// The cycle's text; empty for a single firing.
    pub cycle: Str,
}

impl Plan {
    /// The timer of a start event.
    pub(crate) fn scheduled(self, key: Key, definition: Key, ordinal: u32) -> Event {
        let Plan { due, repetitions, cycle } = self;
        Event::StartTimerScheduled { key, definition, ordinal, due, repetitions, cycle }
    }
}

/// How a moment is written.
pub(crate) const MOMENT: &str = "2026-01-31T09:00:00Z";

impl TimerModel {
    /// A token would wait for ever.
    pub(crate) fn never(&self) -> Failure {
        let (TimerModel::Date(text) | TimerModel::Duration(text) | TimerModel::Cycle(text)) = self;
        let sentence = format!(
            "The cycle of the expression '{}' has no repetitions, so this event would never occur. Write one such as R1/PT10S.",
            text.source()
        );
        text.failure(sentence, &[])
    }
}

/// Evaluates when a timer fires; none for a cycle of no repetitions.
pub(crate) fn plan(
    model: &TimerModel,
    scopes: &Scopes<'_>,
    with: &mut Evaluator,
    now: i64,
) -> Result<Option<Plan>, Failure> {
    let (expression, kind, expected): (&Expression, &str, &str) = match model {
        TimerModel::Date(text) => (text, "date-time", "DATE_TIME, STRING"),
        TimerModel::Duration(text) => (text, "duration", "DURATION, PERIOD, STRING"),
        TimerModel::Cycle(text) => (text, "cycle", "STRING"),
    };
    let (value, warnings) = expression.evaluate(scopes, with)?;
    let text = match (&value, model) {
        (Value::String(text), _) => text.to_string(),
        (Value::DateTime(_), TimerModel::Date(_))
        | (Value::DayTimeDuration(_) | Value::YearMonthDuration(_), TimerModel::Duration(_)) => {
            value.to_json().trim_matches('"').to_owned()
        }
        _ => return Err(expression.wrong_type(expected, &value, &warnings)),
    };
    let once = |due| Some(Plan { due, repetitions: 0, cycle: Str::from("") });
    let again = |it: Firings| Plan { due: it.due, repetitions: it.repetitions, cycle: Str::from(&*it.cycle) };
    let found = match model {
        TimerModel::Date(_) => moment(&text).map(once),
        TimerModel::Duration(_) => after(now, &text).map(once),
        TimerModel::Cycle(_) => cycle(&text, now).map(|found| found.map(again)),
    };
    found.ok_or_else(|| {
        let example = match model {
            TimerModel::Date(_) => MOMENT,
            TimerModel::Duration(_) => "PT15M",
            TimerModel::Cycle(_) => "R3/PT10S or 0 0 9 * * MON-FRI",
        };
        expression.bad_format(kind, &text, example, &warnings)
    })
}
