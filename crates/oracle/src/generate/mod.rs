//! Random models: a tree of blocks, drawn into diagrams.
//!
//! Every block draws one pattern: some nodes after the token's last node, in the end one node from which the next block
//! goes on. What ends, interrupts or undoes other work comes after a task that waits, so that it begins while nothing
//! moves: the order in which it meets other tokens is then the order of stimuli, the same for every interpreter.
//!
//! **Invariant:** a model passes the rules of the standard, and a stimulus causes a bounded amount of work: every cycle
//! passes a task that waits and counts.

mod events;
mod gateways;
mod loops;
mod plan;
mod processes;
mod random;
mod scopes;
mod stimuli;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagram::{Diagram, Node, Scope};
use crate::value::{Value, Variables};

pub use plan::Plan;
pub use random::Random;
pub(crate) use stimuli::completion;
pub use stimuli::next_stimulus;

/// A generated model and what is needed to drive it.
#[derive(Debug, Clone)]
pub struct Model {
    /// The file.
    pub xml: String,
    /// The file with its elements in another order, see [`Diagram::reordered`].
    pub reordered: String,
    /// Blocks, elements and event kinds in it, out of [`FEATURES`].
    pub features: BTreeSet<&'static str>,
    /// What it is drawn from.
    pub plan: Plan,
    /// Processes that `Start` can create.
    pub processes: Vec<String>,
    /// Variables to start with.
    pub variables: Variables,
    /// What completing a task sets, beside random variables.
    pub effects: BTreeMap<String, Vec<Effect>>,
    /// Names of its messages.
    pub messages: Vec<String>,
    /// Names of its signals.
    pub signals: Vec<String>,
    /// A condition can start one of its processes.
    pub conditional_start: bool,
}

/// What completing a task sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A counter goes up by one.
    Count(String),
    /// All variables of the model get their first values.
    Initialise,
    /// A variable gets a random number.
    Random(String),
}

/// Everything a model can contain.
pub const FEATURES: &[&str] = &[
    // Starts.
    "none_start",
    "several_none_starts",
    "no_start",
    "message_start",
    "signal_start",
    "timer_start",
    "conditional_start",
    "multiple_start",
    "parallel_multiple_start",
    "instantiating_receive_task",
    "instantiating_event_gateway",
    "instantiating_parallel_event_gateway",
    // Tasks.
    "service_task",
    "user_task",
    "script_task",
    "business_rule_task",
    "manual_task",
    "task",
    "send_task",
    "receive_task",
    // Gateways and flows.
    "exclusive",
    "exclusive_stuck",
    "parallel",
    "inclusive",
    "graph",
    "complex",
    "complex_single",
    "complex_inclusive",
    "complex_without_condition",
    "event_gateway",
    "event_gateway_receive",
    "conditional_flows",
    "default_flow",
    "gateway_loop",
    // Events.
    "throw_none",
    "throw_message",
    "throw_signal",
    "throw_escalation",
    "throw_link",
    "throw_multiple",
    "throw_compensation",
    "throw_compensation_activity",
    "throw_compensation_nowait",
    "catch_message",
    "catch_timer",
    "catch_signal",
    "catch_conditional",
    "catch_multiple",
    "catch_parallel_multiple",
    "end_none",
    "end_message",
    "end_signal",
    "end_error",
    "end_escalation",
    "end_compensation",
    "end_terminate",
    "end_multiple",
    "end_cancel",
    // Boundary events.
    "boundary_message",
    "boundary_message_keep",
    "boundary_timer",
    "boundary_timer_keep",
    "boundary_cycle_keep",
    "boundary_signal",
    "boundary_signal_keep",
    "boundary_conditional",
    "boundary_conditional_keep",
    "boundary_escalation",
    "boundary_escalation_keep",
    "boundary_error",
    "boundary_error_catch_all",
    "boundary_multiple",
    "boundary_multiple_keep",
    "boundary_parallel_multiple",
    "boundary_parallel_multiple_keep",
    "boundary_compensation",
    "handler_boundary",
    "boundary_cancel",
    // Event sub-processes.
    "esp_message",
    "esp_message_keep",
    "esp_timer",
    "esp_timer_keep",
    "esp_signal",
    "esp_signal_keep",
    "esp_conditional",
    "esp_conditional_keep",
    "esp_escalation",
    "esp_escalation_keep",
    "esp_error",
    "esp_multiple",
    "esp_multiple_keep",
    "esp_parallel_multiple",
    "esp_parallel_multiple_keep",
    "esp_compensation",
    "process_esp",
    // Sub-processes and calls.
    "sub_process",
    "sub_process_no_start",
    "compensated_sub_process",
    "transaction",
    "transaction_cancel",
    "ad_hoc_parallel",
    "ad_hoc_sequential",
    "ad_hoc_sequential_flow",
    "ad_hoc_sequential_keep",
    "ad_hoc_condition",
    "ad_hoc_keep",
    "ad_hoc_flow",
    "call_activity",
    "called_error",
    "called_escalation",
    // Loops and quantities.
    "standard_loop",
    "standard_loop_before",
    "mi_sequential",
    "mi_parallel",
    "mi_sub_process",
    "mi_completion",
    "mi_collection",
    "mi_behavior_one",
    "mi_behavior_none",
    "mi_behavior_complex",
    "mi_compensation",
    "parallel_twice",
    "start_quantity",
    "completion_quantity",
    // Data.
    "data_association",
    "data_local",
    "data_store",
    "global_task",
    "collaboration",
];

