//! Who asks, and whether they may.
//!
//! A handler that does not take [`Authorized`] first is not accepted by `secured!`, which is the only way into the
//! router; so no endpoint can be left unchecked.

use crate::limits::MAX_REQUEST_ID;
use crate::problem::Problem;
use crate::state::{AppState, Mode};
use axum::extract::FromRequestParts;
use axum::handler::Handler;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use record::{Command, DEFAULT_TENANT, Str};
use runtime::{Request, Target};
use std::marker::PhantomData;

/// Something that can be done.
pub trait Action: Send + 'static {
    /// Its name.
    const NAME: &'static str;
    /// It only asks whether the server runs.
    const OPEN: bool = false;
}

/// What it is done to.
pub trait Resource: Send + 'static {
    /// Its name, as Camunda's authorizations have it.
    const NAME: &'static str;
}

macro_rules! declare {
    ($of:ident: $( $(#[$meta:meta])* $name:ident = $text:literal ),* $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;
        impl $of for $name {
            const NAME: &'static str = $text;
        }
    )* };
}

declare! { Action:
    /// Looks at it.
    Read = "READ",
    /// Brings one into being.
    Create = "CREATE",
    /// Changes it, or ends it.
    Update = "UPDATE",
}

/// Asks whether the server runs; allowed to everyone.
#[derive(Debug)]
pub struct Probe;

impl Action for Probe {
    const NAME: &'static str = "PROBE";
    const OPEN: bool = true;
}

declare! { Resource:
    /// The server.
    System = "SYSTEM",
    /// Definitions and the files that they come from.
    ProcessDefinition = "PROCESS_DEFINITION",
    /// Process instances with everything in them.
    ProcessInstance = "PROCESS_INSTANCE",
    /// Messages.
    Message = "MESSAGE",
    /// User tasks.
    UserTask = "USER_TASK",
    /// Decisions and their evaluations.
    DecisionDefinition = "DECISION_DEFINITION",
    /// Decision requirements graphs and the files that they come from.
    DecisionRequirementsDefinition = "DECISION_REQUIREMENTS_DEFINITION",
    /// Deployed files that are neither processes nor decisions.
    DeployedFile = "RESOURCE",
    /// Expressions.
    Expression = "EXPRESSION",
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Name of the user or client.
    pub name: Str,
    /// The tenant that they act for.
    pub tenant: Str,
}

/// Proof that the sender of a request may do `A` to `R`, with what every command carries.
#[derive(Debug)]
pub struct Authorized<A, R> {
    /// Who asks.
    pub subject: Subject,
    request_id: Str,
    traceparent: Str,
    may: PhantomData<(A, R)>,
}

impl<A: Action, R: Resource> Authorized<A, R> {
    /// The command as a request to the engine.
    pub(crate) fn request(&self, target: Target, command: Command) -> Request {
        Request {
            tenant: self.subject.tenant.clone(),
            actor: self.subject.name.clone(),
            request_id: self.request_id.clone(),
            traceparent: self.traceparent.clone(),
            target,
            command,
        }
    }

    /// The tenant.
    pub(crate) fn tenant(&self) -> String {
        self.subject.tenant.to_string()
    }

    /// The client's `Idempotency-Key`, or nothing.
    pub(crate) fn request_id(&self) -> Str {
        self.request_id.clone()
    }

    /// Refuses a tenant that is not there.
    pub(crate) fn same_tenant(&self, what: &str, tenant: Option<&str>) -> Result<(), Problem> {
        match tenant {
            Some(tenant) if tenant != &*self.subject.tenant => Err(Problem::invalid(format!(
                "Expected to handle request {what} with tenant identifier '{tenant}', but multi-tenancy is disabled"
            ))),
            _ => Ok(()),
        }
    }
}

impl<A: Action, R: Resource> FromRequestParts<AppState> for Authorized<A, R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let name = match state.mode {
            Mode::Development => "developer",
            Mode::Locked if A::OPEN => "anonymous",
            Mode::Locked => {
                let text = format!(
                    "{} of {} needs a user, and there is none yet: create an administrator on the server first.",
                    A::NAME,
                    R::NAME
                );
                return Err(Problem::new(401, "Unauthorized", text));
            }
        };
        let subject = Subject { name: name.into(), tenant: DEFAULT_TENANT.into() };
        let request_id = text_of(&parts.headers, "idempotency-key");
        if request_id.len() > MAX_REQUEST_ID {
            return Err(Problem::invalid(format!("An Idempotency-Key has at most {MAX_REQUEST_ID} bytes.")));
        }
        let traceparent = text_of(&parts.headers, "traceparent");
        let traceparent = if is_traceparent(traceparent) { traceparent } else { "" };
        Ok(Authorized {
            subject,
            request_id: request_id.into(),
            traceparent: traceparent.into(),
            may: PhantomData,
        })
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; anything else is ignored, as the standard wants it.
fn is_traceparent(text: &str) -> bool {
    let mut parts = text.split('-');
    let hex = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    hex(parts.next(), 2) && hex(parts.next(), 32) && hex(parts.next(), 16) && hex(parts.next(), 2)
}

/// The arguments of a handler that begins with [`Authorized`].
pub trait Checked {}

impl<M, A, R> Checked for (M, Authorized<A, R>) {}
impl<M, A, R, T2> Checked for (M, Authorized<A, R>, T2) {}
impl<M, A, R, T2, T3> Checked for (M, Authorized<A, R>, T2, T3) {}
impl<M, A, R, T2, T3, T4> Checked for (M, Authorized<A, R>, T2, T3, T4) {}
impl<M, A, R, T2, T3, T4, T5> Checked for (M, Authorized<A, R>, T2, T3, T4, T5) {}

/// Compiles only for handlers that begin with [`Authorized`].
pub(crate) fn checked<H, T>(_handler: &H)
where
    H: Handler<T, AppState>,
    T: Checked,
{
}

/// Routes of handlers that are checked, each with its OpenAPI description.
macro_rules! secured {
    ($( $( $handler:ident )::+ ),* $(,)?) => {{
        let router = utoipa_axum::router::OpenApiRouter::new();
        $(
            $crate::authorized::checked(&$( $handler )::+);
            let router = router.routes(utoipa_axum::routes!($( $handler )::+));
        )*
        router
    }};
}

#[cfg(test)]
mod tests {
    use super::is_traceparent;

    #[test]
    fn only_a_whole_traceparent_is_taken() {
        assert!(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assert!(!is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"));
        assert!(!is_traceparent("hello"));
    }
}
