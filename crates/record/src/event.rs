//! Events: what happened, in the past tense. They are results, so replaying them evaluates no expression and
//! reads no clock. Elements are named by their ordinal in document order (the process itself is 0).

use crate::command::{AggregateId, Command, Origin, TaskChanges};
use crate::wire::Bytes;
use crate::{Json, Key, Str, Variables};

names! {
    /// Why a token is stuck; the names are Camunda's.
    pub enum IncidentType {
        /// Not one of the others.
        1 Unknown = "UNKNOWN",
        /// A job failed and has no retries left.
        2 JobNoRetries = "JOB_NO_RETRIES",
        /// An input or output mapping could not be evaluated.
        3 IoMappingError = "IO_MAPPING_ERROR",
        /// An expression gave a value of the wrong type.
        4 ExtractValueError = "EXTRACT_VALUE_ERROR",
        /// No condition is true and there is no default flow.
        5 ConditionError = "CONDITION_ERROR",
        /// The called process is not there or calls too deeply.
        6 CalledElementError = "CALLED_ELEMENT_ERROR",
        /// The called decision is not there.
        7 CalledDecisionError = "CALLED_DECISION_ERROR",
        /// The called decision failed.
        8 DecisionEvaluationError = "DECISION_EVALUATION_ERROR",
        /// Nothing catches an error.
        9 UnhandledErrorEvent = "UNHANDLED_ERROR_EVENT",
        /// The form of a user task is not deployed.
        10 FormNotFound = "FORM_NOT_FOUND",
        /// A linked resource is not deployed.
        11 ResourceNotFound = "RESOURCE_NOT_FOUND",
        /// Variables are too large.
        12 MessageSizeExceeded = "MESSAGE_SIZE_EXCEEDED",
        /// A listener job of an element failed.
        13 ExecutionListenerNoRetries = "EXECUTION_LISTENER_NO_RETRIES",
        /// A listener job of a user task failed.
        14 TaskListenerNoRetries = "TASK_LISTENER_NO_RETRIES",
        /// The job of an ad-hoc sub-process failed.
        15 AdHocSubProcessNoRetries = "AD_HOC_SUB_PROCESS_NO_RETRIES",
        /// A secret is not there.
        16 SecretResolutionError = "SECRET_RESOLUTION_ERROR",
        /// The step of this token could not be processed at all.
        17 Unspecified = "UNSPECIFIED",
    }
}

names! {
    /// What a job is for.
    pub enum JobKind {
        /// The work of a task or event.
        1 BpmnElement = "BPMN_ELEMENT",
        /// A listener of an element.
        2 ExecutionListener = "EXECUTION_LISTENER",
        /// A listener of a user task.
        3 TaskListener = "TASK_LISTENER",
        /// The choice of activities of an ad-hoc sub-process.
        4 AdHocSubProcess = "AD_HOC_SUB_PROCESS",
    }
}

names! {
    /// A transition of a user task that listeners may see, deny or correct before it happens.
    pub enum TaskAction {
        /// It comes into being.
        1 Creating = "CREATING",
        /// It is given to someone or taken away.
        2 Assigning = "ASSIGNING",
        /// Its attributes change.
        3 Updating = "UPDATING",
        /// It is done.
        4 Completing = "COMPLETING",
        /// Its element ends without it.
        5 Canceling = "CANCELING",
    }
}

message! {
    /// A token that a step had no budget left for.
    pub struct Pending {
        /// Ordinal of the flow that it is on, or of the element where no flow leads to it.
        1 ordinal: u32,
        /// The scope it is in.
        2 scope: Key,
        /// True where `ordinal` names an element.
        3 element: bool,
    }
}

message! {
    /// Why an expression or mapping failed, for people.
    pub struct Cause {
        /// The expression.
        1 expression: Str,
        /// What the evaluation noted, in order.
        2 warnings: Vec<Str>,
    }
}

message! {
    /// The value of an input of a decision.
    pub struct EvaluatedInput {
        /// Id of the input clause or of the required element.
        1 id: Str,
        /// Its label, expression or name.
        2 name: Str,
        /// The value.
        3 value: Json,
    }
}

message! {
    /// A rule of a decision table that matched.
    pub struct MatchedRule {
        /// Its id; empty where it has none.
        1 id: Str,
        /// Its position in the table, from 1.
        2 index: u32,
        /// Its outputs.
        3 outputs: Vec<EvaluatedInput>,
    }
}

message! {
    /// One decision of an evaluation.
    pub struct EvaluatedDecision {
        /// Its definition.
        1 key: Key,
        /// Its DMN id.
        2 id: Str,
        /// Its name.
        3 name: Str,
        /// The definition's version.
        4 version: u32,
        /// The kind of its logic, as Camunda names it.
        5 kind: Str,
        /// The values of its inputs.
        6 inputs: Vec<EvaluatedInput>,
        /// The rules that matched.
        7 rules: Vec<MatchedRule>,
        /// Its result.
        8 output: Json,
    }
}

