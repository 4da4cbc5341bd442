//! Rules about events and their definitions.

use std::collections::{HashMap, HashSet};

use super::{Problems, Scope};
use crate::model::{
    Dialect, EventTrigger, Expression, FlowNode, FlowNodeKind, SubProcessKind, TimerDefinition,
};
use crate::timer::{is_cycle, is_duration, is_moment};

/// The event definitions of a node, those of multiple events one by one.
pub(super) fn triggers(node: &FlowNode) -> &[EventTrigger] {
    match node.kind.trigger() {
        Some(EventTrigger::Multiple { triggers, .. }) => triggers,
        Some(EventTrigger::None) | None => &[],
        Some(single) => std::slice::from_ref(single),
    }
}

fn parent_kind<'a>(scope: &Scope<'a>, node: &FlowNode) -> Option<&'a SubProcessKind> {
    match &scope.process.nodes[node.parent?].kind {
        FlowNodeKind::SubProcess { kind } => Some(kind),
        _ => None,
    }
}

/// `bpmn.event-not-allowed`: which event definition may stand at which event (table 10.93 of the standard).
pub(super) fn placement(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let Some(trigger) = node.kind.trigger() else { continue };
        let singles =
            if *trigger == EventTrigger::None { std::slice::from_ref(trigger) } else { triggers(node) };
        for single in singles {
            if !is_allowed(scope, node, single) {
                let (event, name) = (node.kind.element_name(), single.name());
                let message = format!("`{event}` cannot have the event definition `{name}` here");
                problems.node(
                    node,
                    "bpmn.event-not-allowed",
                    message,
                    "use another event definition or another event",
                );
            }
        }
    }
}

fn is_allowed(scope: &Scope<'_>, node: &FlowNode, trigger: &EventTrigger) -> bool {
    use EventTrigger::{
        Cancel, Compensation, Conditional, Error, Escalation, Link, Message, None, Signal, Terminate, Timer,
    };
    let waits = matches!(trigger, Message(_) | Timer(_) | Signal(_) | Conditional(_));
    let caught_in_scope = waits || matches!(trigger, Error(_) | Escalation(_) | Compensation { .. });
    match &node.kind {
        FlowNodeKind::StartEvent { .. } => match parent_kind(scope, node) {
            Option::None => waits || matches!(trigger, None),
            Some(SubProcessKind::Event) => caught_in_scope,
            // Reported by `bpmn.ad-hoc-content` where it is not allowed at all.
            Some(SubProcessKind::AdHoc { .. }) => true,
            Some(SubProcessKind::Embedded | SubProcessKind::Transaction) => matches!(trigger, None),
        },
        FlowNodeKind::IntermediateCatchEvent { .. } => waits || matches!(trigger, Link(_)),
        FlowNodeKind::IntermediateThrowEvent { .. } => {
            matches!(trigger, None | Message(_) | Escalation(_) | Link(_) | Compensation { .. } | Signal(_))
        }
        FlowNodeKind::BoundaryEvent { attached_to, .. } => {
            let host = &scope.process.nodes[*attached_to].kind;
            let at_transaction =
                matches!(host, FlowNodeKind::SubProcess { kind: SubProcessKind::Transaction });
            caught_in_scope || (matches!(trigger, Cancel) && at_transaction)
        }
        FlowNodeKind::EndEvent { .. } => {
            matches!(
                trigger,
                None | Message(_) | Error(_) | Escalation(_) | Compensation { .. } | Signal(_) | Terminate
            ) || (matches!(trigger, Cancel) && in_transaction(scope, node))
        }
        _ => true,
    }
}

fn in_transaction(scope: &Scope<'_>, node: &FlowNode) -> bool {
    let mut parent = node.parent;
    while let Some(index) = parent {
        let outer = &scope.process.nodes[index];
        if matches!(outer.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Transaction }) {
            return true;
        }
        parent = outer.parent;
    }
    false
}

