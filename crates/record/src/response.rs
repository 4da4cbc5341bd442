//! What a command is answered with: a result, or a rejection that changed nothing.

use crate::{Json, Key, Str, Variables};

names! {
    /// Why a command is not valid now; the name is the `title` of the problem in the API.
    pub enum RejectionKind {
        /// The command itself is wrong.
        1 InvalidArgument = "INVALID_ARGUMENT",
        /// What it names does not exist (any more).
        2 NotFound = "NOT_FOUND",
        /// What it names is in another state.
        3 InvalidState = "INVALID_STATE",
        /// It would create what exists already.
        4 AlreadyExists = "ALREADY_EXISTS",
        /// A limit is reached; the same command may succeed later.
        5 ResourceExhausted = "RESOURCE_EXHAUSTED",
        /// Processing failed inside Dirigent; nothing was changed.
        6 ProcessingError = "PROCESSING_ERROR",
        /// The server cannot accept commands now (disk full, stopping).
        7 Unavailable = "UNAVAILABLE",
    }
}

message! {
    /// A command that was not carried out. Nothing changed.
    pub struct Rejection {
        /// The class of reason.
        1 kind: RejectionKind,
        /// What is wrong and what to do, for people.
        2 reason: Str,
    }
}

impl Rejection {
    /// A rejection of `kind` for `reason`.
    pub fn new(kind: RejectionKind, reason: impl Into<Str>) -> Self {
        Rejection { kind, reason: reason.into() }
    }
}

message! {
    /// A process of a deployment.
    pub struct DeployedProcess {
        /// The definition's key.
        1 key: Key,
        /// The BPMN id of the process.
        2 id: Str,
        /// 1 for the first version of this id.
        3 version: u32,
        /// The file it came from.
        4 resource: Str,
        /// True where the same file was deployed before, so that this version existed already.
        5 duplicate: bool,
    }
}

message! {
    /// A decision requirements graph of a deployment.
    pub struct DeployedRequirements {
        /// Its key.
        1 key: Key,
        /// DMN id.
        2 id: Str,
        /// Its name.
        3 name: Str,
        /// 1 for the first version of this id.
        4 version: u32,
        /// The file it came from.
        5 resource: Str,
        /// True where the same file was deployed before.
        6 duplicate: bool,
    }
}

message! {
    /// A file of a deployment that is neither processes nor decisions.
    pub struct DeployedResource {
        /// Its key.
        1 key: Key,
        /// What its versions have in common.
        2 id: Str,
        /// 1 for the first version of this id.
        3 version: u32,
        /// File name.
        4 name: Str,
        /// The tag by which models ask for this version; empty without one.
        5 version_tag: Str,
        /// True where the same file was deployed before.
        6 duplicate: bool,
    }
}

message! {
    /// A decision of a deployment.
    pub struct DeployedDecision {
        /// Its key.
        1 key: Key,
        /// DMN id.
        2 id: Str,
        /// Its name.
        3 name: Str,
        /// 1 for the first version of this id.
        4 version: u32,
        /// Key of its graph.
        5 requirements: Key,
        /// DMN id of its graph.
        6 requirements_id: Str,
    }
}

message! {
    /// A job as a worker gets it.
    pub struct ActivatedJob {
        /// The job's key.
        1 key: Key,
        /// The job type.
        2 job_type: Str,
        /// The instance.
        3 instance: Key,
        /// The definition's key.
        4 definition: Key,
        /// The BPMN id of the process.
        5 process_id: Str,
        /// The definition's version.
        6 version: u32,
        /// The BPMN id of the element.
        7 element_id: Str,
        /// The element instance.
        8 element: Key,
        /// Custom headers of the model.
        9 headers: Vec<(Str, Str)>,
        /// The worker that it is leased to.
        10 worker: Str,
        /// Retries left.
        11 retries: i32,
        /// When the lease ends, milliseconds since 1970.
        12 deadline: i64,
        /// All visible variables, or those asked for, as one object.
        13 variables: Json,
        /// Fencing token of this lease.
        14 fence: u64,
        /// The kind of job.
        15 kind: crate::JobKind,
        /// The root instance.
        16 root: Key,
        /// Trace context of the instance.
        17 traceparent: Str,
        /// Higher ones are leased first.
        18 priority: i32,
        /// Labels of the instance.
        19 tags: Vec<Str>,
        /// A name of the business for the instance.
        20 business_id: Str,
        /// The event of a listener, such as `START`; empty for other jobs.
        21 event: Str,
        /// Names the work that an earlier lease started and that goes on elsewhere; empty for none.
        22 handle: Str,
        /// An earlier lease ended without a report: what it was for may have been done.
        23 unreported: bool,
        /// Where in its variables the model names secrets.
        24 secrets: Vec<crate::secret::SecretPlace>,
    }
}

choice! {
    /// The answer to a command.
    pub enum Response {
        /// Done; there is nothing to say.
        1 Done {},
        /// Resources were deployed.
        2 Deployed {
            /// Key of the deployment.
            1 key: Key,
            /// Its processes.
            2 processes: Vec<DeployedProcess>,
            /// Its decision requirements graphs.
            3 requirements: Vec<DeployedRequirements>,
            /// Its decisions.
            4 decisions: Vec<DeployedDecision>,
            /// Its other files.
            5 files: Vec<DeployedResource>,
        },
        /// An instance was created.
        3 Created {
            /// The instance.
            1 instance: Key,
            /// Its definition.
            2 definition: Key,
            /// The BPMN id of the process.
            3 process_id: Str,
            /// The definition's version.
            4 version: u32,
        },
        /// A job was leased.
        4 Activated {
            /// The job.
            1 job: Box<ActivatedJob>,
        },
        /// A message was published.
        5 Published {
            /// The message's key.
            1 key: Key,
        },
        /// A message was correlated at once.
        6 Correlated {
            /// The message's key.
            1 key: Key,
            /// The instance that took it.
            2 instance: Key,
        },
        /// The command was rejected.
        7 Rejected {
            /// Why.
            1 rejection: Rejection,
        },
        /// The instance that was awaited has ended.
        8 Ended {
            /// The instance.
            1 instance: Key,
            /// Its definition.
            2 definition: Key,
            /// The BPMN id of the process.
            3 process_id: Str,
            /// The definition's version.
            4 version: u32,
            /// Variables of its root scope.
            5 variables: Variables,
            /// False where it was cancelled.
            6 completed: bool,
        },
        /// A signal was broadcast.
        10 Broadcast {
            /// Names the broadcast.
            1 key: Key,
        },
        /// Conditional start events were evaluated.
        11 ConditionsEvaluated {
            /// Names the evaluation.
            1 key: Key,
            /// The definitions and instances that were started.
            2 started: Vec<(Key, Key)>,
        },
        /// A decision was evaluated.
        9 DecisionEvaluated {
            /// What came of it.
            1 evaluation: Box<crate::event::DecisionEvaluation>,
        },
    }
}

impl Response {
    /// A rejection as a response.
    pub fn rejected(kind: RejectionKind, reason: impl Into<Str>) -> Self {
        Response::Rejected { rejection: Rejection::new(kind, reason) }
    }
}
