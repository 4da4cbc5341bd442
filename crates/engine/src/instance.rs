//! The state of one process instance: live element instances with their variables, and what they wait for.
//!
//! Lists are ordered by key. Keys grow, so new entries go to the end and look-up is a binary search.

use record::command::{Origin, TaskChanges};
use record::event::{Chain, Pending};
use record::secret::SecretPlace;
use record::{Command, IncidentType, JobKind, Json, Key, Str, TaskAction, Variables};

record::names! {
    /// Where an element instance is in its life.
    pub enum ElementState {
        /// It exists, but what it needs (mappings, expressions) is not evaluated yet.
        1 Activating = "ACTIVATING",
        /// It does its work or waits.
        2 Active = "ACTIVE",
        /// Its work is done, its output mappings are not.
        3 Completing = "COMPLETING",
        /// It is being ended.
        4 Terminating = "TERMINATING",
    }
}

record::names! {
    /// Where a job is in its life.
    pub enum JobState {
        /// A worker may have it.
        1 Activatable = "CREATED",
        /// A worker has it.
        2 Activated = "ACTIVATED",
        /// It failed; it waits for its back-off, or for its incident.
        3 Failed = "FAILED",
        /// It threw an error that nothing caught.
        4 ErrorThrown = "ERROR_THROWN",
        /// What it asked for goes on elsewhere; it waits until that is asked after.
        5 Pending = "PENDING",
    }
}

record::names! {
    /// What an element instance stands for.
    pub enum Role {
        /// The element.
        1 Plain = "PLAIN",
        /// All iterations of a loop or multi-instance activity.
        2 Body = "BODY",
        /// One iteration of it.
        3 Iteration = "ITERATION",
        /// One chosen activity of an ad-hoc sub-process.
        4 Inner = "INNER",
    }
}

record::message! {
    /// How far the iterations of a body, or the activities of an ad-hoc sub-process, are.
    pub struct Loop {
        /// Planned; 0 where a condition decides.
        1 total: u32,
        /// One for each iteration, where it loops over a collection.
        2 items: Vec<Json>,
        /// Begun.
        3 started: u32,
        /// Done.
        4 completed: u32,
        /// Ended by something else.
        5 terminated: u32,
        /// What is collected, by iteration.
        6 outputs: Vec<Json>,
        /// No more are to begin.
        7 fulfilled: bool,
        /// Chosen activities of a sequential ad-hoc sub-process that are still to begin, with the variables of their scopes.
        8 waiting: Vec<(u32, Variables)>,
        /// What led to it.
        9 chain: Chain,
    }
}

record::message! {
    /// A live element instance.
    pub struct ElementInstance {
        /// Its key.
        1 key: Key,
        /// Its element; 0 is the process.
        2 ordinal: u32,
        /// The enclosing element instance; none for the process.
        3 scope: Key,
        /// Its state.
        4 state: ElementState,
        /// Variables of this scope.
        5 variables: Variables,
        /// Live element instances inside.
        6 children: u32,
        /// Its job, if it has one.
        7 job: Key,
        /// What it stands for.
        8 role: Role,
        /// Of a body or ad-hoc sub-process.
        9 looping: Option<Box<Loop>>,
        /// Which iteration it is, from 1.
        10 counter: u32,
        /// An interrupting event sub-process took the scope over.
        11 interrupted: bool,
        /// The called instance.
        12 called: Key,
        /// Its start listeners are through, or, while it completes, its output mappings.
        13 listened: bool,
        /// What it compensates, where it is a compensation handler.
        14 compensates: Key,
        /// Where in its variables the model names secrets.
        15 secrets: Vec<SecretPlace>,
        /// Someone put a token into it, so that it waits for no others.
        16 placed: bool,
    }
}

record::message! {
    /// A job.
    pub struct Job {
        /// Its key.
        1 key: Key,
        /// The element instance.
        2 element: Key,
        /// Its type.
        3 job_type: Str,
        /// Retries left.
        4 retries: i32,
        /// What it is for.
        5 kind: JobKind,
        /// Its state.
        6 state: JobState,
        /// Who has it.
        7 worker: Str,
        /// End of the lease, or of the back-off; milliseconds since 1970.
        8 until: i64,
        /// Token of the last lease.
        9 fence: u64,
        /// Why it failed last.
        10 message: Str,
        /// Which of the element's listeners it is.
        11 listener: u32,
        /// Higher ones are leased first.
        12 priority: i32,
        /// Names the work that goes on elsewhere; empty for none.
        13 handle: Str,
        /// Its last lease ended without a report.
        14 unreported: bool,
    }
}

