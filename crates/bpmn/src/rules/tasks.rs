//! Rules about what activities do: job types, mappings, scripts, called elements, loops.

use super::{Problems, Scope};
use crate::model::{
    Dialect, EventTrigger, Expression, Extensions, FlowNodeKind, ListenerEvent, LoopCharacteristics,
};

fn is_zeebe(scope: &Scope<'_>) -> bool {
    scope.definitions.dialect == Dialect::Zeebe
}

fn is_blank(value: &Expression) -> bool {
    value.text.trim().is_empty()
}

/// `zeebe.task-type`: in the `zeebe` dialect, work is done by jobs, and a job has a type.
pub(super) fn task_type(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    if !is_zeebe(scope) {
        return;
    }
    for (_, node) in scope.nodes() {
        let needed = match &node.kind {
            FlowNodeKind::ServiceTask | FlowNodeKind::SendTask { .. } => true,
            FlowNodeKind::ScriptTask { .. } => node.ext.script.is_none(),
            FlowNodeKind::BusinessRuleTask => node.ext.called_decision.is_none(),
            FlowNodeKind::IntermediateThrowEvent { trigger } | FlowNodeKind::EndEvent { trigger } => {
                matches!(trigger, EventTrigger::Message(_))
            }
            _ => false,
        };
        match &node.ext.task_definition {
            None if needed => {
                let message = format!("the `{}` has no job type", node.kind.element_name());
                let help = "add <zeebe:taskDefinition type=\"...\"/> to its extension elements";
                problems.node(node, "zeebe.task-type", message, help);
            }
            Some(definition) if is_blank(&definition.type_) => {
                let message = "the job type is empty".to_owned();
                problems.node(node, "zeebe.task-type", message, "give the type of the job");
            }
            _ => {}
        }
    }
}

/// `zeebe.io-mapping`: a mapping has a source and a target that can be a variable.
pub(super) fn io_mapping(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    if !is_zeebe(scope) {
        return;
    }
    for (_, node) in scope.nodes() {
        let inputs = node.ext.inputs.iter().map(|mapping| (mapping, "input"));
        let outputs = node.ext.outputs.iter().map(|mapping| (mapping, "output"));
        for (mapping, what) in inputs.chain(outputs) {
            let at = (mapping.line, mapping.column);
            let mut report = |message: String, help: &str| {
                problems.error("zeebe.io-mapping", Some(node.id.clone()), at, message, help);
            };
            if is_blank(&mapping.source) {
                report(
                    format!("the source of an {what} mapping is empty"),
                    "give a FEEL expression after `=`, or a text",
                );
            }
            if mapping.target.trim().is_empty() {
                report(format!("the target of an {what} mapping is empty"), "name a variable");
            } else if !is_path(&mapping.target) {
                let help = "use names of ASCII letters, digits, `_` and spaces, joined by dots";
                report(format!("the target `{}` is not a variable or a path in one", mapping.target), help);
            }
        }
    }
}

/// `a`, `a.b_2`, `Vacation Approval`: names FEEL reads as one name each. Variables may have any name, targets of mappings
/// are ASCII, as the broker of Camunda 8 has it.
fn is_path(target: &str) -> bool {
    target.split('.').all(|name| {
        let mut characters = name.chars();
        let first = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        first
            && !name.ends_with(' ')
            && characters.all(|rest| rest.is_ascii_alphanumeric() || matches!(rest, '_' | ' '))
    })
}

/// `zeebe.script`: a FEEL script has an expression and a variable for its result.
pub(super) fn script(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let Some(script) = &node.ext.script else { continue };
        if is_blank(&script.expression) {
            let message = "the script is empty".to_owned();
            problems.node(node, "zeebe.script", message, "give a FEEL expression after `=`");
        } else if script.expression.is_static() {
            let message = format!("the script `{}` is a text, not an expression", script.expression.text);
            problems.node(node, "zeebe.expression-required", message, "start it with `=`");
        }
        if script.result_variable.trim().is_empty() {
            let message = "the script has no result variable".to_owned();
            problems.node(node, "zeebe.script", message, "add resultVariable=\"...\"");
        }
    }
}

/// `bpmn.called-element`, `zeebe.called-decision`: a call names what it calls.
pub(super) fn called(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        if let FlowNodeKind::CallActivity { called_element } = &node.kind {
            let by_extension = node.ext.called_element.as_ref().is_some_and(|it| !is_blank(&it.process_id));
            if !by_extension && (is_zeebe(scope) || called_element.is_none()) {
                let message = "a call activity names no process".to_owned();
                let help = "add <zeebe:calledElement processId=\"...\"/>, or calledElement in plain BPMN";
                problems.node(node, "bpmn.called-element", message, help);
            }
        }
        if let Some(decision) = &node.ext.called_decision {
            if is_blank(&decision.decision_id) {
                let message = "a called decision has no id".to_owned();
                problems.node(node, "zeebe.called-decision", message, "add decisionId=\"...\"");
            }
            if decision.result_variable.trim().is_empty() {
                let message = "a called decision has no result variable".to_owned();
                problems.node(node, "zeebe.called-decision", message, "add resultVariable=\"...\"");
            }
        }
    }
}

