//! Commands: what someone wants, in the imperative. Each goes to exactly one aggregate.

use crate::wire::Bytes;
use crate::{Json, Key, Str, Variables};

choice! {
    /// The unit that a step touches.
    pub enum AggregateId {
        /// Settings of a partition: its clock.
        1 Partition {
            /// The partition.
            1 partition: u16,
        },
        /// The definitions of a tenant.
        2 Catalog {
            /// The tenant.
            1 tenant: Str,
        },
        /// A process instance.
        3 Instance {
            /// Its key.
            1 key: Key,
        },
        /// The subscriptions and buffered messages of one name and correlation key.
        4 Message {
            /// The tenant.
            1 tenant: Str,
            /// The message's name.
            2 name: Str,
            /// The correlation key; empty where the message has none.
            3 correlation_key: Str,
        },
        /// Who waits for the signals of one name.
        5 Signal {
            /// The tenant.
            1 tenant: Str,
            /// The signal's name.
            2 name: Str,
        },
    }
}

message! {
    /// A file of a deployment.
    pub struct Resource {
        /// Its name.
        1 name: Str,
        /// Its content.
        2 content: Bytes,
    }
}

/// True for the name of a file that holds a form; what forms and other files call themselves does not clash.
pub fn is_form(file_name: &str) -> bool {
    file_name.to_ascii_lowercase().ends_with(".form")
}

message! {
    /// Where an instance starts other than at its start event.
    pub struct StartInstruction {
        /// The element's BPMN id.
        1 element_id: Str,
    }
}

message! {
    /// What created an instance, other than a client: a message, a timer, a call activity.
    pub struct Origin {
        /// BPMN id of the start event.
        1 start_event: Str,
        /// Name of the message.
        2 message_name: Str,
        /// Correlation key of the message; while the instance runs, no second one starts for it.
        3 correlation_key: Str,
        /// The message.
        4 message: Key,
        /// The calling instance.
        5 parent: Key,
        /// The calling element instance.
        6 parent_element: Key,
        /// The root of the calling instance.
        7 root: Key,
        /// How many calls led here.
        8 depth: u16,
        /// Which of the start event's definitions occurred, counted from 0.
        9 part: u32,
        /// How many instances led here, each started by a message or signal of the one before.
        10 starts: u16,
    }
}

message! {
    /// Variables for a scope of an activated element.
    pub struct ScopedVariables {
        /// BPMN id of the scope; empty for the instance.
        1 scope: Str,
        /// The variables.
        2 variables: Variables,
    }
}

message! {
    /// A modification that puts a token before an element.
    pub struct ActivateInstruction {
        /// BPMN id of the element.
        1 element_id: Str,
        /// The element instance inside which it is activated, where several would do.
        2 ancestor: Key,
        /// Variables of the scopes that are created for it, or of the instance.
        3 variables: Vec<ScopedVariables>,
    }
}

message! {
    /// A modification that takes tokens away.
    pub struct TerminateInstruction {
        /// The element instance.
        1 element: Key,
        /// BPMN id of an element, all instances of which are meant, where no key is given.
        2 element_id: Str,
    }
}

message! {
    /// A modification that moves tokens from one element to another.
    pub struct MoveInstruction {
        /// BPMN id of the element whose instances are terminated.
        1 source_element_id: Str,
        /// Only this instance of it.
        2 source: Key,
        /// BPMN id of the element that is activated, once for each.
        3 target_element_id: Str,
        /// The element instance inside which it is activated, where several would do.
        4 ancestor: Key,
        /// Variables of the scopes that are created for it, or of the instance.
        5 variables: Vec<ScopedVariables>,
    }
}

message! {
    /// An activity of an ad-hoc sub-process that shall run.
    pub struct AdHocActivation {
        /// BPMN id of the activity.
        1 element_id: Str,
        /// Its variables.
        2 variables: Variables,
    }
}