/// `bpmn.must-interrupt`: errors, cancellation and compensation leave nothing running beside them.
pub(super) fn interrupting(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let (interrupts, in_event_sub_process) = match &node.kind {
            FlowNodeKind::BoundaryEvent { cancel_activity, .. } => (*cancel_activity, true),
            FlowNodeKind::StartEvent { interrupting, .. } => {
                (*interrupting, matches!(parent_kind(scope, node), Some(SubProcessKind::Event)))
            }
            _ => continue,
        };
        if interrupts || !in_event_sub_process {
            continue;
        }
        for trigger in triggers(node) {
            if matches!(
                trigger,
                EventTrigger::Error(_) | EventTrigger::Cancel | EventTrigger::Compensation { .. }
            ) {
                let message =
                    format!("a non-interrupting event has the event definition `{}`", trigger.name());
                problems.node(node, "bpmn.must-interrupt", message, "make the event interrupting");
            }
        }
    }
}

/// `bpmn.timer`: a text that is no expression must be ISO 8601 (or cron) (table 10.101).
pub(super) fn timer_text(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Timer(timer) = trigger else { continue };
            let problem = match timer {
                TimerDefinition::Date(value) if value.is_static() && !is_moment(&value.text) => {
                    format!("`{}` is not a date and time", value.text)
                }
                TimerDefinition::Duration(value) if value.is_static() && !is_duration(&value.text) => {
                    format!("`{}` is not a duration", value.text)
                }
                TimerDefinition::Cycle(value) if value.is_static() && !is_cycle(&value.text) => {
                    format!("`{}` is not a repeating interval", value.text)
                }
                _ => continue,
            };
            problems.node(node, "bpmn.timer", problem, TIMER_HELP);
        }
    }
}

const TIMER_HELP: &str =
    "write ISO 8601, such as 2026-11-25T08:00:00Z, PT15M or R3/PT1H, or a FEEL expression after `=`";

/// `bpmn.timer`: a timer says when it fires, and Camunda 8's catch events fire once. That its start events with a duration
/// do so too is seldom meant.
pub(super) fn timer(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        for _ in triggers(node).iter().filter(|it| matches!(it, EventTrigger::Timer(TimerDefinition::Absent)))
        {
            let message = "a timer has no timeDate, timeDuration or timeCycle".to_owned();
            problems.node(node, "bpmn.timer", message, TIMER_HELP);
        }
        let waits = matches!(node.kind, FlowNodeKind::IntermediateCatchEvent { .. });
        let cycles =
            triggers(node).iter().any(|it| matches!(it, EventTrigger::Timer(TimerDefinition::Cycle(_))));
        if waits && cycles && scope.definitions.dialect == Dialect::Zeebe {
            let message = "a timer catch event has a cycle, but it fires once".to_owned();
            problems.node(node, "bpmn.timer", message, "use a duration or a date");
        }
        let starts = matches!(node.kind, FlowNodeKind::StartEvent { .. }) && node.parent.is_none();
        let spans =
            triggers(node).iter().any(|it| matches!(it, EventTrigger::Timer(TimerDefinition::Duration(_))));
        if starts && spans && scope.definitions.dialect == Dialect::Zeebe {
            let message =
                "the timer of a start event has a duration: it fires once, so long after deployment";
            let help = "use a date to start once, or a cycle to start again and again";
            problems.node_warning(node, "bpmn.timer", message.to_owned(), help);
        }
    }
}

pub(super) fn is_blank(value: Option<&Expression>) -> bool {
    value.is_none_or(|value| value.text.trim().is_empty())
}

/// The code of what a trigger throws or catches, `None` where nothing is named, what it is called, and its rule.
fn thrown_code<'a>(
    scope: &Scope<'a>,
    trigger: &EventTrigger,
) -> Option<(Option<&'a Expression>, &'static str, &'static str)> {
    match trigger {
        EventTrigger::Error(index) => {
            let code = index.and_then(|index| scope.definitions.errors[index].code.as_ref());
            Some((code, "error", "bpmn.error-code"))
        }
        EventTrigger::Escalation(index) => {
            let code = index.and_then(|index| scope.definitions.escalations[index].code.as_ref());
            Some((code, "escalation", "bpmn.escalation-code"))
        }
        _ => None,
    }
}

fn throws(node: &FlowNode) -> bool {
    matches!(node.kind, FlowNodeKind::IntermediateThrowEvent { .. } | FlowNodeKind::EndEvent { .. })
}

/// `bpmn.error-code`, `bpmn.escalation-code`: what is thrown has a code (tables 8.41, 8.42).
pub(super) fn error_and_escalation(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes().filter(|(_, node)| throws(node)) {
        for trigger in triggers(node) {
            let Some((code, what, rule)) = thrown_code(scope, trigger) else { continue };
            if is_blank(code) {
                let message = format!("the {what} that is thrown has no code");
                let help = format!("add {what}Ref, and {what}Code to the {what} element");
                problems.node(node, rule, message, &help);
            }
        }
    }
}

