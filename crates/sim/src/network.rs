//! The network between clients and the node: unless it is calm, it loses, repeats and delays what is sent; and it keeps
//! no order.

use crate::random::Random;
use runtime::{Inbound, Output};

/// Of a hundred things sent, so many get lost.
const LOST: u64 = 8;

/// Of a hundred things sent, so many arrive twice.
const TWICE: u64 = 8;

/// An answer, and how many the node had sent before it.
pub type Sent = (u64, Output<u64>);

/// What is on its way.
#[derive(Debug)]
pub struct Network {
    random: Random,
    calm: bool,
    requests: Vec<Inbound<u64>>,
    answers: Vec<Sent>,
    sent: u64,
}

impl Network {
    /// A network that is calm for now, and later misbehaves as the seed says.
    pub fn new(seed: u64) -> Self {
        Network { random: Random::new(seed), calm: true, requests: Vec::new(), answers: Vec::new(), sent: 0 }
    }

    /// Calm, everything arrives, once and at the next opportunity.
    pub fn set_calm(&mut self, calm: bool) {
        self.calm = calm;
    }

    /// A client sends a request.
    pub fn request(&mut self, request: Inbound<u64>) {
        for _ in 0..self.copies() {
            self.requests.push(request.clone());
        }
    }

    /// The node sends an answer.
    pub fn answer(&mut self, answer: Output<u64>) {
        for _ in 0..self.copies() {
            self.answers.push((self.sent, answer.clone()));
        }
        self.sent += 1;
    }

    /// Answers that the node has sent so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    fn copies(&mut self) -> u64 {
        if self.calm {
            return 1;
        }
        match self.random.below(100) {
            dice if dice < LOST => 0,
            dice if dice < LOST + TWICE => 2,
            _ => 1,
        }
    }

    /// Some of the requests, in any order.
    pub fn arrived(&mut self, into: &mut Vec<Inbound<u64>>) {
        some(&mut self.random, self.calm, &mut self.requests, into);
    }

    /// Some of the answers, in any order.
    pub fn answered(&mut self) -> Vec<Sent> {
        let mut arrived = Vec::new();
        some(&mut self.random, self.calm, &mut self.answers, &mut arrived);
        arrived
    }

    /// The node is gone: answers are lost, requests are lost or wait for the next one.
    pub fn cut(&mut self) {
        self.answers.clear();
        if self.calm || self.random.chance(50) {
            self.requests.clear();
        }
    }

    /// True where nothing is on its way.
    pub fn is_quiet(&self) -> bool {
        self.requests.is_empty() && self.answers.is_empty()
    }
}

fn some<T>(random: &mut Random, all: bool, from: &mut Vec<T>, into: &mut Vec<T>) {
    let count = if all { from.len() as u64 } else { random.below(from.len() as u64 + 1) };
    for _ in 0..count {
        let at = random.below(from.len() as u64) as usize;
        into.push(from.swap_remove(at));
    }
}