choice! {
    /// A request to change something.
    pub enum Command {
        /// Deploys files to the catalog.
        1 DeployResources {
            /// The files.
            1 resources: Vec<Resource>,
        },
        /// Starts a process instance. The aggregate is the instance's own, new key.
        2 CreateProcessInstance {
            /// Key of the definition, or none where the process id says it.
            1 definition: Key,
            /// BPMN id of the process.
            2 process_id: Str,
            /// Version; below 1 the latest.
            3 version: i32,
            /// Variables of the root scope.
            4 variables: Variables,
            /// Where to start, if not at the start event.
            5 start: Vec<StartInstruction>,
            /// What started it.
            6 origin: Option<Origin>,
            /// A name of the business for it.
            7 business_id: Str,
            /// Labels.
            8 tags: Vec<Str>,
        },
        /// Cancels an instance.
        3 CancelProcessInstance {},
        /// Leases a job to a worker.
        4 ActivateJob {
            /// The job.
            1 job: Key,
            /// The worker's name.
            2 worker: Str,
            /// How long the lease lasts, milliseconds.
            3 timeout: i64,
            /// Variables to hand over; all where empty.
            4 fetch: Vec<Str>,
        },
        /// Completes a job.
        5 CompleteJob {
            /// The job.
            1 job: Key,
            /// Its results.
            2 variables: Variables,
            /// Fencing token of the lease; 0 where the worker has none.
            3 fence: u64,
        },
        /// A worker could not do a job.
        6 FailJob {
            /// The job.
            1 job: Key,
            /// Retries left from now on.
            2 retries: i32,
            /// When to try again, milliseconds from now.
            3 back_off: i64,
            /// Why.
            4 message: Str,
            /// Set locally at the element.
            5 variables: Variables,
            /// Fencing token of the lease; 0 where the worker has none.
            6 fence: u64,
        },
        /// A worker reports a business error.
        7 ThrowJobError {
            /// The job.
            1 job: Key,
            /// The error code.
            2 code: Str,
            /// Explanation.
            3 message: Str,
            /// Handed to the catching event.
            4 variables: Variables,
            /// Fencing token of the lease; 0 where the worker has none.
            5 fence: u64,
        },
        /// Changes a job.
        8 UpdateJob {
            /// The job.
            1 job: Key,
            /// New number of retries.
            2 retries: Option<i32>,
            /// New time-out from now, milliseconds.
            3 timeout: Option<i64>,
            /// New priority.
            4 priority: Option<i32>,
        },
        /// A lease ran out.
        9 TimeOutJob {
            /// The job.
            1 job: Key,
        },
        /// The back-off of a failed job is over.
        10 RetryJob {
            /// The job.
            1 job: Key,
        },
        /// Tries again what an incident stopped.
        11 ResolveIncident {
            /// The incident.
            1 incident: Key,
        },
        /// Sets variables.
        12 SetVariables {
            /// The scope: an element instance or the instance.
            1 scope: Key,
            /// The variables.
            2 variables: Variables,
            /// Only in this scope, not where the variable exists further out.
            3 local: bool,
        },
        /// A timer is due.
        13 TriggerTimer {
            /// The timer.
            1 timer: Key,
        },
        /// Gives a user task to someone.
        14 AssignUserTask {
            /// The task.
            1 task: Key,
            /// To whom.
            2 assignee: Str,
            /// Also where it is assigned already.
            3 allow_override: bool,
            /// A name for what is done, for listeners and audit.
            4 action: Str,
        },
        /// Takes a user task from its assignee.
        15 UnassignUserTask {
            /// The task.
            1 task: Key,
        },
        /// Changes a user task.
        16 UpdateUserTask {
            /// The task.
            1 task: Key,
            /// What changes.
            2 changes: TaskChanges,
            /// A name for what is done.
            3 action: Str,
        },
        /// Completes a user task.
        17 CompleteUserTask {
            /// The task.
            1 task: Key,
            /// Its results.
            2 variables: Variables,
            /// A name for what is done.
            3 action: Str,
        },
        /// Delivers a message to a subscription of an instance.
        18 CorrelateSubscription {
            /// The subscription, as the instance knows it.
            1 subscription: Key,
            /// The message.
            2 message: Key,
            /// Its variables.
            3 variables: Variables,
        },
        /// Publishes a message.
        19 PublishMessage {
            /// How long it waits for a subscription, milliseconds.
            1 time_to_live: i64,
            /// No second message with this id is taken while this one waits.
            2 message_id: Str,
            /// Its variables.
            3 variables: Variables,
        },
        /// Correlates a message at once or not at all.
        20 CorrelateMessage {
            /// Its variables.
            1 variables: Variables,
        },
        /// An instance starts to wait for a message.
        21 OpenSubscription {
            /// The instance.
            1 instance: Key,
            /// The subscription.
            2 subscription: Key,
            /// The BPMN id of the process: it takes a message once.
            3 process_id: Str,
            /// Closes with the first message.
            4 interrupting: bool,
        },
        /// An instance stops waiting.
        22 CloseSubscription {
            /// The subscription.
            1 subscription: Key,
        },
        /// An instance took a message.
        23 AcceptCorrelation {
            /// The subscription.
            1 subscription: Key,
            /// The message.
            2 message: Key,
        },
        /// A buffered message's time is over.
        25 ExpireMessage {
            /// The message.
            1 message: Key,
        },
        /// The instance that a message of this key started has ended.
        26 ReleaseStart {
            /// BPMN id of the process.
            1 process_id: Str,
            /// The instance.
            2 instance: Key,
        },
        /// Goes on where a step stopped at its budget.
        27 Continue {},
        /// Stops engine time at a moment, milliseconds since 1970.
        28 PinClock {
            /// The moment.
            1 time: i64,
        },
        /// Lets engine time follow the system again.
        29 ResetClock {},
        /// A timer start event is due.
        30 TriggerStartTimer {
            /// The timer.
            1 timer: Key,
        },
        /// Evaluates a decision on request.
        32 EvaluateDecision {
            /// Key of the definition, or none where the id says it.
            1 decision: Key,
            /// DMN id; its newest version is meant.
            2 decision_id: Str,
            /// What it is evaluated with.
            3 variables: Variables,
        },
        /// Changes where the tokens of an instance are.
        33 ModifyProcessInstance {
            /// Elements to activate.
            1 activate: Vec<ActivateInstruction>,
            /// Element instances to terminate.
            2 terminate: Vec<TerminateInstruction>,
            /// Tokens to move.
            3 moves: Vec<MoveInstruction>,
        },
        /// Goes on with another definition.
        34 MigrateProcessInstance {
            /// The definition.
            1 definition: Key,
            /// BPMN ids of elements: where from and where to.
            2 mappings: Vec<(Str, Str)>,
        },
        /// Nothing of the instance goes on until it is resumed.
        35 SuspendProcessInstance {},
        /// The instance goes on.
        36 ResumeProcessInstance {},
        /// Forgets an ended instance.
        37 DeleteProcessInstance {},
        /// A called instance is done.
        38 CompleteCalled {
            /// The call activity.
            1 element: Key,
            /// The called instance.
            2 instance: Key,
            /// Variables of its root scope.
            3 variables: Variables,
        },
        /// A called instance was terminated.
        39 TerminateCalled {
            /// The call activity.
            1 element: Key,
            /// The called instance.
            2 instance: Key,
        },
        /// An error that the called instance does not catch.
        40 PropagateError {
            /// The call activity.
            1 element: Key,
            /// The called instance.
            2 instance: Key,
            /// The element instance that threw it.
            3 thrower: Key,
            /// The job that threw it, if one did.
            4 job: Key,
            /// The error code.
            5 code: Str,
            /// Explanation.
            6 message: Str,
            /// Handed to the catching event.
            7 variables: Variables,
            /// The instance that threw it.
            8 origin: Key,
        },
        /// An escalation that the called instance does not stop.
        41 PropagateEscalation {
            /// The call activity.
            1 element: Key,
            /// The called instance.
            2 instance: Key,
            /// The code.
            3 code: Str,
            /// Handed to the catching event.
            4 variables: Variables,
        },
        /// No calling instance catches the error.
        42 RejectError {
            /// The element instance that threw it.
            1 thrower: Key,
            /// The job that threw it, if one did.
            2 job: Key,
            /// The error code.
            3 code: Str,
            /// Explanation.
            4 message: Str,
        },
        /// The call activity that started the instance is no more.
        43 CancelCalled {},
        /// Broadcasts a signal.
        44 BroadcastSignal {
            /// Its variables.
            1 variables: Variables,
            /// The instance that threw it: it has had it already.
            2 except: Key,
        },
        /// An instance starts to wait for a signal.
        45 SubscribeSignal {
            /// The instance.
            1 instance: Key,
            /// The subscription.
            2 subscription: Key,
        },
        /// An instance stops waiting for a signal.
        46 UnsubscribeSignal {
            /// The subscription.
            1 subscription: Key,
        },
        /// Starts activities of an ad-hoc sub-process.
        47 ActivateAdHoc {
            /// Its element instance.
            1 element: Key,
            /// Which.
            2 elements: Vec<AdHocActivation>,
            /// Ends those that run.
            3 cancel_remaining: bool,
        },
        /// Completes the job that chooses the activities of an ad-hoc sub-process.
        48 CompleteAdHocJob {
            /// The job.
            1 job: Key,
            /// Its results.
            2 variables: Variables,
            /// What is to run next.
            3 elements: Vec<AdHocActivation>,
            /// Nothing more is to run.
            4 fulfilled: bool,
            /// Ends those that run.
            5 cancel_remaining: bool,
            /// Fencing token of the lease; 0 where the worker has none.
            6 fence: u64,
        },
        /// Adds an iteration to a running multi-instance activity.
        49 AddIteration {
            /// An element instance of the activity: its body or an iteration.
            1 element: Key,
            /// The item, where it loops over a collection.
            2 item: Json,
        },
        /// Ends an iteration of a running multi-instance activity.
        51 RemoveIteration {
            /// Its element instance.
            1 element: Key,
        },
        /// Starts the processes whose conditional start events are true.
        50 EvaluateConditions {
            /// Key of a definition, where only that one is meant.
            1 definition: Key,
            /// What the conditions are evaluated with, and the variables of the instances.
            2 variables: Variables,
            /// A name of the business for the instances.
            3 business_id: Str,
        },
        /// An instance writes into a data store.
        53 WriteDataStore {
            /// The store.
            1 store: Str,
            /// What it holds from now on.
            2 value: Json,
            /// Who writes.
            3 instance: Key,
        },
        /// A write of this instance is through.
        54 SettleDataStore {
            /// The store.
            1 store: Str,
        },
        /// Deletes what was deployed. Refused for a process definition by which instances run.
        55 DeleteResource {
            /// Key of a process definition, of a decision requirements graph, of a form or of another file.
            1 resource: Key,
            /// Also what was kept of it and of its instances, all of which have ended.
            2 history: bool,
            /// Instances that run by it, or are about to: the runtime says so when it carries the command out.
            3 running: u64,
        },
        /// What a job asked for goes on elsewhere: it is leased again, to be asked after, when its time comes.
        52 KeepJobPending {
            /// The job.
            1 job: Key,
            /// Names the work; empty where there is none any more.
            2 handle: Str,
            /// When to ask, milliseconds from now.
            3 poll_after: i64,
            /// Fencing token of the lease; 0 where the worker has none.
            4 fence: u64,
        },
        /// A listener job of a user task is done: the transition goes on or is denied.
        31 CompleteTaskListener {
            /// The job.
            1 job: Key,
            /// True where the listener refuses the transition.
            2 denied: bool,
            /// Why it refuses.
            3 reason: Str,
            /// What it corrects.
            4 corrections: TaskChanges,
            /// Fencing token of the lease; 0 where the worker has none.
            5 fence: u64,
        },
    }
}

message! {
    /// Attributes of a user task to change; what is absent stays.
    pub struct TaskChanges {
        /// Assignee; empty text takes it away.
        1 assignee: Option<Str>,
        /// Users who may claim it.
        2 candidate_users: Option<Vec<Str>>,
        /// Groups whose members may claim it.
        3 candidate_groups: Option<Vec<Str>>,
        /// When it should be done, ISO 8601; empty text takes it away.
        4 due_date: Option<Str>,
        /// When to look at it again, ISO 8601; empty text takes it away.
        5 follow_up_date: Option<Str>,
        /// 0 to 100.
        6 priority: Option<i32>,
    }
}
