//! What an evaluation is given, counts and reports. Invariant: the same expression, values, [`Env`] and fuel give
//! the same outcome on every machine.

use crate::builtins::regexes::Pattern;
use crate::diagnostic::position;
use crate::limits;
use crate::temporal::Zone;
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

/// The world as an evaluation sees it.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// The time of `now()`, in milliseconds since the epoch, UTC.
    pub now: i64,
    /// The zone of `now()` and `today()`.
    pub zone: Zone,
    /// What `random number()` and `uuid()` start from.
    pub seed: u64,
}

impl Default for Env {
    fn default() -> Env {
        Env { now: 0, zone: Zone::UTC, seed: 0 }
    }
}

/// A budget of evaluation steps, counted down.
#[derive(Clone, Debug)]
pub struct Fuel {
    pub(crate) remaining: u64,
    limit: u64,
}

impl Fuel {
    /// So many steps.
    pub fn new(limit: u64) -> Fuel {
        Fuel { remaining: limit, limit }
    }

    /// The steps that are left.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// The steps that were taken.
    pub fn used(&self) -> u64 {
        self.limit - self.remaining
    }

    /// Takes steps; `false`, and nothing is left, when there are not enough.
    pub fn take(&mut self, steps: u64) -> bool {
        let enough = steps <= self.remaining;
        self.remaining = self.remaining.saturating_sub(steps);
        enough
    }
}

impl Default for Fuel {
    fn default() -> Fuel {
        Fuel::new(limits::DEFAULT_FUEL)
    }
}

/// What an evaluation gives.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The value; `null` when there is an error.
    pub value: Value,
    /// Why something became `null`, in the order it happened.
    pub warnings: Vec<Warning>,
    /// The limit that ended the evaluation, if one did.
    pub error: Option<LimitError>,
}

/// Why a sub-expression became `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The sub-expression's text.
    pub expression: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// A stable code, such as `feel.type`.
    pub code: &'static str,
    /// The reason.
    pub message: String,
}

impl Warning {
    /// Whether the FEEL engine of Camunda 8 breaks the evaluation off for this reason, where the standard has null.
    pub fn is_exception(&self) -> bool {
        matches!(self.code, "feel.method" | "feel.position")
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {} [{}]", self.line, self.column, self.expression, self.message, self.code)
    }
}

/// The limit, or the failed assertion, that ended an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitError {
    /// All fuel was used.
    Fuel {
        /// The fuel at the start.
        limit: u64,
    },
    /// Function calls or values nested too deeply.
    Depth {
        /// The depth allowed.
        limit: u32,
    },
    /// A string, list or value grew too large.
    Size {
        /// What grew.
        what: &'static str,
        /// The size allowed.
        limit: u64,
    },
    /// A regular expression is too costly to build.
    Regex {
        /// The steps allowed.
        limit: u64,
    },
    /// `assert` failed.
    Assertion {
        /// What the expression says about it.
        message: String,
    },
}

impl LimitError {
    /// A stable code, such as `feel.fuel`.
    pub fn code(&self) -> &'static str {
        match self {
            LimitError::Fuel { .. } => "feel.fuel",
            LimitError::Depth { .. } => "feel.depth",
            LimitError::Size { .. } => "feel.size",
            LimitError::Regex { .. } => "feel.regex",
            LimitError::Assertion { .. } => "feel.assertion",
        }
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitError::Fuel { limit } => write!(f, "the evaluation took more than {limit} steps"),
            LimitError::Depth { limit } => write!(f, "the evaluation nested deeper than {limit}"),
            LimitError::Size { what, limit } => write!(f, "a {what} grew beyond {limit}"),
            LimitError::Regex { limit } => {
                write!(f, "a regular expression takes more than {limit} steps to build")
            }
            LimitError::Assertion { message } => write!(f, "assertion failed: {message}"),
        }
    }
}

impl std::error::Error for LimitError {}