/// `bpmn.multi-instance`: a multi-instance activity says over what it loops (table 10.29).
pub(super) fn multi_instance(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let Some(LoopCharacteristics::MultiInstance(multiple)) = &node.loop_characteristics else { continue };
        let collection = multiple.input_collection.as_ref().is_some_and(|it| !is_blank(it));
        let counted = multiple.cardinality.is_some() || multiple.data_input_ref.is_some();
        if !collection && (is_zeebe(scope) || !counted) {
            let message = "a multi-instance activity has nothing to loop over".to_owned();
            let help =
                "add <zeebe:loopCharacteristics inputCollection=\"=...\"/>, or loopCardinality in plain BPMN";
            problems.node(node, "bpmn.multi-instance", message, help);
        }
    }
}

/// `bpmn.multi-instance`, `zeebe.expression-required`: collections are expressions, and results have a place.
pub(super) fn collections(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (_, node) in scope.nodes() {
        let Some(LoopCharacteristics::MultiInstance(multiple)) = &node.loop_characteristics else { continue };
        if let Some(collection) =
            multiple.input_collection.as_ref().filter(|it| !is_blank(it) && it.is_static())
        {
            let message = format!("the input collection `{}` is a text, not an expression", collection.text);
            problems.node(node, "zeebe.expression-required", message, "start it with `=`");
        }
        let collects = multiple.output_collection.as_deref().is_some_and(|name| !name.trim().is_empty());
        if collects != multiple.output_element.as_ref().is_some_and(|it| !is_blank(it)) {
            let message = "output collection and output element are not given together".to_owned();
            problems.node(node, "bpmn.multi-instance", message, "give both or neither");
        }
    }
}

/// Everything that has extension elements: the process itself and its nodes, each with its id and place.
fn extended<'a>(scope: &Scope<'a>) -> impl Iterator<Item = (&'a str, (u32, u32), &'a Extensions)> {
    let process = scope.process;
    let nodes = process.nodes.iter().map(|node| (node.id.as_str(), (node.line, node.column), &node.ext));
    std::iter::once((process.id.as_str(), (process.line, process.column), &process.ext)).chain(nodes)
}

/// `bpmn.number`: constants that must be numbers are numbers in range.
pub(super) fn numbers(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    for (id, at, ext) in extended(scope) {
        let retries = ext.task_definition.iter().map(|it| &it.retries);
        let retries = retries.chain(ext.execution_listeners.iter().map(|it| &it.retries));
        let retries = retries.chain(ext.task_listeners.iter().map(|it| &it.retries));
        let retries = retries.map(|it| (it, "retries", 0, i32::MAX));
        let priority = ext.priority.iter().filter(|_| is_zeebe(scope)).map(|it| (it, "priority", 0, 100));
        let job_priority = ext.job_priority.iter().map(|it| (it, "job priority", i32::MIN, i32::MAX));
        for (value, what, low, high) in retries.chain(priority).chain(job_priority) {
            let in_range = value.text.trim().parse().is_ok_and(|number: i32| (low..=high).contains(&number));
            if value.is_static() && !in_range {
                let message =
                    format!("the {what} `{}` is not a whole number from {low} to {high}", value.text);
                let help = "correct the number, or write an expression after `=`";
                problems.error("bpmn.number", Some(id.to_owned()), at, message, help);
            }
        }
    }
}

/// `zeebe.listener`: a listener has a known event and a job type.
pub(super) fn listeners(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    const TASK_EVENTS: &[&str] = &["creating", "assigning", "updating", "completing", "canceling"];
    for (id, at, ext) in extended(scope) {
        let Extensions { execution_listeners, task_listeners, .. } = ext;
        let mut report = |message: String, help: &str| {
            problems.error("zeebe.listener", Some(id.to_owned()), at, message, help);
        };
        let mut unknown = |event: &str, known: &str| {
            report(format!("`{event}` is not an event of a listener"), &format!("use one of: {known}"));
        };
        for listener in execution_listeners {
            if let ListenerEvent::Other(event) = &listener.event {
                unknown(event, "start, end, beforeAll or cancel");
            }
        }
        for listener in task_listeners.iter().filter(|it| !TASK_EVENTS.contains(&it.event.as_str())) {
            unknown(&listener.event, &TASK_EVENTS.join(", "));
        }
        let types =
            execution_listeners.iter().map(|it| &it.type_).chain(task_listeners.iter().map(|it| &it.type_));
        for _ in types.filter(|it| is_blank(it)) {
            report("a listener has no job type".to_owned(), "add type=\"...\"");
        }
    }
}
