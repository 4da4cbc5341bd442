//! What events are made of.

use super::Event;
use crate::wire::Bytes;
use crate::{Json, Key, Str};

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
    /// How long the engine has gone on by itself since something came from outside: from a client, a worker or a clock.
    #[derive(Copy, Eq)]
    pub struct Chain {
        /// Commands that it sent itself, each because of the one before.
        1 hops: u32,
        /// Process instances that messages and signals started, each by one that the one before threw.
        2 starts: u16,
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

message! {
    /// A deployed file that is neither processes nor decisions.
    pub struct DeployedFile {
        /// Its key.
        1 key: Key,
        /// The deployment.
        2 deployment: Key,
        /// What versions of it have in common: the id that it gives itself, else its name.
        3 id: Str,
        /// From 1.
        4 version: u32,
        /// File name.
        5 name: Str,
        /// The file.
        6 content: Bytes,
        /// SHA-256 of it.
        7 digest: Bytes,
        /// The tag by which models ask for this version; empty without one.
        8 version_tag: Str,
    }
}