/// The model of a seed.
pub fn generate(seed: u64) -> Model {
    draw(&Plan::of_seed(seed))
}

/// The model of a plan, such as one that was made smaller.
pub fn draw(plan: &Plan) -> Model {
    let mut builder = Builder::default();
    for (name, value) in [("x", Value::Int(0)), ("y", Value::Int(1)), ("z", Value::Int(2))] {
        builder.variables.insert(name.to_owned(), value);
    }
    builder.variables.insert("s".to_owned(), Value::Text("abc".to_owned()));
    builder
        .variables
        .insert("items".to_owned(), Value::List(vec![Value::Int(7), Value::Int(8), Value::Int(9)]));
    for (index, process) in plan.children.iter().enumerate() {
        builder.process(process, index);
    }
    if Random::new(plan.seed).chance(25) {
        builder.features.insert("collaboration");
        builder.diagram.pools = true;
    }
    let names = builder.diagram.names();
    let of = |kind: &str| {
        let names = names.iter().filter(|(it, _)| *it == kind);
        names.map(|(_, name)| name.clone()).collect::<Vec<_>>()
    };
    Model {
        xml: builder.diagram.xml(),
        reordered: builder.diagram.reordered().xml(),
        messages: of("message"),
        signals: of("signal"),
        features: builder.features,
        plan: plan.clone(),
        processes: builder.processes,
        variables: builder.variables,
        effects: builder.effects,
        conditional_start: builder.conditional_start,
    }
}

/// A diagram while it is drawn.
#[derive(Debug, Default)]
struct Builder {
    diagram: Diagram,
    features: BTreeSet<&'static str>,
    processes: Vec<String>,
    variables: Variables,
    effects: BTreeMap<String, Vec<Effect>>,
    conditional_start: bool,
    /// The process that is drawn has the data object `items`.
    has_items: bool,
}

const JOBS: &[(&str, &str)] = &[
    ("service_task", "serviceTask"),
    ("user_task", "userTask"),
    ("script_task", "scriptTask"),
    ("business_rule_task", "businessRuleTask"),
];

impl Builder {
    /// Draws a block after the node `from`; gives the node after which the next block comes.
    fn block(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        if let Some(feature) = FEATURES.iter().find(|it| **it == plan.block) {
            self.features.insert(feature);
        }
        let mut random = Random::new(plan.seed);
        let draw = None
            .or_else(|| self.task(plan, scope, from))
            .or_else(|| self.gateway(plan, scope, from, &mut random))
            .or_else(|| self.event(plan, scope, from, &mut random))
            .or_else(|| self.sub_process(plan, scope, from, &mut random))
            .or_else(|| self.looped(plan, scope, from, &mut random));
        draw.unwrap_or_else(|| self.job(plan, scope, from, "o"))
    }

