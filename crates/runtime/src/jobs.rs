//! Job queues: one for each tenant and type, higher priority first, then oldest first; and who waits at them.

use crate::head::Head;
use crate::request::{ActivateJobs, PollId};
use crate::rows::{self, JobRank};
use record::port::StateStore;
use record::{Key, Str};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::io;

/// Queues beyond this number are looked through for idle ones.
const MANY_QUEUES: usize = 10_000;

/// A request that waits for jobs.
#[derive(Debug)]
pub struct Waiter<T> {
    pub id: PollId,
    pub request: ActivateJobs,
    pub token: T,
    /// Wall-clock time at which it gives up.
    pub deadline: i64,
}

struct Queue<T> {
    ready: Head<JobRank, Key>,
    waiters: VecDeque<Waiter<T>>,
    /// It is in `due`.
    listed: bool,
}

/// All queues.
pub struct Queues<T> {
    tenants: FxHashMap<Str, FxHashMap<Str, u32>>,
    queues: Vec<Option<Queue<T>>>,
    free: Vec<u32>,
    /// Queues that got a job while someone waits.
    due: VecDeque<u32>,
    /// Earliest deadline of a waiter, or earlier.
    deadline: i64,
    waiting: usize,
}

impl<T> Default for Queues<T> {
    fn default() -> Self {
        Queues {
            tenants: FxHashMap::default(),
            queues: Vec::new(),
            free: Vec::new(),
            due: VecDeque::new(),
            deadline: i64::MAX,
            waiting: 0,
        }
    }
}

impl<T> Queues<T> {
    fn find(&self, tenant: &str, job_type: &str) -> Option<u32> {
        self.tenants.get(tenant)?.get(job_type).copied()
    }

    fn find_or_make(&mut self, tenant: &Str, job_type: &Str) -> u32 {
        if let Some(at) = self.find(tenant, job_type) {
            return at;
        }
        if self.queues.len() - self.free.len() >= MANY_QUEUES {
            self.forget_idle();
        }
        let ready = Head::new(rows::job_prefix(tenant, job_type));
        let queue = Some(Queue { ready, waiters: VecDeque::new(), listed: false });
        let at = match self.free.pop() {
            Some(at) => {
                self.queues[at as usize] = queue;
                at
            }
            None => {
                self.queues.push(queue);
                self.queues.len() as u32 - 1
            }
        };
        self.tenants.entry(tenant.clone()).or_default().insert(job_type.clone(), at);
        at
    }

    /// Queues without waiters and without entries newer than the store are made again when asked for.
    fn forget_idle(&mut self) {
        let (queues, free) = (&mut self.queues, &mut self.free);
        self.tenants.retain(|_, types| {
            types.retain(|_, at| {
                let queue = &mut queues[*at as usize];
                let idle =
                    queue.as_ref().is_none_or(|q| q.ready.len() == 0 && q.waiters.is_empty() && !q.listed);
                if idle {
                    *queue = None;
                    free.push(*at);
                }
                !idle
            });
            !types.is_empty()
        });
    }

    /// A job can be leased.
    pub fn add(&mut self, tenant: &Str, job_type: &Str, priority: i32, job: Key, owner: Key) {
        let at = self.find_or_make(tenant, job_type);
        let Some(queue) = &mut self.queues[at as usize] else { return };
        queue.ready.add(JobRank::new(priority, job), owner);
        if !queue.waiters.is_empty() && !queue.listed {
            queue.listed = true;
            self.due.push_back(at);
        }
    }

    /// A job can no longer be leased.
    pub fn remove(&mut self, tenant: &str, job_type: &str, priority: i32, job: Key) {
        if let Some(at) = self.find(tenant, job_type)
            && let Some(queue) = &mut self.queues[at as usize]
        {
            queue.ready.remove(&JobRank::new(priority, job));
        }
    }

    /// Takes the next job: its place and its owner.
    pub fn pop(
        &mut self,
        tenant: &Str,
        job_type: &Str,
        store: &impl StateStore,
    ) -> io::Result<Option<(JobRank, Key)>> {
        let at = self.find_or_make(tenant, job_type);
        match &mut self.queues[at as usize] {
            Some(queue) => queue.ready.pop(store),
            None => Ok(None),
        }
    }

    /// Puts a job back that was popped and not leased.
    pub fn put_back(&mut self, tenant: &Str, job_type: &Str, rank: JobRank, owner: Key) {
        let at = self.find_or_make(tenant, job_type);
        if let Some(queue) = &mut self.queues[at as usize] {
            queue.ready.add(rank, owner);
        }
    }

    /// A request waits for jobs of its type.
    pub fn wait(&mut self, waiter: Waiter<T>) {
        let at = self.find_or_make(&waiter.request.tenant, &waiter.request.job_type);
        self.deadline = self.deadline.min(waiter.deadline);
        if let Some(queue) = &mut self.queues[at as usize] {
            queue.waiters.push_back(waiter);
            self.waiting += 1;
        }
    }

    /// True where [`Queues::next_served`] may give someone.
    pub fn has_served(&self) -> bool {
        !self.due.is_empty()
    }

    /// The first waiter of a queue that got jobs; call it until there is none.
    pub fn next_served(&mut self) -> Option<Waiter<T>> {
        while let Some(at) = self.due.front().copied() {
            if let Some(queue) = &mut self.queues[at as usize] {
                if queue.ready.len() > 0
                    && let Some(waiter) = queue.waiters.pop_front()
                {
                    self.waiting -= 1;
                    return Some(waiter);
                }
                queue.listed = false;
            }
            self.due.pop_front();
        }
        None
    }

    /// Puts a waiter back that got nothing after all; it keeps its turn.
    pub fn wait_on(&mut self, waiter: Waiter<T>) {
        let at = self.find_or_make(&waiter.request.tenant, &waiter.request.job_type);
        if let Some(queue) = &mut self.queues[at as usize] {
            queue.waiters.push_front(waiter);
            self.waiting += 1;
        }
    }

    /// Takes a waiter away.
    pub fn cancel(&mut self, id: PollId) -> Option<Waiter<T>> {
        for queue in self.queues.iter_mut().flatten() {
            if let Some(at) = queue.waiters.iter().position(|waiter| waiter.id == id) {
                self.waiting -= 1;
                return queue.waiters.remove(at);
            }
        }
        None
    }

    /// Takes the waiters whose time is over at `now`, or all.
    pub fn give_up(&mut self, now: i64) -> Vec<Waiter<T>> {
        let mut gone = Vec::new();
        if now < self.deadline {
            return gone;
        }
        self.deadline = i64::MAX;
        for queue in self.queues.iter_mut().flatten() {
            let (over, rest): (Vec<_>, Vec<_>) =
                queue.waiters.drain(..).partition(|waiter| waiter.deadline <= now);
            queue.waiters = rest.into();
            gone.extend(over);
            let next = queue.waiters.iter().map(|waiter| waiter.deadline).min();
            self.deadline = self.deadline.min(next.unwrap_or(i64::MAX));
        }
        self.waiting -= gone.len();
        gone
    }

    /// When someone may give up waiting.
    pub fn deadline(&self) -> i64 {
        if self.waiting == 0 { i64::MAX } else { self.deadline }
    }

    /// Leaves the far ends of long queues to the store.
    pub fn trim(&mut self, keep: usize, stored: impl Fn(&Key) -> bool) {
        for queue in self.queues.iter_mut().flatten() {
            queue.ready.trim(keep, &stored);
        }
    }
}
