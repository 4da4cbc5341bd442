//! What this engine runs, as one table. What is not in it is refused at deployment by name, never ignored.
//!
//! **Invariant:** every feature of the typed view is either run by the engine or refused here.

use crate::diagnostic::Diagnostic;
use crate::model::{
    Definitions, Dialect, EventTrigger, Extensions, FlowNode, FlowNodeKind, LoopCharacteristics, Process,
    SubProcessKind,
};
use crate::rules::Problems;

const RULE: &str = "bpmn.not-executable";
const HELP: &str = "model it in another way; the reference of elements lists what can be run";

/// Refuses what the engine cannot run, in executable processes, and files without one.
pub fn check(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut problems = Problems::new(&definitions.file);
    if definitions.executable_processes().next().is_none() {
        let at = definitions.processes.first().map_or((1, 1), |process| (process.line, process.column));
        let id = definitions.processes.first().map(|process| process.id.clone());
        let message = "the file has no executable process".to_owned();
        problems.error(
            "bpmn.no-executable-process",
            id,
            at,
            message,
            "set isExecutable=\"true\" on a process",
        );
    }
    for process in definitions.executable_processes() {
        process_check(process, &mut problems);
        for node in &process.nodes {
            for feature in unsupported(definitions.dialect, node) {
                problems.node(node, RULE, format!("{feature} cannot be executed yet"), HELP);
            }
        }
        for flow in process.flows.iter().filter(|flow| flow.condition.is_some()) {
            let source = &process.nodes[flow.source].kind;
            if source.is_activity() {
                let message =
                    "a condition on a sequence flow out of an activity cannot be executed yet".to_owned();
                problems.flow(flow, RULE, message, "put an exclusive gateway after the activity");
            }
            if let Some(language) = flow.condition.as_ref().and_then(|it| it.language.as_deref()) {
                let message = format!("a condition in the language `{language}` cannot be executed yet");
                problems.flow(flow, RULE, message, "write the condition in FEEL");
            }
        }
    }
    problems.into_list()
}

fn process_check(process: &Process, problems: &mut Problems<'_>) {
    let at = (process.line, process.column);
    let is_start = |node: &&FlowNode| matches!(node.kind, FlowNodeKind::StartEvent { .. });
    if !process.nodes.iter().filter(is_start).any(|node| node.parent.is_none()) {
        let message = format!("the process `{}` has no start event", process.id);
        problems.error("bpmn.no-start-event", Some(process.id.clone()), at, message, "add a start event");
    }
    for (index, node) in process.nodes.iter().enumerate() {
        let embedded = matches!(node.kind, FlowNodeKind::SubProcess { kind: SubProcessKind::Embedded });
        if embedded && !process.nodes.iter().filter(is_start).any(|start| start.parent == Some(index)) {
            let message = "a sub-process without start event cannot be executed yet".to_owned();
            problems.node(node, RULE, message, "add a none start event to it");
        }
    }
    if !process.ext.execution_listeners.is_empty() {
        let message = "execution listeners of a process cannot be executed yet".to_owned();
        problems.error(RULE, Some(process.id.clone()), at, message, HELP);
    }
}

/// Names what of a flow node the engine cannot run. This is the table; it shrinks.
fn unsupported(dialect: Dialect, node: &FlowNode) -> Vec<String> {
    let mut out: Vec<String> = kind(dialect, node).into_iter().collect();
    let mut refuse = |condition: bool, name: &str| {
        if condition {
            out.push(name.to_owned());
        }
    };
    match &node.loop_characteristics {
        Some(LoopCharacteristics::Standard { .. }) => refuse(true, "a standard loop"),
        Some(LoopCharacteristics::MultiInstance(_)) => refuse(true, "a multi-instance activity"),
        None => {}
    }
    refuse(node.is_for_compensation, "a compensation handler");
    refuse(node.start_quantity != 1, "a start quantity other than 1");
    refuse(node.completion_quantity != 1, "a completion quantity other than 1");
    refuse(
        !node.data.input_associations.is_empty() || !node.data.output_associations.is_empty(),
        "a data association",
    );
    refuse(!node.ext.execution_listeners.is_empty(), "an execution listener");
    refuse(!node.ext.task_listeners.is_empty(), "a task listener");
    refuse(!node.ext.linked_resources.is_empty(), "a linked resource");
    refuse(node.ext.conditional_filter.is_some(), "a conditional filter");
    out
}

fn has_job(ext: &Extensions) -> bool {
    ext.task_definition.is_some()
}

fn kind(dialect: Dialect, node: &FlowNode) -> Option<String> {
    use EventTrigger as T;
    let element = node.kind.element_name();
    let event = |trigger: &T| Some(format!("a {} event definition at `{element}`", trigger.name()));
    let without_job = |dialect| match dialect {
        // Reported as `zeebe.task-type` there.
        Dialect::Zeebe => None,
        _ => Some(format!("a `{element}` without <zeebe:taskDefinition>")),
    };
    match &node.kind {
        FlowNodeKind::StartEvent { trigger, .. } => match (node.parent, trigger) {
            (_, T::None) | (None, T::Message(_) | T::Timer(_)) => None,
            (_, other) => event(other),
        },
        FlowNodeKind::IntermediateCatchEvent { trigger } => match trigger {
            T::Message(_) | T::Timer(_) => None,
            other => event(other),
        },
        FlowNodeKind::IntermediateThrowEvent { trigger } => match trigger {
            T::None => None,
            other => event(other),
        },
        FlowNodeKind::BoundaryEvent { trigger, .. } => match trigger {
            T::Message(_) | T::Timer(_) | T::Error(_) => None,
            other => event(other),
        },
        FlowNodeKind::EndEvent { trigger } => match trigger {
            T::None | T::Terminate | T::Error(_) => None,
            other => event(other),
        },
        FlowNodeKind::Task | FlowNodeKind::ManualTask | FlowNodeKind::UserTask => None,
        FlowNodeKind::ServiceTask | FlowNodeKind::SendTask { .. } if !has_job(&node.ext) => {
            without_job(dialect)
        }
        FlowNodeKind::ServiceTask | FlowNodeKind::SendTask { .. } => None,
        FlowNodeKind::ReceiveTask { instantiate: true, .. } => {
            Some("an instantiating receive task".to_owned())
        }
        FlowNodeKind::ReceiveTask { .. } => None,
        FlowNodeKind::ScriptTask { .. } if node.ext.script.is_none() && !has_job(&node.ext) => {
            without_job(dialect)
        }
        FlowNodeKind::ScriptTask { .. } => None,
        FlowNodeKind::BusinessRuleTask if node.ext.called_decision.is_some() => None,
        FlowNodeKind::BusinessRuleTask if !has_job(&node.ext) => without_job(dialect),
        FlowNodeKind::BusinessRuleTask => None,
        FlowNodeKind::SubProcess { kind: SubProcessKind::Embedded } => None,
        FlowNodeKind::SubProcess { kind: SubProcessKind::Event } => Some("an event sub-process".to_owned()),
        FlowNodeKind::SubProcess { .. } | FlowNodeKind::CallActivity { .. } => Some(format!("a `{element}`")),
        FlowNodeKind::ExclusiveGateway | FlowNodeKind::ParallelGateway => None,
        FlowNodeKind::InclusiveGateway
        | FlowNodeKind::EventBasedGateway { .. }
        | FlowNodeKind::ComplexGateway { .. } => Some(format!("a `{element}`")),
    }
}
