//! A second interpreter of BPMN 2.0.2's execution semantics (chapter 13), to check the engine against.
//!
//! It is written from the standard's text and shares nothing with the engine but the typed view of a model. It is slow on
//! purpose: plain structs, everything recomputed. [`World`] is the interpreter, [`Subject`] what an engine is adapted to,
//! [`generate()`] makes models, [`compare`] drives two subjects with the same stimuli and reports where they differ.
//! [`Quirk`] lists bugs that can be planted, to see that the comparison would find them.
//!
//! **Invariant:** nothing here depends on the engine, on time, or on chance that is not a seed.
//!
//! # What the standard leaves open
//!
//! *Steps.* A stimulus meets an instance in which nothing can move; then tokens move, first come first served, one queue
//! for the instance, and a node's tokens are appended in document order of its flows. When none can move any more, the
//! first inclusive or complex join in document order that is enabled fires, and so on. A token before an event that throws a
//! signal waits until no other token can move, but goes before joins. Then conditions are looked at if a
//! variable was set in the step. Only then does what left the instance (messages, signals, calls, returns) arrive, in the
//! order in which it left.
//!
//! *Work.* Service, user, script and business rule tasks wait for `Complete`. Undefined and manual tasks and none events
//! pass. Send tasks and message events publish the message's name and pass.
//!
//! *Flows.* Exclusive: the first true flow, else the default, else an incident. Inclusive: all true ones, else the default,
//! else an incident. Activities: all true ones and those without condition; the default when no *conditional* flow is
//! true; none of several is an incident. No condition counts as true; conditions out of parallel and event-based gateways
//! and events are ignored.
//!
//! *Scopes.* A scope ends when no token, active element or running handler is left in it; armed events do not keep it, a
//! token at a join does, for ever if need be. Without start events every node that nothing leads to gets a token, except
//! boundary events, event sub-processes, handlers and link catch events.
//!
//! *Joins.* The inclusive join follows the rule of paths over the flows of its scope. A path may leave an activity by its
//! boundary events, and goes from a link throw to its catch event. An active element stands for a token on any way out of
//! it. The complex gateway looks at its activation condition whenever a token arrives while it waits for start
//! (`activationCount`: tokens waiting at it; without condition it joins as an inclusive one), takes one token from each
//! flow that has one, and sends tokens over true flows and flows without condition. Then it waits for a token on each other
//! incoming flow that one can still reach, takes those, and sends tokens over the flows whose condition is true with
//! `waitingForStart` false. A pending reset keeps its scope. With one incoming flow it waits for start again at once. Then what
//! is left is looked at again. A condition at the reset that is no boolean is an incident, and nothing has happened.
//!
//! *Event-based gateways.* The first event ends the others. An instance that an instantiating parallel gateway or a parallel
//! multiple start event began waits for the other events as well; an
//! instance that waits takes a message before a new one is begun.
//!
//! *Arming.* Boundary events are armed before anything of the activity runs, event sub-processes before the first token of
//! their scope; conditions true at that moment fire at that moment, in order of arming. Later they fire when they become
//! true. Timers fire in order of due time, then of instances, then of arming. An interrupting event sub-process ends all else in its scope,
//! other event sub-processes included, and disarms them.
//!
//! *Errors and escalations* go outwards from the thrower: at each scope its event sub-processes (not the one that the thrower
//! is in), then the boundary events of the activity; exact codes first in each of the two. What a called process does not
//! catch goes on at the call activity. Nobody catching an error is an incident at the thrower; an escalation is then lost. If the catcher does not interrupt, the thrower
//! goes on; if it does, the thrower is among what is ended.
//!
//! *Several event definitions.* A throw event throws them in document order, those that end it or its scope last. Where a
//! catcher ends the thrower, the messages and signals that follow are thrown all the same. A parallel multiple event takes
//! an escalation as one of its parts and its thrower goes on; an error only as the last part, else it goes outwards. What
//! has occurred counts once. One that does not interrupt begins anew: its timers run from then, its conditions must turn true.
//! A condition starts a process when a client looks at the conditions with variables of its own.
//!
//! *Messages and signals.* A message reaches one catcher, the one that was armed first, else begins an instance, else is
//! kept for an hour and given to the first that is armed for it. A signal reaches at once what waits for it in the instance
//! that throws it, after the step all others that wait, and begins processes; it is not kept.
//!
//! *Compensation.* What is completed in a scope is undone in reverse order, one handler at a time; a sub-process by its
//! compensation event sub-process, which sees its variables as they were, else by what is in it; each iteration of a loop
//! for itself; each thing once. A throw event takes what has completed in its scope (and in the scope around it when it is in
//! an event sub-process) at the moment of throwing, or of one activity only, and waits unless it says otherwise. A handler's
//! token ends with it. A cancel end event ends everything in its transaction, compensates, and leaves by the cancel
//! boundary event. A terminate end event ends its scope, without compensation.
//!
//! *Loops.* Standard loops count completed iterations in `loopCounter`. Multi-instance activities number them from 1, and
//! look at the completion condition after each. All parallel iterations are active before the first runs. Events of
//! `behavior` reach the boundary events of the activity only, before the completion condition is looked at. Boundary
//! events belong to the whole. Zero iterations end at once.
//!
//! *Ad-hoc.* Activities that nothing leads to start at once, or one when nothing runs any more. A true completion condition
//! ends the rest, or, without cancelling, starts nothing more. With a condition that is never true, it waits.
//!
//! *Data.* A variable is set in the innermost scope that has it, else in the instance. A sub-process has its own data
//! objects from its start. A task's data outputs go only where associations take them; a call without associations passes all
//! variables in, and all of the called instance's back.
//!
//! # What is counted
//!
//! An element is activated when a token enters it, and completed when it leaves. Tokens that wait at a join, or for a start
//! quantity, are in no element yet; the join counts when it fires, a complex gateway not again at its reset. Boundary
//! events, start events of event sub-processes and events behind an event-based gateway count when they occur (the gateway
//! is active until then), a compensation boundary event whenever its handler starts. A thrower that is ended by its
//! catcher is terminated, a cancel or terminate end event is completed, a cancelled transaction is terminated. Iterations
//! count in the row of their activity, the activity itself in the row [`whole`]. A sub-process is not counted again while
//! it is compensated.

mod compare;
pub mod diagram;
mod ending;
mod expression;
mod generate;
mod quirk;
mod subject;
mod value;
mod world;

pub use compare::{Difference, compare, compare_and_shrink};
pub use ending::{Endings, Inspect, Left, Remains, judge, run_to_the_end};
pub use generate::{Effect, FEATURES, Model, Plan, Random, draw, generate, next_stimulus};
pub use quirk::Quirk;
pub use subject::{Counts, InstanceView, Observation, Outcome, State, Stimulus, Subject, TICK_MS, whole};
pub use value::{Value, Variables};
pub use world::World;
