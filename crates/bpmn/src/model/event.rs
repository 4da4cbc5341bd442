//! What triggers or is thrown by an event.

use super::Expression;

/// The event definition of an event. References are indices into the lists of [`super::Definitions`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EventTrigger {
    /// No event definition.
    #[default]
    None,
    /// `messageEventDefinition`.
    Message(Option<usize>),
    /// `timerEventDefinition`.
    Timer(TimerDefinition),
    /// `errorEventDefinition`; `None` catches every error.
    Error(Option<usize>),
    /// `escalationEventDefinition`; `None` catches every escalation.
    Escalation(Option<usize>),
    /// `signalEventDefinition`.
    Signal(Option<usize>),
    /// `conditionalEventDefinition`.
    Conditional(Option<Expression>),
    /// `linkEventDefinition` with the link's name.
    Link(Option<String>),
    /// `compensateEventDefinition`.
    Compensation {
        /// Index of the node to compensate; `None` compensates the scope.
        activity: Option<usize>,
        /// `waitForCompletion`, true by default.
        wait_for_completion: bool,
    },
    /// `cancelEventDefinition`.
    Cancel,
    /// `terminateEventDefinition`.
    Terminate,
    /// Several event definitions.
    Multiple {
        /// The event definitions in document order.
        triggers: Vec<EventTrigger>,
        /// `parallelMultiple`: all of them must occur.
        parallel: bool,
    },
}

impl EventTrigger {
    /// The name used in diagnostics and in the table of what is executable.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Message(_) => "message",
            Self::Timer(_) => "timer",
            Self::Error(_) => "error",
            Self::Escalation(_) => "escalation",
            Self::Signal(_) => "signal",
            Self::Conditional(_) => "conditional",
            Self::Link(_) => "link",
            Self::Compensation { .. } => "compensation",
            Self::Cancel => "cancel",
            Self::Terminate => "terminate",
            Self::Multiple { parallel: false, .. } => "multiple",
            Self::Multiple { parallel: true, .. } => "parallel multiple",
        }
    }
}

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TimerDefinition {
    /// The file gives none; validation refuses it.
    #[default]
    Absent,
    /// `timeDate`: a date and time.
    Date(Expression),
    /// `timeDuration`: a duration from activation.
    Duration(Expression),
    /// `timeCycle`: an ISO 8601 repeating interval or a cron expression.
    Cycle(Expression),
}

impl TimerDefinition {
    /// The expression, when there is one.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Absent => None,
            Self::Date(expression) | Self::Duration(expression) | Self::Cycle(expression) => Some(expression),
        }
    }
}