/// `bpmn.error-code`, `bpmn.escalation-code`: a caught code is a constant.
pub(super) fn constant_codes(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes().filter(|(_, node)| !throws(node)) {
        for trigger in triggers(node) {
            let Some((Some(code), what, rule)) = thrown_code(scope, trigger) else { continue };
            if code.is_feel {
                let message = format!("the {what} code of a catch event is an expression");
                problems.node(node, rule, message, "write the code itself");
            }
        }
    }
}

/// `bpmn.signal-name`: a signal is broadcast by its name.
pub(super) fn signal(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Signal(index) = trigger else { continue };
            let name = index.and_then(|index| scope.definitions.signals[index].name.as_ref());
            if is_blank(name) {
                let message = "the signal has no name".to_owned();
                problems.node(
                    node,
                    "bpmn.signal-name",
                    message,
                    "add signalRef, and a name to the signal element",
                );
            }
        }
    }
}

/// `bpmn.conditional`: a conditional event has a condition.
pub(super) fn conditional(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Conditional(condition) = trigger else { continue };
            if is_blank(condition.as_ref()) {
                let message = "a conditional event has no condition".to_owned();
                problems.node(node, "bpmn.conditional", message, "add a condition in FEEL");
            }
        }
    }
}

/// `bpmn.link`: in one scope, every thrown link name is caught exactly once, and the ends carry no other flows.
pub(super) fn link(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let mut caught: Vec<(Option<usize>, &str)> = Vec::new();
    let mut thrown: HashSet<(Option<usize>, &str)> = HashSet::new();
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Link(name) = trigger else { continue };
            let Some(name) = name.as_deref() else {
                let message = "a link event has no name".to_owned();
                problems.node(node, "bpmn.link", message, "give both ends of the link the same name");
                continue;
            };
            if matches!(node.kind, FlowNodeKind::IntermediateCatchEvent { .. }) {
                caught.push((node.parent, name));
            } else {
                thrown.insert((node.parent, name));
            }
        }
    }
    caught.sort_unstable();
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Link(Some(name)) = trigger else { continue };
            let key = (node.parent, name.as_str());
            let catches = matches!(node.kind, FlowNodeKind::IntermediateCatchEvent { .. });
            let targets = caught.partition_point(|it| *it <= key) - caught.partition_point(|it| *it < key);
            let message = match catches {
                true if !node.incoming.is_empty() => {
                    "a link catch event has incoming sequence flows".to_owned()
                }
                true if !thrown.contains(&key) => format!("the link `{name}` is never thrown"),
                true if targets > 1 => format!("the link `{name}` is caught more than once"),
                false if !node.outgoing.is_empty() => {
                    "a link throw event has outgoing sequence flows".to_owned()
                }
                false if targets == 0 => format!("the link `{name}` is not caught in the same scope"),
                _ => continue,
            };
            problems.node(
                node,
                "bpmn.link",
                message,
                "connect one or more throw events to one catch event of the name",
            );
        }
    }
}

/// `bpmn.compensation-handler`: a compensation boundary event leads by association to one compensation handler (10.5.6).
pub(super) fn compensation(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let by_id: HashMap<&str, &FlowNode> =
        scope.process.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    for (_, node) in scope.nodes() {
        let catches = matches!(node.kind, FlowNodeKind::BoundaryEvent { .. })
            && triggers(node).iter().any(|it| matches!(it, EventTrigger::Compensation { .. }));
        if !catches {
            continue;
        }
        let mine = scope
            .process
            .associations
            .iter()
            .filter(|it| it.source_ref == node.id || it.target_ref == node.id);
        let others = mine.filter_map(|it| {
            let other = if it.source_ref == node.id { &it.target_ref } else { &it.source_ref };
            by_id.get(other.as_str()).copied()
        });
        let others: Vec<_> = others.collect();
        if !matches!(others.as_slice(), [handler] if handler.is_for_compensation) {
            let message = "a compensation boundary event has no handler".to_owned();
            let help = "connect it by an association to one activity with isForCompensation=\"true\"";
            problems.node(node, "bpmn.compensation-handler", message, help);
        }
    }
}
