//! What a flow node does, compiled.

use crate::expression::Expression;
use bpmn::model::{self, Binding};
use record::Str;

/// What a flow node does.
#[derive(Debug)]
pub enum NodeKind {
    /// Start event.
    StartEvent(Catch),
    /// Intermediate catch event or receive task.
    Catch(Catch),
    /// Boundary event of an activity.
    Boundary {
        /// The activity.
        attached_to: usize,
        /// Ends the activity.
        interrupting: bool,
        /// What it waits for.
        catch: Catch,
    },
    /// Undefined and manual task, none intermediate throw event, catching link event: a token goes through.
    PassThrough,
    /// Intermediate throw event and send task: it throws and goes on.
    Throw(Vec<Throw>),
    /// End event: it throws, then its token ends.
    EndEvent(Vec<Throw>),
    /// A task whose work a worker does.
    Job(JobTask),
    /// A task that evaluates FEEL.
    Script {
        /// The expression.
        expression: Expression,
        /// Variable that gets the result.
        result: Str,
    },
    /// A task that evaluates a decision.
    Decision(DecisionTask),
    /// A task for people.
    UserTask(Box<UserTaskModel>),
    /// Exclusive gateway.
    ExclusiveGateway,
    /// Parallel gateway.
    ParallelGateway,
    /// Inclusive gateway.
    InclusiveGateway(Option<Box<Join>>),
    /// Complex gateway.
    ComplexGateway(Box<ComplexGateway>),
    /// Event-based gateway.
    EventBasedGateway(Box<EventBasedGateway>),
    /// Embedded sub-process or transaction.
    SubProcess {
        /// Where its first tokens stand.
        starts: Vec<usize>,
        /// It is a transaction.
        transaction: bool,
    },
    /// Event sub-process.
    EventSubProcess {
        /// Its start event.
        start: usize,
        /// It ends everything else in its scope.
        interrupting: bool,
    },
    /// Ad-hoc sub-process.
    AdHoc(Box<AdHocModel>),
    /// Call activity.
    Call(Box<CallModel>),
}

/// What an event waits for.
#[derive(Debug)]
pub enum Catch {
    /// Nothing.
    None,
    /// A message.
    Message {
        /// Its name.
        name: Expression,
        /// Its correlation key; none for a start event.
        key: Option<Expression>,
    },
    /// A moment.
    Timer(TimerModel),
    /// An error; without code every one.
    Error(Option<Str>),
    /// An escalation; without code every one.
    Escalation(Option<Str>),
    /// A signal.
    Signal(Expression),
    /// A condition that becomes true.
    Condition {
        /// The condition.
        condition: Expression,
        /// Only changes of these variables matter; all where empty.
        names: Vec<Str>,
        /// A new variable matters.
        create: bool,
        /// A changed variable matters.
        update: bool,
    },
    /// Compensation of the activity or scope.
    Compensation,
    /// Cancellation of the transaction.
    Cancel,
    /// One of several, or all of them.
    Multiple {
        /// What.
        parts: Vec<Catch>,
        /// All must occur.
        parallel: bool,
    },
}

impl Catch {
    /// The definitions of the event, one for most.
    pub fn parts(&self) -> &[Catch] {
        match self {
            Catch::Multiple { parts, .. } => parts,
            single => std::slice::from_ref(single),
        }
    }
}

/// When a timer is due.
#[derive(Debug)]
pub enum TimerModel {
    /// At a moment.
    Date(Expression),
    /// After a time.
    Duration(Expression),
    /// Again and again.
    Cycle(Expression),
}

/// What an event throws.
#[derive(Debug)]
pub enum Throw {
    /// A worker does something.
    Job(JobTask),
    /// A message to whoever waits for it inside the engine.
    Message {
        /// Its name.
        name: Expression,
        /// Its correlation key.
        key: Option<Expression>,
    },
    /// A signal.
    Signal(Expression),
    /// An error.
    Error(Expression),
    /// An escalation.
    Escalation(Expression),
    /// Compensation of an activity, or of everything in the scope.
    Compensation {
        /// The activity.
        activity: Option<usize>,
        /// The event waits for its end.
        wait: bool,
    },
    /// The token goes on at a catching link event.
    Link(usize),
    /// Everything in the scope ends.
    Terminate,
    /// The transaction is cancelled.
    Cancel,
}

impl Throw {
    /// The thrower is not there any more when it was thrown.
    pub fn ends_thrower(&self) -> bool {
        matches!(self, Throw::Error(_) | Throw::Link(_) | Throw::Terminate | Throw::Cancel)
    }
}

/// A gateway that may have to wait for tokens that can still come.
#[derive(Debug)]
pub struct Join {
    /// For each incoming flow, by position: the nodes from which a token can get to it without passing the gateway.
    pub reach: Vec<Vec<bool>>,
}

/// A complex gateway.
#[derive(Debug)]
pub struct ComplexGateway {
    /// When it lets tokens through; as an inclusive gateway where absent.
    pub activation: Option<Expression>,
    /// Where tokens come from; none with one incoming flow.
    pub join: Option<Join>,
}