record::message! {
    /// A running timer.
    pub struct Timer {
        /// Its key.
        1 key: Key,
        /// The element instance that it belongs to.
        2 element: Key,
        /// The event that it triggers.
        3 ordinal: u32,
        /// When, milliseconds since 1970.
        4 due: i64,
        /// Firings left after this one; -1 without end.
        5 repetitions: i32,
        /// The cycle's text.
        6 cycle: Str,
        /// Which of the event's definitions it is.
        7 part: u32,
        /// What led to it, where it is due at once.
        8 chain: Chain,
    }
}

record::message! {
    /// An open message or signal subscription.
    pub struct Subscription {
        /// Its key.
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
        /// Which of the event's definitions it is.
        7 part: u32,
        /// It waits for a signal.
        8 signal: bool,
    }
}

record::message! {
    /// A condition that is waited for.
    pub struct Condition {
        /// Its key.
        1 key: Key,
        /// The element instance that it belongs to.
        2 element: Key,
        /// The event that it triggers.
        3 ordinal: u32,
        /// Which of the event's definitions it is.
        4 part: u32,
        /// Closes when it is true.
        5 interrupting: bool,
        /// True when it was looked at last.
        6 holds: bool,
    }
}

record::message! {
    /// What was completed and can be compensated.
    pub struct Compensable {
        /// The element instance that completed.
        1 key: Key,
        /// The element.
        2 ordinal: u32,
        /// The scope in which it can be compensated.
        3 scope: Key,
        /// Its own variables at completion.
        4 variables: Variables,
        /// A compensation took it on.
        5 taken: bool,
    }
}

record::message! {
    /// A compensation under way.
    pub struct Compensation {
        /// Names it.
        1 key: Key,
        /// The element instance that waits for its end; none where nothing waits.
        2 thrower: Key,
        /// What is still to be compensated, the next one last.
        3 records: Vec<Key>,
        /// The handler that runs.
        4 handler: Key,
        /// A transaction is cancelled by it.
        5 cancel: bool,
        /// The scope of the event that threw it, which waits for its end.
        6 scope: Key,
    }
}

record::message! {
    /// A complex gateway that let its first tokens through.
    pub struct Resetting {
        /// The scope.
        1 scope: Key,
        /// The gateway.
        2 ordinal: u32,
        /// Flows on which it still expects a token.
        3 awaited: Vec<u32>,
    }
}

record::message! {
    /// An open incident.
    pub struct Incident {
        /// Its key.
        1 key: Key,
        /// The stuck element instance.
        2 element: Key,
        /// The job behind it.
        3 job: Key,
        /// Its type.
        4 kind: IncidentType,
    }
}

record::message! {
    /// A transition of a user task that its listeners have not let through yet.
    pub struct Transition {
        /// Which.
        1 kind: TaskAction,
        /// What it will change.
        2 changes: TaskChanges,
        /// Variables of a completion.
        3 variables: Variables,
        /// Name of the action.
        4 action: Str,
    }
}

record::message! {
    /// A user task.
    pub struct UserTask {
        /// Its key.
        1 key: Key,
        /// The element instance.
        2 element: Key,
        /// Who works on it; empty for nobody.
        3 assignee: Str,
        /// False until its creation is through.
        4 created: bool,
        /// The transition under way.
        5 transition: Option<Transition>,
    }
}

