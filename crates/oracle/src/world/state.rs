//! What an instance consists of: tokens, live elements, armed events, records for compensation.
//!
//! **Invariant:** plain data; identities are numbers that grow, so that order of creation is order of numbers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use bpmn::Definitions;
use bpmn::model::{EventTrigger, FlowNode, Process, SequenceFlow};

use crate::quirk::Quirk;
use crate::subject::{Counts, State, whole};
use crate::value::{Value, Variables};

/// Identity of a live element inside its instance.
pub(crate) type Id = u64;

/// The process itself among the live elements.
pub(crate) const ROOT: Id = 0;

/// What all instances share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared {
    pub(crate) now: Rc<Cell<u64>>,
    sequence: Rc<Cell<u64>>,
    pub(crate) quirk: Option<Quirk>,
    /// What data stores hold, by name.
    pub(crate) stores: Rc<RefCell<BTreeMap<String, Value>>>,
}

impl Shared {
    pub(crate) fn with_quirk(quirk: Quirk) -> Self {
        Shared { quirk: Some(quirk), ..Self::default() }
    }

    pub(crate) fn next(&self) -> u64 {
        self.sequence.set(self.sequence.get() + 1);
        self.sequence.get()
    }
}

/// A process instance.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) shared: Shared,
    pub(crate) model: Rc<Definitions>,
    pub(crate) process: usize,
    /// Instance and call activity that wait for this one.
    pub(crate) caller: Option<(usize, Id)>,
    pub(crate) state: State,
    pub(crate) lives: BTreeMap<Id, Live>,
    /// Tokens that move, in this order.
    pub(crate) queue: VecDeque<Token>,
    /// Tokens before events that throw a signal: they wait until no other token can move.
    pub(crate) late: VecDeque<Token>,
    /// Tokens that wait at a join, or for more tokens of an activity's start quantity.
    pub(crate) waiting: Vec<Token>,
    /// Complex gateways that wait for reset, by (node, scope), with the flows that have been counted.
    pub(crate) resets: BTreeMap<(usize, Id), BTreeSet<usize>>,
    pub(crate) counts: BTreeMap<String, Counts>,
    /// Throw events whose compensation is done.
    pub(crate) resume: VecDeque<Id>,
    /// What leaves the instance after the step.
    pub(crate) sends: Vec<Send>,
    /// A variable was set in this step.
    pub(crate) changed: bool,
    /// Moves in this step, to notice work without end.
    pub(crate) moves: u32,
}

/// A token on its way to a node, or waiting at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) scope: Id,
    pub(crate) flow: Option<usize>,
    pub(crate) node: usize,
}

/// An element that is active: an activity, an event or gateway that waits, a scope.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) id: Id,
    /// `None` for the process.
    pub(crate) node: Option<usize>,
    pub(crate) parent: Option<Id>,
    pub(crate) kind: Kind,
    pub(crate) variables: Variables,
    pub(crate) arms: Vec<Arm>,
    /// Of a scope: what has completed in it and can be compensated, in order of completion.
    pub(crate) records: Vec<Record>,
    /// An incident keeps it.
    pub(crate) stuck: bool,
    /// Of a scope: an interrupting event sub-process took over.
    pub(crate) interrupted: bool,
}

/// What a live element is and waits for.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The process.
    Root,
    /// An activity with a loop marker; its iterations are its children.
    Whole(Loop),
    /// Waits for `Complete`.
    Job,
    /// Waits for its own arm: catch event, receive task.
    Catch,
    /// Event-based gateway that waits; `all` for a parallel one.
    Gateway { all: bool },
    /// Body of a sub-process or transaction.
    Scope,
    /// Body of an ad-hoc sub-process with the activities still to be started; closed once its condition was true.
    AdHoc { pending: VecDeque<usize>, closed: bool },
    /// Body of an event sub-process.
    EventSubProcess,
    /// Waits for a called instance.
    Call,
    /// A throw or end event, with what it has still to throw.
    Throw { rest: VecDeque<EventTrigger> },
    /// Goes on at once, unless an incident keeps it.
    Pass,
    /// A completed sub-process while it is compensated. Not seen.
    Revived,
    /// Runs compensation handlers one after the other. Not seen.
    Compensation(Compensation),
}