/// An evaluation came to its end; the reason is in the [`Run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// The value of one sub-expression, from explain mode.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The sub-expression's text.
    pub expression: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// Its value; `null` when a limit ended the evaluation in it.
    pub value: Value,
    /// The parts that were evaluated, in the order of evaluation.
    pub children: Vec<Explained>,
}

/// One evaluation in progress: the world, the fuel, the warnings.
pub struct Run<'e> {
    pub(crate) env: &'e Env,
    pub(crate) fuel: &'e mut Fuel,
    pub(crate) depth: u32,
    pub(crate) random: u64,
    /// What most evaluations never need, so that starting and ending one is cheap.
    extra: Option<Box<Extra>>,
}

/// What only evaluations need that warn, fail, match patterns or are explained.
#[derive(Default)]
pub(crate) struct Extra {
    warnings: Vec<Warning>,
    /// Where each warning came from: source, offset, code. A place warns once.
    warned: Vec<(usize, u32, &'static str)>,
    /// How often there was a reason to warn.
    reasons: u64,
    error: Option<LimitError>,
    /// The last patterns and flags that were compiled.
    pub regexes: Vec<(Arc<str>, Arc<str>, Arc<Pattern>)>,
    /// The regular expression of the call at hand, when it was compiled with the expression.
    pub prepared: Option<Arc<Pattern>>,
    pub trace: Option<Vec<Explained>>,
}

impl<'e> Run<'e> {
    /// A run in this world with this fuel.
    pub fn new(env: &'e Env, fuel: &'e mut Fuel) -> Run<'e> {
        Run { env, fuel, depth: 0, random: env.seed, extra: None }
    }

    pub(crate) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// How often there was a reason to warn.
    pub(crate) fn reasons(&self) -> u64 {
        self.extra.as_ref().map_or(0, |extra| extra.reasons)
    }

    /// The world of this run.
    pub fn env(&self) -> &Env {
        self.env
    }

    /// Ends the run and gives its outcome.
    pub fn finish(self, value: Result<Value, Stop>) -> Outcome {
        self.finish_with(value.unwrap_or_default())
    }

    #[inline]
    pub(crate) fn finish_with(self, value: Value) -> Outcome {
        match self.extra {
            None => Outcome { value, warnings: Vec::new(), error: None },
            Some(extra) => Outcome { value, warnings: extra.warnings, error: extra.error },
        }
    }

    /// The warnings so far.
    pub fn warnings(&self) -> &[Warning] {
        self.extra.as_ref().map_or(&[], |extra| &extra.warnings)
    }