/// An event-based gateway.
#[derive(Debug)]
pub struct EventBasedGateway {
    /// The events behind it.
    pub events: Vec<usize>,
    /// All must occur; each goes on by itself.
    pub parallel: bool,
    /// Its events start instances.
    pub instantiate: bool,
}

/// An ad-hoc sub-process.
#[derive(Debug)]
pub struct AdHocModel {
    /// Activities that can be chosen: those without incoming flow.
    pub activities: Vec<usize>,
    /// One after the other.
    pub sequential: bool,
    /// When it is done.
    pub completion: Option<Expression>,
    /// Ends what runs when it is done.
    pub cancel_remaining: bool,
    /// Ids of the activities to start with; all where neither this nor the engine's user chooses.
    pub chosen: Option<Expression>,
    /// Activities are chosen from outside only.
    pub on_request: bool,
    /// A worker chooses.
    pub job: Option<JobTask>,
    /// Variable that collects results.
    pub output_collection: Option<Str>,
    /// What is collected of each activity.
    pub output_element: Option<Expression>,
}

/// A call activity.
#[derive(Debug)]
pub struct CallModel {
    /// BPMN id of the called process.
    pub process_id: Expression,
    /// Which version.
    pub binding: model::Binding,
    /// All variables of the caller go in.
    pub all_in: bool,
    /// All variables of the called process come back.
    pub all_out: bool,
    /// A name of the business for the called instance.
    pub business_id: Option<Expression>,
}

/// A called decision.
#[derive(Debug)]
pub struct DecisionTask {
    /// DMN id.
    pub decision_id: Expression,
    /// Variable that gets the result.
    pub result: Str,
    /// Which version.
    pub binding: model::Binding,
}

/// The work of a job.
#[derive(Debug)]
pub struct JobTask {
    /// Type.
    pub job_type: Expression,
    /// Retries.
    pub retries: Expression,
    /// Custom headers.
    pub headers: Vec<(Str, Str)>,
    /// Priority.
    pub priority: Option<Expression>,
    /// Deployed files that its worker gets.
    pub linked: Vec<Linked>,
}

/// A deployed file that a job's worker gets.
#[derive(Debug)]
pub struct Linked {
    /// Its id.
    pub resource: Expression,
    /// What it is.
    pub resource_type: Str,
    /// Name by which the worker finds it.
    pub link_name: Str,
    /// Which version.
    pub binding: Binding,
}

/// A listener of an element or a user task.
#[derive(Debug)]
pub struct Listener {
    /// Its job.
    pub job: JobTask,
}

/// The listeners of an element.
#[derive(Debug, Default)]
pub struct Listeners {
    /// Before the element does its work.
    pub start: Vec<Listener>,
    /// After it.
    pub end: Vec<Listener>,
    /// Before the iterations of a multi-instance activity.
    pub before_all: Vec<Listener>,
    /// When it is ended from outside.
    pub cancel: Vec<Listener>,
}

/// The attributes of a user task.
#[derive(Debug, Default)]
pub struct UserTaskModel {
    /// One user.
    pub assignee: Option<Expression>,
    /// Users who may claim.
    pub candidate_users: Option<Expression>,
    /// Groups who may claim.
    pub candidate_groups: Option<Expression>,
    /// When it should be done.
    pub due_date: Option<Expression>,
    /// When to look at it again.
    pub follow_up_date: Option<Expression>,
    /// 0 to 100.
    pub priority: Option<Expression>,
    /// Its form.
    pub form: Option<TaskForm>,
    /// Custom headers.
    pub headers: Vec<(Str, Str)>,
    /// Listeners, with the transition that each belongs to.
    pub listeners: Vec<(record::TaskAction, Listener)>,
}

/// The form of a user task.
#[derive(Debug)]
pub enum TaskForm {
    /// A deployed one, by its id.
    Deployed(Expression, Binding),
    /// One outside, or in the model, by its name.
    Named(Expression),
}

/// How often an activity runs.
#[derive(Debug)]
pub enum Looping {
    /// A standard loop.
    Standard {
        /// The condition comes first.
        test_before: bool,
        /// It runs again while this is true.
        condition: Option<Expression>,
        /// At most so often.
        maximum: Option<u32>,
    },
    /// Multi-instance.
    Multi(Box<MultiInstance>),
}

/// Multi-instance.
#[derive(Debug)]
pub struct MultiInstance {
    /// One after the other.
    pub sequential: bool,
    /// How many.
    pub cardinality: Option<Expression>,
    /// One for each item.
    pub collection: Option<Expression>,
    /// Variable that holds the item.
    pub item: Option<Str>,
    /// Variable that collects results.
    pub output_collection: Option<Str>,
    /// What is collected.
    pub output_element: Option<Expression>,
    /// When it is done.
    pub completion: Option<Expression>,
    /// Events thrown to the activity's own boundary when an iteration completes.
    pub behavior: Behavior,
}

/// Which completions of iterations are thrown as events.
#[derive(Debug)]
pub enum Behavior {
    /// None is.
    All,
    /// The first is.
    One(Throw),
    /// Each is.
    None(Throw),
    /// Those whose condition is true.
    Complex(Vec<(Expression, Throw)>),
}