/// Progress of a loop marker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loop {
    pub(crate) started: u32,
    pub(crate) completed: u32,
    /// Number of instances of a multi-instance activity.
    pub(crate) total: u32,
    pub(crate) items: Option<Vec<Value>>,
    pub(crate) outputs: BTreeMap<u32, Value>,
    /// What the completed iterations leave to be compensated.
    pub(crate) records: Vec<Record>,
}

/// A run of compensation handlers.
#[derive(Debug, Clone)]
pub(crate) struct Compensation {
    /// The last is compensated first.
    pub(crate) todo: Vec<Record>,
    /// The handler, or revived sub-process, that runs.
    pub(crate) current: Option<Id>,
    /// Where the handlers run.
    pub(crate) scope: Id,
    pub(crate) then: After,
}

/// What follows a run of compensation handlers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum After {
    /// Nothing waits for it.
    Nothing,
    /// The throw event goes on.
    Resume(Id),
    /// The transaction is left by its cancel event.
    Cancelled(Id),
}

/// A completed activity that can be compensated.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) node: usize,
    pub(crate) how: How,
}

/// How something is compensated.
#[derive(Debug, Clone)]
pub(crate) enum How {
    /// By the handler of its boundary event.
    Handler { boundary: usize, handler: usize },
    /// By its compensation event sub-process.
    EventSubProcess { node: usize, variables: Variables, records: Vec<Record> },
    /// By compensating what has completed in it.
    Inside { variables: Variables, records: Vec<Record> },
}

/// Something that waits for an event.
#[derive(Debug, Clone)]
pub(crate) struct Arm {
    /// Before it began anew, where it did.
    pub(crate) rearmed_from: Option<u64>,
    /// Order of arming over all instances, and identity.
    pub(crate) sequence: u64,
    /// Messages can reach it: its turn has come among what was sent and armed.
    pub(crate) listens: bool,
    pub(crate) role: Role,
    pub(crate) singles: Vec<Single>,
    /// All of the singles must occur.
    pub(crate) parallel: bool,
    pub(crate) interrupting: bool,
}

/// On whose behalf an arm waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The live element itself.
    Own,
    /// An event behind an event-based gateway.
    Behind(usize),
    /// A boundary event of the live activity.
    Boundary(usize),
    /// An event sub-process of the live scope, with its start event.
    EventSubProcess(usize, usize),
}

/// One event definition of an arm.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    pub(crate) trigger: EventTrigger,
    pub(crate) due: Option<Due>,
    /// Last value of a condition.
    pub(crate) was_true: bool,
    /// Has occurred, and the others of a parallel multiple event have not.
    pub(crate) occurred: bool,
}

/// When a timer fires.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub(crate) at: u64,
    pub(crate) every: u64,
    /// How many times it fires, `None` without end.
    pub(crate) left: Option<u32>,
    /// When it was set again, in the order of arming; `None` with the arm itself.
    pub(crate) again: Option<u64>,
}

/// What concerns other instances and is delivered after the step.
#[derive(Debug, Clone)]
pub(crate) enum Send {
    Message(String),
    Signal(String),
    /// An arm waits for messages: look for one that was kept.
    Armed {
        live: Id,
        sequence: u64,
    },
    Call {
        live: Id,
        process: String,
        variables: Variables,
    },
    CancelCalled {
        live: Id,
    },
    Returned {
        variables: Variables,
    },
    Failed {
        thrower: Id,
        code: String,
    },
    Escalated {
        code: String,
    },
}

impl Instance {
    pub(crate) fn definition(&self) -> &Process {
        &self.model.processes[self.process]
    }

    pub(crate) fn node(&self, index: usize) -> &FlowNode {
        &self.definition().nodes[index]
    }

