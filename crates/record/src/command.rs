//! Commands: what someone wants, in the imperative. Each goes to exactly one aggregate.

use crate::wire::Bytes;
use crate::{Key, Str, Variables};

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
