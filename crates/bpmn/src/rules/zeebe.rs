//! Values of Camunda 8's extension elements that are one of a few words.

use super::{Problems, Scope};
use crate::limits;
use crate::ns;
use crate::xml::{Document, Element};

const TRUTH: &[&str] = &["true", "false"];

/// Elements and attributes with the values that they may have; absent, each has a default.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("calledDecision", "bindingType", BINDINGS),
    ("calledElement", "bindingType", BINDINGS),
    ("calledElement", "propagateAllChildVariables", TRUTH),
    ("calledElement", "propagateAllParentVariables", TRUTH),
    ("formDefinition", "bindingType", BINDINGS),
    ("linkedResource", "bindingType", BINDINGS),
    ("agentDefinition", "agentType", AGENTS),
];
const BINDINGS: &[&str] = &["latest", "deployment", "versionTag"];
const AGENTS: &[&str] = &["aiAgentSubProcess", "aiAgentTask", "external"];

/// `zeebe.attribute`: words are known ones, what a word needs beside it is there, and agents are what their word says.
pub(super) fn check(document: &Document) -> Vec<crate::Diagnostic> {
    let mut problems = Problems::new(document.file());
    for element in document.elements().filter(|it| it.namespace() == ns::ZEEBE) {
        words(element, &mut problems);
        match element.name() {
            "conditionalFilter" => events(element, &mut problems),
            "agentDefinition" => agent(element, &mut problems),
            _ => {}
        }
    }
    problems.into_list()
}

fn report(element: Element<'_>, message: String, help: &str, problems: &mut Problems<'_>) {
    problems.element(element, "zeebe.attribute", message, help);
}

fn words(element: Element<'_>, problems: &mut Problems<'_>) {
    for (_, attribute, known) in WORDS.iter().filter(|(name, ..)| *name == element.name()) {
        let value = element.attribute("", attribute).unwrap_or_default();
        let value = value.trim();
        if !value.is_empty() && !known.contains(&value) {
            let message = format!("`{attribute}` of `{}` cannot be `{value}`", element.name());
            report(element, message, &format!("use one of: {}", known.join(", ")), problems);
        }
        let has_tag = element.attribute("", "versionTag").is_some_and(|tag| !tag.trim().is_empty());
        if value == "versionTag" && !has_tag {
            let message = format!("`{}` is bound to a version tag and names none", element.name());
            report(element, message, "add versionTag=\"...\", or choose another bindingType", problems);
        }
    }
}

fn events(element: Element<'_>, problems: &mut Problems<'_>) {
    let events = element.attribute("", "variableEvents").unwrap_or_default();
    let events = events.split(',').map(str::trim).filter(|event| !event.is_empty());
    for event in events.filter(|event| !["create", "update"].contains(event)) {
        let message = format!("`variableEvents` of `conditionalFilter` cannot be `{event}`");
        report(element, message, "use create, update or both, with a comma between them", problems);
    }
}

/// `zeebe.attribute`: each agent of a process gets a key, and those are bounded.
pub(super) fn agents(scope: &Scope<'_>, problems: &mut Problems<'_>) {
    let mut agents = scope.nodes().filter(|(_, node)| node.agent().is_some());
    if let Some((_, node)) = agents.nth(limits::AGENTS) {
        let message = format!("the process has more than {} agents", limits::AGENTS);
        problems.node(node, "zeebe.attribute", message, "divide the process, and call its parts");
    }
}

/// An agent is a service task or an ad-hoc sub-process.
fn agent(element: Element<'_>, problems: &mut Problems<'_>) {
    let kind = element.attribute("", "agentType").unwrap_or_default();
    let kind = kind.trim();
    if kind.is_empty() {
        report(element, "an agent has no type".to_owned(), "add agentType=\"...\"", problems);
        return;
    }
    let host = element.parent().and_then(|extensions| extensions.parent());
    let fits = host.is_some_and(|host| match kind {
        "aiAgentSubProcess" => host.is(ns::BPMN, "adHocSubProcess"),
        "aiAgentTask" => host.is(ns::BPMN, "serviceTask"),
        _ => host.is(ns::BPMN, "adHocSubProcess") || host.is(ns::BPMN, "serviceTask"),
    });
    if !fits {
        let name = host.map(|host| host.name().to_owned()).unwrap_or_default();
        let message = format!("a `{name}` is no agent of the type `{kind}`");
        let help = "aiAgentSubProcess is for an ad-hoc sub-process, aiAgentTask for a service task, external for either";
        report(element, message, help, problems);
    }
}
