//! Errors as RFC 9457 problems, with the titles that Camunda's clients know.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use history::SearchError;
use record::{Command, Rejection, RejectionKind};

/// Why a request was not carried out.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the title tells problems apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The class of problem, such as `NOT_FOUND`.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// The request's path.
    instance: String,
    /// What exactly could not be read, where the detail is a fixed text.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem.
    pub fn new(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Problem {
            kind: "about:blank",
            title,
            status,
            detail: detail.into(),
            instance: String::new(),
            reason: None,
            retry_after: None,
        }
    }

    /// The request is wrong.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Problem::new(400, "INVALID_ARGUMENT", detail)
    }

    /// The request cannot be read at all.
    pub(crate) fn unreadable(detail: impl Into<String>, reason: impl Into<String>) -> Self {
        Problem { reason: Some(reason.into()), ..Problem::new(400, "Bad Request", detail) }
    }

    /// Something with this key is not there.
    pub(crate) fn no_such(what: &str, key: impl std::fmt::Display) -> Self {
        Problem::new(404, "NOT_FOUND", format!("{what} with key '{key}' not found"))
    }

    /// A rejection of the engine.
    pub(crate) fn rejected(command: &'static str, rejection: &Rejection) -> Self {
        let kind = rejection.kind;
        let detail =
            format!("Command '{command}' rejected with code '{}': {}", kind.as_str(), rejection.reason);
        let problem = Problem::new(status_of(kind), kind.as_str(), detail);
        match kind {
            RejectionKind::ResourceExhausted | RejectionKind::Unavailable => problem.retry_after(1),
            _ => problem,
        }
    }

    /// Says after how many seconds the same request may succeed.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The response, with the request's path.
    pub(crate) fn render(mut self, path: &str) -> Response {
        self.instance = path.to_owned();
        let body = serde_json::to_string(&self).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn status_of(kind: RejectionKind) -> u16 {
    match kind {
        RejectionKind::InvalidArgument => 400,
        RejectionKind::NotFound => 404,
        RejectionKind::InvalidState | RejectionKind::AlreadyExists => 409,
        RejectionKind::ProcessingError => 500,
        RejectionKind::ResourceExhausted | RejectionKind::Unavailable => 503,
    }
}

/// The problem travels as an extension; the router writes it out.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Database(_) | SearchError::History(_) => {
                Problem::new(500, "INTERNAL", error.to_string())
            }
            _ => Problem::invalid(error.to_string()),
        }
    }
}

/// What Camunda calls the command, as its clients see it in errors.
pub(crate) fn intent(command: &Command) -> &'static str {
    match command {
        Command::DeployResources { .. } | Command::CreateProcessInstance { .. } => "CREATE",
        Command::CancelProcessInstance {} => "CANCEL",
        Command::CompleteJob { .. } | Command::CompleteUserTask { .. } => "COMPLETE",
        Command::CompleteTaskListener { .. } | Command::CompleteAdHocJob { .. } => "COMPLETE",
        Command::ModifyProcessInstance { .. } => "MODIFY",
        Command::MigrateProcessInstance { .. } => "MIGRATE",
        Command::SuspendProcessInstance {} => "SUSPEND",
        Command::ResumeProcessInstance {} => "RESUME",
        Command::DeleteProcessInstance {} | Command::DeleteResource { .. } => "DELETE",
        Command::BroadcastSignal { .. } => "BROADCAST",
        Command::EvaluateConditions { .. } => "EVALUATE",
        Command::ActivateAdHoc { .. } => "ACTIVATE",
        Command::FailJob { .. } => "FAIL",
        Command::ThrowJobError { .. } => "THROW_ERROR",
        Command::UpdateJob { retries: Some(_), timeout: None, .. } => "UPDATE_RETRIES",
        Command::UpdateJob { retries: None, timeout: Some(_), .. } => "UPDATE_TIMEOUT",
        Command::UpdateJob { .. } | Command::SetVariables { .. } | Command::UpdateUserTask { .. } => "UPDATE",
        Command::ResolveIncident { .. } => "RESOLVE",
        Command::AssignUserTask { allow_override: false, .. } => "CLAIM",
        Command::AssignUserTask { .. } | Command::UnassignUserTask { .. } => "ASSIGN",
        Command::PublishMessage { .. } => "PUBLISH",
        Command::CorrelateMessage { .. } => "CORRELATE",
        Command::PinClock { .. } => "PIN",
        Command::ResetClock {} => "RESET",
        Command::ActivateJob { .. } => "ACTIVATE",
        Command::EvaluateDecision { .. } => "EVALUATE",
        other => other.name(),
    }
}