message! {
    /// The evaluation of a decision with all that it requires.
    pub struct DecisionEvaluation {
        /// Names the evaluation.
        1 key: Key,
        /// The definition that was asked for.
        2 decision: Key,
        /// Its DMN id.
        3 decision_id: Str,
        /// Its name.
        4 name: Str,
        /// Its version.
        5 version: u32,
        /// The requirements graph.
        6 requirements: Key,
        /// DMN id of the graph.
        7 requirements_id: Str,
        /// What was evaluated, each after what it requires.
        8 evaluated: Vec<EvaluatedDecision>,
        /// The result; null where it failed.
        9 output: Json,
        /// DMN id of the decision that failed; empty where none did.
        10 failed_decision: Str,
        /// Why it failed.
        11 failure: Str,
        /// Why something became null, in order.
        12 warnings: Vec<Str>,
    }
}

choice! {
    /// A change of one aggregate.
    pub enum Event {
        // ---- process instance
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
            5 origin: Option<Origin>,
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
        /// A job's retries or lease were changed.
        18 JobUpdated {
            /// The job.
            1 key: Key,
            /// Retries now.
            2 retries: i32,
            /// End of the lease now.
            3 deadline: i64,
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
        /// An element waits for a message.
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
        },
        /// A message came.
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
            7 cause: Option<Cause>,
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
            3 attributes: TaskChanges,
            /// Key or external name of the form.
            4 form: Str,
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
            3 changes: TaskChanges,
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
            2 changes: TaskChanges,
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
        // ---- any aggregate
        /// A command to another aggregate is on its way; it counts as sent once this is durable.
        50 CommandSent {
            /// Counts the sends of this partition, for de-duplication.
            1 sequence: u64,
            /// Where to.
            2 target: AggregateId,
            /// What.
            3 command: Box<Command>,
        },
        // ---- catalog
        /// A process definition is there.
        60 DefinitionDeployed {
            /// Its key.
            1 key: Key,
            /// The deployment.
            2 deployment: Key,
            /// BPMN id.
            3 process_id: Str,
            /// The version.
            4 version: u32,
            /// File name.
            5 resource: Str,
            /// The file; empty where an earlier definition of the same deployment has it.
            6 content: Bytes,
            /// SHA-256 of the file.
            7 digest: Bytes,
            /// Version tag of the model.
            8 version_tag: Str,
            /// Name of the process.
            9 name: Str,
        },
        /// A deployment is complete.
        61 DeploymentCreated {
            /// Its key.
            1 key: Key,
        },
        /// A timer start event waits.
        62 StartTimerScheduled {
            /// The timer.
            1 key: Key,
            /// The definition.
            2 definition: Key,
            /// The start event.
            3 ordinal: u32,
            /// When, milliseconds since 1970.
            4 due: i64,
            /// Firings left after this one; -1 without end.
            5 repetitions: i32,
            /// The cycle's text.
            6 cycle: Str,
        },
        /// A timer start event fired.
        63 StartTimerTriggered {
            /// The timer.
            1 key: Key,
        },
        /// A newer version took its place.
        64 StartTimerCanceled {
            /// The timer.
            1 key: Key,
        },
        /// A decision requirements graph is there.
        65 RequirementsDeployed {
            /// Its key.
            1 key: Key,
            /// The deployment.
            2 deployment: Key,
            /// DMN id of the graph.
            3 id: Str,
            /// Its name.
            4 name: Str,
            /// The version.
            5 version: u32,
            /// File name.
            6 resource: Str,
            /// The file.
            7 content: Bytes,
            /// SHA-256 of the file.
            8 digest: Bytes,
        },
        /// A decision of the graph that was deployed before it is there.
        66 DecisionDeployed {
            /// Its key.
            1 key: Key,
            /// The graph.
            2 requirements: Key,
            /// DMN id.
            3 id: Str,
            /// Its name.
            4 name: Str,
            /// The version.
            5 version: u32,
        },
        // ---- message
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
        // ---- partition
        /// Engine time stands still.
        80 ClockPinned {
            /// At this moment, milliseconds since 1970.
            1 time: i64,
        },
        /// Engine time follows the system.
        81 ClockReset {},
    }
}

impl Event {
    /// True for an event that brings its aggregate into being.
    pub fn creates(&self) -> bool {
        matches!(self, Event::InstanceCreated { .. })
    }

    /// True for an event after which its instance is no more.
    pub fn ends_instance(&self) -> bool {
        matches!(self, Event::InstanceCompleted {} | Event::InstanceTerminated {})
    }
}
