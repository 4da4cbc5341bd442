//! How other threads talk to the engine thread: a list that is swapped as a whole, and a condition to wait on.

use crate::poll_loop::{Reports, View};
use crate::request::{ActivateJobs, Activated, Answer, Inbound, PollId, Request, Status, Target};
use record::port::Clock;
use record::{Rejection, RejectionKind, Response};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No pinned time.
const FLOWS: i64 = i64::MIN;

/// Where an answer goes.
pub(crate) enum Token {
    Answer(Box<dyn FnOnce(Answer) + Send>),
    Jobs(Box<dyn FnOnce(Activated) + Send>),
}

impl Token {
    /// Says no.
    pub fn refuse(self, rejection: Rejection, lsn: u64) {
        match self {
            Token::Answer(reply) => reply(Answer::rejected(rejection, lsn)),
            Token::Jobs(reply) => reply(Err(rejection)),
        }
    }
}

impl Inbound<Token> {
    /// Says no.
    pub(crate) fn refuse(self, rejection: Rejection, lsn: u64) {
        match self {
            Inbound::Submit(_, token) | Inbound::Await(_, _, token) | Inbound::Activate(_, _, token) => {
                token.refuse(rejection, lsn);
            }
            Inbound::Cancel(_) => {}
        }
    }
}

fn stopped() -> Rejection {
    Rejection::new(RejectionKind::Unavailable, "The server has stopped")
}

/// What waits for the engine thread.
#[derive(Default)]
pub(crate) struct Inbox {
    pub requests: Vec<Inbound<Token>>,
    pub reports: Reports,
    pub stop: bool,
    asleep: bool,
    /// The engine thread is gone.
    closed: bool,
}

/// What all threads share.
pub(crate) struct Shared {
    inbox: Mutex<Inbox>,
    wake: Condvar,
    position: AtomicU64,
    now: AtomicI64,
    pinned: AtomicI64,
    pub status: Mutex<Status>,
    pub clock: Box<dyn Clock + Sync>,
    next_poll: AtomicU64,
    queue: usize,
}

impl Shared {
    pub fn new(clock: Box<dyn Clock + Sync>, queue: usize) -> Self {
        Shared {
            inbox: Mutex::default(),
            wake: Condvar::new(),
            position: AtomicU64::new(0),
            now: AtomicI64::new(FLOWS),
            pinned: AtomicI64::new(FLOWS),
            status: Mutex::default(),
            clock,
            next_poll: AtomicU64::new(1),
            queue,
        }
    }

    /// The last durable record.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the inbox and wakes the engine thread where it sleeps.
    pub fn post(&self, change: impl FnOnce(&mut Inbox)) {
        let asleep = {
            let mut inbox = self.lock();
            change(&mut inbox);
            std::mem::take(&mut inbox.asleep)
        };
        if asleep {
            self.wake.notify_one();
        }
    }

    /// Takes all that waits, into `requests` where its buffer can be used again. Waits for something, `timeout` at
    /// most, where there is nothing.
    pub fn collect(&self, mut requests: Vec<Inbound<Token>>, timeout: Option<Duration>) -> Inbox {
        let mut inbox = self.lock();
        if inbox.requests.is_empty()
            && inbox.reports.is_empty()
            && !inbox.stop
            && let Some(timeout) = timeout
        {
            inbox.asleep = true;
            inbox = self.wake.wait_timeout(inbox, timeout).unwrap_or_else(PoisonError::into_inner).0;
            inbox.asleep = false;
        }
        std::mem::swap(&mut inbox.requests, &mut requests);
        let (reports, stop) = (std::mem::take(&mut inbox.reports), inbox.stop);
        Inbox { requests, reports, stop, asleep: false, closed: false }
    }

    /// Takes nothing more from now on; gives what is left.
    pub fn close(&self) -> Vec<Inbound<Token>> {
        let mut inbox = self.lock();
        inbox.closed = true;
        std::mem::take(&mut inbox.requests)
    }

    /// Publishes where the node is.
    pub fn publish(&self, view: View) {
        self.position.store(view.position, Ordering::Release);
        self.now.store(view.now, Ordering::Relaxed);
        self.pinned.store(view.pinned.unwrap_or(FLOWS), Ordering::Relaxed);
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = view.status;
    }
}

/// How threads talk to the node. Clones are cheap.
#[derive(Clone)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl Handle {
    /// Submits a command; `reply` runs on the engine thread and must be quick.
    pub fn submit(&self, request: Request, reply: impl FnOnce(Answer) + Send + 'static) {
        let token = Token::Answer(Box::new(reply));
        let creates = matches!(request.target, Target::NewInstance);
        self.enqueue(creates, Inbound::Submit(request, token));
    }

    /// Submits a `CreateProcessInstance`; the answer is [`Response::Ended`] when the instance ends, or a rejection
    /// of kind `Unavailable` that begins with "timeout" after `timeout_ms`.
    pub fn submit_and_await_end(
        &self,
        request: Request,
        timeout_ms: i64,
        reply: impl FnOnce(Answer) + Send + 'static,
    ) {
        self.enqueue(true, Inbound::Await(request, timeout_ms, Token::Answer(Box::new(reply))));
    }

    /// Asks for jobs.
    pub fn activate_jobs(
        &self,
        request: ActivateJobs,
        reply: impl FnOnce(Activated) + Send + 'static,
    ) -> PollId {
        let id = PollId(self.shared.next_poll.fetch_add(1, Ordering::Relaxed));
        self.enqueue(false, Inbound::Activate(request, id, Token::Jobs(Box::new(reply))));
        id
    }

    /// Ends the waiting of a request for jobs; it is answered with no jobs.
    pub fn cancel_poll(&self, id: PollId) {
        self.shared.post(|inbox| inbox.requests.push(Inbound::Cancel(id)));
    }

    fn enqueue(&self, creates: bool, item: Inbound<Token>) {
        let mut refused = None;
        self.shared.post(|inbox| {
            if inbox.closed {
                refused = Some((item, stopped()));
            } else if creates && inbox.requests.len() >= self.shared.queue {
                let text = format!("{} commands wait already: try again later", inbox.requests.len());
                refused = Some((item, Rejection::new(RejectionKind::ResourceExhausted, text)));
            } else {
                inbox.requests.push(item);
            }
        });
        if let Some((item, rejection)) = refused {
            item.refuse(rejection, self.position());
        }
    }

    /// The last durable record.
    pub fn position(&self) -> u64 {
        self.shared.position()
    }

    /// Engine time, milliseconds since 1970.
    pub fn now(&self) -> i64 {
        match self.shared.pinned.load(Ordering::Relaxed) {
            FLOWS => self.shared.now.load(Ordering::Relaxed).max(self.shared.clock.now()),
            pinned => pinned,
        }
    }

    /// The node's state, for people and health checks.
    pub fn status(&self) -> Status {
        self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Submits a command and waits for the answer.
    pub fn call(&self, request: Request) -> Answer {
        let (send, receive) = sync_channel(1);
        self.submit(request, move |answer| drop(send.send(answer)));
        receive.recv().unwrap_or_else(|_| Answer {
            response: Response::Rejected { rejection: stopped() },
            lsn: self.position(),
        })
    }

    /// Asks for jobs and waits for them.
    pub fn call_activate_jobs(&self, request: ActivateJobs) -> Activated {
        let (send, receive) = sync_channel(1);
        self.activate_jobs(request, move |jobs| drop(send.send(jobs)));
        receive.recv().unwrap_or_else(|_| Err(stopped()))
    }
}
