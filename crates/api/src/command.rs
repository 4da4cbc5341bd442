//! Commands to the engine, awaited.

use crate::problem::{Problem, intent};
use crate::state::AppState;
use record::{Rejection, RejectionKind, Response};
use runtime::Request;
use tokio::sync::oneshot;

/// Submits a command and waits for its answer.
pub(crate) async fn submit(app: &AppState, request: Request) -> Result<Response, Problem> {
    let name = intent(&request.command);
    let (send, receive) = oneshot::channel();
    app.handle.submit(request, move |answer| drop(send.send(answer)));
    let answer = receive.await.map_err(|_| stopped(name))?;
    app.acknowledge(answer.lsn);
    accepted(name, answer.response)
}

/// Submits the creation of an instance and waits for the instance's end.
pub(crate) async fn submit_and_await_end(
    app: &AppState,
    request: Request,
    timeout_ms: i64,
) -> Result<Response, Problem> {
    let name = intent(&request.command);
    let (send, receive) = oneshot::channel();
    app.handle.submit_and_await_end(request, timeout_ms, move |answer| drop(send.send(answer)));
    let answer = receive.await.map_err(|_| stopped(name))?;
    app.acknowledge(answer.lsn);
    match &answer.response {
        Response::Rejected { rejection }
            if rejection.kind == RejectionKind::Unavailable && rejection.reason.starts_with("timeout") =>
        {
            let text = format!(
                "The instance did not end within {timeout_ms} ms. It goes on; give a longer requestTimeout, or look \
                 it up later. {}",
                rejection.reason
            );
            Err(Problem::new(504, "DEADLINE_EXCEEDED", text))
        }
        _ => accepted(name, answer.response),
    }
}

fn accepted(name: &'static str, response: Response) -> Result<Response, Problem> {
    match response {
        Response::Rejected { rejection } => Err(Problem::rejected(name, &rejection)),
        response => Ok(response),
    }
}

fn stopped(name: &'static str) -> Problem {
    Problem::rejected(name, &Rejection::new(RejectionKind::Unavailable, "The server is stopping"))
}

/// A response that does not fit its command.
pub(crate) fn unexpected(response: &Response) -> Problem {
    Problem::new(500, "INTERNAL", format!("The engine answered with {}.", response.name()))
}
