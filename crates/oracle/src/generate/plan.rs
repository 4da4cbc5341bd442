//! What a model is drawn from: a tree of blocks, each with a number, so that ids stay when other blocks are left out.

use super::random::Random;

/// A block with the blocks inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Number of the block, part of the ids of its elements.
    pub number: u32,
    /// Which pattern it draws: a name out of [`super::FEATURES`], `sequence` or `file`.
    pub block: &'static str,
    /// Decides the details of the pattern.
    pub seed: u64,
    /// Blocks inside.
    pub children: Vec<Plan>,
}

/// Patterns without blocks inside; some more often than others.
const LEAVES: &[&str] = &[
    "service_task",
    "user_task",
    "script_task",
    "business_rule_task",
    "manual_task",
    "task",
    "send_task",
    "receive_task",
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
    "exclusive_stuck",
    "event_gateway",
    "event_gateway_receive",
    "end_none",
    "end_message",
    "end_signal",
    "end_error",
    "end_escalation",
    "end_compensation",
    "end_terminate",
    "end_terminate",
    "end_multiple",
    "graph",
    "graph",
    "graph",
    "complex",
    "complex_single",
    "complex_inclusive",
    "complex_without_condition",
    "conditional_flows",
    "default_flow",
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
    "standard_loop",
    "standard_loop_before",
    "mi_sequential",
    "mi_parallel",
    "mi_completion",
    "mi_collection",
    "mi_behavior_one",
    "mi_behavior_none",
    "mi_behavior_complex",
    "mi_compensation",
    "parallel_twice",
    "start_quantity",
    "completion_quantity",
    "completion_quantity",
    "data_association",
    "data_local",
    "data_store",
    "global_task",
    "transaction_cancel",
];

/// Patterns with the number of blocks they want inside.
const NESTS: &[(&str, u64)] = &[
    ("exclusive", 3),
    ("parallel", 2),
    ("parallel", 3),
    ("inclusive", 3),
    ("gateway_loop", 1),
    ("sub_process", 1),
    ("sub_process_no_start", 1),
    ("compensated_sub_process", 1),
    ("transaction", 1),
    ("mi_sub_process", 1),
    ("boundary_message", 1),
    ("boundary_message_keep", 1),
    ("boundary_timer", 1),
    ("boundary_timer_keep", 1),
    ("boundary_cycle_keep", 1),
    ("boundary_signal", 1),
    ("boundary_signal_keep", 1),
    ("boundary_conditional", 1),
    ("boundary_conditional_keep", 1),
    ("boundary_escalation", 1),
    ("boundary_escalation_keep", 1),
    ("boundary_error", 1),
    ("boundary_error_catch_all", 1),
    ("boundary_multiple", 1),
    ("boundary_multiple_keep", 1),
    ("boundary_parallel_multiple", 1),
    ("boundary_parallel_multiple_keep", 1),
    ("esp_message", 2),
    ("esp_message_keep", 2),
    ("esp_timer", 2),
    ("esp_timer_keep", 2),
    ("esp_signal", 2),
    ("esp_signal_keep", 2),
    ("esp_conditional", 2),
    ("esp_conditional_keep", 2),
    ("esp_escalation", 2),
    ("esp_escalation_keep", 2),
    ("esp_error", 2),
    ("esp_multiple", 2),
    ("esp_multiple_keep", 2),
    ("esp_parallel_multiple", 2),
    ("esp_parallel_multiple_keep", 2),
    ("esp_compensation", 2),
];

/// Event sub-processes that a process itself may have.
const OF_PROCESS: &[&str] = &[
    "esp_message",
    "esp_message_keep",
    "esp_timer",
    "esp_timer_keep",
    "esp_signal",
    "esp_signal_keep",
    "esp_conditional",
    "esp_conditional_keep",
    "esp_error",
    "esp_escalation",
    "esp_multiple",
    "esp_multiple_keep",
    "esp_parallel_multiple",
    "esp_parallel_multiple_keep",
];

