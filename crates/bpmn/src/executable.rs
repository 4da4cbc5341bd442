//! What this engine does not run, as one table. What is in it is refused at deployment by name, never ignored.
//!
//! **Invariant:** every feature of the typed view is either run by the engine or refused here.

use crate::diagnostic::Diagnostic;
use crate::model::{
    Definitions, Dialect, EventTrigger, Extensions, FlowNode, FlowNodeKind, ImplementationKind,
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
        for node in &process.nodes {
            if let Some(feature) = unsupported(definitions.dialect, node) {
                problems.node(node, RULE, format!("{feature} cannot be executed yet"), HELP);
            }
        }
        for flow in process.flows.iter().filter(|flow| flow.condition.is_some()) {
            if let Some(language) = flow.condition.as_ref().and_then(|it| it.language.as_deref()) {
                let message = format!("a condition in the language `{language}` cannot be executed yet");
                problems.flow(flow, RULE, message, "write the condition in FEEL");
            }
        }
    }
    problems.into_list()
}

fn has_job(ext: &Extensions) -> bool {
    let external = |kind| kind == ImplementationKind::ExternalTopic;
    ext.task_definition.is_some() || ext.implementation.as_ref().is_some_and(|it| external(it.kind))
}

/// Names what of a flow node the engine cannot run. This is the table; it shrinks.
fn unsupported(dialect: Dialect, node: &FlowNode) -> Option<String> {
    use EventTrigger as T;
    let element = node.kind.element_name();
    let event = |trigger: &T| Some(format!("a {} event definition at `{element}`", trigger.name()));
    let without_job = |dialect| match dialect {
        // Reported as `zeebe.task-type` there; plain BPMN names the job after the element.
        Dialect::Zeebe | Dialect::Plain => None,
        _ => Some(format!("a `{element}` that is not an external task")),
    };
    match &node.kind {
        FlowNodeKind::IntermediateThrowEvent { trigger } => match trigger {
            T::Timer(_) | T::Error(_) | T::Conditional(_) | T::Terminate | T::Cancel => event(trigger),
            _ => None,
        },
        FlowNodeKind::StartEvent { trigger, .. } => match (node.parent, trigger) {
            (_, T::Terminate | T::Cancel | T::Link(_)) => event(trigger),
            (None, T::Error(_) | T::Escalation(_) | T::Compensation { .. }) => event(trigger),
            _ => None,
        },
        FlowNodeKind::ServiceTask | FlowNodeKind::SendTask { .. } if !has_job(&node.ext) => {
            without_job(dialect)
        }
        FlowNodeKind::ScriptTask { .. } if node.ext.script.is_none() && !has_job(&node.ext) => {
            without_job(dialect)
        }
        FlowNodeKind::BusinessRuleTask if node.ext.called_decision.is_some() => None,
        FlowNodeKind::BusinessRuleTask if !has_job(&node.ext) => without_job(dialect),
        FlowNodeKind::SubProcess { kind: SubProcessKind::Event } if node.loop_characteristics.is_some() => {
            Some("a loop marker at an event sub-process".to_owned())
        }
        _ => None,
    }
}
