//! Rules about events and their definitions.

use std::collections::{HashMap, HashSet};

use super::{Problems, Scope};
use crate::model::{
    Dialect, EventTrigger, Expression, FlowNode, FlowNodeKind, SubProcessKind, TimerDefinition,
};

/// The event definitions of a node, those of multiple events one by one.
fn triggers(node: &FlowNode) -> &[EventTrigger] {
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

/// `bpmn.timer`: a timer says when it fires; a text that is no expression must be ISO 8601 (or cron).
pub(super) fn timer(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        for trigger in triggers(node) {
            let EventTrigger::Timer(timer) = trigger else { continue };
            let problem = match timer {
                TimerDefinition::Absent => {
                    Some("a timer has no timeDate, timeDuration or timeCycle".to_owned())
                }
                TimerDefinition::Date(value) if !value.is_static() || iso::is_date_time(&value.text) => None,
                TimerDefinition::Duration(value) if !value.is_static() || iso::is_duration(&value.text) => {
                    None
                }
                TimerDefinition::Cycle(value) if !value.is_static() || iso::is_cycle(&value.text) => None,
                TimerDefinition::Date(value) => Some(format!("`{}` is not a date and time", value.text)),
                TimerDefinition::Duration(value) => Some(format!("`{}` is not a duration", value.text)),
                TimerDefinition::Cycle(value) => {
                    Some(format!("`{}` is not a repeating interval", value.text))
                }
            };
            if let Some(message) = problem {
                let help = "write ISO 8601, such as 2026-11-25T08:00:00Z, PT15M or R3/PT1H, or a FEEL expression after `=`";
                problems.node(node, "bpmn.timer", message, help);
            }
        }
        let waits = matches!(node.kind, FlowNodeKind::IntermediateCatchEvent { .. });
        let cycles =
            triggers(node).iter().any(|it| matches!(it, EventTrigger::Timer(TimerDefinition::Cycle(_))));
        if waits && cycles && scope.definitions.dialect == Dialect::Zeebe {
            let message = "a timer catch event has a cycle, but it fires once".to_owned();
            problems.node(node, "bpmn.timer", message, "use a duration or a date");
        }
    }
}

/// `bpmn.message-missing`, `bpmn.message-name`, `zeebe.correlation-key`: what is waited for must be identifiable.
pub(super) fn message(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let references: Vec<Option<usize>> = match &node.kind {
            FlowNodeKind::ReceiveTask { message_ref, .. } => vec![*message_ref],
            FlowNodeKind::StartEvent { .. }
            | FlowNodeKind::IntermediateCatchEvent { .. }
            | FlowNodeKind::BoundaryEvent { .. } => {
                let message =
                    |it: &EventTrigger| if let EventTrigger::Message(it) = it { Some(*it) } else { None };
                triggers(node).iter().filter_map(message).collect()
            }
            // In the `zeebe` dialect a throw event sends by a job.
            FlowNodeKind::IntermediateThrowEvent { .. } | FlowNodeKind::EndEvent { .. }
                if scope.definitions.dialect == Dialect::Plain =>
            {
                let message =
                    |it: &EventTrigger| if let EventTrigger::Message(it) = it { Some(*it) } else { None };
                triggers(node).iter().filter_map(message).collect()
            }
            _ => continue,
        };
        let starts_instance = matches!(node.kind, FlowNodeKind::StartEvent { .. }) && node.parent.is_none();
        for reference in references {
            let Some(message) = reference.map(|index| &scope.definitions.messages[index]) else {
                let message = "no message is named".to_owned();
                problems.node(node, "bpmn.message-missing", message, "add messageRef and a message element");
                continue;
            };
            if is_blank(message.name.as_ref()) {
                let text = format!("the message `{}` has no name", message.id);
                problems.node(
                    node,
                    "bpmn.message-name",
                    text,
                    "name the message; messages correlate by name",
                );
            }
            let zeebe = scope.definitions.dialect == Dialect::Zeebe;
            if zeebe && !starts_instance && is_blank(message.correlation_key.as_ref()) {
                let text = format!("the message `{}` has no correlation key", message.id);
                let help = "add <zeebe:subscription correlationKey=\"=...\"/> to the message";
                problems.node(node, "zeebe.correlation-key", text, help);
            } else if let Some(key) = message.correlation_key.as_ref().filter(|key| zeebe && key.is_static())
            {
                let text = format!("the correlation key `{}` is a text, not an expression", key.text);
                problems.node(node, "zeebe.expression-required", text, "start it with `=`");
            }
        }
    }
}

fn is_blank(value: Option<&Expression>) -> bool {
    value.is_none_or(|value| value.text.trim().is_empty())
}