    /// The child with this number, or nothing where a smaller plan has none.
    fn child(&mut self, plan: &Plan, index: usize, scope: &mut Scope, from: &str) -> String {
        match plan.children.get(index) {
            Some(child) => self.block(child, scope, from),
            None => from.to_owned(),
        }
    }

    /// Like [`Self::child`], but never without a node: branches begin at different nodes.
    fn branch(&mut self, plan: &Plan, index: usize, scope: &mut Scope, from: &str) -> String {
        match plan.children.get(index) {
            Some(child) => self.block(child, scope, from),
            None => self.job(plan, scope, from, &format!("b{index}")),
        }
    }

    fn task(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> Option<String> {
        let id = plan.id("t");
        match plan.block {
            "sequence" => {
                let mut at = from.to_owned();
                for child in &plan.children {
                    at = self.block(child, scope, &at);
                }
                return Some(at);
            }
            "manual_task" => drop(self.node(scope, from, &id, "manualTask")),
            "task" => drop(self.node(scope, from, &id, "task")),
            "send_task" => {
                let message = format!("message_M{}", plan.seed % 3);
                self.node(scope, from, &id, "sendTask").with("messageRef", &message);
            }
            "receive_task" => {
                let message = format!("message_M{}", plan.seed % 3);
                self.node(scope, from, &id, "receiveTask").with("messageRef", &message);
            }
            block => {
                let (_, element) = JOBS.iter().find(|(name, _)| *name == block)?;
                self.node(scope, from, &id, element);
            }
        }
        Some(id)
    }

    /// A node after another.
    fn node<'s>(&mut self, scope: &'s mut Scope, from: &str, id: &str, element: &str) -> &'s mut Node {
        scope.flow(from, id);
        scope.node(id, element)
    }

    /// A task that waits.
    fn job(&mut self, plan: &Plan, scope: &mut Scope, from: &str, letter: &str) -> String {
        let id = plan.id(&format!("job_{letter}_"));
        let kind = (plan.seed >> 7).wrapping_add(letter.len() as u64) as usize % JOBS.len();
        let (feature, element) = JOBS[kind];
        self.features.insert(feature);
        self.node(scope, from, &id, element);
        id
    }

    fn end(&mut self, plan: &Plan, scope: &mut Scope, from: &str, letter: &str) -> String {
        let id = plan.id(&format!("end_{letter}_"));
        self.node(scope, from, &id, "endEvent");
        id
    }

    /// An exclusive gateway that merges: flows may be added to it.
    fn merge(&mut self, plan: &Plan, scope: &mut Scope, from: &str) -> String {
        let id = plan.id("merge_");
        self.node(scope, from, &id, "exclusiveGateway");
        id
    }

    fn affects(&mut self, element: &str, effect: Effect) {
        self.effects.entry(element.to_owned()).or_default().push(effect);
    }

    /// A counter of the model, 0 at first.
    fn counter(&mut self, plan: &Plan) -> String {
        let name = plan.id("count");
        self.variables.insert(name.clone(), Value::Int(0));
        name
    }
}

/// A condition on variables that every instance has.
fn condition(random: &mut Random) -> String {
    let number = random.below(4);
    match random.below(9) {
        0 | 1 => format!("x > {number}"),
        2 => format!("y > {number}"),
        3 => format!("z < {}", number + 1),
        4 => format!("x > {number} and y < {}", random.below(5)),
        5 => format!("x = {number} or z >= {number}"),
        6 => "not(x > y)".to_owned(),
        7 => format!("x + y - 1 > {number}"),
        _ => format!("contains(s, \"{}\")", random.pick(&["a", "bc", "d"])),
    }
}