    pub(crate) fn flow(&self, index: usize) -> &SequenceFlow {
        &self.definition().flows[index]
    }

    pub(crate) fn is_planted(&self, quirk: Quirk) -> bool {
        self.shared.quirk == Some(quirk)
    }

    /// Adds a live element and counts it, except for what is not seen.
    pub(crate) fn add(&mut self, id: Id, node: Option<usize>, parent: Option<Id>, kind: Kind) {
        let (variables, arms, records) = (Variables::new(), Vec::new(), Vec::new());
        let live =
            Live { id, node, parent, kind, variables, arms, records, stuck: false, interrupted: false };
        if let Some(row) = self.row(&live) {
            self.counts.entry(row).or_default().activated += 1;
        }
        self.lives.insert(id, live);
    }

    /// The live element ends by itself.
    pub(crate) fn complete(&mut self, id: Id) {
        if let Some(live) = self.lives.remove(&id)
            && let Some(row) = self.row(&live)
        {
            self.counts.entry(row).or_default().completed += 1;
        }
    }

    /// The live element and everything in it is ended.
    pub(crate) fn terminate(&mut self, id: Id) {
        self.clear(id);
        let Some(live) = self.lives.remove(&id) else { return };
        if let Some(row) = self.row(&live) {
            self.counts.entry(row).or_default().terminated += 1;
        }
        if matches!(live.kind, Kind::Call) {
            self.sends.push(Send::CancelCalled { live: id });
        }
    }

    /// Everything inside a scope or loop is ended, it itself stays.
    pub(crate) fn clear(&mut self, id: Id) {
        for child in self.children(id) {
            self.terminate(child);
        }
        self.queue.retain(|token| token.scope != id);
        self.late.retain(|token| token.scope != id);
        self.waiting.retain(|token| token.scope != id);
        self.resets.retain(|(_, scope), _| *scope != id);
    }

    pub(crate) fn children(&self, id: Id) -> Vec<Id> {
        self.lives.values().filter(|live| live.parent == Some(id)).map(|live| live.id).collect()
    }

    /// A node that is active for no time.
    pub(crate) fn pass(&mut self, node: usize) {
        let counts = self.counts.entry(self.node(node).id.clone()).or_default();
        counts.activated += 1;
        counts.completed += 1;
    }

    /// An incident keeps the element where it is.
    pub(crate) fn get_stuck(&mut self, id: Id) {
        if let Some(live) = self.lives.get_mut(&id) {
            live.stuck = true;
        }
    }

    /// The row of an observation in which a live element is counted.
    pub(crate) fn row(&self, live: &Live) -> Option<String> {
        let id = &self.node(live.node?).id;
        match live.kind {
            Kind::Root | Kind::Revived | Kind::Compensation(_) => None,
            Kind::Whole(_) => Some(whole(id)),
            _ => Some(id.clone()),
        }
    }

    /// The counts, with what is live now.
    pub(crate) fn counted(&self) -> BTreeMap<String, Counts> {
        let mut out = self.counts.clone();
        for live in self.lives.values() {
            let Some(row) = self.row(live) else { continue };
            let counts = out.entry(row).or_default();
            counts.live += 1;
            counts.waiting += u32::from(live.is_job());
            counts.incidents += u32::from(live.stuck);
        }
        out
    }
}

impl Live {
    /// True for a job that can be completed.
    pub(crate) fn is_job(&self) -> bool {
        matches!(self.kind, Kind::Job) && !self.stuck
    }

    /// True for what holds tokens.
    pub(crate) fn is_scope(&self) -> bool {
        matches!(
            self.kind,
            Kind::Root | Kind::Scope | Kind::AdHoc { .. } | Kind::EventSubProcess | Kind::Revived
        )
    }

    /// The loop marker's progress, of an activity that has one.
    pub(crate) fn marker(&mut self) -> Option<&mut Loop> {
        match &mut self.kind {
            Kind::Whole(marker) => Some(marker),
            _ => None,
        }
    }
}