/// `bpmn.error-code`, `bpmn.escalation-code`: what is thrown has a code; a caught code is a constant.
pub(super) fn error_and_escalation(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let throws =
            matches!(node.kind, FlowNodeKind::IntermediateThrowEvent { .. } | FlowNodeKind::EndEvent { .. });
        for trigger in triggers(node) {
            let (code, what, rule) = match trigger {
                EventTrigger::Error(index) => {
                    let found = index.map(|index| &scope.definitions.errors[index]);
                    (found.map(|it| it.code.as_ref()), "error", "bpmn.error-code")
                }
                EventTrigger::Escalation(index) => {
                    let found = index.map(|index| &scope.definitions.escalations[index]);
                    (found.map(|it| it.code.as_ref()), "escalation", "bpmn.escalation-code")
                }
                _ => continue,
            };
            if throws && is_blank(code.flatten()) {
                let message = format!("the {what} that is thrown has no code");
                let help = format!("add {what}Ref, and {what}Code to the {what} element");
                problems.node(node, rule, message, &help);
            }
            if !throws && code.flatten().is_some_and(|code| code.is_feel) {
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

/// ISO 8601 and cron texts, checked for form only.
mod iso {
    /// `2026-11-25T08:00:00Z`, with offset or zone name, or without.
    pub(super) fn is_date_time(text: &str) -> bool {
        let (text, zone) = match text.split_once('[') {
            Some((text, zone)) => (text, zone.ends_with(']')),
            None => (text, true),
        };
        let Some((date, time)) = text.split_once('T') else { return false };
        let date_parts: Vec<&str> = date.split('-').collect();
        let date_ok = matches!(date_parts.as_slice(), [y, m, d] if y.len() == 4 && between(y, 0, 9999) && between(m, 1, 12) && between(d, 1, 31));
        let (time, offset) = match time.find(['Z', '+', '-']) {
            Some(at) => time.split_at(at),
            None => (time, ""),
        };
        let offset_ok = offset.is_empty() || offset == "Z" || is_clock(&offset[1..]);
        zone && date_ok && offset_ok && is_clock(time)
    }

    fn is_clock(text: &str) -> bool {
        let parts: Vec<&str> = text.split(':').collect();
        let second = |text: &str| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            between(whole, 0, 59)
                && !fraction.is_empty()
                && fraction.bytes().all(|byte| byte.is_ascii_digit())
        };
        match parts.as_slice() {
            [h, m] => between(h, 0, 24) && between(m, 0, 59),
            [h, m, s] => between(h, 0, 24) && between(m, 0, 59) && second(s),
            _ => false,
        }
    }

    fn between(text: &str, low: u32, high: u32) -> bool {
        text.len() >= 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse().is_ok_and(|value: u32| (low..=high).contains(&value))
    }

    /// `P1Y2M3W4DT5H6M7.8S`, at least one part.
    pub(super) fn is_duration(text: &str) -> bool {
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        let Some(text) = text.strip_prefix('P') else { return false };
        match text.split_once('T') {
            None => !text.is_empty() && has_units(text, "YMWD"),
            Some((date, time)) => has_units(date, "YMWD") && !time.is_empty() && has_units(time, "HMS"),
        }
    }

    fn has_units(mut text: &str, mut units: &str) -> bool {
        while !text.is_empty() {
            let Some(end) = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-') else {
                return false;
            };
            let (number, rest) = text.split_at(end);
            let Some(unit) = rest.chars().next() else { return false };
            let Some(at) = units.find(unit) else { return false };
            if number.parse::<f64>().is_err() || (number.contains('.') && unit != 'S') {
                return false;
            }
            units = &units[at + 1..];
            text = &rest[unit.len_utf8()..];
        }
        true
    }

    /// `R/PT1H`, `R3/2026-11-25T08:00:00Z/PT1H`, or cron with five to seven fields, or `@daily` and its like.
    pub(super) fn is_cycle(text: &str) -> bool {
        if let Some(name) = text.strip_prefix('@') {
            return matches!(
                name,
                "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly"
            );
        }
        let Some(rest) = text.strip_prefix('R') else {
            let fields = text.split_ascii_whitespace().count();
            return (5..=7).contains(&fields)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" */,-?#LW".contains(&byte));
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let count =
            |text: &str| text.is_empty() || text == "-1" || text.bytes().all(|byte| byte.is_ascii_digit());
        match parts.as_slice() {
            [repeat, interval] => count(repeat) && is_duration(interval),
            [repeat, from, to] => {
                count(repeat)
                    && (from.is_empty() || is_date_time(from) || is_duration(from))
                    && (is_duration(to) || is_date_time(to))
            }
            _ => false,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn forms() {
            for ok in [
                "2026-11-25T08:00:00Z",
                "2026-11-25T08:00",
                "2026-11-25T08:00:00.123+02:00",
                "2026-11-25T08:00:00+01:00[Europe/Berlin]",
            ] {
                assert!(is_date_time(ok), "{ok}");
            }
            for bad in [
                "",
                "tomorrow",
                "2026-13-25T08:00:00Z",
                "2026-11-25",
                "2026-11-25T25:00:00Z",
                "T",
                "2026-11-25Tü",
            ] {
                assert!(!is_date_time(bad), "{bad}");
            }
            for ok in ["PT5S", "P1D", "P1Y2M3W4DT5H6M7.5S", "-PT1H", "PT0.5S"] {
                assert!(is_duration(ok), "{ok}");
            }
            for bad in ["", "P", "PT", "5S", "PT5", "P5S", "PTü", "P1DT", "PT1S1H", "P1.5D"] {
                assert!(!is_duration(bad), "{bad}");
            }
            for ok in [
                "R/PT1H",
                "R3/PT1H",
                "R3/2026-11-25T08:00:00Z/PT1H",
                "0 0 9 * * MON-FRI",
                "@daily",
                "R-1/PT1S",
                "R5//PT10S",
            ] {
                assert!(is_cycle(ok), "{ok}");
            }
            for bad in ["", "R", "R3", "Rx/PT1H", "every day", "@never", "PT1H"] {
                assert!(!is_cycle(bad), "{bad}");
            }
        }
    }
}
