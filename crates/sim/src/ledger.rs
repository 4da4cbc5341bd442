//! What clients were told, kept apart from everything that the node knows.

use record::{Key, Response};
use std::collections::{BTreeMap, BTreeSet};

/// The ledger.
#[derive(Debug, Default)]
pub struct Ledger {
    /// First answer by request id.
    answers: BTreeMap<String, Response>,
    instances: BTreeSet<Key>,
    /// Jobs whose completion was acknowledged, with the number of answers that the node had sent by then.
    pub completed: BTreeMap<Key, u64>,
}

impl Ledger {
    /// Notes an answer; a repeated request must get the first one.
    pub fn answered(&mut self, request_id: &str, response: &Response) -> Result<(), String> {
        if let Some(first) = self.answers.get(request_id) {
            if first != response {
                return Err(format!("request {request_id} was answered {first:?}, and again {response:?}"));
            }
            return Ok(());
        }
        self.answers.insert(request_id.to_owned(), response.clone());
        if let Response::Created { instance, .. } = response
            && !self.instances.insert(*instance)
        {
            return Err(format!(
                "instance {instance} was created by two requests, the second is {request_id}"
            ));
        }
        Ok(())
    }

    /// The completion of a job was acknowledged.
    pub fn completed(&mut self, job: Key, sent: u64) {
        self.completed.entry(job).or_insert(sent);
    }

    /// Instances whose creation was acknowledged.
    pub fn instances(&self) -> &BTreeSet<Key> {
        &self.instances
    }

    /// Requests that were answered with a success.
    pub fn successes(&self) -> impl Iterator<Item = &str> {
        let done = |response: &Response| !matches!(response, Response::Rejected { .. });
        self.answers.iter().filter(move |(_, response)| done(response)).map(|(id, _)| id.as_str())
    }

    /// Answers so far.
    pub fn len(&self) -> usize {
        self.answers.len()
    }
}
