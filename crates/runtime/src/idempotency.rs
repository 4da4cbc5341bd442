//! The window of answers that a repeated request gets again.
//!
//! **Invariant**: an answer is here as soon as its command ran, and whoever asks again waits like the first one
//! until its record is durable. The window is counted, not timed: the oldest answers go first.

use crate::request::{ActivateJobs, Request};
use crate::rows::{self, AnswerRow};
use record::header::Header;
use record::port::StoreBatch;
use record::wire;
use record::{Response, Str};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Who sent a request, and its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey {
    pub tenant: Str,
    pub actor: Str,
    pub request_id: Str,
}

impl RequestKey {
    /// The key of a command.
    pub fn of(request: &Request) -> Self {
        let Request { tenant, actor, request_id, .. } = request;
        RequestKey { tenant: tenant.clone(), actor: actor.clone(), request_id: request_id.clone() }
    }

    /// The key of a request for jobs.
    pub fn of_activation(request: &ActivateJobs) -> Self {
        let ActivateJobs { tenant, actor, request_id, .. } = request;
        RequestKey { tenant: tenant.clone(), actor: actor.clone(), request_id: request_id.clone() }
    }

    /// The key of a record.
    pub fn of_header(header: &Header) -> Self {
        let Header { tenant, actor, request_id, .. } = header;
        RequestKey { tenant: tenant.clone(), actor: actor.clone(), request_id: request_id.clone() }
    }
}

/// What the first request was answered. A request for jobs has one response for each job.
#[derive(Debug, Clone, PartialEq)]
pub struct First {
    pub responses: Vec<Response>,
    /// Its last record.
    pub lsn: u64,
    from: u64,
}

/// The window.
#[derive(Debug, Default)]
pub struct Window {
    answers: FxHashMap<RequestKey, First>,
    order: VecDeque<(u64, RequestKey)>,
    unsaved: Vec<(u64, RequestKey, Response)>,
    evicted: Vec<u64>,
    limit: usize,
}

impl Window {
    /// A window of `limit` answers.
    pub fn new(limit: usize) -> Self {
        Window { limit, ..Window::default() }
    }

    /// The answer that the first request got.
    pub fn get(&self, key: &RequestKey) -> Option<&First> {
        self.answers.get(key)
    }

    /// Keeps an answer; `saved` where the store has it already.
    pub fn keep(&mut self, key: RequestKey, lsn: u64, response: Response, saved: bool) {
        let first = self.answers.entry(key.clone()).or_insert_with(|| First {
            responses: Vec::new(),
            lsn,
            from: lsn,
        });
        if lsn < first.lsn || (lsn == first.lsn && !first.responses.is_empty()) {
            return; // Replay meets a record whose answer the store had.
        }
        if !saved {
            self.unsaved.push((lsn, key.clone(), response.clone()));
        }
        first.responses.push(response);
        first.lsn = lsn;
        self.order.push_back((lsn, key));
        while self.order.len() > self.limit {
            let Some((lsn, key)) = self.order.pop_front() else { break };
            if self.answers.get(&key).is_some_and(|first| first.from == lsn) {
                self.answers.remove(&key);
            }
            self.evicted.push(lsn);
        }
    }

    /// Adds what changed since the last call to a write of the store.
    pub fn save(&mut self, batch: &mut StoreBatch) {
        for (lsn, key, response) in self.unsaved.drain(..) {
            let RequestKey { tenant, actor, request_id } = key;
            let row = AnswerRow { tenant, actor, request_id, response };
            batch.puts.push((rows::answer_key(lsn), wire::to_bytes(&row)));
        }
        batch.deletes.extend(self.evicted.drain(..).map(rows::answer_key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> RequestKey {
        RequestKey { tenant: "t".into(), actor: "a".into(), request_id: id.into() }
    }

    #[test]
    fn the_oldest_answers_go_first() {
        let mut window = Window::new(2);
        for (lsn, id) in [(1, "x"), (2, "y"), (3, "z")] {
            window.keep(key(id), lsn, Response::Done {}, false);
        }
        assert!(window.get(&key("x")).is_none());
        assert_eq!(window.get(&key("z")).map(|first| first.lsn), Some(3));
        let mut batch = StoreBatch::default();
        window.save(&mut batch);
        assert_eq!((batch.puts.len(), batch.deletes.len()), (3, 1), "puts come before deletes");
    }

    #[test]
    fn several_jobs_of_one_request_come_together_and_replay_adds_none_twice() {
        let mut window = Window::new(9);
        for lsn in [4, 5, 4, 5] {
            window.keep(key("x"), lsn, Response::Done {}, false);
        }
        assert_eq!(window.get(&key("x")).map(|first| (first.responses.len(), first.lsn)), Some((2, 5)));
    }
}
