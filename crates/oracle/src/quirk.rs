//! Bugs that can be planted into the interpreter on purpose, to see that the comparison finds them.

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quirk {
    /// An inclusive join fires as soon as one token waits at it, whatever may still arrive.
    InclusiveJoinEarly,
    /// A parallel join counts tokens, not flows with a token.
    ParallelJoinCountsTokens,
    /// A parallel join keeps the tokens that it has waited for.
    ParallelJoinNeverFires,
    /// A sub-process stays when nothing is left in it.
    SubProcessNeverEnds,
    /// An exclusive gateway takes the last flow whose condition is true.
    ExclusiveTakesLast,
    /// The default flow out of an activity is taken in any case.
    DefaultFlowAlways,
    /// A non-interrupting boundary event ends its activity.
    BoundaryAlwaysInterrupts,
    /// An interrupting event sub-process leaves the rest of its scope running.
    EventSubProcessNeverInterrupts,
    /// A catch-all error event goes before one with the exact code.
    CatchAllFirst,
    /// Compensation in order of completion instead of the reverse.
    CompensationForward,
    /// A compensation throw event does not wait.
    CompensationNeverWaits,
    /// A terminate end event ends its own token only.
    TerminateEndsToken,
    /// The completion condition of a multi-instance activity is not looked at.
    CompletionConditionIgnored,
    /// Sequential multi-instance runs in parallel.
    SequentialAsParallel,
    /// A standard loop runs once more than its maximum.
    LoopOnceMore,
    /// An activity starts at the first token, whatever its start quantity.
    StartQuantityIgnored,
    /// One token leaves, whatever the completion quantity.
    CompletionQuantityIgnored,
    /// Cancelling a transaction compensates nothing.
    CancelSkipsCompensation,
    /// A sequential ad-hoc sub-process starts everything at once.
    AdHocSequentialAsParallel,
    /// Conditional events fire whenever their condition is true, not when it becomes true.
    ConditionWithoutEdge,
    /// A message reaches every catcher.
    MessageBroadcast,
    /// A signal reaches the first catcher only.
    SignalToFirst,
    /// The other events of an event-based gateway go on waiting.
    EventGatewayKeepsOthers,
    /// A complex gateway never waits for the rest of its tokens.
    ComplexNeverResets,
    /// An escalation ends whatever scope it is thrown in, even when caught without interruption.
    EscalationAlwaysInterrupts,
    /// One occurrence is enough for parallel multiple events.
    ParallelMultipleAny,
    /// An error of a called process is an incident there.
    CalledErrorStays,
    /// A timer fires once, whatever its cycle.
    CycleFiresOnce,
}

impl Quirk {
    /// All of them.
    pub const ALL: &[Quirk] = &[
        Quirk::InclusiveJoinEarly,
        Quirk::ParallelJoinCountsTokens,
        Quirk::ParallelJoinNeverFires,
        Quirk::SubProcessNeverEnds,
        Quirk::ExclusiveTakesLast,
        Quirk::DefaultFlowAlways,
        Quirk::BoundaryAlwaysInterrupts,
        Quirk::EventSubProcessNeverInterrupts,
        Quirk::CatchAllFirst,
        Quirk::CompensationForward,
        Quirk::CompensationNeverWaits,
        Quirk::TerminateEndsToken,
        Quirk::CompletionConditionIgnored,
        Quirk::SequentialAsParallel,
        Quirk::LoopOnceMore,
        Quirk::StartQuantityIgnored,
        Quirk::CompletionQuantityIgnored,
        Quirk::CancelSkipsCompensation,
        Quirk::AdHocSequentialAsParallel,
        Quirk::ConditionWithoutEdge,
        Quirk::MessageBroadcast,
        Quirk::SignalToFirst,
        Quirk::EventGatewayKeepsOthers,
        Quirk::ComplexNeverResets,
        Quirk::EscalationAlwaysInterrupts,
        Quirk::ParallelMultipleAny,
        Quirk::CalledErrorStays,
        Quirk::CycleFiresOnce,
    ];
}
