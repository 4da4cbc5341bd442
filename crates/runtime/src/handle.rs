//! How other threads talk to the engine thread: a list that is swapped as a whole, and a condition to wait on.

use crate::request::{ActivateJobs, Activated, Answer, PollId, Request, Status, Target};
use journal::Batch;
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

/// Something for the engine thread.
pub(crate) enum Item {
    Submit(Request, Token),
    Await(Request, i64, Token),
    Activate(ActivateJobs, PollId, Token),
    Cancel(PollId),
}

impl Item {
    /// Says no.
    pub fn refuse(self, rejection: Rejection, lsn: u64) {
        match self {
            Item::Submit(_, token) | Item::Await(_, _, token) | Item::Activate(_, _, token) => {
                token.refuse(rejection, lsn);
            }
            Item::Cancel(_) => {}
        }
    }
}

fn stopped() -> Rejection {
    Rejection::new(RejectionKind::Unavailable, "The server has stopped")
}

/// What waits for the engine thread.
#[derive(Default)]
pub(crate) struct Inbox {
    pub items: Vec<Item>,
    pub log: Option<Result<Batch, String>>,
    pub store: Option<Result<(), String>>,
    pub exported: Option<(u64, Option<String>)>,
    pub stop: bool,
    asleep: bool,
    /// The engine thread is gone.
    closed: bool,
}

impl Inbox {
    fn is_empty(&self) -> bool {
        self.items.is_empty()
            && self.log.is_none()
            && self.store.is_none()
            && self.exported.is_none()
            && !self.stop
    }
}

/// What all threads share.
pub(crate) struct Shared {
    inbox: Mutex<Inbox>,
    wake: Condvar,
    pub position: AtomicU64,
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

    /// Takes all that waits, into `items` where its buffer can be used again. Waits for something, `timeout` at
    /// most, where there is nothing.
    pub fn collect(&self, mut items: Vec<Item>, timeout: Option<Duration>) -> Inbox {
        let mut inbox = self.lock();
        if inbox.is_empty()
            && let Some(timeout) = timeout
        {
            inbox.asleep = true;
            inbox = self.wake.wait_timeout(inbox, timeout).unwrap_or_else(PoisonError::into_inner).0;
            inbox.asleep = false;
        }
        std::mem::swap(&mut inbox.items, &mut items);
        Inbox {
            items,
            log: inbox.log.take(),
            store: inbox.store.take(),
            exported: inbox.exported.take(),
            stop: inbox.stop,
            asleep: false,
            closed: false,
        }
    }

    /// Takes nothing more from now on; gives what is left.
    pub fn close(&self) -> Vec<Item> {
        let mut inbox = self.lock();
        inbox.closed = true;
        std::mem::take(&mut inbox.items)
    }

    pub fn exported(&self, lsn: u64, error: Option<String>) {
        self.post(|inbox| inbox.exported = Some((lsn, error)));
    }

    /// Publishes where the node is.
    pub fn publish(&self, position: u64, now: i64, pinned: Option<i64>) {
        self.position.store(position, Ordering::Release);
        self.now.store(now, Ordering::Relaxed);
        self.pinned.store(pinned.unwrap_or(FLOWS), Ordering::Relaxed);
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
        self.enqueue(creates, Item::Submit(request, token));
    }

    /// Submits a `CreateProcessInstance`; the answer is [`Response::Ended`] when the instance ends, or a rejection
    /// of kind `Unavailable` that begins with "timeout" after `timeout_ms`.
    pub fn submit_and_await_end(
        &self,
        request: Request,
        timeout_ms: i64,
        reply: impl FnOnce(Answer) + Send + 'static,
    ) {
        self.enqueue(true, Item::Await(request, timeout_ms, Token::Answer(Box::new(reply))));
    }

    /// Asks for jobs.
    pub fn activate_jobs(
        &self,
        request: ActivateJobs,
        reply: impl FnOnce(Activated) + Send + 'static,
    ) -> PollId {
        let id = PollId(self.shared.next_poll.fetch_add(1, Ordering::Relaxed));
        self.enqueue(false, Item::Activate(request, id, Token::Jobs(Box::new(reply))));
        id
    }

    /// Ends the waiting of a request for jobs; it is answered with no jobs.
    pub fn cancel_poll(&self, id: PollId) {
        self.shared.post(|inbox| inbox.items.push(Item::Cancel(id)));
    }

    fn enqueue(&self, creates: bool, item: Item) {
        let mut refused = None;
        self.shared.post(|inbox| {
            if inbox.closed {
                refused = Some((item, stopped()));
            } else if creates && inbox.items.len() >= self.shared.queue {
                let text = format!("{} commands wait already: try again later", inbox.items.len());
                refused = Some((item, Rejection::new(RejectionKind::ResourceExhausted, text)));
            } else {
                inbox.items.push(item);
            }
        });
        if let Some((item, rejection)) = refused {
            item.refuse(rejection, self.position());
        }
    }

    /// The last durable record.
    pub fn position(&self) -> u64 {
        self.shared.position.load(Ordering::Acquire)
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
