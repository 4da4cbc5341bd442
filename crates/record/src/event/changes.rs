//! The table of events: every number is final. What concerns definitions is in a table of its own, `definitions.rs`.

use super::definitions::with_definitions;
use super::{Cause, Chain, DecisionEvaluation, DeployedFile, IncidentType, JobKind, Pending, TaskAction};
use crate::command::{AggregateId, Command, Origin, TaskChanges};
use crate::{Json, Key, Str, Variables, secret::SecretPlace, wire::Bytes};

with_definitions! {
    {
        /// An instance began.
        1 InstanceCreated {
            /// Its definition.
            1 definition: Key,
            /// BPMN id of the process.
            2 process_id: Str,
            /// The definition's version.
            3 version: u32,
            /// Variables of the root scope.
            4 variables: Variables,
            /// What started it.
            5 origin: Option<Box<Origin>>,
            /// A name of the business for it.
            6 business_id: Str,
            /// Labels.
            7 tags: Vec<Str>,
            /// The tenant.
            8 tenant: Str,
            /// Trace context that it belongs to.
            9 traceparent: Str,
        },
        /// The instance got a further block of keys.
        2 KeyBlockAssigned {
            /// First key of the block.
            1 block: Key,
        },
        /// An element began and could not be activated yet (see the incident that follows).
        3 ElementActivating {
            /// The element instance.
            1 key: Key,
            /// The element.
            2 ordinal: u32,
            /// The enclosing element instance.
            3 scope: Key,
        },
        /// An element is active. Where it was not activating, it came into being.
        4 ElementActivated {
            /// The element instance.
            1 key: Key,
            /// The element.
            2 ordinal: u32,
            /// The enclosing element instance.
            3 scope: Key,
        },
        /// An element's work is done and something remains (an output mapping that failed, listeners).
        5 ElementCompleting {
            /// The element instance.
            1 key: Key,
        },
        /// An element is done.
        6 ElementCompleted {
            /// The element instance.
            1 key: Key,
        },
        /// An element is being ended; its children end first.
        7 ElementTerminating {
            /// The element instance.
            1 key: Key,
        },
        /// An element was ended.
        8 ElementTerminated {
            /// The element instance.
            1 key: Key,
        },
        /// A token went through an element that never waits: activated and completed at once.
        9 ElementPassed {
            /// The element instance.
            1 key: Key,
            /// The element.
            2 ordinal: u32,
            /// The enclosing element instance.
            3 scope: Key,
        },
        /// A token took a sequence flow.
        10 SequenceFlowTaken {
            /// The flow.
            1 ordinal: u32,
            /// The scope.
            2 scope: Key,
            /// The token waits at the flow's end for others.
            3 waits: bool,
        },
        /// A join has all its tokens.
        11 JoinFired {
            /// The scope.
            1 scope: Key,
            /// The flows of which one token each is consumed.
            2 flows: Vec<u32>,
        },
        /// Variables of a scope were created or changed.
        12 VariablesSet {
            /// The scope: an element instance, or the instance itself.
            1 scope: Key,
            /// Names and values.
            2 variables: Variables,
        },
        /// There is work for a worker.
        13 JobCreated {
            /// The job.
            1 key: Key,
            /// The element instance.
            2 element: Key,
            /// Its type.
            3 job_type: Str,
            /// Its retries.
            4 retries: i32,
            /// What it is for.
            5 kind: JobKind,
            /// Which of the element's listeners it is, counted from 0.
            6 listener: u32,
            /// Higher ones are leased first.
            7 priority: i32,
            /// The event of a listener, such as `START`; empty for other jobs.
            8 event: Str,
        },
        /// A job was leased.
        14 JobActivated {
            /// The job.
            1 key: Key,
            /// To whom.
            2 worker: Str,
            /// Until when, milliseconds since 1970.
            3 deadline: i64,
            /// Token of this lease.
            4 fence: u64,
        },
        /// A lease ran out; the job can be leased again.
        15 JobTimedOut {
            /// The job.
            1 key: Key,
        },
        /// A job failed.
        16 JobFailed {
            /// The job.
            1 key: Key,
            /// Retries left.
            2 retries: i32,
            /// Why.
            3 message: Str,
            /// When it can be leased again, milliseconds since 1970; 0 at once.
            4 retry_at: i64,
        },
        /// A job can be leased again after its back-off, or after its incident was resolved.
        17 JobRetried {
            /// The job.
            1 key: Key,
        },
        /// A job's retries, lease or priority were changed.
        18 JobUpdated {
            /// The job.
            1 key: Key,
            /// Retries now.
            2 retries: i32,
            /// End of the lease now.
            3 deadline: i64,
            /// Its priority now, where that was changed.
            4 priority: Option<i32>,
        },
        /// A job ended with a business error.
        19 JobErrorThrown {
            /// The job.
            1 key: Key,
            /// The error code.
            2 code: Str,
            /// Explanation.
            3 message: Str,
        },
        /// A job is done.
        20 JobCompleted {
            /// The job.
            1 key: Key,
        },
        /// A job is no longer wanted.
        21 JobCanceled {
            /// The job.
            1 key: Key,
        },
        /// What a job asked for goes on elsewhere.
        109 JobPending {
            /// The job.
            1 key: Key,
            /// Names the work; empty where there is none any more.
            2 handle: Str,
            /// When it is asked after, milliseconds since 1970.
            3 poll_at: i64,
        },
        /// A job that is no longer wanted leaves work behind that goes on elsewhere.
        110 JobAbandoned {
            /// The job.
            1 key: Key,
            /// Its type.
            2 job_type: Str,
            /// Names the work.
            3 handle: Str,
        },
        /// The places in the variables of a scope where the model, and no data, names secrets.
        111 SecretsNamed {
            /// The scope.
            1 scope: Key,
            /// The places.
            2 places: Vec<SecretPlace>,
        },
        /// A timer runs.
        22 TimerScheduled {
            /// The timer.
            1 key: Key,
            /// The element instance that it belongs to (for a boundary event, the activity).
            2 element: Key,
            /// The event that it triggers.
            3 ordinal: u32,
            /// When, milliseconds since 1970.
            4 due: i64,
            /// Firings left after this one; -1 without end.
            5 repetitions: i32,
            /// The cycle's text, to find the firing after this one.
            6 cycle: Str,
            /// Which of the event's definitions it is, counted from 0.
            7 part: u32,
            /// What led to it, where it is due at once.
            8 chain: Chain,
        },
        /// A timer fired.
        23 TimerTriggered {
            /// The timer.
            1 key: Key,
        },
        /// A timer was taken away.
        24 TimerCanceled {
            /// The timer.
            1 key: Key,
        },
        /// An element waits for a message or a signal.
        25 SubscriptionOpened {
            /// The subscription.
            1 key: Key,
            /// The element instance that it belongs to.
            2 element: Key,
            /// The event or task that it triggers.
            3 ordinal: u32,
            /// The message's name.
            4 name: Str,
            /// The correlation key.
            5 correlation_key: Str,
            /// Closes with the first message.
            6 interrupting: bool,
            /// Which of the event's definitions it is, counted from 0.
            7 part: u32,
            /// It waits for a signal; `name` is the signal's.
            8 signal: bool,
        },
        /// A message or signal came.
        26 SubscriptionCorrelated {
            /// The subscription.
            1 key: Key,
            /// The message.
            2 message: Key,
        },
        /// The element no longer waits.
        27 SubscriptionClosed {
            /// The subscription.
            1 key: Key,
        },
        /// A token is stuck.
        28 IncidentCreated {
            /// The incident.
            1 key: Key,
            /// The element instance.
            2 element: Key,
            /// The element.
            3 ordinal: u32,
            /// The job, if one is the reason.
            4 job: Key,
            /// The type.
            5 kind: IncidentType,
            /// What is wrong, for people.
            6 message: Str,
            /// The expression behind it.
            7 cause: Option<Box<Cause>>,
        },
        /// An incident is no more.
        29 IncidentResolved {
            /// The incident.
            1 key: Key,
        },
        /// A user task is about to be: its attributes are evaluated, its listeners run.
        30 UserTaskCreating {
            /// The task.
            1 key: Key,
            /// The element instance.
            2 element: Key,
            /// Candidates, dates, priority (its assignee follows in an assignment).
            3 attributes: Box<TaskChanges>,
            /// Name of a form outside, or key of one in the model.
            4 form: Str,
            /// The deployed form.
            5 form_key: Key,
        },
        /// A user task can be worked on.
        31 UserTaskCreated {
            /// The task.
            1 key: Key,
        },
        /// A transition of a task began; its listeners run before it takes effect.
        32 UserTaskTransition {
            /// The task.
            1 key: Key,
            /// Which.
            2 kind: TaskAction,
            /// What it will change.
            3 changes: Box<TaskChanges>,
            /// Variables of a completion.
            4 variables: Variables,
            /// Name of the action.
            5 action: Str,
        },
        /// A task was given to someone, or taken away where the assignee is empty.
        33 UserTaskAssigned {
            /// The task.
            1 key: Key,
            /// To whom.
            2 assignee: Str,
        },
        /// A task's attributes changed.
        34 UserTaskUpdated {
            /// The task.
            1 key: Key,
            /// How.
            2 changes: Box<TaskChanges>,
        },
        /// A listener denied the transition; the task is as before.
        35 UserTaskDenied {
            /// The task.
            1 key: Key,
            /// Why.
            2 reason: Str,
        },
        /// A task is done.
        36 UserTaskCompleted {
            /// The task.
            1 key: Key,
            /// Name of the action.
            2 action: Str,
        },
        /// A task is no longer wanted.
        37 UserTaskCanceled {
            /// The task.
            1 key: Key,
        },
        /// A BPMN error left an element.
        38 ErrorThrown {
            /// The element instance that threw.
            1 element: Key,
            /// The error code.
            2 code: Str,
            /// Explanation.
            3 message: Str,
            /// The event that caught it; 0 where none did.
            4 caught_by: u32,
        },
        /// The step's budget was used up; the rest goes on in a step of its own.
        39 ContinuationScheduled {
            /// Tokens that wait for it.
            1 pending: Vec<Pending>,
            /// How many such steps followed one another without anything to wait for.
            2 count: u32,
            /// What led to it.
            3 chain: Chain,
        },
        /// The rest of a step was taken up.
        40 ContinuationTaken {},
        /// An instance ended by itself.
        41 InstanceCompleted {},
        /// An instance was cancelled or terminated.
        42 InstanceTerminated {},
        /// A decision was evaluated, for a task or on request.
        43 DecisionEvaluated {
            /// The element instance; none on request.
            1 element: Key,
            /// The element.
            2 ordinal: u32,
            /// What came of it.
            3 evaluation: Box<DecisionEvaluation>,
        },
        /// An element instance became the body of a loop or multi-instance activity.
        44 LoopStarted {
            /// The body.
            1 key: Key,
            /// Iterations planned; 0 where a condition decides.
            2 total: u32,
            /// The items, one for each iteration, where the activity loops over a collection.
            3 items: Vec<Json>,
            /// What led to it; each iteration begins with it.
            4 chain: Chain,
        },
        /// An iteration began; its variables follow.
        45 IterationStarted {
            /// The element instance.
            1 key: Key,
            /// The element, the same as the body's.
            2 ordinal: u32,
            /// The body.
            3 scope: Key,
            /// Counts the iterations, from 1.
            4 counter: u32,
        },
        /// An iteration ended.
        46 IterationEnded {
            /// The body.
            1 body: Key,
            /// Which iteration, from 1.
            2 counter: u32,
            /// False where it was terminated.
            3 completed: bool,
            /// What it adds to the output collection.
            4 output: Option<Json>,
        },
        /// An activity of an ad-hoc sub-process was chosen; it runs in a scope of its own.
        105 InnerStarted {
            /// The element instance of that scope.
            1 key: Key,
            /// The ad-hoc sub-process.
            2 ordinal: u32,
            /// Its element instance.
            3 scope: Key,
        },
        /// An iteration is added to a running multi-instance activity.
        106 IterationAdded {
            /// The body.
            1 body: Key,
            /// The item.
            2 item: Json,
        },
        /// The chosen activities of an ad-hoc sub-process: no more will be, or all that was asked for ran.
        107 AdHocFulfilled {
            /// The element instance.
            1 key: Key,
        },
        /// What a sequential ad-hoc sub-process is to run, one after the other, changed.
        120 AdHocWaiting {
            /// The element instance.
            1 key: Key,
            /// How many of those that wait do not any more, from the first one on.
            2 taken: u32,
            /// Those that wait behind the others: the activity, and the variables of its scope.
            3 added: Vec<(u32, Variables)>,
        },
        /// An interrupting event sub-process took its scope over.
        47 ScopeInterrupted {
            /// The scope.
            1 key: Key,
        },
        /// An element waits for a condition.
        48 ConditionOpened {
            /// The condition.
            1 key: Key,
            /// The element instance that it belongs to.
            2 element: Key,
            /// The event that it triggers.
            3 ordinal: u32,
            /// Which of the event's definitions it is, counted from 0.
            4 part: u32,
            /// Closes when it is true.
            5 interrupting: bool,
        },
        /// A condition turned true or false.
        49 ConditionChanged {
            /// The condition.
            1 key: Key,
            /// True now.
            2 holds: bool,
        },
        /// A condition is no longer waited for.
        82 ConditionClosed {
            /// The condition.
            1 key: Key,
        },
        /// One of several events that must all occur did.
        83 EventOccurred {
            /// The element instance that waits.
            1 element: Key,
            /// The event.
            2 ordinal: u32,
            /// Which of its definitions, counted from 0.
            3 part: u32,
        },
        /// All of them occurred; the next round begins.
        108 EventsReset {
            /// The element instance that waits.
            1 element: Key,
            /// The event.
            2 ordinal: u32,
        },
        /// An escalation left an element.
        84 EscalationThrown {
            /// The element instance that threw.
            1 element: Key,
            /// The code.
            2 code: Str,
            /// The event that caught it; 0 where none did.
            3 caught_by: u32,
        },
        /// A complex gateway let its first tokens through and waits for the others.
        98 ComplexGatewayActivated {
            /// The scope.
            1 scope: Key,
            /// The gateway.
            2 ordinal: u32,
            /// Flows on which it still expects a token.
            3 awaited: Vec<u32>,
        },
        /// A complex gateway begins anew.
        99 ComplexGatewayReset {
            /// The scope.
            1 scope: Key,
            /// The gateway.
            2 ordinal: u32,
        },
        /// What was completed can be compensated.
        85 CompensationRegistered {
            /// The element instance that completed.
            1 key: Key,
            /// The element.
            2 ordinal: u32,
            /// The scope in which it can be compensated.
            3 scope: Key,
            /// Its own variables at completion.
            4 variables: Variables,
        },
        /// Compensation began.
        86 CompensationStarted {
            /// Names it.
            1 key: Key,
            /// The element instance that waits for its end; none where nothing waits.
            2 thrower: Key,
            /// What is compensated, the last one first.
            3 records: Vec<Key>,
            /// A transaction is cancelled by it.
            4 cancel: bool,
            /// The scope of the event that threw it.
            5 scope: Key,
        },
        /// A compensation handler begins.
        87 CompensationHandling {
            /// The compensation.
            1 key: Key,
            /// What is compensated.
            2 record: Key,
            /// The handler's element instance.
            3 handler: Key,
        },
        /// The handler of a compensation was ended from outside; the next one follows.
        131 CompensationHandlerEnded {
            /// The compensation.
            1 key: Key,
        },
        /// A compensation is done.
        88 CompensationEnded {
            /// The compensation.
            1 key: Key,
        },
        /// A call activity started an instance.
        89 CallStarted {
            /// The call activity.
            1 element: Key,
            /// The instance.
            2 instance: Key,
        },
        /// The start listeners of an element are through.
        90 ElementListened {
            /// The element instance.
            1 key: Key,
        },
        /// Someone put a token into a gateway that waits for several: it waits for no others.
        130 ElementPlaced {
            /// The element instance.
            1 key: Key,
        },
        /// A listener corrected what a task's transition will change.
        91 UserTaskCorrected {
            /// The task.
            1 key: Key,
            /// The corrections.
            2 changes: Box<TaskChanges>,
        },
        /// Nothing of the instance goes on until it is resumed.
        92 InstanceSuspended {},
        /// The instance goes on.
        93 InstanceResumed {},
        /// A command came while the instance was suspended; it is carried out when it is resumed.
        94 CommandParked {
            /// The command.
            1 command: Box<Command>,
        },
        /// The instance goes on with another definition.
        95 InstanceMigrated {
            /// The definition.
            1 definition: Key,
            /// BPMN id of its process.
            2 process_id: Str,
            /// Its version.
            3 version: u32,
            /// Old and new ordinal of each element and flow in use.
            4 elements: Vec<(u32, u32)>,
        },
        /// Someone moved tokens of the instance; what follows says how.
        96 InstanceModified {},
        /// An ended instance is forgotten.
        97 InstanceDeleted {},
        /// A signal was broadcast.
        100 SignalBroadcast {
            /// Names the broadcast.
            1 key: Key,
            /// Its variables.
            2 variables: Variables,
        },
        /// An instance waits for the signal.
        101 SignalSubscribed {
            /// The subscription.
            1 subscription: Key,
            /// The instance.
            2 instance: Key,
        },
        /// An instance no longer waits for the signal.
        102 SignalUnsubscribed {
            /// The subscription.
            1 subscription: Key,
        },
        /// A command to another aggregate is on its way; it counts as sent once this is durable.
        50 CommandSent {
            /// Counts the sends of this partition, for de-duplication.
            1 sequence: u64,
            /// Where to.
            2 target: AggregateId,
            /// What.
            3 command: Box<Command>,
            /// What led to it, itself included.
            4 chain: Chain,
        },
        /// A message was published.
        70 MessagePublished {
            /// Its key.
            1 key: Key,
            /// Blocks a second one of this id while it waits.
            2 message_id: Str,
            /// Its variables.
            3 variables: Variables,
            /// Until when it waits, milliseconds since 1970.
            4 expires: i64,
            /// What led to it.
            5 chain: Chain,
        },
        /// A message's time is over, or it was correlated and need not wait.
        71 MessageExpired {
            /// The message.
            1 key: Key,
        },
        /// An instance waits for messages of this key.
        72 InstanceSubscribed {
            /// The subscription.
            1 subscription: Key,
            /// The instance.
            2 instance: Key,
            /// BPMN id of its process.
            3 process_id: Str,
            /// Closes with the first message.
            4 interrupting: bool,
        },
        /// A message is on its way to an instance.
        73 MessageCorrelating {
            /// The message.
            1 message: Key,
            /// The subscription.
            2 subscription: Key,
            /// BPMN id of the process, which takes a message once.
            3 process_id: Str,
        },
        /// The instance took it.
        74 MessageCorrelated {
            /// The message.
            1 message: Key,
            /// The subscription.
            2 subscription: Key,
        },
        /// The instance could not take it: it may go elsewhere.
        75 CorrelationRejected {
            /// The message.
            1 message: Key,
            /// The subscription.
            2 subscription: Key,
            /// BPMN id of the process.
            3 process_id: Str,
        },
        /// The instance no longer waits.
        76 InstanceUnsubscribed {
            /// The subscription.
            1 subscription: Key,
        },
        /// A message started an instance.
        77 InstanceStarted {
            /// The message.
            1 message: Key,
            /// BPMN id of the process.
            2 process_id: Str,
            /// The instance.
            3 instance: Key,
        },
        /// The instance that holds the start of this key ended.
        78 StartReleased {
            /// BPMN id of the process.
            1 process_id: Str,
        },
        /// Engine time stands still.
        80 ClockPinned {
            /// At this moment, milliseconds since 1970.
            1 time: i64,
        },
        /// Engine time follows the system.
        81 ClockReset {},
        /// What a data store holds; in an instance, an own write that began, or (without value) is through.
        112 DataStoreChanged {
            /// The store.
            1 store: Str,
            /// What was written.
            2 value: Option<Json>,
        },
    }
}