record::message! {
    /// A process instance.
    pub struct Instance {
        /// Its key, which is also that of its root element instance.
        1 key: Key,
        /// Its definition.
        2 definition: Key,
        /// BPMN id of the process.
        3 process_id: Str,
        /// The definition's version.
        4 version: u32,
        /// The tenant.
        5 tenant: Str,
        /// What started it.
        6 origin: Option<Origin>,
        /// A name of the business for it.
        7 business_id: Str,
        /// Trace context that it belongs to.
        8 traceparent: Str,
        /// The last key that was given out.
        9 last_key: Key,
        /// Key blocks beyond the first.
        10 blocks: Vec<Key>,
        /// Live element instances; the first one is the process.
        11 elements: Vec<ElementInstance>,
        /// Tokens that wait at a join: scope and flow.
        12 waiting: Vec<(Key, u32)>,
        /// Jobs.
        13 jobs: Vec<Job>,
        /// Timers.
        14 timers: Vec<Timer>,
        /// Message subscriptions.
        15 subscriptions: Vec<Subscription>,
        /// Incidents.
        16 incidents: Vec<Incident>,
        /// User tasks.
        17 tasks: Vec<UserTask>,
        /// Tokens that wait for a further step.
        18 pending: Vec<Pending>,
        /// It ended; what is left of it is only read once more.
        19 ended: bool,
        /// Labels.
        20 tags: Vec<Str>,
        /// Conditions that are waited for.
        21 conditions: Vec<Condition>,
        /// Parts of events that must all occur and did: element instance, event and part.
        22 occurred: Vec<(Key, (u32, u32))>,
        /// What can be compensated, in the order of completion.
        23 compensable: Vec<Compensable>,
        /// Compensations under way.
        24 compensations: Vec<Compensation>,
        /// Complex gateways that wait for the rest of their tokens.
        25 resetting: Vec<Resetting>,
        /// Nothing goes on.
        26 suspended: bool,
        /// Commands that wait for the end of the suspension.
        27 parked: Vec<Command>,
        /// Steps in a row that ended at their budget.
        28 continuations: u32,
        /// Data stores into which an own write is under way, one for each write.
        29 unsettled: Vec<Str>,
        /// What led to the step that ended at its budget.
        30 chain: Chain,
    }
}

/// Things with a key, in a list ordered by it.
pub(crate) trait Keyed {
    /// The key.
    fn key(&self) -> Key;
}

macro_rules! keyed {
    ($($t:ty),*) => { $( impl Keyed for $t { fn key(&self) -> Key { self.key } } )* };
}
keyed!(ElementInstance, Job, Timer, Subscription, Condition, Incident, UserTask);

/// The entry with `key`.
pub(crate) fn find<T: Keyed>(list: &[T], key: Key) -> Option<&T> {
    list.binary_search_by_key(&key, Keyed::key).ok().map(|at| &list[at])
}

/// The entry with `key`, to be changed.
pub(crate) fn find_mut<T: Keyed>(list: &mut [T], key: Key) -> Option<&mut T> {
    list.binary_search_by_key(&key, Keyed::key).ok().map(|at| &mut list[at])
}

/// Takes the entry with `key` out.
pub(crate) fn remove<T: Keyed>(list: &mut Vec<T>, key: Key) -> Option<T> {
    list.binary_search_by_key(&key, Keyed::key).ok().map(|at| list.remove(at))
}

/// Puts an entry in its place, mostly at the end.
pub(crate) fn insert<T: Keyed>(list: &mut Vec<T>, entry: T) {
    match list.last() {
        Some(last) if last.key() >= entry.key() => {
            let at = list.partition_point(|other| other.key() < entry.key());
            list.insert(at, entry);
        }
        _ => list.push(entry),
    }
}

impl Instance {
    /// The live element instance with this key.
    pub fn element(&self, key: Key) -> Option<&ElementInstance> {
        find(&self.elements, key)
    }

    /// The job with this key.
    pub fn job(&self, key: Key) -> Option<&Job> {
        find(&self.jobs, key)
    }

    /// The user task with this key.
    pub fn task(&self, key: Key) -> Option<&UserTask> {
        find(&self.tasks, key)
    }

    /// Variables of the process's own scope.
    pub fn root_variables(&self) -> Variables {
        self.elements.first().map(|root| root.variables.clone()).unwrap_or_default()
    }

    /// The instance at the root of the calls that led here.
    pub fn root(&self) -> Key {
        self.origin.as_ref().map(|origin| origin.root).filter(|root| !root.is_none()).unwrap_or(self.key)
    }

    /// Live element instances directly inside `scope`, in the order in which they began.
    pub fn children(&self, scope: Key) -> impl DoubleEndedIterator<Item = &ElementInstance> {
        self.elements.iter().filter(move |element| element.scope == scope && element.key != scope)
    }
}