    /// Takes the warnings so far.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        match &mut self.extra {
            None => Vec::new(),
            Some(extra) => {
                extra.warned.clear();
                std::mem::take(&mut extra.warnings)
            }
        }
    }

    /// The limit that stopped this run.
    pub fn error(&self) -> Option<&LimitError> {
        self.extra.as_ref()?.error.as_ref()
    }

    /// Takes fuel.
    #[inline]
    pub fn charge(&mut self, steps: u64) -> Result<(), Stop> {
        match self.fuel.remaining.checked_sub(steps) {
            Some(rest) => {
                self.fuel.remaining = rest;
                Ok(())
            }
            None => self.out_of_fuel(),
        }
    }

    #[cold]
    fn out_of_fuel(&mut self) -> Result<(), Stop> {
        self.fuel.remaining = 0;
        let limit = self.fuel.limit;
        self.stop(LimitError::Fuel { limit })
    }

    /// Stops the run.
    #[cold]
    pub fn stop<T>(&mut self, error: LimitError) -> Result<T, Stop> {
        self.extra().error.get_or_insert(error);
        Err(Stop)
    }

    /// Enters `levels` more levels of evaluation; the caller subtracts them again.
    pub(crate) fn enter(&mut self, levels: u32) -> Result<(), Stop> {
        self.depth += levels;
        if self.depth <= limits::MAX_EVALUATION_DEPTH {
            return Ok(());
        }
        self.depth -= levels;
        self.stop(LimitError::Depth { limit: limits::MAX_EVALUATION_DEPTH })
    }

    /// Calls back deeper in the call stack, with twenty levels of depth counted.
    pub fn nested<T>(&mut self, call: impl FnOnce(&mut Run<'e>) -> Result<T, Stop>) -> Result<T, Stop> {
        self.nested_by(20, call)
    }

    /// Calls back deeper in the call stack, with so many levels of depth counted; one level is a nested expression.
    pub fn nested_by<T>(
        &mut self,
        levels: u32,
        call: impl FnOnce(&mut Run<'e>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        self.enter(levels)?;
        let result = call(self);
        self.depth -= levels;
        result
    }

    /// Whether a place has a new reason to warn; counts it in any case.
    #[cold]
    pub(crate) fn wants_warning(&mut self, source: &str, start: u32, code: &'static str) -> bool {
        let extra = self.extra();
        extra.reasons += 1;
        let place = (source.as_ptr() as usize, start, code);
        if extra.warnings.len() >= limits::MAX_WARNINGS || extra.warned.contains(&place) {
            return false;
        }
        extra.warned.push(place);
        true
    }

    /// Records why something is `null`; the same place and code are recorded once.
    #[cold]
    pub fn warn(&mut self, source: &str, start: u32, end: u32, code: &'static str, message: String) {
        if self.wants_warning(source, start, code) {
            self.add_warning(source, start, end, code, message);
        }
    }

    pub(crate) fn add_warning(
        &mut self,
        source: &str,
        start: u32,
        end: u32,
        code: &'static str,
        message: String,
    ) {
        let (line, column) = position(source, start as usize);
        let text = source.get(start as usize..end as usize).unwrap_or("");
        let expression = match text.char_indices().nth(120) {
            Some((cut, _)) => format!("{}…", &text[..cut]),
            None => text.to_owned(),
        };
        self.extra().warnings.push(Warning { expression, line, column, code, message });
    }

    /// The next number of the run's own sequence (SplitMix64).
    pub(crate) fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// Checks the limits of a list and makes it a value.
    pub fn list(&mut self, items: Vec<Value>) -> Result<Value, Stop> {
        if items.len() > limits::MAX_LIST_ITEMS {
            return self.stop(LimitError::Size { what: "list", limit: limits::MAX_LIST_ITEMS as u64 });
        }
        self.sized(Value::list(items))
    }

    /// Checks the limits of a string and makes it a value.
    pub(crate) fn string(&mut self, text: String) -> Result<Value, Stop> {
        if text.len() > limits::MAX_STRING_BYTES {
            return self.stop(LimitError::Size { what: "string", limit: limits::MAX_STRING_BYTES as u64 });
        }
        self.charge((text.len() / 64) as u64)?;
        Ok(Value::String(text.into()))
    }

    /// Forgets the warnings after the first `count`, but for those that other engines meet as exceptions.
    pub fn forget_warnings(&mut self, count: usize) {
        if let Some(extra) = &mut self.extra {
            let later = extra.warnings.split_off(count.min(extra.warnings.len()));
            let places = extra.warned.split_off(count.min(extra.warned.len()));
            for (warning, place) in later.into_iter().zip(places).filter(|(it, _)| it.is_exception()) {
                extra.warnings.push(warning);
                extra.warned.push(place);
            }
        }
    }

    /// Checks depth and weight of a list or a context.
    #[inline]
    pub fn sized(&mut self, value: Value) -> Result<Value, Stop> {
        if value.depth() > limits::MAX_VALUE_DEPTH {
            return self.stop(LimitError::Depth { limit: limits::MAX_VALUE_DEPTH as u32 });
        }
        if value.weight() > limits::MAX_VALUE_WEIGHT {
            return self.stop(LimitError::Size { what: "value", limit: limits::MAX_VALUE_WEIGHT as u64 });
        }
        Ok(value)
    }
}
