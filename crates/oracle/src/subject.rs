//! What is done to an interpreter and what is seen of it, so that two of them can be compared.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use crate::value::{Variables, show};

/// How far a clock moves before timers are looked at again: `Advance` moves in ticks, so that every timer of whole
/// seconds fires at its due time, and not late.
pub const TICK_MS: u64 = 1000;

/// An interpreter of processes with a virtual clock.
pub trait Subject {
    /// Adds the executable processes of a file.
    ///
    /// # Errors
    /// Why the file was refused.
    fn deploy(&mut self, xml: &str) -> Result<(), String>;

    /// Does what the stimulus says, and everything that follows from it until nothing can move.
    fn apply(&mut self, stimulus: &Stimulus) -> Outcome;

    /// What is to be seen now.
    fn observe(&self) -> Observation;
}

/// What is done to an interpreter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stimulus {
    /// Creates an instance of the process at its none start events.
    Start {
        /// Id of the process.
        process: String,
        /// Variables of the new instance.
        variables: Variables,
    },
    /// Completes a job or user task.
    Complete {
        /// Id of the task.
        element_id: String,
        /// Which of those that wait, from 0, by creation of the instance, then by activation of the task.
        nth: usize,
        /// Its result.
        variables: Variables,
    },
    /// Fails a job or user task with a BPMN error.
    Error {
        /// Id of the task.
        element_id: String,
        /// As in `Complete`.
        nth: usize,
        /// Code of the error.
        code: String,
    },
    /// Publishes a message, kept for an hour.
    Message {
        /// Name of the message.
        name: String,
    },
    /// Broadcasts a signal.
    Signal {
        /// Name of the signal.
        name: String,
    },
    /// Looks at the conditional start events of all processes.
    Conditions {
        /// What the conditions see, and the variables of the instances that begin.
        variables: Variables,
    },
    /// Moves the clock, in steps of [`TICK_MS`]; after each, what is due happens.
    Advance {
        /// Milliseconds.
        ms: u64,
    },
    /// Sets variables of the oldest active instance that was not called by another.
    SetVariables {
        /// The variables.
        variables: Variables,
    },
    /// Cancels the oldest active instance that was not called by another.
    Cancel,
}

impl fmt::Display for Stimulus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stimulus::Start { process, variables } => write!(f, "start {process} {{{}}}", show(variables)),
            Stimulus::Complete { element_id, nth, variables } => {
                write!(f, "complete {element_id}[{nth}] {{{}}}", show(variables))
            }
            Stimulus::Error { element_id, nth, code } => write!(f, "error {code} at {element_id}[{nth}]"),
            Stimulus::Message { name } => write!(f, "message {name}"),
            Stimulus::Signal { name } => write!(f, "signal {name}"),
            Stimulus::Conditions { variables } => write!(f, "conditions {{{}}}", show(variables)),
            Stimulus::Advance { ms } => write!(f, "advance {ms} ms"),
            Stimulus::SetVariables { variables } => write!(f, "set {{{}}}", show(variables)),
            Stimulus::Cancel => f.write_str("cancel"),
        }
    }
}

/// Whether a stimulus was possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Done,
    /// It was not possible, nothing changed. The reason is not compared.
    Refused(String),
    /// It led to more work than a model of the comparison may cause; nothing after it can be trusted.
    Unbounded,
}

impl Outcome {
    /// True when both are of the same kind.
    pub fn agrees(&self, other: &Outcome) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What is to be seen of an interpreter: its instances in order of creation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Observation {
    /// Instances, also those that ended.
    pub instances: Vec<InstanceView>,
}

/// What is to be seen of an instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstanceView {
    /// Id of the process.
    pub process: String,
    /// How it stands.
    pub state: State,
    /// By id of the element; see [`whole`] for activities with a loop marker. Elements never touched are left out.
    pub elements: BTreeMap<String, Counts>,
    /// Variables of the instance itself, not those of scopes inside it.
    pub variables: Variables,
}

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It runs or waits.
    Active,
    /// It ended by itself.
    Completed,
    /// It was ended.
    Terminated,
}

/// What happened to the instances of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Counts {
    /// Became active.
    pub activated: u32,
    /// Ended by themselves.
    pub completed: u32,
    /// Were ended.
    pub terminated: u32,
    /// Active now.
    pub live: u32,
    /// Active now and waiting for `Complete`.
    pub waiting: u32,
    /// Open incidents.
    pub incidents: u32,
}

/// The row that counts an activity with a loop marker as a whole; the row of its own id counts the iterations.
pub fn whole(element_id: &str) -> String {
    format!("{element_id}(loop)")
}

impl Observation {
    /// Without the rows of [`whole`], for interpreters that do not know them.
    #[must_use]
    pub fn without_wholes(mut self) -> Self {
        for instance in &mut self.instances {
            instance.elements.retain(|id, _| !id.ends_with("(loop)"));
        }
        self
    }

    /// The lines in which two observations differ, `-` for what only this one has and `+` for what the other has.
    pub fn diff(&self, other: &Observation) -> String {
        let (mine, theirs) = (self.to_string(), other.to_string());
        let sections = |text: &str| -> Vec<Vec<String>> {
            let mut out: Vec<Vec<String>> = Vec::new();
            for line in text.lines() {
                if !line.starts_with(' ') {
                    out.push(Vec::new());
                }
                if let Some(section) = out.last_mut() {
                    section.push(line.to_owned());
                }
            }
            out
        };
        let (mine, theirs) = (sections(&mine), sections(&theirs));
        let mut out = String::new();
        for index in 0..mine.len().max(theirs.len()) {
            let (left, right) = (mine.get(index), theirs.get(index));
            let lines = |it: Option<&Vec<String>>| it.cloned().unwrap_or_default();
            let (left, right) = (lines(left), lines(right));
            if left == right {
                continue;
            }
            // Formatting into a string cannot fail.
            let _ = writeln!(out, "  instance {index}");
            left.iter().filter(|line| !right.contains(line)).for_each(|line| {
                let _ = writeln!(out, "- {line}");
            });
            right.iter().filter(|line| !left.contains(line)).for_each(|line| {
                let _ = writeln!(out, "+ {line}");
            });
        }
        out
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, instance) in self.instances.iter().enumerate() {
            writeln!(f, "#{index} {} {:?}", instance.process, instance.state)?;
            for (id, counts) in &instance.elements {
                writeln!(f, "  {id}: {counts}")?;
            }
            for (name, value) in &instance.variables {
                writeln!(f, "  {name} = {value}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "activated {} completed {}", self.activated, self.completed)?;
        for (name, count) in [
            ("terminated", self.terminated),
            ("live", self.live),
            ("waiting", self.waiting),
            ("incidents", self.incidents),
        ] {
            if count > 0 {
                write!(f, " {name} {count}")?;
            }
        }
        Ok(())
    }
}