const STARTED_BY_EVENT: &[&str] = &[
    "message_start",
    "signal_start",
    "timer_start",
    "conditional_start",
    "multiple_start",
    "parallel_multiple_start",
    "instantiating_receive_task",
    "instantiating_event_gateway",
    "instantiating_parallel_event_gateway",
];

/// Grows a plan.
struct Grower {
    random: Random,
    number: u32,
    /// Blocks still to be made.
    budget: u32,
}

impl Plan {
    /// The plan of a seed.
    pub fn of_seed(seed: u64) -> Plan {
        let mut random = Random::new(seed);
        let budget = 3 + u32::try_from(random.below(9)).unwrap_or_default();
        let mut grower = Grower { random, number: 0, budget };
        grower.file()
    }

    /// An id for an element of the block.
    pub(super) fn id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.number)
    }

    /// True when a block of this name is inside.
    pub fn contains(&self, names: &[&str]) -> bool {
        names.contains(&self.block) || self.children.iter().any(|child| child.contains(names))
    }

    /// How many blocks it has.
    pub fn size(&self) -> usize {
        1 + self.children.iter().map(Plan::size).sum::<usize>()
    }

    /// Smaller plans: without a block of a sequence, with a block in the place of what is around it, or with a task
    /// instead of a block.
    pub fn smaller(&self) -> Vec<Plan> {
        let mut out = Vec::new();
        let keeps_place = matches!(self.block, "file") || STARTED_BY_EVENT.contains(&self.block);
        let is_process =
            keeps_place || matches!(self.block, "none_start" | "several_none_starts" | "no_start" | "called");
        if !is_process {
            out.extend(self.children.iter().cloned());
            if self.block != "service_task" {
                out.push(Plan { block: "service_task", children: Vec::new(), ..self.clone() });
            }
        }
        if !matches!(self.block, "exclusive" | "parallel" | "inclusive") {
            for index in 0..self.children.len() {
                let mut less = self.clone();
                less.children.remove(index);
                out.push(less);
            }
        }
        for (index, child) in self.children.iter().enumerate() {
            for smaller in child.smaller() {
                let mut less = self.clone();
                less.children[index] = smaller;
                out.push(less);
            }
        }
        out.retain(|it| it.block != "file" || !it.children.is_empty());
        out.sort_by_key(Plan::size);
        out
    }
}

impl Grower {
    fn make(&mut self, block: &'static str, children: Vec<Plan>) -> Plan {
        self.number += 1;
        Plan { number: self.number, block, seed: self.random.number(), children }
    }

    fn file(&mut self) -> Plan {
        let block = match self.random.below(20) {
            0..16 => "none_start",
            16..18 => "several_none_starts",
            _ => "no_start",
        };
        let mut children = vec![self.sequence(0)];
        if self.random.chance(35) {
            let block = *self.random.pick(OF_PROCESS);
            children.push(self.make(block, Vec::new()));
        }
        let main = self.make(block, children);
        let calls = main.contains(&["call_activity", "called_error", "called_escalation"]);
        let mut processes = vec![main];
        if self.random.chance(25) {
            let block = *self.random.pick(STARTED_BY_EVENT);
            self.budget = 2;
            let child = self.sequence(2);
            processes.push(self.make(block, vec![child]));
        }
        if calls
            || processes.iter().any(|it| it.contains(&["call_activity", "called_error", "called_escalation"]))
        {
            processes.push(self.make("called", Vec::new()));
        }
        self.make("file", processes)
    }

    fn sequence(&mut self, depth: u32) -> Plan {
        let length = 1 + self.random.below(if depth == 0 { 4 } else { 2 });
        let mut children = Vec::new();
        for _ in 0..length {
            if children.is_empty() || self.budget > 0 {
                children.push(self.block(depth));
            }
        }
        self.make("sequence", children)
    }

    fn block(&mut self, depth: u32) -> Plan {
        self.budget = self.budget.saturating_sub(1);
        if depth < 3 && self.budget > 0 && self.random.chance(55) {
            let (block, count) = *self.random.pick(NESTS);
            let children = (0..count).map(|_| self.sequence(depth + 1)).collect();
            return self.make(block, children);
        }
        let block = *self.random.pick(LEAVES);
        self.make(block, Vec::new())
    }
}
