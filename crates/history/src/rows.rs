//! What searches find. Keys are plain numbers, times milliseconds since 1970.

use record::command::TaskChanges;

/// A process definition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ProcessDefinitionRow {
    pub key: i64,
    pub id: String,
    pub version: i32,
    pub version_tag: Option<String>,
    pub name: Option<String>,
    pub resource: String,
    pub deployment: i64,
    pub created: i64,
    pub has_start_form: bool,
    pub tenant: String,
    /// Only history has it.
    pub deleted: bool,
}

/// The definition that something belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OfDefinition {
    pub key: i64,
    pub id: String,
    pub name: Option<String>,
    pub version: i32,
}

/// A process instance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ProcessInstanceRow {
    pub key: i64,
    pub definition: OfDefinition,
    pub version_tag: Option<String>,
    pub state: String,
    pub started: i64,
    pub ended: Option<i64>,
    pub parent: Option<i64>,
    pub parent_element: Option<i64>,
    pub root: i64,
    pub business_id: Option<String>,
    pub tags: Vec<String>,
    pub has_incident: bool,
    pub tenant: String,
    pub traceparent: Option<String>,
    /// Since when nothing of it goes on.
    pub suspended: Option<i64>,
}

/// An element instance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ElementInstanceRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub definition: OfDefinition,
    pub element_id: String,
    pub element_name: Option<String>,
    pub kind: String,
    pub scope: i64,
    pub state: String,
    pub started: i64,
    pub ended: Option<i64>,
    pub incident: Option<i64>,
    pub tenant: String,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct JobRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub definition: OfDefinition,
    pub element: i64,
    pub element_id: String,
    pub job_type: String,
    pub kind: String,
    pub listener_event: String,
    pub state: String,
    pub retries: i32,
    pub priority: i32,
    pub worker: Option<String>,
    pub deadline: Option<i64>,
    pub retry_at: Option<i64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub failed_with_retries: bool,
    /// Whether a listener of a user task denied; none for other jobs, and before it is done.
    pub denied: Option<bool>,
    pub denied_reason: Option<String>,
    pub headers: Vec<(String, String)>,
    pub created: i64,
    pub updated: i64,
    pub ended: Option<i64>,
    pub tenant: String,
    pub business_id: Option<String>,
}

/// A variable. Its value is JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct VariableRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub scope: i64,
    pub name: String,
    pub value: String,
    pub tenant: String,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct IncidentRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub definition: OfDefinition,
    pub element: i64,
    pub element_id: String,
    pub job: Option<i64>,
    pub kind: String,
    pub message: String,
    /// The expression behind it and what its evaluation noted, as JSON.
    pub cause: Option<String>,
    pub state: String,
    pub created: i64,
    pub resolved: Option<i64>,
    pub tenant: String,
}

/// A user task.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct UserTaskRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub definition: OfDefinition,
    pub element: i64,
    pub element_id: String,
    pub element_name: Option<String>,
    pub state: String,
    pub assignee: Option<String>,
    pub candidate_users: Vec<String>,
    pub candidate_groups: Vec<String>,
    pub due: Option<i64>,
    pub follow_up: Option<i64>,
    pub priority: i32,
    /// Name of a form outside, or key of one in the model.
    pub form: Option<String>,
    /// The deployed form.
    pub form_key: Option<i64>,
    pub action: Option<String>,
    pub denied_reason: Option<String>,
    pub headers: Vec<(String, String)>,
    pub tags: Vec<String>,
    pub created: i64,
    pub ended: Option<i64>,
    pub tenant: String,
    pub business_id: Option<String>,
    /// What the transition under way will change.
    pub changes: Option<TaskChanges>,
}

/// A message subscription of an element instance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MessageSubscriptionRow {
    pub key: i64,
    pub instance: i64,
    pub root: i64,
    pub definition: OfDefinition,
    pub element: i64,
    pub element_id: String,
    pub name: String,
    pub correlation_key: String,
    pub state: String,
    pub updated: i64,
    pub tenant: String,
    pub business_id: Option<String>,
    /// Of the element that waits, as the model has them.
    pub properties: Vec<(String, String)>,
}

/// A message that an element instance took.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CorrelatedSubscriptionRow {
    pub subscription: MessageSubscriptionRow,
    pub message: i64,
    pub partition: i32,
    pub time: i64,
}
