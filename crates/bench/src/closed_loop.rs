//! The generator: so many instances in flight, each created, leased, completed, and then the next one.

use crate::measure::{Meter, Run};
use record::Key;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

/// What comes back from the system under test.
pub enum Event {
    /// An instance was created, or could not be.
    Created(Result<Key, String>),
    /// Jobs were leased: each with its instance.
    Jobs(Result<Vec<(Key, Key)>, String>),
    /// The job of this instance was completed, or could not be.
    Completed(Result<Key, String>),
}

/// The system under test; answers go to the outbox that it was made with.
pub trait System {
    fn create(&mut self);
    fn activate(&mut self, max: usize);
    fn complete(&mut self, job: Key, instance: Key);
}

/// Where answers wait for the generator, which takes them all at once.
#[derive(Default)]
pub struct Answers {
    events: Mutex<(Vec<Event>, bool)>,
    some: Condvar,
}

impl Answers {
    pub fn push(self: &Arc<Self>, event: Event) {
        let asleep = {
            let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            events.0.push(event);
            std::mem::take(&mut events.1)
        };
        if asleep {
            self.some.notify_one();
        }
    }

    fn take(&self, mut buffer: Vec<Event>) -> Vec<Event> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        while events.0.is_empty() {
            events.1 = true;
            events = self.some.wait(events).unwrap_or_else(PoisonError::into_inner);
        }
        events.1 = false;
        std::mem::swap(&mut events.0, &mut buffer);
        buffer
    }
}

/// Runs `in_flight` instances at a time until the meter says stop.
pub fn run(
    system: &mut impl System,
    answers: &Answers,
    in_flight: usize,
    mut meter: Meter,
) -> Result<Run, String> {
    let mut begun: HashMap<Key, Instant> = HashMap::new();
    let mut asked: std::collections::VecDeque<Instant> = std::collections::VecDeque::new();
    let (mut live, mut running) = (in_flight, true);
    system.activate(in_flight);
    for _ in 0..in_flight {
        asked.push_back(Instant::now());
        system.create();
    }
    let mut events = Vec::new();
    while live > 0 {
        events = answers.take(events);
        let now = Instant::now();
        for event in events.drain(..) {
            match event {
                // Answers come in the order of the requests.
                Event::Created(created) => {
                    let since = asked.pop_front().unwrap_or(now);
                    begun.insert(created?, since);
                }
                Event::Jobs(jobs) => {
                    let jobs = jobs?;
                    if running || live > jobs.len() {
                        system.activate(in_flight);
                    }
                    for (job, instance) in jobs {
                        system.complete(job, instance);
                    }
                }
                Event::Completed(instance) => {
                    let since = begun.remove(&instance?).unwrap_or(now);
                    running &= meter.ended(since, now);
                    if running {
                        asked.push_back(now);
                        system.create();
                    } else {
                        live -= 1;
                    }
                }
            }
        }
    }
    Ok(meter.finish(in_flight))
}
